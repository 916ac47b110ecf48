//! The component: built for a wasm target, without paths of the machine that built it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::debian;
use crate::process::{self, Outcome};
use crate::sections;
use crate::toolchain::{Kind, Target, Toolchain};
use crate::wit;
use crate::workspace::Workspace;

const PACKAGE: &str = "salesforce-connector";
/// What the linker is told. Without the first, each call and each address takes five bytes, however
/// small it is: 30 KB in all; it needs symbols stripped, which `release` does. The second is a
/// quarter of the usual stack: nothing here goes deep, and each instance has less memory. Below
/// its stack there is none, so that a deeper one traps.
const LINK: [&str; 2] = [
    "-Clink-arg=--compress-relocations",
    "-Clink-arg=-zstack-size=262144",
];

/// Builds the component into the component folder, with a text file beside it that says what
/// built it: the line of `rustc -V`, then `pinned` or `not pinned`.
pub fn build(workspace: &Workspace, target: Target, toolchain: &Toolchain) -> Outcome {
    let mut fetch = cargo(workspace, toolchain, "fetch");
    process::run(fetch.args(["--target", target.triple()]))?;

    let names = names(workspace, toolchain)?;
    let mut build = cargo(workspace, toolchain, "build");
    build.args([
        "--release",
        "--lib",
        "-p",
        PACKAGE,
        "--target",
        target.triple(),
    ]);
    build.args(["--config", &rustflags(target, toolchain, &names)]);
    if toolchain.kind == Kind::Debian {
        let linker = debian::component_linker(&toolchain.host);
        build.args([
            "--config",
            &format!("target.{}.linker={}", target.triple(), toml(&linker)),
        ]);
    }
    process::run(&mut build)?;

    let built = workspace
        .target_dir
        .join(target.triple())
        .join("release")
        .join("salesforce_connector.wasm");
    let bytes = fs::read(&built).map_err(|e| format!("{}: {e}", built.display()))?;
    let mut bytes = sections::without_names(&bytes)?;
    let documentation = sections::documentation(&wit::text(workspace)?);
    bytes.extend(&documentation);

    let pinned = workspace.pinned_rust()?;
    let is_pinned = toolchain.is_pinned(&pinned);
    let component = component_path(workspace, target);
    write(&component, &bytes)?;
    let verdict = if is_pinned { "pinned" } else { "not pinned" };
    write(
        &toolchain_path(workspace, target),
        format!("{}\n{verdict}\n", toolchain.version).as_bytes(),
    )?;

    println!(
        "{}: {} bytes, {} of them documentation, by {}",
        component.display(),
        bytes.len(),
        documentation.len(),
        toolchain.version
    );
    if !is_pinned {
        println!(
            "The pinned toolchain is {pinned}: sizes, hashes and fuel compare with its components only."
        );
    }
    Ok(())
}

/// Removes what an earlier build left, so that no test takes it for the present one.
pub fn remove(workspace: &Workspace, target: Target) -> Outcome {
    for path in [
        component_path(workspace, target),
        toolchain_path(workspace, target),
    ] {
        if path.exists() {
            fs::remove_file(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    Ok(())
}

/// Where the component of a target is put.
pub fn component_path(workspace: &Workspace, target: Target) -> PathBuf {
    workspace
        .component_dir()
        .join(format!("{PACKAGE}{}.wasm", suffix(target)))
}

fn toolchain_path(workspace: &Workspace, target: Target) -> PathBuf {
    workspace
        .component_dir()
        .join(format!("toolchain{}.txt", suffix(target)))
}

fn suffix(target: Target) -> &'static str {
    match target {
        Target::Unknown => "",
        Target::Wasip2 => "-wasip2",
    }
}

fn cargo(workspace: &Workspace, toolchain: &Toolchain, subcommand: &str) -> Command {
    let mut cargo = match toolchain.kind {
        Kind::InUse => workspace.cargo(),
        Kind::Debian => debian::command(workspace, debian::CARGO),
    };
    // Either would replace the flags below, and the same sources shall give the same bytes.
    cargo
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo.arg(subcommand);
    if toolchain.kind == Kind::Debian {
        cargo.args(["-Z", "build-std=std,panic_abort"]);
    }
    cargo
}

/// The `--config` that sets rustc's flags. A configuration adds to the flags of the project's
/// own configuration, where the environment would replace them.
fn rustflags(target: Target, toolchain: &Toolchain, names: &[(String, String)]) -> String {
    let mut flags: Vec<_> = names
        .iter()
        .map(|(path, name)| toml(&format!("--remap-path-prefix={path}={name}")))
        .collect();
    flags.extend(LINK.map(toml));
    if toolchain.kind == Kind::Debian {
        flags.push(toml(&format!(
            "-Clink-arg=--wasm-ld-path={}",
            debian::WASM_LD
        )));
    }
    format!("target.{}.rustflags=[{}]", target.triple(), flags.join(","))
}

/// Folders of this machine, and what stands for them in the component. Where several match,
/// rustc takes the last, so the longest path is last.
fn names(workspace: &Workspace, toolchain: &Toolchain) -> Outcome<Vec<(String, String)>> {
    let mut names = vec![
        (workspace.root.clone(), "/src".to_owned()),
        (workspace.target_dir.clone(), "/target".to_owned()),
        // As the sources of a std are named that was not built here.
        (
            toolchain.sysroot.join("lib/rustlib/src/rust"),
            format!("/rustc/{}", toolchain.commit),
        ),
    ];
    if let Some(home) = cargo_home() {
        // Each registry has its own folder, whose name depends on where crates are loaded from.
        let registries = fs::read_dir(home.join("registry/src"))
            .into_iter()
            .flatten()
            .flatten();
        names.extend(registries.map(|registry| (registry.path(), "/crates".to_owned())));
        names.push((home, "/cargo".to_owned()));
    }
    let mut texts = Vec::new();
    for (path, name) in names {
        // Behind a link the compiler may see either path.
        if let Ok(real) = path.canonicalize()
            && real != path
        {
            texts.push((text(&real)?, name.clone()));
        }
        texts.push((text(&path)?, name));
    }
    texts.sort_by_key(|(path, _)| path.len());
    Ok(texts)
}

fn cargo_home() -> Option<PathBuf> {
    let set = std::env::var_os("CARGO_HOME")
        .filter(|home| !home.is_empty())
        .map(PathBuf::from);
    set.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
}

fn text(path: &Path) -> Outcome<String> {
    let text = path
        .to_str()
        .ok_or_else(|| format!("{} is not UTF-8", path.display()))?;
    Ok(text.to_owned())
}

fn toml(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

fn write(path: &Path, bytes: &[u8]) -> Outcome {
    let written = path
        .parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(path, bytes));
    written.map_err(|e| format!("{}: {e}", path.display()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn toolchain(kind: Kind) -> Toolchain {
        Toolchain {
            kind,
            version: "rustc 1.95.0 (abc 2026-04-14)".to_owned(),
            commit: "abc".to_owned(),
            host: "x86_64-unknown-linux-gnu".to_owned(),
            sysroot: PathBuf::from("/opt/rust"),
        }
    }

    #[test]
    fn flags_survive_the_configuration_syntax() {
        let names = [(r#"C:\a "b""#.to_owned(), "/src".to_owned())];
        assert_eq!(
            rustflags(Target::Unknown, &toolchain(Kind::InUse), &names),
            r#"target.wasm32-unknown-unknown.rustflags=["--remap-path-prefix=C:\\a \"b\"=/src","-Clink-arg=--compress-relocations","-Clink-arg=-zstack-size=262144"]"#
        );
    }

    #[test]
    fn debians_linker_is_named_for_debian_only() {
        let flags = |kind| rustflags(Target::Unknown, &toolchain(kind), &[]);
        assert!(flags(Kind::Debian).contains("--wasm-ld-path"));
        assert!(!flags(Kind::InUse).contains("--wasm-ld-path"));
    }

    #[test]
    fn the_innermost_folder_decides() {
        let workspace = Workspace::find().unwrap();
        let names = names(&workspace, &toolchain(Kind::InUse)).unwrap();
        assert!(names.is_sorted_by_key(|(path, _)| path.len()), "{names:?}");
        assert!(
            names.iter().any(
                |(path, name)| path == "/opt/rust/lib/rustlib/src/rust" && name == "/rustc/abc"
            )
        );
    }
}
