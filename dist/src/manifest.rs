//! The manifest: what a platform wants to know before it loads the component.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::component::Shape;
use crate::crates::Crate;
use crate::origin::Origin;
use crate::settings::{self, Setting};
use crate::{NAME, sha256};

/// The component's own file.
#[path = "../../src/salesforce/domains.rs"]
pub mod domains;

/// What the tests hold the component to.
#[path = "../../tests/it/budgets.rs"]
mod budgets;

/// What the manifest is made from.
pub struct Facts<'a> {
    /// Where the sources come from.
    pub origin: &'a Origin,
    /// The component's own crate.
    pub root: &'a Crate,
    /// What compiled it.
    pub rustc: &'a str,
    /// Its imports and exports.
    pub shape: &'a Shape,
    /// How many of its bytes are documentation.
    pub documentation: usize,
    /// The component itself.
    pub shipped: &'a [u8],
    /// Its catalog.
    pub catalog: &'a Value,
    /// Its settings.
    pub settings: &'a [Setting],
}

/// The manifest.
pub fn manifest(facts: &Facts) -> Result<Value> {
    let bytes = facts.shipped.len();
    Ok(json!({
        "name": NAME,
        "version": facts.root.version,
        "description": facts.root.description,
        "license": facts.root.license,
        "source": facts.origin.source,
        "revision": facts.origin.revision,
        "rustc": facts.rustc,
        "wit": facts.shape.package,
        "component": {
            "file": format!("{NAME}.wasm"),
            "sha256": sha256(facts.shipped),
            "bytes": bytes,
            "documentation-bytes": facts.documentation,
            "budget-bytes": budgets::COMPONENT,
            "documentation-budget-bytes": budgets::DOCUMENTATION,
        },
        "imports": facts.shape.imports,
        "exports": facts.shape.exports,
        "hosts": {
            "scheme": "https; http to loopback alone",
            "redirects": "not followed",
            "rules": hosts(),
        },
        "settings": facts.settings.iter().map(setting).collect::<Vec<_>>(),
        "actions": actions(facts.catalog)?,
    }))
}

/// What a fence around the component has to let through, and when: patterns of hosts, where
/// `${NAME}` is the host that a setting names.
fn hosts() -> Vec<Value> {
    let rule =
        |host: String, port: &str, when: &str| json!({"host": host, "port": port, "when": when});
    let mut rules = Vec::new();
    for name in settings::HOSTS {
        let when = "the setting is given";
        rules.push(rule(
            format!("${{{name}}}"),
            "443, or the one that it names",
            when,
        ));
    }
    for host in domains::LOGIN_ONLY {
        rules.push(rule(
            host.to_owned(),
            "443",
            "no setting names a host, and a login is made",
        ));
    }
    let when = "a login answers that the org is there, or a setting names a page of the org";
    for domain in domains::DOMAINS {
        rules.push(rule(domain.to_owned(), "443", when));
        rules.push(rule(format!("*.{domain}"), "443", when));
    }
    let allowed = format!("${{{}}}", settings::ALLOWED_HOSTS);
    let when = "a login answers that the org is there; the setting is a list, and a name in it \
                that begins with `*.` stands for all below";
    rules.push(rule(allowed, "any", when));
    let when = "a login was made on this machine, and answers that the org is there";
    rules.push(rule("loopback".to_owned(), "any", when));
    rules
}

fn setting(setting: &Setting) -> Value {
    json!({
        "name": setting.name,
        "secret": setting.secret,
        "description": setting.description,
        "default": setting.default,
    })
}

/// What of each action is short; `actions.json` has the schemas, too.
fn actions(catalog: &Value) -> Result<Vec<Value>> {
    let catalog = catalog.as_array().context("the catalog is no list")?;
    let short = |action: &Value| {
        let member = |name: &str| {
            let member = action.get(name).filter(|member| !member.is_null());
            member
                .cloned()
                .with_context(|| format!("an action has no {name}"))
        };
        let requests = action.pointer("/more/requests").cloned();
        Ok(json!({
            "name": member("name")?,
            "title": member("title")?,
            "effect": member("effect")?,
            "repeatable": member("repeatable")?,
            "requests": requests.context("an action does not say its requests")?,
        }))
    };
    catalog.iter().map(short).collect()
}
