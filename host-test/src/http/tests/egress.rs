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
