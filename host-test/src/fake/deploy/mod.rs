//! `/metadata/deployRequest`: components in a zip, taken while the caller polls.

mod archive;
mod package;
mod parts;

use serde_json::{Map, Value, json};

use super::call::{Call, Content};
use super::errors::ApiError;
use super::ledger::Change;
use super::metadata::Org;
use super::reply::Reply;
use super::store::Store;
use super::{clock, ids};
use package::Message;

/// All deployments.
#[derive(Debug, Default)]
pub struct Deployments {
    all: Vec<Deployment>,
}

/// One deployment.
#[derive(Debug)]
struct Deployment {
    id: String,
    options: Map<String, Value>,
    archive: Vec<u8>,
    created: String,
    state: State,
}

/// How far it is. Each look at it moves it on.
#[derive(Debug)]
enum State {
    Pending,
    InProgress,
    Done(Outcome),
}

/// What became of it.
#[derive(Debug)]
struct Outcome {
    messages: Vec<Message>,
    completed: String,
    /// Whether what failed took along what did not.
    whole: bool,
}

/// `POST /metadata/deployRequest`
pub fn start(
    deployments: &mut Deployments,
    store: &mut Store,
    call: &mut Call,
) -> Result<Reply, ApiError> {
    let body = match std::mem::replace(&mut call.content, Content::Json(None)) {
        Content::Bytes(bytes) => bytes,
        // Composite requests cannot carry files.
        Content::Json(_) => return Err(ApiError::not_found()),
    };
    let kind = call.header("Content-Type").unwrap_or_default();
    let parts = parts::read(kind, &body)?;
    let find = |name: &str| parts.iter().find(|part| part.name == name);
    let missing = |name: &str| {
        // Neither the code nor the text is documented.
        let message = format!("The part {name} is missing");
        ApiError::new(400, "INVALID_MULTIPART_REQUEST", message)
    };
    let json = find("json").ok_or_else(|| missing("json"))?;
    let file = find("file").ok_or_else(|| missing("file"))?;
    let asked: Value = serde_json::from_slice(&json.content)
        .map_err(|error| ApiError::json(format!("The part json: {error}")))?;
    let Some(Value::Object(options)) = asked.get("deployOptions").cloned() else {
        return Err(ApiError::json("deployOptions is missing or not an object"));
    };
    let serial = u64::try_from(deployments.all.len()).unwrap_or_default();
    let deployment = Deployment {
        id: ids::new_id("0Af", serial),
        options,
        archive: file.content.clone(),
        created: clock::datetime(clock::now()),
        state: State::Pending,
    };
    let shown = deployment.shown(false);
    store.note(Change {
        object: "DeployRequest".to_owned(),
        id: deployment.id.clone(),
        before: None,
        after: Some(Value::Object(deployment.options.clone())),
    });
    deployments.all.push(deployment);
    Ok(Reply::json(201, shown))
}

/// `GET /metadata/deployRequest/{id}`
pub fn look(
    deployments: &mut Deployments,
    org: &mut Org,
    id: &str,
    call: &Call,
) -> Result<Reply, ApiError> {
    let id = ids::parse(id).ok_or_else(ApiError::not_found)?;
    let deployment = deployments
        .all
        .iter_mut()
        .find(|deployment| deployment.id == id)
        .ok_or_else(ApiError::not_found)?;
    let details = call.parameter("includeDetails") == Some("true");
    let shown = deployment.shown(details);
    match deployment.state {
        State::Pending => deployment.state = State::InProgress,
        State::InProgress => deployment.state = State::Done(deployment.run(org)),
        State::Done(_) => {}
    }
    Ok(Reply::json(200, shown))
}

impl Deployment {
    fn run(&self, org: &mut Org) -> Outcome {
        let before = org.save();
        let messages = match archive::read(&self.archive, self.is("singlePackage")) {
            Ok(files) => package::deploy(org, &files),
            Err(problem) => vec![Message::failed("package.xml", "", "", problem)],
        };
        let failed = messages.iter().any(|message| message.problem.is_some());
        let whole = self.is("rollbackOnError");
        if self.is("checkOnly") || (failed && whole) {
            org.restore(before);
        }
        Outcome {
            messages,
            completed: clock::datetime(clock::now()),
            whole,
        }
    }

    fn is(&self, option: &str) -> bool {
        self.options.get(option) == Some(&Value::Bool(true))
    }

    /// The official example has numbers and flags as texts; real answers have them as they are.
    fn shown(&self, details: bool) -> Value {
        let outcome = match &self.state {
            State::Done(outcome) => Some(outcome),
            State::Pending | State::InProgress => None,
        };
        let messages = outcome.map_or(&[][..], |outcome| outcome.messages.as_slice());
        let failed = messages.iter().filter(|message| message.problem.is_some());
        let failed = failed.count();
        let deployed = messages
            .iter()
            .filter(|message| message.component())
            .count();
        let status = match &self.state {
            State::Pending => "Pending",
            State::InProgress => "InProgress",
            State::Done(_) if failed == 0 => "Succeeded",
            State::Done(outcome) if !outcome.whole && deployed > 0 => "SucceededPartial",
            State::Done(_) => "Failed",
        };
        let mut result = json!({
            "checkOnly": self.is("checkOnly"),
            "completedDate": outcome.map(|outcome| &outcome.completed),
            "createdDate": self.created,
            "done": outcome.is_some(),
            "id": self.id,
            "ignoreWarnings": self.is("ignoreWarnings"),
            "numberComponentErrors": failed,
            "numberComponentsDeployed": deployed,
            "numberComponentsTotal": deployed + failed,
            "numberTestErrors": 0,
            "numberTestsCompleted": 0,
            "numberTestsTotal": 0,
            "rollbackOnError": self.is("rollbackOnError"),
            "runTestsEnabled": false,
            "status": status,
            "success": matches!(status, "Succeeded"),
        });
        if details && let Value::Object(result) = &mut result {
            let pick = |bad: bool| -> Value {
                let wanted = messages
                    .iter()
                    .filter(|message| message.problem.is_some() == bad);
                wanted.map(Message::shown).collect()
            };
            let tests =
                json!({"numFailures": 0, "numTestsRun": 0, "successes": [], "failures": []});
            let details = json!({
                "componentFailures": pick(true),
                "componentSuccesses": pick(false),
                "retrieveResult": null,
                "runTestResult": tests,
            });
            result.insert("details".to_owned(), details);
        }
        json!({
            "id": self.id,
            "validatedDeployRequestId": null,
            "deployOptions": self.options,
            "deployResult": result,
        })
    }
}
