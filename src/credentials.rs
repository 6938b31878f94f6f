//! The access key and secret key: what a plausible pair looks like, and where it comes from.

use std::fmt;

use jsonwebtoken::EncodingKey;
use zeroize::Zeroizing;

use crate::error::Error;

/// An access key with its secret key, checked.
///
/// The secret wipes itself on drop and prints as `[redacted]`.
#[derive(Clone)]
pub struct KeyPair {
    access_key: Box<str>,
    secret_key: EncodingKey,
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
            secret_key: EncodingKey::from_secret(secret_key.value.as_bytes()),
        })
    }

    /// The access key, which is public: every token carries it as `iss`.
    #[must_use]
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    pub(crate) fn secret_key(&self) -> &EncodingKey {
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

    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    fn invalid(&self, problem: &'static str) -> Error {
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
    let letters: Zeroizing<String> = Zeroizing::new(
        value
            .chars()
            .filter(char::is_ascii_alphabetic)
            .map(|c| c.to_ascii_lowercase())
            .collect(),
    );
    ["youraccesskey", "yoursecretkey", "yourapikey"]
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

/// The halves that were passed in explicitly; `None` stands for not given.
#[derive(Default)]
pub struct Explicit {
    /// The option `accessKey`.
    pub access_key: Option<Zeroizing<String>>,
    /// The option `secretKey`.
    pub secret_key: Option<Zeroizing<String>>,
}

const ACCESS_KEY_VARIABLE: &str = "KLING_ACCESS_KEY";
const SECRET_KEY_VARIABLE: &str = "KLING_SECRET_KEY";

/// Puts a pair together: explicit halves first, the rest from the environment.
///
/// `lookup` reads one variable. It is asked only for what is still missing, and an empty variable
/// counts as not set, as in a shell's `${NAME:-default}`.
///
/// # Errors
///
/// [`Error::MissingCredentials`] naming what would supply the missing half,
/// [`Error::InvalidCredentials`] from [`KeyPair::new`], or whatever `lookup` fails with.
pub fn resolve<E: From<Error>>(
    explicit: Explicit,
    mut lookup: impl FnMut(&'static str) -> Result<Option<Zeroizing<String>>, E>,
) -> Result<KeyPair, E> {
    let mut half = |given: Option<Zeroizing<String>>, option, variable| -> Result<Option<Key>, E> {
        if let Some(value) = given {
            return Ok(Some(Key::new(option, value)));
        }
        let found = lookup(variable)?.filter(|value| !value.is_empty());
        Ok(found.map(|value| Key::new(variable, value)))
    };
    let access_key = half(explicit.access_key, "accessKey", ACCESS_KEY_VARIABLE)?;
    let secret_key = half(explicit.secret_key, "secretKey", SECRET_KEY_VARIABLE)?;
    match (access_key, secret_key) {
        (Some(access_key), Some(secret_key)) => Ok(KeyPair::new(&access_key, &secret_key)?),
        (None, Some(_)) => Err(missing("access key", "accessKey", ACCESS_KEY_VARIABLE).into()),
        (Some(_), None) => Err(missing("secret key", "secretKey", SECRET_KEY_VARIABLE).into()),
        (None, None) => Err(missing(
            "access key and secret key",
            "accessKey and secretKey",
            "KLING_ACCESS_KEY and KLING_SECRET_KEY",
        )
        .into()),
    }
}

fn missing(missing: &str, options: &str, variables: &str) -> Error {
    Error::MissingCredentials {
        missing: missing.to_owned(),
        remedy: format!("pass {options}, or set {variables} in the environment"),
    }
}
