//! What Salesforce refuses: every shape of its errors, and rejections as outputs.

use crate::support::*;
use host_test::wit::Applied;
use wiremock::ResponseTemplate;

/// What an answer to a create comes to: status, type, body, then what to do, the code, and what
/// was applied.
type Row = (u16, &'static str, &'static str, Kind, &'static str, Applied);

#[tokio::test]
async fn every_shape_is_understood() {
    use Kind::{Permanent, Transient};
    const JSON: &str = "application/json;charset=UTF-8";
    const HTML: &str = "text/html; charset=UTF-8";
    let table: [Row; 18] = [
        (
            400,
            JSON,
            r#"[{"message":"m","errorCode":"REQUIRED_FIELD_MISSING","fields":["Name"]}]"#,
            Permanent,
            "REQUIRED_FIELD_MISSING",
            Applied::No,
        ),
        (
            400,
            JSON,
            r#"[{"fields":["Id"],"message":"m","errorCode":"MALFORMED_ID"}]"#,
            Permanent,
            "MALFORMED_ID",
            Applied::No,
        ),
        (
            400,
            JSON,
            r#"{"message":"m","errorCode":"INSUFFICIENT_ACCESS"}"#,
            Permanent,
            "INSUFFICIENT_ACCESS",
            Applied::No,
        ),
        (
            400,
            JSON,
            r#"[{"duplicateResult":{"allowSave":true},"errorCode":"DUPLICATES_DETECTED","message":"m"}]"#,
            Permanent,
            "DUPLICATES_DETECTED",
            Applied::No,
        ),
        (
            400,
            JSON,
            r#"[{"message":"m","errorCode":"UNABLE_TO_LOCK_ROW","fields":[]}]"#,
            Transient,
            "UNABLE_TO_LOCK_ROW",
            Applied::No,
        ),
        (
            401,
            JSON,
            r#"[{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}]"#,
            Permanent,
            "INVALID_SESSION_ID",
            Applied::No,
        ),
        (
            403,
            JSON,
            r#"[{"message":"TotalRequests Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]"#,
            Permanent,
            "REQUEST_LIMIT_EXCEEDED",
            Applied::No,
        ),
        (
            403,
            JSON,
            r#"[{"message":"ConcurrentPerOrgLongTxn Limit exceeded.","errorCode":"REQUEST_LIMIT_EXCEEDED"}]"#,
            Transient,
            "REQUEST_LIMIT_EXCEEDED",
            Applied::No,
        ),
        (
            403,
            JSON,
            r#"[{"message":"m","errorCode":"FUNCTIONALITY_NOT_ENABLED"}]"#,
            Permanent,
            "FUNCTIONALITY_NOT_ENABLED",
            Applied::No,
        ),
        (
            404,
            JSON,
            r#"[{"message":"The requested resource does not exist","errorCode":"NOT_FOUND"}]"#,
            Permanent,
            "NOT_FOUND",
            Applied::No,
        ),
        (
            300,
            JSON,
            r#"["/services/data/v60.0/sobjects/Contact/0033h00000Kzv3AAAR"]"#,
            Permanent,
            "UNKNOWN_ERROR",
            Applied::No,
        ),
        (302, HTML, "", Permanent, "UNKNOWN_ERROR", Applied::No),
        (406, JSON, "", Permanent, "UNKNOWN_ERROR", Applied::Maybe),
        (
            414,
            HTML,
            "<html>URI too long</html>",
            Permanent,
            "UNKNOWN_ERROR",
            Applied::No,
        ),
        (420, HTML, "<html>", Transient, "UNKNOWN_ERROR", Applied::No),
        (
            500,
            JSON,
            r#"[{"message":"m","errorCode":"UNKNOWN_EXCEPTION"}]"#,
            Permanent,
            "UNKNOWN_EXCEPTION",
            Applied::Maybe,
        ),
        (
            503,
            HTML,
            "<html>We are setting things up</html>",
            Permanent,
            "UNKNOWN_ERROR",
            Applied::Maybe,
        ),
        (
            200,
            HTML,
            "<html>Log in</html>",
            Permanent,
            "UNKNOWN_ERROR",
            Applied::Maybe,
        ),
    ];
    for (status, kind, body, expected, code, applied) in table {
        let server = server().await;
        let answer = ResponseTemplate::new(status).set_body_raw(body, kind);
        on(
            &server,
            "POST",
            "/services/data/v66.0/sobjects/Account/",
            answer,
        )
        .await;
        let settings = and(given(&server.uri()), &[("SALESFORCE_MAX_ATTEMPTS", "1")]);
        let mut org = instance(settings).await;
        let failure = failed(org.create("Account", "{}", None).await);
        let case = format!("{status} {body}");
        assert_eq!(
            outline(&failure),
            (expected, code, applied, Some(status)),
            "{case}"
        );
        let detail = failure.1;
        assert_eq!(detail.body.unwrap_or_default(), body, "{case}");
        let errors = &read(&detail.more)["errors"];
        match code {
            "UNKNOWN_ERROR" => assert!(errors.is_null(), "{case}"),
            _ => assert_eq!(*errors, read(body), "{case}"),
        }
        assert_eq!(lines(&server).await.len(), 1, "{case}");
    }
}

#[tokio::test]
async fn rejections_are_outputs_where_the_setting_asks_for_it() {
    let server = server().await;
    let body = r#"[{"message":"No such column 'x'","errorCode":"INVALID_FIELD"}]"#;
    on(
        &server,
        "POST",
        "/services/data/v66.0/sobjects/Account/",
        json(400, body),
    )
    .await;
    let settings = and(given(&server.uri()), &[("SALESFORCE_REJECTIONS", "output")]);
    let mut org = instance(settings).await;
    let input = r#"{"SObjectName":"Account","salesforcePayload":{"x":1}}"#;
    let output = read(&org.invoke("CREATE", input).await.unwrap().unwrap());
    let expected = serde_json::json!({
        "salesforceStatus": "400",
        "salesforceResult": body,
        "salesforceError": {"code": "INVALID_FIELD", "message": "No such column 'x'"},
    });
    assert_eq!(output, expected);
    // The typed face has failures for them.
    let (_, detail) = failed(org.create("Account", "{}", None).await);
    assert_eq!(detail.code, "INVALID_FIELD");
}

#[tokio::test]
async fn a_read_is_repeated_and_a_create_is_not() {
    let server = server().await;
    let at = format!("/services/data/v66.0/sobjects/Account/{ID}");
    once(&server, "GET", &at, ResponseTemplate::new(503)).await;
    on(&server, "GET", &at, json(200, "{}")).await;
    let mut org = org(&server).await;
    let answer = org.get("Account", ID, &[], None).await.unwrap().unwrap();
    assert_eq!(read(&answer.more)["attempts"], 2);
    assert_eq!(lines(&server).await.len(), 2);

    let create = "/services/data/v66.0/sobjects/Account/";
    once(&server, "POST", create, ResponseTemplate::new(503)).await;
    let failure = failed(org.create("Account", "{}", None).await);
    let expected = (Kind::Permanent, "UNKNOWN_ERROR", Applied::Maybe, Some(503));
    assert_eq!(outline(&failure), expected);
    assert_eq!(lines(&server).await.len(), 3);
}

#[tokio::test]
async fn attempts_that_are_used_up_open_the_breaker() {
    let server = server().await;
    let at = format!("/services/data/v66.0/sobjects/Account/{ID}");
    on(
        &server,
        "GET",
        &at,
        ResponseTemplate::new(503).insert_header("Retry-After", "0"),
    )
    .await;
    let mut org = org(&server).await;
    let failure = failed(org.get("Account", ID, &[], None).await);
    let expected = (
        Kind::Transient,
        "CIRCUIT_BREAKER_OPEN",
        Applied::No,
        Some(503),
    );
    assert_eq!(outline(&failure), expected);
    assert_eq!(read(&failure.1.more)["cause"], "UNKNOWN_ERROR");
    assert_eq!(lines(&server).await.len(), 3);
}

#[tokio::test]
async fn the_service_may_say_when_by_a_date_and_what_is_too_long_is_left_to_the_caller() {
    let server = server().await;
    let at = format!("/services/data/v66.0/sobjects/Account/{ID}");
    let later = |when: &str| ResponseTemplate::new(503).insert_header("Retry-After", when);
    on(&server, "GET", &at, later("Fri, 31 Dec 9999 23:59:59 GMT")).await;
    once(&server, "GET", &at, later("Thu, 01 Jan 2026 00:00:00 GMT")).await;
    let mut org = org(&server).await;
    let (kind, detail) = failed(org.get("Account", ID, &[], None).await);
    let code = "CIRCUIT_BREAKER_OPEN";
    assert_eq!((kind, detail.code.as_str()), (Kind::Transient, code));
    assert!(detail.retry_after_ms.is_some_and(|wait| wait > 86_400_000));
    assert_eq!(lines(&server).await.len(), 2);
}

#[tokio::test]
async fn a_time_that_is_over_before_the_attempts_are_is_told_as_such() {
    let server = server().await;
    let at = format!("/services/data/v66.0/sobjects/Account/{ID}");
    let later = |when: &str| ResponseTemplate::new(503).insert_header("Retry-After", when);
    on(&server, "DELETE", &at, later("6")).await;
    once(&server, "DELETE", &at, later("0")).await;
    let mut org = org(&server).await;
    let options = r#"{"deadlineMs":5000}"#;
    let failure = failed(org.delete("Account", ID, Some(options)).await);
    let expected = (
        Kind::Transient,
        "REQUEST_TIMEOUT",
        Applied::Maybe,
        Some(503),
    );
    assert_eq!(outline(&failure), expected);
    assert_eq!(read(&failure.1.more)["cause"], "UNKNOWN_ERROR");
    assert_eq!(failure.1.retry_after_ms, Some(6_000));
    assert_eq!(lines(&server).await.len(), 2);
}
