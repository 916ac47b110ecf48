//! Holds `docs/dependencies.md` to what is inside the component.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::crates::{Crate, Tree};
use crate::text;

const PAGE: &str = include_str!("../../docs/dependencies.md");

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// The cells of the rows that begin with a crate in backticks.
fn rows() -> Vec<Vec<&'static str>> {
    let rows = PAGE.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// How often the sources of a crate say `unsafe`, comments aside.
fn unsafes(folder: &Path) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            count += unsafes(&path);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            count += text(&path).unwrap().lines().map(in_line).sum::<usize>();
        }
    }
    count
}

fn in_line(line: &str) -> usize {
    let code = line.split("//").next().unwrap_or_default();
    let words = code.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.filter(|word| *word == "unsafe").count()
}

fn expected(one: &Crate) -> String {
    let unsafes = unsafes(&one.folder.join("src"));
    format!(
        "| `{}` | {} | {} | {unsafes} |",
        one.name, one.version, one.license
    )
}

#[test]
fn every_crate_has_its_row() {
    let tree = Tree::inside(root()).unwrap();
    let expected: Vec<_> = tree.others().map(expected).collect();
    let rows = rows();
    let said: Vec<_> = rows
        .iter()
        .map(|cells| format!("| {} |", cells[..4].join(" | ")))
        .collect();
    assert_eq!(said, expected, "\nexpected:\n{}\n", expected.join("\n"));
    for cells in &rows {
        let [.., bytes, why] = cells.as_slice() else {
            panic!("{cells:?}");
        };
        let bytes = bytes.replace(',', "");
        assert!(bytes == "–" || bytes.parse::<usize>().is_ok(), "{cells:?}");
        assert!(why.len() > 10, "{cells:?}");
    }
}

#[test]
fn every_crate_of_the_macros_is_named() {
    let inside = Tree::inside(root()).unwrap();
    let inside: Vec<_> = inside.others().map(|one| &one.name).cloned().collect();
    let all = Tree::with_macros(root()).unwrap();
    let mut expected: Vec<_> = all
        .others()
        .map(|one| one.name.clone())
        .filter(|name| !inside.contains(name))
        .collect();
    expected.dedup();
    let (_, list) = PAGE.split_once("\n## Macros\n").unwrap();
    let said: Vec<_> = list.split('`').skip(1).step_by(2).collect();
    assert_eq!(said, expected, "\nexpected: `{}`\n", expected.join("`, `"));
}

#[test]
fn the_component_says_unsafe_nowhere() {
    let src = root().join("src");
    assert_eq!(unsafes(&src), 0);
    // Generated bindings are the one exception from the lint.
    let mut allowed = BTreeMap::new();
    for file in fs::read_dir(&src).unwrap().flatten() {
        if file.path().is_file() {
            let text = text(&file.path()).unwrap();
            allowed.insert(file.file_name(), text.matches("unsafe_code").count());
        }
    }
    allowed.retain(|_, times| *times > 0);
    assert_eq!(
        allowed.into_iter().collect::<Vec<_>>(),
        [("exports.rs".into(), 1)]
    );
}

#[test]
fn unsafe_is_counted_as_a_word_of_code() {
    assert_eq!(in_line("unsafe { a } // unsafe"), 1);
    assert_eq!(in_line("#![forbid(unsafe_code)]"), 0);
    assert_eq!(in_line("unsafe impl A { unsafe fn a() {} }"), 2);
}
