//! The settings of a connection: read once, checked whole.

mod credentials;
mod names;
mod soap;

pub use credentials::{App, Flow, Login};
pub use names::*;

use crate::failure::{Failure, LONGEST_SECRET};
use crate::http::breaker::Rule;
use crate::salesforce::hosts::{AllowedHost, Endpoint, Origin};
use crate::secret::Secret;
use std::ops::RangeInclusive;

/// The API version where none is set.
const DEFAULT_VERSION: &str = "v66.0";
/// The path of the token endpoint.
const TOKEN_PATH: &str = "/services/oauth2/token";
/// A time limit may be as long as a day, in milliseconds.
pub const MILLISECONDS: RangeInclusive<u32> = 1..=86_400_000;
/// As a string inside the output of `invoke` a body may take twice as many bytes, and hosts copy
/// at most 128 MiB out of a component.
const BYTES: RangeInclusive<u32> = 1_024..=52_428_800;

/// A session that was had elsewhere.
#[derive(Clone, Debug)]
pub struct Given {
    /// Its token.
    pub token: Secret,
    /// Its host.
    pub origin: Origin,
}

/// Bounds of requests.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For a connection to stand, in milliseconds.
    pub connect_ms: u64,
    /// For the headers of an answer, in milliseconds.
    pub first_byte_ms: u64,
    /// Between two pieces of an answer, in milliseconds.
    pub between_bytes_ms: u64,
    /// For a whole call, in milliseconds.
    pub deadline_ms: u64,
    /// The most attempts of one request.
    pub attempts: u32,
    /// The longest wait between two attempts, in milliseconds.
    pub max_wait_ms: u64,
    /// The most bytes of an answer's body.
    pub response_bytes: usize,
    /// Whether pages of queries are asked for compressed; none leaves it to where the org is.
    pub compression: Option<bool>,
    /// How many pages of a query may be asked for at a time.
    pub pages_ahead: u32,
    /// When no request is made, since Salesforce is unavailable.
    pub breaker: Rule,
    /// The part of the daily quota that is kept from writes, in percent.
    pub reserve_percent: u32,
}

/// All settings. At least one of `given`, `login` and `app` is there.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The API version, such as `v66.0`.
    pub version: String,
    /// The session to start with.
    pub given: Option<Given>,
    /// How to get another.
    pub login: Option<Login>,
    /// The app, for the web-server flow.
    pub app: Option<App>,
    /// What is missing for a login, where nothing but an app is given.
    pub lack: Option<Failure>,
    /// Hosts that the settings name, so that a token may go there.
    pub named: Vec<Origin>,
    /// Hosts that a login may lead to, beside those of Salesforce.
    pub allowed: Vec<AllowedHost>,
    /// Whether `invoke` answers rejections of Salesforce as outputs.
    pub rejections_as_output: bool,
    /// Bounds of requests.
    pub limits: Limits,
    /// Everything that must never show.
    pub secrets: Vec<Secret>,
}

/// Whether one of these names is that of a secret, with a value.
pub fn hold_a_secret(settings: &[(String, String)]) -> bool {
    let secret = |name: &String| SECRETS.contains(&name.as_str());
    settings
        .iter()
        .any(|(name, value)| secret(name) && !value.is_empty())
}

/// Refuses names that are no setting. Of a name that stands twice the last value counts, so that
/// a session can be put behind the settings that it is for.
pub fn check_names(settings: &[(String, String)]) -> Result<(), Failure> {
    let unknown =
        |name: &String| !SECRETS.contains(&name.as_str()) && !PLAIN.contains(&name.as_str());
    let Some((name, _)) = settings.iter().find(|(name, _)| unknown(name)) else {
        return Ok(());
    };
    // What is no name may be a value in the wrong place, and so a secret.
    let letters = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    let name = match name.len() <= 64 && name.bytes().all(letters) {
        true => name.as_str(),
        false => "that was given",
    };
    Err(Failure::invalid_setting(name, "a name of a setting"))
}

impl Settings {
    /// Reads the settings; other names are passed over, empty values count as absent.
    pub fn read(settings: &[(String, String)]) -> Result<Settings, Failure> {
        let values = Values(settings);
        let instance = values.origin(INSTANCE_URL)?;
        if instance.as_ref().is_some_and(Origin::is_login_only) {
            let expected = "the host of an org, such as acme.my.salesforce.com, and not one that \
                            only logs in";
            return Err(Failure::invalid_setting(INSTANCE_URL, expected));
        }
        let domain = values.origin(DOMAIN)?;
        values.endpoint(SOAP_URL_LOGIN)?;
        let org = instance
            .iter()
            .chain(domain.iter().filter(|d| !d.is_login_only()))
            .next();
        let endpoint = values.token_endpoint(domain.as_ref().or(instance.as_ref()))?;
        let ways = values.ways(endpoint)?;
        let given = values.given(org)?;
        if ways.app.is_none() && ways.login.is_none() && given.is_none() {
            let reason = format!(
                "give {CLIENT_ID} and {CLIENT_SECRET}, or {CLIENT_ID}, {USERNAME} and \
                 {PRIVATE_KEY}, or {CLIENT_ID} and {REFRESH_TOKEN}, or {ACCESS_TOKEN} and \
                 {INSTANCE_URL}, or {USERNAME} and {PASSWORD} for a login in SOAP"
            );
            return Err(Failure::missing_setting(CLIENT_ID, &reason));
        }
        Ok(Settings {
            version: values.version()?,
            given,
            login: ways.login,
            app: ways.app,
            lack: ways.lack,
            named: instance.iter().chain(&domain).cloned().collect(),
            allowed: values.allowed()?,
            rejections_as_output: values.choice(REJECTIONS, ["failure", "output"])?
                == Some("output"),
            limits: values.limits()?,
            secrets: SECRETS
                .iter()
                .filter_map(|n| values.get(n))
                .map(Secret::new)
                .collect(),
        })
    }
}

/// Reads `66.0`, `v66.0` or `66`.
fn read_version(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches(['v', 'V']);
    let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
    let digits =
        |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (digits(major) && digits(minor)).then(|| format!("v{major}.{minor}"))
}

/// The version in the path of a URL, `/services/data/v66.0`; none where it has none.
fn version_of_path(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("/services/data/")?;
    let version = rest.split(['/', '?', '#']).next()?;
    (!version.trim().is_empty()).then_some(version)
}

struct Values<'a>(&'a [(String, String)]);

impl<'a> Values<'a> {
    /// Where a name stands twice, as environments allow, the last one counts.
    fn get(&self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().rev().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    fn require(&self, name: &str, reason: &str) -> Result<&'a str, Failure> {
        self.get(name)
            .ok_or_else(|| Failure::missing_setting(name, reason))
    }

    fn choice<const N: usize>(
        &self,
        name: &str,
        choices: [&'static str; N],
    ) -> Result<Option<&'static str>, Failure> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        let found = choices
            .into_iter()
            .find(|c| c.eq_ignore_ascii_case(value.trim()));
        let expected = || format!("one of {}", choices.join(", "));
        found
            .map(Some)
            .ok_or_else(|| Failure::invalid_setting(name, &expected()))
    }

    fn number(&self, name: &str, default: u32, range: RangeInclusive<u32>) -> Result<u32, Failure> {
        let Some(value) = self.get(name) else {
            return Ok(default);
        };
        let number = value.trim().parse().ok().filter(|n| range.contains(n));
        number.ok_or_else(|| {
            let expected = format!("a whole number from {} to {}", range.start(), range.end());
            Failure::invalid_setting(name, &expected)
        })
    }

    fn origin(&self, name: &str) -> Result<Option<Origin>, Failure> {
        let parsed = self.get(name).map(Origin::parse).transpose();
        parsed.map_err(|expected| Failure::invalid_setting(name, expected))
    }

    fn endpoint(&self, name: &str) -> Result<Option<Endpoint>, Failure> {
        let parsed = self
            .get(name)
            .map(|text| Endpoint::parse(text, TOKEN_PATH))
            .transpose();
        parsed.map_err(|expected| Failure::invalid_setting(name, expected))
    }

    /// The API version: as the setting says, or as the path of the org's URL does.
    fn version(&self) -> Result<String, Failure> {
        let read = |setting, text| {
            let expected = "an API version such as 66.0";
            read_version(text).ok_or_else(|| Failure::invalid_setting(setting, expected))
        };
        let mut versions = Vec::new();
        if let Some(text) = self.get(VERSION) {
            versions.push(read(VERSION, text)?);
        }
        for setting in [INSTANCE_URL, DOMAIN] {
            if let Some(text) = self.get(setting).and_then(version_of_path) {
                versions.push(read(setting, text)?);
            }
        }
        versions.dedup();
        match versions.pop() {
            None => Ok(DEFAULT_VERSION.into()),
            Some(version) if versions.is_empty() => Ok(version),
            Some(_) => {
                let expected = "the version that the URL of the org has, or none";
                Err(Failure::invalid_setting(VERSION, expected))
            }
        }
    }

    fn allowed(&self) -> Result<Vec<AllowedHost>, Failure> {
        let text = self.get(ALLOWED_HOSTS).unwrap_or_default();
        let hosts = text.split(',').filter(|host| !host.trim().is_empty());
        let hosts: Option<Vec<_>> = hosts.map(AllowedHost::parse).collect();
        let expected = "hosts with commas between them, such as sf.example.com or *.example.com";
        hosts.ok_or_else(|| Failure::invalid_setting(ALLOWED_HOSTS, expected))
    }

    fn limits(&self) -> Result<Limits, Failure> {
        let ms = |name, default| self.number(name, default, MILLISECONDS).map(u64::from);
        Ok(Limits {
            connect_ms: ms(CONNECT_TIMEOUT_MS, 10_000)?,
            first_byte_ms: ms(FIRST_BYTE_TIMEOUT_MS, 120_000)?,
            between_bytes_ms: ms(BETWEEN_BYTES_TIMEOUT_MS, 30_000)?,
            deadline_ms: ms(DEADLINE_MS, 300_000)?,
            attempts: self.number(MAX_ATTEMPTS, 3, 1..=10)?,
            max_wait_ms: ms(MAX_WAIT_MS, 8_000)?,
            response_bytes: self.number(MAX_RESPONSE_BYTES, 52_428_800, BYTES)? as usize,
            compression: self
                .choice(COMPRESSION, ["true", "false", "yes", "no"])?
                .map(|choice| matches!(choice, "true" | "yes")),
            pages_ahead: self.number(PAGES_AHEAD, 4, 0..=16)?,
            breaker: Rule {
                failures: self.number(BREAKER_FAILURES, 5, 0..=1_000)?,
                open_ms: ms(BREAKER_MS, 30_000)?,
            },
            reserve_percent: self.number(QUOTA_RESERVE_PERCENT, 0, 0..=99)?,
        })
    }

    fn given(&self, org: Option<&Origin>) -> Result<Option<Given>, Failure> {
        let Some(token) = self.get(ACCESS_TOKEN) else {
            return Ok(None);
        };
        let reason = format!("{ACCESS_TOKEN} needs the host that it is for");
        let origin = org.ok_or_else(|| Failure::missing_setting(INSTANCE_URL, &reason))?;
        if token.len() > LONGEST_SECRET || !token.bytes().all(|b| b.is_ascii_graphic()) {
            let expected = "a token of at most 16 KiB without spaces and line breaks";
            return Err(Failure::invalid_setting(ACCESS_TOKEN, expected));
        }
        Ok(Some(Given {
            token: Secret::new(token),
            origin: origin.clone(),
        }))
    }
}

#[cfg(test)]
mod tests;
