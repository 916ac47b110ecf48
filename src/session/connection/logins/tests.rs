use super::*;
use crate::failure::{Applied, Kind};
use crate::http::Trouble;
use crate::json::Object;
use crate::session::connection::Ask;
use crate::session::verdict::Reply;
use crate::testing::{Script, UNIX_SECONDS};
use base64ct::{Base64UrlUnpadded, Encoding};

const HOST: (&str, &str) = ("SALESFORCE_DOMAIN", "acme.my.salesforce.com");
const KEY: (&str, &str) = ("SALESFORCE_CLIENT_ID", "key");
const APP_SECRET: (&str, &str) = ("SALESFORCE_CLIENT_SECRET", "hush-secret");
const JWT: [(&str, &str); 4] = [
    HOST,
    KEY,
    ("SALESFORCE_USERNAME", "ada@example.com"),
    (
        "SALESFORCE_PRIVATE_KEY",
        include_str!("../../../../tests/keys/pkcs1.pem"),
    ),
];
const REFRESH: [(&str, &str); 3] = [HOST, KEY, ("SALESFORCE_REFRESH_TOKEN", "hush-one")];
const LOGIN: &str = "POST https://acme.my.salesforce.com/services/oauth2/token";
const READ: &str = "GET https://acme.my.salesforce.com/x";
const EXPIRED: &str =
    r#"[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]"#;
const INVALID_GRANT: &str =
    r#"{"error":"invalid_grant","error_description":"expired access/refresh token"}"#;
const CALLBACK: &str = "http://localhost:1717/callback";

fn read(connection: &mut Connection) -> Result<Reply, Failure> {
    let mut call = connection.begin(Vec::new(), None);
    connection.ask(&mut call, &Ask::new(Method::Get, "/x", Class::Read))
}

/// An answer to a login with a refresh token.
fn granted(access: &str, refresh: &str) -> String {
    format!(
        r#"{{"access_token":"{access}","refresh_token":"{refresh}","instance_url":"https://acme.my.salesforce.com"}}"#
    )
}

fn forms(script: &Script) -> Vec<String> {
    let sent = script.sent().into_iter();
    let logins = sent.filter(|sent| sent.line == LOGIN);
    logins.map(|sent| sent.body).collect()
}

#[test]
fn a_key_logs_in_with_an_assertion_and_nothing_else() {
    let script = Script::default();
    script.login("hush-token").answer(200, "{}");
    let settings: Vec<_> = JWT.into_iter().chain([APP_SECRET]).collect();
    let mut connection = script.connect(&settings);
    read(&mut connection).unwrap();
    assert_eq!(script.lines(), [LOGIN, READ]);
    let form = forms(&script).remove(0);
    let assertion = form
        .strip_prefix("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=")
        .unwrap();
    let claims = assertion.split('.').nth(1).unwrap();
    let claims = String::from_utf8(Base64UrlUnpadded::decode_vec(claims).unwrap()).unwrap();
    let exp = UNIX_SECONDS + 180;
    assert_eq!(
        claims,
        format!(
            r#"{{"iss":"key","sub":"ada@example.com","aud":"https://login.salesforce.com","exp":{exp}}}"#
        )
    );
    let session = connection.session().unwrap();
    assert_eq!(session.more.get("flow"), Some("\"jwt-bearer\""));
    assert!(!session.more.has("warnings") && session.refresh.is_none());
}

#[test]
fn no_assertion_shows_where_a_server_echoes_it() {
    let script = Script::default();
    script.login("hush-token");
    script.connect(&JWT).log_in().unwrap();
    let form = forms(&script).remove(0);
    let assertion = form.rsplit_once('=').unwrap().1;
    let echo = format!(r#"{{"error":"invalid_grant","error_description":"bad {assertion}"}}"#);
    let script = Script::default();
    script.answer(400, &echo);
    let failure = script.connect(&JWT).log_in().unwrap_err();
    let signature = assertion.rsplit_once('.').unwrap().1;
    assert!(
        failure.detail.message.contains("bad [redacted]"),
        "{failure:?}"
    );
    assert!(!format!("{failure:?}").contains(signature), "{failure:?}");
}

#[test]
fn the_newest_refresh_token_is_used_and_handed_out() {
    let script = Script::default();
    script
        .answer(200, &granted("hush-a", "hush-two"))
        .answer(401, EXPIRED)
        .login("hush-b")
        .answer(200, "{}");
    let mut connection = script.connect(&REFRESH);
    read(&mut connection).unwrap();
    assert_eq!(script.lines(), [LOGIN, READ, LOGIN, READ]);
    assert_eq!(
        forms(&script),
        [
            "grant_type=refresh_token&client_id=key&refresh_token=hush-one",
            "grant_type=refresh_token&client_id=key&refresh_token=hush-two",
        ]
    );
    // The second answer had none, so that the one before stays good.
    let settings = connection.session().unwrap().settings();
    let names: Vec<_> = settings
        .iter()
        .map(|(n, v)| (n.as_str(), v.as_str()))
        .collect();
    assert_eq!(
        names,
        [
            ("SALESFORCE_ACCESS_TOKEN", "hush-b"),
            ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
            ("SALESFORCE_REFRESH_TOKEN", "hush-two"),
        ]
    );

    let script = Script::default();
    script.login("hush-a");
    let settings: Vec<_> = REFRESH.into_iter().chain([APP_SECRET]).collect();
    script.connect(&settings).log_in().unwrap();
    let with_secret =
        "grant_type=refresh_token&client_id=key&client_secret=hush-secret&refresh_token=hush-one";
    assert_eq!(forms(&script), [with_secret]);
}

#[test]
fn an_invalid_grant_is_not_repeated_until_a_login_is_asked_for() {
    let script = Script::default();
    script
        .answer(400, INVALID_GRANT)
        .login("hush-a")
        .answer(200, "{}");
    let mut connection = script.connect(&REFRESH);
    for again in [false, true] {
        let failure = read(&mut connection).unwrap_err();
        let detail = &failure.detail;
        assert_eq!(
            (
                failure.kind,
                detail.code.as_ref(),
                detail.applied,
                detail.status
            ),
            (Kind::Permanent, "MISSING_TOKEN", Applied::No, Some(400))
        );
        assert!(detail.more.has("oauth"));
        assert_eq!(
            detail.message.contains("not tried again"),
            again,
            "{failure:?}"
        );
    }
    assert_eq!(script.lines(), [LOGIN]);
    connection.log_in().unwrap();
    read(&mut connection).unwrap();
    assert_eq!(script.lines(), [LOGIN, LOGIN, READ]);
}

#[test]
fn another_refusal_is_tried_again() {
    let script = Script::default();
    let busy = r#"{"error":"rate_limit_exceeded","error_description":"login rate exceeded"}"#;
    script.answer(400, busy).login("hush-a").answer(200, "{}");
    let mut connection = script.connect(&REFRESH);
    assert!(read(&mut connection).is_err());
    assert!(read(&mut connection).is_ok());
}

#[test]
fn an_authorization_is_begun_without_a_request() {
    let script = Script::default();
    let connection = script.connect(&[KEY]);
    let begun = connection.authorize(CALLBACK, None).unwrap();
    // The random numbers of the script are 0, 1, 2, …; the challenge is what
    // `printf AAECAw… | openssl dgst -sha256 -binary | basenc --base64url` says of the verifier.
    let verifier = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    assert_eq!(begun.verifier.reveal(), verifier);
    assert_eq!(begun.state, "AAECAwQFBgcICQoLDA0ODw");
    assert_eq!(
        begun.url,
        "https://login.salesforce.com/services/oauth2/authorize?response_type=code\
         &client_id=key&redirect_uri=http%3A%2F%2Flocalhost%3A1717%2Fcallback\
         &state=AAECAwQFBgcICQoLDA0ODw&code_challenge=6oZqdX5MOLq_qBJ8vppAnT4fk6AP8UiP9zX8-Rev_9A\
         &code_challenge_method=S256&scope=api+refresh_token"
    );

    let options = r#"{"scope":"api","prompt":"login","loginHint":"ada@example.com"}"#;
    let begun = script
        .connect(&[KEY, HOST])
        .authorize(CALLBACK, Some(options))
        .unwrap();
    assert!(
        begun
            .url
            .starts_with("https://acme.my.salesforce.com/services/oauth2/authorize?")
    );
    let end = "&scope=api&prompt=login&login_hint=ada%40example.com";
    assert!(begun.url.ends_with(end), "{}", begun.url);
    assert!(script.lines().is_empty());
}

#[test]
fn an_app_alone_begins_and_ends_an_authorization_and_says_what_a_session_needs() {
    let script = Script::default();
    let failure = read(&mut script.connect(&[KEY])).unwrap_err();
    assert_eq!(failure.detail.code, "MISSING_INPUT");
    let setting = failure.detail.more.get("setting");
    assert_eq!(setting, Some("\"SALESFORCE_CLIENT_SECRET\""));
    assert!(script.lines().is_empty());

    script
        .answer(200, &granted("hush-a", "hush-r"))
        .answer(401, EXPIRED)
        .answer(200, &granted("hush-b", "hush-s"))
        .answer(200, "{}");
    let mut connection = script.connect(&[KEY, HOST]);
    let session = connection
        .exchange("co/de==", "veri-fier", CALLBACK)
        .unwrap();
    assert_eq!(session.more.get("flow"), Some("\"web-server\""));
    assert_eq!(session.settings()[2].1, "hush-r");
    read(&mut connection).unwrap();
    assert_eq!(script.lines(), [LOGIN, READ, LOGIN, READ]);
    assert_eq!(
        forms(&script),
        [
            "grant_type=authorization_code&client_id=key&code=co%2Fde%3D%3D\
             &code_verifier=veri-fier&redirect_uri=http%3A%2F%2Flocalhost%3A1717%2Fcallback",
            "grant_type=refresh_token&client_id=key&refresh_token=hush-r",
        ]
    );
    assert_eq!(connection.session().unwrap().settings()[2].1, "hush-s");
}

#[test]
fn a_session_of_a_person_is_not_renewed_as_the_app() {
    let script = Script::default();
    script.login("hush-person").answer(401, EXPIRED);
    let mut connection = script.connect(&[KEY, APP_SECRET, HOST]);
    connection.exchange("code", "verifier", CALLBACK).unwrap();
    let failure = read(&mut connection).unwrap_err();
    assert_eq!(failure.detail.code, "MISSING_TOKEN");
    assert_eq!(script.lines(), [LOGIN, READ]);
}

#[test]
fn an_exchange_is_made_once_and_shows_neither_code_nor_verifier() {
    let script = Script::default();
    script.answer(
        400,
        r#"{"error":"invalid_grant","error_description":"hush-code with hush-verifier"}"#,
    );
    let mut connection = script.connect(&[KEY, HOST]);
    let failure = connection
        .exchange("hush-code", "hush-verifier", CALLBACK)
        .unwrap_err();
    assert_eq!(failure.detail.code, "MISSING_TOKEN");
    assert!(!format!("{failure:?}").contains("hush"), "{failure:?}");

    script.fail(Trouble::Timeout, true, None);
    let failure = connection
        .exchange("code", "verifier", CALLBACK)
        .unwrap_err();
    assert_eq!(
        (failure.kind, failure.detail.code.as_ref()),
        (Kind::Permanent, "REQUEST_TIMEOUT")
    );
    assert_eq!(script.lines().len(), 2);
}

#[test]
fn what_the_web_server_flow_lacks_is_named() {
    let script = Script::default();
    let given = [
        ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
        ("SALESFORCE_ACCESS_TOKEN", "hush-given"),
    ];
    let failure = script
        .connect(&given)
        .authorize(CALLBACK, None)
        .unwrap_err();
    assert_eq!(
        failure.detail.more.get("setting"),
        Some("\"SALESFORCE_CLIENT_ID\"")
    );

    let mut connection = script.connect(&[KEY]);
    let mut named = |code: &str, verifier: &str, redirect: &str| {
        let failure = connection.exchange(code, verifier, redirect).unwrap_err();
        let parameter = failure.detail.more.get("parameter").unwrap_or_default();
        format!("{} {}", failure.detail.code, parameter.trim_matches('"'))
    };
    assert_eq!(named("", "v", CALLBACK), "MISSING_INPUT code");
    assert_eq!(named("c", "", CALLBACK), "MISSING_INPUT verifier");
    assert_eq!(named("c", "v", ""), "MISSING_INPUT redirect-uri");
    assert_eq!(named("c", "v\n", CALLBACK), "INVALID_INPUT verifier");
    assert_eq!(named("c", "v", "callback"), "INVALID_INPUT redirect-uri");
    assert_eq!(named("c", "v", "http://x/#y"), "INVALID_INPUT redirect-uri");
    for (options, place) in [
        ("[]", "options"),
        (r#"{"scopes":"api"}"#, "options.scopes"),
        (r#"{"scope":["api"]}"#, "options.scope"),
    ] {
        let failure = connection.authorize(CALLBACK, Some(options)).unwrap_err();
        let parameter = failure.detail.more.get("parameter").unwrap();
        assert_eq!(parameter.trim_matches('"'), place);
    }
    assert!(script.lines().is_empty());
}

#[test]
fn a_flow_that_is_being_retired_warns() {
    let script = Script::default();
    script.login("hush-a");
    let user = [
        KEY,
        APP_SECRET,
        ("SALESFORCE_USERNAME", "u"),
        ("SALESFORCE_PASSWORD", "hush-p"),
        HOST,
    ];
    let mut connection = script.connect(&user);
    let session = connection.log_in().unwrap();
    let warnings = session.more.get("warnings").unwrap();
    assert!(
        warnings.starts_with("[\"Salesforce is retiring"),
        "{warnings}"
    );
    assert!(Object::read(&session.more.to_text()).is_some());
}
