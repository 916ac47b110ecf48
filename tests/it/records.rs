//! Single records: each request pinned to the byte, in both faces.

use crate::support::*;
use host_test::Instance;
use wiremock::{MockServer, ResponseTemplate};

const CREATED: &str = r#"{"id":"001D000000IqhSLIAZ","success":true,"errors":[]}"#;

async fn invoke(org: &mut Instance, action: &str, input: &str) -> serde_json::Value {
    read(&org.invoke(action, input).await.unwrap().unwrap())
}

async fn start(verb: &str, at: &str, answer: ResponseTemplate) -> (MockServer, Instance) {
    let server = server().await;
    on(&server, verb, at, answer).await;
    let org = org(&server).await;
    (server, org)
}

#[tokio::test]
async fn create() {
    let at = "/services/data/v66.0/sobjects/Account/";
    let location = "/services/data/v66.0/sobjects/Account/001D000000IqhSLIAZ";
    let answer = json(201, CREATED)
        .insert_header("Location", location)
        .insert_header("Sforce-Limit-Info", "api-usage=18/5000");
    let (server, mut org) = start("POST", at, answer).await;

    // Order, spaces and digits of a payload are the caller's.
    let payload = r#"{ "Name":"Acmé \"1\"", "AnnualRevenue": 1.000000000000000001, "A":null }"#;
    let typed = org.create("Account", payload, None).await.unwrap().unwrap();
    assert_eq!((typed.status, typed.body.as_deref()), (201, Some(CREATED)));
    let more = read(&typed.more);
    assert_eq!(more["attempts"], 1);
    assert_eq!(
        more["apiUsage"],
        serde_json::json!({"used": 18, "limit": 5000})
    );
    assert_eq!(more["headers"]["location"], location);

    let input = format!(r#"{{"SObjectName":"Account","salesforcePayload":{payload}}}"#);
    let output = invoke(&mut org, "CREATE", &input).await;
    assert_eq!(output["salesforceStatus"], "201");
    assert_eq!(output["salesforceResult"], CREATED);

    let request = || authorized("POST /services/data/v66.0/sobjects/Account/", payload);
    assert_eq!(sent(&server).await, [request(), request()]);
}

#[tokio::test]
async fn get() {
    let at = format!("/services/data/v66.0/sobjects/Account/{ID}");
    let body =
        r#"{"attributes":{"type":"Account"},"Id":"001D000000IqhSLIAZ","Big":123456789012345678}"#;
    let (server, mut org) = start("GET", &at, json(200, body)).await;

    let whole = org.get("Account", ID, &[], None).await.unwrap().unwrap();
    assert_eq!((whole.status, whole.body.as_deref()), (200, Some(body)));
    let fields = ["Name".to_owned(), "Owner.Name".to_owned()];
    org.get("Account", ID, &fields, None)
        .await
        .unwrap()
        .unwrap();
    let input =
        format!(r#"{{"SObjectName":"Account","SObjectId":"{ID}","fields":["Name","Owner.Name"]}}"#);
    let output = invoke(&mut org, "GET", &input).await;
    assert_eq!(output["salesforceResult"], body);

    let some = || authorized(&format!("GET {at}?fields=Name,Owner.Name"), "");
    assert_eq!(
        sent(&server).await,
        [authorized(&format!("GET {at}"), ""), some(), some()]
    );
}

#[tokio::test]
async fn a_record_that_did_not_change_has_no_body() {
    let at = format!("/services/data/v66.0/sobjects/Account/{ID}");
    let (server, mut org) = start("GET", &at, ResponseTemplate::new(304)).await;
    let options = r#"{"headers":{"If-Modified-Since":"Tue, 10 Aug 2026 00:00:00 GMT"}}"#;
    let answer = org
        .get("Account", ID, &[], Some(options))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((answer.status, answer.body), (304, None));
    let header = (
        "if-modified-since".to_owned(),
        "Tue, 10 Aug 2026 00:00:00 GMT".to_owned(),
    );
    assert!(sent(&server).await[0].headers.contains(&header));
}

#[tokio::test]
async fn update() {
    // Ids of 15 characters are sent as given.
    let at = "/services/data/v66.0/sobjects/Invoice__c/001D000000IqhSL";
    let (server, mut org) = start("PATCH", at, ResponseTemplate::new(204)).await;
    let payload = r#"{"City__c":null}"#;
    let typed = org
        .update("Invoice__c", "001D000000IqhSL", payload, None)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((typed.status, typed.body), (204, None));
    let input = format!(
        r#"{{"SObjectName":"Invoice__c","SObjectId":"001D000000IqhSL","salesforcePayload":{}}}"#,
        serde_json::to_string(payload).unwrap()
    );
    let output = invoke(&mut org, "UPDATE", &input).await;
    assert_eq!(output, serde_json::json!({"salesforceStatus": "204"}));
    let request = || authorized(&format!("PATCH {at}"), payload);
    assert_eq!(sent(&server).await, [request(), request()]);
}

#[tokio::test]
async fn delete() {
    let at = format!("/services/data/v66.0/sobjects/Account/{ID}");
    let (server, mut org) = start("DELETE", &at, ResponseTemplate::new(204)).await;
    let typed = org.delete("Account", ID, None).await.unwrap().unwrap();
    assert_eq!((typed.status, typed.body), (204, None));
    let input = format!(r#"{{"SObjectName":"Account","SObjectId":"{ID}"}}"#);
    let output = invoke(&mut org, "DELETE", &input).await;
    assert_eq!(output, serde_json::json!({"salesforceStatus": "204"}));
    let request = || authorized(&format!("DELETE {at}"), "");
    assert_eq!(sent(&server).await, [request(), request()]);
}

#[tokio::test]
async fn the_version_of_the_settings_is_in_the_path() {
    let server = server().await;
    let at = format!("/services/data/v45.0/sobjects/Account/{ID}");
    on(&server, "GET", &at, json(200, "{}")).await;
    let settings = and(given(&server.uri()), &[("SALESFORCE_VERSION", "45.0")]);
    instance(settings)
        .await
        .get("Account", ID, &[], None)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(lines(&server).await, [format!("GET {at}")]);
}

#[tokio::test]
async fn wrong_inputs_make_no_request() {
    let server = server().await;
    let mut org = org(&server).await;
    let table = [
        (
            "CREATE",
            r#"{"salesforcePayload":{}}"#.to_owned(),
            "MISSING_INPUT",
            "SObjectName",
        ),
        (
            "CREATE",
            r#"{"SObjectName":"Account"}"#.to_owned(),
            "MISSING_INPUT",
            "salesforcePayload",
        ),
        (
            "CREATE",
            r#"{"SObjectName":"A/../B","salesforcePayload":{}}"#.to_owned(),
            "INVALID_INPUT",
            "SObjectName",
        ),
        (
            "CREATE",
            r#"{"SObjectName":"A","salesforcePayload":"no"}"#.to_owned(),
            "INVALID_INPUT",
            "salesforcePayload",
        ),
        (
            "GET",
            r#"{"SObjectName":"A","SObjectId":"a?b=c"}"#.to_owned(),
            "INVALID_INPUT",
            "SObjectId",
        ),
        (
            "GET",
            format!(r#"{{"SObjectName":"A","SObjectId":"{ID}","fields":["a&b"]}}"#),
            "INVALID_INPUT",
            "fields",
        ),
        (
            "UPDATE",
            format!(r#"{{"SObjectName":"A","SObjectId":"{ID}"}}"#),
            "MISSING_INPUT",
            "salesforcePayload",
        ),
        (
            "DELETE",
            r#"{"SObjectName":"A"}"#.to_owned(),
            "MISSING_INPUT",
            "SObjectId",
        ),
        ("NO_SUCH", "{}".to_owned(), "INVALID_INPUT", "action"),
    ];
    for (action, input, code, parameter) in table {
        let (kind, detail) = failed(org.invoke(action, &input).await);
        assert_eq!(
            (kind, detail.code.as_str()),
            (Kind::Permanent, code),
            "{action} {input}"
        );
        assert_eq!(read(&detail.more)["parameter"], parameter);
        assert!(detail.message.contains(parameter), "{}", detail.message);
    }
    let (_, detail) = failed(org.create("Account", "{", None).await);
    assert_eq!(detail.code, "INVALID_INPUT");
    let (_, detail) = failed(org.get("Account", ID, &[], Some(r#"{"header":{}}"#)).await);
    assert_eq!(read(&detail.more)["parameter"], "options.header");
    assert!(lines(&server).await.is_empty());
}

#[tokio::test]
async fn headers_beyond_what_a_host_takes_are_refused() {
    let server = server().await;
    let mut org = org(&server).await;
    let options = serde_json::json!({"headers": {"If-Match": "x".repeat(200_000)}}).to_string();
    let (_, detail) = failed(org.get("Account", ID, &[], Some(&options)).await);
    assert_eq!(read(&detail.more)["parameter"], "options.headers");
    let fields = vec!["Name".to_owned(); 10_000];
    let (kind, detail) = failed(org.get("Account", ID, &fields, None).await);
    assert_eq!(
        (kind, detail.code.as_str()),
        (Kind::Permanent, "INVALID_INPUT")
    );
    assert!(lines(&server).await.is_empty());
}
