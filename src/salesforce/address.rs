//! Reads an address strictly. A browser's URL parser forgives what must not be forgiven where a
//! token goes (backslashes, missing slashes, numbers in other bases), and weighs 60 KB with its
//! tables for names outside ASCII; an address of Salesforce needs neither.

/// The parts of an address.
#[derive(Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// Whether the scheme is https, which it is where none is given.
    pub https: bool,
    /// Whether the host is this machine.
    pub loopback: bool,
    /// The host in lower case, without a dot at its end.
    pub host: String,
    /// The port, where it is not the scheme's own.
    pub port: Option<u16>,
    /// What follows: path, query string and fragment, as they are.
    pub rest: &'a str,
}

/// Longer names do not exist.
const LONGEST_HOST: usize = 253;

impl<'a> Address<'a> {
    /// Reads a URL, or what is one without its scheme. The error says what was expected and
    /// never repeats the text.
    pub fn parse(text: &'a str) -> Result<Address<'a>, &'static str> {
        let text = text.trim();
        if !text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
            return Err("a URL or a host name in ASCII, without spaces and backslashes");
        }
        let (https, after) = match text.split_once("://") {
            None => (true, text),
            Some((scheme, after)) if scheme.eq_ignore_ascii_case("https") => (true, after),
            Some((scheme, after)) if scheme.eq_ignore_ascii_case("http") => (false, after),
            Some(_) => return Err("a URL of the scheme https"),
        };
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        let (authority, rest) = after.split_at_checked(end).unwrap_or((after, ""));
        if authority.contains('@') {
            return Err("a URL without user name and password");
        }
        let (host, port) = split_port(authority).ok_or("a URL or a host name")?;
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let loopback = loopback(&host).ok_or("a URL or a host name")?;
        let usual = if https { 443 } else { 80 };
        let port = port.filter(|port| *port != usual);
        Ok(Address {
            https,
            loopback,
            host,
            port,
            rest,
        })
    }
}

/// Host and port of an authority; none where the port is none.
fn split_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let ipv6 = authority.find(']').map(|end| end + 1);
    let (host, port) = match ipv6 {
        Some(end) => authority.split_at_checked(end)?,
        None => authority.split_at_checked(authority.find(':').unwrap_or(authority.len()))?,
    };
    match port.strip_prefix(':') {
        None if port.is_empty() => Some((host, None)),
        None => None,
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            Some((host, Some(digits.parse().ok()?)))
        }
        Some(_) => None,
    }
}

/// Whether a host is this machine; none where it is no host. Of addresses of version 6 only the
/// one of loopback is known: Salesforce has names.
fn loopback(host: &str) -> Option<bool> {
    if host == "[::1]" {
        return Some(true);
    }
    let labels = || host.split('.');
    let letters = |label: &str| {
        let inside = label
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
        inside && !label.is_empty() && label.len() <= 63
    };
    if host.len() > LONGEST_HOST || !labels().all(letters) {
        return None;
    }
    // A last label of digits is that of an address. Forms with fewer parts, or in other bases,
    // are no host here.
    if labels()
        .next_back()?
        .starts_with(|c: char| c.is_ascii_digit())
    {
        let octet = |label: &str| {
            let short = label.len() == 1 || !label.starts_with('0');
            short && label.parse::<u8>().is_ok()
        };
        let whole = labels().count() == 4 && labels().all(octet);
        return whole.then(|| host.starts_with("127."));
    }
    Some(host == "localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (bool, bool, String, Option<u16>, &str) {
        let a = Address::parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        (a.https, a.loopback, a.host, a.port, a.rest)
    }

    #[test]
    fn addresses_are_taken_apart() {
        let host = |text: &str| text.to_owned();
        assert_eq!(
            parts("Acme.Example"),
            (true, false, host("acme.example"), None, "")
        );
        assert_eq!(
            parts(" HTTPS://a.example.:443/p?q#f "),
            (true, false, host("a.example"), None, "/p?q#f")
        );
        assert_eq!(
            parts("http://a:80?q"),
            (false, false, host("a"), None, "?q")
        );
        assert_eq!(
            parts("a:8443#f"),
            (true, false, host("a"), Some(8443), "#f")
        );
        assert_eq!(
            parts("http://127.9.9.9:1/"),
            (false, true, host("127.9.9.9"), Some(1), "/")
        );
        assert_eq!(
            parts("http://[::1]:1"),
            (false, true, host("[::1]"), Some(1), "")
        );
        assert_eq!(
            parts("http://localhost"),
            (false, true, host("localhost"), None, "")
        );
        assert_eq!(
            parts("https://10.0.0.1"),
            (true, false, host("10.0.0.1"), None, "")
        );
    }

    #[test]
    fn what_browsers_forgive_is_refused() {
        let wrong = [
            "",
            "https://",
            "https:///a",
            "https:/a.example",
            "https:\\\\a.example",
            "ftp://a",
            "javascript://a",
            "a b",
            "a\tb",
            "a\nb",
            "https://u@a",
            "https://u:p@a",
            "a:b@c",
            "a:",
            "a:x",
            "a:+1",
            "a:65536",
            "a:1:2",
            "a..b",
            ".a",
            "-_-",
            "a_b",
            "ä.example",
            "a%2eb",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "127.0.0.256",
            "1.2.3.4.5",
            "[::2]",
            "[::1",
            "::1",
            "[::1]x",
            "a.1x",
            "[::1]:",
        ];
        for text in wrong {
            let read = Address::parse(text);
            assert!(read.is_err(), "{text}: {read:?}");
        }
    }
}
