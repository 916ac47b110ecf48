//! Debian's toolchain for wasm32-unknown-unknown, for machines that reach package mirrors but
//! not rustup's server. It has no std for the target and builds it from source.

use std::path::Path;
use std::process::Command;

use crate::process::{self, Outcome};
use crate::workspace::Workspace;

/// Debian's compiler.
pub const RUSTC: &str = "/usr/bin/rustc";
/// Debian's cargo.
pub const CARGO: &str = "/usr/bin/cargo";
/// The linker that `wasm-component-ld` starts.
pub const WASM_LD: &str = "/usr/bin/wasm-ld-22";
/// The sources of std.
pub const STD_SOURCES: &str = "/usr/lib/rustlib/src/rust";

/// The command that makes the packages known.
pub const UPDATE: &str = "apt-get update";
/// The command that installs the packages.
pub const INSTALL: &str = "apt-get install -y --no-install-recommends rustc-web cargo-web rust-web-src rust-web-llvm lld-22";

/// The program that makes a component of the linked module.
pub fn component_linker(host: &str) -> String {
    format!("/usr/lib/rustlib/{host}/bin/wasm-component-ld")
}

/// Whether all packages are installed.
pub fn is_installed() -> bool {
    let has = |path: &str| Path::new(path).exists();
    let hosts = std::fs::read_dir("/usr/lib/rustlib");
    let linker = hosts.into_iter().flatten().flatten().any(|host| {
        let host = host.file_name();
        host.to_str()
            .is_some_and(|host| has(&component_linker(host)))
    });
    linker && [RUSTC, CARGO, WASM_LD, STD_SOURCES].into_iter().all(has)
}

/// Whether packages may be installed without asking: for root, in a container or in CI.
pub fn may_install(workspace: &Workspace) -> bool {
    let ci = std::env::var_os("CI").is_some_and(|ci| ci == "true" || ci == "1");
    let container = Path::new("/.dockerenv").exists() || Path::new("/run/.containerenv").exists();
    (ci || container) && is_root(workspace)
}

/// Installs the packages, with sudo unless root.
pub fn install(workspace: &Workspace) -> Outcome {
    let apt = |line: &str| {
        let mut command = workspace.command(if is_root(workspace) { "env" } else { "sudo" });
        // As an argument, since sudo hands no variables on.
        command
            .arg("DEBIAN_FRONTEND=noninteractive")
            .args(line.split(' '));
        process::run(&mut command)
    };
    // One source out of reach fails it, and need not be the one that matters.
    if let Err(failure) = apt(UPDATE) {
        eprintln!("xtask: {}; going on", failure.message);
    }
    apt(INSTALL)?;
    if is_installed() {
        return Ok(());
    }
    Err("the packages are installed, but Debian's wasm toolchain is not complete".into())
}

/// One of Debian's programs, kept from what rustup and cargo set for the toolchain in use.
pub fn command(workspace: &Workspace, program: &str) -> Command {
    let mut command = workspace.command(program);
    for name in [
        "CARGO",
        "LD_LIBRARY_PATH",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTUP_TOOLCHAIN",
    ] {
        command.env_remove(name);
    }
    // `-Z build-std` is the reason for the second one.
    command.env("RUSTC", RUSTC).env("RUSTC_BOOTSTRAP", "1");
    command
}

fn is_root(workspace: &Workspace) -> bool {
    process::capture(workspace.command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
