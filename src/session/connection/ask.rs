//! What a request to the org is.

use crate::http::retry::Class;
use crate::http::{Header, Method};

/// What a request carries.
#[derive(Clone, Copy, Debug)]
pub enum Body<'a> {
    /// JSON.
    Json(&'a [u8]),
    /// An operation of SOAP; each attempt puts it into an envelope with the session.
    Soap(&'a str),
    /// Anything else, and its content type.
    Other(&'a str, &'a [u8]),
}

/// A request to the org.
#[derive(Debug)]
pub struct Ask<'a> {
    /// The method.
    pub method: Method,
    /// The path and query string.
    pub path: &'a str,
    /// The body.
    pub body: Option<Body<'a>>,
    /// Whether it may be repeated.
    pub class: Class,
    /// Whether it is the one request inside a composite one, whose answer counts.
    pub composite: bool,
    /// Whether the body of a success says what was done, so that its status alone settles
    /// nothing.
    pub results: bool,
    /// Whether a success is a page of a query, which the reply then has.
    pub page: bool,
    /// The most bytes of the answer's body, where that is less than the setting.
    pub max_body: usize,
}

impl<'a> Ask<'a> {
    /// A request without a body.
    pub fn new(method: Method, path: &'a str, class: Class) -> Self {
        Ask {
            method,
            path,
            body: None,
            class,
            composite: false,
            results: false,
            page: false,
            max_body: usize::MAX,
        }
    }

    /// A page of a query, of at most this many bytes.
    pub fn page(path: &'a str, max_body: usize) -> Self {
        Ask {
            page: true,
            max_body,
            ..Ask::new(Method::Get, path, Class::Read)
        }
    }

    /// The same with a JSON body.
    pub fn with_body(self, body: &'a [u8]) -> Self {
        self.with(Body::Json(body))
    }

    /// The same with a body. SOAP and deployments say in their answers what was done.
    pub fn with(self, body: Body<'a>) -> Self {
        Ask {
            results: self.results || !matches!(body, Body::Json(_)),
            body: Some(body),
            ..self
        }
    }

    /// The same where the body of a success says what was done.
    pub fn with_results(self) -> Self {
        Ask {
            results: true,
            ..self
        }
    }
}

/// The headers of a request: the session, but for SOAP, which has it in its body; what is
/// wanted, and what is sent.
pub(super) fn headers(token: &str, body: Option<Body<'_>>) -> Vec<Header> {
    let content = match body {
        Some(Body::Soap(_)) => {
            return vec![
                ("Accept".into(), "text/xml".into()),
                ("Content-Type".into(), "text/xml; charset=UTF-8".into()),
                ("SOAPAction".into(), "\"\"".into()),
            ];
        }
        Some(Body::Json(_)) => Some("application/json; charset=UTF-8"),
        Some(Body::Other(kind, _)) => Some(kind),
        None => None,
    };
    let mut headers: Vec<Header> = vec![
        ("Authorization".into(), format!("Bearer {token}")),
        ("Accept".into(), "application/json".into()),
    ];
    if let Some(kind) = content {
        headers.push(("Content-Type".into(), kind.into()));
    }
    headers
}
