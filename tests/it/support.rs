//! What all tests need: the component in a host, an org behind it, and what the org was sent.

use host_test::wit::{Applied, Detail, Failure};
use host_test::{Host, HostConfig, Instance, Limits};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::OnceLock;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

/// The token of the sessions in these tests.
pub const TOKEN: &str = "00D000000000001!AQcanary-access";
/// A record id.
pub const ID: &str = "001D000000IqhSLIAZ";

/// The folder that `cargo xtask component` fills.
pub fn components() -> PathBuf {
    match std::env::var_os("SALESFORCE_COMPONENT_DIR") {
        Some(folder) => folder.into(),
        None => concat!(env!("CARGO_MANIFEST_DIR"), "/../target/component").into(),
    }
}

/// The shipped component.
pub fn component() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let file = components().join("salesforce-connector.wasm");
        let missing = |error| panic!("{}: {error}; run `cargo xtask component`", file.display());
        std::fs::read(&file).unwrap_or_else(missing)
    })
}

/// Whether the sizes of the component are those of the project: another compiler gives others.
pub fn built_by_the_pinned_compiler() -> bool {
    let toolchain = std::fs::read_to_string(components().join("toolchain.txt")).unwrap();
    let pinned = toolchain.lines().nth(1) == Some("pinned");
    if !pinned {
        println!("not compared: built by {toolchain}");
    }
    pinned
}

/// A host that notes requests.
pub fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| host_with(Limits::default()))
}

/// A host with these limits.
pub fn host_with(limits: Limits) -> Host {
    let config = HostConfig {
        trace: true,
        limits,
        ..HostConfig::default()
    };
    Host::new(component(), config).unwrap()
}

/// An org that refuses what no test told it to answer, and says what that was.
pub async fn server() -> MockServer {
    // Not from wiremock's pool: its servers outlive a test's runtime, and so its connections.
    let server = MockServer::builder().start().await;
    Mock::given(wiremock::matchers::any())
        .respond_with(|request: &wiremock::Request| {
            let said = format!("no answer is set up for {} {}", request.method, request.url);
            let body = serde_json::json!([{"errorCode": "NOT_SET_UP", "message": said}]);
            ResponseTemplate::new(418).set_body_json(body)
        })
        .with_priority(255)
        .mount(&server)
        .await;
    server
}

/// Answers every request of this method and path so.
pub async fn on(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    Mock::given(method(verb))
        .and(path(at))
        .respond_with(answer)
        .mount(server)
        .await;
}

/// Answers the next request of this method and path so, before any that [`on`] set up.
pub async fn once(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    let mock = Mock::given(method(verb)).and(path(at)).respond_with(answer);
    mock.up_to_n_times(1).with_priority(1).mount(server).await;
}

/// An answer with a JSON body, byte for byte.
pub fn json(status: u16, body: &str) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw(body, "application/json;charset=UTF-8")
}

/// The settings of a given session.
pub fn given(url: &str) -> Vec<(String, String)> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![
        pair("SALESFORCE_INSTANCE_URL", url),
        pair("SALESFORCE_ACCESS_TOKEN", TOKEN),
    ]
}

/// The same settings and more.
pub fn and(mut settings: Vec<(String, String)>, more: &[(&str, &str)]) -> Vec<(String, String)> {
    settings.extend(
        more.iter()
            .map(|(name, value)| (name.to_string(), value.to_string())),
    );
    settings
}

/// An instance with these settings.
pub async fn instance(settings: Vec<(String, String)>) -> Instance {
    host().instance(settings).await.unwrap()
}

/// An instance with a given session at this server.
pub async fn org(server: &MockServer) -> Instance {
    instance(given(&server.uri())).await
}

/// A request as the server saw it, whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Sent {
    /// Method, path and query string.
    pub line: String,
    /// All headers but `host`, by name.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// What a request to the org looks like: its line and its body.
pub fn authorized(line: &str, body: &str) -> Sent {
    let mut headers = vec![
        ("accept".to_owned(), "application/json".to_owned()),
        ("authorization".to_owned(), format!("Bearer {TOKEN}")),
    ];
    if !body.is_empty() {
        headers.push(("content-length".to_owned(), body.len().to_string()));
        headers.push((
            "content-type".to_owned(),
            "application/json; charset=UTF-8".to_owned(),
        ));
    }
    Sent {
        line: line.to_owned(),
        headers,
        body: body.to_owned(),
    }
}

/// All that the server was sent.
pub async fn sent(server: &MockServer) -> Vec<Sent> {
    let requests = server.received_requests().await.unwrap();
    let read = |request: wiremock::Request| {
        let url = &request.url;
        let query = url
            .query()
            .map(|query| format!("?{query}"))
            .unwrap_or_default();
        let mut headers: Vec<_> = request
            .headers
            .iter()
            .filter(|(name, _)| *name != "host")
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        headers.sort();
        Sent {
            line: format!("{} {}{query}", request.method, url.path()),
            headers,
            body: String::from_utf8(request.body).unwrap(),
        }
    };
    requests.into_iter().map(read).collect()
}

/// The lines of all that the server was sent.
pub async fn lines(server: &MockServer) -> Vec<String> {
    sent(server)
        .await
        .into_iter()
        .map(|sent| sent.line)
        .collect()
}

/// What to do about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Permanent,
    Transient,
}

/// A failure, taken apart.
pub fn failed<T: std::fmt::Debug>(
    answer: Result<Result<T, Failure>, host_test::Error>,
) -> (Kind, Detail) {
    match answer.expect("the instance must live") {
        Err(Failure::Permanent(detail)) => (Kind::Permanent, detail),
        Err(Failure::Transient(detail)) => (Kind::Transient, detail),
        answer => panic!("a failure was expected, not {answer:?}"),
    }
}

/// A failure in short: what to do, its code, what was applied, and the status.
pub fn outline(failure: &(Kind, Detail)) -> (Kind, &str, Applied, Option<u16>) {
    let (kind, detail) = failure;
    (*kind, detail.code.as_str(), detail.applied, detail.status)
}

/// A text as JSON.
pub fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
