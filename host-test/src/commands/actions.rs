//! `actions`: what the connector can do.

use super::{Common, Outcome, print, text};
use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};
use host_test::wit::Action;
use host_test::{NO_SETTINGS, export};
use serde_json::Value;
use std::process::ExitCode;

/// Lists all actions. Required parameters are marked with a star.
#[derive(Debug, clap::Args)]
pub struct Actions {
    /// In which form.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// The forms of the catalog.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// For a person
    Table,
    /// The whole catalog, with the schemas
    Json,
    /// Tools of the Model Context Protocol
    Mcp,
    /// An OpenAPI 3.1 document
    Openapi,
    /// Element templates for Camunda 8
    Camunda,
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
        let document = match self.format {
            Format::Table => {
                print(&table(&actions).trim_fmt())?;
                return Ok(ExitCode::SUCCESS);
            }
            Format::Json => export::catalog(&actions),
            Format::Mcp => export::mcp::tools(&actions),
            Format::Openapi => export::openapi::document(&actions),
            Format::Camunda => export::camunda::templates(&actions),
        };
        let document = serde_json::to_string_pretty(&document);
        print(&document.map_err(|error| error.to_string())?)?;
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
            export::effect(action.effect),
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

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_default()
}
