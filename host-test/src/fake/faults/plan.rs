//! Which fault strikes now.

use std::time::Duration;

use super::{Fault, Numbers, Rule, Stage};

/// Faults by chance: one of these in so many requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// From which the faults follow.
    pub seed: u64,
    /// One in so many requests is struck.
    pub one_in: u64,
    /// The faults to choose from; an outage among them lasts for a fifth of a second.
    pub faults: Vec<Fault>,
}

/// A time without connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outage {
    /// Which one.
    pub fault: Fault,
    /// How long it lasts; until it is lifted where it does not say.
    pub lasts: Option<Duration>,
}

/// The rules in force, and what they have seen.
#[derive(Debug, Default)]
pub struct Plan {
    rules: Vec<Watched>,
    chance: Option<Chance>,
}

#[derive(Debug)]
struct Watched {
    rule: Rule,
    seen: u64,
}

#[derive(Debug)]
struct Chance {
    numbers: Numbers,
    one_in: u64,
    faults: Vec<Fault>,
    /// What comes next. Drawn beforehand, since some strike before there is a request.
    next: Option<Fault>,
}

const OUTAGE: Duration = Duration::from_millis(200);

impl Plan {
    /// Adds a rule.
    pub fn add(&mut self, rule: Rule) {
        self.rules.push(Watched { rule, seen: 0 });
    }

    /// Leaves it to chance.
    pub fn leave_to(&mut self, seed: Seed) {
        let mut chance = Chance {
            numbers: Numbers::new(seed.seed),
            one_in: seed.one_in,
            faults: seed.faults,
            next: None,
        };
        chance.draw();
        self.chance = Some(chance);
    }

    /// The outage that begins now, before the next connection is taken up.
    pub fn outage(&mut self) -> Option<Outage> {
        for Watched { rule, seen } in &mut self.rules {
            // The connection that would come next.
            let due = *seen + 1 >= rule.nth && rule.times != Some(0);
            if rule.fault.stage() == Stage::Outage && due {
                rule.times = rule.times.map(|times| times - 1);
                return Some(Outage {
                    fault: rule.fault,
                    lasts: rule.lasts,
                });
            }
        }
        let fault = self.chance.as_mut()?.take(Stage::Outage)?;
        Some(Outage {
            fault,
            lasts: Some(OUTAGE),
        })
    }

    /// What strikes a connection that was taken up.
    pub fn accepted(&mut self) -> Option<Fault> {
        let mut struck = None;
        for watched in &mut self.rules {
            let stage = watched.rule.fault.stage();
            if matches!(stage, Stage::Outage | Stage::Accept) {
                watched.seen += 1;
            }
            if stage == Stage::Accept && struck.is_none() {
                struck = watched.due();
            }
        }
        struck.or_else(|| self.chance.as_mut()?.take(Stage::Accept))
    }

    /// What strikes a request that waits to be read.
    pub fn unread(&mut self, method: &str, target: &str) -> Option<Fault> {
        self.strike(&[Stage::Unread], method, target)
    }

    /// What strikes a request that was read.
    pub fn read(&mut self, method: &str, target: &str) -> Option<Fault> {
        let struck = self.strike(&[Stage::Instead, Stage::After], method, target);
        if let Some(chance) = &mut self.chance {
            chance.draw();
        }
        struck
    }

    fn strike(&mut self, stages: &[Stage], method: &str, target: &str) -> Option<Fault> {
        let mut struck = None;
        for watched in &mut self.rules {
            if stages.contains(&watched.rule.fault.stage()) && watched.rule.fits(method, target) {
                watched.seen += 1;
                if struck.is_none() {
                    struck = watched.due();
                }
            }
        }
        let chance = self.chance.as_mut();
        struck.or_else(|| chance.and_then(|chance| stages.iter().find_map(|s| chance.take(*s))))
    }
}

impl Watched {
    /// The fault, where it strikes what was seen last.
    fn due(&self) -> Option<Fault> {
        let Rule { nth, times, .. } = self.rule;
        let past = self.seen.checked_sub(nth)?;
        times
            .is_none_or(|times| past < times)
            .then_some(self.rule.fault)
    }
}

impl Chance {
    fn draw(&mut self) {
        self.next = match self.numbers.one_in(self.one_in) {
            true => self.numbers.pick(&self.faults).copied(),
            false => None,
        };
    }

    /// The fault that comes next, where it is one of this stage.
    fn take(&mut self, stage: Stage) -> Option<Fault> {
        self.next.take_if(|fault| fault.stage() == stage)
    }
}
