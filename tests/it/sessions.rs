//! Logins, renewal, sessions as values, and where a token may go.

use crate::support::*;
use host_test::fake::{Fake, FakeConfig, Flow};
use host_test::wit::Applied;
use host_test::{Instance, NO_SETTINGS};
use serde_json::json as value;
use wiremock::{MockServer, ResponseTemplate};

const AT: &str = "/services/data/v66.0/sobjects/Account/001D000000IqhSLIAZ";
const LOGIN: &str = "/services/oauth2/token";
const EXPIRED: &str =
    r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#;

fn granted(token: &str, instance: &str) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(value!({
        "access_token": token,
        "signature": "c2lnbmVk",
        "instance_url": instance,
        "id": "https://login.salesforce.com/id/00D000000000001AAA/005000000000001AAA",
        "token_type": "Bearer",
        "issued_at": "1476977613358",
    }))
}

fn app(url: &str) -> Vec<(String, String)> {
    let pairs = [
        ("SALESFORCE_DOMAIN", url),
        ("SALESFORCE_CLIENT_ID", "3MVG9.key"),
        ("SALESFORCE_CLIENT_SECRET", "canary/secret+&="),
    ];
    and(Vec::new(), &pairs)
}

fn user(url: &str) -> Vec<(String, String)> {
    let login = format!("{url}{LOGIN}");
    let pairs = [
        ("SALESFORCE_CLIENT_ID", "3MVG9.key"),
        ("SALESFORCE_CLIENT_SECRET", "canary-secret"),
        ("SALESFORCE_USERNAME", "ada+x@example.com"),
        ("SALESFORCE_PASSWORD", "canary pass&wörd"),
        ("SALESFORCE_SECURITY_TOKEN", "canaryTOKEN"),
        ("SALESFORCE_URL_LOGIN", login.as_str()),
        (
            "SALESFORCE_SOAP_URL_LOGIN",
            "https://login.salesforce.com/services/Soap/c/45.0",
        ),
        ("SALESFORCE_VERSION", "66.0"),
    ];
    and(Vec::new(), &pairs)
}

async fn get(org: &mut Instance) -> u16 {
    org.get("Account", ID, &[], None)
        .await
        .unwrap()
        .unwrap()
        .status
}

fn login_sent(form: &str) -> Sent {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Sent {
        line: format!("POST {LOGIN}"),
        headers: vec![
            header("accept", "application/json"),
            header("content-length", &form.len().to_string()),
            header("content-type", "application/x-www-form-urlencoded"),
        ],
        body: form.to_owned(),
    }
}

/// A server with a login for `TOKEN` and a record.
async fn logins() -> MockServer {
    let server = server().await;
    on(&server, "POST", LOGIN, granted(TOKEN, &server.uri())).await;
    on(&server, "GET", AT, json(200, "{}")).await;
    server
}

#[tokio::test]
async fn client_credentials() {
    let server = logins().await;
    let mut org = instance(app(&server.uri())).await;
    assert_eq!((get(&mut org).await, get(&mut org).await), (200, 200));
    let form =
        "grant_type=client_credentials&client_id=3MVG9.key&client_secret=canary%2Fsecret%2B%26%3D";
    let get = || authorized(&format!("GET {AT}"), "");
    assert_eq!(sent(&server).await, [login_sent(form), get(), get()]);
}

/// Obelisk puts the secret in the place of its placeholder, which has another length.
#[tokio::test]
async fn a_placeholder_travels_unchanged_and_without_a_length() {
    let server = logins().await;
    let placeholder = format!("OBELISK_SECRET_{}", "0a".repeat(32));
    let secret = [("SALESFORCE_CLIENT_SECRET", placeholder.as_str())];
    let mut org = instance(and(app(&server.uri()), &secret)).await;
    assert_eq!(get(&mut org).await, 200);
    let mut login = login_sent(&format!(
        "grant_type=client_credentials&client_id=3MVG9.key&client_secret={placeholder}"
    ));
    login.headers.retain(|(name, _)| name != "content-length");
    login
        .headers
        .push(("transfer-encoding".to_owned(), "chunked".to_owned()));
    let get = authorized(&format!("GET {AT}"), "");
    assert_eq!(sent(&server).await, [login, get]);
}

#[tokio::test]
async fn user_name_and_password_with_the_eight_settings() {
    let server = logins().await;
    let mut org = instance(user(&server.uri())).await;
    assert_eq!(get(&mut org).await, 200);
    let form = "grant_type=password&client_id=3MVG9.key&client_secret=canary-secret\
                &username=ada%2Bx%40example.com&password=canary+pass%26w%C3%B6rdcanaryTOKEN";
    let get = authorized(&format!("GET {AT}"), "");
    assert_eq!(sent(&server).await, [login_sent(form), get]);
}

#[tokio::test]
async fn an_expired_session_is_renewed_once_and_the_call_repeated_once() {
    let server = server().await;
    on(&server, "POST", LOGIN, granted(TOKEN, &server.uri())).await;
    let create = "/services/data/v66.0/sobjects/Account/";
    once(&server, "POST", create, json(401, EXPIRED)).await;
    on(
        &server,
        "POST",
        create,
        json(201, r#"{"id":"1","success":true,"errors":[]}"#),
    )
    .await;
    let mut org = instance(and(
        app(&server.uri()),
        &[("SALESFORCE_ACCESS_TOKEN", "canary-old")],
    ))
    .await;
    let answer = org.create("Account", "{}", None).await.unwrap().unwrap();
    assert_eq!(
        (answer.status, &read(&answer.more)["attempts"]),
        (201, &3.into())
    );
    let all = sent(&server).await;
    let tokens: Vec<_> = all.iter().map(|sent| sent.headers[1].1.as_str()).collect();
    assert_eq!(tokens[0], "Bearer canary-old");
    assert_eq!(tokens[2], format!("Bearer {TOKEN}"));
    let posted = |at: &str| format!("POST {at}");
    assert_eq!(
        lines(&server).await,
        [posted(create), posted(LOGIN), posted(create)]
    );
}

#[tokio::test]
async fn a_session_that_stays_expired_is_a_missing_token() {
    let server = server().await;
    on(&server, "POST", LOGIN, granted(TOKEN, &server.uri())).await;
    on(&server, "GET", AT, json(401, EXPIRED)).await;
    let mut org = instance(app(&server.uri())).await;
    let failure = failed(org.get("Account", ID, &[], None).await);
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "MISSING_TOKEN", Applied::No, Some(401))
    );
    let (get, login) = (format!("GET {AT}"), format!("POST {LOGIN}"));
    assert_eq!(
        lines(&server).await,
        [&login, &get, &login, &get].map(String::as_str)
    );
}

#[tokio::test]
async fn a_401_that_is_no_expiry_makes_no_login() {
    let server = server().await;
    on(&server, "POST", LOGIN, granted(TOKEN, &server.uri())).await;
    let rest = r#"[{"message":"This session is not valid for use with the REST API","errorCode":"INVALID_SESSION_ID"}]"#;
    on(&server, "GET", AT, json(401, rest)).await;
    let mut org = instance(app(&server.uri())).await;
    let failure = failed(org.get("Account", ID, &[], None).await);
    assert_eq!(
        outline(&failure),
        (
            Kind::Permanent,
            "INVALID_SESSION_ID",
            Applied::No,
            Some(401)
        )
    );
    assert_eq!(lines(&server).await.len(), 2);
}

#[tokio::test]
async fn a_refused_login_is_made_once_and_told_in_full() {
    let server = server().await;
    let refusal = r#"{"error":"invalid_grant","error_description":"authentication failure"}"#;
    on(&server, "POST", LOGIN, json(400, refusal)).await;
    let mut org = instance(user(&server.uri())).await;
    let failure = failed(org.get("Account", ID, &[], None).await);
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "MISSING_TOKEN", Applied::No, Some(400))
    );
    assert_eq!(read(&failure.1.more)["oauth"], read(refusal));
    assert_eq!(failure.1.body, None);
    assert_eq!(lines(&server).await.len(), 1);
}

#[tokio::test]
async fn a_login_that_leads_to_another_host_fails_before_the_token_goes_there() {
    let elsewhere = server().await;
    let targets = [
        "https://evil.example".to_owned(),
        "http://salesforce.example".to_owned(),
        "https://acme.my.salesforce.com.evil.example".to_owned(),
        elsewhere
            .uri()
            .replace("127.0.0.1", "localhost.evil.example"),
    ];
    for target in targets {
        let server = server().await;
        on(&server, "POST", LOGIN, granted(TOKEN, &target)).await;
        let mut org = instance(app(&server.uri())).await;
        let failure = failed(org.get("Account", ID, &[], None).await);
        let expected = (Kind::Permanent, "MISSING_TOKEN", Applied::No, Some(200));
        assert_eq!(outline(&failure), expected, "{target}");
        assert_eq!(org.trace().len(), 1, "{target}");
        assert_eq!(org.current().await.unwrap().unwrap(), None);
    }
    assert!(lines(&elsewhere).await.is_empty());
}

#[tokio::test]
async fn the_token_goes_to_the_instance_that_the_login_names() {
    let (login, instance_host) = (server().await, server().await);
    on(&login, "POST", LOGIN, granted(TOKEN, &instance_host.uri())).await;
    on(&instance_host, "GET", AT, json(200, "{}")).await;
    assert_eq!(get(&mut instance(app(&login.uri())).await).await, 200);
    assert_eq!(lines(&login).await, [format!("POST {LOGIN}")]);
    assert_eq!(
        sent(&instance_host).await,
        [authorized(&format!("GET {AT}"), "")]
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (here, elsewhere) = (server().await, server().await);
    let away = || ResponseTemplate::new(302).insert_header("Location", elsewhere.uri().as_str());
    on(&here, "GET", AT, away()).await;
    let failure = failed(org(&here).await.get("Account", ID, &[], None).await);
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "UNKNOWN_ERROR", Applied::No, Some(302))
    );
    on(&here, "POST", LOGIN, away()).await;
    let mut org = instance(app(&here.uri())).await;
    let failure = failed(org.get("Account", ID, &[], None).await);
    assert_eq!(
        outline(&failure),
        (Kind::Permanent, "MISSING_TOKEN", Applied::No, Some(302))
    );
    assert!(lines(&elsewhere).await.is_empty());
}

#[tokio::test]
async fn a_session_is_handed_from_one_instance_to_the_next() {
    let server = logins().await;
    let mut first = instance(app(&server.uri())).await;
    assert_eq!(first.current().await.unwrap().unwrap(), None);
    let grant = first.login().await.unwrap().unwrap();
    let place = format!("{}{LOGIN}", server.uri());
    let expected = [
        ("SALESFORCE_ACCESS_TOKEN", TOKEN),
        ("SALESFORCE_INSTANCE_URL", &server.uri()),
        ("SALESFORCE_URL_LOGIN", &place),
    ];
    assert_eq!(
        grant.settings,
        expected.map(|(n, v)| (n.to_owned(), v.to_owned()))
    );
    let more = read(&grant.more);
    assert_eq!(
        (&more["flow"], &more["issuedAt"]),
        (&"client-credentials".into(), &"1476977613358".into())
    );
    assert_eq!(first.current().await.unwrap().unwrap(), Some(grant.clone()));

    let mut settings = app(&server.uri());
    settings.extend(grant.settings);
    let mut second = instance(settings).await;
    assert_eq!(get(&mut second).await, 200);
    assert_eq!(
        lines(&server).await,
        [format!("POST {LOGIN}"), format!("GET {AT}")]
    );
}

#[tokio::test]
async fn configure_takes_the_place_of_the_environment() {
    let server = logins().await;
    let mut org = host_test_instance().await;
    let (_, detail) = failed(org.get("Account", ID, &[], None).await);
    assert_eq!(
        (detail.code.as_str(), &read(&detail.more)["setting"]),
        ("MISSING_INPUT", &"SALESFORCE_CLIENT_ID".into())
    );
    org.configure(&app(&server.uri())).await.unwrap().unwrap();
    assert_eq!(get(&mut org).await, 200);

    // A wrong set changes nothing; a right one replaces all.
    let wrong = and(app(&server.uri()), &[("SALESFORCE_VERSON", "66.0")]);
    let (_, detail) = failed(org.configure(&wrong).await);
    assert_eq!(
        (detail.code.as_str(), &read(&detail.more)["setting"]),
        ("INVALID_INPUT", &"SALESFORCE_VERSON".into())
    );
    assert_eq!(get(&mut org).await, 200);
    org.configure(&given(&server.uri())).await.unwrap().unwrap();
    assert_eq!(get(&mut org).await, 200);
    assert_eq!(lines(&server).await.len(), 4);
}

async fn host_test_instance() -> Instance {
    host().instance(NO_SETTINGS).await.unwrap()
}

#[tokio::test]
async fn configure_is_refused_where_the_environment_holds_a_secret() {
    let server = logins().await;
    let mut org = instance(app(&server.uri())).await;
    let (kind, detail) = failed(org.configure(&given("https://evil.example")).await);
    assert_eq!(
        (kind, detail.code.as_str()),
        (Kind::Permanent, "INVALID_INPUT")
    );
    assert_eq!(get(&mut org).await, 200);
}

#[tokio::test]
async fn a_setting_at_fault_is_named_and_its_value_is_not() {
    let wrong = [
        ("SALESFORCE_INSTANCE_URL", "http://canary.example"),
        ("SALESFORCE_VERSION", "canary"),
        ("SALESFORCE_MAX_ATTEMPTS", "canary"),
        ("SALESFORCE_ALLOWED_HOSTS", "canary!"),
        ("SALESFORCE_URL_LOGIN", "https://canary:canary@x.example/"),
    ];
    for (name, text) in wrong {
        let settings = and(app("https://acme.my.salesforce.com"), &[(name, text)]);
        let (_, detail) = failed(instance(settings).await.get("Account", ID, &[], None).await);
        assert_eq!(read(&detail.more)["setting"], name);
        assert!(
            detail.message.contains(name) && !format!("{detail:?}").contains("canary"),
            "{detail:?}"
        );
    }
}

/// Servers that put what they were sent into what they answer.
#[tokio::test]
async fn no_secret_that_a_server_echoes_shows() {
    let echo = |status: u16| {
        move |request: &wiremock::Request| {
            let body = String::from_utf8_lossy(&request.body).into_owned();
            let token = request
                .headers
                .get("authorization")
                .map(|v| v.to_str().unwrap().to_owned());
            let said = format!("you sent {body} with {token:?}");
            let error = value!([{"errorCode": said.clone(), "message": said}]);
            ResponseTemplate::new(status)
                .set_body_json(error)
                .insert_header("etag", "canary-access")
        }
    };
    for status in [200, 400, 401, 403, 500] {
        for settings in [app, user] {
            let server = server().await;
            let any = wiremock::Mock::given(wiremock::matchers::path(LOGIN));
            any.respond_with(echo(status)).mount(&server).await;
            let mut org = instance(settings(&server.uri())).await;
            let failure = failed(org.get("Account", ID, &[], None).await);
            assert!(!format!("{failure:?}").contains("canary"), "{failure:?}");
        }
        let server = server().await;
        let any = wiremock::Mock::given(wiremock::matchers::path(
            "/services/data/v66.0/sobjects/Account/",
        ));
        any.respond_with(echo(status)).mount(&server).await;
        let failure = failed(org(&server).await.create("Account", "{}", None).await);
        assert!(!format!("{failure:?}").contains(TOKEN), "{failure:?}");
    }
}

#[tokio::test]
async fn every_flow_logs_in_at_the_fake() {
    let fake = Fake::start(FakeConfig::default()).await.unwrap();
    let flows = [
        (Flow::Bearer, "bearer", 0),
        (Flow::ClientCredentials, "client-credentials", 1),
        (Flow::UsernamePassword, "username-password", 1),
        (Flow::Jwt, "jwt-bearer", 1),
        (Flow::RefreshToken, "refresh-token", 1),
        (Flow::Soap, "soap", 1),
    ];
    for (flow, name, logins) in flows {
        let mut org = instance(fake.settings(flow)).await;
        org.query("SELECT Id FROM Account", false, None)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(org.trace().len(), 1 + logins, "{name}");
        let grant = org.current().await.unwrap().unwrap().unwrap();
        assert_eq!(read(&grant.more)["flow"], name);
        // The session serves another instance, which logs in no more.
        let mut next = instance([fake.settings(flow), grant.settings].concat()).await;
        next.query("SELECT Id FROM Account", false, None)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(next.trace().len(), 1, "{name}");
        if flow == Flow::Bearer {
            continue;
        }
        fake.expire_sessions();
        let renewed = next
            .query("SELECT Id FROM Account", false, None)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(read(&renewed.more)["attempts"], 3, "{name}");
    }
    assert_eq!(fake.not_understood(), Vec::<String>::new());
}
