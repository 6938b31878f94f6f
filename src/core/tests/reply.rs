use proptest::prelude::*;

use crate::credentials::CredentialKind;
use crate::reply::caller::Caller;
use crate::reply::envelope::{BODY_LIMIT, Envelope};
use crate::reply::service_code::{Kind, MEANINGS};
use crate::reply::{Explanation, Reply, explain, status};
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

fn reply(status: u16, body: &str) -> Explanation {
    let reply = Reply {
        status,
        body: body.as_bytes(),
        ..Reply::default()
    };
    explain(&reply, &Caller::default(), NOW)
}

/// Kling's table of codes: HTTP status, code, kind, worth a retry, a word of what helps.
const CONTRACT: [(u16, i64, &str, bool, &str); 21] = [
    (
        401,
        1000,
        "auth",
        false,
        "access key and secret key belong together",
    ),
    (401, 1001, "auth", false, "no Authorization header"),
    (
        401,
        1002,
        "auth",
        false,
        "access key and secret key belong together",
    ),
    (401, 1003, "clock", false, "clock is ahead"),
    (401, 1004, "clock", false, "sign a new token"),
    (429, 1100, "account", false, "abnormal"),
    (429, 1101, "account", false, "top it up"),
    (429, 1102, "account", false, "resource pack"),
    (403, 1103, "permission", false, "enable it"),
    (400, 1200, "request", false, "parameters"),
    (400, 1201, "request", false, "parameters"),
    (404, 1202, "request", false, "method"),
    (404, 1203, "request", false, "does not exist"),
    (400, 1300, "policy", false, "platform's policy"),
    (400, 1301, "policy", false, "content policy"),
    (429, 1302, "rate-limit", true, "wait and send it again"),
    (429, 1303, "rate-limit", true, "let running tasks finish"),
    (429, 1304, "ip", false, "allow list"),
    (500, 5000, "server", false, "wait and send it again"),
    (503, 5001, "server", false, "maintenance"),
    (504, 5002, "server", false, "external_task_id"),
];

#[test]
fn explains_every_row_of_the_contract() {
    for (status, code, kind, retryable, hint) in CONTRACT {
        let body = format!(r#"{{"code":{code},"message":"its text","request_id":"r-1"}}"#);
        let explanation = reply(status, &body);
        assert_eq!(explanation.kind.as_str(), kind, "{code}");
        assert_eq!(explanation.retryable, retryable, "{code}");
        assert!(!explanation.ok, "{code}");
        assert_eq!(explanation.code, Some(code));
        assert_eq!(explanation.message.as_deref(), Some("its text"));
        assert_eq!(explanation.request_id.as_deref(), Some("r-1"));
        let text = explanation.hint.unwrap();
        assert!(text.contains(hint), "{code}: {text}");
    }
    assert_eq!(CONTRACT.map(|row| row.1), MEANINGS.map(|row| row.0));
}

#[test]
fn success_has_no_hint() {
    let explanation = reply(
        200,
        r#"{"code":0,"message":"SUCCEED","request_id":"r-1","data":{}}"#,
    );
    assert_eq!(
        explanation,
        Explanation {
            ok: true,
            code: Some(0),
            kind: Kind::Ok,
            retryable: false,
            retry_after_sec: None,
            request_id: Some("r-1".to_owned()),
            message: Some("SUCCEED".to_owned()),
            hint: None,
            takes_api_keys_only: false,
        }
    );
}

#[test]
fn goes_by_the_code_wherever_it_comes() {
    for (status, body, code, kind) in [
        (200, r#"{"code":1302}"#, Some(1302), "rate-limit"),
        (500, r#"{"code":1101}"#, Some(1101), "account"),
        (429, r#"{"code":1103}"#, Some(1103), "permission"),
        // The second envelope of /account/costs.
        (
            200,
            r#"{"code":0,"data":{"code":1002,"msg":"inner"}}"#,
            Some(1002),
            "auth",
        ),
        (200, r#"{"data":{"code":1004}}"#, Some(1004), "clock"),
        (
            200,
            r#"{"code":0,"data":{"code":0,"msg":"ok"}}"#,
            Some(0),
            "ok",
        ),
        (
            200,
            r#"{"data":{"msg":"ok","code":0},"code":0}"#,
            Some(0),
            "ok",
        ),
        // The outer one says more.
        (
            401,
            r#"{"code":1000,"data":{"code":1302}}"#,
            Some(1000),
            "auth",
        ),
        // As a string, as a float, given twice.
        (401, r#"{"code":"1003"}"#, Some(1003), "clock"),
        (401, r#"{"code":1003.0}"#, Some(1003), "clock"),
        (401, r#"{"code":1000,"code":1004}"#, Some(1004), "clock"),
        // Not members of the envelope.
        (
            200,
            r#"{"code":0,"data":{"data":{"code":1002}}}"#,
            Some(0),
            "ok",
        ),
        (200, r#"{"code":0,"data":[{"code":1002}]}"#, Some(0), "ok"),
        (200, r#"{"code":0,"extra":{"code":1002}}"#, Some(0), "ok"),
        (200, "\u{feff}{\"code\":0}", Some(0), "ok"),
    ] {
        let explanation = reply(status, body);
        assert_eq!(
            (explanation.code, explanation.kind.as_str()),
            (code, kind),
            "{body}"
        );
    }
    let inner = reply(
        200,
        r#"{"code":0,"message":"outer","data":{"code":1002,"msg":"inner"}}"#,
    );
    assert_eq!(inner.message.as_deref(), Some("inner"));
}

#[test]
fn goes_by_the_status_where_no_known_code_is() {
    let html = "<html><body>502 Bad Gateway</body></html>";
    for (status, body, kind, retryable) in [
        (200, html, "unknown", false),
        (200, "", "unknown", false),
        (200, "{}", "unknown", false),
        (200, r#"{"code":null}"#, "unknown", false),
        (200, r#"{"code":9999}"#, "unknown", false),
        (302, "", "unknown", false),
        (401, html, "auth", false),
        (401, r#"{"code":1099}"#, "auth", false),
        (403, html, "permission", false),
        (404, html, "request", false),
        (404, r#"{"code":1299}"#, "request", false),
        (407, "", "unknown", false),
        (408, "", "server", false),
        (418, r#"{"code":77}"#, "unknown", false),
        // A gateway's 429 has the usual meaning, Kling's own any of six.
        (429, html, "rate-limit", true),
        (429, r#"{"code":1399}"#, "unknown", false),
        (500, r#"{"code":0}"#, "server", false),
        (502, html, "server", false),
        (503, r#"{"code":5999}"#, "server", false),
        (999, "", "unknown", false),
    ] {
        let explanation = reply(status, body);
        assert_eq!(
            (explanation.kind.as_str(), explanation.retryable),
            (kind, retryable),
            "{status} {body}"
        );
        assert!(!explanation.ok, "{status} {body}");
        assert!(explanation.hint.is_some(), "{status} {body}");
    }
}

#[test]
fn half_a_body_is_no_success_but_may_hold_a_refusal() {
    for (status, body, kind) in [
        (200, r#"{"code":0,"message":"SUCC"#, "unknown"),
        (200, r#"{"code":0"#, "unknown"),
        (200, r#"{"code":0} and more"#, "unknown"),
        (401, r#"{"code":1004,"mess"#, "clock"),
        // 1004 or 10041? It has not ended.
        (401, r#"{"code":1004"#, "auth"),
        (200, r#"{"code":0,"data":{"code":1302,"#, "rate-limit"),
    ] {
        assert_eq!(reply(status, body).kind.as_str(), kind, "{body}");
    }
}

#[test]
fn reads_no_more_than_its_share() {
    let list = "[1,2],".repeat(BODY_LIMIT);
    let large = format!(r#"{{"code":0,"message":"m","data":[{list}0]}}"#);
    assert!(reply(200, &large).ok);
    let late = format!(r#"{{"data":[{list}0],"code":0}}"#);
    assert_eq!(reply(200, &late).code, None);
    // The limit falls within the code: 10 is not 1002.
    let padding = " ".repeat(BODY_LIMIT - r#"{"message":"m","code":10"#.len());
    let cut = format!(r#"{{"message":"m",{padding}"code":1002}}"#);
    assert_eq!(Envelope::parse(cut.as_bytes()).code, None);
    let exact = format!(
        r#"{{"code":0{}}}"#,
        " ".repeat(BODY_LIMIT - r#"{"code":0}"#.len())
    );
    assert_eq!(exact.len(), BODY_LIMIT);
    assert!(reply(200, &exact).ok);
}

#[test]
fn survives_whatever_comes() {
    let deep = format!(r#"{{"data":{}"code":1"#, "[".repeat(50_000));
    let deep_code = format!(r#"{{"code":{}0{}}}"#, "[".repeat(100), "]".repeat(100));
    let noise = "\u{0}\u{7f}<noise>".repeat(1_000_000);
    for body in [
        deep.as_str(),
        deep_code.as_str(),
        noise.as_str(),
        "null",
        "[]",
        "\"text\"",
        "1002",
        "true",
        "-",
        r#"{"code":1e999}"#,
        r#"{"code":18446744073709551615}"#,
        r#"{"code":-1}"#,
        r#"{"code":{"code":1002},"message":["x"],"request_id":{},"data":"text"}"#,
        r#"{"code":true,"message":12,"request_id":null,"data":null}"#,
        r#"{"message":"\ud800"}"#,
    ] {
        let explanation = reply(200, body);
        let start: String = body.chars().take(60).collect();
        assert_eq!(explanation.kind, Kind::Unknown, "{start}");
        assert_eq!(explanation.message, None, "{start}");
        assert_eq!(explanation.request_id, None, "{start}");
    }
    assert_eq!(
        explain(
            &Reply {
                status: 200,
                body: b"\xff\xfe{}",
                ..Reply::default()
            },
            &Caller::default(),
            NOW
        )
        .kind,
        Kind::Unknown
    );
}

#[test]
fn texts_are_short_and_on_one_line() {
    let explanation = reply(
        400,
        r#"{"code":1200,"message":"  a\r\nb\u001b[31m\u2028c  ","request_id":"  "}"#,
    );
    assert_eq!(explanation.message.as_deref(), Some("a  b [31m c"));
    assert_eq!(explanation.request_id, None);
    let long = format!(r#"{{"code":1200,"message":"{}"}}"#, "é".repeat(2000));
    assert_eq!(reply(400, &long).message.unwrap().chars().count(), 500);
}

#[test]
fn the_hint_of_a_401_goes_by_what_is_known_of_the_caller() {
    const GLOBAL: &str = "api-singapore.klingai.com";
    let hint = |code, credential, endpoint: Option<(&str, &str)>| {
        let body = format!(r#"{{"code":{code}}}"#);
        let reply = Reply {
            status: 401,
            body: body.as_bytes(),
            ..Reply::default()
        };
        explain(
            &reply,
            &Caller {
                credential,
                host: endpoint.map(|(host, _)| host),
                path: endpoint.map(|(_, path)| path),
                ..Caller::default()
            },
            NOW,
        )
        .hint
        .unwrap()
    };
    let (jwt, api_key) = (Some(CredentialKind::Jwt), Some(CredentialKind::ApiKey));
    for (code, credential, endpoint, expected) in [
        (
            1002,
            jwt,
            Some((GLOBAL, "/text-to-video/kling-3.0-turbo")),
            "this endpoint takes API Keys only",
        ),
        (
            1002,
            jwt,
            Some(("127.0.0.1:8080", "/tasks")),
            "this endpoint takes API Keys only",
        ),
        (
            1000,
            jwt,
            Some((GLOBAL, "/v10/videos")),
            "this endpoint takes API Keys only",
        ),
        (
            1002,
            jwt,
            Some((GLOBAL, "/v1/videos/text2video")),
            "secret key belongs to the access key",
        ),
        (
            1002,
            jwt,
            Some((GLOBAL, "/account/costs")),
            "secret key belongs to the access key",
        ),
        (1002, jwt, None, "secret key belongs to the access key"),
        (
            1002,
            api_key,
            Some((GLOBAL, "/tasks")),
            "the API Key is whole",
        ),
        (1002, None, Some((GLOBAL, "/tasks")), "take API Keys only"),
        (
            1001,
            jwt,
            Some((GLOBAL, "/tasks")),
            "no Authorization header arrived",
        ),
        (
            1002,
            jwt,
            Some((GLOBAL, "/v1/x")),
            "api-singapore.klingai.com refused this one, the other region's host is api-beijing.klingai.com",
        ),
        (
            1002,
            api_key,
            Some(("api.klingai.com", "/v1/x")),
            "api.klingai.com refused this one, the other region's host is api-beijing.klingai.com",
        ),
        (
            1002,
            jwt,
            Some(("localhost:1", "/v1/x")),
            "so check that too",
        ),
    ] {
        let hint = hint(code, credential, endpoint);
        assert!(
            hint.contains(expected),
            "{code} {credential:?} {endpoint:?}: {hint}"
        );
    }
}

#[test]
fn tells_credentials_apart_by_their_shape() {
    let token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJhayJ9.c2ln";
    assert_eq!(CredentialKind::of(token), CredentialKind::Jwt);
    for key in ["api-key-kling-0123456789abcdef", "", "a.b.c"] {
        assert_eq!(CredentialKind::of(key), CredentialKind::ApiKey, "{key}");
    }
}

#[test]
fn passes_on_how_long_to_wait() {
    const DATE: Option<&str> = Some("Tue, 14 Nov 2023 22:13:20 GMT"); // NOW
    for (retry_after, date, expected) in [
        ("7", None, Some(7)),
        (" 0 ", None, Some(0)),
        ("86401", None, Some(86_400)),
        ("99999999999999999999", None, Some(86_400)),
        ("Tue, 14 Nov 2023 22:13:35 GMT", None, Some(15)),
        ("Tuesday, 14-Nov-23 22:13:35 GMT", None, Some(15)),
        ("Tue Nov 14 22:13:35 2023", None, Some(15)),
        ("Tue, 14 Nov 2023 22:13:00 GMT", None, Some(0)),
        // Two dates of the server's, whatever the local clock says.
        (
            "Sat, 01 Jan 2028 00:01:00 GMT",
            Some("Sat, 01 Jan 2028 00:00:00 GMT"),
            Some(60),
        ),
        ("Tue, 14 Nov 2023 22:13:35 GMT", Some("rubbish"), Some(15)),
        ("Tue, 14 Nov 2023 22:13:35 GMT", DATE, Some(15)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None, Some(86_400)),
        ("", None, None),
        ("soon", None, None),
        ("-1", None, None),
        ("1.5", None, None),
        ("0x10", None, None),
    ] {
        let reply = Reply {
            status: 429,
            body: br#"{"code":1302}"#,
            retry_after: Some(retry_after),
            date,
        };
        let explanation = explain(&reply, &Caller::default(), NOW);
        assert_eq!(explanation.retry_after_sec, expected, "{retry_after:?}");
    }
}

#[test]
fn names_no_wait_where_waiting_does_not_help() {
    let reply = Reply {
        status: 429,
        body: br#"{"code":1102}"#,
        retry_after: Some("7"),
        date: None,
    };
    assert_eq!(
        explain(&reply, &Caller::default(), NOW).retry_after_sec,
        None
    );
}

#[test]
fn a_probe_takes_bad_parameters_for_success() {
    let bad_parameters = reply(400, r#"{"code":1201,"message":"m"}"#).of_probe(400);
    assert!(bad_parameters.ok);
    assert_eq!(
        (
            bad_parameters.kind,
            bad_parameters.code,
            bad_parameters.hint
        ),
        (Kind::Ok, Some(1201), None)
    );
    for (status, body) in [
        (401, r#"{"code":1002}"#),
        (400, r#"{"code":1301}"#),
        (404, r#"{"code":1203}"#),
        (429, r#"{"code":1101}"#),
    ] {
        let explanation = reply(status, body);
        assert_eq!(explanation.clone().of_probe(status), explanation, "{body}");
    }
}

#[test]
fn a_status_is_three_digits() {
    assert_eq!(status(Some(200.0)), Ok(200));
    for bad in [0.0, 99.0, 1000.0, 200.5, f64::NAN, -200.0, 65_736.0] {
        let error = status(Some(bad)).unwrap_err();
        assert_eq!(error.code(), "KLING_OUT_OF_RANGE");
        assert_eq!(
            error.to_string(),
            format!("status must be an HTTP status from 100 to 999, received {bad}")
        );
    }
    let missing = status(None).unwrap_err();
    assert_eq!(missing.code(), "KLING_INVALID_ARG_TYPE");
    assert_eq!(
        missing.to_string(),
        "status must be a number, received undefined"
    );
}

proptest! {
    /// Against serde_json's own reading of the same document.
    #[test]
    fn finds_what_a_whole_parse_finds(
        code in prop_oneof![Just(None), (-10_i64..6000).prop_map(Some)],
        inner in prop_oneof![Just(None), (-10_i64..6000).prop_map(Some)],
        message in ".{0,40}",
        shuffle in any::<bool>(),
    ) {
        let data = serde_json::json!({ "list": [{ "code": 7 }], "code": inner, "msg": message });
        let mut members = [
            format!("\"code\":{}", serde_json::json!(code)),
            format!("\"data\":{data}"),
            "\"other\":[[[{}]]]".to_owned(),
        ];
        if shuffle {
            members.reverse();
        }
        let envelope = Envelope::parse(format!("{{{}}}", members.join(",")).as_bytes());
        prop_assert!(envelope.complete);
        let is_nested = matches!(code, None | Some(0)) && !matches!(inner, None | Some(0));
        prop_assert_eq!(envelope.code, if is_nested { inner } else { code });
    }

    #[test]
    fn never_panics(status in 100..=999_u16, body in prop::collection::vec(any::<u8>(), 0..300)) {
        let reply = Reply { status, body: &body, retry_after: None, date: None };
        let explanation = explain(&reply, &Caller::default(), NOW);
        prop_assert_eq!(explanation.ok, explanation.hint.is_none());
    }
}
