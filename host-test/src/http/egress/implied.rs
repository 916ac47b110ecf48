//! Where the settings of the connector imply that it has to go.

use super::HostRule;
use url::{Host, Url};

/// Domains under which Salesforce serves its API.
const SALESFORCE: [&str; 6] = [
    "salesforce.com",
    "salesforce.mil",
    "my-salesforce.com",
    "sfcrmproducts.cn",
    "cloudforce.com",
    "database.com",
];

/// Endings of hosts that serve pages, for each of which there is one that serves the API.
const PAGES: [&str; 7] = [
    "force.com",
    "my.salesforce-setup.com",
    "salesforce-scrt.com",
    "crmforce.mil",
    "my-lightning.com",
    "sfcrmapps.cn",
    "mcas.ms",
];

/// Settings that name a host.
const NAMING: [&str; 4] = [
    "SALESFORCE_INSTANCE_URL",
    "SALESFORCE_DOMAIN",
    "SALESFORCE_URL_LOGIN",
    "SALESFORCE_SOAP_URL_LOGIN",
];

/// The rules for these settings.
pub(super) fn rules<N: AsRef<str>, V: AsRef<str>>(settings: &[(N, V)]) -> Vec<HostRule> {
    let value = |name: &str| {
        let found = settings.iter().rev().find(|(n, _)| n.as_ref() == name);
        found.map_or("", |(_, value)| value.as_ref().trim())
    };
    let urls: Vec<Url> = NAMING.iter().filter_map(|name| url(value(name))).collect();
    let mut rules: Vec<HostRule> = urls.iter().filter_map(named).collect();
    let login = ["SALESFORCE_CLIENT_ID", "SALESFORCE_USERNAME"];
    let login = login.iter().any(|name| !value(name).is_empty());
    if login || urls.iter().any(serves_pages) {
        for domain in SALESFORCE {
            rules.extend([
                rule(domain, false, Some(443)),
                rule(domain, true, Some(443)),
            ]);
        }
    }
    if login {
        let allowed = value("SALESFORCE_ALLOWED_HOSTS").split(',');
        rules.extend(allowed.filter_map(|host| host.trim().parse().ok()));
        if urls.iter().any(is_loopback) {
            let here = ["127.0.0.1", "localhost", "[::1]"];
            rules.extend(here.map(|host| rule(host, false, None)));
        }
    }
    rules
}

fn rule(host: &str, below: bool, port: Option<u16>) -> HostRule {
    let dot = if below { "." } else { "" };
    HostRule {
        host: format!("{dot}{host}"),
        below,
        port,
    }
}

/// A host, or a URL with one.
fn url(text: &str) -> Option<Url> {
    let url = match text.contains("://") {
        true => Url::parse(text),
        false => Url::parse(&format!("https://{text}")),
    };
    url.ok()
        .filter(|url| matches!(url.scheme(), "https" | "http"))
}

fn host(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_suffix('.').unwrap_or(host)
}

fn named(url: &Url) -> Option<HostRule> {
    let host = host(url);
    (!host.is_empty()).then(|| rule(host, false, url.port_or_known_default()))
}

fn serves_pages(url: &Url) -> bool {
    let host = host(url);
    let on = |domain: &&str| host.strip_suffix(*domain).is_some_and(|h| h.ends_with('.'));
    PAGES.iter().any(on)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.trim_end_matches('.') == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
