//! Get through a relationship: one, many, and the ways in which there is none.

use crate::support::*;
use host_test::fake::{Fake, FakeConfig, Flow};
use host_test::wit::{Applied, Response};
use host_test::{Error, Instance};
use serde_json::{Value, json};

const AT: &str = "/services/data/v66.0/sobjects/Account/001D000000IqhSLIAZ";
const NOT_FOUND: &str =
    r#"[{"message":"The requested resource does not exist","errorCode":"NOT_FOUND"}]"#;

#[tokio::test]
async fn a_relationship_and_query_parameters_go_into_the_request() {
    let server = server().await;
    let next = "/services/data/v66.0/query/01gRO0000016PIAYA2-1";
    let page = format!(
        r#"{{"done":false,"totalSize":2,"records":[{{"Name":"a"}}],"nextRecordsUrl":"{next}"}}"#
    );
    on(
        &server,
        "GET",
        &format!("{AT}/Opportunities"),
        json(200, &page),
    )
    .await;
    on(
        &server,
        "GET",
        &format!("{AT}/Owner/Manager"),
        json(200, r#"{"Id":"005"}"#),
    )
    .await;
    let mut org = org(&server).await;

    let fields = ["Name".to_owned(), "StageName".to_owned()];
    let many = org
        .get_related(
            "Account",
            ID,
            Some("Opportunities"),
            &fields,
            Some(r#"{"x":"a b"}"#),
            None,
        )
        .await
        .unwrap()
        .unwrap();
    assert_eq!(many.body.as_deref(), Some(page.as_str()));
    let more = read(&many.more);
    assert_eq!(
        (&more["related"], &more["locator"]),
        (&json!("many"), &json!(next))
    );

    let input = format!(
        r#"{{"SObjectName":"Account","SObjectId":"{ID}","relationship":"Opportunities","queryParameters":{{"fields":"Name,StageName"}}}}"#
    );
    let output = read(&org.invoke("GET", &input).await.unwrap().unwrap());
    assert_eq!(
        output,
        json!({"salesforceStatus": "200", "salesforceResult": page, "related": "many", "locator": next})
    );
    let input =
        format!(r#"{{"SObjectName":"Account","SObjectId":"{ID}","relationship":"Owner/Manager"}}"#);
    let output = read(&org.invoke("GET", &input).await.unwrap().unwrap());
    assert_eq!(
        output,
        json!({"salesforceStatus": "200", "salesforceResult": r#"{"Id":"005"}"#, "related": "one"})
    );
    let line = |rest: &str| authorized(&format!("GET {AT}/{rest}"), "");
    assert_eq!(
        sent(&server).await,
        [
            line("Opportunities?fields=Name,StageName&x=a%20b"),
            line("Opportunities?fields=Name,StageName"),
            line("Owner/Manager"),
        ]
    );
}

#[tokio::test]
async fn no_parent_is_told_from_no_record_by_one_more_request() {
    let server = server().await;
    on(
        &server,
        "GET",
        &format!("{AT}/Parent"),
        json(404, NOT_FOUND),
    )
    .await;
    let told = r#"{"compositeResponse":[
        {"body":{"Id":"001D000000IqhSLIAZ"},"httpHeaders":{},"httpStatusCode":200,"referenceId":"record"},
        {"body":{"totalSize":1,"done":true,"records":[{"Parent":null}]},"httpHeaders":{},"httpStatusCode":200,"referenceId":"way"}]}"#;
    on(
        &server,
        "POST",
        "/services/data/v66.0/composite",
        json(200, told),
    )
    .await;
    let mut org = org(&server).await;
    let input =
        format!(r#"{{"SObjectName":"Account","SObjectId":"{ID}","relationship":"Parent"}}"#);
    let output = read(&org.invoke("GET", &input).await.unwrap().unwrap());
    assert_eq!(
        output,
        json!({"salesforceStatus": "204", "related": "none"})
    );
    let soql = format!("SELECT%20Parent.Id%20FROM%20Account%20WHERE%20Id%20%3D%20%27{ID}%27");
    let body = format!(
        r#"{{"compositeRequest":[{{"method":"GET","url":"{AT}?fields=Id","referenceId":"record"}},{{"method":"GET","url":"/services/data/v66.0/query?q={soql}","referenceId":"way"}}]}}"#
    );
    assert_eq!(
        sent(&server).await,
        [
            authorized(&format!("GET {AT}/Parent"), ""),
            authorized("POST /services/data/v66.0/composite", &body),
        ]
    );
}

type Answer = Result<Result<Response, host_test::wit::Failure>, Error>;

async fn follow(org: &mut Instance, id: &str, way: &str) -> Answer {
    org.get_related("Account", id, Some(way), &[], None, None)
        .await
}

async fn first(org: &mut Instance, soql: &str) -> String {
    let page = org.query(soql, false, None).await.unwrap().unwrap();
    let body = read(&page.body.unwrap());
    body["records"][0]["Id"].as_str().unwrap().to_owned()
}

/// What a relationship led to, and the body.
fn found(answer: Answer) -> (u16, String, Option<Value>) {
    let response = answer.unwrap().unwrap();
    let related = read(&response.more)["related"].as_str().unwrap().to_owned();
    (response.status, related, response.body.as_deref().map(read))
}

#[tokio::test]
async fn one_many_and_none_are_told_by_the_fake_too() {
    let config = FakeConfig {
        page_size: 1,
        ..FakeConfig::default()
    };
    let fake = Fake::start(config).await.unwrap();
    let mut org = instance(fake.settings(Flow::ClientCredentials)).await;
    let soql = "SELECT Id FROM Account WHERE Name = 'Northwind Bakery'";
    let account = first(&mut org, soql).await;

    let (status, related, body) = found(follow(&mut org, &account, "Owner/Manager").await);
    assert_eq!((status, related.as_str()), (200, "one"));
    assert_eq!(body.unwrap()["Alias"], "mman");

    // Children come in pages.
    let page = follow(&mut org, &account, "Contacts")
        .await
        .unwrap()
        .unwrap();
    let more = read(&page.more);
    assert_eq!(more["related"], "many");
    let next = more["locator"].as_str().unwrap();
    let last = org.query_more(next, None).await.unwrap().unwrap();
    assert_eq!(read(&last.body.unwrap())["done"], true);

    let (status, related, body) = found(follow(&mut org, &account, "ChildAccounts").await);
    assert_eq!((status, related.as_str()), (200, "none"));
    assert_eq!(body.unwrap()["totalSize"], 0);
    assert_eq!(
        found(follow(&mut org, &account, "Parent").await),
        (204, "none".to_owned(), None)
    );
    assert_eq!(
        found(follow(&mut org, &account, "Parent/Owner").await),
        (204, "none".to_owned(), None)
    );

    let at_fault = |answer: Answer| {
        let failure = failed(answer);
        let status = Some(404);
        assert_eq!(
            outline(&failure),
            (Kind::Permanent, "NOT_FOUND", Applied::No, status)
        );
        read(&failure.1.more)["parameter"].clone()
    };
    assert_eq!(
        at_fault(follow(&mut org, &account, "Unicorns").await),
        "relationship"
    );
    assert_eq!(
        at_fault(follow(&mut org, &account, "Owner/Unicorns").await),
        "relationship"
    );
    for way in ["Parent", "Contacts", "Unicorns"] {
        let answer = follow(&mut org, "001000000000000AAA", way).await;
        assert_eq!(at_fault(answer), "SObjectId", "{way}");
    }
}
