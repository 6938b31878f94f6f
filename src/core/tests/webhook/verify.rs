use proptest::prelude::*;

use super::{BODY, ID, NOW, OTHER, SECRET, SIGNATURE, TIMESTAMP, key, webhook};
use crate::time::Timestamp;
use crate::webhook::Webhook;
use crate::webhook::headers::RawHeaders;
use crate::webhook::refusal::Refusal;
use crate::webhook::secret::Secret;

const GENUINE: RawHeaders<'_> = RawHeaders {
    id: ID,
    timestamp: TIMESTAMP,
    signature: SIGNATURE,
};

#[test]
fn makes_and_accepts_the_signature_of_the_reference_implementations() {
    let webhook = webhook(&[SECRET]);
    assert_eq!(webhook.sign(ID, NOW, BODY).unwrap(), SIGNATURE);
    assert_eq!(webhook.verify(GENUINE, BODY, NOW), Ok(()));
}

/// The example that Kling publishes with its samples.
#[test]
fn makes_and_accepts_the_signature_that_kling_publishes() {
    const BODY: &[u8] = br#"{"id":"1234567890","status":"succeeded","message":"","create_time":1781080778802,"update_time":1781080794151}"#;
    let published = RawHeaders {
        id: "9876543210",
        timestamp: "1781080794",
        signature: "v1,UsKlJP00XoQyOn410NM9xv34sP+Gl0jnOO9Lcpr7NJ4=",
    };
    let webhook = webhook(&["whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI="]);
    let sent = Timestamp::from_secs(1_781_080_794);
    assert_eq!(
        webhook.sign(published.id, sent, BODY).unwrap(),
        published.signature
    );
    assert_eq!(webhook.verify(published, BODY, sent), Ok(()));
}

#[test]
fn changing_any_byte_breaks_it() {
    let webhook = webhook(&[SECRET]);
    for i in 0..BODY.len() {
        let mut body = BODY.to_vec();
        body[i] ^= 1;
        assert_eq!(
            webhook.verify(GENUINE, &body, NOW),
            Err(Refusal::NoMatchingSignature)
        );
    }
    for i in "v1,".len()..SIGNATURE.len() {
        let mut signature = SIGNATURE.as_bytes().to_vec();
        signature[i] = if signature[i] == b'A' { b'B' } else { b'A' };
        let signature = String::from_utf8(signature).unwrap();
        let raw = RawHeaders {
            signature: &signature,
            ..GENUINE
        };
        assert_eq!(
            webhook.verify(raw, BODY, NOW),
            Err(Refusal::NoMatchingSignature)
        );
    }
}

#[test]
fn accepts_either_secret_of_a_rotation() {
    let (old, new) = (webhook(&[SECRET]), webhook(&[OTHER]));
    let both = webhook(&[SECRET, OTHER]);
    let signed = |webhook: &Webhook| webhook.sign(ID, NOW, BODY).unwrap();
    let (by_old, by_new, by_both) = (signed(&old), signed(&new), signed(&both));
    assert_eq!(by_both, format!("{by_old} {by_new}"));
    let verdict = |webhook: &Webhook, signature: &str| {
        let raw = RawHeaders {
            signature,
            ..GENUINE
        };
        webhook.verify(raw, BODY, NOW).is_ok()
    };
    for (webhook, accepted) in [
        (&old, [true, false, true]),
        (&new, [false, true, true]),
        (&both, [true, true, true]),
    ] {
        let signatures = [&by_old, &by_new, &by_both];
        assert_eq!(
            signatures.map(|signature| verdict(webhook, signature)),
            accepted
        );
    }
}

#[test]
fn is_exact_about_the_tolerance() {
    let webhook = |tolerance| {
        let secret = Secret::new(&key(SECRET)).unwrap();
        Webhook::new(vec![secret], tolerance).unwrap()
    };
    let sent = NOW.millis();
    let at =
        |webhook: &Webhook, millis| webhook.verify(GENUINE, BODY, Timestamp::from_millis(millis));
    for (tolerance, seconds) in [(None, 300), (Some(1.0), 1), (Some(86_400.0), 86_400)] {
        let webhook = webhook(tolerance);
        assert_eq!(at(&webhook, sent + seconds * 1000), Ok(()));
        assert_eq!(at(&webhook, sent - seconds * 1000), Ok(()));
        assert_eq!(
            at(&webhook, sent + seconds * 1000 + 1),
            Err(Refusal::TooOld {
                age_sec: seconds + 1,
                tolerance_sec: seconds
            })
        );
        assert_eq!(
            at(&webhook, sent - seconds * 1000 - 1),
            Err(Refusal::TooFarAhead {
                ahead_sec: seconds + 1,
                tolerance_sec: seconds
            })
        );
        let expires_at = webhook.expires_at(NOW);
        assert_eq!(expires_at, Timestamp::from_millis(sent + seconds * 1000));
    }
}

#[test]
fn says_how_far_the_clocks_are_apart() {
    let webhook = webhook(&[SECRET]);
    let at = |secs| {
        webhook
            .verify(GENUINE, BODY, Timestamp::from_secs(secs))
            .unwrap_err()
    };
    let (old, ahead) = (at(NOW.secs() + 400), at(NOW.secs() - 400));
    assert_eq!(old.code(), "KLING_WEBHOOK_TOO_OLD");
    assert_eq!(
        old.to_string(),
        "webhook-timestamp is 400 s old, of which 300 are tolerated: an old delivery sent again, or this machine's clock is ahead"
    );
    assert_eq!(ahead.code(), "KLING_WEBHOOK_TOO_FAR_AHEAD");
    assert_eq!(
        ahead.to_string(),
        "webhook-timestamp lies 400 s ahead, of which 300 are tolerated: this machine's clock is behind, or the sender's is ahead"
    );
}

#[test]
fn refuses_tolerances_out_of_range() {
    for bad in [0.0, -1.0, 0.5, 86_401.0, f64::NAN, f64::INFINITY] {
        let error = Webhook::new(vec![], Some(bad)).unwrap_err();
        assert_eq!(error.code(), "KLING_OUT_OF_RANGE");
        assert_eq!(
            error.to_string(),
            format!(
                "toleranceSec must be a whole number of seconds from 1 to 86400, received {}",
                crate::error::Number(bad)
            )
        );
    }
}

#[test]
fn signs_no_id_that_it_would_refuse() {
    let webhook = webhook(&[SECRET]);
    for (id, problem) in [
        ("", "is empty"),
        ("a b", "has characters other than visible ASCII"),
        ("a\nb", "has characters other than visible ASCII"),
        ("a,b", "has a comma inside, which separates several values"),
        (
            "a.b",
            "has a dot inside, which separates it from the timestamp in what is signed",
        ),
    ] {
        let refusal = webhook.sign(id, NOW, b"").unwrap_err();
        assert_eq!(refusal.code(), "KLING_WEBHOOK_MALFORMED_HEADER");
        assert_eq!(refusal.to_string(), format!("webhook-id {problem}"));
    }
}

#[test]
fn accepts_nothing_without_a_secret() {
    let webhook = Webhook::new(vec![], None).unwrap();
    assert_eq!(
        webhook.verify(GENUINE, BODY, NOW),
        Err(Refusal::NoMatchingSignature)
    );
}

proptest! {
    #[test]
    fn accepts_what_it_signs(
        id in "[A-Za-z0-9_-]{1,40}",
        body in proptest::collection::vec(any::<u8>(), 0..300),
        seconds in 0_i64..1_000_000_000_000,
        skew in -300_i64..=300,
    ) {
        let webhook = webhook(&[OTHER, SECRET]);
        let sent_at = Timestamp::from_secs(seconds);
        let signature = webhook.sign(&id, sent_at, &body).unwrap();
        let timestamp = seconds.to_string();
        let raw = RawHeaders { id: &id, timestamp: &timestamp, signature: &signature };
        let now = Timestamp::from_secs(seconds + skew);
        prop_assert_eq!(webhook.verify(raw, &body, now), Ok(()));
    }

    #[test]
    fn accepts_nothing_that_it_did_not_sign(id in ".*", timestamp in "1614265[0-9]{3}", signature in "(v1,[A-Za-z0-9+/]{43}= ?){0,3}") {
        let raw = RawHeaders { id: &id, timestamp: &timestamp, signature: &signature };
        prop_assert!(webhook(&[SECRET]).verify(raw, BODY, NOW).is_err());
    }
}
