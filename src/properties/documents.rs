//! XML as it is read and written here, against another reader.

use crate::salesforce::soap;
use crate::salesforce::xml::{self, Element, Shape};
use roxmltree::{Document, Node};

/// Documents end in an element or an error, and mean what they mean to another reader. Texts
/// stay texts.
pub fn check(text: &str) {
    let _ = soap::read(text);
    if let Ok(element) = Element::read(text) {
        let json = element.json(Shape::TEXTS);
        assert!(serde_json::from_str::<serde_json::Value>(json.text()).is_ok());
        if let Ok(document) = Document::parse(text)
            && !text.contains('\r')
        {
            same(&element, document.root_element());
        }
    }
    let mut out = String::new();
    if xml::write(&mut out, "p", "a", text).is_ok() {
        let read = Element::read(&out).expect("what was written is read");
        assert!(read.text == text && read.children.is_empty(), "{out}");
        let document = Document::parse(&out).expect("others read it, too");
        assert_eq!(document.root_element().text().unwrap_or_default(), text);
    }
    let envelope = soap::login(soap::LOGIN_PATH, text, text);
    if text.chars().all(xml::is_writable) {
        let read = Element::read(&envelope).unwrap();
        assert_eq!(read.find("username").unwrap().text, text);
    }
}

fn same(element: &Element, node: Node<'_, '_>) {
    assert_eq!(element.name, node.tag_name().name());
    let texts = node.children().filter(Node::is_text);
    let text: String = texts.filter_map(|text| text.text()).collect();
    assert_eq!(element.text, text);
    let children: Vec<_> = node.children().filter(Node::is_element).collect();
    assert_eq!(element.children.len(), children.len());
    for (element, node) in element.children.iter().zip(children) {
        same(element, node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::cases;
    use proptest::prelude::*;

    fn documents() -> impl Strategy<Value = String> {
        let leaf = r"[a-z]{0,3}|&amp;|&#(65|x41|0|xD800|1114112);|<!\[CDATA\[.{0,4}\]\]>|<!--.{0,4}-->|<a b='c'/>|&b;|<\?x y\?>";
        leaf.prop_recursive(6, 24, 4, |inner| {
            proptest::collection::vec(inner, 0..4)
                .prop_map(|inner| format!("<s:b xmlns:s='u'>{}</s:b>", inner.concat()))
        })
    }

    proptest! {
        #![proptest_config(cases(2_000))]

        #[test]
        fn whole_documents(text in documents()) {
            check(&text);
        }

        #[test]
        fn broken_documents(text in documents(), at in any::<proptest::sample::Index>()) {
            let mut text = text;
            if !text.is_empty() {
                let at = text.floor_char_boundary(at.index(text.len()));
                text.remove(at);
            }
            check(&text);
        }

        #[test]
        fn texts_that_are_alike(text in r#"[<>/?!\[\]&;#x0-9a-c="' -]{0,24}"#) {
            check(&text);
        }

        #[test]
        fn any_text(text in any::<String>()) {
            check(&text);
        }
    }
}
