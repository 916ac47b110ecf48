//! What the changelog says is broken.

use crate::Break;

/// The breaks that the changelog does not have: each needs an item under `### Breaking` of
/// `[Unreleased]` with all of its names in backticks.
pub fn missing(changelog: &str, breaks: &[Break]) -> Vec<Break> {
    let items = items(changelog);
    let is_noted = |found: &&Break| {
        let mut items = items.iter();
        items.any(|item| {
            let mut names = found.names.iter();
            names.all(|name| item.contains(&format!("`{name}`")))
        })
    };
    let unnoted = breaks.iter().filter(|found| !is_noted(found));
    unnoted.cloned().collect()
}

fn items(changelog: &str) -> Vec<String> {
    let lines = changelog
        .lines()
        .skip_while(|line| !line.starts_with("## [Unreleased]"))
        .skip(1)
        .take_while(|line| !line.starts_with("## "))
        .skip_while(|line| *line != "### Breaking")
        .skip(1)
        .take_while(|line| !line.starts_with('#'));
    let section = lines.collect::<Vec<_>>().join("\n");
    format!("\n{section}")
        .split("\n- ")
        .skip(1)
        .map(str::to_owned)
        .collect()
}
