//! Camunda: its tasks become calls, and its templates are made of the catalog.

use crate::support::*;
use host_test::export::camunda::{self, Task};
use host_test::fake::{Fake, FakeConfig, Flow};
use host_test::{Connections, NO_SETTINGS};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use wiremock::ResponseTemplate;

const GUIDE: &str = include_str!("../../docs/camunda.md");
const AT: &str = "/services/data/v58.0/sobjects/Account/001D000000IqhSLIAZ";

/// The rows of the guide: operation, field, what serves it, test, variable.
fn rows() -> Vec<[String; 5]> {
    let cell = |text: &str| text.trim().replace('`', "");
    let row = |line: &str| {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(cell).collect();
        <[String; 5]>::try_from(cells).ok()
    };
    let lines = GUIDE.lines().filter(|line| line.starts_with("| "));
    lines.skip(1).filter_map(row).collect()
}

/// The operations of Camunda's Salesforce connector, and the fields of each.
const OPERATIONS: [(&str, &[&str]); 7] = [
    (
        "Instance",
        &["Salesforce Base URL", "Salesforce API version"],
    ),
    (
        "Authentication",
        &[
            "Bearer Token",
            "OAuth 2.0 client ID",
            "OAuth 2.0 client secret",
        ],
    ),
    ("SOQL Query", &["SOQL query"]),
    ("Create record", &["Salesforce object", "Record fields"]),
    (
        "Get record",
        &[
            "Salesforce object",
            "Salesforce object ID",
            "Relationship field name",
            "Query Parameters",
        ],
    ),
    (
        "Update object",
        &["Salesforce object", "Salesforce object ID", "Record fields"],
    ),
    (
        "Delete object",
        &["Salesforce object", "Salesforce object ID"],
    ),
];

#[tokio::test]
async fn every_operation_and_field_has_its_row_and_what_serves_it() {
    let expected: Vec<(String, String)> = OPERATIONS
        .iter()
        .flat_map(|(operation, fields)| {
            fields
                .iter()
                .map(|f| (operation.to_string(), f.to_string()))
        })
        .collect();
    let rows = rows();
    let found: Vec<_> = rows.iter().map(|r| (r[0].clone(), r[1].clone())).collect();
    assert_eq!(found, expected);

    let mut org = host().instance(NO_SETTINGS).await.unwrap();
    let catalog = org.catalog().await.unwrap().unwrap();
    let readme = include_str!("../../README.md");
    let own = include_str!("camunda.rs");
    for [_, field, here, test, variable] in &rows {
        match here.split_once(' ') {
            Some((action, parameter)) => {
                let action = catalog.iter().find(|a| a.name == action).unwrap();
                let schema = read(&action.input_schema);
                assert!(schema["properties"][parameter].is_object(), "{here}");
            }
            None => assert!(readme.contains(&format!("\n| `{here}` |")), "{here}"),
        }
        let (module, function) = test.split_once("::").unwrap();
        assert_eq!(module, "camunda");
        let (_, body) = own.split_once(&format!("async fn {function}(")).unwrap();
        let (body, _) = body.split_once("\n}\n").unwrap();
        let name = variable.split('.').next_back().unwrap();
        assert!(body.contains(&format!("\"{name}\"")), "{test}: {field}");
    }
}

/// What a task has beside its operation.
fn connection(url: &str) -> Value {
    json!({
        "baseUrl": url,
        "apiVersion": "v58.0",
        "authentication": {"type": "bearer", "token": TOKEN},
    })
}

fn joined(one: Value, other: Value) -> Value {
    let (mut one, other) = (one, other);
    let members = one.as_object_mut().unwrap();
    members.extend(other.as_object().unwrap().clone());
    one
}

/// Runs a task as a worker does, and answers what result expressions see.
async fn run(variables: Value) -> Value {
    let task = Task::read(&variables).unwrap();
    let connections = Connections::new(host().clone(), 1);
    let org = connections.org(task.settings);
    let output = org.invoke(&task.action, &task.input).await.unwrap();
    camunda::response(&output.unwrap())
}

/// Runs a task of Camunda's own connector with records.
async fn records(url: &str, method: &str, fields: Value) -> Value {
    let operation = json!({
        "salesforceInteractionType": "sObject",
        "method": method,
        "objectType": "Account",
    });
    run(joined(joined(connection(url), operation), fields)).await
}

#[tokio::test]
async fn base_url_and_version() {
    let server = server().await;
    on(&server, "GET", AT, json(200, "{}")).await;
    let url = server.uri();
    for (base, version) in [
        (url.clone(), json!("58.0")),
        (format!("{url}/"), json!("v58.0")),
        (format!("{url}/services/data/v58.0"), Value::Null),
        (format!("{url}/services/data/v58.0/"), json!("58.0")),
    ] {
        let at = json!({"baseUrl": base, "apiVersion": version, "objectId": ID});
        assert_eq!(records(&url, "get", at).await["status"], 200);
    }
    assert_eq!(lines(&server).await, vec![format!("GET {AT}"); 4]);
}

#[tokio::test]
async fn bearer_token() {
    let server = server().await;
    on(&server, "GET", AT, json(200, "{}")).await;
    let authentication = json!({"type": "bearer", "token": TOKEN});
    let fields = json!({"authentication": authentication, "objectId": ID});
    records(&server.uri(), "get", fields).await;
    assert_eq!(sent(&server).await, [authorized(&format!("GET {AT}"), "")]);
}

#[tokio::test]
async fn client_credentials() {
    let server = server().await;
    let grant = format!(
        r#"{{"access_token":"{TOKEN}","instance_url":"{}","token_type":"Bearer"}}"#,
        server.uri()
    );
    on(&server, "POST", "/services/oauth2/token", json(200, &grant)).await;
    on(&server, "GET", AT, json(200, "{}")).await;
    let authentication = json!({
        "type": "oauth-client-credentials-flow",
        "oauthTokenEndpoint": format!("{}/services/oauth2/token", server.uri()),
        "clientId": "the-id",
        "clientSecret": "hush-secret",
        "clientAuthentication": "credentialsBody",
    });
    let fields = json!({"authentication": authentication, "objectId": ID});
    records(&server.uri(), "get", fields).await;
    let sent = sent(&server).await;
    assert_eq!(sent[0].line, "POST /services/oauth2/token");
    assert_eq!(
        sent[0].body,
        "grant_type=client_credentials&client_id=the-id&client_secret=hush-secret"
    );
    assert_eq!(sent[1], authorized(&format!("GET {AT}"), ""));
}

#[tokio::test]
async fn soql_query() {
    let server = server().await;
    let body = json!({
        "totalSize": 1,
        "done": true,
        "records": [{"attributes": {"type": "Account"}, "Name": "Acme"}],
    });
    let at = "/services/data/v58.0/query";
    on(&server, "GET", at, json(200, &body.to_string())).await;
    let task = json!({
        "salesforceInteractionType": "soqlQuery",
        "method": "get",
        "soqlQuery": "SELECT Name FROM Account",
    });
    let response = run(joined(connection(&server.uri()), task)).await;
    assert_eq!(response, json!({"status": 200, "body": body}));
    let line = format!("GET {at}?q=SELECT%20Name%20FROM%20Account");
    assert_eq!(sent(&server).await, [authorized(&line, "")]);
}

#[tokio::test]
async fn create_record() {
    let server = server().await;
    let at = "/services/data/v58.0/sobjects/Account/";
    let created = json!({"id": ID, "success": true, "errors": []});
    on(&server, "POST", at, json(201, &created.to_string())).await;
    let name = r#"{"Name":"Express Logistics and Transport"}"#;
    // As a context, and as a text that holds JSON.
    for body in [read(name), json!(name)] {
        let fields = json!({"objectType": "Account", "body": body});
        let response = records(&server.uri(), "post", fields).await;
        assert_eq!(response, json!({"status": 201, "body": created}));
    }
    let request = || authorized(&format!("POST {at}"), name);
    assert_eq!(sent(&server).await, [request(), request()]);

    // What was not evaluated is refused, and the hint says why.
    for literal in [
        r#"{ Name: "Express Logistics and Transport" }"#,
        r#"= {Name: "x"}"#,
    ] {
        let fields = json!({"salesforceInteractionType": "sObject", "method": "post", "objectType": "Account", "body": literal});
        let task = Task::read(&joined(connection(&server.uri()), fields)).unwrap();
        let mut org = instance(task.settings).await;
        let (_, detail) = failed(org.invoke(&task.action, &task.input).await);
        assert_eq!(detail.code, "INVALID_INPUT");
        let more = read(&detail.more);
        assert_eq!(more["parameter"], "salesforcePayload");
        assert!(more["hint"].as_str().unwrap().contains("FEEL"));
    }
    assert_eq!(sent(&server).await.len(), 2);
}

#[tokio::test]
async fn get_record() {
    let server = server().await;
    let body = r#"{"attributes":{"type":"Account"},"AccountNumber":"7"}"#;
    on(&server, "GET", AT, json(200, body)).await;
    let page = r#"{"done":true,"totalSize":1,"records":[{"Name":"a"}]}"#;
    on(
        &server,
        "GET",
        &format!("{AT}/Opportunities"),
        json(200, page),
    )
    .await;
    let url = server.uri();
    let at = |more: Value| joined(json!({"objectType": "Account", "objectId": ID}), more);
    let whole = records(&url, "get", at(json!({"relationshipFieldName": null}))).await;
    assert_eq!(whole, json!({"status": 200, "body": read(body)}));
    let fields = json!({"queryParameters": {"fields": "AccountNumber,BillingPostalCode"}});
    records(&url, "get", at(fields.clone())).await;
    let related = json!({"relationshipFieldName": "Opportunities"});
    let many = records(&url, "get", at(joined(related, fields))).await;
    assert_eq!(
        many,
        json!({"status": 200, "body": read(page), "related": "many"})
    );
    assert_eq!(
        lines(&server).await,
        [
            format!("GET {AT}"),
            format!("GET {AT}?fields=AccountNumber,BillingPostalCode"),
            format!("GET {AT}/Opportunities?fields=AccountNumber,BillingPostalCode"),
        ]
    );
}

#[tokio::test]
async fn update_object() {
    let server = server().await;
    on(&server, "PATCH", AT, ResponseTemplate::new(204)).await;
    let fields = json!({
        "objectType": "Account",
        "objectId": ID,
        "body": {"BillingCity": "San Francisco"},
    });
    let response = records(&server.uri(), "patch", fields).await;
    assert_eq!(response, json!({"status": 204, "body": null}));
    let request = authorized(&format!("PATCH {AT}"), r#"{"BillingCity":"San Francisco"}"#);
    assert_eq!(sent(&server).await, [request]);
}

#[tokio::test]
async fn delete_object() {
    let server = server().await;
    on(&server, "DELETE", AT, ResponseTemplate::new(204)).await;
    let fields = json!({"objectType": "Account", "objectId": ID});
    let response = records(&server.uri(), "delete", fields).await;
    assert_eq!(response, json!({"status": 204, "body": null}));
    assert_eq!(
        sent(&server).await,
        [authorized(&format!("DELETE {AT}"), "")]
    );
}

/// The template of an action.
async fn template(action: &str) -> Value {
    let mut org = host().instance(NO_SETTINGS).await.unwrap();
    let templates = camunda::templates(&org.catalog().await.unwrap().unwrap());
    let templates = templates.as_array().unwrap();
    let id = format!("connector.salesforce.{action}");
    let found = templates.iter().find(|template| template["id"] == id);
    found.unwrap().clone()
}

/// The variables of a job whose task was filled in: each property goes where its binding says,
/// with dots into objects.
fn filled(template: &Value, values: &Value) -> Value {
    let mut variables = json!({});
    for property in template["properties"].as_array().unwrap() {
        let binding = &property["binding"];
        if binding["type"] != "zeebe:input" {
            continue;
        }
        let name = binding["name"].as_str().unwrap();
        let value = match values.get(name) {
            Some(value) => value.clone(),
            None if property["type"] == "Hidden" => property["value"].clone(),
            None => continue,
        };
        let mut place = &mut variables;
        for part in name.split('.') {
            let members: &mut Map<String, Value> = match place {
                Value::Object(members) => members,
                other => panic!("{other}"),
            };
            place = members.entry(part).or_insert(json!({}));
        }
        *place = value;
    }
    variables
}

#[tokio::test]
async fn a_filled_template_runs() {
    let fake = Fake::start(FakeConfig::default()).await.unwrap();
    let settings = fake.settings(Flow::ClientCredentials);
    let setting = |name: &str| {
        let found = settings.iter().find(|(known, _)| known == name);
        found.unwrap().1.clone()
    };
    let connection = json!({
        "baseUrl": fake.url(),
        "apiVersion": "v66.0",
        "authentication.type": "oauth-client-credentials-flow",
        "authentication.clientId": setting("SALESFORCE_CLIENT_ID"),
        "authentication.clientSecret": setting("SALESFORCE_CLIENT_SECRET"),
    });
    let create = json!({
        "input.SObjectName": "Account",
        "input.salesforcePayload": {"Name": "From a form"},
    });
    let values = joined(connection.clone(), create);
    let created = run(filled(&template("CREATE").await, &values)).await;
    assert_eq!(created["status"], 201);
    let get = json!({
        "input.SObjectName": "Account",
        "input.SObjectId": created["body"]["id"],
        "input.fields": ["Name"],
        "input.relationship": null,
    });
    let values = joined(connection, get);
    let got = run(filled(&template("GET").await, &values)).await;
    assert_eq!(got["body"]["Name"], "From a form");
}

#[tokio::test]
async fn each_template_has_a_field_for_each_parameter_and_says_what_happens_after() {
    let mut org = host().instance(NO_SETTINGS).await.unwrap();
    let catalog = org.catalog().await.unwrap().unwrap();
    let templates = camunda::templates(&catalog);
    for (action, template) in catalog.iter().zip(templates.as_array().unwrap()) {
        let properties = template["properties"].as_array().unwrap();
        let inputs: BTreeSet<&str> = properties
            .iter()
            .filter_map(|p| p["binding"]["name"].as_str()?.strip_prefix("input."))
            .collect();
        let schema = read(&action.input_schema);
        let parameters: BTreeSet<&str> = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(inputs, parameters);
        let groups: Vec<&Value> = template["groups"]
            .as_array()
            .unwrap()
            .iter()
            .map(|group| &group["id"])
            .collect();
        for property in properties {
            let group = &property["group"];
            assert!(group.is_null() || groups.contains(&group), "{property}");
        }
        for key in ["resultVariable", "resultExpression", "errorExpression"] {
            assert!(
                properties.iter().any(|p| p["binding"]["key"] == key),
                "{key}"
            );
        }
    }
}
