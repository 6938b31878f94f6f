//! Webhook secrets: what a plausible one looks like, where they come from, what they sign.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use kling_auth_hmac::HmacSha256;
use zeroize::Zeroizing;

use super::signature::Signature;
use crate::credentials::{Key, Slot};
use crate::error::Error;
use crate::shape::WEBHOOK_PREFIX;
use crate::variables::{Variables, key, near};

const MIN_KEY_BYTES: usize = 16;
const VARIABLE: &str = "KLING_WEBHOOK_SECRET";

/// Padding may be left out, and the last character may have bits that count for no byte: neither
/// carries anything, and the reference implementations take both.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);
/// What stands before a signature, and so before what was taken for one.
const VERSION: &str = "v1";
const HAS_VERSION: &str = "begins with \"v1,\", which belongs before signatures: leave it out";

/// A webhook secret, kept as the hash state that it leads to.
///
/// The state wipes itself on drop and does not show in debug output.
pub struct Secret(HmacSha256);

impl Secret {
    /// Checks and decodes `whsec_<base64>`; the prefix may be missing.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidCredentials`] if it cannot be a secret.
    pub fn new(secret: &Key) -> Result<Self, Error> {
        secret.check(Slot::WebhookSecret)?;
        let text = secret.value();
        if text
            .strip_prefix(VERSION)
            .is_some_and(|rest| rest.starts_with(','))
        {
            return Err(secret.invalid(HAS_VERSION));
        }
        let text = text.strip_prefix(WEBHOOK_PREFIX).unwrap_or(text);
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
        Ok(Self(HmacSha256::new(&bytes)))
    }

    /// Signs the concatenation of `parts`.
    #[must_use]
    pub fn sign(&self, parts: &[&[u8]]) -> Signature {
        Signature::from(*self.0.sign(parts))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

/// The explicit secrets, or else those of the environment, at least one.
///
/// `variables` reads one variable, which may hold several secrets separated by spaces or commas.
///
/// # Errors
///
/// [`Error::MissingCredentials`] if there are none, [`Error::InvalidCredentials`] from
/// [`Secret::new`], or whatever `variables` fails with.
pub fn resolve<V: Variables>(
    explicit: Option<Vec<Key>>,
    mut variables: V,
) -> Result<Vec<Secret>, V::Error> {
    let keys = match explicit {
        Some(keys) => keys,
        None => key(&mut variables, "", VARIABLE)?
            .map(|found| split(&found))
            .unwrap_or_default(),
    };
    if keys.is_empty() {
        let remedy = match near(&mut variables, "", &[VARIABLE])? {
            Some((near, right)) => {
                format!("{near} is set, but nobody reads it: rename it to {right}")
            }
            None => format!("pass secret, or set {VARIABLE} in the environment"),
        };
        return Err(Error::MissingCredentials {
            missing: "webhook secret".to_owned(),
            remedy,
        }
        .into());
    }
    Ok(keys.iter().map(Secret::new).collect::<Result<_, _>>()?)
}

/// The secrets in a variable.
pub(crate) fn split(found: &Key) -> Vec<Key> {
    let (name, value) = (found.name(), found.value());
    // One is left whole, so that what is said of it is said of the variable.
    if value.trim_start().starts_with("v1,") {
        return vec![found.part(None, value.trim())];
    }
    let secrets = || value.split([' ', ',']).filter(|secret| !secret.is_empty());
    let count = secrets().count();
    secrets()
        .enumerate()
        .map(|(index, secret)| {
            let part = (count > 1).then(|| format!("secret {} of {name}", index + 1));
            found.part(part, secret)
        })
        .collect()
}
