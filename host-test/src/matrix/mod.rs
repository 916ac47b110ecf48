//! Every action under every fault: what the caller is told is held against what the fake really
//! did. `host-test faults` prints it, and the tests run a part of it.

mod cell;
mod costs;
mod judge;
mod model;
mod random;
mod rows;
mod table;
mod trouble;

use crate::config::HostConfig;
use crate::error::Error;
use crate::fake::faults::{Elsewhere, Fault};
use crate::host::{Host, NO_SETTINGS};
use cell::{Bench, Finding};
use judge::Usual;
use rows::Row;
use std::collections::BTreeMap;
use std::io::Write;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use table::Table;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use trouble::{Strikes, Trouble};

pub use costs::{Cost, costs};
pub use random::{RandomOptions, random};

/// What is run.
#[derive(Clone, Debug)]
pub struct Options {
    /// A fault strikes the last request of each call, and no other. Takes a quarter of the time.
    pub quick: bool,
    /// How many cells run at a time. Most of their time they wait.
    pub jobs: usize,
    /// Only faults and actions whose name has this text.
    pub only: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            quick: false,
            jobs: 48,
            only: None,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Calls.
    pub cells: usize,
    /// Faults that struck.
    pub strikes: usize,
    /// What was wrong, a line each.
    pub breaches: Vec<String>,
}

/// Runs the matrix, and prints it as a table with what is wrong below.
///
/// # Errors
///
/// Those of [`Host::new`] and [`Host::instance`], [`Error::Fake`], and [`Error::Output`] where
/// nothing can be printed. A breach is no error, but listed.
pub async fn run(
    component: &[u8],
    options: &Options,
    out: &mut (impl Write + Send),
) -> Result<Summary, Error> {
    let config = HostConfig {
        trace: true,
        ..HostConfig::default()
    };
    let host = Host::new(component, config)?;
    let trap = Trap::start().await?;
    let bench = Bench {
        host,
        elsewhere: Elsewhere {
            redirect: trap.url.clone(),
            ..Elsewhere::default()
        },
        attempts: 2,
    };
    let mut summary = Summary {
        breaches: unknown_actions(&bench.host).await?,
        ..Summary::default()
    };
    let wanted = |name: &str, other: &str| {
        let only = options.only.as_deref();
        only.is_none_or(|only| name.contains(only) || other.contains(only))
    };

    // What each call does where nothing goes wrong.
    let mut plain = Vec::new();
    for row in Row::ALL {
        plain.push((*row, Trouble::Fault(Fault::Late), Strikes::Never));
    }
    let usual = Arc::new(BTreeMap::new());
    let mut usual_of = BTreeMap::new();
    for ((row, ..), finding) in run_all(&bench, options.jobs, plain, usual).await? {
        let breaches = finding.breaches.iter();
        let at = format!("{} {}", row.action(), row.variant());
        summary
            .breaches
            .extend(breaches.map(|b| format!("{at} without a fault: {b}")));
        usual_of.insert(place(row), (finding.requests, finding.usual));
    }

    let mut cells = Vec::new();
    for trouble in Trouble::all() {
        for row in Row::ALL {
            if !wanted(trouble.name(), row.action()) {
                continue;
            }
            let requests = usual_of
                .get(&place(*row))
                .map_or(1, |(requests, _)| *requests);
            // One look at a deployment is like another.
            let most = if row.deploys() { 3 } else { usize::MAX };
            let requests = requests.min(most) as u64;
            for strikes in strikes(trouble, requests, options.quick) {
                cells.push((*row, trouble, strikes));
            }
        }
    }
    let mut table = Table::default();
    for ((row, trouble, strikes), finding) in
        run_all(&bench, options.jobs, cells, Arc::new(usual_of)).await?
    {
        summary.cells += 1;
        summary.strikes += finding.strikes;
        table.put(row, trouble, strikes, finding.symbol);
        let at = format!(
            "{} {} under {}",
            row.action(),
            row.variant(),
            trouble.name()
        );
        let breaches = finding.breaches.iter();
        summary
            .breaches
            .extend(breaches.map(|b| format!("{at}, {strikes:?}: {b}")));
    }
    let followed = trap.connections.load(Ordering::SeqCst);
    if followed > 0 {
        let breach = format!("{followed} connections were made to the host of a redirect");
        summary.breaches.push(breach);
    }
    table.print(out)?;
    writeln!(out, "{}", judge::LEGEND)?;
    for breach in &summary.breaches {
        writeln!(out, "! {breach}")?;
    }
    writeln!(
        out,
        "\n{} calls under {} faults, {} breaches.",
        summary.cells,
        Trouble::all().len(),
        summary.breaches.len()
    )?;
    Ok(summary)
}

/// How a fault strikes a call that makes so many requests.
fn strikes(trouble: Trouble, requests: u64, quick: bool) -> Vec<Strikes> {
    if trouble.wants_kept() {
        return vec![Strikes::Once(1)];
    }
    let first = if quick { requests } else { 1 };
    let mut strikes: Vec<Strikes> = (first..=requests).map(Strikes::Once).collect();
    if !quick {
        // A login that fails keeps all others from being made; its own calls show that.
        strikes.push(Strikes::From(requests.min(2)));
    }
    strikes
}

/// Actions of the catalog that the matrix does not have.
async fn unknown_actions(host: &Host) -> Result<Vec<String>, Error> {
    let mut org = host.instance(NO_SETTINGS).await?;
    let actions = match org.catalog().await? {
        Ok(actions) => actions,
        Err(failure) => return Ok(vec![format!("there is no catalog: {failure}")]),
    };
    let missing = actions
        .iter()
        .filter(|action| !Row::ALL.iter().any(|row| row.action() == action.name));
    let line = |action: &crate::wit::Action| format!("{} is not in the matrix", action.name);
    Ok(missing.map(line).collect())
}

type Cell = (Row, Trouble, Strikes);
type UsualOf = BTreeMap<usize, (usize, Usual)>;

fn place(row: Row) -> usize {
    Row::ALL
        .iter()
        .position(|other| *other == row)
        .unwrap_or_default()
}

/// Runs cells, some at a time.
async fn run_all(
    bench: &Bench,
    jobs: usize,
    cells: Vec<Cell>,
    usual: Arc<UsualOf>,
) -> Result<Vec<(Cell, Finding)>, Error> {
    let bench = bench.clone();
    let run = move |(row, trouble, strikes): Cell| {
        let (bench, usual) = (bench.clone(), Arc::clone(&usual));
        async move {
            let nothing = Usual::new();
            let usual = usual.get(&place(row)).map_or(&nothing, |(_, usual)| usual);
            bench.run(row, trouble, strikes, usual).await
        }
    };
    run_some(jobs, cells, run).await
}

/// Does the same with all of these, so many at a time.
async fn run_some<I, T, F>(
    jobs: usize,
    inputs: Vec<I>,
    run: impl Fn(I) -> F + Clone + Send + 'static,
) -> Result<Vec<(I, T)>, Error>
where
    I: Copy + Send + 'static,
    T: Send + 'static,
    F: Future<Output = Result<T, Error>> + Send,
{
    let turn = Arc::new(Semaphore::new(jobs.max(1)));
    let mut running = JoinSet::new();
    for input in inputs {
        let (turn, run) = (Arc::clone(&turn), run.clone());
        running.spawn(async move {
            let _turn = turn.acquire_owned().await;
            Ok::<_, Error>((input, run(input).await?))
        });
    }
    let mut done = Vec::new();
    while let Some(finished) = running.join_next().await {
        let finished = finished.map_err(|error| Error::Trap(error.to_string()))?;
        done.push(finished?);
    }
    Ok(done)
}

/// A host where no request may ever go.
struct Trap {
    url: String,
    connections: Arc<AtomicUsize>,
    server: tokio::task::JoinHandle<()>,
}

impl Trap {
    async fn start() -> Result<Trap, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.map_err(Error::Fake)?;
        let address = listener.local_addr().map_err(Error::Fake)?;
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        let server = tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Ok(Trap {
            url: format!("http://{address}"),
            connections,
            server,
        })
    }
}

impl Drop for Trap {
    fn drop(&mut self) {
        self.server.abort();
    }
}
