//! Private keys.

use crate::private_key::PrivateKey;
use base64ct::{Base64, Encoding};

/// A key is read or refused; one that is read signs or does not, and never shows.
pub fn check(bytes: &[u8]) {
    if let Ok(text) = str::from_utf8(bytes) {
        parsed(text);
    }
    let body = Base64::encode_string(bytes);
    for label in ["PRIVATE KEY", "RSA PRIVATE KEY"] {
        parsed(&format!(
            "-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"
        ));
    }
}

fn parsed(text: &str) {
    if let Ok(key) = PrivateKey::parse(text) {
        assert_eq!(format!("{key:?}"), "[redacted]");
        let signature = key.sign(b"message");
        assert!(signature.is_none_or(|bytes| (256..=512).contains(&bytes.len())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::cases;
    use proptest::prelude::*;

    const PEM: &str = include_str!("../../tests/keys/pkcs8.pem");

    fn der() -> Vec<u8> {
        let body: String = PEM.lines().filter(|line| !line.starts_with('-')).collect();
        Base64::decode_vec(&body).unwrap()
    }

    proptest! {
        // Some still sign, which takes time.
        #![proptest_config(cases(100))]

        #[test]
        fn keys_with_a_changed_byte(at in any::<proptest::sample::Index>(), to in any::<u8>()) {
            let mut bytes = der();
            let at = at.index(80);
            bytes[at] = to;
            check(&bytes);
        }

        #[test]
        fn keys_that_break_off(at in any::<proptest::sample::Index>()) {
            let mut bytes = der();
            bytes.truncate(at.index(bytes.len()));
            check(&bytes);
        }

        #[test]
        fn texts_that_are_alike(
            text in r"(-{4,5}(BEGIN|END) (RSA |EC |ENCRYPTED )?(PRIVATE KEY|CERTIFICATE)-{4,5}|[A-Za-z0-9+/=\\nr \n]{0,12}){0,6}"
        ) {
            check(text.as_bytes());
        }

        #[test]
        fn any_bytes(bytes in any::<Vec<u8>>()) {
            check(&bytes);
        }
    }
}
