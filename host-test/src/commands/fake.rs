//! `fake`: the fake Salesforce, for trying things out by hand.

use super::{Outcome, print};
use host_test::fake::faults::{Fault, Rule, Seed};
use host_test::fake::{Fake, FakeConfig, Flow};
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;
use tempfile::NamedTempFile;

/// Runs a fake Salesforce until it is interrupted, and prints the settings for it on standard
/// output, ready for a shell.
///
/// With --fault things go wrong: `--fault 'unavailable path=/sobjects/ times=1'` answers 503 to
/// the first request below that path. A rule is the name of a fault, then method=, path= (a part
/// of it), nth= (the first request that is struck), times= (how many are) and, for outages, for=
/// (milliseconds). --faults lists the names.
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

    /// Serves https, with a certificate authority that is made for this run.
    #[arg(long)]
    tls: bool,

    /// Something that goes wrong; may be given several times.
    #[arg(long, value_name = "RULE")]
    fault: Vec<Rule>,

    /// Lets a third of the requests go wrong by chance, in the same way for the same number.
    #[arg(long, value_name = "N")]
    fault_seed: Option<u64>,

    /// Lists what can go wrong, and ends.
    #[arg(long)]
    faults: bool,
}

/// How often what the fake did not understand is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// An input to start with.
const EXAMPLE: &str = r#"{"salesforceQuery": "SELECT Id, Name FROM Account"}"#;

impl FakeOrg {
    /// Runs the command.
    pub async fn run(&self) -> Outcome {
        if self.faults {
            for fault in Fault::ALL {
                print(&format!("{:<22} {}", fault.name(), fault.about()))?;
            }
            return Ok(ExitCode::SUCCESS);
        }
        let fake = Fake::start(FakeConfig {
            port: self.port,
            page_size: self.page_size,
            extra_accounts: self.accounts,
            tls: self.tls,
            ..FakeConfig::default()
        })
        .await
        .map_err(|error| format!("the fake cannot start: {error}"))?;

        for rule in &self.fault {
            fake.inject(rule.clone());
        }
        if let Some(seed) = self.fault_seed {
            fake.leave_to_chance(Seed {
                seed,
                one_in: 3,
                faults: Fault::ALL.to_vec(),
            });
        }
        let ca_file = fake.ca_pem().map(written).transpose();
        let ca_file =
            ca_file.map_err(|error| format!("the certificate cannot be kept: {error}"))?;
        if let Some(file) = &ca_file {
            let path = quoted(&file.path().display().to_string());
            print(&format!("export SSL_CERT_FILE={path}"))?;
        }
        for (name, value) in fake.settings(Flow::UsernamePassword) {
            print(&format!("export {name}={}", quoted(&value)))?;
        }
        eprintln!(
            "A fake Salesforce answers at {} until you press ctrl-c.",
            fake.url()
        );
        if let Some(file) = &ca_file {
            let path = file.path().display();
            eprintln!("Its certificate authority, for SSL_CERT_FILE or --ca-file: {path}");
        }
        let program = std::env::args().next().unwrap_or_default();
        eprintln!("Paste the lines above into another shell, then for example:");
        eprintln!("  {program} call QUERY '{EXAMPLE}'");

        let (mut shown, mut struck) = (0, 0);
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
                    let strikes = fake.strikes();
                    for strike in strikes.iter().skip(struck) {
                        let fault = strike.fault.name();
                        eprintln!("struck: {fault} {} {}", strike.method, strike.path);
                    }
                    struck = strikes.len();
                }
            }
        }
    }
}

/// A file with the certificate, which is gone when the fake is.
fn written(pem: &str) -> std::io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new()
        .prefix("fake-salesforce-")
        .suffix(".pem")
        .tempfile()?;
    file.write_all(pem.as_bytes())?;
    Ok(file)
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
