//! Custom sections of the component: what is said about it beside what it does.

use crate::process::Outcome;

/// The first bytes of a component.
const PREAMBLE: &[u8] = b"\0asm\x0d\0\x01\0";
const CUSTOM: u8 = 0;
/// Names of the parts of the component, for whoever prints it as text.
const NAMES: &str = "component-name";
/// Where tools look for documentation.
const DOCS: &str = "package-docs";

/// The section that holds the contract, documentation included.
///
/// `wasm-tools component wit` and whatever else reads interfaces gives a component's own package
/// the name `root:component`, with one world, `root`, and refuses documentation of any other. So
/// the contract is the documentation of that world, as WIT.
pub fn documentation(wit: &str) -> Vec<u8> {
    let mut content = Vec::new();
    write_length(&mut content, DOCS.len());
    content.extend(DOCS.as_bytes());
    let docs = format!("\x01{{\"worlds\":{{\"root\":{{\"docs\":{}}}}}}}", json(wit));
    content.extend(docs.as_bytes());

    let mut section = vec![CUSTOM];
    write_length(&mut section, content.len());
    section.extend(content);
    section
}

/// The component without the names of its parts.
pub fn without_names(component: &[u8]) -> Outcome<Vec<u8>> {
    let mut rest = component
        .strip_prefix(PREAMBLE)
        .ok_or("what was built is no component")?;
    let mut kept = PREAMBLE.to_vec();
    while !rest.is_empty() {
        let (section, behind) = section(rest).ok_or("what was built has a broken section")?;
        if section.name != Some(NAMES.as_bytes()) {
            kept.extend(section.whole);
        }
        rest = behind;
    }
    Ok(kept)
}

/// A section.
struct Section<'a> {
    /// The name of a custom section.
    name: Option<&'a [u8]>,
    /// All of it, with its id and length.
    whole: &'a [u8],
}

/// The first section, and what is behind it.
fn section(bytes: &[u8]) -> Option<(Section<'_>, &[u8])> {
    let (id, rest) = bytes.split_first()?;
    let (length, rest) = read_length(rest)?;
    let (content, behind) = rest.split_at_checked(length)?;
    let (whole, _) = bytes.split_at_checked(bytes.len() - behind.len())?;
    let name = match *id {
        CUSTOM => {
            let (length, name) = read_length(content)?;
            Some(name.get(..length)?)
        }
        _ => None,
    };
    Some((Section { name, whole }, behind))
}

/// A number of LEB128, seven bits a byte, and what is behind it.
fn read_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let end = bytes.iter().position(|byte| byte & 0x80 == 0)?;
    let (number, behind) = bytes.split_at_checked(end + 1)?;
    if number.len() > 5 {
        return None;
    }
    let value = number
        .iter()
        .rev()
        .fold(0, |value, byte| value << 7 | usize::from(byte & 0x7f));
    Some((value, behind))
}

fn write_length(bytes: &mut Vec<u8>, mut length: usize) {
    loop {
        let low = length.to_le_bytes()[0] & 0x7f;
        length >>= 7;
        if length == 0 {
            bytes.push(low);
            return;
        }
        bytes.push(low | 0x80);
    }
}

fn json(text: &str) -> String {
    let mut json = String::from('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => json.extend(['\\', character]),
            '\n' => json.push_str("\\n"),
            '\0'..' ' => json.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => json.push(character),
        }
    }
    json.push('"');
    json
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom(name: &str, content: &[u8]) -> Vec<u8> {
        let mut inner = vec![u8::try_from(name.len()).unwrap()];
        inner.extend(name.as_bytes());
        inner.extend(content);
        let mut section = vec![CUSTOM];
        write_length(&mut section, inner.len());
        section.extend(inner);
        section
    }

    fn component(sections: &[&[u8]]) -> Vec<u8> {
        [PREAMBLE, &sections.concat()].concat()
    }

    #[test]
    fn names_go_and_all_else_stays() {
        let types = [7, 3, 1, 2, 3];
        let producers = custom("producers", &[0; 200]);
        let built = component(&[&types, &custom(NAMES, &[1; 300]), &producers]);
        let expected = component(&[&types, &producers]);
        assert_eq!(without_names(&built).unwrap(), expected);
        assert_eq!(without_names(&expected).unwrap(), expected);
    }

    #[test]
    fn the_contract_is_a_text_of_json() {
        let docs = b"\x01{\"worlds\":{\"root\":{\"docs\":\"a \\\"b\\\"\\n\\u0009\\\\ \xc3\xa9\"}}}";
        let section = documentation("a \"b\"\n\t\\ é");
        assert_eq!(section, custom(DOCS, docs));
    }

    #[test]
    fn what_is_no_component_is_refused() {
        let said = |bytes: &[u8]| without_names(bytes).unwrap_err().message;
        assert!(said(b"\0asm\x01\0\0\0").contains("no component"));
        for broken in [&[7_u8, 9, 1][..], &[7], &[0, 2, 5, 1], &[7, 0x80]] {
            assert!(
                said(&component(&[broken])).contains("broken section"),
                "{broken:?}"
            );
        }
    }

    #[test]
    fn lengths_are_read_as_written() {
        for length in [0, 1, 127, 128, 300, 16_384, 458_186, 4_000_000_000] {
            let mut bytes = Vec::new();
            write_length(&mut bytes, length);
            bytes.push(9);
            assert_eq!(read_length(&bytes), Some((length, &[9][..])));
        }
        assert_eq!(read_length(&[0x80; 8]), None);
    }
}
