//! Instances that wait for their next call.

use crate::instance::Instance;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// Instances that wait, each for a call with the session that it has.
pub(super) struct Idle {
    most: usize,
    recycle_above: AtomicUsize,
    /// The last one is the one that was used last.
    waiting: Mutex<VecDeque<(u64, Instance)>>,
}

impl Idle {
    /// `most` is how many there may be together with those that work.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            recycle_above: AtomicUsize::new(usize::MAX),
            waiting: Mutex::default(),
        }
    }

    pub(super) fn set_recycle_above(&self, bytes: usize) {
        self.recycle_above.store(bytes, Ordering::Relaxed);
    }

    /// An instance with this session.
    pub(super) fn take(&self, session: u64) -> Option<Instance> {
        let mut waiting = self.waiting();
        // The one that was used last has its memory in the caches.
        let at = waiting.iter().rposition(|(of, _)| *of == session)?;
        waiting.remove(at).map(|(_, instance)| instance)
    }

    /// Gives up what was not used for longest, so that one more instance may start. The caller
    /// holds one of the permits.
    pub(super) fn make_room(&self, permits: &Semaphore) {
        // Counted and dropped under the lock, so that no instance is taken in between, and nobody
        // counts on room which is still being made.
        let mut waiting = self.waiting();
        let working = self.most - permits.available_permits().min(self.most);
        while waiting.len() + working > self.most && waiting.pop_front().is_some() {}
    }

    /// Keeps an instance for the next call, unless it is lost or has grown.
    pub(super) fn give(&self, session: u64, instance: Instance) {
        let most = self.recycle_above.load(Ordering::Relaxed);
        if !instance.is_lost() && instance.memory_bytes() <= most {
            self.waiting().push_back((session, instance));
        }
    }

    /// Gives up the instances with a session that has ended.
    pub(super) fn forget(&self, session: u64) {
        self.waiting().retain(|(of, _)| *of != session);
    }

    pub(super) fn len(&self) -> usize {
        self.waiting().len()
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<(u64, Instance)>> {
        // Nothing panics while it is held.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
