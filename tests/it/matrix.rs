//! Every action under every fault, and random sequences of calls: what callers are told, held
//! against what was done. `cargo xtask faults` runs more of the same.

use crate::support::component;
use host_test::matrix::{self, Options, RandomOptions};

/// What is wrong is printed with the table.
fn assert_none(summary: &matrix::Summary, printed: Vec<u8>) {
    let printed = String::from_utf8(printed).unwrap();
    assert!(summary.breaches.is_empty(), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_action_is_told_right_under_every_fault() {
    let options = Options {
        quick: true,
        ..Options::default()
    };
    let mut printed = Vec::new();
    let summary = matrix::run(component(), &options, &mut printed).await;
    let summary = summary.unwrap();
    assert_none(&summary, printed);
    // A cell whose fault did not strike is a breach.
    assert!(summary.cells > 1_500, "{summary:?}");
}

/// `SALESFORCE_FAULTS_SEED` gives another seed.
#[tokio::test(flavor = "multi_thread")]
async fn the_org_is_as_callers_were_told_after_random_faults() {
    let seed = std::env::var("SALESFORCE_FAULTS_SEED");
    let options = RandomOptions {
        seed: seed.map_or(1, |seed| seed.parse().unwrap()),
        schedules: 300,
        jobs: 48,
    };
    let mut printed = Vec::new();
    let summary = matrix::random(component(), &options, &mut printed).await;
    let summary = summary.unwrap();
    assert_none(&summary, printed);
    assert!(summary.strikes > 300, "{summary:?}");
}
