//! The faults.

/// When a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Before there is a connection. It lasts for a time, and no request can be told from
    /// another.
    Outage,
    /// As soon as there is a connection.
    Accept,
    /// When a request has come, and before it is read.
    Unread,
    /// When a request was read. Nothing is done.
    Instead,
    /// When a request was read and done.
    After,
}

macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $fault:ident $name:literal $stage:ident,)+) => {
        /// What goes wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Fault {
            $($(#[doc = $doc])+ $fault,)+
        }

        impl Fault {
            /// All of them.
            pub const ALL: &[Fault] = &[$(Fault::$fault,)+];

            /// The name in a rule.
            pub fn name(self) -> &'static str {
                match self {
                    $(Fault::$fault => $name,)+
                }
            }

            /// What goes wrong, in a sentence.
            pub fn about(self) -> &'static str {
                match self {
                    $(Fault::$fault => concat!($($doc),+).trim_ascii(),)+
                }
            }

            /// When it strikes.
            pub fn stage(self) -> Stage {
                match self {
                    $(Fault::$fault => Stage::$stage,)+
                }
            }
        }
    };
}

faults! {
    /// Nobody listens.
    Refused "refused" Outage,
    /// Connections stand and are not taken up; what they carry is done when the outage is over.
    NotAccepted "not-accepted" Outage,
    /// A connection is closed as soon as it stands.
    ClosedOnAccept "closed-on-accept" Accept,
    /// The connection is reset, and the request was never read.
    ResetUnread "reset-unread" Unread,
    /// The request is never read.
    HangUnread "hang-unread" Unread,
    /// The request is read, and nothing follows.
    HangUnanswered "hang-unanswered" Instead,
    /// The request is done, and nothing follows.
    HangApplied "hang-applied" After,
    /// The answer stops behind its headers.
    HangInHeaders "hang-in-headers" After,
    /// The answer stops in its body.
    HangInBody "hang-in-body" After,
    /// The request is read, and the connection closed.
    ClosedUnapplied "closed-unapplied" Instead,
    /// The request is done, and the connection closed.
    ClosedApplied "closed-applied" After,
    /// The request is read, and the connection reset.
    ResetUnapplied "reset-unapplied" Instead,
    /// The request is done, and the connection reset.
    ResetApplied "reset-applied" After,
    /// The connection closes in the status line of the answer.
    ClosedInHead "closed-in-head" After,
    /// The connection closes in the body of the answer.
    ClosedInBody "closed-in-body" After,
    /// The connection is reset in the body of the answer.
    ResetInBody "reset-in-body" After,
    /// The answer comes late, in time.
    Late "late" After,
    /// The answer comes in small pieces, in time.
    Drip "drip" After,
    /// The answer comes in small pieces and never ends.
    DripForever "drip-forever" After,
    /// The answer says that it is shorter than it is.
    LengthShort "length-short" After,
    /// The answer says that it is longer than it is.
    LengthLong "length-long" After,
    /// Another answer follows the answer, for a request that nobody made.
    Overlong "overlong" After,
    /// The answer comes in chunks, the last of which is none.
    ChunksBroken "chunks-broken" After,
    /// 401: the session has expired.
    Expired "expired" Instead,
    /// 401 with the code of an expired session, which needs a higher assurance level instead.
    Assurance "assurance" Instead,
    /// 401 with a page.
    UnauthorizedPage "unauthorized-page" Instead,
    /// 401: the header with the token is not understood.
    AuthHeader "auth-header" Instead,
    /// 403: the requests of the last 24 hours are used up.
    Quota "quota" Instead,
    /// 403: too many requests at once.
    Concurrent "concurrent" Instead,
    /// 403: too many long requests at once.
    LongRunning "long-running" Instead,
    /// 420: no route to the org.
    NoRoute "no-route" Instead,
    /// 429 with `Retry-After: 1`.
    Throttled "throttled" Instead,
    /// 429 with `Retry-After: 3600`.
    ThrottledLong "throttled-long" Instead,
    /// 406 without a body.
    NotAcceptable "not-acceptable" Instead,
    /// 400: another transaction holds the record.
    LockedRow "locked-row" Instead,
    /// 500.
    ServerError "server-error" Instead,
    /// 500, and the request was done all the same.
    ServerErrorApplied "server-error-applied" After,
    /// 502 with a page.
    BadGateway "bad-gateway" Instead,
    /// 502 with a page, and the request was done all the same.
    BadGatewayApplied "bad-gateway-applied" After,
    /// 503 with a page.
    Unavailable "unavailable" Instead,
    /// 503 with a page, and the request was done all the same.
    UnavailableApplied "unavailable-applied" After,
    /// 302 to another host.
    Redirect "redirect" Instead,
    /// 307 to another host, which asks for the same request with its body.
    RedirectBody "redirect-body" Instead,
    /// A login names an instance on another host.
    InstanceAstray "instance-astray" After,
    /// 200 with the page of a login.
    LoginPage "login-page" Instead,
    /// The body of the answer is no JSON and no XML.
    Garbage "garbage" After,
    /// The body of the answer is missing.
    NoBody "no-body" After,
    /// The body of the answer is an empty object.
    EmptyObject "empty-object" After,
    /// The body of the answer is no UTF-8.
    InvalidUtf8 "invalid-utf8" After,
    /// The body of the answer nests a hundred thousand deep.
    DeepNesting "deep-nesting" After,
    /// Each key of the answer is there twice.
    DuplicateKeys "duplicate-keys" After,
    /// The answer says that it has a gigabyte, and sends it.
    Gigabyte "gigabyte" After,
    /// The answer has a gigabyte, and does not say so.
    GigabyteInChunks "gigabyte-in-chunks" After,
    /// 500 with a SOAP fault of the server.
    SoapFault "soap-fault" Instead,
    /// The answer is XML with entities that would fill the memory.
    EntityBomb "entity-bomb" After,
    /// The answer is XML with an entity that another host has.
    ExternalEntity "external-entity" After,
}

impl Fault {
    /// The fault of this name.
    pub fn named(name: &str) -> Option<Fault> {
        let mut all = Fault::ALL.iter().copied();
        all.find(|fault| fault.name() == name)
    }

    /// Whether the request that it strikes is done all the same.
    pub fn applies(self) -> bool {
        self.stage() == Stage::After
    }
}
