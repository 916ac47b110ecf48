//! Logging in: `POST /services/oauth2/token`, or SOAP.

pub mod jwt;
pub mod web_server;

use super::settings::{
    ACCESS_TOKEN, Flow, INSTANCE_URL, Login, PRIVATE_KEY, REFRESH_TOKEN, Settings,
};
use super::soap_login;
use crate::failure::{Failure, LONGEST_SECRET, code};
use crate::http::{Answer, Header};
use crate::json::{Json, More, Object};
use crate::salesforce::hosts::Origin;
use crate::salesforce::{errors, soap};
use crate::secret::Secret;
use jwt::Claims;
use std::borrow::Cow;

/// A session: what requests carry, and where they go.
#[derive(Clone, Debug)]
pub struct Session {
    /// The token.
    pub token: Secret,
    /// The host of the org.
    pub origin: Origin,
    /// What gets the next token, where the login has one.
    pub refresh: Option<Secret>,
    /// What the login said beside them.
    pub more: More,
}

impl Session {
    /// The session as settings of another instance.
    pub fn settings(&self) -> Vec<(String, String)> {
        let mut settings = vec![
            (ACCESS_TOKEN.into(), self.token.reveal().into()),
            (INSTANCE_URL.into(), self.origin.to_string()),
        ];
        if let Some(refresh) = &self.refresh {
            settings.push((REFRESH_TOKEN.into(), refresh.reveal().into()));
        }
        settings
    }

    /// A session that was had elsewhere.
    pub fn given(token: Secret, origin: Origin) -> Session {
        let mut more = More::default();
        more.set("flow", "bearer");
        Session {
            token,
            origin,
            refresh: None,
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

/// What a login sends: a form, or an envelope.
pub struct Form {
    /// The body. Credentials travel in it alone, and unchanged but for the encoding of the form.
    pub body: String,
    /// What in it is a secret that the settings do not hold.
    pub secrets: Vec<Secret>,
}

/// The form of a login at this time. Fails where the key of an assertion cannot sign.
pub fn form(login: &Login, unix_seconds: u64) -> Result<Form, Failure> {
    if let Flow::Soap { username, password } = &login.flow {
        return Ok(Form {
            body: soap::login(&login.endpoint.path, username, password.reveal()),
            secrets: Vec::new(),
        });
    }
    let mut form = form_urlencoded::Serializer::new(String::new());
    let mut secrets = Vec::new();
    match &login.flow {
        Flow::JwtBearer {
            username,
            audience,
            key,
        } => {
            let claims = Claims {
                client_id: &login.client_id,
                username,
                audience,
            };
            let assertion = jwt::assertion(&claims, key, unix_seconds).ok_or_else(|| {
                Failure::invalid_setting(PRIVATE_KEY, "an RSA key whose numbers belong together")
            })?;
            form.append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
            form.append_pair("assertion", &assertion);
            secrets.push(Secret::new(assertion));
            // The assertion says which app it is.
            return Ok(Form {
                body: form.finish(),
                secrets,
            });
        }
        Flow::ClientCredentials => form.append_pair("grant_type", "client_credentials"),
        Flow::UsernamePassword { .. } | Flow::Soap { .. } => {
            form.append_pair("grant_type", "password")
        }
        Flow::RefreshToken(_) => form.append_pair("grant_type", "refresh_token"),
        Flow::WebServer { .. } => form.append_pair("grant_type", "authorization_code"),
    };
    form.append_pair("client_id", &login.client_id);
    if let Some(secret) = &login.client_secret {
        form.append_pair("client_secret", secret.reveal());
    }
    match &login.flow {
        Flow::UsernamePassword { username, password } => {
            form.append_pair("username", username);
            form.append_pair("password", password.reveal());
        }
        Flow::RefreshToken(token) => {
            form.append_pair("refresh_token", token.reveal());
            secrets.push(token.clone());
        }
        Flow::WebServer {
            code,
            verifier,
            redirect_uri,
        } => {
            form.append_pair("code", code.reveal());
            form.append_pair("code_verifier", verifier.reveal());
            form.append_pair("redirect_uri", redirect_uri);
            secrets.extend([code.clone(), verifier.clone()]);
        }
        Flow::ClientCredentials | Flow::JwtBearer { .. } | Flow::Soap { .. } => {}
    }
    Ok(Form {
        body: form.finish(),
        secrets,
    })
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
    more.set("flow", login.flow.name());
    for (key, name) in [("id", "id"), ("issuedAt", "issued_at"), ("scope", "scope")] {
        if let Some(value) = text(name) {
            more.set(key, value.as_ref());
        }
    }
    if let Some(warning) = login.flow.warning() {
        more.set("warnings", &[Json::from(warning)][..]);
    }
    // Without rotation the one that was used stays good.
    let refresh = match (text("refresh_token").filter(usable), &login.flow) {
        (Some(token), _) => Some(Secret::new(token)),
        (None, Flow::RefreshToken(token)) => Some(token.clone()),
        (None, _) => None,
    };
    Ok(Session {
        token: Secret::new(token),
        origin,
        refresh,
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
            let hint = oauth_hint(&error, &login.flow);
            let failure = no_token(login, answer.status, &said).hinted(hint);
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

fn oauth_hint(error: &str, flow: &Flow) -> Option<&'static str> {
    Some(match error {
        "invalid_grant" => match flow {
            Flow::JwtBearer { .. } => {
                "The app does not hold the certificate of this key, or the user has not approved \
                 the app (an administrator can do it for all in the app's policies), or the \
                 audience is wrong: set SALESFORCE_SANDBOX for a sandbox."
            }
            Flow::RefreshToken(_) => {
                "The refresh token is expired, revoked or was replaced by a newer one: the user \
                 has to log in once more."
            }
            Flow::WebServer { .. } => {
                "A code works once and for minutes, with the redirect URI and the verifier that \
                 it was asked for with: authorize again."
            }
            Flow::ClientCredentials => {
                "The app has no user that client credentials run as: see the app's policies."
            }
            Flow::UsernamePassword { .. } | Flow::Soap { .. } => {
                "User name, password or security token is wrong, or the user is locked, or may \
                 not log in from here or now, or the org blocks this flow. Do not repeat it \
                 unchanged: Salesforce locks users out."
            }
        },
        "redirect_uri_mismatch" => {
            "The redirect URI is not one of the app's callback URLs, letter for letter."
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
