//! `/query` and `/queryAll`, and the cursors behind `nextRecordsUrl`.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::call::Call;
use super::errors::ApiError;
use super::ids;
use super::reply::Reply;
use super::soql::{Plan, parse, show};
use super::store::Store;

/// More open results than this, and the oldest is forgotten.
const MAX_OPEN: usize = 500;

/// The results that have more pages.
#[derive(Debug, Default)]
pub struct Cursors {
    open: VecDeque<Cursor>,
    serial: u64,
    page_size: usize,
}

#[derive(Debug)]
struct Cursor {
    id: String,
    plan: Plan,
    rows: Vec<usize>,
    batch: usize,
}

impl Cursors {
    /// No results; pages have at most this many rows.
    pub fn new(page_size: usize) -> Cursors {
        Cursors {
            page_size: page_size.max(1),
            ..Cursors::default()
        }
    }

    /// `GET /query?q=…`; `deleted_too` for `/queryAll`.
    pub fn query(
        &mut self,
        store: &Store,
        deleted_too: bool,
        call: &Call,
    ) -> Result<Reply, ApiError> {
        let missing =
            || ApiError::new(400, "MALFORMED_QUERY", "A query string has to be specified");
        let soql = call
            .parameter("q")
            .filter(|soql| !soql.is_empty())
            .ok_or_else(missing)?;
        let query = parse(soql).map_err(|error| error.explain(soql))?;
        let plan = Plan::new(store, &query).map_err(|error| error.explain(soql))?;
        self.first_page(store, plan, deleted_too, call)
    }

    /// Runs a plan and answers its first page.
    pub fn first_page(
        &mut self,
        store: &Store,
        plan: Plan,
        deleted_too: bool,
        call: &Call,
    ) -> Result<Reply, ApiError> {
        let rows = plan.run(store, deleted_too);
        if plan.columns.is_none() {
            return Ok(Reply::json(
                200,
                json!({"totalSize": rows.len(), "done": true, "records": []}),
            ));
        }
        self.serial += 1;
        let cursor = Cursor {
            id: ids::new_id("01g", self.serial),
            plan,
            rows,
            batch: self.batch(call),
        };
        let page = cursor.page(store, call.version, 0);
        if cursor.rows.len() > cursor.batch {
            self.open.push_back(cursor);
            if self.open.len() > MAX_OPEN {
                self.open.pop_front();
            }
        }
        Ok(Reply::json(200, page))
    }

    /// `GET /query/{locator}`. A page can be had again, since an answer may get lost.
    pub fn next_page(&self, store: &Store, locator: &str, call: &Call) -> Result<Reply, ApiError> {
        let known = || {
            let (id, offset) = locator.split_once('-')?;
            let cursor = self.open.iter().find(|cursor| cursor.id == id)?;
            let offset: usize = offset.parse().ok()?;
            (offset < cursor.rows.len()).then(|| cursor.page(store, call.version, offset))
        };
        let unknown = || ApiError::new(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
        Ok(Reply::json(200, known().ok_or_else(unknown)?))
    }

    /// `Sforce-Query-Options: batchSize=…` is a wish, not an order.
    fn batch(&self, call: &Call) -> usize {
        let options = call.header("Sforce-Query-Options").unwrap_or_default();
        let wish = options
            .split([',', ';'])
            .find_map(|option| option.trim().strip_prefix("batchSize="));
        let wish: usize = wish
            .and_then(|wish| wish.trim().parse().ok())
            .unwrap_or(2000);
        wish.clamp(200, 2000).min(self.page_size)
    }
}

impl Cursor {
    fn page(&self, store: &Store, version: u16, offset: usize) -> Value {
        let end = self.rows.len().min(offset + self.batch);
        let table = store.table(self.plan.object);
        let columns = self.plan.columns.as_deref().unwrap_or_default();
        let rows = self.rows.get(offset..end).unwrap_or_default().iter();
        let records: Vec<Value> = rows
            .filter_map(|row| table.record(*row))
            .map(|record| show(store, version, self.plan.object, columns, record))
            .collect();
        let mut page = Map::new();
        page.insert("totalSize".to_owned(), json!(self.rows.len()));
        page.insert("done".to_owned(), json!(end == self.rows.len()));
        if end < self.rows.len() {
            let next = format!("/services/data/v{version}.0/query/{}-{end}", self.id);
            page.insert("nextRecordsUrl".to_owned(), json!(next));
        }
        page.insert("records".to_owned(), Value::Array(records));
        Value::Object(page)
    }
}
