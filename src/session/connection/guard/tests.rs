use super::*;
use crate::failure::{Applied, Kind};
use crate::http::{Method, Trouble};
use crate::session::connection::{Ask, Body};
use crate::testing::Script;

const GIVEN: [(&str, &str); 2] = [
    ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
    ("SALESFORCE_ACCESS_TOKEN", "hush-given"),
];
const ONCE: (&str, &str) = ("SALESFORCE_MAX_ATTEMPTS", "1");
const TWICE: (&str, &str) = ("SALESFORCE_BREAKER_FAILURES", "2");
const SECOND: (&str, &str) = ("SALESFORCE_BREAKER_MS", "1000");
const SPENT_BODY: &str =
    r#"[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]"#;

/// Opens after two calls, for a second, and makes single attempts.
fn connect(script: &Script) -> Connection {
    script.connect(&[GIVEN[0], GIVEN[1], ONCE, TWICE, SECOND])
}

fn call(c: &mut Connection, class: Class, deadline_ms: Option<u64>) -> Result<(), Failure> {
    c.run(|c| {
        let mut call = c.begin(Vec::new(), deadline_ms);
        c.ask(&mut call, &Ask::new(Method::Get, "/x", class))
            .map(|_| ())
    })
}

fn read(c: &mut Connection) -> Result<(), Failure> {
    call(c, Class::Read, None)
}

/// The code of a failure, what it says caused it, and how long to wait.
fn outline(failure: &Failure) -> (Kind, &str, Option<&str>, Option<u64>) {
    let detail = &failure.detail;
    assert_eq!(detail.applied, Applied::No);
    let cause = detail
        .more
        .get("cause")
        .map(|cause| cause.trim_matches('"'));
    (failure.kind, &detail.code, cause, detail.retry_after_ms)
}

const OPEN: &str = "CIRCUIT_BREAKER_OPEN";

#[test]
fn calls_that_find_the_service_down_make_the_next_ones_fail_at_once() {
    let script = Script::default();
    let mut c = connect(&script);
    assert_eq!(c.breaker(), r#"{"state":"closed","failures":0}"#);
    script
        .fail(Trouble::Timeout, true, None)
        .fail(Trouble::Connection, false, None);
    let first = read(&mut c).unwrap_err();
    assert_eq!(first.detail.code, "REQUEST_TIMEOUT");
    let second = read(&mut c).unwrap_err();
    assert_eq!(second.detail.code, "CONNECTION_ERROR");
    let open = r#"{"state":"open","failures":2,"cause":"CONNECTION_ERROR","retryAfterMs":1000}"#;
    assert_eq!(c.breaker(), open);
    for class in [
        Class::Read,
        Class::IdempotentWrite,
        Class::Keyed,
        Class::Write,
    ] {
        let failure = call(&mut c, class, None).unwrap_err();
        let expected = (Kind::Transient, OPEN, Some("CONNECTION_ERROR"), Some(1_000));
        assert_eq!(outline(&failure), expected, "{class:?}");
        assert_eq!(failure.detail.more.get("attempts"), Some("0"));
    }
    assert_eq!(script.lines().len(), 2);

    // After its time one call is tried. It fails, so that the time doubles.
    script.pass(1_000).answer(503, "");
    assert!(c.breaker().contains("\"half-open\""), "{}", c.breaker());
    assert_eq!(read(&mut c).unwrap_err().detail.code, "UNKNOWN_ERROR");
    let failure = read(&mut c).unwrap_err();
    assert_eq!(outline(&failure).3, Some(2_000));
    // The next one does not.
    script.pass(2_000).answer(200, "{}").answer(200, "{}");
    read(&mut c).unwrap();
    assert_eq!(c.breaker(), r#"{"state":"closed","failures":0}"#);
    read(&mut c).unwrap();
    assert_eq!(script.lines().len(), 5);
}

#[test]
fn what_the_service_refuses_does_not_count() {
    let lock = r#"[{"message":"m","errorCode":"UNABLE_TO_LOCK_ROW"}]"#;
    let script = Script::default();
    let mut c = connect(&script);
    for _ in 0..3 {
        script
            .answer(503, "")
            .answer(400, lock)
            .answer(401, "<html>")
            .fail(Trouble::Denied, false, None);
        for _ in 0..4 {
            read(&mut c).unwrap_err();
        }
    }
    assert_eq!(script.lines().len(), 12);
    assert_eq!(c.breaker(), r#"{"state":"closed","failures":0}"#);
}

#[test]
fn a_write_that_may_have_been_made_counts() {
    let script = Script::default();
    let mut c = connect(&script);
    script
        .fail(Trouble::Timeout, true, None)
        .fail(Trouble::Connection, true, Some(201));
    for _ in 0..2 {
        let failure = call(&mut c, Class::Write, None).unwrap_err();
        assert_eq!(failure.kind, Kind::Permanent);
    }
    assert_eq!(outline(&read(&mut c).unwrap_err()).1, OPEN);
}

#[test]
fn a_call_counts_once_however_many_attempts_and_requests_it_makes() {
    let script = Script::default();
    let mut c = script.connect(&[GIVEN[0], GIVEN[1], TWICE, SECOND]);
    for _ in 0..3 {
        script.answer(503, "");
    }
    assert_eq!(outline(&read(&mut c).unwrap_err()).2, Some("UNKNOWN_ERROR"));
    assert!(c.breaker().starts_with(r#"{"state":"closed","failures":1"#));
    // A call whose first request succeeds and whose second does not is a failed one.
    script
        .answer(200, "{}")
        .answer(503, "")
        .answer(503, "")
        .answer(503, "");
    let both = c.run(|c| {
        let mut call = c.begin(Vec::new(), None);
        c.ask(&mut call, &Ask::new(Method::Get, "/x", Class::Read))?;
        c.ask(&mut call, &Ask::new(Method::Get, "/y", Class::Read))
    });
    both.unwrap_err();
    assert!(c.breaker().starts_with(r#"{"state":"open","failures":2"#));
}

#[test]
fn the_daily_quota_opens_it_at_once() {
    let script = Script::default();
    let mut c = connect(&script);
    script.answer(403, SPENT_BODY);
    let failure = read(&mut c).unwrap_err();
    assert_eq!(
        (failure.kind, failure.detail.code.as_ref()),
        (Kind::Permanent, SPENT)
    );
    let expected = (Kind::Transient, OPEN, Some(SPENT), Some(1_000));
    assert_eq!(outline(&read(&mut c).unwrap_err()), expected);

    // Limits of what runs at once do not.
    let concurrent = SPENT_BODY.replace("Total", "Concurrent");
    let script = Script::default();
    let mut c = connect(&script);
    script.answer(403, &concurrent).answer(200, "{}");
    read(&mut c).unwrap_err();
    read(&mut c).unwrap();
}

#[test]
fn the_quota_opens_it_in_soap_too() {
    let script = Script::default();
    let mut c = connect(&script);
    script.answer(
        500,
        "<e:Envelope xmlns:e='u'><e:Body><e:Fault><faultcode>sf:REQUEST_LIMIT_EXCEEDED</faultcode>\
         <faultstring>REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded.</faultstring>\
         </e:Fault></e:Body></e:Envelope>",
    );
    let failure = c.run(|c| {
        let mut call = c.begin(Vec::new(), None);
        let ask = Ask::new(Method::Post, "/s", Class::Write);
        c.ask(&mut call, &ask.with(Body::Soap("<x/>")))
    });
    assert_eq!(failure.unwrap_err().detail.code, SPENT);
    assert_eq!(outline(&read(&mut c).unwrap_err()).2, Some(SPENT));
}

#[test]
fn a_caller_who_is_in_a_hurry_says_nothing_of_the_service() {
    let script = Script::default();
    let mut c = connect(&script);
    for _ in 0..3 {
        script.slow(50).fail(Trouble::Timeout, true, None);
        call(&mut c, Class::Read, Some(50)).unwrap_err();
    }
    assert_eq!(c.breaker(), r#"{"state":"closed","failures":0}"#);
    // What fails before that time is over counts.
    for _ in 0..2 {
        script.slow(49).fail(Trouble::Timeout, true, None);
        call(&mut c, Class::Read, Some(50)).unwrap_err();
    }
    assert!(c.breaker().contains("\"open\""), "{}", c.breaker());
}

#[test]
fn it_is_reset_and_can_be_switched_off() {
    let script = Script::default();
    let mut c = connect(&script);
    script.answer(403, SPENT_BODY).answer(200, "{}");
    read(&mut c).unwrap_err();
    c.reset_breaker();
    assert_eq!(c.breaker(), r#"{"state":"closed","failures":0}"#);
    read(&mut c).unwrap();

    let never = ("SALESFORCE_BREAKER_FAILURES", "0");
    let script = Script::default();
    let mut c = script.connect(&[GIVEN[0], GIVEN[1], ONCE, never]);
    for _ in 0..20 {
        script.answer(503, "").answer(403, SPENT_BODY);
        read(&mut c).unwrap_err();
        read(&mut c).unwrap_err();
    }
    assert!(c.breaker().starts_with(r#"{"state":"off""#));
}

#[test]
fn a_wrong_input_or_a_login_that_is_lacking_is_told_as_such() {
    let script = Script::default();
    let mut c = script.connect(&[("SALESFORCE_CLIENT_ID", "key"), TWICE]);
    for _ in 0..3 {
        assert_eq!(read(&mut c).unwrap_err().detail.code, "MISSING_INPUT");
    }
    assert_eq!(c.breaker(), r#"{"state":"closed","failures":0}"#);
}

#[test]
fn a_call_that_makes_no_request_is_no_trial() {
    let token = ("SALESFORCE_ACCESS_TOKEN", "hush.jwt.token");
    let script = Script::default();
    let mut c = script.connect(&[GIVEN[0], token, ONCE, TWICE, SECOND]);
    script.answer(503, "").answer(503, "");
    for _ in 0..2 {
        read(&mut c).unwrap_err();
    }
    script.pass(1_000);
    let soap = c.run(|c| {
        let mut call = c.begin(Vec::new(), None);
        let ask = Ask::new(Method::Post, "/s", Class::Read).with(Body::Soap("<x/>"));
        c.ask(&mut call, &ask)
    });
    assert_eq!(soap.unwrap_err().detail.code, "INVALID_SESSION_ID");
    assert!(c.breaker().contains("\"half-open\""), "{}", c.breaker());
    assert_eq!(script.lines().len(), 2);
}

#[test]
fn a_login_that_is_down_opens_it_and_is_made_on_request_all_the_same() {
    let app = [
        ("SALESFORCE_DOMAIN", "acme.my.salesforce.com"),
        ("SALESFORCE_CLIENT_ID", "key"),
        ("SALESFORCE_CLIENT_SECRET", "hush-secret"),
    ];
    let script = Script::default();
    let mut c = script.connect(&[app[0], app[1], app[2], ONCE, TWICE]);
    script
        .answer(503, "")
        .fail(Trouble::Connection, false, None);
    for _ in 0..2 {
        read(&mut c).unwrap_err();
    }
    assert_eq!(outline(&read(&mut c).unwrap_err()).1, OPEN);
    script.login("hush-one").answer(200, "{}");
    c.log_in().unwrap();
    // A session alone does not say that the org answers.
    assert_eq!(outline(&read(&mut c).unwrap_err()).1, OPEN);
    c.try_anew();
    read(&mut c).unwrap();
    assert!(c.breaker().contains("\"closed\""));
}

#[test]
fn a_secret_in_the_code_of_an_answer_does_not_show() {
    let script = Script::default();
    let mut c = connect(&script);
    let body = r#"[{"message":"m","errorCode":"hush-given"}]"#;
    script.answer(503, body);
    read(&mut c).unwrap_err();
    assert!(c.breaker().contains("[redacted]"), "{}", c.breaker());
}

#[test]
fn writes_are_refused_near_the_quota_and_reads_are_not() {
    let reserve = ("SALESFORCE_QUOTA_RESERVE_PERCENT", "10");
    let script = Script::default();
    let mut c = script.connect(&[GIVEN[0], GIVEN[1], reserve, SECOND]);
    let used = |used: &str| {
        let usage = format!("api-usage={used}/5000");
        script.answer_with(200, &[("sforce-limit-info", &usage)], "{}");
    };
    used("4499");
    call(&mut c, Class::Write, None).unwrap();
    used("4500");
    call(&mut c, Class::Write, None).unwrap();
    for class in [Class::IdempotentWrite, Class::Keyed, Class::Write] {
        let failure = call(&mut c, class, None).unwrap_err();
        let expected = (Kind::Transient, OPEN, Some(SPENT), Some(1_000));
        assert_eq!(outline(&failure), expected);
        let detail = failure.detail;
        assert_eq!(
            detail.more.get("apiUsage"),
            Some(r#"{"used":4500,"limit":5000}"#)
        );
        assert_eq!(
            detail.more.get("setting"),
            Some("\"SALESFORCE_QUOTA_RESERVE_PERCENT\"")
        );
        assert!(
            detail.message.contains("4500 of 5000"),
            "{}",
            detail.message
        );
        assert!(detail.message.contains("10 percent"), "{}", detail.message);
    }
    let known = r#"{"state":"closed","failures":0,"apiUsage":{"used":4500,"limit":5000},"writesRefusedMs":1000}"#;
    assert_eq!(c.breaker(), known);
    // A read learns anew; so does a failure.
    used("4400");
    read(&mut c).unwrap();
    script.answer_with(404, &[("sforce-limit-info", "api-usage=4600/5000")], "");
    call(&mut c, Class::Write, None).unwrap_err();
    assert_eq!(
        outline(&call(&mut c, Class::Write, None).unwrap_err()).1,
        OPEN
    );
    // When what is known is stale, one write goes out and not all.
    script.pass(1_000).answer(200, "{}");
    call(&mut c, Class::Write, None).unwrap();
    assert_eq!(
        outline(&call(&mut c, Class::Write, None).unwrap_err()).1,
        OPEN
    );
    c.reset_breaker();
    script.answer(200, "{}");
    call(&mut c, Class::Write, None).unwrap();
    assert_eq!(script.lines().len(), 6);
}

#[test]
fn a_call_that_has_begun_to_write_is_not_cut_off_by_the_reserve() {
    let reserve = ("SALESFORCE_QUOTA_RESERVE_PERCENT", "10");
    let script = Script::default();
    let mut c = script.connect(&[GIVEN[0], GIVEN[1], reserve]);
    for _ in 0..2 {
        script.answer_with(200, &[("sforce-limit-info", "api-usage=99/100")], "{}");
    }
    c.run(|c| {
        let mut call = c.begin(Vec::new(), None);
        c.ask(&mut call, &Ask::new(Method::Get, "/x", Class::Write))?;
        c.ask(&mut call, &Ask::new(Method::Get, "/x", Class::Write))
    })
    .unwrap();
    assert_eq!(
        outline(&call(&mut c, Class::Write, None).unwrap_err()).1,
        OPEN
    );
}

#[test]
fn without_a_reserve_writes_go_on_to_the_end() {
    let script = Script::default();
    let mut c = script.connect(&GIVEN);
    for _ in 0..3 {
        script.answer_with(200, &[("sforce-limit-info", "api-usage=100/100")], "{}");
        call(&mut c, Class::Write, None).unwrap();
    }
}
