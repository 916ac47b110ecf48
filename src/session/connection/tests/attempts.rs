//! How often a request is made, and what is told when that is not enough.

use super::*;

#[test]
fn what_may_be_repeated_is_and_the_last_cause_is_told() {
    let lock =
        r#"[{"message":"unable to obtain exclusive access","errorCode":"UNABLE_TO_LOCK_ROW"}]"#;
    let script = Script::default();
    script.answer(400, lock).answer(400, lock).answer(400, lock);
    let failure = ask(&mut script.connect(&GIVEN), Method::Post, Class::Write).unwrap_err();
    let expected = (
        Kind::Transient,
        "CIRCUIT_BREAKER_OPEN",
        Applied::No,
        Some(400),
    );
    assert_eq!(outline(&failure), expected);
    assert_eq!(
        failure.detail.more.get("cause"),
        Some("\"UNABLE_TO_LOCK_ROW\"")
    );
    assert_eq!(failure.detail.more.get("attempts"), Some("3"));
    assert_eq!(script.slept(), [100, 100]);
}

#[test]
fn a_lost_answer_is_told_by_what_it_may_have_done() {
    let timeout = Trouble::Timeout;
    // class, whether it was sent, requests made, kind, code, applied
    let breaker = "CIRCUIT_BREAKER_OPEN";
    let table = [
        (Class::Read, true, 3, Kind::Transient, breaker, Applied::No),
        (
            Class::IdempotentWrite,
            true,
            3,
            Kind::Transient,
            breaker,
            Applied::Maybe,
        ),
        (
            Class::Write,
            true,
            1,
            Kind::Permanent,
            "REQUEST_TIMEOUT",
            Applied::Maybe,
        ),
        (
            Class::Write,
            false,
            3,
            Kind::Transient,
            breaker,
            Applied::No,
        ),
    ];
    for (class, sent, requests, kind, code, applied) in table {
        let script = Script::default();
        for _ in 0..3 {
            script.fail(timeout, sent, None);
        }
        let failure = ask(&mut script.connect(&GIVEN), Method::Post, class).unwrap_err();
        assert_eq!(
            outline(&failure),
            (kind, code, applied, None),
            "{class:?} {sent}"
        );
        assert_eq!(script.lines().len(), requests, "{class:?} {sent}");
    }
}

#[test]
fn what_an_earlier_attempt_may_have_done_is_not_forgotten() {
    let script = Script::default();
    let gone = r#"[{"message":"no","errorCode":"FIELD_CUSTOM_VALIDATION_EXCEPTION"}]"#;
    script
        .fail(Trouble::Connection, true, None)
        .answer(400, gone);
    let failure = ask(
        &mut script.connect(&GIVEN),
        Method::Patch,
        Class::IdempotentWrite,
    )
    .unwrap_err();
    let code = "FIELD_CUSTOM_VALIDATION_EXCEPTION";
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, code, Applied::Maybe, Some(400))
    );
}

#[test]
fn what_an_earlier_attempt_did_is_not_doubted_later() {
    let script = Script::default();
    script
        .fail(Trouble::Connection, true, Some(200))
        .fail(Trouble::Connection, true, Some(404))
        .fail(Trouble::Connection, true, None);
    let mut connection = script.connect(&GIVEN);
    let failure = ask(&mut connection, Method::Delete, Class::IdempotentWrite).unwrap_err();
    assert_eq!(failure.detail.applied, Applied::Yes);
}

#[test]
fn a_status_of_success_settles_nothing_where_the_body_has_the_results() {
    let lost = |script: &Script| {
        script.fail(Trouble::Connection, true, Some(200));
    };
    let garbled = |script: &Script| {
        script.answer(200, "[{\"success\":");
    };
    let large = |script: &Script| {
        script.fail(Trouble::TooLarge, true, Some(201));
    };
    let answers: [&dyn Fn(&Script); 3] = [&lost, &garbled, &large];
    for answer in answers {
        let asks = [
            (Ask::new(Method::Post, "/x", Class::Write), Applied::Yes),
            (
                Ask::new(Method::Post, "/x", Class::Write).with_results(),
                Applied::Maybe,
            ),
            (
                Ask::new(Method::Post, "/x", Class::Write).with(Body::Other("text/plain", b"x")),
                Applied::Maybe,
            ),
        ];
        for (ask, applied) in asks {
            let script = Script::default();
            answer(&script);
            let mut connection = script.connect(&GIVEN);
            let mut call = connection.begin(Vec::new(), None);
            let failure = connection.ask(&mut call, &ask).unwrap_err();
            assert_eq!(failure.detail.applied, applied, "{ask:?}");
            assert!(call.uncertain());
        }
    }
}

#[test]
fn a_page_with_the_status_of_a_creation_was_created() {
    for (status, applied) in [(200, Applied::Maybe), (201, Applied::Yes)] {
        let script = Script::default();
        script.answer_with(status, &[("content-type", "text/html")], "<html>");
        let mut connection = script.connect(&GIVEN);
        let failure = ask(&mut connection, Method::Post, Class::Write).unwrap_err();
        assert_eq!(failure.detail.applied, applied, "{status}");
    }
}

#[test]
fn one_attempt_is_told_as_it_was() {
    let once = [GIVEN[0], GIVEN[1], ("SALESFORCE_MAX_ATTEMPTS", "1")];
    let script = Script::default();
    script.fail(Trouble::Connection, true, None);
    let failure = read(&mut script.connect(&once)).unwrap_err();
    let expected = (Kind::Transient, "CONNECTION_ERROR", Applied::No, None);
    assert_eq!(outline(&failure), expected);
}

#[test]
fn a_wait_beyond_the_cap_is_left_to_the_caller() {
    let script = Script::default();
    script.answer_with(503, &[("retry-after", "60")], "");
    let failure = read(&mut script.connect(&GIVEN)).unwrap_err();
    assert_eq!(failure.kind, Kind::Transient);
    assert_eq!(failure.detail.code, "UNKNOWN_ERROR");
    assert_eq!(failure.detail.retry_after_ms, Some(60_000));

    let script = Script::default();
    script
        .answer(503, "")
        .answer_with(503, &[("retry-after", "60")], "");
    let failure = read(&mut script.connect(&GIVEN)).unwrap_err();
    let code = "CIRCUIT_BREAKER_OPEN";
    let expected = (Kind::Transient, code, Applied::No, Some(503));
    assert_eq!(outline(&failure), expected);
    assert_eq!(failure.detail.more.get("cause"), Some("\"UNKNOWN_ERROR\""));
    assert_eq!(failure.detail.retry_after_ms, Some(60_000));
    let said = "2 attempts failed, and the service asks for a longer wait";
    assert!(failure.detail.message.starts_with(said), "{failure:?}");
}

#[test]
fn the_service_may_say_when_in_seconds_or_by_a_date() {
    // The clock of the wall is at 22:13:20.
    for later in ["3", "Tue, 14 Nov 2023 22:13:23 GMT"] {
        let script = Script::default();
        script
            .answer_with(429, &[("retry-after", later)], "")
            .answer(200, "{}");
        read(&mut script.connect(&GIVEN)).unwrap();
        assert_eq!(script.slept(), [3_000], "{later}");
    }
}

#[test]
fn a_time_that_is_over_before_the_attempts_are_is_told_as_such() {
    let within = |script: &Script, class, time| {
        let mut connection = script.connect(&GIVEN);
        let mut call = connection.begin(Vec::new(), Some(time));
        connection
            .ask(&mut call, &Ask::new(Method::Get, "/x", class))
            .unwrap_err()
    };
    // Waits take 100 milliseconds.
    let script = Script::default();
    script.answer(503, "").answer(503, "");
    let failure = within(&script, Class::IdempotentWrite, 150);
    let code = "REQUEST_TIMEOUT";
    let expected = (Kind::Transient, code, Applied::Maybe, Some(503));
    assert_eq!(outline(&failure), expected);
    assert_eq!(failure.detail.more.get("cause"), Some("\"UNKNOWN_ERROR\""));
    let said = "2 attempts failed before the time of the call was over; the last: Salesforce";
    assert!(failure.detail.message.starts_with(said), "{failure:?}");
    assert_eq!(script.slept(), [100]);

    // With one attempt made, that one is told.
    let script = Script::default();
    script.answer(503, "");
    let failure = within(&script, Class::Read, 100);
    let expected = (Kind::Transient, "UNKNOWN_ERROR", Applied::No, Some(503));
    assert_eq!(outline(&failure), expected);

    // The time covers the login and what the attempts themselves take.
    let script = Script::default();
    script.slow(40).login("hush-one").answer(503, "");
    let mut connection = script.connect(&APP);
    let mut call = connection.begin(Vec::new(), Some(180));
    let failure = connection.ask(&mut call, &Ask::new(Method::Get, "/x", Class::Read));
    assert_eq!(outline(&failure.unwrap_err()).0, Kind::Transient);
    assert_eq!(script.lines(), [LOGIN, READ]);
    assert!(script.slept().is_empty());
}

#[test]
fn a_garbled_answer_in_soap_is_asked_for_again_where_that_does_no_harm() {
    let done = "<e:Envelope xmlns:e='u'><e:Body><r/></e:Body></e:Envelope>";
    // class, requests, what is told after the first
    let table = [
        (Class::Read, 2, Applied::No),
        (Class::IdempotentWrite, 2, Applied::Maybe),
        (Class::Write, 1, Applied::Maybe),
    ];
    for (class, requests, applied) in table {
        let once = [GIVEN[0], GIVEN[1], ("SALESFORCE_MAX_ATTEMPTS", "1")];
        for (settings, expected) in [(&GIVEN[..], requests), (&once[..], 1)] {
            let script = Script::default();
            script.answer(200, "<e:Env").answer(200, done);
            let mut connection = script.connect(settings);
            let mut call = connection.begin(Vec::new(), None);
            let ask = Ask::new(Method::Post, "/s", class).with(Body::Soap("<x/>"));
            let outcome = connection.ask(&mut call, &ask);
            assert_eq!(script.lines().len(), expected, "{class:?}");
            assert_eq!(outcome.is_ok(), expected == 2, "{class:?}");
            if let Err(failure) = outcome {
                assert_eq!(failure.detail.applied, applied, "{class:?}");
            }
        }
    }
}
