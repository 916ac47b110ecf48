//! An answer before it becomes HTTP; composite puts the same answer into its own.

use bytes::Bytes;
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
}

impl Body {
    /// The type and the bytes; an answer without a body has neither.
    pub fn into_bytes(self) -> (Option<&'static str>, Option<Bytes>) {
        match self {
            Body::Empty => (None, None),
            Body::Json(value) => {
                let bytes = serde_json::to_vec(&value).unwrap_or_default();
                (Some("application/json;charset=UTF-8"), Some(bytes.into()))
            }
            Body::Html(page) => {
                let bytes = Bytes::from_static(page.as_bytes());
                (Some("text/html;charset=UTF-8"), Some(bytes))
            }
            Body::Xml(document) => (Some("text/xml;charset=UTF-8"), Some(document.into())),
        }
    }
}

impl From<ApiError> for Reply {
    fn from(error: ApiError) -> Reply {
        Reply::json(error.status, error.body())
    }
}
