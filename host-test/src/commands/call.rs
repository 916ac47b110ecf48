//! `call`: one action against a real org.

use super::{Common, Outcome, print, text};
use host_test::Exchange;
use host_test::wit::{Applied, Detail, Failure};
use serde_json::Value;
use std::io::Read;
use std::process::ExitCode;

/// Runs one action with the settings of the environment, which are all variables whose names
/// start with SALESFORCE_.
///
/// Prints the output and ends with 0. A failure is printed on standard error, and ends with 1
/// where the call should not simply be repeated, or with 3 where repeating it is safe and may
/// succeed.
#[derive(Debug, clap::Args)]
pub struct Call {
    /// The action, such as CREATE; `actions` lists all.
    action: String,

    /// The input, a JSON object; `-` reads it from standard input, `@FILE` from a file.
    #[arg(value_name = "JSON")]
    input: String,

    /// Prints each HTTP request on standard error, without headers and bodies.
    #[arg(long)]
    trace: bool,
}

impl Call {
    /// Runs the command.
    pub async fn run(&self, common: &Common) -> Outcome {
        let input = self.input()?;
        let host = common.host(self.trace)?;
        let mut instance = host.instance(settings()?).await.map_err(text)?;
        let answer = instance.invoke(&self.action, &input).await;
        for exchange in instance.trace() {
            eprintln!("{}", line(&exchange));
        }
        match answer.map_err(text)? {
            Ok(output) => {
                print(&pretty(&output))?;
                Ok(ExitCode::SUCCESS)
            }
            Err(failure) => Ok(report(&failure)),
        }
    }

    fn input(&self) -> Result<String, String> {
        let mut input = String::new();
        if self.input == "-" {
            let reading = std::io::stdin().read_to_string(&mut input);
            reading.map_err(|error| format!("cannot read the input: {error}"))?;
            Ok(input)
        } else if let Some(file) = self.input.strip_prefix('@') {
            std::fs::read_to_string(file).map_err(|error| format!("cannot read {file}: {error}"))
        } else {
            Ok(self.input.clone())
        }
    }
}

/// The settings: what the environment holds under names of the connector.
pub(super) fn settings() -> Result<Vec<(String, String)>, String> {
    let mut settings = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Ok(name) = name.into_string() else {
            continue;
        };
        // This one is for this program.
        if !name.starts_with("SALESFORCE_") || name == "SALESFORCE_COMPONENT" {
            continue;
        }
        let value = value.into_string();
        settings.push((
            name.clone(),
            value.map_err(|_| format!("{name} is not UTF-8"))?,
        ));
    }
    Ok(settings)
}

/// How much of an answer is shown to a person, in characters.
const SHOWN: usize = 2_000;

/// A request in one line.
pub(super) fn line(exchange: &Exchange) -> String {
    let status = exchange
        .status
        .map_or("-".to_owned(), |status| status.to_string());
    let failure = exchange.failure.as_deref().unwrap_or_default();
    let line = format!(
        "{} {}{} {status} ({} bytes sent, {} received) {failure}",
        exchange.method, exchange.host, exchange.path_and_query, exchange.sent, exchange.received
    );
    line.trim_end().to_owned()
}

/// Prints a failure for a person.
pub(super) fn report(failure: &Failure) -> ExitCode {
    let (advice, detail, code) = match failure {
        Failure::Permanent(detail) => (advice(detail), detail, 1),
        Failure::Transient(detail) => {
            let wait = match detail.retry_after_ms {
                Some(ms) => format!(", after {} seconds", ms.div_ceil(1000)),
                None => String::new(),
            };
            (
                format!("repeating the call is safe and may succeed{wait}"),
                detail,
                3,
            )
        }
        Failure::ExecutionFailed => {
            eprintln!("the call failed");
            return ExitCode::from(1);
        }
    };
    eprintln!("{}: {}", detail.code, detail.message);
    eprintln!("  what to do: {advice}");
    eprintln!("  applied:    {}", applied(detail.applied));
    if let Some(status) = detail.status {
        eprintln!("  status:     {status}");
    }
    if detail.more != "{}" {
        eprintln!(
            "  more:       {}",
            pretty(&detail.more).replace('\n', "\n              ")
        );
    }
    // What could be understood is in `more` already.
    if let (Some(body), false) = (&detail.body, detail.more.contains("\"errors\":")) {
        let start: String = body.chars().take(SHOWN).collect();
        eprintln!("  body:       {start}");
    }
    ExitCode::from(code)
}

pub(super) fn advice(detail: &Detail) -> String {
    match detail.applied {
        Applied::No => "do not repeat the call as it is",
        _ => "look in Salesforce what was done before you repeat the call",
    }
    .to_owned()
}

fn applied(applied: Applied) -> &'static str {
    match applied {
        Applied::No => "no, nothing changed in Salesforce",
        Applied::Maybe => "maybe, the request was sent and its outcome is not known",
        Applied::Partly => "partly, see `more`",
        Applied::Yes => "yes, the change was made",
    }
}

/// JSON with line breaks, or the text as it is.
pub(super) fn pretty(json: &str) -> String {
    let parsed: Result<Value, _> = serde_json::from_str(json);
    parsed
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| json.to_owned())
}
