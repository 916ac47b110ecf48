//! The settings, as the component itself knows them and as the README describes them.

use anyhow::{Result, bail, ensure};

/// The component's own file.
#[path = "../../src/session/settings/names.rs"]
mod names;

/// Those whose value is a host or an address with one: requests go there.
pub const HOSTS: [&str; 4] = [
    names::DOMAIN,
    names::INSTANCE_URL,
    names::SOAP_URL_LOGIN,
    names::URL_LOGIN,
];

/// The one whose value lists hosts that a login may lead to.
pub const ALLOWED_HOSTS: &str = names::ALLOWED_HOSTS;

/// A setting.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// The name of the variable.
    pub name: &'static str,
    /// Whether the value must never show.
    pub secret: bool,
    /// What it is, as Markdown.
    pub description: String,
    /// What counts where it is absent, as Markdown.
    pub default: Option<String>,
}

/// Every setting that the component knows, with the row of the README's table. Fails where one
/// of them has what the other lacks.
pub fn described(readme: &str) -> Result<Vec<Setting>> {
    let rows: Vec<_> = readme.lines().filter_map(row).collect();
    let secrets = names::SECRETS.map(|name| (name, true));
    let plain = names::PLAIN.map(|name| (name, false));
    let known: Vec<_> = secrets.into_iter().chain(plain).collect();
    let mut settings = Vec::new();
    for [name, description, default] in rows {
        let Some((name, secret)) = known.iter().find(|(known, _)| *known == name) else {
            bail!("the README describes {name}, which is no setting");
        };
        settings.push(Setting {
            name,
            secret: *secret,
            description: description.to_owned(),
            default: (!default.is_empty()).then(|| default.to_owned()),
        });
    }
    for (name, _) in known {
        let described = settings.iter().filter(|setting| setting.name == name);
        ensure!(
            described.count() == 1,
            "the README has not one row for {name}"
        );
    }
    Ok(settings)
}

/// A row of the table: the name, what it is, its default.
fn row(line: &str) -> Option<[&str; 3]> {
    let row = line.strip_prefix("| `SALESFORCE_")?.strip_suffix('|')?;
    let mut cells = row.split(" | ").map(str::trim);
    let row = [cells.next()?, cells.next()?, cells.next()?];
    let name = line.get(3..line.get(3..)?.find('`')? + 3)?;
    cells.next().is_none().then_some([name, row[1], row[2]])
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = include_str!("../../README.md");

    #[test]
    fn the_readme_describes_every_setting_and_no_other() {
        let settings = described(README).unwrap();
        assert_eq!(settings.len(), names::SECRETS.len() + names::PLAIN.len());
        let token = settings
            .iter()
            .find(|s| s.name == names::ACCESS_TOKEN)
            .unwrap();
        assert!(token.secret);
        let version = settings.iter().find(|s| s.name == names::VERSION).unwrap();
        assert!(!version.secret);
        assert_eq!(version.default.as_deref(), Some("`66.0`"));
    }

    #[test]
    fn a_row_too_few_or_too_many_is_told() {
        let domain = |line: &&str| line.starts_with("| `SALESFORCE_DOMAIN` | ");
        let without: Vec<_> = README.lines().filter(|line| !domain(line)).collect();
        let without = without.join("\n");
        let said = described(&without).unwrap_err().to_string();
        assert!(said.contains("SALESFORCE_DOMAIN"), "{said}");
        let more = format!("{README}| `SALESFORCE_COLOR` | the color | `red` |\n");
        let said = described(&more).unwrap_err().to_string();
        assert!(
            said.contains("SALESFORCE_COLOR, which is no setting"),
            "{said}"
        );
    }

    #[test]
    fn what_the_readme_calls_secret_is() {
        let line = README
            .lines()
            .find(|line| line.starts_with("| secrets | "))
            .unwrap();
        let said: Vec<_> = line
            .split('`')
            .filter(|s| s.starts_with("SALESFORCE_"))
            .collect();
        assert_eq!(said, names::SECRETS);
    }
}
