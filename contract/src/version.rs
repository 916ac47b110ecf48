//! Versions, and what they promise each other.

use semver::Version;

/// Whether a version may break what an older one promised: until 1.0.0 by its second number,
/// from then on by its first.
pub fn is_later_track(new: &Version, old: &Version) -> bool {
    match new.major {
        0 => (0, new.minor) > (old.major, old.minor),
        major => major > old.major,
    }
}

/// The version of a release, which is a final one.
pub fn of_release(text: &str) -> Option<Version> {
    let version = Version::parse(text).ok()?;
    (version.pre.is_empty() && version.build.is_empty()).then_some(version)
}
