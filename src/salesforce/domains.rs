//! The domains of Salesforce. Nothing else is used here, so that the manifest of a release is made
//! from this very file.

/// Domains under which Salesforce serves its API. A login may send the connector there.
pub const DOMAINS: [&str; 6] = [
    "salesforce.com",
    "salesforce.mil",
    "my-salesforce.com",
    "sfcrmproducts.cn",
    "cloudforce.com",
    "database.com",
];

/// Hosts that serve logins and nothing else.
pub const LOGIN_ONLY: [&str; 2] = ["login.salesforce.com", "test.salesforce.com"];
