//! Logging in: `POST /services/oauth2/token`, or SOAP.

use super::settings::{ACCESS_TOKEN, Flow, INSTANCE_URL, Login, Settings};
use super::soap_login;
use crate::failure::{Failure, LONGEST_SECRET, code};
use crate::http::{Answer, Header};
use crate::json::{More, Object};
use crate::salesforce::hosts::Origin;
use crate::salesforce::{errors, soap};
use crate::secret::Secret;
use std::borrow::Cow;

/// A session: what requests carry, and where they go.
#[derive(Clone, Debug)]
pub struct Session {
    /// The token.
    pub token: Secret,
    /// The host of the org.
    pub origin: Origin,
    /// What the login said beside them.
    pub more: More,
}

impl Session {
    /// The session as settings of another instance.
    pub fn settings(&self) -> Vec<(String, String)> {
        vec![
            (ACCESS_TOKEN.into(), self.token.reveal().into()),
            (INSTANCE_URL.into(), self.origin.to_string()),
        ]
    }

    /// A session that was had elsewhere.
    pub fn given(token: Secret, origin: Origin) -> Session {
        let mut more = More::default();
        more.set("flow", "bearer");
        Session {
            token,
            origin,
            more,
        }
    }
}

/// The headers of a login.
pub fn headers(login: &Login) -> Vec<Header> {
    if let Flow::Soap { .. } = login.flow {
        return soap_login::headers();
    }
    vec![
        ("Accept".into(), "application/json".into()),
        (
            "Content-Type".into(),
            "application/x-www-form-urlencoded".into(),
        ),
    ]
}

/// The form of a login, or its envelope. Credentials travel in the body alone, and unchanged but
/// for the encoding of the form.
pub fn form(login: &Login) -> String {
    if let Flow::Soap { username, password } = &login.flow {
        return soap::login(&login.endpoint.path, username, password.reveal());
    }
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair(
        "grant_type",
        match &login.flow {
            Flow::ClientCredentials => "client_credentials",
            Flow::UsernamePassword { .. } | Flow::Soap { .. } => "password",
        },
    );
    form.append_pair("client_id", &login.client_id);
    form.append_pair("client_secret", login.client_secret.reveal());
    if let Flow::UsernamePassword { username, password } = &login.flow {
        form.append_pair("username", username);
        form.append_pair("password", password.reveal());
    }
    form.finish()
}

/// Reads the answer to a login. A failure never holds its body, which may hold a token.
pub fn read(login: &Login, settings: &Settings, answer: &Answer) -> Result<Session, Failure> {
    if let Flow::Soap { .. } = login.flow {
        return soap_login::read(login, settings, answer);
    }
    if answer.status != 200 {
        return Err(refused(login, answer));
    }
    let granted = Object::read(answer.text());
    let text = |name| granted.as_ref().and_then(|granted| granted.text(name));
    let usable = |token: &Cow<'_, str>| {
        (1..=LONGEST_SECRET).contains(&token.len()) && token.bytes().all(|b| b.is_ascii_graphic())
    };
    let (Some(token), Some(instance)) = (text("access_token").filter(usable), text("instance_url"))
    else {
        let said = "answered without an access token and an instance URL";
        return Err(no_token(login, 200, said));
    };
    let origin = follow(login, settings, &instance)?;
    let mut more = More::default();
    more.set(
        "flow",
        match login.flow {
            Flow::ClientCredentials => "client-credentials",
            Flow::UsernamePassword { .. } => "username-password",
            Flow::Soap { .. } => "soap",
        },
    );
    for (key, name) in [("id", "id"), ("issuedAt", "issued_at"), ("scope", "scope")] {
        if let Some(value) = text(name) {
            more.set(key, value.as_ref());
        }
    }
    Ok(Session {
        token: Secret::new(token),
        origin,
        more,
    })
}

/// The host that a login leads to, if its session may go there.
pub(super) fn follow(
    login: &Login,
    settings: &Settings,
    instance: &str,
) -> Result<Origin, Failure> {
    let origin = Origin::parse(instance).map_err(|expected| {
        no_token(
            login,
            200,
            &format!("named an instance that is not {expected}"),
        )
    })?;
    let known = settings.named.contains(&origin);
    if !known && !origin.may_follow(&login.endpoint.origin, &settings.allowed) {
        let said = format!(
            "sent the connector to {origin}, which is no host of Salesforce; if it is yours, \
             name it in SALESFORCE_ALLOWED_HOSTS"
        );
        return Err(no_token(login, 200, &said));
    }
    Ok(origin)
}

fn refused(login: &Login, answer: &Answer) -> Failure {
    let error = Object::read(answer.text());
    let text = |name| error.as_ref().and_then(|error| error.text(name));
    match text("error") {
        Some(error) => {
            let description = text("error_description").unwrap_or_default();
            let said = format!("refused: {error} ({description})");
            let failure = no_token(login, answer.status, &said).hinted(oauth_hint(&error));
            let oauth = More::default()
                .with("error", error.as_ref())
                .with("error_description", description.as_ref());
            failure.with("oauth", &oauth)
        }
        None => not_understood(login, answer),
    }
}

/// The failure of an answer that is none to a login.
pub(super) fn not_understood(login: &Login, answer: &Answer) -> Failure {
    if (300..400).contains(&answer.status) {
        let said = "answered with a redirect, which is not followed";
        return no_token(login, answer.status, said);
    }
    let page = errors::is_html(answer.header("content-type"), answer.text());
    let what = if page {
        "a page"
    } else {
        "nothing that could be understood"
    };
    let said = format!("answered {} and {what}", answer.status);
    no_token(login, answer.status, &said)
}

/// The failure of a login that gave no session.
pub(super) fn no_token(login: &Login, status: u16, said: &str) -> Failure {
    let message = format!("no session: the login at {} {said}", login.endpoint.origin);
    let mut failure = Failure::permanent(code::MISSING_TOKEN, message);
    failure.detail.status = Some(status);
    failure
}

fn oauth_hint(error: &str) -> Option<&'static str> {
    Some(match error {
        "invalid_grant" => {
            "User name, password, security token or the user's approval of the app is wrong, or \
             the user is locked. Do not repeat it unchanged: Salesforce locks users out."
        }
        "invalid_client_id" | "invalid_client" | "invalid_client_credentials" => {
            "The consumer key or secret is not the one of the app, or the app is not in this org."
        }
        "unsupported_grant_type" | "invalid_request" => {
            "The flow is not enabled for this app: see its OAuth settings, and the org's OAuth \
             and OpenID Connect settings."
        }
        "invalid_app_access" => "The user may not use the app: see the app's policies.",
        "inactive_user" | "inactive_org" => "The user or the org is not active.",
        _ => return None,
    })
}
