use roxmltree::Document;

use super::login::setting;
use super::{Answer, Session, encode};
use crate::fake::{FakeConfig, Flow};

const XML: (&str, &str) = ("Content-Type", "text/xml; charset=UTF-8");

/// The text of the first element of this name; empty where it is not there.
pub fn text(answer: &Answer, name: &str) -> String {
    let document = Document::parse(&answer.text).unwrap();
    let found = document
        .descendants()
        .find(|node| node.has_tag_name(name) || node.tag_name().name() == name);
    found
        .and_then(|node| node.text())
        .unwrap_or_default()
        .to_owned()
}

pub async fn soap(
    session: &Session,
    path: &str,
    header: &str,
    body: &str,
    namespace: &str,
) -> Answer {
    let envelope = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><env:Header xmlns="{namespace}">{header}</env:Header><env:Body xmlns="{namespace}">{body}</env:Body></env:Envelope>"#
    );
    let path = format!("/services/Soap/{path}");
    session
        .send("POST", &path, &[XML, ("SOAPAction", "\"\"")], envelope)
        .await
}

async fn login(session: &Session, path: &str, user: &str, password: &str) -> Answer {
    let namespace = if path.starts_with('u') {
        "urn:partner.soap.sforce.com"
    } else {
        "urn:enterprise.soap.sforce.com"
    };
    let body = format!("<login><username>{user}</username><password>{password}</password></login>");
    soap(session, path, "", &body, namespace).await
}

fn password() -> String {
    let config = FakeConfig::default();
    format!("{}{}", config.password, config.security_token)
}

#[tokio::test]
async fn login_opens_a_session_for_rest() {
    let session = Session::start().await;
    let user = setting(&session, Flow::Soap, "SALESFORCE_USERNAME");
    let endpoint = setting(&session, Flow::Soap, "SALESFORCE_SOAP_URL_LOGIN");
    let url = session.fake.url();
    assert_eq!(endpoint, format!("{url}/services/Soap/u/64.0"));
    for path in ["u/64.0", "c/45.0"] {
        let answer = login(&session, path, &user, &password()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(
            answer.header("Content-Type"),
            Some("text/xml;charset=UTF-8")
        );
        assert_eq!(text(&answer, "passwordExpired"), "false");
        assert_eq!(
            text(&answer, "serverUrl"),
            format!("{url}/services/Soap/{path}/00DFk0000004C92")
        );
        assert!(text(&answer, "metadataServerUrl").contains("/services/Soap/m/"));
        assert_eq!(text(&answer, "userFullName"), "Integration User");
        let bearer = format!("Bearer {}", text(&answer, "sessionId"));
        let soql = encode("SELECT Name FROM Organization WHERE IsSandbox = false");
        let path = format!("/services/data/v66.0/query?q={soql}");
        let answer = session
            .send("GET", &path, &[("Authorization", &bearer)], "")
            .await;
        assert_eq!(answer.json()["records"][0]["Name"], "Fake Org");
    }
}

#[tokio::test]
async fn logins_of_soap_are_refused_with_faults() {
    let session = Session::start().await;
    let config = FakeConfig::default();
    let user = config.username.as_str();
    let good = password();
    let cases = [
        (
            "u/64.0",
            "nobody@fake-org.example",
            good.as_str(),
            "sf:INVALID_LOGIN",
        ),
        ("u/64.0", user, "wrong", "sf:INVALID_LOGIN"),
        (
            "u/64.0",
            user,
            config.password.as_str(),
            "sf:LOGIN_MUST_USE_SECURITY_TOKEN",
        ),
        ("u/65.0", user, &good, "sf:UNSUPPORTED_API_VERSION"),
        ("c/30.0", user, &good, "sf:UNSUPPORTED_API_VERSION"),
        ("u/64", user, &good, "sf:UNSUPPORTED_API_VERSION"),
    ];
    for (path, user, password, code) in cases {
        let answer = login(&session, path, user, password).await;
        assert_eq!(
            (answer.status, text(&answer, "faultcode").as_str()),
            (500, code)
        );
        assert!(!answer.text.contains(&good));
    }
    let answer = login(&session, "u/64.0", user, "wrong").await;
    let said = "Invalid username, password, security token; or user locked out.";
    assert_eq!(
        text(&answer, "faultstring"),
        format!("INVALID_LOGIN: {said}")
    );
    assert_eq!(text(&answer, "exceptionCode"), "INVALID_LOGIN");

    // The namespace of the other API, another operation, no XML, and what HTTP must have.
    let other = soap(
        &session,
        "u/64.0",
        "",
        "<login/>",
        "urn:enterprise.soap.sforce.com",
    )
    .await;
    assert!(text(&other, "faultstring").starts_with("No operation available"));
    let query = soap(
        &session,
        "u/64.0",
        "",
        "<query/>",
        "urn:partner.soap.sforce.com",
    )
    .await;
    assert_eq!(
        (query.status, text(&query, "faultcode").as_str()),
        (500, "soapenv:Client")
    );
    assert!(session.fake.not_understood()[0].contains("SOAP: query"));
    let path = "/services/Soap/u/64.0";
    for (headers, body, status) in [
        (&[XML, ("SOAPAction", "login")][..], "<a>", 500),
        (&[XML], "<a/>", 500),
        (&[("SOAPAction", "login")], "<a/>", 415),
    ] {
        assert_eq!(
            session.send("POST", path, headers, body).await.status,
            status
        );
    }
}

#[tokio::test]
async fn an_expired_password_opens_a_session_for_nothing() {
    let session = Session::with(FakeConfig {
        password_expired: true,
        ..FakeConfig::default()
    })
    .await;
    let user = FakeConfig::default().username;
    let answer = login(&session, "u/64.0", &user, &password()).await;
    assert_eq!(
        (answer.status, text(&answer, "passwordExpired").as_str()),
        (200, "true")
    );
    let bearer = format!("Bearer {}", text(&answer, "sessionId"));
    let answer = session
        .send(
            "GET",
            "/services/data/v66.0/",
            &[("Authorization", &bearer)],
            "",
        )
        .await;
    assert_eq!(
        answer.json()[0]["errorCode"],
        "INVALID_OPERATION_WITH_EXPIRED_PASSWORD"
    );
}
