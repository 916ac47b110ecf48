//! Paths and query strings, encoded.

use crate::failure::Failure;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the characters that RFC 3986 leaves unreserved.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The same with commas, which part the items of a list.
const LIST: &AsciiSet = &VALUE.remove(b',');

/// All records of an object: `POST` creates one. The name must have been checked.
pub fn sobject(version: &str, sobject: &str) -> String {
    format!("/services/data/{version}/sobjects/{sobject}/")
}

/// One record. Name and id must have been checked.
pub fn record(version: &str, sobject: &str, id: &str) -> String {
    format!("/services/data/{version}/sobjects/{sobject}/{id}")
}

/// Adds a parameter to the query string of a path. Its name must have been checked; its value may
/// hold anything.
pub fn push_parameter(path: &mut String, name: &str, value: &str) {
    path.push(if path.contains('?') { '&' } else { '?' });
    path.push_str(name);
    path.push('=');
    path.extend(utf8_percent_encode(value, LIST));
}

/// The record with this value in an external id field. Name and field must have been checked.
pub fn external(version: &str, sobject: &str, field: &str, value: &str) -> String {
    let value = utf8_percent_encode(value, VALUE);
    format!("/services/data/{version}/sobjects/{sobject}/{field}/{value}")
}

/// All records, in the User Interface API.
pub fn ui_records(version: &str) -> String {
    format!("/services/data/{version}/ui-api/records")
}

/// The number before the dot of a version such as `v66.0`.
pub fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// The first page of a query, with the rows in the recycle bin where `include_deleted`.
pub fn query(version: &str, soql: &str, include_deleted: bool) -> String {
    let resource = if include_deleted { "queryAll" } else { "query" };
    let soql = utf8_percent_encode(soql, VALUE);
    format!("/services/data/{version}/{resource}?q={soql}")
}

/// The composite resource.
pub fn composite(version: &str) -> String {
    format!("/services/data/{version}/composite")
}

/// Approval processes and requests.
pub fn approvals(version: &str) -> String {
    format!("/services/data/{version}/process/approvals/")
}

/// The API versions that a host serves. Needs no session, and does not count.
pub const VERSIONS: &str = "/services/data/";

/// Who the user of a session is.
pub const USER_INFO: &str = "/services/oauth2/userinfo";

/// All deployments of metadata: `POST` starts one.
pub fn deployments(version: &str) -> String {
    format!("/services/data/{version}/metadata/deployRequest")
}

/// One deployment, with what became of each component. The id must have been checked.
pub fn deployment(version: &str, id: &str) -> String {
    format!("/services/data/{version}/metadata/deployRequest/{id}?includeDetails=true")
}

/// What [`check_locator`] accepts, as a regular expression.
pub const LOCATOR_PATTERN: &str =
    "^/services/data/v[0-9]{1,3}\\.[0-9]{1,3}/(query|queryAll)/[A-Za-z0-9_-]{1,128}$";

/// Checks a locator: the path of a page of a query result, used verbatim. Any other path below
/// `/services/data/` would be read with the token, and some of them run code.
pub fn check_locator(parameter: &str, locator: &str) -> Result<(), Failure> {
    match is_locator(locator) {
        Some(true) => Ok(()),
        _ => {
            let expected = "the locator or nextRecordsUrl of a query result, \
                            such as /services/data/v66.0/query/01g…-2000";
            Err(Failure::invalid_input(parameter, expected))
        }
    }
}

fn is_locator(locator: &str) -> Option<bool> {
    let digits =
        |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let (version, rest) = locator.strip_prefix("/services/data/v")?.split_once('/')?;
    let (major, minor) = version.split_once('.')?;
    let (resource, cursor) = rest.split_once('/')?;
    let known = matches!(resource, "query" | "queryAll");
    let graphic = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let whole = (1..=128).contains(&cursor.len()) && cursor.bytes().all(graphic);
    Some(digits(major) && digits(minor) && known && whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_one_value_whatever_it_holds() {
        let path = query("v66.0", "SELECT Id FROM A WHERE B = 'ü&x=1#/?%+\n'", true);
        assert_eq!(
            path,
            "/services/data/v66.0/queryAll?q=SELECT%20Id%20FROM%20A%20WHERE%20B%20%3D%20%27\
             %C3%BC%26x%3D1%23%2F%3F%25%2B%0A%27"
        );
    }

    #[test]
    fn a_value_in_a_path_is_one_segment_whatever_it_holds() {
        assert_eq!(
            external("v66.0", "A", "F__c", "a/b?c#d@e%f g\u{fc}\u{1f600}.-_~"),
            "/services/data/v66.0/sobjects/A/F__c/\
             a%2Fb%3Fc%23d%40e%25f%20g%C3%BC%F0%9F%98%80.-_~"
        );
    }

    #[test]
    fn locators_stay_on_their_path() {
        for good in [
            "/services/data/v66.0/query/01gRO0000016PIAYA2-2000",
            "/services/data/v45.0/queryAll/01g-1",
        ] {
            assert!(check_locator("locator", good).is_ok(), "{good}");
        }
        let wrong = [
            "",
            "01gRO0000016PIAYA2-2000",
            "https://evil.example/services/data/v66.0/query/01g",
            "//evil.example/services/data/v66.0/query/01g",
            "/services/data//query/01g",
            "/services/data/v66.0/query/../../x",
            "/services/data/v66.0/query/%2E%2e/x",
            "/services/data/v66.0/query/a%2Fb",
            "/services/data/v66.0/query\\x",
            "/services/data/v66.0/query/01g#x",
            "/services/data/v66.0/query/01g x",
            "/services/data/v66.0/query/01g\r\nX: y",
            "/services/data/v66.0/limits",
            "/services/apexrest/query",
            "/services/data/v66.0/limits?/query",
            "/services/data/v66.0/query?q=SELECT+Id+FROM+User",
            "/services/data/v66.0/query/",
            "/services/data/v66.0/tooling/executeAnonymous/?anonymousBody=x;&a=/query",
            "/services/data/v66.0/tooling/query/01g-1",
            "/services/data/v66.0/query/01g-1/x",
            "/services/data/v66.0/query/01g-1?x",
            "/services/data/v66/query/01g-1",
            "/services/data/v66.0/query/ü",
        ];
        for bad in wrong {
            let failure = check_locator("locator", bad).unwrap_err();
            assert_eq!(
                failure.detail.more.get("parameter"),
                Some("\"locator\""),
                "{bad}"
            );
        }
    }
}
