//! The property `properties::documents`, fuzzed.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    salesforce_connector::properties::documents::check(text);
});
