//! A component of metadata as the elements that describe it.

use roxmltree::Node;

/// The namespace of everything here.
pub const NAMESPACE: &str = "http://soap.sforce.com/2006/04/metadata";

/// Deeper elements are refused, so that no document can exhaust the stack.
const MAX_DEPTH: usize = 50;

/// An element with either a text or other elements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// The name without a namespace.
    pub name: String,
    /// The text.
    pub text: String,
    /// The elements in it.
    pub children: Vec<Element>,
}

impl Element {
    /// An element with a text.
    pub fn new(name: &str, text: impl Into<String>) -> Element {
        Element {
            name: name.to_owned(),
            text: text.into(),
            children: Vec::new(),
        }
    }

    /// An element with others in it.
    pub fn with(name: &str, children: Vec<Element>) -> Element {
        Element {
            name: name.to_owned(),
            text: String::new(),
            children,
        }
    }

    /// Takes an element of a document. Without the namespace it is another element.
    pub fn read(node: Node, name: &str) -> Result<Element, String> {
        Element::read_at(node, name, 0)
    }

    fn read_at(node: Node, name: &str, depth: usize) -> Result<Element, String> {
        if depth > MAX_DEPTH {
            return Err("the elements are nested too deeply".to_owned());
        }
        let mut children = Vec::new();
        for child in node.children().filter(Node::is_element) {
            let tag = child.tag_name();
            if tag.namespace() != Some(NAMESPACE) {
                let namespace = tag.namespace().unwrap_or_default();
                let full = format!("{{{namespace}}}{}", tag.name());
                return Err(format!("Element {full} invalid at this location"));
            }
            children.push(Element::read_at(child, tag.name(), depth + 1)?);
        }
        let text = node.children().filter_map(|child| child.text());
        let text = if children.is_empty() {
            text.collect()
        } else {
            String::new()
        };
        Ok(Element {
            name: name.to_owned(),
            text,
            children,
        })
    }

    /// The first element of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first element of this name, where there is one.
    pub fn get(&self, name: &str) -> Option<&str> {
        let text = self.child(name)?.text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Whether the element of this name says so.
    pub fn is(&self, name: &str) -> bool {
        matches!(self.get(name), Some("true" | "1"))
    }

    /// All elements of this name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Writes it, with an attribute where one is given.
    pub fn write(&self, attribute: &str, out: &mut String) {
        let name = &self.name;
        out.push_str(&format!("<{name}{attribute}>"));
        out.push_str(&escape(&self.text));
        for child in &self.children {
            child.write("", out);
        }
        out.push_str(&format!("</{name}>"));
    }
}

/// A text as XML has it.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}
