//! Compares the contract with a release of it: `contract WIT RELEASE`, where `WIT` is the folder
//! and `RELEASE` the file of the release. Whoever was built against the release must find what it
//! knows. The same version has the same functions and types; a later one may add to them.
//!
//! It is a program of its own, so that `cargo xtask` starts without compiling these libraries.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use wit_parser::{PackageId, Resolve, Stability, UnresolvedPackageGroup, WorldId};

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(wit), Some(release), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        eprintln!("usage: contract WIT RELEASE");
        return ExitCode::from(2);
    };
    match read(Path::new(&wit)).and_then(|new| compare(new, read(Path::new(&release))?)) {
        Ok(verdict) => {
            println!("{verdict}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            // One cause a line. A backtrace would lead into the libraries.
            for cause in error.chain() {
                eprintln!("{cause}");
            }
            ExitCode::FAILURE
        }
    }
}

/// A folder of WIT files, or one file.
fn read(path: &Path) -> Result<UnresolvedPackageGroup> {
    if path.is_dir() {
        return UnresolvedPackageGroup::parse_dir(path);
    }
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    UnresolvedPackageGroup::parse(path, &text)
}

/// Says how `new` relates to `old`. Fails where hosts and callers of `old` would not get along
/// with it.
fn compare(new: UnresolvedPackageGroup, old: UnresolvedPackageGroup) -> Result<String> {
    let (new_name, old_name) = (new.main.name.clone(), old.main.name.clone());
    let (Some(new_version), Some(old_version)) = (&new_name.version, &old_name.version) else {
        bail!("the contract has no version");
    };
    if new_version < old_version {
        bail!("{new_name} is older than its release {old_version}");
    }
    let mut resolve = Resolve::default();
    let old = world(&mut resolve, old)?;
    let mut later = new;
    // Two packages with the same version would be taken for one. The comparison ignores versions.
    let apart = u64::from(new_version == old_version);
    if let Some(version) = &mut later.main.name.version {
        version.patch += apart;
    }
    let new = world(&mut resolve, later)?;

    let later_track = match new_version.major {
        0 => (0, new_version.minor) > (old_version.major, old_version.minor),
        major => major > old_version.major,
    };
    if later_track {
        return Ok(format!(
            "{new_name} may break what {old_version} promised: not compared."
        ));
    }
    // The library asks whether a component of its first world serves where its second is wanted:
    // more exports and fewer imports are fine.
    wit_component::semver_check(resolve.clone(), new, old)
        .with_context(|| format!("whoever uses {old_version} could not use this any more"))?;
    if new_version == old_version {
        wit_component::semver_check(resolve, old, new).with_context(|| {
            format!(
                "{old_version} is released and stays as it is: what is added needs a new version"
            )
        })?;
        return Ok(format!("{new_name} is as it was released."));
    }
    said_since(&resolve, new, old)?;
    Ok(format!("{new_name} has all that {old_version} has."))
}

fn world(resolve: &mut Resolve, package: UnresolvedPackageGroup) -> Result<WorldId> {
    let package = resolve.push_group(package)?;
    resolve.select_world(&[package], None)
}

/// Whether each added function says a version that the release did not have.
fn said_since(resolve: &Resolve, new: WorldId, old: WorldId) -> Result<()> {
    let package = |world: WorldId| -> Option<PackageId> { resolve.worlds.get(world)?.package };
    let (Some(new), Some(old)) = (package(new), package(old)) else {
        bail!("a world without a package");
    };
    let (Some(new), Some(old)) = (resolve.packages.get(new), resolve.packages.get(old)) else {
        bail!("a package that is not there");
    };
    for (name, interface) in &new.interfaces {
        let known = old
            .interfaces
            .get(name)
            .and_then(|id| resolve.interfaces.get(*id));
        let Some(interface) = resolve.interfaces.get(*interface) else {
            continue;
        };
        for (function, declared) in &interface.functions {
            if known.is_some_and(|known| known.functions.contains_key(function)) {
                continue;
            }
            let since = match &declared.stability {
                Stability::Stable { since, .. } => Some(since),
                _ => None,
            };
            if since <= old.name.version.as_ref() {
                bail!("{name}.{function} is new and needs an `@since` of this version");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
