//! `fake`: the fake Salesforce, for trying things out by hand.

use super::{Outcome, print};
use host_test::fake::{Fake, FakeConfig, Flow};
use std::process::ExitCode;
use std::time::Duration;

/// Runs a fake Salesforce until it is interrupted, and prints the settings for it on standard
/// output, ready for a shell.
#[derive(Debug, clap::Args)]
pub struct FakeOrg {
    /// The port on 127.0.0.1; 0 lets the system choose one.
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,

    /// The most rows of a page of query results.
    #[arg(long, value_name = "N", default_value_t = 2000)]
    page_size: usize,

    /// Generated accounts beside the small org.
    #[arg(long, value_name = "N", default_value_t = 0)]
    accounts: usize,
}

/// How often what the fake did not understand is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// An input to start with.
const EXAMPLE: &str = r#"{"salesforceQuery": "SELECT Id, Name FROM Account"}"#;

impl FakeOrg {
    /// Runs the command.
    pub async fn run(&self) -> Outcome {
        let fake = Fake::start(FakeConfig {
            port: self.port,
            page_size: self.page_size,
            extra_accounts: self.accounts,
            ..FakeConfig::default()
        })
        .await
        .map_err(|error| format!("the fake cannot start: {error}"))?;

        for (name, value) in fake.settings(Flow::UsernamePassword) {
            print(&format!("export {name}={}", quoted(&value)))?;
        }
        eprintln!(
            "A fake Salesforce answers at {} until you press ctrl-c.",
            fake.url()
        );
        let program = std::env::args().next().unwrap_or_default();
        eprintln!("Paste the lines above into another shell, then for example:");
        eprintln!("  {program} call QUERY '{EXAMPLE}'");

        let mut shown = 0;
        let interrupted = tokio::signal::ctrl_c();
        tokio::pin!(interrupted);
        loop {
            tokio::select! {
                stopped = &mut interrupted => {
                    stopped.map_err(|error| error.to_string())?;
                    return Ok(ExitCode::SUCCESS);
                }
                () = tokio::time::sleep(LOOK) => {
                    let lines = fake.not_understood();
                    for line in lines.iter().skip(shown) {
                        eprintln!("not understood: {line}");
                    }
                    shown = lines.len();
                }
            }
        }
    }
}

/// A value in single quotes, in which a shell leaves everything as it is.
pub(super) fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn values_are_quoted_for_a_shell() {
        assert_eq!(quoted("a b$c"), "'a b$c'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
