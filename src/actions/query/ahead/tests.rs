use crate::actions::options::Options;
use crate::actions::query::{Most, Start, query_pages};
use crate::actions::{Outcome, Response};
use crate::testing::Script;

const GIVEN: [(&str, &str); 4] = [
    ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
    ("SALESFORCE_ACCESS_TOKEN", "hush-given"),
    ("SALESFORCE_CLIENT_ID", "app"),
    ("SALESFORCE_CLIENT_SECRET", "hush-secret"),
];
const CURSOR: &str = "/services/data/v66.0/query/01gRO0000016PIAYA2";

/// The rows from one number to another, of this many; `next` is where the result goes on.
fn page(rows: std::ops::Range<u64>, total: u64, next: Option<&str>) -> String {
    let rows: Vec<String> = rows.map(|row| row.to_string()).collect();
    let end = match next {
        Some(next) => format!(r#""done":false,"nextRecordsUrl":"{next}""#),
        None => r#""done":true"#.to_owned(),
    };
    let records = rows.join(",");
    format!(r#"{{"totalSize":{total},{end},"records":[{records}]}}"#)
}

fn at(rows: u64) -> String {
    format!("{CURSOR}-{rows}")
}

fn gather(script: &Script, most: Most) -> Outcome {
    let start = Start::Soql("SELECT N FROM A");
    query_pages(
        &mut script.connect(&GIVEN),
        start,
        most,
        false,
        Options::default(),
    )
}

/// The numbers of the locators that were asked for, in their order; logins are left out.
fn asked(script: &Script) -> Vec<u64> {
    let lines = script.lines().into_iter();
    let number = |line: String| line.split_once(&format!("{CURSOR}-"))?.1.parse().ok();
    lines.filter_map(number).collect()
}

/// The body that all rows make, without whatever stands around them.
fn all(rows: u64) -> String {
    let rows: Vec<String> = (0..rows).map(|row| row.to_string()).collect();
    format!("{{\"records\":[{}],", rows.join(","))
}

fn holds_all(response: &Response, rows: u64) -> bool {
    response.body.as_deref().unwrap().starts_with(&all(rows))
}

#[test]
fn pages_are_asked_for_ahead_and_taken_in_order() {
    let script = Script::default();
    for start in [0, 2_000, 4_000, 6_000, 8_000, 10_000] {
        let next = (start < 10_000).then(|| at(start + 2_000));
        let end = (start + 2_000).min(11_000);
        script.answer(200, &page(start..end, 11_000, next.as_deref()));
    }
    let most = Most {
        rows: Some(20_000),
        bytes: None,
    };
    let response = gather(&script, most).unwrap();
    assert!(holds_all(&response, 11_000));
    assert_eq!(response.more.get("attempts"), Some("6"));
    assert_eq!(asked(&script), [2_000, 4_000, 6_000, 8_000, 10_000]);
    assert_eq!(
        (response.more.get("cut"), response.more.get("locator")),
        (None, None)
    );
}

#[test]
fn a_page_that_leads_elsewhere_ends_the_guessing() {
    let script = Script::default();
    script
        .answer(200, &page(0..2_000, 6_500, Some(&at(2_000))))
        // Wide rows: this page is shorter, and the answers at 4,000 and 6,000 are of no use.
        .answer(200, &page(2_000..3_500, 6_500, Some(&at(3_500))))
        .answer(200, &page(4_000..6_000, 6_500, Some(&at(6_000))))
        .answer(200, &page(6_000..6_500, 6_500, None))
        .answer(200, &page(3_500..5_000, 6_500, Some(&at(5_000))))
        .answer(200, &page(5_000..6_500, 6_500, None));
    let response = gather(&script, Most::default()).unwrap();
    assert!(holds_all(&response, 6_500));
    assert_eq!(asked(&script), [2_000, 4_000, 6_000, 3_500, 5_000]);
}

#[test]
fn locators_without_numbers_are_followed_one_by_one() {
    let (second, third) = (format!("{CURSOR}-x"), format!("{CURSOR}-007"));
    let script = Script::default();
    script
        .answer(200, &page(0..7, 21, Some(&second)))
        .answer(200, &page(7..14, 21, Some(&third)))
        .answer(200, &page(14..21, 21, None));
    let response = gather(&script, Most::default()).unwrap();
    assert!(holds_all(&response, 21));
    assert_eq!(script.lines().len(), 3);
}

#[test]
fn no_more_is_asked_for_than_may_be_taken() {
    for (most, requests) in [
        (
            Most {
                rows: Some(4_000),
                bytes: None,
            },
            1,
        ),
        (
            Most {
                rows: Some(7_999),
                bytes: None,
            },
            2,
        ),
        // A page has about 9,000 bytes here.
        (
            Most {
                rows: None,
                bytes: Some(40_000),
            },
            3,
        ),
    ] {
        let script = Script::default();
        for start in [0, 2_000, 4_000, 6_000] {
            let next = at(start + 2_000);
            script.answer(200, &page(start..start + 2_000, 1_000_000, Some(&next)));
        }
        let response = gather(&script, most).unwrap();
        assert_eq!(asked(&script).len(), requests, "{most:?}");
        assert!(response.more.has("cut"));
    }
}

#[test]
fn what_fails_ahead_is_asked_for_again() {
    let script = Script::default();
    script
        .answer(200, &page(0..2_000, 6_000, Some(&at(2_000))))
        .answer(503, "down")
        .answer(200, &page(4_000..6_000, 6_000, None))
        .answer(200, &page(2_000..4_000, 6_000, Some(&at(4_000))));
    let response = gather(&script, Most::default()).unwrap();
    assert!(holds_all(&response, 6_000));
    assert_eq!(asked(&script), [2_000, 4_000, 2_000]);
    assert_eq!(response.more.get("attempts"), Some("4"));
}

#[test]
fn a_session_that_ends_on_the_way_is_renewed_once() {
    let expired = r#"[{"errorCode":"INVALID_SESSION_ID","message":"Session expired"}]"#;
    let script = Script::default();
    script
        .answer(200, &page(0..2_000, 6_000, Some(&at(2_000))))
        .answer(401, expired)
        .answer(401, expired)
        .login("hush-new")
        .answer(200, &page(2_000..4_000, 6_000, Some(&at(4_000))))
        .answer(200, &page(4_000..6_000, 6_000, None));
    let response = gather(&script, Most::default()).unwrap();
    assert!(holds_all(&response, 6_000));
    assert_eq!(asked(&script), [2_000, 4_000, 2_000, 4_000]);
    let logins = script
        .lines()
        .into_iter()
        .filter(|line| line.starts_with("POST"));
    assert_eq!(logins.count(), 1);
}
