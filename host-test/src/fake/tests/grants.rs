use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivatePkcs1KeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};

use super::login::{FORM, form, setting};
use super::{Answer, Session};
use crate::fake::{Fake, FakeConfig, Flow, KeyForm, TokenForm, clock};

const TOKEN: &str = "/services/oauth2/token";
const REVOKE: &str = "/services/oauth2/revoke";

/// A verifier and its challenge, from RFC 7636.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn post(session: &Session, path: &str, fields: &[(&str, &str)]) -> Answer {
    session.send("POST", path, &[FORM], form(fields)).await
}

/// The error and its description.
#[track_caller]
fn refusal(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 400, "{}", answer.text);
    let body = answer.json();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("error"), text("error_description"))
}

/// The status of a call with this token.
async fn call(session: &Session, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str())];
    session
        .send("GET", "/services/data/v66.0/", &headers, "")
        .await
        .status
}

fn token(answer: &Answer, name: &str) -> String {
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()[name].as_str().unwrap().to_owned()
}

fn signed(header: &Value, claims: &Value, form: KeyForm) -> String {
    let pem = Fake::private_key_pem(form).as_bytes();
    let key = match form {
        KeyForm::Pkcs1 => RsaKeyPair::from_der(
            PrivatePkcs1KeyDer::from_pem_slice(pem)
                .unwrap()
                .secret_pkcs1_der(),
        ),
        KeyForm::Pkcs8 => RsaKeyPair::from_pkcs8(
            PrivatePkcs8KeyDer::from_pem_slice(pem)
                .unwrap()
                .secret_pkcs8_der(),
        ),
    };
    let key = key.unwrap();
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

async fn assert_with(session: &Session, assertion: &str) -> Answer {
    let kind = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    post(
        session,
        TOKEN,
        &[("grant_type", kind), ("assertion", assertion)],
    )
    .await
}

#[tokio::test]
async fn a_signed_assertion_opens_a_session() {
    let session = Session::start().await;
    let header = json!({"alg": "RS256"});
    let claims = json!({
        "iss": setting(&session, Flow::Jwt, "SALESFORCE_CLIENT_ID"),
        "sub": setting(&session, Flow::Jwt, "SALESFORCE_USERNAME"),
        "aud": "https://login.salesforce.com",
        "exp": clock::now() + 180,
    });
    for form in [KeyForm::Pkcs1, KeyForm::Pkcs8] {
        let answer = assert_with(&session, &signed(&header, &claims, form)).await;
        assert_eq!(call(&session, &token(&answer, "access_token")).await, 200);
        assert_eq!(answer.json().get("refresh_token"), None);
    }
    for audience in ["https://test.salesforce.com", &session.fake.url()] {
        let mut claims = claims.clone();
        claims["aud"] = json!(audience);
        let answer = assert_with(&session, &signed(&header, &claims, KeyForm::Pkcs8)).await;
        assert_eq!(answer.status, 200, "{audience}");
    }

    let cases = [
        (
            "aud",
            json!("https://login.salesforce.com/"),
            "Audience validation failed",
        ),
        (
            "aud",
            json!("https://elsewhere.example"),
            "Audience validation failed",
        ),
        (
            "sub",
            json!("nobody@fake-org.example"),
            "user hasn't approved this consumer",
        ),
        ("exp", json!(clock::now() - 1), "assertion expired"),
        (
            "exp",
            json!(clock::now() + 400),
            "assertion valid for more than 5 minutes",
        ),
        ("exp", json!("soon"), "invalid assertion"),
    ];
    for (name, value, description) in cases {
        let mut claims = claims.clone();
        claims[name] = value;
        let answer = assert_with(&session, &signed(&header, &claims, KeyForm::Pkcs8)).await;
        let wanted = ("invalid_grant".to_owned(), description.to_owned());
        assert_eq!(refusal(&answer), wanted);
    }
    let mut other = claims.clone();
    other["iss"] = json!("nobody");
    let answer = assert_with(&session, &signed(&header, &other, KeyForm::Pkcs8)).await;
    assert_eq!(refusal(&answer).0, "invalid_client_id");

    // Another algorithm, claims that were not signed, and no assertion at all.
    let good = signed(&header, &claims, KeyForm::Pkcs8);
    let (text, signature) = good.rsplit_once('.').unwrap();
    let none = signed(&json!({"alg": "none"}), &claims, KeyForm::Pkcs8);
    let later = URL_SAFE_NO_PAD.encode(claims.to_string().replace("login", "test"));
    let (head, _) = text.split_once('.').unwrap();
    for assertion in [
        none,
        format!("{head}.{later}.{signature}"),
        format!("{text}."),
        String::new(),
    ] {
        let answer = assert_with(&session, &assertion).await;
        assert_eq!(refusal(&answer).1, "invalid assertion", "{assertion}");
    }
}

#[tokio::test]
async fn refresh_tokens_stay_or_rotate() {
    for rotate in [false, true] {
        let session = Session::with(FakeConfig {
            rotate_refresh_tokens: rotate,
            ..FakeConfig::default()
        })
        .await;
        let client = setting(&session, Flow::RefreshToken, "SALESFORCE_CLIENT_ID");
        let first = setting(&session, Flow::RefreshToken, "SALESFORCE_REFRESH_TOKEN");
        let refresh = |token: String| {
            let fields = [
                ("grant_type", "refresh_token"),
                ("client_id", &client),
                ("refresh_token", &token),
            ];
            let body = form(&fields);
            async { session.send("POST", TOKEN, &[FORM], body).await }
        };
        let answer = refresh(first.clone()).await;
        assert_eq!(call(&session, &token(&answer, "access_token")).await, 200);
        let again = refresh(first.clone()).await;
        if rotate {
            let next = token(&answer, "refresh_token");
            assert_ne!(next, first);
            let wanted = (
                "invalid_grant".to_owned(),
                "expired access/refresh token".to_owned(),
            );
            assert_eq!(refusal(&again), wanted);
            assert_eq!(refresh(next).await.status, 200);
        } else {
            assert_eq!(answer.json().get("refresh_token"), None);
            assert_eq!(again.status, 200);
        }
        session.fake.expire_sessions();
        assert_eq!(call(&session, &token(&answer, "access_token")).await, 401);
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", &client),
            ("client_secret", "no"),
        ];
        assert_eq!(
            refusal(&post(&session, TOKEN, &fields).await).0,
            "invalid_client"
        );
    }
}

/// The parameters that `authorize` sends to the app.
async fn authorize(session: &Session, fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let client = FakeConfig::default().client_id;
    let mut all = vec![
        ("client_id", client.as_str()),
        ("redirect_uri", "https://app.example/back?x=1"),
    ];
    all.extend(fields);
    let path = format!("/services/oauth2/authorize?{}", form(&all));
    let answer = session.send("GET", &path, &[], "").await;
    assert_eq!(answer.status, 302, "{}", answer.text);
    let location = answer.header("Location").unwrap();
    let query = location
        .strip_prefix("https://app.example/back?x=1&")
        .unwrap();
    url::form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

#[tokio::test]
async fn a_code_is_good_once_for_who_has_the_verifier() {
    let session = Session::start().await;
    let config = FakeConfig::default();
    let proof = [
        ("response_type", "code"),
        ("state", "a b"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let mut fields = [
        ("grant_type", "authorization_code"),
        ("client_id", config.client_id.as_str()),
        ("redirect_uri", "https://app.example/back?x=1"),
        ("code_verifier", VERIFIER),
        ("code", ""),
    ];
    let back = authorize(&session, &proof).await;
    assert_eq!((back[0].0.as_str(), back[1].1.as_str()), ("code", "a b"));
    fields[4].1 = &back[0].1;
    let answer = post(&session, TOKEN, &fields).await;
    assert_eq!(call(&session, &token(&answer, "access_token")).await, 200);
    let again = post(&session, TOKEN, &fields).await;
    assert_eq!(refusal(&again).1, "expired authorization code");
    let refresh = token(&answer, "refresh_token");

    // The wrong verifier, the wrong address, and neither a verifier nor a secret.
    for (at, value, error) in [
        (3, "dBjftJeZ4CVP", "invalid_grant"),
        (2, "https://app.example/", "redirect_uri_mismatch"),
        (3, "", "invalid_client"),
    ] {
        let back = authorize(&session, &proof).await;
        let mut fields = fields;
        fields[4].1 = &back[0].1;
        fields[at].1 = value;
        assert_eq!(
            refusal(&post(&session, TOKEN, &fields).await).0,
            error,
            "{value}"
        );
    }
    // Without a challenge the secret is enough, and a challenge cannot be left out later.
    for (asked, status) in [(&proof[..1], 200), (&proof, 400)] {
        let back = authorize(&session, asked).await;
        let fields = [
            ("code", back[0].1.as_str()),
            ("client_secret", &config.client_secret),
            fields[0],
            fields[1],
            fields[2],
        ];
        assert_eq!(post(&session, TOKEN, &fields).await.status, status);
    }
    let plain = [("response_type", "code"), ("code_challenge", "x")];
    assert_eq!(authorize(&session, &plain).await[0].1, "invalid_request");
    assert_eq!(
        authorize(&session, &[("response_type", "token")]).await[0].1,
        "unsupported_response_type"
    );
    let answer = session
        .send("GET", "/services/oauth2/authorize?client_id=x", &[], "")
        .await;
    assert_eq!(refusal(&answer).0, "invalid_client_id");

    // Revoking the refresh token ends the session as well.
    let access = token(
        &post(
            &session,
            TOKEN,
            &[
                ("grant_type", "refresh_token"),
                fields[1],
                ("refresh_token", &refresh),
            ],
        )
        .await,
        "access_token",
    );
    post(&session, REVOKE, &[("token", &refresh)])
        .await
        .is(200, "");
    assert_eq!(call(&session, &access).await, 401);
    assert_eq!(
        refusal(&post(&session, REVOKE, &[("token", &refresh)]).await).0,
        "invalid_token"
    );
    assert_eq!(call(&session, &session.token).await, 200);
    post(&session, REVOKE, &[("token", &session.token)])
        .await
        .is(200, "");
    assert_eq!(call(&session, &session.token).await, 401);
}

#[tokio::test]
async fn tokens_may_be_shaped_like_a_jwt() {
    let session = Session::with(FakeConfig {
        token_form: TokenForm::Jwt,
        ..FakeConfig::default()
    })
    .await;
    let parts: Vec<&str> = session.token.split('.').collect();
    assert_eq!(parts.len(), 3);
    let claims = URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert!(claims["exp"].as_i64().unwrap() > clock::now());
    assert_eq!(call(&session, &session.token).await, 200);
}

#[tokio::test]
async fn userinfo_tells_who_a_session_belongs_to() {
    let session = Session::start().await;
    let path = "/services/oauth2/userinfo";
    let info = session.get(path).await.json();
    let user = session.first_id("User", "Alias = 'integ'").await;
    assert_eq!(info["user_id"], json!(user));
    assert_eq!(info["preferred_username"], "integration@fake-org.example");
    assert_eq!(info["organization_id"].as_str().map(str::len), Some(18));
    let url = session.fake.url();
    assert_eq!(
        info["urls"]["rest"],
        json!(format!("{url}/services/data/v{{version}}/"))
    );
    assert!(
        info["urls"]["metadata"]
            .as_str()
            .unwrap()
            .contains("/services/Soap/m/{version}/00D")
    );
    session.fake.expire_sessions();
    session.get(path).await.is(403, "Bad_OAuth_Token");
    assert_eq!(session.write("POST", path, "").await.status, 405);
}
