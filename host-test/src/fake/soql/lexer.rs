//! From characters to tokens.

use super::{MAX_CHARACTERS, SoqlError};

/// A token and the character it starts at.
#[derive(Debug, Clone)]
pub struct Token {
    /// The first character, from zero.
    pub at: usize,
    /// What it is.
    pub kind: TokenKind,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub enum TokenKind {
    /// A name or a keyword, with dots: `Account.Name`.
    Word(String),
    /// A text between quotes, with its escapes, since `LIKE` has two of its own.
    Text(String),
    /// A number, a date or a time.
    Number(String),
    /// A comma, a parenthesis or an operator.
    Mark(&'static str),
    /// The end of the query.
    End,
}

impl TokenKind {
    /// The token as the query has it, for messages.
    pub fn shown(&self) -> String {
        match self {
            TokenKind::Word(text) | TokenKind::Number(text) => text.clone(),
            TokenKind::Text(text) => format!("'{text}'"),
            TokenKind::Mark(mark) => (*mark).to_owned(),
            TokenKind::End => "<EOF>".to_owned(),
        }
    }
}

/// Longer marks first.
const MARKS: [&str; 10] = ["!=", "<>", "<=", ">=", "=", "<", ">", "(", ")", ","];

/// All tokens of a query, the end included.
pub fn tokens(soql: &str) -> Result<Vec<Token>, SoqlError> {
    let characters: Vec<char> = soql.chars().collect();
    if characters.len() > MAX_CHARACTERS {
        let message = format!("SOQL statements cannot be longer than {MAX_CHARACTERS} characters.");
        return Err(SoqlError::malformed(0, message));
    }
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = characters.get(at).copied() {
        if first.is_whitespace() {
            at += 1;
            continue;
        }
        let rest = characters.get(at..).unwrap_or_default();
        let signed = matches!(first, '-' | '+') && rest.get(1).is_some_and(char::is_ascii_digit);
        let (kind, length) = if first == '\'' {
            text(rest, at)?
        } else if first.is_ascii_digit() || signed {
            let length = 1 + rest
                .iter()
                .skip(1)
                .take_while(|letter| in_number(**letter))
                .count();
            (
                TokenKind::Number(rest.iter().take(length).collect()),
                length,
            )
        } else if first.is_ascii_alphabetic() {
            let length = rest.iter().take_while(|letter| in_word(**letter)).count();
            (TokenKind::Word(rest.iter().take(length).collect()), length)
        } else {
            let starts = |mark: &&&str| mark.chars().eq(rest.iter().copied().take(mark.len()));
            match MARKS.iter().find(starts) {
                Some(mark) => (TokenKind::Mark(mark), mark.len()),
                None => return Err(SoqlError::unexpected(at, &first.to_string())),
            }
        };
        tokens.push(Token { at, kind });
        at += length;
    }
    tokens.push(Token {
        at,
        kind: TokenKind::End,
    });
    Ok(tokens)
}

fn text(rest: &[char], at: usize) -> Result<(TokenKind, usize), SoqlError> {
    let mut text = String::new();
    let mut letters = rest.iter().copied().enumerate().skip(1);
    while let Some((length, letter)) = letters.next() {
        match letter {
            '\'' => return Ok((TokenKind::Text(text), length + 1)),
            '\\' => {
                let Some((_, escaped)) = letters.next() else {
                    break;
                };
                if !r#"nrtbfNRTBF"'\_%uU"#.contains(escaped) {
                    let message =
                        format!("Invalid string literal: illegal character sequence '\\{escaped}'");
                    return Err(SoqlError::malformed(at + length, message));
                }
                text.extend(['\\', escaped]);
            }
            _ => text.push(letter),
        }
    }
    Err(SoqlError::malformed(
        at,
        "line breaks or the end of the query in a string literal: missing closing quote",
    ))
}

fn in_number(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '.' | ':' | '-' | '+')
}

fn in_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | ':')
}
