//! `/services/oauth2/authorize` for somebody who always agrees, and `/services/oauth2/revoke`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, digest};
use url::form_urlencoded;

use super::token::{Refusal, UNKNOWN_CLIENT};
use super::{Asked, Form, Sessions, noise, refused};
use crate::fake::reply::Reply;

/// What an authorization code is bound to.
pub struct Code {
    redirect_uri: String,
    challenge: String,
}

impl Sessions {
    /// Answers a browser: back to the app with a code, at once.
    pub(super) fn authorize(&mut self, asked: &Asked) -> Reply {
        let query = asked.query();
        let redirect_uri = query.get("redirect_uri");
        // Nobody is sent to an address that may not be the app's; Salesforce shows a page.
        if query.get("client_id") != asked.config.client_id {
            return refused(UNKNOWN_CLIENT.0, UNKNOWN_CLIENT.1);
        }
        if !redirect_uri.contains("://") || redirect_uri.contains('#') {
            return refused(
                "redirect_uri_mismatch",
                "redirect_uri must match configuration",
            );
        }
        let challenge = query.get("code_challenge");
        let mut back = form_urlencoded::Serializer::new(String::new());
        if query.get("response_type") != "code" {
            back.append_pair("error", "unsupported_response_type");
            back.append_pair("error_description", "response type not supported");
        } else if !challenge.is_empty() && query.get("code_challenge_method") != "S256" {
            back.append_pair("error", "invalid_request");
            back.append_pair("error_description", "code challenge method not supported");
        } else {
            // Real codes end like this, so that they must be decoded and encoded.
            let code = format!("aPrx{}==", noise(60));
            back.append_pair("code", &code);
            let bound = Code {
                redirect_uri: redirect_uri.to_owned(),
                challenge: challenge.to_owned(),
            };
            self.codes.insert(code, bound);
        }
        if !query.get("state").is_empty() {
            back.append_pair("state", query.get("state"));
        }
        let mark = if redirect_uri.contains('?') { '&' } else { '?' };
        Reply::empty(302).with("Location", format!("{redirect_uri}{mark}{}", back.finish()))
    }

    /// Takes a code, which is good once, right or wrong.
    pub(super) fn redeem(&mut self, form: &Form) -> Result<(), Refusal> {
        let code = self
            .codes
            .remove(form.get("code"))
            .ok_or(("invalid_grant", "expired authorization code"))?;
        if form.get("redirect_uri") != code.redirect_uri {
            let text = "redirect_uri must match configuration";
            return Err(("redirect_uri_mismatch", text));
        }
        let verifier = form.get("code_verifier");
        let shown = if verifier.is_empty() {
            String::new()
        } else {
            URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
        };
        if shown == code.challenge {
            Ok(())
        } else {
            Err(("invalid_grant", "invalid code verifier"))
        }
    }

    /// Forgets an access token, or a refresh token with the access tokens that came from it.
    pub(super) fn revoke(&mut self, asked: &Asked) -> Reply {
        let form = asked.form();
        let token = form.get("token");
        if self.good.remove(token).is_some() {
            return Reply::empty(200);
        }
        if !self.refresh.remove(token) {
            return refused("invalid_token", "invalid token");
        }
        self.good
            .retain(|_, refresh| refresh.as_deref() != Some(token));
        Reply::empty(200)
    }
}
