use std::io::{Cursor, Write};

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::metadata::{AMOUNT, NAMESPACE, grant, object};
use super::{Answer, Session};
use crate::fake::{FakeConfig, TokenForm};

const DEPLOY: &str = "/services/data/v66.0/metadata/deployRequest";

fn manifest(object: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><Package xmlns="{NAMESPACE}"><types><members>{object}</members><name>CustomObject</name></types><version>66.0</version></Package>"#
    )
}

fn file(content: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><CustomObject xmlns="{NAMESPACE}">{content}</CustomObject>"#
    )
}

fn zip(method: CompressionMethod, files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, text) in files {
        writer.start_file(*name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn body(options: &Value, archive: &[u8]) -> Vec<u8> {
    let json = json!({ "deployOptions": options });
    let head = format!(
        "--frontier\r\nContent-Disposition: form-data; name=\"json\"\r\nContent-Type: application/json\r\n\r\n{json}\r\n\
         --frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"deploy.zip\"\r\n\
         Content-Type: application/zip\r\n\r\n"
    );
    [head.as_bytes(), archive, b"\r\n--frontier--\r\n"].concat()
}

async fn post(session: &Session, kind: &str, body: Vec<u8>) -> Answer {
    let bearer = session.bearer();
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", kind)];
    session.send("POST", DEPLOY, &headers, body).await
}

/// Deploys, and looks at it until it is done; all states, and the last answer.
async fn deploy(session: &Session, options: Value, archive: &[u8]) -> (Vec<String>, Value) {
    let kind = "multipart/form-data; boundary=\"frontier\"";
    let answer = post(session, kind, body(&options, archive)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let started = answer.json();
    assert_eq!(started["deployOptions"], options);
    let path = format!(
        "{DEPLOY}/{}?includeDetails=true",
        started["id"].as_str().unwrap()
    );
    let mut states = Vec::new();
    loop {
        let mut result = session.get(&path).await.json()["deployResult"].take();
        states.push(result["status"].as_str().unwrap().to_owned());
        if result["done"] == true {
            return (states, result.take());
        }
        assert!(states.len() < 5, "{states:?}");
    }
}

fn options() -> Value {
    json!({"singlePackage": true, "rollbackOnError": true})
}

#[tokio::test]
async fn an_object_in_a_zip_becomes_an_object() {
    for (method, form) in [
        (CompressionMethod::Stored, TokenForm::Jwt),
        (CompressionMethod::Deflated, TokenForm::Opaque),
    ] {
        let config = FakeConfig {
            token_form: form,
            ..FakeConfig::default()
        };
        let session = Session::with(config).await;
        let content = file(&object(AMOUNT));
        let manifest = manifest("Invoice__c");
        let archive = zip(
            method,
            &[
                ("package.xml", &manifest),
                ("objects/Invoice__c.object", &content),
            ],
        );
        let (states, result) = deploy(&session, options(), &archive).await;
        assert_eq!(states, ["Pending", "InProgress", "Succeeded"], "{result}");
        assert_eq!(result["success"], true);
        assert_eq!(result["numberComponentsDeployed"], 2);
        let successes = &result["details"]["componentSuccesses"];
        assert_eq!(successes[0]["fullName"], "Invoice__c");
        assert_eq!(
            (&successes[0]["created"], &successes[1]["fullName"]),
            (&json!(true), &json!("Invoice__c.Amount__c"))
        );
        session.create("Invoice__c", r#"{"Name":"x"}"#).await;
        let soql = "SELECT Amount__c FROM Invoice__c";
        assert_eq!(session.query(soql).await.status, 400);
        grant(&session, "Invoice__c.Amount__c", true).await;
        assert_eq!(session.query(soql).await.status, 200);
        // Again, and it is changed.
        let (_, result) = deploy(&session, options(), &archive).await;
        assert_eq!(result["details"]["componentSuccesses"][0]["created"], false);
    }
}

#[tokio::test]
async fn it_is_only_there_at_the_end_and_never_for_a_check() {
    let session = Session::start().await;
    let (manifest, content) = (manifest("Invoice__c"), file(&object("")));
    let archive = zip(
        CompressionMethod::Stored,
        &[
            ("package.xml", &manifest),
            ("objects/Invoice__c.object", &content),
        ],
    );
    let (states, _) = deploy(
        &session,
        json!({"singlePackage": true, "checkOnly": true}),
        &archive,
    )
    .await;
    assert_eq!(states.last().unwrap(), "Succeeded");
    assert_eq!(session.query("SELECT Id FROM Invoice__c").await.status, 400);
    let answer = post(
        &session,
        "multipart/form-data; boundary=frontier",
        body(&options(), &archive),
    )
    .await;
    let path = format!("{DEPLOY}/{}", answer.json()["id"].as_str().unwrap());
    for there in [false, false, true] {
        assert_eq!(
            session.query("SELECT Id FROM Invoice__c").await.status == 200,
            there
        );
        let answer = session.get(&path).await.json();
        assert_eq!(answer["deployResult"].get("details"), None);
        assert_eq!(answer["deployResult"]["done"], there);
    }
}

#[tokio::test]
async fn deployments_that_fail() {
    let session = Session::start().await;
    let good = manifest("Invoice__c");
    let content = file(&object(""));
    let path = "objects/Invoice__c.object";
    let stored = CompressionMethod::Stored;
    let mut damaged = zip(stored, &[("package.xml", &good), (path, &content)]);
    let at = damaged
        .windows(7)
        .position(|window| window == b"Invoice")
        .unwrap();
    damaged[at] = b'i';
    let other = content.replace("ReadWrite", "Everybody");
    let lacking = content.replace("<pluralLabel>Invoices</pluralLabel>", "");
    let versionless = good.replace("<version>66.0</version>", "");
    let layouts = good.replace("CustomObject", "Layout");
    let cases = [
        (zip(stored, &[(path, &content)]), "No package.xml found"),
        (
            zip(stored, &[("package.xml", &good)]),
            "was not found in zipped directory",
        ),
        (
            zip(stored, &[("package.xml", &good), (path, &other)]),
            "Error parsing file: 'Everybody' is not a valid value",
        ),
        (
            zip(stored, &[("package.xml", &good), (path, &lacking)]),
            "Required field is missing: pluralLabel",
        ),
        (
            zip(
                stored,
                &[
                    ("package.xml", &good),
                    (path, &content),
                    ("objects/More__c.object", &content),
                ],
            ),
            "is not named in package.xml",
        ),
        (
            zip(stored, &[("package.xml", &versionless), (path, &content)]),
            "Required field is missing: version",
        ),
        (
            zip(stored, &[("package.xml", &layouts), (path, &content)]),
            "Unknown type name 'Layout'",
        ),
        (
            zip(stored, &[("in/package.xml", &good), (path, &content)]),
            "No package.xml found",
        ),
        (damaged, "The zip file cannot be read"),
        (b"not a zip".to_vec(), "The zip file cannot be read"),
    ];
    for (archive, problem) in cases {
        let (states, result) = deploy(&session, options(), &archive).await;
        assert_eq!(states.last().unwrap(), "Failed");
        let failures = &result["details"]["componentFailures"];
        let said = failures[0]["problem"].as_str().unwrap();
        assert!(said.contains(problem), "{said}");
        assert_eq!(
            (&failures[0]["success"], &failures[0]["problemType"]),
            (&json!(false), &json!("Error"))
        );
        assert_eq!(
            session.query("SELECT Id FROM Invoice__c").await.status,
            400,
            "{problem}"
        );
    }
    // In folders, where it is not a single package.
    let archive = zip(
        stored,
        &[
            ("in/package.xml", &good),
            ("in/objects/Invoice__c.object", &content),
        ],
    );
    let (states, _) = deploy(&session, json!({}), &archive).await;
    assert_eq!(states.last().unwrap(), "Succeeded");
}

#[tokio::test]
async fn bodies_that_are_not_taken() {
    let session = Session::start().await;
    let kind = "multipart/form-data; boundary=frontier";
    let good = body(&options(), b"zip");
    let text = String::from_utf8(good.clone()).unwrap();
    let cases = [
        ("application/json", good.clone(), 415),
        ("multipart/form-data", good.clone(), 400),
        ("multipart/form-data; boundary=other", good.clone(), 400),
        (kind, text.replace("--frontier--", "").into_bytes(), 400),
        (
            kind,
            text.replace("name=\"file\"", "name=\"zip\"").into_bytes(),
            400,
        ),
        (
            kind,
            text.replace("deployOptions", "options").into_bytes(),
            400,
        ),
        (kind, good, 201),
    ];
    for (kind, body, status) in cases {
        let answer = post(&session, kind, body).await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    assert_eq!(
        session
            .get(&format!("{DEPLOY}/0Af000000000001AAA"))
            .await
            .status,
        404
    );
    assert_eq!(session.get(DEPLOY).await.status, 405);
}
