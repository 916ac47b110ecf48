//! Calls that are not made: while the circuit breaker is open, and writes near the quota.

use super::{Call, Connection};
use crate::failure::{Failure, HINT, code};
use crate::http::retry::{Class, Health};
use crate::json::More;
use crate::session::settings::QUOTA_RESERVE_PERCENT;
use crate::session::verdict::{API_USAGE, Setback, told};

/// What Salesforce says when the requests of the day are used up.
const SPENT: &str = "REQUEST_LIMIT_EXCEEDED";

impl Connection {
    /// What is known of the breaker and of the quota, as JSON.
    pub fn breaker(&self) -> String {
        let now = self.platform.now();
        let mut more = More::default()
            .with("state", self.breaker.state(now))
            .with("failures", u64::from(self.breaker.failures()));
        let cause = self.breaker.cause();
        if !cause.is_empty() {
            more.set("cause", cause);
        }
        if let Some(wait) = self.breaker.wait_ms(now) {
            more.set("retryAfterMs", wait);
        }
        if let Some(usage) = self.quota.usage() {
            more.set(API_USAGE, &told(usage));
        }
        if let Some(wait) = self.quota.wait_ms(now) {
            more.set("writesRefusedMs", wait);
        }
        more.to_text()
    }

    /// Closes the breaker, and forgets the quota.
    pub fn reset_breaker(&mut self) {
        self.breaker.close();
        self.quota.forget();
    }

    /// Lets be tried again what was refused: a login, and a call where the breaker is open.
    pub fn try_anew(&mut self) {
        self.refused = None;
        self.breaker.half_open();
    }

    /// Whether a request may be made. A call that has begun to write is not left half done for
    /// the reserve.
    pub(super) fn admit(&mut self, call: &mut Call, class: Class) -> Result<(), Failure> {
        let now = self.platform.now();
        let failure = if let Some(wait) = self.breaker.wait_ms(now) {
            let cause = self.breaker.cause();
            let message =
                format!("no request was made, since the circuit breaker is open after {cause}");
            held(message, cause, wait)
        } else if class == Class::Read || call.writes {
            return Ok(());
        } else if let (Some(wait), Some(usage)) = (self.quota.wait_ms(now), self.quota.usage()) {
            let message = format!(
                "no request was made: {} of {} API requests of 24 hours are used, and \
                 {QUOTA_RESERVE_PERCENT} keeps the last {} percent from writes",
                usage.used,
                usage.limit,
                self.quota.percent()
            );
            held(message, SPENT, wait)
                .with(API_USAGE, &told(usage))
                .with("setting", QUOTA_RESERVE_PERCENT)
                .with(
                    HINT,
                    "Reads go on. Repeat the write when older requests have expired.",
                )
        } else {
            call.writes = true;
            self.quota.write(now);
            return Ok(());
        };
        Err(failure.with("attempts", u64::from(call.attempts)))
    }

    /// Notes that a request succeeded.
    pub(super) fn note_success(&mut self) {
        self.breaker.note(Health::Up, "", None);
    }

    /// Notes what a failed attempt tells of the service. Where the caller gave it too little
    /// time, that is nothing.
    pub(super) fn note_failure(&mut self, call: &Call, setback: &Setback) {
        if call.hurried && self.platform.now() >= call.deadline {
            return;
        }
        let detail = &setback.failure.detail;
        self.breaker
            .note(setback.meaning.health, &detail.code, detail.retry_after_ms);
    }
}

/// The failure of a call without a request.
fn held(message: String, cause: &str, wait_ms: u64) -> Failure {
    let mut failure = Failure::permanent(code::CIRCUIT_BREAKER_OPEN, message).transient();
    failure.detail.retry_after_ms = Some(wait_ms);
    failure.with("cause", cause)
}

#[cfg(test)]
mod tests;
