//! Making, changing, reading and removing components.

use super::element::Element;
use super::{Description, Org, Problem, Type, fields, names};
use crate::fake::objects::{owner, text};
use crate::fake::schema::{Access, Field, Formula, Kind, ObjectType};
use crate::fake::store::ObjectRef;

/// Makes what is not there yet.
pub fn create(org: &mut Org, kind: Type, element: &Element) -> Result<(), Problem> {
    let name = full_name(element)?;
    match kind {
        Type::Object => create_object(org, name, element),
        Type::Field => {
            let (object, field) = names::split(name)?;
            let object = find(org, object)?;
            create_field(org, object, field, element)
        }
    }
}

/// Describes again what is there.
pub fn update(org: &mut Org, kind: Type, element: &Element) -> Result<(), Problem> {
    let name = full_name(element)?;
    match kind {
        Type::Object => {
            let object = find(org, name)?;
            required(element)?;
            let name_field = name_field(element)?;
            all_or_nothing(org, |org| {
                if let Some(at) = org.store.table(object).schema.position("Name")
                    && let Some(place) = org.store.fields_mut(object).get_mut(at)
                {
                    *place = name_field;
                }
                describe(org, object).object = without_fields(element);
                for field in element.all("fields") {
                    let name = full_name(field)?;
                    if has_field(org, object, name) {
                        update_field(org, object, name, field)?;
                    } else {
                        create_field(org, object, name, field)?;
                    }
                }
                Ok(())
            })
        }
        Type::Field => {
            let (object, field) = names::split(name)?;
            let object = find(org, object)?;
            update_field(org, object, field, element)
        }
    }
}

/// Makes or changes; whether it was made.
pub fn upsert(org: &mut Org, kind: Type, element: &Element) -> Result<bool, Problem> {
    let name = full_name(element)?;
    let there = match kind {
        Type::Object => org.store.object(name).is_some(),
        Type::Field => {
            let (object, field) = names::split(name)?;
            let object = find(org, object)?;
            has_field(org, object, field)
        }
    };
    if there {
        update(org, kind, element).map(|()| false)
    } else {
        create(org, kind, element).map(|()| true)
    }
}

/// Removes a component with all that is in it. What Salesforce has from the start stays.
pub fn delete(org: &mut Org, kind: Type, name: &str) -> Result<(), Problem> {
    let unknown = || Problem::unknown(kind, name);
    match kind {
        Type::Object => {
            let object = org.store.object(name).filter(|_| name.ends_with("__c"));
            let object = object.ok_or_else(unknown)?;
            let name = org.store.table(object).schema.name.clone();
            org.store.remove_object(object);
            org.processes.remove(&name);
            org.catalog.objects.remove(&name);
        }
        Type::Field => {
            let (object, field) = names::split(name)?;
            let object = org.store.object(object).ok_or_else(unknown)?;
            let described = &mut describe(org, object).fields;
            let key = described.keys().find(|key| key.eq_ignore_ascii_case(field));
            let key = key.cloned().ok_or_else(unknown)?;
            described.remove(&key);
            for name in parts(org, object, &key) {
                let at = org.store.table(object).schema.position(&name);
                if let Some(place) = at.and_then(|at| org.store.fields_mut(object).get_mut(at)) {
                    // The places of the others must not change.
                    let nothing = Field::new("", Kind::LongText(None)).read_only();
                    *place = Field {
                        access: Access::None,
                        ..nothing
                    };
                }
            }
        }
    }
    Ok(())
}

/// The description of a component, with its full name first.
pub fn read(org: &Org, kind: Type, name: &str) -> Option<Element> {
    let (object, field) = match kind {
        Type::Object => (name, None),
        Type::Field => names::split(name)
            .map(|(object, field)| (object, Some(field)))
            .ok()?,
    };
    let object = org.store.object(object)?;
    let name = &org.store.table(object).schema.name;
    let described = org.catalog.objects.get(name);
    let Some(field) = field else {
        let fields = described
            .into_iter()
            .flat_map(|object| object.fields.values());
        let fields = fields.map(|field| Element {
            name: "fields".to_owned(),
            ..field.clone()
        });
        let own = described.map(|object| object.object.children.clone());
        let mut children = vec![Element::new("fullName", name)];
        children.extend(own.unwrap_or_default().into_iter().filter(is_not_name));
        // Alphabetical, as the schema has it.
        let place = children
            .iter()
            .skip(1)
            .position(|child| child.name.as_str() > "fields");
        let place = place.map_or(children.len(), |place| place + 1);
        children.splice(place..place, fields);
        return Some(Element::with("records", children));
    };
    let mut fields = described?.fields.iter();
    let (key, field) = fields.find(|(key, _)| key.eq_ignore_ascii_case(field))?;
    let full = format!("{name}.{key}");
    let children = named(&full, field).children;
    Some(Element::with("records", children))
}

/// The same with this full name, first.
fn named(name: &str, element: &Element) -> Element {
    let mut children = vec![Element::new("fullName", name)];
    let others = element.children.iter();
    children.extend(others.filter(|child| is_not_name(child)).cloned());
    Element::with(&element.name, children)
}

fn is_not_name(child: &Element) -> bool {
    child.name != "fullName"
}

fn full_name(element: &Element) -> Result<&str, Problem> {
    element
        .get("fullName")
        .ok_or_else(|| Problem::missing("fullName"))
}

fn find(org: &Org, name: &str) -> Result<ObjectRef, Problem> {
    org.store
        .object(name)
        .ok_or_else(|| Problem::unknown(Type::Object, name))
}

/// What an object must say about itself.
fn required(element: &Element) -> Result<(), Problem> {
    if element.get("label").is_none() {
        let message = "Must specify a non-empty label for the CustomObject";
        return Err(Problem::integrity(message));
    }
    for name in [
        "pluralLabel",
        "nameField",
        "deploymentStatus",
        "sharingModel",
    ] {
        if element.child(name).is_none() {
            return Err(Problem::missing(name));
        }
    }
    Ok(())
}

fn name_field(element: &Element) -> Result<Field, Problem> {
    let described = element.child("nameField");
    let described = described.ok_or_else(|| Problem::missing("nameField"))?;
    if described.get("label").is_none() {
        return Err(Problem::missing("nameField.label"));
    }
    let name = text("Name", 80);
    match described.get("type") {
        Some("Text") => Ok(name),
        Some("AutoNumber") if described.get("displayFormat").is_none() => {
            let message = "Must specify 'displayFormat' for a CustomField of type AutoNumber";
            Err(Problem::integrity(message))
        }
        Some("AutoNumber") => {
            let format = fields::number_format(described)?;
            Ok(name.computed(Formula::AutoNumber(format)))
        }
        _ => {
            let message = "Must specify a nameField of type Text or AutoNumber";
            Err(Problem::integrity(message))
        }
    }
}

fn create_object(org: &mut Org, name: &str, element: &Element) -> Result<(), Problem> {
    names::object(name)?;
    if org.store.object(name).is_some() {
        let message = "That object name is already in use.";
        return Err(Problem::new("DUPLICATE_DEVELOPER_NAME", message));
    }
    required(element)?;
    let mut own = vec![name_field(element)?];
    if element.get("sharingModel") != Some("ControlledByParent") {
        own.push(owner());
    }
    all_or_nothing(org, |org| {
        org.catalog.made += 1;
        let prefix = format!("a{:02}", org.catalog.made % 100);
        org.store.add_object(ObjectType::new(name, &prefix, own));
        let object = find(org, name)?;
        describe(org, object).object = without_fields(element);
        for field in element.all("fields") {
            create_field(org, object, full_name(field)?, field)?;
        }
        org.processes.add_for(org.store, name);
        Ok(())
    })
}

fn create_field(
    org: &mut Org,
    object: ObjectRef,
    name: &str,
    element: &Element,
) -> Result<(), Problem> {
    names::field(name)?;
    if has_field(org, object, name) {
        let label = element.get("label").unwrap_or(name);
        let of = &org.store.table(object).schema.name;
        let message = format!("There is already a field named {label} on {of}.");
        return Err(Problem::new("DUPLICATE_DEVELOPER_NAME", message));
    }
    for field in fields::fields(org.store, name, element)? {
        org.store.add_field(object, field);
    }
    describe(org, object)
        .fields
        .insert(name.to_owned(), named(name, element));
    Ok(())
}

fn update_field(
    org: &mut Org,
    object: ObjectRef,
    name: &str,
    element: &Element,
) -> Result<(), Problem> {
    let unknown = || Problem::unknown(Type::Field, name);
    let described = &describe(org, object).fields;
    let key = described.keys().find(|key| key.eq_ignore_ascii_case(name));
    let key = key.cloned().ok_or_else(unknown)?;
    for field in fields::fields(org.store, &key, element)? {
        let at = org.store.table(object).schema.position(&field.name);
        match at.and_then(|at| org.store.fields_mut(object).get_mut(at)) {
            Some(place) => *place = field,
            None => org.store.add_field(object, field),
        }
    }
    let described = named(&key, element);
    describe(org, object).fields.insert(key, described);
    Ok(())
}

fn has_field(org: &Org, object: ObjectRef, name: &str) -> bool {
    let there = |name: &str| org.store.table(object).schema.position(name).is_some();
    parts(org, object, name).iter().any(|name| there(name))
}

/// The fields of the store behind a field of metadata.
fn parts(org: &Org, object: ObjectRef, name: &str) -> Vec<String> {
    let base = name.strip_suffix("__c").unwrap_or(name);
    let latitude = format!("{base}__Latitude__s");
    if org.store.table(object).schema.position(&latitude).is_some() {
        vec![latitude, format!("{base}__Longitude__s")]
    } else {
        vec![name.to_owned()]
    }
}

fn without_fields(element: &Element) -> Element {
    let children = element
        .children
        .iter()
        .filter(|child| child.name != "fields");
    Element::with(&element.name, children.cloned().collect())
}

fn describe<'a>(org: &'a mut Org, object: ObjectRef) -> &'a mut Description {
    let name = org.store.table(object).schema.name.clone();
    org.catalog.objects.entry(name).or_default()
}

/// A component is taken with all that is in it, or not at all.
fn all_or_nothing(
    org: &mut Org,
    work: impl FnOnce(&mut Org) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let before = org.save();
    let result = work(org);
    if result.is_err() {
        org.restore(before);
    }
    result
}
