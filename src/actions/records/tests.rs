use super::*;
use crate::failure::Kind;
use crate::http::Trouble;
use crate::testing::Script;

const GIVEN: [(&str, &str); 2] = [
    ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
    ("SALESFORCE_ACCESS_TOKEN", "hush-given"),
];
const ID: &str = "001D000000IqhSLIAZ";

#[test]
fn a_create_is_confirmed_by_its_body() {
    // What comes out: the status, or code and applied.
    type Expected = Result<u16, (&'static str, Applied)>;
    let table: [(u16, &str, Expected); 7] = [
        (201, r#"{"id":"001","success":true,"errors":[]}"#, Ok(201)),
        // An event that was published carries an entry among its errors.
        (
            201,
            r#"{"id":"e01","success":true,"errors":[{"statusCode":"OPERATION_ENQUEUED"}]}"#,
            Ok(201),
        ),
        (
            201,
            r#"{"id":null,"success":false,"errors":[{"statusCode":"DUPLICATE_VALUE","message":"m"}]}"#,
            Err(("DUPLICATE_VALUE", Applied::No)),
        ),
        (201, "{}", Err(("UNKNOWN_ERROR", Applied::Yes))),
        (
            201,
            r#"{"success":false,"errors":[]}"#,
            Err(("UNKNOWN_ERROR", Applied::No)),
        ),
        (304, "", Err(("UNKNOWN_ERROR", Applied::No))),
        (204, "", Err(("UNKNOWN_ERROR", Applied::Maybe))),
    ];
    for (status, body, expected) in table {
        let script = Script::default();
        script.answer(status, body);
        let outcome = create(
            &mut script.connect(&GIVEN),
            "Account",
            "{}",
            Options::default(),
        );
        match (outcome, expected) {
            (Ok(response), Ok(status)) => {
                assert_eq!(
                    (response.status, response.body.as_deref()),
                    (status, Some(body))
                );
            }
            (Err(failure), Err((code, applied))) => {
                assert_eq!(failure.kind, Kind::Permanent, "{body}");
                assert_eq!(
                    (failure.detail.code.as_ref(), failure.detail.applied),
                    (code, applied)
                );
                assert_eq!(failure.detail.status, Some(status));
            }
            (outcome, expected) => panic!("{body}: {outcome:?}, not {expected:?}"),
        }
    }
}

#[test]
fn a_delete_that_finds_its_own_work_done_succeeded() {
    for code in ["ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY"] {
        let gone = format!(r#"[{{"message":"gone","errorCode":"{code}","fields":[]}}]"#);
        let script = Script::default();
        script
            .fail(Trouble::Connection, true, None)
            .answer(404, &gone);
        let mut connection = script.connect(&GIVEN);
        let response = delete(&mut connection, "Account", ID, Options::default()).unwrap();
        assert_eq!((response.status, response.body), (204, None));
        assert_eq!(response.more.get("attempts"), Some("2"));
        assert_eq!(response.more.get("repeated"), Some("true"));

        // Found gone at once, or after an attempt that did nothing, it was somebody else's.
        script.answer(404, &gone).answer(420, "").answer(404, &gone);
        for _ in 0..2 {
            let outcome = delete(&mut connection, "Account", ID, Options::default());
            let detail = outcome.unwrap_err().detail;
            assert_eq!((detail.code.as_ref(), detail.applied), (code, Applied::No));
        }
    }
    // Not found is another thing: the record may never have been there.
    let script = Script::default();
    let body = r#"[{"message":"m","errorCode":"NOT_FOUND"}]"#;
    script.fail(Trouble::Timeout, true, None).answer(404, body);
    let outcome = delete(
        &mut script.connect(&GIVEN),
        "Account",
        ID,
        Options::default(),
    );
    assert_eq!(outcome.unwrap_err().detail.applied, Applied::Maybe);
}

#[test]
fn headers_of_the_caller_go_along() {
    let script = Script::default();
    script.answer(204, "");
    let text = r#"{"headers":{"Sforce-Auto-Assign":"FALSE"}}"#;
    let options = Options::parse(Some(text)).unwrap();
    update(
        &mut script.connect(&GIVEN),
        "Lead",
        ID,
        r#"{"A":null}"#,
        options,
    )
    .unwrap();
    let sent = script.sent();
    assert_eq!(sent[0].header("Sforce-Auto-Assign"), Some("FALSE"));
    assert_eq!(
        sent[0].header("Content-Type"),
        Some("application/json; charset=UTF-8")
    );
    assert_eq!(sent[0].body, r#"{"A":null}"#);
}

#[test]
fn nothing_is_sent_for_a_wrong_input() {
    let script = Script::default();
    let mut c = script.connect(&GIVEN);
    let none = Options::default;
    let fields = ["a b".to_owned()];
    let wanted = Wanted {
        fields: &fields,
        ..Wanted::default()
    };
    let failures = [
        (
            create(&mut c, "", "{}", none()),
            "MISSING_INPUT",
            SOBJECT_NAME,
        ),
        (
            create(&mut c, "A/B", "{}", none()),
            "INVALID_INPUT",
            SOBJECT_NAME,
        ),
        (create(&mut c, "A", "", none()), "MISSING_INPUT", PAYLOAD),
        (create(&mut c, "A", "[]", none()), "INVALID_INPUT", PAYLOAD),
        (
            get(&mut c, "A", "x", Wanted::default(), none()),
            "INVALID_INPUT",
            SOBJECT_ID,
        ),
        (
            get(&mut c, "A", ID, wanted, none()),
            "INVALID_INPUT",
            "fields",
        ),
        (
            update(&mut c, "A", "", "{}", none()),
            "MISSING_INPUT",
            SOBJECT_ID,
        ),
        (
            delete(&mut c, "A", "../../x", none()),
            "INVALID_INPUT",
            SOBJECT_ID,
        ),
    ];
    for (outcome, code, parameter) in failures {
        let failure = outcome.unwrap_err();
        assert_eq!(
            (failure.detail.code.as_ref(), failure.detail.applied),
            (code, Applied::No)
        );
        let quoted = format!("\"{parameter}\"");
        assert_eq!(failure.detail.more.get("parameter"), Some(quoted.as_str()));
        assert!(failure.detail.message.contains(parameter), "{failure:?}");
    }
    assert!(script.lines().is_empty());
}
