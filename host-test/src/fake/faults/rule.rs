//! Which requests a fault strikes.

use std::str::FromStr;
use std::time::Duration;

use super::{Fault, Stage};

/// A fault and the requests that it strikes: by default all of them. Made in Rust, or from a text:
/// the name of the fault, then `method=PATCH`, `path=/sobjects/Account` (a part of the path),
/// `nth=2` (the first that is struck), `times=1` (how many are) and, for outages, `for=500`
/// (milliseconds).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What goes wrong.
    pub fault: Fault,
    /// The method of the requests; any by default.
    pub method: Option<String>,
    /// A text that the path with its query has; any by default.
    pub path: Option<String>,
    /// Which of these requests is struck first, from 1. Where no request can be told from
    /// another, connections count.
    pub nth: u64,
    /// How many are struck; all by default.
    pub times: Option<u64>,
    /// How long an outage lasts; until it is lifted by default.
    pub lasts: Option<Duration>,
}

impl Rule {
    /// Strikes every request.
    pub fn always(fault: Fault) -> Rule {
        Rule {
            fault,
            method: None,
            path: None,
            nth: 1,
            times: None,
            lasts: None,
        }
    }

    /// Strikes one request, counted from 1.
    pub fn once(fault: Fault, nth: u64) -> Rule {
        Rule {
            nth,
            times: Some(1),
            ..Rule::always(fault)
        }
    }

    /// The same for an outage that ends by itself.
    pub fn lasting(self, time: Duration) -> Rule {
        Rule {
            lasts: Some(time),
            ..self
        }
    }

    /// The same for requests of this method to paths with this text.
    pub fn on(self, method: &str, path: &str) -> Rule {
        Rule {
            method: Some(method.to_owned()),
            path: Some(path.to_owned()),
            ..self
        }
    }

    /// Whether it is about this request.
    pub(super) fn fits(&self, method: &str, target: &str) -> bool {
        let same = |wanted: &String| wanted.eq_ignore_ascii_case(method);
        self.method.as_ref().is_none_or(same)
            && self.path.as_ref().is_none_or(|part| target.contains(part))
    }
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Rule, String> {
        let mut words = text.split_whitespace();
        let name = words.next().unwrap_or_default();
        let fault = Fault::named(name).ok_or_else(|| {
            let names: Vec<&str> = Fault::ALL.iter().map(|fault| fault.name()).collect();
            format!("`{name}` is no fault; there are: {}", names.join(", "))
        })?;
        let mut rule = Rule::always(fault);
        let outage = fault.stage() == Stage::Outage;
        let unseen = outage || fault.stage() == Stage::Accept;
        for word in words {
            let (key, value) = word.split_once('=').unwrap_or((word, ""));
            let number = || match value.parse() {
                Ok(number) if number > 0 => Ok(number),
                _ => Err(format!("`{word}`: expected a whole number from 1")),
            };
            match key {
                "method" | "path" if unseen => {
                    return Err(format!(
                        "`{word}`: {name} strikes before there is a request"
                    ));
                }
                "method" => rule.method = Some(value.to_ascii_uppercase()),
                "path" => rule.path = Some(value.to_owned()),
                "nth" => rule.nth = number()?,
                "times" => rule.times = Some(number()?),
                "for" if outage => rule.lasts = Some(Duration::from_millis(number()?)),
                "for" => return Err(format!("`{word}`: {name} does not last")),
                _ => {
                    return Err(format!(
                        "`{word}`: expected method=, path=, nth=, times= or for="
                    ));
                }
            }
        }
        Ok(rule)
    }
}
