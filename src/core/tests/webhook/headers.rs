use proptest::prelude::*;

use super::{ID, SIGNATURE, TIMESTAMP};
use crate::error::Error;
use crate::time::Timestamp;
use crate::webhook::headers::{Headers, MAX_HEADER_BYTES, MAX_SIGNATURES, RawHeaders};

fn parse<'a>(id: &'a str, timestamp: &'a str, signature: &'a str) -> Result<Headers<'a>, Error> {
    Ok(Headers::parse(RawHeaders {
        id,
        timestamp,
        signature,
    })?)
}

#[test]
fn reads_what_kling_sends() {
    let headers = parse(ID, TIMESTAMP, SIGNATURE).unwrap();
    assert_eq!(headers.id(), ID);
    assert_eq!(headers.timestamp(), TIMESTAMP);
    assert_eq!(headers.sent_at(), Timestamp::from_secs(1_614_265_330));
    assert_eq!(headers.signatures().count(), 1);
}

#[test]
fn says_what_is_wrong() {
    let long = "x".repeat(MAX_HEADER_BYTES);
    let missing = "is missing: the request is not from Kling, or no webhook secret has been created in its console";
    let no_seconds = "webhook-timestamp is not a whole number of seconds since the epoch";
    let table = [
        (
            ("", TIMESTAMP, SIGNATURE),
            "MISSING_HEADER",
            format!("webhook-id {missing}"),
        ),
        (
            (ID, "", SIGNATURE),
            "MISSING_HEADER",
            format!("webhook-timestamp {missing}"),
        ),
        (
            (ID, TIMESTAMP, ""),
            "MISSING_HEADER",
            format!("webhook-signature {missing}"),
        ),
        (
            ("a, a", TIMESTAMP, SIGNATURE),
            "DUPLICATE_HEADER",
            "webhook-id has more than one value".into(),
        ),
        (
            ("a,b", TIMESTAMP, SIGNATURE),
            "DUPLICATE_HEADER",
            "webhook-id has more than one value".into(),
        ),
        (
            (ID, "1, 1", SIGNATURE),
            "DUPLICATE_HEADER",
            "webhook-timestamp has more than one value".into(),
        ),
        (
            ("a b", TIMESTAMP, SIGNATURE),
            "MALFORMED_HEADER",
            "webhook-id has characters other than visible ASCII".into(),
        ),
        (
            ("a\r\nb", TIMESTAMP, SIGNATURE),
            "MALFORMED_HEADER",
            "webhook-id has characters other than visible ASCII".into(),
        ),
        (
            ("ключ", TIMESTAMP, SIGNATURE),
            "MALFORMED_HEADER",
            "webhook-id has characters other than visible ASCII".into(),
        ),
        (
            ("a.b", TIMESTAMP, SIGNATURE),
            "MALFORMED_HEADER",
            "webhook-id has a dot inside, which separates it from the timestamp in what is signed"
                .into(),
        ),
        (
            (ID, TIMESTAMP, "v1,a\tb"),
            "MALFORMED_HEADER",
            "webhook-signature has characters other than visible ASCII".into(),
        ),
        (
            (ID, TIMESTAMP, "v1,é"),
            "MALFORMED_HEADER",
            "webhook-signature has characters other than visible ASCII".into(),
        ),
        (
            (ID, TIMESTAMP, &long),
            "MALFORMED_HEADER",
            "the webhook headers are larger than 65536 bytes".into(),
        ),
        (
            (&long, TIMESTAMP, SIGNATURE),
            "MALFORMED_HEADER",
            "the webhook headers are larger than 65536 bytes".into(),
        ),
        (
            (ID, "x", SIGNATURE),
            "MALFORMED_TIMESTAMP",
            no_seconds.into(),
        ),
    ];
    for ((id, timestamp, signature), code, message) in table {
        let error = parse(id, timestamp, signature).unwrap_err();
        assert_eq!(error.code(), format!("KLING_WEBHOOK_{code}"), "{message}");
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn takes_whole_seconds_only() {
    for bad in [
        "+1614265330",
        "-1614265330",
        " 1614265330",
        "1614265330 ",
        "1614265330.0",
        "1e9",
        "0x60",
        "01614265330",
        "1614265330\n",
        "1_614_265_330",
        "١٦١٤٢٦٥٣٣٠",
        "NaN",
        "9999999999999",
        "18446744073709551616",
    ] {
        assert_eq!(
            parse(ID, bad, SIGNATURE).unwrap_err().code(),
            "KLING_WEBHOOK_MALFORMED_TIMESTAMP",
            "{bad:?}"
        );
    }
    for good in ["0", "1", "999999999999"] {
        assert!(parse(ID, good, SIGNATURE).is_ok(), "{good}");
    }
}

#[test]
fn takes_signatures_of_version_1_only() {
    let base64 = &SIGNATURE[3..];
    let table = [
        (format!("v1,{base64} v1,{base64}"), 2),
        (format!("v1,{base64}, v1,{base64}"), 2), // two headers, joined
        (format!("v1,{base64},v1,{base64}"), 2),  // the same, by Amazon API Gateway
        (format!("  v1,{base64}   v1,{base64} "), 2),
        (format!("v1a,{base64} v1,{base64} v2,{base64}"), 1),
        (format!("V1,{base64}"), 0),
        (format!("v1{base64}"), 0),
        (format!("v1,,{base64}"), 0),
        (format!("v1,{base64}x"), 0),
        (format!("v1,{}", base64.trim_end_matches('=')), 0),
        (format!("v1,{}F=", &base64[..42]), 0), // bits beyond the last byte
        ("v1,".to_owned(), 0),
        ("v1,AAAA".to_owned(), 0),
        (",".to_owned(), 0),
        (" ".to_owned(), 0),
    ];
    for (signatures, count) in table {
        assert_eq!(
            parse(ID, TIMESTAMP, &signatures)
                .unwrap()
                .signatures()
                .count(),
            count,
            "{signatures}"
        );
    }
}

#[test]
fn looks_at_sixteen_signatures() {
    let repeat = |entry: &str, count| vec![entry; count].join(" ");
    let all = repeat(SIGNATURE, 20);
    let last = format!("{} {SIGNATURE}", repeat("v9,x", MAX_SIGNATURES));
    let just = format!("{} {SIGNATURE}", repeat("v9,x", MAX_SIGNATURES - 1));
    for (signatures, count) in [(all, MAX_SIGNATURES), (last, 0), (just, 1)] {
        let headers = parse(ID, TIMESTAMP, &signatures).unwrap();
        assert_eq!(headers.signatures().count(), count);
    }
}

proptest! {
    #[test]
    fn survives_any_text(id in ".*", timestamp in ".*", signature in ".*") {
        if let Ok(headers) = parse(&id, &timestamp, &signature) {
            prop_assert!(headers.signatures().count() <= MAX_SIGNATURES);
        }
    }

    #[test]
    fn accepts_every_well_formed_id_and_second(
        id in "[!-+\\-/-~&&[^.]]{1,60}",
        seconds in 0_i64..1_000_000_000_000,
    ) {
        let timestamp = seconds.to_string();
        let headers = parse(&id, &timestamp, SIGNATURE).unwrap();
        prop_assert_eq!(headers.id(), id.as_str());
        prop_assert_eq!(headers.sent_at(), Timestamp::from_secs(seconds));
    }

    /// No two accepted pairs of id and timestamp lead to the same signed text.
    #[test]
    fn splits_signed_text_in_one_way_only(text in "[a1.]{0,10}", first in 0_usize..10, second in 0_usize..10) {
        let splits = [first, second].map(|at| {
            let (id, rest) = text.split_at_checked(at)?;
            let (timestamp, body) = rest.strip_prefix('.')?.split_once('.')?;
            parse(id, timestamp, SIGNATURE).ok()?;
            Some((id, timestamp, body))
        });
        if let [Some(a), Some(b)] = splits {
            prop_assert_eq!(a, b);
        }
    }

    #[test]
    fn finds_the_signature_wherever_it_stands(
        before in proptest::collection::vec("[!-+\\--~]{1,20}", 0..MAX_SIGNATURES),
        after in proptest::collection::vec("[!-~]{1,20}", 0..40),
        comma in any::<bool>(),
    ) {
        let comma = if comma { "," } else { "" };
        let list = format!("{} {SIGNATURE}{comma} {}", before.join(" "), after.join(" "));
        prop_assert_eq!(parse(ID, TIMESTAMP, &list).unwrap().signatures().count(), 1);
    }
}
