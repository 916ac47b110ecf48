//! One cell of the matrix: a call, a fault, and what became of both.

use super::judge::{self, Facts, MEMORY, Outcome, Usual};
use super::rows::Row;
use super::trouble::{Strikes, Trouble};
use crate::error::Error;
use crate::fake::faults::Elsewhere;
use crate::fake::ledger::Entry;
use crate::fake::{Fake, FakeConfig};
use crate::host::Host;
use crate::instance::Instance;
use crate::wit::{Detail, Failure};
use serde_json::Value;
use std::time::Duration;

/// How long the connector waits for an answer, and between two pieces of it.
pub(super) const PATIENCE: Duration = Duration::from_millis(1_000);
/// How long a call may take.
const DEADLINE_MS: u32 = 15_000;
/// How long the circuit breaker stays open: it is half open by the time of the next call.
const BREAKER: Duration = Duration::from_millis(1);
/// How long it may take where nothing else ends it.
const SHORT_DEADLINE_MS: u32 = 4_000;
/// How often a cell is run again that a slow machine disturbed.
const RUNS: usize = 6;

/// What is the same for all cells.
#[derive(Clone)]
pub(super) struct Bench {
    /// The component.
    pub(super) host: Host,
    /// Where faults lead astray.
    pub(super) elsewhere: Elsewhere,
    /// The most attempts of a request.
    pub(super) attempts: usize,
}

/// What becomes of a call.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    /// The outcome in a character.
    pub(super) symbol: char,
    /// What is wrong.
    pub(super) breaches: Vec<String>,
    /// The requests that were made.
    pub(super) usual: Usual,
    /// How many.
    pub(super) requests: usize,
    /// How often the fault struck.
    pub(super) strikes: usize,
}

impl Bench {
    /// Runs a cell. `usual` has the requests of the same call where nothing goes wrong.
    pub(super) async fn run(
        &self,
        row: Row,
        trouble: Trouble,
        strikes: Strikes,
        usual: &Usual,
    ) -> Result<Finding, Error> {
        let mut runs = 1;
        loop {
            match self.once(row, trouble, strikes, usual).await? {
                (finding, true) if runs == RUNS => return Ok(finding),
                (finding, false) => return Ok(finding),
                _ => runs += 1,
            }
        }
    }

    /// Runs a cell, and says whether the machine was too slow for it.
    async fn once(
        &self,
        row: Row,
        trouble: Trouble,
        strikes: Strikes,
        usual: &Usual,
    ) -> Result<(Finding, bool), Error> {
        let config = FakeConfig {
            elsewhere: self.elsewhere.clone(),
            keep_alive: !trouble.wants_new(),
            ..FakeConfig::default()
        };
        let secrets = vec![
            config.client_secret.clone(),
            config.password.clone(),
            config.security_token.clone(),
        ];
        let fake = Fake::start(row.config(config)).await.map_err(Error::Fake)?;
        let input = row.prepare(&fake, &self.host).await?;
        let settings = self.settings(&fake, row, trouble);
        let mut org = self.host.instance(settings).await?;
        if trouble.wants_kept() && warm_up(&mut org).await.is_err() {
            return Err(Error::Config("the call before the fault failed".to_owned()));
        }
        let before = (fake.ledger().len(), fake.strikes().len());
        org.trace();

        if trouble == Trouble::KeptClosed {
            fake.hang_up().await;
        }
        if let Some(rule) = trouble.rule(strikes, PATIENCE) {
            fake.inject(rule);
        }
        let outcome = call(&mut org, row.action(), &input).await;
        let trace = org.trace();
        fake.settle().await.map_err(Error::Fake)?;
        let (ledger, struck) = (fake.ledger(), fake.strikes());
        let ledger = ledger.get(before.0..).unwrap_or_default();
        let struck = struck.get(before.1..).unwrap_or_default();
        let authority = fake.url().replace("http://", "");
        let facts = Facts {
            row,
            trouble,
            strikes,
            outcome: &outcome,
            ledger,
            struck,
            trace: &trace,
            authority: &authority,
            usual,
            attempts: self.attempts,
            secrets: &secrets,
        };
        let mut breaches = judge::breaches(&facts);
        let wanted = strikes != Strikes::Never && trouble != Trouble::KeptClosed;
        if struck.is_empty() && wanted {
            breaches.push("the fault did not strike".to_owned());
        }
        tokio::time::sleep(BREAKER * 5).await;
        let next = match &outcome {
            Outcome::Failed(true, _) => repeated(&mut org, row, &input, &fake, before.0).await,
            _ => warm_up(&mut org).await,
        };
        breaches.extend(next.err());
        let disturbed = judge::disturbed(&facts, &org.trace());
        if org.memory_bytes() > MEMORY {
            breaches.push(format!("the instance took {} bytes", org.memory_bytes()));
        }
        if !breaches.is_empty()
            && let Outcome::Failed(_, detail) = &outcome
        {
            breaches.push(format!(
                "the failure was {}: {}",
                detail.code, detail.message
            ));
        }
        let finding = Finding {
            symbol: match breaches.is_empty() {
                true => judge::symbol(&outcome),
                false => '!',
            },
            breaches,
            requests: trace.len(),
            strikes: struck.len(),
            usual: judge::count(&trace),
        };
        Ok((finding, disturbed))
    }

    fn settings(&self, fake: &Fake, row: Row, trouble: Trouble) -> Vec<(String, String)> {
        let mut settings = fake.settings(row.flow());
        let patience = PATIENCE.as_millis().to_string();
        let deadline = match trouble.takes_the_deadline() && !row.deploys() {
            true => SHORT_DEADLINE_MS,
            false => DEADLINE_MS,
        };
        let limits = [
            ("SALESFORCE_MAX_ATTEMPTS", self.attempts.to_string()),
            ("SALESFORCE_DEADLINE_MS", deadline.to_string()),
            ("SALESFORCE_CONNECT_TIMEOUT_MS", patience.clone()),
            ("SALESFORCE_FIRST_BYTE_TIMEOUT_MS", patience.clone()),
            ("SALESFORCE_BETWEEN_BYTES_TIMEOUT_MS", patience),
            ("SALESFORCE_MAX_RESPONSE_BYTES", (1 << 20).to_string()),
            (
                "SALESFORCE_MAX_WAIT_MS",
                trouble.longest_wait_ms().to_string(),
            ),
            ("SALESFORCE_BREAKER_MS", BREAKER.as_millis().to_string()),
        ];
        settings.extend(limits.map(|(name, value)| (name.to_owned(), value)));
        settings
    }
}

/// Makes a call.
pub(super) async fn call(org: &mut Instance, action: &str, input: &Value) -> Outcome {
    let answer = match action {
        "session.login" => org.login().await.map(|answer| answer.map(drop)),
        "session.check" => org.check().await.map(|answer| answer.map(drop)),
        action => {
            let answer = org.invoke(action, &input.to_string()).await;
            answer.map(|answer| answer.map(drop))
        }
    };
    match answer {
        Ok(Ok(())) => Outcome::Done,
        Ok(Err(Failure::Permanent(detail))) => Outcome::Failed(false, Box::new(detail)),
        Ok(Err(Failure::Transient(detail))) => Outcome::Failed(true, Box::new(detail)),
        Ok(Err(Failure::ExecutionFailed)) => Outcome::Lost("execution-failed".to_owned()),
        Err(error) => Outcome::Lost(error.to_string()),
    }
}

/// Another call, which must succeed.
async fn warm_up(org: &mut Instance) -> Result<(), String> {
    let soql = "SELECT Id FROM Account ORDER BY Name LIMIT 1";
    match org.query(soql, false, None).await {
        Ok(Ok(page)) => {
            let body = page.body.unwrap_or_default();
            // Not the answer to another request.
            match body.contains("\"totalSize\":1") {
                true => Ok(()),
                false => Err(format!("the next call answered {body}")),
            }
        }
        Ok(Err(failure)) => Err(format!("the next call failed: {failure:?}")),
        Err(error) => Err(format!("the next call failed: {error}")),
    }
}

fn is_gone(detail: &Detail) -> bool {
    matches!(
        detail.code.as_str(),
        "ENTITY_IS_DELETED" | "INVALID_CROSS_REFERENCE_KEY"
    )
}

/// The same call again, which was said to be safe: it succeeds, and all in all the work is done
/// once.
async fn repeated(
    org: &mut Instance,
    row: Row,
    input: &Value,
    fake: &Fake,
    mark: usize,
) -> Result<(), String> {
    let outcome = call(org, row.action(), input).await;
    let ledger = fake.ledger();
    let ledger: &[Entry] = ledger.get(mark..).unwrap_or_default();
    let done = row.effects(ledger).filter(|e| e.change.differs()).count();
    let intended = row.intended();
    match outcome {
        Outcome::Done if done == intended => Ok(()),
        Outcome::Failed(false, _) if !row.succeeds() && done == intended => Ok(()),
        // A deletion was done by the call before, of which this one knows nothing.
        Outcome::Failed(false, detail) if row.deletes() && is_gone(&detail) && done == intended => {
            Ok(())
        }
        Outcome::Done => Err(format!(
            "repeated, it was done {done} times in place of {intended}"
        )),
        Outcome::Failed(_, detail) => {
            let (code, message) = (&detail.code, &detail.message);
            Err(format!(
                "repeating was said to be safe, and failed: {code}: {message}"
            ))
        }
        Outcome::Lost(error) => Err(format!(
            "repeating was said to be safe, and failed: {error}"
        )),
    }
}
