//! What a failed attempt means, and when the next one follows.

use super::{TransportError, Trouble};
use crate::failure::Applied;

/// What a request does, and so whether a second one can do harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Changes nothing.
    Read,
    /// Leads to the same state however often it is made.
    IdempotentWrite,
    /// Carries a key by which the service knows it again, so that it is made once.
    Keyed,
    /// Changes something each time.
    Write,
}

/// What a failed attempt means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// Whether the same request may follow, and may succeed.
    pub repeat: bool,
    /// Whether this attempt changed anything.
    pub applied: Applied,
    /// What it tells of the service.
    pub health: Health,
}

/// What an attempt tells of the service, from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// It works, whatever it said.
    Up,
    /// It cannot be reached, is overloaded or broken.
    Down,
    /// The requests of the day are used up.
    Spent,
}

impl Meaning {
    /// Not executed, and a repetition will not change that.
    pub const REFUSED: Meaning = Meaning {
        repeat: false,
        applied: Applied::No,
        health: Health::Up,
    };
    /// Not executed since something else is under way, and may be next time.
    const HELD: Meaning = Meaning {
        repeat: true,
        ..Meaning::REFUSED
    };
    /// Not executed since the service is down or has too much to do, and may be next time.
    const BUSY: Meaning = Meaning {
        health: Health::Down,
        ..Meaning::HELD
    };

    /// Perhaps executed.
    fn unknown(class: Class) -> Meaning {
        match class {
            Class::Read => Meaning::BUSY,
            _ => Meaning::done(class, Applied::Maybe),
        }
    }

    /// A write of which something is known, and whose answer is lost.
    pub fn done(class: Class, applied: Applied) -> Meaning {
        Meaning {
            repeat: class != Class::Write,
            applied,
            health: Health::Down,
        }
    }
}

/// What it means that no whole answer came.
pub fn of_transport(error: &TransportError, class: Class) -> Meaning {
    let success = error.status.is_some_and(|s| (200..300).contains(&s));
    let meaning = match (class, error.sent) {
        (_, false) => Meaning::BUSY,
        // A status of success without its whole body: done, and only the answer is lost.
        (Class::IdempotentWrite | Class::Keyed | Class::Write, true) if success => {
            Meaning::done(class, Applied::Yes)
        }
        (_, true) => Meaning::unknown(class),
    };
    match error.trouble {
        Trouble::Denied | Trouble::Unsendable => Meaning::REFUSED,
        // It would be as large the next time.
        Trouble::TooLarge => Meaning {
            repeat: false,
            health: Health::Up,
            ..meaning
        },
        Trouble::Timeout | Trouble::Connection => meaning,
    }
}

/// What a status outside success means, with the code and message of Salesforce's first error.
pub fn of_answer(status: u16, code: &str, message: &str, class: Class) -> Meaning {
    match (status, code) {
        // Three limits share one code. The daily quota will not come back within the call.
        (403, "REQUEST_LIMIT_EXCEEDED") if message.starts_with("Concurrent") => Meaning::BUSY,
        (403, "REQUEST_LIMIT_EXCEEDED") => Meaning {
            health: Health::Spent,
            ..Meaning::REFUSED
        },
        // Rolled back, whoever held the lock.
        (400, "UNABLE_TO_LOCK_ROW") => Meaning::HELD,
        (400, "QUERY_TIMEOUT") if class == Class::Read => Meaning::HELD,
        // A request with this key is under way, perhaps an earlier attempt.
        (409, _) if class == Class::Keyed => Meaning {
            health: Health::Up,
            ..Meaning::unknown(class)
        },
        // Edge had no route yet, so nothing was reached.
        (420, _) => Meaning::BUSY,
        (406, "") | (408 | 429, _) => Meaning::unknown(class),
        (500.., _) => Meaning::unknown(class),
        _ => Meaning::REFUSED,
    }
}

/// The bound of the first wait, in milliseconds; it doubles with each attempt.
const BASE_MS: u64 = 500;

/// Why no further attempt follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The attempts are used up.
    UsedUp,
    /// The service asks for a longer wait than the connector makes.
    AskedTooMuch,
    /// The time of the call would be over first.
    TooLate,
}

/// What is left of a call after an attempt that may be repeated.
#[derive(Clone, Copy, Debug)]
pub struct Left {
    /// Attempts made.
    pub made: u32,
    /// The most attempts.
    pub most: u32,
    /// The time that is left, in milliseconds.
    pub ms: u64,
    /// The longest wait between two attempts, in milliseconds.
    pub cap_ms: u64,
}

/// How long to wait for the next attempt, in milliseconds: a random part of a doubling bound, or
/// what the service asked for.
pub fn wait_ms(left: Left, asked_ms: Option<u64>, random: u64) -> Result<u64, Stop> {
    if left.made >= left.most {
        return Err(Stop::UsedUp);
    }
    let wait = match asked_ms {
        Some(asked) if asked > left.cap_ms => return Err(Stop::AskedTooMuch),
        Some(asked) => asked,
        None => {
            let doublings = left.made.saturating_sub(1).min(8);
            let bound = (BASE_MS << doublings).min(left.cap_ms);
            random % (bound + 1)
        }
    };
    match wait < left.ms {
        true => Ok(wait),
        false => Err(Stop::TooLate),
    }
}

#[cfg(test)]
mod tests;
