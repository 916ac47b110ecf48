//! A canary in every secret, and servers that repeat whatever they got: no failure, trace, `Debug`
//! or address shows one, and no other server gets one.

use crate::support::*;
use host_test::wit::Failure;
use host_test::{Egress, Host, HostConfig, Instance};
use serde_json::{Value, json as value};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

/// Every secret has this in it, and signs that are written in another way by one form or another.
const CANARY: &str = "canary";
const KEY: &str = include_str!("../keys/pkcs8.pem");
const CALLBACK: &str = "http://localhost:1717/callback";

/// How a server repeats a request.
const ECHOES: [&str; 10] = [
    "errors", "oauth", "page", "fault", "redirect", "headers", "garbage", "success", "busy",
    "result",
];

/// All that a request carried: as it came, and as the server read it.
fn carried(request: &Request) -> String {
    let mut all = format!("{} {}", request.method, request.url);
    for (name, value) in &request.headers {
        all.push_str(&format!("\n{name}: {}", value.to_str().unwrap_or_default()));
    }
    let body = String::from_utf8_lossy(&request.body);
    let form: Vec<(String, String)> = request.url.query_pairs().into_owned().collect();
    let read = url_decoded(&body);
    format!("{all}\n{body}\n{read}\n{}\n{form:?}", xml_decoded(&body))
}

fn url_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(b) = rest.next() {
        let mut digit = || rest.next().and_then(|b| char::from(b).to_digit(16));
        match b {
            b'%' => {
                let number = digit().unwrap_or_default() * 16 + digit().unwrap_or_default();
                bytes.push(u8::try_from(number).unwrap());
            }
            b'+' => bytes.push(b' '),
            b => bytes.push(b),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn xml_decoded(text: &str) -> String {
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    text.replace("&apos;", "'").replace("&amp;", "&")
}

fn xml_encoded(text: &str) -> String {
    let plain = |c: &char| *c >= ' ' || matches!(c, '\n' | '\t');
    let text: String = text.chars().filter(plain).collect();
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn percent(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02x}")).collect()
}

/// The answer that repeats a request in this way. `elsewhere` is where redirects lead.
fn echo(way: &str, request: &Request, elsewhere: &str) -> ResponseTemplate {
    let all = carried(request);
    let list = value!([{"errorCode": all, "message": all, "fields": [all]}]);
    let fault = |status| {
        let said = xml_encoded(&all);
        let body = format!(
            "<e:Envelope xmlns:e=\"u\"><e:Body><e:Fault><faultcode>sf:{said}</faultcode>\
             <faultstring>{said}</faultstring><detail><x>{said}</x></detail></e:Fault></e:Body>\
             </e:Envelope>"
        );
        ResponseTemplate::new(status).set_body_raw(body, "text/xml")
    };
    match way {
        "errors" => ResponseTemplate::new(400).set_body_json(list),
        "busy" => ResponseTemplate::new(503).set_body_json(list),
        "oauth" => {
            let body = value!({"error": "invalid_request", "error_description": all, "more": all});
            ResponseTemplate::new(400).set_body_json(body)
        }
        "page" => {
            let body = format!("<html><pre>{}</pre>{all}</html>", xml_encoded(&all));
            ResponseTemplate::new(500).set_body_raw(body, "text/html")
        }
        "fault" => fault(500),
        "redirect" => {
            let to = format!("{elsewhere}/?{}", percent(&all));
            ResponseTemplate::new(302).insert_header("location", to)
        }
        "headers" => {
            let line = all.replace(['\r', '\n'], " ");
            let line: String = line.chars().filter(char::is_ascii).collect();
            let answer = ResponseTemplate::new(400).set_body_json(list);
            let answer = answer.insert_header("etag", line.as_str());
            answer.insert_header("warning", format!("299 - \"{line}\""))
        }
        "garbage" => ResponseTemplate::new(200).set_body_raw(all, "application/json"),
        "success" => ResponseTemplate::new(200).set_body_json(value!({
            "access_token": "00D!granted",
            "instance_url": "https://other.example.com",
            "scope": all,
        })),
        "result" => ResponseTemplate::new(200).set_body_json(value!([
            {"success": false, "errors": [{"statusCode": "X", "message": all}], "id": all}
        ])),
        other => panic!("{other}"),
    }
}

/// A server that repeats what it gets, and one that must get nothing.
async fn servers(way: &'static str) -> (MockServer, MockServer) {
    let (server, elsewhere) = (
        MockServer::builder().start().await,
        MockServer::builder().start().await,
    );
    let to = elsewhere.uri();
    let repeat = move |request: &Request| echo(way, request, &to);
    Mock::given(any()).respond_with(repeat).mount(&server).await;
    (server, elsewhere)
}

/// A host that lets everything out, so that the component alone decides.
fn open_host() -> Host {
    static HOST: std::sync::OnceLock<Host> = std::sync::OnceLock::new();
    let make = || {
        let config = HostConfig {
            trace: true,
            egress: Egress::Any,
            ..HostConfig::default()
        };
        Host::new(component(), config).unwrap()
    };
    HOST.get_or_init(make).clone()
}

fn pairs(settings: &[(&str, &str)]) -> Vec<(String, String)> {
    let tries = [("SALESFORCE_MAX_ATTEMPTS", "1")];
    and(Vec::new(), &[settings, &tries].concat())
}

/// Settings of every flow at this server, each with canaries in all of its secrets.
fn flows(url: &str) -> Vec<Vec<(String, String)>> {
    let soap = format!("{url}/services/Soap/u/64.0");
    let app = [
        ("SALESFORCE_DOMAIN", url),
        ("SALESFORCE_CLIENT_ID", "key"),
        ("SALESFORCE_CLIENT_SECRET", "canary-secret!\"<&>'%/\\ é+"),
    ];
    let user = [
        ("SALESFORCE_USERNAME", "ada@example.com"),
        ("SALESFORCE_PASSWORD", "canary-password\"<&>'/\\\t"),
        ("SALESFORCE_SECURITY_TOKEN", "canarytoken"),
    ];
    let refresh = ("SALESFORCE_REFRESH_TOKEN", "5Aep861.canary-refresh/+==");
    let token = [
        ("SALESFORCE_INSTANCE_URL", url),
        (
            "SALESFORCE_ACCESS_TOKEN",
            "00D000000000001!canary-access.x_y",
        ),
    ];
    let key = ("SALESFORCE_PRIVATE_KEY", KEY);
    vec![
        pairs(&app),
        pairs(&[&app[..], &user].concat()),
        pairs(&[&app[..], &[refresh]].concat()),
        pairs(&[app[0], app[1], user[0], key]),
        pairs(&[&user[..], &[("SALESFORCE_SOAP_URL_LOGIN", &soap)]].concat()),
        pairs(&token),
        pairs(&[&token[..], &app, &user, &[refresh]].concat()),
    ]
}

/// Nothing in a text is a secret, or a part of one.
fn sealed(what: &str, text: &str) {
    let lower = text.to_lowercase();
    let key: Vec<&str> = KEY.lines().filter(|line| line.len() == 64).collect();
    let found = lower.contains(CANARY) || key.iter().any(|line| text.contains(line));
    let decoded = [url_decoded(&lower), xml_decoded(&lower)];
    let hidden = decoded.iter().any(|text| text.contains(CANARY));
    assert!(!found && !hidden, "{what}: {text}");
}

/// The failure that a call must end in shows nothing.
fn check<T>(what: &str, answer: Result<Result<T, Failure>, host_test::Error>) {
    match answer {
        Ok(Ok(_)) => {}
        Ok(Err(failure)) => sealed(what, &format!("{failure} {failure:?}")),
        Err(error) => panic!("{what}: {error}"),
    }
}

/// What the host shows of an instance, and what the servers were asked.
async fn afterwards(what: &str, org: &mut Instance, server: &MockServer, elsewhere: &MockServer) {
    sealed(
        what,
        &format!("{:?} {org:?} {:?}", org.trace(), open_host()),
    );
    for request in server.received_requests().await.unwrap() {
        sealed(what, request.url.as_str());
    }
    assert!(
        elsewhere.received_requests().await.unwrap().is_empty(),
        "{what}"
    );
}

#[tokio::test]
async fn no_login_shows_a_secret() {
    for way in ECHOES {
        let (server, elsewhere) = servers(way).await;
        for (at, settings) in flows(&server.uri()).into_iter().enumerate() {
            let what = format!("{way}, flow {at}");
            let mut org = open_host().instance(settings).await.unwrap();
            let granted = org.login().await;
            sealed(
                &what,
                &format!("{:?}", granted.as_ref().unwrap().as_ref().ok().map(|_| ())),
            );
            check(&what, granted);
            check(&what, org.check().await);
            check(&what, org.get("Account", ID, &[], None).await);
            check(&what, org.create("Account", "{}", None).await);
            let exchanged = org
                .exchange("canary-code==", "canary-verifier", CALLBACK)
                .await;
            check(&what, exchanged);
            afterwards(&what, &mut org, &server, &elsewhere).await;
        }
    }
}

#[tokio::test]
async fn no_action_shows_a_secret() {
    let mut plain = open_host().instance(host_test::NO_SETTINGS).await.unwrap();
    let actions = plain.catalog().await.unwrap().unwrap();
    for way in ECHOES {
        let (server, elsewhere) = servers(way).await;
        let settings = flows(&server.uri()).remove(5);
        let mut org = open_host().instance(settings).await.unwrap();
        for action in &actions {
            let what = format!("{way}, {}", action.name);
            let example = read(&action.more)["example"].to_string();
            check(&what, org.invoke(&action.name, &example).await);
        }
        afterwards(way, &mut org, &server, &elsewhere).await;
    }
}

/// A session that a login grants is a secret, too, with what renews it, and the one before it.
#[tokio::test]
async fn no_granted_session_shows() {
    for way in ECHOES {
        let (server, elsewhere) = servers(way).await;
        let granted = value!({
            "access_token": "00D!canary-granted",
            "refresh_token": "5Aep.canary-rotated/",
            "instance_url": server.uri(),
        });
        let granted = ResponseTemplate::new(200).set_body_json(granted);
        on_login(&server, granted).await;
        let settings = flows(&server.uri()).remove(2);
        let mut org = open_host().instance(settings).await.unwrap();
        let grant = org.login().await.unwrap().unwrap();
        assert_eq!(
            grant
                .settings
                .iter()
                .filter(|(_, v)| v.contains(CANARY))
                .count(),
            2
        );
        sealed(way, &format!("{grant:?}"));
        let begun = org.authorize(CALLBACK, None).await.unwrap().unwrap();
        assert!(!format!("{begun:?} {}", begun.url).contains(&begun.verifier));
        for _ in 0..2 {
            check(way, org.get("Account", ID, &[], None).await);
            check(way, org.update("Account", ID, "{}", None).await);
            check(way, org.read_object("Account", None).await);
            check(way, org.login().await);
        }
        afterwards(way, &mut org, &server, &elsewhere).await;
    }
}

async fn on_login(server: &MockServer, answer: ResponseTemplate) {
    Mock::given(wiremock::matchers::path("/services/oauth2/token"))
        .respond_with(answer)
        .with_priority(1)
        .mount(server)
        .await;
}

/// A body that is cut keeps no piece of a secret, wherever the cut falls.
#[tokio::test]
async fn no_piece_of_a_secret_is_left_at_the_end_of_a_long_body() {
    let secret = format!("00D!{}", "canary-".repeat(150));
    let server = server().await;
    let at = format!("/services/data/v66.0/sobjects/Account/{ID}");
    let settings = [
        ("SALESFORCE_INSTANCE_URL", server.uri()),
        ("SALESFORCE_ACCESS_TOKEN", secret.clone()),
    ];
    let mut org = open_host().instance(settings).await.unwrap();
    for shift in [0, 17, 500, 1_000] {
        let body = format!("{}{}", "x".repeat(shift), secret.repeat(200));
        let list = value!([{"errorCode": body.clone(), "message": body.clone()}]).to_string();
        for (status, body) in [(400, body.clone()), (400, list)] {
            server.reset().await;
            on(&server, "GET", &at, json(status, &body)).await;
            check("a long body", org.get("Account", ID, &[], None).await);
        }
    }
}

/// Settings that are at fault are named, and their values are not shown.
#[tokio::test]
async fn no_setting_at_fault_shows() {
    let names = [
        "ACCESS_TOKEN",
        "CLIENT_SECRET",
        "PASSWORD",
        "PRIVATE_KEY",
        "REFRESH_TOKEN",
        "SECURITY_TOKEN",
        "ALLOWED_HOSTS",
        "AUTH",
        "CLIENT_ID",
        "DEADLINE_MS",
        "DOMAIN",
        "INSTANCE_URL",
        "MAX_ATTEMPTS",
        "REJECTIONS",
        "SANDBOX",
        "SOAP_URL_LOGIN",
        "URL_LOGIN",
        "VERSION",
    ];
    for name in names {
        let name = format!("SALESFORCE_{name}");
        for wrong in [
            "canary\n \u{1}",
            "ftp://canary@x",
            "https://canary.example/?canary",
            "-----BEGIN PRIVATE KEY-----canary",
        ] {
            let mut settings = flows("https://acme.example").remove(6);
            settings.push((name.clone(), wrong.to_owned()));
            let mut org = open_host().instance(host_test::NO_SETTINGS).await.unwrap();
            check(&name, org.configure(&settings).await);
            check(
                &name,
                org.configure(&[(wrong.to_owned(), wrong.to_owned())]).await,
            );
            let current: Value = match org.current().await.unwrap() {
                Ok(grant) => value!(format!("{grant:?}")),
                Err(failure) => value!(format!("{failure:?}")),
            };
            let shown = current.to_string().to_lowercase();
            assert!(
                !shown.contains("canary-") && !shown.contains("canary\\n"),
                "{name}: {shown}"
            );
        }
    }
}
