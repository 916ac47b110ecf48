//! From the description of a field to a field of the store.

use serde_json::{Value, json};

use super::Problem;
use super::element::Element;
use crate::fake::schema::{Access, Field, Formula, Kind, NumberFormat, OnDelete};
use crate::fake::store::Store;

/// What a type of field must say, and what else of `TELLING` it may.
const RULES: [(&str, &[&str], &[&str]); 21] = [
    ("AutoNumber", &["displayFormat"], &["startingNumber"]),
    ("Checkbox", &["defaultValue"], &[]),
    ("Currency", &["precision", "scale"], &[]),
    ("Date", &[], &[]),
    ("DateTime", &[], &[]),
    ("Email", &[], &[]),
    ("EncryptedText", &["length", "maskChar", "maskType"], &[]),
    ("Html", &["length", "visibleLines"], &[]),
    ("Location", &["scale"], &[]),
    ("LongTextArea", &["length", "visibleLines"], &[]),
    ("Lookup", &["referenceTo"], &["deleteConstraint"]),
    (
        "MasterDetail",
        &["referenceTo", "relationshipName"],
        &["relationshipOrder"],
    ),
    ("MultiselectPicklist", &["valueSet", "visibleLines"], &[]),
    ("Number", &["precision", "scale"], &[]),
    ("Percent", &["precision", "scale"], &[]),
    ("Phone", &[], &[]),
    ("Picklist", &["valueSet"], &[]),
    ("Text", &["length"], &[]),
    ("TextArea", &[], &[]),
    ("Time", &[], &[]),
    ("Url", &[], &[]),
];

/// What a field may say only where its type has a use for it.
const TELLING: [&str; 10] = [
    "deleteConstraint",
    "displayFormat",
    "length",
    "precision",
    "referenceTo",
    "relationshipOrder",
    "scale",
    "startingNumber",
    "valueSet",
    "visibleLines",
];

/// The fields that a description means; a location has two.
pub fn fields(store: &Store, name: &str, element: &Element) -> Result<Vec<Field>, Problem> {
    let kind = element
        .get("type")
        .ok_or_else(|| Problem::missing("type"))?;
    if element.get("label").is_none() {
        let message = "Must specify a non-empty label for the CustomField";
        return Err(Problem::integrity(message));
    }
    rules(kind, element)?;
    if kind == "Location" {
        let base = name.strip_suffix("__c").unwrap_or(name);
        let part = |part: &str| governed(Field::new(&format!("{base}__{part}__s"), Kind::Double));
        return Ok(vec![part("Latitude"), part("Longitude")]);
    }
    let mut field = Field::new(name, schema_kind(store, name, kind, element)?);
    field.required = element.is("required") || kind == "MasterDetail";
    field.external_id = element.is("externalId");
    field.unique = element.is("unique");
    field.default = default(kind, element);
    if kind == "AutoNumber" {
        field = field.computed(Formula::AutoNumber(number_format(element)?));
    }
    if element.child("formula").is_some() {
        // Nothing here computes, but nobody may write it either.
        field = field.read_only();
    }
    // What every record must have cannot be hidden from anybody.
    Ok(vec![if field.required {
        field
    } else {
        governed(field)
    }])
}

fn governed(field: Field) -> Field {
    Field {
        access: Access::None,
        governed: true,
        ..field
    }
}

fn rules(kind: &str, element: &Element) -> Result<(), Problem> {
    let Some((_, must, may)) = RULES.iter().find(|(known, ..)| *known == kind) else {
        let message = format!("This fake has no fields of type {kind}");
        return Err(Problem::integrity(message));
    };
    let computed = element.child("formula").is_some();
    for name in must.iter().filter(|_| !computed) {
        if element.child(name).is_none() {
            let message = format!("Must specify '{name}' for a CustomField of type {kind}");
            return Err(Problem::integrity(message));
        }
    }
    let refuse = |name: &str| {
        let message = format!("Can not specify '{name}' for a CustomField of type {kind}");
        Err(Problem::integrity(message))
    };
    for name in TELLING {
        if element.child(name).is_some() && !must.contains(&name) && !may.contains(&name) {
            return refuse(name);
        }
    }
    if element.is("required") {
        match kind {
            "MasterDetail" => {
                let message = "Master-Detail Relationship Fields Cannot be Optional or Required";
                return Err(Problem::integrity(message));
            }
            "AutoNumber" | "Checkbox" | "Html" | "LongTextArea" => return refuse("required"),
            _ => {}
        }
    }
    let can_be_key = matches!(kind, "AutoNumber" | "Email" | "Number" | "Text");
    if element.is("externalId") && !can_be_key {
        return refuse("externalId");
    }
    let number = |name: &str| element.get(name).and_then(|text| text.parse::<i64>().ok());
    let length = match kind {
        "Html" | "LongTextArea" => 256..=131_072,
        "EncryptedText" => 1..=175,
        _ => 1..=255,
    };
    if number("length").is_some_and(|given| !length.contains(&given)) {
        let message = format!(
            "length must be between {} and {}",
            length.start(),
            length.end()
        );
        return Err(Problem::integrity(message));
    }
    let (precision, scale) = (number("precision"), number("scale"));
    if precision.is_some_and(|precision| !(1..=18).contains(&precision))
        || scale.is_some_and(|scale| scale < 0 || precision.is_some_and(|all| scale > all))
    {
        let message = "precision must be between 1 and 18, and scale not greater than it";
        return Err(Problem::integrity(message));
    }
    Ok(())
}

fn schema_kind(store: &Store, name: &str, kind: &str, element: &Element) -> Result<Kind, Problem> {
    let length = element.get("length").and_then(|text| text.parse().ok());
    let length: usize = length.unwrap_or(255);
    Ok(match kind {
        "AutoNumber" => Kind::Text(30),
        "Checkbox" => Kind::Boolean,
        "Currency" | "Number" | "Percent" => Kind::Double,
        "Date" => Kind::Date,
        "DateTime" => Kind::DateTime,
        "Email" => Kind::Email,
        "Html" | "LongTextArea" => Kind::LongText(Some(length)),
        "Phone" => Kind::Text(40),
        "Picklist" => picklist(element)?,
        // The store has neither times nor lists of values; they stay the texts that they are.
        "Time" => Kind::Text(13),
        "MultiselectPicklist" => Kind::Text(4099),
        "Lookup" | "MasterDetail" => reference(store, name, kind, element)?,
        _ => Kind::Text(length),
    })
}

fn picklist(element: &Element) -> Result<Kind, Problem> {
    let set = element.child("valueSet");
    let definition = set.and_then(|set| set.child("valueSetDefinition"));
    let values = definition.into_iter().flat_map(|set| set.all("value"));
    let values: Vec<String> = values
        .filter_map(|value| value.get("fullName"))
        .map(str::to_owned)
        .collect();
    let named = set.is_some_and(|set| set.get("valueSetName").is_some());
    if values.is_empty() && !named {
        return Err(Problem::integrity("Picklist needs at least one value"));
    }
    // The values of a global value set are not known here.
    let restricted = set.is_some_and(|set| set.is("restricted")) && !named;
    Ok(Kind::Picklist { values, restricted })
}

fn reference(store: &Store, name: &str, kind: &str, element: &Element) -> Result<Kind, Problem> {
    let wanted = element.get("referenceTo").unwrap_or_default();
    let target = store.object(wanted).ok_or_else(|| {
        let text =
            format!("referenceTo value of '{wanted}' does not resolve to a valid sObject type");
        Problem::integrity(text)
    })?;
    let on_delete = match (kind, element.get("deleteConstraint")) {
        ("MasterDetail", _) | (_, Some("Cascade")) => OnDelete::Cascade,
        (_, Some("Restrict")) => OnDelete::Restrict,
        _ => OnDelete::Clear,
    };
    let children = element.get("relationshipName");
    Ok(Kind::Reference {
        to: store.table(target).schema.name.clone(),
        relationship: format!("{}__r", name.strip_suffix("__c").unwrap_or(name)),
        children: children.map(|children| format!("{children}__r")),
        on_delete,
    })
}

/// Literals alone; a formula stands for no value.
fn default(kind: &str, element: &Element) -> Value {
    let text = element.get("defaultValue").unwrap_or_default();
    match kind {
        "Checkbox" => json!(text.eq_ignore_ascii_case("true")),
        "Currency" | "Number" | "Percent" => text.parse::<f64>().map_or(Value::Null, |n| json!(n)),
        "Picklist" => {
            let values = element
                .child("valueSet")
                .and_then(|set| set.child("valueSetDefinition"))
                .into_iter()
                .flat_map(|set| set.all("value"));
            let mut chosen = values.filter(|value| value.is("default"));
            chosen.next().and_then(|value| value.get("fullName")).into()
        }
        _ => {
            let quoted = text
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'));
            quoted.into()
        }
    }
}

/// `A-{0000}`
pub fn number_format(element: &Element) -> Result<NumberFormat, Problem> {
    let format = element.get("displayFormat").unwrap_or("{0}");
    let parts = format.split_once('{').and_then(|(before, rest)| {
        let (digits, after) = rest.split_once('}')?;
        let zeros = !digits.is_empty() && digits.bytes().all(|digit| digit == b'0');
        zeros.then_some((before, digits.len(), after))
    });
    let (before, digits, after) = parts.ok_or_else(|| {
        Problem::integrity(format!(
            "Invalid display format for an auto number: {format}"
        ))
    })?;
    let first = element
        .get("startingNumber")
        .and_then(|text| text.parse().ok());
    Ok(NumberFormat {
        before: before.to_owned(),
        digits,
        after: after.to_owned(),
        first: first.unwrap_or(1),
    })
}
