//! The values in a query, and the patterns of `LIKE`.

use std::cmp::Ordering;

use crate::fake::clock;

/// A value in a query.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text, still with its escapes.
    Text(String),
    /// A date, as it is stored.
    Date(String),
    /// A time, as it is stored.
    DateTime(String),
}

/// A value to compare by: texts in lower case where case does not count.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum Key {
    /// No value, which sorts before all others.
    Null,
    /// False before true.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

impl Key {
    /// The order of two values of one field.
    pub fn order(&self, other: &Key) -> Ordering {
        self.partial_cmp(other).unwrap_or(Ordering::Equal)
    }
}

/// A number, a date or a time; `None` for anything else.
pub fn unquoted(text: &str) -> Option<Literal> {
    if let Some(date) = clock::parse_date(text) {
        return Some(Literal::Date(date));
    }
    if let Some(time) = clock::parse_datetime(text) {
        return Some(Literal::DateTime(time));
    }
    let number = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    text.parse().ok().filter(|_| number).map(Literal::Number)
}

/// The text behind the escapes.
pub fn unescape(raw: &str) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    pieces(raw).try_for_each(|piece| match piece? {
        Piece::Plain(letter) | Piece::Escaped(letter) => {
            text.push(letter);
            Some(())
        }
    })?;
    Some(text)
}

/// A pattern of `LIKE`, in lower case.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern(Vec<Wild>);

#[derive(Debug, Clone, Copy, PartialEq)]
enum Wild {
    One,
    Any,
    Letter(char),
}

impl Pattern {
    /// The pattern in a text with escapes.
    pub fn new(raw: &str) -> Option<Pattern> {
        let mut wild = Vec::new();
        for piece in pieces(raw) {
            match piece? {
                Piece::Plain('%') => wild.push(Wild::Any),
                Piece::Plain('_') => wild.push(Wild::One),
                Piece::Plain(letter) | Piece::Escaped(letter) => {
                    wild.extend(letter.to_lowercase().map(Wild::Letter))
                }
            }
        }
        Some(Pattern(wild))
    }

    /// Whether a text in lower case fits. Goes back to the last `%` alone, so that no pattern takes
    /// more than pattern times text.
    pub fn fits(&self, text: &str) -> bool {
        let letters: Vec<char> = text.chars().collect();
        let (mut at, mut wild) = (0, 0);
        let mut last_any: Option<(usize, usize)> = None;
        while let Some(letter) = letters.get(at) {
            match self.0.get(wild) {
                Some(Wild::Any) => {
                    last_any = Some((wild, at));
                    wild += 1;
                }
                Some(Wild::One) => (at, wild) = (at + 1, wild + 1),
                Some(Wild::Letter(wanted)) if wanted == letter => (at, wild) = (at + 1, wild + 1),
                _ => match last_any {
                    Some((any, from)) => {
                        last_any = Some((any, from + 1));
                        (at, wild) = (from + 1, any + 1);
                    }
                    None => return false,
                },
            }
        }
        self.0.iter().skip(wild).all(|rest| *rest == Wild::Any)
    }
}

enum Piece {
    Plain(char),
    Escaped(char),
}

/// The characters of a text; `None` for a `\u` without four digits.
fn pieces(raw: &str) -> impl Iterator<Item = Option<Piece>> {
    let mut letters = raw.chars();
    std::iter::from_fn(move || {
        let letter = letters.next()?;
        if letter != '\\' {
            return Some(Some(Piece::Plain(letter)));
        }
        let escaped = match letters.next()? {
            'n' | 'N' => Some('\n'),
            'r' | 'R' => Some('\r'),
            't' | 'T' => Some('\t'),
            'b' | 'B' => Some('\u{8}'),
            'f' | 'F' => Some('\u{c}'),
            'u' | 'U' => {
                let digits: String = letters.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16)
                    .ok()
                    .filter(|_| digits.len() == 4);
                code.and_then(char::from_u32)
            }
            same => Some(same),
        };
        Some(escaped.map(Piece::Escaped))
    })
}
