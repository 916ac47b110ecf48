//! The contract and its releases, which are kept in `wit/released/`, each as one file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{self, Outcome};
use crate::wit;
use crate::workspace::Workspace;

/// The command that compares the contract with its last release, or why there is none.
pub fn comparison(workspace: &Workspace) -> Outcome<Result<Command, String>> {
    let text = wit::text(workspace)?;
    let version = wit::version(&text).ok_or("the package has no version")?;
    let Some(last) = last(&released(workspace))? else {
        return Ok(Err(format!(
            "no version of the contract is released: {version} may still change. `cargo xtask \
             contract release` records it"
        )));
    };
    let mut compare = workspace.cargo();
    compare.args(["run", "--quiet", "-p", "contract", "--", "wit"]);
    compare.arg(format!("wit/released/{last}.wit"));
    Ok(Ok(compare))
}

/// Compares the contract with its last release.
pub fn check(workspace: &Workspace) -> Outcome {
    match comparison(workspace)? {
        Ok(mut compare) => process::run(&mut compare),
        Err(reason) => {
            println!("Not compared: {reason}.");
            Ok(())
        }
    }
}

/// Records the contract as a release, once it has passed the check.
pub fn release(workspace: &Workspace) -> Outcome {
    check(workspace)?;
    let text = wit::text(workspace)?;
    let version = wit::version(&text).ok_or("the package has no version")?;
    let dir = released(workspace);
    let path = dir.join(format!("{version}.wit"));
    if path.exists() {
        println!("{version} is recorded already.");
        return Ok(());
    }
    fs::create_dir_all(&dir)
        .and_then(|()| fs::write(&path, text))
        .map_err(|e| format!("{}: {e}", path.display()))?;
    println!("Recorded {}. Commit it.", path.display());
    Ok(())
}

fn released(workspace: &Workspace) -> PathBuf {
    wit::dir(workspace).join("released")
}

/// The highest of the versions that a folder holds as files.
fn last(dir: &Path) -> Outcome<Option<String>> {
    if !dir.exists() {
        return Ok(None);
    }
    let failed = |path: &Path, e| format!("{}: {e}", path.display());
    let mut last = None;
    for file in fs::read_dir(dir).map_err(|e| failed(dir, e))? {
        let path = file.map_err(|e| failed(dir, e))?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let Some(version) = name.and_then(|name| name.strip_suffix(".wit")) else {
            continue;
        };
        let text = fs::read_to_string(&path).map_err(|e| failed(&path, e))?;
        let Some(order) = order(version).filter(|_| wit::version(&text) == Some(version)) else {
            return Err(format!("{} is not named by its version", path.display()).into());
        };
        last = last.max(Some((order, version.to_owned())));
    }
    Ok(last.map(|(_, version)| version))
}

/// What versions are ordered by. Only final ones are releases.
fn order(version: &str) -> Option<[u64; 3]> {
    let mut numbers = version.split('.').map(|number| number.parse().ok());
    let order = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(order)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_release_has_the_highest_version() {
        let dir = std::env::temp_dir().join(format!("xtask-releases-{}", std::process::id()));
        let record = |file: &str, version: &str| {
            fs::write(dir.join(file), format!("package a:b@{version};\n")).unwrap();
        };
        assert_eq!(last(&dir).unwrap(), None);
        fs::create_dir(&dir).unwrap();
        assert_eq!(last(&dir).unwrap(), None);
        record("0.10.0.wit", "0.10.0");
        record("0.9.1.wit", "0.9.1");
        record("notes.txt", "9.0.0");
        let found = last(&dir);
        record("0.11.0.wit", "0.10.0");
        let misnamed = last(&dir);
        fs::remove_dir_all(&dir).unwrap();
        assert_eq!(found.unwrap().as_deref(), Some("0.10.0"));
        let said = misnamed.unwrap_err().message;
        assert!(
            said.contains("0.11.0.wit is not named by its version"),
            "{said}"
        );
    }

    #[test]
    fn only_final_versions_are_releases() {
        for version in ["1", "1.0", "1.0.0.0", "1.0.0-rc.1", "v1.0.0", "1.0.x"] {
            assert_eq!(order(version), None, "{version}");
        }
    }
}
