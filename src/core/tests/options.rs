use crate::options::unknown_option;

const KNOWN: [&str; 4] = ["accessKey", "secretKey", "ttlSec", "bufferSec"];

#[test]
fn a_name_near_a_known_one_is_quoted_with_it() {
    for (name, meant) in [
        ("acessKey", "accessKey"),
        ("access_key", "accessKey"),
        ("SECRETKEY", "secretKey"),
        ("ttl", "ttlSec"),
        ("bufferSeconds", "bufferSec"),
        ("buffer", "bufferSec"),
        ("access", "accessKey"),
    ] {
        assert_eq!(
            unknown_option(name, &KNOWN).to_string(),
            format!("unknown option \"{name}\": did you mean {meant}?")
        );
    }
}

#[test]
fn what_may_be_a_secret_is_not_quoted() {
    for name in [
        "quux",
        "0123456789abcdef0123456789abcdef",
        "api-key-kling-0123456789012345678901234567890123456789012",
        "secretKey=0123456789abcdef",
        "secretKey0123456789abcdef0123456789",
        "secretKey\u{301}",
        "",
    ] {
        assert_eq!(
            unknown_option(name, &KNOWN).to_string(),
            "unknown option, whose name is like none of accessKey, secretKey, ttlSec, bufferSec"
        );
    }
    assert_eq!(
        unknown_option("x", &[]).to_string(),
        "unknown option: there are none here"
    );
}
