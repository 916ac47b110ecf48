//! The web-server flow with PKCE: a person logs in with a browser, and a code comes back.

use super::jwt::encoded;
use crate::failure::Failure;
use crate::http::Platform;
use crate::input;
use crate::json::Object;
use crate::secret::Secret;
use crate::session::settings::App;
use sha2::{Digest, Sha256};

/// Parameters, as failures name them.
pub mod parameter {
    /// Where the browser is sent with the code.
    pub const REDIRECT_URI: &str = "redirect-uri";
    /// What it brings.
    pub const CODE: &str = "code";
    /// What the address was made with.
    pub const VERIFIER: &str = "verifier";
}

/// What is asked for where no scope is.
const SCOPE: &str = "api refresh_token";

/// Options, and the names that the authorization endpoint has for them.
const OPTIONS: [(&str, &str); 3] = [
    ("scope", "scope"),
    ("prompt", "prompt"),
    ("loginHint", "login_hint"),
];

/// An authorization that was begun.
#[derive(Debug)]
pub struct Authorization {
    /// Where the person's browser goes.
    pub url: String,
    /// What the exchange of the code needs.
    pub verifier: Secret,
    /// What the redirect must bring back.
    pub state: String,
}

/// Begins an authorization.
pub fn authorize(
    app: &App,
    platform: &dyn Platform,
    redirect_uri: &str,
    options: Option<&str>,
) -> Result<Authorization, Failure> {
    check_redirect(redirect_uri)?;
    let options = options.unwrap_or("{}");
    let options = input::object("options", options)?;
    input::only(
        &options,
        "options",
        "options.",
        &OPTIONS.map(|(name, _)| name),
    )?;
    let (verifier, state) = (encoded(&platform.random(32)), encoded(&platform.random(16)));
    let challenge = encoded(&Sha256::digest(&verifier));
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", &app.client_id)
        .append_pair("redirect_uri", redirect_uri)
        .append_pair("state", &state)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    for (name, parameter) in OPTIONS {
        if let Some(value) = text(&options, name)? {
            query.append_pair(parameter, &value);
        }
    }
    if options.get("scope").is_none() {
        query.append_pair("scope", SCOPE);
    }
    let path = match app.endpoint.path.strip_suffix("/token") {
        Some(folder) => format!("{folder}/authorize"),
        None => "/services/oauth2/authorize".into(),
    };
    Ok(Authorization {
        url: format!("{}{path}?{}", app.endpoint.origin, query.finish()),
        verifier: Secret::new(verifier),
        state,
    })
}

fn text(options: &Object<'_>, name: &str) -> Result<Option<String>, Failure> {
    let value = options.get(name);
    let read = value.map(|value| input::string(&format!("options.{name}"), value));
    Ok(read.transpose()?.map(|text| text.into_owned()))
}

/// Checks what an exchange is given, before the code is used up.
pub fn check(code: &str, verifier: &str, redirect_uri: &str) -> Result<(), Failure> {
    let visible = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
    for (name, value, expected) in [
        (parameter::CODE, code, "the code that the redirect brought"),
        (
            parameter::VERIFIER,
            verifier,
            "the verifier that authorize answered",
        ),
    ] {
        if value.is_empty() {
            return Err(Failure::missing_input(name, expected));
        }
        if !visible(value) {
            return Err(Failure::invalid_input(name, expected));
        }
    }
    check_redirect(redirect_uri)
}

fn check_redirect(redirect_uri: &str) -> Result<(), Failure> {
    let name = parameter::REDIRECT_URI;
    let expected = "an absolute URL without a fragment, one of the app's callback URLs";
    if redirect_uri.is_empty() {
        return Err(Failure::missing_input(name, expected));
    }
    let visible = redirect_uri
        .bytes()
        .all(|b| b.is_ascii_graphic() && b != b'#');
    match visible && redirect_uri.contains("://") {
        true => Ok(()),
        false => Err(Failure::invalid_input(name, expected)),
    }
}
