//! The property `properties::calls`, fuzzed.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    salesforce_connector::properties::calls::check(text);
});
