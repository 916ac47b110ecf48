//! What a release holds, on a component that is small.

use std::path::PathBuf;
use std::process::Command;

use serde_json::json;
use wasm_metadata::Payload;
use wit_parser::decoding::{DecodedWasm, decode};

use super::*;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .unwrap()
}

/// A component with an import and an export of the contract's package.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

fn origin() -> Origin {
    Origin {
        revision: Some("0123abc".to_owned()),
        time: Some("2026-01-01T00:00:00Z".to_owned()),
        source: Some("https://forge.example/acme/connector".to_owned()),
    }
}

#[test]
fn the_component_says_what_it_is() {
    let tree = Tree::inside(&root()).unwrap();
    let shipped = component::with_metadata(COMPONENT, &tree, &origin()).unwrap();
    let payload = Payload::from_binary(&shipped).unwrap();
    let metadata = payload.metadata();
    let said = |text: Option<String>| text.unwrap_or_default();
    assert_eq!(said(metadata.name.clone()), "salesforce-connector");
    assert_eq!(
        said(metadata.version.as_ref().map(ToString::to_string)),
        tree.root().version
    );
    assert_eq!(
        said(metadata.revision.as_ref().map(ToString::to_string)),
        "0123abc"
    );
    assert_eq!(
        said(metadata.licenses.as_ref().map(ToString::to_string)),
        "MIT OR Apache-2.0"
    );
    assert_eq!(
        said(metadata.source.as_ref().map(ToString::to_string)),
        "https://forge.example/acme/connector"
    );

    let unknown = component::with_metadata(COMPONENT, &tree, &Origin::default()).unwrap();
    let payload = Payload::from_binary(&unknown).unwrap();
    assert!(payload.metadata().revision.is_none() && payload.metadata().source.is_none());
}

#[test]
fn the_wit_is_a_binary_with_documentation() {
    let wit = component::wit(&root().join("wit")).unwrap();
    let DecodedWasm::WitPackage(resolve, package) = decode(&wit).unwrap() else {
        panic!("no package");
    };
    let package = &resolve.packages[package];
    assert_eq!(package.name.name, "salesforce");
    let create = &resolve.interfaces[package.interfaces["records"]].functions["create"];
    assert!(
        create
            .docs
            .contents
            .as_deref()
            .unwrap()
            .contains("Creates a record")
    );
    assert!(package.worlds.contains_key("connector"));
}

#[test]
fn nothing_else_gets_the_name_of_the_connector() {
    let wit = component::wit(&root().join("wit")).unwrap();
    let said = |bytes: &[u8]| {
        let error = Shape::of(bytes).err().unwrap();
        error.to_string()
    };
    assert!(said(b"#!/bin/sh").contains("no component"));
    assert!(said(b"\0asm\x01\0\0\0").contains("no component"));
    assert!(said(&wit).contains("no component"));

    let version = |names: &[&str], version: &str| -> Vec<String> {
        names
            .iter()
            .map(|name| format!("{name}@{version}"))
            .collect()
    };
    let ours = || Shape {
        package: "connector:salesforce@0.1.0".to_owned(),
        imports: version(&component::imports::IMPORTS, "0.2.9"),
        exports: version(
            &[
                "actions",
                "approvals",
                "custom-objects",
                "query",
                "records",
                "session",
            ]
            .map(|name| format!("connector:salesforce/{name}"))
            .each_ref()
            .map(String::as_str),
            "0.1.0",
        ),
    };
    ours().is_of(&wit).unwrap();
    let refused = |change: fn(&mut Shape)| {
        let mut shape = ours();
        change(&mut shape);
        shape.is_of(&wit).unwrap_err().to_string()
    };
    let said = refused(|shape| shape.imports.push("wasi:sockets/tcp@0.2.9".to_owned()));
    assert!(
        said.contains("imports") && said.contains("wasi:sockets/tcp"),
        "{said}"
    );
    let said = refused(|shape| shape.exports.push("evil:host/shell@1.0.0".to_owned()));
    assert!(
        said.contains("exports") && said.contains("evil:host/shell"),
        "{said}"
    );
    assert!(refused(|shape| drop(shape.exports.pop())).contains("exports"));
}

#[test]
fn documentation_is_measured() {
    let mut component = COMPONENT.to_vec();
    assert_eq!(component::documentation(&component).unwrap(), 0);
    component.extend(b"\0\x05\x04name");
    component.extend(b"\0\x0f\x0cpackage-docs\x01\x02");
    assert_eq!(component::documentation(&component).unwrap(), 17);
    component.push(0);
    assert!(component::documentation(&component).is_err());
}

#[test]
fn the_bill_of_materials_is_of_the_component_alone() {
    let tree = Tree::inside(&root()).unwrap();
    let sbom = sbom::sbom(&tree, &origin(), "rustc 1.95.0 (abc 2026-01-01)", COMPONENT).unwrap();
    let components = sbom["components"].as_array().unwrap();
    let names: Vec<_> = components
        .iter()
        .map(|c| c["name"].as_str().unwrap())
        .collect();
    for inside in ["quick-xml", "serde_json", "sha2", "typenum", "rust-std"] {
        assert!(names.contains(&inside), "{inside} is not in {names:?}");
    }
    for outside in [
        "wasmtime",
        "tokio",
        "ring",
        "syn",
        "serde_derive",
        "indexmap",
        "wit-parser",
    ] {
        assert!(!names.contains(&outside), "{outside} is in {names:?}");
    }
    let sha2 = components.iter().find(|c| c["name"] == "sha2").unwrap();
    assert_eq!(sha2["purl"], "pkg:cargo/sha2@0.10.9");
    assert_eq!(
        sha2["licenses"],
        json!([{"expression": "MIT OR Apache-2.0"}])
    );
    assert_eq!(sha2["hashes"][0]["content"].as_str().unwrap().len(), 64);

    // Every reference leads to a component, and every crate of a registry has its checksum.
    let refs: Vec<_> = components.iter().map(|c| &c["bom-ref"]).collect();
    for dependency in sbom["dependencies"].as_array().unwrap() {
        let known = refs.contains(&&dependency["ref"]) || dependency["ref"] == NAME;
        assert!(known, "{dependency}");
        for on in dependency["dependsOn"].as_array().unwrap() {
            assert!(refs.contains(&on), "{on}");
        }
    }
    for component in components {
        let own = component["name"] == "rust-std";
        assert!(own || component["hashes"].is_array(), "{component}");
    }
    assert_eq!(
        sbom["metadata"]["component"]["hashes"][0]["content"],
        sha256(COMPONENT)
    );
    let serial = sbom["serialNumber"].as_str().unwrap();
    assert_eq!(serial.len(), "urn:uuid:".len() + 36, "{serial}");
}

#[test]
fn every_crate_brings_its_license() {
    let tree = Tree::inside(&root()).unwrap();
    let texts = licenses::texts(&tree).unwrap();
    for one in tree.others() {
        let heading = format!("\n{} {} (", one.name, one.version);
        assert!(texts.contains(&heading), "{heading}");
    }
    assert!(texts.contains("Permission is hereby granted, free of charge"));
}

#[test]
fn the_manifest_has_the_actions_settings_and_hosts() {
    let tree = Tree::inside(&root()).unwrap();
    let shape = Shape {
        package: "connector:salesforce@0.1.0".to_owned(),
        imports: vec!["wasi:http/types@0.2.4".to_owned()],
        exports: vec!["connector:salesforce/records@0.1.0".to_owned()],
    };
    let catalog = json!([{
        "name": "CREATE", "title": "Create a record", "summary": "…", "effect": "write",
        "repeatable": false, "input-schema": {}, "more": {"requests": "1"},
    }]);
    let readme = text(&root().join("README.md")).unwrap();
    let mut facts = manifest::Facts {
        origin: &origin(),
        root: tree.root(),
        rustc: "rustc 1.95.0",
        shape: &shape,
        documentation: 3,
        shipped: COMPONENT,
        catalog: &catalog,
        settings: &settings::described(&readme).unwrap(),
    };
    let manifest = manifest::manifest(&facts).unwrap();
    assert_eq!(
        manifest["actions"],
        json!([{"name": "CREATE", "title": "Create a record", "effect": "write",
                "repeatable": false, "requests": "1"}])
    );
    assert_eq!(manifest["component"]["sha256"], sha256(COMPONENT));
    assert_eq!(manifest["revision"], "0123abc");
    let settings = manifest["settings"].as_array().unwrap();
    let secret = |name: &str| &settings.iter().find(|s| s["name"] == name).unwrap()["secret"];
    assert_eq!(secret("SALESFORCE_PRIVATE_KEY"), &json!(true));
    assert_eq!(secret("SALESFORCE_CLIENT_ID"), &json!(false));
    let rules = manifest["hosts"]["rules"].as_array().unwrap();
    let hosts: Vec<_> = rules.iter().map(|r| r["host"].as_str().unwrap()).collect();
    for host in [
        "${SALESFORCE_DOMAIN}",
        "login.salesforce.com",
        "*.salesforce.mil",
    ] {
        assert!(hosts.contains(&host), "{host} is not in {hosts:?}");
    }
    for host in &hosts {
        if let Some(name) = host.strip_prefix("${") {
            assert_eq!(secret(name.trim_end_matches('}')), &json!(false));
        }
    }

    let broken = json!([{"name": "CREATE"}]);
    facts.catalog = &broken;
    assert!(manifest::manifest(&facts).is_err());
}

/// The README and the harness's fence say what the manifest says.
#[test]
fn hosts_are_the_same_wherever_they_are_named() {
    let readme = text(&root().join("README.md")).unwrap();
    let row = |start: &str| {
        let found = readme.lines().find(|line| line.starts_with(start));
        found.unwrap_or_else(|| panic!("no {start}")).to_owned()
    };
    let fence = text(&root().join("host-test/src/http/egress/implied.rs")).unwrap();
    let hosts = row("| hosts | ");
    for domain in manifest::domains::DOMAINS {
        assert!(hosts.contains(&format!("`{domain}`")), "{domain}");
        assert!(fence.contains(&format!("    \"{domain}\",\n")), "{domain}");
    }
    assert!(hosts.contains(settings::ALLOWED_HOSTS));
    for name in settings::HOSTS {
        assert!(fence.contains(&format!("    \"{name}\",\n")), "{name}");
        let row = row(&format!("| `{name}` |"));
        assert!(row.contains("host") || row.contains("endpoint"), "{row}");
    }
    for host in manifest::domains::LOGIN_ONLY {
        assert!(readme.contains(&format!("`{host}`")), "{host}");
    }
}

#[test]
fn a_tag_needs_its_version_its_changes_and_its_contract() {
    let dir = std::env::temp_dir().join(format!("dist-ready-{}", std::process::id()));
    fs::create_dir_all(dir.join("wit/released")).unwrap();
    let ready = |tag: &str| {
        let outcome = is_ready(&dir, tag, "0.1.0");
        outcome.map_err(|error| error.to_string())
    };
    let other = ready("v0.1.1");
    fs::write(dir.join("CHANGELOG.md"), "## [Unreleased]\n\n- a\n").unwrap();
    let unwritten = ready("v0.1.0");
    fs::write(dir.join("CHANGELOG.md"), "## [0.1.0] - 2026-01-31\n\n- a\n").unwrap();
    let unrecorded = ready("v0.1.0");
    fs::write(dir.join("wit/released/0.1.0.json"), "[]").unwrap();
    let whole = ready("v0.1.0");
    fs::remove_dir_all(&dir).unwrap();
    assert!(other.unwrap_err().contains("is not the version 0.1.0"));
    assert!(unwritten.unwrap_err().contains("no section for 0.1.0"));
    assert!(unrecorded.unwrap_err().contains("is not recorded"));
    assert_eq!(whole, Ok(()));
}

/// A clone whose files differ from its commit has no revision.
#[test]
fn what_is_not_committed_is_told() {
    let dir = std::env::temp_dir().join(format!("dist-origin-{}", std::process::id()));
    fs::create_dir(&dir).unwrap();
    let git = |line: &[&str]| {
        let mut git = Command::new("git");
        git.arg("-C")
            .arg(&dir)
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"]);
        output(git.args(line)).unwrap();
    };
    git(&["init", "--quiet"]);
    fs::write(dir.join("a"), "1").unwrap();
    git(&["add", "a"]);
    git(&["commit", "--quiet", "--message", "a"]);
    git(&[
        "remote",
        "add",
        "origin",
        "git@forge.example:acme/connector.git",
    ]);
    let clean = Origin::of(&dir, None, false);
    fs::write(dir.join("a"), "2").unwrap();
    let dirty = Origin::of(&dir, None, false);
    let allowed = Origin::of(&dir, Some("https://other.example/x"), true);
    fs::remove_dir_all(&dir).unwrap();

    let clean = clean.unwrap();
    assert_eq!(clean.revision.unwrap().len(), 40);
    assert_eq!(
        clean.source.as_deref(),
        Some("https://forge.example/acme/connector")
    );
    assert!(clean.time.unwrap().ends_with('Z'));
    assert!(
        dirty
            .unwrap_err()
            .to_string()
            .contains("not everything is committed")
    );
    let allowed = allowed.unwrap();
    assert!(allowed.revision.unwrap().ends_with("-dirty"));
    assert_eq!(allowed.source.as_deref(), Some("https://other.example/x"));
}
