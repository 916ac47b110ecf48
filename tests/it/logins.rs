//! Logins with a key, a refresh token and a browser, and what `check` says of the connection.

use crate::support::*;
use base64ct::{Base64UrlUnpadded, Encoding};
use host_test::fake::{Fake, FakeConfig, Flow};
use host_test::wit::Applied;
use host_test::{Instance, Limits};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::json as value;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wiremock::ResponseTemplate;

const AT: &str = "/services/data/v66.0/sobjects/Account/001D000000IqhSLIAZ";
const LOGIN: &str = "/services/oauth2/token";
const KEY: &str = include_str!("../keys/pkcs8.pem");
const PUBLIC: &[u8] = include_bytes!("../keys/public.der");
const CALLBACK: &str = "http://localhost:1717/callback";
const SOQL: &str = "SELECT Id FROM Account LIMIT 1";

fn granted(token: &str, refresh: Option<&str>, instance: &str) -> ResponseTemplate {
    let mut body =
        value!({"access_token": token, "instance_url": instance, "token_type": "Bearer"});
    if let Some(refresh) = refresh {
        body["refresh_token"] = refresh.into();
    }
    ResponseTemplate::new(200).set_body_json(body)
}

async fn status(org: &mut Instance) -> u16 {
    let answer = org.query(SOQL, false, None).await.unwrap().unwrap();
    answer.status
}

#[tokio::test]
async fn a_key_signs_who_asks_for_whom_until_when() {
    let server = server().await;
    on(&server, "POST", LOGIN, granted(TOKEN, None, &server.uri())).await;
    on(&server, "GET", AT, json(200, "{}")).await;
    let settings = [
        ("SALESFORCE_DOMAIN", server.uri()),
        ("SALESFORCE_CLIENT_ID", "3MVG9.key".into()),
        ("SALESFORCE_USERNAME", "ada@example.com".into()),
        ("SALESFORCE_PRIVATE_KEY", KEY.replace('\n', "\\n")),
    ];
    let settings = settings.map(|(name, text)| (name.to_owned(), text));
    let mut org = instance(settings.to_vec()).await;
    let answer = org.get("Account", ID, &[], None).await.unwrap().unwrap();
    assert_eq!(answer.status, 200);

    let sent = sent(&server).await;
    assert_eq!(sent[1], authorized(&format!("GET {AT}"), ""));
    let form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=";
    let assertion = sent[0].body.strip_prefix(form).unwrap();
    let (signed, signature) = assertion.rsplit_once('.').unwrap();
    let signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, PUBLIC);
    assert!(key.verify(signed.as_bytes(), &signature).is_ok());

    let claims = signed.split_once('.').unwrap().1;
    let claims = String::from_utf8(Base64UrlUnpadded::decode_vec(claims).unwrap()).unwrap();
    let claims = read(&claims);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let left = claims["exp"].as_u64().unwrap() - now.as_secs();
    assert!((150..=180).contains(&left), "{left}");
    assert_eq!(claims["aud"], server.uri());
    assert_eq!(
        (&claims["iss"], &claims["sub"]),
        (&"3MVG9.key".into(), &"ada@example.com".into())
    );
}

#[tokio::test]
async fn a_malformed_key_is_named_and_does_not_show() {
    let settings = [
        ("SALESFORCE_CLIENT_ID", "key"),
        ("SALESFORCE_USERNAME", "u"),
        (
            "SALESFORCE_PRIVATE_KEY",
            "-----BEGIN PRIVATE KEY-----canary-----END PRIVATE KEY-----",
        ),
    ];
    let mut org = instance(and(Vec::new(), &settings)).await;
    let (kind, detail) = failed(org.login().await);
    assert_eq!(
        (kind, detail.code.as_str()),
        (Kind::Permanent, "INVALID_INPUT")
    );
    assert_eq!(read(&detail.more)["setting"], "SALESFORCE_PRIVATE_KEY");
    assert!(!format!("{detail:?}").contains("canary"));
}

#[tokio::test]
async fn a_rotated_token_goes_from_one_instance_to_the_next() {
    let server = server().await;
    let rotated = granted(TOKEN, Some("canary-two"), &server.uri());
    once(&server, "POST", LOGIN, rotated).await;
    on(
        &server,
        "POST",
        LOGIN,
        granted(TOKEN, Some("canary-three"), &server.uri()),
    )
    .await;
    let settings = |refresh: &str| {
        let pairs = [
            ("SALESFORCE_DOMAIN", server.uri()),
            ("SALESFORCE_CLIENT_ID", "key".to_owned()),
            ("SALESFORCE_REFRESH_TOKEN", refresh.to_owned()),
        ];
        pairs.map(|(name, text)| (name.to_owned(), text)).to_vec()
    };
    let mut first = instance(settings("canary-one")).await;
    let grant = first.login().await.unwrap().unwrap();
    let refresh = grant
        .settings
        .iter()
        .find(|(name, _)| name == "SALESFORCE_REFRESH_TOKEN");
    assert_eq!(refresh.unwrap().1, "canary-two");
    assert_eq!(read(&grant.more)["flow"], "refresh-token");
    assert_eq!(first.current().await.unwrap().unwrap(), Some(grant));
    instance(settings("canary-two"))
        .await
        .login()
        .await
        .unwrap()
        .unwrap();
    let bodies: Vec<_> = sent(&server)
        .await
        .into_iter()
        .map(|sent| sent.body)
        .collect();
    let form = |token| format!("grant_type=refresh_token&client_id=key&refresh_token={token}");
    assert_eq!(bodies, [form("canary-one"), form("canary-two")]);
}

#[tokio::test]
async fn a_refused_token_is_sent_once() {
    let server = server().await;
    let refusal = r#"{"error":"invalid_grant","error_description":"expired canary-one"}"#;
    on(&server, "POST", LOGIN, json(400, refusal)).await;
    let pairs = [
        ("SALESFORCE_DOMAIN", server.uri()),
        ("SALESFORCE_CLIENT_ID", "key".to_owned()),
        ("SALESFORCE_REFRESH_TOKEN", "canary-one".to_owned()),
    ];
    let mut org = instance(pairs.map(|(name, text)| (name.to_owned(), text)).to_vec()).await;
    for _ in 0..3 {
        let failure = failed(org.get("Account", ID, &[], None).await);
        let expected = (Kind::Permanent, "MISSING_TOKEN", Applied::No, Some(400));
        assert_eq!(outline(&failure), expected);
        assert!(!format!("{failure:?}").contains("canary"));
    }
    assert_eq!(lines(&server).await.len(), 1);
}

/// Follows nothing: where a browser would be sent.
async fn location(url: &str) -> String {
    let (host, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let header = |line: &str| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("location")
            .then(|| value.to_owned())
    };
    answer
        .lines()
        .find_map(header)
        .unwrap_or_else(|| panic!("{answer}"))
}

#[tokio::test]
async fn a_person_logs_in_with_a_browser() {
    let fake = Fake::start(FakeConfig::default()).await.unwrap();
    let mut settings = fake.settings(Flow::ClientCredentials);
    settings.retain(|(name, _)| *name != "SALESFORCE_CLIENT_SECRET");
    let settings: Vec<_> = settings
        .into_iter()
        .map(|(n, v)| (n.to_owned(), v))
        .collect();
    let mut org = instance(settings.clone()).await;
    let begun = org.authorize(CALLBACK, None).await.unwrap().unwrap();
    assert_eq!((begun.verifier.len(), begun.state.len()), (43, 22));
    let other = org.authorize(CALLBACK, None).await.unwrap().unwrap();
    assert!(begun.verifier != other.verifier && begun.state != other.state);

    let target = location(&begun.url).await;
    let query = target
        .strip_prefix(CALLBACK)
        .unwrap()
        .strip_prefix('?')
        .unwrap();
    let value = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        pairs
            .find(|(known, _)| *known == name)
            .unwrap()
            .1
            .replace("%3D", "=")
    };
    assert_eq!(value("state"), begun.state);
    // Another instance may end it.
    let mut org = instance(settings).await;
    let (_, detail) = failed(org.query(SOQL, false, None).await);
    assert_eq!(read(&detail.more)["setting"], "SALESFORCE_CLIENT_SECRET");
    let grant = org
        .exchange(&value("code"), &begun.verifier, CALLBACK)
        .await;
    let grant = grant.unwrap().unwrap();
    assert_eq!(read(&grant.more)["flow"], "web-server");
    assert_eq!(status(&mut org).await, 200);
    fake.expire_sessions();
    assert_eq!(status(&mut org).await, 200);
    // A code works once.
    let again = org
        .exchange(&value("code"), &begun.verifier, CALLBACK)
        .await;
    assert_eq!(failed(again).1.code, "MISSING_TOKEN");
}

#[tokio::test]
async fn every_flow_of_the_fake_works_and_is_checked() {
    let config = FakeConfig {
        lacking_permissions: vec!["ManageRoles".to_owned()],
        ..FakeConfig::default()
    };
    let fake = Fake::start(config).await.unwrap();
    for (flow, name, warns) in [
        (Flow::Bearer, "bearer", false),
        (Flow::ClientCredentials, "client-credentials", false),
        (Flow::Jwt, "jwt-bearer", false),
        (Flow::RefreshToken, "refresh-token", false),
        (Flow::UsernamePassword, "username-password", true),
        (Flow::Soap, "soap", true),
    ] {
        let mut org = instance(and(Vec::new(), &[])).await;
        let settings = fake.settings(flow);
        let settings: Vec<_> = settings
            .into_iter()
            .map(|(n, v)| (n.to_owned(), v))
            .collect();
        org.configure(&settings).await.unwrap().unwrap();
        let found = read(&org.check().await.unwrap().unwrap());
        assert_eq!(found["flow"], name);
        assert_eq!(found["org"]["edition"], "Developer Edition", "{found}");
        assert!(found["user"]["username"].is_string(), "{found}");
        assert_eq!(
            found["missingPermissions"],
            value!(["Manage Roles and Role Hierarchy"])
        );
        assert_eq!(found["permissions"][0]["held"], true, "{found}");
        assert_eq!(
            found["version"],
            value!({"inUse": "66.0", "newest": "67.0"})
        );
        let warnings = found["warnings"].to_string();
        let retiring = warnings.contains("retiring") || warnings.contains("Summer '27");
        assert_eq!(retiring, warns, "{warnings}");
    }
}

#[tokio::test]
async fn an_old_version_warns_and_a_retired_one_names_the_newest() {
    let fake = Fake::start(FakeConfig::default()).await.unwrap();
    let with = |version: &str| {
        let settings = fake.settings(Flow::Bearer);
        let settings: Vec<_> = settings
            .into_iter()
            .map(|(n, v)| (n.to_owned(), v))
            .collect();
        and(settings, &[("SALESFORCE_VERSION", version)])
    };
    let mut org = instance(with("40.0")).await;
    let answer = org.query(SOQL, false, None).await.unwrap().unwrap();
    assert!(
        read(&answer.more)["warnings"][0].is_string(),
        "{}",
        answer.more
    );
    let (_, detail) = failed(instance(with("29.0")).await.check().await);
    assert_eq!(detail.code, "INVALID_INPUT");
    assert!(
        detail.message.contains("the newest is 67.0"),
        "{}",
        detail.message
    );
}

/// Prints what it measures, for the README.
#[tokio::test]
async fn a_signature_stays_within_its_fuel() {
    let fake = Fake::start(FakeConfig::default()).await.unwrap();
    let host = host_with(Limits {
        fuel: Some(1_200_000_000),
        ..Limits::default()
    });
    let mut org = host.instance(fake.settings(Flow::Jwt)).await.unwrap();
    org.login().await.unwrap().unwrap();
    let fuel = org.fuel_used().unwrap();
    println!("a login with a key of 2,048 bits: {fuel} instructions");
}
