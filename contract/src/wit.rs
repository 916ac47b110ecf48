//! The WIT, compared with an earlier one.

use std::path::Path;

use anyhow::{Context, Result, bail};
use wit_parser::{PackageId, Resolve, Stability, UnresolvedPackageGroup, WorldId};

use crate::version::is_later_track;

/// Reads a file of WIT.
pub fn read(path: &Path) -> Result<UnresolvedPackageGroup> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    UnresolvedPackageGroup::parse(path, &text)
}

/// Two packages, read into one place where they can be compared.
struct Pair {
    resolve: Resolve,
    new: WorldId,
    old: WorldId,
}

impl Pair {
    fn of(new: UnresolvedPackageGroup, old: UnresolvedPackageGroup) -> Result<Self> {
        let mut resolve = Resolve::default();
        // Two packages with the same version would be taken for one. The comparison ignores
        // versions.
        let apart = u64::from(new.main.name.version == old.main.name.version);
        let old = world(&mut resolve, old)?;
        let mut later = new;
        if let Some(version) = &mut later.main.name.version {
            version.patch += apart;
        }
        let new = world(&mut resolve, later)?;
        Ok(Self { resolve, new, old })
    }

    /// The library asks whether a component of its first world serves where its second is wanted:
    /// more exports and fewer imports are fine.
    fn serves(&self, first: WorldId, second: WorldId) -> Result<()> {
        wit_component::semver_check(self.resolve.clone(), first, second)
    }
}

/// Fails where whoever was built against `old` would not get along with `new`, whatever their
/// versions say.
pub fn keeps(new: UnresolvedPackageGroup, old: UnresolvedPackageGroup) -> Result<()> {
    let pair = Pair::of(new, old)?;
    pair.serves(pair.new, pair.old)
}

/// Says how `new` relates to the release `old`. Fails where hosts and callers of `old` would not
/// get along with it, as its version promises. The same version has the same functions and types;
/// a later one may add to them.
pub fn compare(new: UnresolvedPackageGroup, old: UnresolvedPackageGroup) -> Result<String> {
    let (new_name, old_name) = (new.main.name.clone(), old.main.name.clone());
    let (Some(new_version), Some(old_version)) = (&new_name.version, &old_name.version) else {
        bail!("the contract has no version");
    };
    if new_version < old_version {
        bail!("{new_name} is older than its release {old_version}");
    }
    if is_later_track(new_version, old_version) {
        return Ok(format!(
            "{new_name} may break what {old_version} promised: not compared with it."
        ));
    }
    let pair = Pair::of(new, old)?;
    pair.serves(pair.new, pair.old)
        .with_context(|| format!("whoever uses {old_version} could not use this any more"))?;
    if new_version == old_version {
        pair.serves(pair.old, pair.new).with_context(|| {
            format!(
                "{old_version} is released and stays as it is: what is added needs a new version"
            )
        })?;
        return Ok(format!("{new_name} is as it was released."));
    }
    said_since(&pair)?;
    Ok(format!("{new_name} has all that {old_version} has."))
}

fn world(resolve: &mut Resolve, package: UnresolvedPackageGroup) -> Result<WorldId> {
    let package = resolve.push_group(package)?;
    resolve.select_world(&[package], None)
}

/// Whether each added function says a version that the release did not have.
fn said_since(Pair { resolve, new, old }: &Pair) -> Result<()> {
    let package = |world: &WorldId| -> Option<PackageId> { resolve.worlds.get(*world)?.package };
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
