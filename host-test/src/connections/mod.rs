//! Many callers, few instances: sessions are kept here, outside the instances.

mod idle;
mod session;

use crate::host::Host;
use crate::instance::{Answer, Instance};
use crate::wit::{Applied, Failure};
use idle::Idle;
use session::{Held, Sessions};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Runs the calls of many callers in a bounded number of instances, for platforms that have the
/// settings with each task.
///
/// A login is made once for each distinct set of settings, by one caller while the others wait;
/// its session is kept here. The instances that work get that session and no credentials: none
/// of them ever logs in, and a refresh token that changes with each use is used by one caller at
/// a time. Where Salesforce ends a session, the call that finds out is made once more with a new
/// one, since nothing was done.
///
/// Sets are the same where all names and values are; their order and empty values do not count.
/// Nothing is shared between two sets.
pub struct Connections {
    inner: Arc<Inner>,
    most: usize,
    /// The last one is the one that was used last.
    orgs: Mutex<VecDeque<Org>>,
}

struct Inner {
    host: Host,
    /// One for each instance that works.
    permits: Arc<Semaphore>,
    idle: Idle,
}

/// Held by a call, and by the login that it began.
type Permit = Arc<Option<OwnedSemaphorePermit>>;

/// One set of settings: the calls to one org as one user. Cheap to clone, and worth keeping,
/// since it saves the comparison of the settings.
#[derive(Clone)]
pub struct Org {
    inner: Arc<Inner>,
    settings: Arc<Settings>,
    sessions: Arc<Sessions>,
}

/// The settings that make up a connection.
type Settings = BTreeMap<String, String>;

/// A call that is being made.
pub type Working<'a, T> = Pin<Box<dyn Future<Output = Answer<T>> + Send + 'a>>;

/// The failure where a session is no longer good, and of a refused login.
const NO_SESSION: &str = "MISSING_TOKEN";

/// So many sets of settings that cannot begin anew are kept beyond the others.
const MOST_KEPT: usize = 10_000;

impl Connections {
    /// Runs at most `instances` instances at a time, and at least one. Further calls wait. Idle
    /// instances count: they are kept for the next call of the same set of settings, and make
    /// room for others. The sessions of as many sets are kept; beyond that, the set that was not
    /// used for longest is forgotten, unless an [`Org`] of it lives, or it could not begin anew:
    /// its refresh token has changed, or its login was refused. Of these, 10,000 more are kept.
    #[must_use]
    pub fn new(host: Host, instances: usize) -> Self {
        let most = instances.max(1);
        Self {
            inner: Arc::new(Inner {
                host,
                permits: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))),
                idle: Idle::new(most),
            }),
            most,
            orgs: Mutex::default(),
        }
    }

    /// Gives up instances that have more bytes of memory than this, which never shrinks. With 0
    /// each call has a new instance.
    #[must_use]
    pub fn recycle_above(self, bytes: usize) -> Self {
        self.inner.idle.set_recycle_above(bytes);
        self
    }

    /// The calls with these settings. Starts nothing yet.
    pub fn org<I, N, V>(&self, settings: I) -> Org
    where
        I: IntoIterator<Item = (N, V)>,
        N: Into<String>,
        V: Into<String>,
    {
        let pairs = settings.into_iter().map(|(n, v)| (n.into(), v.into()));
        // Of a name that stands twice the last value counts, as it does for the component.
        let mut settings: Settings = pairs.collect();
        settings.retain(|_, value| !value.is_empty());
        let mut orgs = self.orgs();
        let found = orgs.iter().position(|org| *org.settings == settings);
        let org = found.and_then(|at| orgs.remove(at)).unwrap_or_else(|| Org {
            inner: Arc::clone(&self.inner),
            sessions: Arc::new(Sessions::new(&settings)),
            settings: Arc::new(settings),
        });
        orgs.push_back(org.clone());
        while orgs.len() > self.most {
            let ends = |org: &Org| Arc::strong_count(&org.sessions) == 1;
            let more = orgs.len() - self.most > MOST_KEPT;
            let last = |org: &Org| ends(org) && (more || org.sessions.begins_anew());
            let at = orgs.iter().position(last);
            match at.and_then(|at| orgs.remove(at)) {
                Some(gone) => self.inner.idle.forget(gone.sessions.newest()),
                None => break,
            }
        }
        org
    }

    /// How many sets of settings are known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.orgs().len()
    }

    /// Whether none is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.orgs().is_empty()
    }

    /// How many instances wait for the next call.
    #[must_use]
    pub fn idle(&self) -> usize {
        self.inner.idle.len()
    }

    fn orgs(&self) -> std::sync::MutexGuard<'_, VecDeque<Org>> {
        // Nothing panics while it is held.
        self.orgs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Org {
    /// Runs an action of the catalog, as [`Instance::invoke`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Org::call`].
    pub async fn invoke(&self, action: &str, input: &str) -> Answer<String> {
        self.call(&(action, input), |instance, (action, input)| {
            Box::pin(instance.invoke(action, input))
        })
        .await
    }

    /// Makes one call of an instance, which is the caller's alone for that time. `work` gets it
    /// and what is passed as `with`. It runs again, in another instance, where the session turns
    /// out to have ended and nothing was done. It must not make a call of the same
    /// [`Connections`]: where all instances work, that would wait for itself.
    ///
    /// ```no_run
    /// # async fn example(org: host_test::Org, soql: &str) -> Result<(), host_test::Error> {
    /// let page = org
    ///     .call(&soql, |instance, soql| Box::pin(instance.query(soql, false, None)))
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A failure of the login is that of the call. A login that Salesforce refused is not tried
    /// again with these settings, since it locks users out. A login that has begun ends by
    /// itself, also where the future of the call is dropped.
    ///
    /// # Errors
    ///
    /// Those of [`Host::instance`] and of `work`. Other instances are not affected.
    pub async fn call<W, T, F>(&self, with: &W, work: F) -> Answer<T>
    where
        F: for<'a> Fn(&'a mut Instance, &'a W) -> Working<'a, T>,
    {
        // The semaphore is never closed.
        let permit = Arc::clone(&self.inner.permits).acquire_owned().await;
        let permit = Arc::new(permit.ok());
        let held = match self.sessions.current(&self.inner, &permit, None).await? {
            Ok(held) => held,
            Err(failure) => return Ok(Err(failure)),
        };
        let answer = self.once(&held, with, &work).await?;
        match &answer {
            Err(failure) if held.renewable && is_expired(failure) => {
                self.inner.idle.forget(held.number);
                let ended = Some(&held);
                match self.sessions.current(&self.inner, &permit, ended).await? {
                    Ok(held) => self.once(&held, with, &work).await,
                    Err(failure) => Ok(Err(failure)),
                }
            }
            _ => Ok(answer),
        }
    }

    /// The refresh token that counts now: that of the settings, or the one that came with the
    /// last login. Where the app changes them with each use, the one of the settings is no longer
    /// good after a login, and the platform has to keep this one for its next start.
    pub async fn refresh_token(&self) -> Option<String> {
        self.sessions.refresh_token().await
    }

    async fn once<W, T, F>(&self, held: &Held, with: &W, work: &F) -> Answer<T>
    where
        F: for<'a> Fn(&'a mut Instance, &'a W) -> Working<'a, T>,
    {
        let mut instance = match self.inner.idle.take(held.number) {
            Some(instance) => instance,
            None => {
                // Its memory is given back before the new one takes as much.
                self.inner.idle.make_room(&self.inner.permits);
                self.inner.host.instance(held.settings.iter()).await?
            }
        };
        let answer = work(&mut instance, with).await;
        // Another call may have found out in the meantime that the session has ended.
        if held.number == self.sessions.newest() {
            self.inner.idle.give(held.number, instance);
        }
        answer
    }
}

fn is_expired(failure: &Failure) -> bool {
    let (Failure::Permanent(detail) | Failure::Transient(detail)) = failure else {
        return false;
    };
    detail.code == NO_SESSION && detail.applied == Applied::No
}

/// Without the settings, which hold secrets.
impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections")
            .field("orgs", &self.len())
            .field("idle", &self.idle())
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}

/// Without the settings, which hold secrets.
impl fmt::Debug for Org {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Org").finish_non_exhaustive()
    }
}
