//! The connection: settings, the login, and requests that carry its token.

pub mod check;
pub mod connection;
pub mod fault;
pub mod login;
pub mod settings;
pub mod soap_login;
pub mod verdict;
