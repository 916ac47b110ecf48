//! The commands of `host-test`.

pub mod actions;
pub mod bench;
pub mod call;
pub mod check;
pub mod demo;
pub mod fake;
pub mod faults;
pub mod inspect;
pub mod login;
pub mod mcp;
mod redirect;

use host_test::{Error, Host, HostConfig, Proxy, Roots};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What every command that loads the component needs to know.
#[derive(Debug, clap::Args)]
pub struct Common {
    /// The component.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "SALESFORCE_COMPONENT",
        default_value = "target/component/salesforce-connector.wasm"
    )]
    pub component: PathBuf,

    /// Certificates of further authorities to trust, in PEM form [default: $SSL_CERT_FILE].
    #[arg(long, global = true, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
}

impl Common {
    /// The bytes of the component.
    pub fn read(&self) -> Result<Vec<u8>, String> {
        if !self.component.exists() {
            return Err(format!(
                "there is no component at {}: build it with `cargo xtask component`, or name \
                 another with --component",
                self.component.display()
            ));
        }
        read(&self.component)
    }

    /// A host for real orgs: through the proxy of the environment, if it names one.
    pub fn host(&self, trace: bool) -> Result<Host, String> {
        let mut roots = Roots::default();
        // By hand, since clap takes what comes from the environment for something typed.
        let from_env = || std::env::var_os("SSL_CERT_FILE").filter(|file| !file.is_empty());
        let ca_file = self
            .ca_file
            .clone()
            .or_else(|| from_env().map(PathBuf::from));
        if let Some(file) = &ca_file {
            roots = roots.with_pem(&read(file)?).map_err(text)?;
        }
        let config = HostConfig {
            proxy: Proxy::from_env().map_err(text)?,
            roots,
            trace,
            ..HostConfig::default()
        };
        Host::new(&self.read()?, config).map_err(text)
    }
}

/// How a command ends, or why it could not do its work.
pub type Outcome = Result<ExitCode, String>;

/// An error as a message.
pub fn text(error: Error) -> String {
    error.to_string()
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Prints to standard output, and does not mind a reader that has seen enough.
pub fn print(text: &str) -> Result<(), String> {
    use std::io::{ErrorKind, Write};
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}
