//! Holds what a caller was told against what was done.

use super::rows::Row;
use super::trouble::{Strikes, Trouble, breaks, is_got_over, is_write, leaves_open};
use crate::fake::Strike;
use crate::fake::ledger::Entry;
use crate::trace::Exchange;
use crate::wit::{Applied, Detail};
use std::collections::HashMap;

/// What a call came to.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    /// A success.
    Done,
    /// A failure: whether it may be repeated, and what it says.
    Failed(bool, Box<Detail>),
    /// The host ended it.
    Lost(String),
}

/// Everything about a call that is over.
pub(super) struct Facts<'a> {
    /// The call.
    pub(super) row: Row,
    /// What went wrong.
    pub(super) trouble: Trouble,
    /// How often.
    pub(super) strikes: Strikes,
    /// What the caller was told.
    pub(super) outcome: &'a Outcome,
    /// What was done.
    pub(super) ledger: &'a [Entry],
    /// What went wrong, as the fake has it.
    pub(super) struck: &'a [Strike],
    /// The requests, as the host has them.
    pub(super) trace: &'a [Exchange],
    /// Where requests may go.
    pub(super) authority: &'a str,
    /// How often each request is made where nothing goes wrong.
    pub(super) usual: &'a Usual,
    /// The most attempts of a request.
    pub(super) attempts: usize,
    /// What nobody may be told.
    pub(super) secrets: &'a [String],
}

/// Requests by method and path, and how often each was made.
pub(super) type Usual = HashMap<(String, String), usize>;

/// Counts requests.
pub(super) fn count(trace: &[Exchange]) -> Usual {
    let mut usual = Usual::new();
    for exchange in trace {
        let key = (exchange.method.clone(), exchange.path_and_query.clone());
        *usual.entry(key).or_default() += 1;
    }
    usual
}

/// The most memory that an instance may take for what is sent here, in bytes.
pub(super) const MEMORY: usize = 32 * 1024 * 1024;

/// Whether the machine was too slow for the patience of the connector: something failed that
/// nothing had struck, in the call or in those after it.
pub(super) fn disturbed(facts: &Facts, after: &[Exchange]) -> bool {
    let failed = |trace: &[Exchange]| trace.iter().filter(|e| e.failure.is_some()).count();
    let struck = facts.struck.iter().filter(|s| breaks(s.fault)).count();
    // An outage is counted when it begins and not for each connection.
    let counted = !facts.trouble.wants_new();
    failed(after) > 0 || counted && failed(facts.trace) > struck
}

/// Everything that is wrong with it.
pub(super) fn breaches(facts: &Facts) -> Vec<String> {
    let mut found = told(facts);
    found.extend(requested(facts));
    found.extend(leaked(facts));
    found
}

/// Whether the outcome is what the ledger says.
fn told(facts: &Facts) -> Vec<String> {
    let mut found = Vec::new();
    let row = facts.row;
    let all = row.effects(facts.ledger).count();
    let done = row
        .effects(facts.ledger)
        .filter(|e| e.change.differs())
        .count();
    let intended = row.intended();
    if done > intended {
        found.push(format!("done {done} times in place of {intended}"));
    }
    if !row.idempotent() && all > intended {
        found.push(format!("written {all} times in place of {intended}"));
    }
    match facts.outcome {
        Outcome::Lost(error) => found.push(format!("the instance is lost: {error}")),
        Outcome::Done if !row.succeeds() => {
            found.push("a success, where Salesforce refuses".to_owned());
        }
        Outcome::Done if done != intended => {
            found.push(format!("a success, and {done} of {intended} was done"));
        }
        Outcome::Done => {}
        Outcome::Failed(transient, detail) => {
            let code = &detail.code;
            let wrong = match detail.applied {
                Applied::No => done > 0,
                // A call that Salesforce refuses in part never is done as a whole.
                Applied::Yes => done < intended || !row.succeeds() || row.reads(),
                Applied::Partly => done == 0 || row.reads(),
                Applied::Maybe => !may_be_open(facts),
            };
            if wrong {
                let applied = detail.applied;
                found.push(format!(
                    "{code} says applied: {applied:?}, and {done} of {intended} was done"
                ));
            }
            if *transient && !row.idempotent() && done > 0 {
                found.push(format!("{code} may be repeated, which would do it again"));
            }
            if must_succeed(facts) {
                found.push(format!(
                    "{code}, although it may be repeated: {}",
                    detail.message
                ));
            }
            if facts.strikes == Strikes::Never && row.succeeds() {
                found.push(format!(
                    "{code}, where nothing went wrong: {}",
                    detail.message
                ));
            }
        }
    }
    found
}

/// Whether the connector has to get over the fault by itself, by repeating what may be repeated.
fn must_succeed(facts: &Facts) -> bool {
    let row = facts.row;
    let (Trouble::Fault(fault), Strikes::Once(2..)) = (facts.trouble, facts.strikes) else {
        return false;
    };
    // That the object is gone may have another reason than the attempt before.
    let gone = row == Row::ObjectDelete && fault.applies();
    let (repeatable, every) = is_got_over(fault);
    row.succeeds() && !gone && (every || repeatable && (row.reads() || row.idempotent()))
}

/// Whether something struck a write in a way that leaves open whether it was done.
fn may_be_open(facts: &Facts) -> bool {
    let row = facts.row;
    if row.reads() {
        return false;
    }
    // A deployment goes on by itself, so that a start or a look that is lost leaves it open,
    // unless it certainly never started.
    let deploys = |path: &str| path.contains("/metadata/deployRequest");
    let of_strike = facts.struck.iter().any(|strike| {
        is_write(&strike.method, &strike.path) && leaves_open(strike)
            || deploys(&strike.path) && (strike.method == "GET" || strike.fault.applies())
    });
    // What strikes connections names no request: the host knows whose connection it was.
    let of_connection = facts
        .struck
        .iter()
        .any(|s| s.method.is_empty() && leaves_open(s));
    let lost = |exchange: &Exchange| {
        let path = &exchange.path_and_query;
        exchange.failure.is_some() && (is_write(&exchange.method, path) || deploys(path))
    };
    of_strike || (of_connection && facts.trace.iter().any(lost))
}

/// Whether the requests that were made may be made.
fn requested(facts: &Facts) -> Vec<String> {
    let mut found = Vec::new();
    for exchange in facts.trace {
        if exchange.host != facts.authority {
            found.push(format!("a request went to {}", exchange.host));
        }
    }
    // A session that has expired is renewed once, and the request then made again.
    let renewed = usize::from(facts.trouble == Trouble::Fault(crate::fake::faults::Fault::Expired));
    for ((method, path), times) in count(facts.trace) {
        // A deployment is looked at until it is done.
        if method == "GET" && path.contains("/metadata/deployRequest/") {
            continue;
        }
        let usual = facts.usual.get(&(method.clone(), path.clone()));
        let most = usual.copied().unwrap_or(1) * facts.attempts + renewed;
        if times > most {
            found.push(format!(
                "{times} times {method} {path}, at most {most} expected"
            ));
        }
    }
    if let Outcome::Failed(_, detail) = facts.outcome {
        let more: serde_json::Value = serde_json::from_str(&detail.more).unwrap_or_default();
        let told = more.get("attempts").and_then(serde_json::Value::as_u64);
        let made = facts.trace.len() as u64;
        if told.is_some_and(|told| told != made) {
            let told = told.unwrap_or_default();
            found.push(format!("attempts: {told}, and {made} requests were made"));
        }
    }
    found
}

/// Whether the failure tells a secret.
fn leaked(facts: &Facts) -> Vec<String> {
    let Outcome::Failed(_, detail) = facts.outcome else {
        return Vec::new();
    };
    let texts = format!(
        "{} {} {:?} {}",
        detail.code, detail.message, detail.body, detail.more
    );
    let mut secrets = facts.secrets.iter();
    match secrets.any(|secret| texts.contains(secret)) {
        true => vec!["a secret is in the failure".to_owned()],
        false => Vec::new(),
    }
}

/// An outcome in a character, as [`LEGEND`] has it.
pub(super) fn symbol(outcome: &Outcome) -> char {
    match outcome {
        Outcome::Done => '+',
        Outcome::Lost(_) => 'X',
        Outcome::Failed(transient, detail) => {
            let letter = match detail.applied {
                Applied::No => 'n',
                Applied::Maybe => 'm',
                Applied::Partly => 'p',
                Applied::Yes => 'y',
            };
            match transient {
                true => letter,
                false => letter.to_ascii_uppercase(),
            }
        }
    }
}

/// What the characters of the table mean.
pub(super) const LEGEND: &str = "\
Each cell has one character for each request of the call (logins included) that the fault
struck once, and behind the slash one for a fault that struck all of them but the login:
  +  the call succeeded, and what it should change was changed once
  N  failed; applied: no, and nothing was changed
  M  failed; applied: maybe, and nobody could know better
  P  failed; applied: partly, and so it was
  Y  failed; applied: yes, and it was changed once
  n m p y   the same, and repeating the call was safe and succeeded
  !  something of this is not true: see below";
