//! The property `properties::addresses`, fuzzed.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    salesforce_connector::properties::addresses::check(text);
});
