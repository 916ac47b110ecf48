//! `mcp`: the actions as tools of the Model Context Protocol.

use super::call::{advice, line, settings};
use super::{Common, Outcome, text};
use host_test::wit::{Action, Applied, Effect, Failure};
use host_test::{Host, Instance, export};
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer, ServerInitializeError, ServiceExt};
use rmcp::{ErrorData, transport};
use serde_json::{Value, json};
use std::process::ExitCode;
use tokio::sync::Mutex;

/// Serves the actions as tools of the Model Context Protocol, over standard input and output.
///
/// The settings are all variables of the environment whose names start with SALESFORCE_, except
/// SALESFORCE_COMPONENT. What only reads is always served; what writes or deletes is neither
/// listed nor run unless --allow names it. Ends when its input ends.
#[derive(Debug, clap::Args)]
pub struct Mcp {
    /// Serves actions with these effects too: `write`, `delete`, or both with a comma.
    #[arg(long, value_name = "EFFECTS", value_delimiter = ',')]
    allow: Vec<Allow>,

    /// Prints each HTTP request on standard error, without headers and bodies.
    #[arg(long)]
    trace: bool,
}

/// An effect that has to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Allow {
    Write,
    Delete,
}

/// What a client is told about the whole.
const INSTRUCTIONS: &str = "\
The records, queries, approvals and object definitions of one Salesforce org. A tool's output has \
salesforceStatus, the HTTP status, and salesforceResult, Salesforce's answer as a JSON text. A \
failed tool answers a JSON object: code and message say what happened, applied says whether \
anything changed in Salesforce, advice says what to do about it.";

impl Mcp {
    /// Runs the command.
    pub async fn run(&self, common: &Common) -> Outcome {
        let server = Server::start(common.host(self.trace)?, settings()?, &self.allow).await?;
        let service = match server.serve(transport::stdio()).await {
            Ok(service) => service,
            // A client that looked and went.
            Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(ExitCode::SUCCESS),
            Err(error) => return Err(error.to_string()),
        };
        service.waiting().await.map_err(|error| error.to_string())?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The tools, and the instance that runs them.
struct Server {
    host: Host,
    settings: Vec<(String, String)>,
    tools: Vec<Tool>,
    /// What is not served, with the effect that it lacks.
    withheld: Vec<(String, &'static str)>,
    /// Calls of one instance do not overlap. A lost one is replaced before the next call.
    instance: Mutex<Instance>,
}

impl Server {
    async fn start(
        host: Host,
        mut settings: Vec<(String, String)>,
        allow: &[Allow],
    ) -> Result<Self, String> {
        // What Salesforce rejects is a failed tool here, whatever suits another process.
        settings.retain(|(name, _)| name != "SALESFORCE_REJECTIONS");
        let mut instance = host.instance(settings.clone()).await.map_err(text)?;
        let actions = match instance.catalog().await.map_err(text)? {
            Ok(actions) => actions,
            Err(failure) => return Err(failure.to_string()),
        };
        let mut tools = Vec::new();
        let mut withheld = Vec::new();
        for action in &actions {
            match lacking(action.effect, allow) {
                None => tools.push(tool(action)?),
                Some(effect) => withheld.push((action.name.clone(), effect)),
            }
        }
        Ok(Self {
            host,
            settings,
            tools,
            withheld,
            instance: Mutex::new(instance),
        })
    }

    fn reads(&self, action: &str) -> bool {
        let tool = self.tools.iter().find(|tool| tool.name == action);
        let hints = tool.and_then(|tool| tool.annotations.as_ref());
        hints.is_some_and(|hints| hints.read_only_hint == Some(true))
    }

    /// Runs an action, and says how it went as a client shall see it.
    async fn invoke(&self, action: &str, input: &str) -> CallToolResult {
        let mut instance = self.instance.lock().await;
        if instance.is_lost() {
            match self.host.instance(self.settings.clone()).await {
                Ok(fresh) => *instance = fresh,
                Err(error) => return broke_down(Applied::No, &error.to_string()),
            }
        }
        let answer = instance.invoke(action, input).await;
        for exchange in instance.trace() {
            eprintln!("{}", line(&exchange));
        }
        match answer {
            Ok(Ok(output)) => succeeded(&output),
            Ok(Err(failure)) => failed(&failure),
            // Whether a call that changes something did so before is not known.
            Err(error) if self.reads(action) => broke_down(Applied::No, &error.to_string()),
            Err(error) => broke_down(Applied::Maybe, &error.to_string()),
        }
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        let mut server = Implementation::new("salesforce-connector", env!("CARGO_PKG_VERSION"));
        server.title = Some("Salesforce".to_owned());
        ServerConfig::new(capabilities)
            .with_server_info(server)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _page: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.tools.clone()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let name = request.name.as_ref();
        if !self.tools.iter().any(|tool| tool.name == name) {
            let said = match self.withheld.iter().find(|(known, _)| known == name) {
                Some((_, effect)) => {
                    format!("{name} is not served: start the server with --allow {effect}")
                }
                None => format!("unknown tool: {name}"),
            };
            return Err(ErrorData::invalid_params(said, None));
        }
        let input = Value::Object(request.arguments.unwrap_or_default());
        Ok(self.invoke(name, &input.to_string()).await.into())
    }
}

/// The effect for which an action is not served.
fn lacking(effect: Effect, allow: &[Allow]) -> Option<&'static str> {
    let needed = match effect {
        Effect::Read => return None,
        Effect::Write => Allow::Write,
        Effect::Delete => Allow::Delete,
    };
    (!allow.contains(&needed)).then(|| export::effect(effect))
}

fn tool(action: &Action) -> Result<Tool, String> {
    serde_json::from_value(export::mcp::tool(action))
        .map_err(|error| format!("{}: {error}", action.name))
}

/// The output as it is, and once more as a structure.
fn succeeded(output: &str) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(output)]);
    result.structured_content = serde_json::from_str(output).ok();
    result
}

/// A failure of the connector, which the model shall see: as text alone, since the structure of a
/// result is that of an output.
fn failed(failure: &Failure) -> CallToolResult {
    let (kind, detail) = match failure {
        Failure::Permanent(detail) => ("permanent", detail),
        Failure::Transient(detail) => ("transient", detail),
        Failure::ExecutionFailed => return broke_down(Applied::Maybe, "the call failed"),
    };
    let advice = match failure {
        Failure::Transient(_) => "repeating the call is safe and may succeed".to_owned(),
        _ => advice(detail),
    };
    let more: Value = serde_json::from_str(&detail.more).unwrap_or_default();
    error(&json!({
        "kind": kind,
        "code": detail.code,
        "message": detail.message,
        "advice": advice,
        "applied": applied(detail.applied),
        "status": detail.status,
        "retryAfterMs": detail.retry_after_ms,
        "body": detail.body,
        "more": more,
    }))
}

/// The instance is lost, for a reason of the host.
fn broke_down(done: Applied, message: &str) -> CallToolResult {
    error(&json!({
        "kind": "permanent",
        "code": "UNKNOWN_ERROR",
        "message": message,
        "applied": applied(done),
        "more": {},
    }))
}

fn error(failure: &Value) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(failure.to_string())])
}

/// As the WIT has it.
fn applied(applied: Applied) -> &'static str {
    match applied {
        Applied::No => "no",
        Applied::Maybe => "maybe",
        Applied::Partly => "partly",
        Applied::Yes => "yes",
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, clippy::unwrap_used)]
mod tests {
    use super::*;
    use host_test::{HostConfig, Limits};
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::path::PathBuf;

    /// An org whose only answer is larger than the memory of the instance.
    fn flood() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let _ = stream.read(&mut [0; 4096]);
                let body = vec![b' '; 16 * 1024 * 1024];
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                let _ = stream.write_all(head.as_bytes());
                let _ = stream.write_all(&body);
            }
        });
        url
    }

    #[tokio::test]
    async fn a_lost_instance_is_told_and_replaced() {
        let folder = match std::env::var_os("SALESFORCE_COMPONENT_DIR") {
            Some(folder) => PathBuf::from(folder),
            None => concat!(env!("CARGO_MANIFEST_DIR"), "/../target/component").into(),
        };
        let config = HostConfig {
            limits: Limits {
                memory: 8 * 1024 * 1024,
                ..Limits::default()
            },
            ..HostConfig::default()
        };
        let host = Host::load(folder.join("salesforce-connector.wasm"), config).unwrap();
        let settings = [
            ("SALESFORCE_ACCESS_TOKEN", "t".to_owned()),
            ("SALESFORCE_INSTANCE_URL", flood()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value));
        let allow = [Allow::Write];
        let server = Server::start(host, settings.into(), &allow).await.unwrap();
        let read = ("QUERY", r#"{"salesforceQuery":"SELECT Id FROM Account"}"#);
        let write = (
            "CREATE",
            r#"{"SObjectName":"Account","salesforcePayload":{}}"#,
        );
        for ((action, input), applied) in [(read, "no"), (write, "maybe")] {
            let result = server.invoke(action, input).await;
            assert_eq!(result.is_error, Some(true));
            let text = serde_json::to_string(&result).unwrap();
            assert!(text.contains("8388608 bytes of memory"), "{text}");
            let applied = format!(r#"\"applied\":\"{applied}\""#);
            assert!(text.contains(&applied), "{text}");
        }
    }
}
