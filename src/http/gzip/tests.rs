use super::*;
use flate2::{Compression, GzBuilder};
use std::io::Write;

const LIMIT: usize = 1_000_000;

fn gzip(builder: GzBuilder, text: &[u8]) -> Vec<u8> {
    let mut encoder = builder.write(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn answer(encoding: &str, body: Vec<u8>) -> Answer {
    Answer {
        status: 200,
        headers: vec![("content-encoding".into(), encoding.into())],
        body,
    }
}

fn text() -> Vec<u8> {
    (0..5_000)
        .flat_map(|n: u32| format!("{{\"N\":{n}}},").into_bytes())
        .collect()
}

#[test]
fn what_was_compressed_comes_back_whole() {
    let every_header = GzBuilder::new()
        .extra(b"extra".to_vec())
        .filename("page.json")
        .comment("a page");
    for (builder, text) in [
        (GzBuilder::new(), text()),
        (every_header, text()),
        (GzBuilder::new(), Vec::new()),
    ] {
        let packed = gzip(builder, &text);
        for encoding in ["gzip", " GZIP "] {
            let answer = inflated(answer(encoding, packed.clone()), LIMIT).unwrap();
            assert!(answer.body == text);
        }
    }
}

#[test]
fn what_a_host_has_inflated_is_left_as_it_is() {
    for (encoding, body) in [
        ("gzip", text()),
        ("gzip", Vec::new()),
        ("identity", gzip(GzBuilder::new(), b"x")),
    ] {
        let opened = inflated(answer(encoding, body.clone()), LIMIT).unwrap();
        assert!(opened.body == body);
    }
}

#[test]
fn a_body_that_is_cut_or_garbled_broke_off() {
    let whole = gzip(GzBuilder::new(), &text());
    let mut broken: Vec<Vec<u8>> = (3..whole.len() - 1)
        .step_by(97)
        .map(|end| whole[..end].to_vec())
        .collect();
    broken.push([whole.as_slice(), b"more"].concat());
    for flags in 1..32u8 {
        let mut garbled = whole[..14].to_vec();
        garbled[3] = flags;
        broken.push(garbled);
    }
    for body in broken {
        let length = body.len();
        let error = inflated(answer("gzip", body), 100_000_000).err().unwrap();
        assert_eq!(
            (error.trouble, error.sent, error.status),
            (Trouble::Connection, true, Some(200)),
            "{length}"
        );
    }
}

#[test]
fn no_more_is_inflated_than_may_be() {
    let packed = gzip(GzBuilder::new(), &vec![b'0'; LIMIT + 1]);
    assert!(packed.len() < 2_000);
    let error = inflated(answer("gzip", packed.clone()), LIMIT)
        .err()
        .unwrap();
    assert_eq!(error.trouble, Trouble::TooLarge);
    // A size that is a lie does not help.
    let mut lying = packed;
    let end = lying.len();
    lying[end - 4..].copy_from_slice(&100u32.to_le_bytes());
    let error = inflated(answer("gzip", lying), LIMIT).err().unwrap();
    assert_eq!(error.trouble, Trouble::Connection);
}
