//! Every sequence of faults, held against what the service really did.

use super::*;

/// What the service does with a request, and what comes back of it.
#[derive(Clone, Copy, Debug)]
enum Fate {
    /// The request does not get there.
    Unsent,
    /// It gets lost, or its answer does.
    Lost { applied: bool },
    /// The answer breaks off after its status of success.
    Cut,
    /// The answer is whole and no JSON.
    Garbled,
    /// An answer of this status.
    Says(u16, &'static str, bool),
    /// It succeeds.
    Done,
}

const LOCK: &str = r#"[{"message":"m","errorCode":"UNABLE_TO_LOCK_ROW"}]"#;
const REFUSED: &str = r#"[{"message":"m","errorCode":"INVALID_FIELD"}]"#;
const BUSY: &str =
    r#"[{"message":"ConcurrentRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]"#;

const FATES: [Fate; 17] = [
    Fate::Unsent,
    Fate::Lost { applied: false },
    Fate::Lost { applied: true },
    Fate::Cut,
    Fate::Garbled,
    Fate::Says(503, "<html>", false),
    Fate::Says(503, "<html>", true),
    Fate::Says(429, "", false),
    Fate::Says(406, "", true),
    Fate::Says(420, "", false),
    Fate::Says(400, LOCK, false),
    Fate::Says(400, REFUSED, false),
    Fate::Says(403, BUSY, false),
    Fate::Says(401, EXPIRED, false),
    Fate::Says(409, "", false),
    Fate::Says(302, "", false),
    Fate::Done,
];

impl Fate {
    fn play(self, script: &Script) {
        match self {
            Fate::Unsent => script.fail(Trouble::Connection, false, None),
            Fate::Lost { .. } => script.fail(Trouble::Timeout, true, None),
            Fate::Cut => script.fail(Trouble::Connection, true, Some(201)),
            Fate::Garbled => script.answer(201, "{\"id\":"),
            Fate::Says(status, body, _) => script.answer(status, body),
            Fate::Done => script.answer(201, "{}"),
        };
    }

    fn applies(self) -> bool {
        match self {
            Fate::Cut | Fate::Garbled | Fate::Done => true,
            Fate::Lost { applied } | Fate::Says(_, _, applied) => applied,
            Fate::Unsent => false,
        }
    }
}

#[test]
fn no_write_is_made_twice_and_what_is_told_is_true() {
    for class in [
        Class::Read,
        Class::IdempotentWrite,
        Class::Keyed,
        Class::Write,
    ] {
        for first in FATES {
            for second in FATES {
                for third in FATES {
                    let fates = [first, second, third];
                    let script = Script::default();
                    fates.iter().for_each(|fate| fate.play(&script));
                    let outcome = ask(&mut script.connect(&GIVEN), Method::Post, class);
                    check(class, &fates[..script.lines().len()], outcome);
                }
            }
        }
    }
}

fn check(class: Class, fates: &[Fate], outcome: Result<Reply, Failure>) {
    let case = format!("{class:?} {fates:?} {outcome:?}");
    let times = fates.iter().filter(|fate| fate.applies()).count();
    assert!(class != Class::Write || times <= 1, "made twice: {case}");
    let Err(failure) = outcome else {
        return assert!(matches!(fates.last(), Some(Fate::Done)), "{case}");
    };
    let told = failure.detail.applied;
    match (class, told) {
        (Class::Read, told) => assert_eq!(told, Applied::No, "{case}"),
        (_, Applied::No) => assert_eq!(times, 0, "{case}"),
        (_, Applied::Yes) => assert!(times > 0, "{case}"),
        (_, Applied::Maybe) => {
            let known = |fate: &Fate| matches!(fate, Fate::Cut | Fate::Garbled);
            assert!(!fates.iter().any(known), "it is known: {case}");
        }
        (_, Applied::Partly) => panic!("{case}"),
    }
    if class == Class::Write && told != Applied::No {
        assert_eq!(failure.kind, Kind::Permanent, "{case}");
    }
    let attempts = fates.len().to_string();
    let counted = failure.detail.more.get("attempts");
    assert_eq!(counted, Some(attempts.as_str()), "{case}");
}
