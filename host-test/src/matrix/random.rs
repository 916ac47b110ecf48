//! Sequences of calls under faults by chance: what callers were told is held against the org.

use super::cell::call;
use super::judge::Outcome;
use super::model::{Known, Record};
use super::{Summary, run_some};
use crate::config::HostConfig;
use crate::error::Error;
use crate::fake::faults::{Fault, Numbers, Seed};
use crate::fake::{Fake, FakeConfig, Flow};
use crate::host::Host;
use crate::instance::Instance;
use serde_json::{Value, json};
use std::io::Write;

/// What is run.
#[derive(Clone, Debug)]
pub struct RandomOptions {
    /// From which everything follows. The schedule with the number `n` is the only one of the
    /// seed `seed + n`.
    pub seed: u64,
    /// How many schedules.
    pub schedules: u64,
    /// How many run at a time.
    pub jobs: usize,
}

/// Calls of a schedule, not counting those that are repeated.
const CALLS: u64 = 8;
/// How often a caller repeats what it is told to repeat.
const REPEATS: u64 = 2;
/// How long the connector waits for an answer.
const PATIENCE_MS: &str = "300";
const DEADLINE_MS: &str = "2000";

/// Runs schedules, prints their seed first, and what is wrong.
///
/// # Errors
///
/// Those of [`super::run`].
pub async fn random(
    component: &[u8],
    options: &RandomOptions,
    out: &mut (impl Write + Send),
) -> Result<Summary, Error> {
    let host = Host::new(component, HostConfig::default())?;
    writeln!(
        out,
        "{} schedules from the seed {}.",
        options.schedules, options.seed
    )?;
    let seeds = (0..options.schedules).map(|number| options.seed.wrapping_add(number));
    let run = move |seed| {
        let host = host.clone();
        async move { Schedule::start(&host, seed).await?.run().await }
    };
    let mut summary = Summary::default();
    for (seed, report) in run_some(options.jobs, seeds.collect(), run).await? {
        summary.cells += report.calls;
        summary.strikes += report.strikes;
        for breach in report.breaches {
            let line = format!("seed {seed}: {breach}");
            writeln!(out, "! {line}")?;
            summary.breaches.push(line);
        }
    }
    writeln!(
        out,
        "{} calls, {} faults, {} breaches.",
        summary.cells,
        summary.strikes,
        summary.breaches.len()
    )?;
    Ok(summary)
}

/// What came of a schedule.
#[derive(Debug, Default)]
struct Report {
    calls: usize,
    strikes: usize,
    breaches: Vec<String>,
}

struct Schedule {
    fake: Fake,
    org: Instance,
    numbers: Numbers,
    records: Vec<Record>,
    report: Report,
    /// The calls and what was told, for whoever looks for a breach.
    log: Vec<String>,
}

/// A call, and what it does to the record at a place.
enum Step {
    Create(usize),
    Update(usize, String),
    Delete(usize),
    Submit(usize),
    Read,
}

impl Schedule {
    async fn start(host: &Host, seed: u64) -> Result<Schedule, Error> {
        let fake = Fake::start(FakeConfig::default()).await;
        let fake = fake.map_err(Error::Fake)?;
        let mut settings = fake.settings(Flow::ClientCredentials);
        let limits = [
            ("SALESFORCE_MAX_ATTEMPTS", "2"),
            ("SALESFORCE_DEADLINE_MS", DEADLINE_MS),
            ("SALESFORCE_FIRST_BYTE_TIMEOUT_MS", PATIENCE_MS),
            ("SALESFORCE_BETWEEN_BYTES_TIMEOUT_MS", PATIENCE_MS),
            ("SALESFORCE_MAX_RESPONSE_BYTES", "1048576"),
            ("SALESFORCE_MAX_WAIT_MS", "50"),
            ("SALESFORCE_BREAKER_MS", "1"),
        ];
        settings.extend(limits.map(|(name, value)| (name.to_owned(), value.to_owned())));
        Ok(Schedule {
            org: host.instance(settings).await?,
            fake,
            numbers: Numbers::new(seed),
            records: Vec::new(),
            report: Report::default(),
            log: Vec::new(),
        })
    }

    async fn run(mut self) -> Result<Report, Error> {
        for number in 0..CALLS {
            let (step, action, input) = self.choose(number);
            let mut repeats = 0;
            loop {
                let outcome = self.call(action, &input).await?;
                let again = matches!(outcome, Outcome::Failed(true, _)) && repeats < REPEATS;
                self.learn(&step, &outcome);
                if !again {
                    break;
                }
                repeats += 1;
            }
        }
        self.report.strikes = self.fake.strikes().len();
        let wrong = self
            .records
            .iter()
            .flat_map(|record| record.breaches(&self.fake));
        let wrong: Vec<String> = wrong.collect();
        self.report.breaches.extend(wrong);
        if !self.report.breaches.is_empty() {
            self.report.breaches.push(self.log.join("; "));
        }
        Ok(self.report)
    }

    /// One call under faults by chance, and the end of all that it has begun.
    async fn call(&mut self, action: &'static str, input: &Value) -> Result<Outcome, Error> {
        // Those that only the time of a whole call ends would take all the time.
        let faults = Fault::ALL.iter().copied();
        let faults = faults.filter(|fault| *fault != Fault::DripForever);
        self.fake.leave_to_chance(Seed {
            seed: self.numbers.draw(),
            one_in: 1 + self.numbers.below(4),
            faults: faults.collect(),
        });
        let before = self.fake.strikes().len();
        let outcome = call(&mut self.org, action, input).await;
        self.fake.settle().await.map_err(Error::Fake)?;
        self.report.calls += 1;
        let strikes = self.fake.strikes();
        let names = strikes
            .iter()
            .skip(before)
            .map(|strike| strike.fault.name());
        let names: Vec<&str> = names.collect();
        let told = match &outcome {
            Outcome::Done => "done".to_owned(),
            Outcome::Lost(error) => format!("lost ({error})"),
            Outcome::Failed(_, detail) => format!("{} {:?}", detail.code, detail.applied),
        };
        self.log
            .push(format!("{action} under {} {told}", names.join("+")));
        if let Outcome::Lost(error) = &outcome {
            self.report
                .breaches
                .push(format!("the instance is lost: {error}"));
        }
        Ok(outcome)
    }

    /// The next call.
    fn choose(&mut self, number: u64) -> (Step, &'static str, Value) {
        let known: Vec<(usize, String)> = self
            .records
            .iter()
            .enumerate()
            .filter_map(|(at, record)| Some((at, record.id.clone()?)))
            .collect();
        let record = self.numbers.pick(&known).cloned();
        match (self.numbers.below(8), record) {
            (0, _) => {
                let soql = "SELECT Id FROM Account ORDER BY Name LIMIT 3";
                (Step::Read, "QUERY", json!({"salesforceQuery": soql}))
            }
            (1 | 2, Some((at, id))) => {
                let phone = format!("+49 {number}");
                let fields = json!({"Phone": phone});
                let input =
                    json!({"SObjectName": "Account", "SObjectId": id, "salesforcePayload": fields});
                (Step::Update(at, phone), "UPDATE", input)
            }
            (3, Some((at, id))) => {
                let input = json!({"SObjectName": "Account", "SObjectId": id});
                (Step::Delete(at), "DELETE", input)
            }
            (4, Some((at, id))) => {
                let input = json!({"salesforcePayload": {"contextId": id}});
                (Step::Submit(at), "APPROVAL_SUBMIT", input)
            }
            (kind, _) => {
                let name = format!("Chance {number}");
                let fields = json!({"Name": name});
                let mut input = json!({"SObjectName": "Account", "salesforcePayload": fields});
                let options = match kind {
                    5 => Some(json!({"externalId": {"field": "External_Key__c", "value": name}})),
                    6 => {
                        let key = format!("00000000-0000-4000-8000-{number:012}");
                        Some(json!({"idempotencyKey": key}))
                    }
                    _ => None,
                };
                if let (Some(options), Some(input)) = (options, input.as_object_mut()) {
                    input.insert("options".to_owned(), options);
                }
                self.records.push(Record::new(name));
                (Step::Create(self.records.len() - 1), "CREATE", input)
            }
        }
    }

    /// What a caller makes of what it was told.
    fn learn(&mut self, step: &Step, outcome: &Outcome) {
        let (Step::Create(at) | Step::Update(at, _) | Step::Delete(at) | Step::Submit(at)) = step
        else {
            return;
        };
        let Some(record) = self.records.get_mut(*at) else {
            return;
        };
        match step {
            Step::Create(_) => {
                record.create(outcome);
                if record.made == Known::Yes {
                    // As the answer has it, or as a caller finds it.
                    record.id = self.fake.id_of("Account", "Name", &record.name);
                }
            }
            Step::Update(_, phone) => record.update(phone, outcome),
            Step::Delete(_) => record.delete(outcome),
            Step::Submit(_) => record.submit(outcome),
            Step::Read => {}
        }
    }
}
