//! Where requests may go.

mod implied;

use crate::error::Error;
use hyper::Uri;
use std::str::FromStr;

/// Where requests may go. A request that may not leave fails with `HTTP-request-denied`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Egress {
    /// Each instance where its own settings imply that it has to, as [`Egress::for_settings`]
    /// has it; nowhere without settings. Those that [`crate::Instance::configure`] gives count
    /// from then on, in place of the ones before.
    #[default]
    Settings,
    /// To these hosts and no others; an empty list denies everything.
    Hosts(Vec<HostRule>),
    /// Anywhere. The connector itself goes only where its settings and Salesforce send it.
    Any,
}

impl Egress {
    /// The hosts that these settings of the connector imply, and no others:
    ///
    /// - the host, with its port, that each of `SALESFORCE_INSTANCE_URL`, `SALESFORCE_DOMAIN`,
    ///   `SALESFORCE_URL_LOGIN` and `SALESFORCE_SOAP_URL_LOGIN` names;
    /// - where a login is possible (with `SALESFORCE_CLIENT_ID`, or `SALESFORCE_USERNAME`), all
    ///   to which it may lead: hosts of Salesforce on port 443 (`salesforce.com`,
    ///   `salesforce.mil`, `my-salesforce.com`, `sfcrmproducts.cn`, `cloudforce.com`,
    ///   `database.com`, and below), those of `SALESFORCE_ALLOWED_HOSTS`, and where a setting
    ///   names this machine, this machine;
    /// - hosts of Salesforce too where a setting names one that serves pages
    ///   (`acme.lightning.force.com`), since the connector goes to the host of its API.
    ///
    /// Of a name that stands twice the last value counts. What is no host allows nothing.
    #[must_use]
    pub fn for_settings<N: AsRef<str>, V: AsRef<str>>(settings: &[(N, V)]) -> Self {
        Egress::Hosts(implied::rules(settings))
    }

    /// Whether a request may go to `uri`. [`Egress::Settings`] by itself allows nothing.
    #[must_use]
    pub fn allows(&self, uri: &Uri) -> bool {
        match self {
            Egress::Settings => false,
            Egress::Hosts(rules) => rules.iter().any(|rule| rule.allows(uri)),
            Egress::Any => true,
        }
    }

    /// What counts for an instance with these settings.
    pub(crate) fn of<N: AsRef<str>, V: AsRef<str>>(&self, settings: &[(N, V)]) -> Self {
        match self {
            Egress::Settings => Self::for_settings(settings),
            rules => rules.clone(),
        }
    }
}

/// A host, or all hosts below a domain. Made from text: `login.salesforce.com`,
/// `*.my.salesforce.com` (hosts below it, at any depth, and not itself) or `127.0.0.1:8080`.
/// Without a port, all ports are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostRule {
    /// In lower case. With `below`, it starts with the dot.
    host: String,
    below: bool,
    port: Option<u16>,
}

impl HostRule {
    fn allows(&self, uri: &Uri) -> bool {
        let Some(host) = uri.host().map(str::to_ascii_lowercase) else {
            return false;
        };
        let host_fits = if self.below {
            host.len() > self.host.len() && host.ends_with(&self.host)
        } else {
            host == self.host
        };
        let default_port = if uri.scheme_str() == Some("https") {
            443
        } else {
            80
        };
        let port_fits = self
            .port
            .is_none_or(|port| port == uri.port_u16().unwrap_or(default_port));
        host_fits && port_fits
    }
}

impl FromStr for HostRule {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::Config(format!("`{text}` is not a host, `*.domain` or host:port"));
        let (below, rest) = match text.strip_prefix("*.") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        // The parser of URLs knows about brackets and ports.
        let authority: hyper::http::uri::Authority = rest.parse().map_err(|_| wrong())?;
        let host = authority.host().to_ascii_lowercase();
        let plain = host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c));
        if host.is_empty() || !plain || authority.as_str().contains('@') {
            return Err(wrong());
        }
        // A colon without a number behind it is no port.
        if authority.port_u16().is_none() && authority.as_str().len() != host.len() {
            return Err(wrong());
        }
        Ok(Self {
            host: if below { format!(".{host}") } else { host },
            below,
            port: authority.port_u16(),
        })
    }
}
