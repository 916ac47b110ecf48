//! The dynamic face: every action by name, described and run from one declaration.

mod approvals;
mod custom_objects;
pub mod invoke;
pub mod parameter;
mod query;
mod records;
pub mod schema;

use crate::actions::Outcome;
use crate::actions::options::Options;
use crate::catalog::invoke::Inputs;
use crate::catalog::parameter::Parameter;
use crate::json::{Json, More};
use crate::session::connection::Connection;

/// What an action does to the org.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Creates or changes.
    Write,
    /// Removes.
    Delete,
}

/// An action: how it is described, what it takes, and what it runs.
#[derive(Debug)]
pub struct Action {
    /// The name that `invoke` takes.
    pub name: &'static str,
    /// A few words for a list.
    pub title: &'static str,
    /// One or two sentences.
    pub summary: &'static str,
    /// Under what a list shows it.
    pub group: &'static str,
    /// The typed function that does the same.
    pub function: &'static str,
    /// What it does to the org.
    pub effect: Effect,
    /// Whether a second call doubles nothing.
    pub repeatable: bool,
    /// How many HTTP requests it makes once a session exists.
    pub requests: &'static str,
    /// What it takes, beside `options`.
    pub parameters: &'static [Parameter],
    /// Whether its options may hold a key that makes it safe to repeat.
    pub keyed: bool,
    /// Parameters of which exactly one must be given.
    pub one_of: &'static [&'static str],
    /// What it answers, beside the status.
    pub answers: Answers,
    /// An input, as JSON.
    pub example: &'static str,
    /// Runs it on inputs that were checked.
    pub run: fn(&mut Connection, &Inputs<'_>, Options) -> Outcome,
}

impl Action {
    /// What has no field of its own in the catalog.
    pub fn more(&self) -> More {
        let mut more = More::default();
        more.set("group", self.group);
        more.set("function", self.function);
        more.set("requests", self.requests);
        if let Some(example) = Json::parse(self.example.into()) {
            more.set("example", example);
        }
        more
    }
}

/// What an action answers, beside the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// Nothing.
    Nothing,
    /// A body.
    Body,
    /// A body, or nothing where nothing was changed or made.
    BodyIfChanged,
    /// A body, and where it goes on.
    Page,
    /// A body, where it goes on, and why it ends early.
    Pages,
}

/// All actions, in the order in which a person would look for them.
pub fn actions() -> impl Iterator<Item = &'static Action> {
    records::ACTIONS
        .iter()
        .chain(&query::ACTIONS)
        .chain(&approvals::ACTIONS)
        .chain(&custom_objects::ACTIONS)
}
