//! The property `properties::secrets`, fuzzed: the secret, and lines before and after it.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    salesforce_connector::properties::secrets::check(line(), line(), line());
});
