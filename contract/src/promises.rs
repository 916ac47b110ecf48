//! What is promised beside the WIT: the actions and the settings.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{Break, catalog, settings};

/// The promises of a component with this catalog.
pub fn of(catalog: &Value) -> Result<Value> {
    Ok(json!({
        "actions": catalog::promises(catalog)?,
        "settings": settings::promises(),
    }))
}

/// What of the `new` promises breaks those who know the `old` ones.
pub fn breaks(old: &Value, new: &Value) -> Vec<Break> {
    let (actions, _) = catalog::compare(&part(old, "actions"), &part(new, "actions"));
    let actions = actions.iter().map(|found| Break {
        names: found.names().into_iter().map(str::to_owned).collect(),
        said: found.to_string(),
    });
    let settings = settings::compare(&part(old, "settings"), &part(new, "settings"));
    let settings = settings.into_iter().map(|(name, what)| Break {
        said: format!("{name}: {what}"),
        names: vec![name],
    });
    actions.chain(settings).collect()
}

/// The names of actions that are new.
pub fn added(old: &Value, new: &Value) -> Vec<String> {
    let (_, added) = catalog::compare(&part(old, "actions"), &part(new, "actions"));
    added
}

fn part(promises: &Value, name: &str) -> Value {
    promises.get(name).cloned().unwrap_or_default()
}
