use super::*;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

macro_rules! key {
    ($name:literal) => {
        include_str!(concat!("../../tests/keys/", $name))
    };
}

const PKCS1: &str = key!("pkcs1.pem");
const PKCS8: &str = key!("pkcs8.pem");
const PUBLIC: &[u8] = include_bytes!("../../tests/keys/public.der");

fn verify(public: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
    key.verify(message, signature).is_ok()
}

#[test]
fn a_signature_is_one_that_others_take() {
    let signature = PrivateKey::parse(PKCS1).unwrap().sign(b"header.claims");
    let signature = signature.unwrap();
    assert!(verify(PUBLIC, b"header.claims", &signature));
    assert!(!verify(PUBLIC, b"header.claimz", &signature));

    let large = PrivateKey::parse(key!("4096.pem")).unwrap();
    let public = include_bytes!("../../tests/keys/4096.public.der");
    assert!(verify(public, b"", &large.sign(b"").unwrap()));
}

#[test]
fn signatures_of_many_messages_verify() {
    let key = PrivateKey::parse(PKCS1).unwrap();
    for number in 0..200_u32 {
        let message = number.to_be_bytes();
        assert!(
            verify(PUBLIC, &message, &key.sign(&message).unwrap()),
            "{number}"
        );
    }
}

#[test]
fn a_key_is_read_in_every_shape_that_platforms_make_of_it() {
    let signature = PrivateKey::parse(PKCS1).unwrap().sign(b"x").unwrap();
    let certificate = key!("certificate.pem");
    let shapes = [
        PKCS8.to_owned(),
        PKCS1.replace('\n', "\r\n"),
        PKCS1.replace('\n', "\\n"),
        PKCS8.replace('\n', "\\r\\n"),
        PKCS8.replace('\n', "\\\\n"),
        PKCS8.replace('\n', " "),
        PKCS8.replace('\n', ""),
        format!("\"{}\"", PKCS8.replace('\n', "\\n")),
        format!("{certificate}{PKCS8}"),
        format!("Bag Attributes\n    friendlyName: x\n{PKCS8}{certificate}"),
    ];
    for shape in shapes {
        let key = PrivateKey::parse(&shape).unwrap_or_else(|e| panic!("{e}: {shape}"));
        assert_eq!(key.sign(b"x").unwrap(), signature, "{shape}");
    }
}

#[test]
fn what_is_no_usable_key_is_told_apart() {
    let line = |key: &'static str| key.lines().nth(1).unwrap();
    let table = [
        (String::new(), NO_PEM),
        ("hush".into(), NO_PEM),
        (line(PKCS8).into(), NO_PEM),
        (key!("certificate.pem").into(), super::PUBLIC),
        (key!("ec.pem").into(), OTHER),
        (key!("ec-pkcs8.pem").into(), OTHER),
        (key!("encrypted-pkcs1.pem").into(), ENCRYPTED),
        (key!("encrypted-pkcs8.pem").into(), ENCRYPTED),
        (key!("1024.pem").into(), "an RSA key of 2,048 to 4,096 bits"),
        (PKCS8.replace(line(PKCS8), ""), NOT_WHOLE),
        (PKCS1.replace(line(PKCS1), "ä"), NOT_WHOLE),
        (PKCS8.split("-----END").next().unwrap().into(), NOT_WHOLE),
        (PKCS8.replace("PRIVATE", "RSA PRIVATE"), NOT_WHOLE),
        (PKCS1.replace("RSA PRIVATE", "PRIVATE"), NOT_WHOLE),
    ];
    for (text, expected) in table {
        let read = PrivateKey::parse(&text).map(|_| ());
        assert_eq!(read, Err(expected), "{text}");
    }
}

#[test]
fn every_cut_of_a_key_is_refused_and_none_breaks_the_reader_down() {
    let whole = Base64::decode_vec(
        &PKCS8
            .lines()
            .filter(|l| !l.starts_with('-'))
            .collect::<String>(),
    );
    let whole = whole.unwrap();
    assert!(der::pkcs8(&whole).is_some());
    for end in 0..whole.len() {
        assert!(der::pkcs8(&whole[..end]).is_none(), "{end}");
    }
    for at in 0..40 {
        let mut changed = whole.clone();
        changed[at] ^= 0x80;
        let _ = der::pkcs8(&changed);
    }
}

#[test]
fn numbers_that_do_not_belong_together_sign_nothing() {
    let mut key = PrivateKey::parse(PKCS1).unwrap();
    *key.private_exponent.last_mut().unwrap() ^= 2;
    assert_eq!(key.sign(b"x"), None);
}

#[test]
fn debug_hides_the_key() {
    let key = PrivateKey::parse(PKCS1).unwrap();
    assert_eq!(format!("{key:?}"), "[redacted]");
}
