//! Record ids: 15 characters that tell upper from lower case, or the same with three more that
//! allow the case to be restored.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SUFFIXES: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

/// Far enough from zero that ids have letters of both cases, as real ones do.
const FIRST_SERIAL: u64 = 41_234_567_890;

/// The 18-character id of the record with this number.
pub fn new_id(prefix: &str, serial: u64) -> String {
    let mut number = FIRST_SERIAL.wrapping_add(serial);
    let mut tail = Vec::with_capacity(9);
    for _ in 0..9 {
        let digit = usize::try_from(number % 62).unwrap_or_default();
        tail.push(DIGITS.get(digit).copied().unwrap_or(b'0'));
        number /= 62;
    }
    let mut id = format!("{prefix}Fk0");
    id.extend(tail.iter().rev().copied().map(char::from));
    let suffix = checksum(id.as_bytes());
    id + &suffix
}

/// The 18-character form of a 15- or 18-character id; `None` where it is malformed. An 18-character
/// id whose case was lost on the way gets it back from its suffix, as Salesforce does.
pub fn parse(text: &str) -> Option<String> {
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    match text.len() {
        15 => Some(format!("{text}{}", checksum(text.as_bytes()))),
        18 => {
            let (head, suffix) = text.split_at_checked(15)?;
            let mut id = String::with_capacity(18);
            for (chunk, letter) in head.as_bytes().chunks(5).zip(suffix.bytes()) {
                let letter = letter.to_ascii_uppercase();
                let bits = SUFFIXES.iter().position(|known| *known == letter)?;
                for (bit, byte) in chunk.iter().enumerate() {
                    let upper = bits >> bit & 1 == 1;
                    if upper && !byte.is_ascii_alphabetic() {
                        return None;
                    }
                    let byte = if upper {
                        byte.to_ascii_uppercase()
                    } else {
                        byte.to_ascii_lowercase()
                    };
                    id.push(char::from(byte));
                }
            }
            id.push_str(&suffix.to_ascii_uppercase());
            Some(id)
        }
        _ => None,
    }
}

/// Whether a path segment looks like an id, right or wrong, and not like a field name.
pub fn looks_like_id(text: &str) -> bool {
    matches!(text.len(), 15 | 18) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Which of five characters are upper-case letters, as one character; three times.
fn checksum(head: &[u8]) -> String {
    head.chunks(5)
        .map(|chunk| {
            let bits = chunk
                .iter()
                .enumerate()
                .filter(|(_, byte)| byte.is_ascii_uppercase())
                .fold(0_usize, |bits, (bit, _)| bits | 1 << bit);
            char::from(SUFFIXES.get(bits).copied().unwrap_or(b'A'))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Printed in the REST API guide.
    const SHORT: &str = "001D000000IqhSL";
    const LONG: &str = "001D000000IqhSLIAZ";

    #[test]
    fn short_and_long_ids_are_one() {
        assert_eq!(parse(SHORT).as_deref(), Some(LONG));
        assert_eq!(parse(LONG).as_deref(), Some(LONG));
    }

    #[test]
    fn lost_case_comes_back() {
        assert_eq!(parse(&LONG.to_lowercase()).as_deref(), Some(LONG));
        assert_eq!(parse(&LONG.to_uppercase()).as_deref(), Some(LONG));
    }

    #[test]
    fn malformed_ids_are_refused() {
        for text in [
            "",
            "001",
            "001D000000IqhS!",
            "001D000000IqhSLIA",
            "001D000000IqhSL99A",
            "001D000000IqhSLZZZ",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn new_ids_differ_and_parse() {
        let first = new_id("001", 1);
        assert_ne!(first, new_id("001", 2));
        assert_eq!(parse(&first), Some(first.clone()));
        assert_eq!(parse(first.get(..15).unwrap()), Some(first));
    }
}
