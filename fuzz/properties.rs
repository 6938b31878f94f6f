//! What holds for any input: run by the fuzzer on inputs of its own, and by `cargo test` on those
//! that it found worth keeping.

#![allow(dead_code, reason = "each fuzz target uses one of them")]

use serde_json::Value;

use kling_auth_core::credentials::CredentialKind;
use kling_auth_core::credentials::Key;
use kling_auth_core::reply::caller::Caller;
use kling_auth_core::reply::envelope::{BODY_LIMIT, Envelope};
use kling_auth_core::reply::{Reply, explain};
use kling_auth_core::request::skew::Dates;
use kling_auth_core::time::Timestamp;
use kling_auth_core::token::json::Json;
use kling_auth_core::token::jwt::Jwt;
use kling_auth_core::token::verify::{VerifyingKey, verify};
use kling_auth_core::webhook::Webhook;
use kling_auth_core::webhook::headers::{Headers, MAX_SIGNATURES, RawHeaders};
use kling_auth_core::webhook::refusal::Refusal;
use kling_auth_core::webhook::secret::Secret;

const NOW: Timestamp = Timestamp::from_secs(1_789_905_600);

/// `input`: a line with the status, one with `Retry-After`, one with `Date`, one with the URL's
/// path, and the body.
pub fn reply(input: &[u8]) {
    let mut lines = input.splitn(5, |byte| *byte == b'\n');
    let mut line = || std::str::from_utf8(lines.next().unwrap_or_default()).unwrap_or_default();
    let status = line().parse().unwrap_or(200);
    let (retry_after, date, path) = (line(), line(), line());
    let body = lines.next().unwrap_or_default();

    let reply = Reply {
        status,
        body,
        retry_after: Some(retry_after),
        date: Some(date),
    };
    for credential in [
        None,
        Some(CredentialKind::Jwt),
        Some(CredentialKind::ApiKey),
    ] {
        let caller = Caller {
            credential,
            host: Some("api.klingai.com"),
            path: Some(path),
            ..Caller::default()
        };
        let explanation = explain(&reply, &caller, NOW);
        assert_eq!(explanation.ok, explanation.hint.is_none());
        assert_eq!(explanation.ok, explanation.kind.as_str() == "ok");
        assert!(!explanation.retryable || explanation.kind.passes());
        assert!(
            explanation
                .retry_after_sec
                .is_none_or(|sec| (0..=86_400).contains(&sec))
        );
        for text in [&explanation.message, &explanation.request_id]
            .into_iter()
            .flatten()
        {
            assert!(text.chars().count() <= 500);
            assert!(!text.contains(char::is_control));
        }
    }
    if body.len() <= BODY_LIMIT {
        agrees_with_a_full_parse(body);
    }
}

/// What serde_json reads in full, the envelope reads the same.
fn agrees_with_a_full_parse(body: &[u8]) {
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return;
    };
    let code = |value: Option<&Value>| match value {
        Some(Value::Number(number)) => number.as_i64().or_else(|| {
            let whole = number.as_f64().filter(|number| number.fract() == 0.0)?;
            #[allow(clippy::cast_possible_truncation, reason = "in range")]
            (whole.abs() < 2_147_483_648.0).then_some(whole as i64)
        }),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let envelope = Envelope::parse(body);
    assert!(envelope.complete);
    let outer = code(members.get("code"));
    let is_failure = !matches!(outer, None | Some(0));
    if is_failure || !members.contains_key("data") {
        assert_eq!(envelope.code, outer);
    }
}

/// What the rules read of a JSON text against all that there is in it.
fn is_same(value: &Value, read: &Json) -> bool {
    let scalars = (value.as_str(), value.as_i64(), value.as_f64());
    scalars == (read.as_str(), read.as_i64(), read.as_f64())
        && value.as_object().is_none_or(|members| {
            members
                .iter()
                .all(|(name, value)| read.get(name).is_some_and(|read| is_same(value, read)))
        })
}

/// `input`: a token.
pub fn token(input: &[u8]) {
    let Ok(token) = std::str::from_utf8(input) else {
        return;
    };
    if let Ok(jwt) = Jwt::parse(token) {
        assert_eq!(format!("{}.{}", jwt.signing_input, jwt.signature), token);
        for (json, members) in [
            (&jwt.header_json, jwt.header),
            (&jwt.claims_json, jwt.claims),
        ] {
            let value: Value = serde_json::from_str(json).unwrap();
            assert!(is_same(&value, &Json::Object(members)), "{json}");
        }
    }
    let _ = Dates::of(token);
    // Nobody but the holder of the key makes a token that passes.
    let key = Key::new("secretKey", "0123456789abcdef".to_owned().into());
    let key = VerifyingKey::new(&key).unwrap();
    assert!(verify(token, &key, NOW, None).is_err());
}

/// `input`: a line with `webhook-id`, one with `webhook-timestamp`, one with `webhook-signature`,
/// and the body.
pub fn webhook(input: &[u8]) {
    let mut lines = input.splitn(4, |byte| *byte == b'\n');
    let mut line = || std::str::from_utf8(lines.next().unwrap_or_default()).unwrap_or_default();
    let raw = RawHeaders {
        id: line(),
        timestamp: line(),
        signature: line(),
    };
    let body = lines.next().unwrap_or_default();

    let secret = Key::new("secret", "whsec_AAECAwQFBgcICQoLDA0ODw==".to_owned().into());
    let webhook = Webhook::new(vec![Secret::new(&secret).unwrap()], None).unwrap();
    // Nobody but the holder of the secret makes a delivery that passes.
    assert!(webhook.verify(raw, body, NOW).is_err());

    let Ok(headers) = Headers::parse(raw) else {
        return;
    };
    assert!(headers.signatures().count() <= MAX_SIGNATURES);
    assert_eq!(headers.sent_at().secs().to_string(), raw.timestamp);
    // What is well-formed can be signed, passes with the genuine signature before whatever else is
    // there, and with none of its bytes changed.
    let genuine = webhook.sign(raw.id, headers.sent_at(), body).unwrap();
    let signature = format!("{genuine} {}", raw.signature);
    let signed = RawHeaders {
        signature: &signature,
        ..raw
    };
    let now = headers.sent_at();
    match webhook.verify(signed, body, now) {
        Ok(()) | Err(Refusal::HeadersTooLarge) => (),
        Err(refusal) => panic!("{refusal}"),
    }
    let changed = [body, b"x"].concat();
    assert!(webhook.verify(signed, &changed, now).is_err());
}
