//! The check of inputs against the JSON Schemas that the catalog publishes: what one accepts the
//! other accepts, but for the differences that are listed here.

use crate::catalog::invoke::invoke;
use crate::catalog::parameter::Kind;
use crate::catalog::{Action, actions, schema};
use crate::failure::{Failure, code};
use crate::properties::cases;
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Whether the check takes an input. Where it does, a connection is asked for.
fn accepted(action: &Action, input: &str) -> Result<(), Failure> {
    let mut asked = false;
    let outcome = invoke(action.name, input, || {
        asked = true;
        Err(Failure::permanent("asked", "asked"))
    });
    match (asked, outcome) {
        (true, _) => Ok(()),
        (false, Err(failure)) => Err(failure),
        (false, Ok(output)) => panic!("{output}"),
    }
}

fn validator(action: &Action) -> Validator {
    let schema: Value = serde_json::from_str(&schema::input(action)).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// Where the check refuses what the schema accepts, since a schema cannot say it, or not well.
const STRICTER: [&str; 3] = [
    "only some names of request headers",
    "only visible characters in request headers",
    "a query has more than what Unicode counts as white space",
];

/// Whether such a difference applies, and which.
fn difference(input: &Value) -> Option<&'static str> {
    let [names, visible, spaces] = STRICTER;
    if let Some(headers) = input["options"]["headers"].as_object() {
        if headers
            .keys()
            .any(|name| !name.eq_ignore_ascii_case("sforce-mru"))
        {
            return Some(names);
        }
        let shown = |c: char| c.is_ascii_graphic() || c == ' ';
        let mut values = headers.values().filter_map(Value::as_str);
        if values.any(|value| !value.chars().all(shown)) {
            return Some(visible);
        }
    }
    let query = input["salesforceQuery"].as_str()?;
    query.trim().is_empty().then_some(spaces)
}

/// A value that one parameter takes, or that is close to one.
fn value(kind: &Kind) -> BoxedStrategy<Value> {
    let id = || {
        prop_oneof![
            Just("001D000000IqhSLIAZ".to_owned()),
            "[A-Za-z0-9é]{14,19}",
            "[0-9a-z/.\n]{0,18}"
        ]
    };
    let name = || {
        prop_oneof![
            r"[A-Za-z_][A-Za-z0-9_]{0,8}",
            r"[A-Za-z0-9_./ é\n]{0,8}",
            "[a-z]{254,256}"
        ]
    };
    let texts = |text: BoxedStrategy<String>| {
        prop::collection::vec(text, 0..3)
            .prop_map(|list| json!(list))
            .boxed()
    };
    let near: BoxedStrategy<Value> = match kind {
        Kind::SObjectName | Kind::PermissionSet => name().prop_map(Value::from).boxed(),
        Kind::Id => id().prop_map(Value::from).boxed(),
        Kind::Fields => {
            texts(prop_oneof![name(), r"[A-Z][a-z]{0,3}(\.[A-Z1]?[a-z]{0,3}){0,2}"].boxed())
        }
        Kind::Relationship => prop_oneof![
            r"[A-Za-z][A-Za-z0-9_]{0,4}(/[A-Z]?[a-z0-9]{0,4}){0,6}",
            name(),
        ]
        .prop_map(Value::from)
        .boxed(),
        Kind::QueryParameters => prop_oneof![
            3 => prop::collection::btree_map("[a-z]{1,4}", "[ -~]{0,6}", 0..3).prop_map(|map| json!(map)),
            1 => Just(json!([])),
            1 => Just(json!(7)),
        ]
        .boxed(),
        Kind::Ids => texts(id().boxed()),
        Kind::Text | Kind::Payload | Kind::Requests | Kind::Description => {
            r#"(\{"a":1\}|[ -~é]{0,8})"#.prop_map(Value::from).boxed()
        }
        Kind::Soql => prop_oneof![
            r"[ \n\tS]{0,3}".prop_map(Value::from),
            (99_999usize..100_002).prop_map(|length| Value::from("é".repeat(length))),
        ]
        .boxed(),
        Kind::Locator => prop_oneof![
            r"/services/data/v[0-9]{1,4}\.[0-9]/(query|queryAll)/[A-Za-z0-9_-]{0,6}",
            r"/services/data/v66\.0/query/[a-z]{127,129}",
            r"/services/data/v66.0/[a-z/.?%\n]{0,8}",
        ]
        .prop_map(Value::from)
        .boxed(),
        Kind::Flag => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Number(range) => {
            let (start, end) = (u64::from(*range.start()), u64::from(*range.end()));
            let edge = prop_oneof![
                Just(start),
                Just(start - 1),
                Just(end),
                Just(end + 1),
                start..end
            ];
            prop_oneof![
                edge.clone().prop_map(Value::from),
                edge.prop_map(|number| Value::from(number as f64)),
                (start as f64..end as f64).prop_map(Value::from),
            ]
            .boxed()
        }
    };
    match kind {
        // What is in it is read once, by the action.
        Kind::QueryParameters => near,
        _ => prop_oneof![6 => near, 1 => anything()].boxed(),
    }
}

fn anything() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9f64..1e9).prop_map(Value::from),
        ".{0,6}".prop_map(Value::from),
    ];
    let nested = leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-c]{1,2}", inner, 0..3).prop_map(|map| json!(map)),
        ]
    });
    nested.boxed()
}

fn options() -> BoxedStrategy<Value> {
    let headers = prop::collection::btree_map(
        "(sforce-mru|Sforce-Mru|host)",
        prop_oneof![
            r"[ -~]{0,6}".prop_map(Value::from),
            r"[a\r\né]{0,3}".prop_map(Value::from),
            anything()
        ],
        0..2,
    );
    let time = prop_oneof![
        Just(json!(0)),
        Just(json!(1)),
        Just(json!(1.0)),
        Just(json!(86_400_000)),
        Just(json!(86_400_001)),
        anything()
    ];
    let members = (
        prop::option::of(prop_oneof![3 => headers.prop_map(|map| json!(map)), 1 => anything()]),
        prop::option::of(time),
        prop::option::of(prop_oneof![any::<bool>().prop_map(Value::from), anything()]),
        prop::option::weighted(0.1, anything()),
    );
    let object = members.prop_map(|(headers, time, meta, other)| {
        let named = [
            ("headers", headers),
            ("deadlineMs", time),
            ("meta", meta),
            ("other", other),
        ];
        let given = named
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(given.collect())
    });
    prop_oneof![4 => object, 1 => anything()].boxed()
}

/// An input of an action: most parameters are there, and most are nearly right.
fn input(action: &'static Action) -> BoxedStrategy<Value> {
    let example: Map<String, Value> = serde_json::from_str(action.example).unwrap();
    let mut strategy = Just(example).boxed();
    for parameter in action.parameters {
        let given = prop_oneof![
            4 => Just(Change::Keep),
            4 => value(&parameter.kind).prop_map(Change::Set),
            1 => Just(Change::Drop),
        ];
        strategy = (strategy, given)
            .prop_map(|(input, change)| change.applied(input, parameter.name))
            .boxed();
    }
    let options = prop_oneof![4 => Just(Change::Keep), 2 => options().prop_map(Change::Set)];
    let other = prop_oneof![9 => Just(Change::Keep), 1 => Just(Change::Set(Value::Null))];
    (strategy, options, other)
        .prop_map(|(input, options, other)| {
            Value::Object(other.applied(options.applied(input, "options"), "Options"))
        })
        .boxed()
}

#[derive(Clone, Debug)]
enum Change {
    Keep,
    Set(Value),
    Drop,
}

impl Change {
    fn applied(self, mut input: Map<String, Value>, name: &str) -> Map<String, Value> {
        match self {
            Change::Keep => {}
            Change::Set(value) => {
                input.insert(name.to_owned(), value);
            }
            Change::Drop => {
                input.remove(name);
            }
        }
        input
    }
}

#[test]
fn what_the_schemas_accept_the_check_accepts() {
    for action in actions() {
        let validator = validator(action);
        let mut runner = proptest::test_runner::TestRunner::new(cases(200));
        let (mut good, mut bad) = (0, 0);
        let outcome = runner.run(&input(action), |input| {
            let by_schema = validator.is_valid(&input);
            let by_check = accepted(action, &input.to_string());
            let difference = difference(&input);
            match &by_check {
                Ok(()) => prop_assert!(by_schema, "the schema refuses {input}"),
                Err(failure) => {
                    let named = failure.detail.more.has("parameter");
                    let own = [code::MISSING_INPUT, code::INVALID_INPUT];
                    prop_assert!(named && own.contains(&failure.detail.code.as_ref()));
                    prop_assert!(!by_schema || difference.is_some(), "{failure:?}: {input}");
                }
            }
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{}: {error}", action.name));
        // Counted apart, since the runner takes no state along.
        let mut runner = proptest::test_runner::TestRunner::new(cases(1));
        for _ in 0..100 {
            let tree = input(action).new_tree(&mut runner).unwrap();
            match validator.is_valid(&proptest::strategy::ValueTree::current(&tree)) {
                true => good += 1,
                false => bad += 1,
            }
        }
        assert!(
            good >= 10 && bad >= 10,
            "{}: {good} good, {bad} bad",
            action.name
        );
    }
}

/// The differences, each with an input that shows it.
#[test]
fn the_check_is_stricter_where_a_schema_cannot_say_it() {
    let query = actions().find(|action| action.name == "QUERY").unwrap();
    let validator = validator(query);
    let with = |headers: Value| json!({"salesforceQuery": "S", "options": {"headers": headers}});
    let shown = [
        with(json!({"Authorization": "x"})),
        with(json!({"Sforce-Mru": "a\r\nb: c"})),
        json!({"salesforceQuery": "\u{85}"}),
    ];
    for (input, name) in shown.iter().zip(STRICTER) {
        assert_eq!(difference(input), Some(name));
        assert!(validator.is_valid(input), "{name}");
        assert!(accepted(query, &input.to_string()).is_err(), "{name}");
    }
}

/// What a value in memory cannot be, and a text can.
#[test]
fn texts_that_are_no_value_are_refused() {
    let query = actions().find(|action| action.name == "QUERY").unwrap();
    for input in [
        r#"{"salesforceQuery":"S","salesforceQuery":"S"}"#,
        r#"{"salesforceQuery":"S","options":{"meta":true,"\u006deta":true}}"#,
        r#"{"salesforceQuery":"\ud800"}"#,
        "{\"salesforceQuery\":\"a\nb\"}",
        "\u{feff}{\"salesforceQuery\":\"S\"}",
        r#"{"salesforceQuery":"S"} {}"#,
    ] {
        let failure = accepted(query, input).unwrap_err();
        assert_eq!(failure.detail.code, "INVALID_INPUT", "{input}");
    }
}
