//! `bench`: what the sandbox costs.

use super::{Common, Outcome};
use clap::Subcommand;
use host_test::bench::{self, Kind, Options};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Measures the component beside a native client and beside the clients that people use today,
/// against a server of its own, and prints tables.
///
/// Wants a build with optimisation: `cargo xtask bench` makes one and gets the other clients.
#[derive(Debug, clap::Args)]
pub struct Bench {
    /// How often each client has its turn.
    #[arg(long, value_name = "N", default_value_t = 5)]
    rounds: usize,

    /// The waits of the server, in milliseconds.
    #[arg(
        long,
        value_name = "MS",
        value_delimiter = ',',
        default_value = "0,20,80"
    )]
    latency: Vec<u64>,

    /// How many records a query finds.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    rows: usize,

    /// A client in another language: its name, and the command that starts it, such as
    /// `jsforce=node bench/peers/node.mjs`. May be given several times.
    #[arg(long, value_name = "NAME=COMMAND", value_parser = peer)]
    peer: Vec<(String, Vec<String>)>,

    /// Also writes what was found to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    #[command(subcommand)]
    part: Option<Part>,
}

#[derive(Debug, Subcommand)]
enum Part {
    /// The server alone, for a profiler: prints its address and runs until it is stopped.
    #[command(hide = true)]
    Serve,
    /// One client, which is told on its standard input what to do.
    #[command(hide = true)]
    Work {
        /// Which.
        kind: Kind,
        /// Where the server is.
        address: SocketAddr,
    },
}

fn peer(text: &str) -> Result<(String, Vec<String>), String> {
    let (name, command) = text.split_once('=').ok_or("expected NAME=COMMAND")?;
    let words = command.split_whitespace().map(str::to_owned).collect();
    Ok((name.to_owned(), words))
}

impl Bench {
    /// Runs the command.
    pub async fn run(self, common: &Common) -> Outcome {
        match self.part {
            Some(Part::Work { kind, address }) => {
                bench::work(kind, address, &common.read()?).await?;
                return Ok(ExitCode::SUCCESS);
            }
            Some(Part::Serve) => {
                let started = bench::Server::start(self.rows).await;
                let (address, _server) = started.map_err(|error| error.to_string())?;
                super::print(&address.to_string())?;
                let stopped = tokio::signal::ctrl_c().await;
                return stopped.map_or_else(|e| Err(e.to_string()), |()| Ok(ExitCode::SUCCESS));
            }
            None => (),
        }
        if cfg!(debug_assertions) {
            eprintln!("host-test: this build is not optimised; `cargo xtask bench` makes one");
        }
        let options = Options {
            rounds: self.rounds.max(1),
            latencies: self.latency,
            rows: self.rows,
            program: std::env::current_exe().map_err(|error| error.to_string())?,
            component: common.component.clone(),
            peers: self.peer,
        };
        let found = bench::run(&options, &mut std::io::stdout()).await?;
        if let Some(file) = &self.json {
            let json = serde_json::to_vec_pretty(&found).map_err(|error| error.to_string())?;
            std::fs::write(file, json).map_err(|error| format!("{}: {error}", file.display()))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
