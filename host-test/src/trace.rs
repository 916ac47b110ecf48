//! The requests that an instance made.

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

/// An exchange that may still be going on.
#[derive(Debug, Default)]
pub(crate) struct Record(Mutex<Exchange>);

impl Record {
    /// A record of a request that starts now.
    pub(crate) fn new(method: String, host: String, path_and_query: String) -> Self {
        Self(Mutex::new(Exchange {
            method,
            host,
            path_and_query,
            ..Exchange::default()
        }))
    }

    /// Notes what happened.
    pub(crate) fn note(&self, change: impl FnOnce(&mut Exchange)) {
        change(&mut locked(&self.0));
    }
}

/// The exchanges of one instance, or nothing where they are not kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trace(Option<Arc<Mutex<VecDeque<Arc<Record>>>>>);

impl Trace {
    /// A trace that keeps what it is given if `keep`.
    pub(crate) fn new(keep: bool) -> Self {
        Self(keep.then(Arc::default))
    }

    /// Keeps a record.
    pub(crate) fn push(&self, record: &Arc<Record>) {
        let Some(kept) = &self.0 else { return };
        let mut kept = locked(kept);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(Arc::clone(record));
    }

    /// Takes all that is kept, as it stands now.
    pub(crate) fn take(&self) -> Vec<Exchange> {
        let Some(kept) = &self.0 else {
            return Vec::new();
        };
        let taken = std::mem::take(&mut *locked(kept));
        taken
            .iter()
            .map(|record| locked(&record.0).clone())
            .collect()
    }
}

/// The value; what a panic elsewhere left is as good as any.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
