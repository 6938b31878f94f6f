use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::EncodingKey;
use proptest::prelude::*;

use crate::token::{hs256, jws};

/// Signs with both, which must come to the same.
fn sign(message: &[u8], key: &[u8]) -> String {
    let signature = jws::SigningKey::new(key).sign(message);
    assert_eq!(hs256::SigningKey::new(key).sign(message), signature);
    signature.to_string()
}

/// Verifies with both, which must come to the same.
fn verify(signature: &str, message: &[u8], key: &[u8]) -> bool {
    let verified = jws::VerifyingKey::new(key).verify(message, signature);
    assert_eq!(
        hs256::VerifyingKey::new(key).verify(message, signature),
        verified
    );
    verified
}

/// Base64url of the hexadecimal output that the RFC prints.
fn from_hex(hex: &str) -> String {
    let bytes = (0..hex.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap());
    URL_SAFE_NO_PAD.encode(bytes.collect::<Vec<_>>())
}

/// RFC 4231 sections 4.2 to 4.8, without 4.6, whose output is truncated.
#[test]
fn signs_the_vectors_of_rfc_4231() {
    let vectors: [(Vec<u8>, Vec<u8>, &str); 6] = [
        (
            vec![0x0b; 20],
            b"Hi There".to_vec(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            vec![0xaa; 20],
            vec![0xdd; 50],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        ),
        (
            (1..=25).collect(),
            vec![0xcd; 50],
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        ),
        (
            vec![0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            vec![0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm."
                .to_vec(),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (key, message, expected) in vectors {
        let signature = sign(&message, &key);
        assert_eq!(signature, from_hex(expected));
        assert!(verify(&signature, &message, &key));
    }
}

/// RFC 7515 appendix A.1.
#[test]
fn signs_and_verifies_the_example_of_rfc_7515() {
    let key = URL_SAFE_NO_PAD
        .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
        .unwrap();
    let message = b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let signature = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    assert_eq!(sign(message, &key), signature);
    assert!(verify(signature, message, &key));
}

#[test]
fn refuses_a_changed_signature() {
    let signature = sign(b"message", b"key");
    let other = sign(b"massage", b"key");
    assert!(verify(&signature, b"message", b"key"));
    let cut = &signature[..40];
    let padded = format!("{signature}=");
    for wrong in [other.as_str(), "", cut, &padded, "not base64url!"] {
        assert!(!verify(wrong, b"message", b"key"), "{wrong}");
    }
}

proptest! {
    #[test]
    fn signs_the_same_with_and_without_the_crate(key: Vec<u8>, message: Vec<u8>) {
        let signature = sign(&message, &key);
        prop_assert!(verify(&signature, &message, &key));
    }
}

#[test]
fn knows_no_other_algorithm() {
    sign(b"installs the provider", b"key");
    let key = EncodingKey::from_secret(b"key");
    for algorithm in [
        jsonwebtoken::Algorithm::HS384,
        jsonwebtoken::Algorithm::HS512,
    ] {
        assert!(jsonwebtoken::crypto::sign(b"message", &key, algorithm).is_err());
    }
}
