//! What each call of the matrix costs where nothing goes wrong: instructions and memory, which are
//! the same on every machine.

use super::cell::call;
use super::judge::Outcome;
use super::rows::Row;
use crate::config::HostConfig;
use crate::error::Error;
use crate::fake::{Fake, FakeConfig, Flow};
use crate::host::Host;
use crate::limits::Limits;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tokio::task::JoinSet;

/// What a call in a new instance takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Cost {
    /// Instructions, in units of fuel.
    pub fuel: u64,
    /// Bytes of linear memory after it, which never shrinks.
    pub memory: usize,
}

/// Answers come in pieces of other sizes each time, and each piece costs a little.
const RUNS: usize = 3;

/// Rows of a full page.
const PAGE: usize = 2_000;
/// Five full pages, with the twelve records that each fake has.
const RECORDS: usize = 10_000;

const SOQL: &str = "SELECT Id, Name, Industry, Phone, BillingCity, AnnualRevenue FROM Account";

/// Logins beside those of the matrix.
const LOGINS: [(Flow, &str); 3] = [
    (Flow::Jwt, "JWT bearer"),
    (Flow::RefreshToken, "refresh token"),
    (Flow::UsernamePassword, "user name and password"),
];

/// The costs of every action in every way that it writes, of the logins, and of large results, by
/// name: the median of three calls, each in a new instance that has a session. It takes some
/// seconds.
///
/// # Errors
///
/// Those of [`Host::new`] and [`Host::instance`], [`Error::Fake`], and [`Error::Config`] with a
/// failure of a call that should succeed.
pub async fn costs(component: &[u8]) -> Result<BTreeMap<String, Cost>, Error> {
    let config = HostConfig {
        limits: Limits {
            fuel: Some(u64::MAX),
            ..Limits::default()
        },
        ..HostConfig::default()
    };
    let host = Host::new(component, config)?;
    // Most of their time they wait, and their answers are small.
    let mut rows = JoinSet::new();
    for row in Row::ALL.iter().copied() {
        let host = host.clone();
        rows.spawn(async move { of_row(&host, row).await });
    }
    let mut costs = BTreeMap::new();
    while let Some(row) = rows.join_next().await {
        let (name, cost) = row.map_err(|error| Error::Config(error.to_string()))??;
        costs.insert(name, cost);
    }
    let fake = start(FakeConfig::default()).await?;
    for (flow, variant) in LOGINS {
        let calls = Calls {
            host: &host,
            flow,
            action: "session.login",
            succeeds: true,
        };
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            runs.push(calls.once(&fake, &Value::Null).await?);
        }
        costs.insert(named("session.login", variant), median(runs));
    }
    let config = FakeConfig {
        page_size: PAGE,
        extra_accounts: RECORDS - fake.record_count("Account"),
        ..FakeConfig::default()
    };
    let fake = start(config).await?;
    for (action, variant) in [
        ("QUERY", "a page of 2,000 records"),
        ("QUERY_PAGES", "10,000 records"),
    ] {
        let calls = Calls {
            host: &host,
            flow: Flow::Bearer,
            action,
            succeeds: true,
        };
        let input = json!({ "salesforceQuery": SOQL });
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            runs.push(calls.once(&fake, &input).await?);
        }
        costs.insert(named(action, variant), median(runs));
    }
    Ok(costs)
}

async fn of_row(host: &Host, row: Row) -> Result<(String, Cost), Error> {
    let calls = Calls {
        host,
        flow: match row {
            Row::Login | Row::LoginSoap => row.flow(),
            _ => Flow::Bearer,
        },
        action: row.action(),
        succeeds: row.succeeds(),
    };
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        let fake = start(row.config(FakeConfig::default())).await?;
        let input = row.prepare(&fake, host).await?;
        runs.push(calls.once(&fake, &input).await?);
    }
    Ok((named(row.action(), row.variant()), median(runs)))
}

fn named(action: &str, variant: &str) -> String {
    match variant {
        "" => action.to_owned(),
        variant => format!("{action}, {variant}"),
    }
}

async fn start(config: FakeConfig) -> Result<Fake, Error> {
    Fake::start(config).await.map_err(Error::Fake)
}

/// Calls that are alike.
struct Calls<'a> {
    host: &'a Host,
    flow: Flow,
    action: &'a str,
    succeeds: bool,
}

impl Calls<'_> {
    /// One of them, in an instance of its own.
    async fn once(&self, fake: &Fake, input: &Value) -> Result<Cost, Error> {
        let mut org = self.host.instance(fake.settings(self.flow)).await?;
        let action = self.action;
        match call(&mut org, action, input).await {
            Outcome::Done if self.succeeds => {}
            Outcome::Failed(..) if !self.succeeds => {}
            other => return Err(Error::Config(format!("{action} came to {other:?}"))),
        }
        Ok(Cost {
            fuel: org.fuel_used().unwrap_or_default(),
            memory: org.memory_bytes(),
        })
    }
}

fn median(mut runs: Vec<Cost>) -> Cost {
    runs.sort_by_key(|cost| cost.fuel);
    let middle = runs.get(runs.len() / 2).copied();
    middle.unwrap_or(Cost { fuel: 0, memory: 0 })
}
