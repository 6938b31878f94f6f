//! Access keys, secret keys and API keys: what a plausible one looks like.

use std::fmt;

use ctutils::CtEq as _;
use zeroize::Zeroizing;

use crate::error::Error;
use crate::request::endpoint::Host;
use crate::shape::{Shape, odd_character};
use crate::token::SigningKey;
use crate::token::jwt::Jwt;

mod key;

pub use key::{Key, Slot};

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
            let problem = match Shape::of(value) {
                Shape::GatewayKey => Some(ANOTHER_SERVICE.into()),
                _ => api_key.misplaced(Slot::ApiKey(host), Shape::Pair),
            };
            return Err(api_key.invalid(problem.unwrap_or_default()));
        }
        let odd = (value.chars().enumerate()).find(|(_, c)| !c.is_ascii_graphic());
        if let Some((index, c)) = odd {
            return Err(api_key.invalid(format!(
                "has a character that no HTTP header can carry: copy it again (character {} is {})",
                index + 1,
                odd_character(c).unwrap_or("a control character"),
            )));
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

    /// What tells it from others: the access key of a pair, an API Key itself.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Pair(pair) => pair.access_key(),
            Self::ApiKey(api_key) => api_key.expose(),
        }
    }

    /// Whether both are one, compared in constant time.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let has_same_secret = match (self, other) {
            (Self::Pair(one), Self::Pair(two)) => {
                let [one, two] = [one, two].map(|pair| pair.secret_key.sign(b"kling-auth"));
                one.as_bytes().ct_eq(two.as_bytes()).into()
            }
            (Self::ApiKey(_), Self::ApiKey(_)) => true,
            _ => false,
        };
        let has_same_name: bool = self.name().as_bytes().ct_eq(other.name().as_bytes()).into();
        has_same_name && has_same_secret
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

const ANOTHER_SERVICE: &str = "looks like the key of another service: pass that service's URL as baseUrl, or an API Key of Kling's, which begins with api-key-kling-";

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
