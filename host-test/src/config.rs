//! How a host is set up.

use crate::http::{Egress, Proxy, Roots};
use crate::limits::Limits;
use std::path::PathBuf;
use std::time::Duration;

/// How a host is set up. The default suits a platform that runs the connector against real orgs.
#[derive(Clone, Debug)]
pub struct HostConfig {
    /// What one instance may use.
    pub limits: Limits,
    /// Where instances come from.
    pub allocation: Allocation,
    /// Where requests may go; by default each instance where its settings imply.
    pub egress: Egress,
    /// The proxy on the way out; none by default, whatever the environment says.
    pub proxy: Proxy,
    /// Who may vouch for a server.
    pub roots: Roots,
    /// How long an unused connection is kept, 10 seconds by default. Short on purpose: servers
    /// and firewalls drop idle connections silently, and a request that is written to such a
    /// connection gets no answer. For a create that leaves it open whether the record exists.
    pub pool_idle: Duration,
    /// A folder for compiled components, none by default. With it, a host that has compiled the
    /// same component before is there in milliseconds. What is in it gets executed, so it has to
    /// be this user's alone: a folder that others may write to is not used, and a file is held
    /// against the seal at its end. Nothing is ever removed from it.
    pub cache: Option<PathBuf>,
    /// Whether instances note the requests they make, for [`crate::Instance::trace`]. Off by
    /// default.
    pub trace: bool,
}

impl Default for HostConfig {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            allocation: Allocation::default(),
            egress: Egress::default(),
            proxy: Proxy::none(),
            roots: Roots::default(),
            pool_idle: Duration::from_secs(10),
            cache: None,
            trace: false,
        }
    }
}

/// Where instances come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allocation {
    /// Memory is mapped when an instance starts and unmapped when it ends. The default: it has
    /// no fixed number of instances and reserves nothing beforehand, and an instance that serves
    /// many calls pays for it once.
    #[default]
    OnDemand,
    /// Slots for this many instances are reserved beforehand, in address space rather than in
    /// memory. About twice as fast to start, which pays where each call has a new instance. With
    /// all slots in use, [`crate::Host::instance`] fails.
    Pooling {
        /// The most instances at a time.
        instances: u32,
    },
}
