//! The benchmark: the optimised harness, beside the clients of other languages.

use std::ffi::OsString;

use crate::component;
use crate::process::{self, Outcome};
use crate::toolchain::{self, Target};
use crate::tools::{self, NODE, PYTHON};
use crate::workspace::Workspace;

/// Builds the component and the harness with optimisation, gets the other clients where their
/// language is installed, and measures. Says what is missing for those that are left out.
pub fn bench(workspace: &Workspace, install: bool, arguments: &[OsString]) -> Outcome {
    let toolchain = toolchain::obtain(workspace, Target::Unknown, install)?;
    component::build(workspace, Target::Unknown, &toolchain)?;
    let folder = workspace.target_dir.join("bench");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let (peers, missing) = peers(workspace)?;

    let mut bench = workspace.cargo();
    bench
        .args(["run", "--quiet", "--profile", "harness", "-p", "host-test"])
        .arg("--")
        .arg("--component")
        .arg(component::component_path(workspace, Target::Unknown))
        .arg("bench")
        .arg("--json")
        .arg(folder.join("bench.json"));
    for peer in peers {
        bench.arg("--peer").arg(peer);
    }
    process::run(bench.args(arguments))?;
    for reason in missing {
        println!("Left out: {reason}");
    }
    println!("The same as JSON: {}", folder.join("bench.json").display());
    Ok(())
}

/// The clients that are there, as `--peer` takes them, and why others are not.
fn peers(workspace: &Workspace) -> Outcome<(Vec<OsString>, Vec<String>)> {
    let scripts = workspace.root.join("bench").join("peers");
    let (mut peers, mut missing) = (Vec::new(), Vec::new());
    match PYTHON.missing() {
        Some(reason) => missing.push(format!("simple-salesforce ({reason})")),
        None => {
            let folder = workspace.target_dir.join("bench").join("python");
            let requirements = scripts.join("requirements.txt");
            let programs = tools::from_pypi(workspace, &requirements, &folder)?;
            let python = programs.join("python").display().to_string();
            let script = scripts.join("python.py").display().to_string();
            peers.push(format!("simple-salesforce={python} {script}").into());
        }
    }
    match NODE.missing() {
        Some(reason) => missing.push(format!("jsforce ({reason})")),
        None => {
            let mut install = workspace.command("npm");
            let install = install.args(["ci", "--silent", "--no-audit", "--no-fund"]);
            process::run(install.current_dir(&scripts))?;
            let script = scripts.join("node.mjs").display().to_string();
            peers.push(format!("jsforce=node {script}").into());
        }
    }
    Ok((peers, missing))
}
