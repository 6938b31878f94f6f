//! Tokens without state: generate, decode, verify.

use kling_auth_binding::token;
use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;

use super::native::Native;
use super::raw::value::{self, Made, texts};
use super::value::Js;
use crate::clock;

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
            let signed = token::generate(Js(options), Js(process_env), &self.files, clock::now())?;
            // Copied into JavaScript from memory that is wiped.
            Ok(Made::new(value::token(env, signed.as_str())?))
        })
    }

    /// `decodeKlingToken` of the public face. The members are JSON text.
    #[napi(catch_unwind, ts_return_type = "{ header: string, claims: string }")]
    pub fn decode_token(&self, env: Env, token: Unknown<'_>) -> napi::Result<Made> {
        self.classes.run(env, || {
            let (header, claims) = token::decode(Js(token))?;
            let (header, claims) = (Some(&*header), Some(&*claims));
            Ok(texts(env, &[(c"header", header), (c"claims", claims)])?)
        })
    }

    /// `verifyKlingToken` of the public face: the JSON text of a genuine token's claims, or why the
    /// token is refused; never both.
    #[napi(
        catch_unwind,
        ts_return_type = "{ claims: string, reason?: undefined } | { claims?: undefined, reason: import('./index').KlingTokenRefusal }"
    )]
    pub fn verify_token(
        &self,
        env: Env,
        token: Unknown<'_>,
        secret_key: Unknown<'_>,
        options: Unknown<'_>,
    ) -> napi::Result<Made> {
        self.classes.run(env, || {
            let (token, secret_key, options) = (Js(token), Js(secret_key), Js(options));
            let verified = token::check(token, secret_key, options, clock::precise)?;
            let (claims, reason) = match &verified {
                Ok(claims) => (Some(claims.as_str()), None),
                Err(reason) => (None, Some(reason.as_str())),
            };
            Ok(texts(env, &[(c"claims", claims), (c"reason", reason)])?)
        })
    }
}
