//! Addresses: where a token may go.

use crate::salesforce::address::Address;
use crate::salesforce::hosts::{AllowedHost, Endpoint, Origin};
use url::Url;

/// An address that is taken means the same host, port and scheme to other readers of addresses.
pub fn check(text: &str) {
    if let Ok(address) = Address::parse(text) {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.[:]".contains(&b);
        assert!(!address.host.is_empty() && address.host.bytes().all(plain));
        assert_eq!(Address::parse(&written(&address)).as_ref(), Ok(&address));
        elsewhere(&address);
    }
    if let Ok(origin) = Origin::parse(text) {
        let shown = origin.to_string();
        // Of endings behind endings one goes at a time.
        let again = Origin::parse(&shown).unwrap().to_string();
        assert!(
            shown == again || shown.matches(".com").count() > 1,
            "{text}"
        );
        assert!(origin.https() || origin.is_loopback(), "{text}");
    }
    if let Ok(endpoint) = Endpoint::parse(text, "/default") {
        let graphic = |b: u8| b.is_ascii_graphic() && b != b'?' && b != b'#' && b != b'\\';
        assert!(endpoint.path.starts_with('/') && endpoint.path.bytes().all(graphic));
    }
    let _ = AllowedHost::parse(text);
}

fn written(address: &Address<'_>) -> String {
    let scheme = if address.https { "https" } else { "http" };
    let port = address.port.map(|port| format!(":{port}"));
    let Address { host, rest, .. } = address;
    format!("{scheme}://{host}{}{rest}", port.unwrap_or_default())
}

/// What browsers and hosts make of it.
fn elsewhere(address: &Address<'_>) {
    // They refuse names that look international and are none; such a host is never reached.
    let Ok(url) = Url::parse(&written(address)) else {
        let international = address
            .host
            .split('.')
            .any(|label| label.starts_with("xn--"));
        assert!(international, "{address:?}");
        return;
    };
    assert_eq!(url.host_str(), Some(address.host.as_str()), "{address:?}");
    assert_eq!(url.port(), address.port, "{address:?}");
    assert_eq!(url.scheme() == "https", address.https, "{address:?}");
    assert!(url.username().is_empty() && url.password().is_none());
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(number)) => number.is_loopback(),
        Some(url::Host::Ipv6(number)) => number.is_loopback(),
        None => false,
    };
    assert_eq!(loopback, address.loopback, "{address:?}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::cases;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases(4_000))]

        #[test]
        fn addresses_that_are_alike(
            text in r"( ?(https?|HTTP|ftp)(://|:/|:|:\\\\))?([a-z@:]{1,4}@)?[a-zA-Z0-9%.:\[\]_\\ -]{0,24}(:[0-9]{0,6})?([/?#].{0,12})?"
        ) {
            check(&text);
        }

        #[test]
        fn addresses_of_numbers(text in r"(http://)?[0-9x.]{1,20}(:[0-9]{0,5})?/?") {
            check(&text);
        }

        #[test]
        fn hosts_of_salesforce(
            text in r"(https://)?[a-z0-9-]{1,6}(--[a-z]{1,4}){0,2}(\.(sandbox|develop|vf|lightning|file|my)){0,3}\.(force|salesforce|salesforce-setup|salesforce-scrt|my-lightning)\.(com|mil)(\.mcas\.ms)?(:443|:8443)?"
        ) {
            check(&text);
        }

        #[test]
        fn any_text(text in any::<String>()) {
            check(&text);
        }
    }
}
