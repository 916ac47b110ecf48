//! The crates inside the component, and not those of the harness.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{NAME, output, text};

/// What the component is built for.
const TARGET: &str = "wasm32-unknown-unknown";

/// A crate of a version.
#[derive(Clone, Debug)]
pub struct Crate {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it says it is.
    pub description: String,
    /// Its license, an expression of SPDX.
    pub license: String,
    /// Where its sources are developed.
    pub repository: Option<String>,
    /// The SHA-256 of its package, as the lock file has it; the component's own crate has none.
    pub checksum: Option<String>,
    /// The folder of its `Cargo.toml`.
    pub folder: PathBuf,
    /// The crates that it uses, as keys of the tree.
    pub uses: BTreeSet<String>,
}

/// Crates by name and version, such as `serde 1.0.229`.
#[derive(Debug)]
pub struct Tree {
    crates: BTreeMap<String, Crate>,
    root: Crate,
}

impl Tree {
    /// The crates whose code is inside. Which features are on, and so which crates are there,
    /// depends on what is built: `cargo tree` answers for this one package.
    pub fn inside(root: &Path) -> Result<Self> {
        Self::read(root, "normal,no-proc-macro")
    }

    /// The crates inside, and those of the macros, which write some of the code.
    #[cfg(test)]
    pub fn with_macros(root: &Path) -> Result<Self> {
        Self::read(root, "normal,build")
    }

    fn read(root: &Path, edges: &str) -> Result<Self> {
        let tree = output(cargo(root).args([
            "tree",
            "--locked",
            "--package",
            NAME,
            "--target",
            TARGET,
            "--edges",
            edges,
            "--no-dedupe",
            "--prefix",
            "depth",
            "--format",
            " {p}",
        ]))?;
        let metadata = output(cargo(root).args([
            "metadata",
            "--locked",
            "--format-version",
            "1",
            "--filter-platform",
            TARGET,
        ]))?;
        let metadata: Value = serde_json::from_str(&metadata)?;
        let checksums = checksums(&text(&root.join("Cargo.lock"))?);

        let mut crates = BTreeMap::new();
        for (key, uses) in edges_of(&tree)? {
            let described = described(&metadata, &key, uses, &checksums)?;
            crates.insert(key, described);
        }
        let own = crates
            .keys()
            .find(|key| key.starts_with(&format!("{NAME} ")));
        let own = own
            .cloned()
            .context("the component's own crate is not in its tree")?;
        let root = crates.remove(&own).context("no root")?;
        Ok(Self { crates, root })
    }

    /// The component's own crate.
    pub fn root(&self) -> &Crate {
        &self.root
    }

    /// All others, by name.
    pub fn others(&self) -> impl Iterator<Item = &Crate> {
        self.crates.values()
    }

    /// The crates that one uses.
    pub fn uses<'a>(&'a self, of: &'a Crate) -> impl Iterator<Item = &'a Crate> {
        of.uses.iter().filter_map(|key| self.crates.get(key))
    }
}

fn cargo(root: &Path) -> Command {
    let mut cargo =
        Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    cargo.current_dir(root);
    cargo
}

/// The keys in lines such as `2 memchr v2.8.3`, each with those that are one deeper below it.
fn edges_of(tree: &str) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut above: Vec<String> = Vec::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let (depth, name, version) = (words.next(), words.next(), words.next());
        let (Some(depth), Some(name), Some(version)) = (
            depth.and_then(|depth| depth.parse::<usize>().ok()),
            name,
            version.and_then(|version| version.strip_prefix('v')),
        ) else {
            bail!("`cargo tree` wrote a line that is not understood: {line}");
        };
        let key = format!("{name} {version}");
        above.truncate(depth);
        if let Some(parent) = above.last() {
            edges.entry(parent.clone()).or_default().insert(key.clone());
        }
        edges.entry(key.clone()).or_default();
        above.push(key);
    }
    Ok(edges)
}

fn described(
    metadata: &Value,
    key: &str,
    uses: BTreeSet<String>,
    checksums: &BTreeMap<String, String>,
) -> Result<Crate> {
    let packages = metadata.get("packages").and_then(Value::as_array);
    let said = |package: &Value, member: &str| {
        let said = package.get(member).and_then(Value::as_str);
        said.unwrap_or_default().to_owned()
    };
    let named =
        |package: &&Value| format!("{} {}", said(package, "name"), said(package, "version")) == key;
    let package = packages.into_iter().flatten().find(named);
    let package = package.with_context(|| format!("`cargo metadata` does not know {key}"))?;
    let license = said(package, "license");
    if license.is_empty() {
        bail!("{key} names no license");
    }
    let manifest = PathBuf::from(said(package, "manifest_path"));
    Ok(Crate {
        name: said(package, "name"),
        version: said(package, "version"),
        description: said(package, "description").trim().replace('\n', " "),
        // As old crates write it.
        license: license.replace('/', " OR "),
        repository: Some(said(package, "repository")).filter(|url| !url.is_empty()),
        checksum: checksums.get(key).cloned(),
        folder: manifest.parent().map(Path::to_owned).unwrap_or_default(),
        uses,
    })
}

/// The checksums of the lock file.
fn checksums(lock: &str) -> BTreeMap<String, String> {
    let packages = lock.split("[[package]]").filter_map(|package| {
        let value = |name: &str| {
            let mut lines = package.lines();
            let value = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \""));
            value?.strip_suffix('"')
        };
        let key = format!("{} {}", value("name")?, value("version")?);
        Some((key, value("checksum")?.to_owned()))
    });
    packages.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_read_from_the_depths() {
        let tree = "0 a v1.0.0 (/a)\n1 b v2.0.0\n2 c v3.0.0+x\n1 c v3.0.0+x\n1 d v1.0.0 (*)\n";
        let edges = edges_of(tree).unwrap();
        let uses = |key: &str| edges[key].iter().map(String::as_str).collect::<Vec<_>>();
        assert_eq!(uses("a 1.0.0"), ["b 2.0.0", "c 3.0.0+x", "d 1.0.0"]);
        assert_eq!(uses("b 2.0.0"), ["c 3.0.0+x"]);
        assert!(uses("d 1.0.0").is_empty());
        assert!(edges_of("error\n").is_err());
    }

    #[test]
    fn checksums_are_those_of_the_lock_file() {
        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \
                    \"abc\"\n\n[[package]]\nname = \"own\"\nversion = \"0.1.0\"\n";
        let found = checksums(lock);
        assert_eq!(found["a 1.0.0"], "abc");
        assert_eq!(found.len(), 1);
    }
}
