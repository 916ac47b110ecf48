//! The same commit gives the same bytes, whoever builds it and wherever.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::component;
use crate::dist::{self, Release};
use crate::process::{self, Outcome};
use crate::toolchain::{self, Kind, Target};
use crate::workspace::Workspace;

/// Makes the release from two clones and compares all files of both; with `quick` from one clone
/// and from the workspace itself, whose component the tests need as well. Nothing is downloaded:
/// each clone has a `CARGO_HOME` of its own, with a copy of what the present one has.
pub fn reproduce(workspace: &Workspace, quick: bool) -> Outcome {
    let toolchain = toolchain::in_use(workspace, Target::Unknown)?;
    if toolchain.kind != Kind::InUse {
        return Err("Debian's toolchain compiles std from sources that no lock file names".into());
    }
    if quick && let Err(reason) = is_committed(workspace) {
        println!("SKIPPED: whether a second build gives the same release: {reason}");
        return Ok(());
    }
    let triple = Target::Unknown.triple();
    process::run(
        workspace
            .cargo()
            .args(["fetch", "--locked", "--target", triple]),
    )?;
    let home = component::cargo_home().ok_or("there is no CARGO_HOME to copy crates from")?;

    let dir = workspace.target_dir.join("reproduce");
    remove(&dir)?;
    // Of different lengths, so that a path which comes through changes the size, too.
    let clone = |name: &str| Copy::make(workspace, &home, &dir.join(name));
    let copies = [
        if quick {
            Copy::own(workspace, &home, &dir.join("own"))
        } else {
            clone("a")?
        },
        clone("another/of-the-same/sources")?,
    ];
    let [first, second] = &copies;
    for copy in &copies {
        copy.build()?;
    }
    let shipped = read(&first.component)?;
    if shipped != read(&second.component)? {
        return Err(differ(&first.component, &second.component));
    }

    let mut private = vec![workspace.root.clone(), workspace.target_dir.clone(), home];
    private.extend([toolchain.sysroot.clone(), std::env::temp_dir()]);
    private.extend(std::env::home_dir());
    for copy in &copies {
        private.extend([copy.clone.clone(), copy.home.clone(), copy.target.clone()]);
    }
    no_path_in(&shipped, &private)?;

    let catalog = dist::catalog(workspace, &first.component)?;
    for copy in &copies {
        let release = Release {
            root: &copy.clone,
            component: &copy.component,
            catalog: &catalog,
            out: &copy.release,
        };
        let mut assemble = release.assemble(workspace, &toolchain);
        // The program is the workspace's; what it asks cargo is about the copy.
        process::run(assemble.env("CARGO_NET_OFFLINE", "true"))?;
    }
    let sums = same_files(&first.release, &second.release)?;
    println!("\nBoth builds give the same release:\n{sums}");
    remove(&dir)
}

/// Whether the workspace has the sources that a clone of it would have, or why not.
fn is_committed(workspace: &Workspace) -> Result<(), String> {
    let mut status = workspace.command("git");
    status.args(["status", "--porcelain", "--untracked-files=normal"]);
    match process::capture(&mut status) {
        Ok(changed) if changed.is_empty() => Ok(()),
        Ok(changed) => Err(format!("not everything is committed:\n{changed}")),
        Err(_) => Err("the sources are no clone".to_owned()),
    }
}

/// A copy of the sources, and the folders that its build uses.
struct Copy {
    clone: PathBuf,
    home: PathBuf,
    target: PathBuf,
    component: PathBuf,
    release: PathBuf,
}

impl Copy {
    /// The workspace itself, whose sources must all be committed.
    fn own(workspace: &Workspace, cargo_home: &Path, dir: &Path) -> Self {
        Self {
            clone: workspace.root.clone(),
            home: cargo_home.to_owned(),
            target: workspace.target_dir.clone(),
            component: component::component_path(workspace, Target::Unknown),
            release: dir.join("release"),
        }
    }

    /// A clone.
    fn make(workspace: &Workspace, cargo_home: &Path, dir: &Path) -> Outcome<Self> {
        let copy = Self {
            clone: dir.join("clone"),
            home: dir.join("home"),
            target: dir.join("target"),
            component: dir.join("target/component/salesforce-connector.wasm"),
            release: dir.join("release"),
        };
        fs::create_dir_all(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
        let git = || workspace.command("git");
        let mut clone = git();
        clone.args(["clone", "--quiet"]);
        process::run(clone.arg(&workspace.root).arg(&copy.clone))?;
        // A clone names as its origin where it was cloned from; the release names the sources'.
        let origin = process::capture(git().args(["remote", "get-url", "origin"]));
        let mut remote = git();
        remote.arg("-C").arg(&copy.clone).arg("remote");
        match &origin {
            Ok(url) => remote.args(["set-url", "origin", url.trim()]),
            Err(_) => remote.args(["remove", "origin"]),
        };
        process::capture(&mut remote)?;
        // Not what cargo unpacked, and no credentials.
        for part in ["registry/index", "registry/cache", "config.toml"] {
            let from = cargo_home.join(part);
            if from.exists() {
                copy_all(&from, &copy.home.join(part))
                    .map_err(|e| format!("{}: {e}", from.display()))?;
            }
        }
        Ok(copy)
    }

    /// Builds as anybody would, with the xtask that runs.
    fn build(&self) -> Outcome {
        let xtask = std::env::current_exe().map_err(|e| format!("xtask is nowhere: {e}"))?;
        let mut build: Command = process::command(xtask);
        build
            .arg("component")
            .current_dir(&self.clone)
            .env("CARGO_HOME", &self.home)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_NET_OFFLINE", "true");
        process::run(&mut build)
    }
}

fn copy_all(from: &Path, to: &Path) -> std::io::Result<()> {
    if !from.is_dir() {
        to.parent().map_or(Ok(()), fs::create_dir_all)?;
        return fs::copy(from, to).map(drop);
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy_all(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

/// Fails where one of the folders is named in the component.
fn no_path_in(component: &[u8], folders: &[PathBuf]) -> Outcome {
    for folder in folders {
        let name = folder.as_os_str().as_encoded_bytes();
        // `/` alone and the like are no path of this machine.
        if name.len() > 3 && component.windows(name.len()).any(|part| part == name) {
            return Err(format!("the component names {}", folder.display()).into());
        }
    }
    Ok(())
}

/// The checksums of two releases, each of whose files is in the other.
fn same_files(first: &Path, second: &Path) -> Outcome<String> {
    let names = |dir: &Path| -> Outcome<Vec<_>> {
        let files = fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
        let mut names: Vec<_> = files.flatten().map(|file| file.file_name()).collect();
        names.sort();
        Ok(names)
    };
    let files = names(first)?;
    if files != names(second)? {
        return Err(differ(first, second));
    }
    for file in files {
        let (first, second) = (first.join(&file), second.join(&file));
        if read(&first)? != read(&second)? {
            return Err(differ(&first, &second));
        }
    }
    let sums = read(&first.join("SHA256SUMS"))?;
    String::from_utf8(sums).map_err(|_| "SHA256SUMS is not UTF-8".into())
}

fn differ(first: &Path, second: &Path) -> process::Failure {
    format!("{} and {} differ", first.display(), second.display()).into()
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|e| format!("{}: {e}", path.display()).into())
}

fn remove(dir: &Path) -> Outcome {
    if dir.exists() {
        fs::remove_dir_all(dir).map_err(|e| format!("{}: {e}", dir.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_the_component_is_found() {
        let folders = ["/", "/home/builder", "/home/builder/.cargo"].map(PathBuf::from);
        assert!(no_path_in(b"\0asm /crates/serde/src/lib.rs", &folders).is_ok());
        let said = no_path_in(b"\0asm /home/builder/x.rs", &folders).unwrap_err();
        assert_eq!(said.message, "the component names /home/builder");
    }

    #[test]
    fn any_difference_between_releases_is_told() {
        let dir = std::env::temp_dir().join(format!("xtask-reproduce-{}", std::process::id()));
        let (a, b) = (dir.join("a"), dir.join("b"));
        for release in [&a, &b] {
            fs::create_dir_all(release).unwrap();
            fs::write(release.join("SHA256SUMS"), "sums").unwrap();
            fs::write(release.join("sbom"), "1").unwrap();
        }
        let same = same_files(&a, &b);
        fs::write(b.join("sbom"), "2").unwrap();
        let other = same_files(&a, &b);
        fs::remove_file(b.join("sbom")).unwrap();
        let fewer = same_files(&a, &b);
        fs::remove_dir_all(&dir).unwrap();
        assert_eq!(same.unwrap(), "sums");
        assert!(other.unwrap_err().message.contains("sbom"));
        assert!(fewer.is_err());
    }

    #[test]
    fn folders_are_copied_whole() {
        let dir = std::env::temp_dir().join(format!("xtask-copy-{}", std::process::id()));
        fs::create_dir_all(dir.join("from/deep")).unwrap();
        fs::write(dir.join("from/deep/file"), "x").unwrap();
        let copied = copy_all(&dir.join("from"), &dir.join("to"));
        let read = fs::read_to_string(dir.join("to/deep/file"));
        fs::remove_dir_all(&dir).unwrap();
        copied.unwrap();
        assert_eq!(read.unwrap(), "x");
    }
}
