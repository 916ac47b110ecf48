//! What can go wrong between a caller and Salesforce, on purpose: which faults there are, which
//! requests they strike, and what the caller then gets.

mod kind;
mod plan;
mod rule;
pub(super) mod script;

pub use kind::{Fault, Stage};
pub use plan::Seed;
pub use rule::Rule;

pub(super) use plan::{Outage, Plan};
pub(super) use script::{Answer, Script, Step, Target};

/// Where faults lead astray: hosts that are none of Salesforce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// Where redirects lead, and entities of XML.
    pub redirect: String,
    /// The `instance_url` of a login.
    pub instance: String,
}

impl Default for Elsewhere {
    /// A name that never resolves.
    fn default() -> Elsewhere {
        let nowhere = "https://login.salesforce.com.elsewhere.invalid";
        Elsewhere {
            redirect: nowhere.to_owned(),
            instance: nowhere.to_owned(),
        }
    }
}

/// Numbers that follow from a seed: SplitMix64. Its own, so that a seed means the same schedule
/// with every version of every library.
#[derive(Debug, Clone)]
pub struct Numbers(u64);

impl Numbers {
    /// The numbers that follow from this seed.
    pub fn new(seed: u64) -> Numbers {
        Numbers(seed)
    }

    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = self.0;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^ (number >> 31)
    }

    /// A number below this one, which is not zero.
    pub fn below(&mut self, end: u64) -> u64 {
        self.draw() % end.max(1)
    }

    /// One of these; none of an empty list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let at = self.below(u64::try_from(list.len()).unwrap_or(u64::MAX));
        list.get(usize::try_from(at).unwrap_or_default())
    }

    /// True once in this many times.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}
