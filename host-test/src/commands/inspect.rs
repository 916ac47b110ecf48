//! `inspect`: what a component is and may do.

use super::{Outcome, print, read};
use std::path::PathBuf;
use std::process::ExitCode;

/// Shows what a component imports and exports, what it can do and cannot, and what it weighs.
/// Works on any component, and runs nothing of it.
#[derive(Debug, clap::Args)]
pub struct Inspect {
    /// The component.
    #[arg(value_name = "FILE.wasm")]
    file: PathBuf,
}

impl Inspect {
    /// Runs the command.
    pub fn run(self) -> Outcome {
        let report = host_test::inspect::inspect(&read(&self.file)?);
        let report = report.map_err(|reason| format!("{}: {reason}", self.file.display()))?;
        print(report.to_string().trim_end())?;
        Ok(ExitCode::SUCCESS)
    }
}
