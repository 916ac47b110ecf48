//! JSON as it is read and written here, against the values that `serde_json` reads.

use crate::json::{self, Object, scan};
use serde_json::Value;
use serde_json::value::RawValue;

/// What is read here is what others read, and what they read is read here.
pub fn check(text: &str) {
    let mut written = String::new();
    json::push_string(&mut written, text);
    assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);

    let whole = json::check(text);
    assert_eq!(scan::is_whole(text), whole.is_ok(), "{text}");
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        // Values stop at a depth, numbers at a size and strings at half characters.
        return;
    };
    assert!(whole.is_ok(), "{text}");
    let raw: &RawValue = serde_json::from_str(text).unwrap();
    assert_eq!(json::text(raw).as_deref(), value.as_str());
    assert_eq!(json::flag(raw), value.as_bool());
    same_number(raw, &value);
    match (json::list(text), value.as_array()) {
        (Some(items), Some(values)) => {
            assert_eq!(items.len(), values.len());
            items
                .iter()
                .zip(values)
                .for_each(|(item, value)| same(item, value));
        }
        (None, None) => {}
        (found, _) => panic!("{found:?} {text}"),
    }
    match (Object::read(text), value.as_object()) {
        (Some(object), Some(values)) => {
            assert_eq!(object.members().count(), values.len());
            for (name, raw) in object.members() {
                same(raw, values.get(name).unwrap());
            }
        }
        // A name that stands twice is none for others.
        (None, _) => {}
        (found, None) => panic!("{found:?} {text}"),
    }
}

fn same(raw: &RawValue, value: &Value) {
    assert_eq!(&serde_json::from_str::<Value>(raw.get()).unwrap(), value);
}

/// Numbers that others take for whole are whole here.
fn same_number(raw: &RawValue, value: &Value) {
    let exact = 9_007_199_254_740_992.0;
    let whole = |n: &f64| n.fract() == 0.0 && (1.0..exact).contains(n);
    match (json::number(raw), value.as_u64(), value.as_f64()) {
        (found, Some(number), _) => assert_eq!(found, Some(number), "{raw}"),
        (Some(found), None, Some(number)) => {
            // Beyond their precision they only come close.
            assert!((found as f64 - number).abs() <= number * 1e-15, "{raw}");
        }
        (None, None, Some(number)) => {
            // A fraction beyond their precision is lost on them.
            assert!(!whole(&number) || raw.get().len() > 16, "{raw}");
        }
        (found, None, None) => assert_eq!(found, None, "{raw}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::cases;
    use proptest::prelude::*;

    const TOKENS: [&str; 16] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"a\":1",
        "1",
        "-0.5e3",
        "true",
        "null",
        " ",
        "\"\\u00zz\"",
        "\"\\n\"",
        "nul",
    ];

    proptest! {
        #![proptest_config(cases(2_000))]

        #[test]
        fn texts_that_are_alike(text in r#"[\[\]{}:,"\\0-9a-fuentrls .+-]{0,24}"#) {
            check(&text);
        }

        #[test]
        fn tokens(
            tokens in proptest::collection::vec(proptest::sample::select(TOKENS.to_vec()), 0..14),
        ) {
            check(&tokens.concat());
        }

        #[test]
        fn long_strings(text in "\"[ -~é\u{1}\\\\]{0,40}\"") {
            check(&text);
        }

        #[test]
        fn numbers(text in r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,6})?([eE][+-]?[0-9]{1,3})?") {
            check(&text);
        }

        #[test]
        fn objects(
            names in proptest::collection::vec(r#"[a-c]|\\u006[1-3]"#, 0..5),
            value in r#"-?[1-9]|"(\\"|\\n|\\u00e9|é)*"|\[\]|\{"a":1\}|null"#,
        ) {
            let members: Vec<_> = names.iter().map(|name| format!("\"{name}\": {value}")).collect();
            check(&format!(" {{{}}} ", members.join(" , ")));
            check(&format!("[{}]", vec![value; names.len()].join(",")));
        }

        #[test]
        fn any_text(text in any::<String>()) {
            check(&text);
        }
    }
}
