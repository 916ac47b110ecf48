//! Approvals through the component: requests pinned, in both faces.

use crate::support::*;
use host_test::wit::Applied;
use wiremock::matchers::{body_string_contains, method, path};
use wiremock::{Mock, MockServer};

const AT: &str = "/services/data/v66.0/process/approvals/";
const QUERY: &str = "/services/data/v66.0/query";
const ITEM: &str = "04iD0000000Cw6SIAS";
const USER: &str = "005D00000015rY9IAI";
const DONE: &str = r#"{"actorIds":["005D00000015rY9IAI"],"entityId":"001D000000IqhSLIAZ","errors":null,"instanceId":"04gD0000000Cvm5IAC","instanceStatus":"Pending","newWorkitemIds":["04iD0000000Cw6SIAS"],"success":true}"#;

fn rows(rows: &str) -> String {
    format!(r#"{{"totalSize":1,"done":true,"records":[{rows}]}}"#)
}

fn posted(action: &str, rest: &str) -> Sent {
    let body = format!(r#"{{"requests":[{{"actionType":"{action}",{rest}}}]}}"#);
    authorized(&format!("POST {AT}"), &body)
}

/// A server that does what is asked of it, and finds one work item.
async fn willing() -> MockServer {
    let server = server().await;
    on(&server, "POST", AT, json(200, &format!("[{DONE}]"))).await;
    let item = rows(&format!(r#"{{"Id":"{ITEM}","ActorId":"{USER}"}}"#));
    on(&server, "GET", QUERY, json(200, &item)).await;
    server
}

#[tokio::test]
async fn payload_actions_post_one_request() {
    let server = willing().await;
    let mut org = org(&server).await;
    let request = format!(r#""contextId":"{ITEM}","comments":"é \"x\"""#);
    let payload = format!("{{{request}}}");
    org.submit(&payload, None).await.unwrap().unwrap();
    org.approve(&payload, None).await.unwrap().unwrap();
    org.reject(&payload, None).await.unwrap().unwrap();
    for action in ["APPROVAL_SUBMIT", "APPROVAL_APPROVE", "APPROVAL_REJECT"] {
        let input = format!(r#"{{"salesforcePayload":{{"requests":[{payload}]}}}}"#);
        let output = read(&org.invoke(action, &input).await.unwrap().unwrap());
        assert_eq!(output["salesforceStatus"], "200");
        assert_eq!(output["salesforceResult"], format!("[{DONE}]"));
    }
    let wanted = ["Submit", "Approve", "Reject", "Submit", "Approve", "Reject"];
    let wanted: Vec<_> = wanted
        .iter()
        .map(|action| posted(action, &request))
        .collect();
    assert_eq!(sent(&server).await, wanted);
}

#[tokio::test]
async fn definitions_are_as_rest_gives_them() {
    let server = server().await;
    let body = r#"{"approvals":{"Account":[{"description":null,"id":"04aD00000008Py9","name":"A","object":"Account","sortOrder":1}]}}"#;
    on(&server, "GET", AT, json(200, body)).await;
    let mut org = org(&server).await;
    let typed = org.definitions(None).await.unwrap().unwrap();
    assert_eq!(typed.body.as_deref(), Some(body));
    let output = read(&org.invoke("APPROVAL_LIST", "{}").await.unwrap().unwrap());
    assert_eq!(output["salesforceResult"], body);
    let request = || authorized(&format!("GET {AT}"), "");
    assert_eq!(sent(&server).await, [request(), request()]);
}

#[tokio::test]
async fn a_record_is_decided_in_two_requests() {
    let server = willing().await;
    let mut org = org(&server).await;
    let next = [USER.to_owned()];
    org.approve_record(ID, Some("fine"), Some(USER), &next, None)
        .await
        .unwrap()
        .unwrap();
    org.reject_record(ID, None, None, None)
        .await
        .unwrap()
        .unwrap();
    org.recall(ID, Some("no"), None).await.unwrap().unwrap();
    for action in [
        "APPROVAL_APPROVE_RECORD",
        "APPROVAL_REJECT_RECORD",
        "APPROVAL_RECALL",
    ] {
        let input = format!(r#"{{"SObjectId":"{ID}","comments":"c"}}"#);
        org.invoke(action, &input).await.unwrap().unwrap();
    }
    let all = sent(&server).await;
    assert_eq!(all.len(), 12);
    let decisions: Vec<_> = all
        .into_iter()
        .filter(|sent| sent.line.starts_with("POST"))
        .collect();
    let item = format!(r#""contextId":"{ITEM}""#);
    let wanted = [
        posted(
            "Approve",
            &format!(r#"{item},"comments":"fine","nextApproverIds":["{USER}"]"#),
        ),
        posted("Reject", &item),
        posted("Removed", &format!(r#"{item},"comments":"no""#)),
        posted("Approve", &format!(r#"{item},"comments":"c""#)),
        posted("Reject", &format!(r#"{item},"comments":"c""#)),
        posted("Removed", &format!(r#"{item},"comments":"c""#)),
    ];
    assert_eq!(decisions, wanted);
}

#[tokio::test]
async fn inbox_and_history_are_one_query_each() {
    let server = willing().await;
    let mut org = org(&server).await;
    org.inbox(Some(USER), Some(ID), None)
        .await
        .unwrap()
        .unwrap();
    org.history(ID, None).await.unwrap().unwrap();
    let input = format!(r#"{{"actorId":"{USER}"}}"#);
    org.invoke("APPROVAL_INBOX", &input).await.unwrap().unwrap();
    org.invoke("APPROVAL_HISTORY", &format!(r#"{{"SObjectId":"{ID}"}}"#))
        .await
        .unwrap()
        .unwrap();
    let lines = lines(&server).await;
    let target = format!("ProcessInstance.TargetObjectId%20%3D%20%27{ID}%27");
    assert!(lines[0].contains(&format!(
        "WHERE%20ActorId%20%3D%20%27{USER}%27%20AND%20{target}"
    )));
    assert!(lines[1].contains(&format!("FROM%20ProcessInstanceStep%20WHERE%20{target}")));
    assert!(lines[2].ends_with(&format!(
        "WHERE%20ActorId%20%3D%20%27{USER}%27%20ORDER%20BY%20Id"
    )));
    assert_eq!(lines.len(), 4);
}

#[tokio::test]
async fn a_partial_failure_is_told_as_partly() {
    let server = server().await;
    let other = "04iD0000000Cw6TIAS";
    let denied = r#"[{"message":"m","errorCode":"INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"}]"#;
    for (id, answer) in [
        (ITEM, json(200, &format!("[{DONE}]"))),
        (other, json(400, denied)),
    ] {
        let mock = Mock::given(method("POST"))
            .and(path(AT))
            .and(body_string_contains(id));
        mock.respond_with(answer).mount(&server).await;
    }
    let payload = format!(r#"[{{"contextId":"{ITEM}"}},{{"contextId":"{other}"}}]"#);
    let failure = failed(org(&server).await.approve(&payload, None).await);
    let code = "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY";
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, code, Applied::Partly, Some(400))
    );
    let results = &read(&failure.1.more)["results"];
    assert_eq!(
        (&results[0]["success"], &results[1]["code"]),
        (&true.into(), &code.into())
    );
}
