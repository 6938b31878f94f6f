//! Names of variables that are nearly right: set by somebody, read by nobody.
//!
//! Source: the variables of published programs, such as `KLING_AI_ACCESS_KEY`, `KLING_AK` and
//! `KLINGAI_API_SECRET_KEY` (Kling's nodes for ComfyUI), and the same words put together otherwise.

use crate::families::{FAMILIES, Family};

/// What such names begin with, the longer ones first.
const BEGINNINGS: [&str; 6] = [
    "KLING_AI_API_",
    "KLINGAI_API_",
    "KLING_AI_",
    "KLING_API_",
    "KLINGAI_",
    "KLING_",
];

/// The variable that is read, and what the others have in place of its end.
const ENDS: [(&str, &[&str]); 5] = [
    (
        "KLING_API_KEY",
        &["API_KEY", "APIKEY", "API_TOKEN", "TOKEN", "KEY"],
    ),
    (
        "KLING_ACCESS_KEY",
        &[
            "ACCESS_KEY",
            "ACCESSKEY",
            "ACCESS_KEY_ID",
            "ACCESS_ID",
            "AK",
        ],
    ),
    (
        "KLING_SECRET_KEY",
        &[
            "SECRET_KEY",
            "SECRETKEY",
            "SECRET_ACCESS_KEY",
            "ACCESS_KEY_SECRET",
            "ACCESS_SECRET",
            "SECRET",
            "SK",
        ],
    ),
    (
        "KLING_WEBHOOK_SECRET",
        &[
            "WEBHOOK_SECRET",
            "WEBHOOK_SIGNING_SECRET",
            "WEBHOOK_KEY",
            "CALLBACK_SECRET",
            "WHSEC",
        ],
    ),
    (
        "KLING_API_BASE",
        &[
            "API_BASE",
            "BASE_URL",
            "BASEURL",
            "API_BASE_URL",
            "API_URL",
            "API_HOST",
            "API_ENDPOINT",
            "BASE",
            "URL",
            "HOST",
            "ENDPOINT",
        ],
    ),
];

/// Whether a variable of this name is read. A region has none: it is an option.
fn is_read(name: &str) -> bool {
    FAMILIES
        .iter()
        .flat_map(Family::names)
        .chain(["KLING_API_BASE", "KLING_WEBHOOK_SECRET"])
        .any(|read| read == name)
}

/// The names that stand for the variable `right`, itself and others that are read left out.
pub fn names_for(right: &str) -> impl Iterator<Item = String> {
    ENDS.iter()
        .filter(move |(name, _)| *name == right)
        .flat_map(|(_, ends)| ends.iter())
        .flat_map(|end| BEGINNINGS.iter().map(move |begin| format!("{begin}{end}")))
        .filter(|name| !is_read(name))
}

/// What mends a variable that looks like one of Kling's and is read by nobody, after its name;
/// `None` for any other.
#[must_use]
pub fn advice(name: &str) -> Option<String> {
    let capitals = name.to_ascii_uppercase();
    let is_known = is_read(&capitals);
    if is_known && capitals == name {
        return None;
    }
    let right = if is_known {
        Some(capitals.clone())
    } else {
        ENDS.iter()
            .find(|(right, _)| names_for(right).any(|near| near == capitals))
            .map(|(right, _)| (*right).to_owned())
    };
    if let Some(right) = right {
        return Some(format!("is set, but nobody reads it: rename it to {right}"));
    }
    let is_region = BEGINNINGS
        .iter()
        .any(|begin| capitals.strip_prefix(begin) == Some("REGION"));
    is_region.then(|| {
        "is set, but nobody reads it: pass the option region, or set KLING_API_BASE to the region's URL"
            .to_owned()
    })
}
