//! The names of the settings, and which of them are secret. Nothing else is used here, so that the
//! manifest of a release is made from this very file.

/// Names of settings whose value is a secret.
pub const SECRETS: [&str; 6] = [
    ACCESS_TOKEN,
    CLIENT_SECRET,
    PASSWORD,
    PRIVATE_KEY,
    REFRESH_TOKEN,
    SECURITY_TOKEN,
];

/// Names of all other settings.
pub const PLAIN: [&str; 23] = [
    ALLOWED_HOSTS,
    AUTH,
    BETWEEN_BYTES_TIMEOUT_MS,
    BREAKER_FAILURES,
    BREAKER_MS,
    CLIENT_ID,
    COMPRESSION,
    CONNECT_TIMEOUT_MS,
    DEADLINE_MS,
    DOMAIN,
    FIRST_BYTE_TIMEOUT_MS,
    INSTANCE_URL,
    MAX_ATTEMPTS,
    MAX_RESPONSE_BYTES,
    MAX_WAIT_MS,
    PAGES_AHEAD,
    QUOTA_RESERVE_PERCENT,
    REJECTIONS,
    SANDBOX,
    SOAP_URL_LOGIN,
    URL_LOGIN,
    USERNAME,
    VERSION,
];

/// The token of a session that was had elsewhere.
pub const ACCESS_TOKEN: &str = "SALESFORCE_ACCESS_TOKEN";
/// The host of the org.
pub const INSTANCE_URL: &str = "SALESFORCE_INSTANCE_URL";
/// What gets a new token without the user.
pub const REFRESH_TOKEN: &str = "SALESFORCE_REFRESH_TOKEN";
/// The key of the app.
pub const CLIENT_ID: &str = "SALESFORCE_CLIENT_ID";
/// The key that signs an assertion.
pub const PRIVATE_KEY: &str = "SALESFORCE_PRIVATE_KEY";
/// The API version.
pub const VERSION: &str = "SALESFORCE_VERSION";
/// Further hosts that a login may lead to.
pub const ALLOWED_HOSTS: &str = "SALESFORCE_ALLOWED_HOSTS";
/// The flow, where what is present would choose another.
pub const AUTH: &str = "SALESFORCE_AUTH";
/// The time between two pieces of an answer.
pub const BETWEEN_BYTES_TIMEOUT_MS: &str = "SALESFORCE_BETWEEN_BYTES_TIMEOUT_MS";
/// The calls in a row that open the circuit breaker.
pub const BREAKER_FAILURES: &str = "SALESFORCE_BREAKER_FAILURES";
/// The time for which the circuit breaker stays open.
pub const BREAKER_MS: &str = "SALESFORCE_BREAKER_MS";
/// The secret of the app.
pub const CLIENT_SECRET: &str = "SALESFORCE_CLIENT_SECRET";
/// Whether pages of queries are asked for compressed.
pub const COMPRESSION: &str = "SALESFORCE_COMPRESSION";
/// The time for a connection.
pub const CONNECT_TIMEOUT_MS: &str = "SALESFORCE_CONNECT_TIMEOUT_MS";
/// The time for a whole call.
pub const DEADLINE_MS: &str = "SALESFORCE_DEADLINE_MS";
/// The org's My Domain host.
pub const DOMAIN: &str = "SALESFORCE_DOMAIN";
/// The time for the headers of an answer.
pub const FIRST_BYTE_TIMEOUT_MS: &str = "SALESFORCE_FIRST_BYTE_TIMEOUT_MS";
/// The attempts of a request that is safe to repeat.
pub const MAX_ATTEMPTS: &str = "SALESFORCE_MAX_ATTEMPTS";
/// The largest body of an answer.
pub const MAX_RESPONSE_BYTES: &str = "SALESFORCE_MAX_RESPONSE_BYTES";
/// The longest wait between two attempts.
pub const MAX_WAIT_MS: &str = "SALESFORCE_MAX_WAIT_MS";
/// The pages of a query that are asked for ahead.
pub const PAGES_AHEAD: &str = "SALESFORCE_PAGES_AHEAD";
/// The user's password.
pub const PASSWORD: &str = "SALESFORCE_PASSWORD";
/// The part of the daily quota that is kept from writes.
pub const QUOTA_RESERVE_PERCENT: &str = "SALESFORCE_QUOTA_RESERVE_PERCENT";
/// How `invoke` answers what Salesforce rejected.
pub const REJECTIONS: &str = "SALESFORCE_REJECTIONS";
/// Whether logins are those of sandboxes.
pub const SANDBOX: &str = "SALESFORCE_SANDBOX";
/// The user's security token.
pub const SECURITY_TOKEN: &str = "SALESFORCE_SECURITY_TOKEN";
/// The endpoint of logins in SOAP.
pub const SOAP_URL_LOGIN: &str = "SALESFORCE_SOAP_URL_LOGIN";
/// The token endpoint.
pub const URL_LOGIN: &str = "SALESFORCE_URL_LOGIN";
/// The user.
pub const USERNAME: &str = "SALESFORCE_USERNAME";
