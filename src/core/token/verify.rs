//! Whether a token is genuine and valid now, by the rules that Kling's contract states.

use crate::credentials::{Key, Slot};
use crate::error::Error;
use crate::time::Timestamp;
use crate::token::json::{Json, Members};
use crate::token::jwt::Jwt;
use crate::token::{self, MAX_TTL_SEC, SAMPLE_TOLERANCE_SEC};

/// Why a token is refused, in the order in which it is examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenRefusal {
    /// Not a JWT, or a claim is absent or of the wrong type.
    Malformed,
    /// Signed by anything but HS256, `none` included.
    Algorithm,
    /// Signed with another key, or changed since.
    Signature,
    /// `exp` has come.
    Expired,
    /// `nbf` lies ahead.
    NotYetValid,
    /// `iss` is not the access key asked for.
    Issuer,
    /// `exp` lies further ahead than the 1800 s of Kling's samples, and the seconds that the
    /// signer's clock may be ahead.
    Lifetime,
}

impl TokenRefusal {
    /// The name that users see.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Algorithm => "algorithm",
            Self::Signature => "signature",
            Self::Expired => "expired",
            Self::NotYetValid => "not-yet-valid",
            Self::Issuer => "issuer",
            Self::Lifetime => "lifetime",
        }
    }
}

/// The secret key that tokens are checked with; wiped on drop.
pub struct VerifyingKey(token::VerifyingKey);

impl VerifyingKey {
    /// # Errors
    ///
    /// [`Error::InvalidCredentials`] if it cannot be a secret key.
    pub fn new(secret_key: &Key) -> Result<Self, Error> {
        secret_key.check(Slot::SecretKey)?;
        Ok(Self(token::VerifyingKey::new(
            secret_key.value().as_bytes(),
        )))
    }
}

/// Verifies `token` at the moment `now` and returns its claims as JSON text.
///
/// With `access_key`, the token must also be that key's.
///
/// # Errors
///
/// The first [`TokenRefusal`] that applies.
pub fn verify(
    token: &str,
    key: &VerifyingKey,
    now: Timestamp,
    access_key: Option<&str>,
) -> Result<String, TokenRefusal> {
    let jwt = Jwt::parse(token).map_err(|_| TokenRefusal::Malformed)?;
    let Some(algorithm) = jwt.header.get("alg").and_then(Json::as_str) else {
        return Err(TokenRefusal::Malformed);
    };
    // RFC 7515 section 4.1.11: an extension that is marked critical and not understood is fatal.
    if jwt.header.get("crit").is_some() {
        return Err(TokenRefusal::Malformed);
    }
    if algorithm != "HS256" {
        return Err(TokenRefusal::Algorithm);
    }
    let claims = Claims::read(&jwt.claims).ok_or(TokenRefusal::Malformed)?;
    if !key.0.verify(jwt.signing_input.as_bytes(), jwt.signature) {
        return Err(TokenRefusal::Signature);
    }
    claims.check(now, access_key)?;
    Ok(jwt.claims_json)
}

/// The claims that are checked. Seconds may have a fraction (RFC 7519 section 2, NumericDate).
struct Claims<'a> {
    iss: &'a str,
    exp: f64,
    nbf: Option<f64>,
}

impl<'a> Claims<'a> {
    fn read(claims: &'a Members) -> Option<Self> {
        let nbf = match claims.get("nbf") {
            None => None,
            Some(nbf) => Some(nbf.as_f64()?),
        };
        Some(Self {
            iss: claims.get("iss")?.as_str()?,
            exp: claims.get("exp")?.as_f64()?,
            nbf,
        })
    }

    fn check(&self, now: Timestamp, access_key: Option<&str>) -> Result<(), TokenRefusal> {
        #[allow(
            clippy::cast_precision_loss,
            reason = "exact for every date that JavaScript can hold"
        )]
        let now = now.millis() as f64 / 1000.0;
        // A genuine signer whose clock is ahead by what its `nbf` is dated back for dates its `exp`
        // ahead by as much, with or without an `nbf`.
        #[allow(clippy::cast_precision_loss, reason = "1805")]
        let max_ttl = (MAX_TTL_SEC + SAMPLE_TOLERANCE_SEC) as f64;
        if now >= self.exp {
            Err(TokenRefusal::Expired)
        } else if self.nbf.is_some_and(|nbf| now < nbf) {
            Err(TokenRefusal::NotYetValid)
        } else if access_key.is_some_and(|access_key| access_key != self.iss) {
            Err(TokenRefusal::Issuer)
        } else if self.exp - now > max_ttl {
            Err(TokenRefusal::Lifetime)
        } else {
            Ok(())
        }
    }
}
