//! An instance: one connection to one Salesforce org.

use crate::error::Error;
use crate::host::{Host, State};
use crate::limits::Usage;
use crate::trace::{Exchange, Trace};
use crate::wit::{Action, Exports, Failure};
use std::fmt;
use std::sync::Arc;
use tokio::time::timeout;
use wasmtime::{Store, Trap};

/// One connection to one Salesforce org. It logs in when it has to and keeps its session.
///
/// Each function answers in two layers: an [`Error`] says that the host ended the call or the
/// component broke down, and the instance is lost; a [`Failure`] is the answer of the connector.
/// Once lost, an instance answers [`Error::Lost`]. Dropping the future of a call before its end
/// loses the instance, too.
///
/// A call needs `&mut`, so calls of one instance do not overlap. Start several instances for
/// work that should.
pub struct Instance {
    host: Host,
    live: Option<Live>,
    trace: Trace,
    usage: Arc<Usage>,
    fuel_used: Option<u64>,
}

/// What a call needs, and what is gone after a call that did not end well.
struct Live {
    store: Store<State>,
    exports: Exports,
}

/// What a call comes to. The outer layer is the host's, the inner one the connector's.
pub type Answer<T> = Result<Result<T, Failure>, Error>;

/// Calls one exported function within the limits.
macro_rules! call {
    ($self:ident, $interface:ident.$function:ident($($argument:expr),*)) => {{
        // Taken out, and put back only after a good end.
        let mut live = $self.live.take().ok_or(Error::Lost)?;
        $self.refuel(&mut live)?;
        let deadline = $self.host.limits().deadline;
        let indices = $self.host.indices();
        let found = live.exports.$interface(&mut live.store, indices);
        let interface = found.map_err(|error| explain(&$self.host, &$self.usage, &error))?;
        let outcome =
            timeout(deadline, interface.$function(&mut live.store, $($argument),*)).await;
        $self.fuel_used = $self.burnt(&live);
        match outcome {
            Ok(Ok(answer)) => {
                $self.live = Some(live);
                Ok(answer)
            }
            Ok(Err(error)) => Err(explain(&$self.host, &$self.usage, &error)),
            Err(_) => Err(Error::Deadline(deadline)),
        }
    }};
}

// They call through the macro above.
mod approvals;
mod custom_objects;
mod query;
mod records;
mod session;

impl Instance {
    /// Starts the component in a new store.
    pub(crate) async fn start(
        host: Host,
        mut store: Store<State>,
        trace: Trace,
        usage: Arc<Usage>,
    ) -> Result<Self, Error> {
        let deadline = host.limits().deadline;
        let instance = match timeout(deadline, host.instantiate(&mut store)).await {
            Ok(Ok(instance)) => instance,
            Ok(Err(error)) => return Err(explain(&host, &usage, &error)),
            Err(_) => return Err(Error::Deadline(deadline)),
        };
        Ok(Self {
            host,
            live: Some(Live {
                store,
                exports: Exports::new(instance),
            }),
            trace,
            usage,
            fuel_used: None,
        })
    }

    /// Runs an action of the catalog: `input` and the output are JSON objects.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn invoke(&mut self, action: &str, input: &str) -> Answer<String> {
        call!(
            self,
            connector_salesforce_actions.call_invoke(action, &input.to_owned())
        )
    }

    /// All actions, with their schemas. Makes no request.
    ///
    /// # Errors
    ///
    /// The instance is lost; see [`Instance`].
    pub async fn catalog(&mut self) -> Answer<Vec<Action>> {
        call!(self, connector_salesforce_actions.call_catalog())
    }

    /// Takes the requests that were made since this was last called, oldest first, at most the
    /// last 1,024. Empty unless [`crate::HostConfig::trace`] is on.
    pub fn trace(&mut self) -> Vec<Exchange> {
        self.trace.take()
    }

    /// Bytes of linear memory. It never shrinks: a platform that keeps instances drops those
    /// above a threshold of its choice.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        self.usage.memory()
    }

    /// Instructions that the last call executed. None unless [`crate::Limits::fuel`] is set.
    #[must_use]
    pub fn fuel_used(&self) -> Option<u64> {
        self.fuel_used
    }

    /// Whether the instance can still be used.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.live.is_none()
    }

    /// Gives a call its fuel.
    fn refuel(&self, live: &mut Live) -> Result<(), Error> {
        match self.host.limits().fuel {
            None => Ok(()),
            Some(fuel) => live
                .store
                .set_fuel(fuel)
                .map_err(|error| Error::Config(error.to_string())),
        }
    }

    /// The fuel that a call used.
    fn burnt(&self, live: &Live) -> Option<u64> {
        let given = self.host.limits().fuel?;
        let left = live.store.get_fuel().ok()?;
        Some(given.saturating_sub(left))
    }
}

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("lost", &self.is_lost())
            .field("memory_bytes", &self.memory_bytes())
            .finish_non_exhaustive()
    }
}

/// Why the component stopped.
fn explain(host: &Host, usage: &Usage, error: &wasmtime::Error) -> Error {
    let limits = host.limits();
    match (error.downcast_ref::<Trap>(), limits.fuel) {
        (Some(Trap::OutOfFuel), Some(fuel)) => Error::Fuel(fuel),
        // Rust programs trap where memory cannot be had.
        _ if usage.refused() => Error::Memory(limits.memory),
        (Some(trap), _) => Error::Trap(trap.to_string()),
        // Without the backtrace, which says nothing in a stripped component.
        (None, _) => Error::Trap(error.root_cause().to_string()),
    }
}
