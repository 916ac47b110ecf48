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

/// Under what a list shows actions.
#[derive(Debug)]
pub struct Group {
    /// A few words.
    pub name: &'static str,
    /// The outline of its icon, a path on a square of 18 by 18.
    outline: &'static str,
}

/// Single records.
pub static RECORDS: Group = Group {
    name: "Records",
    outline: "M4 2h10v14H4zM6 6h6M6 9h6M6 12h4",
};
/// SOQL.
pub static QUERIES: Group = Group {
    name: "Queries",
    outline: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3zM12 12l4 4",
};
/// Approval processes.
pub static APPROVALS: Group = Group {
    name: "Approvals",
    outline: "M9 2a7 7 0 1 0 0 14A7 7 0 0 0 9 2zM6 9l2 2 4-4",
};
/// Objects that an org defines itself.
pub static CUSTOM_OBJECTS: Group = Group {
    name: "Custom objects",
    outline: "M9 2l6 3.5v7L9 16l-6-3.5v-7zM3 5.5L9 9l6-3.5M9 9v7",
};

impl Group {
    /// The icon, for diagrams: an SVG document.
    fn icon(&self) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 18 18\" fill=\"none\" \
             stroke=\"#444\"><path d=\"{}\"/></svg>",
            self.outline
        )
    }
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
    pub group: &'static Group,
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
    /// What it may answer to that: the status and the body, which is empty where there is none.
    pub example_answer: (u16, &'static str),
    /// Runs it on inputs that were checked.
    pub run: fn(&mut Connection, &Inputs<'_>, Options) -> Outcome,
}

impl Action {
    /// What has no field of its own in the catalog.
    pub fn more(&self) -> More {
        let mut more = More::default();
        more.set("group", self.group.name);
        more.set("icon", self.group.icon().as_str());
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
    /// A record, or what a relationship leads to: a page, or nothing.
    Related,
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
