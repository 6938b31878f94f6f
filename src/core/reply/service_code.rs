//! Kling's service codes, and what is left to go by where there is none.
//!
//! Source: the table of error codes in Kling's documentation, which gives the meaning, and for
//! most of them the HTTP status. Six of them share 429, so the status alone says little.

/// What a reply is about, and so what helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Success.
    Ok,
    /// The credentials are missing, wrong, or not for this endpoint.
    Auth,
    /// The token's dates do not fit Kling's clock.
    Clock,
    /// The account cannot pay, or is blocked.
    Account,
    /// The account may not use this API or model.
    Permission,
    /// The request is malformed, or its target does not exist.
    Request,
    /// The content offends against a policy.
    Policy,
    /// Too much at once.
    RateLimit,
    /// The caller's IP address is not allowed.
    Ip,
    /// Kling's side failed.
    Server,
    /// None of the above can be told.
    Unknown,
}

impl Kind {
    /// The name that users see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Auth => "auth",
            Self::Clock => "clock",
            Self::Account => "account",
            Self::Permission => "permission",
            Self::Request => "request",
            Self::Policy => "policy",
            Self::RateLimit => "rate-limit",
            Self::Ip => "ip",
            Self::Server => "server",
            Self::Unknown => "unknown",
        }
    }

    /// Whether it passes by itself: the same request may succeed later.
    #[must_use]
    pub const fn passes(self) -> bool {
        matches!(self, Self::RateLimit | Self::Server)
    }
}

/// What a reply means and what to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// What it is about.
    pub kind: Kind,
    /// What to do next. `None` where nothing is to be done, or where it depends on the caller.
    pub hint: Option<&'static str>,
}

const fn meaning(kind: Kind, hint: &'static str) -> Meaning {
    Meaning {
        kind,
        hint: Some(hint),
    }
}

const fn of(kind: Kind) -> Meaning {
    Meaning { kind, hint: None }
}

const BACK_OFF: &str = "wait and send it again, longer each time";

/// The code that stands for success.
pub const SUCCESS: i64 = 0;
/// No `Authorization` header arrived.
pub const NO_AUTHORIZATION: i64 = 1001;
/// The token's `nbf` lies ahead of Kling's clock.
pub const NOT_YET_VALID: i64 = 1003;
/// The token's `exp` has passed by Kling's clock.
pub const EXPIRED: i64 = 1004;

/// Kling is under maintenance.
pub const MAINTENANCE: i64 = 5001;

/// Every documented code but 0.
pub const MEANINGS: [(i64, Meaning); 21] = [
    (1000, of(Kind::Auth)),
    (NO_AUTHORIZATION, of(Kind::Auth)),
    (1002, of(Kind::Auth)),
    (
        NOT_YET_VALID,
        meaning(
            Kind::Clock,
            "this machine's clock is ahead of Kling's: set it by NTP, or let KlingAuth correct it (auth.fetch and auth.verify do), then sign a new token",
        ),
    ),
    (
        EXPIRED,
        meaning(
            Kind::Clock,
            "sign a new token (auth.fetch does); if this one was new, this machine's clock is behind Kling's: set it by NTP, or let KlingAuth correct it",
        ),
    ),
    (
        1100,
        meaning(
            Kind::Account,
            "the account is in an abnormal state: look into the Kling developer console; sending it again does not help",
        ),
    ),
    (
        1101,
        meaning(
            Kind::Account,
            "the account is in arrears: top it up in the Kling developer console; sending it again does not help",
        ),
    ),
    (
        1102,
        meaning(
            Kind::Account,
            "the resource pack for this product is used up or has expired, or there is none (packs are per product: a video pack does not pay for images): buy one in the Kling developer console; sending it again does not help",
        ),
    ),
    (
        1103,
        meaning(
            Kind::Permission,
            "the account has no access to this API or model: enable it in the Kling developer console",
        ),
    ),
    (
        1200,
        meaning(
            Kind::Request,
            "fix the request's parameters: the message says which",
        ),
    ),
    (
        1201,
        meaning(
            Kind::Request,
            "fix the request's parameters: the message says which; an unknown task id counts as one",
        ),
    ),
    (
        1202,
        meaning(
            Kind::Request,
            "fix the request: this path does not take this HTTP method",
        ),
    ),
    (
        1203,
        meaning(
            Kind::Request,
            "fix the request: the path, the resource or the model does not exist",
        ),
    ),
    (
        1300,
        meaning(
            Kind::Policy,
            "the request offends against the platform's policy: change what it asks for",
        ),
    ),
    (
        1301,
        meaning(
            Kind::Policy,
            "the content offends against the content policy: change the prompt or the media",
        ),
    ),
    (1302, meaning(Kind::RateLimit, BACK_OFF)),
    (
        1303,
        meaning(
            Kind::RateLimit,
            "more at once than the resource pack allows, counted over all keys of the account for each model version and kind of pack: let running tasks finish, then send it again, after a second at the earliest",
        ),
    ),
    (
        1304,
        meaning(
            Kind::Ip,
            "this machine's IP address is not on the account's allow list: have Kling's support add it; sending it again does not help",
        ),
    ),
    (5000, of(Kind::Server)),
    (MAINTENANCE, of(Kind::Server)),
    (5002, of(Kind::Server)),
];

/// The meaning of a code other than 0, if it is a documented one.
#[must_use]
pub fn meaning_of_code(code: i64) -> Option<Meaning> {
    MEANINGS
        .iter()
        .find(|(known, _)| *known == code)
        .map(|(_, meaning)| *meaning)
}

/// What the HTTP status says where no documented code does. `code` is the undocumented one, if
/// the reply holds any.
#[must_use]
pub fn meaning_of_status(status: u16, code: Option<i64>) -> Meaning {
    match (status, code) {
        (200..=299, None | Some(SUCCESS)) => meaning(
            Kind::Unknown,
            "this is not a whole reply of Kling's, which holds a code: look at what answers at this URL, a proxy or a login page for one",
        ),
        (300..=399, _) => meaning(
            Kind::Unknown,
            "Kling's API does not redirect: look at what answers at this URL, and set baseUrl to where it leads if that is Kling",
        ),
        (401, _) => of(Kind::Auth),
        (402, None | Some(SUCCESS)) => meaning(
            Kind::Account,
            "whoever has answered wants to be paid: look into the account at the service whose URL this is; sending it again does not help",
        ),
        (403, _) => meaning(
            Kind::Permission,
            "enable API access in the Kling developer console; if the reply is not Kling's, a proxy or firewall refused it",
        ),
        (407, _) => meaning(
            Kind::Unknown,
            "a proxy on the way asks for credentials of its own",
        ),
        (408 | 500..=599, _) => of(Kind::Server),
        // The status of six codes. Without any it is a gateway's, where it has its usual meaning.
        (429, None | Some(SUCCESS)) => meaning(Kind::RateLimit, BACK_OFF),
        (400..=499, None | Some(SUCCESS)) => meaning(
            Kind::Request,
            "fix the request: path, method or parameters; if the reply is not Kling's, look at what answers at this URL",
        ),
        (400 | 404 | 405 | 409 | 413 | 415 | 422, _) => meaning(
            Kind::Request,
            "fix the request: the message says what is wrong with it",
        ),
        _ => meaning(
            Kind::Unknown,
            "the code is none that Kling documents: go by the message",
        ),
    }
}
