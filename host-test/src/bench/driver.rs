//! One run: all clients, in turns.

use super::artifact::{self, Artifact};
use super::machine::{Clock, Machine};
use super::report;
use super::server::{Server, Traffic};
use super::worker::{Order, Report, Work};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// How a run is made.
#[derive(Clone, Debug)]
pub struct Options {
    /// How often each client has its turn with each work.
    pub rounds: usize,
    /// The waits of the server, in milliseconds.
    pub latencies: Vec<u64>,
    /// How many records a query finds.
    pub rows: usize,
    /// This program, which starts itself as a client.
    pub program: PathBuf,
    /// The component.
    pub component: PathBuf,
    /// Clients in other languages: their name, and the command that starts them, to which the
    /// address of the server is added.
    pub peers: Vec<(String, Vec<String>)>,
}

/// What a run found.
#[derive(Debug, Serialize)]
pub struct Bench {
    /// Where.
    pub machine: Machine,
    /// The component by itself.
    pub artifact: Artifact,
    /// The clients, each with what it is.
    pub clients: Vec<(String, String)>,
    /// What each did, at each latency.
    pub measured: Vec<Measured>,
    /// What many callers at a time reach.
    pub callers: Vec<Callers>,
}

/// One work of one client at one latency. Times are in nanoseconds.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// The client.
    pub client: String,
    /// What it did.
    pub work: Work,
    /// The wait of the server, in milliseconds.
    pub latency_ms: u64,
    /// How many calls were measured.
    pub calls: usize,
    /// The median of a call.
    pub p50: u64,
    /// What 99 of 100 calls stayed below.
    pub p99: u64,
    /// CPU time of a call, the median of the turns.
    pub cpu: u64,
    /// The most bytes of memory that the process had by then.
    pub peak: u64,
    /// Rows that a call reads.
    pub rows: u64,
    /// What went over the wire, of all calls together.
    pub traffic: Traffic,
}

/// The throughput of one client with several callers, without latency.
#[derive(Clone, Debug, Serialize)]
pub struct Callers {
    /// The client.
    pub client: String,
    /// How many call at the same time.
    pub callers: usize,
    /// The wait of the server, in milliseconds.
    pub latency_ms: u64,
    /// Calls in a second, the median of the turns.
    pub per_second: f64,
}

const WORKS: [Work; 6] = [
    Work::Create,
    Work::Get,
    Work::Update,
    Work::Login,
    Work::Read,
    Work::ReadParsed,
];

/// How many callers there are.
const CALLERS: [usize; 6] = [1, 2, 4, 16, 64, 256];

/// Starts everything, measures, prints what it found as tables and answers it.
///
/// # Errors
///
/// A message, where a client does not start or a call fails.
pub async fn run(options: &Options, out: &mut dyn Write) -> Result<Bench, String> {
    let clock = Clock::now();
    let component = std::fs::read(&options.component).map_err(|error| error.to_string())?;
    let artifact = artifact::measure(&component).await?;
    let (address, server) = Server::start(options.rows)
        .await
        .map_err(|error| error.to_string())?;
    let mut clients = start(options, address).await?;
    let mut measured = Vec::new();
    for &latency in &options.latencies {
        server.set_latency(latency);
        for work in WORKS {
            measured.extend(turns(options, &server, &mut clients, work, latency).await?);
        }
    }
    let mut callers = Vec::new();
    for latency in [0, 20] {
        server.set_latency(latency);
        for client in clients.iter_mut().filter(|client| client.own) {
            callers.extend(grow(options, client, latency).await?);
        }
    }
    let bench = Bench {
        machine: Machine::since(clock),
        artifact,
        clients: clients
            .iter()
            .map(|client| (client.name.clone(), client.what.clone()))
            .collect(),
        measured,
        callers,
    };
    report::print(&bench, out).map_err(|error| error.to_string())?;
    Ok(bench)
}

/// A client in its process, which ends with this value.
struct Client {
    name: String,
    what: String,
    /// Whether it is one of this program, which can do things at the same time.
    own: bool,
    _process: Child,
    orders: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

async fn start(options: &Options, address: SocketAddr) -> Result<Vec<Client>, String> {
    let mut clients = Vec::new();
    for (name, kind) in [
        ("native", "native"),
        ("component", "warm"),
        ("component, new instances", "fresh"),
    ] {
        let mut command = Command::new(&options.program);
        command.arg("--component").arg(&options.component);
        command
            .args(["bench", "work", kind])
            .arg(address.to_string());
        clients.push(Client::start(name, true, command).await?);
    }
    for (name, words) in &options.peers {
        let mut words = words.iter();
        let mut command = Command::new(words.next().map_or("", String::as_str));
        command.args(words).arg(address.to_string());
        clients.push(Client::start(name, false, command).await?);
    }
    Ok(clients)
}

impl Client {
    async fn start(name: &str, own: bool, mut command: Command) -> Result<Self, String> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.kill_on_drop(true);
        let failed = |what: &str| format!("{name}: {what}");
        let mut process = command
            .spawn()
            .map_err(|error| failed(&error.to_string()))?;
        let orders = process.stdin.take().ok_or("no standard input")?;
        let answers = process.stdout.take().ok_or("no standard output")?;
        let mut client = Self {
            name: name.to_owned(),
            what: String::new(),
            own,
            _process: process,
            orders,
            answers: BufReader::new(answers).lines(),
        };
        #[derive(Deserialize)]
        struct Hello {
            ready: String,
        }
        client.what = client.listen::<Hello>().await?.ready;
        Ok(client)
    }

    async fn obey(&mut self, order: &Order) -> Result<Report, String> {
        let mut line = serde_json::to_vec(order).map_err(|error| error.to_string())?;
        line.push(b'\n');
        let written = self.orders.write_all(&line).await;
        written.map_err(|error| format!("{}: {error}", self.name))?;
        self.listen().await
    }

    async fn listen<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, String> {
        let line = self.answers.next_line().await;
        let line = line.map_err(|error| format!("{}: {error}", self.name))?;
        let line = line.ok_or_else(|| format!("{} ended", self.name))?;
        serde_json::from_str(&line).map_err(|error| format!("{}: {error} in {line}", self.name))
    }
}

/// How many calls a turn has.
fn times(work: Work, latency: u64) -> usize {
    match (work, latency) {
        (Work::Read | Work::ReadParsed, _) => 1,
        (_, 0) => 300,
        (_, latency) => usize::try_from(600 / latency).unwrap_or(1).max(8),
    }
}

async fn turns(
    options: &Options,
    server: &Arc<Server>,
    clients: &mut [Client],
    work: Work,
    latency: u64,
) -> Result<Vec<Measured>, String> {
    let reads = matches!(work, Work::Read | Work::ReadParsed);
    let mut found: Vec<(Vec<Report>, Traffic)> = Vec::new();
    found.resize_with(clients.len(), Default::default);
    // The first round warms up.
    for round in 0..=options.rounds {
        for (client, (reports, traffic)) in clients.iter_mut().zip(&mut found) {
            let order = Order {
                work,
                times: times(work, latency),
                callers: 1,
                compressed: latency > 0,
            };
            let before = server.traffic();
            let report = client.obey(&order).await?;
            if reads && report.rows != options.rows as u64 {
                return Err(format!("{} read {} rows", client.name, report.rows));
            }
            if round > 0 {
                *traffic = server.traffic().since(before);
                reports.push(report);
            }
        }
    }
    let measured = clients.iter().zip(found);
    Ok(measured
        .map(|(client, (reports, traffic))| Measured::of(client, work, latency, reports, traffic))
        .collect())
}

impl Measured {
    fn of(
        client: &Client,
        work: Work,
        latency_ms: u64,
        reports: Vec<Report>,
        traffic: Traffic,
    ) -> Self {
        let each = |report: &Report| report.cpu / report.calls.len().max(1) as u64;
        let mut cpu: Vec<u64> = reports.iter().map(each).collect();
        let peak = reports.iter().map(|report| report.peak).max();
        let rows = reports.iter().map(|report| report.rows).max();
        let mut calls: Vec<u64> = reports.into_iter().flat_map(|r| r.calls).collect();
        Self {
            client: client.name.clone(),
            work,
            latency_ms,
            calls: calls.len(),
            p50: percentile(&mut calls, 50),
            p99: percentile(&mut calls, 99),
            cpu: percentile(&mut cpu, 50),
            peak: peak.unwrap_or_default(),
            rows: rows.unwrap_or_default(),
            traffic,
        }
    }
}

/// What this many of 100 stay below or at; 0 where there are none.
pub(super) fn percentile(numbers: &mut [u64], of_hundred: usize) -> u64 {
    numbers.sort_unstable();
    let at = (numbers.len() * of_hundred / 100).min(numbers.len().saturating_sub(1));
    numbers.get(at).copied().unwrap_or_default()
}

async fn grow(
    options: &Options,
    client: &mut Client,
    latency_ms: u64,
) -> Result<Vec<Callers>, String> {
    let mut grown = Vec::new();
    for callers in CALLERS {
        let order = Order {
            work: Work::Get,
            times: match latency_ms {
                0 => 2_000,
                _ => 20 * callers,
            },
            callers,
            compressed: false,
        };
        let mut rates = Vec::new();
        for round in 0..=options.rounds {
            let report = client.obey(&order).await?;
            if round > 0 {
                rates.push(report.calls.len() as f64 * 1e9 / report.elapsed as f64);
            }
        }
        rates.sort_unstable_by(f64::total_cmp);
        grown.push(Callers {
            client: client.name.clone(),
            callers,
            latency_ms,
            per_second: rates.get(rates.len() / 2).copied().unwrap_or_default(),
        });
    }
    Ok(grown)
}
