//! The org of the demo: an instance, the fake behind it, and what a step may ask of them.

use crate::fake::Fake;
use crate::instance::Instance;
use crate::trace::Exchange;
use crate::wit::{Applied, Detail, Failure};
use serde_json::Value;

/// The instance and the fake behind it.
pub(super) struct Org {
    pub(super) instance: Instance,
    pub(super) fake: Fake,
    /// The record that the steps share.
    pub(super) id: String,
    /// The requests of the current step.
    requests: Vec<Exchange>,
}

/// What an action did: its output, and the requests that it made.
pub(super) struct Done {
    pub(super) output: Value,
    pub(super) requests: Vec<Exchange>,
}

/// What an action was refused with, and the requests that it made.
pub(super) struct Refused {
    pub(super) detail: Detail,
    pub(super) requests: Vec<Exchange>,
}

impl Org {
    pub(super) fn new(instance: Instance, fake: Fake) -> Self {
        Self {
            instance,
            fake,
            id: String::new(),
            requests: Vec::new(),
        }
    }

    /// The requests since this was last called, which is once a step.
    pub(super) fn take_requests(&mut self) -> Vec<Exchange> {
        let mut requests = std::mem::take(&mut self.requests);
        requests.extend(self.instance.trace());
        requests
    }

    /// The requests since the last action of this step.
    pub(super) fn latest(&mut self) -> Vec<Exchange> {
        let latest = self.instance.trace();
        self.requests.extend(latest.iter().cloned());
        latest
    }

    /// Runs an action that should succeed.
    pub(super) async fn run(&mut self, action: &str, input: &Value) -> Result<Done, String> {
        let answer = self.instance.invoke(action, &input.to_string()).await;
        let requests = self.latest();
        match answer {
            Ok(Ok(output)) => Ok(Done {
                output: json(&output)?,
                requests,
            }),
            Ok(Err(failure)) => Err(format!("{action} failed: {}", describe(&failure))),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Runs an action that should be refused for good.
    pub(super) async fn refuse(&mut self, action: &str, input: &Value) -> Result<Refused, String> {
        let answer = self.instance.invoke(action, &input.to_string()).await;
        let requests = self.latest();
        match answer {
            Ok(Err(Failure::Permanent(detail))) => Ok(Refused { detail, requests }),
            Ok(Err(failure)) => Err(format!("not permanent: {}", describe(&failure))),
            Ok(Ok(output)) => Err(format!("{action} should fail, and answered {output}")),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Done {
    /// Checks `salesforceStatus`.
    pub(super) fn status(&self, status: &str) -> Result<(), String> {
        let found = self.output.get("salesforceStatus");
        check(found.and_then(Value::as_str) == Some(status), || {
            format!("salesforceStatus should be \"{status}\" in {}", self.output)
        })
    }

    /// What `salesforceResult` holds.
    pub(super) fn result(&self) -> Result<Value, String> {
        let result = self.output.get("salesforceResult").and_then(Value::as_str);
        json(result.ok_or_else(|| format!("no salesforceResult in {}", self.output))?)
    }

    /// Where a query result goes on.
    pub(super) fn locator(&self) -> Option<&str> {
        self.output.get("locator").and_then(Value::as_str)
    }
}

impl Refused {
    /// Checks the code, and that nothing changed in Salesforce.
    pub(super) fn code(&self, code: &str) -> Result<(), String> {
        let detail = &self.detail;
        check(detail.code == code, || {
            format!("the code should be {code}, and is {}", detail.code)
        })?;
        check(detail.applied == Applied::No, || {
            format!("nothing was applied, and it says {:?}", detail.applied)
        })
    }
}

/// Fails with `reason` unless `good`.
pub(super) fn check(good: bool, reason: impl FnOnce() -> String) -> Result<(), String> {
    if good { Ok(()) } else { Err(reason()) }
}

/// Checks the requests: for each a method, a part of the path, and the status.
pub(super) fn made(requests: &[Exchange], wanted: &[(&str, &str, u16)]) -> Result<(), String> {
    let fits = requests.len() == wanted.len()
        && requests
            .iter()
            .zip(wanted)
            .all(|(made, (method, path, status))| {
                made.method == *method
                    && made.path_and_query.contains(path)
                    && made.status == Some(*status)
                    && made.failure.is_none()
            });
    check(fits, || format!("the requests should be {wanted:?}"))
}

/// A failure in a few words.
pub(super) fn describe(failure: &Failure) -> String {
    match failure {
        Failure::Permanent(detail) | Failure::Transient(detail) => {
            format!("{}: {}", detail.code, detail.message)
        }
        Failure::ExecutionFailed => "execution failed".to_owned(),
    }
}

fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("this is not JSON ({error}): {text}"))
}
