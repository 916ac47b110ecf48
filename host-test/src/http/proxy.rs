//! The proxy on the way out.

use crate::error::Error;
use hyper::Uri;
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// The proxy on the way out, or none. It carries `https` by `CONNECT`, so that it sees host names
/// and no more. Plain `http`, which the connector uses for loopback alone, goes direct.
#[derive(Clone, Default)]
pub struct Proxy {
    matcher: Option<Arc<Matcher>>,
    everything: bool,
}

impl Proxy {
    /// No proxy.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The proxy at `url`, such as `http://user:password@proxy.example.com:3128`. User and
    /// password are sent by basic authentication and never shown. `except` lists the hosts that
    /// are reached without it, in the form of `NO_PROXY`: domains (with all below them), addresses
    /// and networks, separated by commas; `*` means all.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] where `url` is not a URL with the scheme `http` or none.
    pub fn new(url: &str, except: &str) -> Result<Self, Error> {
        let usable = url.parse::<Uri>().is_ok_and(|uri| {
            uri.host().is_some_and(|host| !host.is_empty())
                && matches!(uri.scheme_str(), None | Some("http"))
        });
        if !usable {
            // The text itself may hold a password.
            let message = "the proxy is not a URL such as http://proxy.example.com:3128";
            return Err(Error::Config(message.to_owned()));
        }
        let matcher = Matcher::builder().all(url).no(except).build();
        Ok(Self {
            matcher: Some(Arc::new(matcher)),
            everything: false,
        })
    }

    /// The proxy that the environment names: `HTTPS_PROXY`, otherwise `ALL_PROXY`, with
    /// `NO_PROXY`; each in capitals or in small letters. None where they are unset or empty.
    ///
    /// # Errors
    ///
    /// As [`Proxy::new`].
    pub fn from_env() -> Result<Self, Error> {
        let first = |names: [&str; 2]| {
            names
                .iter()
                .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        };
        let url =
            first(["HTTPS_PROXY", "https_proxy"]).or_else(|| first(["ALL_PROXY", "all_proxy"]));
        match url {
            Some(url) => Self::new(&url, &first(["NO_PROXY", "no_proxy"]).unwrap_or_default()),
            None => Ok(Self::none()),
        }
    }

    /// Sends plain `http` and loopback through the proxy, too, as tests need it.
    #[must_use]
    pub fn for_everything(mut self) -> Self {
        self.everything = true;
        self
    }

    /// The proxy to use for `uri`, if any.
    pub(crate) fn intercept(&self, uri: &Uri) -> Option<Intercept> {
        let matcher = self.matcher.as_ref()?;
        let usual = uri.scheme_str() == Some("https") && !is_loopback(uri);
        if self.everything || usual {
            matcher.intercept(uri)
        } else {
            None
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The matcher shows neither user nor password.
        f.debug_struct("Proxy")
            .field("matcher", &self.matcher)
            .field("everything", &self.everything)
            .finish()
    }
}

/// Whether `uri` means this machine.
fn is_loopback(uri: &Uri) -> bool {
    let Some(host) = uri.host() else { return false };
    let name = host.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}
