use super::*;

const HOST: (&str, &str) = (INSTANCE_URL, "https://acme.my.salesforce.com");
const KEY: &str = include_str!("../../../tests/keys/pkcs8.pem");
const APP: [(&str, &str); 2] = [(CLIENT_ID, "key"), (CLIENT_SECRET, "hush-secret")];

fn read(settings: &[(&str, &str)]) -> Result<Settings, Failure> {
    let settings: Vec<_> = settings
        .iter()
        .map(|(n, v)| (n.to_string(), v.to_string()))
        .collect();
    Settings::read(&settings)
}

fn login(settings: &[(&str, &str)]) -> Login {
    read(settings).unwrap().login.unwrap()
}

/// The code of the failure, and the setting that it names: where the settings are read, or
/// where a session is needed.
fn refusal(settings: &[(&str, &str)]) -> (String, String) {
    let failure = match read(settings) {
        Ok(settings) => {
            assert!(settings.login.is_none() && settings.app.is_some());
            settings.lack.unwrap()
        }
        Err(failure) => failure,
    };
    let setting = failure.detail.more.get("setting").unwrap_or_default();
    assert!(
        failure.detail.message.contains(setting.trim_matches('"')),
        "{failure:?}"
    );
    (
        failure.detail.code.into_owned(),
        setting.trim_matches('"').to_owned(),
    )
}

#[test]
fn the_eight_settings_log_in_with_user_name_and_password() {
    let login = login(&[
        (CLIENT_ID, "key"),
        (CLIENT_SECRET, "hush-secret"),
        (USERNAME, "ada@example.com"),
        (PASSWORD, "pass"),
        (SECURITY_TOKEN, "TOKEN"),
        (
            URL_LOGIN,
            "https://login.salesforce.com/services/oauth2/token",
        ),
        (
            SOAP_URL_LOGIN,
            "https://login.salesforce.com/services/Soap/c/45.0",
        ),
        (VERSION, "45.0"),
    ]);
    assert_eq!(
        login.endpoint.origin.to_string(),
        "https://login.salesforce.com"
    );
    assert_eq!(login.endpoint.path, "/services/oauth2/token");
    match login.flow {
        Flow::UsernamePassword { username, password } => {
            assert_eq!(
                (username.as_str(), password.reveal()),
                ("ada@example.com", "passTOKEN")
            );
        }
        flow => panic!("{flow:?}"),
    }
}

#[test]
fn the_version_may_stand_in_the_url_of_the_org() {
    let read = |url: &str, version: &str| {
        let settings = [
            ("SALESFORCE_INSTANCE_URL".to_owned(), url.to_owned()),
            ("SALESFORCE_ACCESS_TOKEN".to_owned(), "t".to_owned()),
            ("SALESFORCE_VERSION".to_owned(), version.to_owned()),
        ];
        Settings::read(&settings).map(|settings| settings.version)
    };
    let base = "https://acme.my.salesforce.com";
    for (path, version, expected) in [
        ("/services/data/v58.0", "", "v58.0"),
        ("/services/data/v58.0/", "58.0", "v58.0"),
        ("/services/data/v58.0/sobjects?x=1", "v58.0", "v58.0"),
        ("/services/data/", "45.0", "v45.0"),
        ("/services/oauth2/token", "", "v66.0"),
    ] {
        let found = read(&format!("{base}{path}"), version);
        assert_eq!(found.unwrap(), expected, "{path} {version}");
    }
    for (path, version, setting) in [
        ("/services/data/v58.0", "59.0", "SALESFORCE_VERSION"),
        ("/services/data/latest", "", "SALESFORCE_INSTANCE_URL"),
    ] {
        let failure = read(&format!("{base}{path}"), version).unwrap_err();
        let quoted = format!("\"{setting}\"");
        assert_eq!(failure.detail.more.get("setting"), Some(quoted.as_str()));
    }
}

#[test]
fn the_version_is_taken_with_and_without_its_letter() {
    let version = |text| {
        read(&[HOST, (ACCESS_TOKEN, "t"), (VERSION, text)])
            .unwrap()
            .version
    };
    for (text, expected) in [
        ("45.0", "v45.0"),
        ("v45.0", "v45.0"),
        ("66", "v66.0"),
        ("", "v66.0"),
    ] {
        assert_eq!(version(text), expected);
    }
}

#[test]
fn the_login_is_where_the_settings_say() {
    let at = |more: &[(&str, &str)]| {
        let user = [(USERNAME, "u"), (PASSWORD, "p")];
        let all: Vec<_> = APP.iter().chain(&user).chain(more).copied().collect();
        let login = login(&all);
        format!("{}{}", login.endpoint.origin, login.endpoint.path)
    };
    let usual = |host: &str| format!("https://{host}/services/oauth2/token");
    assert_eq!(at(&[]), usual("login.salesforce.com"));
    assert_eq!(at(&[(SANDBOX, "true")]), usual("test.salesforce.com"));
    assert_eq!(at(&[(SANDBOX, "false")]), usual("login.salesforce.com"));
    assert_eq!(at(&[HOST]), usual("acme.my.salesforce.com"));
    assert_eq!(
        at(&[(DOMAIN, "acme.lightning.force.com")]),
        usual("acme.my.salesforce.com")
    );
    assert_eq!(
        at(&[(DOMAIN, "test.salesforce.com")]),
        usual("test.salesforce.com")
    );
    assert_eq!(
        at(&[HOST, (URL_LOGIN, "https://x.example/a")]),
        "https://x.example/a"
    );
}

#[test]
fn the_flow_is_chosen_from_what_is_there() {
    let with = |more: &[(&str, &str)]| {
        let all: Vec<_> = APP.iter().chain(&[HOST]).chain(more).copied().collect();
        let settings = read(&all).unwrap();
        let login = settings.login.map(|login| match login.flow {
            Flow::ClientCredentials => "client",
            Flow::JwtBearer { .. } => "key",
            Flow::RefreshToken(_) => "refresh",
            Flow::UsernamePassword { .. } => "user",
            Flow::Soap { .. } => "soap",
            Flow::WebServer { .. } => "code",
        });
        (settings.given.is_some(), login)
    };
    let user = [(USERNAME, "u"), (PASSWORD, "p")];
    assert_eq!(with(&[]), (false, Some("client")));
    assert_eq!(with(&user), (false, Some("user")));
    assert_eq!(with(&[(ACCESS_TOKEN, "t")]), (true, Some("client")));
    assert_eq!(with(&[(ACCESS_TOKEN, "t"), (AUTH, "bearer")]), (true, None));
    let (key, refresh) = ((PRIVATE_KEY, KEY), (REFRESH_TOKEN, "hush"));
    assert_eq!(with(&[refresh, user[0], user[1]]), (false, Some("refresh")));
    assert_eq!(with(&[refresh, key, user[0]]), (false, Some("key")));
    assert_eq!(
        with(&[key, user[0], (ACCESS_TOKEN, "t")]),
        (true, Some("key"))
    );
    for (auth, expected) in [
        ("client-credentials", "client"),
        ("jwt-bearer", "key"),
        ("refresh-token", "refresh"),
        ("username-password", "user"),
        ("soap", "soap"),
    ] {
        let chosen = [key, refresh, user[0], user[1], (AUTH, auth)];
        assert_eq!(with(&chosen), (false, Some(expected)));
    }
}

#[test]
fn what_is_missing_or_malformed_is_named() {
    let given = [HOST, (ACCESS_TOKEN, "t")];
    let missing = |settings: &[(&str, &str)], name: &str| {
        assert_eq!(
            refusal(settings),
            ("MISSING_INPUT".into(), name.into()),
            "{settings:?}"
        );
    };
    missing(&[], CLIENT_ID);
    missing(&[HOST], CLIENT_ID);
    missing(&[(ACCESS_TOKEN, "t")], INSTANCE_URL);
    missing(
        &[(ACCESS_TOKEN, "t"), (DOMAIN, "login.salesforce.com")],
        INSTANCE_URL,
    );
    missing(&[APP[0], HOST], CLIENT_SECRET);
    missing(&[APP[0], APP[1], (USERNAME, "u")], PASSWORD);
    missing(&[APP[0], APP[1], (PASSWORD, "p")], USERNAME);
    missing(&APP, DOMAIN);
    missing(&[APP[0], APP[1], HOST, (AUTH, "bearer")], ACCESS_TOKEN);
    missing(&[APP[0], (PRIVATE_KEY, KEY)], USERNAME);
    missing(&[(USERNAME, "u"), (PRIVATE_KEY, KEY)], CLIENT_ID);
    missing(&[(REFRESH_TOKEN, "hush")], CLIENT_ID);
    missing(&[APP[0], (AUTH, "jwt-bearer")], PRIVATE_KEY);
    missing(&[APP[0], (AUTH, "refresh-token")], REFRESH_TOKEN);
    let asked = [APP[0], APP[1], (AUTH, "client-credentials")];
    assert!(read(&asked).is_err(), "told at once where it was asked for");
    let malformed = [APP[0], (USERNAME, "u"), (PRIVATE_KEY, "hush")];
    assert_eq!(
        refusal(&malformed),
        ("INVALID_INPUT".into(), PRIVATE_KEY.into())
    );
    assert!(!format!("{:?}", read(&malformed)).contains("hush"));
    let invalid = [
        (INSTANCE_URL, "http://acme.my.salesforce.com"),
        (INSTANCE_URL, "https://login.salesforce.com"),
        (DOMAIN, "https://user:hush@acme.my.salesforce.com"),
        (
            URL_LOGIN,
            "https://login.salesforce.com/services/oauth2/token?client_secret=hush",
        ),
        (SOAP_URL_LOGIN, "ftp://x"),
        (VERSION, "latest"),
        (VERSION, "66.0/../x"),
        (AUTH, "magic"),
        (REJECTIONS, "maybe"),
        (ALLOWED_HOSTS, "*.com"),
        (ALLOWED_HOSTS, "a.example,https://b.example"),
        (CONNECT_TIMEOUT_MS, "0"),
        (FIRST_BYTE_TIMEOUT_MS, "1e3"),
        (BETWEEN_BYTES_TIMEOUT_MS, "-1"),
        (DEADLINE_MS, "86400001"),
        (MAX_ATTEMPTS, "11"),
        (MAX_RESPONSE_BYTES, "1023"),
        (MAX_RESPONSE_BYTES, "52428801"),
        (ACCESS_TOKEN, "two words"),
        (ACCESS_TOKEN, "line\r\nbreak"),
    ];
    for (name, value) in invalid {
        let others = given.iter().filter(|(n, _)| *n != name);
        let settings: Vec<_> = others.copied().chain([(name, value)]).collect();
        assert_eq!(
            refusal(&settings),
            ("INVALID_INPUT".into(), name.into()),
            "{name}={value}"
        );
        let message = read(&settings).unwrap_err().detail.message;
        assert!(
            !message.contains("hush") && !message.contains("two words"),
            "{message}"
        );
    }
    let login_only = [
        APP[0],
        APP[1],
        (
            URL_LOGIN,
            "https://login.salesforce.com/services/oauth2/token",
        ),
    ];
    assert_eq!(
        refusal(&login_only),
        ("INVALID_INPUT".into(), URL_LOGIN.into())
    );
}

#[test]
fn names_that_are_no_setting_are_refused() {
    let names = |names: &[&str]| {
        let settings: Vec<_> = names
            .iter()
            .map(|n| (n.to_string(), "x".to_string()))
            .collect();
        check_names(&settings).map_err(|failure| failure.detail.message)
    };
    assert!(!names(&["my-p4ssw0rd"]).unwrap_err().contains("p4ss"));
    assert!(names(&[CLIENT_ID, PASSWORD]).is_ok());
    assert!(
        names(&["SALESFORCE_VERSON"])
            .unwrap_err()
            .contains("SALESFORCE_VERSON")
    );
    assert!(names(&[CLIENT_ID, CLIENT_ID]).is_ok());
}

#[test]
fn no_secret_shows_in_debug() {
    let all = [
        APP[0],
        APP[1],
        HOST,
        (USERNAME, "u"),
        (PASSWORD, "hush-pass"),
        (SECURITY_TOKEN, "hush-token"),
        (ACCESS_TOKEN, "hush-access"),
        (REFRESH_TOKEN, "hush-refresh"),
        (PRIVATE_KEY, KEY),
    ];
    let text = format!("{:?}", read(&all).unwrap());
    assert!(!text.contains("hush") && !text.contains("MIIE"), "{text}");
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    assert!(hold_a_secret(&[owned(APP[1])]) && !hold_a_secret(&[owned(HOST)]));
}

#[test]
fn the_readme_has_a_row_for_each_setting() {
    let readme = include_str!("../../../README.md");
    for name in SECRETS.iter().chain(&PLAIN) {
        assert_eq!(
            readme.matches(&format!("\n| `{name}` |")).count(),
            1,
            "{name}"
        );
    }
}
