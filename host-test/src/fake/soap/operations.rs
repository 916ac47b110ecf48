//! The calls of the Metadata API that make, change, read and remove components.

use super::Desk;
use super::envelope::{Fault, Parameter, Request};
use crate::fake::metadata::element::{Element, escape};
use crate::fake::metadata::{self, Problem, Type};

/// The calls.
pub const NAMES: [&str; 5] = [
    "createMetadata",
    "updateMetadata",
    "upsertMetadata",
    "deleteMetadata",
    "readMetadata",
];

/// The most components of a call.
const MOST: usize = 10;

/// A component as a call has it.
struct Component<'a> {
    kind: Type,
    name: String,
    element: Option<&'a Element>,
}

/// Runs a call. What fails for one component is in its result, and the call itself succeeds.
pub fn run(desk: &mut Desk, request: &Request) -> Result<String, Fault> {
    let session = request.session.as_deref().unwrap_or_default();
    // A token in the form of a JWT opens REST alone.
    if session.contains('.') || !desk.sessions.knows(session) {
        let message = "Invalid Session ID found in SessionHeader: Illegal Session";
        return Err(Fault::coded("INVALID_SESSION_ID", message));
    }
    let operation = request.operation.as_str();
    let components = match operation {
        "deleteMetadata" | "readMetadata" => named(request)?,
        _ => request
            .parameters
            .iter()
            .map(described)
            .collect::<Result<_, _>>()?,
    };
    if components.len() > MOST {
        let message = "record limit reached. cannot submit more than 10 records in this call";
        return Err(Fault::coded("LIMIT_EXCEEDED", message));
    }
    let mut out = String::new();
    if operation == "readMetadata" {
        for component in &components {
            match metadata::read(&desk.org, component.kind, &component.name) {
                Some(found) => {
                    let attribute = format!(r#" xsi:type="{}""#, component.kind.name());
                    found.write(&attribute, &mut out);
                }
                None => out.push_str(r#"<records xsi:nil="true"/>"#),
            }
        }
        return Ok(format!(
            "<readMetadataResponse><result>{out}</result></readMetadataResponse>"
        ));
    }
    let before = request.all_or_none.then(|| desk.org.save());
    let mut results = Vec::new();
    for component in &components {
        results.push(change(desk, operation, component));
    }
    if let Some(before) = before
        && results.iter().any(Result::is_err)
    {
        desk.org.restore(before);
        for result in results.iter_mut().filter(|result| result.is_ok()) {
            *result = Err(Problem {
                code: "ALL_OR_NONE_OPERATION_ROLLED_BACK",
                message: "Record rolled back because not all records were valid and the request was using \
                          AllOrNone header"
                    .to_owned(),
            });
        }
    }
    for (component, result) in components.iter().zip(results) {
        out.push_str(&shown(
            operation == "upsertMetadata",
            &component.name,
            &result,
        ));
    }
    Ok(format!("<{operation}Response>{out}</{operation}Response>"))
}

fn change(desk: &mut Desk, operation: &str, component: &Component) -> Result<bool, Problem> {
    let (org, kind) = (&mut desk.org, component.kind);
    match (operation, component.element) {
        ("createMetadata", Some(element)) => metadata::create(org, kind, element).map(|()| true),
        ("updateMetadata", Some(element)) => metadata::update(org, kind, element).map(|()| false),
        ("upsertMetadata", Some(element)) => metadata::upsert(org, kind, element),
        _ => metadata::delete(org, kind, &component.name).map(|()| false),
    }
}

/// The elements in the order of the schema.
fn shown(upsert: bool, name: &str, result: &Result<bool, Problem>) -> String {
    let created = match (upsert, result) {
        (true, result) => format!("<created>{}</created>", *result == Ok(true)),
        (false, _) => String::new(),
    };
    let errors = result.as_ref().err().map(|problem| {
        let message = escape(&problem.message);
        let code = problem.code;
        format!("<errors><message>{message}</message><statusCode>{code}</statusCode></errors>")
    });
    let (errors, name, success) = (errors.unwrap_or_default(), escape(name), result.is_ok());
    format!(
        "<result>{created}{errors}<fullName>{name}</fullName><success>{success}</success></result>"
    )
}

/// A component that is described. One that cannot be read fails the call.
fn described(parameter: &Parameter) -> Result<Component<'_>, Fault> {
    if parameter.name != "metadata" {
        let text = format!("Element {} invalid at this location", parameter.name);
        return Err(Fault::client(text));
    }
    let kind = parameter.kind.as_deref().unwrap_or_default();
    // The text for a type that does not exist, or is not built here, is not documented.
    let kind = Type::named(kind).ok_or_else(|| {
        Fault::client(format!("'{kind}' is not a valid xsi:type of metadata here"))
    })?;
    let element = parameter.element.as_ref().map_err(Fault::client)?;
    metadata::check(kind, element).map_err(Fault::client)?;
    Ok(Component {
        kind,
        name: element.get("fullName").unwrap_or_default().to_owned(),
        element: Some(element),
    })
}

/// Components by a type and names.
fn named(request: &Request) -> Result<Vec<Component<'_>>, Fault> {
    let all = |name: &'static str| {
        let parameters = request.parameters.iter();
        parameters.filter(move |parameter| parameter.name == name)
    };
    let kind = all("type").next().map_or("", |kind| kind.text.trim());
    let kind = Type::named(kind)
        .ok_or_else(|| Fault::client(format!("'{kind}' is not a type of metadata here")))?;
    let component = |parameter: &Parameter| Component {
        kind,
        name: parameter.text.trim().to_owned(),
        element: None,
    };
    Ok(all("fullNames").map(component).collect())
}
