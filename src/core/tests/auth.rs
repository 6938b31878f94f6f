use proptest::prelude::*;

use super::credentials::{key, pair};
use crate::auth::{Auth, Policy, RefreshReason};
use crate::time::Timestamp;
use zeroize::Zeroizing;

use crate::credentials::{ApiKey, Credential, Key};
use crate::error::Error;
use crate::request::endpoint::Host;
use crate::sources::Source;
use crate::token::json::Json;
use crate::token::verify::VerifyingKey;
use crate::token::{Lifetime, Token};

const START: i64 = 1_700_000_000;

fn policy(ttl: i32, buffer: i32, tolerance: i32) -> Policy {
    let lifetime = Lifetime::new(Some(ttl.into()), Some(tolerance.into())).unwrap();
    Policy::new(lifetime, Some(buffer.into())).unwrap()
}

fn auth(policy: Policy) -> Auth {
    Auth::new(Credential::Pair(pair("ak", "sk")), Source::Options, policy)
}

fn token(auth: &Auth, secs: i64) -> String {
    auth.read(Timestamp::from_secs(secs), |issued| {
        issued.token.as_str().to_owned()
    })
    .unwrap()
}

#[test]
fn reuses_the_token_until_the_buffer_begins() {
    let auth = auth(policy(1800, 300, 5));
    let first = token(&auth, START);
    assert_eq!(token(&auth, START + 1499), first);
    let second = token(&auth, START + 1500);
    assert_ne!(second, first);
    assert_eq!(token(&auth, START + 1500), second);
}

#[test]
fn reads_the_clock_to_the_millisecond_at_the_edge() {
    let auth = auth(policy(1800, 0, 5));
    let first = token(&auth, START);
    let at = |millis| {
        auth.read(Timestamp::from_millis(millis), |issued| {
            issued.token.as_str() == first
        })
    };
    assert_eq!(at((START + 1800) * 1000 - 1), Ok(true));
    assert_eq!(at((START + 1800) * 1000), Ok(false));
}

#[test]
fn signs_anew_after_the_clock_was_set_back() {
    let auth = auth(policy(1800, 300, 5));
    let first = token(&auth, START);
    assert_ne!(token(&auth, START - 1), first);
}

#[test]
fn refresh_signs_at_once() {
    let auth = auth(policy(1800, 300, 5));
    token(&auth, START);
    let refreshed = auth
        .refresh(Timestamp::from_secs(START + 10), |issued| {
            issued.token.as_str().to_owned()
        })
        .unwrap();
    assert_eq!(token(&auth, START + 20), refreshed);
}

#[test]
fn invalidate_drops_only_the_token_that_was_seen() {
    let auth = auth(policy(1800, 300, 5));
    let first = token(&auth, START);
    auth.invalidate(Some("another")).unwrap();
    assert_eq!(token(&auth, START + 1), first);
    auth.invalidate(Some(&first)).unwrap();
    let second = token(&auth, START + 1);
    assert_ne!(second, first);
    auth.invalidate(Some(&first)).unwrap();
    assert_eq!(token(&auth, START + 2), second);
    auth.invalidate(None).unwrap();
    assert_ne!(token(&auth, START + 2), second);
}

#[test]
fn the_buffer_defaults_to_a_sixth_of_the_lifetime() {
    for (ttl, buffer) in [(1800, 300), (60, 10), (5, 0), (1, 0)] {
        let lifetime = Lifetime::new(Some(f64::from(ttl)), None).unwrap();
        let auth = auth(Policy::new(lifetime, None).unwrap());
        let refreshes_at = auth
            .read(Timestamp::from_secs(START), |issued| issued.refreshes_at)
            .unwrap();
        assert_eq!(
            refreshes_at,
            Some(Timestamp::from_secs(START + i64::from(ttl) - buffer)),
            "{ttl}"
        );
    }
}

#[test]
fn the_buffer_must_leave_a_second_of_life() {
    let lifetime = Lifetime::new(Some(60.0), None).unwrap();
    for bad in [60.0, -1.0, 0.5, f64::NAN, 1e12] {
        let error = Policy::new(lifetime, Some(bad)).unwrap_err();
        assert_eq!(
            (error.code(), error.to_string()),
            (
                "KLING_OUT_OF_RANGE",
                format!("bufferSec must be a whole number of seconds from 0 to 59, received {bad}")
            )
        );
    }
    assert!(Policy::new(lifetime, Some(59.0)).is_ok());
}

#[test]
fn everything_throws_once_disposed() {
    let auth = auth(policy(1800, 300, 5));
    token(&auth, START);
    auth.dispose();
    auth.dispose();
    let now = Timestamp::from_secs(START);
    assert_eq!(auth.read(now, |_| ()), Err(Error::Disposed));
    assert_eq!(auth.refresh(now, |_| ()), Err(Error::Disposed));
    assert_eq!(auth.invalidate(None), Err(Error::Disposed));
    assert_eq!(auth.due(now), Err(Error::Disposed));
    let credential = Credential::Pair(pair("ak", "sk"));
    assert_eq!(auth.rotate(credential.clone()), Err(Error::Disposed));
    assert_eq!(
        auth.install(credential, None, now, RefreshReason::Initial),
        Err(Error::Disposed)
    );
    let summary = auth.summary();
    assert!(summary.disposed);
    assert_eq!(
        (summary.kind, summary.access_key, summary.cached_until),
        (None, None, None)
    );
}

#[test]
fn rotation_takes_the_new_pair_for_the_next_token() {
    let auth = auth(policy(1800, 300, 5));
    let issuer = |secs| {
        let look = |issued: &crate::auth::Issued| {
            (
                crate::token::jwt::Jwt::parse(issued.token.as_str())
                    .unwrap()
                    .claims
                    .get("iss")
                    .and_then(Json::as_str)
                    .map(str::to_owned)
                    .unwrap(),
                issued.reason,
            )
        };
        auth.read(Timestamp::from_secs(secs), look).unwrap()
    };
    assert_eq!(issuer(START), ("ak".into(), RefreshReason::Initial));
    auth.rotate(Credential::Pair(pair("ak-new", "sk-new")))
        .unwrap();
    assert_eq!(issuer(START + 1), ("ak-new".into(), RefreshReason::Rotated));
    assert_eq!(auth.summary().access_key.as_deref(), Some("ak-new"));
}

#[test]
fn every_new_token_has_its_reason() {
    let auth = auth(policy(1800, 300, 5));
    let reason = |secs| {
        auth.read(Timestamp::from_secs(secs), |issued| issued.reason)
            .unwrap()
    };
    assert_eq!(reason(START), RefreshReason::Initial);
    assert_eq!(reason(START + 1500), RefreshReason::Expiring);
    assert_eq!(reason(START), RefreshReason::ClockSetBack);
    auth.invalidate(None).unwrap();
    assert_eq!(reason(START), RefreshReason::Invalidated);
    auth.refresh(Timestamp::from_secs(START), |_| ()).unwrap();
    assert_eq!(reason(START), RefreshReason::Forced);
}

#[test]
fn an_api_key_is_its_own_token() {
    let api_key = Key::new("apiKey", Zeroizing::new("api-key-kling-1".to_owned()));
    let credential = Credential::ApiKey(ApiKey::new(api_key, Host::Kling).unwrap());
    let auth = Auth::new(credential, Source::Options, policy(1800, 300, 5));
    for secs in [START, START + 1_000_000, 0] {
        let now = Timestamp::from_secs(secs);
        let look = |issued: &crate::auth::Issued| {
            assert_eq!(
                (issued.token.expires_at(), issued.refreshes_at),
                (None, None)
            );
            (issued.token.as_str().to_owned(), issued.serial)
        };
        assert_eq!(
            auth.read(now, look).unwrap(),
            ("api-key-kling-1".to_owned(), 1)
        );
        assert_eq!(
            auth.refresh(now, look).unwrap(),
            ("api-key-kling-1".to_owned(), 1)
        );
    }
}

/// Readers on every side while the pair is swapped: each token is wholly of one pair.
#[test]
fn a_swap_is_never_seen_half_done() {
    let auth = auth(policy(1800, 300, 5));
    let keys: Vec<_> = ["sk", "sk-1"]
        .map(|secret| {
            VerifyingKey::new(&Key::new("secretKey", Zeroizing::new(secret.to_owned()))).unwrap()
        })
        .into();
    let now = Timestamp::from_secs(START);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..500 {
                    let token = auth
                        .read(now, |issued| issued.token.as_str().to_owned())
                        .unwrap();
                    let claims = crate::token::jwt::Jwt::parse(&token).unwrap().claims;
                    let key = if claims.get("iss").and_then(Json::as_str) == Some("ak") {
                        &keys[0]
                    } else {
                        &keys[1]
                    };
                    assert!(crate::token::verify::verify(&token, key, now, None).is_ok());
                }
            });
        }
        for round in 0..500 {
            let (access_key, secret_key) = [("ak", "sk"), ("ak-1", "sk-1")][round % 2];
            auth.rotate(Credential::Pair(pair(access_key, secret_key)))
                .unwrap();
        }
    });
}

#[derive(Debug, Clone)]
enum Step {
    Read,
    Refresh,
    Invalidate,
    Pass(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Read),
        1 => Just(Step::Refresh),
        1 => Just(Step::Invalidate),
        4 => (-4_000_000_i64..4_000_000).prop_map(Step::Pass),
        2 => (-3_000_i64..3_000).prop_map(Step::Pass),
    ]
}

proptest! {
    /// The rules from the outside: what is handed out is good, and nothing is signed without need.
    #[test]
    fn hands_out_good_tokens_and_signs_no_more_than_needed(
        ttl in 1..=1800_i32,
        buffer_share in 0.0..1.0_f64,
        tolerance in 0..=300_i32,
        steps in prop::collection::vec(step(), 1..60),
    ) {
        #[allow(clippy::cast_possible_truncation)]
        let buffer = (f64::from(ttl - 1) * buffer_share) as i32;
        let auth = auth(policy(ttl, buffer, tolerance));
        let mut now = START * 1000;
        // What an observer knows of the last token: serial, when it was handed out first, exp.
        let mut last: Option<(u64, i64, i64)> = None;
        for step in steps {
            match step {
                Step::Pass(millis) => now += millis,
                Step::Invalidate => {
                    auth.invalidate(None).unwrap();
                    last = None;
                }
                Step::Read | Step::Refresh => {
                    let timestamp = Timestamp::from_millis(now);
                    let look = |issued: &crate::auth::Issued| {
                        let claims = crate::token::jwt::Jwt::parse(issued.token.as_str()).unwrap().claims;
                        let date = |name| claims.get(name).and_then(Json::as_i64).unwrap();
                        (issued.serial, date("exp"), date("nbf"))
                    };
                    let forced = matches!(step, Step::Refresh);
                    let (serial, exp, nbf) =
                        if forced { auth.refresh(timestamp, look) } else { auth.read(timestamp, look) }.unwrap();
                    prop_assert!(now < exp * 1000, "expired");
                    prop_assert!(nbf * 1000 <= now, "not yet valid");
                    prop_assert!(now < (exp - i64::from(buffer)) * 1000, "closer to its end than the buffer");
                    prop_assert!(exp * 1000 - now <= i64::from(ttl) * 1000, "outlives its lifetime");
                    let needed = forced || match last {
                        None => true,
                        Some((_, signed_at, exp)) =>
                            now.div_euclid(1000) >= exp - i64::from(buffer)
                            || now.div_euclid(1000) < signed_at,
                    };
                    match last {
                        Some((known, ..)) if !needed => prop_assert_eq!(serial, known, "signed without need"),
                        Some((known, ..)) => prop_assert_eq!(serial, known + 1, "signed more than once"),
                        None => {}
                    }
                    if needed {
                        last = Some((serial, now.div_euclid(1000), exp));
                    }
                }
            }
        }
    }
}

#[test]
fn renewal_replaces_only_the_token_that_was_seen() {
    let auth = auth(policy(1800, 300, 5));
    let first = token(&auth, START);
    let renew = |secs, seen: &str| {
        let look = |issued: &crate::auth::Issued| issued.token.as_str().to_owned();
        auth.renew(Timestamp::from_secs(secs), seen, look).unwrap()
    };
    assert_eq!(renew(START + 1, "another"), first);
    let second = renew(START + 1, &first);
    assert_ne!(second, first);
    assert_eq!(renew(START + 2, &first), second);
}

#[test]
fn knows_every_token_of_pairs_that_were_replaced() {
    let credential =
        |access_key: &str, secret_key: &str| Credential::Pair(pair(access_key, secret_key));
    let auth = auth(policy(1800, 300, 5));
    let tokens: Vec<_> = [START, START + 2000, START + 4000]
        .into_iter()
        .map(|secs| token(&auth, secs))
        .collect();
    auth.rotate(credential("second", "sk2")).unwrap();
    let of_second = token(&auth, START + 4001);
    // The same pair once more replaces nothing.
    auth.rotate(credential("second", "sk2")).unwrap();
    let forged = Token::sign(
        &pair("second", "another"),
        Lifetime::new(None, None).unwrap(),
        Timestamp::from_secs(START),
        None,
    );
    assert!(!auth.has_issued(forged.as_str()));
    auth.rotate(Credential::ApiKey(
        ApiKey::new(key("apiKey", "api-key-kling-third"), Host::Kling).unwrap(),
    ))
    .unwrap();
    for token in tokens.iter().chain([&of_second]) {
        assert!(auth.has_issued(token));
    }
    auth.rotate(credential("fourth", "sk4")).unwrap();
    assert!(auth.has_issued("api-key-kling-third"));
    for strangers in ["api-key-kling-other", "second", "a.b.c", ""] {
        assert!(!auth.has_issued(strangers), "{strangers}");
    }
    let strangers = Token::sign(
        &pair("stranger", "sk1"),
        Lifetime::new(None, None).unwrap(),
        Timestamp::from_secs(START),
        None,
    );
    assert!(!auth.has_issued(strangers.as_str()));
    auth.dispose();
    assert!(!auth.has_issued(&of_second));
}
