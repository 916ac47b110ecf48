//! `login`: a person logs in with a browser.

use super::call::{report, settings};
use super::fake::quoted;
use super::redirect::Redirect;
use super::{Common, Outcome, print, text};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;
use tokio::time::timeout;

/// Logs a person in with a browser (web server flow with PKCE), and prints the settings of the
/// session on standard output, ready for a shell. Stores nothing.
///
/// Takes SALESFORCE_CLIENT_ID from the environment, with SALESFORCE_DOMAIN or SALESFORCE_SANDBOX
/// where the login is not at login.salesforce.com, and SALESFORCE_CLIENT_SECRET where the app asks
/// for it. The app must have the callback URL http://localhost:PORT/callback.
#[derive(Debug, clap::Args)]
pub struct Login {
    /// The port on 127.0.0.1 that the browser comes back to; 0 lets the system choose one.
    #[arg(long, value_name = "N", default_value_t = 1717)]
    port: u16,

    /// What the session may do.
    #[arg(long, value_name = "SCOPES", default_value = "api refresh_token")]
    scope: String,

    /// Prints the address without starting a browser.
    #[arg(long)]
    no_browser: bool,
}

/// How long a person may take.
const PATIENCE: Duration = Duration::from_secs(600);

impl Login {
    /// Runs the command.
    pub async fn run(&self, common: &Common) -> Outcome {
        let host = common.host(false)?;
        let mut instance = host.instance(settings()?).await.map_err(text)?;
        let redirect = Redirect::listen(self.port).await?;
        let uri = redirect.uri();
        let options = serde_json::json!({ "scope": self.scope }).to_string();
        let begun = instance.authorize(&uri, Some(&options)).await;
        let begun = match begun.map_err(text)? {
            Ok(begun) => begun,
            Err(failure) => return Ok(report(&failure)),
        };
        eprintln!("Log in at\n\n  {}\n", begun.url);
        eprintln!("The app must have the callback URL {uri}. Waiting for the browser …");
        if !self.no_browser {
            open(&begun.url);
        }
        let code = timeout(PATIENCE, redirect.code(&begun.state)).await;
        let code = code.map_err(|_| "nobody logged in within ten minutes".to_owned())??;
        let granted = instance.exchange(&code, &begun.verifier, &uri).await;
        match granted.map_err(text)? {
            Ok(grant) => {
                for (name, value) in grant.settings {
                    print(&format!("export {name}={}", quoted(&value)))?;
                }
                Ok(ExitCode::SUCCESS)
            }
            Err(failure) => Ok(report(&failure)),
        }
    }
}

/// Starts a browser, where there is one: the address is printed in any case.
fn open(url: &str) {
    let mut command = match std::env::consts::OS {
        "macos" => Command::new("open"),
        "windows" => {
            // Unlike `start`, it leaves the & of an address alone.
            let mut command = Command::new("rundll32");
            command.arg("url.dll,FileProtocolHandler");
            command
        }
        _ => Command::new("xdg-open"),
    };
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null());
    let _ = quiet.stderr(Stdio::null()).arg(url).spawn();
}
