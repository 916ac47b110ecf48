//! One client in a process of its own: it works as told on its standard input, a line of JSON for
//! each order, and answers each with a line on its standard output. The clients of other languages
//! do the same.

use super::native::Native;
use super::sandbox::Sandbox;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// What a client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Creates a record of three fields.
    Create,
    /// Reads ten fields of a record.
    Get,
    /// Changes a field of a record.
    Update,
    /// Logs in with client credentials.
    Login,
    /// Reads all records that a query finds, page by page.
    Read,
    /// The same, and makes values of them in the language of the client.
    ReadParsed,
}

/// What a client is told.
#[derive(Debug, Deserialize, Serialize)]
pub struct Order {
    /// What to do.
    pub work: Work,
    /// How often.
    pub times: usize,
    /// How many do it at the same time.
    #[serde(default = "one")]
    pub callers: usize,
    /// Whether the component asks for pages compressed, as it does where the org is not on the
    /// same machine. The clients of other languages always do, and the native one never.
    #[serde(default)]
    pub compressed: bool,
}

fn one() -> usize {
    1
}

/// What a client answers.
#[derive(Debug, Deserialize, Serialize)]
pub struct Report {
    /// Nanoseconds that each call took.
    pub calls: Vec<u64>,
    /// Nanoseconds from the first call's start to the last one's end.
    pub elapsed: u64,
    /// Nanoseconds of CPU time that the process used meanwhile.
    pub cpu: u64,
    /// The most bytes of memory that the process ever had; 0 where that cannot be told.
    pub peak: u64,
    /// Rows that the last call read.
    pub rows: u64,
}

/// Which client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// The requests as they are, by a pooled HTTP client: the limit.
    Native,
    /// The component, instances kept between calls.
    Warm,
    /// The component, a new instance for each call.
    Fresh,
}

/// What can be told to work.
enum Client {
    Native(Box<Native>),
    Sandbox(Sandbox),
}

impl Client {
    /// Does it once, and answers how many rows were read.
    async fn work(&self, work: Work, compressed: bool) -> Result<u64, String> {
        match self {
            Client::Native(client) => client.work(work).await,
            Client::Sandbox(client) => client.work(work, compressed).await,
        }
    }
}

/// Works for the server at an address until standard input ends.
///
/// # Errors
///
/// A message, where something cannot be set up or a call fails.
pub async fn run(kind: Kind, address: SocketAddr, component: &[u8]) -> Result<(), String> {
    let client = Arc::new(match kind {
        Kind::Native => Client::Native(Box::new(Native::new(address))),
        Kind::Warm => Client::Sandbox(Sandbox::new(component, address, false)?),
        Kind::Fresh => Client::Sandbox(Sandbox::new(component, address, true)?),
    });
    let name = match kind {
        Kind::Native => "hyper, pooled",
        Kind::Warm | Kind::Fresh => "wasmtime 48",
    };
    say(&serde_json::json!({ "ready": name }))?;
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let order = serde_json::from_str(&line).map_err(|error| error.to_string())?;
        say(&obey(&client, &order).await?)?;
    }
    Ok(())
}

fn say<T: Serialize>(what: &T) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, what).map_err(|error| error.to_string())?;
    writeln!(out).map_err(|error| error.to_string())
}

async fn obey(client: &Arc<Client>, order: &Order) -> Result<Report, String> {
    let (cpu, start) = (cpu_time(), Instant::now());
    let callers = order.callers.max(1);
    let mut tasks = tokio::task::JoinSet::new();
    for caller in 0..callers {
        let client = Arc::clone(client);
        let (work, times, compressed) = (order.work, order.times, order.compressed);
        // As many as are left for this one.
        let mine = times / callers + usize::from(caller < times % callers);
        // One caller, too, is a task as it would be in a server.
        tasks.spawn(async move {
            let (mut calls, mut rows) = (Vec::with_capacity(mine), 0);
            for _ in 0..mine {
                let start = Instant::now();
                rows = client.work(work, compressed).await?;
                calls.push(nanoseconds(start));
            }
            Ok::<_, String>((calls, rows))
        });
    }
    let (mut calls, mut rows) = (Vec::with_capacity(order.times), 0);
    while let Some(done) = tasks.join_next().await {
        let (mut of_one, read) = done.map_err(|error| error.to_string())??;
        calls.append(&mut of_one);
        rows = read;
    }
    Ok(Report {
        calls,
        elapsed: nanoseconds(start),
        cpu: cpu_time().saturating_sub(cpu),
        peak: peak_memory(),
        rows,
    })
}

fn nanoseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// Nanoseconds of CPU time that this process has used, in all of its threads.
#[cfg(unix)]
pub(super) fn cpu_time() -> u64 {
    use rustix::time::{ClockId, clock_gettime};
    let time = clock_gettime(ClockId::ProcessCPUTime);
    let part = |n: i64| u64::try_from(n).unwrap_or_default();
    part(time.tv_sec) * 1_000_000_000 + part(time.tv_nsec)
}

/// Nothing, where it is not known how to ask.
#[cfg(not(unix))]
pub(super) fn cpu_time() -> u64 {
    0
}

/// The most bytes of memory that this process ever had, where the system tells.
pub(super) fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    kilobytes.unwrap_or(0u64) * 1024
}
