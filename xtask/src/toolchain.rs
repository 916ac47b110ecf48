//! The wasm targets, and the ways to a toolchain that builds for them.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use crate::debian;
use crate::process::{self, Outcome};
use crate::ways::{self, Facts, Only, Way};
use crate::workspace::Workspace;

/// A target that the component is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Target {
    /// What ships: the component imports only what the connector uses.
    #[value(name = "wasm32-unknown-unknown")]
    Unknown,
    /// What the ecosystem expects: std's own imports come in.
    #[value(name = "wasm32-wasip2")]
    Wasip2,
}

impl Target {
    /// The name that cargo and rustup know.
    pub fn triple(self) -> &'static str {
        match self {
            Self::Unknown => "wasm32-unknown-unknown",
            Self::Wasip2 => "wasm32-wasip2",
        }
    }
}

/// Who compiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The `rustc` and `cargo` in use.
    InUse,
    /// Debian's, which build std themselves.
    Debian,
}

/// A toolchain that builds for a wasm target.
pub struct Toolchain {
    /// Who compiles.
    pub kind: Kind,
    /// What `rustc -V` says.
    pub version: String,
    /// The commit of the compiler, as in the paths of std's sources.
    pub commit: String,
    /// The target that the compiler itself runs on.
    pub host: String,
    /// The folder of the toolchain.
    pub sysroot: PathBuf,
}

impl Toolchain {
    fn describe(workspace: &Workspace, kind: Kind) -> Outcome<Self> {
        let rustc = |args: &[&str]| {
            let mut command = match kind {
                Kind::InUse => workspace.command(rustc_in_use()),
                Kind::Debian => debian::command(workspace, debian::RUSTC),
            };
            process::capture(command.args(args))
        };
        let about = rustc(&["-vV"])?;
        let field = |name: &str| {
            let line = about.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or("unknown").trim().to_owned()
        };
        Ok(Self {
            kind,
            version: about.lines().next().unwrap_or_default().to_owned(),
            commit: field("commit-hash:"),
            host: field("host:"),
            sysroot: PathBuf::from(rustc(&["--print", "sysroot"])?.trim()),
        })
    }

    /// Whether this is the toolchain that sizes, hashes and fuel are compared on.
    pub fn is_pinned(&self, pinned: &str) -> bool {
        self.kind == Kind::InUse && self.version.split(' ').nth(1) == Some(pinned)
    }
}

/// A toolchain for the target. Where it is missing it is installed, Debian's packages only if
/// `install` says so or the machine is a disposable one. Fails with what to do.
pub fn obtain(workspace: &Workspace, target: Target, install: bool) -> Outcome<Toolchain> {
    let only = Only::from_environment()?;
    let facts = Facts {
        installed: has_target(workspace, target),
        rustup: runs(workspace, "rustup"),
        debian: debian::is_installed(),
        apt: runs(workspace, "apt-get"),
        may_install: install || debian::may_install(workspace),
    };
    for way in ways::ways(target, facts, only) {
        match take(workspace, target, way) {
            Ok(toolchain) => return Ok(toolchain),
            Err(failure) => eprintln!("xtask: {}", failure.message),
        }
    }
    Err(ways::advice(target, facts).into())
}

/// The toolchain in use with the target, which is added with rustup where it is missing. The
/// one that has clippy and rustdoc.
pub fn in_use(workspace: &Workspace, target: Target) -> Outcome<Toolchain> {
    if matches!(Only::from_environment()?, Some(Only::Debian | Only::None)) {
        return Err("XTASK_WASM_TOOLCHAIN rules the toolchain in use out".into());
    }
    let way = if has_target(workspace, target) {
        Way::InUse
    } else {
        Way::AddWithRustup
    };
    take(workspace, target, way)
}

fn take(workspace: &Workspace, target: Target, way: Way) -> Outcome<Toolchain> {
    let kind = match way {
        Way::InUse => Kind::InUse,
        Way::AddWithRustup => {
            let triple = target.triple();
            let mut rustup = workspace.command("rustup");
            // Without it, rustup waits three minutes for a server that a firewall hides.
            if std::env::var_os("RUSTUP_DOWNLOAD_TIMEOUT").is_none() {
                rustup.env("RUSTUP_DOWNLOAD_TIMEOUT", "30");
            }
            rustup
                .env("RUST_BACKTRACE", "0")
                .args(["target", "add", triple]);
            process::run(&mut rustup)?;
            if !has_target(workspace, target) {
                return Err("rustup added the target, but the rustc in use is not rustup's".into());
            }
            Kind::InUse
        }
        Way::Debian => Kind::Debian,
        Way::InstallDebian => {
            debian::install(workspace)?;
            Kind::Debian
        }
    };
    Toolchain::describe(workspace, kind)
}

fn rustc_in_use() -> std::ffi::OsString {
    std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

fn has_target(workspace: &Workspace, target: Target) -> bool {
    let mut rustc = workspace.command(rustc_in_use());
    rustc.args(["--print", "target-libdir", "--target", target.triple()]);
    process::capture(&mut rustc).is_ok_and(|path| Path::new(path.trim()).is_dir())
}

fn runs(workspace: &Workspace, program: &str) -> bool {
    process::capture(workspace.command(program).arg("--version")).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_pinned_version_counts_as_pinned() {
        let toolchain = |kind, version: &str| Toolchain {
            kind,
            version: version.to_owned(),
            commit: String::new(),
            host: String::new(),
            sysroot: PathBuf::new(),
        };
        assert!(toolchain(Kind::InUse, "rustc 1.95.0 (abc 2026-04-14)").is_pinned("1.95.0"));
        assert!(!toolchain(Kind::InUse, "rustc 1.95.0-nightly (abc)").is_pinned("1.95.0"));
        assert!(!toolchain(Kind::Debian, "rustc 1.95.0 (abc 2026-04-14)").is_pinned("1.95.0"));
    }
}
