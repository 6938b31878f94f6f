use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::credentials::pair;
use crate::credentials::Key;
use crate::time::Timestamp;
use crate::token::SigningKey;
use crate::token::jwt::Jwt;
use crate::token::verify::{TokenRefusal, VerifyingKey, verify};
use crate::token::{Lifetime, Token};

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

fn verifying_key(secret: &str) -> VerifyingKey {
    VerifyingKey::new(&Key::new("secretKey", Zeroizing::new(secret.to_owned()))).unwrap()
}

/// A token of any header and claims, signed with `sk`.
fn forge(header: &str, claims: &str) -> String {
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let signature = SigningKey::new(b"sk").sign(message.as_bytes());
    format!("{message}.{}", *signature)
}

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
const CLAIMS: &str = r#"{"iss":"ak","exp":1700001800,"nbf":1699999995}"#;

#[test]
fn accepts_what_we_sign() {
    let token = Token::sign(&pair("ak", "sk"), Lifetime::default(), NOW, None);
    let claims = verify(token.as_str(), &verifying_key("sk"), NOW, Some("ak")).unwrap();
    assert_eq!(claims, CLAIMS);
}

#[test]
fn names_the_first_reason_that_applies() {
    let good = forge(HEADER, CLAIMS);
    let unsigned = &good[..=good.rfind('.').unwrap()];
    let table = [
        (String::new(), TokenRefusal::Malformed),
        ("a.b".to_owned(), TokenRefusal::Malformed),
        ("a.b.c".to_owned(), TokenRefusal::Malformed),
        (format!("{good}.x"), TokenRefusal::Malformed),
        (forge("[]", CLAIMS), TokenRefusal::Malformed),
        (forge(HEADER, "null"), TokenRefusal::Malformed),
        (forge(r#"{"typ":"JWT"}"#, CLAIMS), TokenRefusal::Malformed),
        (
            forge(r#"{"alg":"HS256","crit":["exp"]}"#, CLAIMS),
            TokenRefusal::Malformed,
        ),
        (
            forge(HEADER, r#"{"exp":1700001800}"#),
            TokenRefusal::Malformed,
        ),
        (forge(HEADER, r#"{"iss":"ak"}"#), TokenRefusal::Malformed),
        (
            forge(HEADER, r#"{"iss":"ak","exp":"1700001800"}"#),
            TokenRefusal::Malformed,
        ),
        (
            forge(HEADER, r#"{"iss":"ak","exp":1700001800,"nbf":null}"#),
            TokenRefusal::Malformed,
        ),
        (
            forge(
                HEADER,
                &format!(
                    r#"{{"iss":"ak","exp":1700001800,"x":{}}}"#,
                    "[".repeat(50_000)
                ),
            ),
            TokenRefusal::Malformed,
        ),
        (forge(r#"{"alg":"none"}"#, CLAIMS), TokenRefusal::Algorithm),
        (forge(r#"{"alg":"None"}"#, CLAIMS), TokenRefusal::Algorithm),
        (forge(r#"{"alg":"hs256"}"#, CLAIMS), TokenRefusal::Algorithm),
        (forge(r#"{"alg":"HS512"}"#, CLAIMS), TokenRefusal::Algorithm),
        (forge(r#"{"alg":"RS256"}"#, CLAIMS), TokenRefusal::Algorithm),
        (unsigned.to_owned(), TokenRefusal::Signature),
        (format!("{unsigned}!!!"), TokenRefusal::Signature),
        (
            good.replace("eyJpc3MiOiJhayIs", "eyJpc3MiOiJhayJ9"),
            TokenRefusal::Malformed,
        ),
        (
            forge(HEADER, r#"{"iss":"ak","exp":1700000000,"nbf":1699999995}"#),
            TokenRefusal::Expired,
        ),
        (
            forge(HEADER, r#"{"iss":"ak","exp":-1}"#),
            TokenRefusal::Expired,
        ),
        (
            forge(HEADER, r#"{"iss":"ak","exp":1700001800,"nbf":1700000001}"#),
            TokenRefusal::NotYetValid,
        ),
        (
            forge(
                HEADER,
                r#"{"iss":"other","exp":1700001800,"nbf":1699999995}"#,
            ),
            TokenRefusal::Issuer,
        ),
        (
            forge(HEADER, r#"{"iss":"ak","exp":1700001806,"nbf":1699999995}"#),
            TokenRefusal::Lifetime,
        ),
        (
            forge(HEADER, r#"{"iss":"ak","exp":1e300}"#),
            TokenRefusal::Lifetime,
        ),
    ];
    for (token, reason) in table {
        let shown = token.get(..80).unwrap_or(&token).to_owned();
        assert_eq!(
            verify(&token, &verifying_key("sk"), NOW, Some("ak")),
            Err(reason),
            "{shown}"
        );
    }
    assert_eq!(
        verify(&good, &verifying_key("other"), NOW, None),
        Err(TokenRefusal::Signature)
    );
}

#[test]
fn honours_the_edges_of_validity() {
    let token = forge(HEADER, CLAIMS);
    let at = |millis| {
        verify(
            &token,
            &verifying_key("sk"),
            Timestamp::from_millis(millis),
            None,
        )
    };
    assert_eq!(at(1_699_999_994_999), Err(TokenRefusal::NotYetValid));
    assert!(at(1_699_999_995_000).is_ok());
    assert!(at(1_700_000_000_000).is_ok());
    assert!(at(1_700_001_799_999).is_ok());
    assert_eq!(at(1_700_001_800_000), Err(TokenRefusal::Expired));
}

#[test]
fn accepts_tokens_without_nbf_and_with_iat() {
    for claims in [
        r#"{"iss":"ak","exp":1700001800}"#,
        r#"{"iat":1700000000,"iss":"ak","exp":1700001800.5}"#,
    ] {
        let now = Timestamp::from_millis(1_700_000_000_500);
        assert_eq!(
            verify(&forge(HEADER, claims), &verifying_key("sk"), now, None).as_deref(),
            Ok(claims)
        );
    }
}

#[test]
fn changing_any_byte_of_a_token_breaks_it() {
    let token = forge(HEADER, CLAIMS);
    for i in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[i] = if bytes[i] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(
            verify(&changed, &verifying_key("sk"), NOW, None).is_err(),
            "byte {i}"
        );
    }
}

#[test]
fn says_what_is_wrong_with_something_that_is_no_jwt() {
    let table = [
        (
            "",
            "token is not a JWT: it does not have three parts separated by dots",
        ),
        (
            "Bearer a.b.c",
            "token is not a JWT: it starts with \"Bearer \": pass what follows it",
        ),
        (
            "a.b.c",
            "token is not a JWT: its header is not base64url of a JSON object",
        ),
        (
            "e30.W10.c",
            "token is not a JWT: its claims are not base64url of a JSON object",
        ),
        (
            "e30=.e30=.c",
            "token is not a JWT: its header is not base64url of a JSON object",
        ),
    ];
    for (token, message) in table {
        let error = Jwt::parse(token).err().expect(token);
        assert_eq!(
            (error.code(), error.to_string()),
            ("KLING_MALFORMED_TOKEN", message.to_owned())
        );
    }
}

proptest::proptest! {
    #[test]
    fn survives_any_text(token in ".*", parts in "[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,50}") {
        for token in [token, parts] {
            proptest::prop_assert!(verify(&token, &verifying_key("sk"), NOW, None).is_err());
        }
    }
}
