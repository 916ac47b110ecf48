//! Why a call failed, and what the caller should do.

use crate::json::{Json, More};
use std::borrow::Cow;

/// The codes that the connector itself gives; all others are the `errorCode` of Salesforce.
pub mod code {
    /// A mandatory input or setting was not provided.
    pub const MISSING_INPUT: &str = "MISSING_INPUT";
    /// An input or setting is not of the form that it must have.
    pub const INVALID_INPUT: &str = "INVALID_INPUT";
    /// No session could be had.
    pub const MISSING_TOKEN: &str = "MISSING_TOKEN";
    /// No answer came in time, in a single attempt; or the time of the call was over before its
    /// attempts were.
    pub const REQUEST_TIMEOUT: &str = "REQUEST_TIMEOUT";
    /// The connection could not be made or was lost, in a single attempt.
    pub const CONNECTION_ERROR: &str = "CONNECTION_ERROR";
    /// The attempts are used up; or no request was made, since the service is unavailable or the
    /// quota nearly used up.
    pub const CIRCUIT_BREAKER_OPEN: &str = "CIRCUIT_BREAKER_OPEN";
    /// An answer that cannot be understood.
    pub const UNKNOWN_ERROR: &str = "UNKNOWN_ERROR";
}

/// Where `more` of a failure says what usually cures it.
pub const HINT: &str = "hint";

/// The most that a failure carries of a body, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

/// The most that a message carries of a text from outside, in bytes.
const MESSAGE_LIMIT: usize = 4 * 1024;

/// The most that a code has, in bytes. Those of Salesforce stay far below.
const CODE_LIMIT: usize = 256;

/// The most bytes of a token.
pub const LONGEST_SECRET: usize = 16 * 1024;

/// Whether anything changed in Salesforce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// Nothing changed.
    No,
    /// The request was sent, and no answer that settles it came back.
    Maybe,
    /// A part of the work was done; `more` says which.
    Partly,
    /// The change was made, although the call as a whole failed.
    Yes,
}

/// What the caller should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Not simply repeat the call.
    Permanent,
    /// The same call is safe to repeat and may succeed.
    Transient,
}

/// A failed call.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What the caller should do.
    pub kind: Kind,
    /// What happened; boxed, so that results stay small.
    pub detail: Box<Detail>,
}

/// What happened.
#[derive(Clone, Debug)]
pub struct Detail {
    /// What a caller catches.
    pub code: Cow<'static, str>,
    /// One or two sentences for a person.
    pub message: String,
    /// The HTTP status that Salesforce answered.
    pub status: Option<u16>,
    /// Whether anything changed in Salesforce.
    pub applied: Applied,
    /// How long to wait before the call is repeated, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// The body that Salesforce answered, at most 64 KiB of it.
    pub body: Option<String>,
    /// Whether it was that an answer had more bytes than its bound. Callers do not see this.
    pub too_large: bool,
    /// The rest.
    pub more: More,
}

impl Failure {
    /// A failure before anything was changed, which a repetition will not cure.
    pub fn permanent(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Failure {
            kind: Kind::Permanent,
            detail: Box::new(Detail {
                code: code.into(),
                message: message.into(),
                status: None,
                applied: Applied::No,
                retry_after_ms: None,
                body: None,
                too_large: false,
                more: More::default(),
            }),
        }
    }

    /// A parameter that must be given and is not.
    pub fn missing_input(parameter: &str, expected: &str) -> Self {
        let message = format!("{parameter} is missing: expected {expected}");
        Self::permanent(code::MISSING_INPUT, message).with("parameter", parameter)
    }

    /// A parameter that is not what it must be. The value is left out of the message, since it
    /// may be personal data.
    pub fn invalid_input(parameter: &str, expected: &str) -> Self {
        let message = format!("{parameter} is not valid: expected {expected}");
        Self::permanent(code::INVALID_INPUT, message).with("parameter", parameter)
    }

    /// A setting that must be given and is not.
    pub fn missing_setting(setting: &str, reason: &str) -> Self {
        let message = format!("the setting {setting} is missing: {reason}");
        Self::permanent(code::MISSING_INPUT, message).with("setting", setting)
    }

    /// A setting that is not what it must be. Its value never shows.
    pub fn invalid_setting(setting: &str, expected: &str) -> Self {
        let message = format!("the setting {setting} is not valid: expected {expected}");
        Self::permanent(code::INVALID_INPUT, message).with("setting", setting)
    }

    /// The same failure with one more fact.
    pub fn with(mut self, key: &'static str, value: impl Into<Json>) -> Self {
        self.detail.more.set(key, value);
        self
    }

    /// The same failure with what Salesforce answered, cut to 64 KiB.
    pub fn answered(mut self, status: u16, body: &[u8]) -> Self {
        self.detail.status = Some(status);
        if !body.is_empty() {
            // A secret that the limit would tear apart could not be found any more: what is
            // beyond it goes when all secrets are out.
            let kept = body.get(..BODY_LIMIT + LONGEST_SECRET).unwrap_or(body);
            self.detail.body = Some(String::from_utf8_lossy(kept).into_owned());
        }
        self
    }

    /// The same failure, after a change that may have been made.
    pub fn applied(mut self, applied: Applied) -> Self {
        self.detail.applied = applied;
        self
    }

    /// The same failure with what usually cures it.
    pub fn hinted(self, hint: Option<&'static str>) -> Self {
        match hint {
            Some(hint) => self.with(HINT, hint),
            None => self,
        }
    }

    /// The same failure, marked as safe to repeat.
    pub fn transient(mut self) -> Self {
        self.kind = Kind::Transient;
        self
    }

    /// The same failure, marked as not simply to be repeated.
    pub fn permanently(mut self) -> Self {
        self.kind = Kind::Permanent;
        self
    }

    /// Replaces every text that may have come from outside by `replace` of it.
    pub fn map_texts(&mut self, replace: impl Fn(&str) -> String) {
        let detail = &mut *self.detail;
        detail.code = replaced(&detail.code, CODE_LIMIT, &replace).into();
        detail.message = replaced(&detail.message, MESSAGE_LIMIT, &replace);
        if let Some(body) = detail.body.take() {
            detail.body = Some(replaced(&body, BODY_LIMIT, &replace));
        }
        // A hint is the connector's own, and would betray a password that is one of its words.
        detail.more.map_texts(HINT, replace);
    }
}

/// `replace` of a text, up to a limit of bytes. What is beyond the limit is looked at too, and
/// goes: a secret that a cut tore apart could not be found, and would move before the limit where
/// others before it became shorter.
fn replaced(text: &str, limit: usize, replace: &dyn Fn(&str) -> String) -> String {
    let end = text.floor_char_boundary(limit + LONGEST_SECRET);
    let mut out = replace(text.get(..end).unwrap_or_default());
    let whole = out.len().saturating_sub(end.saturating_sub(limit));
    out.truncate(out.floor_char_boundary(whole.min(limit)));
    out
}
