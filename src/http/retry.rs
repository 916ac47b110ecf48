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
}

impl Meaning {
    /// Not executed, and a repetition will not change that.
    pub const REFUSED: Meaning = Meaning {
        repeat: false,
        applied: Applied::No,
    };
    /// Not executed, and may be next time.
    const BUSY: Meaning = Meaning {
        repeat: true,
        applied: Applied::No,
    };

    /// Perhaps executed.
    fn unknown(class: Class) -> Meaning {
        match class {
            Class::Read => Meaning::BUSY,
            Class::IdempotentWrite => Meaning {
                repeat: true,
                applied: Applied::Maybe,
            },
            Class::Write => Meaning {
                repeat: false,
                applied: Applied::Maybe,
            },
        }
    }
}

/// What it means that no whole answer came.
pub fn of_transport(error: &TransportError, class: Class) -> Meaning {
    let success = error.status.is_some_and(|s| (200..300).contains(&s));
    match (error.trouble, error.sent) {
        (Trouble::Denied | Trouble::Unsendable, _) => Meaning::REFUSED,
        // A status of success without its whole body: done, and only the answer is lost.
        (trouble, true) if success && class != Class::Read => Meaning {
            repeat: class == Class::IdempotentWrite && trouble != Trouble::TooLarge,
            applied: Applied::Yes,
        },
        (Trouble::TooLarge, true) if class == Class::Read => Meaning::REFUSED,
        (Trouble::TooLarge, true) => Meaning {
            repeat: false,
            applied: Applied::Maybe,
        },
        (_, false) => Meaning::BUSY,
        (_, true) => Meaning::unknown(class),
    }
}

/// What a status outside success means, with the code and message of Salesforce's first error.
pub fn of_answer(status: u16, code: &str, message: &str, class: Class) -> Meaning {
    match (status, code) {
        // Three limits share one code. The daily quota will not come back within the call.
        (403, "REQUEST_LIMIT_EXCEEDED") if message.starts_with("Concurrent") => Meaning::BUSY,
        // Rolled back, whoever held the lock.
        (400, "UNABLE_TO_LOCK_ROW") => Meaning::BUSY,
        (400, "QUERY_TIMEOUT") if class == Class::Read => Meaning::BUSY,
        // Edge had no route yet, so nothing was reached.
        (420, _) => Meaning::BUSY,
        (406, "") | (408 | 429, _) => Meaning::unknown(class),
        (500.., _) => Meaning::unknown(class),
        _ => Meaning::REFUSED,
    }
}

/// The first wait, in milliseconds; it doubles with each attempt.
const BASE_MS: u64 = 500;
/// The longest wait between two attempts, in milliseconds.
const CAP_MS: u64 = 8_000;

/// How long to wait before attempt number `next` (the first repetition is 2): a random part of
/// a doubling bound, or what the server asked for. None where it asks for more than the cap.
pub fn wait_ms(next: u32, retry_after_ms: Option<u64>, random: u64) -> Option<u64> {
    match retry_after_ms {
        Some(asked) if asked > CAP_MS => None,
        Some(asked) => Some(asked),
        None => {
            let doublings = next.saturating_sub(2).min(8);
            let bound = (BASE_MS << doublings).min(CAP_MS);
            Some(random % (bound + 1))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Applied::{Maybe, No, Yes};
    use Class::{IdempotentWrite, Read, Write};

    fn meaning(repeat: bool, applied: Applied) -> Meaning {
        Meaning { repeat, applied }
    }

    #[test]
    fn answers_mean_what_the_service_documents() {
        let total = "TotalRequests Limit exceeded.";
        let concurrent = "ConcurrentRequests (Concurrent API Requests) Limit exceeded.";
        let long = "ConcurrentPerOrgLongTxn Limit exceeded.";
        let limit = "REQUEST_LIMIT_EXCEEDED";
        // status, code, message, then the meaning for a read, an idempotent write, a write
        let refused = [meaning(false, No); 3];
        let busy = [meaning(true, No); 3];
        let unknown = [
            meaning(true, No),
            meaning(true, Maybe),
            meaning(false, Maybe),
        ];
        let query = [meaning(true, No), meaning(false, No), meaning(false, No)];
        let table = [
            (300, "", "", refused),
            (302, "", "", refused),
            (400, "REQUIRED_FIELD_MISSING", "", refused),
            (400, "UNABLE_TO_LOCK_ROW", "", busy),
            (400, "QUERY_TIMEOUT", "", query),
            (400, "INVALID_QUERY_LOCATOR", "", refused),
            (400, "TXN_SECURITY_METERING_ERROR", "", refused),
            (401, "INVALID_AUTH_HEADER", "", refused),
            (403, limit, total, refused),
            (403, limit, concurrent, busy),
            (403, limit, long, busy),
            (403, "API_DISABLED_FOR_ORG", "", refused),
            (404, "NOT_FOUND", "", refused),
            (406, "", "", unknown),
            (406, "NOT_ACCEPTABLE", "", refused),
            (408, "", "", unknown),
            (420, "", "", busy),
            (429, "", "", unknown),
            (500, "UNKNOWN_EXCEPTION", "", unknown),
            (502, "", "", unknown),
            (503, "SERVER_UNAVAILABLE", "", unknown),
        ];
        for (status, code, message, expected) in table {
            for (class, expected) in [Read, IdempotentWrite, Write].into_iter().zip(expected) {
                let found = of_answer(status, code, message, class);
                assert_eq!(found, expected, "{status} {code} {message} {class:?}");
            }
        }
    }

    #[test]
    fn transport_errors_mean_what_was_sent() {
        let error = |trouble, sent, status| TransportError {
            trouble,
            sent,
            status,
            message: String::new(),
        };
        let timeout = Trouble::Timeout;
        let table = [
            (timeout, false, None, Write, meaning(true, No)),
            (timeout, true, None, Read, meaning(true, No)),
            (timeout, true, None, IdempotentWrite, meaning(true, Maybe)),
            (timeout, true, None, Write, meaning(false, Maybe)),
            (
                Trouble::Connection,
                true,
                Some(201),
                Write,
                meaning(false, Yes),
            ),
            (
                Trouble::Connection,
                true,
                Some(200),
                Read,
                meaning(true, No),
            ),
            (
                Trouble::Connection,
                true,
                Some(500),
                Write,
                meaning(false, Maybe),
            ),
            (Trouble::Denied, false, None, Read, meaning(false, No)),
            (Trouble::TooLarge, true, Some(200), Read, meaning(false, No)),
            (
                Trouble::TooLarge,
                true,
                Some(201),
                Write,
                meaning(false, Yes),
            ),
            (
                Trouble::TooLarge,
                true,
                Some(500),
                Write,
                meaning(false, Maybe),
            ),
        ];
        for (trouble, sent, status, class, expected) in table {
            let found = of_transport(&error(trouble, sent, status), class);
            assert_eq!(found, expected, "{trouble:?} {sent} {status:?} {class:?}");
        }
    }

    #[test]
    fn waits_double_up_to_a_cap_and_honour_the_server_within_it() {
        assert_eq!(wait_ms(2, None, 500), Some(500));
        assert_eq!(wait_ms(2, None, 501), Some(0));
        assert_eq!(wait_ms(3, None, 1_000), Some(1_000));
        assert_eq!(wait_ms(60, None, 8_000), Some(8_000));
        assert_eq!(wait_ms(60, None, 8_001), Some(0));
        assert_eq!(wait_ms(2, Some(3_000), 7), Some(3_000));
        assert_eq!(wait_ms(2, Some(8_001), 7), None);
    }
}
