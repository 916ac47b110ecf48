//! Custom objects and fields: described in XML, kept as they were described, and made into objects
//! of the store. SOAP and deployments both come here.

mod component;
pub mod element;
mod fields;
mod grammar;
mod names;

use std::collections::BTreeMap;

pub use component::read;
pub use grammar::check;

use element::Element;
use serde_json::Value;

use super::approvals::Processes;
use super::ledger::Change;
use super::store::Store;

/// The types of components.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// `CustomObject`
    Object,
    /// `CustomField`
    Field,
}

/// Why a component was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The `statusCode`.
    pub code: &'static str,
    /// The text.
    pub message: String,
}

/// The descriptions.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    objects: BTreeMap<String, Description>,
    /// How many objects were ever made, for the prefixes of their ids.
    made: u32,
}

/// The description of an object.
#[derive(Debug, Clone, Default)]
struct Description {
    /// Without the fields.
    object: Element,
    /// By name.
    fields: BTreeMap<String, Element>,
}

/// Everything that metadata changes.
pub struct Org<'a> {
    /// The objects.
    pub store: &'a mut Store,
    /// The approval processes; new objects get one.
    pub processes: &'a mut Processes,
    /// The descriptions.
    pub catalog: &'a mut Catalog,
}

/// What `Org` refers to, kept aside.
pub struct Saved(Store, Processes, Catalog);

/// Makes what is not there yet.
pub fn create(org: &mut Org, kind: Type, element: &Element) -> Result<(), Problem> {
    noted(org, kind, name_of(element), |org| {
        component::create(org, kind, element)
    })
}

/// Describes again what is there.
pub fn update(org: &mut Org, kind: Type, element: &Element) -> Result<(), Problem> {
    noted(org, kind, name_of(element), |org| {
        component::update(org, kind, element)
    })
}

/// Makes or changes; whether it was made.
pub fn upsert(org: &mut Org, kind: Type, element: &Element) -> Result<bool, Problem> {
    noted(org, kind, name_of(element), |org| {
        component::upsert(org, kind, element)
    })
}

/// Removes a component with all that is in it. What Salesforce has from the start stays.
pub fn delete(org: &mut Org, kind: Type, name: &str) -> Result<(), Problem> {
    noted(org, kind, name, |org| component::delete(org, kind, name))
}

fn name_of(element: &Element) -> &str {
    element.get("fullName").unwrap_or_default()
}

/// Does something with a component, and notes what became of its description.
fn noted<T>(
    org: &mut Org,
    kind: Type,
    name: &str,
    work: impl FnOnce(&mut Org) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let before = text(org, kind, name);
    let done = work(org)?;
    let after = text(org, kind, name);
    org.store.note(Change {
        object: kind.name().to_owned(),
        id: name.to_owned(),
        before,
        after,
    });
    Ok(done)
}

fn text(org: &Org, kind: Type, name: &str) -> Option<Value> {
    let mut text = String::new();
    read(org, kind, name)?.write("", &mut text);
    Some(text.into())
}

impl Type {
    /// The type of this name.
    pub fn named(name: &str) -> Option<Type> {
        match name {
            "CustomObject" => Some(Type::Object),
            "CustomField" => Some(Type::Field),
            _ => None,
        }
    }

    /// The name of the type.
    pub fn name(self) -> &'static str {
        match self {
            Type::Object => "CustomObject",
            Type::Field => "CustomField",
        }
    }
}

impl Org<'_> {
    /// A copy, for what is done whole or not at all.
    pub fn save(&self) -> Saved {
        Saved(
            self.store.clone(),
            self.processes.clone(),
            self.catalog.clone(),
        )
    }

    /// Takes everything back that was done since.
    pub fn restore(&mut self, saved: Saved) {
        (*self.store, *self.processes, *self.catalog) = (saved.0, saved.1, saved.2);
    }
}

impl Problem {
    fn new(code: &'static str, message: impl Into<String>) -> Problem {
        Problem {
            code,
            message: message.into(),
        }
    }

    fn integrity(message: impl Into<String>) -> Problem {
        Problem::new("FIELD_INTEGRITY_EXCEPTION", message)
    }

    fn missing(element: &str) -> Problem {
        let message = format!("Required field is missing: {element}");
        Problem::new("REQUIRED_FIELD_MISSING", message)
    }

    fn unknown(kind: Type, name: &str) -> Problem {
        let message = format!("In field: fullName - no {} named {name} found", kind.name());
        Problem::new("INVALID_CROSS_REFERENCE_KEY", message)
    }
}
