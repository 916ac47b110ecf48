//! JSON as elements of XML, in the order that the WSDL of the Metadata API has them.

use super::xml;
use crate::failure::Failure;
use crate::input;
use crate::json::{self, shown};
use serde_json::value::RawValue;

/// How deep a value may nest. Definitions of objects stay below ten.
const DEEPEST: usize = 24;

/// The elements of one parent, `fullName` first and the others by name: names, and the elements
/// of each as XML. They are put where they belong one by one: a sort weighs 9 KB.
#[derive(Debug, Default)]
pub struct Elements(Vec<(String, String)>);

impl Elements {
    /// Adds a JSON value: an object becomes an element with elements in it, a list repeats the
    /// element, `null` is left out. `place` names the value in a failure.
    pub fn json(&mut self, place: &str, name: &str, value: &RawValue) -> Result<(), Failure> {
        xml::check_name(place, name)?;
        let mut out = String::new();
        write(&mut out, &inside(place, name), name, value, DEEPEST)?;
        self.add(name, out);
        Ok(())
    }

    /// Adds a text.
    pub fn text(&mut self, place: &str, name: &str, text: &str) -> Result<(), Failure> {
        let mut out = String::new();
        xml::write(&mut out, &inside(place, name), name, text)?;
        self.add(name, out);
        Ok(())
    }

    /// Adds a text, where there is no element of this name yet.
    pub fn or_text(&mut self, name: &str, text: &str) {
        if !self.has(name) {
            let mut out = String::new();
            xml::write_safe(&mut out, name, text);
            self.add(name, out);
        }
    }

    /// Adds an element with elements in it.
    pub fn nest(&mut self, name: &str, inner: Elements) {
        let out = ["<", name, ">", &inner.finish(), "</", name, ">"].concat();
        self.add(name, out);
    }

    /// Whether there is an element of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// The XML.
    pub fn finish(self) -> String {
        self.0.into_iter().map(|(_, xml)| xml).collect()
    }

    fn add(&mut self, name: &str, xml: String) {
        let earlier = |(known, _): &(String, String)| order(known) <= order(name);
        let at = self.0.iter().rposition(earlier).map_or(0, |at| at + 1);
        self.0.insert(at, (name.to_owned(), xml));
    }
}

/// The place of a member.
pub fn inside(place: &str, name: &str) -> String {
    format!("{place}.{}", shown(name))
}

fn order(name: &str) -> (bool, &str) {
    (name != "fullName", name)
}

fn write(
    out: &mut String,
    place: &str,
    name: &str,
    value: &RawValue,
    deeper: usize,
) -> Result<(), Failure> {
    let Some(deeper) = deeper.checked_sub(1) else {
        let expected = format!("a value that nests at most {DEEPEST} deep");
        return Err(Failure::invalid_input(place, &expected));
    };
    let text = value.get();
    match text.as_bytes().first() {
        Some(b'n') => Ok(()),
        Some(b'"') => xml::write(out, place, name, &input::string(place, value)?),
        Some(b'{') => {
            let object = input::object(place, text)?;
            let mut inner = Elements::default();
            for (name, value) in object.members() {
                xml::check_name(place, name)?;
                let mut out = String::new();
                write(&mut out, &inside(place, name), name, value, deeper)?;
                inner.add(name, out);
            }
            out.extend(["<", name, ">", &inner.finish(), "</", name, ">"]);
            Ok(())
        }
        Some(b'[') => {
            let fewer = || Failure::invalid_input(place, "a list of at most 200,000 values");
            let items = json::list(text).ok_or_else(fewer)?;
            items.into_iter().enumerate().try_for_each(|(at, item)| {
                let place = format!("{place}[{at}]");
                match item.get().starts_with('[') {
                    false => write(out, &place, name, item, deeper),
                    true => {
                        let expected = "a value that is no list, since it stands in one";
                        Err(Failure::invalid_input(&place, expected))
                    }
                }
            })
        }
        _ => xml::write(out, place, name, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &str) -> Result<String, Failure> {
        let value = RawValue::from_string(value.into()).unwrap();
        let mut elements = Elements::default();
        elements.json("p", "a", &value)?;
        Ok(elements.finish())
    }

    #[test]
    fn values_become_elements_in_the_order_of_the_wsdl() {
        let value =
            r#"{"z":[1,{"b":true},null],"c":"<&>","fullName":"f","d":null,"e":{},"B":1.50}"#;
        assert_eq!(
            written(value).unwrap(),
            "<a><fullName>f</fullName><B>1.50</B><c>&lt;&amp;&gt;</c><e></e><z>1</z><z><b>true</b></z></a>"
        );
        let mut elements = Elements::default();
        elements.text("p", "label", "L").unwrap();
        elements.or_text("label", "M");
        elements.or_text("fullName", "F");
        elements.nest("b", Elements::default());
        assert_eq!(
            elements.finish(),
            "<fullName>F</fullName><b></b><label>L</label>"
        );
    }

    #[test]
    fn what_xml_cannot_hold_is_named() {
        let deep = format!("{}1{}", "{\"a\":".repeat(40), "}".repeat(40));
        let deepest = format!("p.a{}", ".a".repeat(24));
        let table = [
            (r#"{"b":[{"c":"\u0000"}]}"#, "p.a.b[0].c"),
            (r#"{"b c":1}"#, "p.a.b c"),
            (r#"{"b><c":1}"#, "p.a.b><c"),
            (r#"{"b":[1,[2]]}"#, "p.a.b[1]"),
            (r#"{"b":1,"b":2}"#, "p.a"),
            (&deep, &deepest),
        ];
        for (value, place) in table {
            let failure = written(value).unwrap_err();
            let parameter = format!("\"{place}\"");
            assert_eq!(failure.detail.code, "INVALID_INPUT", "{value}");
            assert_eq!(
                failure.detail.more.get("parameter"),
                Some(parameter.as_str()),
                "{value}"
            );
        }
    }
}
