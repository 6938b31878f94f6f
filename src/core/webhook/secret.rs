//! Webhook secrets: what a plausible one looks like, where they come from, what they sign.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::signature::Signature;
use crate::credentials::Key;
use crate::error::Error;

/// What consoles put before the base64.
const PREFIX: &str = "whsec_";
const MIN_KEY_BYTES: usize = 16;
const VARIABLE: &str = "KLING_WEBHOOK_SECRET";

/// Padding may be left out: it carries nothing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A webhook secret, kept as the hash state that it leads to.
///
/// The state wipes itself on drop and does not show in debug output.
pub struct Secret(Hmac<Sha256>);

impl Secret {
    /// Checks and decodes `whsec_<base64>`; the prefix may be missing.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCredentials`] if it cannot be a secret.
    pub fn new(secret: &Key) -> Result<Self, Error> {
        secret.check()?;
        let text = secret.value();
        let text = text.strip_prefix(PREFIX).unwrap_or(text);
        if text.contains([' ', ',']) {
            return Err(secret
                .invalid("holds a space or comma: pass several secrets as an array of strings"));
        }
        let bytes = BASE64.decode(text).map(Zeroizing::new).map_err(|_| {
            secret.invalid("is not base64: copy it whole from the Kling developer console")
        })?;
        if bytes.len() < MIN_KEY_BYTES {
            return Err(secret.invalid(
                "is shorter than 16 bytes once decoded, which could be guessed: copy it whole",
            ));
        }
        Hmac::new_from_slice(&bytes)
            .map(Self)
            .map_err(|_| secret.invalid("cannot be used as a key"))
    }

    /// Signs the concatenation of `parts`.
    #[must_use]
    pub fn sign(&self, parts: &[&[u8]]) -> Signature {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        Signature::from(<[u8; _]>::from(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

/// The explicit secrets, or else those of the environment, at least one.
///
/// `lookup` reads one variable, which may hold several secrets separated by spaces or commas.
///
/// # Errors
///
/// [`Error::MissingCredentials`] if there are none, [`Error::InvalidCredentials`] from
/// [`Secret::new`], or whatever `lookup` fails with.
pub fn resolve<E: From<Error>>(
    explicit: Option<Vec<Key>>,
    lookup: impl FnOnce(&'static str) -> Result<Option<Zeroizing<String>>, E>,
) -> Result<Vec<Secret>, E> {
    let keys = match explicit {
        Some(keys) => keys,
        None => lookup(VARIABLE)?
            .map(|value| split(&value))
            .unwrap_or_default(),
    };
    if keys.is_empty() {
        return Err(Error::MissingCredentials {
            missing: "webhook secret".to_owned(),
            remedy: format!("pass secret, or set {VARIABLE} in the environment"),
        }
        .into());
    }
    Ok(keys.iter().map(Secret::new).collect::<Result<_, _>>()?)
}

fn split(value: &str) -> Vec<Key> {
    let secrets = || value.split([' ', ',']).filter(|secret| !secret.is_empty());
    let count = secrets().count();
    secrets()
        .enumerate()
        .map(|(index, secret)| {
            let name = match count {
                1 => VARIABLE.to_owned(),
                _ => format!("secret {} of {VARIABLE}", index + 1),
            };
            Key::new(name, Zeroizing::new(secret.to_owned()))
        })
        .collect()
}
