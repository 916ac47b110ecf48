use roxmltree::Document;
use serde_json::json;

use super::soap::{soap, text};
use super::{Answer, Session, sobjects};
use crate::fake::{FakeConfig, Flow, TokenForm};

pub const NAMESPACE: &str = "http://soap.sforce.com/2006/04/metadata";

pub const NAME_FIELD: &str = "<nameField><label>Invoice Name</label><type>Text</type></nameField>";

/// An object without its name, and what is described of it.
pub fn object(fields: &str) -> String {
    format!(
        "<deploymentStatus>Deployed</deploymentStatus><description>Money &amp; dates</description>{fields}\
         <label>Invoice</label>{NAME_FIELD}<pluralLabel>Invoices</pluralLabel><sharingModel>ReadWrite</sharingModel>"
    )
}

pub const AMOUNT: &str = "<fields><fullName>Amount__c</fullName><externalId>false</externalId><label>Amount</label>\
    <precision>18</precision><scale>2</scale><type>Currency</type></fields>";

pub async fn call(session: &Session, body: &str) -> Answer {
    call_with(session, "", body).await
}

pub async fn call_with(session: &Session, header: &str, body: &str) -> Answer {
    let token = &session.token;
    let header = format!("<SessionHeader><sessionId>{token}</sessionId></SessionHeader>{header}");
    soap(session, "m/66.0", &header, body, NAMESPACE).await
}

pub fn component(kind: &str, name: &str, content: &str) -> String {
    format!(r#"<metadata xsi:type="{kind}"><fullName>{name}</fullName>{content}</metadata>"#)
}

pub async fn create(session: &Session, kind: &str, name: &str, content: &str) -> Answer {
    let component = component(kind, name, content);
    call(
        session,
        &format!("<createMetadata>{component}</createMetadata>"),
    )
    .await
}

/// `success` and `statusCode` of each result.
pub fn results(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    let document = Document::parse(&answer.text).unwrap();
    let results = document
        .descendants()
        .filter(|node| node.tag_name().name() == "result");
    let text = |node: roxmltree::Node, name: &str| {
        let found = node
            .descendants()
            .find(|node| node.tag_name().name() == name);
        found
            .and_then(|node| node.text())
            .unwrap_or_default()
            .to_owned()
    };
    results
        .map(|result| {
            format!("{} {}", text(result, "success"), text(result, "statusCode"))
                .trim()
                .to_owned()
        })
        .collect()
}

pub async fn grant(session: &Session, field: &str, edit: bool) -> Answer {
    let set = session
        .first_id("PermissionSet", "Name = 'Integration_Access'")
        .await;
    let object = field.split('.').next().unwrap();
    let body = json!({"ParentId": set, "SobjectType": object, "Field": field,
        "PermissionsRead": true, "PermissionsEdit": edit});
    session
        .write("POST", &sobjects("FieldPermissions"), body.to_string())
        .await
}

pub fn field(name: &str, kind: &str, rest: &str) -> String {
    format!("<fields><fullName>{name}</fullName><label>x</label><type>{kind}</type>{rest}</fields>")
}

#[tokio::test]
async fn components_that_fail() {
    let session = Session::start().await;
    let good = object("");
    assert_eq!(
        results(&create(&session, "CustomObject", "Invoice__c", &good).await),
        ["true"]
    );
    let without = |element: &str| {
        let (start, end) = (format!("<{element}>"), format!("</{element}>"));
        let from = good.find(&start).unwrap();
        // The label of the object is the first that is not within another element.
        let to = good.find(&end).unwrap() + end.len();
        format!("{}{}", good.split_at(from).0, good.split_at(to).1)
    };
    let text = "<label>x</label><length>5</length><type>Text</type>";
    let integrity = "FIELD_INTEGRITY_EXCEPTION";
    let cases = [
        (
            "CustomObject",
            "invoice__c",
            good.clone(),
            "DUPLICATE_DEVELOPER_NAME",
        ),
        ("CustomObject", "Größe__c", good.clone(), integrity),
        ("CustomObject", "1st__c", good.clone(), integrity),
        ("CustomObject", "A__b__c", good.clone(), integrity),
        ("CustomObject", "Plain", good.clone(), integrity),
        ("CustomObject", "X__c", without("label"), integrity),
        (
            "CustomObject",
            "X__c",
            without("pluralLabel"),
            "REQUIRED_FIELD_MISSING",
        ),
        (
            "CustomObject",
            "X__c",
            without("nameField"),
            "REQUIRED_FIELD_MISSING",
        ),
        (
            "CustomObject",
            "X__c",
            without("deploymentStatus"),
            "REQUIRED_FIELD_MISSING",
        ),
        (
            "CustomObject",
            "X__c",
            without("sharingModel"),
            "REQUIRED_FIELD_MISSING",
        ),
        // A field that fails takes its object along.
        (
            "CustomObject",
            "X__c",
            object(&field("T__c", "Text", "")),
            integrity,
        ),
        (
            "CustomField",
            "Invoice__c.T__c",
            text.replace("<length>5</length>", ""),
            integrity,
        ),
        (
            "CustomField",
            "Invoice__c.T__c",
            text.replace("Text", "Phone"),
            integrity,
        ),
        (
            "CustomField",
            "Invoice__c.T__c",
            text.replace("<length>5</length>", "<length>256</length>"),
            integrity,
        ),
        (
            "CustomField",
            "Invoice__c.T__c",
            "<label>x</label><type>Checkbox</type>".to_owned(),
            integrity,
        ),
        (
            "CustomField",
            "Invoice__c.T__c",
            "<label>x</label><referenceTo>No__c</referenceTo><type>Lookup</type>".to_owned(),
            integrity,
        ),
        (
            "CustomField",
            "Invoice__c.T__c",
            "<length>5</length><type>Text</type>".to_owned(),
            integrity,
        ),
        (
            "CustomField",
            "Invoice__c.Tä__c",
            text.to_owned(),
            integrity,
        ),
        (
            "CustomField",
            "No__c.T__c",
            text.to_owned(),
            "INVALID_CROSS_REFERENCE_KEY",
        ),
        (
            "CustomField",
            "T__c",
            text.to_owned(),
            "INVALID_FIELD_FULL_NAME",
        ),
        (
            "CustomField",
            "Account.Tier__c",
            text.to_owned(),
            "DUPLICATE_DEVELOPER_NAME",
        ),
    ];
    for (kind, name, content, code) in cases {
        let answer = create(&session, kind, name, &content).await;
        assert_eq!(
            results(&answer),
            [format!("false {code}")],
            "{name} {content}"
        );
        assert!(
            answer
                .text
                .contains(&format!("<fullName>{name}</fullName>"))
        );
    }
    assert_eq!(session.query("SELECT Id FROM X__c").await.status, 400);

    // One of two fails; with the header, the other does as well.
    let both = [
        component("CustomObject", "A__c", &good),
        component("CustomObject", "Invoice__c", &good),
    ];
    let body = format!("<createMetadata>{}</createMetadata>", both.concat());
    let header = "<AllOrNoneHeader><allOrNone>true</allOrNone></AllOrNoneHeader>";
    let duplicate = "false DUPLICATE_DEVELOPER_NAME";
    assert_eq!(
        results(&call_with(&session, header, &body).await),
        ["false ALL_OR_NONE_OPERATION_ROLLED_BACK", duplicate]
    );
    assert_eq!(session.query("SELECT Id FROM A__c").await.status, 400);
    assert_eq!(results(&call(&session, &body).await), ["true", duplicate]);
    assert_eq!(session.query("SELECT Id FROM A__c").await.status, 200);
}

#[tokio::test]
async fn calls_that_fail_whole() {
    let session = Session::start().await;
    let many = component("CustomObject", "A__c", &object("")).repeat(11);
    let twice = |content: &str| {
        format!(
            "<createMetadata>{}</createMetadata>",
            component("CustomObject", "A__c", content)
        )
    };
    let cases = [
        (
            format!("<createMetadata>{many}</createMetadata>"),
            "sf:LIMIT_EXCEEDED",
            "LIMIT_EXCEEDED",
        ),
        (
            twice(&object("<colour>red</colour>")),
            "soapenv:Client",
            "invalid at this location in type CustomObject",
        ),
        (
            twice(&object(&field("T__c", "Strng", ""))),
            "soapenv:Client",
            "'Strng' is not a valid value for the enum 'FieldType'",
        ),
        (
            twice(&object("").replace("ReadWrite", "Everybody")),
            "soapenv:Client",
            "enum 'SharingModel'",
        ),
        (
            twice(&object("<enableReports>yes</enableReports>")),
            "soapenv:Client",
            "xsd:boolean",
        ),
        (
            twice(r#"<label xmlns="">x</label>"#),
            "soapenv:Client",
            "Element {}label invalid",
        ),
        (
            twice("").replace("CustomObject", "Layout"),
            "soapenv:Client",
            "'Layout'",
        ),
        (
            "<describeMetadata/>".to_owned(),
            "soapenv:Client",
            "No operation available",
        ),
    ];
    for (body, code, said) in cases {
        let answer = call(&session, &body).await;
        assert_eq!(
            (answer.status, text(&answer, "faultcode").as_str()),
            (500, code),
            "{said}"
        );
        assert!(
            text(&answer, "faultstring").contains(said),
            "{}",
            answer.text
        );
    }

    let body = twice(&object(""));
    let bad = "<SessionHeader><sessionId>00Dxx!nonsense</sessionId></SessionHeader>";
    let answer = soap(&session, "m/66.0", bad, &body, NAMESPACE).await;
    assert_eq!(
        (answer.status, text(&answer, "faultcode").as_str()),
        (500, "sf:INVALID_SESSION_ID")
    );
    assert_eq!(call(&session, &body).await.status, 200);
    session.fake.expire_sessions();
    assert_eq!(
        text(&call(&session, &body).await, "faultcode"),
        "sf:INVALID_SESSION_ID"
    );
    let version = soap(&session, "m/30.0", bad, &body, NAMESPACE).await;
    assert_eq!(text(&version, "faultcode"), "sf:UNSUPPORTED_API_VERSION");

    // A good token in the form of a JWT opens REST alone.
    let config = FakeConfig {
        token_form: TokenForm::Jwt,
        ..FakeConfig::default()
    };
    let session = Session::with(config).await;
    assert_eq!(session.get("/services/data/v66.0/").await.status, 200);
    assert_eq!(
        text(&call(&session, &body).await, "faultcode"),
        "sf:INVALID_SESSION_ID"
    );
    assert_eq!(
        session.fake.settings(Flow::Bearer)[0].1.split('.').count(),
        3
    );
}

#[tokio::test]
async fn components_are_changed_read_and_removed() {
    let session = Session::start().await;
    let upsert = |content: String| {
        let component = component("CustomObject", "Invoice__c", &content);
        format!("<upsertMetadata>{component}</upsertMetadata>")
    };
    let made = call(&session, &upsert(object(AMOUNT))).await;
    assert!(made.text.contains("<result><created>true</created><fullName>Invoice__c</fullName><success>true</success></result>"), "{}", made.text);
    let again = call(
        &session,
        &upsert(object(AMOUNT).replace(">Invoice<", ">Bill<")),
    )
    .await;
    assert!(again.text.contains("<created>false</created>"));
    let update = |content: &str| {
        let component = component("CustomField", "Invoice__c.Amount__c", content);
        format!("<updateMetadata>{component}</updateMetadata>")
    };
    let number = "<label>Total</label><precision>5</precision><scale>0</scale><type>Number</type>";
    assert_eq!(results(&call(&session, &update(number)).await), ["true"]);
    let unknown = update(number).replace("Amount", "Nope");
    assert_eq!(
        results(&call(&session, &unknown).await),
        ["false INVALID_CROSS_REFERENCE_KEY"]
    );

    let read = |kind: &str, names: &str| {
        format!("<readMetadata><type>{kind}</type>{names}</readMetadata>")
    };
    let answer = call(
        &session,
        &read(
            "CustomObject",
            "<fullNames>Invoice__c</fullNames><fullNames>No__c</fullNames>",
        ),
    )
    .await;
    assert!(
        answer.text.contains(
            r#"<result><records xsi:type="CustomObject"><fullName>Invoice__c</fullName><deploymentStatus>Deployed</deploymentStatus><description>Money &amp; dates</description><fields><fullName>Amount__c</fullName><label>Total</label><precision>5</precision><scale>0</scale><type>Number</type></fields><label>Bill</label>"#
        ),
        "{}",
        answer.text
    );
    assert!(answer.text.ends_with(r#"</records><records xsi:nil="true"/></result></readMetadataResponse></soapenv:Body></soapenv:Envelope>"#));
    let answer = call(
        &session,
        &read("CustomField", "<fullNames>invoice__c.amount__c</fullNames>"),
    )
    .await;
    assert_eq!(text(&answer, "fullName"), "Invoice__c.Amount__c");

    grant(&session, "Invoice__c.Amount__c", true).await;
    let id = session.create("Invoice__c", r#"{"Amount__c":3}"#).await;
    let record = session
        .get(&sobjects(&format!("Invoice__c/{id}")))
        .await
        .json();
    assert_eq!(
        (record["Name"].as_str(), record["Amount__c"].as_f64()),
        (id.get(..15), Some(3.0))
    );
    let remove = |kind: &str, name: &str| {
        format!("<deleteMetadata><type>{kind}</type><fullNames>{name}</fullNames></deleteMetadata>")
    };
    assert_eq!(
        results(&call(&session, &remove("CustomField", "Invoice__c.Amount__c")).await),
        ["true"]
    );
    let record = session
        .get(&sobjects(&format!("Invoice__c/{id}")))
        .await
        .json();
    assert_eq!(
        (record.get("Amount__c"), record["Name"].as_str()),
        (None, id.get(..15))
    );
    let gone = "false INVALID_CROSS_REFERENCE_KEY";
    for (kind, name) in [
        ("CustomField", "Invoice__c.Amount__c"),
        ("CustomObject", "Account"),
    ] {
        assert_eq!(results(&call(&session, &remove(kind, name)).await), [gone]);
    }
    let remove = remove("CustomObject", "Invoice__c");
    assert_eq!(results(&call(&session, &remove).await), ["true"]);
    assert_eq!(
        session
            .get(&sobjects(&format!("Invoice__c/{id}")))
            .await
            .status,
        404
    );
    assert_eq!(results(&call(&session, &remove).await), [gone]);
    assert_eq!(
        results(&create(&session, "CustomObject", "Invoice__c", &object("")).await),
        ["true"]
    );
}
