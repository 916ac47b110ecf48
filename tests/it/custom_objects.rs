//! Custom objects: each request pinned to the byte, in both faces.

use crate::support::*;
use host_test::Instance;
use host_test::fake::{Fake, FakeConfig, Flow, TokenForm};
use host_test::wit::Applied;
use wiremock::{MockServer, ResponseTemplate};

const SOAP: &str = "/services/Soap/m/66.0";
const PAYLOAD: &str = r#"{"fullName":"Invoice__c","label":"<Invoice> & \"more\"","pluralLabel":"Invoices","fields":[{"fullName":"Amount__c","label":"Amount","type":"Currency","precision":18,"scale":2},{"fullName":"State__c","label":"State","type":"Picklist","values":["Draft"]}]}"#;
const METADATA: &str = "<metadata xsi:type=\"CustomObject\"><fullName>Invoice__c</fullName><deploymentStatus>Deployed</deploymentStatus><fields><fullName>Amount__c</fullName><label>Amount</label><precision>18</precision><scale>2</scale><type>Currency</type></fields><fields><fullName>State__c</fullName><label>State</label><type>Picklist</type><valueSet><valueSetDefinition><sorted>false</sorted><value><fullName>Draft</fullName><default>false</default><label>Draft</label></value></valueSetDefinition></valueSet></fields><label>&lt;Invoice&gt; &amp; &quot;more&quot;</label><nameField><label>Name</label><type>Text</type></nameField><pluralLabel>Invoices</pluralLabel><sharingModel>ReadWrite</sharingModel></metadata>";
const CREATED: &str = r#"{"result":[{"fullName":"Invoice__c","success":true,"errors":[]}]}"#;

/// An answer of the Metadata API.
fn xml(status: u16, operation: &str, content: &str) -> ResponseTemplate {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope \
         xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns=\"http://soap.sforce.com/2006/04/metadata\"><soapenv:Body><{operation}>{content}\
         </{operation}></soapenv:Body></soapenv:Envelope>"
    );
    ResponseTemplate::new(status).set_body_raw(body, "text/xml; charset=utf-8")
}

fn made(name: &str) -> String {
    format!("<result><fullName>{name}</fullName><success>true</success></result>")
}

/// What a request to the Metadata API looks like.
fn soap(operation: &str) -> Sent {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope \
         xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soapenv:Header \
         xmlns=\"http://soap.sforce.com/2006/04/metadata\"><SessionHeader><sessionId>{TOKEN}\
         </sessionId></SessionHeader></soapenv:Header><soapenv:Body \
         xmlns=\"http://soap.sforce.com/2006/04/metadata\">{operation}</soapenv:Body>\
         </soapenv:Envelope>"
    );
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Sent {
        line: format!("POST {SOAP}"),
        headers: vec![
            header("accept", "text/xml"),
            header("content-length", &body.len().to_string()),
            header("content-type", "text/xml; charset=UTF-8"),
            header("soapaction", "\"\""),
        ],
        body,
    }
}

async fn start(answer: ResponseTemplate) -> (MockServer, Instance) {
    let server = server().await;
    on(&server, "POST", SOAP, answer).await;
    let org = org(&server).await;
    (server, org)
}

async fn invoke(org: &mut Instance, action: &str, input: &str) -> serde_json::Value {
    read(&org.invoke(action, input).await.unwrap().unwrap())
}

#[tokio::test]
async fn create() {
    let answer = xml(200, "createMetadataResponse", &made("Invoice__c"));
    let (server, mut org) = start(answer).await;
    let typed = org.create_object(PAYLOAD, false, None, None).await;
    let typed = typed.unwrap().unwrap();
    assert_eq!((typed.status, typed.body.as_deref()), (200, Some(CREATED)));
    let quoted = serde_json::to_string(&format!("[{PAYLOAD}]")).unwrap();
    for payload in [PAYLOAD, &quoted] {
        let input = format!(r#"{{"salesforcePayload":{payload}}}"#);
        let output = invoke(&mut org, "CUSTOM_OBJECT_CREATE", &input).await;
        assert_eq!(output["salesforceStatus"], "200");
        assert_eq!(output["salesforceResult"], CREATED);
    }
    let request = || soap(&format!("<createMetadata>{METADATA}</createMetadata>"));
    assert_eq!(sent(&server).await, [request(), request(), request()]);
}

#[tokio::test]
async fn fields() {
    let answer = xml(200, "upsertMetadataResponse", &made("Account.Due__c"));
    let (server, mut org) = start(answer).await;
    let field = r#"{"fullName":"Due__c","label":"Due","type":"Date"}"#;
    let typed = org.create_fields("Account", field, true, None, None).await;
    assert_eq!(typed.unwrap().unwrap().status, 200);
    let input = format!(
        r#"{{"SObjectName":"Account","salesforcePayload":[{field}],"update":true,"permissionSet":null}}"#
    );
    invoke(&mut org, "CUSTOM_FIELD_CREATE", &input).await;
    let request = || {
        soap(
            "<upsertMetadata><metadata xsi:type=\"CustomField\"><fullName>Account.Due__c</fullName>\
             <label>Due</label><type>Date</type></metadata></upsertMetadata>",
        )
    };
    assert_eq!(sent(&server).await, [request(), request()]);
}

#[tokio::test]
async fn definition() {
    let record = "<result><records xsi:type=\"CustomObject\"><fullName>A__c</fullName>\
                  <fields><fullName>B__c</fullName><length>9</length></fields></records></result>";
    let (server, mut org) = start(xml(200, "readMetadataResponse", record)).await;
    let definition = r#"{"fullName":"A__c","fields":[{"fullName":"B__c","length":9}]}"#;
    let typed = org.read_object("A__c", None).await.unwrap().unwrap();
    assert_eq!(typed.body.as_deref(), Some(definition));
    let input = r#"{"SObjectName":"A__c"}"#;
    let output = invoke(&mut org, "CUSTOM_OBJECT_READ", input).await;
    assert_eq!(output["salesforceResult"], definition);
    let request = || {
        soap("<readMetadata><type>CustomObject</type><fullNames>A__c</fullNames></readMetadata>")
    };
    assert_eq!(sent(&server).await, [request(), request()]);
}

#[tokio::test]
async fn delete() {
    let (server, mut org) = start(xml(200, "deleteMetadataResponse", &made("A__c"))).await;
    let typed = org.delete_object("A__c", None).await.unwrap().unwrap();
    assert_eq!(typed.status, 200);
    invoke(
        &mut org,
        "CUSTOM_OBJECT_DELETE",
        r#"{"SObjectName":"A__c"}"#,
    )
    .await;
    let operation =
        "<deleteMetadata><type>CustomObject</type><fullNames>A__c</fullNames></deleteMetadata>";
    assert_eq!(sent(&server).await, [soap(operation), soap(operation)]);
}

#[tokio::test]
async fn a_part_that_was_made_is_told() {
    let refused = "<result><errors><message>no</message><statusCode>LIMIT_EXCEEDED</statusCode>\
                   </errors><fullName>B__c</fullName><success>false</success></result>";
    let results = [made("A__c").as_str(), refused].concat();
    let (_server, mut org) = start(xml(200, "createMetadataResponse", &results)).await;
    let payload = r#"[{"fullName":"A__c","label":"A"},{"fullName":"B__c","label":"B"}]"#;
    let failure = failed(org.create_object(payload, false, None, None).await);
    assert_eq!(
        outline(&failure),
        (
            Kind::Permanent,
            "LIMIT_EXCEEDED",
            Applied::Partly,
            Some(200)
        )
    );
    let more = read(&failure.1.more);
    assert_eq!(more["results"][0]["success"], true);
    assert_eq!(more["errors"][0]["statusCode"], "LIMIT_EXCEEDED");
}

#[tokio::test]
async fn rejections_are_outputs_where_the_setting_asks_for_it() {
    let refused = "<result><errors><message>no</message><statusCode>DUPLICATE_DEVELOPER_NAME\
                   </statusCode></errors><success>false</success></result>";
    let server = server().await;
    on(
        &server,
        "POST",
        SOAP,
        xml(200, "createMetadataResponse", refused),
    )
    .await;
    let settings = and(given(&server.uri()), &[("SALESFORCE_REJECTIONS", "output")]);
    let mut org = instance(settings).await;
    let input = format!(r#"{{"salesforcePayload":{PAYLOAD}}}"#);
    let output = invoke(&mut org, "CUSTOM_OBJECT_CREATE", &input).await;
    assert_eq!(
        output["salesforceError"]["code"],
        "DUPLICATE_DEVELOPER_NAME"
    );
    let result = read(output["salesforceResult"].as_str().unwrap());
    assert_eq!(result["result"][0]["fullName"], "Invoice__c");
}

#[tokio::test]
async fn wrong_descriptions_make_no_request() {
    let server = server().await;
    let mut org = org(&server).await;
    let long = "x".repeat(1_000_000);
    let object = |more: &str| format!(r#"{{"fullName":"A__c","label":"A",{more}}}"#);
    let field = |more: &str| {
        object(&format!(
            r#""fields":[{{"fullName":"F__c","label":"F",{more}}}]"#
        ))
    };
    let table = [
        ("{}".to_owned(), "MISSING_INPUT", ".fullName"),
        (
            r#"{"fullName":"A","label":"A"}"#.to_owned(),
            "INVALID_INPUT",
            ".fullName",
        ),
        (
            object(r#""description":7,"nameField":[]"#),
            "INVALID_INPUT",
            ".nameField",
        ),
        (
            object(&format!(r#""description":"{long}""#)),
            "INVALID_INPUT",
            ".description",
        ),
        (
            field(r#""type":"String""#),
            "INVALID_INPUT",
            ".fields[0].type",
        ),
        (
            field(r#""type":"Number","scale":2"#),
            "MISSING_INPUT",
            ".fields[0].precision",
        ),
    ];
    for (payload, code, place) in table {
        let input = format!(r#"{{"salesforcePayload":{payload}}}"#);
        let (kind, detail) = failed(org.invoke("CUSTOM_OBJECT_CREATE", &input).await);
        assert_eq!((kind, detail.code.as_str()), (Kind::Permanent, code));
        let parameter = format!("salesforcePayload{place}");
        assert_eq!(read(&detail.more)["parameter"], parameter);
        assert!(detail.message.contains(&parameter), "{}", detail.message);
    }
    assert!(lines(&server).await.is_empty());
}

#[tokio::test]
async fn answers_that_are_not_whole_or_not_plain_are_refused() {
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let bodies = [
        "<soapenv:Envelope xmlns:soapenv=\"u\"><soapenv:Body><createMeta".to_owned(),
        "<!DOCTYPE a [<!ENTITY b \"b\"><!ENTITY c \"&b;&b;&b;\">]><a>&c;</a>".to_owned(),
        deep,
    ];
    for body in bodies {
        let answer = ResponseTemplate::new(200).set_body_raw(body, "text/xml");
        let (server, mut org) = start(answer).await;
        let failure = failed(org.create_object(PAYLOAD, false, None, None).await);
        assert_eq!(
            outline(&failure),
            (Kind::Permanent, "UNKNOWN_ERROR", Applied::Maybe, Some(200))
        );
        assert_eq!(lines(&server).await.len(), 1);
    }
}

/// An object with five kinds of field.
const ORDER: &str = r#"{"fullName":"Order__c","label":"Order","sharingModel":"ReadWrite","fields":[
    {"fullName":"Total__c","label":"Total","type":"Currency","precision":18,"scale":2},
    {"fullName":"Note__c","label":"<Note>","type":"Text","length":80},
    {"fullName":"Paid__c","label":"Paid","type":"Checkbox"},
    {"fullName":"State__c","label":"State","type":"Picklist","values":["Draft","Sent"]},
    {"fullName":"Buyer__c","label":"Buyer","type":"Lookup","referenceTo":"Account","relationshipName":"Orders"}]}"#;

/// Makes the object, grants it, and makes a record of it.
async fn from_nothing(config: FakeConfig, flow: Flow) -> (Fake, Instance) {
    let fake = Fake::start(config).await.unwrap();
    let mut org = instance(fake.settings(flow)).await;
    let soql = "SELECT Name FROM PermissionSet WHERE IsOwnedByProfile = false LIMIT 1";
    let sets = org.query(soql, false, None).await.unwrap().unwrap();
    let set = read(&sets.body.unwrap())["records"][0]["Name"].clone();
    let set = set.as_str().unwrap();

    // The second call finds what the first did, and grants nothing twice.
    for _ in 0..2 {
        let made = org.create_object(ORDER, true, Some(set), None).await;
        let body = read(&made.unwrap().unwrap().body.unwrap());
        assert_eq!(body["result"][0]["fullName"], "Order__c");
        assert_eq!(body["granted"]["fields"].as_array().unwrap().len(), 5);
    }
    let account = org.create("Account", r#"{"Name":"A"}"#, None).await;
    let account = read(&account.unwrap().unwrap().body.unwrap())["id"].clone();
    let record = format!(
        r#"{{"Name":"1","Total__c":12.5,"Note__c":"n","Paid__c":true,"State__c":"Sent","Buyer__c":{account}}}"#
    );
    let made = org
        .create("Order__c", &record, None)
        .await
        .unwrap()
        .unwrap();
    let id = read(&made.body.unwrap())["id"].as_str().unwrap().to_owned();
    let found = org.get("Order__c", &id, &[], None).await.unwrap().unwrap();
    let found = read(&found.body.unwrap());
    assert_eq!(
        (&found["Total__c"], &found["State__c"]),
        (&12.5.into(), &"Sent".into())
    );
    assert_eq!(fake.not_understood(), Vec::<String>::new());
    (fake, org)
}

#[tokio::test]
async fn an_object_from_nothing() {
    let (fake, mut org) = from_nothing(FakeConfig::default(), Flow::Soap).await;
    org.delete_object("Order__c", None).await.unwrap().unwrap();
    let (_, gone) = failed(org.read_object("Order__c", None).await);
    assert_eq!(gone.code, "NOT_FOUND");
    assert_eq!(fake.not_understood(), Vec::<String>::new());
}

#[tokio::test]
async fn an_object_from_nothing_with_a_token_that_soap_does_not_take() {
    let config = FakeConfig {
        token_form: TokenForm::Jwt,
        ..FakeConfig::default()
    };
    let (_fake, mut org) = from_nothing(config, Flow::ClientCredentials).await;
    // Of an object that is gone already the deployment only warns.
    for _ in 0..2 {
        org.delete_object("Order__c", None).await.unwrap().unwrap();
        let (_, gone) = failed(org.create("Order__c", "{}", None).await);
        assert_eq!(gone.code, "NOT_FOUND");
    }
}

#[tokio::test]
async fn a_definition_is_read_and_written_again() {
    let fake = Fake::start(FakeConfig::default()).await.unwrap();
    let mut org = instance(fake.settings(Flow::Soap)).await;
    org.create_object(ORDER, false, None, None)
        .await
        .unwrap()
        .unwrap();
    let failure = failed(org.create_object(ORDER, false, None, None).await);
    assert_eq!(
        outline(&failure),
        (
            Kind::Permanent,
            "DUPLICATE_DEVELOPER_NAME",
            Applied::No,
            Some(200)
        )
    );
    fake.expire_sessions();
    let definition = org.read_object("Order__c", None).await.unwrap().unwrap();
    let definition = definition.body.unwrap();
    assert_eq!(read(&definition)["fields"][1]["label"], "<Note>");
    org.create_object(&definition, true, None, None)
        .await
        .unwrap()
        .unwrap();
    let again = org.read_object("Order__c", None).await.unwrap().unwrap();
    assert_eq!(again.body.unwrap(), definition);
    let (_, missing) = failed(org.read_object("Gone__c", None).await);
    assert_eq!(missing.code, "NOT_FOUND");
}
