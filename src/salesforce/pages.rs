//! Query results: what a page says of itself, and how pages become one.

use crate::json::scan::Scan;
use crate::json::{self, Json};
use serde_json::value::RawValue;
use std::ops::Range;

/// What one page of a query result says of itself.
#[derive(Debug)]
pub struct Page {
    /// How many rows the whole result has, as JSON; external sources that cannot tell say -1.
    pub total_size: String,
    /// The rows of this page.
    pub rows: u64,
    locator: Option<String>,
    /// Where the rows are in the body.
    records: Range<usize>,
}

impl Page {
    /// Reads a page; none where the body is none.
    pub fn parse(body: &str) -> Option<Page> {
        let (mut total_size, mut done, mut locator, mut records) = (None, None, None, None);
        let mut scan = Scan::new(body);
        scan.takes(b'{').then_some(())?;
        loop {
            let name = scan.string()?;
            scan.takes(b':').then_some(())?;
            // Of a name that stands twice, one could not know which of the two counts.
            let twice = if name == "records" {
                records.replace(Records::pass(&mut scan)?).is_some()
            } else {
                let value: &RawValue = serde_json::from_str(scan.value()?).ok()?;
                match name {
                    "totalSize" => total_size.replace(value.get()).is_some(),
                    "done" => done.replace(json::flag(value)?).is_some(),
                    "nextRecordsUrl" => locator.replace(json::text(value)).is_some(),
                    _ => false,
                }
            };
            if twice {
                return None;
            }
            if !scan.takes(b',') {
                break;
            }
        }
        (scan.takes(b'}') && scan.is_over()).then_some(())?;
        let records = records?;
        Some(Page {
            total_size: total_size
                .filter(|size| *size != "null")
                .unwrap_or("-1")
                .into(),
            rows: records.rows,
            // A page that is not the last says where the next one is.
            locator: if done? {
                None
            } else {
                Some(locator.flatten()?.into_owned())
            },
            records: records.at,
        })
    }

    /// Where the result goes on; none on the last page.
    pub fn locator(&self) -> Option<&str> {
        self.locator.as_deref()
    }
}

/// The rows of a page.
struct Records {
    rows: u64,
    /// What stands between the brackets.
    at: Range<usize>,
}

impl Records {
    fn pass(scan: &mut Scan<'_>) -> Option<Records> {
        scan.takes(b'[').then_some(())?;
        let (start, mut end) = (scan.at(), scan.at());
        let mut rows = 0;
        if !scan.takes(b']') {
            loop {
                scan.value()?;
                rows += 1;
                end = scan.at();
                if !scan.takes(b',') {
                    break;
                }
            }
            scan.takes(b']').then_some(())?;
        }
        Some(Records {
            rows,
            at: start..end,
        })
    }
}

/// Rows of several pages, joined byte for byte.
#[derive(Debug, Default)]
pub struct Gathered {
    records: String,
    rows: u64,
}

/// The most bytes that stand around the rows of a gathered body, locator included.
pub const AROUND: usize = 2_048;

impl Gathered {
    /// Makes room for as many bytes of rows, if there is none yet. Otherwise all rows would be
    /// moved each time the room is used up.
    pub fn expect(&mut self, bytes: usize) {
        if self.records.is_empty() {
            // Without it there is less room, and nothing else.
            let _ = self.records.try_reserve_exact(bytes + AROUND);
        }
    }

    /// Adds the rows of the page that `body` is.
    pub fn add(&mut self, body: &str, page: &Page) {
        let records = body
            .get(page.records.clone())
            .unwrap_or_default()
            .trim_start();
        if self.records.is_empty() {
            self.records.push_str("{\"records\":[");
        }
        if self.rows > 0 && page.rows > 0 {
            self.records.push(',');
        }
        // Grown by a quarter and not doubled, since a result may take most of the memory.
        let room = self.records.capacity() - self.records.len();
        if room < records.len() {
            self.records
                .reserve_exact(records.len() + self.records.len() / 4);
        }
        self.records.push_str(records);
        self.rows += page.rows;
    }

    /// How many rows are in it.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        self.records.len() + AROUND
    }

    /// The body: a query result of the shape of a page. `locator` is where it goes on.
    pub fn finish(self, total_size: &str, locator: Option<&str>) -> String {
        let mut body = self.records;
        let done = locator.is_none();
        body.push_str(&format!("],\"totalSize\":{total_size},\"done\":{done}"));
        if let Some(locator) = locator {
            body.push_str(",\"nextRecordsUrl\":");
            body.push_str(Json::from(locator).text());
        }
        body.push('}');
        body
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_joined_byte_for_byte() {
        let first = r#"{"totalSize":3,"done":false,"nextRecordsUrl":"\/next","records":[ {"N":1.0000000000000000001,"a":1}, {"a":"]"} ]}"#;
        let empty = r#"{"totalSize":3,"done":false,"nextRecordsUrl":"/n2","records":[]}"#;
        let last = r#"{"totalSize":3,"done":true,"records":[{"z":null,"z":0}]}"#;
        let mut gathered = Gathered::default();
        for (body, rows) in [(first, 2), (empty, 0), (last, 1)] {
            let page = Page::parse(body).unwrap();
            assert_eq!(page.rows, rows);
            gathered.add(body, &page);
        }
        assert_eq!(gathered.rows(), 3);
        assert_eq!(Page::parse(first).unwrap().locator(), Some("/next"));
        assert_eq!(Page::parse(last).unwrap().locator(), None);
        assert_eq!(
            gathered.finish("3", Some("/n\"2")),
            r#"{"records":[{"N":1.0000000000000000001,"a":1}, {"a":"]"},{"z":null,"z":0}],"totalSize":3,"done":false,"nextRecordsUrl":"/n\"2"}"#
        );
    }

    #[test]
    fn an_empty_result_is_a_result() {
        let mut gathered = Gathered::default();
        let body = r#"{"totalSize":-1,"done":true,"records":[]}"#;
        gathered.add(body, &Page::parse(body).unwrap());
        assert_eq!(
            gathered.finish("-1", None),
            r#"{"records":[],"totalSize":-1,"done":true}"#
        );
    }

    #[test]
    fn what_is_no_page_is_none() {
        let bodies = [
            "",
            "[]",
            "{}",
            "<html>",
            r#"{"totalSize":1,"done":true}"#,
            r#"{"totalSize":0,"done":true,"records":7}"#,
            r#"{"totalSize":0,"done":false,"records":[]}"#,
            r#"{"totalSize":0,"done":1,"records":[]}"#,
            r#"{"totalSize":1,"done":true,"records":[{}],"records":[]}"#,
            r#"{"totalSize":1,"done":true,"done":true,"records":[]}"#,
            r#"{"totalSize":1,"done":true,"records":[{}"#,
            r#"{"totalSize":1,"done":true,"records":[{]}]}"#,
            r#"{"totalSize":1,"done":true,"records":[{},]}"#,
            r#"{"totalSize":1,"done":true,"records":[{}]} 1"#,
        ];
        for body in bodies {
            assert!(Page::parse(body).is_none(), "{body}");
        }
    }
}
