//! Descriptions of fields: what each type requires, checked before anything is sent.

use super::description::{any, choice, required};
use crate::failure::Failure;
use crate::input;
use crate::json::{self, Object};
use crate::salesforce::definitions::{FIELD_TYPES, FieldType, Must, Need, field_type};
use crate::salesforce::elements::{Elements, inside};
use crate::salesforce::names;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A field that a permission set may grant access to.
#[derive(Debug)]
pub struct Grantable {
    /// The name, which begins with its object.
    pub name: String,
    /// Whether users may change it.
    pub editable: bool,
}

/// A short form of `valueSet`: a list of texts.
const VALUES: &str = "values";

/// Reads a field: its name without the object, its other elements, and whether users may change it;
/// none where permission sets have no say.
pub fn read(place: &str, object: &Object<'_>) -> Result<(String, Elements, Option<bool>), Failure> {
    let name = required(place, object, "fullName", "the API name, such as Amount__c")?;
    let short = name
        .rsplit_once('.')
        .map_or(name.as_ref(), |(_, short)| short);
    let name_place = inside(place, "fullName");
    let expected = "a name of letters, digits and underscores that ends in __c, such as Amount__c";
    match names::check_sobject(&name_place, short) {
        Ok(()) if short.ends_with("__c") => {}
        _ => return Err(Failure::invalid_input(&name_place, expected)),
    }
    required(place, object, "label", "the label, such as Amount")?;
    let kind = kind(place, object)?;
    let formula = object.get("formula").is_some();
    for need in kind.needs {
        // The length of a formula's text is Salesforce's own.
        if !(formula && need.0 == "length") {
            check(place, object, kind, need)?;
        }
    }
    further(place, object, kind)?;

    let mut elements = any(place, object, &["fullName", VALUES])?;
    if let Some(values) = object.get(VALUES) {
        elements.nest("valueSet", value_set(&inside(place, VALUES), values)?);
    }
    for (name, text) in kind.defaults {
        if !formula {
            elements.or_text(name, text);
        }
    }
    let fixed = object.get("required").and_then(json::flag) == Some(true);
    let granted = match kind.name {
        "MasterDetail" => None,
        _ if fixed => None,
        "AutoNumber" | "Summary" => Some(false),
        _ => Some(!formula),
    };
    Ok((short.to_owned(), elements, granted))
}

fn kind(place: &str, object: &Object<'_>) -> Result<&'static FieldType, Failure> {
    let names: Vec<&str> = FIELD_TYPES.iter().map(|kind| kind.name).collect();
    let expected = format!("one of {}", names.join(", "));
    let name = required(place, object, "type", &expected)?;
    field_type(&name).ok_or_else(|| Failure::invalid_input(&inside(place, "type"), &expected))
}

/// Checks an element that a type requires.
fn check(
    place: &str,
    object: &Object<'_>,
    kind: &FieldType,
    (name, must): &Need,
) -> Result<(), Failure> {
    let why = format!("which the type {} requires", kind.name);
    let here = inside(place, name);
    match must {
        Must::Number(range) => {
            let expected = format!(
                "a whole number from {} to {}, {why}",
                range.start(),
                range.end()
            );
            let value = object.get(name);
            let value = value.ok_or_else(|| Failure::missing_input(&here, &expected))?;
            match number(value).is_some_and(|number| range.contains(&number)) {
                true => Ok(()),
                false => Err(Failure::invalid_input(&here, &expected)),
            }
        }
        Must::Text(what) => required(place, object, name, &format!("{what}, {why}")).map(|_| ()),
        Must::Choice(choices) => {
            let expected = format!("one of {}, {why}", choices.join(", "));
            required(place, object, name, &expected)?;
            choice(place, object, name, choices).map(|_| ())
        }
        Must::Values => {
            let given = [name, VALUES, "picklist", "globalPicklist"];
            if given.iter().any(|name| object.get(name).is_some()) {
                return Ok(());
            }
            let expected = format!(
                "an object with valueSetDefinition or valueSetName, {why} (or the texts alone as \
                 a list, {VALUES})"
            );
            Err(Failure::missing_input(&here, &expected))
        }
    }
}

/// Checks what one element requires of another.
fn further(place: &str, object: &Object<'_>, kind: &FieldType) -> Result<(), Failure> {
    let amount = |name| object.get(name).and_then(number);
    if let (Some(precision), Some(scale)) = (amount("precision"), amount("scale"))
        && scale > precision
    {
        let expected = "a whole number of at most precision, which counts all digits";
        return Err(Failure::invalid_input(&inside(place, "scale"), expected));
    }
    let counts = object.text("summaryOperation").as_deref() == Some("count");
    if kind.name == "Summary" && !counts {
        let expected = "the field of the children to summarize, such as Item__c.Price__c";
        required(place, object, "summarizedField", expected)?;
    }
    if object.get(VALUES).is_some() && object.get("valueSet").is_some() {
        let expected = "to be left out where valueSet is given";
        return Err(Failure::invalid_input(&inside(place, VALUES), expected));
    }
    Ok(())
}

/// A whole number, or the text of one.
fn number(value: &RawValue) -> Option<u32> {
    let text = json::text(value).unwrap_or(Cow::Borrowed(value.get()));
    text.parse().ok()
}

/// The values to choose from, as the Metadata API has them.
fn value_set(place: &str, values: &RawValue) -> Result<Elements, Failure> {
    let texts = input::strings(place, values)?;
    if texts.is_empty() {
        return Err(Failure::missing_input(place, "at least one value"));
    }
    let mut definition = Elements::default();
    definition.or_text("sorted", "false");
    for (at, text) in texts.iter().enumerate() {
        let place = format!("{place}[{at}]");
        let mut value = Elements::default();
        value.text(&place, "fullName", text)?;
        value.or_text("default", "false");
        value.or_text("label", text);
        definition.nest("value", value);
    }
    let mut set = Elements::default();
    set.nest("valueSetDefinition", definition);
    Ok(set)
}
