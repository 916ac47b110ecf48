//! `/services/Soap/`: `login()` of the partner (`u`) and enterprise (`c`) APIs, and the Metadata
//! API (`m`).

mod envelope;
mod login;
mod operations;

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderMap};

use super::auth::Sessions;
use super::metadata::Org;
use super::reply::Reply;
use super::{FakeConfig, versions};
use envelope::{Fault, Request};

/// What a request reaches.
pub struct Desk<'a> {
    /// How the fake was started.
    pub config: &'a FakeConfig,
    /// Its address.
    pub url: &'a str,
    /// The sessions.
    pub sessions: &'a mut Sessions,
    /// The org.
    pub org: Org<'a>,
    /// What could not be understood, a line each.
    pub not_understood: &'a mut Vec<String>,
}

/// One of the APIs, in the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Api {
    Partner,
    Enterprise,
    Metadata,
}

impl Api {
    fn namespace(self) -> &'static str {
        match self {
            Api::Partner => "urn:partner.soap.sforce.com",
            Api::Enterprise => "urn:enterprise.soap.sforce.com",
            Api::Metadata => super::metadata::element::NAMESPACE,
        }
    }

    /// The namespace of the codes of its faults.
    fn faults(self) -> &'static str {
        match self {
            Api::Partner => "urn:fault.partner.soap.sforce.com",
            Api::Enterprise => "urn:fault.enterprise.soap.sforce.com",
            Api::Metadata => super::metadata::element::NAMESPACE,
        }
    }

    fn letter(self) -> char {
        match self {
            Api::Partner => 'u',
            Api::Enterprise => 'c',
            Api::Metadata => 'm',
        }
    }
}

/// Answers a request below `/services/Soap/`; `None` for what is not an API.
pub fn answer(desk: &mut Desk, path: &str, headers: &HeaderMap, body: &Bytes) -> Option<Reply> {
    let mut segments = path.strip_prefix("/services/Soap/")?.split('/');
    let api = match segments.next()? {
        "u" => Api::Partner,
        "c" => Api::Enterprise,
        "m" => Api::Metadata,
        _ => return None,
    };
    let version = segments.next()?.to_owned();
    // The id of the org may follow, as in the addresses that a login answers.
    if segments.filter(|segment| !segment.is_empty()).count() > 1 {
        return None;
    }
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    if !kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/xml")) {
        return Some(Reply::empty(415));
    }
    let answer = if headers.contains_key("SOAPAction") {
        envelope::parse(api, body).and_then(|request| run(desk, api, &version, &request))
    } else {
        Err(Fault::client("SOAPAction HTTP header missing"))
    };
    Some(match answer {
        Ok(body) => envelope::answer(api, &body),
        Err(fault) => envelope::fault(api, &fault),
    })
}

fn run(desk: &mut Desk, api: Api, version: &str, request: &Request) -> Result<String, Fault> {
    let number = version
        .strip_suffix(".0")
        .and_then(|number| number.parse::<u16>().ok());
    // `login()` ends with 64.0, the rest goes on.
    let last = match api {
        Api::Metadata => *versions::SERVED.end(),
        Api::Partner | Api::Enterprise => login::LAST_VERSION,
    };
    if !number.is_some_and(|number| versions::SERVED.contains(&number) && number <= last) {
        let message = "Invalid Api version specified on URL";
        return Err(Fault::coded("UNSUPPORTED_API_VERSION", message));
    }
    match (api, request.operation.as_str()) {
        (Api::Partner | Api::Enterprise, "login") => login::login(desk, api, version, request),
        (Api::Metadata, operation) if operations::NAMES.contains(&operation) => {
            operations::run(desk, request)
        }
        (_, operation) => {
            let line = format!(
                "SOAP: {operation} of /services/Soap/{}/{version}",
                api.letter()
            );
            desk.not_understood.push(line);
            let full = format!("{{{}}}{operation}", api.namespace());
            Err(Fault::client(format!(
                "No operation available for request {full}, please check the WSDL for the service."
            )))
        }
    }
}
