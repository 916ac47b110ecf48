//! Where the sources come from, as git knows it.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::output;

/// Where the sources come from. A folder without git has neither revision nor time.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The commit, with `-dirty` behind it where the sources are not all committed.
    pub revision: Option<String>,
    /// The time of the commit, in UTC.
    pub time: Option<String>,
    /// The address of the repository.
    pub source: Option<String>,
}

impl Origin {
    /// Asks git. Fails where something is not committed, unless that is allowed.
    pub fn of(root: &Path, source: Option<&str>, allow_dirty: bool) -> Result<Self> {
        let git = |line: &str| {
            let mut git = Command::new("git");
            // The commit's own time, in UTC wherever this runs.
            git.arg("-C")
                .arg(root)
                .args(line.split(' '))
                .env("TZ", "UTC");
            output(&mut git).map(|text| text.trim().to_owned())
        };
        let remote = || {
            git("remote get-url origin")
                .ok()
                .as_deref()
                .and_then(address)
        };
        let source = source.map(str::to_owned).or_else(remote);
        let Ok(commit) = git("rev-parse HEAD") else {
            return Ok(Self {
                source,
                ..Self::default()
            });
        };
        let changed = git("status --porcelain --untracked-files=normal")?;
        ensure!(
            changed.is_empty() || allow_dirty,
            "not everything is committed, so no revision has these sources:\n{changed}\nCommit, \
             or give --allow-dirty"
        );
        let dirty = if changed.is_empty() { "" } else { "-dirty" };
        Ok(Self {
            revision: Some(format!("{commit}{dirty}")),
            time: Some(git(
                "log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ",
            )?),
            source,
        })
    }
}

/// The https address of a remote, which is the same for whoever cloned in another way. A remote
/// on this machine has none, and what it takes to get in is left out.
fn address(remote: &str) -> Option<String> {
    let rest = match remote.split_once("://") {
        Some(("https" | "ssh" | "git", rest)) => rest.to_owned(),
        Some(_) => return None,
        // As in `git@host:owner/name`.
        None => {
            let (host, path) = remote.split_once(':')?;
            host.contains('@').then(|| format!("{host}/{path}"))?
        }
    };
    let (host, path) = rest.split_once('/')?;
    let (_, host) = host.rsplit_once('@').unwrap_or(("", host));
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    (!host.is_empty() && !path.is_empty()).then(|| format!("https://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clone_has_the_same_address() {
        for remote in [
            "https://forge.example/acme/connector",
            "https://forge.example/acme/connector.git",
            "https://user:secret@forge.example/acme/connector.git/",
            "ssh://git@forge.example/acme/connector.git",
            "git@forge.example:acme/connector.git",
        ] {
            assert_eq!(
                address(remote).as_deref(),
                Some("https://forge.example/acme/connector"),
                "{remote}"
            );
        }
    }

    #[test]
    fn folders_of_this_machine_have_none() {
        for remote in [
            "/srv/git/connector",
            "../connector",
            "file:///srv/connector",
            "C:\\a",
        ] {
            assert_eq!(address(remote), None, "{remote}");
        }
    }
}
