//! The matrix as tables: a row for each fault, a column for each call.

use super::rows::Row;
use super::trouble::{Strikes, Trouble};
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use std::collections::HashMap;
use std::io::{self, Write};

/// What became of each call.
#[derive(Default)]
pub(super) struct Table {
    cells: HashMap<(Row, Trouble), Shown>,
}

/// The characters for each request that was struck once, and the one for all of them.
type Shown = (Vec<(u64, char)>, Option<char>);

/// Calls of a table, so that it fits on a screen.
const COLUMNS: usize = 8;

impl Table {
    /// Adds what became of a call.
    pub(super) fn put(&mut self, row: Row, trouble: Trouble, strikes: Strikes, symbol: char) {
        let (once, always) = self.cells.entry((row, trouble)).or_default();
        match strikes {
            Strikes::Once(nth) => once.push((nth, symbol)),
            Strikes::From(_) => *always = Some(symbol),
            Strikes::Never => {}
        }
    }

    /// Prints all of it.
    pub(super) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let has = |row: &&Row| self.cells.keys().any(|(known, _)| known == *row);
        let rows: Vec<Row> = Row::ALL.iter().filter(has).copied().collect();
        for rows in rows.chunks(COLUMNS) {
            let mut table = comfy_table::Table::new();
            table.load_preset(UTF8_HORIZONTAL_ONLY);
            let heads = rows.iter().map(|row| head(*row));
            table.set_header(std::iter::once(String::new()).chain(heads));
            for trouble in Trouble::all() {
                let shown = rows.iter().map(|row| self.shown(*row, trouble));
                let shown: Vec<String> = shown.collect();
                if shown.iter().any(|cell| !cell.is_empty()) {
                    let name = std::iter::once(trouble.name().to_owned());
                    table.add_row(name.chain(shown));
                }
            }
            writeln!(out, "{table}\n")?;
        }
        Ok(())
    }

    fn shown(&self, row: Row, trouble: Trouble) -> String {
        let Some((once, always)) = self.cells.get(&(row, trouble)) else {
            return String::new();
        };
        let mut once = once.clone();
        once.sort_unstable();
        let mut shown: String = once.into_iter().map(|(_, symbol)| symbol).collect();
        if let Some(always) = always {
            shown.push('/');
            shown.push(*always);
        }
        shown
    }
}

/// The name of a call over several lines.
fn head(row: Row) -> String {
    let mut head = row.action().replace(['_', '.'], "\n");
    for word in row.variant().split_whitespace() {
        head.push('\n');
        head.push_str(word);
    }
    head
}
