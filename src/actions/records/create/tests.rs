use super::*;
use crate::failure::Kind;
use crate::http::Trouble;
use crate::testing::Script;

const GIVEN: [(&str, &str); 2] = [
    ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
    ("SALESFORCE_ACCESS_TOKEN", "hush-given"),
];
const UPSERT: &str =
    "PATCH https://acme.my.salesforce.com/services/data/v66.0/sobjects/Order__c/No__c/A%2F1";
const UI: &str = "POST https://acme.my.salesforce.com/services/data/v66.0/ui-api/records";
const EXTERNAL: &str = r#"{"externalId":{"field":"No__c","value":"A/1"}}"#;
const UUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
const KEYED: &str = r#"{"idempotencyKey":"0f8fad5b-d9cb-469f-a165-70867728950e"}"#;
const PAYLOAD: &str = r#"{ "Name":"Acme", "Amount__c": 1.000000000000000001 }"#;
const CREATED: &str = r#"{"id":"a01000000000001AAA","success":true,"errors":[],"created":true}"#;
const THERE: &str = r#"{"id":"a01000000000001AAA","success":true,"errors":[],"created":false}"#;

fn made(script: &Script, options: &str) -> Outcome {
    made_with(script, options, PAYLOAD)
}

fn made_with(script: &Script, options: &str, payload: &str) -> Outcome {
    let options = Options::with_key(Some(options)).unwrap();
    create(&mut script.connect(&GIVEN), "Order__c", payload, options)
}

fn outline(failure: &Failure) -> (Kind, &str, Applied, Option<u16>) {
    let detail = &failure.detail;
    (failure.kind, &detail.code, detail.applied, detail.status)
}

#[test]
fn an_external_id_makes_an_upsert_that_tells_created_from_there() {
    let old = r#"{"id":"a01000000000001AAA","success":true,"errors":[]}"#;
    // status, body, whether the record was there
    let table = [
        (201, CREATED, false),
        (201, old, false),
        (200, THERE, true),
        (200, old, true),
        (200, CREATED, false),
        (204, "", true),
    ];
    for (status, body, there) in table {
        let script = Script::default();
        script.answer(status, body);
        let response = made(&script, EXTERNAL).unwrap();
        assert_eq!(response.status, status);
        let expected = (!body.is_empty()).then_some(body);
        assert_eq!(response.body.as_deref(), expected);
        assert_eq!(
            response.more.get("repeated"),
            there.then_some("true"),
            "{body}"
        );
        assert_eq!(script.lines(), [UPSERT]);
        assert_eq!(script.sent()[0].body, PAYLOAD);
    }
}

#[test]
fn a_lost_upsert_is_made_again() {
    let script = Script::default();
    script
        .fail(Trouble::Connection, true, Some(201))
        .fail(Trouble::Timeout, true, None)
        .answer(200, THERE);
    let response = made(&script, EXTERNAL).unwrap();
    assert_eq!(response.more.get("repeated"), Some("true"));
    assert_eq!(script.lines(), [UPSERT; 3]);

    let script = Script::default();
    for _ in 0..3 {
        script.fail(Trouble::Timeout, true, None);
    }
    let failure = made(&script, EXTERNAL).unwrap_err();
    let code = "CIRCUIT_BREAKER_OPEN";
    assert_eq!(
        outline(&failure),
        (Kind::Transient, code, Applied::Maybe, None)
    );
}

#[test]
fn several_records_with_the_value_are_listed() {
    let several = r#"["/services/data/v66.0/sobjects/Order__c/a01000000000001AAA","/services/data/v66.0/sobjects/Order__c/a01000000000002AAA"]"#;
    let script = Script::default();
    script.answer(300, several);
    let failure = made(&script, EXTERNAL).unwrap_err();
    let expected = (Kind::Permanent, "INVALID_INPUT", Applied::No, Some(300));
    assert_eq!(outline(&failure), expected);
    let more = &failure.detail.more;
    let candidates = r#"["a01000000000001AAA","a01000000000002AAA"]"#;
    assert_eq!(more.get("candidates"), Some(candidates));
    assert_eq!(more.get("parameter"), Some("\"options.externalId\""));
    assert_eq!(more.get("attempts"), Some("1"));
    assert_eq!(failure.detail.body.as_deref(), Some(several));

    // Whatever an earlier attempt did stays possible.
    let script = Script::default();
    script.fail(Trouble::Timeout, true, None).answer(300, "[]");
    let failure = made(&script, EXTERNAL).unwrap_err();
    assert_eq!(failure.detail.applied, Applied::Maybe);
    assert_eq!(failure.detail.more.get("candidates"), Some("[]"));
}

#[test]
fn a_record_that_was_made_at_the_same_time_is_found() {
    let raced = r#"[{"message":"duplicate value found: NO__c duplicates value on record with id: a01","errorCode":"DUPLICATE_VALUE"}]"#;
    let other = r#"[{"message":"duplicate value found: Mail__c duplicates value on record with id: a01","errorCode":"DUPLICATE_VALUE"}]"#;
    let script = Script::default();
    script.answer(400, raced).answer(200, THERE);
    let response = made(&script, EXTERNAL).unwrap();
    assert_eq!(response.more.get("repeated"), Some("true"));
    assert_eq!(response.more.get("attempts"), Some("2"));
    assert_eq!(script.lines(), [UPSERT; 2]);
    // Once, and not for another field.
    for (bodies, requests) in [(vec![raced, raced], 2), (vec![other], 1)] {
        let script = Script::default();
        for body in bodies {
            script.answer(400, body);
        }
        let failure = made(&script, EXTERNAL).unwrap_err();
        let code = "DUPLICATE_VALUE";
        assert_eq!(
            outline(&failure),
            (Kind::Permanent, code, Applied::No, Some(400))
        );
        assert_eq!(script.lines().len(), requests);
    }
    // The attempt before may have done it.
    let script = Script::default();
    script
        .fail(Trouble::Timeout, true, None)
        .answer(400, raced)
        .answer(400, other);
    let failure = made(&script, EXTERNAL).unwrap_err();
    assert_eq!(failure.detail.applied, Applied::Maybe);
}

#[test]
fn a_field_that_is_no_external_id_is_explained() {
    let body = r#"[{"message":"Provided external ID field does not exist or is not accessible: No__c","errorCode":"NOT_FOUND"}]"#;
    let script = Script::default();
    script.answer(404, body);
    let failure = made(&script, EXTERNAL).unwrap_err();
    let expected = (Kind::Permanent, "NOT_FOUND", Applied::No, Some(404));
    assert_eq!(outline(&failure), expected);
    let hint = failure.detail.more.get("hint").unwrap();
    assert!(hint.contains("no external id"), "{hint}");
}

#[test]
fn a_payload_must_not_have_the_field_and_each_name_once() {
    for payload in [
        r#"{"No__c":"A/1"}"#,
        r#"{"Name":"x","nO__C":null}"#,
        r#"{"\u004eo__c":1}"#,
        r#"{"Name":"x","Name":"y"}"#,
        "[]",
    ] {
        let script = Script::default();
        let failure = made_with(&script, EXTERNAL, payload).unwrap_err();
        assert_eq!(failure.detail.code, "INVALID_INPUT", "{payload}");
        let parameter = failure.detail.more.get("parameter");
        assert_eq!(parameter, Some("\"salesforcePayload\""), "{payload}");
        assert!(script.lines().is_empty());
    }
    // Below it the name is that of another object.
    let script = Script::default();
    script.answer(201, CREATED);
    made_with(&script, EXTERNAL, r#"{"Parent__r":{"No__c":"B"}}"#).unwrap();
}

#[test]
fn an_upsert_is_confirmed_by_its_body() {
    let script = Script::default();
    script.answer(
        200,
        r#"{"success":false,"errors":[{"statusCode":"E","message":"m"}]}"#,
    );
    let failure = made(&script, EXTERNAL).unwrap_err();
    let expected = (Kind::Permanent, "E", Applied::No, Some(200));
    assert_eq!(outline(&failure), expected);
    let script = Script::default();
    script.answer(200, "{}");
    let failure = made(&script, EXTERNAL).unwrap_err();
    let expected = (Kind::Permanent, "UNKNOWN_ERROR", Applied::Maybe, Some(200));
    assert_eq!(outline(&failure), expected);
}

#[test]
fn a_key_goes_to_the_user_interface_api_and_the_answer_is_made_the_same() {
    let script = Script::default();
    let answer = r#"{"apiName":"Order__c","eTag":"x","fields":{"Name":{"value":"Acme"}},"id":"a01000000000001AAA"}"#;
    script
        .fail(Trouble::Timeout, true, None)
        .answer(201, answer);
    let response = made(&script, KEYED).unwrap();
    let body = r#"{"id":"a01000000000001AAA","success":true,"errors":[]}"#;
    assert_eq!(
        (response.status, response.body.as_deref()),
        (201, Some(body))
    );
    assert_eq!(response.more.get("attempts"), Some("2"));
    assert_eq!(script.lines(), [UI; 2]);
    for sent in script.sent() {
        assert_eq!(sent.header("Idempotency-Key"), Some(UUID));
        let expected = format!(r#"{{"apiName":"Order__c","fields":{PAYLOAD}}}"#);
        assert_eq!(sent.body, expected);
    }
}

#[test]
fn a_key_that_is_in_use_is_waited_for() {
    let script = Script::default();
    script
        .fail(Trouble::Timeout, true, None)
        .answer_with(409, &[("retry-after", "2")], "")
        .answer(201, r#"{"id":"a01000000000001AAA"}"#);
    made(&script, KEYED).unwrap();
    assert_eq!(script.slept(), [100, 2_000]);

    let script = Script::default();
    for _ in 0..3 {
        script.answer(409, "");
    }
    let failure = made(&script, KEYED).unwrap_err();
    let code = "CIRCUIT_BREAKER_OPEN";
    assert_eq!(
        outline(&failure),
        (Kind::Transient, code, Applied::Maybe, Some(409))
    );
}

#[test]
fn a_key_that_is_refused_says_what_to_do() {
    let error = |code: &str| format!(r#"[{{"message":"m","errorCode":"{code}"}}]"#);
    // status, code, a word of the hint
    let table = [
        (403, "IDEMPOTENCY_FEATURE_NOT_ENABLED", "externalId"),
        (400, "IDEMPOTENCY_NOT_SUPPORTED", "externalId"),
        (400, "INVALID_IDEMPOTENCY_KEY", "externalId"),
        (422, "IDEMPOTENCY_KEY_MISMATCH", "new key"),
        (422, "X", "new key"),
    ];
    for (status, code, word) in table {
        let script = Script::default();
        script.answer(status, &error(code));
        let failure = made(&script, KEYED).unwrap_err();
        let expected = (Kind::Permanent, code, Applied::No, Some(status));
        assert_eq!(outline(&failure), expected);
        let hint = failure.detail.more.get("hint").unwrap();
        assert!(hint.contains(word), "{code}: {hint}");
        assert_eq!(script.lines(), [UI]);
    }
}

#[test]
fn an_answer_without_an_id_says_what_was_done() {
    for (status, applied) in [(201, Applied::Yes), (200, Applied::Maybe)] {
        let script = Script::default();
        script.answer(status, "{}");
        let failure = made(&script, KEYED).unwrap_err();
        let code = "UNKNOWN_ERROR";
        assert_eq!(
            outline(&failure),
            (Kind::Permanent, code, applied, Some(status))
        );
    }
}

#[test]
fn without_a_key_nothing_is_repeated() {
    let script = Script::default();
    script.fail(Trouble::Timeout, true, None);
    let failure = made(&script, "{}").unwrap_err();
    let expected = (Kind::Permanent, "REQUEST_TIMEOUT", Applied::Maybe, None);
    assert_eq!(outline(&failure), expected);
    let line = "POST https://acme.my.salesforce.com/services/data/v66.0/sobjects/Order__c/";
    assert_eq!(script.lines(), [line]);
}
