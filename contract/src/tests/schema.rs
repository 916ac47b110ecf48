//! What breaks callers, rule by rule.

use serde_json::{Value, json};

use crate::schema::{Side, bare, breaks};

fn said(side: Side, old: Value, new: Value) -> Vec<String> {
    let found = breaks(side, &bare(&old), &bare(&new));
    let shown = found
        .iter()
        .map(|b| format!("{}: {}", b.place.join("."), b.what));
    shown.collect()
}

fn object(properties: Value, required: Value) -> Value {
    json!({"type": "object", "properties": properties, "required": required,
           "additionalProperties": false})
}

#[test]
fn an_input_may_take_more_and_not_less() {
    let number = |limits: Value| {
        let mut schema = json!({"type": ["integer", "null"], "minimum": 1, "maximum": 10});
        for (name, limit) in limits.as_object().unwrap() {
            schema[name] = limit.clone();
        }
        object(json!({"n": schema}), json!([]))
    };
    let old = number(json!({}));
    for wider in [
        json!({}),
        json!({"minimum": 0}),
        json!({"maximum": 11}),
        json!({"type": ["number", "null", "string"]}),
        json!({"title": "N", "description": "x", "examples": [1], "default": 2}),
    ] {
        assert_eq!(said(Side::Input, old.clone(), number(wider)), [""; 0]);
    }
    for (narrower, expected) in [
        (json!({"minimum": 2}), "n: minimum was 1, is 2"),
        (json!({"maximum": 9}), "n: maximum was 10, is 9"),
        (
            json!({"maxLength": 9}),
            "n: maxLength was not limited, is 9",
        ),
        (
            json!({"type": "integer"}),
            r#"n: type was ["integer","null"], is "integer""#,
        ),
        (json!({"enum": [1, 2]}), "n: enum was not limited, is [1,2]"),
        (
            json!({"multipleOf": 2}),
            "n: multipleOf was not limited, is 2",
        ),
    ] {
        assert_eq!(said(Side::Input, old.clone(), number(narrower)), [expected]);
    }
}

#[test]
fn an_input_keeps_its_properties() {
    let text = || json!({"type": "string"});
    let old = object(json!({"a": text(), "b": text()}), json!(["a"]));
    let more = object(json!({"a": text(), "b": text(), "c": text()}), json!([]));
    assert_eq!(said(Side::Input, old.clone(), more), [""; 0]);

    let required = object(json!({"a": text(), "b": text()}), json!(["a", "b"]));
    assert_eq!(
        said(Side::Input, old.clone(), required),
        ["b: is required now"]
    );
    let new = object(
        json!({"a": text(), "b": text(), "c": text()}),
        json!(["a", "c"]),
    );
    assert_eq!(said(Side::Input, old.clone(), new), ["c: is required now"]);
    let fewer = object(json!({"a": text()}), json!(["a"]));
    assert_eq!(said(Side::Input, old, fewer), ["b: is not taken any more"]);

    // Whatever had any name before meets a limit now.
    let open = json!({"type": "object"});
    let limited = json!({"type": "object", "properties": {"a": text()}});
    assert_eq!(
        said(Side::Input, open.clone(), limited),
        [r#"a: type was not limited, is "string""#]
    );
    let closed = json!({"type": "object", "additionalProperties": false});
    assert_eq!(
        said(Side::Input, open, closed),
        ["*: what is allowed was true, is false"]
    );
}

#[test]
fn an_input_keeps_its_choices() {
    let choice = |values: Value| json!({"enum": values});
    assert_eq!(
        said(Side::Input, choice(json!(["a"])), choice(json!(["a", "b"]))),
        [""; 0]
    );
    assert_eq!(
        said(Side::Input, choice(json!(["a", "b"])), choice(json!(["a"]))),
        [r#": enum was ["a","b"], is ["a"]"#]
    );
}

#[test]
fn an_output_may_promise_more_and_not_less() {
    let output = |properties: Value, required: Value| json!({"type": "object", "properties": properties, "required": required});
    let old = output(
        json!({"status": {"type": "string", "pattern": "^[0-9]{3}$"}, "rows": {"type": "array",
               "items": {"type": "object", "properties": {"id": {"type": "string"}}}}}),
        json!(["status"]),
    );
    let mut more = old.clone();
    more["properties"]["extra"] = json!({"type": "integer"});
    more["required"] = json!(["status", "rows"]);
    more["properties"]["status"]["maxLength"] = json!(3);
    assert_eq!(said(Side::Output, old.clone(), more), [""; 0]);

    let change = |pointer: &str, value: Value| {
        let mut new = old.clone();
        *new.pointer_mut(pointer).unwrap() = value;
        said(Side::Output, old.clone(), new)
    };
    assert_eq!(
        change("/properties/status/type", json!("integer")),
        [r#"status: type was "string", is "integer""#]
    );
    assert_eq!(
        change("/properties/status/type", json!(["string", "null"])),
        [r#"status: type was "string", is ["string","null"]"#]
    );
    assert_eq!(
        change("/required", json!([])),
        ["status: is not promised any more"]
    );
    assert_eq!(
        change("/properties/rows/items/properties", json!({})),
        ["rows.[].id: is gone"]
    );
    assert_eq!(
        change("/properties/status/pattern", json!("^2")),
        [r#"status: pattern was "^[0-9]{3}$", is "^2""#]
    );
}

/// A keyword that is not understood may stay, and go where it limits.
#[test]
fn what_is_not_understood_breaks_once_it_differs() {
    let one_of = |names: Value| json!({"oneOf": [{"required": names, "title": "T"}]});
    let input = |old, new| said(Side::Input, old, new);
    let mut renamed = one_of(json!(["a"]));
    renamed["oneOf"][0]["title"] = json!("U");
    assert_eq!(input(one_of(json!(["a"])), renamed), [""; 0]);
    assert_eq!(input(one_of(json!(["a"])), json!({})), [""; 0]);
    assert_eq!(input(one_of(json!(["a"])), one_of(json!(["b"]))).len(), 1);
    assert_eq!(input(json!({}), one_of(json!(["b"]))).len(), 1);
}

/// `title` and the like are annotations of a schema, and may be properties as well.
#[test]
fn properties_with_the_names_of_annotations_are_kept() {
    let schema = json!({"title": "T", "properties": {"title": {"title": "T", "type": "string"}},
                        "enum": [{"title": "T"}]});
    let expected = json!({"properties": {"title": {"type": "string"}}, "enum": [{"title": "T"}]});
    assert_eq!(bare(&schema), expected);
}
