use super::*;

#[test]
fn members_are_written_in_their_order_and_replaced_in_place() {
    let inner = Members::default().with("q\"", "a\n\"b\\");
    let mut members = Members::default()
        .with("z", 7)
        .with("a", true)
        .with("m", &inner);
    members.set("z", &[Json::from("x"), Json::from(1)][..]);
    assert_eq!(
        members.to_text(),
        r#"{"z":["x",1],"a":true,"m":{"q\"":"a\n\"b\\"}}"#
    );
    members.map_texts("m", |text| text.replace("true", "}").replace('a', "b"));
    assert_eq!(members.to_text(), r#"{"z":["x",1],"m":{"q\"":"a\n\"b\\"}}"#);
}

#[test]
fn strings_are_written_as_json() {
    for text in [
        "",
        "a",
        "\"",
        "a\\b\"c\nd\re\tf\u{1}g\u{1f}\u{7f}é😀\u{2028}",
        "\n\n",
    ] {
        let mut out = String::from("x");
        push_string(&mut out, text);
        let read: String = serde_json::from_str(out.strip_prefix('x').unwrap()).unwrap();
        assert_eq!(read, text);
    }
}

#[test]
fn objects_have_a_thousand_names_at_the_most() {
    let names = |count| -> Vec<String> { (0..count).map(|n| format!("\"{n}\":0")).collect() };
    assert!(Object::read(&format!("{{{}}}", names(1_000).join(","))).is_some());
    assert!(Object::read(&format!("{{{}}}", names(1_001).join(","))).is_none());
}

#[test]
fn whole_numbers_have_many_forms() {
    let read = |text: &str| number(Json::parse(text.to_owned()).unwrap().raw());
    let table = [
        ("5", Some(5)),
        ("5.00", Some(5)),
        ("5e3", Some(5_000)),
        ("5E+3", Some(5_000)),
        ("0.5e1", Some(5)),
        ("1.25e2", Some(125)),
        ("500e-2", Some(5)),
        ("0", Some(0)),
        ("0e999999999", Some(0)),
        ("0.0e-7", Some(0)),
        ("18446744073709551615", Some(u64::MAX)),
        ("5.1", None),
        ("1.25e1", None),
        ("5e-1", None),
        ("-5", None),
        ("1e20", None),
        ("1e999999999", None),
        ("1e99999999999", None),
        ("18446744073709551616", None),
        ("\"5\"", None),
        ("true", None),
        ("[5]", None),
    ];
    for (text, expected) in table {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn null_counts_as_absent() {
    let object = Object::read(r#"{"a":null,"b":0,"c":"\u0041"}"#).unwrap();
    assert!(object.get("a").is_none() && object.text("b").is_none());
    assert_eq!(object.get("b").and_then(number), Some(0));
    assert_eq!(object.text("c").unwrap(), "A");
}

#[test]
fn what_is_no_object_is_none() {
    for text in [
        "",
        "[]",
        "\"x\"",
        "{\"a\":",
        "{\"a\":1}x",
        r#"{"a":1,"\u0061":2}"#,
    ] {
        assert!(Object::read(text).is_none(), "{text}");
    }
}

#[test]
fn deep_nesting_does_not_exhaust_the_stack() {
    let text = format!("{{\"a\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(check(&text).is_ok() && Object::read(&text).is_some());
}

#[test]
fn lists_have_200_000_items_at_the_most() {
    let zeros = |count| format!("[{}0]", "0,".repeat(count - 1));
    assert_eq!(list(&zeros(MOST_ITEMS)).unwrap().len(), MOST_ITEMS);
    assert!(list(&zeros(MOST_ITEMS + 1)).is_none());
}
