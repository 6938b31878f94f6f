//! Tokens without state: generate, decode, verify.

use napi::bindgen_prelude::{Object, Unknown};
use napi::{Env, JsString};
use napi_derive::napi;

use super::error::Failure;
use super::options::{Options, environment, explicit, string};
use crate::clock;
use kling_auth_core::credentials::Key;
use kling_auth_core::error::Error;
use kling_auth_core::sources::resolve_pair;
use kling_auth_core::time::Timestamp;
use kling_auth_core::token::jwt::Jwt;
use kling_auth_core::token::verify::{VerifyingKey, verify};
use kling_auth_core::token::{Lifetime, Token};

/// `generateKlingToken` of the public face.
#[napi(catch_unwind)]
pub fn generate_token<'env>(
    env: &'env Env,
    options: Unknown<'_>,
    process_env: Object<'_>,
) -> napi::Result<JsString<'env>> {
    let generate = || {
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
        let pair = resolve_pair(explicit(&options)?, environment(&options, process_env)?)?;
        // Copied into JavaScript from memory that is wiped.
        let token = Token::sign(&pair, lifetime, clock::now(), None);
        Ok(env.create_string(token.as_str())?)
    };
    generate().map_err(|failure: Failure| failure.into_exception(*env))
}

/// A token taken apart; the members are JSON text.
#[napi(object, object_from_js = false)]
pub struct DecodedToken {
    /// The header's JSON text.
    pub header: String,
    /// The claims' JSON text.
    pub claims: String,
}

/// `decodeKlingToken` of the public face.
#[napi(catch_unwind)]
pub fn decode_token(env: Env, token: Unknown<'_>) -> napi::Result<DecodedToken> {
    let decode = || {
        let token = string("token", token)?;
        let jwt = Jwt::parse(&token)?;
        Ok(DecodedToken {
            header: jwt.header_json,
            claims: jwt.claims_json,
        })
    };
    decode().map_err(|failure: Failure| failure.into_exception(env))
}

/// The outcome of a verification: either member, never both.
#[napi(object, object_from_js = false)]
pub struct Verification {
    /// The claims' JSON text of a genuine token.
    pub claims: Option<String>,
    /// Why the token is refused.
    pub reason: Option<&'static str>,
}

/// `verifyKlingToken` of the public face.
#[napi(catch_unwind)]
pub fn verify_token(
    env: Env,
    token: Unknown<'_>,
    secret_key: Unknown<'_>,
    options: Unknown<'_>,
) -> napi::Result<Verification> {
    let verify = || {
        let options = Options::new("options", options, &["now", "accessKey"])?;
        let now = match options.date("now")? {
            Some(millis) => Timestamp::checked("now", millis)?,
            None => clock::precise(),
        };
        let access_key = options.string("accessKey")?;
        let key = VerifyingKey::new(&Key::new("secretKey", string("secretKey", secret_key)?))?;
        let token = string("token", token)?;
        Ok(
            match verify(
                &token,
                &key,
                now,
                access_key.as_ref().map(|key| key.as_str()),
            ) {
                Ok(claims) => Verification {
                    claims: Some(claims),
                    reason: None,
                },
                Err(reason) => Verification {
                    claims: None,
                    reason: Some(reason.as_str()),
                },
            },
        )
    };
    verify().map_err(|failure: Failure| failure.into_exception(env))
}
