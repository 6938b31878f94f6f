//! Replies that others have recorded of Kling, of gateways and of proxies, and what is said of them.

use proptest::prelude::*;

use crate::credentials::CredentialKind;
use crate::reply::caller::Caller;
use crate::reply::hint::without_reply;
use crate::reply::service_code::MEANINGS;
use crate::reply::{Explanation, Reply, explain};
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp::from_secs(1_790_000_000);
const GLOBAL: &str = "api-singapore.klingai.com";
const AK_SK: &str = "Authentication error. The current API does not support AK/SK; please go to the console (https://kling.ai/dev/api-key) to create API key.";
const NO_TOKEN: &str = "The token was expected to have 3 parts, but got 0";

fn explained(status: u16, body: &str, caller: &Caller<'_>) -> Explanation {
    let reply = Reply {
        status,
        body: body.as_bytes(),
        ..Reply::default()
    };
    explain(&reply, caller, NOW)
}

fn envelope(code: i64, message: &str) -> String {
    format!(r#"{{"code":{code},"message":{message:?},"request_id":"r-1"}}"#)
}

fn hint(status: u16, body: &str, caller: &Caller<'_>) -> String {
    explained(status, body, caller).hint.unwrap()
}

fn at(host: &str) -> Caller<'_> {
    Caller {
        host: Some(host),
        ..Caller::default()
    }
}

#[test]
fn tells_the_causes_of_1002_by_their_text() {
    use CredentialKind::{ApiKey, Jwt};
    let unknown = "Kling does not know this API Key";
    for (text, credential, expected) in [
        (
            AK_SK,
            None,
            "this endpoint takes API Keys only, not tokens signed with access key and secret key: send an API Key; if one was sent, Kling does not know it",
        ),
        (
            AK_SK,
            Some(Jwt),
            "this endpoint takes API Keys only, not tokens signed with access key and secret key: use an API Key",
        ),
        (AK_SK, Some(ApiKey), unknown),
        (
            "api key not found",
            None,
            "Kling does not know this API Key: it is not whole, disabled in the Kling developer console, or of the other region",
        ),
        ("API Key does not exist", Some(ApiKey), unknown),
        (
            NO_TOKEN,
            None,
            "what was sent is neither an API Key (those begin with api-key-kling-) nor a JWT",
        ),
        (
            NO_TOKEN,
            Some(ApiKey),
            "what was sent is neither an API Key",
        ),
        (
            "something else",
            Some(ApiKey),
            "check that the API Key is whole and enabled",
        ),
        (
            "something else",
            Some(Jwt),
            "check that the secret key belongs to the access key",
        ),
        (
            "something else",
            None,
            "check that the API Key is whole, or that access key and secret key belong together",
        ),
    ] {
        let caller = Caller {
            credential,
            ..at(GLOBAL)
        };
        let body = envelope(1002, text);
        let hint = hint(401, &body, &caller);
        assert!(hint.starts_with(expected), "{text} {credential:?}: {hint}");
        let only = text == AK_SK;
        assert_eq!(explained(401, &body, &caller).takes_api_keys_only, only);
    }
}

#[test]
fn reads_a_text_whatever_stands_between_its_words() {
    let unknown = "Kling does not know this API Key";
    let neither = "what was sent is neither an API Key";
    let no_pairs = "this endpoint takes API Keys only";
    for (text, expected) in [
        ("api  key   not  found", unknown),
        ("API-KEY NOT FOUND!", unknown),
        ("Authentication failed: api_key not found.", unknown),
        ("The API key does not exist", unknown),
        ("Invalid API key", unknown),
        ("api key 不存在", unknown),
        (
            "token expected to have three parts: 3 parts, but got 2",
            neither,
        ),
        ("The Token Was Expected To Have 3 Parts; got 0", neither),
        ("the current api does not support AK / SK", no_pairs),
        ("当前接口不支持 AK/SK 鉴权", no_pairs),
        ("AK-SK is no longer supported", no_pairs),
    ] {
        let hint = hint(401, &envelope(1002, text), &Caller::default());
        assert!(hint.starts_with(expected), "{text}: {hint}");
    }
    for text in ["go and ask support for a key", "task not found", "ok"] {
        let hint = hint(401, &envelope(1002, text), &Caller::default());
        assert!(hint.starts_with("check that"), "{text}: {hint}");
    }
}

#[test]
fn knows_two_regions() {
    let hint = |host| hint(401, &envelope(1002, "api key not found"), &at(host));
    for (host, other) in [
        (GLOBAL, "api-beijing.klingai.com"),
        ("api.klingai.com", "api-beijing.klingai.com"),
        ("api-beijing.klingai.com", GLOBAL),
    ] {
        let expected = format!("{host} refused this one, the other region's host is {other}");
        assert!(hint(host).ends_with(&expected), "{}", hint(host));
    }
    assert!(
        hint("127.0.0.1:8080").ends_with("a key works in its own region only, so check that too")
    );
    let others = hint("api.klingapi.com");
    assert!(
        others.ends_with(
            "api.klingapi.com is none of Kling's hosts, which are api-singapore.klingai.com (and, in China, api-beijing.klingai.com)"
        ),
        "{others}"
    );
    assert!(!others.contains("own region"), "{others}");
}

#[test]
fn tells_refusals_of_others_from_klings() {
    for (status, body, message, expected) in [
        (
            401,
            r#"{"error":{"message":"invalid token","type":"new_api_error","code":""}}"#,
            Some("invalid token"),
            "this refusal is a gateway's, not Kling's",
        ),
        (
            401,
            r#"{"error":{"message":"no","code":1002}}"#,
            Some("no"),
            "this refusal is a gateway's, not Kling's",
        ),
        (
            401,
            r#"{"error":"invalid token"}"#,
            Some("invalid token"),
            "this refusal is a gateway's, not Kling's",
        ),
        (
            401,
            "<html><body>401</body></html>",
            None,
            "this refusal is a page, not Kling's reply",
        ),
        (
            401,
            "\n <!DOCTYPE html>",
            None,
            "this refusal is a page, not Kling's reply",
        ),
        (
            401,
            "",
            None,
            "this refusal has no service code, so it is not Kling's",
        ),
        (
            401,
            r#"{"message":"no"}"#,
            Some("no"),
            "this refusal has no service code, so it is not Kling's",
        ),
    ] {
        let explanation = explained(status, body, &Caller::default());
        assert_eq!(explanation.message.as_deref(), message, "{body}");
        assert_eq!(
            (explanation.code, explanation.kind.as_str()),
            (None, "auth"),
            "{body}"
        );
        let hint = explanation.hint.unwrap();
        assert!(hint.starts_with(expected), "{body}: {hint}");
        assert!(hint.contains("look at what answers at this URL"), "{hint}");
    }
    // A success that carries no error.
    assert!(explained(200, r#"{"code":0,"error":null}"#, &Caller::default()).ok);
}

#[test]
fn reads_the_refusals_of_others_in_their_forms() {
    let gateways = "this refusal is a gateway's, not Kling's: go by its message";
    for (status, body, message, expected) in [
        (
            401,
            r#"{"detail":"Authentication is required"}"#,
            "Authentication is required",
            gateways,
        ),
        (
            401,
            r#"{"detail":[{"loc":["x"],"msg":"no key"},{"msg":"other"}]}"#,
            "no key",
            gateways,
        ),
        (
            401,
            r#"{"errors":[{"code":10000,"message":"no key"}]}"#,
            "no key",
            gateways,
        ),
        (401, r#"{"errors":["no key"]}"#, "no key", gateways),
        (
            401,
            r#"{"code":401,"message":"Invalid API key","data":null}"#,
            "Invalid API key",
            gateways,
        ),
        // The status is in the body alone.
        (
            200,
            r#"{"code":401,"msg":"no access"}"#,
            "no access",
            gateways,
        ),
        (
            200,
            r#"{"code":429,"msg":"slow down"}"#,
            "slow down",
            "wait and send it again",
        ),
        (
            200,
            r#"{"code":402,"msg":"no credits"}"#,
            "no credits",
            "whoever has answered wants to be paid",
        ),
        (
            401,
            "<html><head><TITLE> Access\ndenied </TITLE>",
            "Access denied",
            "this refusal is a page",
        ),
        (
            403,
            "error code: 1020\n",
            "error code: 1020",
            "enable API access",
        ),
        (
            502,
            "upstream connect error",
            "upstream connect error",
            "Kling failed, or something",
        ),
    ] {
        let explanation = explained(status, body, &at("gateway.example"));
        assert!(!explanation.ok, "{body}");
        assert_eq!(explanation.message.as_deref(), Some(message), "{body}");
        let hint = explanation.hint.unwrap();
        assert!(hint.starts_with(expected), "{body}: {hint}");
        assert!(hint.contains("is none of Kling's hosts"), "{hint}");
    }
    for body in [
        "",
        "\u{1}",
        "two\nlines",
        "...",
        r#"{"half": "#,
        r#"{"detail":[[["deep"]]]}"#,
    ] {
        assert_eq!(
            explained(502, body, &Caller::default()).message,
            None,
            "{body}"
        );
    }
}

#[test]
fn knows_the_reply_of_klings_framework_to_a_path_that_does_not_exist() {
    let body = r#"{"timestamp":"2026-09-01T00:00:00.000+00:00","status":404,"error":"Not Found","message":"","path":"/v1/tasks"}"#;
    let explanation = explained(404, body, &at(GLOBAL));
    assert_eq!(explanation.kind.as_str(), "request");
    assert_eq!(explanation.message.as_deref(), Some("Not Found"));
    assert!(
        explanation
            .hint
            .unwrap()
            .starts_with("there is no such path")
    );
}

#[test]
fn a_create_whose_fate_is_unknown_is_not_sent_again() {
    let html = "<html>502 Bad Gateway</html>";
    let create = "/v1/videos/text2video";
    for (method, path, retryable, expected) in [
        (Some("POST"), Some(create), false, "external_task_id"),
        (
            Some("post"),
            Some("/text-to-video/kling-3.0-turbo"),
            false,
            "external_task_id",
        ),
        (Some("POST"), None, false, "external_task_id"),
        (Some("POST"), Some("/tasks"), true, "wait and send it again"),
        (
            Some("POST"),
            Some("/account/billing/balance"),
            true,
            "wait and send it again",
        ),
        (Some("GET"), Some(create), true, "wait and send it again"),
        (Some("HEAD"), None, true, "wait and send it again"),
    ] {
        let caller = Caller {
            path,
            method,
            ..at(GLOBAL)
        };
        for (status, body) in [
            (500, envelope(5000, "x")),
            (503, envelope(5001, "x")),
            (504, envelope(5002, "x")),
            (200, envelope(5000, "x")),
            (502, html.to_owned()),
            (500, String::new()),
        ] {
            let explanation = explained(status, &body, &caller);
            let hint = explanation.hint.unwrap();
            assert_eq!(explanation.kind.as_str(), "server", "{status} {body}");
            assert_eq!(
                explanation.retryable, retryable,
                "{method:?} {path:?} {status}"
            );
            assert!(hint.contains(expected), "{method:?} {path:?}: {hint}");
            assert_eq!(hint.contains("external_task_id"), !retryable, "{hint}");
        }
        assert!(without_reply(&caller).contains(expected));
        // What was refused was not made.
        let busy = explained(429, &envelope(1302, "x"), &caller);
        assert!(busy.retryable);
    }
    let unknown = explained(504, &envelope(5002, "x"), &Caller::default());
    let both = unknown.hint.unwrap();
    assert!(!unknown.retryable);
    assert!(
        both.contains("after a read, wait and send it again")
            && both.contains("after a create, the task may exist"),
        "{both}"
    );
    let cut = r#"{"code":0,"data":{"task_id":"8"#;
    let created = Caller {
        method: Some("POST"),
        ..at(GLOBAL)
    };
    assert!(hint(200, cut, &created).contains("external_task_id"));
    assert!(!hint(200, cut, &at(GLOBAL)).contains("external_task_id"));
}

#[test]
fn advises_on_packs_and_tasks() {
    for (status, code, text, expected) in [
        (
            429,
            1102,
            "Account balance not enough",
            "packs are per product",
        ),
        (
            400,
            1102,
            "Account balance not enough",
            "packs are per product",
        ),
        (
            429,
            1303,
            "parallel task over resource pack limit",
            "let running tasks finish",
        ),
        (
            429,
            1303,
            "parallel task over resource pack limit",
            "after a second at the earliest",
        ),
        (
            400,
            1201,
            "Task not found by id/external id: 8674665223082153551",
            "no task of this account has this id",
        ),
        (
            400,
            1201,
            "external_task_id x already exists",
            "this external_task_id was used before",
        ),
        (
            400,
            1201,
            "duration is wrong",
            "fix the request's parameters",
        ),
    ] {
        let hint = hint(status, &envelope(code, text), &Caller::default());
        assert!(hint.contains(expected), "{text}: {hint}");
    }
}

#[test]
fn names_credentials_that_were_passed_over() {
    let others = ["KLING_ACCESS_KEY".to_owned(), "KLING_SECRET_KEY".to_owned()];
    let caller = Caller {
        credential: Some(CredentialKind::ApiKey),
        passed_over: Some(("KLING_API_KEY", &others)),
        ..at(GLOBAL)
    };
    let expected = "KLING_ACCESS_KEY and KLING_SECRET_KEY are set too, and passed over: KLING_API_KEY comes first";
    let refused = hint(401, &envelope(1002, "api key not found"), &caller);
    assert!(refused.contains(expected), "{refused}");
    let broke = hint(429, &envelope(1102, "x"), &caller);
    assert!(!broke.contains("passed over"), "{broke}");
}

proptest! {
    /// Texts refine the advice and nothing else.
    #[test]
    fn no_text_of_a_server_changes_what_its_code_means(
        row in 0..MEANINGS.len(),
        status in prop::sample::select(vec![200_u16, 400, 401, 403, 404, 429, 500, 502]),
        text in prop_oneof![
            "\\PC{0,80}",
            prop::sample::select(vec![AK_SK, NO_TOKEN, "api key not found", "Task not found by id/external id: 1", "x already exists", "Account balance not enough", "<html>"]).prop_map(str::to_owned),
        ],
        method in prop::sample::select(vec![None, Some("GET"), Some("POST")]),
    ) {
        let (code, meaning) = MEANINGS[row];
        let caller = Caller { method, ..at(GLOBAL) };
        let told = explained(status, &serde_json::json!({ "code": code, "message": text }).to_string(), &caller);
        let silent = explained(status, &serde_json::json!({ "code": code }).to_string(), &caller);
        prop_assert_eq!(told.kind, meaning.kind);
        prop_assert_eq!(
            (told.ok, told.code, told.kind, told.retryable),
            (silent.ok, silent.code, silent.kind, silent.retryable)
        );
        prop_assert!(told.hint.is_some());
    }
}
