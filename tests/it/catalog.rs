//! The catalog: what it says is what the component does.

use crate::support::*;
use host_test::NO_SETTINGS;
use host_test::fake::{Fake, FakeConfig, Flow};
use host_test::wit::Effect;

#[tokio::test]
async fn it_needs_no_settings_and_describes_every_parameter() {
    let mut org = host().instance(NO_SETTINGS).await.unwrap();
    let actions = org.catalog().await.unwrap().unwrap();
    let names: Vec<_> = actions
        .iter()
        .map(|action| action.name.as_str())
        .take(7)
        .collect();
    let first = [
        "CREATE",
        "GET",
        "UPDATE",
        "DELETE",
        "QUERY",
        "QUERY_MORE",
        "QUERY_PAGES",
    ];
    assert_eq!(names, first);
    let mut parameters = std::collections::BTreeSet::new();
    for action in &actions {
        let input = read(&action.input_schema);
        assert_eq!(
            input["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
        for (name, schema) in input["properties"].as_object().unwrap() {
            for key in ["type", "title", "description"] {
                assert!(!schema[key].is_null(), "{} {name} {key}", action.name);
            }
            parameters.insert(name.clone());
        }
        assert!(read(&action.output_schema)["properties"]["salesforceStatus"].is_object());
        assert!(read(&action.more)["example"].is_object());
    }
    let expected = [
        "SObjectId",
        "SObjectName",
        "actorId",
        "comments",
        "fields",
        "includeDeleted",
        "locator",
        "maxBytes",
        "maxRows",
        "nextApproverIds",
        "options",
        "permissionSet",
        "queryParameters",
        "relationship",
        "salesforcePayload",
        "salesforceQuery",
        "update",
    ];
    assert_eq!(
        parameters.iter().collect::<Vec<_>>(),
        expected.iter().collect::<Vec<_>>()
    );
    let effects: Vec<_> = actions.iter().map(|a| (a.effect, a.repeatable)).collect();
    assert_eq!(
        effects[..4],
        [
            (Effect::Write, false),
            (Effect::Read, true),
            (Effect::Write, true),
            (Effect::Delete, true),
        ]
    );
}

#[tokio::test]
async fn each_action_makes_as_many_requests_as_it_declares() {
    let config = FakeConfig {
        page_size: 5,
        ..FakeConfig::default()
    };
    let fake = Fake::start(config).await.unwrap();
    let mut org = instance(fake.settings(Flow::ClientCredentials)).await;
    let catalog = org.catalog().await.unwrap().unwrap();
    org.login().await.unwrap().unwrap();
    org.trace();
    let created = org
        .create("Account", r#"{"Name":"A"}"#, None)
        .await
        .unwrap()
        .unwrap();
    let id = read(&created.body.unwrap())["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let soql = "SELECT Id FROM Account";
    let page = org.query(soql, false, None).await.unwrap().unwrap();
    let locator = read(&page.more)["locator"].clone();
    org.trace();
    let pages = fake.record_count("Account").div_ceil(5);
    for action in catalog {
        let more = read(&action.more);
        let function = more["function"].as_str().unwrap();
        // The others are counted in their own tests.
        let here = ["records.", "query.", "custom-objects."];
        if !here.iter().any(|interface| function.starts_with(interface)) {
            continue;
        }
        let input = serde_json::json!({
            "CREATE": {"SObjectName": "Account", "salesforcePayload": {"Name": "B"}},
            "GET": {"SObjectName": "Account", "SObjectId": id},
            "UPDATE": {"SObjectName": "Account", "SObjectId": id, "salesforcePayload": {"Name": "C"}},
            "DELETE": {"SObjectName": "Account", "SObjectId": id},
            "QUERY": {"salesforceQuery": soql},
            "QUERY_MORE": {"locator": locator},
            "QUERY_PAGES": {"salesforceQuery": soql},
            "CUSTOM_OBJECT_CREATE": {"salesforcePayload": {"fullName": "A__c", "label": "A"}},
            "CUSTOM_FIELD_CREATE": {
                "SObjectName": "A__c",
                "salesforcePayload": {"fullName": "F__c", "label": "F", "type": "Date"},
            },
            "CUSTOM_OBJECT_READ": {"SObjectName": "A__c"},
            "CUSTOM_OBJECT_DELETE": {"SObjectName": "A__c"},
        })[&action.name]
            .to_string();
        org.invoke(&action.name, &input).await.unwrap().unwrap();
        let expected = match read(&action.more)["requests"].as_str().unwrap() {
            "1" | "1, or 2 where a relationship answers 404" => 1,
            several if several.starts_with("1 for 10 components") => 1,
            "1 a page" => pages,
            other => panic!("{other}"),
        };
        assert_eq!(org.trace().len(), expected, "{}", action.name);
    }
    assert_eq!(fake.not_understood(), Vec::<String>::new());
}
