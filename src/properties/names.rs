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
        let path = paths::record("v66.0", "Account", text);
        plain(&path, "/services/data/v66.0/sobjects/Account/");
        assert!(names::same_id(text, text));
    }
    let fields = [text.to_owned()];
    if names::check_fields("p", &fields).is_ok() {
        let mut path = paths::record("v66.0", "Account", "001D000000IqhSL");
        paths::push_parameter(&mut path, "fields", text);
        let (_, query) = path.split_once('?').unwrap();
        assert_eq!(query, format!("fields={text}"));
    }
    if paths::check_locator("p", text).is_ok() {
        plain(text, "/services/data/v");
    }
    if names::check_relationship("p", text).is_ok() {
        plain(&format!("/services/{text}"), "/services/");
    }
    let query = paths::query("v66.0", text, false);
    let external = paths::external("v66.0", "Account", "No__c", text);
    let mut listed = "/".to_owned();
    paths::push_parameter(&mut listed, "a", text);
    encoded(&query, "/services/data/v66.0/query?q=", text);
    encoded(
        &external,
        "/services/data/v66.0/sobjects/Account/No__c/",
        text,
    );
    encoded(&listed.replace(',', "%2C"), "/?a=", text);
}

fn encoded(path: &str, before: &str, text: &str) {
    let value = path.strip_prefix(before).unwrap();
    let safe = |b: u8| b.is_ascii_alphanumeric() || b"-._~%".contains(&b);
    assert!(value.bytes().all(safe), "{value}");
    let read = percent_decode_str(value).decode_utf8().unwrap();
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
