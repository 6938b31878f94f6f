//! Where Kling is reached, and where credentials may go.
//!
//! Addresses arrive taken apart by the platform's URL parser, which the request itself will go
//! through: a second parser here could read one differently.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::error::Error;
use crate::time::Timestamp;

/// A regional host by the name that users give it, with its origin. The first is the default.
///
/// Source: Kling's documentation; the legacy host is an older name of the first region's, where the
/// same keys work (recorded).
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
/// The option, and where a base URL comes from that nobody has given.
const REGION: &str = "region";

/// Whose host it is: Kling's keys have shapes that are known, those of a gateway may have any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Host {
    /// One of Kling's.
    Kling,
    /// This machine: a sandbox or a proxy, which may stand for either.
    Loopback,
    /// Anybody else's.
    Other,
}

impl Host {
    /// The name that the bindings pass on.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kling => "kling",
            Self::Loopback => "loopback",
            Self::Other => "other",
        }
    }

    /// By its name, a port behind it or not.
    #[must_use]
    pub fn of(host: &str) -> Self {
        if region_of(host).is_some() {
            Self::Kling
        } else if is_loopback(without_port(host)) {
            Self::Loopback
        } else {
            Self::Other
        }
    }

    /// That of a URL. What decides where requests go is the platform's parser; this one serves for
    /// the choice of words, and of which shapes a key may have.
    #[must_use]
    pub fn of_url(url: &str) -> Self {
        let url = url.trim();
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        Self::of(&rest[..end].to_ascii_lowercase())
    }
}

/// The names of the hosts of one region, the documented one first.
const HOSTS: [&[&str]; 2] = [
    &["api-singapore.klingai.com", "api.klingai.com"],
    &["api-beijing.klingai.com"],
];

fn region_of(host: &str) -> Option<usize> {
    let host = host.strip_suffix(":443").unwrap_or(host);
    HOSTS.iter().position(|hosts| hosts.contains(&host))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The host of the region that a host of Kling's does not belong to; `None` for any other host.
#[must_use]
pub fn other_region(host: &str) -> Option<&'static str> {
    region_of(host).map(|region| HOSTS[1 - region][0])
}

/// Kling's hosts, for a sentence.
pub const KLINGS_HOSTS: &str = "api-singapore.klingai.com (and, in China, api-beijing.klingai.com)";

/// A base URL as it was found, not yet looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// Where it was found, for error messages.
    pub name: &'static str,
    /// The URL.
    pub url: String,
    /// The option `region`, where [`BASE_VARIABLE`] goes before it.
    pub overridden_region: Option<String>,
}

impl Base {
    /// The option `baseUrl`, else the environment's `KLING_API_BASE`, else the option `region`, else
    /// the default region's origin. An empty variable counts as not set.
    ///
    /// The variable goes before the region: whoever is sent to a sandbox by its environment must not
    /// leave it for Kling's real host by an option that stands in the code.
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
        if base_url.is_some() && region_name.is_some() {
            return Err(Error::ConflictingOptions {
                first: "baseUrl".into(),
                second: "region".into(),
            }
            .into());
        }
        // A name that does not exist is refused whether it counts or not.
        let origin = region_name.map(region).transpose()?;
        let found = match base_url {
            Some(url) => Some(("baseUrl", url)),
            None => lookup(BASE_VARIABLE)?
                .filter(|url| !url.is_empty())
                .map(|url| (BASE_VARIABLE, url)),
        };
        Ok(match found {
            Some((name, url)) => Self {
                name,
                url,
                overridden_region: region_name.map(str::to_owned),
            },
            None => Self {
                name: REGION,
                url: origin.unwrap_or(REGIONS[0].1).to_owned(),
                overridden_region: None,
            },
        })
    }

    /// Whose host it leads to.
    #[must_use]
    pub fn host(&self) -> Host {
        if self.name == REGION {
            return Host::Kling;
        }
        Host::of_url(&self.url)
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
        _ if address.hostname.contains('*') || address.hostname.starts_with('.') => {
            "must name one host: a wildcard matches nothing, so list each origin"
        }
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

/// Whether a request makes something, by method and path: its reply lost, that may have been made,
/// and paid for, all the same.
///
/// Of the requests with `POST`, the list of tasks and what is below `/account` only read. Source:
/// Kling's documentation.
#[must_use]
pub fn creates(method: &str, pathname: Option<&str>) -> bool {
    const REPEATABLE: [&str; 6] = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"];
    if REPEATABLE
        .iter()
        .any(|name| name.eq_ignore_ascii_case(method))
    {
        return false;
    }
    !pathname
        .is_some_and(|path| path.trim_end_matches('/') == "/tasks" || path.starts_with("/account/"))
}
