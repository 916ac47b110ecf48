//! `demo`: a tour without an account.

use super::{Common, Outcome, text};
use std::process::ExitCode;

/// Shows what the connector does, against a fake Salesforce. Needs no account and no network.
#[derive(Debug, clap::Args)]
pub struct Demo {}

impl Demo {
    /// Runs the command. It ends with 0 only if every step did what it should.
    pub async fn run(&self, common: &Common) -> Outcome {
        let component = common.read()?;
        let mut out = std::io::stdout();
        let summary = host_test::demo::run(&component, &mut out)
            .await
            .map_err(text)?;
        Ok(match summary.failed {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        })
    }
}
