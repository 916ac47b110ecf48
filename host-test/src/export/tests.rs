use super::*;

fn action(input_schema: Value) -> Action {
    Action {
        name: "DO".into(),
        title: "Do it".into(),
        summary: "Does it.".into(),
        input_schema: input_schema.to_string(),
        output_schema: r#"{"type":"object","properties":{"locator":{}}}"#.into(),
        effect: Effect::Write,
        repeatable: true,
        more: r#"{"group":"Deeds","requests":"1","icon":"<svg/>"}"#.into(),
    }
}

#[test]
fn a_choice_is_told_in_words_where_a_tool_cannot_have_it() {
    let schema = json!({
        "type": "object",
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
    });
    let tool = mcp::tool(&action(schema));
    assert_eq!(tool["inputSchema"], json!({"type": "object"}));
    assert_eq!(
        tool["description"],
        "Salesforce, deeds: Does it. Give one of a and b, not both."
    );
    assert_eq!(tool["annotations"]["destructiveHint"], true);
    assert_eq!(tool["annotations"]["idempotentHint"], true);
    assert_eq!(
        tool["_meta"],
        json!({"connector.salesforce/effect": "write"})
    );
}

#[test]
fn an_operation_refers_to_its_schemas() {
    let schema = json!({"$schema": "x", "type": "object", "required": ["a"]});
    let document = openapi::document(&[action(schema)]);
    let operation = &document["paths"]["/actions/DO"]["post"];
    assert_eq!(operation["requestBody"]["required"], true);
    assert_eq!(
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/DO_Input"
    );
    assert_eq!(
        document["components"]["schemas"]["DO_Input"],
        json!({"type": "object", "required": ["a"]})
    );
    assert_eq!(document["tags"], json!([{"name": "Deeds"}]));
}

#[test]
fn fields_of_a_form_follow_the_schema() {
    let schema = json!({
        "properties": {
            "id": {"type": "string", "pattern": "^[0-9]+$", "title": "Id", "description": "An id.", "examples": ["7"]},
            "soql": {"type": ["string", "null"], "pattern": "\\S", "title": "S", "description": "", "examples": ["SELECT"]},
            "payload": {"type": ["object", "string"], "examples": [{"a": 1}]},
            "list": {"type": ["array", "null"], "examples": [["a"]]},
            "flag": {"type": ["boolean", "null"], "examples": [true]},
            "count": {"type": ["integer", "null"], "examples": [1]},
        },
        "required": ["id", "payload"],
    });
    let templates = camunda::templates(&[action(schema)]);
    let properties = templates[0]["properties"].as_array().unwrap();
    let field = |name: &str| {
        let id = format!("input.{name}");
        let found = properties.iter().find(|property| property["id"] == id);
        let field = found.unwrap();
        assert_eq!(field["binding"], json!({"type": "zeebe:input", "name": id}));
        (
            field["type"].as_str().unwrap(),
            field["feel"].as_str().unwrap(),
            field["optional"] == true,
        )
    };
    assert_eq!(field("id"), ("String", "optional", false));
    assert_eq!(field("soql"), ("Text", "optional", true));
    assert_eq!(field("payload"), ("Text", "optional", false));
    assert_eq!(field("list"), ("Text", "required", true));
    assert_eq!(field("flag"), ("Boolean", "optional", true));
    assert_eq!(field("count"), ("Number", "optional", true));
    let by_key = |key: &str| {
        let found = properties.iter().find(|p| p["binding"]["key"] == key);
        found.unwrap()["value"].as_str().unwrap()
    };
    assert_eq!(
        by_key("resultExpression"),
        "={salesforceStatus: response.status, salesforceResult: response.body, locator: response.locator}"
    );
}

#[test]
fn a_task_becomes_settings_and_a_call() {
    let connection = json!({
        "baseUrl": "https://acme.my.salesforce.com",
        "apiVersion": "v58.0",
        "authentication": {"type": "bearer", "token": "hush"},
    });
    let with = |more: Value| {
        let mut variables = connection.clone();
        variables
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        camunda::Task::read(&variables)
    };
    let own =
        json!({"salesforceInteractionType": "sObject", "objectType": "Account", "objectId": "001"});
    let table = [
        (
            json!({"action": "QUERY_MORE", "input": {"locator": "x"}}),
            "QUERY_MORE",
            json!({"locator": "x"}),
        ),
        (
            json!({"salesforceInteractionType": "soqlQuery", "method": "get", "soqlQuery": "SELECT"}),
            "QUERY",
            json!({"salesforceQuery": "SELECT"}),
        ),
        (
            json!({"method": "post", "body": {"Name": "x"}, "objectId": null}),
            "CREATE",
            json!({"SObjectName": "Account", "salesforcePayload": {"Name": "x"}}),
        ),
        (
            json!({"method": "get", "relationshipFieldName": "Opportunities", "queryParameters": {"fields": "A,B"}}),
            "GET",
            json!({"SObjectName": "Account", "SObjectId": "001", "relationship": "Opportunities", "queryParameters": {"fields": "A,B"}}),
        ),
        (
            json!({"method": "patch", "body": "{}"}),
            "UPDATE",
            json!({"SObjectName": "Account", "SObjectId": "001", "salesforcePayload": "{}"}),
        ),
        (
            json!({"method": "delete"}),
            "DELETE",
            json!({"SObjectName": "Account", "SObjectId": "001"}),
        ),
    ];
    for (more, action, input) in table {
        let mut variables = own.clone();
        let members = variables.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        let task = with(variables).unwrap();
        assert_eq!(task.action, action);
        assert_eq!(serde_json::from_str::<Value>(&task.input).unwrap(), input);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            task.settings,
            [
                pair("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
                pair("SALESFORCE_VERSION", "v58.0"),
                pair("SALESFORCE_ACCESS_TOKEN", "hush"),
                pair("SALESFORCE_AUTH", "bearer"),
            ]
        );
        assert!(!format!("{task:?}").contains("hush"));
    }
    let client = json!({"action": "QUERY", "authentication": {
        "type": "oauth-client-credentials-flow", "clientId": "i", "clientSecret": "hush",
    }});
    let names: Vec<_> = with(client)
        .unwrap()
        .settings
        .into_iter()
        .map(|s| s.0)
        .collect();
    assert_eq!(
        names[2..],
        [
            "SALESFORCE_CLIENT_ID",
            "SALESFORCE_CLIENT_SECRET",
            "SALESFORCE_AUTH"
        ]
    );
    for wrong in [
        json!({}),
        json!({"action": 7}),
        json!({"salesforceInteractionType": "apexRest", "method": "get"}),
        json!({"salesforceInteractionType": "sObject", "method": "put"}),
        json!({"action": "QUERY", "authentication": {"type": "basic"}}),
        json!({"action": "QUERY", "authentication": {"type": "bearer", "token": 7}}),
    ] {
        assert!(with(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn a_response_has_its_body_as_json() {
    let output =
        r#"{"salesforceStatus":"201","salesforceResult":"{\"id\":\"001\"}","locator":"x"}"#;
    assert_eq!(
        camunda::response(output),
        json!({"status": 201, "body": {"id": "001"}, "locator": "x"})
    );
    assert_eq!(
        camunda::response(r#"{"salesforceStatus":"204"}"#),
        json!({"status": 204, "body": null})
    );
}
