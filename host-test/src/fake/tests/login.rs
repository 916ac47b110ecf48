use super::{Session, sobjects};
use crate::fake::{FakeConfig, Flow};

pub const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const EXPIRED: &str =
    r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#;

pub fn setting(session: &Session, flow: Flow, name: &str) -> String {
    let settings = session.fake.settings(flow);
    settings
        .into_iter()
        .find(|(known, _)| known == name)
        .unwrap()
        .1
}

pub fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

#[tokio::test]
async fn both_flows_open_a_session() {
    let session = Session::start().await;
    let config = FakeConfig::default();
    let password = format!("{}{}", config.password, config.security_token);
    let client = [
        ("client_id", config.client_id.as_str()),
        ("client_secret", config.client_secret.as_str()),
    ];
    let user = [
        ("grant_type", "password"),
        ("username", &config.username),
        ("password", &password),
    ];
    for fields in [
        [&client[..], &[("grant_type", "client_credentials")]].concat(),
        [&client[..], &user].concat(),
    ] {
        let answer = session
            .send("POST", "/services/oauth2/token", &[FORM], form(&fields))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let body = answer.json();
        let token = body["access_token"].as_str().unwrap();
        assert!(
            token.starts_with("00D") && token.contains('!') && token.len() > 100,
            "{token}"
        );
        assert_eq!(body["instance_url"], session.fake.url());
        assert_eq!(body["token_type"], "Bearer");
        assert!(body["issued_at"].as_str().unwrap().parse::<u64>().is_ok());
        assert!(body["signature"].as_str().unwrap().len() > 40);
        assert!(
            body["id"].as_str().unwrap().contains("/id/00D")
                && body["id"].as_str().unwrap().contains("/005")
        );
        let bearer = format!("Bearer {token}");
        let answer = session
            .send(
                "GET",
                "/services/data/v66.0/",
                &[("Authorization", &bearer)],
                "",
            )
            .await;
        assert_eq!(answer.status, 200);
    }
}

#[tokio::test]
async fn logins_are_refused() {
    let session = Session::start().await;
    let config = FakeConfig::default();
    let (id, secret) = (config.client_id.as_str(), config.client_secret.as_str());
    let client = |id, secret| {
        [
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
        ]
    };
    let mut password = client(id, secret).to_vec();
    password[0].1 = "password";
    // The password without the security token.
    password.extend([
        ("username", config.username.as_str()),
        ("password", config.password.as_str()),
    ]);
    let cases = [
        (
            client("nobody", secret).to_vec(),
            "invalid_client_id",
            "client identifier invalid",
        ),
        (
            client(id, "wrong").to_vec(),
            "invalid_client",
            "invalid client credentials",
        ),
        (password, "invalid_grant", "authentication failure"),
        (
            vec![("grant_type", "magic")],
            "unsupported_grant_type",
            "grant type not supported",
        ),
        (vec![], "unsupported_grant_type", "grant type not supported"),
    ];
    for (fields, error, text) in cases {
        let answer = session
            .send("POST", "/services/oauth2/token", &[FORM], form(&fields))
            .await;
        answer.is(
            400,
            &format!(r#"{{"error":"{error}","error_description":"{text}"}}"#),
        );
    }
    // Credentials in the query are neither taken nor kept.
    let path = format!("/services/oauth2/token?{}", form(&client(id, secret)));
    assert_eq!(session.send("POST", &path, &[FORM], "").await.status, 400);
    let last = session.fake.exchanges().pop().unwrap();
    assert_eq!(
        (last.method.as_str(), last.path.as_str(), last.status),
        ("POST", "/services/oauth2/token", 400)
    );
}

#[tokio::test]
async fn calls_need_a_good_session() {
    let session = Session::start().await;
    for header in ["", "Bearer", "Bearer 00Dxx!nonsense", "Basic abc"] {
        let path = sobjects("Account/001000000000000");
        session
            .send("GET", &path, &[("Authorization", header)], "")
            .await
            .is(401, EXPIRED);
    }
    assert_eq!(session.get("/services/data/v66.0/").await.status, 200);
    session.fake.expire_sessions();
    session.get("/services/data/v66.0/").await.is(401, EXPIRED);
    let token = setting(&session, Flow::Bearer, "SALESFORCE_ACCESS_TOKEN");
    let bearer = format!("Bearer {token}");
    assert_eq!(
        session
            .send(
                "GET",
                "/services/data/v66.0/",
                &[("Authorization", &bearer)],
                ""
            )
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn settings_name_what_the_connector_wants() {
    let session = Session::start().await;
    let names = |flow| {
        session
            .fake
            .settings(flow)
            .into_iter()
            .map(|(name, _)| name)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(
        names(Flow::Bearer),
        "SALESFORCE_ACCESS_TOKEN SALESFORCE_INSTANCE_URL SALESFORCE_VERSION"
    );
    assert_eq!(
        names(Flow::ClientCredentials),
        "SALESFORCE_CLIENT_ID SALESFORCE_CLIENT_SECRET SALESFORCE_DOMAIN SALESFORCE_VERSION"
    );
    assert_eq!(
        names(Flow::UsernamePassword),
        "SALESFORCE_CLIENT_ID SALESFORCE_CLIENT_SECRET SALESFORCE_USERNAME SALESFORCE_PASSWORD \
         SALESFORCE_SECURITY_TOKEN SALESFORCE_URL_LOGIN SALESFORCE_VERSION"
    );
    assert_eq!(
        names(Flow::Jwt),
        "SALESFORCE_CLIENT_ID SALESFORCE_PRIVATE_KEY SALESFORCE_USERNAME SALESFORCE_URL_LOGIN SALESFORCE_VERSION"
    );
    assert_eq!(
        names(Flow::RefreshToken),
        "SALESFORCE_CLIENT_ID SALESFORCE_CLIENT_SECRET SALESFORCE_REFRESH_TOKEN SALESFORCE_DOMAIN SALESFORCE_VERSION"
    );
    assert_eq!(
        names(Flow::Soap),
        "SALESFORCE_USERNAME SALESFORCE_PASSWORD SALESFORCE_SECURITY_TOKEN SALESFORCE_SOAP_URL_LOGIN SALESFORCE_VERSION"
    );
    let login = setting(&session, Flow::UsernamePassword, "SALESFORCE_URL_LOGIN");
    assert_eq!(
        login,
        format!("{}/services/oauth2/token", session.fake.url())
    );
    let shown = format!("{:?} {:?}", session.fake, FakeConfig::default());
    let config = FakeConfig::default();
    for secret in [
        &config.client_secret,
        &config.password,
        &config.security_token,
        &session.token,
    ] {
        assert!(!shown.contains(secret), "{secret} is shown");
    }
}

#[tokio::test]
async fn versions_are_free_and_old_ones_are_gone() {
    let session = Session::start().await;
    let answer = session.send("GET", "/services/data/", &[], "").await;
    assert_eq!(
        (answer.status, answer.header("Sforce-Limit-Info")),
        (200, None)
    );
    let versions = answer.json();
    let last = versions.as_array().unwrap().last().unwrap();
    assert_eq!(
        last.to_string(),
        r#"{"label":"Summer '26","url":"/services/data/v67.0","version":"67.0"}"#
    );
    assert_eq!(session.get("/services/data/v30.0/").await.status, 410);
    assert_eq!(
        session
            .get("/services/data/v21.0/sobjects/Account/x")
            .await
            .status,
        410
    );
    for version in ["v99.0", "v20.0", "66.0", "v66", "v66.1"] {
        let answer = session.get(&format!("/services/data/{version}/")).await;
        answer.is(
            404,
            r#"[{"message":"The requested resource does not exist","errorCode":"NOT_FOUND"}]"#,
        );
    }
    assert!(
        session
            .get("/services/data/v40.0/")
            .await
            .header("Warning")
            .unwrap()
            .starts_with("299 - ")
    );
    assert_eq!(
        session.get("/services/data/v41.0/").await.header("Warning"),
        None
    );
}

#[tokio::test]
async fn usage_counts_up() {
    let session = Session::start().await;
    for count in 1..=3 {
        let answer = session.get("/services/data/v66.0/").await;
        assert_eq!(
            answer.header("Sforce-Limit-Info"),
            Some(format!("api-usage={count}/15000").as_str())
        );
    }
}
