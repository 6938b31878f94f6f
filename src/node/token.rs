//! Tokens without state: generate, decode, verify.

use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use super::native::Native;
use super::options::{Environment, Options, explicit, string};
use super::raw::value::{Made, texts, token};
use crate::clock;
use kling_auth_core::credentials::Key;
use kling_auth_core::error::Error;
use kling_auth_core::sources::resolve_pair;
use kling_auth_core::time::Timestamp;
use kling_auth_core::token::jwt::Jwt;
use kling_auth_core::token::verify::{VerifyingKey, verify};
use kling_auth_core::token::{Lifetime, Token};

#[napi]
impl Native {
    /// `generateKlingToken` of the public face.
    #[napi(catch_unwind, ts_return_type = "string")]
    pub fn generate_token(
        &self,
        env: Env,
        options: Unknown<'_>,
        #[napi(ts_arg_type = "object")] process_env: Unknown<'_>,
    ) -> napi::Result<Made> {
        self.classes.run(env, || {
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
            let environment = Environment::new(&options, process_env, &self.files)?;
            let pair = resolve_pair(explicit(&options)?, environment)?;
            // Copied into JavaScript from memory that is wiped.
            let signed = Token::sign(&pair, lifetime, clock::now(), None);
            Ok(Made::new(token(env, signed.as_str())?))
        })
    }

    /// `decodeKlingToken` of the public face. The members are JSON text.
    #[napi(catch_unwind, ts_return_type = "{ header: string, claims: string }")]
    pub fn decode_token(&self, env: Env, token: Unknown<'_>) -> napi::Result<Made> {
        self.classes.run(env, || {
            let token = string("token", token)?;
            let jwt = Jwt::parse(&token)?;
            let (header, claims) = (Some(&*jwt.header_json), Some(&*jwt.claims_json));
            Ok(texts(env, &[(c"header", header), (c"claims", claims)])?)
        })
    }

    /// `verifyKlingToken` of the public face: the JSON text of a genuine token's claims, or why the
    /// token is refused; never both.
    #[napi(catch_unwind, ts_return_type = "{ claims?: string, reason?: string }")]
    pub fn verify_token(
        &self,
        env: Env,
        token: Unknown<'_>,
        secret_key: Unknown<'_>,
        options: Unknown<'_>,
    ) -> napi::Result<Made> {
        self.classes.run(env, || {
            let options = Options::new("options", options, &["now", "accessKey"])?;
            let now = match options.date("now")? {
                Some(millis) => Timestamp::checked("now", millis)?,
                None => clock::precise(),
            };
            let access_key = options.string("accessKey")?;
            let access_key = access_key.as_ref().map(|key| key.as_str());
            let key = VerifyingKey::new(&Key::new("secretKey", string("secretKey", secret_key)?))?;
            let verified = verify(&string("token", token)?, &key, now, access_key);
            let (claims, reason) = match &verified {
                Ok(claims) => (Some(claims.as_str()), None),
                Err(reason) => (None, Some(reason.as_str())),
            };
            Ok(texts(env, &[(c"claims", claims), (c"reason", reason)])?)
        })
    }
}
