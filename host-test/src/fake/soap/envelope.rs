//! The envelopes around requests, answers and faults.

use bytes::Bytes;
use roxmltree::{Document, Node};

use super::Api;
use crate::fake::metadata::element::{Element, escape};
use crate::fake::reply::Reply;

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// A request.
#[derive(Debug)]
pub struct Request {
    /// The name of the operation.
    pub operation: String,
    /// The parameters in order: names, types and what is in them.
    pub parameters: Vec<Parameter>,
    /// The session of its header.
    pub session: Option<String>,
    /// `allOrNone` of its header.
    pub all_or_none: bool,
}

/// A parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its `xsi:type`, without a prefix.
    pub kind: Option<String>,
    /// Its text.
    pub text: String,
    /// It as an element of metadata, or what is wrong with it.
    pub element: Result<Element, String>,
}

/// A SOAP fault.
#[derive(Debug)]
pub struct Fault {
    /// `sf:…` or `soapenv:Client`.
    pub code: String,
    /// The text.
    pub text: String,
    /// The exception code, where the fault has details.
    pub detail: Option<(&'static str, &'static str)>,
}

impl Fault {
    /// A request that cannot be read.
    pub fn client(text: impl Into<String>) -> Fault {
        Fault {
            code: "soapenv:Client".to_owned(),
            text: text.into(),
            detail: None,
        }
    }

    /// A refusal with a code of Salesforce.
    pub fn coded(code: &'static str, message: &'static str) -> Fault {
        Fault {
            code: format!("sf:{code}"),
            text: format!("{code}: {message}"),
            detail: None,
        }
    }

    /// The same with a detail, as `login()` has it.
    pub fn detailed(code: &'static str, message: &'static str) -> Fault {
        Fault {
            detail: Some((code, message)),
            ..Fault::coded(code, message)
        }
    }
}

/// Reads a request to an API.
pub fn parse(api: Api, body: &Bytes) -> Result<Request, Fault> {
    let text = std::str::from_utf8(body).map_err(|_| Fault::client("not UTF-8"))?;
    let document = Document::parse(text).map_err(|error| Fault::client(error.to_string()))?;
    let envelope = document.root_element();
    if !envelope.has_tag_name((SOAP, "Envelope")) {
        return Err(Fault::client("The document is not a SOAP envelope"));
    }
    let part = |name| {
        envelope
            .children()
            .find(|node| node.has_tag_name((SOAP, name)))
    };
    // What is in another namespace is not understood, and so not looked at.
    let header = |outer: &'static str, inner: &'static str| {
        let namespace = api.namespace();
        let outer = part("Header")?
            .children()
            .find(|node| node.has_tag_name((namespace, outer)))?;
        let inner = outer
            .children()
            .find(|node| node.has_tag_name((namespace, inner)))?;
        Some(inner.text()?.trim().to_owned())
    };
    let operation = part("Body").and_then(|body| body.first_element_child());
    let operation = operation.ok_or_else(|| Fault::client("The body is empty"))?;
    let tag = operation.tag_name();
    if tag.namespace() != Some(api.namespace()) {
        let namespace = tag.namespace().unwrap_or_default();
        let full = format!("{{{namespace}}}{}", tag.name());
        return Err(Fault::client(format!(
            "No operation available for request {full}, please check the WSDL for the service."
        )));
    }
    let inner = operation.children().filter(Node::is_element);
    Ok(Request {
        operation: tag.name().to_owned(),
        parameters: inner
            .map(|node| parameter(api, node))
            .collect::<Result<_, _>>()?,
        session: header("SessionHeader", "sessionId"),
        all_or_none: header("AllOrNoneHeader", "allOrNone").as_deref() == Some("true"),
    })
}

fn parameter(api: Api, node: Node) -> Result<Parameter, Fault> {
    let tag = node.tag_name();
    if tag.namespace() != Some(api.namespace()) {
        let namespace = tag.namespace().unwrap_or_default();
        let full = format!("{{{namespace}}}{}", tag.name());
        return Err(Fault::client(format!(
            "Element {full} invalid at this location"
        )));
    }
    let kind = node.attribute((INSTANCE, "type"));
    let kind = kind.map(|kind| kind.rsplit(':').next().unwrap_or(kind).to_owned());
    let text = node.children().filter_map(|child| child.text()).collect();
    Ok(Parameter {
        name: tag.name().to_owned(),
        kind,
        text,
        element: Element::read(node, tag.name()),
    })
}

/// 200 with this in the body.
pub fn answer(api: Api, body: &str) -> Reply {
    let open = format!(
        r#"<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns="{}" xmlns:xsi="{INSTANCE}">"#,
        api.namespace()
    );
    Reply::xml(200, wrapped(&open, body))
}

/// 500, as all faults are.
pub fn fault(api: Api, fault: &Fault) -> Reply {
    let open = format!(
        r#"<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:sf="{}" xmlns:xsi="{INSTANCE}">"#,
        api.faults()
    );
    let (code, text) = (&fault.code, escape(&fault.text));
    let detail = fault.detail.map(|(code, message)| {
        let message = escape(message);
        format!(
            r#"<detail><sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>{code}</sf:exceptionCode><sf:exceptionMessage>{message}</sf:exceptionMessage></sf:LoginFault></detail>"#
        )
    });
    let detail = detail.unwrap_or_default();
    let body = format!(
        "<soapenv:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring>{detail}</soapenv:Fault>"
    );
    Reply::xml(500, wrapped(&open, &body))
}

fn wrapped(open: &str, body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>{open}<soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"#
    )
}
