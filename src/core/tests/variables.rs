use zeroize::Zeroizing;

use crate::error::Error;
use crate::request::endpoint::Host;
use crate::sources::{GivenKeys, resolve, resolve_pair};
use crate::variables::{Secret, Variables};
use crate::webhook::secret;

/// An environment whose files are named by what they hold: `/run/sk` holds `sk-of-the-file`.
struct WithFiles<'a>(&'a [(&'a str, &'a str)], Vec<String>);

impl Variables for &mut WithFiles<'_> {
    type Error = Error;

    fn value(&mut self, name: &str) -> Result<Option<Secret>, Error> {
        let found = self.0.iter().find(|(variable, _)| *variable == name);
        Ok(found.map(|(_, value)| Zeroizing::new((*value).to_owned())))
    }

    fn file(&mut self, variable: &str, path: &str) -> Result<Secret, Error> {
        self.1.push(variable.to_owned());
        let text = match path.strip_prefix("/run/").unwrap_or_default() {
            "key" => "api-key-kling-of-the-file-0123456789012345678901234567".to_owned(),
            "blank" => " sk".to_owned(),
            "webhook" => "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned(),
            "webhooks" => "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw,whsec_x".to_owned(),
            name => format!("{name}-of-the-file"),
        };
        Ok(Zeroizing::new(text))
    }
}

/// Kind, access key and source of what is found, and which files were read.
fn found(prefix: &str, env: &[(&str, &str)]) -> (Option<String>, String, Vec<String>) {
    let mut variables = WithFiles(env, Vec::new());
    let found = resolve(GivenKeys::default(), prefix, Host::Kling, &mut variables).unwrap();
    (
        found.credential.access_key().map(str::to_owned),
        found.source.to_string(),
        variables.1,
    )
}

fn refused(given: GivenKeys, env: &[(&str, &str)]) -> (&'static str, String) {
    let mut variables = WithFiles(env, Vec::new());
    let error = resolve(given, "", Host::Kling, &mut variables).unwrap_err();
    (error.code(), error.to_string())
}

#[test]
fn reads_each_key_of_each_family_from_a_file() {
    let key = ("KLING_API_KEY_FILE", "/run/key");
    assert_eq!(
        found("", &[key]),
        (
            None,
            "env:KLING_API_KEY_FILE".to_owned(),
            vec!["KLING_API_KEY_FILE".to_owned()]
        )
    );
    for (access_key, secret_key) in [
        ("KLING_ACCESS_KEY", "KLING_SECRET_KEY"),
        ("KLINGAI_ACCESS_KEY", "KLINGAI_SECRET_KEY"),
        ("KLING_ACCESS_KEY_ID", "KLING_SECRET_ACCESS_KEY"),
    ] {
        let (access_file, secret_file) =
            (format!("{access_key}_FILE"), format!("{secret_key}_FILE"));
        let both: [(&str, &str); 2] = [(&access_file, "/run/ak"), (&secret_file, "/run/sk")];
        assert_eq!(
            found("", &both),
            (
                Some("ak-of-the-file".to_owned()),
                format!("env:{access_file}"),
                vec![access_file.clone(), secret_file.clone()]
            )
        );
        // One half as a value, the other from a file.
        let first: [(&str, &str); 2] = [(&access_file, "/run/ak"), (secret_key, "sk")];
        assert_eq!(found("", &first).1, format!("env:{access_file}"));
        let second: [(&str, &str); 2] = [(access_key, "ak"), (&secret_file, "/run/sk")];
        assert_eq!(found("", &second).1, format!("env:{access_key}"));
    }
}

#[test]
fn the_prefix_goes_before_the_whole_name() {
    let env = [
        ("KLING_API_KEY_FILE", "/run/key"),
        ("STAGING_KLING_ACCESS_KEY_FILE", "/run/ak"),
        ("STAGING_KLING_SECRET_KEY", "sk"),
    ];
    assert_eq!(
        found("STAGING_", &env).1,
        "env:STAGING_KLING_ACCESS_KEY_FILE"
    );
}

#[test]
fn reads_no_file_of_what_is_passed_over_or_not_asked_for() {
    let env = [
        (
            "KLING_API_KEY",
            "api-key-kling-0123456789012345678901234567890123456789012",
        ),
        ("KLING_ACCESS_KEY_FILE", "/run/ak"),
        ("KLING_SECRET_KEY_FILE", ""),
        ("KLINGAI_API_KEY_FILE", "/run/key"),
    ];
    let mut variables = WithFiles(&env, Vec::new());
    let found = resolve(GivenKeys::default(), "", Host::Kling, &mut variables).unwrap();
    assert_eq!(
        found.passed_over,
        ["KLING_ACCESS_KEY_FILE", "KLINGAI_API_KEY_FILE"]
    );
    assert!(variables.1.is_empty());
}

#[test]
fn refuses_a_value_beside_its_file_and_names_both() {
    for name in ["KLING_API_KEY", "KLING_ACCESS_KEY", "KLING_SECRET_KEY"] {
        let file = format!("{name}_FILE");
        let (code, message) = refused(GivenKeys::default(), &[(name, "x"), (&file, "/run/ak")]);
        assert_eq!(code, "KLING_INVALID_CREDENTIALS");
        assert_eq!(
            message,
            format!(
                "{name} and {file} are both set, and which of them is right cannot be told: unset one"
            )
        );
    }
    let (code, _) = refused(
        GivenKeys::default(),
        &[("KLING_API_KEY", ""), ("KLING_API_KEY_FILE", "")],
    );
    assert_eq!(code, "KLING_MISSING_CREDENTIALS", "empty ones are not set");
}

#[test]
fn names_the_variable_and_the_path_of_a_key_that_cannot_be_one() {
    let env = [
        ("KLING_ACCESS_KEY", "ak"),
        ("KLING_SECRET_KEY_FILE", "/run/blank"),
    ];
    assert_eq!(
        refused(GivenKeys::default(), &env),
        (
            "KLING_INVALID_CREDENTIALS",
            "KLING_SECRET_KEY_FILE (/run/blank) is padded with white space: trim it".to_owned()
        )
    );
}

#[test]
fn a_half_that_was_passed_in_takes_the_other_from_a_file() {
    let given = GivenKeys {
        access_key: Some(Zeroizing::new("ak".to_owned())),
        ..GivenKeys::default()
    };
    let mut variables = WithFiles(&[("KLINGAI_SECRET_KEY_FILE", "/run/sk")], Vec::new());
    let pair = resolve_pair(given, &mut variables).unwrap();
    assert_eq!(pair.access_key(), "ak");
    assert_eq!(variables.1, ["KLINGAI_SECRET_KEY_FILE"]);
}

#[test]
fn webhook_secrets_come_from_a_file_too() {
    let of = |env: &[(&str, &str)]| {
        let mut variables = WithFiles(env, Vec::new());
        secret::resolve(None, &mut variables)
            .map(|secrets| secrets.len())
            .map_err(|error| error.to_string())
    };
    assert_eq!(of(&[("KLING_WEBHOOK_SECRET_FILE", "/run/webhook")]), Ok(1));
    assert_eq!(
        of(&[("KLING_WEBHOOK_SECRET_FILE", "/run/webhooks")]),
        Err("secret 2 of KLING_WEBHOOK_SECRET_FILE (/run/webhooks) is not base64: copy it whole from the Kling developer console".to_owned())
    );
    assert_eq!(
        of(&[("KLING_WEBHOOK_SECRET", "x"), ("KLING_WEBHOOK_SECRET_FILE", "/run/webhook")]),
        Err("KLING_WEBHOOK_SECRET and KLING_WEBHOOK_SECRET_FILE are both set, and which of them is right cannot be told: unset one".to_owned())
    );
}

#[test]
fn says_where_there_is_no_file_system() {
    let lookup = |name: &str| {
        Ok((name == "KLING_API_KEY_FILE").then(|| Zeroizing::new("/run/key".to_owned())))
    };
    let error: Error = resolve(GivenKeys::default(), "", Host::Kling, lookup).unwrap_err();
    assert_eq!(error.code(), "KLING_UNREADABLE_FILE");
    assert_eq!(
        error.to_string(),
        "KLING_API_KEY_FILE names a file, and there is no file system here: set KLING_API_KEY instead"
    );
}
