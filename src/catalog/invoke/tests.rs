use super::*;
use crate::catalog::{Effect, schema};
use crate::testing::Script;

const GIVEN: [(&str, &str); 2] = [
    ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
    ("SALESFORCE_ACCESS_TOKEN", "hush-given"),
];
const CREATED: &str = r#"{"id":"001D000000IqhSLIAZ","success":true,"errors":[]}"#;

fn run(
    script: &Script,
    settings: &[(&str, &str)],
    name: &str,
    input: &str,
) -> Result<String, Failure> {
    let mut connection = script.connect(settings);
    invoke(name, input, || Ok(&mut connection))
}

/// The code of the failure and the parameter that it names; nothing must have been sent.
fn refusal(name: &str, input: &str) -> (String, String) {
    let script = Script::default();
    let failure = run(&script, &GIVEN, name, input).unwrap_err();
    assert!(script.lines().is_empty(), "{name} {input}");
    let parameter = failure.detail.more.get("parameter").unwrap_or_default();
    (
        failure.detail.code.to_string(),
        parameter.trim_matches('"').to_owned(),
    )
}

#[test]
fn outputs_have_the_names_of_the_contract() {
    let script = Script::default();
    script.answer(201, CREATED).answer(204, "").answer(200, r#"{"totalSize":2,"done":false,"nextRecordsUrl":"/services/data/v66.0/query/01g-1","records":[{}]}"#);
    let example = |name| {
        actions()
            .find(|action| action.name == name)
            .unwrap()
            .example
    };
    let created = run(&script, &GIVEN, "CREATE", example("CREATE")).unwrap();
    assert_eq!(
        created,
        r#"{"salesforceStatus":"201","salesforceResult":"{\"id\":\"001D000000IqhSLIAZ\",\"success\":true,\"errors\":[]}"}"#
    );
    let updated = run(&script, &GIVEN, "UPDATE", example("UPDATE")).unwrap();
    assert_eq!(updated, r#"{"salesforceStatus":"204"}"#);
    let page = run(&script, &GIVEN, "QUERY", example("QUERY")).unwrap();
    assert!(
        page.ends_with(r#","locator":"/services/data/v66.0/query/01g-1"}"#),
        "{page}"
    );
    assert_eq!(script.sent()[0].body, r#"{"Name":"Acme"}"#);
}

#[test]
fn a_payload_travels_unchanged_as_object_and_as_string() {
    let payload = r#"{ "A": 1.000000000000000001,"Z":"\u00e9", "B":[1 , 2]}"#;
    let quoted = serde_json::to_string(payload).unwrap();
    for value in [payload, &quoted] {
        let script = Script::default();
        script.answer(201, CREATED);
        let input = format!(r#"{{"salesforcePayload":{value},"SObjectName":"Account"}}"#);
        run(&script, &GIVEN, "CREATE", &input).unwrap();
        assert_eq!(script.sent()[0].body, payload);
    }
}

#[test]
fn meta_is_answered_where_it_is_asked_for() {
    let script = Script::default();
    script.answer(201, CREATED);
    let input = r#"{"SObjectName":"Account","salesforcePayload":{},"options":{"meta":true}}"#;
    let output = run(&script, &GIVEN, "CREATE", input).unwrap();
    assert!(
        output.ends_with(r#","salesforceMeta":{"attempts":1}}"#),
        "{output}"
    );
}

#[test]
fn wrong_inputs_are_named_before_anything_is_sent() {
    let id = "001D000000IqhSLIAZ";
    let missing = |parameter: &str| ("MISSING_INPUT".to_owned(), parameter.to_owned());
    let invalid = |parameter: &str| ("INVALID_INPUT".to_owned(), parameter.to_owned());
    let table = [
        ("create", "{}".into(), invalid("action")),
        ("CREATE", "".into(), invalid("input")),
        ("CREATE", "[]".into(), invalid("input")),
        (
            "CREATE",
            r#"{"salesforcePayload":{}}"#.into(),
            missing("SObjectName"),
        ),
        (
            "CREATE",
            r#"{"SObjectName":null,"salesforcePayload":{}}"#.into(),
            missing("SObjectName"),
        ),
        (
            "CREATE",
            r#"{"SObjectName":"","salesforcePayload":{}}"#.into(),
            missing("SObjectName"),
        ),
        (
            "CREATE",
            r#"{"SObjectName":7,"salesforcePayload":{}}"#.into(),
            invalid("SObjectName"),
        ),
        (
            "CREATE",
            r#"{"SObjectName":"A"}"#.into(),
            missing("salesforcePayload"),
        ),
        (
            "CREATE",
            r#"{"SObjectName":"A","salesforcePayload":[]}"#.into(),
            invalid("salesforcePayload"),
        ),
        (
            "CREATE",
            r#"{"SObjectName":"A","salesforcePayload":"{"}"#.into(),
            invalid("salesforcePayload"),
        ),
        (
            "CREATE",
            r#"{"SObjectName":"A","salesforcePayload":{},"SObjectID":"x"}"#.into(),
            invalid("SObjectID"),
        ),
        (
            "CREATE",
            r#"{"SObjectName":"A","salesforcePayload":{},"options":[]}"#.into(),
            invalid("options"),
        ),
        (
            "CREATE",
            r#"{"SObjectName":"A","salesforcePayload":{},"options":{"x":1}}"#.into(),
            invalid("options.x"),
        ),
        (
            "GET",
            format!(r#"{{"SObjectName":"A","SObjectId":"{id}","fields":"Name"}}"#),
            invalid("fields"),
        ),
        (
            "GET",
            format!(r#"{{"SObjectName":"A","SObjectId":"{id}","fields":["a,b"]}}"#),
            invalid("fields"),
        ),
        (
            "GET",
            r#"{"SObjectName":"A","SObjectId":"../x"}"#.into(),
            invalid("SObjectId"),
        ),
        ("QUERY", "{}".into(), missing("salesforceQuery")),
        (
            "QUERY",
            r#"{"salesforceQuery":"S","includeDeleted":"true"}"#.into(),
            invalid("includeDeleted"),
        ),
        (
            "QUERY_MORE",
            r#"{"locator":"x"}"#.into(),
            invalid("locator"),
        ),
        (
            "QUERY_PAGES",
            "{}".into(),
            missing("salesforceQuery or locator"),
        ),
        (
            "QUERY_PAGES",
            r#"{"salesforceQuery":"S","locator":"/services/data/v66.0/query/01g-1"}"#.into(),
            invalid("salesforceQuery or locator"),
        ),
        (
            "QUERY_PAGES",
            r#"{"salesforceQuery":"S","maxRows":1}"#.into(),
            invalid("maxRows"),
        ),
        (
            "QUERY_PAGES",
            r#"{"salesforceQuery":"S","maxBytes":1.5}"#.into(),
            invalid("maxBytes"),
        ),
    ];
    for (name, input, expected) in table {
        let input: String = input;
        assert_eq!(refusal(name, &input), expected, "{name} {input}");
    }
}

#[test]
fn a_create_alone_takes_a_key() {
    let keys = [
        r#""externalId":{"field":"No__c","value":7}"#,
        r#""idempotencyKey":"0f8fad5b-d9cb-469f-a165-70867728950e""#,
    ];
    let lines = [
        "PATCH https://acme.my.salesforce.com/services/data/v66.0/sobjects/Account/No__c/7",
        "POST https://acme.my.salesforce.com/services/data/v66.0/ui-api/records",
    ];
    for (key, line) in keys.into_iter().zip(lines) {
        let script = Script::default();
        script.answer(201, CREATED);
        let input = format!(
            r#"{{"SObjectName":"Account","salesforcePayload":{{"Name":"A"}},"options":{{{key}}}}}"#
        );
        run(&script, &GIVEN, "CREATE", &input).unwrap();
        assert_eq!(script.lines(), [line]);
    }
    for action in actions() {
        let schema = schema::input(action);
        for (key, place) in keys.into_iter().zip(["externalId", "idempotencyKey"]) {
            let takes = action.name == "CREATE";
            assert_eq!(
                schema.contains(&format!("\"{place}\":{{")),
                takes,
                "{}",
                action.name
            );
            if takes {
                continue;
            }
            let input = action.example.strip_suffix('}').unwrap();
            let comma = if input == "{" { "" } else { "," };
            let input = format!(r#"{input}{comma}"options":{{{key}}}}}"#);
            let expected = ("INVALID_INPUT".to_owned(), format!("options.{place}"));
            assert_eq!(refusal(action.name, &input), expected);
        }
    }
}

#[test]
fn a_wrong_input_is_told_before_wrong_settings_are() {
    let failure = invoke("GET", "{}", || Err(Failure::missing_setting("X", "y"))).unwrap_err();
    assert_eq!(
        failure.detail.more.get("parameter"),
        Some("\"SObjectName\"")
    );
}

#[test]
fn rejections_are_outputs_where_the_setting_asks_for_it() {
    let output = ("SALESFORCE_REJECTIONS", "output");
    let settings = [GIVEN[0], GIVEN[1], output, ("SALESFORCE_MAX_ATTEMPTS", "1")];
    let body = r#"[{"message":"no","errorCode":"INVALID_FIELD"}]"#;
    let create = r#"{"SObjectName":"Account","salesforcePayload":{}}"#;
    let script = Script::default();
    script.answer(400, body).answer(400, body);
    assert_eq!(
        run(&script, &settings, "CREATE", create).unwrap(),
        r#"{"salesforceStatus":"400","salesforceResult":"[{\"message\":\"no\",\"errorCode\":\"INVALID_FIELD\"}]","salesforceError":{"code":"INVALID_FIELD","message":"no"}}"#
    );
    let failure = run(&script, &GIVEN, "CREATE", create).unwrap_err();
    assert_eq!(failure.detail.code, "INVALID_FIELD");

    // What engines repeat, what may have been done, and what the connector refuses stay failures.
    let lock = r#"[{"message":"locked","errorCode":"UNABLE_TO_LOCK_ROW"}]"#;
    let unknown = r#"[{"message":"?","errorCode":"UNKNOWN_EXCEPTION"}]"#;
    let expired = r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#;
    for (status, body) in [(400, lock), (500, unknown), (401, expired), (400, "<html>")] {
        script.answer(status, body);
        assert!(run(&script, &settings, "CREATE", create).is_err(), "{body}");
    }
    assert!(run(&script, &settings, "CREATE", "{}").is_err());
}

#[test]
fn every_action_is_described_whole() {
    for action in actions() {
        let input = schema::input(action);
        let output = schema::output(action);
        for text in [&input, &output] {
            assert!(Object::read(text).is_some(), "{}: {text}", action.name);
        }
        for parameter in action.parameters {
            assert!(
                input.contains(&format!("\"{}\":{{", parameter.name)),
                "{}",
                action.name
            );
        }
        let reads = action.effect == Effect::Read;
        assert!(!reads || action.repeatable, "{}", action.name);
        Inputs::read(action, action.example).unwrap();
        assert!(!action.function.starts_with("session."));
    }
    let readme = include_str!("../../../README.md");
    for Action { name, function, .. } in actions() {
        let row = format!("\n| `{name}` | `{function}` |");
        assert!(readme.contains(&row), "{name}");
    }
    let names: Vec<_> = actions().map(|action| action.name).collect();
    let unique: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(unique.len(), names.len());
}
