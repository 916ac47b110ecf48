//! What makes a release, and what shows what is inside.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::component;
use crate::process::{self, Outcome};
use crate::toolchain::{self, Target, Toolchain};
use crate::workspace::Workspace;

/// How a release is made.
#[derive(clap::Args)]
pub struct Options {
    /// The address of the sources, where git's `origin` is not it
    #[arg(long, value_name = "URL")]
    source: Option<OsString>,
    /// The tag that the release gets; fails where it is not the version, or what a release needs is
    /// not recorded
    #[arg(long)]
    tag: Option<OsString>,
    /// Takes sources that are not committed; the revision then ends with `-dirty`
    #[arg(long)]
    allow_dirty: bool,
    /// Installs the packages that a missing wasm target needs, with sudo unless root
    #[arg(long)]
    install: bool,
}

impl Options {
    /// For a release that stays on this machine.
    pub fn of_trial(install: bool) -> Self {
        Self {
            source: None,
            tag: None,
            allow_dirty: true,
            install,
        }
    }

    /// For one with the same version and another component.
    pub fn of_other(install: bool) -> Self {
        Self {
            source: Some("https://forge.example/another/connector".into()),
            ..Self::of_trial(install)
        }
    }
}

/// Builds the component, and assembles a release of it in `dist` in the target directory.
pub fn dist(workspace: &Workspace, options: &Options) -> Outcome {
    make(workspace, options, &dir(workspace))
}

/// Where a release is.
pub fn dir(workspace: &Workspace) -> PathBuf {
    workspace.target_dir.join("dist")
}

/// Builds the component, and assembles a release of it in a folder.
pub fn make(workspace: &Workspace, options: &Options, out: &Path) -> Outcome {
    let toolchain = toolchain::obtain(workspace, Target::Unknown, options.install)?;
    component::build(workspace, Target::Unknown, &toolchain)?;
    let component = component::component_path(workspace, Target::Unknown);
    let release = Release {
        root: &workspace.root,
        component: &component,
        catalog: &catalog(workspace, &component)?,
        out,
    };
    let mut assemble = release.assemble(workspace, &toolchain);
    if let Some(source) = &options.source {
        assemble.arg("--source").arg(source);
    }
    if let Some(tag) = &options.tag {
        assemble.arg("--tag").arg(tag);
    }
    if options.allow_dirty {
        assemble.arg("--allow-dirty");
    }
    process::run(&mut assemble)
}

/// What a release is made from, and where it goes.
pub struct Release<'a> {
    /// The folder of the sources.
    pub root: &'a Path,
    /// The component that was built from them.
    pub component: &'a Path,
    /// Its catalog.
    pub catalog: &'a Path,
    /// The folder of the release.
    pub out: &'a Path,
}

impl Release<'_> {
    /// The command that assembles it.
    pub fn assemble(&self, workspace: &Workspace, toolchain: &Toolchain) -> Command {
        let mut dist = workspace.cargo();
        dist.args(["run", "--quiet", "-p", "dist", "--", "assemble"]);
        dist.arg("--root").arg(self.root);
        dist.arg("--component").arg(self.component);
        dist.arg("--catalog").arg(self.catalog);
        dist.arg("--out").arg(self.out);
        dist.arg("--rustc").arg(&toolchain.version);
        dist.arg("--sysroot").arg(&toolchain.sysroot);
        dist
    }
}

/// Asks a component for its catalog, in the harness, and says in which file it is.
pub fn catalog(workspace: &Workspace, component: &Path) -> Outcome<PathBuf> {
    let harness = ["-p", "host-test"];
    process::run(workspace.cargo().arg("build").args(harness))?;
    let mut actions = workspace.cargo();
    actions.args(["run", "--quiet"]).args(harness);
    actions.args(["--", "actions", "--format", "json", "--component"]);
    let catalog = process::capture(actions.arg(component))?;
    let file = workspace.component_dir().join("catalog.json");
    fs::write(&file, catalog).map_err(|e| format!("{}: {e}", file.display()))?;
    Ok(file)
}

/// Shows what each crate takes in the component.
pub fn weigh(workspace: &Workspace) -> Outcome {
    let toolchain = toolchain::obtain(workspace, Target::Unknown, false)?;
    let component = component::build_with_names(workspace, &toolchain)?;
    let mut inspect = workspace.cargo();
    inspect.args(["run", "--quiet", "-p", "host-test", "--", "inspect"]);
    process::run(inspect.arg(component))
}
