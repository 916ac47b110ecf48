//! What `host-test actions` prints for other programs, and the bill of materials of a release, checked
//! by what the makers of the formats publish: in Node and in Python, whose packages are installed on
//! the way.

use std::fs;
use std::path::Path;

use crate::dist;
use crate::process::{self, Outcome};
use crate::toolchain::{self, Target};
use crate::tools;
use crate::workspace::Workspace;

/// The forms that are checked.
const FORMATS: [&str; 3] = ["mcp", "openapi", "camunda"];

/// Writes each form to a file, and checks it where Node and Python are there. What is not there
/// is told; in CI it is a failure. The component must have been built.
pub fn check(workspace: &Workspace) -> Outcome {
    let folder = workspace.target_dir.join("exports");
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for format in FORMATS {
        let mut print = workspace.cargo();
        print
            .env("SALESFORCE_COMPONENT", component(workspace))
            .args(["run", "-q", "-p", "host-test", "--", "actions", "--format"])
            .arg(format);
        let file = folder.join(format).with_extension("json");
        let document = process::capture(&mut print)?;
        fs::write(&file, document).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    let mut missing = Vec::new();
    match tools::NODE.missing() {
        None => with_node(workspace, &folder)?,
        Some(reason) => missing.push(format!("MCP and Camunda ({reason})")),
    }
    match tools::PYTHON.missing() {
        None => with_python(workspace, &folder)?,
        Some(reason) => missing.push(format!("OpenAPI and CycloneDX ({reason})")),
    }
    tools::skipped("exports that were not checked", &missing)
}

fn component(workspace: &Workspace) -> std::path::PathBuf {
    crate::component::component_path(workspace, Target::Unknown)
}

fn with_node(workspace: &Workspace, folder: &Path) -> Outcome {
    let checks = workspace.root.join("checks").join("node");
    let mut install = workspace.command("npm");
    let install = install.args(["ci", "--silent", "--no-audit", "--no-fund"]);
    process::run(install.current_dir(&checks))?;
    let mut check = workspace.command("node");
    process::run(check.arg("check.mjs").arg(folder).current_dir(&checks))
}

fn with_python(workspace: &Workspace, folder: &Path) -> Outcome {
    let checks = workspace.root.join("checks").join("python");
    let programs = tools::from_pypi(
        workspace,
        &checks.join("requirements.txt"),
        &folder.join("python"),
    )?;
    let mut check = workspace.command(programs.join("python"));
    process::run(check.arg(checks.join("openapi.py")).arg(folder))?;

    // Debian's toolchain does not bring all that a release needs.
    if toolchain::in_use(workspace, Target::Unknown).is_err() {
        println!("SKIPPED: the bill of materials: the toolchain makes no release");
        return Ok(());
    }
    let release = folder.join("release");
    dist::make(workspace, &dist::Options::of_trial(false), &release)?;
    let mut check = workspace.command(programs.join("python"));
    check.arg(checks.join("sbom.py"));
    process::run(check.arg(release.join("sbom.cdx.json")))
}
