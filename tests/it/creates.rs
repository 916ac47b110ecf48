//! Creates that can be repeated: each request pinned to the byte, in both faces.

use crate::raw::{Server, Step, answer};
use crate::support::*;
use host_test::fake::{Fake, FakeConfig, Flow};
use host_test::wit::Applied;
use wiremock::ResponseTemplate;

const CREATED: &str = r#"{"id":"001D000000IqhSLIAZ","success":true,"errors":[],"created":true}"#;
const THERE: &str = r#"{"id":"001D000000IqhSLIAZ","success":true,"errors":[],"created":false}"#;
const PAYLOAD: &str = r#"{ "Name":"Acmé \"1\"", "AnnualRevenue": 1.000000000000000001 }"#;
const UUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

fn external(value: &str) -> String {
    serde_json::json!({"externalId": {"field": "Order_No__c", "value": value}}).to_string()
}

fn keyed() -> String {
    serde_json::json!({ "idempotencyKey": UUID }).to_string()
}

#[tokio::test]
async fn an_external_id_is_an_upsert_in_both_faces() {
    let server = server().await;
    let at = "/services/data/v66.0/sobjects/Account/Order_No__c/a%2Fb%3Fc%23d%40e%25f%20g%C3%BC";
    on(&server, "PATCH", at, json(200, THERE)).await;
    once(&server, "PATCH", at, json(201, CREATED)).await;
    let mut org = org(&server).await;
    let options = external("a/b?c#d@e%f gü");
    let made = org.create("Account", PAYLOAD, Some(&options)).await;
    let made = made.unwrap().unwrap();
    assert_eq!((made.status, made.body.as_deref()), (201, Some(CREATED)));
    assert!(read(&made.more)["repeated"].is_null());

    let input =
        format!(r#"{{"SObjectName":"Account","salesforcePayload":{PAYLOAD},"options":{options}}}"#);
    let output = read(&org.invoke("CREATE", &input).await.unwrap().unwrap());
    assert_eq!(output["salesforceStatus"], "200");
    assert_eq!(output["salesforceResult"], THERE);
    let again = org.create("Account", PAYLOAD, Some(&options)).await;
    assert_eq!(read(&again.unwrap().unwrap().more)["repeated"], true);

    let request = || authorized(&format!("PATCH {at}"), PAYLOAD);
    assert_eq!(sent(&server).await, [request(), request(), request()]);
}

#[tokio::test]
async fn an_old_version_answers_without_a_body_where_the_record_is_there() {
    let server = server().await;
    let at = "/services/data/v45.0/sobjects/Account/Order_No__c/7";
    on(&server, "PATCH", at, ResponseTemplate::new(204)).await;
    let settings = and(given(&server.uri()), &[("SALESFORCE_VERSION", "45.0")]);
    let mut org = instance(settings).await;
    let options = r#"{"externalId":{"field":"Order_No__c","value":7}}"#;
    let there = org.create("Account", PAYLOAD, Some(options)).await;
    let there = there.unwrap().unwrap();
    assert_eq!((there.status, there.body), (204, None));
    assert_eq!(read(&there.more)["repeated"], true);
}

#[tokio::test]
async fn a_lost_answer_to_an_upsert_makes_no_second_record() {
    let there = answer("200 OK", THERE);
    let server = Server::start(vec![Step::Cut(Vec::new()), Step::Answer(there)]).await;
    let mut org = instance(given(&server.url)).await;
    let options = external("A-1");
    let made = org.create("Account", PAYLOAD, Some(&options)).await;
    let more = read(&made.unwrap().unwrap().more);
    assert_eq!(
        (&more["repeated"], &more["attempts"]),
        (&true.into(), &2.into())
    );
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn an_external_id_makes_one_record() {
    let fake = Fake::start(FakeConfig::default()).await.unwrap();
    let mut org = instance(fake.settings(Flow::ClientCredentials)).await;
    let before = fake.record_count("Account");
    let options = r#"{"externalId":{"field":"External_Key__c","value":"ERP/17 ü"}}"#;
    let mut ids = Vec::new();
    for (name, repeated) in [("A", false), ("B", true)] {
        let payload = serde_json::json!({ "Name": name }).to_string();
        let made = org.create("Account", &payload, Some(options)).await;
        let made = made.unwrap().unwrap();
        assert_eq!(read(&made.more)["repeated"] == true, repeated);
        let id = read(&made.body.unwrap())["id"].as_str().unwrap().to_owned();
        let record = org.get("Account", &id, &["Name".to_owned()], None).await;
        let record = read(&record.unwrap().unwrap().body.unwrap());
        assert_eq!(record["Name"], name);
        ids.push(id);
    }
    assert_eq!(ids[0], ids[1]);
    assert_eq!(fake.record_count("Account"), before + 1);
}

#[tokio::test]
async fn several_records_with_the_value_are_listed() {
    let server = server().await;
    let at = "/services/data/v66.0/sobjects/Account/Order_No__c/A-1";
    let several = r#"["/services/data/v66.0/sobjects/Account/0033h00000Kzv3AAAR","/services/data/v66.0/sobjects/Account/0033h00000Kzv3BAAZ"]"#;
    on(&server, "PATCH", at, json(300, several)).await;
    let settings = and(given(&server.uri()), &[("SALESFORCE_REJECTIONS", "output")]);
    let mut org = instance(settings).await;
    let options = external("A-1");
    let failure = failed(org.create("Account", PAYLOAD, Some(&options)).await);
    let expected = (Kind::Permanent, "INVALID_INPUT", Applied::No, Some(300));
    assert_eq!(outline(&failure), expected);
    let more = read(&failure.1.more);
    assert_eq!(more["parameter"], "options.externalId");
    let candidates = serde_json::json!(["0033h00000Kzv3AAAR", "0033h00000Kzv3BAAZ"]);
    assert_eq!(more["candidates"], candidates);
}

#[tokio::test]
async fn an_idempotency_key_goes_to_the_user_interface_api_in_both_faces() {
    let server = server().await;
    let at = "/services/data/v66.0/ui-api/records";
    let body = r#"{"apiName":"Account","childRelationships":{},"fields":{"Name":{"displayValue":null,"value":"Acme"}},"id":"001D000000IqhSLIAZ"}"#;
    on(&server, "POST", at, json(201, body)).await;
    let running = ResponseTemplate::new(409).insert_header("Retry-After", "0");
    once(&server, "POST", at, running).await;
    let mut org = org(&server).await;
    let made = org.create("Account", PAYLOAD, Some(&keyed())).await;
    let made = made.unwrap().unwrap();
    let same = r#"{"id":"001D000000IqhSLIAZ","success":true,"errors":[]}"#;
    assert_eq!((made.status, made.body.as_deref()), (201, Some(same)));
    assert_eq!(read(&made.more)["attempts"], 2);

    let input = format!(
        r#"{{"SObjectName":"Account","salesforcePayload":{PAYLOAD},"options":{}}}"#,
        keyed()
    );
    let output = read(&org.invoke("CREATE", &input).await.unwrap().unwrap());
    assert_eq!(output["salesforceStatus"], "201");
    assert_eq!(output["salesforceResult"], same);

    let request = || {
        let body = format!(r#"{{"apiName":"Account","fields":{PAYLOAD}}}"#);
        let mut request = authorized(&format!("POST {at}"), &body);
        let key = ("idempotency-key".to_owned(), UUID.to_owned());
        request.headers.push(key);
        request
    };
    assert_eq!(sent(&server).await, [request(), request(), request()]);
}

#[tokio::test]
async fn a_lost_answer_to_a_keyed_create_is_asked_for_again() {
    let body = r#"{"id":"001D000000IqhSLIAZ"}"#;
    let steps = vec![
        Step::Cut(b"HTTP/1.1 201 Created\r\ncontent-length: 99\r\n\r\n{".to_vec()),
        Step::Answer(answer("201 Created", body)),
    ];
    let server = Server::start(steps).await;
    let mut org = instance(given(&server.url)).await;
    let made = org.create("Account", PAYLOAD, Some(&keyed())).await;
    assert_eq!(made.unwrap().unwrap().status, 201);
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn keys_that_do_not_fit_make_no_request() {
    let server = server().await;
    let mut org = org(&server).await;
    let both = format!(
        r#"{{"idempotencyKey":"{UUID}","externalId":{{"field":"Order_No__c","value":"x"}}}}"#
    );
    let table = [
        (both, "{}", "options.idempotencyKey"),
        (external(".."), "{}", "options.externalId.value"),
        (external("x"), r#"{"order_no__C":"x"}"#, "salesforcePayload"),
        (
            r#"{"idempotencyKey":"12345"}"#.to_owned(),
            "{}",
            "options.idempotencyKey",
        ),
    ];
    for (options, payload, parameter) in table {
        let (_, detail) = failed(org.create("Account", payload, Some(&options)).await);
        assert_eq!(detail.code, "INVALID_INPUT", "{options}");
        assert_eq!(read(&detail.more)["parameter"], parameter);
    }
    for options in [external("x"), keyed()] {
        let (_, detail) = failed(org.update("Account", ID, "{}", Some(&options)).await);
        assert_eq!(detail.code, "INVALID_INPUT");
        let (_, detail) = failed(org.query("SELECT Id FROM A", false, Some(&options)).await);
        assert_eq!(detail.code, "INVALID_INPUT");
    }
    assert!(lines(&server).await.is_empty());
}
