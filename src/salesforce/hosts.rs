//! Where Salesforce is, and where a token may go.

use super::address::Address;
use super::domains::{DOMAINS, LOGIN_ONLY};
use std::fmt;

/// A scheme, a host and a port: where requests go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    https: bool,
    loopback: bool,
    host: String,
    port: Option<u16>,
}

/// Endings of hosts that serve pages, and the ending of the host that serves their API.
const PAGE_HOSTS: [(&str, &str); 7] = [
    (".lightning.force.com", ".my.salesforce.com"),
    (".my.salesforce-setup.com", ".my.salesforce.com"),
    (".file.force.com", ".my.salesforce.com"),
    (".salesforce-scrt.com", ".my.salesforce.com"),
    (".lightning.crmforce.mil", ".my.salesforce.mil"),
    (".my-lightning.com", ".my-salesforce.com"),
    (".lightning.sfcrmapps.cn", ".my.sfcrmproducts.cn"),
];

impl Origin {
    /// Reads what a person pastes: a host or a URL, of which path, query and fragment are
    /// dropped. Hosts that serve pages become the host that serves their API. The error says
    /// what was expected and never repeats the text.
    pub fn parse(text: &str) -> Result<Origin, &'static str> {
        Self::at(&Address::parse(text)?).map(Origin::api)
    }

    /// The origin of an address as it stands.
    fn at(address: &Address<'_>) -> Result<Origin, &'static str> {
        match address.https || address.loopback {
            false => Err("https (plain http is for loopback alone)"),
            true => Ok(Origin {
                https: address.https,
                loopback: address.loopback,
                host: address.host.clone(),
                port: address.port,
            }),
        }
    }

    /// The same, on the host that serves the API.
    fn api(mut self) -> Origin {
        // What is left of a host may be none.
        let host = api_host(self.host.clone());
        if let Ok(address) = Address::parse(&host) {
            self.loopback = address.loopback;
            self.host = address.host;
        }
        self
    }

    /// Whether TLS is used.
    pub fn https(&self) -> bool {
        self.https
    }

    /// The host, and the port where it is not the scheme's own.
    pub fn authority(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Whether the host serves logins and nothing else.
    pub fn is_login_only(&self) -> bool {
        LOGIN_ONLY.contains(&self.host.as_str())
    }

    /// Whether the host is this domain, or below it.
    pub fn is_on(&self, domain: &str) -> bool {
        within(&self.host, domain)
    }

    /// Whether the host is one of a sandbox or scratch org, or logs in to them. A sandbox has
    /// its name behind `--` in the first label.
    pub fn is_sandbox(&self) -> bool {
        let (label, rest) = self.host.split_once('.').unwrap_or_default();
        let number = label.strip_prefix("cs").unwrap_or_default();
        label == "test"
            || label.contains("--")
            || rest.starts_with("scratch.")
            || (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    }

    /// Whether the host is one of Salesforce's, on the port of https.
    fn is_salesforce(&self) -> bool {
        self.https && self.port.is_none() && DOMAINS.iter().any(|d| within(&self.host, d))
    }

    /// Whether the token that a login at `login` returned may go here: to the same host, to one
    /// of Salesforce, to an allowed one, or from loopback to loopback.
    pub fn may_follow(&self, login: &Origin, allowed: &[AllowedHost]) -> bool {
        self == login
            || self.is_salesforce()
            || (self.is_loopback() && login.is_loopback())
            || allowed.iter().any(|a| a.matches(self))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority())
    }
}

/// A host that `SALESFORCE_ALLOWED_HOSTS` names: one host, or all below `*.` a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    below: bool,
    host: String,
}

impl AllowedHost {
    /// Reads `sf.example.com` or `*.example.com`.
    pub fn parse(text: &str) -> Option<AllowedHost> {
        let text = text.trim().to_ascii_lowercase();
        let (below, host) = match text.strip_prefix("*.") {
            Some(domain) => (true, domain),
            None => (false, text.as_str()),
        };
        let letters = |label: &str| label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let labels = host
            .split('.')
            .all(|label| !label.is_empty() && letters(label));
        let whole_domain = !below || host.contains('.');
        (labels && whole_domain).then(|| AllowedHost {
            below,
            host: host.to_owned(),
        })
    }

    fn matches(&self, origin: &Origin) -> bool {
        let host = origin.host.as_str();
        match self.below {
            false => host == self.host,
            true => host != self.host && within(host, &self.host),
        }
    }
}

/// The URL of a login, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The host.
    pub origin: Origin,
    /// The path.
    pub path: String,
}

impl Endpoint {
    /// Reads the URL of a login; without a path, `default_path` on that host's API side.
    pub fn parse(text: &str, default_path: &str) -> Result<Endpoint, &'static str> {
        let address = Address::parse(text)?;
        let origin = Origin::at(&address)?;
        match address.rest {
            "" | "/" => Ok(Endpoint {
                origin: origin.api(),
                path: default_path.to_owned(),
            }),
            path if path.starts_with('/') && !path.contains(['?', '#']) => Ok(Endpoint {
                origin,
                path: path.to_owned(),
            }),
            _ => Err("a URL without query string and fragment"),
        }
    }
}

/// Whether `host` is `domain` or below it.
fn within(host: &str, domain: &str) -> bool {
    let rest = host.strip_suffix(domain);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The host that serves the API where `host` serves pages; otherwise the same.
fn api_host(mut host: String) -> String {
    // A proxy of Microsoft Defender puts its own ending behind every host.
    while let Some(own) = host.strip_suffix(".mcas.ms") {
        host = own.to_owned();
    }
    for (page, api) in PAGE_HOSTS {
        if let Some(org) = host.strip_suffix(page) {
            return [org, api].concat();
        }
    }
    if let Some(org) = host.strip_suffix(".vf.force.com") {
        return [&without_package(org), ".my.salesforce.com"].concat();
    }
    // The parts stand the other way round in some links: X.lightning.develop.force.com.
    let parts = host
        .strip_suffix(".force.com")
        .and_then(|p| p.split_once(".lightning."));
    match parts {
        Some((org, kind)) => [org, ".", kind, ".my.salesforce.com"].concat(),
        None => host,
    }
}

/// Visualforce hosts end their first label with the package, `acme--c` or `acme--sbx--c`.
fn without_package(org: &str) -> String {
    let (label, kind) = match org.split_once('.') {
        Some((label, kind)) => (label, format!(".{kind}")),
        None => (org, String::new()),
    };
    let label = match label.rsplit_once("--") {
        // In a sandbox the first `--` is the sandbox's own.
        Some((org, _)) if !org.is_empty() && (kind.is_empty() || org.contains("--")) => org,
        _ => label,
    };
    format!("{label}{kind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_paste_becomes_the_host_of_the_api() {
        let table = [
            ("acme.my.salesforce.com", "https://acme.my.salesforce.com"),
            (
                " https://ACME.my.salesforce.com:443/home?a=1#b ",
                "https://acme.my.salesforce.com",
            ),
            (
                "acme--sbx.sandbox.my.salesforce.com/",
                "https://acme--sbx.sandbox.my.salesforce.com",
            ),
            (
                "acme.lightning.force.com/lightning/page/home",
                "https://acme.my.salesforce.com",
            ),
            (
                "acme--sbx.sandbox.lightning.force.com",
                "https://acme--sbx.sandbox.my.salesforce.com",
            ),
            (
                "acme.develop.lightning.force.com",
                "https://acme.develop.my.salesforce.com",
            ),
            (
                "acme.lightning.develop.force.com",
                "https://acme.develop.my.salesforce.com",
            ),
            (
                "acme.my.salesforce-setup.com",
                "https://acme.my.salesforce.com",
            ),
            ("acme.vf.force.com", "https://acme.my.salesforce.com"),
            ("acme--c.vf.force.com", "https://acme.my.salesforce.com"),
            ("--c.vf.force.com", "https://--c.my.salesforce.com"),
            ("a.0b.mcas.ms", "https://a.0b.mcas.ms"),
            (
                "acme--sbx.sandbox.vf.force.com",
                "https://acme--sbx.sandbox.my.salesforce.com",
            ),
            (
                "acme--sbx--c.sandbox.vf.force.com",
                "https://acme--sbx.sandbox.my.salesforce.com",
            ),
            ("acme.file.force.com", "https://acme.my.salesforce.com"),
            ("acme.salesforce-scrt.com", "https://acme.my.salesforce.com"),
            (
                "acme.lightning.crmforce.mil",
                "https://acme.my.salesforce.mil",
            ),
            ("acme.my-lightning.com", "https://acme.my-salesforce.com"),
            (
                "acme.lightning.sfcrmapps.cn",
                "https://acme.my.sfcrmproducts.cn",
            ),
            (
                "acme.my.salesforce.com.mcas.ms",
                "https://acme.my.salesforce.com",
            ),
            ("acme.my.salesforce.com.", "https://acme.my.salesforce.com"),
            ("na15.salesforce.com", "https://na15.salesforce.com"),
            ("sf.example.com:8443", "https://sf.example.com:8443"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080/x", "http://[::1]:8080"),
            ("http://localhost", "http://localhost"),
        ];
        for (pasted, expected) in table {
            let origin = Origin::parse(pasted).unwrap_or_else(|e| panic!("{pasted}: {e}"));
            assert_eq!(origin.to_string(), expected, "{pasted}");
        }
    }

    #[test]
    fn what_must_not_be_is_refused() {
        let table = [
            "",
            "http://acme.my.salesforce.com",
            "ftp://acme.my.salesforce.com",
            "https://user:pass@acme.my.salesforce.com",
            "https://user@acme.my.salesforce.com",
            "https://acme my.salesforce.com",
            "https://äcme.my.salesforce.com",
            "http://localhost.example.com",
        ];
        for pasted in table {
            assert!(Origin::parse(pasted).is_err(), "{pasted}");
        }
    }

    #[test]
    fn a_token_follows_a_login_to_salesforce_or_an_allowed_host_alone() {
        let allowed = ["sf.example.com", "*.corp.example"].map(|h| AllowedHost::parse(h).unwrap());
        let login = Origin::parse("https://login.salesforce.com").unwrap();
        let local = Origin::parse("http://127.0.0.1:1").unwrap();
        let proxy = Origin::parse("https://proxy.example").unwrap();
        let table = [
            (&login, "https://acme.my.salesforce.com", true),
            (&login, "https://acme.my.salesforce.mil", true),
            (&login, "https://sf.example.com", true),
            (&login, "https://a.corp.example", true),
            (&login, "https://corp.example", false),
            (&login, "https://acme.my.salesforce.com:8443", false),
            (&login, "https://evilsalesforce.com", false),
            (&login, "https://acme.my.salesforce.com.evil.example", false),
            (&login, "http://127.0.0.1:1", false),
            (&local, "http://127.0.0.1:2", true),
            (&local, "https://evil.example", false),
            (&proxy, "https://proxy.example", true),
        ];
        for (login, target, expected) in table {
            let target = Origin::parse(target).unwrap();
            assert_eq!(
                target.may_follow(login, &allowed),
                expected,
                "{login} to {target}"
            );
        }
    }

    #[test]
    fn allowed_hosts_are_hosts() {
        for wrong in [
            "",
            "*",
            "*.",
            "*.com",
            "a b",
            "a/b",
            "https://a.example",
            "a..b",
        ] {
            assert_eq!(AllowedHost::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_login_keeps_its_path_or_gets_the_usual_one() {
        let parse = |text| Endpoint::parse(text, "/usual").unwrap();
        assert_eq!(parse("https://login.salesforce.com/a/b").path, "/a/b");
        let bare = parse("acme.lightning.force.com");
        assert_eq!(bare.path, "/usual");
        assert_eq!(bare.origin.to_string(), "https://acme.my.salesforce.com");
        assert!(Endpoint::parse("https://login.salesforce.com/a?b=c", "/usual").is_err());
    }
}
