use super::{Session, sobjects};

const NOT_FOUND: &str =
    r#"[{"message":"The requested resource does not exist","errorCode":"NOT_FOUND"}]"#;
const DELETED: &str =
    r#"[{"message":"entity is deleted","errorCode":"ENTITY_IS_DELETED","fields":[]}]"#;

#[tokio::test]
async fn a_record_from_creation_to_deletion() {
    let session = Session::start().await;
    let before = session.fake.record_count("Account");
    let answer = session
        .write(
            "POST",
            &sobjects("Account/"),
            r#"{"Name":"Acme","NumberOfEmployees":5}"#,
        )
        .await;
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(id.len(), 18);
    answer.is(
        201,
        &format!(r#"{{"id":"{id}","success":true,"errors":[]}}"#),
    );
    let path = sobjects(&format!("Account/{id}"));
    assert_eq!(answer.header("Location"), Some(path.as_str()));
    assert_eq!(session.fake.record_count("account"), before + 1);

    // The short id, in any place, is the same record.
    let answer = session
        .get(&sobjects(&format!(
            "Account/{}?fields=Name,NumberOfEmployees",
            id.split_at(15).0
        )))
        .await;
    answer.is(
        200,
        &format!(
            r#"{{"attributes":{{"type":"Account","url":"{path}"}},"Name":"Acme","NumberOfEmployees":5,"Id":"{id}"}}"#
        ),
    );

    let answer = session
        .write(
            "PATCH",
            &path,
            r#"{"Name":"Acme Inc.","NumberOfEmployees":null,"Phone":""}"#,
        )
        .await;
    answer.is(204, "");
    let record = session.get(&path).await.json();
    assert_eq!(record["Name"], "Acme Inc.");
    assert!(record["NumberOfEmployees"].is_null() && record["Phone"].is_null());
    assert_eq!(record["IsDeleted"], false);
    assert_eq!(record["OwnerId"], record["CreatedById"]);
    let created = record["CreatedDate"].as_str().unwrap();
    assert!(
        created.ends_with(".000+0000") && created.len() == 28,
        "{created}"
    );

    session.delete(&path).await.is(204, "");
    session.delete(&path).await.is(404, DELETED);
    session.get(&path).await.is(404, DELETED);
    session.write("PATCH", &path, "{}").await.is(404, DELETED);
    assert_eq!(session.fake.record_count("Account"), before);
}

#[tokio::test]
async fn ids_that_are_not_there() {
    let session = Session::start().await;
    let gone = sobjects("Account/001000000000001AAA");
    session.get(&gone).await.is(404, NOT_FOUND);
    session.write("PATCH", &gone, "{}").await.is(404, NOT_FOUND);
    session.delete(&gone).await.is(
        404,
        r#"[{"message":"invalid cross reference id","errorCode":"INVALID_CROSS_REFERENCE_KEY","fields":[]}]"#,
    );
    for id in ["003000000000001AAA", "001000000000001ZZZ"] {
        session.get(&sobjects(&format!("Account/{id}"))).await.is(
            400,
            &format!(
                r#"[{{"message":"Account ID: id value of incorrect type: {id}","errorCode":"MALFORMED_ID","fields":["Id"]}}]"#
            ),
        );
    }
    session.get(&sobjects("Account/what")).await.is(
        404,
        r#"[{"message":"Provided external ID field does not exist or is not accessible: what","errorCode":"NOT_FOUND"}]"#,
    );
    session
        .get(&sobjects("Unicorn/001000000000001AAA"))
        .await
        .is(404, NOT_FOUND);
    session
        .write("POST", &sobjects("Unicorn"), "{}")
        .await
        .is(404, NOT_FOUND);
    assert_eq!(session.fake.not_understood().len(), 2);
}

#[tokio::test]
async fn bad_values() {
    let session = Session::start().await;
    let long = format!(r#"{{"LastName":"{}"}}"#, "x".repeat(81));
    let gone = r#"{"LastName":"x","AccountId":"001000000000001AAA"}"#;
    let cases = [
        (
            "Account",
            r#"{"foo":1}"#,
            "INVALID_FIELD",
            "No such column 'foo' on sobject of type Account",
            None,
        ),
        (
            "Account",
            "{}",
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [Name]",
            Some(r#"["Name"]"#),
        ),
        (
            "Account",
            r#"{"Name":""}"#,
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [Name]",
            Some(r#"["Name"]"#),
        ),
        (
            "Opportunity",
            r#"{"Name":"x"}"#,
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [StageName, CloseDate]",
            Some(r#"["StageName","CloseDate"]"#),
        ),
        (
            "Account",
            r#"{"Id":"x"}"#,
            "INVALID_FIELD",
            "The Id field should not be specified in the sobject data.",
            None,
        ),
        (
            "Account",
            r#"{"Name":"x","IsDeleted":true}"#,
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "Unable to create/update fields: IsDeleted.",
            Some(r#"["IsDeleted"]"#),
        ),
        (
            "Account",
            r#"{"Name":5}"#,
            "JSON_PARSER_ERROR",
            "Cannot deserialize instance of string from VALUE_NUMBER_INT value 5",
            None,
        ),
        (
            "Account",
            r#"{"Name":"x","NumberOfEmployees":"many"}"#,
            "JSON_PARSER_ERROR",
            "Cannot deserialize instance of int from VALUE_STRING value many",
            None,
        ),
        (
            "Account",
            r#"{"Name":"x","NumberOfEmployees":1.5}"#,
            "JSON_PARSER_ERROR",
            "VALUE_NUMBER_FLOAT value 1.5",
            None,
        ),
        (
            "Contact",
            r#"{"LastName":"x","Birthdate":"2000-02-30"}"#,
            "JSON_PARSER_ERROR",
            "instance of date",
            None,
        ),
        (
            "Contact",
            r#"{"LastName":"x","HasOptedOutOfEmail":"perhaps"}"#,
            "JSON_PARSER_ERROR",
            "instance of boolean",
            None,
        ),
        (
            "Account",
            r#"{"Name":"x""#,
            "JSON_PARSER_ERROR",
            "at [line:1, column:11]",
            None,
        ),
        ("Account", "[]", "JSON_PARSER_ERROR", "START_ARRAY", None),
        (
            "Account",
            "",
            "JSON_PARSER_ERROR",
            "The HTTP entity body is required",
            None,
        ),
        (
            "Contact",
            r#"{"LastName":"x","Email":"nobody"}"#,
            "INVALID_EMAIL_ADDRESS",
            "Email: invalid email address: nobody",
            Some(r#"["Email"]"#),
        ),
        (
            "Contact",
            &long,
            "STRING_TOO_LONG",
            "LastName: data value too large: xxx",
            Some(r#"["LastName"]"#),
        ),
        (
            "Account",
            r#"{"Name":"x","Tier__c":"Wood"}"#,
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "Tier__c: bad value for restricted picklist field: Wood",
            Some(r#"["Tier__c"]"#),
        ),
        (
            "Contact",
            gone,
            "INVALID_CROSS_REFERENCE_KEY",
            "invalid cross reference id",
            Some(r#"["AccountId"]"#),
        ),
        (
            "Contact",
            r#"{"LastName":"x","AccountId":"003000000000001AAA"}"#,
            "MALFORMED_ID",
            "Account ID: id value of incorrect type: 003000000000001AAA",
            Some(r#"["AccountId"]"#),
        ),
        (
            "Account",
            r#"{"Name":"x","External_Key__c":"acc-0001"}"#,
            "DUPLICATE_VALUE",
            "duplicate value found: External_Key__c duplicates value on record with id: 001",
            Some("[]"),
        ),
    ];
    for (object, body, code, message, fields) in cases {
        let answer = session
            .write("POST", &sobjects(object), body.to_owned())
            .await;
        assert_eq!(answer.status, 400, "{body}");
        let error = answer.json()[0].clone();
        assert_eq!(error["errorCode"], code, "{body}");
        assert!(
            error["message"].as_str().unwrap().contains(message),
            "{body}: {error}"
        );
        assert_eq!(
            error.get("fields").map(ToString::to_string).as_deref(),
            fields,
            "{body}"
        );
    }
    assert_eq!(session.fake.record_count("Account"), 12);
}

#[tokio::test]
async fn values_that_are_put_right() {
    let session = Session::start().await;
    let body = r#"{"LastName":"x","HasOptedOutOfEmail":"true","Account":{"External_Key__c":"ACC-0002"},"attributes":{}}"#;
    let id = session.create("Contact", body).await;
    // A limit counts characters, not bytes.
    session
        .create(
            "Contact",
            &format!(r#"{{"LastName":"{}"}}"#, "é".repeat(80)),
        )
        .await;
    let contact = session
        .get(&sobjects(&format!("Contact/{id}")))
        .await
        .json();
    assert_eq!(contact["HasOptedOutOfEmail"], true);
    assert_eq!(contact["Name"], "x");
    let account = session
        .get(&sobjects(&format!("Contact/{id}/Account?fields=Name")))
        .await
        .json();
    assert_eq!(account["Name"], "Blue Harbor Shipping");
    let answer = session
        .write(
            "POST",
            &sobjects("Contact"),
            r#"{"LastName":"x","Account":{"External_Key__c":"no"}}"#,
        )
        .await;
    assert_eq!(
        (answer.status, answer.json()[0]["errorCode"].as_str()),
        (400, Some("INVALID_FIELD"))
    );
}

#[tokio::test]
async fn what_http_itself_forbids() {
    let session = Session::start().await;
    let bearer = session.bearer();
    let auth = ("Authorization", bearer.as_str());
    for headers in [&[auth][..], &[auth, ("Content-Type", "text/plain")]] {
        let answer = session
            .send("POST", &sobjects("Account"), headers, r#"{"Name":"x"}"#)
            .await;
        assert_eq!(answer.status, 415);
        assert_eq!(answer.json()[0]["errorCode"], "UNSUPPORTED_MEDIA_TYPE");
    }
    let id = session.first_id("Account", "Name LIKE 'N%'").await;
    for (method, path) in [
        ("PUT", sobjects("Account")),
        ("DELETE", sobjects("Account")),
        ("PUT", sobjects(&format!("Account/{id}"))),
        ("POST", sobjects(&format!("Account/{id}"))),
        ("POST", "/services/data/v66.0/query?q=x".to_owned()),
        ("GET", "/services/data/v66.0/composite".to_owned()),
    ] {
        let answer = session.write(method, &path, "{}").await;
        assert_eq!(answer.status, 405, "{method} {path}");
        assert_eq!(answer.json()[0]["errorCode"], "METHOD_NOT_ALLOWED");
    }
    // For clients that know no PATCH.
    let path = sobjects(&format!("Account/{id}?_HttpMethod=PATCH"));
    session
        .write("POST", &path, r#"{"Rating":"Hot"}"#)
        .await
        .is(204, "");
    let head = session
        .send("HEAD", &sobjects(&format!("Account/{id}")), &[auth], "")
        .await;
    head.is(200, "");
}

#[tokio::test]
async fn unknown_paths_are_noted() {
    let session = Session::start().await;
    for path in [
        "/services/data/v66.0/limits",
        "/services/data/v66.0/sobjects/Account/describe/x/y",
        "/wp-login.php",
    ] {
        let answer = session.get(path).await;
        answer.is(404, NOT_FOUND);
    }
    assert_eq!(
        session.fake.not_understood()[0],
        "GET /services/data/v66.0/limits"
    );
    assert_eq!(session.fake.not_understood().len(), 3);
}

#[tokio::test]
async fn thirty_megabytes_come_and_go() {
    let session = Session::start().await;
    let notes = "é".repeat(15 << 20);
    let id = session
        .create(
            "Account",
            &format!(r#"{{"Name":"Large","Notes__c":"{notes}"}}"#),
        )
        .await;
    let record = session
        .get(&sobjects(&format!("Account/{id}?fields=Notes__c")))
        .await
        .json();
    assert!(record["Notes__c"].as_str() == Some(notes.as_str()));
}
