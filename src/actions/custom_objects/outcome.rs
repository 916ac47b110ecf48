//! What became of components: results as they come, and what a call comes to in the end.

use super::description::Component;
use super::{body, response, unclear};
use crate::actions::Response;
use crate::failure::{Applied, Failure, HINT, code};
use crate::json::{Json, Members, More};
use crate::salesforce::errors;
use crate::salesforce::xml::{Element, Shape};
use crate::session::verdict::Reply;

/// Where `more` of a failure says what became of each component.
const RESULTS: &str = "results";

/// The code of a component that failed only because another did.
pub const ROLLED_BACK: &str = "ALL_OR_NONE_OPERATION_ROLLED_BACK";

/// An error of a component.
#[derive(Debug, Default)]
pub struct Trouble {
    /// The `statusCode` of Salesforce.
    pub code: String,
    /// The message that goes with it.
    pub message: String,
    /// The error as JSON.
    pub json: Option<Json>,
}

/// What became of components.
#[derive(Debug, Default)]
pub struct Results {
    list: Vec<Json>,
    succeeded: usize,
    errors: Vec<Json>,
    first: Option<Trouble>,
}

impl Trouble {
    /// An error that Salesforce tells in another form.
    pub fn new(code: &str, message: &str) -> Trouble {
        let json = Members::default()
            .with("fields", &[][..])
            .with("message", message)
            .with("statusCode", code);
        Trouble {
            code: code.to_owned(),
            message: message.to_owned(),
            json: Some((&json).into()),
        }
    }
}

impl Results {
    /// Adds the result of a component; without trouble it succeeded.
    pub fn add(&mut self, name: &str, created: Option<bool>, troubles: Option<Vec<Trouble>>) {
        let success = troubles.is_none();
        let mut result = Members::default()
            .with("fullName", name)
            .with("success", success);
        if let Some(created) = created {
            result.set("created", created);
        }
        let troubles = troubles.unwrap_or_default();
        let errors: Vec<Json> = troubles.iter().filter_map(|t| t.json.clone()).collect();
        result.set("errors", errors.as_slice());
        self.list.push((&result).into());
        self.succeeded += usize::from(success);
        self.errors.extend(errors);
        let own = self.first.as_ref().is_some_and(|f| f.code != ROLLED_BACK);
        if !success && !own {
            self.first = Some(troubles.into_iter().next().unwrap_or_default());
        }
    }

    /// The results as a list.
    pub fn json(&self) -> Json {
        self.list.as_slice().into()
    }
}

/// What a call has done so far.
#[derive(Debug, Default)]
pub struct Done {
    /// What became of components.
    pub results: Results,
    /// What the last answer told.
    pub more: More,
    /// What was granted.
    pub granted: Option<More>,
}

impl Done {
    /// Takes the answer to an operation on components. One that failed ends the call.
    pub fn take(&mut self, reply: &Reply, components: &[Component]) -> Result<(), Failure> {
        let names: Vec<&str> = components.iter().map(|c| c.full_name.as_str()).collect();
        self.take_names(reply, &names)
    }

    /// Takes the answer to an operation on components of these names.
    pub fn take_names(&mut self, reply: &Reply, names: &[&str]) -> Result<(), Failure> {
        let response = response(reply).map_err(|failure| self.interrupted(failure))?;
        let results: Vec<&Element> = response.all("result").collect();
        let whole = results.len() == names.len();
        if !whole || !results.iter().all(|r| is_result(r)) {
            return Err(self.interrupted(unclear(reply)));
        }
        for (result, name) in results.into_iter().zip(names) {
            let created = result.child("created").map(|c| c.text.trim() == "true");
            let troubles = match result.text_of("success") {
                "true" => None,
                _ => Some(result.all("errors").map(trouble).collect()),
            };
            // An answer need not name what it refuses.
            let name = match result.text_of("fullName") {
                "" => name,
                name => name,
            };
            self.results.add(name, created, troubles);
        }
        self.more = reply.more.clone();
        self.settle(reply.status)
    }

    /// A failure where a component failed.
    pub fn settle(&self, status: u16) -> Result<(), Failure> {
        let Some(first) = &self.results.first else {
            return Ok(());
        };
        let (code, message) = match first.code.as_str() {
            "" => (code::UNKNOWN_ERROR, "Salesforce gives no reason"),
            code => (code, first.message.as_str()),
        };
        let mut failure = Failure::permanent(code.to_owned(), message);
        let transient = code == "UNABLE_TO_LOCK_ROW" && self.results.succeeded == 0;
        if transient {
            failure = failure.transient();
        }
        if let Some(hint) = hint(code) {
            failure = failure.with(HINT, hint);
        }
        failure.detail.more.extend(self.more.clone());
        failure = failure.with("errors", self.results.errors.as_slice());
        let text = body(&self.results).to_text();
        Err(self.interrupted(failure.answered(status, text.as_bytes())))
    }

    /// A failure after what was done so far.
    pub fn interrupted(&self, mut failure: Failure) -> Failure {
        if !self.results.list.is_empty() {
            failure = failure.with(RESULTS, self.results.json());
        }
        match self.results.succeeded {
            0 => failure,
            _ => {
                // The same call would meet what is there already.
                failure.kind = crate::failure::Kind::Permanent;
                failure.applied(Applied::Partly)
            }
        }
    }

    /// Takes what was granted.
    pub fn granted(&mut self, granted: Result<More, Failure>) -> Result<(), Failure> {
        match granted {
            Ok(granted) => {
                self.granted = Some(granted);
                Ok(())
            }
            Err(failure) => Err(self.interrupted(failure)),
        }
    }

    /// The response of a call that did all.
    pub fn response(self, attempts: u64) -> Response {
        let mut body = body(&self.results);
        if let Some(granted) = &self.granted {
            body.set("granted", granted);
        }
        Response {
            status: 200,
            body: Some(body.to_text()),
            more: self.more.with("attempts", attempts),
        }
    }
}

fn is_result(result: &Element) -> bool {
    matches!(result.text_of("success"), "true" | "false")
}

fn trouble(error: &Element) -> Trouble {
    let shape = Shape {
        lists: &["fields", "extendedErrorDetails"],
        ..Shape::TEXTS
    };
    Trouble {
        code: error.text_of("statusCode").to_owned(),
        message: error.text_of("message").to_owned(),
        json: Some(error.json(shape)),
    }
}

fn hint(code: &str) -> Option<&'static str> {
    match code {
        "DUPLICATE_DEVELOPER_NAME" => {
            Some("It is there already: set update to true to change it, or choose another name.")
        }
        code => errors::hint(code),
    }
}
