//! Inputs and answers that mean harm: each ends in an answer or in a failure that names what is
//! wrong, and the instance goes on.

use crate::support::*;
use host_test::wit::Failure;
use host_test::{Host, Instance, Limits};
use serde_json::{Map, Value, json as value};
use wiremock::{Mock, ResponseTemplate};

/// Settings of a session at a port where nobody is.
fn nobody() -> Vec<(String, String)> {
    let more = [
        ("SALESFORCE_MAX_ATTEMPTS", "1"),
        ("SALESFORCE_DEADLINE_MS", "2000"),
    ];
    and(given("http://127.0.0.1:9"), &more)
}

/// Values that a parameter may get, as JSON.
fn values() -> Vec<String> {
    let text = |text: &str| Value::from(text).to_string();
    let mut values: Vec<String> = [
        "null",
        "true",
        "0",
        "-1",
        "1e400",
        "-1e-400",
        "1.5",
        "4294967296",
        "99999999999999999999",
        "\"\"",
        "\" \"",
        "[]",
        "[[]]",
        "{}",
        "[null]",
        "[1,\"a\"]",
        "{\"a\":1,\"a\":2}",
        "\"\\ud800\"",
        "\"\\u0000\"",
        "\"\\udc00\\ud800\"",
        "{\"\\ud800\":1}",
        "{\"\":null}",
    ]
    .map(str::to_owned)
    .to_vec();
    values.extend(
        [
            "\0",
            "a\0b",
            "\r\nX-Evil: 1\r\n\r\n",
            "\u{202e}\u{200b}\u{feff}",
            "../../etc/passwd",
            "..%2f..%2f",
            "//evil.example/",
            "https://evil.example",
            "a?b#c",
            "a b",
            "é\u{301}",
            "\u{10ffff}",
            "' OR '1'='1",
            "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///'>]>",
            "]]>",
            "%00",
            "{",
            "[",
            "{}",
            "[{}]",
            "{\"fullName\":\"A__c\",\"label\":\"\u{0}\"}",
        ]
        .map(text),
    );
    values.push(text(&"x".repeat(1_000_000)));
    values.push(text(&"é".repeat(100_001)));
    values.push(format!("[{}0]", "0,".repeat(100_000)));
    values.push(format!(
        "[{}\"001D000000IqhSLIAZ\"]",
        "\"001D000000IqhSLIAZ\",".repeat(100_000)
    ));
    values.push(format!("[{}0]", "0,".repeat(300_000)));
    values.push(format!("{}{}", "[".repeat(200_000), "]".repeat(200_000)));
    values.push(format!(
        "{}1{}",
        "{\"a\":".repeat(200_000),
        "}".repeat(200_000)
    ));
    let names: Vec<String> = (0..2_000).map(|n| format!("\"n{n}\":0")).collect();
    values.push(format!("{{{}}}", names.join(",")));
    values
}

/// A failure before a request names what is wrong.
fn check<T>(what: &str, answer: Result<Result<T, Failure>, host_test::Error>) {
    let failure = match answer {
        Ok(Ok(_)) => return,
        Ok(Err(failure)) => failure,
        Err(error) => panic!("{what}: {error}"),
    };
    let (Failure::Permanent(detail) | Failure::Transient(detail)) = failure else {
        panic!("{what}");
    };
    assert!(
        !detail.code.is_empty() && !detail.message.is_empty(),
        "{what}"
    );
    assert!(
        detail.message.len() <= 4_096,
        "{what}: {} bytes",
        detail.message.len()
    );
    let more = read(&detail.more);
    if matches!(detail.code.as_str(), "MISSING_INPUT" | "INVALID_INPUT") {
        let named = more["parameter"].is_string() || more["setting"].is_string();
        assert!(named, "{what}: {detail:?}");
    }
}

async fn works(org: &mut Instance) {
    assert!(!org.catalog().await.unwrap().unwrap().is_empty());
    let (_, detail) = failed(org.invoke("GET", "{}").await);
    assert_eq!(detail.code, "MISSING_INPUT");
}

#[tokio::test]
async fn every_action_survives_every_input() {
    let mut org = instance(nobody()).await;
    let actions = org.catalog().await.unwrap().unwrap();
    let values = values();
    for action in &actions {
        let example: Map<String, Value> =
            serde_json::from_str(&read(&action.more)["example"].to_string()).unwrap();
        let schema = read(&action.input_schema);
        let names = schema["properties"].as_object().unwrap().keys();
        for name in names.map(String::as_str).chain(["unknown\u{202e}"]) {
            for hostile in &values {
                let others = example.iter().filter(|(known, _)| *known != name);
                let mut members: Vec<String> = others
                    .map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())))
                    .collect();
                members.push(format!("{}:{hostile}", Value::from(name)));
                let input = format!("{{{}}}", members.join(","));
                let what = format!("{} {name} {hostile:.60}", action.name);
                check(&what, org.invoke(&action.name, &input).await);
            }
        }
        for hostile in &values {
            check(&action.name, org.invoke(&action.name, hostile).await);
            check(
                hostile.get(..9).unwrap_or_default(),
                org.invoke(hostile, "{}").await,
            );
        }
        let cut = read(&action.more)["example"].to_string();
        for at in 0..cut.len() {
            let start = cut.get(..at).unwrap_or_default();
            check(&action.name, org.invoke(&action.name, start).await);
        }
    }
    works(&mut org).await;
    println!("{} bytes of memory", org.memory_bytes());
    assert!(org.memory_bytes() <= 256 * 1024 * 1024);
}

#[tokio::test]
async fn every_typed_function_survives_every_text() {
    let mut org = instance(nobody()).await;
    for hostile in &values() {
        // As they are, and what they say where they are strings.
        let said = read_text(hostile);
        for text in [hostile.as_str(), said.as_str()] {
            let (what, some) = (format!("{text:.60}"), Some(text));
            let list = [text.to_owned()];
            check(&what, org.create(text, "{}", None).await);
            check(&what, org.create("Account", text, some).await);
            check(&what, org.get("Account", text, &list, None).await);
            check(&what, org.get("Account", ID, &list, some).await);
            check(
                &what,
                org.get_related("Account", ID, some, &[], some, None).await,
            );
            check(&what, org.update(text, ID, text, None).await);
            check(&what, org.delete("Account", text, some).await);
            check(&what, org.query(text, true, some).await);
            check(&what, org.query_more(text, None).await);
            check(&what, org.submit(text, some).await);
            check(&what, org.approve(text, None).await);
            check(&what, org.reject(text, some).await);
            check(&what, org.inbox(some, some, None).await);
            check(&what, org.history(text, some).await);
            check(&what, org.approve_record(ID, some, some, &list, some).await);
            check(&what, org.reject_record(text, some, None, None).await);
            check(&what, org.recall(ID, some, None).await);
            check(&what, org.create_object(text, true, some, None).await);
            check(
                &what,
                org.create_fields(text, text, false, None, some).await,
            );
            check(&what, org.read_object(text, None).await);
            check(&what, org.delete_object(text, some).await);
            check(&what, org.authorize(text, some).await);
            check(&what, org.exchange(text, text, text).await);
            let mut other = host().instance(host_test::NO_SETTINGS).await.unwrap();
            check(
                &what,
                other.configure(&[(text.to_owned(), text.to_owned())]).await,
            );
            for (name, _) in nobody() {
                check(&what, other.configure(&[(name, text.to_owned())]).await);
            }
            check(&what, other.login().await);
            works(&mut other).await;
        }
    }
    works(&mut org).await;
}

fn read_text(json: &str) -> String {
    serde_json::from_str(json).unwrap_or_default()
}

const DECISION: &str = "{\"contextId\":\"04iD0000000Cw6SIAS\"}";

/// Bodies that would take far more memory than they have bytes, once they are read; the worst of
/// them as large as a setting may allow.
fn giants() -> Vec<(&'static str, u16, String)> {
    const SIZE: usize = 52_428_800;
    // More is refused unread.
    const SOAP: usize = 16 * 1024 * 1024;
    const LESS: usize = 4_000_000;
    let filled = |size: usize, start: &str, piece: &str, end: &str| {
        let times = (size - start.len() - end.len()) / piece.len();
        [start, &piece.repeat(times), end].concat()
    };
    let envelope = "<e:Envelope xmlns:e=\"u\"><e:Body>";
    let end = "</e:Body></e:Envelope>";
    vec![
        ("zeros", 200, filled(SIZE, "[", "0,", "0]")),
        (
            "rows",
            200,
            filled(
                SIZE,
                "{\"done\":true,\"totalSize\":1,\"records\":[",
                "0,",
                "0]}",
            ),
        ),
        (
            "names",
            200,
            filled(LESS, "{\"done\":true", ",\"a\":0", "}"),
        ),
        ("zeros refused", 400, filled(LESS, "[", "0,", "0]")),
        (
            "a code",
            400,
            filled(LESS, "[{\"message\":\"m\",\"errorCode\":\"", "X", "\"}]"),
        ),
        (
            "a message",
            400,
            filled(
                SIZE,
                "[{\"errorCode\":\"X\",\"message\":\"",
                "\\u0001",
                "\"}]",
            ),
        ),
        (
            "deep",
            400,
            ["[".repeat(LESS / 2), "]".repeat(LESS / 2)].concat(),
        ),
        (
            "elements",
            200,
            filled(
                SOAP,
                &format!("{envelope}<r>"),
                "<a/>",
                &format!("</r>{end}"),
            ),
        ),
        (
            "a fault",
            500,
            filled(
                SOAP,
                &format!("{envelope}<e:Fault><faultcode>X</faultcode><faultstring>"),
                "&#1;x\"\\",
                &format!("</faultstring></e:Fault>{end}"),
            ),
        ),
        ("a tag", 200, filled(LESS, "<", "a", ">")),
        ("open", 200, filled(LESS, "", "<a>", "")),
    ]
}

/// Answers as large as a setting may allow, in the memory that a host gives by default.
#[tokio::test]
async fn giant_answers_end_in_a_failure() {
    let host: Host = host_with(Limits::default());
    for (what, status, body) in giants() {
        assert!(body.len() <= 52_428_800);
        let body_is_xml = body.starts_with('<');
        let server = server().await;
        let answer = ResponseTemplate::new(status).set_body_raw(body, "application/json");
        Mock::given(wiremock::matchers::any())
            .respond_with(answer)
            .with_priority(1)
            .mount(&server)
            .await;
        let more = [
            ("SALESFORCE_MAX_ATTEMPTS", "1"),
            ("SALESFORCE_MAX_RESPONSE_BYTES", "52428800"),
        ];
        let mut org = host
            .instance(and(given(&server.uri()), &more))
            .await
            .unwrap();
        match body_is_xml {
            true => check(what, org.read_object("Account", None).await),
            false => {
                check(what, org.query("SELECT Id FROM Account", false, None).await);
                check(what, org.approve(DECISION, None).await);
            }
        }
        works(&mut org).await;
        println!("{what}: {} bytes of memory", org.memory_bytes());
    }
}

/// Answers above the smallest limit that a setting may have, to every action.
#[tokio::test]
async fn answers_above_the_limit_fail_and_say_so() {
    let server = server().await;
    let body = value!({"padding": "x".repeat(2_000)});
    let answer = ResponseTemplate::new(200).set_body_json(body);
    Mock::given(wiremock::matchers::any())
        .respond_with(answer)
        .with_priority(1)
        .mount(&server)
        .await;
    let more = [("SALESFORCE_MAX_RESPONSE_BYTES", "1024")];
    let mut org = instance(and(given(&server.uri()), &more)).await;
    for action in org.catalog().await.unwrap().unwrap() {
        let example = read(&action.more)["example"].to_string();
        let (kind, detail) = failed(org.invoke(&action.name, &example).await);
        assert_eq!(
            (kind, detail.status),
            (Kind::Permanent, Some(200)),
            "{}",
            action.name
        );
        assert!(
            detail.message.contains("1024 bytes"),
            "{}: {}",
            action.name,
            detail.message
        );
    }
    works(&mut org).await;
}
