//! What stands in a path: names, ids, locators and queries.

use crate::salesforce::{names, paths};
use percent_encoding::percent_decode_str;

/// What is taken stays where it is put: nothing ends a path, climbs out of it or starts a header.
pub fn check(text: &str) {
    if names::check_sobject("p", text).is_ok() {
        plain(
            &paths::sobject("v66.0", text),
            "/services/data/v66.0/sobjects/",
        );
    }
    if names::check_id("p", text).is_ok() {
        let path = paths::record("v66.0", "Account", text, &[]);
        plain(&path, "/services/data/v66.0/sobjects/Account/");
        assert!(names::same_id(text, text));
    }
    let fields = [text.to_owned()];
    if names::check_fields("p", &fields).is_ok() {
        let path = paths::record("v66.0", "Account", "001D000000IqhSL", &fields);
        let (path, query) = path.split_once('?').unwrap();
        plain(path, "/services/data/v66.0/sobjects/Account/");
        assert_eq!(query, format!("fields={text}"));
    }
    if paths::check_locator("p", text).is_ok() {
        plain(text, "/services/data/v");
    }
    let path = paths::query("v66.0", text, false);
    let query = path.strip_prefix("/services/data/v66.0/query?q=").unwrap();
    let safe = |b: u8| b.is_ascii_alphanumeric() || b"-._~%".contains(&b);
    assert!(query.bytes().all(safe), "{query}");
    let read = percent_decode_str(query).decode_utf8().unwrap();
    assert_eq!(read, text);
}

fn plain(path: &str, folder: &str) {
    let rest = path.strip_prefix(folder).expect(path);
    let safe = |b: u8| b.is_ascii_alphanumeric() || b"-_./".contains(&b);
    assert!(rest.bytes().all(safe), "{path}");
    assert!(!rest.contains("..") && !rest.contains("//"), "{path}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::cases;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases(2_000))]

        #[test]
        fn names_that_are_alike(text in r"[A-Za-z0-9_./%?#\\\r\n\x00 é]{0,20}") {
            check(&text);
        }

        #[test]
        fn locators_that_are_alike(
            text in r"/services/data/v[0-9]{1,4}(\.[0-9]{1,4})?/(query|queryAll|tooling|limits)/?[A-Za-z0-9_./%?#-]{0,20}"
        ) {
            check(&text);
        }

        #[test]
        fn any_text(text in any::<String>()) {
            check(&text);
        }
    }
}
