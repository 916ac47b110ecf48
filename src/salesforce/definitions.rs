//! What the Metadata API knows of objects and fields: what each type of field requires, and
//! which elements hold flags, numbers and lists.

use super::xml::Shape;
use crate::json::Json;
use std::ops::RangeInclusive;

/// What an element of a field must be.
#[derive(Clone, Debug)]
pub enum Must {
    /// A whole number within bounds.
    Number(RangeInclusive<u32>),
    /// A text of this kind.
    Text(&'static str),
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// The values to choose from.
    Values,
}

/// An element that a type of field requires.
pub type Need = (&'static str, Must);

/// A type of field.
#[derive(Debug)]
pub struct FieldType {
    /// The name.
    pub name: &'static str,
    /// What it requires.
    pub needs: &'static [Need],
    /// What is written where it is not given: names and texts.
    pub defaults: &'static [(&'static str, &'static str)],
}

const fn of(name: &'static str, needs: &'static [Need]) -> FieldType {
    FieldType {
        name,
        needs,
        defaults: &[],
    }
}

const OBJECT: Must = Must::Text("the API name of the object that it points to");
const SCALE: Need = ("scale", Must::Number(0..=17));
const NUMBER: &[Need] = &[("precision", Must::Number(1..=18)), SCALE];
const REFERENCE: &[Need] = &[("referenceTo", OBJECT)];
const VALUES: &[Need] = &[("valueSet", Must::Values)];
const LONG: &[Need] = &[("length", Must::Number(256..=131_072))];

/// All types of field.
pub static FIELD_TYPES: [FieldType; 28] = [
    of(
        "AutoNumber",
        &[("displayFormat", Must::Text("a format such as A-{0000}"))],
    ),
    FieldType {
        defaults: &[("defaultValue", "false")],
        ..of("Checkbox", &[])
    },
    of("Currency", NUMBER),
    of(
        "CustomDataType",
        &[(
            "customDataType",
            Must::Text("the name of a custom data type"),
        )],
    ),
    of("Date", &[]),
    of("DateTime", &[]),
    of("Email", &[]),
    FieldType {
        defaults: &[("maskChar", "asterisk"), ("maskType", "all")],
        ..of("EncryptedText", &[("length", Must::Number(1..=175))])
    },
    of("ExternalLookup", REFERENCE),
    of("File", &[]),
    of("Hierarchy", &[]),
    FieldType {
        defaults: &[("visibleLines", "25")],
        ..of("Html", LONG)
    },
    of(
        "IndirectLookup",
        &[
            ("referenceTo", OBJECT),
            (
                "referenceTargetField",
                Must::Text("the external id field of the object that it points to"),
            ),
        ],
    ),
    FieldType {
        defaults: &[("displayLocationInDecimal", "true")],
        ..of("Location", &[("scale", Must::Number(0..=15))])
    },
    FieldType {
        defaults: &[("visibleLines", "3")],
        ..of("LongTextArea", LONG)
    },
    of("Lookup", REFERENCE),
    FieldType {
        defaults: &[("relationshipOrder", "0")],
        ..of(
            "MasterDetail",
            &[
                ("referenceTo", OBJECT),
                (
                    "relationshipName",
                    Must::Text("the name of the records as a list of their parent, such as Items"),
                ),
            ],
        )
    },
    of("MetadataRelationship", REFERENCE),
    FieldType {
        defaults: &[("visibleLines", "4")],
        ..of("MultiselectPicklist", VALUES)
    },
    of("Number", NUMBER),
    of("Percent", NUMBER),
    of("Phone", &[]),
    of("Picklist", VALUES),
    of(
        "Summary",
        &[
            (
                "summaryForeignKey",
                Must::Text("the relationship of the children, such as Item__c.Order__c"),
            ),
            (
                "summaryOperation",
                Must::Choice(&["count", "sum", "min", "max"]),
            ),
        ],
    ),
    of("Text", &[("length", Must::Number(1..=255))]),
    of("TextArea", &[]),
    of("Time", &[]),
    of("Url", &[]),
];

/// What `deploymentStatus` may be.
pub const DEPLOYMENT: &[&str] = &["Deployed", "InDevelopment"];

/// What `sharingModel` may be.
pub const SHARING: &[&str] = &[
    "ReadWrite",
    "Read",
    "Private",
    "ControlledByParent",
    "ReadSelect",
    "ReadWriteTransfer",
    "FullAccess",
    "ControlledByLeadOrContact",
    "ControlledByCampaign",
];

/// Endings of the names of objects that an org can make, and what they are.
pub const SUFFIXES: [&str; 5] = ["__c", "__mdt", "__e", "__b", "__x"];

/// Elements with a limit of characters.
const LENGTHS: [(&str, usize); 2] = [("description", 1_000), ("inlineHelpText", 510)];

/// Elements that are true or false, beside those that begin with `enable`.
const FLAGS: [&str; 23] = [
    "allowInChatterGroups",
    "caseSensitive",
    "default",
    "deprecated",
    "displayLocationInDecimal",
    "externalId",
    "isActive",
    "isConvertLeadDisabled",
    "isFilteringDisabled",
    "isNameField",
    "isSortingDisabled",
    "populateExistingRows",
    "reparentableMasterDetail",
    "required",
    "restricted",
    "restrictedAdminField",
    "sorted",
    "stripMarkup",
    "trackFeedHistory",
    "trackHistory",
    "trackTrending",
    "unique",
    "writeRequiresMasterRead",
];

/// Elements that are whole numbers.
const NUMBERS: [&str; 6] = [
    "length",
    "precision",
    "relationshipOrder",
    "scale",
    "startingNumber",
    "visibleLines",
];

/// Elements that may repeat.
const LISTS: [&str; 15] = [
    "actionOverrides",
    "businessProcesses",
    "compactLayouts",
    "fieldSets",
    "fields",
    "indexes",
    "listViews",
    "profileSearchLayouts",
    "recordTypes",
    "sharingReasons",
    "summaryFilterItems",
    "validationRules",
    "value",
    "valueSettings",
    "webLinks",
];

/// The type of field of this name.
pub fn field_type(name: &str) -> Option<&'static FieldType> {
    FIELD_TYPES.iter().find(|kind| kind.name == name)
}

/// Whether an element is true or false.
pub fn is_flag(name: &str) -> bool {
    name.starts_with("enable") || FLAGS.contains(&name)
}

/// Whether an element is a whole number.
pub fn is_number(name: &str) -> bool {
    NUMBERS.contains(&name)
}

/// The most characters of an element.
pub fn longest(name: &str) -> Option<usize> {
    let found = LENGTHS.iter().find(|(known, _)| *known == name);
    found.map(|(_, most)| *most)
}

/// How a definition becomes JSON: in the form in which it may be written again.
pub const SHAPE: Shape = Shape {
    value: |name, text| match (text, text.parse::<u64>()) {
        ("true" | "false", _) if is_flag(name) => (text == "true").into(),
        (_, Ok(number)) if is_number(name) => number.into(),
        _ => Json::from(text),
    },
    lists: &LISTS,
};
