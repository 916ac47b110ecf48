//! The artifact itself: what it imports, what it weighs, and what it says of itself.

use crate::budgets;
use crate::imports::IMPORTS;
use crate::support::*;
use host_test::fake::{Fake, FakeConfig, Flow};
use wasmparser::{Parser, Payload};
use wit_parser::decoding::{DecodedWasm, decode};
use wit_parser::{Resolve, WorldItem};

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
    let documentation = custom_section("package-docs").unwrap().len();
    assert!(documentation <= budgets::DOCUMENTATION, "{documentation}");
    let size = component().len() - documentation;
    if !built_by_the_pinned_compiler() {
        return;
    }
    assert!(
        size <= budgets::COMPONENT,
        "{size} bytes are more than {}",
        budgets::COMPONENT
    );
}

/// A custom section of the component itself, not of what is inside it.
fn custom_section(name: &str) -> Option<&'static [u8]> {
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(component()) {
        match payload.unwrap() {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::CustomSection(section) if depth == 0 && section.name() == name => {
                return Some(section.data());
            }
            _ => {}
        }
    }
    None
}

#[test]
fn it_has_no_names_of_its_parts() {
    assert_eq!(custom_section("component-name"), None);
    assert!(custom_section("producers").is_some());
}

/// The contract travels as the documentation of the component's world, where `wasm-tools
/// component wit` shows it; the component's types come without any.
#[test]
fn its_contract_is_inside_with_the_documentation() {
    let DecodedWasm::Component(shape, world) = decode(component()).unwrap() else {
        panic!("no component");
    };
    let world = &shape.worlds[world];
    let text = world.docs.contents.as_deref().unwrap();
    let mut contract = Resolve::default();
    let package = contract.push_source("contract.wit", text).unwrap();
    let name = &contract.packages[package].name;
    let interface = |name: &str| &contract.interfaces[contract.packages[package].interfaces[name]];

    let create = &interface("records").functions["create"];
    let docs = create.docs.contents.as_deref().unwrap();
    assert!(
        docs.contains("Creates a record: `POST …/sobjects/{SObject}/`."),
        "{docs}"
    );

    let mut functions = 0;
    for (key, item) in &world.exports {
        let WorldItem::Interface { id, .. } = item else {
            panic!("{key:?} is no interface");
        };
        let exported = &shape.interfaces[*id];
        let full = shape.id_of(*id).unwrap();
        let described = interface(exported.name.as_deref().unwrap());
        assert_eq!(full, name.interface_id(described.name.as_deref().unwrap()));
        assert!(described.docs.contents.is_some(), "{full}");
        let names = |functions: &wit_parser::Interface| {
            let mut names: Vec<_> = functions.functions.keys().cloned().collect();
            names.sort();
            names
        };
        assert_eq!(names(exported), names(described), "{full}");
        for function in described.functions.values() {
            assert!(function.docs.contents.is_some(), "{full} {}", function.name);
            functions += 1;
        }
    }
    assert!(functions >= 20, "{functions}");
}

/// The page for those who decide whether it may run has the words of `inspect`, and all imports.
#[test]
fn the_page_says_what_it_can_do() {
    let page = include_str!("../../docs/capabilities.md");
    let (_, said) = page.split_once("```text\n").unwrap();
    let (said, rest) = said.split_once("\n```").unwrap();
    let shown = host_test::inspect::inspect(component()).unwrap();
    let shown = shown.to_string();
    assert!(
        shown.contains(&format!("\n\n{said}\n\nMetadata:\n")),
        "{shown}"
    );
    for import in IMPORTS {
        assert!(rest.contains(&format!("`{import}`")), "{import}");
    }
}

/// What anybody sees who inspects the file before loading it.
#[test]
fn it_can_be_inspected() {
    let shown = host_test::inspect::inspect(component())
        .unwrap()
        .to_string();
    let (can, rest) = shown.split_once("\nIt cannot:\n").unwrap();
    let (cannot, rest) = rest.split_once("\n\n").unwrap();
    let can: Vec<_> = can.lines().filter(|line| line.starts_with("  ")).collect();
    let starts = [
        "  make HTTP requests: each goes through the host",
        "  read the variables",
        "  tell the time",
        "  get random numbers",
    ];
    assert_eq!(can.len(), starts.len(), "{can:?}");
    for (line, start) in can.iter().zip(starts) {
        assert!(line.starts_with(start), "{line}");
    }
    assert!(
        cannot.contains("reach files") && cannot.contains("sockets"),
        "{cannot}"
    );
    // The documentation that the component carries is found for its functions.
    let create = "    create: func(sobject-name: string, ";
    let (_, create) = rest.split_once(create).unwrap();
    let docs = create.lines().nth(1).unwrap();
    assert_eq!(
        docs.trim(),
        "Creates a record: `POST …/sobjects/{SObject}/`."
    );
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
    let soql = "SELECT Id, Name, Industry, BillingCity, Phone, CreatedDate FROM Account";
    for dynamic in [false, true] {
        let mut org = instance(fake.settings(Flow::Bearer)).await;
        let before = org.memory_bytes();
        let page = if dynamic {
            let input = serde_json::json!({ "salesforceQuery": soql }).to_string();
            org.invoke("QUERY", &input).await.unwrap().unwrap()
        } else {
            let page = org.query(soql, false, None).await.unwrap().unwrap();
            page.body.unwrap()
        };
        let after = org.memory_bytes();
        println!(
            "before the first call {before} bytes, after a page of {} bytes {after}",
            page.len()
        );
        assert!(page.len() > 100 * 2_000);
        assert!(before <= 2 * MIB, "{before}");
        assert!(after <= 16 * MIB, "{after}");
    }
}
