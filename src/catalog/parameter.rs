//! What an action takes: one declaration that both describes and checks.

use crate::actions::query;
use crate::failure::Failure;
use crate::input;
use crate::salesforce::names;
use serde_json::value::RawValue;
use std::ops::RangeInclusive;

/// A parameter of an action.
#[derive(Debug)]
pub struct Parameter {
    /// The name in the input.
    pub name: &'static str,
    /// A few words for a form.
    pub title: &'static str,
    /// A sentence for a form.
    pub description: &'static str,
    /// What its value must be.
    pub kind: Kind,
    /// Whether it must be given.
    pub required: bool,
    /// A value, as JSON.
    pub example: &'static str,
}

/// What a value must be.
#[derive(Clone, Debug)]
pub enum Kind {
    /// The API name of an object.
    SObjectName,
    /// The id of a record.
    Id,
    /// Names of relationships with slashes between them.
    Relationship,
    /// A list of field names.
    Fields,
    /// A JSON object of query parameters, or a string that holds one.
    QueryParameters,
    /// A JSON object of fields, or a string that holds one.
    Payload,
    /// Approval requests as JSON, or a string that holds them.
    Requests,
    /// Any text.
    Text,
    /// A list of record ids.
    Ids,
    /// A JSON object or list that describes something, or a string that holds one.
    Description,
    /// The id or the API name of a permission set.
    PermissionSet,
    /// A SOQL query.
    Soql,
    /// Where a query result goes on.
    Locator,
    /// True or false.
    Flag,
    /// A whole number.
    Number(RangeInclusive<u32>),
}

impl Parameter {
    /// The same parameter where it may be left out.
    pub const fn optional(self) -> Parameter {
        Parameter {
            required: false,
            ..self
        }
    }

    /// Checks a value; none was given where there is none.
    pub fn check(&self, value: Option<&RawValue>) -> Result<(), Failure> {
        match (value, self.required) {
            (Some(value), _) => self.kind.check(self.name, value),
            (None, false) => Ok(()),
            (None, true) => Err(self.missing()),
        }
    }

    /// The failure of a parameter that must be given and is not.
    pub fn missing(&self) -> Failure {
        Failure::missing_input(self.name, self.kind.expected())
    }
}

impl Kind {
    fn check(&self, name: &str, value: &RawValue) -> Result<(), Failure> {
        let text = || input::string(name, value);
        match self {
            Kind::SObjectName => names::check_sobject(name, &text()?),
            Kind::Id => names::check_id(name, &text()?),
            Kind::Relationship => names::check_relationship(name, &text()?),
            Kind::Fields => names::check_fields(name, &input::strings(name, value)?),
            Kind::Requests => match value.get().starts_with(['{', '[', '"']) {
                true => Ok(()),
                false => Err(Failure::invalid_input(name, self.expected())),
            },
            Kind::Text => text().map(|_| ()),
            Kind::Ids => {
                let ids = input::strings(name, value)?;
                ids.iter().try_for_each(|id| names::check_id(name, id))
            }
            Kind::Soql => query::check_soql(&text()?),
            Kind::Locator => query::check_locator(&text()?),
            Kind::Flag => input::boolean(name, value).map(|_| ()),
            Kind::Number(range) => input::integer(name, value, range).map(|_| ()),
            // Read once, by the action: it may have megabytes.
            Kind::Payload | Kind::QueryParameters => match value.get().starts_with(['{', '"']) {
                true => Ok(()),
                false => Err(Failure::invalid_input(name, self.expected())),
            },
            Kind::Description => match value.get().starts_with(['{', '[', '"']) {
                true => Ok(()),
                false => Err(Failure::invalid_input(name, self.expected())),
            },
            Kind::PermissionSet => names::check_permission_set(name, &text()?),
        }
    }

    /// What a person is told to give.
    fn expected(&self) -> &'static str {
        match self {
            Kind::SObjectName => "the API name of an object, such as Account",
            Kind::Id => "a record id of 15 or 18 letters and digits",
            Kind::Relationship => names::RELATIONSHIP,
            Kind::Fields => "a list of field names",
            Kind::Payload | Kind::QueryParameters => "a JSON object, or a string that holds one",
            Kind::Requests => "an approval request, a list of them, or a string that holds either",
            Kind::Text => "a text",
            Kind::Ids => "a list of record ids",
            Kind::Description => "a JSON object or list, or a string that holds one",
            Kind::PermissionSet => names::PERMISSION_SET,
            Kind::Soql => "a SOQL query",
            Kind::Locator => "the locator of a query result",
            Kind::Flag => "true or false",
            Kind::Number(_) => "a whole number",
        }
    }
}
