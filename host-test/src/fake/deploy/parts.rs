//! The parts of a multipart body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::fake::errors::ApiError;

/// One part.
#[derive(Debug)]
pub struct Part {
    /// The name in its `Content-Disposition`.
    pub name: String,
    /// What it holds.
    pub content: Vec<u8>,
}

/// The longest boundary that RFC 2046 allows.
const LONGEST: usize = 70;

/// Splits a body by the boundary of its `Content-Type`.
pub fn read(kind: &str, body: &[u8]) -> Result<Vec<Part>, ApiError> {
    if !kind.to_ascii_lowercase().starts_with("multipart/form-data") {
        let message =
            format!("Content-Type header specified in HTTP request is not supported: {kind}");
        return Err(ApiError::new(415, "UNSUPPORTED_MEDIA_TYPE", message));
    }
    let malformed = |what: &str| ApiError::new(400, "INVALID_MULTIPART_REQUEST", what);
    let boundary = parameter(kind, "boundary").filter(|text| (1..=LONGEST).contains(&text.len()));
    let boundary = boundary.ok_or_else(|| malformed("The boundary is missing or too long"))?;
    let mark = format!("\r\n--{boundary}");
    // The first boundary may be the first line.
    let whole = [b"\r\n", body].concat();
    let (_, mut rest) = split(&whole, mark.as_bytes())
        .ok_or_else(|| malformed("The boundary is not in the body"))?;
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        let inner = rest
            .strip_prefix(b"\r\n")
            .ok_or_else(|| malformed("A boundary does not end its line"))?;
        let (part, after) = split(inner, mark.as_bytes())
            .ok_or_else(|| malformed("The last boundary is missing"))?;
        let (head, content) = split(part, b"\r\n\r\n")
            .ok_or_else(|| malformed("A part has no empty line after its headers"))?;
        let head = String::from_utf8_lossy(head);
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(':'));
            lines
                .find(|(known, _)| known.trim().eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim().to_owned())
        };
        let name = header("Content-Disposition").and_then(|value| parameter(&value, "name"));
        let coded = header("Content-Transfer-Encoding");
        let content = if coded.is_some_and(|coding| coding.eq_ignore_ascii_case("base64")) {
            let packed: Vec<u8> = content
                .iter()
                .copied()
                .filter(u8::is_ascii_graphic)
                .collect();
            let decoded = STANDARD.decode(packed);
            decoded.map_err(|_| malformed("A part is not the Base64 that it claims to be"))?
        } else {
            content.to_vec()
        };
        parts.push(Part {
            name: name.ok_or_else(|| malformed("A part has no name"))?,
            content,
        });
        rest = after;
    }
    Ok(parts)
}

/// `a; name="value"`
fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|part| {
        let (known, value) = part.split_once('=')?;
        let value = value.trim().trim_matches('"');
        known
            .trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.to_owned())
    })
}

fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes
        .windows(mark.len())
        .position(|window| window == mark)?;
    let (before, after) = bytes.split_at_checked(at)?;
    Some((before, after.get(mark.len()..)?))
}
