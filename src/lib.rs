//! Sandboxed access to Salesforce as one WebAssembly component: its contract is in `wit/`.
//!
//! Dependencies point downwards: `catalog` knows `actions`, these know `session`, `http` and
//! `salesforce`. Only `exports` and `http::wasi` touch the platform; all else runs natively too.

// Tests cut texts where they want them cut.
#![cfg_attr(test, allow(clippy::string_slice))]

pub mod actions;
pub mod catalog;
#[cfg(target_family = "wasm")]
mod exports;
pub mod failure;
pub mod http;
pub mod input;
pub mod json;
pub mod private_key;
#[cfg(any(test, fuzzing))]
pub mod properties;
pub mod salesforce;
pub mod secret;
pub mod session;
#[cfg(test)]
mod testing;
