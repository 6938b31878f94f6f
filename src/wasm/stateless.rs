//! The functions without an instance.

use kling_auth_binding::options::wrong_type;
use kling_auth_binding::value::Value as _;
use kling_auth_binding::{auth, check, key, network, reply, token};
use kling_auth_core::credentials::CredentialKind;
use kling_auth_core::describe::Description;
use kling_auth_core::error::Error;
use kling_auth_core::request::endpoint;
use kling_auth_core::time::Timestamp;

use crate::failure::Failure;
use crate::output;
use crate::raw::imports;
use crate::value::{Files, Js};

type Outcome = Result<i32, Failure>;

/// `generateKlingToken`
pub fn generate_token(options: Js, process_env: Js, now: f64) -> Outcome {
    let now = Timestamp::checked("now()", now)?;
    let token = token::generate(options, process_env, &Files, now)?;
    output::fields(&[Some(token.as_str())]);
    Ok(0)
}

/// `decodeKlingToken`
pub fn decode_token(token: Js) -> Outcome {
    let (header, claims) = token::decode(token)?;
    output::fields(&[Some(&header), Some(&claims)]);
    Ok(0)
}

/// `verifyKlingToken`
pub fn verify_token(token: Js, secret_key: Js, options: Js, now: f64) -> Outcome {
    let now = Timestamp::checked("now()", now)?;
    let outcome = token::check(token, secret_key, options, || now)?;
    output::fields(&match &outcome {
        Ok(claims) => [Some(claims.as_str()), None],
        Err(refusal) => [None, Some(refusal.as_str())],
    });
    Ok(0)
}

/// `explainKlingReply`
pub fn explain_reply(reply: Js, body: Js, context: Js, now: f64) -> Outcome {
    let now = Timestamp::checked("now()", now)?;
    let (status, explanation) = reply::explain(reply, body, context, now)?;
    output::fields(&[
        explanation.ok.then_some("ok"),
        Some(&status.to_string()),
        explanation.code.map(|code| code.to_string()).as_deref(),
        Some(explanation.kind.as_str()),
        explanation.retryable.then_some("retryable"),
        explanation
            .retry_after_sec
            .map(|seconds| seconds.to_string())
            .as_deref(),
        explanation.request_id.as_deref(),
        explanation.message.as_deref(),
        explanation.hint.as_deref(),
        explanation
            .takes_api_keys_only
            .then_some("takesApiKeysOnly"),
    ]);
    Ok(0)
}

/// What is to be done where no reply has come.
pub fn hint_without_reply(method: Js, pathname: Js) -> Outcome {
    let hint = reply::hint_without_reply(method, pathname)?;
    output::fields(&[Some(&hint)]);
    Ok(0)
}

/// Checks the options of a function that is written in JavaScript, and hands them back.
pub fn check_options(argument: Js, options: Js, types: Js) -> Outcome {
    for (_, value) in check::options(&imports::text(argument.0)?, options, types)? {
        give(value);
    }
    Ok(0)
}

/// Refuses a value of the wrong type.
pub fn refuse_type(argument: Js, expected: Js, value: Js) -> Outcome {
    let expected = plain(expected)?;
    Err(wrong_type(&plain(argument)?, expected, value.kind()?))
}

/// Refuses what JavaScript knows better than by its type.
pub fn refuse_received(argument: Js, expected: Js, received: Js) -> Outcome {
    let [argument, expected] = [plain(argument)?, plain(expected)?];
    Err(check::received(argument, expected, plain(received)?).into())
}

/// Refuses a number that does not fit, or what is none.
pub fn refuse_number(argument: Js, expected: Js, value: Js) -> Outcome {
    Err(check::out_of_range(plain(argument)?, plain(expected)?, value)?.into())
}

/// Refuses what needs a provider's answer before there is one.
pub fn refuse_not_ready() -> Outcome {
    Err(Error::NOT_READY.into())
}

/// Refuses two options that exclude each other.
pub fn refuse_both(first: Js, second: Js) -> Outcome {
    Err(check::conflict(plain(first)?, plain(second)?).into())
}

/// Returns 1 if `getToken` is to bring a new token, and hands its signal back.
pub fn get_token_options(options: Js) -> Outcome {
    let (force, signal) = auth::get_token_options(options)?;
    give(signal);
    Ok(i32::from(force))
}

/// The time-out of `verify` in milliseconds; hands its signal back.
pub fn verify_options(options: Js) -> Outcome {
    let (timeout, signal) = network::verify_options(options)?;
    give(signal);
    Ok(i32::try_from(timeout).unwrap_or(i32::MAX))
}

fn give(value: Option<Js>) {
    imports::give(value.map(|value| value.0));
}

/// A text that is no secret.
fn plain(text: Js) -> Result<String, Failure> {
    Ok(imports::text(text.0)?.to_string())
}

/// Refuses a URL that credentials cannot be sent to.
pub fn check_url(argument: Js, url: Js, bare: bool) -> Outcome {
    network::check_url(plain(argument)?, url, bare)?;
    Ok(0)
}

/// Refuses a request to a foreign origin.
pub fn check_destination(origin: Js, base: Js, allowed: Js) -> Outcome {
    let (origin, base) = (imports::text(origin.0)?, imports::text(base.0)?);
    let allowed: Vec<String> = (0..allowed.length()?)
        .map(|index| Ok(allowed.element(index)?.text()?.to_string()))
        .collect::<Result<_, Failure>>()?;
    endpoint::check_destination(&origin, &base, &allowed)?;
    Ok(0)
}

/// Describes the value of a variable.
pub fn describe_key(name: Js, value: Js, base: Js) -> Outcome {
    let found = key::describe(name, value, base)?;
    output::fields(&[
        found.as_ref().map(|found| found.shape.as_str()),
        found.as_ref().and_then(|found| found.problem.as_deref()),
        found.as_ref().and_then(Description::odd).as_deref(),
    ]);
    Ok(0)
}

/// What mends a variable that is set and read by nobody.
pub fn near_variable(name: Js) -> Outcome {
    output::fields(&[key::near_variable(name)?.as_deref()]);
    Ok(0)
}

/// Whose host a URL leads to.
pub fn host_of(url: Js) -> Outcome {
    output::fields(&[Some(key::host_of(url)?)]);
    Ok(0)
}

/// The host of the other region.
pub fn other_region_of(host: Js) -> Outcome {
    output::fields(&[key::other_region_of(host)?]);
    Ok(0)
}

/// Returns 1 for a JWT, 0 for an API Key.
pub fn credential_of(bearer: Js) -> Outcome {
    let kind = CredentialKind::of(&imports::text(bearer.0)?);
    Ok(i32::from(kind == CredentialKind::Jwt))
}
