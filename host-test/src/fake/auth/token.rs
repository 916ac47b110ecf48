//! `POST /services/oauth2/token`.

use serde_json::{Value, json};

use super::{Asked, Form, ORG_ID, Sessions, assertion, noise, refused};
use crate::fake::clock;
use crate::fake::reply::Reply;

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// An `error` and its `error_description`.
pub type Refusal = (&'static str, &'static str);

/// Wrong credentials of the app.
pub const UNKNOWN_CLIENT: Refusal = ("invalid_client_id", "client identifier invalid");

/// What comes with an access token.
enum Refresh {
    /// No refresh token.
    None,
    /// This one stands behind it already.
    Known(String),
    /// This one is new and shown.
    New(String),
}

impl Sessions {
    /// Answers a login of any flow.
    pub(super) fn token(&mut self, asked: &Asked) -> Reply {
        match self.grant(asked, &asked.form()) {
            Ok(refresh) => self.granted(asked, refresh),
            Err((error, description)) => refused(error, description),
        }
    }

    fn grant(&mut self, asked: &Asked, form: &Form) -> Result<Refresh, Refusal> {
        let config = asked.config;
        match form.get("grant_type") {
            "client_credentials" => {
                client(asked, form, true)?;
                Ok(Refresh::None)
            }
            "password" => {
                client(asked, form, true)?;
                let password = format!("{}{}", config.password, config.security_token);
                if form.get("username") != config.username || form.get("password") != password {
                    return Err(("invalid_grant", "authentication failure"));
                }
                Ok(Refresh::None)
            }
            JWT_BEARER => {
                assertion::check(form.get("assertion"), config, asked.url, clock::now())?;
                Ok(Refresh::None)
            }
            "refresh_token" => {
                client(asked, form, false)?;
                self.refresh(form.get("refresh_token"), config.rotate_refresh_tokens)
            }
            "authorization_code" => {
                let proven = !form.get("code_verifier").is_empty();
                client(asked, form, !proven)?;
                self.redeem(form)?;
                Ok(Refresh::New(self.open_refresh()))
            }
            _ => Err(("unsupported_grant_type", "grant type not supported")),
        }
    }

    fn refresh(&mut self, token: &str, rotate: bool) -> Result<Refresh, Refusal> {
        if !self.refresh.contains(token) {
            return Err(("invalid_grant", "expired access/refresh token"));
        }
        if !rotate {
            return Ok(Refresh::Known(token.to_owned()));
        }
        self.refresh.remove(token);
        Ok(Refresh::New(self.open_refresh()))
    }

    fn granted(&mut self, asked: &Asked, refresh: Refresh) -> Reply {
        let token = self.open(asked.config, asked.url, asked.user());
        let mut body = json!({
            "access_token": token,
            "signature": format!("{}=", noise(43)),
            "scope": "api",
            "instance_url": asked.url,
            "id": format!("{}/id/{ORG_ID}/{}", asked.url, asked.user()),
            "token_type": "Bearer",
            "issued_at": clock::now_millis().to_string(),
        });
        let behind = match refresh {
            Refresh::None => None,
            Refresh::Known(refresh) => Some(refresh),
            Refresh::New(refresh) => {
                if let Value::Object(body) = &mut body {
                    body.insert("scope".to_owned(), json!("refresh_token api"));
                    body.insert("refresh_token".to_owned(), json!(refresh));
                }
                Some(refresh)
            }
        };
        self.good.insert(token, behind);
        Reply::json(200, body).with("Cache-Control", "no-cache, no-store")
    }
}

/// Checks the app. Where its secret is not required, a wrong one is still refused.
fn client(asked: &Asked, form: &Form, secret_required: bool) -> Result<(), Refusal> {
    if form.get("client_id") != asked.config.client_id {
        return Err(UNKNOWN_CLIENT);
    }
    let secret = form.get("client_secret");
    if secret == asked.config.client_secret || (secret.is_empty() && !secret_required) {
        Ok(())
    } else {
        Err(("invalid_client", "invalid client credentials"))
    }
}
