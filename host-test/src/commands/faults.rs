//! `faults`: every action under every fault.

use super::{Common, Outcome, text};
use host_test::matrix::{self, Options, RandomOptions};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

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

    /// How many sequences of calls are run under faults by chance.
    #[arg(long, value_name = "N", default_value_t = 3_000)]
    schedules: u64,

    /// From which these sequences follow; another one each time where it is not given.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,

    /// Only these sequences, and not the table.
    #[arg(long)]
    random: bool,
}

impl Faults {
    /// Runs the command.
    pub async fn run(&self, common: &Common) -> Outcome {
        let options = Options {
            quick: self.quick,
            jobs: self.jobs,
            only: self.only.clone(),
        };
        let (component, mut out) = (common.read()?, std::io::stdout());
        let mut breaches = 0;
        if !self.random {
            let matrix = matrix::run(&component, &options, &mut out).await;
            breaches += matrix.map_err(text)?.breaches.len();
        }
        let options = RandomOptions {
            seed: self.seed.unwrap_or_else(by_the_clock),
            schedules: self.schedules,
            jobs: self.jobs,
        };
        let random = matrix::random(&component, &options, &mut out).await;
        breaches += random.map_err(text)?.breaches.len();
        Ok(match breaches {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        })
    }
}

fn by_the_clock() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |now| now.as_secs())
}
