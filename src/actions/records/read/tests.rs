use super::*;
use crate::testing::Script;

const GIVEN: [(&str, &str); 2] = [
    ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
    ("SALESFORCE_ACCESS_TOKEN", "hush-given"),
];
const ID: &str = "001D000000IqhSLIAZ";
const ORIGIN: &str = "https://acme.my.salesforce.com";
const RECORD: &str = "/services/data/v66.0/sobjects/Account/001D000000IqhSLIAZ";
const NOT_FOUND: &str =
    r#"[{"message":"The requested resource does not exist","errorCode":"NOT_FOUND"}]"#;

fn follow(script: &Script, relationship: &str) -> Outcome {
    let wanted = Wanted {
        relationship: Some(relationship),
        ..Wanted::default()
    };
    get(
        &mut script.connect(&GIVEN),
        "Account",
        ID,
        wanted,
        Options::default(),
    )
}

fn with_parameters(script: &Script, fields: &[String], parameters: &str) -> Outcome {
    let wanted = Wanted {
        fields,
        query_parameters: Some(parameters),
        ..Wanted::default()
    };
    get(
        &mut script.connect(&GIVEN),
        "Account",
        ID,
        wanted,
        Options::default(),
    )
}

/// What a composite request answers about the record and the way.
fn told(record: u16, way: u16, body: &str) -> String {
    format!(
        r#"{{"compositeResponse":[{{"body":{{}},"httpHeaders":{{}},"httpStatusCode":{record},"referenceId":"record"}},{{"body":{body},"httpHeaders":{{}},"httpStatusCode":{way},"referenceId":"way"}}]}}"#
    )
}

#[test]
fn one_many_and_none_are_told() {
    let page = |rows: &str, rest: &str| format!(r#"{{"totalSize":3,"records":[{rows}],{rest}}}"#);
    let next = r#""done":false,"nextRecordsUrl":"/services/data/v66.0/query/01g-1""#;
    let table = [
        (r#"{"Id":"005"}"#.to_owned(), "one", None),
        // A record may have a field of any name.
        (r#"{"Id":"a01","done":true}"#.to_owned(), "one", None),
        (page("{}", r#""done":true"#), "many", None),
        (
            page("{}", next),
            "many",
            Some("/services/data/v66.0/query/01g-1"),
        ),
        (
            page("", next),
            "many",
            Some("/services/data/v66.0/query/01g-1"),
        ),
        (page("", r#""done":true"#), "none", None),
    ];
    for (body, related, locator) in table {
        let script = Script::default();
        script.answer(200, &body);
        let response = follow(&script, "Opportunities").unwrap();
        assert_eq!(
            script.lines(),
            [format!("GET {ORIGIN}{RECORD}/Opportunities")]
        );
        assert_eq!(
            response.more.get("related"),
            Some(format!("\"{related}\"").as_str()),
            "{body}"
        );
        let quoted = locator.map(|locator| format!("\"{locator}\""));
        assert_eq!(response.more.get("locator"), quoted.as_deref());
        assert_eq!((response.status, response.body), (200, Some(body)));
    }
}

#[test]
fn nothing_is_said_of_relations_where_none_is_followed_or_nothing_changed() {
    let script = Script::default();
    script.answer(304, "");
    let response = follow(&script, "Owner").unwrap();
    assert_eq!((response.status, response.more.get("related")), (304, None));
    script.answer(200, r#"{"totalSize":0,"done":true,"records":[]}"#);
    let response = with_parameters(&script, &[], "{}").unwrap();
    assert_eq!(response.more.get("related"), None);
}

#[test]
fn what_a_404_means_is_asked() {
    let invalid = r#"[{"message":"Didn't understand relationship","errorCode":"INVALID_FIELD"}]"#;
    let rows = |row: &str| format!(r#"{{"totalSize":1,"done":true,"records":[{row}]}}"#);
    let nowhere = rows(r#"{"attributes":{"type":"A"},"Owner":{"attributes":{},"Manager":null}}"#);
    let early = rows(r#"{"Owner":null}"#);
    let somewhere = rows(r#"{"Owner":{"attributes":{},"Manager":{"Id":"005"}}}"#);
    // None: nothing is related. Otherwise the parameter at fault, where it is known.
    let table = [
        (told(200, 200, &nowhere), None),
        (told(200, 200, &early), None),
        (told(404, 200, &rows("")), Some("\"SObjectId\"")),
        (told(404, 400, invalid), Some("\"SObjectId\"")),
        (told(200, 400, invalid), Some("\"relationship\"")),
        (told(200, 200, &rows("")), Some("")),
        (told(200, 200, &somewhere), Some("")),
        (told(200, 400, "[]"), Some("")),
        (told(403, 400, invalid), Some("")),
        ("{}".to_owned(), Some("")),
    ];
    for (answer, expected) in table {
        let script = Script::default();
        script.answer(404, NOT_FOUND).answer(200, &answer);
        let outcome = follow(&script, "Owner/Manager");
        let sent = script.sent();
        assert_eq!(
            script.lines(),
            [
                format!("GET {ORIGIN}{RECORD}/Owner/Manager"),
                format!("POST {ORIGIN}/services/data/v66.0/composite"),
            ]
        );
        assert_eq!(
            sent[1].body,
            format!(
                r#"{{"compositeRequest":[{{"method":"GET","url":"{RECORD}?fields=Id","referenceId":"record"}},{{"method":"GET","url":"/services/data/v66.0/query?q=SELECT%20Owner.Manager.Id%20FROM%20Account%20WHERE%20Id%20%3D%20%27{ID}%27","referenceId":"way"}}]}}"#
            )
        );
        match (outcome, expected) {
            (Ok(response), None) => {
                assert_eq!((response.status, response.body), (204, None));
                assert_eq!(response.more.get("related"), Some("\"none\""));
                assert_eq!(response.more.get("attempts"), Some("2"));
            }
            (Err(failure), Some(parameter)) => {
                let detail = failure.detail;
                assert_eq!(detail.code, "NOT_FOUND");
                assert_eq!(detail.status, Some(404));
                assert_eq!(detail.more.get("parameter").unwrap_or_default(), parameter);
            }
            (outcome, expected) => panic!("{answer}: {outcome:?}, not {expected:?}"),
        }
    }
}

#[test]
fn only_what_is_not_found_is_asked_about() {
    let deleted = r#"[{"message":"entity is deleted","errorCode":"ENTITY_IS_DELETED"}]"#;
    let script = Script::default();
    script.answer(404, deleted);
    let failure = follow(&script, "Owner").unwrap_err();
    assert_eq!(failure.detail.code, "ENTITY_IS_DELETED");

    // A question that may be answered the next time makes the call one that may be repeated.
    let script = Script::default();
    script.answer(404, NOT_FOUND);
    for _ in 0..3 {
        script.answer(503, "");
    }
    let failure = follow(&script, "Owner").unwrap_err();
    assert_eq!(failure.kind, Kind::Transient);
    // A refusal leaves what is known.
    let script = Script::default();
    script.answer(404, NOT_FOUND).answer(403, deleted);
    let failure = follow(&script, "Owner").unwrap_err();
    assert_eq!(failure.detail.code, "NOT_FOUND");
}

#[test]
fn query_parameters_are_encoded_and_fields_stand_in_one_place() {
    let table = [
        (
            r#"{"fields":"AccountNumber, BillingPostalCode"}"#,
            "?fields=AccountNumber,BillingPostalCode",
        ),
        (
            r#"{"a":"x&y=1#/ü","b":7,"c":true,"d":null}"#,
            "?a=x%26y%3D1%23%2F%C3%BC&b=7&c=true",
        ),
        ("{}", ""),
    ];
    for (parameters, query) in table {
        let script = Script::default();
        script.answer(200, "{}");
        with_parameters(&script, &[], parameters).unwrap();
        assert_eq!(script.lines(), [format!("GET {ORIGIN}{RECORD}{query}")]);
    }
    let script = Script::default();
    script.answer(200, "{}");
    with_parameters(&script, &["Name".into()], r#"{"x":"1"}"#).unwrap();
    assert_eq!(
        script.lines(),
        [format!("GET {ORIGIN}{RECORD}?fields=Name&x=1")]
    );
}

#[test]
fn nothing_is_sent_for_a_wrong_way_or_parameter() {
    let script = Script::default();
    let long = format!(r#"{{"a":"{}"}}"#, "ü".repeat(2_000));
    let wrong = [
        (follow(&script, "Owner/../x"), "relationship"),
        (follow(&script, "Owner?x=1"), "relationship"),
        (follow(&script, "a/b/c/d/e/f"), "relationship"),
        (follow(&script, ""), "relationship"),
        (with_parameters(&script, &[], "x"), "queryParameters"),
        (with_parameters(&script, &[], &long), "queryParameters"),
        (
            with_parameters(&script, &[], r#"{ fields: "A" }"#),
            "queryParameters",
        ),
        (
            with_parameters(&script, &[], r#"{"a b":1}"#),
            "queryParameters.a b",
        ),
        (
            with_parameters(&script, &[], r#"{"a":[1]}"#),
            "queryParameters.a",
        ),
        (
            with_parameters(&script, &[], r#"{"a":{}}"#),
            "queryParameters.a",
        ),
        (
            with_parameters(&script, &[], r#"{"fields":"A,,B"}"#),
            "queryParameters.fields",
        ),
        (
            with_parameters(&script, &["A".into()], r#"{"fields":"B"}"#),
            "queryParameters.fields",
        ),
    ];
    for (outcome, parameter) in wrong {
        let detail = outcome.unwrap_err().detail;
        let quoted = format!("\"{parameter}\"");
        assert_eq!(detail.more.get("parameter"), Some(quoted.as_str()));
    }
    let old = [GIVEN[0], GIVEN[1], ("SALESFORCE_VERSION", "35.0")];
    let wanted = Wanted {
        relationship: Some("Owner"),
        ..Wanted::default()
    };
    let mut old = script.connect(&old);
    let failure = get(&mut old, "Account", ID, wanted, Options::default()).unwrap_err();
    assert_eq!(
        failure.detail.more.get("setting"),
        Some("\"SALESFORCE_VERSION\"")
    );
    assert!(script.lines().is_empty());
}
