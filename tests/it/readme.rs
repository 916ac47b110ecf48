//! What the README claims of other connectors' processes is proven by the tests that it names.

use std::collections::BTreeMap;

const README: &str = include_str!("../../README.md");

/// The rows of the table: kind, name, and test.
fn rows() -> Vec<(String, String, String)> {
    let cell = |text: &str| text.trim().trim_matches('`').to_owned();
    let rows = README.lines().filter(|line| {
        ["| action | `", "| setting | `", "| error | `"]
            .iter()
            .any(|start| line.starts_with(start))
    });
    let read = |line: &str| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(cell).collect();
        match <[String; 3]>::try_from(cells) {
            Ok([kind, name, test]) => Some((kind, name, test)),
            Err(_) => None,
        }
    };
    rows.filter_map(read).collect()
}

#[test]
fn every_action_setting_and_error_has_its_row() {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (kind, name, _) in rows() {
        names.entry(kind).or_default().push(name);
    }
    let expected = [
        (
            "action",
            "CREATE GET UPDATE DELETE QUERY APPROVAL_SUBMIT APPROVAL_LIST APPROVAL_APPROVE \
             APPROVAL_REJECT CUSTOM_OBJECT_CREATE",
        ),
        (
            "error",
            "MISSING_INPUT INVALID_INPUT UNKNOWN_ERROR REQUEST_TIMEOUT CIRCUIT_BREAKER_OPEN \
             MISSING_TOKEN CONNECTION_ERROR",
        ),
        (
            "setting",
            "SALESFORCE_CLIENT_ID SALESFORCE_CLIENT_SECRET SALESFORCE_USERNAME \
             SALESFORCE_PASSWORD SALESFORCE_SECURITY_TOKEN SALESFORCE_URL_LOGIN \
             SALESFORCE_SOAP_URL_LOGIN SALESFORCE_VERSION",
        ),
    ];
    for (kind, expected) in expected {
        assert_eq!(
            names[kind],
            expected.split_whitespace().collect::<Vec<_>>(),
            "{kind}"
        );
    }
}

#[test]
fn every_test_that_is_named_is_there_and_speaks_of_its_subject() {
    for (_, name, test) in rows() {
        let (module, function) = test.split_once("::").unwrap();
        let file = format!("{}/it/{module}.rs", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{file}: {e}"));
        assert!(text.contains(&format!("fn {function}(")), "{test}");
        assert!(text.contains(&name), "{test} does not speak of {name}");
    }
}
