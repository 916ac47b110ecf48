use serde_json::{Value, json};

use super::{Answer, Session, sobjects};

const APPROVALS: &str = "/services/data/v66.0/process/approvals/";

async fn act(session: &Session, requests: Value) -> Answer {
    let body = json!({ "requests": requests });
    session.write("POST", APPROVALS, body.to_string()).await
}

async fn submit(session: &Session, id: &str) -> Value {
    let answer = act(
        session,
        json!([{"actionType": "Submit", "contextId": id, "comments": "please"}]),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()[0].take()
}

/// The code of an answer that refuses everything.
#[track_caller]
fn code(answer: &Answer) -> String {
    assert_eq!(answer.status, 400, "{}", answer.text);
    answer.json()[0]["errorCode"].as_str().unwrap().to_owned()
}

async fn rows(session: &Session, soql: &str) -> Vec<Value> {
    let answer = session.query(soql).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["records"].as_array().unwrap().clone()
}

#[tokio::test]
async fn two_steps_to_an_approval() {
    let session = Session::start().await;
    let id = session.first_id("Account", "Name LIKE 'Fjord%'").await;
    let submitted = submit(&session, id.split_at(15).0).await;
    let instance = submitted["instanceId"].as_str().unwrap().to_owned();
    let first = submitted["newWorkitemIds"][0].as_str().unwrap().to_owned();
    let actor = submitted["actorIds"][0].as_str().unwrap();
    assert!(instance.starts_with("04g") && first.starts_with("04i") && actor.starts_with("005"));
    assert_eq!(
        submitted.to_string(),
        format!(
            r#"{{"actorIds":["{actor}"],"entityId":"{id}","errors":null,"instanceId":"{instance}","instanceStatus":"Pending","newWorkitemIds":["{first}"],"success":true}}"#
        )
    );

    let approve =
        |item: &str| json!([{"actionType": "Approve", "contextId": item, "comments": "fine"}]);
    let passed = act(&session, approve(&first)).await.json()[0].take();
    assert_eq!(passed["instanceStatus"], "Pending");
    let second = passed["newWorkitemIds"][0].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    assert_eq!(
        code(&act(&session, approve(&first)).await),
        "INVALID_CROSS_REFERENCE_KEY"
    );
    let done = act(&session, approve(&second)).await;
    done.is(
        200,
        &format!(
            r#"[{{"actorIds":null,"entityId":"{id}","errors":null,"instanceId":"{instance}","instanceStatus":"Approved","newWorkitemIds":[],"success":true}}]"#
        ),
    );

    let history = rows(
        &session,
        &format!("SELECT StepStatus, Comments, Actor.Name, ElapsedTimeInDays FROM ProcessInstanceStep WHERE ProcessInstanceId = '{instance}' ORDER BY CreatedDate, Id"),
    )
    .await;
    let texts: Vec<String> = history
        .iter()
        .map(|step| {
            format!(
                "{}:{}:{}",
                step["StepStatus"], step["Comments"], step["Actor"]["Name"]
            )
        })
        .collect();
    assert_eq!(
        texts,
        [
            r#""Started":"please":"Integration User""#,
            r#""Approved":"fine":"Integration User""#,
            r#""Approved":"fine":"Integration User""#
        ]
    );
    let ended = rows(
        &session,
        "SELECT CompletedDate, LastActor.Alias FROM ProcessInstance WHERE Status = 'Approved'",
    )
    .await;
    assert!(ended[0]["CompletedDate"].is_string());
    assert_eq!(ended[0]["LastActor"]["Alias"], "integ");
}

#[tokio::test]
async fn a_pending_record_is_locked_until_it_is_decided() {
    let session = Session::start().await;
    let id = session.first_id("Account", "Name LIKE 'Cedar%'").await;
    let path = sobjects(&format!("Account/{id}"));
    let item = submit(&session, &id).await["newWorkitemIds"][0].take();
    let locked = r#"[{"message":"This record is locked. If you need to edit it, contact your admin.","errorCode":"ENTITY_IS_LOCKED","fields":[]}]"#;
    session
        .write("PATCH", &path, r#"{"Rating":"Hot"}"#)
        .await
        .is(400, locked);
    session.delete(&path).await.is(400, locked);
    let by_key = sobjects("Account/External_Key__c/ACC-0003");
    session
        .write("PATCH", &by_key, r#"{"Rating":"Hot"}"#)
        .await
        .is(400, locked);
    assert_eq!(session.get(&path).await.status, 200);
    let again = act(&session, json!([{"actionType": "Submit", "contextId": id}])).await;
    assert_eq!(code(&again), "ALREADY_IN_PROCESS");

    let rejected = act(
        &session,
        json!([{"actionType": "Reject", "contextId": item}]),
    )
    .await
    .json();
    assert_eq!(rejected[0]["instanceStatus"], "Rejected");
    session
        .write("PATCH", &path, r#"{"Rating":"Hot"}"#)
        .await
        .is(204, "");
    // Recalled, and in once more.
    for _ in 0..2 {
        let item = submit(&session, &id).await["newWorkitemIds"][0].take();
        let recalled = act(
            &session,
            json!([{"actionType": "Removed", "contextId": item}]),
        )
        .await
        .json();
        assert_eq!(recalled[0]["instanceStatus"], "Removed");
    }
}

#[tokio::test]
async fn bulk_results_come_in_another_order_and_are_not_atomic() {
    let session = Session::start().await;
    let ids: Vec<String> = rows(&session, "SELECT Id FROM Account LIMIT 3")
        .await
        .iter()
        .map(|row| row["Id"].as_str().unwrap().to_owned())
        .collect();
    let item = submit(&session, &ids[0]).await["newWorkitemIds"][0].take();
    let answer = act(
        &session,
        json!([
            {"actionType": "Submit", "contextId": ids[1]},
            {"actionType": "Approve", "contextId": item},
            {"actionType": "Submit", "contextId": ids[1], "skipEntryCriteria": "true"},
            {"actionType": "Submit", "contextId": ids[2]},
        ]),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let results = answer.json();
    let entities: Vec<&Value> = results
        .as_array()
        .unwrap()
        .iter()
        .map(|result| &result["entityId"])
        .collect();
    assert_eq!(
        entities,
        [&json!(ids[0]), &json!(ids[2]), &Value::Null, &json!(ids[1])]
    );
    assert_eq!(results[2]["success"], false);
    assert_eq!(results[2]["errors"][0]["statusCode"], "ALREADY_IN_PROCESS");
    assert_eq!(results[2]["errors"][0]["fields"], json!([]));
    assert_eq!(
        rows(
            &session,
            "SELECT Id FROM ProcessInstance WHERE Status = 'Pending'"
        )
        .await
        .len(),
        3
    );
    // All of them fail.
    let answer = act(
        &session,
        json!([{"actionType": "Submit", "contextId": ids[1]}, {"actionType": "Approve", "contextId": item}]),
    )
    .await;
    assert_eq!(
        (answer.status, answer.json().as_array().unwrap().len()),
        (400, 2)
    );
    assert_eq!(answer.json()[1]["errorCode"], "ALREADY_IN_PROCESS");
}

#[tokio::test]
async fn submissions_that_are_refused() {
    let session = Session::start().await;
    let case = session.first_id("Case", "Priority = 'Low'").await;
    let open = session.first_id("Opportunity", "IsClosed = false").await;
    let closed = session.first_id("Opportunity", "IsClosed = true").await;
    let robin = session.first_id("User", "Alias = 'rrep'").await;
    let account = session.first_id("Account", "Name LIKE 'Blue%'").await;
    let manager = "manager_review";
    let cases = [
        (json!({"contextId": case}), "NO_APPLICABLE_PROCESS"),
        (json!({"contextId": closed}), "NO_APPLICABLE_PROCESS"),
        (
            json!({"contextId": closed, "skipEntryCriteria": true}),
            "NO_APPLICABLE_PROCESS",
        ),
        (
            json!({"contextId": open, "processDefinitionNameOrId": "Nope"}),
            "NO_APPLICABLE_PROCESS",
        ),
        (
            json!({"contextId": account, "processDefinitionNameOrId": manager}),
            "NO_APPLICABLE_PROCESS",
        ),
        (
            json!({"contextId": open, "processDefinitionNameOrId": manager}),
            "MANAGER_NOT_DEFINED",
        ),
        (
            json!({"contextId": open, "nextApproverIds": [account]}),
            "INVALID_CROSS_REFERENCE_KEY",
        ),
        (
            json!({"contextId": "001000000000001AAA"}),
            "INVALID_CROSS_REFERENCE_KEY",
        ),
        (json!({"contextId": "what"}), "MALFORMED_ID"),
        (json!({}), "REQUIRED_FIELD_MISSING"),
        (
            json!({"contextId": open, "nextApproverIds": "x"}),
            "JSON_PARSER_ERROR",
        ),
        (
            json!({"contextId": open, "comment": "x"}),
            "JSON_PARSER_ERROR",
        ),
        (
            json!({"contextId": open, "actionType": "Recall"}),
            "INVALID_INPUT",
        ),
    ];
    for (mut request, wanted) in cases {
        if request.get("actionType").is_none() {
            request["actionType"] = json!("Submit");
        }
        let answer = act(&session, json!([request])).await;
        assert_eq!(code(&answer), wanted, "{request}");
    }
    assert_eq!(code(&act(&session, json!([])).await), "JSON_PARSER_ERROR");
    assert_eq!(session.fake.record_count("ProcessInstance"), 0);

    // The manager of who submits, and no entry criteria where the process is named.
    let by_robin = json!({"actionType": "Submit", "contextId": open, "contextActorId": robin,
        "processDefinitionNameOrId": manager});
    let by_name = json!({"actionType": "Submit", "contextId": closed,
        "processDefinitionNameOrId": "Discount_Approval", "skipEntryCriteria": "true"});
    let answer = act(&session, json!([by_robin, by_name])).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let morgan = session.first_id("User", "Alias = 'mman'").await;
    let result = answer.json()[1].take();
    assert_eq!(result["actorIds"], json!([morgan]));
    // That work item is of somebody else.
    let approve = json!([{"actionType": "Approve", "contextId": result["newWorkitemIds"][0]}]);
    assert_eq!(
        code(&act(&session, approve).await),
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
    );
}

#[tokio::test]
async fn definitions_are_listed_by_object() {
    let session = Session::start().await;
    let list = session.get(APPROVALS).await.json();
    let account = &list["approvals"]["Account"][0];
    assert_eq!(
        (account["name"].as_str(), account["sortOrder"].as_i64()),
        (Some("Account Review"), Some(1))
    );
    assert_eq!(account["id"].as_str().unwrap().len(), 15);
    let opportunity = list["approvals"]["Opportunity"].as_array().unwrap();
    assert_eq!(
        (opportunity.len(), &opportunity[1]["sortOrder"]),
        (2, &json!(2))
    );
    assert!(opportunity[0]["description"].is_null());
    let id = account["id"].as_str().unwrap();
    let definition = rows(
        &session,
        &format!("SELECT DeveloperName, TableEnumOrId FROM ProcessDefinition WHERE Id = '{id}'"),
    )
    .await;
    assert_eq!(definition[0]["DeveloperName"], "Account_Review");
    assert_eq!(session.write("PUT", APPROVALS, "{}").await.status, 405);
}

#[tokio::test]
async fn queries_follow_a_work_item_to_its_record() {
    let session = Session::start().await;
    let account = session.first_id("Account", "Name LIKE 'Fjord%'").await;
    let deal = session
        .first_id("Opportunity", "Name LIKE 'Juniper%'")
        .await;
    submit(&session, &account).await;
    submit(&session, &deal).await;
    let soql = "SELECT Id, ProcessInstance.TargetObjectId, ProcessInstance.TargetObject.Name, \
                ProcessInstance.TargetObject.Type, ProcessInstance.ProcessDefinition.DeveloperName, \
                ProcessInstance.SubmittedBy.Name, Actor.Name, OriginalActor.Username, CreatedDate, \
                ElapsedTimeInDays, ElapsedTimeInHours, ElapsedTimeInMinutes FROM ProcessInstanceWorkitem";
    let found = rows(
        &session,
        &format!("{soql} WHERE ProcessInstance.TargetObject.Type = 'Opportunity' AND ProcessInstance.Status = 'Pending'"),
    )
    .await;
    assert_eq!(found.len(), 1);
    let instance = &found[0]["ProcessInstance"];
    assert_eq!(
        instance["TargetObject"].to_string(),
        format!(
            r#"{{"attributes":{{"type":"Name","url":"/services/data/v66.0/sobjects/Opportunity/{deal}"}},"Name":"Juniper Cloud - Seats","Type":"Opportunity"}}"#
        )
    );
    assert_eq!(
        instance["ProcessDefinition"]["DeveloperName"],
        "Discount_Approval"
    );
    assert_eq!(instance["SubmittedBy"]["Name"], "Integration User");
    assert_eq!(
        found[0]["OriginalActor"]["Username"],
        "integration@fake-org.example"
    );
    for condition in [
        format!(
            "ProcessInstance.TargetObjectId = '{}'",
            account.split_at(15).0
        ),
        "ProcessInstance.TargetObject.Name LIKE 'fjord%'".to_owned(),
        "ProcessInstance.ProcessDefinition.Name = 'Account Review'".to_owned(),
    ] {
        let found = rows(
            &session,
            &format!("{soql} WHERE {condition} ORDER BY ProcessInstance.TargetObject.Name"),
        )
        .await;
        assert_eq!(found.len(), 1, "{condition}");
        assert_eq!(
            found[0]["ProcessInstance"]["TargetObjectId"],
            json!(account)
        );
    }
    // By paths as well, in both directions.
    let id = found[0]["Id"].as_str().unwrap();
    let path = format!("ProcessInstanceWorkitem/{id}/ProcessInstance/TargetObject?fields=Name");
    assert_eq!(
        session.get(&sobjects(&path)).await.json()["Name"],
        "Juniper Cloud - Seats"
    );
    let instances = session
        .get(&sobjects(&format!("Account/{account}/ProcessInstances")))
        .await
        .json();
    assert_eq!(instances["totalSize"], 1);
}

#[tokio::test]
async fn approvals_cannot_be_written_as_records() {
    let session = Session::start().await;
    for object in ["ProcessInstance", "ProcessInstanceWorkitem"] {
        let answer = session.write("POST", &sobjects(object), "{}").await;
        assert_eq!(code(&answer), "INVALID_TYPE_FOR_OPERATION");
    }
    let account = session.first_id("Account", "Name LIKE 'Fjord%'").await;
    let instance = submit(&session, &account).await["instanceId"].take();
    let path = sobjects(&format!("ProcessInstance/{}", instance.as_str().unwrap()));
    let answer = session
        .write("PATCH", &path, r#"{"Status":"Approved"}"#)
        .await;
    assert_eq!(code(&answer), "INVALID_FIELD_FOR_INSERT_UPDATE");
    assert_eq!(
        code(&session.delete(&path).await),
        "INVALID_TYPE_FOR_OPERATION"
    );
}
