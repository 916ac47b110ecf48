//! The signed assertion of the JWT bearer flow.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::keys;
use super::token::{Refusal, UNKNOWN_CLIENT};
use crate::fake::FakeConfig;

/// The farthest that an assertion may reach into the future, in seconds.
const LONGEST: i64 = 300;

/// Checks an assertion. The descriptions but those of audience and user are not documented.
pub fn check(assertion: &str, config: &FakeConfig, url: &str, now: i64) -> Result<(), Refusal> {
    let invalid = || ("invalid_grant", "invalid assertion");
    let (signed, signature) = assertion.rsplit_once('.').ok_or_else(invalid)?;
    let (header, claims) = signed.split_once('.').ok_or_else(invalid)?;
    let header = read(header).ok_or_else(invalid)?;
    let claims = read(claims).ok_or_else(invalid)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| invalid())?;
    if header.get("alg").and_then(Value::as_str) != Some("RS256") {
        return Err(invalid());
    }
    let claim = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    if claim("iss") != config.client_id {
        return Err(UNKNOWN_CLIENT);
    }
    if !keys::verifies(&config.public_key, signed.as_bytes(), &signature) {
        return Err(invalid());
    }
    let audiences = [
        "https://login.salesforce.com",
        "https://test.salesforce.com",
        url,
    ];
    if !audiences.contains(&claim("aud")) {
        return Err(("invalid_grant", "Audience validation failed"));
    }
    match claims.get("exp").and_then(Value::as_i64) {
        Some(end) if end <= now => Err(("invalid_grant", "assertion expired")),
        Some(end) if end > now + LONGEST => {
            Err(("invalid_grant", "assertion valid for more than 5 minutes"))
        }
        Some(_) if claim("sub") == config.username => Ok(()),
        Some(_) => Err(("invalid_grant", "user hasn't approved this consumer")),
        None => Err(invalid()),
    }
}

fn read(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}
