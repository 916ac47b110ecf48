//! The whole demo, on the component of each target.

use crate::support::components;

#[tokio::test]
async fn the_demo_does_what_it_says() {
    let mut tried = 0;
    for name in [
        "salesforce-connector.wasm",
        "salesforce-connector-wasip2.wasm",
    ] {
        // Debian's toolchain builds the first alone.
        let Ok(component) = std::fs::read(components().join(name)) else {
            continue;
        };
        let mut printed = Vec::new();
        let summary = host_test::demo::run(&component, &mut printed)
            .await
            .unwrap();
        let printed = String::from_utf8(printed).unwrap();
        assert_eq!(summary.failed, 0, "{name}:\n{printed}");
        assert_eq!(summary.passed, printed.matches("[ok]").count(), "{printed}");
        assert!(
            printed.contains("POST /services/data/v66.0/sobjects/Account/ → 201"),
            "{printed}"
        );
        tried += 1;
    }
    assert!(tried > 0, "run `cargo xtask component`");
}
