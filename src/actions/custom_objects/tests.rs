use super::*;
use crate::failure::Kind;
use crate::http::Trouble;
use crate::testing::Script;

mod deployments;
mod descriptions;
mod grants;

const GIVEN: [(&str, &str); 2] = [
    ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
    ("SALESFORCE_ACCESS_TOKEN", "00D!hush-given"),
];
const CREATE: Way<'_> = Way {
    update: false,
    permission_set: None,
};
const UPDATE: Way<'_> = Way {
    update: true,
    permission_set: None,
};
const SMALL: &str = r#"{"fullName":"A__c","label":"A","sharingModel":"Read"}"#;
const SOAP: &str = "POST https://acme.my.salesforce.com/services/Soap/m/66.0";

/// An answer around this content.
fn envelope(content: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><soapenv:Envelope xmlns:soapenv=\"u\"><soapenv:Body>{content}\
         </soapenv:Body></soapenv:Envelope>"
    )
}

/// The answer to an operation, with these results.
fn answered(results: &str) -> String {
    envelope(&format!(
        "<createMetadataResponse>{results}</createMetadataResponse>"
    ))
}

fn made(name: &str) -> String {
    format!("<result><fullName>{name}</fullName><success>true</success></result>")
}

fn refused(code: &str) -> String {
    format!(
        "<result><errors><message>no &lt;b&gt;</message><statusCode>{code}</statusCode></errors>\
         <fullName>A__c</fullName><success>false</success></result>"
    )
}

fn fault(code: &str, message: &str) -> String {
    envelope(&format!(
        "<soapenv:Fault><faultcode>{code}</faultcode><faultstring>{message}</faultstring>\
         </soapenv:Fault>"
    ))
}

fn xml<'s>(script: &'s Script, status: u16, body: &str) -> &'s Script {
    script.answer_with(status, &[("content-type", "text/xml; charset=utf-8")], body)
}

fn run(script: &Script, payload: &str, way: Way<'_>) -> Outcome {
    let mut connection = script.connect(&GIVEN);
    create_object(&mut connection, payload, way, Options::default())
}

fn parameter(failure: &Failure) -> String {
    let name = failure.detail.more.get("parameter").unwrap_or_default();
    name.trim_matches('"').to_owned()
}

/// A list of small objects.
fn several(count: usize) -> String {
    let object = |at| format!(r#"{{"fullName":"A{at}__c","label":"A"}}"#);
    format!("[{}]", (0..count).map(object).collect::<Vec<_>>().join(","))
}

fn all_made(from: usize, to: usize) -> String {
    answered(
        &(from..to)
            .map(|at| made(&format!("A{at}__c")))
            .collect::<String>(),
    )
}

#[test]
fn a_create_is_one_envelope_with_the_session_in_it() {
    let script = Script::default();
    xml(&script, 200, &answered(&made("A__c")));
    let response = run(&script, SMALL, CREATE).unwrap();
    assert_eq!(
        (response.status, response.body.as_deref()),
        (
            200,
            Some(r#"{"result":[{"fullName":"A__c","success":true,"errors":[]}]}"#)
        )
    );
    assert_eq!(response.more.get("attempts"), Some("1"));
    assert_eq!(script.lines(), [SOAP]);
    let sent = &script.sent()[0];
    assert_eq!(sent.header("Content-Type"), Some("text/xml; charset=UTF-8"));
    assert_eq!(sent.header("SOAPAction"), Some("\"\""));
    assert_eq!(sent.header("Authorization"), None);
    let operation = "<createMetadata><metadata xsi:type=\"CustomObject\"><fullName>A__c</fullName>\
                     <deploymentStatus>Deployed</deploymentStatus><label>A</label><nameField>\
                     <label>Name</label><type>Text</type></nameField><pluralLabel>A</pluralLabel>\
                     <sharingModel>Read</sharingModel></metadata></createMetadata>";
    assert_eq!(
        sent.body,
        soap::envelope("/services/Soap/m/66.0", "00D!hush-given", operation)
    );
}

#[test]
fn with_update_what_is_there_is_changed() {
    let script = Script::default();
    let result =
        "<result><created>false</created><fullName>A__c</fullName><success>true</success></result>";
    xml(&script, 200, &answered(result));
    let response = run(&script, SMALL, UPDATE).unwrap();
    assert_eq!(
        response.body.as_deref(),
        Some(r#"{"result":[{"fullName":"A__c","success":true,"created":false,"errors":[]}]}"#)
    );
    assert!(
        script.sent()[0]
            .body
            .contains("<upsertMetadata><metadata xsi")
    );
}

#[test]
fn a_refusal_with_status_200_is_a_failure() {
    let script = Script::default();
    xml(
        &script,
        200,
        &answered(&refused("DUPLICATE_DEVELOPER_NAME")),
    );
    let failure = run(&script, SMALL, CREATE).unwrap_err();
    let detail = &failure.detail;
    assert_eq!(failure.kind, Kind::Permanent);
    assert_eq!(
        (
            detail.code.as_ref(),
            detail.message.as_str(),
            detail.applied
        ),
        ("DUPLICATE_DEVELOPER_NAME", "no <b>", Applied::No)
    );
    assert_eq!(detail.status, Some(200));
    let error = r#"{"message":"no <b>","statusCode":"DUPLICATE_DEVELOPER_NAME"}"#;
    assert_eq!(
        detail.more.get("errors"),
        Some(format!("[{error}]").as_str())
    );
    let body =
        format!(r#"{{"result":[{{"fullName":"A__c","success":false,"errors":[{error}]}}]}}"#);
    assert_eq!(detail.body.as_deref(), Some(body.as_str()));
    assert!(detail.more.get("hint").unwrap().contains("update"));
}

#[test]
fn a_part_that_succeeded_is_told() {
    let script = Script::default();
    let results = [made("A0__c"), refused("INVALID_FIELD"), made("A2__c")].concat();
    xml(&script, 200, &answered(&results));
    let failure = run(&script, &several(3), CREATE).unwrap_err();
    let detail = &failure.detail;
    assert_eq!(
        (detail.code.as_ref(), detail.applied),
        ("INVALID_FIELD", Applied::Partly)
    );
    let results = detail.more.get("results").unwrap();
    assert!(
        results.starts_with(r#"[{"fullName":"A0__c","success":true"#),
        "{results}"
    );
    assert_eq!(results.matches("\"success\":true").count(), 2);
}

#[test]
fn more_than_ten_go_in_several_calls() {
    let script = Script::default();
    xml(&script, 200, &all_made(0, 10));
    xml(&script, 200, &all_made(10, 12));
    let response = run(&script, &several(12), CREATE).unwrap();
    assert_eq!(response.more.get("attempts"), Some("2"));
    assert_eq!(response.body.unwrap().matches("fullName").count(), 12);
    let sizes = script.sent().into_iter();
    let sizes: Vec<_> = sizes
        .map(|s| s.body.matches("<metadata ").count())
        .collect();
    assert_eq!(sizes, [10, 2]);

    // What an earlier call made is told when a later one fails, however it fails.
    let script = Script::default();
    xml(&script, 200, &all_made(0, 10));
    script.fail(Trouble::Timeout, true, None);
    let failure = run(&script, &several(12), CREATE).unwrap_err();
    assert_eq!(failure.kind, Kind::Permanent);
    assert_eq!(failure.detail.code, "REQUEST_TIMEOUT");
    assert_eq!(failure.detail.applied, Applied::Partly);
    let results = failure.detail.more.get("results").unwrap();
    assert_eq!(results.matches("fullName").count(), 10);
    // A call with a component that failed is the last.
    let script = Script::default();
    let mut results: String = (0..9).map(|at| made(&format!("A{at}__c"))).collect();
    results.push_str(&refused("LIMIT_EXCEEDED"));
    xml(&script, 200, &answered(&results));
    assert!(run(&script, &several(12), CREATE).is_err());
    assert_eq!(script.lines(), [SOAP]);
}

#[test]
fn types_do_not_share_a_call() {
    let payload = r#"{"createMetadata":{"metadata":[{"fullName":"A__c","label":"A"},
        {"xsi:type":"CustomTab","fullName":"A__c","customObject":true,"motif":"Custom1: <Heart>"}]}}"#;
    let script = Script::default();
    xml(&script, 200, &answered(&made("A__c")));
    xml(&script, 200, &answered(&made("A__c")));
    run(&script, payload, CREATE).unwrap();
    let tab = "<metadata xsi:type=\"CustomTab\"><fullName>A__c</fullName><customObject>true</customObject><motif>Custom1: &lt;Heart&gt;</motif></metadata>";
    assert!(
        script.sent()[1].body.contains(tab),
        "{}",
        script.sent()[1].body
    );
}

#[test]
fn an_answer_that_is_not_whole_may_have_been_applied() {
    let whole = answered(&made("A__c"));
    let bomb = format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{whole}");
    let deep = envelope(&format!("{}{}", "<a>".repeat(70), "</a>".repeat(70)));
    let cases = [
        whole.get(..whole.len() / 2).unwrap(),
        whole.get(..whole.len() - 10).unwrap(),
        &bomb,
        &deep,
        "",
        "<html><body>x</body></html>",
        &answered(""),
        &answered("<result><fullName>A__c</fullName></result>"),
        &answered(&[made("A__c"), made("B__c")].concat()),
    ];
    for body in cases {
        let script = Script::default();
        xml(&script, 200, body);
        let failure = run(&script, SMALL, CREATE).unwrap_err();
        assert_eq!(failure.kind, Kind::Permanent, "{body:.200}");
        assert_eq!(
            (failure.detail.code.as_ref(), failure.detail.applied),
            ("UNKNOWN_ERROR", Applied::Maybe),
            "{body:.200}"
        );
        assert_eq!(script.lines(), [SOAP], "{body:.200}");
    }
}

#[test]
fn faults_are_failures_with_their_code() {
    let unclear = "CIRCUIT_BREAKER_OPEN";
    // fault, with update, requests, code, applied
    let table = [
        (
            "sf:INSUFFICIENT_ACCESS",
            false,
            1,
            "INSUFFICIENT_ACCESS",
            Applied::No,
        ),
        (
            "INSUFFICIENT_ACCESS",
            true,
            1,
            "INSUFFICIENT_ACCESS",
            Applied::No,
        ),
        (
            "sf:UNSUPPORTED_API_VERSION",
            false,
            1,
            "UNSUPPORTED_API_VERSION",
            Applied::No,
        ),
        ("soapenv:Client", true, 1, "Client", Applied::No),
        (
            "sf:UNKNOWN_EXCEPTION",
            false,
            1,
            "UNKNOWN_EXCEPTION",
            Applied::Maybe,
        ),
        ("sf:UNKNOWN_EXCEPTION", true, 3, unclear, Applied::Maybe),
        ("sf:UNABLE_TO_LOCK_ROW", false, 3, unclear, Applied::No),
        ("", false, 1, "UNKNOWN_ERROR", Applied::Maybe),
    ];
    for (code, update, requests, expected, applied) in table {
        let script = Script::default();
        for _ in 0..requests {
            xml(&script, 500, &fault(code, "no &amp; never"));
        }
        let way = Way {
            update,
            permission_set: None,
        };
        let failure = run(&script, SMALL, way).unwrap_err();
        assert_eq!(failure.detail.code, expected, "{code}");
        assert_eq!(failure.detail.applied, applied, "{code}");
        assert_eq!(failure.detail.status, Some(500));
        assert_eq!(script.lines().len(), requests, "{code}");
        let body = failure.detail.body.unwrap();
        assert!(body.ends_with(r#""faultstring":"no & never"}"#), "{body}");
    }
}

#[test]
fn an_expired_session_is_renewed_and_the_new_one_is_in_the_envelope() {
    let script = Script::default();
    let expired = fault(
        "sf:INVALID_SESSION_ID",
        "INVALID_SESSION_ID: Invalid Session ID",
    );
    xml(&script, 500, &expired).login("00D!hush-two");
    xml(&script, 200, &answered(&made("A__c")));
    let app = [
        ("SALESFORCE_CLIENT_ID", "key"),
        ("SALESFORCE_CLIENT_SECRET", "secret"),
        ("SALESFORCE_DOMAIN", "acme.my.salesforce.com"),
    ];
    let settings = [&GIVEN[..], &app[..]].concat();
    let mut connection = script.connect(&settings);
    create_object(&mut connection, SMALL, CREATE, Options::default()).unwrap();
    let sent = script.sent();
    assert!(
        sent[0]
            .body
            .contains("<sessionId>00D!hush-given</sessionId>")
    );
    assert!(sent[2].body.contains("<sessionId>00D!hush-two</sessionId>"));

    let script = Script::default();
    xml(&script, 500, &expired);
    let failure = run(&script, SMALL, CREATE).unwrap_err();
    assert_eq!(failure.detail.code, "MISSING_TOKEN");
    assert_eq!(failure.detail.applied, Applied::No);
}

#[test]
fn definitions_are_read_in_the_form_in_which_they_are_written() {
    let records = "<result><records xsi:type=\"CustomObject\"><fullName>A__c</fullName>\
        <enableReports>true</enableReports><fields><fullName>B__c</fullName><label>true</label>\
        <length>80</length><required>false</required><type>Text</type></fields>\
        <label>A &amp; B</label><sharingModel>Read</sharingModel></records></result>";
    let script = Script::default();
    xml(&script, 200, &answered(records));
    let mut connection = script.connect(&GIVEN);
    let response = read_object(&mut connection, "A__c", Options::default()).unwrap();
    let body = response.body.unwrap();
    assert_eq!(
        body,
        r#"{"fullName":"A__c","enableReports":true,"fields":[{"fullName":"B__c","label":"true","length":80,"required":false,"type":"Text"}],"label":"A & B","sharingModel":"Read"}"#
    );
    let asked = "<readMetadata><type>CustomObject</type><fullNames>A__c</fullNames></readMetadata>";
    assert!(script.sent()[0].body.contains(asked));
    xml(&script, 200, &answered(&made("A__c")));
    create_object(&mut connection, &body, UPDATE, Options::default()).unwrap();

    let script = Script::default();
    xml(
        &script,
        200,
        &answered("<result><records xsi:nil=\"true\"/></result>"),
    );
    let failure = read_object(&mut script.connect(&GIVEN), "A__c", Options::default());
    assert_eq!(failure.unwrap_err().detail.code, "NOT_FOUND");
    // A read whose answer broke off is made again.
    let script = Script::default();
    xml(&script, 200, "<Envelope><Bo");
    xml(&script, 200, &answered(records));
    assert!(read_object(&mut script.connect(&GIVEN), "A__c", Options::default()).is_ok());
}

#[test]
fn only_custom_objects_are_deleted() {
    let script = Script::default();
    xml(&script, 200, &answered(&made("A__c")));
    let mut connection = script.connect(&GIVEN);
    delete_object(&mut connection, "A__c", Options::default()).unwrap();
    let asked =
        "<deleteMetadata><type>CustomObject</type><fullNames>A__c</fullNames></deleteMetadata>";
    assert!(script.sent()[0].body.contains(asked));
    for name in ["Account", "", "A__c</fullNames>"] {
        let failure = delete_object(&mut connection, name, Options::default()).unwrap_err();
        assert_eq!(parameter(&failure), "SObjectName", "{name}");
    }
    assert_eq!(script.lines(), [SOAP]);
}

#[test]
fn what_an_attempt_whose_answer_was_lost_may_have_done_stays_open() {
    let gone = answered(&refused("INVALID_CROSS_REFERENCE_KEY"));
    let script = Script::default();
    script.fail(Trouble::Connection, true, None);
    xml(&script, 200, &gone);
    xml(&script, 200, &gone);
    let mut connection = script.connect(&GIVEN);
    for applied in [Applied::Maybe, Applied::No] {
        let failure = delete_object(&mut connection, "A__c", Options::default()).unwrap_err();
        assert_eq!(failure.detail.applied, applied);
    }
    assert_eq!(script.lines(), [SOAP, SOAP, SOAP]);

    let script = Script::default();
    script.fail(Trouble::Connection, true, None);
    xml(
        &script,
        200,
        &answered(&refused("FIELD_INTEGRITY_EXCEPTION")),
    );
    let failure = run(&script, SMALL, UPDATE).unwrap_err();
    assert_eq!(failure.detail.applied, Applied::Maybe);
}

#[test]
fn headers_of_rest_are_refused() {
    let script = Script::default();
    let options = Options::parse(Some(r#"{"headers":{"Sforce-Mru":"x"}}"#)).unwrap();
    let failure = read_object(&mut script.connect(&GIVEN), "A__c", options).unwrap_err();
    assert_eq!(parameter(&failure), "options.headers");
    assert!(script.lines().is_empty());
}
