//! The requests that an instance made.

use hyper::{Method, Uri};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most requests that are kept until they are taken; older ones are dropped.
const KEPT: usize = 1_024;

/// A request that an instance made. Headers and bodies are never kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// The method, such as `GET`.
    pub method: String,
    /// The host, with the port where the URL has one.
    pub host: String,
    /// The path and the query string. A login sends its credentials in the body, so they are
    /// never here; the text of a SOQL query is.
    pub path_and_query: String,
    /// The HTTP status; none where no answer came, or none yet.
    pub status: Option<u16>,
    /// What went wrong, by the name of the `error-code` of `wasi:http` and with its cause. With
    /// a status, the answer broke off in its body.
    pub failure: Option<String>,
    /// Bytes of the request's body that were handed to the connection.
    pub sent: u64,
    /// Bytes of the answer's body that were read.
    pub received: u64,
}

/// An exchange that may still be going on, or nothing where exchanges are not kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record(Option<Arc<Mutex<Exchange>>>);

impl Record {
    /// Notes what happened.
    pub(crate) fn note(&self, change: impl FnOnce(&mut Exchange)) {
        if let Some(exchange) = &self.0 {
            change(&mut locked(exchange));
        }
    }
}

/// The exchanges of one instance, or nothing where they are not kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace(Option<Arc<Mutex<VecDeque<Record>>>>);

impl Trace {
    /// A trace that keeps what it is given if `keep`.
    pub(crate) fn new(keep: bool) -> Self {
        Self(keep.then(Arc::default))
    }

    /// The record of a request that starts now.
    pub(crate) fn record(&self, method: &Method, uri: &Uri) -> Record {
        let Some(kept) = &self.0 else {
            return Record::default();
        };
        let text = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let record = Record(Some(Arc::new(Mutex::new(Exchange {
            method: method.to_string(),
            host: text(uri.authority().map(|authority| authority.as_str())),
            path_and_query: text(uri.path_and_query().map(|path| path.as_str())),
            ..Exchange::default()
        }))));
        let mut kept = locked(kept);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(record.clone());
        record
    }

    /// Takes all that is kept, as it stands now.
    pub(crate) fn take(&self) -> Vec<Exchange> {
        let Some(kept) = &self.0 else {
            return Vec::new();
        };
        let taken = std::mem::take(&mut *locked(kept));
        let records = taken.iter().filter_map(|record| record.0.as_ref());
        records.map(|exchange| locked(exchange).clone()).collect()
    }
}

/// The value; what a panic elsewhere left is as good as any.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
