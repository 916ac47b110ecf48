//! Runs an action by name.

use super::{Action, actions};
use crate::actions::options::{META, Options};
use crate::actions::records::RELATED;
use crate::actions::{Outcome, Response};
use crate::failure::{Applied, Failure, Kind, code};
use crate::input;
use crate::json::{self, Members, More, Object};
use crate::session::connection::Connection;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::ops::RangeInclusive;

/// The parameter that every action takes.
pub const OPTIONS: &str = "options";

/// The inputs of an action, checked against its parameters.
#[derive(Debug)]
pub struct Inputs<'a>(Object<'a>);

impl<'a> Inputs<'a> {
    fn read(action: &Action, text: &'a str) -> Result<Self, Failure> {
        let object = input::object("input", text)?;
        let mut known: Vec<&str> = action.parameters.iter().map(|p| p.name).collect();
        known.push(OPTIONS);
        input::only(&object, action.name, "", &known)?;
        for parameter in action.parameters {
            parameter.check(object.get(parameter.name))?;
        }
        if !action.one_of.is_empty() {
            let names = action.one_of.join(" or ");
            let given = action
                .one_of
                .iter()
                .filter(|name| object.get(name).is_some())
                .count();
            match given {
                0 => return Err(Failure::missing_input(&names, "one of them")),
                1 => {}
                _ => return Err(Failure::invalid_input(&names, "one of them alone")),
            }
        }
        Ok(Inputs(object))
    }

    /// A string; empty where it was not given.
    pub fn text(&self, name: &str) -> Result<Cow<'a, str>, Failure> {
        Ok(self.maybe_text(name)?.unwrap_or_default())
    }

    /// A string.
    pub fn maybe_text(&self, name: &str) -> Result<Option<Cow<'a, str>>, Failure> {
        self.0
            .get(name)
            .map(|value| input::string(name, value))
            .transpose()
    }

    /// The text of a JSON object, or of the one that a string holds.
    pub fn object(&self, name: &str) -> Result<Cow<'a, str>, Failure> {
        match self.0.get(name) {
            Some(value) => input::object_text(name, value),
            None => Ok(Cow::Borrowed("")),
        }
    }

    /// A list of strings; empty where it was not given.
    pub fn strings(&self, name: &str) -> Result<Vec<String>, Failure> {
        let given = self.0.get(name).map(|value| input::strings(name, value));
        Ok(given.transpose()?.unwrap_or_default())
    }

    /// True or false; false where it was not given.
    pub fn flag(&self, name: &str) -> Result<bool, Failure> {
        let given = self.0.get(name).map(|value| input::boolean(name, value));
        Ok(given.transpose()?.unwrap_or_default())
    }

    /// A whole number.
    pub fn number(&self, name: &str, range: &RangeInclusive<u32>) -> Result<Option<u32>, Failure> {
        self.0
            .get(name)
            .map(|value| input::integer(name, value, range))
            .transpose()
    }
}

/// Runs the action `name` on `input` and answers its output, both JSON objects. The connection
/// comes last, so that a wrong input is told before wrong settings are.
pub fn invoke<'c>(
    name: &str,
    input: &str,
    connection: impl FnOnce() -> Result<&'c mut Connection, Failure>,
) -> Result<String, Failure> {
    let action = actions()
        .find(|action| action.name == name)
        .ok_or_else(|| {
            let names: Vec<_> = actions().map(|action| action.name).collect();
            Failure::invalid_input("action", &format!("one of {}", names.join(", ")))
        })?;
    let inputs = Inputs::read(action, input)?;
    let options = inputs.0.get(OPTIONS);
    let meta = match options {
        Some(value) => input::object(OPTIONS, value.get())?
            .get(META)
            .and_then(json::flag),
        None => None,
    };
    let options = options.map(RawValue::get);
    let options = match action.keyed {
        true => Options::with_key(options)?,
        false => Options::parse(options)?,
    };
    let connection = connection()?;
    let as_output = connection.settings().rejections_as_output;
    output(
        connection.run(|c| (action.run)(c, &inputs, options)),
        meta == Some(true),
        as_output,
    )
}

fn output(outcome: Outcome, meta: bool, rejections_as_output: bool) -> Result<String, Failure> {
    match outcome {
        Ok(Response { status, body, more }) => {
            let mut rest = Members::default();
            for name in ["locator", "cut", RELATED] {
                if let Some(value) = more.value(name) {
                    rest.set(name, value.raw());
                }
            }
            Ok(written(status, body, rest, meta.then_some(&more)))
        }
        Err(failure) => match failure.detail.status {
            Some(status) if rejections_as_output && is_rejection(&failure) => {
                let detail = *failure.detail;
                let error = Members::default()
                    .with("code", detail.code.as_ref())
                    .with("message", detail.message.as_str());
                let rest = Members::default().with("salesforceError", &error);
                Ok(written(
                    status,
                    detail.body,
                    rest,
                    meta.then_some(&detail.more),
                ))
            }
            _ => Err(failure),
        },
    }
}

/// The output of an action. The body is written once, since it may take most of the memory.
fn written(
    status: u16,
    body: Option<String>,
    mut rest: Members<'_>,
    meta: Option<&More>,
) -> String {
    if let Some(meta) = meta {
        rest.set("salesforceMeta", meta);
    }
    let mut out = format!("{{\"salesforceStatus\":\"{status}\"");
    if let Some(body) = body {
        out.push_str(",\"salesforceResult\":");
        json::push_string(&mut out, &body);
    }
    let rest = rest.to_text();
    match rest.strip_prefix('{') {
        Some(members) if members != "}" => {
            out.push(',');
            out.push_str(members);
        }
        _ => out.push('}'),
    }
    out
}

/// Whether Salesforce, and not the connector, said no for good.
fn is_rejection(failure: &Failure) -> bool {
    let own = [
        code::MISSING_INPUT,
        code::INVALID_INPUT,
        code::MISSING_TOKEN,
        code::REQUEST_TIMEOUT,
        code::CONNECTION_ERROR,
        code::CIRCUIT_BREAKER_OPEN,
        code::UNKNOWN_ERROR,
    ];
    failure.kind == Kind::Permanent
        && failure.detail.applied == Applied::No
        && !own.contains(&failure.detail.code.as_ref())
}

#[cfg(test)]
mod tests;
