use super::*;
use Applied::{Maybe, No, Yes};
use Class::{IdempotentWrite, Keyed, Read, Write};
use Health::{Down, Spent, Up};

const CLASSES: [Class; 4] = [Read, IdempotentWrite, Keyed, Write];

fn meaning(repeat: bool, applied: Applied, health: Health) -> Meaning {
    Meaning {
        repeat,
        applied,
        health,
    }
}

#[test]
fn answers_mean_what_the_service_documents() {
    let total = "TotalRequests Limit exceeded.";
    let concurrent = "ConcurrentRequests (Concurrent API Requests) Limit exceeded.";
    let long = "ConcurrentPerOrgLongTxn Limit exceeded.";
    let limit = "REQUEST_LIMIT_EXCEEDED";
    // The meaning for a read, an idempotent write, a write with a key, a write.
    let refused = [meaning(false, No, Up); 4];
    let spent = [meaning(false, No, Spent); 4];
    let held = [meaning(true, No, Up); 4];
    let busy = [meaning(true, No, Down); 4];
    let unknown = [
        meaning(true, No, Down),
        meaning(true, Maybe, Down),
        meaning(true, Maybe, Down),
        meaning(false, Maybe, Down),
    ];
    let query = [
        meaning(true, No, Up),
        meaning(false, No, Up),
        meaning(false, No, Up),
        meaning(false, No, Up),
    ];
    let keyed = [
        meaning(false, No, Up),
        meaning(false, No, Up),
        meaning(true, Maybe, Up),
        meaning(false, No, Up),
    ];
    let session = "Session expired or invalid";
    let table = [
        (300, "", "", refused),
        (302, "", "", refused),
        (304, "", "", refused),
        (400, "REQUIRED_FIELD_MISSING", "", refused),
        (400, "UNABLE_TO_LOCK_ROW", "", held),
        (400, "QUERY_TIMEOUT", "", query),
        (400, "INVALID_QUERY_LOCATOR", "", refused),
        (400, "TXN_SECURITY_METERING_ERROR", "", refused),
        (400, "LIMIT_EXCEEDED", "", refused),
        (400, "IDEMPOTENCY_NOT_SUPPORTED", "", refused),
        // Not executed; whether a new session helps is told apart elsewhere.
        (401, "INVALID_SESSION_ID", session, refused),
        (401, "INVALID_AUTH_HEADER", "", refused),
        (401, "", "", refused),
        (403, limit, total, spent),
        (403, limit, "", spent),
        (403, limit, concurrent, busy),
        (403, limit, long, busy),
        (403, "API_DISABLED_FOR_ORG", "", refused),
        (403, "FUNCTIONALITY_NOT_ENABLED", "", refused),
        (403, "INSUFFICIENT_ACCESS", "", refused),
        (404, "NOT_FOUND", "", refused),
        (404, "ENTITY_IS_DELETED", "", refused),
        (406, "", "", unknown),
        (406, "NOT_ACCEPTABLE", "", refused),
        (408, "", "", unknown),
        (409, "", "", keyed),
        (409, "CONFLICT", "", keyed),
        (410, "", "", refused),
        (412, "", "", refused),
        (420, "", "", busy),
        (422, "", "", refused),
        (429, "", "", unknown),
        (500, "UNKNOWN_EXCEPTION", "", unknown),
        (500, "REQUEST_RUNNING_TOO_LONG", "", unknown),
        (502, "", "", unknown),
        (503, "SERVER_UNAVAILABLE", "", unknown),
        (503, "", "", unknown),
        (504, "", "", unknown),
    ];
    for (status, code, message, expected) in table {
        for (class, expected) in CLASSES.into_iter().zip(expected) {
            let found = of_answer(status, code, message, class);
            assert_eq!(found, expected, "{status} {code} {message} {class:?}");
        }
    }
}

#[test]
fn transport_errors_mean_what_was_sent() {
    // For a read, an idempotent write, a write with a key, a write.
    let refused = [meaning(false, No, Up); 4];
    let busy = [meaning(true, No, Down); 4];
    let unknown = [
        meaning(true, No, Down),
        meaning(true, Maybe, Down),
        meaning(true, Maybe, Down),
        meaning(false, Maybe, Down),
    ];
    let done = [
        meaning(true, No, Down),
        meaning(true, Yes, Down),
        meaning(true, Yes, Down),
        meaning(false, Yes, Down),
    ];
    let large = |applied| {
        [
            meaning(false, No, Up),
            meaning(false, applied, Up),
            meaning(false, applied, Up),
            meaning(false, applied, Up),
        ]
    };
    let (timeout, connection) = (Trouble::Timeout, Trouble::Connection);
    let table = [
        (timeout, false, None, busy),
        (connection, false, None, busy),
        (timeout, true, None, unknown),
        (connection, true, None, unknown),
        (timeout, true, Some(201), done),
        (connection, true, Some(200), done),
        (connection, true, Some(204), done),
        (connection, true, Some(302), unknown),
        (connection, true, Some(500), unknown),
        (Trouble::Denied, false, None, refused),
        (Trouble::Unsendable, false, None, refused),
        (Trouble::TooLarge, true, Some(201), large(Yes)),
        (Trouble::TooLarge, true, Some(500), large(Maybe)),
        (Trouble::TooLarge, true, None, large(Maybe)),
    ];
    for (trouble, sent, status, expected) in table {
        for (class, expected) in CLASSES.into_iter().zip(expected) {
            let error = TransportError {
                trouble,
                sent,
                status,
                message: String::new(),
            };
            let found = of_transport(&error, class);
            assert_eq!(found, expected, "{trouble:?} {sent} {status:?} {class:?}");
        }
    }
}

#[test]
fn waits_double_up_to_a_cap_and_honour_the_service_within_it() {
    let wait = |made, asked, random| {
        let left = Left {
            made,
            most: 100,
            ms: 20_000,
            cap_ms: 8_000,
        };
        wait_ms(left, asked, random)
    };
    assert_eq!(wait(1, None, 500), Ok(500));
    assert_eq!(wait(1, None, 501), Ok(0));
    assert_eq!(wait(2, None, 1_000), Ok(1_000));
    assert_eq!(wait(2, None, 1_001), Ok(0));
    assert_eq!(wait(60, None, 8_000), Ok(8_000));
    assert_eq!(wait(60, None, 8_001), Ok(0));
    assert_eq!(wait(1, Some(0), 7), Ok(0));
    assert_eq!(wait(1, Some(8_000), 7), Ok(8_000));
    assert_eq!(wait(1, Some(8_001), 7), Err(Stop::AskedTooMuch));
    let small = Left {
        made: 1,
        most: 2,
        ms: 20_000,
        cap_ms: 10,
    };
    assert_eq!(wait_ms(small, None, 21), Ok(10));
    assert_eq!(wait_ms(small, Some(11), 21), Err(Stop::AskedTooMuch));
}

#[test]
fn attempts_and_time_come_to_an_end() {
    let wait = |made, ms, asked| {
        let left = Left {
            made,
            most: 3,
            ms,
            cap_ms: 8_000,
        };
        wait_ms(left, asked, 100)
    };
    assert_eq!(wait(2, 101, None), Ok(100));
    assert_eq!(wait(2, 100, None), Err(Stop::TooLate));
    assert_eq!(wait(2, 0, Some(0)), Err(Stop::TooLate));
    assert_eq!(wait(3, 101, None), Err(Stop::UsedUp));
    assert_eq!(wait(3, 0, Some(9_000)), Err(Stop::UsedUp));
    let one = Left {
        made: 1,
        most: 1,
        ms: 1_000,
        cap_ms: 8_000,
    };
    assert_eq!(wait_ms(one, None, 0), Err(Stop::UsedUp));
}
