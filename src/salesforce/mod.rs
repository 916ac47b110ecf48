//! The protocol: hosts, names, paths, errors and query results of Salesforce.

pub mod address;
pub mod composite;
pub mod errors;
pub mod hosts;
pub mod names;
pub mod pages;
pub mod paths;
