//! The licenses of what is inside, in full, as most of them ask for.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::crates::{Crate, Tree};
use crate::text;

/// How the names of files with licenses begin.
const NAMES: [&str; 5] = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];
const LINE: &str =
    "--------------------------------------------------------------------------------";

/// Every text, below the crates that it is of.
pub fn texts(tree: &Tree) -> Result<String> {
    let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut document = String::from(
        "What salesforce-connector.wasm has inside beside its own code, and the licenses of it. \
         Rust's\nstandard library is in THIRD-PARTY-LICENSES-std.html.\n\n",
    );
    for one in tree.others() {
        writeln!(document, "{} {}: {}", one.name, one.version, one.license)?;
        for (file, text) in of(one)? {
            let name = format!("{} {} ({file})", one.name, one.version);
            texts.entry(text).or_default().push(name);
        }
    }
    let mut texts: Vec<_> = texts.into_iter().map(|(text, of)| (of, text)).collect();
    texts.sort();
    for (of, text) in texts {
        write!(document, "\n{LINE}\n{}\n{LINE}\n\n{text}\n", of.join("\n"))?;
    }
    Ok(document)
}

/// The files of one crate.
fn of(one: &Crate) -> Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for file in fs::read_dir(&one.folder).with_context(|| one.folder.display().to_string())? {
        let path = file?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let upper = name.to_uppercase();
        if path.is_file() && NAMES.iter().any(|start| upper.starts_with(start)) {
            let text = text(&path)?.replace("\r\n", "\n");
            found.push((name, text.trim_matches('\n').to_owned()));
        }
    }
    found.sort();
    ensure!(
        !found.is_empty(),
        "{} {} brings no text of its license: {}",
        one.name,
        one.version,
        one.license
    );
    Ok(found)
}

/// What the toolchain says about the standard library.
pub fn of_std(sysroot: &Path) -> Result<String> {
    text(&sysroot.join("share/doc/rust/COPYRIGHT-library.html"))
        .context("the toolchain brings no licenses of its standard library")
}
