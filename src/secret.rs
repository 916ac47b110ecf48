//! Values that must never show.

use std::fmt;

/// A secret: it reaches a request and nothing else. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What stands where a secret was.
const REDACTED: &str = "[redacted]";

/// Shorter secrets are not searched for: they would tear ordinary text apart.
const SHORTEST: usize = 4;

impl Secret {
    /// Keeps `value` verbatim: it may be a placeholder that the host fills in on the way out.
    pub fn new(value: impl Into<String>) -> Self {
        Secret(value.into())
    }

    /// The value itself, for a request.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What follows this secret at the start of `text`; none where something else stands there.
    /// Of several ways to read the text, which there are where the secret looks encoded itself,
    /// the longest counts. The lists are empty room.
    fn behind<'a>(
        &self,
        text: &'a str,
        rests: &mut Vec<&'a str>,
        next: &mut Vec<&'a str>,
    ) -> Option<&'a str> {
        if self.0.len() < SHORTEST {
            return None;
        }
        rests.clear();
        rests.push(text);
        let mut passed = false;
        for c in self.0.chars() {
            for rest in rests.drain(..) {
                forms(rest, c, next);
                // Backslashes come and go with JSON strings.
                if c == '\\' {
                    next.push(rest);
                }
            }
            next.sort_unstable_by_key(|rest| rest.len());
            next.dedup_by_key(|rest| rest.len());
            std::mem::swap(rests, next);
            if rests.is_empty() {
                return None;
            }
            passed |= c != '\\';
        }
        let longest = rests.first().copied()?;
        // Of backslashes alone they must be there.
        match passed {
            true => Some(longest),
            false => text.strip_prefix(self.0.as_str()),
        }
    }
}

/// `text` without these secrets, each as it is or in the forms in which a server echoes it:
/// inside a form or an address, a JSON string, XML or a page, one inside another, and in letters
/// of another case. Of several that begin at one place the longest goes.
pub fn redact(text: &str, secrets: &[&Secret]) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut rests, mut next) = (Vec::new(), Vec::new());
    let firsts = secrets
        .iter()
        .filter_map(|s| s.0.chars().find(|c| *c != '\\'));
    let firsts: String = firsts.collect();
    // Most of a text begins no secret, and is passed over quickly.
    let begins = |c: char| {
        matches!(c, '\\' | '%' | '&' | '+') || firsts.chars().any(|f| f.eq_ignore_ascii_case(&c))
    };
    let mut rest = text;
    loop {
        let end = rest.find(begins).unwrap_or(rest.len());
        let (plain, behind) = rest.split_at_checked(end).unwrap_or((rest, ""));
        out.push_str(plain);
        rest = behind;
        let Some(c) = rest.chars().next() else { break };
        let found = secrets
            .iter()
            .filter_map(|secret| secret.behind(rest, &mut rests, &mut next));
        rest = match found.min_by_key(|behind| behind.len()) {
            Some(behind) => {
                out.push_str(REDACTED);
                behind
            }
            None => {
                // What begins behind one backslash was looked for behind all of them.
                let behind = match c {
                    '\\' => rest.trim_start_matches(c),
                    _ => rest.strip_prefix(c).unwrap_or_default(),
                };
                let passed = rest.len() - behind.len();
                out.push_str(rest.get(..passed).unwrap_or_default());
                behind
            }
        };
    }
    out
}

/// The most bytes of the name or number of a character, and its semicolon.
const LONGEST_ENTITY: usize = 16;
/// How often an escape is looked for that escapes another one's first character.
const NESTED: usize = 8;

/// What follows the character `c` at the start of `text`, in each form in which it may stand there.
fn forms<'a>(text: &'a str, c: char, rests: &mut Vec<&'a str>) {
    let plain = text.trim_start_matches('\\');
    rests.extend(escaped(text, plain, c));
    if c == '\\' {
        if plain.len() < text.len() {
            rests.push(plain);
        }
        return;
    }
    let mut rest = match plain.chars().next() {
        Some(first) if first.eq_ignore_ascii_case(&c) => plain.strip_prefix(first),
        _ => None,
    };
    // Whatever escapes its first character again.
    let again = match c {
        '&' => Some("amp;"),
        '%' => Some("25"),
        _ => None,
    };
    for _ in 0..NESTED {
        let Some(behind) = rest else { break };
        rests.push(behind);
        rest = again.and_then(|again| behind.strip_prefix(again));
    }
}

/// The same, where it is escaped; `plain` is the text behind its backslashes.
fn escaped<'a>(text: &'a str, plain: &'a str, c: char) -> Option<&'a str> {
    let letter = match c {
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\u{8}' => b'b',
        '\u{c}' => b'f',
        // None: it is behind all backslashes.
        _ => b'\\',
    };
    match *plain.as_bytes().first()? {
        first if first == letter && plain.len() < text.len() => plain.get(1..),
        b'u' if plain.len() < text.len() => {
            let mut units = [0; 2];
            let mut units = c.encode_utf16(&mut units).iter();
            units.try_fold(text, |rest, unit| {
                let digits = rest.trim_start_matches('\\').strip_prefix('u')?;
                hexadecimal(digits, 4, u32::from(*unit))
            })
        }
        b'%' => {
            let mut bytes = [0; 4];
            let mut bytes = c.encode_utf8(&mut bytes).bytes();
            bytes.try_fold(plain, |rest, byte| {
                let digits = rest.strip_prefix('%')?.trim_start_matches("25");
                hexadecimal(digits, 2, u32::from(byte))
            })
        }
        b'+' if c == ' ' => plain.strip_prefix('+'),
        b'&' => {
            let entity = plain.strip_prefix('&')?.trim_start_matches("amp;");
            let end = entity
                .bytes()
                .take(LONGEST_ENTITY)
                .position(|b| b == b';')?;
            let (name, rest) = entity.split_at_checked(end)?;
            let rest = rest.strip_prefix(';')?;
            let number = name.strip_prefix('#');
            let number = number.and_then(|n| match n.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok(),
                None => n.parse().ok(),
            });
            let named = match name {
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                _ => return (number == Some(u32::from(c))).then_some(rest),
            };
            (named == c).then_some(rest)
        }
        _ => None,
    }
}

/// What follows so many hexadecimal digits that say `expected`.
fn hexadecimal(text: &str, digits: usize, expected: u32) -> Option<&str> {
    let (number, rest) = text.split_at_checked(digits)?;
    (u32::from_str_radix(number, 16) == Ok(expected)).then_some(rest)
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redacted(secret: &str, text: &str) -> String {
        redact(text, &[&Secret::new(secret)])
    }

    #[test]
    fn debug_hides_the_value() {
        assert_eq!(format!("{:?}", Secret::new("p4ss")), "[redacted]");
    }

    #[test]
    fn every_form_of_a_secret_is_redacted() {
        let echo =
            "a%2Fb%20c%27d%3Ce%3E a\\/b c'd<e> a/b c\\u0027d\\u003ce\\u003e a/b c&#39;d&lt;e&gt;";
        let four = "[redacted] [redacted] [redacted] [redacted]";
        assert_eq!(redacted("a/b c'd<e>", echo), four);
        let echo = "raw a\"b&c<d> form a%22b%26c%3Cd%3E json a\\\"b&c<d> xml a\"b&amp;c&lt;d>";
        assert_eq!(
            redacted("a\"b&c<d>", echo),
            "raw [redacted] form [redacted] json [redacted] xml [redacted]"
        );
    }

    #[test]
    fn forms_inside_forms_are_redacted() {
        for (secret, echo) in [
            ("a\"b\\c", r#"a\\\"b\\\\c"#),
            ("a\"b\\c", r"a\\u0022b\\u005Cc"),
            ("a\n\u{8}c\td", r"a\n\b\\c\td"),
            ("a\\\0<", "a\\\0&lt;"),
            ("a%b&c", "a%2525b%2526c"),
            ("a%b&c", "a%25b&amp;amp;c"),
            ("a%b&c", "A%b&#x26;C"),
            ("a\u{1f600}b", r"a\ud83d\uDE00b"),
            ("a\u{1f600}b", "a%F0%9f%98%80b"),
            ("a<b d", "%61&amp;lt;b+\\u0064"),
            ("%25&amp;", "%25&amp;"),
            ("00D!tok.en", "00d!TOK.EN"),
        ] {
            let whole = format!("x{echo}y{echo}");
            assert_eq!(redacted(secret, &whole), "x[redacted]y[redacted]", "{echo}");
        }
    }

    #[test]
    fn what_is_no_secret_stays_as_it_is() {
        for text in [
            "\\\\\\",
            "%%25%",
            "&;&#;&#x;&lt",
            "\\u12",
            "pas%73wor",
            "é+",
        ] {
            assert_eq!(redacted("password", text), text);
        }
        assert_eq!(redacted("\\\\\\\\", "\\\\ \\\\\\\\"), "\\\\ [redacted]");
    }

    #[test]
    fn a_secret_inside_another_does_not_tear_it_apart() {
        let secrets = [Secret::new("inner"), Secret::new("outer-inner-outer")];
        let secrets: Vec<_> = secrets.iter().collect();
        let text = redact("outer-inner-outer inner", &secrets);
        assert_eq!(text, "[redacted] [redacted]");
    }

    #[test]
    fn a_secret_too_short_to_tell_from_text_is_left() {
        assert_eq!(redacted("abc", "abcdef"), "abcdef");
    }
}
