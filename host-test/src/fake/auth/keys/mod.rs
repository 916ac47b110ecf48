//! The key pair of the JWT bearer flow. It was made for this fake and opens nothing else.

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject;

/// `-----BEGIN RSA PRIVATE KEY-----`
pub const PRIVATE_PKCS1: &str = include_str!("private.pkcs1.pem");

/// `-----BEGIN PRIVATE KEY-----`, the same key.
pub const PRIVATE_PKCS8: &str = include_str!("private.pkcs8.pem");

/// `-----BEGIN PUBLIC KEY-----`
pub const PUBLIC: &str = include_str!("public.pem");

/// Whether a signature is that of the RSA key, in PEM, over the text, with SHA-256.
pub fn verifies(public_key: &str, text: &[u8], signature: &[u8]) -> bool {
    SubjectPublicKeyInfoDer::from_pem_slice(public_key.as_bytes())
        .ok()
        .and_then(|info| {
            let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, rsa(&info)?);
            key.verify(text, signature).ok()
        })
        .is_some()
}

/// The RSA key within: `SEQUENCE { SEQUENCE { algorithm }, BIT STRING { key } }`.
fn rsa(info: &[u8]) -> Option<&[u8]> {
    let (_, content, _) = element(info)?;
    let (_, _, rest) = element(content)?;
    match element(rest)? {
        // The first byte counts the unused bits.
        (0x03, [0, key @ ..], _) => Some(key),
        _ => None,
    }
}

/// The tag and the content of the first element, and what comes after it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = der.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = if *first < 0x80 {
        (usize::from(*first), rest)
    } else {
        let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        let length = bytes.iter().try_fold(0_usize, |length, byte| {
            Some(length.checked_mul(256)? + usize::from(*byte))
        });
        (length?, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}
