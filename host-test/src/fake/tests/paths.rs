use super::{Session, sobjects};

const NOT_FOUND: &str =
    r#"[{"message":"The requested resource does not exist","errorCode":"NOT_FOUND"}]"#;

#[tokio::test]
async fn upsert_by_external_id() {
    let session = Session::start().await;
    // A slash, a space and a plus sign belong to the value.
    let path = sobjects("Account/External_Key__c/a%2Fb%20c+d");
    let answer = session.write("PATCH", &path, r#"{"Name":"Keyed"}"#).await;
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    answer.is(
        201,
        &format!(r#"{{"id":"{id}","success":true,"errors":[],"created":true}}"#),
    );
    let answer = session
        .write("PATCH", &path, r#"{"Name":"Keyed again"}"#)
        .await;
    answer.is(
        200,
        &format!(r#"{{"id":"{id}","success":true,"errors":[],"created":false}}"#),
    );
    session
        .write("PATCH", &path.replace("66.0", "45.0"), r#"{"Name":"Old"}"#)
        .await
        .is(204, "");
    let record = session.get(&path).await.json();
    assert_eq!(
        (record["Name"].as_str(), record["External_Key__c"].as_str()),
        (Some("Old"), Some("a/b c+d"))
    );

    let answer = session
        .write(
            "PATCH",
            &sobjects("Account/External_Key__c/old").replace("66.0", "45.0"),
            r#"{"Name":"x"}"#,
        )
        .await;
    assert_eq!((answer.status, answer.json().get("created")), (201, None));
    let answer = session
        .write(
            "PATCH",
            &sobjects("Account/External_Key__c/new?updateOnly=true"),
            "{}",
        )
        .await;
    answer.is(404, NOT_FOUND);
    // Neither for a new record nor for one that is there.
    for value in ["k", "ACC-0001"] {
        let key = sobjects(&format!("Account/External_Key__c/{value}"));
        let body = format!(r#"{{"Name":"x","external_key__c":"{value}"}}"#);
        let answer = session.write("PATCH", &key, body).await;
        assert_eq!(answer.json()[0]["errorCode"], "INVALID_FIELD");
    }
    for field in ["Name", "Nope", "NumberOfEmployees"] {
        let answer = session
            .write("PATCH", &sobjects(&format!("Account/{field}/x")), "{}")
            .await;
        let text =
            format!("Provided external ID field does not exist or is not accessible: {field}");
        answer.is(
            404,
            &format!(r#"[{{"message":"{text}","errorCode":"NOT_FOUND"}}]"#),
        );
    }
    session.delete(&path).await.is(204, "");
    session.get(&path).await.is(404, NOT_FOUND);
}

#[tokio::test]
async fn a_unique_value_is_no_duplicate_of_itself() {
    let session = Session::start().await;
    let id = session
        .first_id("Account", "External_Key__c = 'ACC-0001'")
        .await;
    let path = sobjects(&format!("Account/{id}"));
    let answer = session
        .write("PATCH", &path, r#"{"External_Key__c":"ACC-0001"}"#)
        .await;
    answer.is(204, "");
    let answer = session
        .write("PATCH", &path, r#"{"External_Key__c":"ACC-0002"}"#)
        .await;
    assert_eq!(answer.json()[0]["errorCode"], "DUPLICATE_VALUE");
}

#[tokio::test]
async fn ambiguous_external_ids() {
    let session = Session::start().await;
    let one = session
        .first_id("Account", "Name = 'Ironbridge Freight'")
        .await;
    let two = session.first_id("Account", "Name = 'Juniper Cloud'").await;
    let answer = session
        .write(
            "PATCH",
            &sobjects("Account/Legacy_Key__c/NORTH-7"),
            r#"{"Rating":"Hot"}"#,
        )
        .await;
    let paths = [one, two].map(|id| sobjects(&format!("Account/{id}")));
    answer.is(300, &format!(r#"["{}","{}"]"#, paths[0], paths[1]));
}

#[tokio::test]
async fn relationships() {
    let session = Session::start().await;
    let account = session
        .first_id("Account", "Name = 'Northwind Bakery'")
        .await;
    let answer = session
        .get(&sobjects(&format!(
            "Account/{account}/Contacts?fields=Name"
        )))
        .await
        .json();
    assert_eq!(
        (answer["totalSize"].as_u64(), answer["done"].as_bool()),
        (Some(2), Some(true))
    );
    assert_eq!(answer["records"][0]["Name"], "Ada Alder");
    let owner = session
        .get(&sobjects(&format!(
            "Account/{account}/Owner/Manager?fields=Alias"
        )))
        .await
        .json();
    assert_eq!(owner["Alias"], "mman");
    session
        .get(&sobjects(&format!("Account/{account}/Parent")))
        .await
        .is(404, NOT_FOUND);
    session
        .get(&sobjects(&format!("Account/{account}/Unicorns")))
        .await
        .is(404, NOT_FOUND);
    for path in ["Contacts/Name", "Owner/Contacts"] {
        let answer = session
            .get(&sobjects(&format!("Account/{account}/{path}")))
            .await;
        answer.is(404, NOT_FOUND);
    }
    // Eighteen letters, and still not an id.
    let answer = session.get(&sobjects("Contact/HasOptedOutOfEmail/x")).await;
    assert_eq!(answer.json()[0]["errorCode"], "NOT_FOUND");
    let none = session
        .get(&sobjects(&format!("Account/{account}/ChildAccounts")))
        .await;
    none.is(200, r#"{"totalSize":0,"done":true,"records":[]}"#);
}

#[tokio::test]
async fn deletion_takes_along_or_is_refused() {
    let session = Session::start().await;
    let busy = session
        .first_id("Account", "Name = 'Northwind Bakery'")
        .await;
    let answer = session.delete(&sobjects(&format!("Account/{busy}"))).await;
    assert_eq!(
        (answer.status, answer.json()[0]["errorCode"].as_str()),
        (400, Some("DELETE_FAILED"))
    );
    assert_eq!(session.fake.record_count("Contact"), 20);
    let quiet = session.first_id("Account", "Name = 'Juniper Cloud'").await;
    session
        .delete(&sobjects(&format!("Account/{quiet}")))
        .await
        .is(204, "");
    assert_eq!(session.fake.record_count("Contact"), 18);
    let user = session.first_id("User", "Alias = 'rrep'").await;
    assert_eq!(
        session
            .delete(&sobjects(&format!("User/{user}")))
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn conditional_requests() {
    let session = Session::start().await;
    let id = session
        .first_id("Account", "Name = 'Fjord Analytics'")
        .await;
    let path = sobjects(&format!("Account/{id}"));
    let first = session.get(&path).await;
    let (modified, tag) = (
        first.header("Last-Modified").unwrap(),
        first.header("ETag").unwrap(),
    );
    let bearer = session.bearer();
    let send = async |method: &str, name: &str, value: &str| {
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
            (name, value),
        ];
        session
            .send(method, &path, &headers, r#"{"Rating":"Warm"}"#)
            .await
            .status
    };
    assert_eq!(send("GET", "If-Modified-Since", modified).await, 304);
    assert_eq!(
        send("GET", "If-Modified-Since", "Tue, 10 Aug 2010 00:00:00 GMT").await,
        200
    );
    assert_eq!(send("GET", "If-None-Match", tag).await, 304);
    assert_eq!(
        send(
            "PATCH",
            "If-Unmodified-Since",
            "Tue, 10 Aug 2010 00:00:00 GMT"
        )
        .await,
        412
    );
    assert_eq!(send("GET", "If-Unmodified-Since", modified).await, 200);
    assert_eq!(send("PATCH", "If-Match", "\"other\"").await, 412);
    assert_eq!(send("PATCH", "If-Modified-Since", "once").await, 400);
    assert_eq!(send("PATCH", "If-Match", tag).await, 204);
    assert_eq!(send("PATCH", "If-Match", tag).await, 412);
}
