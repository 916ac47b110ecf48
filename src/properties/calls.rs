//! Whole calls: any input to any action, against an org that answers anything.

use crate::catalog::actions;
use crate::catalog::invoke::invoke;
use crate::failure::{Applied, Failure, Kind, code};
use crate::http::{Answer, Bounds, Platform, Request, Sent, TransportError, Trouble};
use crate::session::connection::Connection;
use crate::session::settings::Settings;
use crate::testing::Scripted;
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

/// Secrets of the settings.
const CANARY: &str = "canary\"<&>%/\\x";
const TOKEN: &str = "00D!canary.tok";

/// Stand for the secrets of the settings in an answer, as they are and as JSON has them: the org
/// repeats what it got.
const ECHOES: [&str; 2] = ["@@", "@j"];

/// Ways to a session; the first has one.
const SETTINGS: [&[(&str, &str)]; 5] = [
    &[
        ("SALESFORCE_INSTANCE_URL", "acme.my.salesforce.com"),
        ("SALESFORCE_ACCESS_TOKEN", TOKEN),
    ],
    &[
        ("SALESFORCE_DOMAIN", "acme.my.salesforce.com"),
        ("SALESFORCE_CLIENT_ID", "key"),
        ("SALESFORCE_CLIENT_SECRET", CANARY),
    ],
    &[
        ("SALESFORCE_CLIENT_ID", "key"),
        ("SALESFORCE_REFRESH_TOKEN", CANARY),
    ],
    &[
        ("SALESFORCE_USERNAME", "u"),
        ("SALESFORCE_PASSWORD", CANARY),
        ("SALESFORCE_SECURITY_TOKEN", "canary-too"),
    ],
    &[
        ("SALESFORCE_INSTANCE_URL", "acme.my.salesforce.com"),
        ("SALESFORCE_ACCESS_TOKEN", TOKEN),
        ("SALESFORCE_CLIENT_ID", "key"),
        ("SALESFORCE_CLIENT_SECRET", CANARY),
        ("SALESFORCE_REJECTIONS", "output"),
    ],
];

/// An org that answers what it was told to, and then not at all.
#[derive(Clone, Default)]
struct Org {
    answers: Rc<RefCell<VecDeque<Answer>>>,
    sent: Rc<Cell<u32>>,
    now: Rc<Cell<u64>>,
    /// Whether the input holds a secret by itself, as only a fuzzer can know one.
    given_away: bool,
}

impl Platform for Org {
    fn start(&self, request: &Request<'_>, _: &Bounds) -> Result<Box<dyn Sent>, TransportError> {
        self.sent.set(self.sent.get() + 1);
        assert!(
            request.path.starts_with('/') && request.path.bytes().all(|b| b.is_ascii_graphic())
        );
        assert!(self.given_away || !request.path.to_lowercase().contains("canary"));
        for (name, value) in &request.headers {
            let visible = |b: u8| b.is_ascii_graphic() || b == b' ';
            assert!(name.bytes().all(|b| b.is_ascii_graphic() && b != b':'));
            assert!(value.bytes().all(visible), "{name}");
        }
        let authority = request.origin.authority();
        assert!(authority.ends_with(".salesforce.com"), "{authority}");
        let answer = self.answers.borrow_mut().pop_front();
        Ok(Box::new(Scripted(answer.ok_or_else(|| TransportError {
            trouble: Trouble::Connection,
            sent: true,
            status: None,
            message: "lost".into(),
        }))))
    }

    fn now(&self) -> u64 {
        self.now.get()
    }

    fn unix_seconds(&self) -> u64 {
        1_700_000_000
    }

    fn random(&self, bytes: usize) -> Vec<u8> {
        vec![7; bytes]
    }

    fn sleep(&self, milliseconds: u64) {
        self.now.set(self.now.get() + milliseconds);
    }

    fn jitter(&self) -> u64 {
        100
    }
}

/// A call ends in JSON or in a failure that says what happened, holds no secret and is not
/// large; requests stay what they must be.
///
/// `text` has parts, each after a line of `===`: first the number of the action and of the
/// settings as letters from `a`, and the input; then answers, each a line of its status, lines
/// of headers, an empty line, and its body.
pub fn check(text: &str) {
    let mut parts = text.split("\n===\n");
    let first = parts.next().unwrap_or_default();
    let (chosen, input) = first.split_once('\n').unwrap_or_default();
    let mut letters = chosen.bytes().map(|b| usize::from(b.wrapping_sub(b'a')));
    let mut letter = |count: usize| letters.next().unwrap_or_default() % count;
    let known: Vec<_> = actions().collect();
    let action = known[letter(known.len())];
    let settings = SETTINGS[letter(SETTINGS.len())];
    let org = Org {
        given_away: text.to_lowercase().contains("canary"),
        ..Org::default()
    };
    let secret = |(name, value): &(&str, &'static str)| {
        (name.ends_with("TOKEN") || name.ends_with("SECRET") || name.ends_with("PASSWORD"))
            .then_some(*value)
    };
    let secrets: Vec<&str> = settings.iter().filter_map(secret).collect();
    let secrets = secrets.join(" ");
    org.answers
        .borrow_mut()
        .extend(parts.map(|part| answer(part, &secrets)));

    let owned = settings.iter().map(|(n, v)| (n.to_string(), v.to_string()));
    let settings = Settings::read(&owned.collect::<Vec<_>>()).unwrap();
    let mut connection = Connection::new(Box::new(org.clone()), settings);
    match invoke(action.name, input, || Ok(&mut connection)) {
        Ok(output) => {
            // What an org answers may nest too deep for this reader, or have other numbers.
            let read: Result<Value, _> = serde_json::from_str(&output);
            let status = read
                .as_ref()
                .ok()
                .and_then(|o| o["salesforceStatus"].as_str());
            assert!(read.is_err() || status.is_some(), "{output}");
        }
        Err(failure) => {
            // Only what may be repeated is called so where it was done.
            let done = failure.detail.applied == Applied::Yes;
            assert!(action.repeatable || !done || failure.kind == Kind::Permanent);
            failed(&failure, org.sent.get(), !org.given_away)
        }
    }
}

fn failed(failure: &Failure, sent: u32, sealed: bool) {
    let detail = &failure.detail;
    let said = format!("{failure:?}");
    let lower = said.to_lowercase();
    assert!(!sealed || !lower.contains("canary"), "{said}");
    assert!(
        !detail.code.is_empty() && !detail.message.is_empty(),
        "{said}"
    );
    assert!(detail.code.len() <= 256 && detail.message.len() <= 4_096);
    assert!(detail.body.as_ref().is_none_or(|body| body.len() <= 65_536));
    let own = [code::MISSING_INPUT, code::INVALID_INPUT].contains(&detail.code.as_ref());
    if own && sent == 0 {
        assert!(detail.more.has("parameter"), "{said}");
        assert_eq!(
            (failure.kind, detail.applied),
            (Kind::Permanent, Applied::No)
        );
    }
}

fn answer(text: &str, secrets: &str) -> Answer {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default().trim().parse();
    let json = Value::from(secrets).to_string();
    let json = json.trim_matches('"');
    let [plain, quoted] = ECHOES;
    let echoed = |text: &str| text.replace(plain, secrets).replace(quoted, json);
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_ascii_lowercase(), echoed(value.trim())))
    };
    Answer {
        status: status.unwrap_or(200),
        headers: lines.filter_map(header).collect(),
        body: echoed(body).into_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::properties::cases;
    use proptest::prelude::*;

    fn inputs() -> impl Strategy<Value = String> {
        let good: Vec<_> = actions()
            .enumerate()
            .map(|(at, action)| (at, action.example.to_owned()))
            .collect();
        let settings = "[a-e]";
        (
            proptest::sample::select(good),
            settings,
            any::<prop::sample::Index>(),
            r#"[{}\[\]",:0a]{0,2}"#,
        )
            .prop_map(|((at, mut input), settings, place, change)| {
                let place = input.floor_char_boundary(place.index(input.len() + 1));
                input.insert_str(place, &change);
                let action = char::from(b'a' + u8::try_from(at).unwrap());
                format!("{action}{settings}\n{input}")
            })
    }

    fn answers() -> impl Strategy<Value = String> {
        let login =
            r#"{"access_token":"00D!granted","instance_url":"https://acme.my.salesforce.com"}"#;
        let known = [
            login,
            r#"[{"errorCode":"@j","message":"@j","fields":["@j"]}]"#,
            r#"[{"errorCode":"INVALID_SESSION_ID","message":"expired @j"}]"#,
            r#"{"error":"invalid_grant","error_description":"@j"}"#,
            r#"{"totalSize":1,"done":true,"records":[{"Id":"04iD0000000Cw6SIAS"}]}"#,
            r#"[{"success":false,"errors":[{"statusCode":"@j","message":"@j"}]}]"#,
            "<e:Envelope xmlns:e='u'><e:Body><e:Fault><faultcode>@@</faultcode><faultstring>@@</faultstring></e:Fault></e:Body></e:Envelope>",
            "<e:Envelope xmlns:e='u'><e:Body><r><result><success>false</success><errors><message>@@</message><statusCode>X</statusCode></errors></result></r></e:Body></e:Envelope>",
            "<html>@@</html>",
            "@@",
        ];
        let status = prop_oneof![
            Just(200u16),
            Just(201),
            Just(204),
            Just(302),
            Just(400),
            Just(401),
            Just(500),
            100u16..600
        ];
        let header = r"(retry-after|sforce-limit-info|warning|location|content-type|etag): (api-usage=)?[0-9/]{0,22}(@@)?(text/html)?";
        let body = prop_oneof![
            proptest::sample::select(known.to_vec()).prop_map(str::to_owned),
            r#"[<>{}\[\]":,@a0]{0,24}"#,
        ];
        (status, proptest::option::of(header), body).prop_map(|(status, header, body)| {
            format!("{status}\n{}\n\n{body}", header.unwrap_or_default())
        })
    }

    proptest! {
        #![proptest_config(cases(1_000))]

        #[test]
        fn calls_against_any_org(
            input in inputs(),
            answers in proptest::collection::vec(answers(), 0..5),
        ) {
            check(&[&[input][..], &answers].concat().join("\n===\n"));
        }
    }
}
