//! SOQL queries: the interface `query`.

use super::{Answer, Instance, explain};
use crate::error::Error;
use crate::wit::{Response, Start};
use tokio::time::timeout;

impl Instance {
    /// `query.query`: the first page of a SOQL query.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn query(
        &mut self,
        soql: &str,
        include_deleted: bool,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_query.call_query(soql, include_deleted, options.as_ref())
        )
    }

    /// `query.query-more`: the next page of a result.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn query_more(&mut self, locator: &str, options: Option<&str>) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_query.call_query_more(locator, options.as_ref())
        )
    }

    /// `query.query-pages`: several pages of a result in one answer.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn query_pages(
        &mut self,
        start: &Start,
        max_rows: Option<u32>,
        max_bytes: Option<u32>,
        include_deleted: bool,
        options: Option<&str>,
    ) -> Answer<Response> {
        let options = options.map(str::to_owned);
        call!(
            self,
            connector_salesforce_query.call_query_pages(
                start,
                max_rows,
                max_bytes,
                include_deleted,
                options.as_ref()
            )
        )
    }
}
