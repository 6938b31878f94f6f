//! `cargo test --features shuttle sync::`: the swap of credentials under many thread schedules.

use std::sync::Arc;

use shuttle::thread;
use zeroize::Zeroizing;

use super::credentials::pair;
use crate::auth::{Auth, Policy};
use crate::credentials::{Credential, Key};
use crate::sources::Source;
use crate::time::Timestamp;
use crate::token::Lifetime;
use crate::token::json::Json;
use crate::token::jwt::Jwt;
use crate::token::verify::{VerifyingKey, verify};

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

/// The issuer of the current token, which must be wholly of one pair.
fn issuer(auth: &Auth) -> String {
    let token = auth
        .read(NOW, |issued| issued.token.as_str().to_owned())
        .unwrap();
    let claims = Jwt::parse(&token).unwrap().claims;
    let issuer = claims.get("iss").and_then(Json::as_str).unwrap().to_owned();
    let secret = Zeroizing::new(format!("secret-of-{issuer}"));
    let key = VerifyingKey::new(&Key::new("secretKey", secret)).unwrap();
    assert!(
        verify(&token, &key, NOW, None).is_ok(),
        "a token of two pairs"
    );
    issuer
}

#[test]
fn a_swap_is_seen_whole_and_never_undone_under_any_schedule() {
    shuttle::check_random(
        || {
            let new = |name: &str| Credential::Pair(pair(name, &format!("secret-of-{name}")));
            let policy = Policy::new(Lifetime::default(), None).unwrap();
            let auth = Arc::new(Auth::new(new("old"), Source::Options, policy));
            let readers: Vec<_> = (0..2)
                .map(|_| {
                    let auth = Arc::clone(&auth);
                    thread::spawn(move || {
                        let first = issuer(&auth);
                        auth.invalidate(None).unwrap();
                        let second = issuer(&auth);
                        assert!(first == "old" || second == "new", "the swap was undone");
                    })
                })
                .collect();
            let rotation = {
                let auth = Arc::clone(&auth);
                thread::spawn(move || auth.rotate(new("new")).unwrap())
            };
            rotation.join().unwrap();
            assert_eq!(issuer(&auth), "new");
            for reader in readers {
                reader.join().unwrap();
            }
        },
        2000,
    );
}
