//! What the changelog says about a version.

use anyhow::{Context, Result, ensure};

/// The section of the version, or else of what is not released yet, without its heading.
pub fn section(changelog: &str, version: &str) -> Result<String> {
    let of = |name: &str| {
        let heading = format!("## [{name}]");
        let mut lines = changelog
            .lines()
            .skip_while(|line| !line.starts_with(&heading));
        lines.next()?;
        let section: Vec<_> = lines.take_while(|line| !line.starts_with("## ")).collect();
        Some(section.join("\n").trim().to_owned())
    };
    let section = of(version).or_else(|| of("Unreleased"));
    let section =
        section.with_context(|| format!("CHANGELOG.md has neither {version} nor Unreleased"))?;
    ensure!(
        !section.is_empty(),
        "CHANGELOG.md says nothing about {version}"
    );
    Ok(format!("# salesforce-connector {version}\n\n{section}\n"))
}

/// Whether there is a section for the version.
pub fn has(changelog: &str, version: &str) -> bool {
    let heading = format!("## [{version}]");
    changelog.lines().any(|line| line.starts_with(&heading))
}

#[cfg(test)]
mod tests {
    use super::section;

    #[test]
    fn the_version_goes_before_what_is_unreleased() {
        let log =
            "# Changelog\n\n## [Unreleased]\n\nnew\n\n## [0.1.0] - 2026-01-01\n\n### Added\n- a\n";
        assert_eq!(
            section(log, "0.1.0").unwrap(),
            "# salesforce-connector 0.1.0\n\n### Added\n- a\n"
        );
        assert!(section(log, "0.2.0").unwrap().ends_with("\n\nnew\n"));
        assert!(section("# Changelog\n", "0.1.0").is_err());
        assert!(section("## [0.1.0]\n\n## [0.0.1]\n- x\n", "0.1.0").is_err());
    }
}
