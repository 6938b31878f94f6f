use zeroize::Zeroizing;

use super::{OTHER, SECRET, key};
use crate::error::Error;
use crate::webhook::secret::{Secret, resolve};

#[test]
fn takes_secrets_with_and_without_prefix_and_padding() {
    let signed = |secret: &str| {
        let signature = Secret::new(&key(secret)).unwrap().sign(&[b"text"]);
        signature.to_header()
    };
    assert_eq!(signed(SECRET), signed(&SECRET["whsec_".len()..]));
    assert_eq!(
        signed("whsec_AAECAwQFBgcICQoLDA0ODw=="),
        signed("AAECAwQFBgcICQoLDA0ODw")
    );
    // Bits of the last character that count for no byte.
    assert_eq!(
        signed("whsec_AAECAwQFBgcICQoLDA0ODw=="),
        signed("AAECAwQFBgcICQoLDA0ODx")
    );
    assert_ne!(signed(SECRET), signed(OTHER));
}

/// RFC 4231 section 4.3 has a key that is too short to be a secret; 4.2 has this one.
#[test]
fn signs_the_vector_of_rfc_4231() {
    let signature = Secret::new(&key("CwsLCwsLCwsLCwsLCwsLCwsLCws=")).unwrap();
    assert_eq!(
        signature.sign(&[b"Hi ", b"", b"There"]).to_header(),
        "v1,sDRMYdjbOFNcqK/OrwvxK4gdwgDJgz2nJuk3bC4yz/c="
    );
}

#[test]
fn refuses_what_is_no_secret() {
    let table = [
        ("", "is blank: copy it from the Kling developer console"),
        (" ", "is blank: copy it from the Kling developer console"),
        (
            "whsec_",
            "is shorter than 16 bytes once decoded, which could be guessed: copy it whole",
        ),
        (
            "whsec_AAECAwQFBgcICQoLDA0O",
            "is shorter than 16 bytes once decoded, which could be guessed: copy it whole",
        ),
        (
            "whsec_AAECAwQFBgcICQoLDA0ODx-_",
            "is not base64: copy it whole from the Kling developer console",
        ),
        (
            "whsk_AAECAwQFBgcICQoLDA0ODw==",
            "is not base64: copy it whole from the Kling developer console",
        ),
        (
            "v1,whsec_AAECAwQFBgcICQoLDA0ODw==",
            "begins with \"v1,\", which belongs before signatures: leave it out",
        ),
        (
            "api-key-kling-0123456789abcdef",
            "looks like an API Key: the secret that callbacks are signed with begins with whsec_",
        ),
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
            "holds a space or comma: pass several secrets as an array of strings",
        ),
        (
            "whsec_MfKQ****LaSw",
            "is a masked copy: the console shows the whole key only once, when it is created",
        ),
        (
            "whsec_your_webhook_secret",
            "is the placeholder of a sample file: put your own key in its place",
        ),
        (
            "\"whsec_AAECAwQFBgcICQoLDA0ODw==\"",
            "is wrapped in quotes: they belong to the file it came from, not to the key",
        ),
    ];
    for (secret, problem) in table {
        let error = Secret::new(&key(secret)).unwrap_err();
        assert_eq!(error.code(), "KLING_INVALID_CREDENTIALS", "{problem}");
        assert_eq!(error.to_string(), format!("secret {problem}"));
    }
}

fn from_environment(value: &str) -> Result<usize, Error> {
    resolve(None, |name: &str| {
        Ok((name == "KLING_WEBHOOK_SECRET").then(|| Zeroizing::new(value.to_owned())))
    })
    .map(|secrets| secrets.len())
}

#[test]
fn reads_several_secrets_from_the_environment() {
    assert_eq!(from_environment(SECRET), Ok(1));
    for separator in [" ", ",", ", ", "  ", " , "] {
        assert_eq!(
            from_environment(&format!("{SECRET}{separator}{OTHER}")),
            Ok(2)
        );
    }
    assert_eq!(from_environment(&format!(" {SECRET},")), Ok(1));
    assert_eq!(
        from_environment(&format!("{SECRET},whsec_x"))
            .unwrap_err()
            .to_string(),
        "secret 2 of KLING_WEBHOOK_SECRET is not base64: copy it whole from the Kling developer console"
    );
}

#[test]
fn says_what_is_missing() {
    let message =
        "webhook secret not given: pass secret, or set KLING_WEBHOOK_SECRET in the environment";
    let unset = resolve(None, |_: &str| Ok::<_, Error>(None)).unwrap_err();
    let empty_list = resolve(Some(vec![]), |_: &str| Ok::<_, Error>(None)).unwrap_err();
    for error in [
        unset,
        empty_list,
        from_environment(" , ").unwrap_err(),
        from_environment("").unwrap_err(),
    ] {
        assert_eq!(error.code(), "KLING_MISSING_CREDENTIALS");
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn prefers_what_is_passed_in() {
    let secrets = resolve(Some(vec![key(SECRET)]), |_: &str| {
        panic!("not asked") as Result<_, Error>
    });
    assert_eq!(secrets.unwrap().len(), 1);
}

#[test]
fn does_not_show_itself_in_debug_output() {
    assert_eq!(
        format!("{:?}", Secret::new(&key(SECRET)).unwrap()),
        "Secret([redacted])"
    );
}
