//! The property `properties::json`, fuzzed.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    salesforce_connector::properties::json::check(text);
});
