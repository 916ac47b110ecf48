//! Puts a release into a registry with `wkg`, which the ecosystem uses, and takes it out again by
//! digest to see that it is the same.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use serde_json::Value;

use crate::{NAME, output, sha256, text};

/// The name of the package of the contract, in the report.
const WIT: &str = "wit";

/// Where a release goes.
#[derive(Args)]
pub struct Options {
    /// The folder of the release
    #[arg(long)]
    release: PathBuf,
    /// The registry and the namespace in it, such as `registry.example/acme`
    #[arg(long)]
    to: String,
    /// The file that is to say what was published: a name and a reference by digest in each line
    #[arg(long)]
    report: PathBuf,
}

/// Publishes the component and its WIT.
pub fn publish(options: &Options) -> Result<()> {
    let release = Release::read(&options.release)?;
    let to = options.to.trim_end_matches('/');
    let Some((registry, _)) = to.split_once('/') else {
        bail!("{to} has no namespace: what is wanted is like registry.example/acme");
    };
    let insecure = is_loopback(registry);
    ensure!(
        insecure || !release.is_dirty(),
        "the release is of sources that are not committed"
    );
    let wkg = Wkg {
        insecure: insecure.then_some(registry),
        scratch: options.report.with_extension("pulled"),
    };

    let mut report = String::new();
    for artifact in release.artifacts(to)? {
        let tagged = format!("{}:{}", artifact.repository, artifact.tag);
        let published = match wkg.there(&tagged)? {
            Some(sha256) => {
                artifact.stays(&tagged, &sha256)?;
                println!("{tagged} is there already, and stays");
                tagged
            }
            None => {
                let digest = wkg.push(&tagged, &artifact, &release)?;
                let pinned = format!("{}@{digest}", artifact.repository);
                wkg.same(&pinned, &artifact)?;
                println!("published {tagged}\n       as {pinned}");
                pinned
            }
        };
        writeln!(report, "{} {published}", artifact.name)?;
    }
    fs::write(&options.report, report).with_context(|| options.report.display().to_string())
}

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
    fn stays(&self, tagged: &str, there: &str) -> Result<()> {
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

    fn is_dirty(&self) -> bool {
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

/// Whether a registry is on this machine, where http will do.
pub fn is_loopback(registry: &str) -> bool {
    let host = registry.rsplit_once(':').map_or(registry, |(host, _)| host);
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

struct Wkg<'a> {
    /// The registry, where it is asked by http.
    insecure: Option<&'a str>,
    /// A file for what is pulled.
    scratch: PathBuf,
}

impl Wkg<'_> {
    fn oci(&self, subcommand: &str) -> Command {
        let mut wkg = Command::new("wkg");
        wkg.args(["oci", subcommand]).env("RUST_BACKTRACE", "0");
        if let Some(registry) = self.insecure {
            wkg.arg("--insecure").arg(registry);
        }
        wkg
    }

    /// The checksum of what has this reference, where something has.
    fn there(&self, reference: &str) -> Result<Option<String>> {
        let mut pull = self.pull(reference);
        let status = pull.stdout(Stdio::null()).stderr(Stdio::null()).status();
        let status = status.context("wkg: `cargo install wkg@0.16.1 --locked` gets it")?;
        if !status.success() {
            return Ok(None);
        }
        self.pulled().map(Some)
    }

    /// Pushes, and says the digest.
    fn push(&self, reference: &str, artifact: &Artifact, release: &Release) -> Result<String> {
        let mut push = self.oci("push");
        push.arg(reference).arg(&artifact.file);
        for annotation in release.annotations(artifact) {
            push.arg("--annotation").arg(annotation);
        }
        let said = output(&mut push)?;
        let digest = said.lines().find_map(|line| line.strip_prefix("digest: "));
        let digest = digest.with_context(|| format!("wkg named no digest: {said}"))?;
        Ok(digest.trim().to_owned())
    }

    fn pull(&self, reference: &str) -> Command {
        let mut pull = self.oci("pull");
        pull.arg(reference).arg("--output").arg(&self.scratch);
        pull
    }

    /// Fails where the registry gives something else than was pushed.
    fn same(&self, reference: &str, artifact: &Artifact) -> Result<()> {
        output(&mut self.pull(reference))?;
        ensure!(
            self.pulled()? == artifact.sha256,
            "{reference} is not what was pushed"
        );
        Ok(())
    }

    /// The checksum of what was pulled, which is not kept.
    fn pulled(&self) -> Result<String> {
        let pulled = fs::read(&self.scratch)?;
        fs::remove_file(&self.scratch)?;
        Ok(sha256(&pulled))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A release in a folder of its own, which is gone with this value.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str, revision: &str) -> Self {
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

    #[test]
    fn sources_that_are_not_committed_stay_on_this_machine() {
        let folder = Folder::new("dirty", "abc-dirty");
        let to = |to: &str| Options {
            release: folder.0.clone(),
            to: to.to_owned(),
            report: folder.0.with_extension("report"),
        };
        let said = publish(&to("registry.example/acme")).unwrap_err();
        assert!(said.to_string().contains("not committed"), "{said}");
        let said = publish(&to("registry.example")).unwrap_err();
        assert!(said.to_string().contains("no namespace"), "{said}");
        for (registry, here) in [
            ("127.0.0.1:5000", true),
            ("localhost", true),
            ("[::1]:5000", true),
            ("127.0.0.1.example:5000", false),
            ("registry.example:5000", false),
        ] {
            assert_eq!(is_loopback(registry), here, "{registry}");
        }
    }
}
