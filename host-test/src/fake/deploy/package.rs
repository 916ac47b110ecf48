//! From `package.xml` and the files that it names to components.

use std::collections::BTreeMap;

use roxmltree::Document;
use serde_json::{Value, json};

use crate::fake::metadata::element::{Element, NAMESPACE};
use crate::fake::metadata::{self, Org, Type};

/// The manifest of what is removed, after all else.
const DESTRUCTIVE: &str = "destructiveChanges.xml";

/// What a deployment says about a file or a component.
#[derive(Debug)]
pub struct Message {
    file: String,
    kind: &'static str,
    name: String,
    created: bool,
    deleted: bool,
    /// What is wrong with it.
    pub problem: Option<String>,
}

impl Message {
    /// Something that was not taken.
    pub fn failed(
        file: &str,
        kind: &'static str,
        name: &str,
        problem: impl Into<String>,
    ) -> Message {
        Message {
            file: file.to_owned(),
            kind,
            name: name.to_owned(),
            created: false,
            deleted: false,
            problem: Some(problem.into()),
        }
    }

    fn taken(file: &str, kind: &'static str, name: &str, created: bool) -> Message {
        Message {
            created,
            problem: None,
            ..Message::failed(file, kind, name, "")
        }
    }

    /// Whether it is about a component that was taken.
    pub fn component(&self) -> bool {
        self.problem.is_none() && !self.kind.is_empty()
    }

    /// As it is among the details.
    pub fn shown(&self) -> Value {
        let taken = self.component();
        json!({
            "changed": taken,
            "columnNumber": null,
            "componentType": self.kind,
            "created": self.created,
            "deleted": self.deleted,
            "fileName": self.file,
            "fullName": self.name,
            "lineNumber": null,
            "problem": self.problem,
            "problemType": self.problem.as_ref().map(|_| "Error"),
            "success": self.problem.is_none(),
            "warning": false,
        })
    }
}

/// Takes all components that `package.xml` names, and removes those that
/// `destructiveChanges.xml` does.
pub fn deploy(org: &mut Org, files: &BTreeMap<String, String>) -> Vec<Message> {
    let manifest = "package.xml";
    let objects = match files.get(manifest) {
        Some(text) => match members(text) {
            Ok(objects) => objects,
            Err(problem) => return vec![Message::failed(manifest, "", "", problem)],
        },
        None => {
            let problem = "No package.xml found";
            return vec![Message::failed(manifest, "", "", problem)];
        }
    };
    let mut messages = Vec::new();
    let path = |name: &str| format!("objects/{name}.object");
    for name in &objects {
        let path = path(name);
        match files.get(&path) {
            Some(text) => messages.extend(object(org, &path, name, text)),
            None => {
                let problem = format!(
                    "An object '{name}' of type CustomObject was named in package.xml, but was not found in zipped \
                     directory"
                );
                messages.push(Message::failed(manifest, "", name, problem));
            }
        }
    }
    if let Some(text) = files.get(DESTRUCTIVE) {
        messages.extend(remove(org, text));
    }
    let own = [manifest, DESTRUCTIVE];
    for file in files.keys().filter(|file| !own.contains(&file.as_str())) {
        if !objects.iter().any(|name| path(name) == *file) {
            let problem = format!("The file {file} is not named in package.xml");
            messages.push(Message::failed(file, "", file, problem));
        }
    }
    if messages.iter().all(|message| message.problem.is_none()) {
        messages.push(Message::taken(manifest, "", manifest, false));
    }
    messages
}

/// Removes objects. That there is none of the name is a warning, and no problem.
fn remove(org: &mut Org, text: &str) -> Vec<Message> {
    let object = Type::Object.name();
    let names = match members(text) {
        Ok(names) => names,
        Err(problem) => return vec![Message::failed(DESTRUCTIVE, "", "", problem)],
    };
    let remove = |name: &String| Message {
        deleted: metadata::delete(org, Type::Object, name).is_ok(),
        ..Message::taken(DESTRUCTIVE, object, name, false)
    };
    names.iter().map(remove).collect()
}

/// The custom objects that a manifest names.
fn members(text: &str) -> Result<Vec<String>, String> {
    let package = root(text, "Package")?;
    if package.get("version").is_none() {
        return Err("Required field is missing: version".to_owned());
    }
    let mut objects = Vec::new();
    for types in package.all("types") {
        let kind = types.get("name").unwrap_or_default();
        let names = types
            .all("members")
            .map(|member| member.text.trim().to_owned());
        match kind {
            "CustomObject" => objects.extend(names),
            // The fields are in the files of their objects.
            "CustomField" => {}
            _ => {
                return Err(format!(
                    "Unknown type name '{kind}' specified in package.xml"
                ));
            }
        }
    }
    Ok(objects)
}

fn object(org: &mut Org, file: &str, name: &str, text: &str) -> Vec<Message> {
    let object = Type::Object.name();
    let parsed = root(text, object).and_then(|element| {
        metadata::check(Type::Object, &element)?;
        Ok(element)
    });
    let mut element = match parsed {
        Ok(element) => element,
        Err(problem) => {
            let problem = format!("Error parsing file: {problem}");
            return vec![Message::failed(file, object, name, problem)];
        }
    };
    element.children.retain(|child| child.name != "fullName");
    element.children.insert(0, Element::new("fullName", name));
    let fields: Vec<&str> = element
        .all("fields")
        .filter_map(|field| field.get("fullName"))
        .collect();
    match metadata::upsert(org, Type::Object, &element) {
        Ok(created) => {
            let mut messages = vec![Message::taken(file, object, name, created)];
            messages.extend(fields.into_iter().map(|field| {
                let full = format!("{name}.{field}");
                Message::taken(file, Type::Field.name(), &full, created)
            }));
            messages
        }
        Err(problem) => vec![Message::failed(file, object, name, problem.message)],
    }
}

fn root(text: &str, name: &str) -> Result<Element, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let root = document.root_element();
    if root.has_tag_name((NAMESPACE, name)) {
        Element::read(root, name)
    } else {
        let namespace = root.tag_name().namespace().unwrap_or_default();
        let full = format!("{{{namespace}}}{}", root.tag_name().name());
        Err(format!("Element {full} invalid at this location"))
    }
}
