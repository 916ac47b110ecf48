//! The catalog of actions, compared with an earlier one.

use std::fmt::{self, Display, Formatter};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::schema::{self, Side};

/// What an action may do, from the weakest to the strongest.
const EFFECTS: [&str; 3] = ["read", "write", "delete"];

/// A difference that breaks those who call an action.
#[derive(Debug, PartialEq, Eq)]
pub struct Break {
    /// The action.
    pub action: String,
    /// Where: `input` or `output`, and names of properties. Empty for the action itself.
    pub place: Vec<String>,
    /// What is there.
    pub what: String,
}

impl Display for Break {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.action)?;
        if !self.place.is_empty() {
            write!(f, " {}", self.place.join("."))?;
        }
        write!(f, ": {}", self.what)
    }
}

impl Break {
    /// The names that a note about it has: the action, and the property where it is one.
    pub fn names(&self) -> Vec<&str> {
        let property = self.place.iter().skip(1).rev();
        let mut property = property.filter(|name| !matches!(name.as_str(), "*" | "[]"));
        let property = property.next().map(String::as_str);
        std::iter::once(self.action.as_str())
            .chain(property)
            .collect()
    }
}

/// What a catalog promises: actions by name, without what is for people alone.
pub fn promises(catalog: &Value) -> Result<Value> {
    let actions = catalog.as_array().context("the catalog is no list")?;
    let mut promises = Vec::new();
    for action in actions {
        let member = |name: &str| {
            let member = action.get(name).filter(|member| !member.is_null());
            member.with_context(|| format!("an action has no {name}: {action}"))
        };
        promises.push(json!({
            "effect": member("effect")?,
            "input-schema": schema::bare(member("input-schema")?),
            "name": member("name")?,
            "output-schema": schema::bare(member("output-schema")?),
            "repeatable": member("repeatable")?,
        }));
    }
    promises.sort_by_key(name);
    Ok(Value::Array(promises))
}

fn name(action: &Value) -> String {
    let name = action.get("name").and_then(Value::as_str);
    name.unwrap_or_default().to_owned()
}

/// What of the `new` catalog breaks those who know the `old` one, and what is added. Both are
/// promises.
pub fn compare(old: &Value, new: &Value) -> (Vec<Break>, Vec<String>) {
    let list = |catalog: &Value| catalog.as_array().cloned().unwrap_or_default();
    let (old, new) = (list(old), list(new));
    let mut breaks = Vec::new();
    for before in &old {
        match new.iter().find(|after| name(after) == name(before)) {
            Some(after) => compare_action(before, after, &mut breaks),
            None => breaks.push(Break {
                action: name(before),
                place: Vec::new(),
                what: "is gone".to_owned(),
            }),
        }
    }
    let is_new = |action: &&Value| !old.iter().any(|before| name(before) == name(action));
    (breaks, new.iter().filter(is_new).map(name).collect())
}

fn compare_action(old: &Value, new: &Value, breaks: &mut Vec<Break>) {
    let of = |action: &Value, member: &str| action.get(member).cloned().unwrap_or_default();
    let mut say = |place: Vec<String>, what: String| {
        breaks.push(Break {
            action: name(old),
            place,
            what,
        });
    };
    let (before, after) = (of(old, "effect"), of(new, "effect"));
    // An effect that is not known is stronger than all others.
    let strength = |effect: &Value| EFFECTS.iter().position(|known| *effect == *known);
    let strength = |effect: &Value| strength(effect).unwrap_or(EFFECTS.len());
    if strength(&after) > strength(&before) {
        say(Vec::new(), format!("effect was {before}, is {after}"));
    }
    if of(old, "repeatable") == true && of(new, "repeatable") != true {
        say(Vec::new(), "may not be repeated any more".to_owned());
    }
    for (side, top, member) in [
        (Side::Input, "input", "input-schema"),
        (Side::Output, "output", "output-schema"),
    ] {
        for schema::Break { mut place, what } in
            schema::breaks(side, &of(old, member), &of(new, member))
        {
            place.insert(0, top.to_owned());
            say(place, what);
        }
    }
}
