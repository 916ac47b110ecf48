//! Instances that are kept, one for each set of settings.

use crate::error::Error;
use crate::host::Host;
use crate::instance::Instance;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Mutex as AsyncMutex, OwnedMappedMutexGuard, OwnedMutexGuard};

/// Keeps one instance for each distinct set of settings, for platforms that have the settings
/// with each task: a session is then had once, and not with each of them.
///
/// Sets are the same where all names and values are; their order and empty values do not count.
/// Nothing is shared between two sets. Calls of one instance do not overlap: tasks with the same
/// settings wait for each other.
pub struct Connections {
    host: Host,
    most: usize,
    recycle_above: usize,
    kept: Mutex<VecDeque<Kept>>,
}

/// The settings that make up a connection.
type Key = BTreeMap<String, String>;

struct Kept {
    key: Key,
    slot: Slot,
}

/// Empty until the instance is started.
type Slot = Arc<AsyncMutex<Option<Instance>>>;

/// An instance that nobody else uses until this is dropped.
pub type Lease = OwnedMappedMutexGuard<Option<Instance>, Instance>;

impl Connections {
    /// Keeps `most` instances at most, and at least one. Beyond that, the one that was not used
    /// for longest is given up, with its session; a call that it is in is finished.
    #[must_use]
    pub fn new(host: Host, most: usize) -> Self {
        Self {
            host,
            most: most.max(1),
            recycle_above: usize::MAX,
            kept: Mutex::default(),
        }
    }

    /// Gives up instances that have more bytes of memory than this, which never shrinks.
    #[must_use]
    pub fn recycle_above(mut self, bytes: usize) -> Self {
        self.recycle_above = bytes;
        self
    }

    /// The instance of these settings: the one that is kept, once it is free, or a new one where
    /// there is none or it is lost.
    ///
    /// # Errors
    ///
    /// Those of [`Host::instance`].
    pub async fn get<I, N, V>(&self, settings: I) -> Result<Lease, Error>
    where
        I: IntoIterator<Item = (N, V)>,
        N: Into<String>,
        V: Into<String>,
    {
        let pairs = settings.into_iter().map(|(n, v)| (n.into(), v.into()));
        // Of a name that stands twice the last value counts, as it does for the component.
        let mut key: Key = pairs.collect();
        key.retain(|_, value| !value.is_empty());
        let mut guard = self.slot(&key).lock_owned().await;
        let spent = |instance: &Instance| {
            instance.is_lost() || instance.memory_bytes() > self.recycle_above
        };
        if guard.as_ref().is_none_or(spent) {
            *guard = None;
            *guard = Some(self.host.instance(&key).await?);
        }
        OwnedMutexGuard::try_map(guard, Option::as_mut).map_err(|_| Error::Lost)
    }

    /// How many are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept().len()
    }

    /// Whether none is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept().is_empty()
    }

    fn slot(&self, key: &Key) -> Slot {
        let mut kept = self.kept();
        let found = kept.iter().position(|kept| kept.key == *key);
        let entry = match found.and_then(|at| kept.remove(at)) {
            Some(entry) => entry,
            None => Kept {
                key: key.clone(),
                slot: Slot::default(),
            },
        };
        let slot = Arc::clone(&entry.slot);
        // The last one is the one that was used last.
        kept.push_back(entry);
        while kept.len() > self.most {
            kept.pop_front();
        }
        slot
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, VecDeque<Kept>> {
        // Nothing panics while it is held.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Without the settings, which hold secrets.
impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("kept", &self.len())
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}
