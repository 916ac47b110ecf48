use super::contents::crate_of;
use super::*;

fn report(text: &str) -> Report {
    inspect(&wat::parse_str(text).unwrap()).unwrap()
}

/// It takes all that it can get, under names that are known and names that are not.
const HOSTILE: &str = r#"(component
    (import "wasi:sockets/tcp-create-socket@0.2.0" (instance (export "create-tcp-socket" (func))))
    (import "wasi:filesystem/preopens@0.2.0" (instance (export "get-directories" (func))))
    (import "wasi:http/types@0.2.0" (instance (export "fields" (type (sub resource)))))
    (import "evil:host/shell@1.0.0" (instance
        (export "exec" (func (param "command" string) (result (list u8))))))
    (import "run-anything" (func (param "what" string)))
    (core module (func) (data "wasi:http/outgoing-handler"))
    (@custom "description" "red \1b[31m text"))"#;

#[test]
fn what_it_takes_is_told() {
    let report = report(HOSTILE);
    let can = report.powers.can.join("\n");
    assert!(can.contains("open network connections of its own"), "{can}");
    assert!(can.contains("reach files"), "{can}");
    assert!(
        can.contains("call evil:host/shell@1.0.0, which is not known here"),
        "{can}"
    );
    assert!(
        can.contains("call run-anything, which is not known here"),
        "{can}"
    );
    assert_eq!(report.powers.can.len(), 4, "{can}");

    let cannot = report.powers.cannot.join("\n");
    // Types alone and texts that name an interface give nothing.
    assert!(cannot.contains("make HTTP requests"), "{cannot}");
    assert!(cannot.contains("tell the time"), "{cannot}");
    assert!(
        !cannot.contains("sockets") && !cannot.contains("files"),
        "{cannot}"
    );

    let shown = report.to_string();
    // Nobody knows what a shell of the host does.
    assert!(
        shown.contains("\nIt cannot, unless what is not known here does it for it:\n"),
        "{shown}"
    );
    assert!(
        shown.contains("exec: func(command: string) -> list<u8>"),
        "{shown}"
    );
    assert!(
        shown.contains("wasi:http/types@0.2.0 (types alone)"),
        "{shown}"
    );
}

#[test]
fn nothing_of_the_file_commands_the_terminal() {
    let shown = report(HOSTILE).to_string();
    assert!(
        shown.contains("description: red \u{fffd}[31m text"),
        "{shown}"
    );
    assert!(!shown.contains('\u{1b}'), "{shown}");
}

#[test]
fn what_takes_nothing_can_do_nothing() {
    let report = report("(component)");
    assert!(report.powers.can.is_empty(), "{:?}", report.powers.can);
    assert_eq!(report.powers.cannot.len(), 9, "{:?}", report.powers.cannot);
    let shown = report.to_string();
    assert!(shown.contains("lets it:\n  nothing"), "{shown}");
    assert!(shown.contains("\nIt cannot:\n"), "{shown}");
}

#[test]
fn what_the_host_may_do_with_it_is_told() {
    for (export, does) in [
        ("wasi:http/incoming-handler@0.2.0", "answer HTTP requests"),
        ("wasi:http/handler@0.3.0", "answer HTTP requests"),
        ("wasi:cli/run@0.2.0", "be run as a program"),
    ] {
        let text = format!("(component (instance $i) (export \"{export}\" (instance $i)))");
        let can = report(&text).powers.can.concat();
        assert!(can.contains(does), "{export}: {can}");
    }
}

#[test]
fn nothing_of_the_file_is_taken_for_the_report() {
    let shown = report(
        r#"(component (@custom "description" "nothing\0a\0aIt cannot:\0a  do harm")
            (@custom "authors" "\e2\80\aegnihton"))"#,
    )
    .to_string();
    assert_eq!(shown.matches("\nIt cannot:").count(), 1, "{shown}");
    assert!(shown.contains("authors: \u{fffd}gnihton"), "{shown}");
}

/// The library that makes WIT of a component breaks down on names that the validator lets pass.
#[test]
fn a_component_does_not_hide_behind_its_names() {
    let report = report(r#"(component (import "a:b:c/d" (instance (export "e" (func)))))"#);
    assert!(report.shape.is_err());
    let shown = report.to_string();
    assert!(
        shown.contains("call a:b:c/d, which is not known here"),
        "{shown}"
    );
}

#[test]
fn a_component_does_not_hide_behind_broken_metadata() {
    let report = report(
        r#"(component (import "wasi:cli/exit@0.2.0" (instance (export "exit" (func))))
            (@custom "producers" "\ff\ff") (@custom "component-name" "\ff")
            (core module (func $f) (@custom "name" "\01\ff")))"#,
    );
    assert_eq!(report.powers.can, ["end itself"]);
    let unread = |name: &str| (name.to_owned(), "cannot be read".to_owned());
    let metadata = &report.contents.metadata;
    assert!(metadata.contains(&unread("producers")), "{metadata:?}");
    assert!(metadata.contains(&unread("component-name")), "{metadata:?}");
}

/// Whatever is changed, the outcome is a report or a reason.
#[test]
fn changed_bytes_break_nothing_down() {
    let component = wat::parse_str(HOSTILE).unwrap();
    for place in 8..component.len() {
        for bit in 0..8 {
            let mut changed = component.clone();
            changed[place] ^= 1 << bit;
            let shown = match inspect(&changed) {
                Ok(report) => report.to_string(),
                Err(reason) => reason,
            };
            let obeyed = |c: char| c.is_control() && c != '\n';
            assert!(!shown.contains(obeyed), "{place} {bit}: {shown}");
        }
    }
}

/// WIT has no word for a module that is imported; it is told all the same.
#[test]
fn code_of_others_is_told() {
    let report = report(r#"(component (import "code" (core module)))"#);
    assert!(
        report
            .powers
            .can
            .concat()
            .contains("call code, which is not known here")
    );
    assert!(
        report
            .to_string()
            .contains("  code (no interface, but code or the like)")
    );
}

#[test]
fn sizes_add_up_to_the_whole() {
    let contents = report(HOSTILE).contents;
    let sum: usize = contents.sections.iter().map(|(_, bytes)| bytes).sum();
    assert_eq!(sum, contents.bytes);
    assert!(
        contents
            .sections
            .iter()
            .any(|(name, _)| name == "core: data")
    );
    assert!(contents.crates.is_empty());
}

#[test]
fn code_is_counted_for_the_crate_that_defines_it() {
    let report = report(
        r#"(component (core module
            (import "a" "f" (func $_RNvCsabc_7ignored1f))
            (func $_RNvCs1234_5serde3get (drop (i32.const 1)))
            (func $_RNvXCs1234_10serde_jsonNtB2_5ValueNtNtCs9_4core3fmt5Debug3fmt)
            (func $memcpy)))"#,
    );
    let crates = &report.contents.crates;
    assert_eq!(crates[0], ("serde".to_owned(), 5), "{crates:?}");
    assert!(
        !crates.iter().any(|(name, _)| name == "ignored"),
        "{crates:?}"
    );
    assert!(
        crates.iter().any(|(name, _)| name == "of no crate"),
        "{crates:?}"
    );
}

#[test]
fn names_of_crates_are_found_in_every_kind_of_name() {
    for (symbol, name) in [
        ("_ZN4core3fmt5write17h0123456789abcdefE", "core"),
        ("_RNvCs1234_5serde3get", "serde"),
        ("memcpy", "of no crate"),
        ("", "of no crate"),
    ] {
        assert_eq!(crate_of(symbol), name, "{symbol}");
    }
}

#[test]
fn what_is_no_component_is_told() {
    let said = |bytes: &[u8]| inspect(bytes).unwrap_err();
    assert!(said(b"#!/bin/sh").contains("no WebAssembly"));
    assert!(said(&wat::parse_str("(module)").unwrap()).contains("core module"));
    let mut broken = wat::parse_str(r#"(component (core module))"#).unwrap();
    broken.truncate(broken.len() - 1);
    assert!(said(&broken).contains("no valid component"));
}
