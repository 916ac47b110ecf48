//! Outgoing HTTP: pooled connections, timeouts, the proxy and the egress policy.

mod body;
mod connect;
mod egress;
mod failed;
mod hooks;
mod outgoing;
mod pool;
mod proxy;
mod roots;
#[cfg(test)]
mod tests;

pub use egress::{Egress, HostRule};
pub(crate) use hooks::{Hooks, add_error_codes};
pub(crate) use outgoing::link as add_outgoing;
pub(crate) use pool::Pool;
pub use proxy::Proxy;
pub use roots::Roots;
