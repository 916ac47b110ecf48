//! What `host-test actions` prints for other programs, checked by what the makers of the formats
//! publish: in Node and in Python, whose packages are installed on the way.

use std::fs;
use std::path::Path;

use crate::process::{self, Outcome};
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
    if works(workspace, "node") && works(workspace, "npm") {
        with_node(workspace, &folder)?;
    } else {
        missing.push("MCP and Camunda (install Node 20 and npm: `apt-get install nodejs npm`)");
    }
    if works(workspace, "python3") {
        with_python(workspace, &folder)?;
    } else {
        missing.push("OpenAPI (install Python 3.10 with venv: `apt-get install python3-venv`)");
    }
    conclude(&missing, std::env::var("CI").as_deref() == Ok("true"))
}

fn conclude(missing: &[&str], ci: bool) -> Outcome {
    if missing.is_empty() {
        return Ok(());
    }
    let missing = format!("exports that were not checked: {}", missing.join("; "));
    if ci {
        return Err(missing.into());
    }
    println!("SKIPPED: {missing}");
    Ok(())
}

fn component(workspace: &Workspace) -> std::path::PathBuf {
    crate::component::component_path(workspace, crate::toolchain::Target::Unknown)
}

fn works(workspace: &Workspace, program: &str) -> bool {
    process::capture(workspace.command(program).arg("--version")).is_ok()
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
    let venv = folder.join("python");
    let mut make = workspace.command("python3");
    process::run(make.args(["-m", "venv"]).arg(&venv))?;
    let python = venv.join("bin").join("python");
    let mut install = workspace.command(&python);
    install
        .args(["-m", "pip", "install", "--quiet", "--no-deps"])
        .args(["--disable-pip-version-check", "--requirement"])
        .arg(checks.join("requirements.txt"));
    process::run(&mut install)?;
    let mut check = workspace.command(&python);
    process::run(check.arg(checks.join("check.py")).arg(folder))
}

#[cfg(test)]
mod tests {
    use super::conclude;

    #[test]
    fn what_is_missing_fails_in_ci_alone() {
        assert!(conclude(&[], true).is_ok());
        assert!(conclude(&["a"], false).is_ok());
        let failure = conclude(&["a", "b"], true).unwrap_err();
        assert_eq!(failure.message, "exports that were not checked: a; b");
    }
}
