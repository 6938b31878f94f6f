//! Access keys, secret keys and API keys: what a plausible one looks like.

use std::fmt;

use zeroize::Zeroizing;

use crate::error::Error;
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
    /// lines, masked, a placeholder, or the same as the other.
    pub fn new(access_key: &Key, secret_key: &Key) -> Result<Self, Error> {
        access_key.check()?;
        secret_key.check()?;
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
    /// [`Error::InvalidCredentials`] if it cannot be an API key, in particular if it looks like a
    /// token or like (half of) an access key pair.
    pub fn new(api_key: Key) -> Result<Self, Error> {
        api_key.check()?;
        let value = api_key.value();
        let problem = if value.starts_with("eyJ") && value.split('.').count() == 3 {
            "looks like a JWT: pass the access key and the secret key it was signed with"
        } else if value.contains(['|', ':']) {
            "looks like an access key and a secret key in one: pass them as accessKey and secretKey"
        } else if looks_like_access_key(value) {
            "looks like an access key: pass it as accessKey, with its secretKey"
        } else if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
            "has a character that no HTTP header can carry: copy it again"
        } else {
            return Ok(Self(api_key.value));
        };
        Err(api_key.invalid(problem))
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

/// Observed, not documented: access keys are 32 letters and digits or begin with `ak`, API keys
/// begin with `api-key-kling-`.
fn looks_like_access_key(value: &str) -> bool {
    let prefix = value.get(..3).unwrap_or_default().to_ascii_lowercase();
    prefix == "ak_"
        || prefix == "ak-"
        || value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_alphanumeric())
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

/// A key as it was found, with the name of the place for error messages.
pub struct Key {
    name: String,
    value: Zeroizing<String>,
}

impl Key {
    /// `name` is the option or variable that held `value`.
    #[must_use]
    pub fn new(name: impl Into<String>, value: Zeroizing<String>) -> Self {
        Self {
            name: name.into(),
            value,
        }
    }

    /// Refuses what people paste by mistake. Each rule costs a 401 at Kling otherwise, where the
    /// reply does not tell which.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let value = self.value.as_str();
        let problem = if value.trim_matches(is_padding).is_empty() {
            "is blank: copy it from the Kling developer console"
        } else if value.contains(['\n', '\r']) {
            "has a line break inside: it was copied with its line end"
        } else if value.contains('\0') {
            "has a NUL character inside: it was read from the wrong file or buffer"
        } else if value.starts_with(is_padding) || value.ends_with(is_padding) {
            "is padded with white space: trim it"
        } else if value.starts_with(is_quote) || value.ends_with(is_quote) {
            "is wrapped in quotes: they belong to the file it came from, not to the key"
        } else if value.chars().any(char::is_control) {
            "has a control character inside: it was damaged on the way"
        } else if value.contains(char::REPLACEMENT_CHARACTER) {
            "is not well-formed Unicode: it was decoded with the wrong character encoding"
        } else if MASKS.iter().any(|mask| value.contains(mask)) {
            "is a masked copy: the console shows the whole key only once, when it is created"
        } else if is_placeholder(value) {
            "is the placeholder of a sample file: put your own key in its place"
        } else {
            return Ok(());
        };
        Err(self.invalid(problem))
    }

    /// The option or variable that held it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    pub(crate) fn invalid(&self, problem: &'static str) -> Error {
        Error::InvalidCredentials {
            name: self.name.clone(),
            problem,
        }
    }
}

/// How consoles and log filters hide the middle of a key.
const MASKS: [&str; 4] = ["**", "…", "...", "•"];

fn is_padding(c: char) -> bool {
    // The byte order mark and the zero-width space come along from editors and web pages.
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '“' | '”' | '‘' | '’')
}

/// `ak_your_access_key_here` and its relatives, in any spelling.
fn is_placeholder(value: &str) -> bool {
    // With room for all of it: a string that grows leaves its smaller selves behind, unwiped.
    let mut letters = Zeroizing::new(String::with_capacity(value.len()));
    letters.extend(
        value
            .chars()
            .filter(char::is_ascii_alphabetic)
            .map(|c| c.to_ascii_lowercase()),
    );
    [
        "youraccesskey",
        "yoursecretkey",
        "yourapikey",
        "yourwebhooksecret",
    ]
    .iter()
    .any(|sample| letters.contains(sample))
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
