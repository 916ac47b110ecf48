mod attempts;
mod sequences;

use super::*;
use crate::failure::Kind;
use crate::http::Method;
use crate::http::retry::Class;
use crate::testing::Script;

const APP: [(&str, &str); 3] = [
    ("SALESFORCE_DOMAIN", "acme.my.salesforce.com"),
    ("SALESFORCE_CLIENT_ID", "key"),
    ("SALESFORCE_CLIENT_SECRET", "hush-secret"),
];
const GIVEN: [(&str, &str); 2] = [
    ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
    ("SALESFORCE_ACCESS_TOKEN", "hush-given"),
];
const LOGIN: &str = "POST https://acme.my.salesforce.com/services/oauth2/token";
const READ: &str = "GET https://acme.my.salesforce.com/x";
const EXPIRED: &str =
    r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#;

fn ask(connection: &mut Connection, method: Method, class: Class) -> Result<Reply, Failure> {
    let mut call = connection.begin(Vec::new(), None);
    connection.ask(&mut call, &Ask::new(method, "/x", class))
}

fn read(connection: &mut Connection) -> Result<Reply, Failure> {
    ask(connection, Method::Get, Class::Read)
}

fn outline(failure: &Failure) -> (Kind, &str, Applied, Option<u16>) {
    let detail = &failure.detail;
    (failure.kind, &detail.code, detail.applied, detail.status)
}

#[test]
fn one_login_serves_all_calls() {
    let script = Script::default();
    script.login("hush-one").answer(200, "{}").answer(200, "{}");
    let mut connection = script.connect(&APP);
    assert_eq!(
        read(&mut connection).unwrap().more.get("attempts"),
        Some("2")
    );
    assert_eq!(
        read(&mut connection).unwrap().more.get("attempts"),
        Some("1")
    );
    assert_eq!(script.lines(), [LOGIN, READ, READ]);
    let sent = script.sent();
    let form = "grant_type=client_credentials&client_id=key&client_secret=hush-secret";
    assert_eq!(sent[0].body, form);
    assert_eq!(sent[0].header("Authorization"), None);
    assert_eq!(sent[2].header("Authorization"), Some("Bearer hush-one"));
}

#[test]
fn an_expired_session_is_renewed_once_and_the_call_repeated_once() {
    for class in [Class::Read, Class::Write] {
        let script = Script::default();
        script
            .answer(401, EXPIRED)
            .login("hush-two")
            .answer(200, "{}");
        let mut connection = script.connect(&[GIVEN[0], GIVEN[1], APP[1], APP[2]]);
        ask(&mut connection, Method::Get, class).unwrap();
        assert_eq!(script.lines(), [READ, LOGIN, READ]);
        assert_eq!(
            script.sent()[0].header("Authorization"),
            Some("Bearer hush-given")
        );
        assert_eq!(
            script.sent()[2].header("Authorization"),
            Some("Bearer hush-two")
        );
    }
}

#[test]
fn a_session_that_stays_expired_is_a_missing_token() {
    let script = Script::default();
    script
        .login("hush-one")
        .answer(401, EXPIRED)
        .login("hush-two")
        .answer(401, EXPIRED);
    let failure = read(&mut script.connect(&APP)).unwrap_err();
    let expected = (Kind::Permanent, "MISSING_TOKEN", Applied::No, Some(401));
    assert_eq!(outline(&failure), expected);
    assert_eq!(script.lines(), [LOGIN, READ, LOGIN, READ]);

    let script = Script::default();
    script.answer(401, EXPIRED);
    let failure = read(&mut script.connect(&GIVEN)).unwrap_err();
    assert_eq!(outline(&failure), expected);
    assert!(
        failure.detail.message.contains("no credentials"),
        "{failure:?}"
    );
}

#[test]
fn a_401_that_is_no_expiry_is_not_renewed() {
    let bodies = [
        r#"[{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}]"#,
        r#"[{"message":"Your password has expired","errorCode":"INVALID_OPERATION_WITH_EXPIRED_PASSWORD"}]"#,
        r#"[{"message":"INVALID_HEADER_TYPE","errorCode":"INVALID_AUTH_HEADER"}]"#,
        r#"[{"message":"Connected app is not attached to Agent","errorCode":"INVALID_SESSION_ID"}]"#,
        "<html>Log in</html>",
        "",
    ];
    for body in bodies {
        let script = Script::default();
        script.login("hush-one").answer(401, body);
        let failure = read(&mut script.connect(&APP)).unwrap_err();
        assert_eq!(
            (failure.kind, failure.detail.status),
            (Kind::Permanent, Some(401))
        );
        assert_ne!(failure.detail.code, "MISSING_TOKEN");
        assert_eq!(script.lines(), [LOGIN, READ]);
    }
}

#[test]
fn a_refused_login_is_never_repeated() {
    let script = Script::default();
    script.answer(
        400,
        r#"{"error":"invalid_grant","error_description":"authentication failure"}"#,
    );
    let failure = read(&mut script.connect(&APP)).unwrap_err();
    let expected = (Kind::Permanent, "MISSING_TOKEN", Applied::No, Some(400));
    assert_eq!(outline(&failure), expected);
    let oauth = r#"{"error":"invalid_grant","error_description":"authentication failure"}"#;
    assert_eq!(failure.detail.more.get("oauth"), Some(oauth));
    assert_eq!(failure.detail.body, None);
    assert_eq!(script.lines(), [LOGIN]);
}

#[test]
fn a_login_that_is_down_is_repeated() {
    let script = Script::default();
    script
        .answer(503, "<html>")
        .login("hush-one")
        .answer(200, "{}");
    read(&mut script.connect(&APP)).unwrap();
    assert_eq!(script.lines(), [LOGIN, LOGIN, READ]);
    assert_eq!(script.slept(), [100]);
}

#[test]
fn a_login_that_answers_too_much_is_at_the_wrong_host() {
    let script = Script::default();
    script.answer(200, &" ".repeat(256 * 1024 + 1));
    let failure = read(&mut script.connect(&APP)).unwrap_err();
    assert_eq!(failure.kind, Kind::Permanent);
    let hint = failure.detail.more.get("hint").unwrap();
    assert!(hint.contains("SALESFORCE_URL_LOGIN"), "{hint}");
    assert!(!hint.contains("SALESFORCE_MAX_RESPONSE_BYTES"), "{hint}");
}

#[test]
fn a_login_that_leads_elsewhere_or_nowhere_fails() {
    let answers = [
        r#"{"access_token":"hush","instance_url":"https://evil.example"}"#,
        r#"{"access_token":"hush","instance_url":"http://acme.my.salesforce.com"}"#,
        r#"{"access_token":"hush","instance_url":"https://acme.my.salesforce.com.evil.example"}"#,
        r#"{"access_token":"hush\r\nX: y","instance_url":"https://acme.my.salesforce.com"}"#,
        r#"{"access_token":"","instance_url":"https://acme.my.salesforce.com"}"#,
        r#"{"instance_url":"https://acme.my.salesforce.com"}"#,
        "<html>hush</html>",
        "",
    ];
    for body in answers {
        let script = Script::default();
        script.answer(200, body);
        let failure = read(&mut script.connect(&APP)).unwrap_err();
        let expected = (Kind::Permanent, "MISSING_TOKEN", Applied::No, Some(200));
        assert_eq!(outline(&failure), expected, "{body}");
        assert!(!format!("{failure:?}").contains("hush"), "{failure:?}");
        assert_eq!(script.lines(), [LOGIN], "{body}");
    }
}

#[test]
fn an_answer_that_cannot_be_understood_says_what_was_done() {
    // status, type, body, class, requests, applied
    let page = "text/html";
    let json = "application/json";
    let table = [
        (200, page, "<html>", Class::Read, 1, Applied::No),
        (200, page, "<html>", Class::Write, 1, Applied::Maybe),
        (201, json, "{\"id\":", Class::Write, 1, Applied::Yes),
        (
            201,
            json,
            "{\"a\":\"\u{fffd}",
            Class::Write,
            1,
            Applied::Yes,
        ),
        (200, json, "{\"id\":", Class::Read, 3, Applied::No),
        (200, json, "{\"id\":", Class::Keyed, 3, Applied::Yes),
        (200, page, "<html>", Class::Keyed, 1, Applied::Maybe),
        (302, page, "", Class::Write, 1, Applied::No),
        (500, page, "<html>", Class::Write, 1, Applied::Maybe),
    ];
    for (status, kind, body, class, requests, applied) in table {
        let script = Script::default();
        for _ in 0..requests {
            script.answer_with(status, &[("content-type", kind)], body);
        }
        let failure = ask(&mut script.connect(&GIVEN), Method::Post, class).unwrap_err();
        let case = format!("{status} {kind} {body} {class:?}");
        assert_eq!(failure.detail.applied, applied, "{case}");
        assert_eq!(failure.detail.status, Some(status), "{case}");
        let code = if requests > 1 {
            "CIRCUIT_BREAKER_OPEN"
        } else {
            "UNKNOWN_ERROR"
        };
        assert_eq!(failure.detail.code, code, "{case}");
    }
}

#[test]
fn a_rejection_keeps_everything_and_shows_no_secret() {
    let body = r#"[{"message":"bad hush-given","errorCode":"INVALID_FIELD","fields":["x"]},{"message":"n","errorCode":"F"}]"#;
    let script = Script::default();
    script.answer_with(
        400,
        &[(
            "sforce-limit-info",
            "api-usage=18/5000; per-app-api-usage=17/250(appName=x)",
        )],
        body,
    );
    let failure = read(&mut script.connect(&GIVEN)).unwrap_err();
    let detail = &failure.detail;
    assert_eq!(
        (detail.code.as_ref(), detail.message.as_str()),
        ("INVALID_FIELD", "bad [redacted]")
    );
    let sealed = body.replace("hush-given", "[redacted]");
    assert_eq!(detail.body.as_deref(), Some(sealed.as_str()));
    assert_eq!(detail.more.get("errors"), Some(sealed.as_str()));
    assert_eq!(
        detail.more.get("apiUsage"),
        Some(r#"{"used":18,"limit":5000}"#)
    );
    assert!(
        detail
            .more
            .get("hint")
            .unwrap()
            .contains("field-level security")
    );
}

#[test]
fn a_host_that_denies_is_permanent_and_an_answer_too_large_too() {
    let script = Script::default();
    script.fail(Trouble::Denied, false, None);
    let failure = read(&mut script.connect(&GIVEN)).unwrap_err();
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "CONNECTION_ERROR", Applied::No, None)
    );

    let small = [
        GIVEN[0],
        GIVEN[1],
        ("SALESFORCE_MAX_RESPONSE_BYTES", "1024"),
    ];
    let script = Script::default();
    script.answer(200, &format!("\"{}\"", "x".repeat(2_000)));
    let failure = read(&mut script.connect(&small)).unwrap_err();
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "UNKNOWN_ERROR", Applied::No, Some(200))
    );
    assert!(
        failure
            .detail
            .more
            .get("hint")
            .unwrap()
            .contains("SALESFORCE_MAX_RESPONSE_BYTES")
    );
}

#[test]
fn a_login_on_request_is_made_even_where_a_session_is_held() {
    let script = Script::default();
    script.login("hush-one").login("hush-two");
    let mut connection = script.connect(&APP);
    connection.log_in().unwrap();
    let session = connection.log_in().unwrap();
    let settings = session.settings();
    assert_eq!(
        settings[0],
        ("SALESFORCE_ACCESS_TOKEN".into(), "hush-two".into())
    );
    assert_eq!(settings[1].1, "https://acme.my.salesforce.com");
    assert_eq!(session.more.get("flow"), Some("\"client-credentials\""));
    assert_eq!(session.more.get("issuedAt"), Some("\"1476977613358\""));

    let script = Script::default();
    assert_eq!(
        script.connect(&GIVEN).log_in().unwrap().token.reveal(),
        "hush-given"
    );
    assert!(script.lines().is_empty());
}

#[test]
fn a_token_that_was_replaced_shows_no_more_than_the_new_one() {
    let echo = r#"[{"message":"hush-given was replaced by hush-two","errorCode":"E"}]"#;
    let script = Script::default();
    script
        .answer(401, EXPIRED)
        .login("hush-two")
        .answer(400, echo);
    let mut connection = script.connect(&[GIVEN[0], GIVEN[1], APP[1], APP[2]]);
    let failure = read(&mut connection).unwrap_err();
    assert_eq!(
        failure.detail.message,
        "[redacted] was replaced by [redacted]"
    );
}

#[test]
fn a_session_says_where_its_login_is() {
    let script = Script::default();
    script.login("hush-one");
    let user = [
        ("SALESFORCE_CLIENT_ID", "key"),
        ("SALESFORCE_CLIENT_SECRET", "hush-secret"),
        ("SALESFORCE_USERNAME", "u"),
        ("SALESFORCE_PASSWORD", "hush-pass"),
    ];
    let mut connection = script.connect(&user);
    connection.log_in().unwrap();
    let place = "https://login.salesforce.com/services/oauth2/token";
    let settings = connection.handover().unwrap();
    assert!(settings.contains(&("SALESFORCE_URL_LOGIN".into(), place.into())));
    assert_eq!(script.connect(&GIVEN).handover().unwrap().len(), 2);
}

#[test]
fn an_error_of_megabytes_is_told_in_bounds() {
    let text = "x".repeat(3_000_000);
    let body = format!(r#"[{{"message":"{text}","errorCode":"E"}}]"#);
    let script = Script::default();
    script.answer(400, &body);
    let failure = read(&mut script.connect(&GIVEN)).unwrap_err();
    let detail = failure.detail;
    assert_eq!((detail.code.as_ref(), detail.message.len()), ("E", 4_096));
    assert_eq!(detail.body.map(|body| body.len()), Some(65_536));
    assert!(detail.more.to_text().len() < 1_000);
}
