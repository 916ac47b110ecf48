//! The command as a shell runs it: the fake in one process, calls in others, settings in the
//! environment alone.

// A test breaks down where it finds what it did not expect.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

/// The component, as `cargo xtask component` leaves it.
fn component() -> PathBuf {
    let folder = match std::env::var_os("SALESFORCE_COMPONENT_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => concat!(env!("CARGO_MANIFEST_DIR"), "/../target/component").into(),
    };
    folder.join("salesforce-connector.wasm")
}

fn host_test() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_host-test"));
    command.env_clear().env("SALESFORCE_COMPONENT", component());
    command
}

/// A running fake; it ends with the test.
struct Fake {
    process: Child,
    settings: Vec<(String, String)>,
}

impl Fake {
    fn start() -> Fake {
        Fake::with(&[])
    }

    fn with(more: &[&str]) -> Fake {
        let mut command = host_test();
        command.args(["fake", "--page-size", "5"]).args(more);
        // A fake that is killed leaves its file here.
        command.env("TMPDIR", env!("CARGO_TARGET_TMPDIR"));
        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut settings = Vec::new();
        for line in lines {
            let line = line.unwrap();
            let (name, value) = line
                .strip_prefix("export ")
                .unwrap()
                .split_once('=')
                .unwrap();
            settings.push((name.to_owned(), value.trim_matches('\'').to_owned()));
            if name == "SALESFORCE_VERSION" {
                break;
            }
        }
        Fake { process, settings }
    }

    fn call(&self, arguments: &[&str]) -> Output {
        let settings = self.settings.iter().map(|(name, value)| (name, value));
        host_test()
            .arg("call")
            .args(arguments)
            .envs(settings)
            .output()
            .unwrap()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn actions_are_called_from_a_shell() {
    let fake = Fake::start();
    let input = r#"{"SObjectName":"Account","salesforcePayload":{"Name":"Acme"}}"#;
    let created = fake.call(&["CREATE", input, "--trace"]);
    assert_eq!(created.status.code(), Some(0), "{}", text(&created.stderr));
    let output: serde_json::Value = serde_json::from_slice(&created.stdout).unwrap();
    assert_eq!(output["salesforceStatus"], "201");
    let trace = text(&created.stderr);
    assert!(
        trace.contains("POST") && trace.contains("/sobjects/Account/ 201"),
        "{trace}"
    );
    for (name, value) in &fake.settings {
        let secret = name.contains("SECRET") || name.contains("PASSWORD") || name.contains("TOKEN");
        assert!(!secret || !trace.contains(value.as_str()), "{name}");
    }

    let query = r#"{"salesforceQuery":"SELECT Id FROM Account"}"#;
    let page: serde_json::Value =
        serde_json::from_slice(&fake.call(&["QUERY", query]).stdout).unwrap();
    let locator = serde_json::json!({"locator": page["locator"]}).to_string();
    assert_eq!(fake.call(&["QUERY_MORE", &locator]).status.code(), Some(0));

    let refused = fake.call(&[
        "CREATE",
        r#"{"SObjectName":"Account","salesforcePayload":{"Nam":1}}"#,
    ]);
    assert_eq!(refused.status.code(), Some(1));
    let said = text(&refused.stderr);
    assert!(
        refused.stdout.is_empty() && said.starts_with("INVALID_FIELD: "),
        "{said}"
    );
    assert!(
        said.contains("nothing changed in Salesforce") && said.contains("hint"),
        "{said}"
    );
}

#[test]
fn a_fake_with_tls_is_trusted_by_its_file() {
    let mut fake = Fake::with(&["--tls"]);
    let query = r#"{"salesforceQuery":"SELECT Id FROM Account"}"#;
    let page = fake.call(&["QUERY", query]);
    assert_eq!(page.status.code(), Some(0), "{}", text(&page.stderr));
    let (name, file) = fake.settings.remove(0);
    assert_eq!(name, "SSL_CERT_FILE");
    let page = fake.call(&["QUERY", query, "--ca-file", &file]);
    assert_eq!(page.status.code(), Some(0), "{}", text(&page.stderr));
    fake.settings
        .push(("SALESFORCE_MAX_ATTEMPTS".to_owned(), "1".to_owned()));
    let refused = fake.call(&["QUERY", query]);
    let said = text(&refused.stderr);
    assert!(
        said.starts_with("CONNECTION_ERROR: ") && said.contains("certificate"),
        "{said}"
    );
}

#[test]
fn the_exit_status_says_whether_to_repeat() {
    let call = |settings: &[(&str, &str)]| {
        let mut command = host_test();
        command.args(["call", "QUERY", r#"{"salesforceQuery":"SELECT Id FROM A"}"#]);
        command.envs(settings.iter().copied()).output().unwrap()
    };
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let nobody = format!("http://{free}");
    let token = ("SALESFORCE_ACCESS_TOKEN", "t");
    let once = ("SALESFORCE_MAX_ATTEMPTS", "1");
    let down = call(&[("SALESFORCE_INSTANCE_URL", &nobody), token, once]);
    assert_eq!(down.status.code(), Some(3), "{}", text(&down.stderr));
    assert!(text(&down.stderr).contains("repeating the call is safe"));
    let missing = call(&[]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("SALESFORCE_CLIENT_ID"));
    assert_eq!(
        host_test().arg("calll").output().unwrap().status.code(),
        Some(2)
    );
}

#[test]
fn the_catalog_is_printed() {
    let table = host_test().arg("actions").output().unwrap();
    assert!(text(&table.stdout).contains("SObjectName*, salesforcePayload*, options"));
    let read = |format| {
        let mut command = host_test();
        let output = command.args(["actions", "--format", format]).output();
        serde_json::from_slice::<serde_json::Value>(&output.unwrap().stdout).unwrap()
    };
    assert_eq!(read("json")[0]["name"], "CREATE");
    assert_eq!(read("mcp")["tools"][0]["name"], "CREATE");
    assert!(read("openapi")["paths"]["/actions/CREATE"].is_object());
    assert_eq!(read("camunda")[0]["id"], "connector.salesforce.CREATE");
}

#[test]
fn a_component_that_is_not_there_is_told_with_what_to_do() {
    let mut command = host_test();
    let missing = command
        .env("SALESFORCE_COMPONENT", "/no/such.wasm")
        .arg("actions")
        .output();
    let said = missing.unwrap();
    assert_eq!(said.status.code(), Some(1));
    assert!(
        text(&said.stderr).contains("cargo xtask component"),
        "{}",
        text(&said.stderr)
    );
}
