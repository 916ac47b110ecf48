//! XML as this component reads and writes it: answers within bounds, values that stay text.

use crate::failure::Failure;
use crate::json::{Json, Members, shown};
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// How deep an answer may nest. Those of Salesforce stay below ten.
const DEEPEST: usize = 64;

/// More elements than any answer has that is read here. Without a bound a short text could take
/// all memory.
const MOST_ELEMENTS: usize = 200_000;

/// More names than the elements in one have. Each is compared with all others.
const MOST_NAMES: usize = 1_000;

/// An element of an answer, with names without their prefix. Attributes are passed over: none
/// of those that Salesforce sends decides anything here.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// The name.
    pub name: String,
    /// The text in it, outside its children.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Element>,
}

impl Element {
    /// Reads a document. The error says what is wrong with it. Declarations are refused, and
    /// with them every entity that is not one of XML's own five.
    pub fn read(text: &str) -> Result<Element, &'static str> {
        let mut reader = Reader::from_str(text);
        // What is open, from the outside in; the first takes the root.
        let mut open = vec![Element::default()];
        let mut elements = 0;
        loop {
            let event = reader.read_event().map_err(|_| "is not well-formed")?;
            let depth = open.len();
            let within = open.last_mut().ok_or("has an end without a start")?;
            if matches!(event, Event::Start(_) | Event::Empty(_)) {
                elements += 1;
            }
            match event {
                Event::Start(_) if depth > DEEPEST => return Err("nests too deep"),
                _ if elements > MOST_ELEMENTS => return Err("has too many elements"),
                Event::Start(start) => open.push(Element::named(start.local_name().into_inner())),
                Event::Empty(start) => {
                    let child = Element::named(start.local_name().into_inner());
                    within.children.push(child);
                }
                Event::End(_) => {
                    let closed = open.pop().ok_or("has an end without a start")?;
                    let outer = open.last_mut().ok_or("has an end without a start")?;
                    outer.children.push(closed);
                }
                Event::Text(text) => within.text.push_str(&text.into_inner()),
                Event::CData(text) => within.text.push_str(&text.into_inner()),
                Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                    Ok(Some(character)) => within.text.push(character),
                    _ => {
                        let known = resolve_predefined_entity(&entity.into_inner());
                        within.text.push_str(known.ok_or("has an unknown entity")?);
                    }
                },
                Event::DocType(_) => return Err("declares its own types or entities"),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        let outside = open.pop().filter(|_| open.is_empty());
        let outside = outside.ok_or("breaks off")?;
        let mut roots = outside.children.into_iter();
        match (roots.next(), roots.next(), outside.text.trim()) {
            (Some(root), None, "") => Ok(root),
            _ => Err("is not one element"),
        }
    }

    fn named(name: &str) -> Element {
        Element {
            name: name.to_owned(),
            ..Element::default()
        }
    }

    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of this name; empty where there is none.
    pub fn text_of(&self, name: &str) -> &str {
        self.child(name).map(|c| c.text.trim()).unwrap_or_default()
    }

    /// The first element of this name, wherever it is.
    pub fn find(&self, name: &str) -> Option<&Element> {
        match self.name == name {
            true => Some(self),
            false => self.children.iter().find_map(|child| child.find(name)),
        }
    }
}

/// How the content of an element becomes JSON.
#[derive(Clone, Copy)]
pub struct Shape {
    /// The value of a name and a text.
    pub value: fn(&str, &str) -> Json,
    /// Names that are lists even where they stand once.
    pub lists: &'static [&'static str],
}

impl Shape {
    /// Every text is a string.
    pub const TEXTS: Shape = Shape {
        value: |_, text| text.into(),
        lists: &[],
    };
}

impl Element {
    /// The content as JSON: an object of the elements in it, with lists where a name repeats,
    /// or the text where there are none.
    pub fn json(&self, shape: Shape) -> Json {
        if self.children.is_empty() {
            return (shape.value)(&self.name, self.text.trim());
        }
        let mut members = Members::default();
        for child in &self.children {
            let name = child.name.as_str();
            if members.has(name) || members.len() == MOST_NAMES {
                continue;
            }
            let values: Vec<Json> = self.all(name).map(|child| child.json(shape)).collect();
            match values.as_slice() {
                [value] if !shape.lists.contains(&name) => members.set(name, value.raw()),
                values => members.set(name, values),
            }
        }
        (&members).into()
    }
}

/// Writes an element that holds a text. `place` names the text in a failure: XML has no way to
/// write most control characters.
pub fn write(out: &mut String, place: &str, name: &str, text: &str) -> Result<(), Failure> {
    match text.chars().all(is_writable) {
        true => {
            write_safe(out, name, text);
            Ok(())
        }
        false => {
            let expected = "a text without control characters, which XML cannot hold";
            Err(Failure::invalid_input(place, expected))
        }
    }
}

/// Writes an element that holds a text without control characters.
pub fn write_safe(out: &mut String, name: &str, text: &str) {
    out.extend(["<", name, ">", &escape(text), "</", name, ">"]);
}

/// Whether XML 1.0 has the character.
pub fn is_writable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..) && !matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Checks a name of a caller before it becomes that of an element.
pub fn check_name(place: &str, name: &str) -> Result<(), Failure> {
    let mut bytes = name.bytes();
    let first = bytes.next().is_some_and(|b| b.is_ascii_alphabetic());
    match first && name.len() <= 64 && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        true => Ok(()),
        false => {
            let place = format!("{place}.{}", shown(name));
            let expected =
                "a name of letters, digits and underscores, as the Metadata API has them";
            Err(Failure::invalid_input(&place, expected))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Element {
        Element {
            name: "a".into(),
            text: text.into(),
            children: Vec::new(),
        }
    }

    #[test]
    fn what_is_written_is_read_back_as_text() {
        let hostile = [
            "</a><b>x</b>",
            "&amp; & &#65;",
            "<![CDATA[x]]> ]]>",
            "\" ' > \t \n \r é 漢 \u{10ffff}",
            "<!DOCTYPE a>",
            "<?x y?>",
            "<!-- -- -->",
        ];
        for value in hostile {
            let mut out = String::new();
            write(&mut out, "p", "a", value).unwrap();
            assert_eq!(Element::read(&out).unwrap(), text(value), "{out}");
        }
        let mut out = String::new();
        write(&mut out, "p", "a", "a<b>&\"'\r").unwrap();
        assert_eq!(out, "<a>a&lt;b&gt;&amp;&quot;&apos;&#13;</a>");
    }

    #[test]
    fn control_characters_are_refused_with_their_place() {
        for value in ["\0", "a\u{8}", "\u{b}", "\u{1f}", "\u{fffe}", "\u{ffff}"] {
            let failure = write(&mut String::new(), "p.label", "a", value).unwrap_err();
            assert_eq!(failure.detail.code, "INVALID_INPUT");
            assert_eq!(failure.detail.more.get("parameter"), Some("\"p.label\""));
        }
    }

    #[test]
    fn answers_are_read_without_prefixes_and_attributes() {
        let read = Element::read(
            "<?xml version=\"1.0\"?><!-- x -->\n<s:a xmlns:s=\"u\" b='<'> <c x:t=\"y\">1&lt;&#50;<![CDATA[<]]></c><c/><d><c>3</c></d></s:a>\n",
        )
        .unwrap();
        assert_eq!((read.name.as_str(), read.children.len()), ("a", 3));
        assert_eq!(read.text_of("c"), "1<2<");
        assert_eq!(read.all("c").count(), 2);
        assert_eq!(read.find("d").unwrap().text_of("c"), "3");
        assert_eq!(read.text_of("e"), "");
    }

    #[test]
    fn what_is_no_whole_plain_document_is_refused() {
        let deep = format!("{}x{}", "<a>".repeat(65), "</a>".repeat(65));
        let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
        let wrong = [
            ("", "is not one element"),
            ("text", "is not one element"),
            ("<a>", "breaks off"),
            ("<a><b>x</b", "is not well-formed"),
            ("<a><b>x</b>", "breaks off"),
            ("<a><b></a></b>", "is not well-formed"),
            ("<a></a></a>", "is not well-formed"),
            ("<a/><b/>", "is not one element"),
            ("<a/>x", "is not one element"),
            ("<a>&b;</a>", "has an unknown entity"),
            ("<a>&#0;</a>", "has an unknown entity"),
            (bomb, "declares its own types or entities"),
            (
                "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>",
                "declares its own types or entities",
            ),
            (&deep, "nests too deep"),
        ];
        for (text, why) in wrong {
            assert_eq!(Element::read(text).unwrap_err(), why, "{text:.80}");
        }
        let many = |count| format!("<a>{}</a>", "<b/>".repeat(count - 1));
        assert!(Element::read(&many(MOST_ELEMENTS)).is_ok());
        let more = Element::read(&many(MOST_ELEMENTS + 1));
        assert_eq!(more.unwrap_err(), "has too many elements");
        let deepest = format!("{}x{}", "<a>".repeat(64), "</a>".repeat(64));
        assert!(Element::read(&deepest).is_ok());
        let endless = "<a>".repeat(1_000_000);
        assert!(Element::read(&endless).is_err());
    }

    #[test]
    fn content_becomes_json() {
        let read = Element::read("<a><b>1</b><c> x </c><b><d/></b><e>&quot;</e></a>").unwrap();
        let json = read.json(Shape::TEXTS);
        assert_eq!(json.text(), r#"{"b":["1",{"d":""}],"c":"x","e":"\""}"#);
        let shape = Shape {
            value: |name, _| (name == "c").into(),
            lists: &["c"],
        };
        let json = read.json(shape);
        assert_eq!(
            json.text(),
            r#"{"b":[false,{"d":false}],"c":[true],"e":false}"#
        );
    }

    #[test]
    fn names_of_elements_are_plain() {
        for name in ["", "a b", "a>", "1a", "a:b", "é", "a/", "@a", "-"] {
            assert!(check_name("p", name).is_err(), "{name}");
        }
        assert!(check_name("p", "urlParameter_2").is_ok());
    }
}
