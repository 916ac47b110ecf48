//! Puts a release into a registry with `wkg`, which the ecosystem uses, and takes it out again by
//! digest to see that it is the same.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::release::{Artifact, Release};
use crate::{output, sha256};

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

/// Whether a registry is on this machine, where http will do.
pub fn is_loopback(registry: &str) -> bool {
    let host = registry.rsplit_once(':').map_or(registry, |(host, _)| host);
    matches!(host, "127.0.0.1" | "[::1]" | "localhost")
}

/// Whether this is how a registry says that it has nothing there. Some say so of what is not theirs
/// to show, too.
fn is_absent(said: &str) -> bool {
    let said = said.to_ascii_lowercase();
    let absent = ["manifest unknown", "name unknown", "not found", "denied"];
    absent.iter().any(|words| said.contains(words))
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

    /// The checksum of what has this reference, where something has. Fails where that cannot be
    /// told, since a push would replace it.
    fn there(&self, reference: &str) -> Result<Option<String>> {
        let pull = self.pull(reference).output();
        let pull = pull.context("wkg: `cargo install wkg@0.16.1 --locked` gets it")?;
        if pull.status.success() {
            return self.pulled().map(Some);
        }
        let said = String::from_utf8_lossy(&pull.stderr);
        ensure!(
            is_absent(&said),
            "whether {reference} is there already cannot be told: {}",
            said.trim()
        );
        Ok(None)
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
    use crate::release::tests::Folder;

    #[test]
    fn a_registry_that_is_out_of_order_has_not_nothing() {
        for said in [
            "Registry error: url …, envelope: OCI API errors: [OCI API error: manifest unknown]",
            "OCI API error: repository name not known to registry: NAME UNKNOWN",
            "Not Found",
            "requested access to the resource is denied",
        ] {
            assert!(is_absent(said), "{said}");
        }
        for said in [
            "error sending request for url (https://registry.example/v2/): connection refused",
            "Server error: url …, code: 503, message: ",
            "Digest error: Invalid digest. Expected sha256:1, got sha256:2",
            "",
        ] {
            assert!(!is_absent(said), "{said}");
        }
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
