//! The numbers of a key in DER form, as far as signing needs them.

/// Tags of values.
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// The algorithm `rsaEncryption`, as PKCS#8 names it.
const RSA: [u8; 11] = [
    0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
];

/// Modulus, public and private exponent of an `RSAPrivateKey` (RFC 8017, appendix A.1.2).
pub fn pkcs1(bytes: &[u8]) -> Option<[&[u8]; 3]> {
    let (key, after) = value(SEQUENCE, bytes)?;
    let (_version, rest) = value(INTEGER, key)?;
    let (modulus, rest) = number(rest)?;
    let (public_exponent, rest) = number(rest)?;
    let (private_exponent, rest) = number(rest)?;
    // The primes follow; a key that was cut there would work and is still not whole.
    let whole = after.is_empty() && !rest.is_empty();
    whole.then_some([modulus, public_exponent, private_exponent])
}

/// The same of a `PrivateKeyInfo` (RFC 5208).
pub fn pkcs8(bytes: &[u8]) -> Option<[&[u8]; 3]> {
    let (_, rest) = algorithm(bytes)?;
    let (key, _) = value(OCTET_STRING, rest)?;
    pkcs1(key)
}

/// Whether a `PrivateKeyInfo` holds a key for another algorithm than RSA.
pub fn is_of_another(bytes: &[u8]) -> bool {
    algorithm(bytes).is_some_and(|(algorithm, _)| !algorithm.starts_with(&RSA))
}

/// The algorithm of a `PrivateKeyInfo`, and what follows it.
fn algorithm(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (info, _) = value(SEQUENCE, bytes)?;
    let (_version, rest) = value(INTEGER, info)?;
    value(SEQUENCE, rest)
}

/// A number that is not negative, without the zero that marks it so.
fn number(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (digits, rest) = value(INTEGER, bytes)?;
    match digits {
        [0, digits @ ..] => Some((digits, rest)),
        [first, ..] if *first < 0x80 => Some((digits, rest)),
        _ => None,
    }
}

/// The content of the first value, which must have this tag, and what follows it.
fn value(tag: u8, bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match bytes {
        [first, length, rest @ ..] if *first == tag && *length < 0x80 => {
            (usize::from(*length), rest)
        }
        [first, 0x81, length, rest @ ..] if *first == tag => (usize::from(*length), rest),
        [first, 0x82, high, low, rest @ ..] if *first == tag => {
            (usize::from(u16::from_be_bytes([*high, *low])), rest)
        }
        _ => return None,
    };
    rest.split_at_checked(length)
}
