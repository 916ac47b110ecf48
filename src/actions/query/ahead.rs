//! Pages that are asked for before the one that leads to them is read.

use crate::session::connection::{Ahead, Ask, Call, Connection};
use std::collections::VecDeque;

/// The pages that come next. Salesforce numbers the locators of a result by the rows before
/// them, `01gRO0000016PIAYA2-2000`, and does not promise it: where a page leads elsewhere than was
/// guessed, all that was asked for is given up, and nothing is guessed any more. What is used has
/// therefore been asked for at the very locator that the page before led to.
pub struct Window {
    /// How many requests may be under way.
    most: usize,
    /// How many rows there were before the page that is read next; none where locators do not
    /// tell.
    rows_before: Option<u64>,
    /// Each with its locator.
    waiting: VecDeque<(String, Ahead)>,
}

/// A page that was read, and what may follow.
pub struct Here<'a> {
    /// Where the result goes on.
    pub locator: &'a str,
    /// The rows of this page.
    pub rows: u64,
    /// The rows of the whole result; 0 where that is not known.
    pub total: u64,
    /// How many pages of this size still may be taken.
    pub room: u64,
}

impl Window {
    /// Nothing is waited for yet. `start` is the locator that the first page is read at; without
    /// one it is the first of a result.
    pub fn new(most: u32, start: Option<&str>) -> Window {
        Window {
            most: most as usize,
            rows_before: match start {
                None => Some(0),
                Some(locator) => number(locator).map(|(_, rows)| rows),
            },
            waiting: VecDeque::new(),
        }
    }

    /// The request for the page that comes next, if it could be made already; others follow it.
    pub fn next(&mut self, c: &Connection, call: &mut Call, here: &Here<'_>) -> Option<Ahead> {
        let expected = self.rows_before.map(|rows| rows + here.rows);
        self.rows_before = match number(here.locator) {
            Some((_, rows)) if expected == Some(rows) => expected,
            _ => None,
        };
        let front = self.waiting.front();
        if front.is_some_and(|(locator, _)| locator != here.locator) {
            self.waiting.clear();
            self.rows_before = None;
        }
        let most = usize::try_from(here.room.max(1)).unwrap_or(usize::MAX);
        while self.waiting.len() < self.most.min(most) {
            let locator = match self.waiting.back() {
                None => Some(here.locator.to_owned()),
                Some((last, _)) => self.rows_before.and_then(|_| after(last, here)),
            };
            let Some(locator) = locator else { break };
            let Some(ahead) = c.start(call, &Ask::page(&locator, usize::MAX)) else {
                break;
            };
            self.waiting.push_back((locator, ahead));
        }
        self.waiting.pop_front().map(|(_, ahead)| ahead)
    }
}

/// The locator of the page after the one at `locator`, if all have as many rows as the page here.
fn after(locator: &str, here: &Here<'_>) -> Option<String> {
    let (cursor, before) = number(locator)?;
    let rows = before.checked_add(here.rows)?;
    (here.rows > 0 && rows < here.total).then(|| format!("{cursor}-{rows}"))
}

/// A locator without its number, and the number.
fn number(locator: &str) -> Option<(&str, u64)> {
    let (cursor, digits) = locator.rsplit_once('-')?;
    let rows: u64 = digits.parse().ok()?;
    // Written as it would be here, or the next one would be written otherwise.
    (rows.to_string() == digits).then_some((cursor, rows))
}

#[cfg(test)]
mod tests;
