//! Query results: what a page says of itself, and how pages become one.

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::fmt;

/// One page of a query result, with its rows as they came.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<'a> {
    /// All rows of the result.
    pub total_size: u64,
    /// Whether this is the last page.
    pub done: bool,
    /// Where the next one is.
    #[serde(borrow, default)]
    pub next_records_url: Option<Cow<'a, str>>,
    #[serde(borrow)]
    records: &'a RawValue,
}

impl<'a> Page<'a> {
    /// Reads a page; none where the body is none.
    pub fn parse(body: &'a [u8]) -> Option<Page<'a>> {
        serde_json::from_slice(body).ok()
    }

    /// Where the result goes on; none on the last page.
    pub fn locator(&self) -> Option<&str> {
        match self.done {
            true => None,
            false => self.next_records_url.as_deref(),
        }
    }

    /// How many rows the page has; none where its rows are no list.
    pub fn rows(&self) -> Option<u64> {
        serde_json::from_str::<Count>(self.records.get())
            .ok()
            .map(|count| count.0)
    }

    /// The rows without the brackets around them.
    fn inner(&self) -> &'a str {
        let list = self.records.get();
        let inner = list.strip_prefix('[').and_then(|l| l.strip_suffix(']'));
        inner.unwrap_or_default().trim()
    }
}

/// Counts the elements of a list without keeping them.
struct Count(u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Elements;
        impl<'de> Visitor<'de> for Elements {
            type Value = Count;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Count, A::Error> {
                let mut count = 0;
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Count(count))
            }
        }
        deserializer.deserialize_seq(Elements)
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
    /// Adds the rows of a page, which has `rows` of them.
    pub fn add(&mut self, page: &Page<'_>, rows: u64) {
        if self.records.is_empty() {
            self.records.push_str("{\"records\":[");
        }
        if self.rows > 0 && rows > 0 {
            self.records.push(',');
        }
        self.records.push_str(page.inner());
        self.rows += rows;
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
    pub fn finish(self, total_size: u64, locator: Option<&str>) -> String {
        let mut body = self.records;
        let done = locator.is_none();
        body.push_str(&format!("],\"totalSize\":{total_size},\"done\":{done}"));
        if let Some(text) = locator.and_then(|l| serde_json::to_string(l).ok()) {
            body.push_str(",\"nextRecordsUrl\":");
            body.push_str(&text);
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
        let first = br#"{"totalSize":3,"done":false,"nextRecordsUrl":"\/next","records":[ {"N":1.0000000000000000001,"a":1}, {"a":"]"} ]}"#;
        let empty = br#"{"totalSize":3,"done":false,"nextRecordsUrl":"/n2","records":[]}"#;
        let last = br#"{"totalSize":3,"done":true,"records":[{"z":null,"z":0}]}"#;
        let mut gathered = Gathered::default();
        for (body, rows) in [(&first[..], 2), (empty, 0), (last, 1)] {
            let page = Page::parse(body).unwrap();
            assert_eq!(page.rows(), Some(rows));
            gathered.add(&page, rows);
        }
        assert_eq!(gathered.rows(), 3);
        assert_eq!(Page::parse(first).unwrap().locator(), Some("/next"));
        assert_eq!(Page::parse(last).unwrap().locator(), None);
        assert_eq!(
            gathered.finish(3, Some("/n\"2")),
            r#"{"records":[{"N":1.0000000000000000001,"a":1}, {"a":"]"},{"z":null,"z":0}],"totalSize":3,"done":false,"nextRecordsUrl":"/n\"2"}"#
        );
    }

    #[test]
    fn an_empty_result_is_a_result() {
        let mut gathered = Gathered::default();
        let page = Page::parse(br#"{"totalSize":0,"done":true,"records":[]}"#).unwrap();
        gathered.add(&page, page.rows().unwrap());
        assert_eq!(
            gathered.finish(0, None),
            r#"{"records":[],"totalSize":0,"done":true}"#
        );
    }

    #[test]
    fn what_is_no_page_is_none() {
        for body in ["", "[]", "{}", r#"{"totalSize":1,"done":true}"#, "<html>"] {
            assert!(Page::parse(body.as_bytes()).is_none(), "{body}");
        }
        let page = Page::parse(br#"{"totalSize":0,"done":true,"records":7}"#).unwrap();
        assert_eq!(page.rows(), None);
    }
}
