//! Tokens without state: generate, decode, verify.

use kling_auth_core::credentials::Key;
use kling_auth_core::error::Error;
use kling_auth_core::sources::resolve_pair;
use kling_auth_core::time::Timestamp;
use kling_auth_core::token::jwt::Jwt;
use kling_auth_core::token::verify::{TokenRefusal, VerifyingKey, verify};
use kling_auth_core::token::{Lifetime, Token};

use crate::options::{Environment, Files, Options, given_keys, string};
use crate::value::{Outcome, Value};

/// `generateKlingToken` of the public face.
pub fn generate<V: Value>(
    options: V,
    process_env: V,
    files: &impl Files<V>,
    now: Timestamp,
) -> Outcome<Token, V> {
    let options = Options::new(
        "options",
        options,
        &[
            "accessKey",
            "secretKey",
            "apiKey",
            "ttlSec",
            "clockToleranceSec",
            "env",
        ],
    )?;
    if options.has("apiKey")? {
        return Err(Error::TokenFromApiKey.into());
    }
    let lifetime = Lifetime::new(
        options.number("ttlSec")?,
        options.number("clockToleranceSec")?,
    )?;
    let environment = Environment::new(&options, process_env, files)?;
    let pair = resolve_pair(given_keys(&options)?, environment)?;
    Ok(Token::sign(&pair, lifetime, now, None))
}

/// `decodeKlingToken` of the public face: the JSON texts of header and claims.
pub fn decode<V: Value>(token: V) -> Outcome<(String, String), V> {
    let token = string("token", token)?;
    let jwt = Jwt::parse(&token)?;
    Ok((jwt.header_json, jwt.claims_json))
}

/// `verifyKlingToken` of the public face: the claims' JSON text, or why the token is refused.
/// `clock` is asked where the option `now` is not given.
pub fn check<V: Value>(
    token: V,
    secret_key: V,
    options: V,
    clock: impl FnOnce() -> Timestamp,
) -> Outcome<Result<String, TokenRefusal>, V> {
    let options = Options::new("options", options, &["now", "accessKey"])?;
    let now = match options.date("now")? {
        Some(millis) => Timestamp::checked("now", millis)?,
        None => clock(),
    };
    let access_key = options.string("accessKey")?;
    let key = VerifyingKey::new(&Key::new("secretKey", string("secretKey", secret_key)?))?;
    let token = string("token", token)?;
    let access_key = access_key.as_ref().map(|key| key.as_str());
    Ok(verify(&token, &key, now, access_key))
}
