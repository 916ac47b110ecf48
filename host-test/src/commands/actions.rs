//! `actions`: what the connector can do.

use super::{Common, Outcome, print, text};
use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use host_test::NO_SETTINGS;
use host_test::wit::{Action, Effect};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Lists all actions. Required parameters are marked with a star.
#[derive(Debug, clap::Args)]
pub struct Actions {
    /// Prints the whole catalog as JSON, with the schemas.
    #[arg(long)]
    json: bool,
}

impl Actions {
    /// Runs the command.
    pub async fn run(&self, common: &Common) -> Outcome {
        let host = common.host(false)?;
        let mut instance = host.instance(NO_SETTINGS).await.map_err(text)?;
        let actions = match instance.catalog().await.map_err(text)? {
            Ok(actions) => actions,
            Err(failure) => return Err(failure.to_string()),
        };
        if self.json {
            let catalog: Vec<Value> = actions.iter().map(whole).collect();
            let catalog = serde_json::to_string_pretty(&catalog);
            print(&catalog.map_err(|error| error.to_string())?)?;
        } else {
            print(&table(&actions).trim_fmt())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn table(actions: &[Action]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header([
            "action",
            "title",
            "effect",
            "repeatable",
            "requests",
            "parameters",
        ]);
    for action in actions {
        let requests = parsed(&action.more);
        let requests = requests.get("requests").and_then(Value::as_str);
        table.add_row([
            action.name.as_str(),
            action.title.as_str(),
            effect(action.effect),
            if action.repeatable { "yes" } else { "no" },
            requests.unwrap_or_default(),
            &parameters(&parsed(&action.input_schema)),
        ]);
    }
    table
}

/// The names of the parameters, required ones with a star.
fn parameters(schema: &Value) -> String {
    let required = schema.get("required").and_then(Value::as_array);
    let is_required = |name: &str| {
        required.is_some_and(|required| required.iter().any(|entry| entry.as_str() == Some(name)))
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    let names = properties
        .into_iter()
        .flat_map(|properties| properties.keys());
    let marked = names.map(|name| {
        let star = if is_required(name) { "*" } else { "" };
        format!("{name}{star}")
    });
    marked.collect::<Vec<_>>().join(", ")
}

/// An action as JSON, under the names of the WIT.
fn whole(action: &Action) -> Value {
    json!({
        "name": action.name,
        "title": action.title,
        "summary": action.summary,
        "input-schema": parsed(&action.input_schema),
        "output-schema": parsed(&action.output_schema),
        "effect": effect(action.effect),
        "repeatable": action.repeatable,
        "more": parsed(&action.more),
    })
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Read => "read",
        Effect::Write => "write",
        Effect::Delete => "delete",
    }
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}
