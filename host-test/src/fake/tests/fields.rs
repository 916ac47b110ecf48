use serde_json::json;

use super::metadata::{AMOUNT, NAME_FIELD, NAMESPACE, create, field, grant, object, results};
use super::{Session, sobjects};

#[tokio::test]
async fn a_new_object_has_records_and_a_new_field_must_be_granted() {
    let session = Session::start().await;
    let answer = create(&session, "CustomObject", "Invoice__c", &object(AMOUNT)).await;
    assert_eq!(
        answer.text,
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="{NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><createMetadataResponse><result><fullName>Invoice__c</fullName><success>true</success></result></createMetadataResponse></soapenv:Body></soapenv:Envelope>"#
        )
    );
    let id = session.create("Invoice__c", r#"{"Name":"I-1"}"#).await;
    let path = sobjects(&format!("Invoice__c/{id}"));
    assert_eq!(session.get(&path).await.json().get("Amount__c"), None);
    let hidden = session.write("PATCH", &path, r#"{"Amount__c":5}"#).await;
    assert_eq!(hidden.json()[0]["errorCode"], "INVALID_FIELD");
    let soql = "SELECT Id FROM Invoice__c WHERE Amount__c > 1";
    assert_eq!(
        session.query(soql).await.json()[0]["errorCode"],
        "INVALID_FIELD"
    );

    // In a set that is nobody's it changes nothing; once that is assigned, it can be read.
    let set = session
        .first_id("PermissionSet", "Name = 'Reporting_Access'")
        .await;
    let body = json!({"ParentId": set, "SobjectType": "Invoice__c", "Field": "Invoice__c.Amount__c", "PermissionsRead": true});
    session.create("FieldPermissions", &body.to_string()).await;
    assert_eq!(session.query(soql).await.status, 400);
    let user = session.first_id("User", "Alias = 'integ'").await;
    let assign = json!({"AssigneeId": user, "PermissionSetId": set}).to_string();
    session.create("PermissionSetAssignment", &assign).await;
    assert_eq!(session.query(soql).await.status, 200);
    let read_only = session.write("PATCH", &path, r#"{"Amount__c":5}"#).await;
    assert_eq!(
        read_only.json()[0]["errorCode"],
        "INVALID_FIELD_FOR_INSERT_UPDATE"
    );
    let again = session
        .write("POST", &sobjects("PermissionSetAssignment"), assign)
        .await;
    assert_eq!(again.json()[0]["errorCode"], "DUPLICATE_VALUE");

    assert_eq!(
        grant(&session, "Invoice__c.Amount__c", true).await.status,
        201
    );
    session
        .write("PATCH", &path, r#"{"Amount__c":5}"#)
        .await
        .is(204, "");
    assert_eq!(session.query(soql).await.json()["totalSize"], 1);
    assert_eq!(
        grant(&session, "Invoice__c.Amount__c", true).await.json()[0]["errorCode"],
        "DUPLICATE_VALUE"
    );
    for field in ["Invoice__c.Nope__c", "Account.Amount__c", "Invoice__c"] {
        let refused = grant(&session, field, true).await;
        assert_eq!(
            refused.json()[0]["errorCode"],
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
        );
    }
    // And it can be submitted for approval.
    let submit = json!({"requests": [{"actionType": "Submit", "contextId": id}]});
    let answer = session
        .write(
            "POST",
            "/services/data/v66.0/process/approvals/",
            submit.to_string(),
        )
        .await;
    assert_eq!(answer.json()[0]["instanceStatus"], "Pending");
}

#[tokio::test]
async fn permissions_of_objects() {
    let session = Session::start().await;
    let set = session
        .first_id("PermissionSet", "Name = 'Integration_Access'")
        .await;
    let mut body = json!({"ParentId": set, "SobjectType": "Account", "PermissionsEdit": true});
    let post = |body: String| {
        session.write(
            "POST",
            "/services/data/v66.0/sobjects/ObjectPermissions",
            body,
        )
    };
    let answer = post(body.to_string()).await;
    assert_eq!(answer.json()[0]["errorCode"], "FIELD_INTEGRITY_EXCEPTION");
    body["PermissionsRead"] = json!(true);
    assert_eq!(post(body.to_string()).await.status, 201);
    assert_eq!(
        post(body.to_string()).await.json()[0]["errorCode"],
        "DUPLICATE_VALUE"
    );
    body["SobjectType"] = json!("Nope__c");
    assert_eq!(post(body.to_string()).await.status, 400);
    let soql = "SELECT Parent.Label, Parent.Profile.Name FROM ObjectPermissions WHERE SobjectType = 'Account'";
    assert_eq!(
        session.query(soql).await.json()["records"][0]["Parent"]["Label"],
        "Integration Access"
    );
    let soql = "SELECT PermissionSet.Profile.Name FROM PermissionSetAssignment WHERE Assignee.Alias = 'mman'";
    let found = session.query(soql).await.json();
    assert_eq!(
        found["records"][0]["PermissionSet"]["Profile"]["Name"],
        "Standard User"
    );
}

#[tokio::test]
async fn fields_of_many_types() {
    let session = Session::start().await;
    let values = "<valueSet><restricted>true</restricted><valueSetDefinition><sorted>false</sorted>\
        <value><fullName>Open</fullName><default>true</default><label>Open</label></value>\
        <value><fullName>Paid</fullName><default>false</default><label>Paid</label></value></valueSetDefinition></valueSet>";
    let own = [
        field(
            "Key__c",
            "Text",
            "<externalId>true</externalId><length>10</length><unique>true</unique>",
        ),
        field(
            "Count__c",
            "Number",
            "<defaultValue>7</defaultValue><externalId>true</externalId><precision>9</precision><scale>0</scale>",
        ),
        field("Paid__c", "Checkbox", "<defaultValue>true</defaultValue>"),
        field("State__c", "Picklist", values),
        field("Due__c", "Date", ""),
        field(
            "Text__c",
            "LongTextArea",
            "<length>300</length><visibleLines>3</visibleLines>",
        ),
        field("Place__c", "Location", "<scale>4</scale>"),
        field(
            "Serial__c",
            "AutoNumber",
            "<displayFormat>S{000}</displayFormat><startingNumber>5</startingNumber>",
        ),
        field(
            "Customer__c",
            "Lookup",
            "<referenceTo>Account</referenceTo><relationshipName>Invoices</relationshipName>",
        ),
    ];
    let number = "<nameField><displayFormat>INV-{0000}</displayFormat><label>Number</label><type>AutoNumber</type></nameField>";
    let content = object(&own.concat()).replace(NAME_FIELD, number);
    let answer = create(&session, "CustomObject", "Invoice__c", &content).await;
    assert_eq!(results(&answer), ["true"]);
    for name in [
        "Key__c",
        "Count__c",
        "Paid__c",
        "State__c",
        "Due__c",
        "Text__c",
        "Place__Latitude__s",
        "Place__Longitude__s",
        "Serial__c",
        "Customer__c",
    ] {
        let granted = grant(&session, &format!("Invoice__c.{name}"), true).await;
        assert_eq!(granted.status, 201, "{name} {}", granted.text);
    }
    let account = session.first_id("Account", "Name LIKE 'Fjord%'").await;
    let body = json!({"Key__c": "k1", "Due__c": "2026-05-01", "Text__c": "long", "Place__Latitude__s": 1.5, "Customer__c": account});
    let id = session.create("Invoice__c", &body.to_string()).await;
    let record = session.get(&sobjects("Invoice__c/Key__c/K1")).await.json();
    assert_eq!(record["Id"], json!(id));
    for (name, value) in [
        ("Name", json!("INV-0001")),
        ("Serial__c", json!("S005")),
        ("Count__c", json!(7.0)),
        ("Paid__c", json!(true)),
        ("State__c", json!("Open")),
        ("Place__Latitude__s", json!(1.5)),
    ] {
        assert_eq!(record[name], value, "{name}");
    }
    assert_eq!(
        session.get(&sobjects("Invoice__c/Count__c/7")).await.status,
        200
    );
    let found = session
        .query("SELECT Customer__r.Name FROM Invoice__c WHERE Customer__r.Industry = 'Technology'")
        .await
        .json();
    assert_eq!(
        found["records"][0]["Customer__r"]["Name"],
        "Fjord Analytics"
    );
    let children = session
        .get(&sobjects(&format!("Account/{account}/Invoices__r")))
        .await
        .json();
    assert_eq!(children["totalSize"], 1);
    for (body, code) in [
        (r#"{"Key__c":"k1"}"#, "DUPLICATE_VALUE"),
        (r#"{"Key__c":"12345678901"}"#, "STRING_TOO_LONG"),
        (
            r#"{"State__c":"Lost"}"#,
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        ),
        (r#"{"Serial__c":"x"}"#, "INVALID_FIELD_FOR_INSERT_UPDATE"),
    ] {
        let answer = session.write("POST", &sobjects("Invoice__c"), body).await;
        assert_eq!(answer.json()[0]["errorCode"], code, "{body}");
    }
    // What every record must have is seen by everybody, and cannot be granted.
    let text = "<label>Code</label><length>5</length><required>true</required><type>Text</type>";
    assert_eq!(
        results(&create(&session, "CustomField", "Account.Code__c", text).await),
        ["true"]
    );
    let missing = session
        .write("POST", &sobjects("Account"), r#"{"Name":"x"}"#)
        .await;
    assert_eq!(missing.json()[0]["fields"], json!(["Code__c"]));
    assert_eq!(grant(&session, "Account.Code__c", true).await.status, 400);
}
