//! The contract as one text.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::Outcome;
use crate::workspace::Workspace;

/// Where the contract is.
fn dir(workspace: &Workspace) -> PathBuf {
    workspace.root.join("wit")
}

/// The files of the contract one after the other, which is WIT again: first the one that names
/// the package, the others by name.
pub fn text(workspace: &Workspace) -> Outcome<String> {
    let dir = dir(workspace);
    let failed = |path: &Path, e| format!("{}: {e}", path.display());
    let mut files = Vec::new();
    for file in fs::read_dir(&dir).map_err(|e| failed(&dir, e))? {
        let path = file.map_err(|e| failed(&dir, e))?.path();
        if path.extension().is_some_and(|extension| extension == "wit") {
            let text = fs::read_to_string(&path).map_err(|e| failed(&path, e))?;
            files.push((version(&text).is_none(), path, text));
        }
    }
    files.sort();
    if files.first().is_none_or(|(nameless, ..)| *nameless) {
        return Err(format!("no file in {} names the package", dir.display()).into());
    }
    let texts: Vec<_> = files.into_iter().map(|(_, _, text)| text).collect();
    Ok(texts.join("\n"))
}

/// The version that a text gives its package.
fn version(text: &str) -> Option<&str> {
    let package = text
        .lines()
        .find_map(|line| line.strip_prefix("package "))?;
    let (_, version) = package.strip_suffix(';')?.split_once('@')?;
    Some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_package_comes_first() {
        let text = text(&Workspace::find().unwrap()).unwrap();
        let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part}"));
        assert!(at("package connector:salesforce@") < at("interface actions {"));
        assert!(at("interface actions {") < at("world connector {"));
        assert_eq!(text.matches("\npackage ").count(), 1);
    }

    #[test]
    fn the_version_is_the_packages() {
        assert_eq!(
            version("/// A\npackage a:b@1.2.3-rc.1;\n"),
            Some("1.2.3-rc.1")
        );
        assert_eq!(version("interface a {}\n"), None);
    }
}
