//! The native half of the class `KlingAuth`.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use kling_auth_binding::auth::{self as entry, Supply};
use kling_auth_binding::options::string;
use napi::Env;
use napi::bindgen_prelude::Unknown;
use napi_derive::napi;
use zeroize::Zeroizing;

use super::driver::Driver;
use super::error::Failure;
use super::native::Native;
use super::provider::{self, ProviderEvents, request_id};
use super::raw::bytes::Text;
use super::raw::classes::Classes;
use super::raw::reader::{Handle, Readers};
use super::raw::value::{
    Made, boolean, list, millis, moment_of, optional_number, optional_text, record, text, token,
};
use super::value::Js;
use crate::clock;
use kling_auth_core::auth::{Auth, Issued};
use kling_auth_core::credentials::{CredentialKind, mask};
use kling_auth_core::error::Error;
use kling_auth_core::provider::{Input, Provider};
use kling_auth_core::request::endpoint::Base;

/// Holds the secret where JavaScript cannot reach it.
#[napi]
pub struct NativeAuth {
    pub(super) classes: Rc<Classes>,
    pub(super) auth: Arc<Auth>,
    readers: Rc<Readers>,
    /// Most instances of a program with many tenants are never read.
    handle: OnceCell<Handle>,
    pub(super) base: Base,
    provider: Option<Driver>,
    /// Variables with further credentials, which the ones in use come before.
    passed_over: Vec<String>,
}

#[napi]
impl NativeAuth {
    /// `options` as `KlingAuth` takes them. With the option `credentials`, what happens to the
    /// provider is told to `events` under its `number`.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        env: Env,
        native: &Native,
        options: Unknown<'_>,
        #[napi(ts_arg_type = "object")] process_env: Unknown<'_>,
        events: Option<&ProviderEvents>,
        number: Option<u32>,
    ) -> napi::Result<Self> {
        native.classes.run(env, || {
            let events = events.zip(number);
            let setup = entry::setup(
                Js(options),
                Js(process_env),
                &native.files,
                events.is_some(),
            )?;
            let (policy, base) = (setup.policy, setup.base);
            let (auth, provider, passed_over) = match (setup.supply, events) {
                (Supply::Held(found), _) => {
                    let auth = Auth::new(found.credential, found.source, policy);
                    (Arc::new(auth), None, found.passed_over)
                }
                (Supply::Provider(timeout), Some((events, number))) => {
                    let rules = Provider::new(timeout);
                    let (auth, driver) = provider::connect(policy, rules, events, number)?;
                    (auth, Some(driver), Vec::new())
                }
                (Supply::Provider(_), None) => return Err(Error::Internal.into()),
            };
            auth.set_clock_correction(setup.corrects_clock);
            Ok(Self {
                classes: Rc::clone(&native.classes),
                auth,
                readers: Rc::clone(&native.readers),
                handle: OnceCell::new(),
                base,
                provider,
                passed_over,
            })
        })
    }

    /// What `read` and `refresh` know the instance by.
    #[napi(catch_unwind, ts_return_type = "unknown")]
    pub fn handle(&self, env: Env) -> u32 {
        let new = || Handle::new(env, &self.readers, Arc::clone(&self.auth));
        self.handle.get_or_init(new).number()
    }

    /// Drops the cached token, or only `seen` if that is the cached one.
    #[napi(catch_unwind)]
    pub fn invalidate(&self, env: Env, seen: Unknown<'_>) -> napi::Result<()> {
        self.classes
            .run(env, || entry::invalidate(&self.auth, Js(seen)))
    }

    /// The cached token, or a new one from the credential at hand if `seen` is still the cached one.
    #[napi(catch_unwind, ts_return_type = "string")]
    pub fn renew(
        &self,
        env: Env,
        #[napi(ts_arg_type = "string")] seen: Unknown<'_>,
        #[napi(ts_arg_type = "number")] now: Option<Unknown<'_>>,
    ) -> napi::Result<Made> {
        self.classes.run(env, || {
            let (seen, now) = (string("token", Js(seen))?, moment_of(now)?);
            let copy = |issued: &Issued| Zeroizing::new(issued.token.as_str().to_owned());
            Ok(Made::new(token(env, &self.auth.renew(now, &seen, copy)?)?))
        })
    }

    /// Replaces the credential.
    #[napi(catch_unwind)]
    pub fn rotate(&self, env: Env, credentials: Unknown<'_>) -> napi::Result<()> {
        self.classes.run(env, || {
            entry::rotate(&self.auth, &self.base, Js(credentials))
        })
    }

    /// Asks for a valid token, or with `force` for a new one. The event `done` carries `ticket`.
    #[napi(catch_unwind)]
    pub fn want(
        &self,
        env: Env,
        ticket: u32,
        force: bool,
        #[napi(ts_arg_type = "number")] now: Option<Unknown<'_>>,
    ) -> napi::Result<()> {
        self.classes.run(env, || {
            let now = moment_of(now)?;
            self.put_to_open(Input::Want { ticket, force, now })
        })
    }

    /// Asks for another credential than the one in `bearer`, which Kling does not know. The event
    /// `done` carries `ticket`.
    #[napi(catch_unwind)]
    pub fn refused(
        &self,
        env: Env,
        ticket: u32,
        #[napi(ts_arg_type = "string")] bearer: Unknown<'_>,
        #[napi(ts_arg_type = "number")] now: Option<Unknown<'_>>,
    ) -> napi::Result<()> {
        self.classes.run(env, || {
            let bearer = string("bearer", Js(bearer))?;
            let now = moment_of(now)?;
            self.put_to_open(Input::Refused {
                ticket,
                bearer,
                now,
            })
        })
    }

    /// Tells that the provider has something new.
    #[napi(catch_unwind)]
    pub fn news(&self) {
        self.put(Input::News);
    }

    /// Takes the provider's answer to the request `id`. Throws if it is no credential: then the
    /// request has failed, for the reason that is thrown.
    #[napi(catch_unwind)]
    pub fn settle(
        &self,
        env: Env,
        id: f64,
        answer: Unknown<'_>,
        #[napi(ts_arg_type = "number")] now: Option<Unknown<'_>>,
    ) -> napi::Result<()> {
        self.classes.run(env, || {
            let id = request_id(id);
            let read = || Ok((moment_of(now)?, entry::delivery(&self.base, Js(answer))?));
            read()
                .map(|(now, delivery)| {
                    let delivery = Ok(delivery);
                    self.put(Input::Settled { id, delivery, now });
                })
                .inspect_err(|failure: &Failure| {
                    self.fail_request(id, entry::unusable(failure.error()));
                })
        })
    }

    /// Tells that the request `id` came to nothing, for a reason known to JavaScript.
    #[napi(catch_unwind)]
    pub fn fail(&self, id: f64, #[napi(ts_arg_type = "string")] problem: Text) {
        self.fail_request(request_id(id), problem.0);
    }

    /// Variables with further credentials, which those in use come before. None once they were
    /// replaced.
    #[napi(catch_unwind, ts_return_type = "string[]")]
    pub fn passed_over(&self, env: Env) -> napi::Result<Made> {
        self.classes.run(env, || {
            let variables = entry::passed_over(&self.auth, &self.passed_over);
            Ok(list(env, variables)?)
        })
    }

    /// For `util.inspect`: what may be shown, signing nothing. `kind` and `accessKey` are absent
    /// where there is no credential, `expiresAt` where no token is cached.
    #[napi(
        catch_unwind,
        ts_return_type = "{ disposed: boolean; kind?: 'jwt' | 'apiKey'; accessKey?: string; maskedAccessKey?: string; source: import('./index').KlingCredentialSource; expiresAt?: number }"
    )]
    pub fn summary(&self, env: Env) -> napi::Result<Made> {
        self.classes.run(env, || {
            let summary = self.auth.summary();
            let access_key = summary.access_key.as_deref();
            Ok(record(
                env,
                &[
                    (c"disposed", boolean(env, summary.disposed)?),
                    (
                        c"kind",
                        optional_text(env, summary.kind.map(CredentialKind::as_str))?,
                    ),
                    (c"accessKey", optional_text(env, access_key)?),
                    (
                        c"maskedAccessKey",
                        optional_text(env, access_key.map(mask).as_deref())?,
                    ),
                    (c"source", text(env, summary.source.to_string().as_bytes())?),
                    (
                        c"expiresAt",
                        optional_number(env, summary.cached_until.map(millis))?,
                    ),
                ],
            )?)
        })
    }

    /// Wipes the secret; every later call but `summary` and `dispose` throws.
    #[napi(catch_unwind)]
    pub fn dispose(&self) {
        self.auth.dispose();
        self.put(Input::Close);
    }
}

impl NativeAuth {
    fn put(&self, input: Input) -> bool {
        self.provider
            .as_ref()
            .is_some_and(|driver| driver.put(input))
    }

    /// For an input that an event answers. After the end none would come.
    fn put_to_open(&self, input: Input) -> Result<(), Failure> {
        if self.put(input) {
            Ok(())
        } else {
            Err(Error::Disposed.into())
        }
    }

    fn fail_request(&self, id: u64, problem: String) {
        let (delivery, now) = (Err(Error::ProviderFailed(problem)), clock::now());
        self.put(Input::Settled { id, delivery, now });
    }
}
