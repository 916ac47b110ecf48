//! SOQL: a query text becomes tokens, then a tree, then a plan against the objects of the org, and
//! the plan finds and shows records. A subset, and what is outside of it is refused by name:
//! `SELECT` of fields and parents' fields or `count()`, `FROM` with an alias, `WHERE`, `ORDER BY`,
//! `LIMIT`, `OFFSET`.

mod lexer;
mod literal;
mod parser;
mod plan;
mod run;
#[cfg(test)]
mod tests;

pub use parser::parse;
pub use plan::{Column, Plan};
pub use run::show;

use crate::fake::errors::ApiError;

/// The longest query that Salesforce takes.
const MAX_CHARACTERS: usize = 100_000;

/// What is wrong with a query, and where.
#[derive(Debug)]
pub struct SoqlError {
    at: usize,
    code: &'static str,
    message: String,
}

impl SoqlError {
    fn malformed(at: usize, message: impl Into<String>) -> SoqlError {
        SoqlError {
            at,
            code: "MALFORMED_QUERY",
            message: message.into(),
        }
    }

    fn unexpected(at: usize, token: &str) -> SoqlError {
        SoqlError::malformed(at, format!("unexpected token: '{token}'"))
    }

    fn new(at: usize, code: &'static str, message: impl Into<String>) -> SoqlError {
        SoqlError {
            at,
            code,
            message: message.into(),
        }
    }

    /// The error as Salesforce shows it: a piece of the query, a caret, the place, the message.
    pub fn explain(&self, soql: &str) -> ApiError {
        let characters: Vec<char> = soql.chars().collect();
        let before: String = characters.iter().take(self.at).collect();
        let row = before.matches('\n').count() + 1;
        let column = before
            .chars()
            .rev()
            .take_while(|letter| *letter != '\n')
            .count()
            + 1;
        let start = self.at.saturating_sub(30);
        let piece: String = characters.iter().skip(start).take(60).collect();
        let piece = piece.replace(['\n', '\r', '\t'], " ");
        let caret = " ".repeat(self.at - start);
        let message = format!(
            "\n{piece}\n{caret}^\nERROR at Row:{row}:Column:{column}\n{}",
            self.message
        );
        ApiError::new(400, self.code, message)
    }
}
