//! What the sandbox costs, measured beside the clients that people use today.
//!
//! Each client is a process of its own and works against one [`Server`], in turns, so that all
//! meet the same machine. What the table shows are medians over all turns.

mod answers;
mod artifact;
mod driver;
mod machine;
mod native;
mod report;
mod sandbox;
mod server;
mod worker;

pub use artifact::{Artifact, PageTime, Start};
pub use driver::{Bench, Callers, Measured, Options, run};
pub use machine::Machine;
pub use server::{Server, Traffic};
pub use worker::{Kind, Order, Report, Work, run as work};
