//! `check`: whether the connection works.

use super::call::{pretty, report, settings};
use super::{Common, Outcome, print, text};
use std::process::ExitCode;

/// Tests the connection of the settings in the environment: shows the user, the org, the API
/// versions, the permissions and what is being retired. Makes three requests beside a login.
#[derive(Debug, clap::Args)]
pub struct Check {}

impl Check {
    /// Runs the command.
    pub async fn run(&self, common: &Common) -> Outcome {
        let host = common.host(false)?;
        let mut instance = host.instance(settings()?).await.map_err(text)?;
        match instance.check().await.map_err(text)? {
            Ok(found) => {
                print(&pretty(&found))?;
                Ok(ExitCode::SUCCESS)
            }
            Err(failure) => Ok(report(&failure)),
        }
    }
}
