//! Descriptions of objects as callers give them, checked and written as components of metadata.

use super::field::{self, Grantable};
use super::parameter::PAYLOAD;
use crate::failure::Failure;
use crate::input;
use crate::json::{self, Object};
use crate::salesforce::definitions::{self, DEPLOYMENT, SHARING, SUFFIXES};
use crate::salesforce::elements::{Elements, inside};
use crate::salesforce::{names, xml};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The metadata type of an object.
pub const OBJECT: &str = "CustomObject";
/// The metadata type of a field.
pub const FIELD: &str = "CustomField";

/// A component of metadata, checked.
#[derive(Debug)]
pub struct Component {
    /// The metadata type.
    pub kind: String,
    /// The full name; that of a field begins with its object.
    pub full_name: String,
    /// Its elements as XML, without the full name.
    pub body: String,
    /// Whether permission sets grant access to it: an object whose records users see.
    pub grantable: bool,
    /// The fields in it that permission sets grant access to.
    pub fields: Vec<Grantable>,
}

/// Names that stand around components in the documentation of `createMetadata`.
const WRAPPERS: [&str; 3] = ["createMetadata", "upsertMetadata", "metadata"];

/// Names under which a component says what it is.
const KINDS: [&str; 2] = ["xsi:type", "@xsi:type"];

/// Reads the components of a payload that describes objects. With `update`, what would change
/// an object that is there must be said and has no default.
pub fn objects(payload: &str, update: bool) -> Result<Vec<Component>, Failure> {
    let items = items(payload, &WRAPPERS)?;
    let read = |(place, text): &(String, &str)| component(place, text, update);
    items.iter().map(read).collect()
}

/// Reads the fields of a payload, which become components of this object.
pub fn fields(payload: &str, sobject: &str) -> Result<Vec<Component>, Failure> {
    let items = items(
        payload,
        &["fields", "createMetadata", "upsertMetadata", "metadata"],
    )?;
    let read = |(place, text): &(String, &str)| {
        let object = input::object(place, text)?;
        field_of(place, &object, Some(sobject))
    };
    items.iter().map(read).collect()
}

/// Where each component stands, and its text.
fn items<'a>(payload: &'a str, wrappers: &[&str]) -> Result<Vec<(String, &'a str)>, Failure> {
    let expected = "a JSON object or list that describes at least one component";
    names::present(PAYLOAD, payload, expected)?;
    let (mut place, mut text) = (PAYLOAD.to_owned(), payload.trim());
    loop {
        if text.starts_with('[') {
            let broken = |error: serde_json::Error| {
                let expected = format!("{expected} (it breaks at column {})", error.column());
                Failure::invalid_input(&place, &expected)
            };
            json::check(text).map_err(broken)?;
            let fewer = || Failure::invalid_input(&place, "a list of at most 200,000 components");
            let items = json::list(text).ok_or_else(fewer)?;
            if items.is_empty() {
                return Err(Failure::missing_input(&place, expected));
            }
            let name = |(at, item): (usize, &'a RawValue)| (format!("{place}[{at}]"), item.get());
            return Ok(items.into_iter().enumerate().map(name).collect());
        }
        let object = input::object(&place, text)?;
        let wrapped = wrappers.iter().find_map(|n| Some((*n, object.get(n)?)));
        let (name, inner) = match wrapped.filter(|_| object.get("fullName").is_none()) {
            Some(wrapped) => wrapped,
            None => return Ok(vec![(place, text)]),
        };
        input::only(&object, &place, &format!("{place}."), &[name])?;
        place = inside(&place, name);
        text = inner.get();
    }
}

fn component(place: &str, text: &str, update: bool) -> Result<Component, Failure> {
    let object = input::object(place, text)?;
    let named = KINDS.iter().find_map(|n| Some((*n, object.get(n)?)));
    let kind = match named {
        Some((name, value)) => {
            let kind = input::string(&inside(place, name), value)?;
            xml::check_name(&inside(place, name), &kind)?;
            kind
        }
        None => Cow::Borrowed(OBJECT),
    };
    match kind.as_ref() {
        OBJECT => described(place, &object, update),
        FIELD => field_of(place, &object, None),
        _ => Ok(Component {
            full_name: required(place, &object, "fullName", "the name of the component")?.into(),
            body: any(place, &object, &["fullName"])?.finish(),
            kind: kind.into_owned(),
            grantable: false,
            fields: Vec::new(),
        }),
    }
}

/// The elements of a component as they are given, but for those in `without`.
pub(super) fn any(place: &str, object: &Object<'_>, without: &[&str]) -> Result<Elements, Failure> {
    let mut elements = Elements::default();
    for (name, value) in object.members() {
        if !without.contains(&name) && !KINDS.contains(&name) && value.get() != "null" {
            check(&inside(place, name), name, value)?;
            elements.json(place, name, value)?;
        }
    }
    Ok(elements)
}

/// Checks what is known of an element of an object or a field.
fn check(place: &str, name: &str, value: &RawValue) -> Result<(), Failure> {
    let text = json::text(value).unwrap_or(Cow::Borrowed(value.get()));
    if definitions::is_flag(name) && !matches!(text.as_ref(), "true" | "false") {
        return Err(Failure::invalid_input(place, "true or false"));
    }
    if definitions::is_number(name) && text.parse::<u32>().is_err() {
        return Err(Failure::invalid_input(place, "a whole number"));
    }
    match definitions::longest(name) {
        Some(most) if text.chars().count() > most => {
            let expected = format!("a text of at most {most} characters");
            Err(Failure::invalid_input(place, &expected))
        }
        _ => Ok(()),
    }
}

/// A text that must be given.
pub(super) fn required<'a>(
    place: &str,
    object: &Object<'a>,
    name: &str,
    expected: &str,
) -> Result<Cow<'a, str>, Failure> {
    let place = inside(place, name);
    let missing = || Failure::missing_input(&place, expected);
    let text = input::string(&place, object.get(name).ok_or_else(missing)?)?;
    names::present(&place, &text, expected)?;
    Ok(text)
}

/// A text that is one of several, where it is given.
pub(super) fn choice<'a>(
    place: &str,
    object: &Object<'a>,
    name: &str,
    choices: &[&str],
) -> Result<Option<Cow<'a, str>>, Failure> {
    let Some(value) = object.get(name) else {
        return Ok(None);
    };
    let place = inside(place, name);
    let text = input::string(&place, value)?;
    match choices.contains(&text.as_ref()) {
        true => Ok(Some(text)),
        false => {
            let expected = format!("one of {}", choices.join(", "));
            Err(Failure::invalid_input(&place, &expected))
        }
    }
}

/// An object: what it requires, and what is written where it is not given.
fn described(place: &str, object: &Object<'_>, update: bool) -> Result<Component, Failure> {
    choice(place, object, "type", &[OBJECT])?;
    let name = required(
        place,
        object,
        "fullName",
        "the API name, such as Invoice__c",
    )?;
    let name_place = inside(place, "fullName");
    names::check_sobject(&name_place, &name)?;
    if !SUFFIXES.iter().any(|suffix| name.ends_with(suffix)) {
        let expected = "a name that ends in __c, such as Invoice__c (or in __mdt, __e, __b, __x \
                        for the other kinds of object)";
        return Err(Failure::invalid_input(&name_place, expected));
    }
    let label = required(place, object, "label", "the label, such as Invoice")?;
    let status = choice(place, object, "deploymentStatus", DEPLOYMENT)?;
    let sharing = choice(place, object, "sharingModel", SHARING)?;

    let own = ["fullName", "type", "fields", "nameField"];
    let mut elements = any(place, object, &own)?;
    let (mut grants, mut details) = (Vec::new(), false);
    for (place, object) in list(place, object, "fields")? {
        let (short, mut inner, granted) = field::read(&place, &object)?;
        inner.or_text("fullName", &short);
        details |= object.text("type").as_deref() == Some("MasterDetail");
        grants.extend(granted.map(|editable| Grantable {
            name: format!("{name}.{short}"),
            editable,
        }));
        elements.nest("fields", inner);
    }
    let records = name.ends_with("__c") && object.get("customSettingsType").is_none();
    if let Some(value) = object.get("nameField") {
        let place = inside(place, "nameField");
        let given = input::object(&place, value.get())?;
        elements.nest("nameField", name_field(&place, &given)?);
    } else if records {
        let mut given = Elements::default();
        given.or_text("label", "Name");
        given.or_text("type", "Text");
        elements.nest("nameField", given);
    }
    if records {
        match (details, sharing.as_deref()) {
            (true, Some(model)) if model != "ControlledByParent" => {
                let expected = "ControlledByParent, since a field is of the type MasterDetail";
                return Err(Failure::invalid_input(
                    &inside(place, "sharingModel"),
                    expected,
                ));
            }
            // A default would open the records of an object that is there and is private.
            (false, None) if update => {
                let expected = format!("one of {}, where update is true", SHARING.join(", "));
                return Err(Failure::missing_input(
                    &inside(place, "sharingModel"),
                    &expected,
                ));
            }
            (true, None) => elements.or_text("sharingModel", "ControlledByParent"),
            (false, None) => elements.or_text("sharingModel", "ReadWrite"),
            _ => {}
        }
        if !elements.has("pluralLabel") {
            elements.text(place, "pluralLabel", &label)?;
        }
        if status.is_none() {
            elements.or_text("deploymentStatus", "Deployed");
        }
    }
    Ok(Component {
        kind: OBJECT.to_owned(),
        body: elements.finish(),
        full_name: name.into_owned(),
        grantable: records,
        fields: if records { grants } else { Vec::new() },
    })
}

/// The objects in a list that may be absent, with the place of each.
fn list<'a>(
    place: &str,
    object: &Object<'a>,
    name: &str,
) -> Result<Vec<(String, Object<'a>)>, Failure> {
    let Some(value) = object.get(name) else {
        return Ok(Vec::new());
    };
    let place = inside(place, name);
    let items = json::list(value.get());
    let items = items.ok_or_else(|| Failure::invalid_input(&place, "a list of fields"))?;
    let read = |(at, item): (usize, &'a RawValue)| {
        let place = format!("{place}[{at}]");
        let object = input::object(&place, item.get())?;
        Ok((place, object))
    };
    items.into_iter().enumerate().map(read).collect()
}

/// The field that names records: text, or numbers that Salesforce gives.
fn name_field(place: &str, object: &Object<'_>) -> Result<Elements, Failure> {
    let kind = choice(place, object, "type", &["Text", "AutoNumber"])?;
    if kind.as_deref() == Some("AutoNumber") {
        required(place, object, "displayFormat", "a format such as A-{0000}")?;
    }
    let mut elements = any(place, object, &[])?;
    elements.or_text("label", "Name");
    elements.or_text("type", "Text");
    Ok(elements)
}

/// A field as a component of its own. Its name may begin with its object, and must where no
/// `sobject` says it.
fn field_of(place: &str, object: &Object<'_>, sobject: Option<&str>) -> Result<Component, Failure> {
    let given = required(place, object, "fullName", "the API name, such as Amount__c")?;
    let owner = match (given.split_once('.'), sobject) {
        (None, Some(sobject)) => sobject,
        (Some((owner, _)), Some(sobject)) if owner == sobject => sobject,
        (Some((owner, _)), None) => owner,
        _ => {
            let expected = match sobject {
                Some(sobject) => format!("a field of {sobject}, such as Amount__c"),
                None => "a name with its object, such as Invoice__c.Amount__c".to_owned(),
            };
            return Err(Failure::invalid_input(
                &inside(place, "fullName"),
                &expected,
            ));
        }
    };
    names::check_sobject(&inside(place, "fullName"), owner)?;
    let (short, elements, granted) = field::read(place, object)?;
    let name = format!("{owner}.{short}");
    let grantable = |editable| Grantable {
        name: name.clone(),
        editable,
    };
    Ok(Component {
        kind: FIELD.to_owned(),
        fields: granted.map(grantable).into_iter().collect(),
        body: elements.finish(),
        grantable: false,
        full_name: name,
    })
}
