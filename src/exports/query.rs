//! SOQL queries: the interface `query`.

use super::bindings::exports::connector::salesforce::query as wit_interface;
use super::{Component, run, wit};
use crate::actions::query::{self, Most, Start};

impl wit_interface::Guest for Component {
    fn query(
        soql: String,
        include_deleted: bool,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            query::query(c, &soql, include_deleted, options)
        })
    }

    fn query_more(locator: String, options: Option<String>) -> Result<wit::Response, wit::Failure> {
        run(options, &mut |c, options| {
            query::query_more(c, &locator, options)
        })
    }

    fn query_pages(
        start: wit_interface::Start,
        max_rows: Option<u32>,
        max_bytes: Option<u32>,
        include_deleted: bool,
        options: Option<String>,
    ) -> Result<wit::Response, wit::Failure> {
        let start = match &start {
            wit_interface::Start::Soql(soql) => Start::Soql(soql),
            wit_interface::Start::Locator(locator) => Start::Locator(locator),
        };
        let most = Most {
            rows: max_rows,
            bytes: max_bytes,
        };
        run(options, &mut |c, options| {
            query::query_pages(c, start, most, include_deleted, options)
        })
    }
}
