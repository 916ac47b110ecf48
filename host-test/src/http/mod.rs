//! Outgoing HTTP: pooled connections, timeouts, the proxy and the egress policy.

mod body;
mod connect;
mod egress;
mod failed;
mod hooks;
mod pool;
mod proxy;
mod roots;
#[cfg(test)]
mod tests;

pub use egress::{Egress, HostRule};
pub(crate) use hooks::{Hooks, mend};
pub(crate) use pool::Pool;
pub use proxy::Proxy;
pub use roots::Roots;
