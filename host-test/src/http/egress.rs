//! Where requests may go.

use crate::error::Error;
use hyper::Uri;
use std::str::FromStr;

/// Where requests may go. A request that may not leave fails with `HTTP-request-denied`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Egress {
    /// Anywhere. The connector itself goes only where its settings and Salesforce send it.
    #[default]
    Any,
    /// To these hosts and no others; an empty list denies everything.
    Hosts(Vec<HostRule>),
}

impl Egress {
    /// Whether a request may go to `uri`.
    #[must_use]
    pub fn allows(&self, uri: &Uri) -> bool {
        match self {
            Egress::Any => true,
            Egress::Hosts(rules) => rules.iter().any(|rule| rule.allows(uri)),
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
