//! Holds `docs/dependencies.md` to what is inside the component.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

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
    let (list, _) = list.split_once("\n## ").unwrap();
    let said: Vec<_> = list.split('`').skip(1).step_by(2).collect();
    assert_eq!(said, expected, "\nexpected: `{}`\n", expected.join("`, `"));
}

/// The sources of the whole workspace, by their paths in it.
fn sources(folder: &Path, found: &mut BTreeMap<PathBuf, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name == "target" || name.starts_with('.') || name == "node_modules" {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.insert(
                path.strip_prefix(root()).unwrap().to_owned(),
                text(&path).unwrap(),
            );
        }
    }
}

#[test]
fn the_workspace_says_unsafe_where_it_is_known_to() {
    let mut files = BTreeMap::new();
    sources(root(), &mut files);
    // It has the word in strings.
    files.remove(Path::new("dist/src/dependencies.rs")).unwrap();
    assert!(files.len() > 200 && files.contains_key(Path::new("src/lib.rs")));
    let with = |count: fn(&str) -> usize| -> Vec<(&Path, usize)> {
        let counted = files
            .iter()
            .map(|(path, text)| (path.as_path(), count(text)));
        counted.filter(|(_, times)| *times > 0).collect()
    };
    // The harness executes what it compiled before and kept.
    let cache = (Path::new("host-test/src/cache.rs"), 1);
    assert_eq!(with(|text| text.lines().map(in_line).sum()), [cache]);
    // Where the lint is off: there, and for the bindings of the component.
    let off = with(|text| text.matches("unsafe_code").count());
    assert_eq!(off, [cache, (Path::new("src/exports.rs"), 1)]);
    let lint = text(&root().join("Cargo.toml")).unwrap();
    assert!(lint.contains("\nunsafe_code = \"deny\"\n"));
}

#[test]
fn unsafe_is_counted_as_a_word_of_code() {
    assert_eq!(in_line("unsafe { a } // unsafe"), 1);
    assert_eq!(in_line("#![forbid(unsafe_code)]"), 0);
    assert_eq!(in_line("unsafe impl A { unsafe fn a() {} }"), 2);
}
