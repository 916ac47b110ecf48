use serde_json::{Value, json};

use super::{Session, encode, sobjects};
use crate::fake::FakeConfig;

const QUERY: &str = "/services/data/v66.0/query";

fn names(page: &Value) -> Vec<&str> {
    page["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["Name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_query_answers_rows() {
    let session = Session::start().await;
    let id = session
        .first_id("Account", "Name = 'Fjord Analytics'")
        .await;
    let answer = session
        .query("SELECT Id, Owner.Name, Rating FROM Account WHERE Name LIKE 'Fjord%'")
        .await;
    let owner = answer.json()["records"][0]["Owner"]["attributes"]["url"].clone();
    let (url, rest) = (
        sobjects(&format!("Account/{id}")),
        r#""Name":"Morgan Manager""#,
    );
    answer.is(
        200,
        &format!(
            r#"{{"totalSize":1,"done":true,"records":[{{"attributes":{{"type":"Account","url":"{url}"}},"Id":"{id}","Owner":{{"attributes":{{"type":"User","url":{owner}}},{rest}}},"Rating":null}}]}}"#
        ),
    );
    let slash = session
        .get(&format!(
            "{QUERY}/?q={}",
            encode("SELECT count() FROM Contact")
        ))
        .await;
    slash.is(200, r#"{"totalSize":20,"done":true,"records":[]}"#);
}

#[tokio::test]
async fn pages_follow_each_other() {
    let session = Session::with(FakeConfig {
        page_size: 5,
        ..FakeConfig::default()
    })
    .await;
    let first = session
        .query("SELECT Name FROM Account ORDER BY Name")
        .await
        .json();
    let next = first["nextRecordsUrl"].as_str().unwrap();
    assert!(
        next.starts_with("/services/data/v66.0/query/01g") && next.ends_with("-5"),
        "{next}"
    );
    assert_eq!(
        (first["totalSize"].as_u64(), first["done"].as_bool()),
        (Some(12), Some(false))
    );
    let second = session.get(next).await.json();
    // The same page once more, as after a lost answer.
    assert_eq!(session.get(next).await.json(), second);
    let third = session
        .get(second["nextRecordsUrl"].as_str().unwrap())
        .await
        .json();
    assert_eq!(
        (third["done"].as_bool(), third.get("nextRecordsUrl")),
        (Some(true), None)
    );
    let all = [names(&first), names(&second), names(&third)].concat();
    assert_eq!(all.len(), 12);
    assert!(all.is_sorted());
    for locator in [
        "01gnonsense-5".to_owned(),
        next.replace("-5", "-12")
            .replace("/services/data/v66.0/query/", ""),
    ] {
        session.get(&format!("{QUERY}/{locator}")).await.is(
            400,
            r#"[{"message":"invalid query locator","errorCode":"INVALID_QUERY_LOCATOR"}]"#,
        );
    }
}

#[tokio::test]
async fn the_batch_size_is_a_wish() {
    let session = Session::with(FakeConfig {
        extra_accounts: 4989,
        ..FakeConfig::default()
    })
    .await;
    let bearer = session.bearer();
    let path = format!("{QUERY}?q={}", encode("SELECT Name FROM Account"));
    for (wish, rows) in [
        ("batchSize=500", 500),
        ("batchSize=1", 200),
        ("batchSize=9999", 2000),
        ("", 2000),
    ] {
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Sforce-Query-Options", wish),
        ];
        let page = session.send("GET", &path, &headers, "").await.json();
        assert_eq!(
            (page["totalSize"].as_u64(), names(&page).len()),
            (Some(5001), rows),
            "{wish}"
        );
    }
    let generated = session
        .query("SELECT Name FROM Account WHERE External_Key__c = 'GEN-004989'")
        .await
        .json();
    assert_eq!(names(&generated), ["Generated Account 004989"]);
}

#[tokio::test]
async fn deleted_rows_are_for_query_all() {
    let session = Session::start().await;
    let id = session.create("Account", r#"{"Name":"Short Lived"}"#).await;
    session
        .delete(&sobjects(&format!("Account/{id}")))
        .await
        .is(204, "");
    let soql = encode("SELECT Name, IsDeleted FROM Account WHERE Name = 'Short Lived'");
    let seen = |answer: &Value| answer["records"].clone();
    assert_eq!(
        seen(&session.get(&format!("{QUERY}?q={soql}")).await.json()),
        json!([])
    );
    let all = session.get(&format!("{QUERY}All?q={soql}")).await.json();
    assert_eq!(seen(&all)[0]["IsDeleted"], true);
}

#[tokio::test]
async fn refused_queries_are_noted() {
    let session = Session::start().await;
    let answer = session
        .query("SELECT Id FROM Account WHERE CreatedDate = TODAY")
        .await;
    assert_eq!(
        (answer.status, answer.json()[0]["errorCode"].as_str()),
        (400, Some("MALFORMED_QUERY"))
    );
    assert_eq!(
        session.fake.not_understood(),
        ["SOQL: SELECT Id FROM Account WHERE CreatedDate = TODAY (unexpected token: 'TODAY')"]
    );
    assert_eq!(
        session.get(QUERY).await.json()[0]["errorCode"],
        "MALFORMED_QUERY"
    );
    let answer = session.query("SELECT Id, Foo FROM Account").await;
    assert_eq!(
        (answer.status, answer.json()[0]["errorCode"].as_str()),
        (400, Some("INVALID_FIELD"))
    );
}

#[tokio::test]
async fn a_long_query_is_for_composite() {
    let session = Session::start().await;
    let soql = encode(&format!(
        "SELECT Name FROM Account WHERE Name IN ('Fjord Analytics','{}')",
        "x".repeat(20_000)
    ));
    let answer = session.get(&format!("{QUERY}?q={soql}")).await;
    assert_eq!(answer.status, 414);
    assert!(
        answer
            .header("Content-Type")
            .unwrap()
            .starts_with("text/html")
            && answer.text.starts_with("<html>")
    );
    let part = json!({"method": "GET", "url": format!("{QUERY}?q={soql}"), "referenceId": "q"});
    let body = json!({"compositeRequest": [part]}).to_string();
    let answer = session
        .write("POST", "/services/data/v66.0/composite", body)
        .await
        .json();
    let part = &answer["compositeResponse"][0];
    assert_eq!(
        (
            part["httpStatusCode"].as_u64(),
            part["referenceId"].as_str()
        ),
        (Some(200), Some("q"))
    );
    assert_eq!(names(&part["body"]), ["Fjord Analytics"]);
    let bearer = session.bearer();
    let filler = "x".repeat(16_000);
    let headers = [
        ("Authorization", bearer.as_str()),
        ("X-Filler", &filler),
        ("X-More", &filler),
    ];
    assert_eq!(
        session
            .send("GET", "/services/data/v66.0/", &headers, "")
            .await
            .status,
        431
    );
}

fn part(method: &str, path: &str, name: &str, body: Value) -> Value {
    json!({"method": method, "url": sobjects(path), "referenceId": name, "body": body})
}

async fn composite(session: &Session, all_or_none: bool, parts: &[Value]) -> Vec<Value> {
    let body = json!({"allOrNone": all_or_none, "compositeRequest": parts}).to_string();
    let answer = session
        .write("POST", "/services/data/v66.0/composite", body)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["compositeResponse"]
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test]
async fn later_subrequests_use_earlier_answers() {
    let session = Session::start().await;
    let parts = [
        part("POST", "Account", "acc", json!({"Name": "Composed"})),
        part(
            "POST",
            "Contact",
            "con",
            json!({"LastName": "Part", "AccountId": "@{acc.id}"}),
        ),
        part(
            "PATCH",
            "Account/@{acc.id}",
            "upd",
            json!({"Rating": "Hot"}),
        ),
        part(
            "GET",
            "Account/@{acc.id}?fields=Name,Rating",
            "get",
            Value::Null,
        ),
        part("DELETE", "Contact/@{con.id}", "del", Value::Null),
        part("GET", "Account/@{nobody.id}", "bad", Value::Null),
    ];
    let answers = composite(&session, false, &parts).await;
    let statuses: Vec<_> = answers
        .iter()
        .map(|answer| answer["httpStatusCode"].as_u64().unwrap())
        .collect();
    assert_eq!(statuses, [201, 201, 204, 200, 204, 400]);
    let id = answers[0]["body"]["id"].as_str().unwrap();
    assert_eq!(
        answers[0]["httpHeaders"]["Location"],
        sobjects(&format!("Account/{id}"))
    );
    assert_eq!(answers[2]["body"], Value::Null);
    assert_eq!(answers[3]["body"]["Rating"], "Hot");
    assert_eq!(answers[5]["body"][0]["errorCode"], "PROCESSING_HALTED");
}

#[tokio::test]
async fn all_or_none_takes_everything_back() {
    let session = Session::start().await;
    let bakery = session
        .first_id("Account", "Name = 'Northwind Bakery'")
        .await;
    let quiet = session.first_id("Account", "Name = 'Juniper Cloud'").await;
    let parts = [
        part("POST", "Account", "a", json!({"Name": "Never"})),
        part(
            "PATCH",
            &format!("Account/{bakery}"),
            "b",
            json!({"Name": "Renamed"}),
        ),
        // A second change of the same record, which has to be taken back first.
        part(
            "PATCH",
            &format!("Account/{bakery}"),
            "b2",
            json!({"Name": "Renamed again"}),
        ),
        part("DELETE", &format!("Account/{quiet}"), "c", Value::Null),
        part("POST", "Contact", "d", json!({"FirstName": "Nameless"})),
        part("POST", "Account", "e", json!({"Name": "Never either"})),
    ];
    let answers = composite(&session, true, &parts).await;
    let codes: Vec<_> = answers
        .iter()
        .map(|answer| answer["body"][0]["errorCode"].as_str().unwrap())
        .collect();
    let halted = "PROCESSING_HALTED";
    assert_eq!(
        codes,
        [
            halted,
            halted,
            halted,
            halted,
            "REQUIRED_FIELD_MISSING",
            halted
        ]
    );
    assert_eq!(
        (
            session.fake.record_count("Account"),
            session.fake.record_count("Contact")
        ),
        (12, 20)
    );
    let name = session
        .get(&sobjects(&format!("Account/{bakery}?fields=Name")))
        .await;
    assert_eq!(name.json()["Name"], "Northwind Bakery");
    // Without the failure, all of it stays.
    let parts = [parts[0].clone(), parts[3].clone()];
    composite(&session, true, &parts).await;
    assert_eq!(
        (
            session.fake.record_count("Account"),
            session.fake.record_count("Contact")
        ),
        (12, 18)
    );
}

#[tokio::test]
async fn composite_requests_with_mistakes() {
    let session = Session::start().await;
    let good = part("GET", "Account/x", "r", Value::Null);
    let with = |name: &str, value: Value| {
        let mut part = good.clone();
        part[name] = value;
        json!([part])
    };
    let cases = [
        json!([]),
        json!([good, good]),
        with("referenceId", json!("a b")),
        with("url", json!("v66.0/sobjects/Account")),
        with("httpHeaders", json!({"Authorization": "Bearer x"})),
        json!(vec![good.clone(); 26]),
        json!([{"method": "GET"}]),
    ];
    for parts in cases {
        let body = json!({"compositeRequest": parts}).to_string();
        let answer = session
            .write("POST", "/services/data/v66.0/composite", body)
            .await;
        assert_eq!(answer.status, 400, "{parts}");
    }
}

#[tokio::test]
async fn exchanges_are_kept_in_order() {
    let session = Session::start().await;
    session.query("SELECT count() FROM Case").await;
    session.get(&sobjects("Account/what?fields=Name")).await;
    let lines: Vec<String> = session
        .fake
        .exchanges()
        .into_iter()
        .map(|exchange| format!("{} {} {}", exchange.method, exchange.path, exchange.status))
        .collect();
    assert_eq!(
        lines,
        [
            "GET /services/data/v66.0/query?q=SELECT+count%28%29+FROM+Case 200",
            "GET /services/data/v66.0/sobjects/Account/what?fields=Name 404"
        ]
    );
}
