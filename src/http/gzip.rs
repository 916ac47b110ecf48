//! Bodies that were compressed on the way: pages of a query come in a tenth of their bytes.

use super::{Answer, TransportError, Trouble};
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// The value of `Accept-Encoding` with which compressed bodies are asked for.
pub const GZIP: &str = "gzip";

/// The answer with its body inflated, if it came compressed; `most` bytes at most. Some hosts
/// inflate by themselves and leave the header: then the body does not begin as compressed ones do.
pub fn inflated(mut answer: Answer, most: usize) -> Result<Answer, TransportError> {
    let compressed = answer.header("content-encoding").map(str::trim);
    let compressed = compressed.is_some_and(|value| value.eq_ignore_ascii_case(GZIP));
    if !compressed || !answer.body.starts_with(&MAGIC) {
        return Ok(answer);
    }
    let broken = |trouble, message: String| TransportError {
        trouble,
        sent: true,
        status: Some(answer.status),
        message,
    };
    let size = size(&answer.body);
    if size.is_some_and(|size| size > most) {
        let message = format!("the answer has more than {most} bytes");
        return Err(broken(Trouble::TooLarge, message));
    }
    match size.and_then(|size| inflate(&answer.body, size)) {
        Some(body) => {
            answer.body = body;
            Ok(answer)
        }
        None => Err(broken(Trouble::Connection, "the answer broke off".into())),
    }
}

/// How each compressed body begins, its method included: there is but one.
const MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

/// Bytes after the compressed ones: a checksum, and the size.
const TRAILER: usize = 8;

/// The most bytes that come of one: a body whose end tells of more was cut.
const RATIO: usize = 1_032;

/// The size that the end of a body tells.
fn size(body: &[u8]) -> Option<usize> {
    let size = body.last_chunk::<4>()?;
    let size = usize::try_from(u32::from_le_bytes(*size)).ok()?;
    (size <= body.len().saturating_mul(RATIO)).then_some(size)
}

/// Inflates a body to just this size; none where it is broken. The checksum is left alone: TLS has
/// a better one.
fn inflate(body: &[u8], size: usize) -> Option<Vec<u8>> {
    let packed = packed(body)?;
    let mut out = vec![0; size];
    let mut state = Box::<DecompressorOxide>::default();
    let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, read, written) = decompress(&mut state, packed, &mut out, 0, flags);
    (status == TINFLStatus::Done && read == packed.len() && written == size).then_some(out)
}

/// What stands between header and trailer (RFC 1952).
fn packed(body: &[u8]) -> Option<&[u8]> {
    let flags = *body.get(3)?;
    let mut rest = body.get(10..body.len().checked_sub(TRAILER)?)?;
    if flags & 4 != 0 {
        let length = rest.first_chunk::<2>()?;
        rest = rest.get(2 + usize::from(u16::from_le_bytes(*length))..)?;
    }
    // A file name and a comment.
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    match flags & 2 {
        0 => Some(rest),
        _ => rest.get(2..),
    }
}

#[cfg(test)]
mod tests;
