//! The artifact itself: what it imports, and what it weighs.

use crate::support::*;
use host_test::fake::{Fake, FakeConfig, Flow};

/// All that the component imports.
const IMPORTS: [&str; 10] = [
    // Types that its own interfaces share, and no function.
    "connector:salesforce/types",
    "wasi:cli/environment",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/random",
];

/// The size budget in bytes, for the ten actions, their relatives and every login.
const BUDGET: usize = 450 * 1024;

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
    // Another compiler gives another size.
    let toolchain = std::fs::read_to_string(components().join("toolchain.txt")).unwrap();
    if toolchain.lines().nth(1) != Some("pinned") {
        println!("not compared: built by {toolchain}");
        return;
    }
    assert!(size <= BUDGET, "{size} bytes are more than {BUDGET}");
}

/// Prints what it measures, for the README.
#[tokio::test]
async fn memory_of_an_instance_stays_small() {
    const MIB: usize = 1024 * 1024;
    let config = FakeConfig {
        extra_accounts: 2_000,
        ..FakeConfig::default()
    };
    let fake = Fake::start(config).await.unwrap();
    let mut org = instance(fake.settings(Flow::Bearer)).await;
    let before = org.memory_bytes();
    let soql = "SELECT Id, Name, Industry, BillingCity, Phone, CreatedDate FROM Account";
    let page = org
        .query(soql, false, None)
        .await
        .unwrap()
        .unwrap()
        .body
        .unwrap();
    let after = org.memory_bytes();
    println!(
        "before the first call {before} bytes, after a page of {} bytes {after}",
        page.len()
    );
    assert!(before <= 2 * MIB, "{before}");
    assert!(after <= 16 * MIB, "{after}");
}
