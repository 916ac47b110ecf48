//! What the contract was: in each release, and when it was last accepted.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use semver::Version;
use serde_json::Value;
use wit_parser::UnresolvedPackageGroup;

use crate::{version, wit};

/// The folders of the records, which are in the folder of the contract.
pub struct Records<'a> {
    /// That of the contract.
    pub wit: &'a Path,
}

impl Records<'_> {
    /// The file of the WIT that was last accepted.
    pub fn accepted_wit(&self) -> PathBuf {
        self.wit.join("accepted/contract.wit")
    }

    /// The file of the promises that were last accepted.
    pub fn accepted_promises(&self) -> PathBuf {
        self.wit.join("accepted/promises.json")
    }

    /// The file of a release's WIT, by the version of its package.
    pub fn released_wit(&self, version: &Version) -> PathBuf {
        self.wit.join(format!("released/{version}.wit"))
    }

    /// The file of a release's promises, by the version of the release.
    pub fn released_promises(&self, version: &Version) -> PathBuf {
        self.wit.join(format!("released/{version}.json"))
    }

    /// The WIT of the last release, where there is any.
    pub fn last_wit(&self) -> Result<Option<UnresolvedPackageGroup>> {
        let Some(version) = self.last("wit")? else {
            return Ok(None);
        };
        let path = self.released_wit(&version);
        let package = wit::read(&path)?;
        let own = package.main.name.version.as_ref();
        ensure!(
            own == Some(&version),
            "{} is not named by its version",
            path.display()
        );
        Ok(Some(package))
    }

    /// The version and promises of the last release, where there is any.
    pub fn last_promises(&self) -> Result<Option<(Version, Value)>> {
        let Some(version) = self.last("json")? else {
            return Ok(None);
        };
        let promises = json(&self.released_promises(&version))?;
        Ok(Some((version, promises)))
    }

    /// The highest of the versions that files of this kind are named by.
    fn last(&self, extension: &str) -> Result<Option<Version>> {
        let dir = self.wit.join("released");
        if !dir.exists() {
            return Ok(None);
        }
        let mut last = None;
        for file in fs::read_dir(&dir).with_context(|| dir.display().to_string())? {
            let path = file?.path();
            if path.extension().is_none_or(|own| own != extension) {
                continue;
            }
            let name = path.file_stem().and_then(|name| name.to_str());
            let Some(version) = name.and_then(version::of_release) else {
                bail!("{} is not named by a version", path.display());
            };
            last = last.max(Some(version));
        }
        Ok(last)
    }
}

/// Reads JSON.
pub fn json(path: &Path) -> Result<Value> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

/// Writes a record, and says so.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let written = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, text));
    written.with_context(|| path.display().to_string())?;
    println!("Recorded {}", path.display());
    Ok(())
}

/// Promises as the text of a record.
pub fn text(promises: &Value) -> Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(promises)?))
}
