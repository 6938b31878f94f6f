use proptest::prelude::*;

use super::credentials::{key, try_pair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::credentials::{ApiKey, Key, KeyPair, Slot};
use crate::describe::describe;
use crate::request::endpoint::Host;
use crate::shape::{API_KEY_LENGTH, Oddity, Shape, damage, oddities};
use crate::token::verify::VerifyingKey;
use crate::webhook::secret::Secret;

const K: &str = "api-key-kling-Ab3_dEf6hIj9-LmN2pQr5tUv8xYz1BcD4fGh7jKl0nO";
const AK: &str = "A0b1C2d3E4f5G6h7I8j9K0l1M2n3O4p5";
const SK: &str = "q5P4o3N2m1L0k9J8i7H6g5F4e3D2c1B0";
const JWT: &str = "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJhayJ9.c2ln";
const WHSEC: &str = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI=";

/// What `value` is refused with as `slot`; nothing where it is taken.
fn refusal(slot: Slot, value: &str) -> Option<String> {
    let outcome = match slot {
        Slot::AccessKey => try_pair(value, SK).map(drop),
        Slot::SecretKey => try_pair(AK, value).map(drop),
        Slot::ApiKey(host) => ApiKey::new(key("apiKey", value), host).map(drop),
        Slot::WebhookSecret => Secret::new(&key("secret", value)).map(drop),
    };
    outcome.err().map(|error| {
        assert_eq!(error.code(), "KLING_INVALID_CREDENTIALS", "{value}");
        error.to_string()
    })
}

const KLINGS: Slot = Slot::ApiKey(Host::Kling);
const GATEWAYS: Slot = Slot::ApiKey(Host::Other);
const SLOTS: [Slot; 5] = [
    Slot::AccessKey,
    Slot::SecretKey,
    KLINGS,
    GATEWAYS,
    Slot::WebhookSecret,
];

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn says_what_a_key_is_and_where_it_belongs() {
    let pair = format!("{AK}|{SK}");
    let table: [(&[Slot], &str, &str); 20] = [
        (
            &[Slot::AccessKey, Slot::SecretKey],
            K,
            "looks like an API Key: set KLING_API_KEY, or pass apiKey",
        ),
        (
            &[Slot::AccessKey, Slot::SecretKey],
            JWT,
            "looks like a JWT, which is a token and not a key: pass the access key and the secret key it was signed with",
        ),
        (
            &[KLINGS],
            JWT,
            "looks like a JWT: pass the access key and the secret key it was signed with",
        ),
        (
            &[Slot::AccessKey, Slot::SecretKey, KLINGS],
            &pair,
            "looks like an access key and a secret key in one: pass them as accessKey and secretKey",
        ),
        (
            &[Slot::AccessKey, KLINGS],
            "ak_0123 sk_0123",
            "looks like an access key and a secret key in one: pass them as accessKey and secretKey",
        ),
        (
            &[Slot::AccessKey, Slot::SecretKey, KLINGS],
            WHSEC,
            "looks like a webhook secret, which callbacks are verified with: pass it to KlingWebhook, or set KLING_WEBHOOK_SECRET",
        ),
        (
            &[KLINGS],
            AK,
            "looks like an access key: pass it as accessKey, with its secretKey",
        ),
        (
            &[KLINGS],
            "ak_0123",
            "looks like an access key: pass it as accessKey, with its secretKey",
        ),
        (
            &[KLINGS],
            "sk_0123",
            "looks like a secret key: pass it as secretKey, with its accessKey",
        ),
        (
            &[Slot::WebhookSecret],
            K,
            "looks like an API Key: the secret that callbacks are signed with begins with whsec_",
        ),
        (
            &[Slot::WebhookSecret],
            JWT,
            "looks like a JWT: the secret that callbacks are signed with begins with whsec_",
        ),
        (
            &[Slot::WebhookSecret],
            "sk_0123",
            "looks like a secret key: the secret that callbacks are signed with begins with whsec_",
        ),
        (
            &SLOTS,
            "Bearer recognisable",
            "begins with \"Bearer \": leave it out, it is added",
        ),
        (
            &SLOTS,
            "Authorization: bearer recognisable",
            "begins with \"Bearer \": leave it out, it is added",
        ),
        (
            &SLOTS,
            "https://api-singapore.klingai.com",
            "is an address, not the key that stands there: read the key first, and give a base URL as baseUrl",
        ),
        (
            &SLOTS,
            "op://vault/kling/key",
            "is an address, not the key that stands there: read the key first, and give a base URL as baseUrl",
        ),
        (
            &SLOTS,
            "arn:aws:secretsmanager:eu-west-1:1:secret:kling",
            "is an address, not the key that stands there: read the key first, and give a base URL as baseUrl",
        ),
        (
            &SLOTS,
            "{\"accessKey\":\"a\",\"secretKey\":\"b\"}",
            "is JSON: take the key out of it",
        ),
        (&SLOTS, "[\"a\"]", "is JSON: take the key out of it"),
        (
            &SLOTS,
            "#{KLING_API_KEY}",
            "is a variable that was not filled in: set it, or look at what should have put its value here",
        ),
    ];
    for (slots, value, problem) in table {
        for slot in slots {
            let message = refusal(*slot, value).unwrap_or_default();
            assert!(
                message.ends_with(&format!(" {problem}")),
                "{slot:?}: {message}"
            );
        }
    }
}

#[test]
fn two_in_one_whatever_stands_between_them() {
    for between in ["|", ":", ";", ",", ".", " ", "\n", "\t", " | ", "/", "，"] {
        let value = format!("{AK}{between}{SK}");
        for slot in [Slot::AccessKey, Slot::SecretKey, KLINGS] {
            let message = refusal(slot, &value).unwrap_or_default();
            assert!(
                message.contains("in one: pass them as"),
                "{between:?}: {message}"
            );
        }
    }
}

#[test]
fn two_in_one_whatever_stands_around_them() {
    for value in [
        format!("Access Key: {AK} Secret Key: {SK}"),
        format!("AccessKey: {AK}\r\nSecretKey: {SK}\r\n"),
        format!("KLING_ACCESS_KEY={AK}\nKLING_SECRET_KEY={SK}"),
        format!("{{\"accessKey\":\"{AK}\",\"secretKey\":\"{SK}\"}}"),
        format!("{{'ak': '{AK}', 'sk': '{SK}'}}"),
        format!("(\"{AK}\", \"{SK}\")"),
        format!("ak={AK}&sk={SK}"),
        format!("{AK}\\n{SK}"),
        format!("{AK}-{SK}"),
        format!("{AK} -> {SK}"),
    ] {
        for slot in [Slot::AccessKey, Slot::SecretKey, KLINGS] {
            let message = refusal(slot, &value).unwrap_or_default();
            assert!(
                message.contains("in one: pass them as"),
                "{value}: {message}"
            );
        }
    }
}

#[test]
fn says_what_is_to_be_left_out_or_done_first() {
    let base64 = |text: &str| BASE64.encode(text);
    let bearer = "begins with \"Bearer \"";
    let name = "begins with the name of what it is";
    let more = "holds more than an API Key";
    let tail = "ends with a mark";
    let brackets = "is wrapped in brackets";
    let quotes = "is wrapped in quotes";
    let path = "is the path of a file";
    let encoded = "is a key in base64";
    let token = "looks like a JWT";
    for (value, problem) in [
        (format!("Bearer{K}"), bearer),
        (format!("Bearer%20{K}"), bearer),
        (format!("\"Authorization\": \"Bearer {K}\""), bearer),
        (format!("curl -H 'Authorization: Bearer {K}' x"), bearer),
        (format!("export KLING_API_KEY=\"{K}\""), name),
        (format!("setx KLING_API_KEY {K}"), name),
        (format!("$env:KLING_API_KEY=\"{K}\""), name),
        (format!("KLING_SECRET_KEY: {SK}"), name),
        (format!("\"accessKey\": \"{AK}\""), name),
        (format!("Access Key：{AK}"), name),
        (format!("访问密钥：{AK}"), name),
        (format!("API Key: {K}"), name),
        (format!("x-api-key: {K}"), name),
        (format!("AK: {AK}"), name),
        (format!("token={K}"), name),
        (format!("{K},"), more),
        (format!("{K}\\n"), more),
        (format!("{K} # production"), more),
        (format!("{K};{SK}"), more),
        (format!("{K}{K}"), more),
        (format!("{K},{K}"), more),
        (format!("<{K}>"), more),
        (format!("Token {K}"), more),
        (format!("{AK},"), tail),
        (format!("{SK};"), tail),
        (format!("{SK}\\n"), tail),
        (format!("<{AK}>"), brackets),
        (format!("[{SK}]"), brackets),
        (format!("**{SK}**"), brackets),
        (format!("「{SK}」"), quotes),
        (format!("«{AK}»"), quotes),
        ("/run/secrets/kling".to_owned(), path),
        ("./kling.key".to_owned(), path),
        (r"C:\keys\kling.txt".to_owned(), path),
        (base64(&format!("{AK}:{SK}")), encoded),
        (base64(SK), encoded),
        (format!("Basic {}", base64(&format!("{AK}:{SK}"))), encoded),
        (JWT.rsplit_once('.').unwrap().0.to_owned(), token),
        ("api.klingai.com".to_owned(), "is an address"),
        (
            "HTTPS://api-singapore.klingai.com/v1".to_owned(),
            "is an address",
        ),
        ("kling.ai/dev/api-key".to_owned(), "is an address"),
        (
            "projects/1/secrets/kling/versions/2".to_owned(),
            "is an address",
        ),
        ("[REDACTED]".to_owned(), "is a masked copy"),
        ("api-key-kling-●●●●".to_owned(), "is a masked copy"),
        ("api-key-kling-****".to_owned(), "is a masked copy"),
        ("apiKey".to_owned(), "placeholder"),
        ("SECRET_KEY".to_owned(), "placeholder"),
        ("api-key-kling-".to_owned(), "placeholder"),
        ("$env:KLING_API_KEY".to_owned(), "not filled in"),
        ("$(cat key)".to_owned(), "not filled in"),
        ("!secret kling".to_owned(), "not filled in"),
        ("[object Promise]".to_owned(), "not filled in"),
        (
            format!("{}\u{200b}{}", &SK[..5], &SK[5..]),
            "has an invisible character inside",
        ),
    ] {
        for slot in [Slot::AccessKey, Slot::SecretKey, KLINGS] {
            let message = refusal(slot, &value).unwrap_or_default();
            assert!(message.contains(problem), "{slot:?} {value}: {message}");
            for key in [AK, SK, &K[14..]] {
                assert!(!message.contains(key), "{message}");
            }
        }
    }
    let with_newline = base64(&format!("{SK}\n"));
    assert!(refusal(KLINGS, &with_newline).unwrap().contains(encoded));
    assert_eq!(refusal(Slot::SecretKey, &with_newline), None);
    let fal = "3f9b2c1e-1111-4a2b-8c3d-0123456789ab:0123456789abcdef0123456789abcdef";
    assert_eq!(
        refusal(KLINGS, fal).unwrap(),
        "apiKey looks like the key of another service: pass that service's URL as baseUrl, or an API Key of Kling's, which begins with api-key-kling-"
    );
    assert_eq!(refusal(GATEWAYS, fal), None);
}

#[test]
fn finds_by_the_place_what_is_odd() {
    let odd = |name: &str, value: &str, host| {
        let description = describe(name, value.to_owned().into(), host).unwrap();
        assert_eq!(description.problem, None, "{value}");
        description.odd()
    };
    let beginning = "does not begin with api-key-kling-, by which Kling tells API Keys: it is not whole, or another service's, whose URL goes into baseUrl";
    for value in [
        "sk-0123456789",
        "r8_0123456789",
        &K[14..],
        &K.to_uppercase(),
        "k",
    ] {
        assert_eq!(
            odd("KLING_API_KEY", value, Host::Kling).as_deref(),
            Some(beginning)
        );
        assert_eq!(odd("KLING_API_KEY", value, Host::Other), None);
    }
    assert_eq!(
        odd("KLING_ACCESS_KEY", "sk_0123", Host::Kling).as_deref(),
        Some("looks like a secret key")
    );
    assert_eq!(
        odd("KLING_SECRET_KEY", "ak_0123", Host::Kling).as_deref(),
        Some("looks like an access key")
    );
    assert_eq!(
        odd("KLING_SECRET_KEY", &format!("{AK}{SK}"), Host::Kling).as_deref(),
        Some("has 64 characters, twice as many as those of Kling's: two keys in one, perhaps")
    );
}

#[test]
fn refuses_placeholders_and_unfilled_variables_everywhere() {
    let placeholders = [
        "your_kling_access_key",
        "YOUR_KLING_API_KEY",
        "<KLING_ACCESS_KEY>",
        "<your key>",
        "[API_KEY]",
        "ak_xxxx",
        "ak_xxxxxxxx…",
        "api-key-kling-xxxxx",
        "sk-XXXXXXXX",
        "whsec_xxxxxxxxxxxx",
        "xxxxxxxx",
        "your-jwt-token",
        "your_secret",
        "ak_your_access_key_here",
        "paste-your-key-here",
        "changeme",
        "REPLACE_WITH_API_KEY",
        "你的AccessKey",
    ];
    let unfilled = [
        "${KLING_ACCESS_KEY}",
        "${KLING_ACCESS_KEY:-}",
        "$KLING_ACCESS_KEY",
        "%KLING_ACCESS_KEY%",
        "{{ KLING_ACCESS_KEY }}",
        "${{ secrets.KLING_ACCESS_KEY }}",
        "process.env.KLING_ACCESS_KEY",
        "KLING_ACCESS_KEY",
        "undefined",
        "null",
        "None",
        "[object Object]",
    ];
    let cases = (placeholders.iter().map(|value| (value, "placeholder")))
        .chain(unfilled.iter().map(|value| (value, "not filled in")));
    for (value, word) in cases {
        for slot in SLOTS {
            let message = refusal(slot, value).unwrap_or_default();
            assert!(message.contains(word), "{slot:?} {value}: {message}");
        }
    }
    assert!(
        damage("KLING_API_KEY=recognisable")
            .unwrap()
            .starts_with("begins with the name")
    );
    assert!(
        damage("export KLING_API_KEY=x")
            .unwrap()
            .starts_with("begins with the name")
    );
    assert_eq!(
        damage("recognisable\n"),
        Some("ends with a line break, which is the file's and not the key's: trim it")
    );
}

#[test]
fn takes_every_key_that_was_seen_in_its_own_slot() {
    let with_brackets = format!("({SK}!@#$%^&*()");
    let specials = "!@#$%^&*()Ab3{dEf6}[hI]<j9>L|m:N;2,p.Q/r5?t~U=v8+x";
    let hex = "0123456789abcdef0123456789abcdef";
    for value in [hex, "ak_0123", "ak_0", "sk_0123", "sk_0", &"x".repeat(32)] {
        assert_eq!(refusal(Slot::AccessKey, value), None, "{value}");
        assert_eq!(refusal(Slot::SecretKey, value), None, "{value}");
    }
    assert!(try_pair(AK, SK).is_ok() && try_pair(SK, AK).is_ok());
    for secret in [
        specials,
        &with_brackets,
        &format!("{SK}!@#$%^&*()"),
        &format!("!{SK}"),
        &format!("{AK}{SK}"),
        "key=value:with;marks,",
        "Bearer0123456789abcdef",
    ] {
        assert_eq!(refusal(Slot::SecretKey, secret), None, "{secret}");
    }
    for value in [
        K,
        "api-key-kling-0",
        "sk-0123456789abcdef",
        "k",
        "sk-proj-a_b-c",
    ] {
        assert_eq!(refusal(KLINGS, value), None, "{value}");
    }
    for value in [
        K,
        AK,
        hex,
        JWT,
        "sk-0123",
        "sk_0123",
        "ak_0123",
        "two.parts",
        "a|b",
        WHSEC,
    ] {
        assert_eq!(refusal(GATEWAYS, value), None, "{value}");
        assert_eq!(
            refusal(Slot::ApiKey(Host::Loopback), value),
            None,
            "{value}"
        );
    }
    for value in [WHSEC, &WHSEC[6..], AK, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaX="] {
        assert_eq!(refusal(Slot::WebhookSecret, value), None, "{value}");
    }
}

#[test]
fn names_what_is_read_where_a_variable_holds_the_key() {
    let in_variable =
        |name: &str, value: &str| Key::of_variable("STAGING_", name, value.to_owned().into());
    let access_key = in_variable("KLING_ACCESS_KEY", &format!("{AK}|{SK}"));
    let secret_key = in_variable("KLING_SECRET_KEY", SK);
    assert_eq!(
        KeyPair::new(&access_key, &secret_key)
            .unwrap_err()
            .to_string(),
        "STAGING_KLING_ACCESS_KEY looks like an access key and a secret key in one: set them as \
         STAGING_KLING_ACCESS_KEY and STAGING_KLING_SECRET_KEY"
    );
    for (value, message) in [
        (
            AK,
            "looks like an access key: set it as STAGING_KLING_ACCESS_KEY, with its STAGING_KLING_SECRET_KEY",
        ),
        (
            JWT,
            "looks like a JWT: set STAGING_KLING_ACCESS_KEY and STAGING_KLING_SECRET_KEY, which it was signed with",
        ),
    ] {
        let error = ApiKey::new(in_variable("KLING_API_KEY", value), Host::Kling).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("STAGING_KLING_API_KEY {message}")
        );
    }
}

#[test]
fn finds_a_pair_that_is_exchanged() {
    assert_eq!(
        try_pair("sk_0123", "ak_0123").unwrap_err().to_string(),
        "accessKey looks like the secret key, and secretKey like the access key: exchange them"
    );
}

#[test]
fn checks_tokens_with_secret_keys_only() {
    let error = VerifyingKey::new(&key("secretKey", K)).err().unwrap();
    assert_eq!(
        error.to_string(),
        "secretKey looks like an API Key: set KLING_API_KEY, or pass apiKey"
    );
}

#[test]
fn refuses_a_character_that_no_header_can_carry_everywhere() {
    assert_eq!(
        refusal(GATEWAYS, "api-kеy").as_deref(),
        Some(
            "apiKey has a character that no HTTP header can carry: copy it again (character 6 is a letter of another alphabet)"
        )
    );
}

#[test]
fn finds_what_is_odd_without_refusing_it() {
    assert_eq!(K.len(), API_KEY_LENGTH);
    for value in [K, AK, SK, "ak_0123", "sk_0123", "sk-0123"] {
        assert_eq!(oddities(value), [], "{value}");
    }
    let character = |position, what| Oddity::Character { position, what };
    for (value, expected) in [
        (
            "A0b1С2d3E4f5G6h7I8j9K0l1M2n3O4p5",
            character(5, "a letter of another alphabet"),
        ),
        ("A0b1 2d3E4f5G6h7I8j9K0l1M2n3O4p5", character(5, "a blank")),
        (
            "A0b1\u{200b}2d3E4f5G6h7I8j9K0l1M2n3O4p5",
            character(5, "invisible"),
        ),
        (
            "A0b1!2d3E4f5G6h7I8j9K0l1M2n3O4p5",
            character(5, "a punctuation mark"),
        ),
        (
            &K[..50],
            Oddity::Length {
                actual: 50,
                seen: 57,
            },
        ),
        (
            &AK[..31],
            Oddity::Length {
                actual: 31,
                seen: 32,
            },
        ),
    ] {
        assert_eq!(oddities(value), [expected], "{value}");
    }
    assert_eq!(
        oddities(&K[..50])[0].to_string(),
        "has 50 characters, those of Kling's have 57"
    );
    assert_eq!(
        oddities("a b")[0].to_string(),
        "character 2 is a blank, which no key of Kling's has"
    );
}

#[test]
fn shapes_have_names() {
    for (value, shape) in [
        (K, Shape::ApiKey),
        (JWT, Shape::Jwt),
        (WHSEC, Shape::WebhookSecret),
        (AK, Shape::Half),
        ("sk-0123", Shape::GatewayKey),
        ("a.b", Shape::Unknown),
    ] {
        assert_eq!(Shape::of(value), shape, "{value}");
    }
}

proptest! {
    /// Shapes are observed, not documented: whatever may be a secret key is taken.
    #[test]
    fn no_letters_and_digits_are_refused_as_a_secret_key(secret in "[A-Za-z0-9]{20,80}") {
        prop_assume!(!secret.to_ascii_lowercase().contains("your"));
        prop_assert!(try_pair("ak", &secret).is_ok());
        prop_assert!(VerifyingKey::new(&key("secretKey", &secret)).is_ok());
    }

    #[test]
    fn a_gateway_may_have_keys_of_any_shape(api_key in "[a-zA-Z0-9._|:;,+/~-]{20,80}") {
        prop_assume!(!api_key.to_ascii_lowercase().contains("your") && !api_key.contains("..."));
        prop_assert_eq!(refusal(GATEWAYS, &api_key), None);
    }

    #[test]
    fn any_text_is_classified(text in "\\PC{0,60}") {
        let _ = (Shape::of(&text), damage(&text));
        for slot in SLOTS {
            if let Some(message) = refusal(slot, &text) {
                // Nothing of what was pasted is shown.
                prop_assert!(message.len() < 300);
            }
        }
        for oddity in oddities(&text) {
            if let Oddity::Character { position, .. } = oddity {
                prop_assert!(position <= text.chars().count());
            }
        }
    }
}
