//! The property `properties::keys`, fuzzed.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    salesforce_connector::properties::keys::check(data);
});
