//! The records as files: what is accepted, what is released, and how one becomes the other.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::records::Records;
use crate::{Contract, promises, records, wit};

const WIT: &str = "package a:b@0.1.0;\ninterface i { f: func(); }\nworld w { export i; }\n";

/// A folder of its own, which is gone with this value.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("contract-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn actions() -> Value {
    json!([{"name": "GET", "effect": "read", "repeatable": true, "output-schema": {},
            "input-schema": {"type": "object", "properties": {"id": {"type": "string"}}}}])
}

fn contract(folder: &Path, text: &str, catalog: &Value, version: &str) -> Contract {
    let file = folder.join("current.wit");
    fs::write(&file, text).unwrap();
    Contract {
        wit: wit::read(&file).unwrap(),
        wit_text: text.to_owned(),
        promises: promises::of(catalog).unwrap(),
        version: version.parse().unwrap(),
    }
}

fn said<T>(result: anyhow::Result<T>) -> String {
    let error = result.err().unwrap();
    let causes: Vec<_> = error.chain().map(ToString::to_string).collect();
    causes.join("\n")
}

#[test]
fn without_a_record_nothing_passes() {
    let folder = Folder::new("none");
    let records = Records { wit: &folder.0 };
    let current = contract(&folder.0, WIT, &actions(), "0.1.0");
    assert!(said(current.held_to_accepted(&records)).contains("no contract is accepted"));
}

#[test]
fn a_break_of_what_was_accepted_fails_before_any_release() {
    let folder = Folder::new("accepted");
    let records = Records { wit: &folder.0 };
    let first = contract(&folder.0, WIT, &actions(), "0.1.0");
    first.accept(&records).unwrap();
    first.held_to_accepted(&records).unwrap();
    assert!(
        first
            .held_to_release(&records)
            .unwrap()
            .contains("No version")
    );

    let mut stricter = actions();
    stricter[0]["input-schema"]["required"] = json!(["id"]);
    let broken = WIT.replace("f: func();", "f: func(x: u8);");
    let second = contract(&folder.0, &broken, &stricter, "0.2.0");
    let said = said(second.held_to_accepted(&records));
    assert!(said.contains("GET input.id: is required now"), "{said}");
    assert!(said.contains("WIT: ") && said.contains("`f`"), "{said}");
    assert!(
        said.contains("named in the changelog as `GET`, `id`"),
        "{said}"
    );
}

#[test]
fn a_release_is_kept_on_its_track_whatever_is_accepted() {
    let folder = Folder::new("released");
    let records = Records { wit: &folder.0 };
    let first = contract(&folder.0, WIT, &actions(), "0.1.0");
    first.release(&records).unwrap();
    first.release(&records).unwrap();
    assert!(first.held_to_release(&records).is_ok());

    let mut stricter = actions();
    stricter[0]["input-schema"]["required"] = json!(["id"]);
    let second = contract(&folder.0, WIT, &stricter, "0.1.1");
    second.accept(&records).unwrap();
    let refused = said(second.held_to_release(&records));
    assert!(
        refused.contains("GET input.id: is required now"),
        "{refused}"
    );

    let same = contract(&folder.0, WIT, &stricter, "0.1.0");
    assert!(said(same.release(&records)).contains("raise the version"));
    let later = contract(&folder.0, WIT, &stricter, "0.2.0");
    let note = later.held_to_release(&records).unwrap();
    assert!(
        note.contains("may break those of 0.1.0: not compared"),
        "{note}"
    );
    later.release(&records).unwrap();
    let (version, last) = records.last_promises().unwrap().unwrap();
    assert_eq!(version.to_string(), "0.2.0");
    assert_eq!(last, later.promises);
}

#[test]
fn the_last_release_has_the_highest_version() {
    let folder = Folder::new("last");
    let records = Records { wit: &folder.0 };
    assert!(records.last_wit().unwrap().is_none());
    let record = |file: &str, version: &str| {
        let text = WIT.replace("0.1.0", version);
        records::write(&folder.0.join("released").join(file), &text).unwrap();
    };
    record("0.10.0.wit", "0.10.0");
    record("0.9.1.wit", "0.9.1");
    record("notes.txt", "9.0.0");
    let last = records.last_wit().unwrap().unwrap();
    assert_eq!(last.main.name.version.unwrap().to_string(), "0.10.0");
    record("0.11.0.wit", "0.10.0");
    assert!(said(records.last_wit()).contains("0.11.0.wit is not named by its version"));
    record("0.12.0-rc.1.wit", "0.12.0-rc.1");
    assert!(said(records.last_wit()).contains("is not named by a version"));
}
