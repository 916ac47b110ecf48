//! When a request is not made at all: while the service is down, and near the daily quota.

use super::retry::Health;

/// A service that asks for more time than a day is not believed, in milliseconds.
const LONGEST_MS: u64 = 86_400_000;
/// How often the time doubles for which a breaker stays open.
const MOST_DOUBLINGS: u32 = 6;

/// When a breaker opens, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Failed calls in a row; 0 never opens.
    pub failures: u32,
    /// How long it stays open the first time, in milliseconds; each trial that fails doubles it.
    pub open_ms: u64,
}

/// A circuit breaker: calls fail at once while the service is down, and from time to time one is
/// tried. Calls do not overlap, so that the next one after the time is the trial.
#[derive(Debug)]
pub struct Breaker {
    rule: Rule,
    /// Failed calls in a row.
    failures: u32,
    /// How often it was opened in a row.
    trips: u32,
    /// Until when it is open; it stays here for the trial.
    open_until: Option<u64>,
    /// What the failures were.
    cause: String,
    /// The worst of the call that goes on.
    worst: Option<Health>,
    /// How long the service asked to wait, in milliseconds.
    asked_ms: u64,
}

impl Breaker {
    /// A breaker that is closed.
    pub fn new(rule: Rule) -> Self {
        Breaker {
            rule,
            failures: 0,
            trips: 0,
            open_until: None,
            cause: String::new(),
            worst: None,
            asked_ms: 0,
        }
    }

    /// How long no request may be made, in milliseconds; none where one may.
    pub fn wait_ms(&self, now: u64) -> Option<u64> {
        self.open_until?.checked_sub(now).filter(|wait| *wait > 0)
    }

    /// What an attempt of the call that goes on told of the service; `cause` is the code of its
    /// failure.
    pub fn note(&mut self, health: Health, cause: &str, asked_ms: Option<u64>) {
        if self.worst.is_some_and(|worst| worst > health) {
            return;
        }
        self.worst = Some(health);
        if health != Health::Up {
            self.cause = cause.to_owned();
            self.asked_ms = asked_ms.unwrap_or_default().min(LONGEST_MS);
        }
    }

    /// Ends the call. One that made no request changes nothing.
    pub fn end(&mut self, now: u64) {
        let Some(health) = self.worst.take() else {
            return;
        };
        if health == Health::Up {
            *self = Breaker::new(self.rule);
            return;
        }
        self.failures = self.failures.saturating_add(1);
        let opens = health == Health::Spent
            || self.open_until.is_some()
            || self.failures >= self.rule.failures;
        if opens && self.rule.failures > 0 {
            let time = self.rule.open_ms << self.trips.min(MOST_DOUBLINGS);
            self.open_until = Some(now.saturating_add(time.max(self.asked_ms)));
            self.trips = self.trips.saturating_add(1);
        }
    }

    /// Lets the next call be tried.
    pub fn half_open(&mut self) {
        self.open_until = self.open_until.map(|_| 0);
    }

    /// Closes it.
    pub fn close(&mut self) {
        *self = Breaker::new(self.rule);
    }

    /// Its state, in a word.
    pub fn state(&self, now: u64) -> &'static str {
        match (self.rule.failures, self.open_until, self.wait_ms(now)) {
            (0, ..) => "off",
            (_, None, _) => "closed",
            (_, _, Some(_)) => "open",
            (_, _, None) => "half-open",
        }
    }

    /// Calls in a row that found the service down.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// The code of the last of them; empty where there are none.
    pub fn cause(&self) -> &str {
        &self.cause
    }
}

/// The requests of the last 24 hours, as an answer told them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Requests used.
    pub used: u64,
    /// Requests that the org has.
    pub limit: u64,
}

/// The daily quota, and the part of it that is kept from writes.
#[derive(Debug)]
pub struct Quota {
    percent: u64,
    stale_ms: u64,
    seen: Option<(Usage, u64)>,
}

impl Quota {
    /// A quota of which nothing is known yet. `percent` of it are kept from writes; what is
    /// known goes stale after `stale_ms` milliseconds.
    pub fn new(percent: u32, stale_ms: u64) -> Self {
        Quota {
            percent: u64::from(percent),
            stale_ms,
            seen: None,
        }
    }

    /// Takes what an answer told.
    pub fn learn(&mut self, usage: Usage, now: u64) {
        self.seen = Some((usage, now));
    }

    /// How long writes are refused, in milliseconds; none where one may be made. What is stale
    /// refuses none, so that no instance that only writes locks itself out.
    pub fn wait_ms(&self, now: u64) -> Option<u64> {
        let (Usage { used, limit }, at) = self.seen?;
        let left = limit.saturating_sub(used);
        let near = left.saturating_mul(100) <= limit.saturating_mul(self.percent)
            && self.percent > 0
            && limit > 0;
        let wait = at.saturating_add(self.stale_ms).saturating_sub(now);
        (near && wait > 0).then_some(wait)
    }

    /// A write goes out: what is stale counts as new, until its answer tells, so that one goes
    /// and not all that come.
    pub fn write(&mut self, now: u64) {
        if let Some((_, at)) = &mut self.seen {
            *at = now;
        }
    }

    /// What is known.
    pub fn usage(&self) -> Option<Usage> {
        self.seen.map(|(usage, _)| usage)
    }

    /// Forgets what is known.
    pub fn forget(&mut self) {
        self.seen = None;
    }

    /// The part that is kept from writes, in percent.
    pub fn percent(&self) -> u64 {
        self.percent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Health::{Down, Spent, Up};

    const RULE: Rule = Rule {
        failures: 3,
        open_ms: 1_000,
    };

    /// Ends a call that was like this.
    fn call(breaker: &mut Breaker, health: Health, now: u64) {
        breaker.note(health, "E", None);
        breaker.end(now);
    }

    #[test]
    fn failures_in_a_row_open_it_and_a_trial_closes_it_or_opens_it_for_twice_as_long() {
        let mut breaker = Breaker::new(RULE);
        for health in [Down, Down, Up, Down, Down] {
            call(&mut breaker, health, 0);
            assert_eq!((breaker.state(0), breaker.wait_ms(0)), ("closed", None));
        }
        assert_eq!(breaker.failures(), 2);
        call(&mut breaker, Down, 10);
        assert_eq!(
            (breaker.state(10), breaker.wait_ms(10)),
            ("open", Some(1_000))
        );
        assert_eq!((breaker.failures(), breaker.cause()), (3, "E"));
        assert_eq!(breaker.wait_ms(1_009), Some(1));
        assert_eq!(
            (breaker.state(1_010), breaker.wait_ms(1_010)),
            ("half-open", None)
        );
        // One failed trial is enough.
        call(&mut breaker, Down, 1_010);
        assert_eq!(breaker.wait_ms(1_010), Some(2_000));
        call(&mut breaker, Up, 3_010);
        assert_eq!((breaker.state(3_010), breaker.failures()), ("closed", 0));
        assert_eq!(breaker.cause(), "");
        // And it begins anew.
        for _ in 0..3 {
            call(&mut breaker, Down, 4_000);
        }
        assert_eq!(breaker.wait_ms(4_000), Some(1_000));
    }

    #[test]
    fn the_time_doubles_up_to_a_bound() {
        let mut breaker = Breaker::new(RULE);
        for _ in 0..100 {
            call(&mut breaker, Spent, 0);
        }
        assert_eq!(breaker.wait_ms(0), Some(64_000));
    }

    #[test]
    fn a_spent_quota_opens_it_at_once() {
        let mut breaker = Breaker::new(RULE);
        breaker.note(Spent, "REQUEST_LIMIT_EXCEEDED", None);
        // What the same call did afterwards makes it no better.
        breaker.note(Up, "", None);
        breaker.note(Down, "E", None);
        breaker.end(0);
        assert_eq!(breaker.wait_ms(0), Some(1_000));
        assert_eq!(breaker.cause(), "REQUEST_LIMIT_EXCEEDED");
    }

    #[test]
    fn one_failed_trial_opens_it_again_whatever_opened_it() {
        let mut breaker = Breaker::new(RULE);
        call(&mut breaker, Spent, 0);
        call(&mut breaker, Down, 1_000);
        assert_eq!(breaker.wait_ms(1_000), Some(2_000));
    }

    #[test]
    fn it_stays_open_as_long_as_the_service_asks() {
        let mut breaker = Breaker::new(Rule {
            failures: 1,
            ..RULE
        });
        breaker.note(Down, "E", Some(5_000));
        breaker.end(0);
        assert_eq!(breaker.wait_ms(0), Some(5_000));
        breaker.note(Down, "E", Some(u64::MAX));
        breaker.end(5_000);
        assert_eq!(breaker.wait_ms(5_000), Some(86_400_000));
    }

    #[test]
    fn a_call_without_a_request_changes_nothing() {
        let mut breaker = Breaker::new(Rule {
            failures: 1,
            ..RULE
        });
        call(&mut breaker, Down, 0);
        breaker.end(1_000);
        assert_eq!(breaker.state(1_000), "half-open");
        assert_eq!(breaker.failures(), 1);
    }

    #[test]
    fn it_can_be_tried_closed_and_switched_off() {
        let mut breaker = Breaker::new(Rule {
            failures: 1,
            ..RULE
        });
        breaker.half_open();
        assert_eq!(breaker.state(0), "closed");
        call(&mut breaker, Down, 0);
        breaker.half_open();
        assert_eq!(breaker.state(1), "half-open");
        call(&mut breaker, Down, 1);
        assert_eq!(breaker.state(1), "open");
        breaker.close();
        assert_eq!((breaker.state(1), breaker.failures()), ("closed", 0));

        let mut off = Breaker::new(Rule {
            failures: 0,
            ..RULE
        });
        call(&mut off, Spent, 0);
        call(&mut off, Down, 0);
        assert_eq!(
            (off.state(0), off.wait_ms(0), off.failures()),
            ("off", None, 2)
        );
    }

    #[test]
    fn writes_are_refused_within_the_reserve() {
        let mut quota = Quota::new(10, 1_000);
        assert_eq!(quota.wait_ms(0), None);
        // used, limit, whether writes wait
        let table = [
            (0, 100, None),
            (89, 100, None),
            (90, 100, Some(1_000)),
            (120, 100, Some(1_000)),
            (0, 0, None),
            (u64::MAX, u64::MAX, Some(1_000)),
        ];
        for (used, limit, expected) in table {
            quota.learn(Usage { used, limit }, 5);
            assert_eq!(quota.wait_ms(5), expected, "{used}/{limit}");
        }
        let mut none = Quota::new(0, 1_000);
        none.learn(
            Usage {
                used: 100,
                limit: 100,
            },
            0,
        );
        assert_eq!(none.wait_ms(0), None);
    }

    #[test]
    fn one_write_goes_out_when_what_is_known_is_stale() {
        let mut quota = Quota::new(10, 1_000);
        let usage = Usage {
            used: 95,
            limit: 100,
        };
        quota.learn(usage, 0);
        assert_eq!(quota.wait_ms(999), Some(1));
        assert_eq!(quota.wait_ms(1_000), None);
        quota.write(1_000);
        // Its answer told nothing.
        assert_eq!(quota.wait_ms(1_001), Some(999));
        quota.learn(
            Usage {
                used: 10,
                limit: 100,
            },
            1_100,
        );
        assert_eq!(quota.wait_ms(1_100), None);
        quota.learn(usage, 1_200);
        quota.forget();
        assert_eq!((quota.wait_ms(1_200), quota.usage()), (None, None));
    }
}
