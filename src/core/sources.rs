//! Where credentials come from: options first, then the families of environment variables.

use crate::credentials::{ApiKey, Credential, Key, KeyPair, Slot};
use crate::error::Error;
use crate::families::{Environment, FAMILIES, Family, is_published, missing};
use crate::request::endpoint::Host;
use crate::shape::Shape;
pub use crate::variables::Secret;
use crate::variables::Variables;

/// The keys that were passed in explicitly; `None` stands for not given.
#[derive(Default)]
pub struct GivenKeys {
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

/// A credential as it was put together.
#[derive(Debug)]
pub struct Found {
    /// The credential.
    pub credential: Credential,
    /// Where it comes from.
    pub source: Source,
    /// Variables with further credentials, which come after it. Empty unless it comes from the
    /// environment: where a whole one is passed in, no variable is looked at.
    pub passed_over: Vec<String>,
}

/// Puts the credential together: keys passed in win over the environment.
///
/// Both halves of a pair come from one family. With one half passed in, the other is the first of
/// its kind in the environment. `variables` reads that; `prefix` goes before every name; `host`
/// is where the credential will be sent.
///
/// # Errors
///
/// [`Error::MissingCredentials`] naming what would supply them, [`Error::InvalidCredentials`] for a
/// key that cannot be one, [`Error::ExposedSecret`], [`Error::ConflictingOptions`], or whatever
/// `variables` fails with.
pub fn resolve<V: Variables>(
    given: GivenKeys,
    prefix: &str,
    host: Host,
    variables: V,
) -> Result<Found, V::Error> {
    if given.api_key.is_some() {
        return Ok(Found {
            credential: credential_of(given, host)?,
            source: Source::Options,
            passed_over: Vec::new(),
        });
    }
    find(given, prefix, Some(host), variables)
}

/// The credential that was passed in, and nothing else.
///
/// # Errors
///
/// As [`resolve`], but for the environment.
pub fn credential_of(given: GivenKeys, host: Host) -> Result<Credential, Error> {
    let (what, options) = match (given.api_key, given.access_key, given.secret_key) {
        (Some(api_key), None, None) => {
            let api_key = ApiKey::new(Key::new("apiKey", api_key), host)?;
            return Ok(Credential::ApiKey(api_key));
        }
        (Some(_), access_key, _) => {
            return Err(Error::ConflictingOptions {
                first: "apiKey".into(),
                second: access_key.map_or("secretKey", |_| "accessKey").into(),
            });
        }
        (None, Some(access_key), Some(secret_key)) => {
            let (access_key, secret_key) = (
                Key::new("accessKey", access_key),
                Key::new("secretKey", secret_key),
            );
            return Ok(Credential::Pair(KeyPair::new(&access_key, &secret_key)?));
        }
        // What the half is instead says more than that the other is missing.
        (None, Some(access_key), None) => {
            Key::new("accessKey", access_key).check(Slot::AccessKey)?;
            ("secret key", "secretKey")
        }
        (None, None, Some(secret_key)) => {
            Key::new("secretKey", secret_key).check(Slot::SecretKey)?;
            ("access key", "accessKey")
        }
        (None, None, None) => ("credentials", "apiKey, or accessKey and secretKey"),
    };
    Err(missing(what, format!("pass {options}")))
}

/// What may stand before the names of variables.
///
/// # Errors
///
/// [`Error::InvalidArgValue`] unless it is the beginning of a variable's name.
pub fn check_prefix(prefix: &str) -> Result<(), Error> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let invalid = |problem| Error::InvalidArgValue {
        argument: "prefix",
        problem,
    };
    if !prefix.chars().all(is_name) || prefix.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(invalid(
            "must be letters, digits and underscores, such as STAGING_",
        ));
    }
    // The names of variables are quoted in messages.
    if matches!(Shape::of(prefix), Shape::Half | Shape::WebhookSecret) {
        return Err(invalid(
            "looks like a key, and stands before the names of variables, such as STAGING_",
        ));
    }
    Ok(())
}

/// Like [`resolve`], for what only a pair can do: API keys in the environment are passed over.
///
/// # Errors
///
/// As [`resolve`]; where there is an API key but no pair, the message says so.
pub fn resolve_pair<V: Variables>(given: GivenKeys, variables: V) -> Result<KeyPair, V::Error> {
    match find(given, "", None, variables)?.credential {
        Credential::Pair(pair) => Ok(pair),
        Credential::ApiKey(_) => Err(Error::TokenFromApiKey.into()),
    }
}

/// `host` is that for API Keys; without one they are passed over.
fn find<V: Variables>(
    given: GivenKeys,
    prefix: &str,
    host: Option<Host>,
    variables: V,
) -> Result<Found, V::Error> {
    let mut environment = Environment { prefix, variables };
    if is_published(prefix) {
        environment.refuse_published()?;
    }
    if given.access_key.is_some() || given.secret_key.is_some() {
        return Ok(Found {
            credential: complete(given, &mut environment)?,
            source: Source::Options,
            passed_over: Vec::new(),
        });
    }
    let mut saw_api_key = false;
    for (index, family) in FAMILIES.iter().enumerate() {
        let Some((keys, name)) = read(family, &mut environment)? else {
            continue;
        };
        if let (Keys::ApiKey(api_key), None) = (&keys, host) {
            // Both may stand in there.
            if Shape::of(api_key.value()) == Shape::Pair {
                api_key.check(Slot::ApiKey(Host::Kling))?;
            }
            saw_api_key = true;
            continue;
        }
        let credential = match (keys, host) {
            (Keys::ApiKey(api_key), host) => {
                ApiKey::new(api_key, host.unwrap_or(Host::Kling)).map(Credential::ApiKey)
            }
            (Keys::Pair(access_key, secret_key), _) => {
                KeyPair::new(&access_key, &secret_key).map(Credential::Pair)
            }
        };
        let rest = FAMILIES[index + 1..].iter().flat_map(Family::names);
        let passed_over = if host.is_some() {
            environment.set(rest)?
        } else {
            Vec::new()
        };
        let credential = credential.map_err(|error| passing_over(error, &passed_over))?;
        return Ok(Found {
            credential,
            source: Source::Environment(name),
            passed_over,
        });
    }
    let pair = format!("{prefix}KLING_ACCESS_KEY and {prefix}KLING_SECRET_KEY");
    let (what, remedy) = match host {
        Some(_) => (
            "credentials",
            format!(
                "set {prefix}KLING_API_KEY in the environment (or {pair}), or pass apiKey (or accessKey and secretKey)"
            ),
        ),
        None => (
            "access key and secret key",
            format!("set {pair} in the environment, or pass accessKey and secretKey"),
        ),
    };
    if host.is_some() {
        let names: Vec<_> = FAMILIES.iter().flat_map(Family::names).collect();
        return Err(environment.missing(what, remedy, &names)?);
    }
    let (pairs, api_keys): (Vec<_>, Vec<_>) = FAMILIES
        .iter()
        .partition(|family| matches!(family, Family::Pair { .. }));
    let [names, api_keys] = [pairs, api_keys].map(|families| {
        families
            .into_iter()
            .flat_map(Family::names)
            .collect::<Vec<_>>()
    });
    if saw_api_key && environment.near(&names)?.is_none() {
        return Err(Error::TokenFromApiKey.into());
    }
    let near_api_key = environment.near(&api_keys)?;
    let remedy = near_api_key.map_or(remedy, |(near, right)| {
        format!(
            "{near} is set, but nobody reads it, and an API Key signs no token: rename it to {right}, \
             and use new KlingAuth() for its headers"
        )
    });
    Err(environment.missing(what, remedy, &names)?)
}

/// What a family holds that is set.
enum Keys {
    ApiKey(Key),
    Pair(Key, Key),
}

/// The keys of a family with the name of the first variable; `None` where none is set.
fn read<V: Variables>(
    family: &Family,
    environment: &mut Environment<'_, V>,
) -> Result<Option<(Keys, String)>, V::Error> {
    let (access_key, secret_key) = match family {
        Family::ApiKey(name) => {
            return Ok(environment.get(name)?.map(|api_key| {
                let name = api_key.name().to_owned();
                (Keys::ApiKey(api_key), name)
            }));
        }
        Family::Pair {
            access_key,
            secret_key,
        } => (access_key, secret_key),
    };
    match (environment.get(access_key)?, environment.get(secret_key)?) {
        (Some(access_key), Some(secret_key)) => {
            let name = access_key.name().to_owned();
            Ok(Some((Keys::Pair(access_key, secret_key), name)))
        }
        (None, None) => Ok(None),
        (Some(half), None) => {
            half.check(Slot::AccessKey)?;
            Err(missing_half(
                environment,
                "secret key",
                secret_key,
                half.name(),
            )?)
        }
        (None, Some(half)) => {
            half.check(Slot::SecretKey)?;
            Err(missing_half(
                environment,
                "access key",
                access_key,
                half.name(),
            )?)
        }
    }
}

/// Says with what is wrong with a variable that others would have come after it.
fn passing_over(error: Error, others: &[String]) -> Error {
    match error {
        Error::InvalidCredentials { name, problem } if !others.is_empty() => {
            Error::InvalidCredentials {
                problem: format!("{problem} ({} set too, and come after it)", are(others)).into(),
                name,
            }
        }
        error => error,
    }
}

/// "A is", "A and B are", "A, B and C are".
#[must_use]
pub fn are(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [name] => format!("{name} is"),
        [names @ .., last] => format!("{} and {last} are", names.join(", ")),
    }
}

/// One half was passed in, perhaps both.
fn complete<V: Variables>(
    given: GivenKeys,
    environment: &mut Environment<'_, V>,
) -> Result<Credential, V::Error> {
    let key = |value: Option<Secret>, option: &str| value.map(|value| Key::new(option, value));
    let access_key = key(given.access_key, "accessKey");
    let secret_key = key(given.secret_key, "secretKey");
    match (&access_key, &secret_key) {
        (Some(access_key), Some(secret_key)) => {
            return Ok(Credential::Pair(KeyPair::new(access_key, secret_key)?));
        }
        // Before the other half is looked for: what this one is instead says more.
        (Some(access_key), None) => access_key.check(Slot::AccessKey)?,
        (None, Some(secret_key)) => secret_key.check(Slot::SecretKey)?,
        (None, None) => {}
    }
    let mut half = |given: Option<Key>,
                    option: &str,
                    what: &str,
                    of: fn(&Family) -> Option<&'static str>|
     -> Result<Key, V::Error> {
        if let Some(key) = given {
            return Ok(key);
        }
        let names: Vec<_> = FAMILIES.iter().filter_map(of).collect();
        for name in &names {
            if let Some(key) = environment.get(name)? {
                return Ok(key);
            }
        }
        let name = names.first().copied().unwrap_or_default();
        let remedy = format!(
            "pass {option}, or set {}{name} in the environment",
            environment.prefix
        );
        Err(environment.missing(what, remedy, &names)?)
    };
    let access_key = half(
        access_key,
        "accessKey",
        "access key",
        |family| match family {
            Family::Pair { access_key, .. } => Some(access_key),
            Family::ApiKey(_) => None,
        },
    )?;
    let secret_key = half(
        secret_key,
        "secretKey",
        "secret key",
        |family| match family {
            Family::Pair { secret_key, .. } => Some(secret_key),
            Family::ApiKey(_) => None,
        },
    )?;
    Ok(Credential::Pair(KeyPair::new(&access_key, &secret_key)?))
}

/// The error for a family of which one half is set.
fn missing_half<V: Variables>(
    environment: &mut Environment<'_, V>,
    what: &str,
    variable: &'static str,
    half: &str,
) -> Result<V::Error, V::Error> {
    let prefix = environment.prefix;
    environment.missing(
        what,
        format!("set {prefix}{variable} in the environment, where {half} is set already"),
        &[variable],
    )
}
