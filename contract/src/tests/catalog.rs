//! Sabotages of the catalog that was last accepted.

use serde_json::{Value, json};

use crate::catalog::{compare, promises};
use crate::changelog::missing;
use crate::promises::breaks;
use crate::settings;

fn accepted() -> Value {
    let text = include_str!("../../../wit/accepted/promises.json");
    let record: Value = serde_json::from_str(text).unwrap();
    record["actions"].clone()
}

fn action<'a>(catalog: &'a mut Value, name: &str) -> &'a mut Value {
    let mut actions = catalog.as_array_mut().unwrap().iter_mut();
    actions.find(|action| action["name"] == name).unwrap()
}

/// What breaks when the accepted catalog is changed like this.
fn sabotaged(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut catalog = accepted();
    change(&mut catalog);
    let (breaks, _) = compare(&accepted(), &promises(&catalog).unwrap());
    breaks.iter().map(ToString::to_string).collect()
}

#[test]
fn the_record_is_as_it_is_recorded() {
    assert_eq!(promises(&accepted()).unwrap(), accepted());
    assert_eq!(sabotaged(|_| {}), [""; 0]);
    assert!(accepted().as_array().unwrap().len() >= 20);
}

#[test]
fn an_action_that_is_gone_breaks_callers() {
    let remove = |catalog: &mut Value| {
        catalog
            .as_array_mut()
            .unwrap()
            .retain(|action| action["name"] != "UPDATE");
    };
    assert_eq!(sabotaged(remove), ["UPDATE: is gone"]);
    let rename = |catalog: &mut Value| action(catalog, "GET")["name"] = json!("READ");
    assert_eq!(sabotaged(rename), ["GET: is gone"]);
}

#[test]
fn a_further_required_input_breaks_callers() {
    let require = |catalog: &mut Value| {
        let input = &mut action(catalog, "CREATE")["input-schema"];
        input["properties"]["reason"] = json!({"type": "string"});
        input["required"]
            .as_array_mut()
            .unwrap()
            .push(json!("reason"));
    };
    assert_eq!(sabotaged(require), ["CREATE input.reason: is required now"]);
    let optional = |catalog: &mut Value| {
        let input = &mut action(catalog, "CREATE")["input-schema"];
        input["properties"]["reason"] = json!({"type": "string"});
    };
    assert_eq!(sabotaged(optional), [""; 0]);
}

#[test]
fn an_input_that_takes_less_breaks_callers() {
    let narrow = |catalog: &mut Value| {
        let input = &mut action(catalog, "QUERY")["input-schema"];
        input["properties"]["options"]["properties"]["deadlineMs"]["maximum"] = json!(1000);
    };
    assert_eq!(
        sabotaged(narrow),
        ["QUERY input.options.deadlineMs: maximum was 86400000, is 1000"]
    );
    let remove = |catalog: &mut Value| {
        let input = &mut action(catalog, "QUERY")["input-schema"]["properties"];
        input
            .as_object_mut()
            .unwrap()
            .remove("includeDeleted")
            .unwrap();
    };
    assert_eq!(
        sabotaged(remove),
        ["QUERY input.includeDeleted: is not taken any more"]
    );
}

#[test]
fn an_output_of_another_type_breaks_callers() {
    let change = |catalog: &mut Value| {
        let output = &mut action(catalog, "GET")["output-schema"]["properties"];
        output["salesforceStatus"]["type"] = json!("integer");
    };
    assert_eq!(
        sabotaged(change),
        [r#"GET output.salesforceStatus: type was "string", is "integer""#]
    );
    let remove = |catalog: &mut Value| {
        let output = &mut action(catalog, "GET")["output-schema"];
        output["properties"]
            .as_object_mut()
            .unwrap()
            .remove("related")
            .unwrap();
    };
    let said = sabotaged(remove);
    assert!(
        said.contains(&"GET output.related: is gone".to_owned()),
        "{said:?}"
    );
}

#[test]
fn a_stronger_effect_breaks_callers() {
    let effect = |name: &'static str, effect: &'static str| {
        sabotaged(move |catalog| action(catalog, name)["effect"] = json!(effect))
    };
    assert_eq!(
        effect("GET", "write"),
        [r#"GET: effect was "read", is "write""#]
    );
    assert_eq!(effect("UPDATE", "delete").len(), 1);
    assert_eq!(effect("DELETE", "unheard-of").len(), 1);
    assert_eq!(effect("DELETE", "write"), [""; 0]);
    let once = |catalog: &mut Value| action(catalog, "UPDATE")["repeatable"] = json!(false);
    assert_eq!(sabotaged(once), ["UPDATE: may not be repeated any more"]);
}

#[test]
fn an_action_more_is_told_and_breaks_nobody() {
    let mut catalog = accepted();
    let mut new = action(&mut catalog, "GET").clone();
    new["name"] = json!("UNDELETE");
    catalog.as_array_mut().unwrap().push(new);
    let (breaks, added) = compare(&accepted(), &catalog);
    assert_eq!(breaks, []);
    assert_eq!(added, ["UNDELETE"]);
}

#[test]
fn an_action_without_a_schema_is_no_catalog() {
    let mut catalog = accepted();
    action(&mut catalog, "GET")
        .as_object_mut()
        .unwrap()
        .remove("output-schema");
    let said = promises(&catalog).unwrap_err().to_string();
    assert!(said.contains("no output-schema"), "{said}");
}

#[test]
fn a_break_is_meant_once_the_changelog_names_it() {
    let mut catalog = accepted();
    let input = &mut action(&mut catalog, "QUERY")["input-schema"];
    input["properties"]["options"]["properties"]["deadlineMs"]["maximum"] = json!(1000);
    let record = |actions: Value| json!({"actions": actions, "settings": []});
    let breaks = breaks(&record(accepted()), &record(catalog));
    assert_eq!(breaks[0].names, ["QUERY", "deadlineMs"]);
    let is_noted = |changelog: &str| missing(changelog, &breaks).is_empty();
    assert!(is_noted(
        "## [Unreleased]\n\n### Breaking\n\n- `QUERY` ends within a second:\n  `deadlineMs`.\n"
    ));
    for other in [
        "",
        "## [Unreleased]\n\n### Changed\n\n- `QUERY`: `deadlineMs`\n",
        "## [Unreleased]\n\n### Breaking\n\n- `QUERY`\n- `deadlineMs`\n",
        "## [Unreleased]\n\n### Breaking\n\n### Added\n\n- `QUERY`: `deadlineMs`\n",
        "## [Unreleased]\n\n## [0.1.0]\n\n### Breaking\n\n- `QUERY`: `deadlineMs`\n",
    ] {
        assert!(!is_noted(other), "{other}");
    }
}

#[test]
fn a_setting_that_is_gone_or_no_secret_any_more_breaks_connections() {
    let old = settings::promises();
    assert!(old.as_array().unwrap().len() >= 20);
    let sabotaged = |change: fn(&mut Vec<Value>)| {
        let mut new = old.clone();
        change(new.as_array_mut().unwrap());
        settings::compare(&old, &new)
    };
    let named = |name: &'static str| move |setting: &Value| setting["name"] == name;
    assert_eq!(
        sabotaged(|new| new.retain(|setting| setting["name"] != "SALESFORCE_DOMAIN")),
        [("SALESFORCE_DOMAIN".to_owned(), "is no setting any more")]
    );
    let plain = |new: &mut Vec<Value>| {
        let password = new.iter_mut().find(|s| s["name"] == "SALESFORCE_PASSWORD");
        password.unwrap()["secret"] = json!(false);
    };
    assert_eq!(
        sabotaged(plain),
        [(
            "SALESFORCE_PASSWORD".to_owned(),
            "is not kept secret any more"
        )]
    );
    let more = |new: &mut Vec<Value>| new.push(json!({"name": "NEW", "secret": false}));
    assert_eq!(sabotaged(more), []);
    let record: Value =
        serde_json::from_str(include_str!("../../../wit/accepted/promises.json")).unwrap();
    let recorded = record["settings"].as_array().unwrap();
    assert!(
        recorded.iter().any(named("SALESFORCE_DOMAIN")),
        "{recorded:?}"
    );
}
