//! The fuel and the memory that each action takes, held against the table of `usage.json`.

use crate::support::*;
use host_test::matrix::{Cost, costs};
use std::collections::BTreeMap;

/// Larger changes must be meant, to the better as well.
const PERCENT: u64 = 5;
const HOW: &str = "UPDATE_USAGE=1 cargo test -p connector-tests --test it usage";

type Table = BTreeMap<String, Cost>;

/// A line for each call, so that changes can be read.
fn written(table: &Table) -> String {
    let line = |(name, cost): (&String, &Cost)| {
        format!(
            r#"  {name:?}: {{"fuel": {}, "memory": {}}}"#,
            cost.fuel, cost.memory
        )
    };
    let lines: Vec<_> = table.iter().map(line).collect();
    format!("{{\n{}\n}}\n", lines.join(",\n"))
}

/// What is more than 5 % off, a line each.
fn differences(recorded: &Table, measured: &Table) -> Vec<String> {
    let mut lines = Vec::new();
    let mut names: Vec<_> = recorded.keys().chain(measured.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let (Some(was), Some(is)) = (recorded.get(name), measured.get(name)) else {
            let place = match recorded.get(name) {
                Some(_) => "in the table alone",
                None => "not in the table",
            };
            lines.push(format!("{name}: {place}"));
            continue;
        };
        let pairs = [
            ("fuel", was.fuel, is.fuel),
            ("bytes of memory", was.memory as u64, is.memory as u64),
        ];
        for (what, was, is) in pairs {
            if was.abs_diff(is) * 100 > was * PERCENT {
                let percent = (is as f64 / was as f64 - 1.0) * 100.0;
                lines.push(format!("{name}: {was} → {is} {what} ({percent:+.1} %)"));
            }
        }
    }
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn each_action_takes_what_the_table_says() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/usage.json");
    if !built_by_the_pinned_compiler() {
        return;
    }
    let measured = costs(component()).await.unwrap();
    if std::env::var_os("UPDATE_USAGE").is_some() {
        std::fs::write(file, written(&measured)).unwrap();
        return;
    }
    let recorded = std::fs::read_to_string(file).unwrap();
    let off = differences(&serde_json::from_str(&recorded).unwrap(), &measured);
    assert!(
        off.is_empty(),
        "more than {PERCENT} % off, from tests/usage.json to now:\n{}\nIf this is meant: {HOW}",
        off.join("\n")
    );
}

#[test]
fn more_than_five_percent_is_told_in_both_directions() {
    let table = |costs: &[(&str, u64, usize)]| -> Table {
        let cost = |(name, fuel, memory): &(&str, _, _)| {
            let (fuel, memory) = (*fuel, *memory);
            (name.to_string(), Cost { fuel, memory })
        };
        costs.iter().map(cost).collect()
    };
    let recorded = table(&[("GET", 1_000, 100), ("OLD", 1, 1)]);
    let read: Table = serde_json::from_str(&written(&recorded)).unwrap();
    assert_eq!(read, recorded);
    let within = table(&[("GET", 1_050, 95), ("OLD", 1, 1)]);
    assert_eq!(differences(&recorded, &within), [""; 0]);
    let beyond = table(&[("GET", 1_051, 94), ("NEW", 1, 1)]);
    let told = [
        "GET: 1000 → 1051 fuel (+5.1 %)",
        "GET: 100 → 94 bytes of memory (-6.0 %)",
        "NEW: not in the table",
        "OLD: in the table alone",
    ];
    assert_eq!(differences(&recorded, &beyond), told);
}
