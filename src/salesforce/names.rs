//! Names and ids: what may stand in a path.

use crate::failure::Failure;

/// What [`check_sobject`] accepts, as a regular expression.
pub const SOBJECT_PATTERN: &str = "^[A-Za-z][A-Za-z0-9_]{0,254}$";
/// What [`check_id`] accepts, as a regular expression.
pub const ID_PATTERN: &str = "^([A-Za-z0-9]{15}|[A-Za-z0-9]{18})$";
/// What [`check_fields`] accepts of each field, as a regular expression.
pub const FIELD_PATTERN: &str = "^[A-Za-z][A-Za-z0-9_]{0,254}(\\.[A-Za-z][A-Za-z0-9_]{0,254})*$";

/// What [`check_relationship`] accepts, as a regular expression.
pub const RELATIONSHIP_PATTERN: &str =
    "^[A-Za-z][A-Za-z0-9_]{0,254}(/[A-Za-z][A-Za-z0-9_]{0,254}){0,4}$";

/// What [`check_permission_set`] accepts, as a regular expression.
pub const PERMISSION_SET_PATTERN: &str = "^[A-Za-z0-9_]{1,80}$";

/// What names a permission set.
pub const PERMISSION_SET: &str = "the id of a permission set, or its API name";

/// What names a relationship.
pub const RELATIONSHIP: &str =
    "the name of a relationship, such as Opportunities, or up to five with slashes between them";

/// Longer than any API name that Salesforce allows, with namespace and suffix.
const LONGEST_NAME: usize = 255;

/// More than a URL takes: Salesforce refuses 16,384 bytes with the headers.
const LONGEST_LIST: usize = 12_000;

/// The most relationships in a row: Salesforce follows five to a parent.
const LONGEST_WAY: usize = 5;

/// Checks the API name of an object, such as `Account` or `ns__Invoice__c`.
pub fn check_sobject(parameter: &str, name: &str) -> Result<(), Failure> {
    let expected = "the API name of an object: letters, digits and underscores, such as Account";
    present(parameter, name, expected)?;
    check_name(parameter, name, expected)
}

/// Checks a record id. Only its form counts: a checksum that does not fit is for Salesforce to
/// refuse.
pub fn check_id(parameter: &str, id: &str) -> Result<(), Failure> {
    let expected = "a record id of 15 or 18 letters and digits";
    present(parameter, id, expected)?;
    let length = matches!(id.len(), 15 | 18);
    match length && id.bytes().all(|b| b.is_ascii_alphanumeric()) {
        true => Ok(()),
        false => Err(Failure::invalid_input(parameter, expected)),
    }
}

/// Whether two ids are of the same record: one may have 15 characters and the other 18, of which
/// the last three say nothing new.
pub fn same_id(one: &str, other: &str) -> bool {
    one.len() >= 15 && one.bytes().take(15).eq(other.bytes().take(15))
}

/// Checks a list of field names, such as `Name` or `Owner.Name`.
pub fn check_fields(parameter: &str, fields: &[String]) -> Result<(), Failure> {
    check_size(parameter, fields.iter().map(|field| field.len() + 1).sum())?;
    match fields.iter().all(|f| f.split('.').all(is_api_name)) {
        true => Ok(()),
        false => {
            let expected = "API names of fields: letters, digits and underscores, such as Name";
            Err(Failure::invalid_input(parameter, expected))
        }
    }
}

/// Checks the bytes of what goes into a query string.
pub fn check_size(parameter: &str, bytes: usize) -> Result<(), Failure> {
    match bytes <= LONGEST_LIST {
        true => Ok(()),
        false => {
            let expected = format!("at most {LONGEST_LIST} bytes");
            Err(Failure::invalid_input(parameter, &expected))
        }
    }
}

/// Checks names of relationships with slashes between them, such as `Owner/Manager`.
pub fn check_relationship(parameter: &str, way: &str) -> Result<(), Failure> {
    present(parameter, way, RELATIONSHIP)?;
    let known = way.split('/').all(is_api_name) && way.split('/').count() <= LONGEST_WAY;
    match known {
        true => Ok(()),
        false => Err(Failure::invalid_input(parameter, RELATIONSHIP)),
    }
}

/// Checks a name of letters, digits and underscores.
pub fn check_name(parameter: &str, name: &str, expected: &str) -> Result<(), Failure> {
    match is_api_name(name) {
        true => Ok(()),
        false => Err(Failure::invalid_input(parameter, expected)),
    }
}

/// Checks the id or the API name of a permission set.
pub fn check_permission_set(parameter: &str, set: &str) -> Result<(), Failure> {
    present(parameter, set, PERMISSION_SET)?;
    let plain = set.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    match plain && set.len() <= 80 {
        true => Ok(()),
        false => Err(Failure::invalid_input(parameter, PERMISSION_SET)),
    }
}

/// Checks that a text was given at all.
pub fn present(parameter: &str, text: &str, expected: &str) -> Result<(), Failure> {
    match text.trim().is_empty() {
        false => Ok(()),
        true => Err(Failure::missing_input(parameter, expected)),
    }
}

/// Whether a text can be the API name of an object or a field.
pub fn is_api_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_alphabetic());
    first && name.len() <= LONGEST_NAME && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts that would change a path, a query string or a host.
    const HOSTILE: [&str; 12] = [
        "Account/",
        "../Account",
        "Account?x=1",
        "Account#",
        "Account%2f",
        "Acc ount",
        "Äccount",
        "Account\r\nX: y",
        "Account\0",
        "//evil.example",
        "1Account",
        "@evil.example",
    ];

    #[test]
    fn hostile_names_are_invalid() {
        for name in HOSTILE {
            assert_eq!(
                check_sobject("p", name).unwrap_err().detail.code,
                "INVALID_INPUT"
            );
            let fields = check_fields("p", &["Name".into(), name.into()]);
            assert_eq!(fields.unwrap_err().detail.code, "INVALID_INPUT", "{name}");
            assert!(name == "1Account" || check_permission_set("p", name).is_err());
            for way in [name.to_owned(), format!("Owner/{name}")] {
                assert!(check_relationship("p", &way).is_err(), "{way}");
            }
        }
        assert!(check_fields("p", &["Owner..Name".into()]).is_err());
        assert!(check_sobject("p", "ns__Invoice__c").is_ok());
        assert!(check_fields("p", &["Owner.Name".into()]).is_ok());
        assert!(check_sobject("p", &"a".repeat(256)).is_err());
        for way in ["Opportunities", "Owner/Manager", "a__r/b/c/d/e"] {
            assert!(check_relationship("p", way).is_ok(), "{way}");
        }
        for way in ["", "/Owner", "Owner//Manager", "a/b/c/d/e/f"] {
            assert!(check_relationship("p", way).is_err(), "{way}");
        }
    }

    #[test]
    fn an_id_is_the_same_with_15_and_18_characters() {
        assert!(same_id("001D000000IqhSL", "001D000000IqhSLIAZ"));
        assert!(!same_id("001D000000IqhSL", "001D000000IqhSl"));
        assert!(!same_id("001", "001"));
    }

    #[test]
    fn ids_have_15_or_18_letters_and_digits() {
        for id in [
            "001D000000IqhSL",
            "001D000000IqhSLIAZ",
            "001D000000IqhSLXXX",
        ] {
            assert!(check_id("p", id).is_ok(), "{id}");
        }
        let wrong = [
            "001",
            "001D000000IqhSL1",
            "001D000000Iqh/L",
            "001D000000IqhSÄ",
            "001D000000IqhSL\n\n\n",
        ];
        for id in wrong.into_iter().chain(HOSTILE) {
            assert_eq!(
                check_id("p", id).unwrap_err().detail.code,
                "INVALID_INPUT",
                "{id}"
            );
        }
        for id in ["", "  "] {
            assert_eq!(check_id("p", id).unwrap_err().detail.code, "MISSING_INPUT");
        }
    }
}
