//! The three headers of a delivery, read strictly.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::refusal::Refusal;
use super::signature::{SIGNATURE_BYTES, Signature};
use crate::time::Timestamp;

/// The delivery's identifier, the same each time it is attempted.
pub const ID: &str = "webhook-id";
/// When the delivery was attempted, in seconds since the epoch.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// One or more signatures.
pub const SIGNATURE: &str = "webhook-signature";

/// What is looked at of all three values together.
pub const MAX_HEADER_BYTES: usize = 64 * 1024;
/// How many signatures are looked at. Kling sends two at most, during a rotation.
pub const MAX_SIGNATURES: usize = 16;

/// The values as they arrived; absent ones are empty.
///
/// Several values of one name are joined with `, `, as HTTP does it (RFC 9110 section 5.3).
#[derive(Debug, Clone, Copy, Default)]
pub struct RawHeaders<'a> {
    /// `webhook-id`
    pub id: &'a str,
    /// `webhook-timestamp`
    pub timestamp: &'a str,
    /// `webhook-signature`
    pub signature: &'a str,
}

/// The values, well-formed. Nothing here has been verified.
#[derive(Debug, Clone, Copy)]
pub struct Headers<'a> {
    id: &'a str,
    timestamp: &'a str,
    sent_at: Timestamp,
    signatures: &'a str,
}

impl<'a> Headers<'a> {
    /// # Errors
    ///
    /// [`Refusal::MissingHeader`], [`Refusal::DuplicateHeader`], [`Refusal::MalformedHeader`],
    /// [`Refusal::HeadersTooLarge`] or [`Refusal::MalformedTimestamp`].
    pub fn parse(raw: RawHeaders<'a>) -> Result<Self, Refusal> {
        if raw.id.len() + raw.timestamp.len() + raw.signature.len() > MAX_HEADER_BYTES {
            return Err(Refusal::HeadersTooLarge);
        }
        for (header, value) in [
            (ID, raw.id),
            (TIMESTAMP, raw.timestamp),
            (SIGNATURE, raw.signature),
        ] {
            if value.is_empty() {
                return Err(Refusal::MissingHeader { header });
            }
        }
        for (header, value) in [(ID, raw.id), (TIMESTAMP, raw.timestamp)] {
            if value.contains(',') {
                return Err(Refusal::DuplicateHeader { header });
            }
        }
        check_id(raw.id)?;
        let sent_at = parse_timestamp(raw.timestamp).ok_or(Refusal::MalformedTimestamp)?;
        if !raw.signature.bytes().all(|b| matches!(b, b' '..=b'~')) {
            return Err(Refusal::MalformedHeader {
                header: SIGNATURE,
                problem: "has characters other than visible ASCII",
            });
        }
        Ok(Self {
            id: raw.id,
            timestamp: raw.timestamp,
            sent_at,
            signatures: raw.signature,
        })
    }

    /// The identifier.
    #[must_use]
    pub const fn id(&self) -> &'a str {
        self.id
    }

    /// The timestamp as it was signed.
    #[must_use]
    pub const fn timestamp(&self) -> &'a str {
        self.timestamp
    }

    /// The timestamp as a time.
    #[must_use]
    pub const fn sent_at(&self) -> Timestamp {
        self.sent_at
    }

    /// The signatures of the version that is known, `v1`, among the first [`MAX_SIGNATURES`].
    pub fn signatures(&self) -> impl Iterator<Item = Signature> + use<'a> {
        self.signatures
            .split(' ')
            .flat_map(versioned)
            .take(MAX_SIGNATURES)
            .filter(|(version, _)| *version == "v1")
            .filter_map(|(_, signature)| decode_signature(signature))
    }
}

/// Checks what may stand in `webhook-id`, on the way in and on the way out.
///
/// # Errors
///
/// [`Refusal::MalformedHeader`]
pub fn check_id(id: &str) -> Result<(), Refusal> {
    let problem = if id.is_empty() {
        "is empty"
    } else if !id.bytes().all(|b| b.is_ascii_graphic()) {
        "has characters other than visible ASCII"
    } else if id.contains(',') {
        "has a comma inside, which separates several values"
    } else if id.contains('.') {
        // The signature covers `<id>.<timestamp>.<body>`: with a dot in the id, one signature
        // would be right for several ways to split that.
        "has a dot inside, which separates it from the timestamp in what is signed"
    } else {
        return Ok(());
    };
    Err(Refusal::MalformedHeader {
        header: ID,
        problem,
    })
}

/// Digits only, and not more than fit a `Date`: no sign, space, fraction or exponent.
fn parse_timestamp(text: &str) -> Option<Timestamp> {
    const MAX_DIGITS: usize = 12;
    let canonical = text.len() <= MAX_DIGITS
        && text.bytes().all(|b| b.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    canonical
        .then(|| text.parse().ok().map(Timestamp::from_secs))
        .flatten()
}

/// The signatures of `<version>,<base64>`, of which a comma, and not always a space after it, joins
/// several that came in headers of their own.
fn versioned(entry: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut fields = entry.strip_suffix(',').unwrap_or(entry).split(',');
    std::iter::from_fn(move || Some((fields.next()?, fields.next().unwrap_or_default())))
        .filter(|(version, _)| !version.is_empty())
}

fn decode_signature(text: &str) -> Option<Signature> {
    /// The decoder wants room for a whole number of its groups.
    const ROOM: usize = SIGNATURE_BYTES.next_multiple_of(3);
    let mut bytes = [0; ROOM];
    let length = STANDARD.decode_slice(text, &mut bytes).ok()?;
    Signature::from_bytes(bytes.get(..length)?)
}
