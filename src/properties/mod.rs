//! What must hold whatever comes in: stated once, and driven twice, by tests with inputs that
//! `proptest` makes up, and by the fuzzer's targets in `fuzz/`. A property that does not hold
//! panics.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

pub mod addresses;
pub mod calls;
pub mod documents;
pub mod json;
pub mod keys;
pub mod names;
pub mod secrets;

#[cfg(test)]
mod schemas;

/// The same inputs in every run, and none is written to a file: what is found becomes a test.
#[cfg(test)]
pub(crate) fn cases(cases: u32) -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        cases,
        failure_persistence: None,
        rng_seed: proptest::test_runner::RngSeed::Fixed(20_261_125),
        ..proptest::test_runner::Config::default()
    }
}
