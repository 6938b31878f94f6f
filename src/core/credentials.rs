//! Access keys, secret keys and API keys: what a plausible one looks like.

use std::borrow::Cow;
use std::fmt;

use ctutils::CtEq as _;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::request::endpoint::Host;
use crate::shape::{self, Shape, WEBHOOK_PREFIX};
use crate::token::SigningKey;
use crate::token::jwt::Jwt;

/// An access key with its secret key, checked.
///
/// The secret wipes itself on drop and prints as `[redacted]`.
#[derive(Clone)]
pub struct KeyPair {
    access_key: Box<str>,
    secret_key: SigningKey,
}

impl KeyPair {
    /// Checks both halves and takes them over.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCredentials`] if either half cannot be a key: blank, padded, broken over
    /// lines, masked, a placeholder, another kind of key, or the same as the other.
    pub fn new(access_key: &Key, secret_key: &Key) -> Result<Self, Error> {
        access_key.check(Slot::AccessKey)?;
        secret_key.check(Slot::SecretKey)?;
        if Shape::of(&access_key.value) == Shape::SecretKey
            && Shape::of(&secret_key.value) == Shape::AccessKey
        {
            return Err(access_key.invalid(format!(
                "looks like the secret key, and {} like the access key: exchange them",
                secret_key.name
            )));
        }
        if access_key.value == secret_key.value {
            return Err(secret_key.invalid("is the same as the access key: each has its own value"));
        }
        Ok(Self {
            access_key: access_key.value.as_str().into(),
            secret_key: SigningKey::new(secret_key.value.as_bytes()),
        })
    }

    /// The access key, which is public: every token carries it as `iss`.
    #[must_use]
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    pub(crate) fn secret_key(&self) -> &SigningKey {
        &self.secret_key
    }
}

impl fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyPair")
            .field("access_key", &mask(&self.access_key))
            .finish_non_exhaustive()
    }
}

/// An API key, checked: sent as it is, without a token around it.
///
/// Wiped on drop, absent from debug output.
#[derive(Clone)]
pub struct ApiKey(Zeroizing<String>);

impl ApiKey {
    /// Checks the key and takes it over.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCredentials`] if it cannot be an API key. On a `host` of Kling's that is so
    /// too if it looks like a token or like (half of) an access key pair; elsewhere it may look like
    /// anything that a header can carry.
    pub fn new(api_key: Key, host: Host) -> Result<Self, Error> {
        api_key.check(Slot::ApiKey(host))?;
        let value = api_key.value();
        if host == Host::Kling && value.contains(['|', ':', ';', ',']) {
            let problem = api_key.misplaced(Slot::ApiKey(host), Shape::Pair);
            return Err(api_key.invalid(problem.unwrap_or_default()));
        }
        if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(
                api_key.invalid("has a character that no HTTP header can carry: copy it again")
            );
        }
        Ok(Self(api_key.value))
    }

    pub(crate) fn expose(&self) -> &Zeroizing<String> {
        &self.0
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey([redacted])")
    }
}

/// A kind of credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// A token signed with access key and secret key.
    Jwt,
    /// An API Key.
    ApiKey,
}

impl CredentialKind {
    /// The kind of a bearer token.
    #[must_use]
    pub fn of(bearer: &str) -> Self {
        if Jwt::parse(bearer).is_ok() {
            Self::Jwt
        } else {
            Self::ApiKey
        }
    }

    /// By the name that users see.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgValue`] for any other.
    pub fn from_name(name: &str) -> Result<Self, Error> {
        match name {
            "jwt" => Ok(Self::Jwt),
            "apiKey" => Ok(Self::ApiKey),
            _ => Err(Error::InvalidArgValue {
                argument: "credential",
                problem: "must be \"jwt\" or \"apiKey\", received another string",
            }),
        }
    }

    /// The name that users see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::ApiKey => "apiKey",
        }
    }
}

/// What Kling takes as proof of who is calling.
#[derive(Debug, Clone)]
pub enum Credential {
    /// Signs tokens. Accepted on the legacy endpoints and `/account/costs`.
    Pair(KeyPair),
    /// Is sent as it is. Accepted on every endpoint.
    ApiKey(ApiKey),
}

impl Credential {
    /// Whether a bearer token is that of this credential, whatever its dates are.
    #[must_use]
    pub fn has_made(&self, bearer: &str) -> bool {
        match self {
            Self::ApiKey(api_key) => api_key.0.as_bytes().ct_eq(bearer.as_bytes()).into(),
            Self::Pair(pair) => bearer.rsplit_once('.').is_some_and(|(message, signature)| {
                let own = pair.secret_key.sign(message.as_bytes());
                own.as_bytes().ct_eq(signature.as_bytes()).into()
            }),
        }
    }

    /// Which of the two it is.
    #[must_use]
    pub const fn kind(&self) -> CredentialKind {
        match self {
            Self::Pair(_) => CredentialKind::Jwt,
            Self::ApiKey(_) => CredentialKind::ApiKey,
        }
    }

    /// The public half of a pair.
    #[must_use]
    pub fn access_key(&self) -> Option<&str> {
        match self {
            Self::Pair(pair) => Some(pair.access_key()),
            Self::ApiKey(_) => None,
        }
    }
}

/// What a key is given as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    /// The access key of a pair.
    AccessKey,
    /// The secret key of a pair.
    SecretKey,
    /// An API Key, for this host.
    ApiKey(Host),
    /// What callbacks are signed with.
    WebhookSecret,
}

/// A key as it was found, with the name of the place for error messages.
pub struct Key {
    name: String,
    /// The file that it was read from, if `name` is a variable that names one.
    path: Option<String>,
    /// What stands before the names of all variables, if it was found in one.
    prefix: Option<String>,
    value: Zeroizing<String>,
}

impl Key {
    /// `name` is the option that held `value`.
    #[must_use]
    pub fn new(name: impl Into<String>, value: Zeroizing<String>) -> Self {
        Self {
            name: name.into(),
            path: None,
            prefix: None,
            value,
        }
    }

    /// `name` is the variable that held `value`, without the `prefix` of all variables.
    #[must_use]
    pub fn of_variable(prefix: &str, name: &str, value: Zeroizing<String>) -> Self {
        Self {
            name: format!("{prefix}{name}"),
            path: None,
            prefix: Some(prefix.to_owned()),
            value,
        }
    }

    /// `name` is the whole name of the variable whose value was the `path`.
    #[must_use]
    pub fn of_file(prefix: &str, name: &str, path: &str, value: Zeroizing<String>) -> Self {
        Self {
            name: name.to_owned(),
            path: Some(path.to_owned()),
            prefix: Some(prefix.to_owned()),
            value,
        }
    }

    /// A part of this one, by the name that it has in it: `secret 2 of KLING_WEBHOOK_SECRET`.
    pub(crate) fn part(&self, name: Option<String>, value: &str) -> Self {
        Self {
            name: name.unwrap_or_else(|| self.name.clone()),
            path: self.path.clone(),
            prefix: self.prefix.clone(),
            value: Zeroizing::new(value.to_owned()),
        }
    }

    /// Refuses what people paste by mistake. Each rule costs a 401 at Kling otherwise, where the
    /// reply does not tell which.
    pub(crate) fn check(&self, slot: Slot) -> Result<(), Error> {
        let value = self.value.as_str();
        let found = Shape::of(value);
        let damage = || shape::damage(value).map(Cow::Borrowed);
        let problem = if found == Shape::Pair {
            // Before what is damaged: a line break or a blank may be what stands between the two.
            self.misplaced(slot, found).or_else(damage)
        } else {
            damage().or_else(|| self.misplaced(slot, found))
        };
        problem.map_or(Ok(()), |problem| Err(self.invalid(problem)))
    }

    /// What a text of this shape has to do with this place: `None` where it may be right.
    fn misplaced(&self, slot: Slot, found: Shape) -> Option<Cow<'static, str>> {
        use Shape::{
            AccessKey, ApiKey, GatewayKey, Half, Jwt, Pair, SecretKey, Unknown, WebhookSecret,
        };
        let what = found.as_str();
        Some(match (slot, found) {
            // A gateway may have keys of any shape.
            (Slot::ApiKey(Host::Loopback | Host::Other), _)
            | (_, Unknown)
            | (Slot::AccessKey | Slot::SecretKey, AccessKey | SecretKey | Half | GatewayKey)
            | (Slot::ApiKey(_), ApiKey | GatewayKey)
            | (Slot::WebhookSecret, WebhookSecret | Half) => return None,
            (Slot::WebhookSecret, _) => format!(
                "looks like {what}: the secret that callbacks are signed with begins with {WEBHOOK_PREFIX}"
            )
            .into(),
            (_, WebhookSecret) => format!(
                "looks like {what}, which callbacks are verified with: pass it to KlingWebhook, or set {}",
                self.variable("KLING_WEBHOOK_SECRET")
            )
            .into(),
            (_, ApiKey) => format!(
                "looks like {what}: set {}, or pass apiKey",
                self.variable("KLING_API_KEY")
            )
            .into(),
            (_, Pair) => format!("looks like {what}: {}", self.as_pair("them ")).into(),
            (Slot::ApiKey(_), Jwt) => format!(
                "looks like {what}: {}",
                self.signed_with()
            )
            .into(),
            (_, Jwt) => format!(
                "looks like {what}, which is a token and not a key: {}",
                self.signed_with()
            )
            .into(),
            (_, SecretKey) => format!("looks like {what}: {}", self.as_half("secretKey", "KLING_SECRET_KEY", "accessKey", "KLING_ACCESS_KEY")).into(),
            (_, AccessKey | Half) => format!("looks like an access key: {}", self.as_half("accessKey", "KLING_ACCESS_KEY", "secretKey", "KLING_SECRET_KEY")).into(),
        })
    }

    /// The name of a variable beside the one that held it.
    fn variable(&self, name: &str) -> String {
        let prefix = self.prefix.as_deref().unwrap_or_default();
        format!("{prefix}{name}")
    }

    fn as_pair(&self, them: &str) -> String {
        match self.prefix {
            None => format!("pass {them}as accessKey and secretKey"),
            Some(_) => format!(
                "set {them}as {} and {}",
                self.variable("KLING_ACCESS_KEY"),
                self.variable("KLING_SECRET_KEY")
            ),
        }
    }

    fn as_half(&self, option: &str, variable: &str, other_option: &str, other: &str) -> String {
        match self.prefix {
            None => format!("pass it as {option}, with its {other_option}"),
            Some(_) => format!(
                "set it as {}, with its {}",
                self.variable(variable),
                self.variable(other)
            ),
        }
    }

    fn signed_with(&self) -> String {
        match self.prefix {
            None => "pass the access key and the secret key it was signed with".to_owned(),
            Some(_) => format!(
                "set {} and {}, which it was signed with",
                self.variable("KLING_ACCESS_KEY"),
                self.variable("KLING_SECRET_KEY")
            ),
        }
    }

    /// The option or variable that held it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    pub(crate) fn invalid(&self, problem: impl Into<Cow<'static, str>>) -> Error {
        Error::InvalidCredentials {
            name: match &self.path {
                Some(path) => format!("{} ({path})", self.name),
                None => self.name.clone(),
            },
            problem: problem.into(),
        }
    }
}

/// An access key shortened for humans: `AKab…0123`.
#[must_use]
pub fn mask(access_key: &str) -> String {
    /// Shown at each end, and the least that must stay hidden between them.
    const SHOWN: usize = 4;
    let length = access_key.chars().count();
    if length < 3 * SHOWN {
        return "…".to_owned();
    }
    let start: String = access_key.chars().take(SHOWN).collect();
    let end: String = access_key.chars().skip(length - SHOWN).collect();
    format!("{start}…{end}")
}
