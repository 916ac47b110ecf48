//! Query results: what a page says of itself, and how pages become one.

use crate::json::{self, Json, Object};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// One page of a query result, with its rows as they came.
#[derive(Debug)]
pub struct Page<'a> {
    /// How many rows the whole result has, as JSON; external sources that cannot tell say -1.
    pub total_size: &'a str,
    /// The rows of this page.
    pub rows: u64,
    locator: Option<Cow<'a, str>>,
    records: &'a str,
}

impl<'a> Page<'a> {
    /// Reads a page; none where the body is none.
    pub fn parse(body: &'a str) -> Option<Page<'a>> {
        let object = Object::read(body)?;
        let done = json::flag(object.get("done")?)?;
        let records = object.get("records")?.get();
        let rows = json::list(records)?.len();
        Some(Page {
            total_size: object.get("totalSize").map_or("-1", RawValue::get),
            rows: u64::try_from(rows).ok()?,
            // A page that is not the last says where the next one is.
            locator: if done {
                None
            } else {
                Some(object.text("nextRecordsUrl")?)
            },
            records: records.strip_prefix('[')?.strip_suffix(']')?.trim(),
        })
    }

    /// Where the result goes on; none on the last page.
    pub fn locator(&self) -> Option<&str> {
        self.locator.as_deref()
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
    /// Adds the rows of a page.
    pub fn add(&mut self, page: &Page<'_>) {
        if self.records.is_empty() {
            self.records.push_str("{\"records\":[");
        }
        if self.rows > 0 && page.rows > 0 {
            self.records.push(',');
        }
        // Grown by a quarter and not doubled, since a result may take most of the memory.
        let room = self.records.capacity() - self.records.len();
        if room < page.records.len() {
            self.records
                .reserve_exact(page.records.len() + self.records.len() / 4);
        }
        self.records.push_str(page.records);
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
            gathered.add(&page);
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
        let page = Page::parse(r#"{"totalSize":-1,"done":true,"records":[]}"#).unwrap();
        gathered.add(&page);
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
        ];
        for body in bodies {
            assert!(Page::parse(body).is_none(), "{body}");
        }
    }
}
