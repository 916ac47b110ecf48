//! The token endpoint and the sessions it hands out.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use serde_json::json;
use url::form_urlencoded;

use super::errors::ApiError;
use super::reply::Reply;
use super::{FakeConfig, clock};

/// The organisation that all ids and tokens belong to.
const ORG: &str = "00DFk0000004C92";

/// The tokens that are good.
#[derive(Default)]
pub struct Sessions {
    good: HashSet<String>,
}

impl Sessions {
    /// A new token.
    pub fn open(&mut self) -> String {
        let token = format!("{ORG}!AQEAQ{}", noise(91));
        self.good.insert(token.clone());
        token
    }

    /// Makes all tokens bad.
    pub fn expire(&mut self) {
        self.good.clear();
    }

    /// Refuses what does not come with a good token.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let header = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        match header.split_once(' ') {
            Some((scheme, token)) if is_bearer(scheme) && self.good.contains(token) => Ok(()),
            _ => Err(ApiError::new(
                401,
                "INVALID_SESSION_ID",
                "Session expired or invalid",
            )),
        }
    }

    /// `POST /services/oauth2/token`. Credentials count in the body alone.
    pub fn login(
        &mut self,
        config: &FakeConfig,
        url: &str,
        user: &str,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Reply {
        let kind = headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let form: Vec<(String, String)> = if kind.starts_with("application/x-www-form-urlencoded") {
            form_urlencoded::parse(body).into_owned().collect()
        } else {
            Vec::new()
        };
        let given = |name: &str| {
            form.iter()
                .find(|(known, _)| known == name)
                .map_or("", |(_, value)| value.as_str())
        };
        let flow = given("grant_type");
        if !matches!(flow, "client_credentials" | "password") {
            return refused("unsupported_grant_type", "grant type not supported");
        }
        if given("client_id") != config.client_id {
            return refused("invalid_client_id", "client identifier invalid");
        }
        if given("client_secret") != config.client_secret {
            return refused("invalid_client", "invalid client credentials");
        }
        let password = format!("{}{}", config.password, config.security_token);
        if flow == "password"
            && (given("username") != config.username || given("password") != password)
        {
            return refused("invalid_grant", "authentication failure");
        }
        let body = json!({
            "access_token": self.open(),
            "signature": format!("{}=", noise(43)),
            "scope": "api",
            "instance_url": url,
            "id": format!("{url}/id/{ORG}EAK/{user}"),
            "token_type": "Bearer",
            "issued_at": clock::now_millis().to_string(),
        });
        Reply::json(200, body).with("Cache-Control", "no-cache, no-store")
    }
}

fn is_bearer(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("Bearer") || scheme.eq_ignore_ascii_case("OAuth")
}

fn refused(error: &str, description: &str) -> Reply {
    Reply::json(
        400,
        json!({"error": error, "error_description": description}),
    )
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
