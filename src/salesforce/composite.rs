//! Requests inside another: one query too long for a URL, or a few reads at once.

use crate::http::{Answer, Header};
use crate::json::{self, Json, Members, Object};
use serde_json::value::RawValue;

/// The body of a composite request with one `GET` of `path`. The headers go inside, since those
/// outside do not reach it.
pub fn wrap(path: &str, headers: &[Header]) -> Vec<u8> {
    let mut request = Members::default()
        .with("method", "GET")
        .with("url", path)
        .with("referenceId", "query");
    if !headers.is_empty() {
        let mut inner = Members::default();
        for (name, value) in headers {
            inner.set(name, value.as_str());
        }
        request.set("httpHeaders", &inner);
    }
    let list = [Json::from(&request)];
    Members::default()
        .with("compositeRequest", &list[..])
        .to_text()
        .into_bytes()
}

/// The body of a composite request that reads several paths, each under a name.
pub fn wrap_all(reads: &[(&str, &str)]) -> Vec<u8> {
    let request = |(name, path): &(&str, &str)| {
        let request = Members::default()
            .with("method", "GET")
            .with("url", *path)
            .with("referenceId", *name);
        Json::from(&request)
    };
    let list: Vec<Json> = reads.iter().map(request).collect();
    Members::default()
        .with("compositeRequest", &list[..])
        .to_text()
        .into_bytes()
}

/// An answer inside a composite one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// The HTTP status.
    pub status: u64,
    /// The body.
    pub body: &'a str,
}

/// The answers inside a composite one, in the order of the requests.
pub fn parts(text: &str) -> Vec<Part<'_>> {
    let answers =
        Object::read(text).and_then(|outer| json::list(outer.get("compositeResponse")?.get()));
    answers.into_iter().flatten().filter_map(part).collect()
}

fn part(answer: &RawValue) -> Option<Part<'_>> {
    let answer = Object::read(answer.get())?;
    Some(Part {
        status: answer.get("httpStatusCode").and_then(json::number)?,
        body: answer.get("body").map(RawValue::get).unwrap_or_default(),
    })
}

/// The answer inside a composite answer, with the headers of the outer one; the outer one where
/// there is none inside.
pub fn unwrap(outer: Answer) -> Answer {
    match inner(outer.text()) {
        Some((status, body)) => Answer {
            status,
            body,
            headers: outer.headers,
        },
        None => outer,
    }
}

fn inner(text: &str) -> Option<(u16, Vec<u8>)> {
    let first = parts(text).into_iter().next()?;
    Some((
        u16::try_from(first.status).ok()?,
        first.body.as_bytes().to_vec(),
    ))
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
            (inner.status, inner.text()),
            (400, r#"[{"errorCode":"E"}]"#)
        );
        let outer = unwrap(answer(r#"{"compositeResponse":[]}"#));
        assert_eq!((outer.status, outer.body.len()), (200, 24));
    }

    #[test]
    fn headers_go_inside() {
        let headers = [("Sforce-Query-Options".into(), "batchSize=200".into())];
        let body = wrap("/services/data/v66.0/query?q=x", &headers);
        assert_eq!(
            String::from_utf8(body).unwrap(),
            r#"{"compositeRequest":[{"method":"GET","url":"/services/data/v66.0/query?q=x","referenceId":"query","httpHeaders":{"Sforce-Query-Options":"batchSize=200"}}]}"#
        );
    }
}
