//! Profiles, permission sets and what they allow: a field that metadata made can be seen once a
//! permission set of the user says so. Objects can be seen at once, as an administrator does.

use serde_json::{Value, json};

use super::auth::ORG_ID;
use super::errors::ApiError;
use super::objects::text;
use super::schema::{Access, Field, Kind, ObjectType, OnDelete};
use super::store::{ObjectRef, Store};
use super::{clock, store};

/// A permission and what it cannot be without.
const DEPENDENCIES: [(&str, &[&str]); 5] = [
    ("Create", &["Read"]),
    ("Edit", &["Read"]),
    ("Delete", &["Read", "Edit"]),
    ("ViewAllRecords", &["Read"]),
    (
        "ModifyAllRecords",
        &["Read", "Edit", "Delete", "ViewAllRecords"],
    ),
];

/// What the user of the API may do, of what `UserPermissionAccess` tells.
const HELD: [&str; 5] = [
    "ApiEnabled",
    "ManageUsers",
    "CustomizeApplication",
    "ModifyMetadata",
    "ManageRoles",
];

/// The objects of setup.
pub fn objects() -> Vec<ObjectType> {
    let belongs = |relationship, children| {
        Kind::child("PermissionSet", relationship, children, OnDelete::Cascade)
    };
    let flag = |name: &str| Field::new(name, Kind::Boolean);
    let allows = |name: &str| flag(&format!("Permissions{name}"));
    let organization = vec![
        text("Name", 80),
        text("OrganizationType", 40),
        flag("IsSandbox"),
        text("InstanceName", 5),
        text("NamespacePrefix", 15),
        text("LanguageLocaleKey", 40),
        text("TimeZoneSidKey", 40),
        Field::new("TrialExpirationDate", Kind::DateTime),
    ];
    let set = vec![
        text("Name", 80).required().unique(),
        text("Label", 80).required(),
        text("Description", 255),
        text("Type", 40).or("Regular").read_only(),
        flag("IsOwnedByProfile").read_only(),
        flag("IsCustom").or(true).read_only(),
        Field::new("ProfileId", Kind::reference("Profile", "Profile")).read_only(),
    ];
    let user = Kind::child(
        "User",
        "Assignee",
        "PermissionSetAssignments",
        OnDelete::Cascade,
    );
    let assignment = vec![
        Field::new("PermissionSetId", belongs("PermissionSet", "Assignments")).required(),
        Field::new("AssigneeId", user).required(),
        Field::new("ExpirationDate", Kind::DateTime),
        flag("IsActive").or(true).read_only(),
    ];
    let mut of_object = vec![
        Field::new("ParentId", belongs("Parent", "ObjectPerms")).required(),
        text("SobjectType", 40).required(),
        allows("Read"),
    ];
    of_object.extend(DEPENDENCIES.map(|(name, _)| allows(name)));
    let of_field = vec![
        Field::new("ParentId", belongs("Parent", "FieldPerms")).required(),
        text("SobjectType", 40).required(),
        text("Field", 255).required(),
        allows("Read"),
        allows("Edit"),
    ];
    let role = vec![
        text("Name", 80).required(),
        text("DeveloperName", 80),
        Field::new("ParentRoleId", Kind::reference("UserRole", "ParentRole")),
    ];
    let profile = vec![text("Name", 255), text("UserType", 40).or("Standard")];
    let access = HELD.map(allows).into();
    vec![
        ObjectType::new("Organization", "00D", organization).read_only(),
        // The prefix is made up.
        ObjectType::new("UserPermissionAccess", "0Ua", access).read_only(),
        ObjectType::new("Profile", "00e", profile).read_only(),
        ObjectType::new("UserRole", "00E", role),
        ObjectType::new("PermissionSet", "0PS", set),
        ObjectType::new("PermissionSetAssignment", "0Pa", assignment),
        ObjectType::new("ObjectPermissions", "110", of_object),
        ObjectType::new("FieldPermissions", "01k", of_field),
    ]
}

/// What the org starts with: everybody has a profile, which owns a permission set; the user of the
/// API has one permission set more, and nobody has the other. It may do everything but what it
/// lacks.
pub fn seed(store: &mut Store, lacking: &[String]) {
    let now = clock::now();
    if let Some(object) = store.object("Organization") {
        let fields = [
            ("Name", json!("Fake Org")),
            ("OrganizationType", json!("Developer Edition")),
            ("InstanceName", json!("FAKE1")),
            ("LanguageLocaleKey", json!("en_US")),
            ("TimeZoneSidKey", json!("Europe/Berlin")),
        ];
        let fields = store.places(object, &fields);
        store.insert_as(object, ORG_ID.to_owned(), fields, now);
    }
    let mut add = |object: &str, fields: &[(&str, Value)]| {
        let Some(object) = store.object(object) else {
            return String::new();
        };
        let fields = store.places(object, fields);
        store.insert(object, fields, now)
    };
    let held = HELD.map(|name| format!("Permissions{name}"));
    let held = held.each_ref().map(|name| {
        let lacks = lacking.iter().any(|lacking| name.ends_with(lacking));
        (name.as_str(), json!(!lacks))
    });
    add("UserPermissionAccess", &held);
    let ceo = add(
        "UserRole",
        &[("Name", json!("CEO")), ("DeveloperName", json!("CEO"))],
    );
    let sales = [
        ("Name", json!("Sales")),
        ("DeveloperName", json!("Sales")),
        ("ParentRoleId", json!(ceo)),
    ];
    let sales = add("UserRole", &sales);
    let mut profile = |name: &str| {
        let profile = add("Profile", &[("Name", json!(name))]);
        let set = [
            (
                "Name",
                json!(format!("X{}", profile.get(..15).unwrap_or_default())),
            ),
            ("Label", json!(name)),
            ("Type", json!("Profile")),
            ("IsOwnedByProfile", json!(true)),
            ("IsCustom", json!(false)),
            ("ProfileId", json!(profile)),
        ];
        (add("PermissionSet", &set), profile)
    };
    let administrator = profile("System Administrator");
    let standard = profile("Standard User");
    let mut set = |name: &str| {
        let label = json!(name.replace('_', " "));
        add("PermissionSet", &[("Name", json!(name)), ("Label", label)])
    };
    let integration = set("Integration_Access");
    set("Reporting_Access");
    let Some(users) = store.object("User") else {
        return;
    };
    for row in 0..store.table(users).records().len() {
        let id = store.text((users, row), "Id").to_owned();
        let of_api = id == store.user;
        let (set, profile) = if of_api { &administrator } else { &standard };
        let role = (!of_api).then_some(&sales);
        let fields = [("ProfileId", json!(profile)), ("UserRoleId", json!(role))];
        let fields = store.places(users, &fields);
        store.update(users, row, fields);
        assign(store, &id, set);
        if of_api {
            assign(store, &id, &integration);
        }
    }
}

fn assign(store: &mut Store, user: &str, set: &str) {
    if let Some(object) = store.object("PermissionSetAssignment") {
        let fields = [("AssigneeId", json!(user)), ("PermissionSetId", json!(set))];
        let fields = store.places(object, &fields);
        store.insert(object, fields, clock::now());
    }
}

/// Brings the fields up to date with the permissions of the user.
pub fn apply(store: &mut Store) {
    let governed = |store: &Store, object| {
        let fields = &store.table(object).schema.fields;
        fields.iter().any(|field| field.governed)
    };
    let objects: Vec<ObjectRef> = store
        .objects()
        .filter(|object| governed(store, *object))
        .collect();
    if objects.is_empty() {
        return;
    }
    let sets: Vec<String> = live(store, "PermissionSetAssignment")
        .filter(|row| store.text(*row, "AssigneeId") == store.user)
        .map(|row| store.text(row, "PermissionSetId").to_owned())
        .collect();
    let granted: Vec<(String, Access)> = live(store, "FieldPermissions")
        .filter(|row| sets.iter().any(|set| set == store.text(*row, "ParentId")))
        .map(|row| {
            let access = match (is(store, row, "Read"), is(store, row, "Edit")) {
                (_, true) => Access::Edit,
                (true, false) => Access::Read,
                (false, false) => Access::None,
            };
            (store.text(row, "Field").to_lowercase(), access)
        })
        .collect();
    for object in objects {
        let name = store.table(object).schema.name.clone();
        for field in store.fields_mut(object) {
            if field.governed {
                let full = format!("{name}.{}", field.name).to_lowercase();
                let of_field = granted.iter().filter(|(field, _)| *field == full);
                field.access = of_field
                    .map(|(_, access)| *access)
                    .max()
                    .unwrap_or(Access::None);
            }
        }
    }
}

/// What these objects want beyond what all objects want.
pub fn check(
    store: &Store,
    object: ObjectRef,
    row: Option<usize>,
    changes: &[(usize, Value)],
) -> Result<(), ApiError> {
    let schema = &store.table(object).schema;
    let key = match schema.name.as_str() {
        "PermissionSetAssignment" => ["AssigneeId", "PermissionSetId"],
        "ObjectPermissions" => ["ParentId", "SobjectType"],
        "FieldPermissions" => ["ParentId", "Field"],
        _ => return Ok(()),
    };
    // The record as it will be.
    let mut after = row
        .and_then(|row| store.table(object).record(row).cloned())
        .unwrap_or_default();
    for (at, value) in changes {
        after.set(*at, value.clone());
    }
    let get = |name: &str| schema.find(name).map_or(&Value::Null, |at| after.get(at));
    let text = |name: &str| get(name).as_str().unwrap_or_default();
    if schema.name != "PermissionSetAssignment" {
        let target = store.object(text("SobjectType"));
        let target =
            target.ok_or_else(|| bad_value("Sobject Type", "SobjectType", text("SobjectType")))?;
        if schema.name == "FieldPermissions" {
            grantable(store, target, text("Field"))?;
        }
        for (permission, needed) in DEPENDENCIES {
            let has = |name: &str| get(&format!("Permissions{name}")) == &Value::Bool(true);
            if let Some(lacking) = needed.iter().find(|needed| has(permission) && !has(needed)) {
                let message =
                    format!("Permission {permission} depends on permission(s): {lacking}");
                return Err(ApiError::new(400, "FIELD_INTEGRITY_EXCEPTION", message).on(&[]));
            }
        }
    }
    let same = |other: &(ObjectRef, usize)| {
        Some(other.1) != row
            && key
                .iter()
                .all(|name| store.text(*other, name).eq_ignore_ascii_case(text(name)))
    };
    match live(store, &schema.name).find(same) {
        Some(other) => {
            let id = store.text(other, "Id");
            let message = format!(
                "duplicate value found: <unknown> duplicates value on record with id: {id}"
            );
            Err(ApiError::new(400, "DUPLICATE_VALUE", message).on(&[]))
        }
        None => Ok(()),
    }
}

/// Fields that everybody always sees, such as required ones, cannot be granted. What the fake has
/// had from the start can, without effect.
fn grantable(store: &Store, object: ObjectRef, full: &str) -> Result<(), ApiError> {
    let schema = &store.table(object).schema;
    let field = full
        .split_once('.')
        .filter(|(of, _)| of.eq_ignore_ascii_case(&schema.name))
        .and_then(|(_, name)| schema.fields.get(schema.position(name)?));
    match field {
        Some(field) if field.governed || !field.required => Ok(()),
        _ => Err(bad_value("Field Name", "Field", full)),
    }
}

fn bad_value(label: &str, field: &str, value: &str) -> ApiError {
    let message = format!("{label}: bad value for restricted picklist field: {value}");
    ApiError::new(400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message).on(&[field])
}

fn is(store: &Store, (object, row): (ObjectRef, usize), permission: &str) -> bool {
    let table = store.table(object);
    let at = table.schema.find(&format!("Permissions{permission}"));
    let record: Option<&store::Record> = table.record(row);
    matches!((record, at), (Some(record), Some(at)) if record.get(at) == &Value::Bool(true))
}

/// The live records of an object.
fn live(store: &Store, object: &str) -> impl Iterator<Item = (ObjectRef, usize)> {
    store.object(object).into_iter().flat_map(|object| {
        let records = store.table(object).records().iter().enumerate();
        let records = records.filter(|(_, record)| !record.deleted());
        records.map(move |(row, _)| (object, row))
    })
}
