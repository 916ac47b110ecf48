use super::*;

const JWT: [(&str, &str); 2] = [
    ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
    ("SALESFORCE_ACCESS_TOKEN", "eyJhush.eyJhush.hush"),
];
const ID: &str = "0Af000000000001AAA";
const NONE: &str = r#"{"totalSize":0,"done":true,"records":[]}"#;
const STARTED: &str = r#"{"id":"0Af000000000001AAA","deployOptions":{}}"#;
const RUNNING: &str = r#"{"id":"0Af000000000001AAA","deployResult":{"done":false,"status":"InProgress","success":false}}"#;
const DATA: &str = "https://acme.my.salesforce.com/services/data/v66.0";

fn deploy(script: &Script, payload: &str, way: Way<'_>) -> Outcome {
    create_object(&mut script.connect(&JWT), payload, way, Options::default())
}

fn ended(success: bool, more: &str) -> String {
    format!(r#"{{"deployResult":{{"done":true,"success":{success}{more}}}}}"#)
}

#[test]
fn a_session_that_soap_does_not_take_deploys() {
    let script = Script::default();
    let made = r#","details":{"componentSuccesses":[{"fullName":"package.xml"},{"fullName":"A__c","created":true}],"componentFailures":[]}"#;
    script
        .answer(200, NONE)
        .answer(201, STARTED)
        .answer(200, RUNNING);
    script.answer(200, &ended(true, made));
    let response = deploy(&script, SMALL, CREATE).unwrap();
    assert_eq!(
        response.body.unwrap(),
        r#"{"result":[{"fullName":"A__c","success":true,"created":true,"errors":[]}]}"#
    );
    assert_eq!(script.slept(), [500, 750]);
    let status = format!("GET {DATA}/metadata/deployRequest/{ID}?includeDetails=true");
    assert_eq!(
        script.lines(),
        [
            format!(
                "GET {DATA}/query?q=SELECT%20QualifiedApiName%20FROM%20EntityDefinition%20WHERE%20QualifiedApiName%20IN%20%28%27A__c%27%29"
            ),
            format!("POST {DATA}/metadata/deployRequest"),
            status.clone(),
            status,
        ]
    );
    let sent = &script.sent()[1];
    let kind = "multipart/form-data; boundary=salesforce-connector";
    assert_eq!(sent.header("Content-Type"), Some(kind));
    assert_eq!(
        sent.header("Authorization"),
        Some("Bearer eyJhush.eyJhush.hush")
    );
    assert!(sent.body.starts_with(
        "--salesforce-connector\r\nContent-Disposition: form-data; name=\"json\"\r\n"
    ));
    assert!(sent.body.ends_with("\r\n--salesforce-connector--\r\n"));
    assert!(sent.body.contains("package.xml<?xml version=\"1.0\" encoding=\"UTF-8\"?><Package xmlns=\"http://soap.sforce.com/2006/04/metadata\"><types><members>A__c</members><name>CustomObject</name></types><version>66.0</version></Package>"));
    assert!(sent.body.contains("objects/A__c.object<?xml version=\"1.0\" encoding=\"UTF-8\"?><CustomObject xmlns=\"http://soap.sforce.com/2006/04/metadata\"><deploymentStatus>"));
}

#[test]
fn a_deployment_that_fails_is_a_failure_of_its_component() {
    let script = Script::default();
    let failed = r#","details":{"componentFailures":[{"fullName":"A1__c.B__c","problem":"bad"},{"fullName":"A1__c.C__c","problem":"worse"}]}"#;
    script
        .answer(200, NONE)
        .answer(201, STARTED)
        .answer(200, &ended(false, failed));
    let failure = deploy(&script, &several(2), CREATE).unwrap_err();
    let detail = &failure.detail;
    assert_eq!(
        (
            detail.code.as_ref(),
            detail.message.as_str(),
            detail.applied
        ),
        ("FIELD_INTEGRITY_EXCEPTION", "bad", Applied::No)
    );
    let body = detail.body.as_deref().unwrap();
    assert!(
        body.contains("ALL_OR_NONE_OPERATION_ROLLED_BACK") && body.contains("worse"),
        "{body}"
    );

    let script = Script::default();
    let failed = r#","errorStatusCode":"INVALID_ID_FIELD","errorMessage":"no""#;
    script
        .answer(201, STARTED)
        .answer(200, &ended(false, failed));
    let failure = deploy(&script, SMALL, UPDATE).unwrap_err();
    assert_eq!(failure.detail.code, "INVALID_ID_FIELD");
    assert_eq!(failure.detail.message, "no");
}

#[test]
fn what_is_there_is_not_overwritten_without_update() {
    let script = Script::default();
    let there = r#"{"totalSize":1,"done":true,"records":[{"QualifiedApiName":"A__c"}]}"#;
    script.answer(200, there);
    let failure = deploy(&script, SMALL, CREATE).unwrap_err();
    assert_eq!(failure.detail.code, "DUPLICATE_DEVELOPER_NAME");
    assert_eq!(script.lines().len(), 1);

    let script = Script::default();
    script.answer(200, r#"{"records":[{"QualifiedApiName":"F__c"}]}"#);
    let field = r#"{"fullName":"F__c","label":"F","type":"Date"}"#;
    let mut connection = script.connect(&JWT);
    let failure = create_fields(
        &mut connection,
        "Account",
        field,
        CREATE,
        Options::default(),
    );
    assert_eq!(failure.unwrap_err().detail.code, "DUPLICATE_DEVELOPER_NAME");
}

#[test]
fn a_deployment_that_outlasts_the_call_is_named() {
    let script = Script::default();
    script.answer(201, STARTED);
    for _ in 0..3 {
        script.answer(200, RUNNING);
    }
    let options = Options::parse(Some(r#"{"deadlineMs":2500}"#)).unwrap();
    let failure = create_object(&mut script.connect(&JWT), SMALL, UPDATE, options).unwrap_err();
    assert_eq!(failure.detail.code, "REQUEST_TIMEOUT");
    assert_eq!(failure.detail.applied, Applied::Maybe);
    let id = format!("\"{ID}\"");
    assert_eq!(failure.detail.more.get("deployment"), Some(id.as_str()));
    assert_eq!(script.slept(), [500, 750, 1_125]);
}

#[test]
fn answers_that_do_not_say_what_was_done_are_unknown() {
    for (started, status) in [("{}", ""), (r#"{"id":"../x"}"#, ""), (STARTED, "{}")] {
        let script = Script::default();
        script.answer(201, started);
        if !status.is_empty() {
            script.answer(200, status);
        }
        let failure = deploy(&script, SMALL, UPDATE).unwrap_err();
        assert_eq!(failure.detail.code, "UNKNOWN_ERROR", "{started}");
        assert_eq!(failure.detail.applied, Applied::Maybe, "{started}");
    }
}

#[test]
fn objects_are_deleted_by_deployment_and_not_read() {
    let script = Script::default();
    script.answer(201, STARTED).answer(200, &ended(true, ""));
    delete_object(&mut script.connect(&JWT), "A__c", Options::default()).unwrap();
    let sent = script.sent();
    assert!(sent[0].body.contains("destructiveChanges.xml<?xml"));
    assert!(
        sent[0]
            .body
            .contains("<types><members>A__c</members><name>CustomObject</name></types>")
    );

    let script = Script::default();
    let failure = read_object(&mut script.connect(&JWT), "A__c", Options::default()).unwrap_err();
    assert_eq!(failure.detail.code, "INVALID_SESSION_ID");
    assert!(script.lines().is_empty());
    // Types that are not deployed here.
    let tab = r#"{"metadata":{"xsi:type":"CustomTab","fullName":"A__c"}}"#;
    let failure = deploy(&script, tab, CREATE).unwrap_err();
    assert_eq!(failure.detail.code, "INVALID_SESSION_ID");
}

#[test]
fn a_text_that_looks_like_the_boundary_stays_inside() {
    let payload =
        r#"{"fullName":"A__c","label":"\r\n--salesforce-connector--","sharingModel":"Read"}"#;
    let script = Script::default();
    script.answer(201, STARTED).answer(200, &ended(true, ""));
    deploy(&script, payload, UPDATE).unwrap();
    let kind = script.sent()[0].header("Content-Type").unwrap().to_owned();
    let (_, boundary) = kind.split_once("boundary=").unwrap();
    let parts = script.sent()[0]
        .body
        .matches(&format!("--{boundary}"))
        .count();
    assert_eq!((boundary, parts), ("salesforce-connector---", 3));
}
