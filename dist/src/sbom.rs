//! The software bill of materials, as CycloneDX 1.5 in JSON.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::crates::{Crate, Tree};
use crate::origin::Origin;
use crate::{NAME, sha256};

/// The name by which the standard library is referred to.
const STD: &str = "rust-std";

/// The crates inside, and Rust's standard library. What builds and tests is not inside.
pub fn sbom(tree: &Tree, origin: &Origin, rustc: &str, component: &[u8]) -> Result<Value> {
    let own = tree.root();
    let digest = sha256(component);
    let rust = rustc.split(' ').nth(1);
    let rust = rust.with_context(|| format!("a rustc that is not understood: {rustc}"))?;

    let mut subject = json!({
        "type": "library",
        "bom-ref": NAME,
        "name": NAME,
        "version": own.version,
        "description": own.description,
        "hashes": [{"alg": "SHA-256", "content": digest}],
        "licenses": licenses(&own.license),
    });
    if let (Some(source), Some(members)) = (&origin.source, subject.as_object_mut()) {
        let references = json!([{"type": "vcs", "url": source}]);
        members.insert("externalReferences".to_owned(), references);
    }
    let mut metadata = Map::new();
    if let Some(time) = &origin.time {
        metadata.insert("timestamp".to_owned(), json!(time));
    }
    metadata.insert("component".to_owned(), subject);

    let mut components: Vec<_> = tree.others().map(component_of).collect();
    components.push(json!({
        "type": "library",
        "bom-ref": STD,
        "name": STD,
        "version": rust,
        "description": "Rust's standard library, of the toolchain that compiled the component",
        "scope": "required",
        "licenses": licenses("MIT OR Apache-2.0"),
    }));

    let purls = |of: &Crate| tree.uses(of).map(purl).collect::<Vec<_>>();
    let mut below = purls(own);
    below.push(STD.to_owned());
    let mut dependencies = vec![json!({"ref": NAME, "dependsOn": below})];
    for one in tree.others() {
        dependencies.push(json!({"ref": purl(one), "dependsOn": purls(one)}));
    }
    dependencies.push(json!({"ref": STD, "dependsOn": []}));

    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": serial(&digest),
        "version": 1,
        "metadata": metadata,
        "components": components,
        "dependencies": dependencies,
    }))
}

fn component_of(one: &Crate) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": purl(one),
        "name": one.name,
        "version": one.version,
        "description": one.description,
        "scope": "required",
        "licenses": licenses(&one.license),
        "purl": purl(one),
    });
    if let Some(members) = component.as_object_mut() {
        if let Some(checksum) = &one.checksum {
            let hashes = json!([{"alg": "SHA-256", "content": checksum}]);
            members.insert("hashes".to_owned(), hashes);
        }
        if let Some(repository) = &one.repository {
            let references = json!([{"type": "vcs", "url": repository}]);
            members.insert("externalReferences".to_owned(), references);
        }
    }
    component
}

fn licenses(expression: &str) -> Value {
    json!([{"expression": expression}])
}

fn purl(one: &Crate) -> String {
    format!("pkg:cargo/{}@{}", one.name, one.version.replace('+', "%2B"))
}

/// A UUID (of version 8, which is free in its bits) from the component's digest: the same
/// component has the same.
fn serial(digest: &str) -> String {
    let digits: Vec<char> = digest.chars().collect();
    let mut uuid = String::from("urn:uuid:");
    for (place, digit) in digits.into_iter().take(32).enumerate() {
        if [8, 12, 16, 20].contains(&place) {
            uuid.push('-');
        }
        uuid.push(match place {
            12 => '8',
            16 => 'a',
            _ => digit,
        });
    }
    uuid
}
