//! What one instance may use.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use wasmtime::ResourceLimiter;

/// What one instance may use. What goes beyond ends the call and loses the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of linear memory, 256 MiB by default: an answer of 50 MiB fits, which is the
    /// most that the connector takes.
    pub memory: usize,
    /// How long one call may take, waiting included, 10 minutes by default. It also ends a call
    /// that only computes. The connector has deadlines of its own, which are shorter and answer
    /// with a failure; this one is for a component that does not keep them.
    pub deadline: Duration,
    /// How many instructions one call may execute; unlimited by default, since counting them
    /// costs time.
    pub fuel: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            memory: 256 * 1024 * 1024,
            deadline: Duration::from_secs(600),
            fuel: None,
        }
    }
}

/// What an instance uses. Shared, so that it can be read after the instance is lost.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    memory: AtomicUsize,
    refused: AtomicBool,
}

impl Usage {
    /// Bytes of linear memory. It never shrinks, so this is the most there ever was, too.
    pub(crate) fn memory(&self) -> usize {
        self.memory.load(Ordering::Relaxed)
    }

    /// Whether more memory was asked for than allowed.
    pub(crate) fn refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }
}

/// Counts linear memory and refuses what goes beyond the limit.
pub(crate) struct Meter {
    pub(crate) limit: usize,
    pub(crate) usage: Arc<Usage>,
}

/// The connector has one table, of functions that are called indirectly. This many entries are
/// beyond any use of it.
const TABLE_ENTRIES: usize = 100_000;

impl ResourceLimiter for Meter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self
            .usage
            .memory()
            .saturating_add(desired.saturating_sub(current));
        if total > self.limit {
            self.usage.refused.store(true, Ordering::Relaxed);
            return Ok(false);
        }
        self.usage.memory.store(total, Ordering::Relaxed);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ENTRIES)
    }
}
