//! Where credentials come from: options first, then the families of environment variables.

use zeroize::Zeroizing;

use crate::credentials::{ApiKey, Credential, Key, KeyPair};
use crate::error::Error;

/// A value that wipes itself.
pub type Secret = Zeroizing<String>;

/// The keys that were passed in explicitly; `None` stands for not given.
#[derive(Default)]
pub struct Explicit {
    /// The option `accessKey`.
    pub access_key: Option<Secret>,
    /// The option `secretKey`.
    pub secret_key: Option<Secret>,
    /// The option `apiKey`.
    pub api_key: Option<Secret>,
}

/// Where a credential was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Passed in, at least one half of it.
    Options,
    /// The environment variable of this name, with its partner.
    Environment(String),
    /// A provider function.
    Provider,
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Options => f.write_str("options"),
            Self::Environment(name) => write!(f, "env:{name}"),
            Self::Provider => f.write_str("provider"),
        }
    }
}

/// Variables that belong together.
enum Family {
    ApiKey(&'static str),
    Pair {
        access_key: &'static str,
        secret_key: &'static str,
    },
}

/// In order of precedence: the first that is set wins. These names are in use already: by Kling's
/// samples, the AI SDK's provider and Kling's agent skill.
const FAMILIES: [Family; 5] = [
    Family::ApiKey("KLING_API_KEY"),
    Family::Pair {
        access_key: "KLING_ACCESS_KEY",
        secret_key: "KLING_SECRET_KEY",
    },
    Family::ApiKey("KLINGAI_API_KEY"),
    Family::Pair {
        access_key: "KLINGAI_ACCESS_KEY",
        secret_key: "KLINGAI_SECRET_KEY",
    },
    Family::Pair {
        access_key: "KLING_ACCESS_KEY_ID",
        secret_key: "KLING_SECRET_ACCESS_KEY",
    },
];

/// What bundlers copy into the JavaScript that every visitor downloads.
const PUBLISHED_PREFIXES: [&str; 8] = [
    "NEXT_PUBLIC_",
    "VITE_",
    "REACT_APP_",
    "NUXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "GATSBY_",
    "VUE_APP_",
    "PUBLIC_",
];

/// Reads one variable; an empty one counts as not set, as in a shell's `${NAME:-default}`.
struct Environment<'a, L> {
    prefix: &'a str,
    lookup: L,
}

impl<E: From<Error>, L: FnMut(&str) -> Result<Option<Secret>, E>> Environment<'_, L> {
    fn get(&mut self, name: &str) -> Result<Option<Key>, E> {
        let name = format!("{}{name}", self.prefix);
        Ok((self.lookup)(&name)?
            .filter(|value| !value.is_empty())
            .map(|value| Key::new(name, value)))
    }

    /// Fails if a secret is set under a name that is published; asked only where nothing better
    /// was found, so that it costs nothing otherwise.
    fn refuse_published(&mut self) -> Result<(), E> {
        for published in PUBLISHED_PREFIXES {
            for family in &FAMILIES {
                let (Family::ApiKey(key)
                | Family::Pair {
                    secret_key: key, ..
                }) = family;
                let prefix = self.prefix;
                let mut names = vec![
                    format!("{published}{key}"),
                    format!("{published}{prefix}{key}"),
                ];
                if prefix.starts_with(published) {
                    names.push(format!("{prefix}{key}"));
                }
                for name in names {
                    if (self.lookup)(&name)?.is_some_and(|value| !value.is_empty()) {
                        return Err(Error::ExposedSecret {
                            name,
                            prefix: published,
                        }
                        .into());
                    }
                }
            }
        }
        Ok(())
    }
}

/// Puts the credential together: explicit keys win over the environment.
///
/// Both halves of a pair come from one family. With one half passed in, the other is the first of
/// its kind in the environment. `lookup` reads one variable; `prefix` goes before every name.
///
/// # Errors
///
/// [`Error::MissingCredentials`] naming what would supply them, [`Error::InvalidCredentials`] for a
/// key that cannot be one, [`Error::ExposedSecret`], [`Error::ConflictingOptions`], or whatever
/// `lookup` fails with.
pub fn resolve<E: From<Error>>(
    explicit: Explicit,
    prefix: &str,
    lookup: impl FnMut(&str) -> Result<Option<Secret>, E>,
) -> Result<(Credential, Source), E> {
    if explicit.api_key.is_some() {
        return Ok((self::explicit(explicit)?, Source::Options));
    }
    find(explicit, prefix, lookup, true)
}

/// The credential that was passed in, and nothing else.
///
/// # Errors
///
/// As [`resolve`], but for the environment.
pub fn explicit(explicit: Explicit) -> Result<Credential, Error> {
    let (what, options) = match (explicit.api_key, explicit.access_key, explicit.secret_key) {
        (Some(api_key), None, None) => {
            let api_key = ApiKey::new(Key::new("apiKey", api_key))?;
            return Ok(Credential::ApiKey(api_key));
        }
        (Some(_), access_key, _) => {
            return Err(Error::ConflictingOptions {
                first: "apiKey",
                second: access_key.map_or("secretKey", |_| "accessKey"),
            });
        }
        (None, Some(access_key), Some(secret_key)) => {
            let (access_key, secret_key) = (
                Key::new("accessKey", access_key),
                Key::new("secretKey", secret_key),
            );
            return Ok(Credential::Pair(KeyPair::new(&access_key, &secret_key)?));
        }
        (None, Some(_), None) => ("secret key", "secretKey"),
        (None, None, Some(_)) => ("access key", "accessKey"),
        (None, None, None) => ("credentials", "accessKey and secretKey, or apiKey"),
    };
    Err(Error::MissingCredentials {
        missing: what.to_owned(),
        remedy: format!("pass {options}"),
    })
}

/// What may stand before the names of variables.
///
/// # Errors
///
/// [`Error::InvalidArgValue`] unless it is the beginning of a variable's name.
pub fn check_prefix(prefix: &str) -> Result<(), Error> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if prefix.chars().all(is_name) && !prefix.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(());
    }
    Err(Error::InvalidArgValue {
        argument: "prefix",
        problem: "must be letters, digits and underscores, such as STAGING_",
    })
}

/// Like [`resolve`], for what only a pair can do: API keys in the environment are passed over.
///
/// # Errors
///
/// As [`resolve`]; where there is an API key but no pair, the message says so.
pub fn resolve_pair<E: From<Error>>(
    explicit: Explicit,
    lookup: impl FnMut(&str) -> Result<Option<Secret>, E>,
) -> Result<KeyPair, E> {
    match find(explicit, "", lookup, false)? {
        (Credential::Pair(pair), _) => Ok(pair),
        (Credential::ApiKey(_), _) => Err(Error::TokenFromApiKey.into()),
    }
}

fn find<E: From<Error>>(
    explicit: Explicit,
    prefix: &str,
    lookup: impl FnMut(&str) -> Result<Option<Secret>, E>,
    take_api_keys: bool,
) -> Result<(Credential, Source), E> {
    let mut environment = Environment { prefix, lookup };
    if PUBLISHED_PREFIXES
        .iter()
        .any(|published| prefix.starts_with(published))
    {
        environment.refuse_published()?;
    }
    if explicit.access_key.is_some() || explicit.secret_key.is_some() {
        return complete(explicit, &mut environment);
    }
    let mut saw_api_key = false;
    for family in &FAMILIES {
        match family {
            Family::ApiKey(name) => {
                let Some(api_key) = environment.get(name)? else {
                    continue;
                };
                saw_api_key = true;
                if take_api_keys {
                    let source = Source::Environment(api_key.name().to_owned());
                    return Ok((Credential::ApiKey(ApiKey::new(api_key)?), source));
                }
            }
            Family::Pair {
                access_key,
                secret_key,
            } => match (environment.get(access_key)?, environment.get(secret_key)?) {
                (Some(access_key), Some(secret_key)) => {
                    let source = Source::Environment(access_key.name().to_owned());
                    return Ok((
                        Credential::Pair(KeyPair::new(&access_key, &secret_key)?),
                        source,
                    ));
                }
                (None, None) => {}
                (Some(_), None) => {
                    return Err(half(
                        &mut environment,
                        "secret key",
                        "secretKey",
                        secret_key,
                    )?);
                }
                (None, Some(_)) => {
                    return Err(half(
                        &mut environment,
                        "access key",
                        "accessKey",
                        access_key,
                    )?);
                }
            },
        }
    }
    if saw_api_key {
        return Err(Error::TokenFromApiKey.into());
    }
    environment.refuse_published()?;
    Err(missing(
        "access key and secret key",
        "accessKey and secretKey",
        &format!("{prefix}KLING_ACCESS_KEY and {prefix}KLING_SECRET_KEY"),
    )
    .into())
}

/// One half was passed in, perhaps both.
fn complete<E: From<Error>, L: FnMut(&str) -> Result<Option<Secret>, E>>(
    explicit: Explicit,
    environment: &mut Environment<'_, L>,
) -> Result<(Credential, Source), E> {
    let mut half = |given: Option<Secret>,
                    option,
                    what,
                    of: fn(&Family) -> Option<&'static str>|
     -> Result<Key, E> {
        if let Some(value) = given {
            return Ok(Key::new(option, value));
        }
        for name in FAMILIES.iter().filter_map(of) {
            if let Some(key) = environment.get(name)? {
                return Ok(key);
            }
        }
        environment.refuse_published()?;
        let name = FAMILIES.iter().find_map(of).unwrap_or_default();
        Err(missing(what, option, &format!("{}{name}", environment.prefix)).into())
    };
    let access_key = half(
        explicit.access_key,
        "accessKey",
        "access key",
        |family| match family {
            Family::Pair { access_key, .. } => Some(access_key),
            Family::ApiKey(_) => None,
        },
    )?;
    let secret_key = half(
        explicit.secret_key,
        "secretKey",
        "secret key",
        |family| match family {
            Family::Pair { secret_key, .. } => Some(secret_key),
            Family::ApiKey(_) => None,
        },
    )?;
    Ok((
        Credential::Pair(KeyPair::new(&access_key, &secret_key)?),
        Source::Options,
    ))
}

/// The error for a family of which one half is set. A published secret explains it better.
fn half<E: From<Error>, L: FnMut(&str) -> Result<Option<Secret>, E>>(
    environment: &mut Environment<'_, L>,
    what: &str,
    option: &str,
    variable: &str,
) -> Result<E, E> {
    environment.refuse_published()?;
    Ok(missing(what, option, &format!("{}{variable}", environment.prefix)).into())
}

fn missing(missing: &str, options: &str, variables: &str) -> Error {
    Error::MissingCredentials {
        missing: missing.to_owned(),
        remedy: format!("pass {options}, or set {variables} in the environment"),
    }
}
