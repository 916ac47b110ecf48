//! Assembles a release: the component with its metadata, its WIT, and the files that say what
//! they are; and puts it into a registry. `cargo xtask dist` and `cargo xtask publish` start it with
//! what it needs.
//!
//! It is a program of its own, so that `cargo xtask` starts without compiling these libraries.
//! The same commit gives the same bytes: nothing here asks for the time or for a path.

mod changelog;
mod component;
mod crates;
#[cfg(test)]
mod dependencies;
mod licenses;
mod manifest;
mod origin;
mod publish;
mod release;
mod sbom;
mod settings;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use clap::{Args, Parser, Subcommand};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::component::Shape;
use crate::crates::Tree;
use crate::origin::Origin;

/// The component's package, and the start of its files' names.
const NAME: &str = "salesforce-connector";

/// Assembles a release of the connector, and publishes it.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Writes the files of a release
    Assemble(Assembly),
    /// Puts the component and its WIT into a registry
    Publish(publish::Options),
}

#[derive(Args)]
struct Assembly {
    /// The folder of the workspace
    #[arg(long)]
    root: PathBuf,
    /// The component, as `cargo xtask component` built it
    #[arg(long)]
    component: PathBuf,
    /// What built it: the line of `rustc -V`
    #[arg(long)]
    rustc: String,
    /// The folder of the toolchain that built it
    #[arg(long)]
    sysroot: PathBuf,
    /// The component's catalog, as `host-test actions --format json` prints it
    #[arg(long)]
    catalog: PathBuf,
    /// Where the files go; a release that is there is removed
    #[arg(long)]
    out: PathBuf,
    /// The address of the sources, where git's `origin` is not it
    #[arg(long)]
    source: Option<String>,
    /// The tag that the release gets; fails where it is not the version, or what a release needs is
    /// not recorded
    #[arg(long)]
    tag: Option<String>,
    /// Takes sources that are not committed; the revision then ends with `-dirty`
    #[arg(long)]
    allow_dirty: bool,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().task {
        Task::Assemble(assembly) => run(&assembly),
        Task::Publish(options) => publish::publish(&options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One cause a line. A backtrace would lead into the libraries.
            for cause in error.chain() {
                eprintln!("{cause}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Assembly) -> Result<()> {
    let origin = Origin::of(&cli.root, cli.source.as_deref(), cli.allow_dirty)?;
    let tree = Tree::inside(&cli.root)?;
    if let Some(tag) = &cli.tag {
        is_ready(&cli.root, tag, &tree.root().version)?;
    }
    let files = assemble(cli, &origin, &tree)?;

    if cli.out.exists() {
        // Whatever else is there was not meant.
        ensure!(
            cli.out.join("SHA256SUMS").exists(),
            "{} is there and is no release",
            cli.out.display()
        );
        fs::remove_dir_all(&cli.out).with_context(|| cli.out.display().to_string())?;
    }
    fs::create_dir_all(&cli.out)?;
    for File { name, bytes } in &files {
        let path = cli.out.join(name);
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
        println!("{:>9} {}", bytes.len(), path.display());
    }
    Ok(())
}

/// Fails where the version is not that of the tag, or has no section in the changelog or no record
/// of its actions.
fn is_ready(root: &Path, tag: &str, version: &str) -> Result<()> {
    ensure!(
        tag == format!("v{version}"),
        "the tag {tag} is not the version {version} of Cargo.toml"
    );
    let changelog = text(&root.join("CHANGELOG.md"))?;
    ensure!(
        changelog::has(&changelog, version),
        "CHANGELOG.md has no section for {version}"
    );
    let record = root.join(format!("wit/released/{version}.json"));
    ensure!(
        record.exists(),
        "the contract of {version} is not recorded: `cargo xtask contract release` does it"
    );
    Ok(())
}

/// A file of the release.
struct File {
    name: String,
    bytes: Vec<u8>,
}

impl File {
    fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
        }
    }
}

/// All files, the checksums of the others last.
fn assemble(cli: &Assembly, origin: &Origin, tree: &Tree) -> Result<Vec<File>> {
    let wit = component::wit(&cli.root.join("wit"))?;
    let built = read(&cli.component)?;
    let shape = Shape::of(&built)?;
    shape.is_of(&wit)?;
    let documentation = component::documentation(&built)?;
    let shipped = component::with_metadata(&built, tree, origin)?;
    let catalog: Value = serde_json::from_slice(&read(&cli.catalog)?)
        .with_context(|| cli.catalog.display().to_string())?;
    let facts = manifest::Facts {
        origin,
        root: tree.root(),
        rustc: &cli.rustc,
        shape: &shape,
        documentation,
        shipped: &shipped,
        catalog: &catalog,
        settings: &settings::described(&text(&cli.root.join("README.md"))?)?,
    };

    let mut files = vec![
        File::new("manifest.json", json(&manifest::manifest(&facts)?)?),
        File::new("actions.json", json(&catalog)?),
        File::new(
            "sbom.cdx.json",
            json(&sbom::sbom(tree, origin, &cli.rustc, &shipped)?)?,
        ),
        File::new("THIRD-PARTY-LICENSES.txt", licenses::texts(tree)?),
        File::new(
            "THIRD-PARTY-LICENSES-std.html",
            licenses::of_std(&cli.sysroot)?,
        ),
        File::new(
            "RELEASE-NOTES.md",
            changelog::section(&text(&cli.root.join("CHANGELOG.md"))?, &tree.root().version)?,
        ),
        File::new(format!("{NAME}-wit.wasm"), wit),
        File::new(format!("{NAME}.wasm"), shipped),
    ];
    for own in ["LICENSE-APACHE", "LICENSE-MIT"] {
        files.push(File::new(own, read(&cli.root.join(own))?));
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let sums = files
        .iter()
        .map(|file| format!("{}  {}\n", sha256(&file.bytes), file.name))
        .collect::<String>();
    files.push(File::new("SHA256SUMS", sums));
    Ok(files)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| path.display().to_string())
}

fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| path.display().to_string())
}

fn json(value: &Value) -> Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(value)?))
}

fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a command writes to its standard output.
fn output(command: &mut Command) -> Result<String> {
    let shown = command.get_program().display().to_string();
    let output = command.output().with_context(|| shown.clone())?;
    ensure!(
        output.status.success(),
        "{shown} failed: {}",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}
