//! How the settings get a session: the app, and the flow of its login.

use super::{
    ACCESS_TOKEN, AUTH, CLIENT_ID, CLIENT_SECRET, DOMAIN, PASSWORD, PRIVATE_KEY, REFRESH_TOKEN,
    SANDBOX, SECURITY_TOKEN, TOKEN_PATH, URL_LOGIN, USERNAME, Values,
};
use crate::failure::Failure;
use crate::private_key::PrivateKey;
use crate::salesforce::hosts::{Endpoint, Origin};
use crate::secret::Secret;

/// How a login proves who it is.
#[derive(Clone, Debug)]
pub enum Flow {
    /// `grant_type=client_credentials`.
    ClientCredentials,
    /// `grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer`.
    JwtBearer {
        /// The user.
        username: String,
        /// Whom the assertion is for.
        audience: String,
        /// What signs it.
        key: PrivateKey,
    },
    /// `grant_type=refresh_token`, with the newest token that is known.
    RefreshToken(Secret),
    /// `grant_type=password`; the password ends with the security token.
    UsernamePassword {
        /// The user.
        username: String,
        /// The password and the security token behind it.
        password: Secret,
    },
    /// `login()` of SOAP, without an app; the password ends with the security token.
    Soap {
        /// The user.
        username: String,
        /// The password and the security token behind it.
        password: Secret,
    },
    /// `grant_type=authorization_code`, which works once.
    WebServer {
        /// What the redirect brought.
        code: Secret,
        /// What the address of the authorization was made with.
        verifier: Secret,
        /// Where the redirect went.
        redirect_uri: String,
    },
}

impl Flow {
    /// The name, as `SALESFORCE_AUTH` and `more.flow` of a grant say it.
    pub fn name(&self) -> &'static str {
        match self {
            Flow::ClientCredentials => CLIENT_CREDENTIALS,
            Flow::JwtBearer { .. } => JWT_BEARER,
            Flow::RefreshToken(_) => REFRESH,
            Flow::UsernamePassword { .. } => USERNAME_PASSWORD,
            Flow::Soap { .. } => SOAP,
            Flow::WebServer { .. } => "web-server",
        }
    }

    /// What a user should know who logs in this way.
    pub fn warning(&self) -> Option<&'static str> {
        match self {
            Flow::UsernamePassword { .. } => Some(
                "Salesforce is retiring logins with user name and password, and blocks them in \
                 new orgs: use client credentials, JWT bearer or a refresh token instead.",
            ),
            Flow::Soap { .. } => Some(
                "Salesforce has switched off SOAP logins in new orgs and removes them with \
                 Summer '27: use client credentials, JWT bearer or a refresh token instead.",
            ),
            _ => None,
        }
    }
}

const BEARER: &str = "bearer";
const CLIENT_CREDENTIALS: &str = "client-credentials";
const JWT_BEARER: &str = "jwt-bearer";
const REFRESH: &str = "refresh-token";
const USERNAME_PASSWORD: &str = "username-password";
const SOAP: &str = "soap";

/// An app, and where it logs in.
#[derive(Clone, Debug)]
pub struct App {
    /// The token endpoint.
    pub endpoint: Endpoint,
    /// The key of the app.
    pub client_id: String,
    /// The secret of the app, which not every flow needs.
    pub client_secret: Option<Secret>,
}

impl App {
    /// A login of this app.
    pub fn login(&self, flow: Flow) -> Login {
        Login {
            endpoint: self.endpoint.clone(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            flow,
        }
    }
}

/// What a login needs.
#[derive(Clone, Debug)]
pub struct Login {
    /// The token endpoint.
    pub endpoint: Endpoint,
    /// The key of the app.
    pub client_id: String,
    /// The secret of the app, which not every flow needs.
    pub client_secret: Option<Secret>,
    /// How.
    pub flow: Flow,
}

/// The ways to a session that the settings hold.
#[derive(Debug)]
pub(super) struct Ways {
    pub app: Option<App>,
    pub login: Option<Login>,
    /// What is missing for a login. An app alone is enough for the web-server flow, so that it
    /// is told when a session is needed.
    pub lack: Option<Failure>,
}

impl Values<'_> {
    /// The app, and how it logs in: as `SALESFORCE_AUTH` says, or by what is there.
    pub(super) fn ways(&self, endpoint: Endpoint) -> Result<Ways, Failure> {
        let origin = endpoint.origin.clone();
        let app = self.get(CLIENT_ID).map(|client_id| App {
            endpoint,
            client_id: client_id.to_owned(),
            client_secret: self.get(CLIENT_SECRET).map(Secret::new),
        });
        let flows = [
            BEARER,
            CLIENT_CREDENTIALS,
            JWT_BEARER,
            REFRESH,
            USERNAME_PASSWORD,
            SOAP,
        ];
        let user = self.get(USERNAME).or(self.get(PASSWORD)).is_some();
        let no_app = app.is_none() && self.get(CLIENT_SECRET).is_none();
        let asked = self.choice(AUTH, flows)?;
        let flow = match asked {
            Some(flow) => flow,
            None if self.get(PRIVATE_KEY).is_some() => JWT_BEARER,
            None if self.get(REFRESH_TOKEN).is_some() => REFRESH,
            None if user && no_app => SOAP,
            None if user => USERNAME_PASSWORD,
            None if app.is_some() || self.get(CLIENT_SECRET).is_some() => CLIENT_CREDENTIALS,
            None => BEARER,
        };
        if flow == BEARER {
            if asked.is_some() {
                self.require(ACCESS_TOKEN, "SALESFORCE_AUTH asks for it")?;
            }
            return Ok(Ways {
                app,
                login: None,
                lack: None,
            });
        }
        if flow == SOAP {
            return Ok(Ways {
                login: Some(self.soap_login(&origin)?),
                app,
                lack: None,
            });
        }
        let Some(app) = app else {
            let reason = "every login names the app";
            return Err(Failure::missing_setting(CLIENT_ID, reason));
        };
        let found = match flow {
            JWT_BEARER => self.jwt_bearer(&app.endpoint)?,
            REFRESH => {
                let reason = "SALESFORCE_AUTH asks for it";
                Flow::RefreshToken(Secret::new(self.require(REFRESH_TOKEN, reason)?))
            }
            USERNAME_PASSWORD => self.username_password()?,
            _ => match self.client_credentials(&app.endpoint.origin) {
                Ok(()) => Flow::ClientCredentials,
                Err(failure) if asked.is_some() => return Err(failure),
                Err(failure) => {
                    return Ok(Ways {
                        app: Some(app),
                        login: None,
                        lack: Some(failure),
                    });
                }
            },
        };
        Ok(Ways {
            login: Some(app.login(found)),
            app: Some(app),
            lack: None,
        })
    }

    /// Whether the app can log in as itself.
    fn client_credentials(&self, origin: &Origin) -> Result<(), Failure> {
        let reason = "an app that logs in as itself needs it; a user needs \
                      SALESFORCE_PRIVATE_KEY, SALESFORCE_REFRESH_TOKEN or SALESFORCE_PASSWORD";
        self.require(CLIENT_SECRET, reason)?;
        if !origin.is_login_only() {
            return Ok(());
        }
        let expected = "the org's own host, such as acme.my.salesforce.com: client credentials \
                        do not work on login.salesforce.com and test.salesforce.com";
        let name = match self.get(URL_LOGIN) {
            Some(_) => URL_LOGIN,
            None => DOMAIN,
        };
        Err(match self.get(name) {
            Some(_) => Failure::invalid_setting(name, expected),
            None => Failure::missing_setting(name, &format!("give {expected}")),
        })
    }

    fn username_password(&self) -> Result<Flow, Failure> {
        let reason = "a login as a user needs user name and password";
        self.require(CLIENT_SECRET, "a login with a password needs it")?;
        let username = self.require(USERNAME, reason)?.to_owned();
        let mut password = self.require(PASSWORD, reason)?.to_owned();
        password.push_str(self.get(SECURITY_TOKEN).unwrap_or_default());
        Ok(Flow::UsernamePassword {
            username,
            password: Secret::new(password),
        })
    }

    fn jwt_bearer(&self, endpoint: &Endpoint) -> Result<Flow, Failure> {
        let text = self.require(PRIVATE_KEY, "SALESFORCE_AUTH asks for it")?;
        let key = PrivateKey::parse(text)
            .map_err(|expected| Failure::invalid_setting(PRIVATE_KEY, expected))?;
        let reason = "a login with a private key names the user";
        let sandbox = self.sandbox()? || endpoint.origin.is_sandbox();
        Ok(Flow::JwtBearer {
            username: self.require(USERNAME, reason)?.to_owned(),
            audience: audience(endpoint, sandbox),
            key,
        })
    }

    /// Where logins go.
    pub(super) fn token_endpoint(&self, host: Option<&Origin>) -> Result<Endpoint, Failure> {
        let named = self.endpoint(URL_LOGIN)?;
        let usual = match self.sandbox()? {
            true => "test.salesforce.com",
            false => "login.salesforce.com",
        };
        let origin = match host {
            Some(origin) => origin.clone(),
            None => Origin::parse(usual).map_err(|e| Failure::invalid_setting(SANDBOX, e))?,
        };
        Ok(named.unwrap_or(Endpoint {
            origin,
            path: TOKEN_PATH.into(),
        }))
    }

    fn sandbox(&self) -> Result<bool, Failure> {
        let choice = self.choice(SANDBOX, ["true", "false", "yes", "no"])?;
        Ok(matches!(choice, Some("true" | "yes")))
    }
}

/// Whom an assertion is for: Salesforce's login host, whichever host of the org serves the
/// login; elsewhere, such as at an Experience Cloud site, the address before the endpoint.
fn audience(endpoint: &Endpoint, sandbox: bool) -> String {
    match (endpoint.origin.is_on("salesforce.com"), sandbox) {
        (true, false) => "https://login.salesforce.com".into(),
        (true, true) => "https://test.salesforce.com".into(),
        (false, _) => {
            let site = endpoint.path.strip_suffix(TOKEN_PATH).unwrap_or_default();
            format!("{}{site}", endpoint.origin)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assertion_is_for_the_login_host_or_the_site() {
        let (login, test) = (
            "https://login.salesforce.com",
            "https://test.salesforce.com",
        );
        let table = [
            ("login.salesforce.com", false, login),
            ("test.salesforce.com", false, test),
            ("acme.my.salesforce.com", false, login),
            ("acme.my.salesforce.com", true, test),
            ("acme.develop.my.salesforce.com", false, login),
            ("acme--uat.sandbox.my.salesforce.com", false, test),
            ("acme--uat.my.salesforce.com", false, test),
            ("acme.scratch.my.salesforce.com", false, test),
            ("cs5.salesforce.com", false, test),
            ("csa.salesforce.com", false, login),
            (
                "https://acme.my.site.com/partners/services/oauth2/token",
                false,
                "https://acme.my.site.com/partners",
            ),
            (
                "https://acme.my.site.com",
                false,
                "https://acme.my.site.com",
            ),
            ("http://127.0.0.1:8080", false, "http://127.0.0.1:8080"),
        ];
        for (url, sandbox, expected) in table {
            let endpoint = Endpoint::parse(url, TOKEN_PATH).unwrap();
            let sandbox = sandbox || endpoint.origin.is_sandbox();
            assert_eq!(audience(&endpoint, sandbox), expected, "{url}");
        }
    }
}
