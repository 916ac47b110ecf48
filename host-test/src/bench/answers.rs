//! What the benchmark's server answers: whole messages, made once.

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt::Write as _;
use std::io::Write as _;

/// Rows of a full page.
pub(super) const PAGE: usize = 2_000;
/// Where the result goes on is this and the number of rows before.
const CURSOR: &str = "/services/data/v66.0/query/0r8xx0000000001AAA-";
/// The record that is read and changed.
pub(super) const ID: &str = "001xx000003DGb2AAG";
/// The access token of a login.
pub(super) const TOKEN: &str = "00Dxx0000001gPL!AR8AQBzHjTb0Hvp3EWt";
/// The fields of a record, `Id` among them.
pub(super) const FIELDS: &str = "Id, Name, Industry, Phone, Website, BillingCity, BillingCountry, AnnualRevenue, \
     NumberOfEmployees, LastModifiedDate";

/// The answers.
pub(super) struct Answers {
    pub(super) created: Bytes,
    pub(super) record: Bytes,
    pub(super) updated: Bytes,
    pub(super) missing: Bytes,
    token: [String; 2],
    pages: Vec<Page>,
}

struct Page {
    plain: Bytes,
    packed: Bytes,
}

impl Answers {
    /// Makes them; `rows` is how many records a query finds.
    pub(super) fn new(rows: usize) -> Self {
        let created = format!(r#"{{"id":"{ID}","success":true,"errors":[]}}"#);
        let missing = r#"[{"errorCode":"NOT_FOUND","message":"no such resource"}]"#;
        let token = [
            format!(r#"{{"access_token":"{TOKEN}","instance_url":""#),
            r#"","id":"https://login.salesforce.com/id/00Dxx0000001gPLEAY/005xx000001SwiUAAS","token_type":"Bearer","issued_at":"1793577600000","signature":"c2lnbmF0dXJl"}"#.to_owned(),
        ];
        let starts = (0..rows.max(1)).step_by(PAGE);
        Self {
            created: message("201 Created", "", created.as_bytes()),
            record: message("200 OK", "", row(0).as_bytes()),
            updated: message("204 No Content", "", b""),
            missing: message("404 Not Found", "", missing.as_bytes()),
            token,
            pages: starts.map(|start| page(start, rows)).collect(),
        }
    }

    /// The answer to a login at this authority.
    pub(super) fn token(&self, authority: &str) -> Bytes {
        let [before, after] = &self.token;
        let body = format!("{before}http://{authority}{after}");
        message("200 OK", "", body.as_bytes())
    }

    /// The answer to a query or to a locator, compressed for those who take it.
    pub(super) fn page(&self, path: &str, packed: bool) -> Bytes {
        let start = match path.strip_prefix(CURSOR) {
            Some(rows) => rows.parse().unwrap_or(usize::MAX),
            None => 0,
        };
        let page = self.pages.get(start / PAGE).filter(|_| start % PAGE == 0);
        match (page, packed) {
            (Some(page), true) => page.packed.clone(),
            (Some(page), false) => page.plain.clone(),
            (None, _) => self.missing.clone(),
        }
    }
}

fn page(start: usize, rows: usize) -> Page {
    let end = rows.min(start + PAGE);
    let mut body = format!(r#"{{"totalSize":{rows},"done":{}"#, end == rows);
    if end < rows {
        let _ = write!(body, r#","nextRecordsUrl":"{CURSOR}{end}""#);
    }
    body.push_str(r#","records":["#);
    for number in start..end {
        if number > start {
            body.push(',');
        }
        body.push_str(&row(number));
    }
    body.push_str("]}");
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    // A vector takes all that it is given.
    let _ = packed.write_all(body.as_bytes());
    let packed = packed.finish().unwrap_or_default();
    Page {
        plain: message("200 OK", "", body.as_bytes()),
        packed: message("200 OK", "Content-Encoding: gzip\r\n", &packed),
    }
}

/// A record of ten fields.
fn row(number: usize) -> String {
    let id = format!("001xx{number:010}AAA");
    format!(
        r#"{{"attributes":{{"type":"Account","url":"/services/data/v66.0/sobjects/Account/{id}"}},"Id":"{id}","Name":"Account {number}, \"the {number}th\"","Industry":"Manufacturing","Phone":"+49 30 {number:08}","Website":"https://www.example.com/{number}","BillingCity":"München","BillingCountry":null,"AnnualRevenue":{}.5,"NumberOfEmployees":{},"LastModifiedDate":"2026-11-01T09:{:02}:{:02}.000+0000"}}"#,
        number * 1_000,
        number % 5_000,
        number / 60 % 60,
        number % 60,
    )
}

/// A whole answer, with the headers that Salesforce sends.
fn message(status: &str, more: &str, body: &[u8]) -> Bytes {
    let mut message = format!(
        "HTTP/1.1 {status}\r\nDate: Sun, 01 Nov 2026 09:00:00 GMT\r\n\
         Content-Type: application/json;charset=UTF-8\r\nCache-Control: no-cache\r\n\
         Sforce-Limit-Info: api-usage=1024/100000\r\n{more}Content-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    message.extend_from_slice(body);
    message.into()
}
