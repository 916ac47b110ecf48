//! The property `properties::names`, fuzzed.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    salesforce_connector::properties::names::check(text);
});
