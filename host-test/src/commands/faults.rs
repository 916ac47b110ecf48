//! `faults`: every action under every fault.

use super::{Common, Outcome, text};
use host_test::matrix::{self, Options};
use std::process::ExitCode;

/// Runs every action of the component under every fault of the fake Salesforce, and holds what
/// the caller is told against what was really done.
///
/// Prints the outcomes as a table. Ends with 1 where something is not true, such as a failure
/// that says `applied: no` after a change.
#[derive(Debug, clap::Args)]
pub struct Faults {
    /// Strikes only the last request of each call, which takes a quarter of the time.
    #[arg(long)]
    quick: bool,

    /// How many calls run at a time.
    #[arg(long, value_name = "N", default_value_t = Options::default().jobs)]
    jobs: usize,

    /// Only faults and actions whose name has this text.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
}

impl Faults {
    /// Runs the command.
    pub async fn run(&self, common: &Common) -> Outcome {
        let options = Options {
            quick: self.quick,
            jobs: self.jobs,
            only: self.only.clone(),
        };
        let mut out = std::io::stdout();
        let summary = matrix::run(&common.read()?, &options, &mut out).await.map_err(text)?;
        Ok(match summary.breaches.is_empty() {
            true => ExitCode::SUCCESS,
            false => ExitCode::FAILURE,
        })
    }
}
