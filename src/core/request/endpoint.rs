//! Where Kling is reached, and where credentials may go.
//!
//! Addresses arrive taken apart by the platform's URL parser, which the request itself will go
//! through: a second parser here could read one differently.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::error::Error;
use crate::time::Timestamp;

/// A regional host by the name that users give it, with its origin. The first is the default.
///
/// Source: Kling's documentation; the legacy host is that of its earlier versions and still
/// answers for legacy paths.
pub const REGIONS: [(&str, &str); 3] = [
    ("global", "https://api-singapore.klingai.com"),
    ("cn", "https://api-beijing.klingai.com"),
    ("legacy", "https://api.klingai.com"),
];

/// The origin of a region.
///
/// # Errors
///
/// [`Error::InvalidArgValue`] for a name that is none of [`REGIONS`].
pub fn region(name: &str) -> Result<&'static str, Error> {
    REGIONS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, origin)| *origin)
        .ok_or(Error::InvalidArgValue {
            argument: "region",
            problem: "must be \"global\", \"cn\" or \"legacy\", received another string",
        })
}

const BASE_VARIABLE: &str = "KLING_API_BASE";

/// A base URL as it was found, not yet looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Where it was found, for error messages.
    pub name: &'static str,
    /// The URL.
    pub url: String,
}

impl Base {
    /// The option `baseUrl` or `region`, else the environment's `KLING_API_BASE`, else the default
    /// region's origin. An empty variable counts as not set.
    ///
    /// # Errors
    ///
    /// [`Error::ConflictingOptions`], [`Error::InvalidArgValue`] for an unknown region, or whatever
    /// `lookup` fails with.
    pub fn resolve<E: From<Error>>(
        base_url: Option<String>,
        region_name: Option<&str>,
        lookup: impl FnOnce(&'static str) -> Result<Option<String>, E>,
    ) -> Result<Self, E> {
        let (name, url) = match (base_url, region_name) {
            (Some(_), Some(_)) => {
                return Err(Error::ConflictingOptions {
                    first: "baseUrl",
                    second: "region",
                }
                .into());
            }
            (Some(url), None) => ("baseUrl", url),
            (None, Some(name)) => ("region", region(name)?.to_owned()),
            (None, None) => match lookup(BASE_VARIABLE)?.filter(|url| !url.is_empty()) {
                Some(url) => (BASE_VARIABLE, url),
                None => ("region", REGIONS[0].1.to_owned()),
            },
        };
        Ok(Self { name, url })
    }
}

/// A URL taken apart. Names and meanings are those of the WHATWG URL standard.
#[derive(Debug, Clone)]
pub struct Address {
    /// With its colon.
    pub protocol: String,
    /// An IPv6 address in its brackets.
    pub hostname: String,
    /// At least `/`.
    pub pathname: String,
    /// User name or password, query or fragment: what no base has.
    pub has_extras: bool,
}

/// Whether credentials may be sent to an address that is configured as `argument`: its base URL,
/// or, where `bare`, an origin without a path.
///
/// # Errors
///
/// [`Error::InvalidUrl`].
pub fn check(argument: &str, address: &Address, bare: bool) -> Result<(), Error> {
    let problem = match address.protocol.as_str() {
        _ if address.has_extras => {
            "must not hold a user name, password, query or fragment: give scheme, host and path alone"
        }
        "https:" | "http:" if bare && address.pathname != "/" => {
            "must be an origin: give scheme, host and port, without a path"
        }
        "https:" => return Ok(()),
        "http:" if is_loopback(&address.hostname) => return Ok(()),
        "http:" => {
            "would send credentials unencrypted: use https (http is for loopback addresses only)"
        }
        _ => "must begin with https://",
    };
    Err(Error::InvalidUrl {
        argument: argument.to_owned(),
        problem,
    })
}

/// For what the platform's parser refuses.
#[must_use]
pub const fn not_a_url(argument: String) -> Error {
    Error::InvalidUrl {
        argument,
        problem: "is not an absolute URL: write it as https://host",
    }
}

/// Whether a request may go to `origin`: that of the base URL, or one of those `allowed` beside it.
///
/// # Errors
///
/// [`Error::ForeignOrigin`].
pub fn check_destination(origin: &str, base: &str, allowed: &[String]) -> Result<(), Error> {
    if origin == base || allowed.iter().any(|allowed| allowed == origin) {
        return Ok(());
    }
    Err(Error::ForeignOrigin {
        origin: origin.to_owned(),
        base: base.to_owned(),
    })
}

/// Names other than `localhost` may resolve to anything.
fn is_loopback(hostname: &str) -> bool {
    let v6 = hostname
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    match v6 {
        Some(address) => address
            .parse()
            .is_ok_and(|address: Ipv6Addr| address.is_loopback()),
        None => {
            hostname == "localhost"
                || hostname
                    .parse()
                    .is_ok_and(|address: Ipv4Addr| address.is_loopback())
        }
    }
}

/// The requests that check credentials and do nothing else, below the base URL's root.
///
/// The first is documented as free, at most one a second, and takes both kinds of credentials. The
/// second, a page of the list of tasks, is what serves where the first does not exist.
#[must_use]
pub fn probes(now: Timestamp) -> [String; 2] {
    const DAY_MS: i64 = 86_400_000;
    let end = now.millis();
    let start = end.saturating_sub(DAY_MS);
    [
        format!("/account/costs?start_time={start}&end_time={end}"),
        "/v1/videos/text2video?pageNum=1&pageSize=1".to_owned(),
    ]
}

/// Whether a path is one of those that take API Keys only.
///
/// Legacy paths begin with `/v1/`; newer ones carry the model and do not. `/account/costs` takes
/// both kinds of credentials. Source: Kling's documentation.
#[must_use]
pub fn takes_api_keys_only(pathname: &str) -> bool {
    let is_below = |root: &str| {
        pathname
            .strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    !is_below("/v1") && !is_below("/account")
}

/// The regional hosts other than `host`, for a sentence; `None` unless `host` is one of them.
#[must_use]
pub fn other_hosts(host: &str) -> Option<String> {
    let hosts = REGIONS.map(|(_, origin)| origin.trim_start_matches("https://"));
    hosts.contains(&host).then(|| {
        let others: Vec<_> = hosts.into_iter().filter(|other| *other != host).collect();
        others.join(" or ")
    })
}
