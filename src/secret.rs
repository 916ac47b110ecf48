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

    /// `text` without this secret, as it is or in the forms in which a server echoes it: inside
    /// a form body, a JSON string, or an XML text.
    pub fn redact(&self, text: &str) -> String {
        if self.0.len() < SHORTEST {
            return text.to_owned();
        }
        let form: String = form_urlencoded::byte_serialize(self.0.as_bytes()).collect();
        let json = serde_json::to_string(&self.0).unwrap_or_default();
        let json = json.strip_prefix('"').and_then(|j| j.strip_suffix('"'));
        let json = json.unwrap_or(&self.0);
        let slashed = json.replace('/', "\\/");
        let unicode = [
            ('&', "\\u0026"),
            ('<', "\\u003c"),
            ('>', "\\u003e"),
            ('\'', "\\u0027"),
        ];
        let unicode = unicode
            .iter()
            .fold(json.to_owned(), |text, (c, by)| text.replace(*c, by));
        let spaced = form.replace('+', "%20");
        let xml = self.0.replace('&', "&amp;").replace('<', "&lt;");
        let markup = xml.replace('>', "&gt;");
        let quoted = markup.replace('"', "&quot;");
        let mut text = text.replace(&self.0, REDACTED);
        let numbered = quoted.replace('\'', "&#39;");
        let named = quoted.replace('\'', "&apos;");
        let shapes: [&str; 10] = [
            &form, &spaced, json, &slashed, &unicode, &xml, &markup, &quoted, &numbered, &named,
        ];
        for shape in shapes.into_iter().filter(|shape| *shape != self.0) {
            text = text.replace(shape, REDACTED);
        }
        text
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_the_value() {
        assert_eq!(format!("{:?}", Secret::new("p4ss")), "[redacted]");
    }

    #[test]
    fn every_form_of_a_secret_is_redacted() {
        let secret = Secret::new("a/b c'd<e>");
        let echo =
            "a%2Fb%20c%27d%3Ce%3E a\\/b c'd<e> a/b c\\u0027d\\u003ce\\u003e a/b c&#39;d&lt;e&gt;";
        let redacted = "[redacted] [redacted] [redacted] [redacted]";
        assert_eq!(secret.redact(echo), redacted);
        let secret = Secret::new("a\"b&c<d>");
        let echo = "raw a\"b&c<d> form a%22b%26c%3Cd%3E json a\\\"b&c<d> xml a\"b&amp;c&lt;d>";
        assert_eq!(
            secret.redact(echo),
            "raw [redacted] form [redacted] json [redacted] xml [redacted]"
        );
    }

    #[test]
    fn a_secret_too_short_to_tell_from_text_is_left() {
        assert_eq!(Secret::new("abc").redact("abcdef"), "abcdef");
    }
}
