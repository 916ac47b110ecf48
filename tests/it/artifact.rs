//! The artifact itself: what it imports, and what it weighs.

use crate::support::*;

/// All that the component imports.
const IMPORTS: [&str; 8] = [
    // Types that its own interfaces share, and no function.
    "connector:salesforce/types",
    "wasi:cli/environment",
    "wasi:clocks/monotonic-clock",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
];

/// The size budget in bytes, for five actions and their relatives.
const BUDGET: usize = 250 * 1024;

#[test]
fn it_imports_what_it_needs_and_nothing_else() {
    let imports = host().imports();
    let mut names: Vec<_> = imports
        .iter()
        .map(|name| name.split('@').next().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, IMPORTS);
}

#[test]
fn it_stays_within_its_budget() {
    let size = component().len();
    assert!(size <= BUDGET, "{size} bytes are more than {BUDGET}");
}

#[tokio::test]
async fn an_instance_is_small_before_its_first_call() {
    let org = instance(given("https://acme.my.salesforce.com")).await;
    assert!(
        org.memory_bytes() <= 2 * 1024 * 1024,
        "{}",
        org.memory_bytes()
    );
}
