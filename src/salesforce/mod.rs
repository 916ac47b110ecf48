//! The protocol: hosts, names, paths, errors, query results, SOAP and metadata of Salesforce.

pub mod address;
pub mod composite;
pub mod definitions;
pub mod domains;
pub mod elements;
pub mod errors;
pub mod hosts;
pub mod names;
pub mod pages;
pub mod paths;
pub mod soap;
pub mod xml;
