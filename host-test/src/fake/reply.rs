//! An answer before it becomes HTTP; composite puts the same answer into its own.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::Value;

use super::errors::ApiError;

/// What comes after the headers.
#[derive(Debug)]
pub enum Body {
    /// Nothing.
    Empty,
    /// One JSON value.
    Json(Value),
    /// A page, where a machine in front of the API answers.
    Html(&'static str),
    /// A document, where SOAP answers.
    Xml(String),
}

/// A status, headers and a body.
#[derive(Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Headers beside `Content-Type`.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Body,
}

impl Reply {
    /// An answer with a JSON body.
    pub fn json(status: u16, body: Value) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            body: Body::Json(body),
        }
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            body: Body::Empty,
        }
    }

    /// An answer with a page.
    pub fn html(status: u16, page: &'static str) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            body: Body::Html(page),
        }
    }

    /// An answer with a document.
    pub fn xml(status: u16, document: String) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            body: Body::Xml(document),
        }
    }

    /// The same with one more header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }

    /// The same as HTTP.
    pub fn into_http(self) -> Response<Full<Bytes>> {
        let (kind, bytes) = match self.body {
            Body::Empty => (None, Bytes::new()),
            Body::Json(value) => (
                Some("application/json;charset=UTF-8"),
                serde_json::to_vec(&value).unwrap_or_default().into(),
            ),
            Body::Html(page) => (
                Some("text/html;charset=UTF-8"),
                Bytes::from_static(page.as_bytes()),
            ),
            Body::Xml(document) => (Some("text/xml;charset=UTF-8"), document.into()),
        };
        let mut response = Response::new(Full::new(bytes));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(kind) = kind {
            response
                .headers_mut()
                .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                // Names with capitals are welcome here; HTTP does not tell them apart.
                if let Ok(name) = HeaderName::from_bytes(name.as_bytes()) {
                    response.headers_mut().insert(name, value);
                }
            }
        }
        response
    }
}

impl From<ApiError> for Reply {
    fn from(error: ApiError) -> Reply {
        Reply::json(error.status, error.body())
    }
}
