//! `host-test mcp`, as a client sees it: lines of JSON-RPC on its standard input and output.

// A test breaks down where it finds what it did not expect.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

use host_test::fake::{Fake, FakeConfig, Flow};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The component, as `cargo xtask component` leaves it.
fn component() -> PathBuf {
    let folder = match std::env::var_os("SALESFORCE_COMPONENT_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => concat!(env!("CARGO_MANIFEST_DIR"), "/../target/component").into(),
    };
    folder.join("salesforce-connector.wasm")
}

/// A running server.
struct Server {
    process: Child,
    input: Option<ChildStdin>,
    lines: Lines<BufReader<ChildStdout>>,
    /// All that it wrote to its standard output.
    output: String,
    sent: u64,
}

impl Server {
    /// Starts a server and leaves the beginning to the test.
    fn start(settings: &[(String, String)], arguments: &[&str]) -> Server {
        let mut process = Command::new(env!("CARGO_BIN_EXE_host-test"))
            .env_clear()
            .env("SALESFORCE_COMPONENT", component())
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .arg("mcp")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Server {
            input: process.stdin.take(),
            lines: BufReader::new(process.stdout.take().unwrap()).lines(),
            process,
            output: String::new(),
            sent: 0,
        }
    }

    /// Starts a server and shakes hands with it.
    fn begin(settings: &[(String, String)], arguments: &[&str]) -> Server {
        let mut server = Server::start(settings, arguments);
        server.handshake("2025-06-18");
        server
    }

    fn handshake(&mut self, version: &str) -> Value {
        let client = json!({"name": "test", "version": "1"});
        let begin = json!({"protocolVersion": version, "capabilities": {}, "clientInfo": client});
        let answer = self.ask("initialize", begin);
        self.write(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        answer
    }

    fn write(&mut self, message: &Value) {
        writeln!(self.input.as_mut().unwrap(), "{message}").unwrap();
    }

    fn read(&mut self) -> Value {
        let line = self.lines.next().expect("an answer").unwrap();
        self.output.push_str(&line);
        serde_json::from_str(&line).expect("nothing but JSON on standard output")
    }

    /// Makes a request and answers its response, of which it takes the envelope off.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.sent += 1;
        let id = self.sent;
        self.write(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let mut answer = self.read();
        assert_eq!(answer["jsonrpc"], "2.0");
        assert_eq!(answer["id"], id);
        answer
            .as_object_mut()
            .unwrap()
            .retain(|name, _| name != "jsonrpc" && name != "id");
        answer
    }

    fn tools(&mut self) -> Vec<Value> {
        let answer = self.ask("tools/list", json!({}));
        answer["result"]["tools"].as_array().unwrap().clone()
    }

    fn call(&mut self, tool: &str, arguments: Value) -> Value {
        self.ask("tools/call", json!({"name": tool, "arguments": arguments}))
    }

    /// Ends the input, and answers the exit status and all that was written.
    fn end(mut self) -> (Option<i32>, String) {
        drop(self.input.take());
        let mut written = std::mem::take(&mut self.output);
        for line in self.lines.by_ref() {
            written.push_str(&line.unwrap());
        }
        let mut log = self.process.stderr.take().unwrap();
        log.read_to_string(&mut written).unwrap();
        (self.process.wait().unwrap().code(), written)
    }
}

async fn fake() -> (Fake, Vec<(String, String)>) {
    let fake = Fake::start(FakeConfig::default()).await.unwrap();
    let settings = fake.settings(Flow::UsernamePassword);
    (fake, settings)
}

/// A tool result, which is the same text as a structure where it is no failure.
fn output(answer: &Value) -> &Value {
    let result = &answer["result"];
    assert_eq!(result["isError"], false, "{answer}");
    let text = result["content"][0]["text"].as_str().unwrap();
    let read: Value = serde_json::from_str(text).unwrap();
    assert_eq!(read, result["structuredContent"]);
    &result["structuredContent"]
}

fn names(tools: &[Value]) -> Vec<&str> {
    tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect()
}

#[test]
fn a_handshake_agrees_on_a_version() {
    for (asked, agreed) in [("2025-03-26", "2025-03-26"), ("1999-01-01", "2025-11-25")] {
        let mut server = Server::start(&[], &[]);
        let answer = server.handshake(asked);
        let result = &answer["result"];
        assert_eq!(result["protocolVersion"], agreed, "{answer}");
        assert_eq!(result["capabilities"], json!({"tools": {}}));
        assert_eq!(result["serverInfo"]["name"], "salesforce-connector");
        assert_eq!(server.ask("ping", json!({})), json!({"result": {}}));
        assert_eq!(server.end().0, Some(0));
    }
}

#[test]
fn what_changes_an_org_has_to_be_asked_for() {
    let served = |arguments: &[&str]| {
        let mut server = Server::begin(&[], arguments);
        let tools = server.tools();
        ["QUERY", "CREATE", "UPDATE", "DELETE"].map(|tool| {
            let called = server.call(tool, json!({}));
            let error = called["error"]["message"].as_str().map(str::to_owned);
            assert_eq!(names(&tools).contains(&tool), error.is_none(), "{called}");
            error.unwrap_or_default()
        })
    };
    let lacks = |tool: &str, effect: &str| {
        format!("{tool} is not served: start the server with --allow {effect}")
    };
    let (create, update) = (lacks("CREATE", "write"), lacks("UPDATE", "write"));
    let delete = lacks("DELETE", "delete");
    let none = String::new();
    assert_eq!(
        served(&[]),
        [none.clone(), create.clone(), update.clone(), delete]
    );
    assert_eq!(
        served(&["--allow", "delete"]),
        [none.clone(), create, update, none]
    );
}

#[test]
fn a_tool_is_described_whole() {
    let mut server = Server::begin(&[], &["--allow", "write,delete"]);
    let tools = server.tools();
    let of = |name: &str| tools.iter().find(|tool| tool["name"] == name).unwrap();
    let hints = |name: &str| {
        let annotations = &of(name)["annotations"];
        [
            "readOnlyHint",
            "destructiveHint",
            "idempotentHint",
            "openWorldHint",
        ]
        .map(|hint| annotations[hint].as_bool().unwrap())
    };
    assert_eq!(hints("QUERY"), [true, false, true, true]);
    assert_eq!(hints("CREATE"), [false, true, false, true]);
    assert_eq!(hints("UPDATE"), [false, true, true, true]);
    assert_eq!(hints("DELETE"), [false, true, true, true]);
    for tool in &tools {
        for schema in ["inputSchema", "outputSchema"] {
            assert_eq!(tool[schema]["type"], "object", "{tool}");
        }
        for text in ["title", "description"] {
            assert!(
                tool[text].as_str().is_some_and(|text| !text.is_empty()),
                "{tool}"
            );
        }
    }
    let create = &of("CREATE")["inputSchema"];
    assert_eq!(
        create["required"],
        json!(["SObjectName", "salesforcePayload"])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_run_in_one_instance_and_show_no_secret() {
    let (fake, settings) = fake().await;
    let mut server = Server::begin(&settings, &["--allow", "write,delete", "--trace"]);
    let record = json!({"SObjectName": "Account", "salesforcePayload": {"Name": "Acme"}});
    let answer = server.call("CREATE", record);
    let created = output(&answer);
    assert_eq!(created["salesforceStatus"], "201");
    let created: Value =
        serde_json::from_str(created["salesforceResult"].as_str().unwrap()).unwrap();
    let record = json!({"SObjectName": "Account", "SObjectId": created["id"]});
    assert_eq!(
        output(&server.call("DELETE", record))["salesforceStatus"],
        "204"
    );
    let soql = json!({"salesforceQuery": "SELECT Id FROM Account"});
    assert_eq!(
        output(&server.call("QUERY", soql))["salesforceStatus"],
        "200"
    );

    let (status, written) = server.end();
    assert_eq!(status, Some(0), "{written}");
    assert!(written.contains("/sobjects/Account/ 201"), "{written}");
    let logins = fake
        .exchanges()
        .iter()
        .filter(|exchange| exchange.path.contains("token"))
        .count();
    assert_eq!(logins, 1);
    for (name, value) in settings {
        let secret = ["SECRET", "PASSWORD", "TOKEN"]
            .iter()
            .any(|word| name.contains(word));
        assert!(!secret || !written.contains(&value), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_a_tool_result() {
    let (_fake, mut settings) = fake().await;
    settings.push(("SALESFORCE_REJECTIONS".to_owned(), "output".to_owned()));
    let mut server = Server::begin(&settings, &["--allow", "write"]);
    let mut failure = |tool: &str, arguments: Value| {
        let answer = server.call(tool, arguments);
        let result = &answer["result"];
        assert_eq!(result["isError"], true, "{answer}");
        assert_eq!(result.get("structuredContent"), None);
        let text = result["content"][0]["text"].as_str().unwrap();
        serde_json::from_str::<Value>(text).unwrap()
    };
    let record = json!({"SObjectName": "Account", "salesforcePayload": {"Nam": "Acme"}});
    let refused = failure("CREATE", record);
    assert_eq!(refused["kind"], "permanent");
    assert_eq!(refused["code"], "INVALID_FIELD");
    assert_eq!(refused["applied"], "no");
    assert_eq!(refused["status"], 400);
    assert_eq!(refused["retryAfterMs"], Value::Null);
    assert_eq!(refused["advice"], "do not repeat the call as it is");
    assert_eq!(refused["more"]["errors"][0]["errorCode"], "INVALID_FIELD");
    assert!(refused["body"].as_str().unwrap().contains("INVALID_FIELD"));

    let missing = failure("CREATE", json!({"SObjectName": "Account"}));
    assert_eq!(missing["code"], "MISSING_INPUT");
    assert_eq!(missing["more"], json!({"parameter": "salesforcePayload"}));
}

#[test]
fn a_missing_setting_is_told_by_the_tool() {
    let mut server = Server::begin(&[], &[]);
    let answer = server.call(
        "QUERY",
        json!({"salesforceQuery": "SELECT Id FROM Account"}),
    );
    assert_eq!(answer["result"]["isError"], true);
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    let failure: Value = serde_json::from_str(text).unwrap();
    assert_eq!(failure["more"]["setting"], "SALESFORCE_CLIENT_ID");
}

#[test]
fn what_the_protocol_does_not_have_is_an_error_of_the_protocol() {
    let mut server = Server::begin(&[], &[]);
    let unknown = server.call("NONSENSE", json!({}));
    assert_eq!(
        unknown,
        json!({"error": {"code": -32602, "message": "unknown tool: NONSENSE"}})
    );
    // Settings and login are no action, so that no model reaches them.
    assert_eq!(
        server.call("session.login", json!({}))["error"]["code"],
        -32602
    );
    assert_eq!(
        server.ask("nonsense/list", json!({}))["error"]["code"],
        -32601
    );
    assert_eq!(
        server.ask("resources/list", json!({}))["error"]["code"],
        -32601
    );
}

#[test]
fn effects_have_names() {
    let mut server = Server::start(&[], &["--allow", "read"]);
    drop(server.input.take());
    let (status, written) = server.end();
    assert_eq!(status, Some(2));
    assert!(written.contains("write, delete"), "{written}");
}
