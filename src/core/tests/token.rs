use zeroize::Zeroizing;

use super::credentials::pair;
use crate::error::Error;
use crate::time::Timestamp;
use crate::token::{Lifetime, Token};

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

/// Made by PyJWT 2.15.1: `jwt.encode({"iss": "ak_test", "exp": 1700001800, "nbf": 1699999995},
/// "sk_test_secret", algorithm="HS256", headers={"alg": "HS256", "typ": "JWT"})`.
const GOLDEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJha190ZXN0IiwiZXhwIjoxNzAwMDAxODAwLCJuYmYiOjE2OTk5OTk5OTV9.dI6a8uIvcQIUo6UqvcdmljUnFKGRKR1OwZ7-B-nP7dA";

#[test]
fn is_byte_for_byte_what_pyjwt_makes() {
    let token = Token::sign(
        &pair("ak_test", "sk_test_secret"),
        Lifetime::default(),
        NOW,
        None,
    );
    assert_eq!(token.as_str(), GOLDEN);
}

#[test]
fn carries_its_dates() {
    let lifetime = Lifetime::new(Some(60.0), Some(0.0)).unwrap();
    let token = Token::sign(
        &pair("ak", "sk"),
        lifetime,
        Timestamp::from_millis(1_700_000_000_999),
        None,
    );
    assert_eq!(token.issued_at(), NOW);
    assert_eq!(
        token.expires_at(),
        Some(Timestamp::from_secs(1_700_000_060))
    );
}

#[test]
fn escapes_odd_access_keys_as_json() {
    for access_key in ["a\"b\\c", "ключ", "🔑 key", "a/<b>\u{2028}&"] {
        let token = Token::sign(&pair(access_key, "sk"), Lifetime::default(), NOW, None);
        let jwt = crate::token::jwt::Jwt::parse(token.as_str()).unwrap();
        let claims: serde_json::Map<_, _> = serde_json::from_str(&jwt.claims_json).unwrap();
        assert_eq!(claims["iss"], access_key);
        assert_eq!(claims.len(), 3);
    }
}

#[test]
fn refuses_lifetimes_out_of_range() {
    for bad in [
        0.0,
        -1.0,
        1801.0,
        1.5,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1e12,
        -0.5,
    ] {
        let error = Lifetime::new(Some(bad), None).unwrap_err();
        assert_eq!(error.code(), "KLING_OUT_OF_RANGE", "{bad}");
        assert_eq!(
            error.to_string(),
            format!(
                "ttlSec must be a whole number of seconds from 1 to 1800, received {}",
                crate::error::Number(bad)
            )
        );
    }
    for bad in [-1.0, 301.0, 0.1, f64::NAN] {
        let error = Lifetime::new(None, Some(bad)).unwrap_err();
        assert!(
            matches!(&error, Error::OutOfRange { argument, .. } if argument == "clockToleranceSec"),
            "{bad}"
        );
    }
    assert!(Lifetime::new(Some(1.0), Some(300.0)).is_ok());
    assert!(Lifetime::new(Some(1800.0), Some(0.0)).is_ok());
}

#[test]
fn does_not_show_itself_in_debug_output() {
    let token = Token::sign(&pair("ak", "sk"), Lifetime::default(), NOW, None);
    let debug = format!("{token:?}");
    assert!(debug.contains("1700001800"));
    assert!(!debug.contains("eyJ"));
    let secret = Zeroizing::new("sk-recognisable".to_owned());
    let pair = pair("ak", &secret);
    assert!(!format!("{pair:?}").contains("recognisable"));
}
