//! Sabotages of the WIT.

use std::path::Path;

use wit_parser::UnresolvedPackageGroup;

use crate::wit::{compare, keeps};

/// The contract as it is, as if it were released.
fn released() -> UnresolvedPackageGroup {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    UnresolvedPackageGroup::parse_dir(folder).unwrap()
}

/// The contract in one text, at this version, with some text in the place of another.
fn changed(version: &str, changes: &[(&str, &str)]) -> UnresolvedPackageGroup {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "wit"))
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    files.sort_by_key(|text| !text.contains("\npackage "));
    let mut text = files.concat();
    let released = format!("salesforce@{};", released().main.name.version.unwrap());
    let now = format!("salesforce@{version};");
    for (from, to) in [(released.as_str(), now.as_str())].iter().chain(changes) {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    UnresolvedPackageGroup::parse("changed.wit", &text).unwrap()
}

/// A version behind the released one on the same track.
fn next() -> String {
    let mut version = released().main.name.version.unwrap();
    version.patch += 1;
    version.to_string()
}

fn failure(new: UnresolvedPackageGroup) -> String {
    let error = compare(new, released()).unwrap_err();
    error.chain().map(|cause| format!("{cause}\n")).collect()
}

/// A function that `records` does not have, and its version.
fn undelete(since: &str) -> (String, String) {
    let before = "interface records {\n    use types.{failure, json, response};\n";
    let added = format!(
        "{before}    @since(version = {since})\n    undelete: func(sobject-id: string) -> result<_, failure>;\n"
    );
    (before.to_owned(), added)
}

#[test]
fn the_contract_is_as_it_is() {
    let verdict = compare(released(), released()).unwrap();
    assert!(verdict.ends_with("is as it was released."), "{verdict}");
    compare(changed(&next(), &[]), released()).unwrap();
}

#[test]
fn a_failure_with_a_further_case_breaks_hosts() {
    let case = [(
        "execution-failed,",
        "execution-failed,\n        partial(detail),",
    )];
    for version in [next(), released().main.name.version.unwrap().to_string()] {
        let said = failure(changed(&version, &case));
        assert!(said.contains("could not use this any more"), "{said}");
        assert!(
            said.contains("`failure`") && said.contains("cases"),
            "{said}"
        );
    }
}

/// Before the first release, and between tracks of versions, what was accepted is kept, too.
#[test]
fn what_was_accepted_is_kept_whatever_the_version() {
    let case = [(
        "execution-failed,",
        "execution-failed,\n        partial(detail),",
    )];
    for version in [
        released().main.name.version.unwrap().to_string(),
        "99.0.0".to_owned(),
    ] {
        let error = keeps(changed(&version, &case), released()).unwrap_err();
        let causes: Vec<_> = error.chain().map(ToString::to_string).collect();
        assert!(causes.concat().contains("`failure`"), "{causes:?}");
    }
    let (before, added) = undelete(&next());
    keeps(changed(&next(), &[(&before, &added)]), released()).unwrap();
}

#[test]
fn a_further_field_breaks_hosts() {
    let said = failure(changed(
        &next(),
        &[("status: u16,", "status: u16,\n        extra: u8,")],
    ));
    assert!(
        said.contains("`response`") && said.contains("fields"),
        "{said}"
    );
}

#[test]
fn a_removed_function_breaks_callers() {
    let said = failure(changed(
        &next(),
        &[("    delete: func(", "    remove: func(")],
    ));
    assert!(said.contains("missing expected export `delete`"), "{said}");
    let said = failure(changed(&next(), &[("    export query;\n", "")]));
    assert!(
        said.contains("missing export named `connector:salesforce/query`"),
        "{said}"
    );
}

#[test]
fn a_changed_parameter_breaks_callers() {
    let create = "    create: func(sobject-name: string, payload: json";
    let typed = "    create: func(sobject-name: string, payload: list<u8>";
    let said = failure(changed(&next(), &[(create, typed)]));
    assert!(said.contains("function parameter `payload`"), "{said}");
    let named = "    create: func(sobject: string, payload: json";
    let said = failure(changed(&next(), &[(create, named)]));
    assert!(said.contains("parameter named `sobject-name`"), "{said}");
}

#[test]
fn a_further_import_breaks_hosts() {
    let import = "world connector {\n    import log: interface { log: func(line: string); }\n";
    let said = failure(changed(&next(), &[("world connector {\n", import)]));
    assert!(said.contains("missing import named `log`"), "{said}");
}

#[test]
fn an_added_function_passes_in_a_new_version_that_it_names() {
    let (before, added) = undelete(&next());
    let verdict = compare(changed(&next(), &[(&before, &added)]), released()).unwrap();
    assert!(verdict.contains("has all that"), "{verdict}");

    let old = released().main.name.version.unwrap().to_string();
    let (before, added) = undelete(&old);
    let said = failure(changed(&next(), &[(&before, &added)]));
    assert!(said.contains("records.undelete is new"), "{said}");
    let said = failure(changed(&old, &[(&before, &added)]));
    assert!(said.contains("what is added needs a new version"), "{said}");
}

#[test]
fn a_later_track_may_break_and_an_older_version_is_none() {
    let case = [(
        "execution-failed,",
        "execution-failed,\n        partial(detail),",
    )];
    let verdict = compare(changed("99.0.0", &case), released()).unwrap();
    assert!(verdict.contains("not compared"), "{verdict}");

    let new = compare(released(), changed("99.0.0", &[])).unwrap_err();
    assert!(
        new.to_string().contains("is older than its release"),
        "{new}"
    );
}
