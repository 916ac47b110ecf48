//! The catalog holds what it says: its schemas are valid and describe its examples, each example
//! runs against the fake and is answered as its schema says, and nothing of the contract is left
//! out.

use crate::support::*;
use host_test::fake::{Fake, FakeConfig, Flow};
use host_test::wit::Action;
use host_test::{Instance, NO_SETTINGS};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn catalog() -> Vec<Action> {
    let mut org = host().instance(NO_SETTINGS).await.unwrap();
    org.catalog().await.unwrap().unwrap()
}

/// The schema, which the library validates by the meta-schema first.
fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::new(schema).unwrap_or_else(|error| panic!("{error}: {schema}"))
}

#[test]
#[should_panic(expected = "\"text\" is not valid")]
fn a_schema_that_is_none_is_refused() {
    validator(&json!({"type": "text"}));
}

fn hold(validator: &Validator, value: &Value, what: &str) {
    if let Err(error) = validator.validate(value) {
        panic!("{what}: {error}: {value}");
    }
}

#[tokio::test]
async fn schemas_are_valid_and_describe_their_examples() {
    for action in catalog().await {
        for (schema, what) in [
            (read(&action.input_schema), "input"),
            (read(&action.output_schema), "output"),
        ] {
            let whole = validator(&schema);
            let what = format!("{} {what}", action.name);
            for key in ["title", "properties", "required"] {
                assert!(!schema[key].is_null(), "{what} {key}");
            }
            let examples = schema["examples"].as_array().unwrap();
            assert!(!examples.is_empty(), "{what}");
            for example in examples {
                hold(&whole, example, &what);
            }
            for (name, property) in schema["properties"].as_object().unwrap() {
                let what = format!("{what} {name}");
                for key in ["title", "description"] {
                    let text = property[key].as_str().unwrap_or_default();
                    assert!(!text.is_empty(), "{what} {key}");
                }
                let property = validator(property);
                let examples = schema["properties"][name]["examples"].as_array();
                assert_eq!(examples.is_some(), what.contains(" input "), "{what}");
                for example in examples.into_iter().flatten() {
                    hold(&property, example, &what);
                }
            }
        }
        let more = read(&action.more);
        assert_eq!(more["example"], read(&action.input_schema)["examples"][0]);
    }
}

#[tokio::test]
async fn groups_have_an_icon_each() {
    let mut icons = BTreeSet::new();
    for action in catalog().await {
        let more = read(&action.more);
        let text = |name: &str| more[name].as_str().unwrap().to_owned();
        let icon = text("icon");
        assert!(icon.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
        assert!(icon.ends_with("</svg>") && icon.len() < 300);
        icons.insert((text("group"), icon));
    }
    let groups: Vec<&str> = icons.iter().map(|(group, _)| group.as_str()).collect();
    assert_eq!(
        groups,
        ["Approvals", "Custom objects", "Queries", "Records"]
    );
}

/// An org in which what the examples speak of is there.
struct Prepared {
    fake: Fake,
    org: Instance,
    /// What stands in the examples, and what is there.
    names: Vec<(&'static str, String)>,
}

const RECORD: &str = "001D000000IqhSLIAZ";
const WORK_ITEM: &str = "04iD0000000Cw6SIAS";
const USER: &str = "005D00000015rY9IAI";
const LOCATOR: &str = "/services/data/v66.0/query/01gRO0000016PIAYA2-2000";

async fn run(org: &mut Instance, action: &str, input: &Value) -> Value {
    let output = org.invoke(action, &input.to_string()).await.unwrap();
    read(&output.unwrap_or_else(|failure| panic!("{action} {input}: {failure}")))
}

fn body(output: &Value) -> Value {
    read(output["salesforceResult"].as_str().unwrap())
}

async fn prepared(function: &str) -> Prepared {
    let config = FakeConfig {
        page_size: 5,
        ..FakeConfig::default()
    };
    let fake = Fake::start(config).await.unwrap();
    let mut org = instance(fake.settings(Flow::ClientCredentials)).await;
    let account = json!({"SObjectName": "Account", "salesforcePayload": {"Name": "A"}});
    let record = body(&run(&mut org, "CREATE", &account).await)["id"].clone();
    let soql = json!({"salesforceQuery": "SELECT Id FROM Account"});
    let locator = run(&mut org, "QUERY", &soql).await["locator"].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut names = vec![
        (RECORD, text(&record)),
        (LOCATOR, text(&locator)),
        ("\"Sales\"", "\"Integration_Access\"".to_owned()),
    ];
    let interface = function.split('.').next().unwrap();
    if interface == "approvals" {
        let request = json!({"salesforcePayload": {"contextId": record}});
        if function != "approvals.submit" {
            run(&mut org, "APPROVAL_SUBMIT", &request).await;
            let waits = run(&mut org, "APPROVAL_INBOX", &json!({"SObjectId": record})).await;
            let item = body(&waits)["records"][0].clone();
            names.push((WORK_ITEM, text(&item["Id"])));
            names.push((USER, text(&item["ActorId"])));
        } else {
            let users = json!({"salesforceQuery": "SELECT Id FROM User LIMIT 1"});
            let user = body(&run(&mut org, "QUERY", &users).await)["records"][0]["Id"].clone();
            names.push((USER, text(&user)));
        }
    }
    if interface == "custom-objects" && function != "custom-objects.create-object" {
        let object = json!({"salesforcePayload": {"fullName": "Invoice__c", "label": "Invoice"}});
        run(&mut org, "CUSTOM_OBJECT_CREATE", &object).await;
    }
    Prepared { fake, org, names }
}

/// The examples of an action: the one of the whole input, and with it each parameter that it has
/// not, one at a time, by its own.
fn inputs(action: &Action) -> Vec<Value> {
    let schema = read(&action.input_schema);
    let whole = &schema["examples"][0];
    let choice: Vec<&str> = schema["oneOf"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| one["required"][0].as_str().unwrap())
        .collect();
    let mut inputs = vec![whole.clone()];
    for (name, property) in schema["properties"].as_object().unwrap() {
        let mut input = whole.clone();
        let members = input.as_object_mut().unwrap();
        if members.contains_key(name) {
            continue;
        }
        if choice.contains(&name.as_str()) {
            members.retain(|name, _| !choice.contains(&name.as_str()));
        }
        // They say the same.
        if name == "queryParameters" {
            members.remove("fields");
        }
        members.insert(name.clone(), property["examples"][0].clone());
        inputs.push(input);
    }
    inputs
}

#[tokio::test]
async fn each_example_runs_and_is_answered_as_its_schema_says() {
    let mut runs = 0;
    for action in catalog().await {
        let (input, output) = (read(&action.input_schema), read(&action.output_schema));
        let (input, output) = (validator(&input), validator(&output));
        let function = read(&action.more)["function"].as_str().unwrap().to_owned();
        for example in inputs(&action) {
            let what = format!("{} {example}", action.name);
            hold(&input, &example, &what);
            let mut prepared = prepared(&function).await;
            let mut text = example.to_string();
            for (shown, there) in &prepared.names {
                text = text.replace(shown, there);
            }
            let answered = run(&mut prepared.org, &action.name, &read(&text)).await;
            hold(&output, &answered, &what);
            assert_eq!(prepared.fake.not_understood(), Vec::<String>::new());
            runs += 1;
        }
    }
    assert!(runs > 40, "{runs}");
}

/// The functions of the interfaces that the world exports, `interface.function`.
fn functions() -> BTreeSet<String> {
    let mut resolve = wit_parser::Resolve::default();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../wit");
    let (package, _) = resolve.push_path(folder).unwrap();
    let world = resolve.packages[package].worlds["connector"];
    let mut functions = BTreeSet::new();
    for export in resolve.worlds[world].exports.values() {
        let wit_parser::WorldItem::Interface { id, .. } = export else {
            panic!("{export:?}");
        };
        let interface = &resolve.interfaces[*id];
        let name = interface.name.as_deref().unwrap();
        functions.extend(interface.functions.keys().map(|f| format!("{name}.{f}")));
    }
    functions
}

#[tokio::test]
async fn every_typed_function_has_its_action_and_the_other_way_round() {
    let named: Vec<String> = catalog()
        .await
        .iter()
        .map(|action| read(&action.more)["function"].as_str().unwrap().to_owned())
        .collect();
    let actions: BTreeSet<String> = named.iter().cloned().collect();
    assert_eq!(actions.len(), named.len(), "one action for each");
    let mut functions = functions();
    assert!(functions.contains("session.login") && functions.contains("actions.invoke"));
    // Sessions are no business of processes and models, and the catalog has no action for itself.
    functions.retain(|name| !name.starts_with("session.") && !name.starts_with("actions."));
    assert_eq!(actions, functions);
}
