use zeroize::Zeroizing;

use crate::credentials::KeyPair;
use crate::credentials::Slot;
use crate::describe::describe;
use crate::error::Error;
use crate::families::slot_of;
use crate::request::endpoint::Host;
use crate::sources::{Found, GivenKeys, Secret, Source, resolve, resolve_pair};
use crate::variables::Variables;

type Env = [(&'static str, &'static str)];

struct Lookup<'a>(&'a Env);

impl Variables for Lookup<'_> {
    type Error = Error;

    fn value(&mut self, name: &str) -> Result<Option<Secret>, Error> {
        let found = self.0.iter().find(|(variable, _)| *variable == name);
        Ok(found.map(|(_, value)| Zeroizing::new((*value).to_owned())))
    }

    fn names(&mut self) -> Result<Vec<String>, Error> {
        Ok(self.0.iter().map(|(name, _)| (*name).to_owned()).collect())
    }
}

fn lookup(env: &Env) -> Lookup<'_> {
    Lookup(env)
}

/// Access key, secret key, API key.
fn given(keys: [Option<&str>; 3]) -> GivenKeys {
    let [access_key, secret_key, api_key] =
        keys.map(|key| key.map(|key| Zeroizing::new(key.to_owned())));
    GivenKeys {
        access_key,
        secret_key,
        api_key,
    }
}

/// Kind, access key and source of what is found.
fn found(given: GivenKeys, prefix: &str, env: &Env) -> (&'static str, Option<String>, String) {
    let Found {
        credential, source, ..
    } = resolve(given, prefix, Host::Kling, lookup(env)).unwrap();
    (
        credential.kind().as_str(),
        credential.access_key().map(str::to_owned),
        source.to_string(),
    )
}

fn refused(given: GivenKeys, prefix: &str, env: &Env) -> (&'static str, String) {
    let error = resolve(given, prefix, Host::Kling, lookup(env)).unwrap_err();
    (error.code(), error.to_string())
}

const EVERYTHING: &Env = &[
    ("KLING_API_KEY", "api-key-kling-1"),
    ("KLING_ACCESS_KEY", "ak1"),
    ("KLING_SECRET_KEY", "sk1"),
    ("KLINGAI_API_KEY", "api-key-kling-2"),
    ("KLINGAI_ACCESS_KEY", "ak2"),
    ("KLINGAI_SECRET_KEY", "sk2"),
    ("KLING_ACCESS_KEY_ID", "ak3"),
    ("KLING_SECRET_ACCESS_KEY", "sk3"),
];

#[test]
fn takes_the_first_family_that_is_set() {
    let order = [
        (0, ("apiKey", None, "env:KLING_API_KEY")),
        (1, ("jwt", Some("ak1"), "env:KLING_ACCESS_KEY")),
        (3, ("apiKey", None, "env:KLINGAI_API_KEY")),
        (4, ("jwt", Some("ak2"), "env:KLINGAI_ACCESS_KEY")),
        (6, ("jwt", Some("ak3"), "env:KLING_ACCESS_KEY_ID")),
    ];
    for (first, (kind, access_key, source)) in order {
        let expected = (kind, access_key.map(str::to_owned), source.to_owned());
        assert_eq!(
            found(GivenKeys::default(), "", &EVERYTHING[first..]),
            expected
        );
    }
}

#[test]
fn never_mixes_families() {
    let env = [("KLING_ACCESS_KEY", "ak1"), ("KLINGAI_SECRET_KEY", "sk2")];
    let (code, message) = refused(GivenKeys::default(), "", &env);
    assert_eq!(code, "KLING_MISSING_CREDENTIALS");
    assert_eq!(
        message,
        "secret key not given: set KLING_SECRET_KEY in the environment, where KLING_ACCESS_KEY is set already"
    );
}

#[test]
fn names_the_missing_half_of_every_family() {
    let halves = [
        ("KLING_ACCESS_KEY", "secret key", "KLING_SECRET_KEY"),
        ("KLING_SECRET_KEY", "access key", "KLING_ACCESS_KEY"),
        ("KLINGAI_ACCESS_KEY", "secret key", "KLINGAI_SECRET_KEY"),
        ("KLINGAI_SECRET_KEY", "access key", "KLINGAI_ACCESS_KEY"),
        (
            "KLING_ACCESS_KEY_ID",
            "secret key",
            "KLING_SECRET_ACCESS_KEY",
        ),
        (
            "KLING_SECRET_ACCESS_KEY",
            "access key",
            "KLING_ACCESS_KEY_ID",
        ),
    ];
    for (set, what, missing) in halves {
        let (code, message) = refused(
            GivenKeys::default(),
            "",
            &[(set, "key"), ("KLING_SECRET_X", "")],
        );
        assert_eq!(code, "KLING_MISSING_CREDENTIALS");
        assert!(
            message.starts_with(&format!("{what} not given")),
            "{message}"
        );
        assert!(message.contains(&format!("set {missing} in")), "{message}");
    }
}

#[test]
fn says_what_would_supply_everything() {
    for (env, empty) in [
        (&[][..], ""),
        (
            &[("KLING_ACCESS_KEY", ""), ("KLING_SECRET_KEY", "")],
            "; KLING_ACCESS_KEY is set, but empty",
        ),
        (
            &[("KLING_API_KEY", "")],
            "; KLING_API_KEY is set, but empty",
        ),
    ] {
        assert_eq!(
            refused(GivenKeys::default(), "", env),
            (
                "KLING_MISSING_CREDENTIALS",
                format!(
                    "credentials not given: set KLING_API_KEY in the environment (or KLING_ACCESS_KEY \
                     and KLING_SECRET_KEY), or pass apiKey (or accessKey and secretKey){empty}"
                )
            )
        );
    }
}

#[test]
fn explicit_keys_win_over_the_environment() {
    let pair = ("jwt", Some("ak".to_owned()), "options".to_owned());
    assert_eq!(
        found(given([Some("ak"), Some("sk"), None]), "", EVERYTHING),
        pair
    );
    // An API key in the environment does not turn half a pair into something else.
    assert_eq!(found(given([Some("ak"), None, None]), "", EVERYTHING), pair);
    let api_key = ("apiKey", None, "options".to_owned());
    assert_eq!(
        found(given([None, None, Some("api-key-kling-3")]), "", EVERYTHING),
        api_key
    );
    let untouched = |_: &str| -> Result<Option<Secret>, Error> { panic!("not asked for") };
    let pair = given([Some("ak"), Some("sk"), None]);
    assert!(resolve(pair, "", Host::Kling, untouched).is_ok());
}

#[test]
fn an_explicit_half_that_stays_alone_is_an_error() {
    let (code, message) = refused(
        given([None, Some("sk"), None]),
        "",
        &[("KLING_API_KEY", "k")],
    );
    assert_eq!(code, "KLING_MISSING_CREDENTIALS");
    assert_eq!(
        message,
        "access key not given: pass accessKey, or set KLING_ACCESS_KEY in the environment"
    );
}

#[test]
fn an_api_key_and_a_pair_exclude_each_other() {
    for (keys, option) in [
        ([Some("ak"), None, Some("k")], "accessKey"),
        ([None, Some("sk"), Some("k")], "secretKey"),
    ] {
        assert_eq!(
            refused(given(keys), "", &[]),
            (
                "KLING_CONFLICTING_OPTIONS",
                format!("apiKey and {option} exclude each other: pass one of them")
            )
        );
    }
}

#[test]
fn a_prefix_goes_before_every_name() {
    let env = [
        ("KLING_API_KEY", "api-key-kling-1"),
        ("STAGING_KLINGAI_ACCESS_KEY", "ak-staging"),
        ("STAGING_KLINGAI_SECRET_KEY", "sk-staging"),
    ];
    assert_eq!(
        found(GivenKeys::default(), "STAGING_", &env),
        (
            "jwt",
            Some("ak-staging".to_owned()),
            "env:STAGING_KLINGAI_ACCESS_KEY".to_owned()
        )
    );
    let (_, message) = refused(GivenKeys::default(), "PROD_", &env);
    assert!(
        message.contains("PROD_KLING_ACCESS_KEY and PROD_KLING_SECRET_KEY"),
        "{message}"
    );
}

#[test]
fn refuses_secrets_that_are_published_to_browsers() {
    for name in [
        "NEXT_PUBLIC_KLING_SECRET_KEY",
        "VITE_KLINGAI_API_KEY",
        "REACT_APP_KLING_SECRET_ACCESS_KEY",
    ] {
        let prefix = &name[..name.find("KLING").unwrap()];
        for (keys, env) in [
            ([None, None, None], vec![(name, "sk-secret")]),
            (
                [None, None, None],
                vec![("KLING_ACCESS_KEY", "ak"), (name, "sk-secret")],
            ),
            ([Some("ak"), None, None], vec![(name, "sk-secret")]),
        ] {
            for prefix_option in ["", prefix] {
                let (code, message) = refused(given(keys), prefix_option, &env);
                assert_eq!(code, "KLING_EXPOSED_SECRET");
                assert!(
                    message.starts_with(name) && message.contains(prefix),
                    "{message}"
                );
                assert!(!message.contains("sk-secret"));
            }
        }
    }
    let harmless = [
        ("NEXT_PUBLIC_KLING_ACCESS_KEY", "ak"),
        ("KLING_API_KEY", "k"),
    ];
    assert_eq!(found(GivenKeys::default(), "", &harmless).0, "apiKey");
}

#[test]
fn tokens_are_made_of_pairs_only() {
    let pair = |env: &Env| resolve_pair(GivenKeys::default(), lookup(env));
    assert_eq!(pair(EVERYTHING).unwrap().access_key(), "ak1");
    let error = pair(&EVERYTHING[..1])
        .map(|pair: KeyPair| pair.access_key().to_owned())
        .unwrap_err();
    assert_eq!(error.code(), "KLING_TOKEN_FROM_API_KEY");
    assert_eq!(
        error.to_string(),
        "an API key is sent as it is and signs no token: use new KlingAuth() for its headers, or set \
         KLING_ACCESS_KEY and KLING_SECRET_KEY"
    );
}

#[test]
fn says_where_an_api_key_belongs_that_was_to_sign() {
    let none = || given([None, None, None]);
    let refused = |env: &Env| {
        let error = resolve_pair(none(), lookup(env)).unwrap_err();
        (error.code(), error.to_string())
    };
    let missing = "access key and secret key not given: ";
    let pair = "A0b1C2d3E4f5G6h7I8j9K0l1M2n3O4p5|q5P4o3N2m1L0k9J8i7H6g5F4e3D2c1B0";
    let near_key = [("KLING_APIKEY", "k")];
    let near_pair = [("KLING_API_KEY", "k"), ("KLING_AK", "ak")];
    let in_one = [("KLING_API_KEY", pair)];
    for (env, code, message) in [
        (&near_key[..], "KLING_MISSING_CREDENTIALS", format!("{missing}KLING_APIKEY is set, but nobody reads it, and an API Key signs no token: rename it to KLING_API_KEY, and use new KlingAuth() for its headers")),
        (&near_pair[..], "KLING_MISSING_CREDENTIALS", format!("{missing}KLING_AK is set, but nobody reads it: rename it to KLING_ACCESS_KEY")),
        (&in_one[..], "KLING_INVALID_CREDENTIALS", "KLING_API_KEY looks like an access key and a secret key in one: set them as KLING_ACCESS_KEY and KLING_SECRET_KEY".to_owned()),
    ] {
        assert_eq!(refused(env), (code, message));
    }
    assert_eq!(
        refused(&[("KLING_API_KEY", "k")]).0,
        "KLING_TOKEN_FROM_API_KEY"
    );
}

#[test]
fn names_the_variable_that_holds_a_bad_key() {
    let env = [("KLING_ACCESS_KEY", "ak"), ("KLING_SECRET_KEY", "sk ")];
    let (_, message) = refused(GivenKeys::default(), "", &env);
    assert_eq!(
        message,
        "KLING_SECRET_KEY is padded with white space: trim it"
    );
    assert_eq!(Source::Provider.to_string(), "provider");
}

#[test]
fn knows_which_credentials_were_passed_over() {
    let over = |given, prefix, env: &Env| {
        resolve(given, prefix, Host::Kling, lookup(env))
            .unwrap()
            .passed_over
    };
    let names = |from: usize| -> Vec<_> {
        EVERYTHING[from..]
            .iter()
            .map(|(name, _)| (*name).to_owned())
            .collect()
    };
    assert_eq!(over(GivenKeys::default(), "", EVERYTHING), names(1));
    assert_eq!(over(GivenKeys::default(), "", &EVERYTHING[1..]), names(3));
    assert_eq!(over(GivenKeys::default(), "", &EVERYTHING[6..]), names(8));
    // A half counts: it was meant to be used.
    let half = [("KLING_API_KEY", "k"), ("KLINGAI_SECRET_KEY", "sk")];
    assert_eq!(
        over(GivenKeys::default(), "", &half),
        ["KLINGAI_SECRET_KEY"]
    );
    let prefixed = [
        ("X_KLING_API_KEY", "k"),
        ("X_KLING_ACCESS_KEY", "ak"),
        ("KLING_SECRET_KEY", "sk"),
    ];
    assert_eq!(
        over(GivenKeys::default(), "X_", &prefixed),
        ["X_KLING_ACCESS_KEY"]
    );
    assert!(over(given([Some("ak"), None, None]), "", EVERYTHING).is_empty());
}

#[test]
fn says_of_a_bad_variable_that_others_come_after_it() {
    let env = [
        ("KLING_API_KEY", "undefined"),
        ("KLING_ACCESS_KEY", "ak"),
        ("KLING_SECRET_KEY", "sk"),
    ];
    let (code, message) = refused(GivenKeys::default(), "", &env);
    assert_eq!(code, "KLING_INVALID_CREDENTIALS");
    assert_eq!(
        message,
        "KLING_API_KEY is a variable that was not filled in: set it, or look at what should have put \
         its value here (KLING_ACCESS_KEY and KLING_SECRET_KEY are set too, and come after it)"
    );
}

#[test]
fn recognises_variables_whose_name_is_nearly_right() {
    let cases: [(&Env, &str, &str, &str); 5] = [
        (
            &[("KLING_AI_ACCESS_KEY", "ak"), ("KLING_AI_SECRET_KEY", "sk")],
            "credentials",
            "KLING_AI_ACCESS_KEY",
            "KLING_ACCESS_KEY",
        ),
        (
            &[("KLING_AK", "ak"), ("KLING_SK", "sk")],
            "credentials",
            "KLING_AK",
            "KLING_ACCESS_KEY",
        ),
        (
            &[("KLING_APIKEY", "k")],
            "credentials",
            "KLING_APIKEY",
            "KLING_API_KEY",
        ),
        (
            &[("KLING_ACCESS_KEY", "ak"), ("KLING_API_SECRET", "sk")],
            "secret key",
            "KLING_API_SECRET",
            "KLING_SECRET_KEY",
        ),
        (
            &[("KLINGAI_API_KEY", ""), ("KLING_API_TOKEN", "k")],
            "credentials",
            "KLING_API_TOKEN",
            "KLING_API_KEY",
        ),
    ];
    for (env, what, near, right) in cases {
        assert_eq!(
            refused(GivenKeys::default(), "", env),
            (
                "KLING_MISSING_CREDENTIALS",
                format!(
                    "{what} not given: {near} is set, but nobody reads it: rename it to {right}"
                )
            )
        );
    }
    let (_, message) = refused(GivenKeys::default(), "X_", &[("X_KLING_AK", "ak")]);
    assert!(
        message
            .ends_with("X_KLING_AK is set, but nobody reads it: rename it to X_KLING_ACCESS_KEY"),
        "{message}"
    );
    // Half a pair as an option.
    let (_, message) = refused(given([Some("ak"), None, None]), "", &[("KLING_SK", "sk")]);
    assert!(
        message.ends_with("rename it to KLING_SECRET_KEY"),
        "{message}"
    );
}

#[test]
fn says_what_a_half_is_instead_before_the_other_is_missed() {
    const K: &str = "api-key-kling-0123456789abcdef";
    let other = "looks like an API Key: set KLING_API_KEY, or pass apiKey";
    for (keys, env, name) in [
        ([Some(K), None, None], vec![], "accessKey"),
        ([None, Some(K), None], vec![], "secretKey"),
        ([None; 3], vec![("KLING_ACCESS_KEY", K)], "KLING_ACCESS_KEY"),
        ([None; 3], vec![("KLING_SECRET_KEY", K)], "KLING_SECRET_KEY"),
        (
            [None; 3],
            vec![("KLING_ACCESS_KEY", K), ("KLING_SECRET_KEY", "sk")],
            "KLING_ACCESS_KEY",
        ),
    ] {
        let (code, message) = refused(given(keys), "", &env);
        assert_eq!(code, "KLING_INVALID_CREDENTIALS");
        assert_eq!(message, format!("{name} {other}"));
    }
}

#[test]
fn knows_what_a_variable_is_for() {
    let klings = Slot::ApiKey(Host::Kling);
    for (name, slot) in [
        ("KLING_API_KEY", Some(klings)),
        ("STAGING_KLINGAI_API_KEY", Some(klings)),
        ("KLING_ACCESS_KEY", Some(Slot::AccessKey)),
        ("KLING_ACCESS_KEY_ID", Some(Slot::AccessKey)),
        ("KLING_SECRET_ACCESS_KEY", Some(Slot::SecretKey)),
        ("KLING_WEBHOOK_SECRET", Some(Slot::WebhookSecret)),
        ("KLING_API_BASE", None),
        ("XKLING_API_KEY", None),
        ("KLING_AK", None),
    ] {
        assert_eq!(slot_of(name, Host::Kling), slot, "{name}");
    }
    let described = |name, value: &str| describe(name, value.to_owned().into(), Host::Kling);
    let problem = |name, value| described(name, value).unwrap().problem;
    assert_eq!(
        problem("KLING_ACCESS_KEY", "Bearer x").as_deref(),
        Some("begins with \"Bearer \": leave it out, it is added")
    );
    assert_eq!(
        problem("KLING_API_KEY", "ak_0123").as_deref(),
        Some("looks like an access key: set it as KLING_ACCESS_KEY, with its KLING_SECRET_KEY")
    );
    assert_eq!(
        problem("KLING_WEBHOOK_SECRET", "v1,whsec_x").as_deref(),
        Some("begins with \"v1,\", which belongs before signatures: leave it out")
    );
    assert_eq!(problem("KLING_SECRET_KEY", "sk"), None);
    let secret = "whsec_dGVzdHNlY3JldHRlc3RzZWNyZXR0ZXN0c2VjcmV0MTI=";
    let two = format!("{secret} {secret}");
    assert_eq!(problem("KLING_WEBHOOK_SECRET", &two), None);
    assert_eq!(
        described("KLING_SECRET_KEY", "s k")
            .unwrap()
            .odd()
            .as_deref(),
        Some("character 2 is a blank, which no key of Kling's has")
    );
    assert_eq!(described("KLING_API_BASE", "x"), None);
}
