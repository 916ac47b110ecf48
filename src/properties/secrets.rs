//! Secrets in what a server repeats.

use crate::secret::{self, Secret};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Write;

/// A secret is found between any texts, in every form in which servers repeat what they got.
pub fn check(value: &str, before: &str, after: &str) {
    if value.len() < 4 || value.chars().all(|c| c == '\\') {
        return;
    }
    let secret = Secret::new(value);
    for (form, echo) in forms(value) {
        let text = [before, &echo, after].concat();
        let shown = secret::redact(&text, &[&secret]);
        for rest in shown.split("[redacted]") {
            let found = rest.contains(value) || rest.contains(&echo);
            assert!(!found, "{form}: {text:?} {shown:?}");
        }
        assert!(shown.contains("[redacted]"), "{form}: {text:?} {shown:?}");
    }
    assert_eq!(format!("{secret:?}"), "[redacted]");
}

fn forms(value: &str) -> [(&'static str, String); 12] {
    let json = |text: &str| {
        let text = serde_json::to_string(text).unwrap();
        text.strip_prefix('"')
            .and_then(|t| t.strip_suffix('"'))
            .unwrap()
            .to_owned()
    };
    let form = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let percent = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let xml = |text: &str| {
        let text = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        text.replace('"', "&quot;").replace('\'', "&apos;")
    };
    let mut unicode = String::new();
    for unit in value.encode_utf16() {
        write!(unicode, "\\u{unit:04X}").unwrap();
    }
    let numbers = value
        .chars()
        .map(|c| format!("&#x{:x};", u32::from(c)))
        .collect();
    [
        ("as it is", value.to_owned()),
        ("json", json(value)),
        ("json in json", json(&json(value))),
        ("json with slashes", json(value).replace('/', "\\/")),
        ("form", form(value)),
        ("percent", percent(value)),
        (
            "percent in small letters",
            percent(value).to_ascii_lowercase(),
        ),
        ("percent twice", percent(&percent(value))),
        ("xml", xml(value)),
        ("xml in json", json(&xml(value))),
        ("unicode", unicode),
        ("numbers", numbers),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::cases;
    use proptest::prelude::*;

    const SECRETS: &str = r#"[!-~ \n\t\x08\x0c\x00é漢😀"\\%&+<>'/;#]{4,12}"#;

    proptest! {
        #![proptest_config(cases(2_000))]

        #[test]
        fn secrets_between_texts(
            value in SECRETS,
            before in r#"[ -~é]{0,8}"#,
            after in r#"[ -~é]{0,8}"#,
        ) {
            check(&value, &before, &after);
        }

        #[test]
        fn secrets_among_what_looks_like_them(
            value in r#"([a\\%&+25u0cn#;x]|amp;|%25|%5c|&#38;|lt;|n){4,6}"#,
            before in r#"[a\\%&+25u0;]{0,8}"#,
            after in r#"[a\\%&+25u0;]{0,8}"#,
        ) {
            check(&value, &before, &after);
        }
    }
}
