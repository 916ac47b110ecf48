//! What goes wrong in a cell of the matrix, and what a caller can know of it.

use crate::fake::Strike;
use crate::fake::faults::{Fault, Rule, Stage};
use std::time::Duration;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Trouble {
    /// A fault of the fake.
    Fault(Fault),
    /// The server closes a kept connection before the call.
    KeptClosed,
    /// The server resets a kept connection once the call has written to it.
    KeptReset,
}

/// How often it strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Strikes {
    /// Never.
    Never,
    /// One request of the call, counted from 1.
    Once(u64),
    /// Every request from this one on, counted from 1.
    From(u64),
}

/// How long a refusal of connections lasts where it strikes once.
const REFUSAL: Duration = Duration::from_millis(60);

impl Trouble {
    /// All of them.
    pub(super) fn all() -> Vec<Trouble> {
        let faults = Fault::ALL.iter().copied().map(Trouble::Fault);
        let kept = [Trouble::KeptClosed, Trouble::KeptReset];
        faults.chain(kept).collect()
    }

    /// The name in the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Trouble::Fault(fault) => fault.name(),
            Trouble::KeptClosed => "kept-closed",
            Trouble::KeptReset => "kept-reset",
        }
    }

    /// Whether the call goes over a connection that an earlier call has left.
    pub(super) fn wants_kept(self) -> bool {
        !matches!(self, Trouble::Fault(_))
    }

    /// Whether each request needs a connection of its own, so that what strikes connections
    /// strikes requests.
    pub(super) fn wants_new(self) -> bool {
        match self {
            Trouble::Fault(fault) => matches!(fault.stage(), Stage::Outage | Stage::Accept),
            Trouble::KeptClosed | Trouble::KeptReset => false,
        }
    }

    /// How long the connector may wait between attempts, in milliseconds: short, unless it is the
    /// service that asks for it.
    pub(super) fn longest_wait_ms(self) -> u32 {
        match self {
            Trouble::Fault(Fault::Throttled) => 1_000,
            Trouble::Fault(_) | Trouble::KeptClosed | Trouble::KeptReset => 100,
        }
    }

    /// Whether only the time of the whole call ends it.
    pub(super) fn takes_the_deadline(self) -> bool {
        self == Trouble::Fault(Fault::DripForever)
    }

    /// The rule for the fake. `patience` is how long the connector waits for an answer.
    pub(super) fn rule(self, strikes: Strikes, patience: Duration) -> Option<Rule> {
        let fault = match self {
            Trouble::Fault(fault) => fault,
            Trouble::KeptReset => Fault::ResetUnread,
            Trouble::KeptClosed => return None,
        };
        match (strikes, fault) {
            (Strikes::Never, _) => None,
            (Strikes::From(nth), _) => Some(Rule {
                nth,
                ..Rule::always(fault)
            }),
            (Strikes::Once(nth), Fault::Refused) => Some(Rule::once(fault, nth).lasting(REFUSAL)),
            (Strikes::Once(nth), Fault::NotAccepted) => {
                let longer = patience + Duration::from_millis(300);
                Some(Rule::once(fault, nth).lasting(longer))
            }
            (Strikes::Once(nth), fault) => Some(Rule::once(fault, nth)),
        }
    }
}

/// Whether a call that may be repeated gets over it where it strikes once; and whether every call
/// does, since nothing was done.
pub(super) fn is_got_over(fault: Fault) -> (bool, bool) {
    match fault {
        // Nothing was lost, or certainly nothing was done.
        Fault::Late
        | Fault::Drip
        | Fault::Overlong
        | Fault::Expired
        | Fault::Concurrent
        | Fault::LongRunning
        | Fault::NoRoute
        | Fault::LockedRow => (true, true),
        Fault::Throttled
        | Fault::NotAcceptable
        | Fault::ServerError
        | Fault::ServerErrorApplied
        | Fault::BadGateway
        | Fault::BadGatewayApplied
        | Fault::Unavailable
        | Fault::UnavailableApplied => (true, false),
        // They may outlast the attempts, or the call.
        Fault::Refused | Fault::NotAccepted | Fault::DripForever => (false, false),
        other => (breaks(other), false),
    }
}

/// Whether a call can tell by its connection that a fault struck. Where it can and none did, the
/// machine was too slow for the patience of the connector.
pub(super) fn breaks(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::Refused
            | Fault::NotAccepted
            | Fault::ClosedOnAccept
            | Fault::ResetUnread
            | Fault::HangUnread
            | Fault::HangUnanswered
            | Fault::HangApplied
            | Fault::HangInHeaders
            | Fault::HangInBody
            | Fault::ClosedUnapplied
            | Fault::ClosedApplied
            | Fault::ResetUnapplied
            | Fault::ResetApplied
            | Fault::ClosedInHead
            | Fault::ClosedInBody
            | Fault::ResetInBody
            | Fault::LengthLong
            | Fault::ChunksBroken
            | Fault::DripForever
    )
}

/// Whether a request with this method and path may change something, in a call that does.
pub(super) fn is_write(method: &str, path: &str) -> bool {
    let logins = [
        "/services/oauth2/",
        "/services/Soap/u/",
        "/services/Soap/c/",
    ];
    method != "GET" && !logins.iter().any(|login| path.starts_with(login))
}

/// Whether even an attentive caller cannot know afterwards whether the request, a write that was
/// struck, was done.
pub(super) fn leaves_open(strike: &Strike) -> bool {
    match strike.fault {
        // No answer at all.
        Fault::NotAccepted
        | Fault::ClosedOnAccept
        | Fault::ResetUnread
        | Fault::HangUnread
        | Fault::HangUnanswered
        | Fault::HangApplied
        | Fault::ClosedUnapplied
        | Fault::ClosedApplied
        | Fault::ResetUnapplied
        | Fault::ResetApplied
        | Fault::ClosedInHead => true,
        // An answer that anybody on the way may have given, after the work or before it.
        Fault::Throttled
        | Fault::ThrottledLong
        | Fault::NotAcceptable
        | Fault::ServerError
        | Fault::ServerErrorApplied
        | Fault::BadGateway
        | Fault::BadGatewayApplied
        | Fault::Unavailable
        | Fault::UnavailableApplied
        | Fault::LoginPage
        | Fault::SoapFault => true,
        // The status came, and the body did not, or not as it should: open where the body has
        // the results, and where a page is all there is.
        Fault::EntityBomb | Fault::ExternalEntity => strike.status != 201,
        Fault::HangInHeaders
        | Fault::HangInBody
        | Fault::ClosedInBody
        | Fault::ResetInBody
        | Fault::DripForever
        | Fault::LengthShort
        | Fault::LengthLong
        | Fault::ChunksBroken
        | Fault::Garbage
        | Fault::NoBody
        | Fault::EmptyObject
        | Fault::InvalidUtf8
        | Fault::DeepNesting
        | Fault::Gigabyte
        | Fault::GigabyteInChunks
        | Fault::DuplicateKeys => strike.method == "POST" && strike.status == 200,
        // It was certainly not done.
        Fault::Refused
        | Fault::Expired
        | Fault::Assurance
        | Fault::UnauthorizedPage
        | Fault::AuthHeader
        | Fault::Quota
        | Fault::Concurrent
        | Fault::LongRunning
        | Fault::NoRoute
        | Fault::LockedRow
        | Fault::Redirect
        | Fault::RedirectBody => false,
        // The answer came, and could be read.
        Fault::Late | Fault::Drip | Fault::Overlong | Fault::InstanceAstray => false,
    }
}
