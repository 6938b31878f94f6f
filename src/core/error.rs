//! Every error that reaches a user, in one table: what it says, its stable code, its class.

use std::borrow::Cow;

use crate::webhook::refusal::Refusal;

/// What can go wrong. The message never holds a secret, a token or a header value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither the options nor the environment hold the credentials.
    #[error("{missing} not given: {remedy}")]
    MissingCredentials {
        /// What is absent, such as "access key and secret key".
        missing: String,
        /// Which options and variables would supply it.
        remedy: String,
    },
    /// A credential that cannot be one.
    #[error("{name} {problem}")]
    InvalidCredentials {
        /// The option or variable at fault.
        name: String,
        /// What is wrong with it and how to mend it; names of options and variables at most.
        problem: Cow<'static, str>,
    },
    /// A secret under a name that bundlers publish.
    #[error(
        "{name} holds a secret that every visitor can read: bundlers copy variables that begin with \
         {prefix} into the page. Delete the key in Kling's console, create a new one, and keep it in \
         a variable without that prefix, on the server"
    )]
    ExposedSecret {
        /// The variable's name.
        name: String,
        /// The prefix that gives it away.
        prefix: &'static str,
    },
    /// A variable names a file where there are none.
    #[error("{variable} names a file, and there is no file system here: set {instead} instead")]
    NoFileSystem {
        /// The variable that holds the path.
        variable: String,
        /// The one that would hold the key.
        instead: String,
    },
    /// A token was asked for where there is only an API key.
    #[error(
        "an API key is sent as it is and signs no token: use new KlingAuth() for its headers, or set \
         KLING_ACCESS_KEY and KLING_SECRET_KEY"
    )]
    TokenFromApiKey,
    /// No credentials have arrived from the provider yet, or the last ones are of no use any more.
    #[error("{0}: await auth.ready() or getToken() first")]
    NotReady(&'static str),
    /// The provider rejected, threw, or returned something that is no credential.
    #[error("the credentials provider failed: {0}")]
    ProviderFailed(String),
    /// The provider did not settle in time.
    #[error(
        "the credentials provider did not answer within {0} ms (if the provider asks this very \
         KlingAuth for a token, each waits for the other)"
    )]
    ProviderTimeout(u64),
    /// Rotation by hand where a provider does it.
    #[error(
        "rotate() is for keys that were passed in: this KlingAuth takes its own from a provider"
    )]
    RotateWithProvider,
    /// Use after `Symbol.dispose`.
    #[error("this KlingAuth was disposed and its secret wiped: create a new one")]
    Disposed,
    /// Something that was to be decoded is not a JWT.
    #[error("token is not a JWT: {problem}")]
    MalformedToken {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// An argument of the wrong type.
    #[error("{argument} must be {expected}, received {received}")]
    InvalidArgType {
        /// The argument's or option's name.
        argument: String,
        /// The type that fits, with its article.
        expected: Cow<'static, str>,
        /// The kind of what was given, never its content.
        received: Cow<'static, str>,
    },
    /// A number outside its range.
    #[error("{argument} must be {expected}, received {received}")]
    OutOfRange {
        /// The argument's or option's name.
        argument: Cow<'static, str>,
        /// The range, with its unit.
        expected: String,
        /// The number as given; the kind of what is none.
        received: Cow<'static, str>,
    },
    /// Two options that exclude each other.
    #[error("{first} and {second} exclude each other: pass one of them")]
    ConflictingOptions {
        /// One of them.
        first: Cow<'static, str>,
        /// The other.
        second: Cow<'static, str>,
    },
    /// A string that is none of those that an option takes.
    #[error("{argument} {problem}")]
    InvalidArgValue {
        /// The option's name.
        argument: &'static str,
        /// What is wrong with it and how to mend it.
        problem: &'static str,
    },
    /// A URL that credentials cannot be sent to.
    #[error("{argument} {problem}")]
    InvalidUrl {
        /// The option or variable at fault.
        argument: String,
        /// What is wrong with it and how to mend it.
        problem: &'static str,
    },
    /// A request to a place that must not see the credentials.
    #[error(
        "{origin} is not the origin of the base URL ({base}), and credentials go nowhere else: use fetch without them, or list the origin in allowedOrigins"
    )]
    ForeignOrigin {
        /// Where the request would have gone.
        origin: String,
        /// The base URL's origin.
        base: String,
    },
    /// Something else than a webhook's body in the bytes that were signed.
    #[error(
        "rawBody must be the body as it arrived (a Buffer, TypedArray, ArrayBuffer or string), \
         received {received}: in Express put express.raw({{ type: '*/*' }}) before the handler, in \
         Fastify add a content type parser with parseAs: 'buffer', in Next.js pass \
         Buffer.from(await request.arrayBuffer()), in Lambda pass Buffer.from(event.body, \
         event.isBase64Encoded ? 'base64' : 'utf8'); or use the middleware of kling-auth/webhook"
    )]
    NotRawBody {
        /// The kind of what was given, never its content.
        received: &'static str,
    },
    /// A webhook delivery that is not accepted.
    #[error(transparent)]
    Webhook(#[from] Refusal),
    /// An option that does not exist.
    #[error("unknown option{explanation}")]
    UnknownOption {
        /// What was meant, or what there is. Made by [`crate::options::unknown_option`].
        explanation: String,
    },
    /// A fault of this package's own.
    #[error("internal error in kling-auth: please report it")]
    Internal,
}

/// The JavaScript class that an error becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// `KlingAuthError`
    KlingAuthError,
    /// `TypeError`
    TypeError,
    /// `RangeError`
    RangeError,
    /// `KlingWebhookError`
    KlingWebhookError,
}

impl Error {
    /// The provider has delivered nothing so far.
    pub const NOT_READY: Self = Self::NotReady("no credentials from the provider yet");
    /// What it delivered has ended.
    pub const RAN_OUT: Self = Self::NotReady(
        "the last credentials from the provider have run out, and it has delivered no others",
    );
    /// What it delivered was dropped by hand.
    pub const INVALIDATED: Self = Self::NotReady(
        "the last token was dropped by invalidate(), and the provider has not answered since",
    );

    /// The stable code that programs test for.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingCredentials { .. } => "KLING_MISSING_CREDENTIALS",
            Self::InvalidCredentials { .. } => "KLING_INVALID_CREDENTIALS",
            Self::ExposedSecret { .. } => "KLING_EXPOSED_SECRET",
            Self::NoFileSystem { .. } => "KLING_UNREADABLE_FILE",
            Self::TokenFromApiKey => "KLING_TOKEN_FROM_API_KEY",
            Self::NotReady(_) => "KLING_NOT_READY",
            Self::ProviderFailed(_) => "KLING_PROVIDER_FAILED",
            Self::ProviderTimeout(_) => "KLING_PROVIDER_TIMEOUT",
            Self::RotateWithProvider => "KLING_ROTATE_WITH_PROVIDER",
            Self::Disposed => "KLING_DISPOSED",
            Self::MalformedToken { .. } => "KLING_MALFORMED_TOKEN",
            Self::InvalidArgType { .. } | Self::NotRawBody { .. } => "KLING_INVALID_ARG_TYPE",
            Self::ConflictingOptions { .. } => "KLING_CONFLICTING_OPTIONS",
            Self::OutOfRange { .. } => "KLING_OUT_OF_RANGE",
            Self::InvalidArgValue { .. } => "KLING_INVALID_ARG_VALUE",
            Self::InvalidUrl { .. } => "KLING_INVALID_URL",
            Self::ForeignOrigin { .. } => "KLING_FOREIGN_ORIGIN",
            Self::UnknownOption { .. } => "KLING_UNKNOWN_OPTION",
            Self::Internal => "KLING_INTERNAL",
            Self::Webhook(refusal) => refusal.code(),
        }
    }

    /// The JavaScript class it is thrown as.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::InvalidArgType { .. }
            | Self::NotRawBody { .. }
            | Self::InvalidArgValue { .. }
            | Self::ConflictingOptions { .. }
            | Self::UnknownOption { .. } => Class::TypeError,
            Self::OutOfRange { .. } => Class::RangeError,
            Self::Webhook(_) => Class::KlingWebhookError,
            _ => Class::KlingAuthError,
        }
    }
}

/// A number as JavaScript writes it.
#[derive(Debug, Clone, Copy)]
pub struct Number(pub f64);

impl From<Number> for Cow<'static, str> {
    fn from(number: Number) -> Self {
        number.to_string().into()
    }
}

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let number = self.0;
        if number.is_infinite() {
            f.write_str(if number > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            })
        } else if number == 0.0 {
            f.write_str("0")
        } else if number.abs() >= 1e21 {
            f.write_str(&format!("{number:e}").replace('e', "e+"))
        } else if number.abs() < 1e-6 {
            write!(f, "{number:e}")
        } else {
            write!(f, "{number}")
        }
    }
}
