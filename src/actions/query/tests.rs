use super::*;
use crate::testing::Script;

/// One page after the other; those that are asked for ahead have tests of their own.
const GIVEN: [(&str, &str); 4] = [
    ("SALESFORCE_PAGES_AHEAD", "0"),
    ("SALESFORCE_INSTANCE_URL", "https://acme.my.salesforce.com"),
    ("SALESFORCE_ACCESS_TOKEN", "hush-given"),
    ("SALESFORCE_MAX_ATTEMPTS", "1"),
];
const NEXT: &str = "/services/data/v66.0/query/01gRO0000016PIAYA2-2000";

/// A page of `rows` rows, each of `width` bytes or more.
fn page(rows: usize, next: Option<&str>, width: usize) -> String {
    let row = format!(r#"{{"N":"{}"}}"#, "x".repeat(width));
    let records = vec![row; rows].join(",");
    let end = match next {
        Some(next) => format!(r#""done":false,"nextRecordsUrl":"{next}""#),
        None => r#""done":true"#.to_owned(),
    };
    format!(r#"{{"totalSize":5000,{end},"records":[{records}]}}"#)
}

fn gather(script: &Script, start: Start<'_>, most: Most) -> Outcome {
    query_pages(
        &mut script.connect(&GIVEN),
        start,
        most,
        false,
        Options::default(),
    )
}

fn rows(response: &Response) -> u64 {
    Page::parse(response.body.as_deref().unwrap()).unwrap().rows
}

#[test]
fn a_page_says_where_it_goes_on() {
    let script = Script::default();
    script
        .answer(200, &page(1, Some(NEXT), 1))
        .answer(200, &page(1, None, 1));
    let mut c = script.connect(&GIVEN);
    let first = query(&mut c, "SELECT N FROM A", true, Options::default()).unwrap();
    assert_eq!(
        first.more.get("locator"),
        Some(format!("\"{NEXT}\"").as_str())
    );
    let last = query_more(&mut c, NEXT, Options::default()).unwrap();
    assert_eq!(last.more.get("locator"), None);
    let origin = "https://acme.my.salesforce.com";
    let first = format!("GET {origin}/services/data/v66.0/queryAll?q=SELECT%20N%20FROM%20A");
    assert_eq!(script.lines(), [first, format!("GET {origin}{NEXT}")]);
}

#[test]
fn pages_are_gathered_to_the_end() {
    let script = Script::default();
    let empty = page(
        0,
        Some("/services/data/v66.0/query/01gRO0000016PIAYA2-2001"),
        1,
    );
    script
        .answer(200, &page(2_000, Some(NEXT), 1))
        .answer(200, &empty)
        .answer(200, &page(3, None, 1));
    let response = gather(&script, Start::Soql("SELECT N FROM A"), Most::default()).unwrap();
    assert_eq!(rows(&response), 2_003);
    assert_eq!(
        (response.more.get("locator"), response.more.get("cut")),
        (None, None)
    );
    assert_eq!(response.more.get("attempts"), Some("3"));
}

#[test]
fn a_limit_of_rows_takes_whole_pages() {
    // rows of the pages, the limit, rows taken, requests made
    let table = [
        (vec![2_000, 2_000, 1_000], 4_000, 4_000, 2),
        (vec![2_000, 2_000, 1_000], 3_999, 2_000, 1),
        (vec![2_000, 2_000, 1_000], 2_000, 2_000, 1),
        (vec![500, 500, 2_000], 2_000, 1_000, 3),
    ];
    for (pages, limit, taken, requests) in table {
        let script = Script::default();
        for rows in &pages {
            script.answer(200, &page(*rows, Some(NEXT), 1));
        }
        let most = Most {
            rows: Some(limit),
            bytes: None,
        };
        let response = gather(&script, Start::Locator(NEXT), most).unwrap();
        assert_eq!(rows(&response), taken, "{pages:?} {limit}");
        assert_eq!(script.lines().len(), requests, "{pages:?} {limit}");
        assert_eq!(response.more.get("cut"), Some(r#"{"by":"maxRows"}"#));
        assert_eq!(
            response.more.get("locator"),
            Some(format!("\"{NEXT}\"").as_str())
        );
        let body = response.body.unwrap();
        assert_eq!(Page::parse(&body).unwrap().locator(), Some(NEXT));
    }
}

#[test]
fn a_limit_of_bytes_is_kept() {
    let script = Script::default();
    for _ in 0..3 {
        script.answer(200, &page(10, Some(NEXT), 500));
    }
    let most = Most {
        rows: None,
        bytes: Some(14_000),
    };
    let response = gather(&script, Start::Soql("SELECT N FROM A"), most).unwrap();
    assert_eq!(rows(&response), 20);
    assert!(response.body.as_ref().unwrap().len() <= 14_000);
    assert_eq!(response.more.get("cut"), Some(r#"{"by":"maxBytes"}"#));

    let script = Script::default();
    script.answer(200, &page(10, None, 500));
    let most = Most {
        rows: None,
        bytes: Some(4_096),
    };
    let failure = gather(&script, Start::Soql("SELECT N FROM A"), most).unwrap_err();
    assert_eq!(failure.detail.code, "INVALID_INPUT");
    assert_eq!(failure.detail.more.get("parameter"), Some("\"maxBytes\""));
}

#[test]
fn a_page_beyond_the_setting_is_not_blamed_on_the_callers_limit() {
    let settings = [
        GIVEN[1],
        GIVEN[2],
        ("SALESFORCE_MAX_RESPONSE_BYTES", "1024"),
    ];
    let script = Script::default();
    script
        .answer(200, &page(10, None, 500))
        .answer(200, &page(1, Some(NEXT), 1));
    script.answer(200, &page(10, None, 500));
    let mut c = script.connect(&settings);
    let start = Start::Soql("SELECT N FROM A");
    let failure = query_pages(&mut c, start, Most::default(), false, Options::default());
    let failure = failure.unwrap_err();
    assert_eq!(
        (failure.detail.code.as_ref(), failure.detail.status),
        ("UNKNOWN_ERROR", Some(200))
    );
    let response = query_pages(&mut c, start, Most::default(), false, Options::default());
    let response = response.unwrap();
    let cut = response.more.get("cut").unwrap();
    assert!(
        cut.starts_with(r#"{"by":"failure","code":"UNKNOWN_ERROR""#),
        "{cut}"
    );
}

#[test]
fn a_page_that_leads_to_itself_ends_the_result() {
    let script = Script::default();
    let empty = page(0, Some(NEXT), 1);
    script
        .answer(200, &page(1, Some(NEXT), 1))
        .answer(200, &empty);
    let response = gather(&script, Start::Soql("SELECT N FROM A"), Most::default()).unwrap();
    assert_eq!(rows(&response), 1);
    assert!(response.more.get("cut").unwrap().contains("led to itself"));
}

#[test]
fn a_result_of_unknown_size_is_a_result() {
    let script = Script::default();
    script.answer(200, r#"{"totalSize":-1,"done":true,"records":[{}]}"#);
    let response = gather(&script, Start::Soql("SELECT N FROM A__x"), Most::default()).unwrap();
    assert!(
        response
            .body
            .unwrap()
            .ends_with(r#""totalSize":-1,"done":true}"#)
    );
}

#[test]
fn a_failure_on_a_later_page_keeps_the_rows_so_far() {
    let stale = r#"[{"message":"invalid query locator","errorCode":"INVALID_QUERY_LOCATOR"}]"#;
    let answers = [
        (400, stale, "INVALID_QUERY_LOCATOR", false),
        (503, "", "UNKNOWN_ERROR", true),
        (200, "{\"totalSize\":1}", "UNKNOWN_ERROR", false),
    ];
    for (status, body, code, transient) in answers {
        let script = Script::default();
        script
            .answer(200, &page(7, Some(NEXT), 1))
            .answer(status, body);
        let response = gather(&script, Start::Soql("SELECT N FROM A"), Most::default()).unwrap();
        assert_eq!(rows(&response), 7);
        let cut = response.more.get("cut").unwrap();
        let told = format!(r#"{{"by":"failure","code":"{code}","message":""#);
        assert!(
            cut.starts_with(&told) && cut.ends_with(&format!("\"transient\":{transient}}}")),
            "{cut}"
        );
        assert_eq!(
            response.more.get("locator"),
            Some(format!("\"{NEXT}\"").as_str())
        );
    }
}

#[test]
fn a_page_that_leads_elsewhere_is_not_understood() {
    for next in [
        "https://evil.example/services/data/v66.0/query/x",
        "/services/data//query",
        "x",
    ] {
        let script = Script::default();
        script.answer(200, &page(1, Some(next), 1));
        let mut c = script.connect(&GIVEN);
        let failure = query(&mut c, "SELECT N FROM A", false, Options::default()).unwrap_err();
        assert_eq!(failure.detail.code, "UNKNOWN_ERROR", "{next}");
    }
}

#[test]
fn a_query_too_long_for_a_url_goes_inside_a_composite_request() {
    let soql = format!("SELECT N FROM A WHERE N = '{}'", "x".repeat(9_000));
    let options = r#"{"headers":{"Sforce-Query-Options":"batchSize=200"}}"#;
    let inner = page(1, Some(NEXT), 1);
    let outer = |status: u16, body: &str| {
        format!(
            r#"{{"compositeResponse":[{{"body":{body},"httpHeaders":{{}},"httpStatusCode":{status},"referenceId":"query"}}]}}"#
        )
    };
    let script = Script::default();
    let malformed = r#"[{"message":"m","errorCode":"MALFORMED_QUERY"}]"#;
    script
        .answer(200, &outer(200, &inner))
        .answer(200, &outer(400, malformed));
    let mut c = script.connect(&GIVEN);
    let run = |c: &mut Connection| query(c, &soql, false, Options::parse(Some(options)).unwrap());
    let response = run(&mut c).unwrap();
    assert_eq!((response.status, response.body), (200, Some(inner)));
    let failure = run(&mut c).unwrap_err();
    assert_eq!(
        (failure.detail.code.as_ref(), failure.detail.status),
        ("MALFORMED_QUERY", Some(400))
    );
    assert_eq!(failure.detail.body.as_deref(), Some(malformed));
    let sent = &script.sent()[0];
    assert_eq!(
        sent.line,
        "POST https://acme.my.salesforce.com/services/data/v66.0/composite"
    );
    assert_eq!(sent.header("Sforce-Query-Options"), None);
    let start =
        r#"{"compositeRequest":[{"method":"GET","url":"/services/data/v66.0/query?q=SELECT%20N"#;
    assert!(sent.body.starts_with(start), "{}", sent.body);
    assert!(
        sent.body
            .ends_with(r#""httpHeaders":{"Sforce-Query-Options":"batchSize=200"}}]}"#)
    );
}

#[test]
fn nothing_is_sent_for_a_wrong_input() {
    let script = Script::default();
    let mut c = script.connect(&GIVEN);
    let none = Options::default;
    let long = "x".repeat(LONGEST_QUERY + 1);
    let most = |rows, bytes| Most { rows, bytes };
    let mut pages = |start, most, deleted| query_pages(&mut c, start, most, deleted, none());
    let failures = [
        (
            pages(Start::Soql(""), most(None, None), false),
            "MISSING_INPUT",
            QUERY,
        ),
        (
            pages(Start::Locator("/x"), most(None, None), false),
            "INVALID_INPUT",
            LOCATOR,
        ),
        (
            pages(Start::Locator(NEXT), most(None, None), true),
            "INVALID_INPUT",
            INCLUDE_DELETED,
        ),
        (
            pages(Start::Soql("S"), most(Some(1_999), None), false),
            "INVALID_INPUT",
            MAX_ROWS,
        ),
        (
            pages(Start::Soql("S"), most(None, Some(4_095)), false),
            "INVALID_INPUT",
            MAX_BYTES,
        ),
        (
            pages(Start::Soql("S"), most(None, Some(52_428_801)), false),
            "INVALID_INPUT",
            MAX_BYTES,
        ),
        (query(&mut c, " ", false, none()), "MISSING_INPUT", QUERY),
        (query(&mut c, &long, false, none()), "INVALID_INPUT", QUERY),
        (query_more(&mut c, "", none()), "MISSING_INPUT", LOCATOR),
        (
            query_more(&mut c, "//evil.example/query", none()),
            "INVALID_INPUT",
            LOCATOR,
        ),
    ];
    for (outcome, code, parameter) in failures {
        let failure = outcome.unwrap_err();
        assert_eq!(failure.detail.code, code, "{failure:?}");
        let quoted = format!("\"{parameter}\"");
        assert_eq!(failure.detail.more.get("parameter"), Some(quoted.as_str()));
    }
    assert!(script.lines().is_empty());
}
