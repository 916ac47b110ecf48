//! Where requests may go.

use super::*;

#[test]
fn egress_rules_name_hosts_subdomains_and_ports() {
    let allows = |rule: &str, uri: &str| {
        let rule: HostRule = rule.parse().unwrap();
        Egress::Hosts(vec![rule]).allows(&uri.parse::<Uri>().unwrap())
    };
    assert!(allows(
        "login.salesforce.com",
        "https://LOGIN.salesforce.com/x"
    ));
    assert!(!allows(
        "login.salesforce.com",
        "https://login.salesforce.com.evil.example/"
    ));
    assert!(allows(
        "*.my.salesforce.com",
        "https://a.sandbox.my.salesforce.com/"
    ));
    assert!(!allows("*.my.salesforce.com", "https://my.salesforce.com/"));
    assert!(!allows(
        "*.my.salesforce.com",
        "https://evilmy.salesforce.com/"
    ));
    assert!(allows("a.example:8080", "http://a.example:8080/"));
    assert!(!allows("a.example:8080", "http://a.example/"));
    assert!(allows("a.example:443", "https://a.example/"));
    assert!(allows("[::1]:80", "http://[::1]/"));
    assert!(!Egress::Hosts(Vec::new()).allows(&Uri::from_static("http://a.example/")));
    assert!(Egress::Any.allows(&Uri::from_static("http://a.example/")));
}

#[test]
fn an_egress_rule_is_a_host_and_nothing_else() {
    let bad = [
        "",
        "*",
        "*.",
        "a.*.example",
        "https://a.example",
        "user@a.example",
        "a/b",
        "a:",
        "a:x",
    ];
    for text in bad {
        assert!(text.parse::<HostRule>().is_err(), "{text}");
    }
}

/// Which of these addresses an instance with these settings may reach.
fn reached(settings: &[(&str, &str)], addresses: &[&str]) -> Vec<bool> {
    let egress = Egress::for_settings(settings);
    let allows = |address: &&str| egress.allows(&address.parse().unwrap());
    addresses.iter().map(allows).collect()
}

const ADDRESSES: [&str; 9] = [
    "https://acme.my.salesforce.com/",
    "https://acme.my.salesforce.com:8443/",
    "http://acme.my.salesforce.com/",
    "https://other.my.salesforce.com/",
    "https://login.salesforce.com/",
    "https://evilsalesforce.com/",
    "https://sf.example.com/",
    "http://127.0.0.1:81/",
    "https://evil.example/",
];

#[test]
fn without_settings_nothing_is_reached() {
    assert_eq!(reached(&[], &ADDRESSES), [false; 9]);
    let no_hosts = [
        ("SALESFORCE_INSTANCE_URL", "not a host"),
        ("SALESFORCE_DOMAIN", "ftp://acme.my.salesforce.com"),
        ("SALESFORCE_URL_LOGIN", ""),
        ("SALESFORCE_ALLOWED_HOSTS", "sf.example.com"),
        ("OTHER_URL", "https://evil.example"),
    ];
    assert_eq!(reached(&no_hosts, &ADDRESSES), [false; 9]);
    assert_eq!(Egress::default(), Egress::Settings);
    assert!(!Egress::Settings.allows(&Uri::from_static("https://login.salesforce.com/")));
}

#[test]
fn a_given_session_reaches_its_host_alone() {
    let token = ("SALESFORCE_ACCESS_TOKEN", "canary");
    for host in [
        "acme.my.salesforce.com",
        "https://ACME.my.salesforce.com./x?y",
    ] {
        let found = reached(&[token, ("SALESFORCE_INSTANCE_URL", host)], &ADDRESSES);
        let expected = [true, false, false, false, false, false, false, false, false];
        assert_eq!(found, expected, "{host}");
    }
    // The last value counts.
    let twice = [
        ("SALESFORCE_INSTANCE_URL", "https://evil.example"),
        ("SALESFORCE_INSTANCE_URL", "acme.my.salesforce.com:8443"),
    ];
    let found = reached(&twice, &ADDRESSES);
    assert_eq!(
        found,
        [false, true, false, false, false, false, false, false, false]
    );
    let here = [token, ("SALESFORCE_INSTANCE_URL", "http://127.0.0.1:80")];
    assert_eq!(reached(&here, &ADDRESSES), [false; 9]);
    // The host of the API is another.
    let page = ("SALESFORCE_INSTANCE_URL", "acme.lightning.force.com");
    assert!(reached(&[token, page], &ADDRESSES)[0]);
}

#[test]
fn a_login_reaches_what_it_may_lead_to() {
    let app = ("SALESFORCE_CLIENT_ID", "key");
    let expected = [true, false, false, true, true, false, false, false, false];
    assert_eq!(reached(&[app], &ADDRESSES), expected);
    assert_eq!(
        reached(&[("SALESFORCE_USERNAME", "u")], &ADDRESSES),
        expected
    );
    let more = [
        app,
        (
            "SALESFORCE_ALLOWED_HOSTS",
            " sf.example.com , *.example.org",
        ),
        (
            "SALESFORCE_URL_LOGIN",
            "http://127.0.0.1:80/services/oauth2/token",
        ),
    ];
    let expected = [true, false, false, true, true, false, true, true, false];
    assert_eq!(reached(&more, &ADDRESSES), expected);
}
