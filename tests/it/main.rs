//! The real component in the real host against real HTTP servers on loopback.
//!
//! One binary, so that the component is compiled once.

// A test breaks down where it finds what it did not expect.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod approvals;
mod artifact;
mod breaker;
mod budgets;
mod camunda;
mod canaries;
mod catalog;
mod connections;
mod creates;
mod crowd;
mod custom_objects;
mod described;
mod faults;
mod hostile;
mod imports;
mod large;
mod logins;
mod matrix;
mod pages;
mod query;
mod raw;
mod readme;
mod records;
mod rejections;
mod relationships;
mod renewals;
mod sessions;
mod soap_login;
mod support;
mod tls;
mod tour;
mod usage;
