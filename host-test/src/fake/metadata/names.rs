//! The names of objects and fields.

use super::Problem;

/// The most characters before `__c`.
const LONGEST: usize = 40;

/// Checks the name of an object.
pub fn object(name: &str) -> Result<(), Problem> {
    check(name, "Object Name")
}

/// Checks the name of a field.
pub fn field(name: &str) -> Result<(), Problem> {
    check(name, "Field Name")
}

/// The object and the field of `Object.Field`.
pub fn split(full: &str) -> Result<(&str, &str), Problem> {
    full.split_once('.').ok_or_else(|| {
        // Neither code nor text is documented.
        let message = format!("The full name of a field is Object.Field__c, and not {full}");
        Problem::new("INVALID_FIELD_FULL_NAME", message)
    })
}

fn check(name: &str, label: &str) -> Result<(), Problem> {
    let Some(base) = name.strip_suffix("__c") else {
        let message =
            format!("{label}: the API name of something custom must end with __c: {name}");
        return Err(Problem::integrity(message));
    };
    let plain = base
        .bytes()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == b'_');
    let letter_first = base.starts_with(|first: char| first.is_ascii_alphabetic());
    if !plain || !letter_first || base.ends_with('_') || base.contains("__") {
        let message = format!(
            "The {label} field can only contain underscores and alphanumeric characters. It must be unique, begin \
             with a letter, not include spaces, not end with an underscore, and not contain two consecutive \
             underscores."
        );
        return Err(Problem::integrity(message));
    }
    if base.len() > LONGEST {
        let message = format!("{label}: data value too large: {name} (max length={LONGEST})");
        return Err(Problem::new("STRING_TOO_LONG", message));
    }
    Ok(())
}
