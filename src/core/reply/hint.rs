//! What to do next after a reply, by all that is known of it and of the request.

use crate::credentials::CredentialKind;
use crate::reply::caller::{Caller, Repeat};
use crate::reply::envelope::{Envelope, Form};
use crate::reply::service_code::{self, Kind, MAINTENANCE, NO_AUTHORIZATION};
use crate::reply::text::Said;
use crate::request::endpoint::{self, Host, KLINGS_HOSTS};
use crate::sources::are;

const WAIT: &str = "wait and send it again, longer each time";
const ASK_FIRST: &str = "the task may exist and may be charged, so look it up by its external_task_id before you send it again (a second create with the same external_task_id makes no second task)";
const NO_PAIRS: &str =
    "this endpoint takes API Keys only, not tokens signed with access key and secret key";

/// What is to be done about a reply that is no success.
pub(crate) fn hint(
    status: u16,
    envelope: &Envelope,
    kind: Kind,
    said: Option<Said>,
    caller: &Caller<'_>,
) -> String {
    let (status, code) = envelope.meant(status);
    let mut hint = match (kind, said) {
        (Kind::Auth, _) => auth(envelope, said, caller),
        (Kind::Server, _) => server(code, caller),
        (Kind::Request, Some(Said::IdTaken)) => "this external_task_id was used before: its task exists, and this request made none and costs nothing; look the task up by the id, or choose another".to_owned(),
        (Kind::Request, Some(Said::UnknownTask)) => "no task of this account has this id or external_task_id: check it, and that the key is of the account that made the task".to_owned(),
        _ if status == 404 && envelope.form == Form::Framework => "there is no such path: check it; newer endpoints (/tasks, /text-to-video/<model>) have no /v1 in front, the others begin with /v1/".to_owned(),
        _ => meaning(status, code),
    };
    let is_half = (200..=299).contains(&status) && kind == Kind::Unknown;
    if is_half && caller.repeat() == Repeat::Creates {
        hint = format!("{hint}; {ASK_FIRST}");
    }
    match caller.host {
        Some(host) if (code.is_none() || kind == Kind::Auth) && Host::of(host) == Host::Other => {
            format!("{hint}; {host} is none of Kling's hosts, which are {KLINGS_HOSTS}")
        }
        _ => hint,
    }
}

/// What is to be done where no reply has come: after a time-out, or when the connection was cut.
#[must_use]
pub fn without_reply(caller: &Caller<'_>) -> String {
    match caller.repeat() {
        Repeat::Safe => WAIT.to_owned(),
        Repeat::Creates => ASK_FIRST.to_owned(),
        Repeat::Unknown => either(),
    }
}

fn either() -> String {
    format!("after a read, {WAIT}; after a create, {ASK_FIRST}")
}

fn meaning(status: u16, code: Option<i64>) -> String {
    code.and_then(service_code::meaning_of_code)
        .unwrap_or_else(|| service_code::meaning_of_status(status, code))
        .hint
        .unwrap_or_default()
        .to_owned()
}

fn server(code: Option<i64>, caller: &Caller<'_>) -> String {
    let cause = match code {
        Some(MAINTENANCE) => "Kling is under maintenance",
        Some(code) if code != 0 => "Kling failed, not the request",
        _ => "Kling failed, or something on the way to it",
    };
    format!("{cause}: {}", without_reply(caller))
}

fn auth(envelope: &Envelope, said: Option<Said>, caller: &Caller<'_>) -> String {
    let code = match (envelope.code, envelope.form) {
        (Some(code), Form::Envelope) => code,
        (_, form) => return not_klings(form).to_owned(),
    };
    if code == NO_AUTHORIZATION {
        return "no Authorization header arrived: send one (auth.fetch and auth.headers do), and look for a proxy or redirect that drops it".to_owned();
    }
    let takes_api_keys_only = caller.path.is_some_and(endpoint::takes_api_keys_only);
    let check = match (caller.credential, said) {
        (Some(CredentialKind::Jwt), Some(Said::ApiKeysOnly)) => {
            return use_api_key();
        }
        (Some(CredentialKind::Jwt), _) if takes_api_keys_only => return use_api_key(),
        (Some(CredentialKind::ApiKey), Some(Said::ApiKeysOnly)) => "Kling does not know this API Key (its text is about AK/SK whatever was sent): check that the key is whole and enabled in the Kling developer console".to_owned(),
        (None, Some(Said::ApiKeysOnly)) => format!("{NO_PAIRS}: send an API Key; if one was sent, Kling does not know it, so check that it is whole and enabled in the Kling developer console"),
        (_, Some(Said::UnknownApiKey)) => "Kling does not know this API Key: it is not whole, disabled in the Kling developer console, or of the other region".to_owned(),
        (_, Some(Said::NeitherKeyNorToken)) => "what was sent is neither an API Key (those begin with api-key-kling-) nor a JWT: check that it is a key of Kling's, and whole".to_owned(),
        (Some(CredentialKind::Jwt), _) => "check that the secret key belongs to the access key and that the key is enabled in the Kling developer console".to_owned(),
        (Some(CredentialKind::ApiKey), _) => "check that the API Key is whole and enabled in the Kling developer console".to_owned(),
        (None, _) => "check that the API Key is whole, or that access key and secret key belong together, that they are enabled in the Kling developer console, and that the endpoint takes this kind (endpoints outside /v1/ take API Keys only)".to_owned(),
    };
    let passed_over = match caller.passed_over {
        Some((used, others)) if !others.is_empty() => {
            format!(
                "; {} set too, and passed over: {used} comes first",
                are(others)
            )
        }
        _ => String::new(),
    };
    format!("{check}{passed_over}{}", region(caller.host))
}

fn use_api_key() -> String {
    format!("{NO_PAIRS}: use an API Key, or the endpoint's legacy form under /v1/")
}

fn region(host: Option<&str>) -> String {
    const OWN: &str = "; a key works in its own region only";
    match host.map(|host| (host, endpoint::other_region(host), Host::of(host))) {
        Some((host, Some(other), _)) => {
            format!("{OWN}: {host} refused this one, the other region's host is {other}")
        }
        Some((_, None, Host::Other)) => String::new(),
        _ => format!("{OWN}, so check that too"),
    }
}

/// A refusal without a service code, which Kling's all have.
const fn not_klings(form: Form) -> &'static str {
    match form {
        Form::Gateway => {
            "this refusal is a gateway's, not Kling's: go by its message, and look at what answers at this URL and whose keys it takes"
        }
        Form::Html => {
            "this refusal is a page, not Kling's reply: look at what answers at this URL, a proxy or a login page for one"
        }
        Form::Envelope | Form::Framework => {
            "this refusal has no service code, so it is not Kling's: look at what answers at this URL, a proxy or a gateway for one"
        }
    }
}
