//! `/services/oauth2/`: the ways to a session, and the sessions.

mod assertion;
mod authorize;
mod identity;
pub mod keys;
mod token;

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::errors::ApiError;
use super::reply::Reply;
use super::store::Store;
use super::{FakeConfig, TokenForm, clock};
use authorize::Code;

/// The organisation that all ids and tokens belong to.
pub const ORG: &str = "00DFk0000004C92";

/// The same with 18 characters.
pub const ORG_ID: &str = "00DFk0000004C92EAK";

/// What is good for getting in.
#[derive(Default)]
pub struct Sessions {
    /// The access tokens, and the refresh token behind each.
    good: HashMap<String, Option<String>>,
    refresh: HashSet<String>,
    /// Sessions of a user whose password must be changed first.
    expired_password: HashSet<String>,
    codes: HashMap<String, Code>,
}

/// A request to `/services/oauth2/`, and the org that it reaches.
pub struct Asked<'a> {
    /// How the fake was started.
    pub config: &'a FakeConfig,
    /// Its address.
    pub url: &'a str,
    /// The org.
    pub store: &'a Store,
    /// The method.
    pub method: &'a str,
    /// The path and the query.
    pub target: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
    /// The body.
    pub body: &'a Bytes,
}

/// Names and values of a form.
struct Form(Vec<(String, String)>);

impl Sessions {
    /// Answers a request; `None` for a resource that is not here.
    pub fn answer(&mut self, asked: &Asked) -> Option<Reply> {
        let path = asked.target.split('?').next().unwrap_or_default();
        let name = path
            .trim_end_matches('/')
            .strip_prefix("/services/oauth2/")?;
        Some(match (name, asked.method) {
            ("token", "POST") => self.token(asked),
            ("revoke", "POST") => self.revoke(asked),
            ("token" | "revoke", other) => ApiError::method(other, "POST").into(),
            ("authorize", "GET") => self.authorize(asked),
            ("userinfo", "GET") => identity::userinfo(self, asked),
            ("authorize" | "userinfo", other) => ApiError::method(other, "GET").into(),
            _ => return None,
        })
    }

    /// A new access token.
    pub fn open(&mut self, config: &FakeConfig, url: &str, user: &str) -> String {
        let token = match config.token_form {
            TokenForm::Opaque => opaque(),
            TokenForm::Jwt => shaped_like_a_jwt(config, url, user),
        };
        self.good.insert(token.clone(), None);
        token
    }

    /// A new session of SOAP, which knows no other form. With an expired password it is good for
    /// changing the password alone, which is not here.
    pub fn open_opaque(&mut self, expired_password: bool) -> String {
        let token = opaque();
        self.good.insert(token.clone(), None);
        if expired_password {
            self.expired_password.insert(token.clone());
        }
        token
    }

    /// A new refresh token.
    pub fn open_refresh(&mut self) -> String {
        let token = format!("5Aep861{}", noise(80));
        self.refresh.insert(token.clone());
        token
    }

    /// Makes all access tokens bad; refresh tokens outlive them.
    pub fn expire(&mut self) {
        self.good.clear();
    }

    /// Whether an access token is good.
    pub fn knows(&self, token: &str) -> bool {
        self.good.contains_key(token)
    }

    /// Refuses what does not come with a good token.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        match bearer(headers) {
            Some(token) if self.expired_password.contains(token) => {
                // The status is not documented.
                let message = "The users password has expired, you must call SetPassword before attempting any other \
                               API operations";
                let code = "INVALID_OPERATION_WITH_EXPIRED_PASSWORD";
                Err(ApiError::new(401, code, message))
            }
            Some(token) if self.knows(token) => Ok(()),
            _ => Err(ApiError::new(
                401,
                "INVALID_SESSION_ID",
                "Session expired or invalid",
            )),
        }
    }
}

impl Asked<'_> {
    /// The user of the API.
    fn user(&self) -> &str {
        &self.store.user
    }

    /// The form in the body, alone: what is in a query is in logs as well.
    fn form(&self) -> Form {
        let kind = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        Form(if kind.starts_with("application/x-www-form-urlencoded") {
            form_urlencoded::parse(self.body).into_owned().collect()
        } else {
            Vec::new()
        })
    }

    /// The form in the query.
    fn query(&self) -> Form {
        let (_, query) = self.target.split_once('?').unwrap_or_default();
        Form(
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        )
    }
}

impl Form {
    /// The first value of this name; empty where it is not there.
    fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value.as_str())
    }
}

/// The token of a request.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("Bearer") || scheme.eq_ignore_ascii_case("OAuth");
    known.then_some(token)
}

fn refused(error: &str, description: &str) -> Reply {
    Reply::json(
        400,
        json!({"error": error, "error_description": description}),
    )
}

fn opaque() -> String {
    format!("{ORG}!AQEAQ{}", noise(91))
}

/// Three parts with dots, as apps can be set to issue. Nobody but Salesforce has the key of the
/// signature, so that noise serves as well.
fn shaped_like_a_jwt(config: &FakeConfig, url: &str, user: &str) -> String {
    let now = clock::now();
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"ver": "1.0", "kid": "CORE_AT", "tty": "sfdc-core-token", "typ": "JWT", "alg": "RS256"});
    let claims = json!({"scp": "api", "aud": [url], "sub": format!("uid:{user}"), "iss": url,
        "client_id": config.client_id, "iat": now, "exp": now + 1800});
    let signature = URL_SAFE_NO_PAD.encode(noise(256));
    format!("{}.{}.{signature}", part(header), part(claims))
}

/// Characters that nobody can guess well enough for a fake: the standard library seeds its hash
/// maps with random numbers.
fn noise(length: usize) -> String {
    let mut text = String::new();
    while text.len() < length {
        text.push_str(&format!("{:x}", RandomState::new().hash_one(text.len())));
    }
    text.truncate(length);
    text
}
