//! The settings, compared with earlier ones.

use serde_json::{Value, json};

/// The component's own file.
#[path = "../../src/session/settings/names.rs"]
mod names;

/// What is promised of the settings: their names, and which are secret.
pub fn promises() -> Value {
    let secret = names::SECRETS.map(|name| (name, true));
    let plain = names::PLAIN.map(|name| (name, false));
    let mut settings: Vec<_> = secret.into_iter().chain(plain).collect();
    settings.sort_unstable();
    let promise = |(name, secret): (&str, bool)| json!({"name": name, "secret": secret});
    settings.into_iter().map(promise).collect()
}

/// What of the `new` settings breaks connections that have the `old` ones: a name, and what is with
/// it.
pub fn compare(old: &Value, new: &Value) -> Vec<(String, &'static str)> {
    let of = |settings: &Value| -> Vec<(String, bool)> {
        let list = settings.as_array().cloned().unwrap_or_default();
        let said = |setting: Value| {
            let name = setting.get("name")?.as_str()?.to_owned();
            Some((name, setting.get("secret")? == true))
        };
        list.into_iter().filter_map(said).collect()
    };
    let new = of(new);
    let mut breaks = Vec::new();
    for (name, secret) in of(old) {
        match new.iter().find(|(known, _)| *known == name) {
            None => breaks.push((name, "is no setting any more")),
            Some((_, still)) if secret && !still => {
                breaks.push((name, "is not kept secret any more"));
            }
            Some(_) => {}
        }
    }
    breaks
}
