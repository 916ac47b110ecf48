//! A private RSA key: read from PEM text, and used to sign.
//!
//! The arithmetic is that of `crypto-bigint`, whose time does not depend on the numbers: it has
//! no branch and no address that they decide. The `rsa` crate takes three times the size, and
//! its release has an open advisory about the time that private keys take (RUSTSEC-2023-0071).

mod der;

use base64ct::{Base64, Encoding};
use crypto_bigint::BoxedUint;
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use sha2::{Digest, Sha256};
use std::fmt;
use std::ops::RangeInclusive;

/// A key that signs. `Debug` hides it.
#[derive(Clone)]
pub struct PrivateKey {
    modulus: Vec<u8>,
    public_exponent: Vec<u8>,
    private_exponent: Vec<u8>,
}

/// Sizes of a modulus in bytes: RS256 asks for 2,048 bits, and Salesforce takes no certificate
/// with more than 4,096.
const SIZES: RangeInclusive<usize> = 256..=512;

/// What stands before a SHA-256 digest in a signature (RFC 8017, section 9.2).
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

const NO_PEM: &str = "an RSA key in PEM form, which begins with -----BEGIN PRIVATE KEY----- or \
                      -----BEGIN RSA PRIVATE KEY-----";
const ENCRYPTED: &str = "a key without a passphrase (`openssl pkey -in key.pem -out plain.pem` \
                         removes it)";
const OTHER: &str = "an RSA key, since Salesforce takes RS256 and no other algorithm";
const PUBLIC: &str = "the private key, and not its certificate or public key alone";
const NOT_WHOLE: &str = "a whole RSA key in PEM form: its text is cut or changed";

impl PrivateKey {
    /// Reads a key in PEM form, PKCS#1 or PKCS#8, that has no passphrase. Line breaks may be
    /// written as `\n`, or be missing: many platforms flatten what is pasted. The error says
    /// what was expected and never repeats the text.
    pub fn parse(text: &str) -> Result<PrivateKey, &'static str> {
        let text = text.replace("\\r", "").replace("\\n", "\n");
        let (label, body) = block(&text)?;
        let kept = |c: &char| !c.is_ascii_whitespace() && *c != '\\';
        let body: String = body.chars().filter(kept).collect();
        let bytes = Base64::decode_vec(&body).map_err(|_| NOT_WHOLE)?;
        let numbers = match label {
            "RSA PRIVATE KEY" => der::pkcs1(&bytes),
            _ if der::is_of_another(&bytes) => return Err(OTHER),
            _ => der::pkcs8(&bytes),
        };
        let [modulus, public, private] = numbers.ok_or(NOT_WHOLE)?;
        if !SIZES.contains(&modulus.len()) {
            return Err("an RSA key of 2,048 to 4,096 bits");
        }
        let odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
        let shorter = public.len() < modulus.len() && private.len() <= modulus.len();
        match odd(modulus) && odd(public) && odd(private) && shorter {
            true => Ok(PrivateKey {
                modulus: modulus.to_vec(),
                public_exponent: public.to_vec(),
                private_exponent: private.to_vec(),
            }),
            false => Err(NOT_WHOLE),
        }
    }

    /// The RS256 signature of `message` (RSASSA-PKCS1-v1_5 with SHA-256); none where the numbers
    /// of the key do not belong together.
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let digest = Sha256::digest(message);
        let size = self.modulus.len();
        let filled = size.checked_sub(3 + DIGEST_INFO.len() + digest.len())?;
        let mut padded = vec![0, 1];
        padded.resize(2 + filled, 0xff);
        padded.push(0);
        padded.extend_from_slice(&DIGEST_INFO);
        padded.extend_from_slice(&digest);
        let signature = raise(&padded, &self.private_exponent, &self.modulus)?;
        let opened = raise(&signature, &self.public_exponent, &self.modulus)?;
        (opened == padded).then_some(signature)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The label and the content of the first block that is a private key.
fn block(text: &str) -> Result<(&str, &str), &'static str> {
    let mut rest = text;
    let mut expected = NO_PEM;
    while let Some((_, begun)) = rest.split_once("-----BEGIN ") {
        let (label, body) = begun.split_once("-----").ok_or(NO_PEM)?;
        let (body, after) = body.split_once("-----END ").ok_or(NOT_WHOLE)?;
        match label {
            "PRIVATE KEY" | "RSA PRIVATE KEY" if !body.contains("ENCRYPTED") => {
                return Ok((label, body));
            }
            "RSA PRIVATE KEY" | "ENCRYPTED PRIVATE KEY" => return Err(ENCRYPTED),
            "EC PRIVATE KEY" => return Err(OTHER),
            // A file may hold the certificate before the key.
            "CERTIFICATE" | "PUBLIC KEY" | "RSA PUBLIC KEY" => expected = PUBLIC,
            _ => {}
        }
        rest = after;
    }
    Err(expected)
}

/// `base` to the power of `exponent`, in as many bytes as `modulus` has. The time that it takes
/// tells the size of the modulus alone.
fn raise(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
    let bits = u32::try_from(modulus.len()).ok()? * 8;
    let number = |bytes| BoxedUint::from_be_slice(bytes, bits).ok();
    let parameters = BoxedMontyParams::new(number(modulus)?.to_odd().into_option()?);
    let power = BoxedMontyForm::new(number(base)?, parameters).pow(&number(exponent)?);
    let bytes = power.retrieve().to_be_bytes();
    let before = bytes.len().checked_sub(modulus.len())?;
    Some(bytes.get(before..)?.to_vec())
}

#[cfg(test)]
mod tests;
