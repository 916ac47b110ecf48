//! One request inside another: for queries too long for a URL.

use crate::http::{Answer, Header};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Composite<'a> {
    composite_request: [Subrequest<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Subrequest<'a> {
    method: &'static str,
    url: &'a str,
    reference_id: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    http_headers: BTreeMap<&'a str, &'a str>,
}

/// The body of a composite request with one `GET` of `path`. The headers go inside, since those
/// outside do not reach it.
pub fn wrap(path: &str, headers: &[Header]) -> Option<Vec<u8>> {
    let request = Subrequest {
        method: "GET",
        url: path,
        reference_id: "query",
        http_headers: headers
            .iter()
            .map(|(n, v)| (n.as_ref(), v.as_str()))
            .collect(),
    };
    serde_json::to_vec(&Composite {
        composite_request: [request],
    })
    .ok()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answered<'a> {
    #[serde(borrow)]
    composite_response: Vec<Subanswer<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subanswer<'a> {
    #[serde(borrow)]
    body: &'a RawValue,
    http_status_code: u16,
}

/// The answer inside a composite answer, with the headers of the outer one; the outer one where
/// there is none inside.
pub fn unwrap(outer: Answer) -> Answer {
    let inner = serde_json::from_slice::<Answered<'_>>(&outer.body).ok();
    let found = inner
        .as_ref()
        .and_then(|answered| answered.composite_response.first());
    match found.map(|sub| (sub.http_status_code, sub.body.get().as_bytes().to_vec())) {
        Some((status, body)) => Answer {
            status,
            body,
            headers: outer.headers,
        },
        None => outer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Answer {
        Answer {
            status: 200,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn the_answer_inside_counts() {
        let inner = unwrap(answer(
            r#"{"compositeResponse":[{"body":[{"errorCode":"E"}],"httpHeaders":{},"httpStatusCode":400,"referenceId":"query"}]}"#,
        ));
        assert_eq!(
            (inner.status, &inner.body[..]),
            (400, &br#"[{"errorCode":"E"}]"#[..])
        );
        let outer = unwrap(answer(r#"{"compositeResponse":[]}"#));
        assert_eq!((outer.status, outer.body.len()), (200, 24));
    }

    #[test]
    fn headers_go_inside() {
        let headers = [("Sforce-Query-Options".into(), "batchSize=200".into())];
        let body = wrap("/services/data/v66.0/query?q=x", &headers).unwrap();
        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"compositeRequest":[{"method":"GET","url":"/services/data/v66.0/query?q=x","referenceId":"query","httpHeaders":{"Sforce-Query-Options":"batchSize=200"}}]}"#
        );
    }
}
