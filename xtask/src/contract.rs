//! The contract: the WIT in `wit/` and the catalog of actions that the component answers. The
//! program `contract` compares them with what was released and what was accepted.

use std::fs;
use std::process::Command;

use crate::component;
use crate::dist;
use crate::process::{self, Outcome};
use crate::toolchain::{self, Target};
use crate::wit;
use crate::workspace::Workspace;

/// What is done with the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// It is compared with the records.
    Check,
    /// It becomes what it is compared with.
    Accept,
    /// It is recorded as released.
    Release,
}

/// Builds the component, and compares its contract or records it.
pub fn run(workspace: &Workspace, task: Task) -> Outcome {
    process::run(&mut command(workspace, task)?)
}

/// Builds the component, asks it for its catalog, and says which command does the rest.
fn command(workspace: &Workspace, task: Task) -> Outcome<Command> {
    let toolchain = toolchain::obtain(workspace, Target::Unknown, false)?;
    component::build(workspace, Target::Unknown, &toolchain)?;
    let component = component::component_path(workspace, Target::Unknown);
    let catalog = dist::catalog(workspace, &component)?;
    let wit = workspace.component_dir().join("contract.wit");
    fs::write(&wit, wit::text(workspace)?).map_err(|e| format!("{}: {e}", wit.display()))?;

    let mut contract = workspace.cargo();
    contract.args(["run", "--quiet", "-p", "contract", "--"]);
    contract.arg("--wit").arg(wit);
    contract.arg("--catalog").arg(catalog);
    contract.args(["--records", "wit", "--changelog", "CHANGELOG.md"]);
    contract.arg(match task {
        Task::Check => "check",
        Task::Accept => "accept",
        Task::Release => "release",
    });
    Ok(contract)
}
