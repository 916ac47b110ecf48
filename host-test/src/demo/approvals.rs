//! The steps that make an object of the org's own, and take records through approval.

use super::org::{Done, Org, check, made};
use serde_json::{Value, json};

type Outcome = Result<String, String>;

const APPROVALS: &str = "/process/approvals/";
/// The permission set of the user who logs in.
const PERMISSION_SET: &str = "Integration_Access";

/// An object with five kinds of fields, visible to the user.
pub(super) async fn create_object(org: &mut Org) -> Outcome {
    let field = |name: &str, kind: &str, rest: Value| {
        let mut field = json!({"fullName": format!("{name}__c"), "label": name, "type": kind});
        if let (Some(field), Some(rest)) = (field.as_object_mut(), rest.as_object()) {
            field.extend(rest.clone());
        }
        field
    };
    let object = json!({
        "fullName": "Invoice__c",
        "label": "Invoice",
        "pluralLabel": "Invoices",
        "fields": [
            field("Number", "Text", json!({"length": 40})),
            field("Amount", "Currency", json!({"precision": 18, "scale": 2})),
            field("Due", "Date", json!({})),
            field("Paid", "Checkbox", json!({"defaultValue": false})),
            field("Status", "Picklist", json!({"values": ["Open", "Sent"]})),
        ],
    });
    let input = json!({"salesforcePayload": object, "permissionSet": PERMISSION_SET});
    let done = org.run("CUSTOM_OBJECT_CREATE", &input).await?;
    done.status("200")?;
    let soap = done
        .requests
        .iter()
        .filter(|made| made.path_and_query.contains("/Soap/m/"));
    check(soap.count() == 1, || {
        "there should be one request of SOAP".to_owned()
    })?;
    Ok("Invoice__c with five fields".to_owned())
}

/// A record of it.
pub(super) async fn create_record(org: &mut Org) -> Outcome {
    let fields = json!({
        "Name": "I-1",
        "Number__c": "I-1",
        "Amount__c": 99.5,
        "Due__c": "2026-12-31",
        "Paid__c": false,
        "Status__c": "Open",
    });
    let input = json!({"SObjectName": "Invoice__c", "salesforcePayload": fields});
    let done = org.run("CREATE", &input).await?;
    made(&done.requests, &[("POST", "/sobjects/Invoice__c/", 201)])?;
    org.id = id(&done)?;
    Ok(format!("id {}", org.id))
}

/// The record is submitted.
pub(super) async fn submit(org: &mut Org) -> Outcome {
    let request = json!({"contextId": org.id, "comments": "please check"});
    let done = org
        .run("APPROVAL_SUBMIT", &json!({"salesforcePayload": request}))
        .await?;
    made(&done.requests, &[("POST", APPROVALS, 200)])?;
    result_is(&done, "Pending")
}

/// It waits in the inbox.
pub(super) async fn inbox(org: &mut Org) -> Outcome {
    let done = org
        .run("APPROVAL_INBOX", &json!({"SObjectId": org.id}))
        .await?;
    made(&done.requests, &[("GET", "ProcessInstanceWorkitem", 200)])?;
    let result = done.result()?;
    let name = result.pointer("/records/0/ProcessInstance/TargetObject/Name");
    check(name == Some(&json!("I-1")), || {
        format!("I-1 should wait in {result}")
    })?;
    Ok("I-1 waits".to_owned())
}

/// It is approved by its own id.
pub(super) async fn approve_record(org: &mut Org) -> Outcome {
    let input = json!({"SObjectId": org.id, "comments": "fine"});
    let done = org.run("APPROVAL_APPROVE_RECORD", &input).await?;
    let wanted = [
        ("GET", "ProcessInstanceWorkitem", 200),
        ("POST", APPROVALS, 200),
    ];
    made(&done.requests, &wanted)?;
    result_is(&done, "Approved")
}

/// Both steps are in its history.
pub(super) async fn history(org: &mut Org) -> Outcome {
    let done = org
        .run("APPROVAL_HISTORY", &json!({"SObjectId": org.id}))
        .await?;
    made(&done.requests, &[("GET", "ProcessInstanceStep", 200)])?;
    let result = done.result()?;
    let rows = result.get("records").and_then(Value::as_array);
    let steps: Vec<&str> = rows
        .into_iter()
        .flatten()
        .filter_map(|row| row.get("StepStatus").and_then(Value::as_str))
        .collect();
    check(steps == ["Started", "Approved"], || {
        format!("not the steps: {steps:?}")
    })?;
    Ok(steps.join(", "))
}

/// The processes of the org.
pub(super) async fn list(org: &mut Org) -> Outcome {
    let done = org.run("APPROVAL_LIST", &json!({})).await?;
    made(&done.requests, &[("GET", APPROVALS, 200)])?;
    let result = done.result()?;
    let objects = result.get("approvals").and_then(Value::as_object);
    let objects = objects.ok_or_else(|| format!("no approvals in {result}"))?;
    Ok(format!("processes of {} objects", objects.len()))
}

/// Two records are decided by their work items.
pub(super) async fn decide(org: &mut Org, action: &str, status: &str) -> Outcome {
    let fields = json!({"Name": format!("I-{action}")});
    let input = json!({"SObjectName": "Invoice__c", "salesforcePayload": fields});
    let record = id(&org.run("CREATE", &input).await?)?;
    let request = json!({"salesforcePayload": {"contextId": record}});
    let submitted = org.run("APPROVAL_SUBMIT", &request).await?.result()?;
    let item = submitted
        .pointer("/0/newWorkitemIds/0")
        .and_then(Value::as_str);
    let item = item.ok_or_else(|| format!("no work item in {submitted}"))?;
    let request = json!({"salesforcePayload": {"requests": [{"contextId": item}]}});
    let done = org.run(action, &request).await?;
    made(&done.requests, &[("POST", APPROVALS, 200)])?;
    result_is(&done, status)
}

fn id(done: &Done) -> Outcome {
    let result = done.result()?;
    let id = result.get("id").and_then(Value::as_str);
    Ok(id.ok_or_else(|| format!("no id in {result}"))?.to_owned())
}

fn result_is(done: &Done, status: &str) -> Outcome {
    let result = done.result()?;
    let found = result.pointer("/0/instanceStatus").and_then(Value::as_str);
    check(found == Some(status), || format!("not {status}: {result}"))?;
    Ok(status.to_owned())
}
