use crate::error::Error;
use crate::request::endpoint::{
    Address, Base, Host, check, check_destination, creates, not_a_url, other_region, probes,
    takes_api_keys_only,
};
use crate::time::Timestamp;

fn address(protocol: &str, hostname: &str, pathname: &str) -> Address {
    Address {
        protocol: protocol.to_owned(),
        hostname: hostname.to_owned(),
        pathname: pathname.to_owned(),
        has_extras: false,
    }
}

#[test]
fn takes_https_anywhere_and_http_on_loopback() {
    for (protocol, hostname) in [
        ("https:", "api-singapore.klingai.com"),
        ("https:", "192.0.2.1"),
        ("http:", "localhost"),
        ("http:", "127.0.0.1"),
        ("http:", "127.9.9.9"),
        ("http:", "[::1]"),
    ] {
        let address = address(protocol, hostname, "/v1");
        assert_eq!(check("baseUrl", &address, false), Ok(()), "{hostname}");
    }
}

#[test]
fn refuses_where_credentials_cannot_go() {
    const UNENCRYPTED: &str = "baseUrl would send credentials unencrypted: use https (http is for loopback addresses only)";
    for (protocol, hostname, message) in [
        ("http:", "api-singapore.klingai.com", UNENCRYPTED),
        ("http:", "127.0.0.1.example", UNENCRYPTED),
        ("http:", "localhost.example", UNENCRYPTED),
        ("http:", "0.0.0.0", UNENCRYPTED),
        ("http:", "[::2]", UNENCRYPTED),
        ("http:", "::1", UNENCRYPTED),
        ("http:", "", UNENCRYPTED),
        ("ftp:", "localhost", "baseUrl must begin with https://"),
        ("data:", "", "baseUrl must begin with https://"),
    ] {
        let error = check("baseUrl", &address(protocol, hostname, "/"), false).unwrap_err();
        assert_eq!(error.code(), "KLING_INVALID_URL", "{protocol}{hostname}");
        assert_eq!(error.to_string(), message, "{protocol}{hostname}");
    }
    let with_password = Address {
        has_extras: true,
        ..address("https:", "host", "/")
    };
    assert_eq!(
        check("baseUrl", &with_password, false)
            .unwrap_err()
            .to_string(),
        "baseUrl must not hold a user name, password, query or fragment: give scheme, host and path alone"
    );
    assert_eq!(
        check("allowedOrigins[0]", &address("https:", "host", "/v1"), true)
            .unwrap_err()
            .to_string(),
        "allowedOrigins[0] must be an origin: give scheme, host and port, without a path"
    );
    assert_eq!(
        not_a_url("KLING_API_BASE".to_owned()).to_string(),
        "KLING_API_BASE is not an absolute URL: write it as https://host"
    );
}

#[test]
fn finds_the_base_url() {
    let found = |base_url: Option<&str>, region, variable: Option<&str>| {
        Base::resolve(base_url.map(str::to_owned), region, |name| {
            assert_eq!(name, "KLING_API_BASE");
            Ok::<_, Error>(variable.map(str::to_owned))
        })
        .map(|base| (base.name, base.url, base.overridden_region))
    };
    for (base_url, region, variable, name, url) in [
        (
            None,
            None,
            None,
            "region",
            "https://api-singapore.klingai.com",
        ),
        (
            None,
            None,
            Some(""),
            "region",
            "https://api-singapore.klingai.com",
        ),
        (
            None,
            None,
            Some("https://env"),
            "KLING_API_BASE",
            "https://env",
        ),
        (
            None,
            Some("cn"),
            Some("https://env"),
            "KLING_API_BASE",
            "https://env",
        ),
        (
            None,
            Some("cn"),
            None,
            "region",
            "https://api-beijing.klingai.com",
        ),
        (
            None,
            Some("legacy"),
            None,
            "region",
            "https://api.klingai.com",
        ),
        (
            Some("https://own"),
            None,
            Some("https://env"),
            "baseUrl",
            "https://own",
        ),
    ] {
        let overridden = region.filter(|_| name != "region").map(str::to_owned);
        assert_eq!(
            found(base_url, region, variable),
            Ok((name, url.to_owned(), overridden))
        );
    }
    for (base_url, region, code, message) in [
        (
            Some("https://own"),
            "cn",
            "KLING_CONFLICTING_OPTIONS",
            "baseUrl and region exclude each other: pass one of them",
        ),
        (
            None,
            "us",
            "KLING_INVALID_ARG_VALUE",
            "region must be \"global\", \"cn\" or \"legacy\", received another string",
        ),
    ] {
        let error = found(base_url, Some(region), None).unwrap_err();
        assert_eq!(
            (error.code(), error.to_string()),
            (code, message.to_owned())
        );
    }
}

#[test]
fn lets_credentials_out_to_listed_origins_only() {
    let allowed = ["https://api-beijing.klingai.com".to_owned()];
    let to = |origin| check_destination(origin, "https://api.klingai.com", &allowed);
    assert_eq!(to("https://api.klingai.com"), Ok(()));
    assert_eq!(to("https://api-beijing.klingai.com"), Ok(()));
    for origin in [
        "https://api.klingai.com:8443",
        "http://api.klingai.com",
        "https://evil.example",
        "null",
        "",
    ] {
        let error = to(origin).unwrap_err();
        assert_eq!(error.code(), "KLING_FOREIGN_ORIGIN");
        assert_eq!(
            error.to_string(),
            format!(
                "{origin} is not the origin of the base URL (https://api.klingai.com), and credentials go nowhere else: use fetch without them, or list the origin in allowedOrigins"
            )
        );
    }
}

#[test]
fn knows_the_endpoints_that_take_api_keys_only() {
    for path in [
        "/tasks",
        "/text-to-video/kling-3.0-turbo",
        "/",
        "/v10/x",
        "/accounts",
    ] {
        assert!(takes_api_keys_only(path), "{path}");
    }
    for path in ["/v1", "/v1/videos/text2video", "/account/costs"] {
        assert!(!takes_api_keys_only(path), "{path}");
    }
}

#[test]
fn names_the_host_of_the_other_region() {
    for (host, other) in [
        ("api-singapore.klingai.com", Some("api-beijing.klingai.com")),
        ("api.klingai.com", Some("api-beijing.klingai.com")),
        ("api-beijing.klingai.com", Some("api-singapore.klingai.com")),
        ("api.kling.ai", None),
        ("127.0.0.1:8080", None),
    ] {
        assert_eq!(other_region(host), other, "{host}");
    }
}

#[test]
fn tells_klings_hosts_from_others() {
    for (url, host) in [
        ("https://api-singapore.klingai.com", Host::Kling),
        ("HTTPS://API.KlingAI.com:443/v1", Host::Kling),
        (" https://api-beijing.klingai.com/ ", Host::Kling),
        ("https://api.klingapi.com", Host::Other),
        ("https://api.kling.ai/v1", Host::Other),
        ("https://api.klingai.com.example", Host::Other),
        ("https://api.klingai.com:8443", Host::Other),
        (
            "https://gateway.example/https://api.klingai.com",
            Host::Other,
        ),
        ("http://127.0.0.1:8080/v1", Host::Loopback),
        ("http://[::1]:8080", Host::Loopback),
        ("http://localhost", Host::Loopback),
        ("", Host::Other),
    ] {
        assert_eq!(Host::of_url(url), host, "{url}");
    }
    for (_, origin) in crate::request::endpoint::REGIONS {
        assert_eq!(Host::of_url(origin), Host::Kling);
    }
}

#[test]
fn knows_what_makes_something() {
    for (method, path, makes) in [
        ("POST", Some("/v1/videos/text2video"), true),
        ("post", Some("/text-to-video/kling-3.0-turbo"), true),
        ("POST", None, true),
        ("PATCH", Some("/v1/x"), true),
        ("POST", Some("/tasks"), false),
        ("POST", Some("/tasks/"), false),
        ("POST", Some("/tasksx"), true),
        ("POST", Some("/account/billing/balance"), false),
        ("POST", Some("/accounts"), true),
        ("GET", Some("/v1/videos/text2video"), false),
        ("get", None, false),
        ("HEAD", None, false),
        ("DELETE", None, false),
    ] {
        assert_eq!(creates(method, path), makes, "{method} {path:?}");
    }
}

#[test]
fn probes_ask_for_the_last_day() {
    assert_eq!(
        probes(Timestamp::from_millis(1_700_000_000_123)),
        [
            "/account/costs?start_time=1699913600123&end_time=1700000000123",
            "/v1/videos/text2video?pageNum=1&pageSize=1",
        ]
    );
}
