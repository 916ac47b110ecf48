//! A release as it lies in its folder, and what of it goes into a registry.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{NAME, sha256, text};

/// The name of the package of the contract, in the report.
const WIT: &str = "wit";

/// A release as it is in its folder.
#[derive(Debug)]
pub struct Release {
    folder: PathBuf,
    manifest: Value,
    sums: BTreeMap<String, String>,
}

/// What goes into one repository.
#[derive(Debug, PartialEq, Eq)]
pub struct Artifact {
    /// What it is to whoever reads the report.
    pub name: &'static str,
    /// The file.
    pub file: PathBuf,
    /// Its checksum.
    pub sha256: String,
    /// The registry and the path in it.
    pub repository: String,
    /// The version.
    pub tag: String,
    /// What the registry shows: the title.
    pub title: String,
    /// Whether another release may have published this version, with other documentation.
    pub shared: bool,
}

impl Artifact {
    /// Fails where its version is taken by something else.
    pub fn stays(&self, tagged: &str, there: &str) -> Result<()> {
        ensure!(
            self.shared || there == self.sha256,
            "{tagged} is something else already: what is published is never changed"
        );
        Ok(())
    }
}

impl Release {
    /// Reads a release. Fails where a file is not what the checksums say, or not among them.
    pub fn read(folder: &Path) -> Result<Self> {
        let list = folder.join("SHA256SUMS");
        let list = text(&list).context("there is no release: `cargo xtask dist` makes one")?;
        let mut sums = BTreeMap::new();
        for line in list.lines() {
            let (sum, name) = line.split_once("  ").context("SHA256SUMS is broken")?;
            sums.insert(name.to_owned(), sum.to_owned());
        }
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name == "SHA256SUMS" {
                continue;
            }
            let sum = sums.get(name.as_ref());
            let sum = sum.with_context(|| format!("{name} is not in SHA256SUMS"))?;
            ensure!(
                *sum == sha256(&fs::read(&path)?),
                "{name} is not what SHA256SUMS says"
            );
        }
        for name in sums.keys() {
            ensure!(folder.join(name).exists(), "{name} is missing");
        }
        let manifest = serde_json::from_str(&text(&folder.join("manifest.json"))?)?;
        Ok(Self {
            folder: folder.to_owned(),
            manifest,
            sums,
        })
    }

    fn said(&self, member: &str) -> Option<&str> {
        self.manifest.get(member).and_then(Value::as_str)
    }

    /// Whether nobody can have its sources.
    pub fn is_dirty(&self) -> bool {
        let revision = self.said("revision");
        revision.is_none_or(|revision| revision.ends_with("-dirty"))
    }

    /// What is published: the component under its name, and the WIT where `wkg` looks for its
    /// package.
    pub fn artifacts(&self, to: &str) -> Result<[Artifact; 2]> {
        let version = self.said("version").context("no version")?;
        let wit = self.said("wit").context("no package")?;
        let (package, wit_version) = wit.split_once('@').context("no version of the package")?;
        let artifact = |name, file: String, path: &str, tag: &str, title: &str| {
            let sum = self.sums.get(&file);
            Ok::<_, anyhow::Error>(Artifact {
                name,
                sha256: sum.with_context(|| format!("no {file}"))?.clone(),
                file: self.folder.join(file),
                repository: format!("{to}/{path}"),
                tag: tag.replace('+', "_"),
                title: title.to_owned(),
                shared: name == WIT,
            })
        };
        let path = package.replace(':', "/");
        Ok([
            artifact("component", format!("{NAME}.wasm"), NAME, version, NAME)?,
            artifact(WIT, format!("{NAME}-wit.wasm"), &path, wit_version, package)?,
        ])
    }

    /// What the registry says about an artifact, by the names that OCI gives.
    pub fn annotations(&self, artifact: &Artifact) -> Vec<String> {
        let said = [
            ("title", Some(artifact.title.as_str())),
            ("version", Some(artifact.tag.as_str())),
            ("description", self.said("description")),
            ("licenses", self.said("license")),
            ("revision", self.said("revision")),
            ("source", self.said("source")),
        ];
        let annotation = |(name, value): (&str, Option<&str>)| {
            value.map(|value| format!("org.opencontainers.image.{name}={value}"))
        };
        said.into_iter().filter_map(annotation).collect()
    }
}

#[cfg(test)]
pub mod tests {
    use std::fmt::Write;

    use super::*;

    /// A release in a folder of its own, which is gone with this value.
    pub struct Folder(pub PathBuf);

    impl Folder {
        /// With a component and a package that are none.
        pub fn new(name: &str, revision: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("dist-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            let manifest = serde_json::json!({
                "version": "0.1.0+b", "wit": "connector:salesforce@0.2.0", "description": "a = b",
                "license": "MIT OR Apache-2.0", "revision": revision, "source": null,
            });
            let files = [
                ("manifest.json", manifest.to_string()),
                ("salesforce-connector-wit.wasm", "wit".to_owned()),
                ("salesforce-connector.wasm", "component".to_owned()),
            ];
            let mut sums = String::new();
            for (name, content) in files {
                fs::write(folder.join(name), &content).unwrap();
                writeln!(sums, "{}  {name}", sha256(content.as_bytes())).unwrap();
            }
            fs::write(folder.join("SHA256SUMS"), sums).unwrap();
            Self(folder)
        }

        fn read(&self) -> Result<Release, String> {
            Release::read(&self.0).map_err(|error| error.to_string())
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_component_and_its_package_have_their_places() {
        let folder = Folder::new("places", "abc");
        let release = folder.read().unwrap();
        let [component, wit] = release.artifacts("registry.example/acme").unwrap();
        assert_eq!(
            component.repository,
            "registry.example/acme/salesforce-connector"
        );
        // A tag has no plus.
        assert_eq!(component.tag, "0.1.0_b");
        assert_eq!(component.sha256, sha256(b"component"));
        assert_eq!(wit.repository, "registry.example/acme/connector/salesforce");
        assert_eq!(wit.tag, "0.2.0");
        assert_eq!(wit.sha256, sha256(b"wit"));
        // The contract outlives releases of the component; one of these is never replaced.
        assert!(wit.stays("w", "other").is_ok());
        assert!(component.stays("c", &sha256(b"component")).is_ok());
        let said = component.stays("c", "other").unwrap_err().to_string();
        assert!(said.contains("never changed"), "{said}");
        assert_eq!(
            release.annotations(&wit),
            [
                "org.opencontainers.image.title=connector:salesforce",
                "org.opencontainers.image.version=0.2.0",
                "org.opencontainers.image.description=a = b",
                "org.opencontainers.image.licenses=MIT OR Apache-2.0",
                "org.opencontainers.image.revision=abc",
            ]
        );
    }

    #[test]
    fn a_file_that_is_not_as_listed_is_told() {
        let folder = Folder::new("changed", "abc");
        let component = folder.0.join("salesforce-connector.wasm");
        fs::write(&component, "another").unwrap();
        assert!(
            folder
                .read()
                .unwrap_err()
                .contains("is not what SHA256SUMS says")
        );
        fs::remove_file(&component).unwrap();
        assert!(folder.read().unwrap_err().contains("is missing"));
        fs::write(&component, "component").unwrap();
        fs::write(folder.0.join("more"), "").unwrap();
        assert!(
            folder
                .read()
                .unwrap_err()
                .contains("more is not in SHA256SUMS")
        );
        fs::remove_file(folder.0.join("SHA256SUMS")).unwrap();
        assert!(folder.read().unwrap_err().contains("cargo xtask dist"));
    }
}
