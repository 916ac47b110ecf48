//! What must be clean besides the tests: format, lints, documentation, what the lock file holds, and
//! the contract.

use std::process::Command;

use crate::contract::{self, Task};
use crate::deny;
use crate::process::{self, Outcome};
use crate::toolchain::{self, Target};
use crate::workspace::Workspace;

/// Runs every step, then fails with the names of those that failed.
pub fn check(workspace: &Workspace) -> Outcome {
    let cargo = |line: &str| {
        let mut cargo = workspace.cargo();
        cargo.args(line.split(' '));
        cargo
    };
    let doc = |line: &str| {
        let mut cargo = cargo(line);
        cargo.env("RUSTDOCFLAGS", "-D warnings");
        cargo
    };

    let mut steps = vec![
        ("rustfmt".to_owned(), cargo("fmt --all --check")),
        (
            "clippy".to_owned(),
            cargo("clippy --workspace --all-targets -- -D warnings"),
        ),
        ("rustdoc".to_owned(), doc("doc --workspace --no-deps")),
    ];
    let mut skipped = Vec::new();
    // Natively, the compiler sees neither the exports nor the transport. With --release the macros
    // that make the bindings are compiled once, for these steps and for the component.
    for target in [Target::Unknown, Target::Wasip2] {
        let triple = target.triple();
        match toolchain::in_use(workspace, target) {
            Ok(_) => {
                let clippy = format!(
                    "clippy --release -p salesforce-connector --lib --target {triple} -- -D warnings"
                );
                let rustdoc = format!(
                    "doc --release -p salesforce-connector --lib --no-deps --target {triple}"
                );
                steps.push((format!("clippy for {triple}"), cargo(&clippy)));
                if target == Target::Unknown {
                    steps.push((format!("rustdoc for {triple}"), doc(&rustdoc)));
                }
            }
            Err(failure) => skipped.push(format!(
                "clippy and rustdoc for {triple}: {}",
                failure.message
            )),
        }
    }
    let mut failed = run(steps);
    if let Err(failure) = deny::deny(workspace, false, false) {
        eprintln!("xtask: {}", failure.message);
        failed.push("deny.toml".to_owned());
    }
    // Of the component itself, which the tests need as well.
    match toolchain::in_use(workspace, Target::Unknown) {
        Ok(_) => {
            if let Err(failure) = contract::run(workspace, Task::Check) {
                eprintln!("xtask: {}", failure.message);
                failed.push("the contract".to_owned());
            }
        }
        Err(failure) => skipped.push(format!("the contract: {}", failure.message)),
    }
    conclude(failed, &skipped)
}

fn run(steps: Vec<(String, Command)>) -> Vec<String> {
    let mut failed = Vec::new();
    for (name, mut step) in steps {
        if let Err(failure) = process::run(&mut step) {
            eprintln!("xtask: {}", failure.message);
            failed.push(name);
        }
    }
    failed
}

fn conclude(failed: Vec<String>, skipped: &[String]) -> Outcome {
    for skipped in skipped {
        println!("SKIPPED: {skipped}");
    }
    if failed.is_empty() {
        println!("All checks passed.");
        return Ok(());
    }
    Err(format!("failed: {}", failed.join(", ")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_runs_and_the_failing_ones_are_named() {
        let step = |name: &str, program: &str| (name.to_owned(), Command::new(program));
        let failed = run(vec![
            step("a", "false"),
            step("b", "true"),
            step("c", "false"),
        ]);
        assert_eq!(conclude(failed, &[]).unwrap_err().message, "failed: a, c");
    }
}
