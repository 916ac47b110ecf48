//! What runs the component: the tests, the hosts of the README and the demo.

use std::ffi::OsString;

use crate::component;
use crate::exports;
use crate::foreign;
use crate::process::{self, Outcome};
use crate::registry;
use crate::toolchain::{self, Kind, Target};
use crate::workspace::Workspace;

/// Where the tests look for the components.
const COMPONENT_DIR: &str = "SALESFORCE_COMPONENT_DIR";
/// Where the harness looks for the shipped one.
const COMPONENT: &str = "SALESFORCE_COMPONENT";

/// Builds the component for both targets, runs `cargo test --workspace` and, where no tests are
/// picked, checks the exports of the catalog, runs the hosts of the README and tries a registry. Where the second
/// target cannot be had, says so and goes on without it.
pub fn test(workspace: &Workspace, install: bool, arguments: &[OsString]) -> Outcome {
    let toolchain = toolchain::obtain(workspace, Target::Unknown, install)?;
    component::build(workspace, Target::Unknown, &toolchain)?;

    let second = match toolchain.kind {
        Kind::InUse => {
            toolchain::obtain(workspace, Target::Wasip2, install).map_err(|failure| failure.message)
        }
        Kind::Debian => Err("Debian's packages do not build for it".to_owned()),
    };
    let skipped = match second {
        Ok(toolchain) => {
            component::build(workspace, Target::Wasip2, &toolchain)?;
            None
        }
        Err(reason) => {
            component::remove(workspace, Target::Wasip2)?;
            Some(format!(
                "SKIPPED: the component for {}: {reason}",
                Target::Wasip2.triple()
            ))
        }
    };
    if let Some(skipped) = &skipped {
        println!("{skipped}");
    }

    let mut tests = workspace.cargo();
    tests
        .env(COMPONENT_DIR, workspace.component_dir())
        .env(
            COMPONENT,
            component::component_path(workspace, Target::Unknown),
        )
        .args(["test", "--workspace"])
        .args(arguments);
    process::run(&mut tests)?;
    // Who names tests wants these alone.
    if arguments.is_empty() {
        exports::check(workspace)?;
        foreign::run(workspace)?;
        registry::try_out(workspace)?;
    }
    if let Some(skipped) = skipped {
        println!("{skipped}");
    }
    Ok(())
}

/// Builds the component and runs the hosts of the README.
pub fn hosts(workspace: &Workspace, install: bool) -> Outcome {
    let toolchain = toolchain::obtain(workspace, Target::Unknown, install)?;
    component::build(workspace, Target::Unknown, &toolchain)?;
    foreign::run(workspace)
}

/// Builds the component and runs the harness's demo, with its exit status.
pub fn demo(workspace: &Workspace, install: bool) -> Outcome {
    harness(workspace, install, "demo", &[])
}

/// Builds the component and runs it under faults, with the exit status of that.
pub fn faults(workspace: &Workspace, install: bool, arguments: &[OsString]) -> Outcome {
    harness(workspace, install, "faults", arguments)
}

/// Builds the component and runs a command of the harness. The profile is the one of the tests,
/// so that wasmtime is compiled once.
fn harness(workspace: &Workspace, install: bool, command: &str, arguments: &[OsString]) -> Outcome {
    let toolchain = toolchain::obtain(workspace, Target::Unknown, install)?;
    component::build(workspace, Target::Unknown, &toolchain)?;
    let mut harness = workspace.cargo();
    harness
        .env(
            COMPONENT,
            component::component_path(workspace, Target::Unknown),
        )
        .args(["run", "-p", "host-test", "--", command])
        .args(arguments);
    process::run(&mut harness)
}
