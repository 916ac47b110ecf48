//! Runs the Salesforce connector component.
//!
//! [`Host`] compiles the component once, [`Host::instance`] starts a connection with its
//! settings, and [`Instance`] has a function for everything that the connector exports. Any Rust
//! platform with a tokio runtime can embed it; the command `host-test` is built from it.
//!
//! ```no_run
//! # async fn example() -> Result<(), host_test::Error> {
//! use host_test::{Egress, Host, HostConfig};
//!
//! let config = HostConfig {
//!     egress: Egress::Hosts(vec!["login.salesforce.com".parse()?, "*.my.salesforce.com".parse()?]),
//!     ..HostConfig::default()
//! };
//! let host = Host::load("target/component/salesforce-connector.wasm", config)?;
//! let mut org = host
//!     .instance([
//!         ("SALESFORCE_INSTANCE_URL", "https://example.my.salesforce.com"),
//!         ("SALESFORCE_CLIENT_ID", "…"),
//!         ("SALESFORCE_CLIENT_SECRET", "…"),
//!     ])
//!     .await?;
//! match org.query("SELECT Id, Name FROM Account LIMIT 10", false, None).await? {
//!     Ok(page) => println!("{}", page.body.unwrap_or_default()),
//!     Err(failure) => println!("{failure}"),
//! }
//! # Ok(())
//! # }
//! ```

pub mod bench;
mod cache;
mod config;
mod connections;
pub mod demo;
mod error;
pub mod export;
pub mod fake;
mod host;
mod http;
pub mod inspect;
mod instance;
mod limits;
pub mod matrix;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod ticker;
mod trace;
pub mod wit;

pub use config::{Allocation, HostConfig};
pub use connections::{Connections, Org, Working};
pub use error::Error;
pub use host::{Host, NO_SETTINGS};
pub use http::{Egress, HostRule, Proxy, Roots};
pub use instance::{Answer, Instance};
pub use limits::Limits;
pub use trace::Exchange;
