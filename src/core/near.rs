//! Names of variables that are nearly right: set by somebody, read by nobody.
//!
//! Source: the variables of published programs, such as `KLING_AI_ACCESS_KEY`, `KLING_AK` and
//! `KLINGAI_API_SECRET_KEY` (Kling's nodes for ComfyUI), the same words put together otherwise, and
//! single slips of the finger.

use crate::families::{FAMILIES, Family};

/// The variable that is read, and what others have in place of its end. Letters only: case and what
/// stands between words do not count.
const ENDS: [(&str, &[&str]); 5] = [
    (
        "KLING_API_KEY",
        &["KEY", "TOKEN", "AUTHTOKEN", "ACCESSTOKEN", "BEARERTOKEN"],
    ),
    (
        "KLING_ACCESS_KEY",
        &[
            "ACCESSKEY",
            "ACCESSKEYID",
            "ACCESSID",
            "ACCESS",
            "KEYID",
            "AK",
        ],
    ),
    (
        "KLING_SECRET_KEY",
        &[
            "SECRETKEY",
            "SECRETACCESSKEY",
            "ACCESSKEYSECRET",
            "ACCESSSECRET",
            "KEYSECRET",
            "SECRET",
            "SK",
        ],
    ),
    (
        "KLING_WEBHOOK_SECRET",
        &[
            "WEBHOOKSECRET",
            "WEBHOOKSECRETKEY",
            "WEBHOOKSIGNINGSECRET",
            "SIGNINGSECRET",
            "WEBHOOKKEY",
            "CALLBACKSECRET",
            "WHSEC",
        ],
    ),
    (
        "KLING_API_BASE",
        &[
            "BASE", "BASEURL", "BASEURI", "URL", "HOST", "ENDPOINT", "ORIGIN",
        ],
    ),
];

/// Every name that is read. A region has none: it is an option.
fn read() -> impl Iterator<Item = &'static str> {
    FAMILIES
        .iter()
        .flat_map(Family::names)
        .chain(["KLING_API_BASE", "KLING_WEBHOOK_SECRET"])
}

/// The variable that is read in place of `name`; `None` for one that is read itself, and for what has
/// nothing to do with Kling.
#[must_use]
pub fn right_name(name: &str) -> Option<&'static str> {
    /// Longer than any that is meant: what a stranger may have set is not looked at for long.
    const LONGEST: usize = 40;
    if read().any(|read| read == name) || name.len() > LONGEST {
        return None;
    }
    if let Some(read) = read().find(|read| read.eq_ignore_ascii_case(name)) {
        return Some(read);
    }
    let letters = letters(name);
    let by_end = |rest: &str| {
        let rest = rest.strip_prefix("AI").unwrap_or(rest);
        [Some(rest), rest.strip_prefix("API")]
            .into_iter()
            .flatten()
            .find_map(|end| ENDS.iter().find(|(_, ends)| ends.contains(&end)))
            .map(|(right, _)| *right)
    };
    letters
        .strip_prefix("KLING")
        .or_else(|| letters.strip_suffix("KLING"))
        .or_else(|| letters.strip_suffix("KLINGAI"))
        .and_then(by_end)
        .or_else(|| read().find(|read| is_one_slip_away(&letters, &self::letters(read))))
}

/// What mends a variable that looks like one of Kling's and is read by nobody, after its name;
/// `None` for any other.
#[must_use]
pub fn advice(name: &str) -> Option<String> {
    if let Some(right) = right_name(name) {
        return Some(format!("is set, but nobody reads it: rename it to {right}"));
    }
    let letters = letters(name);
    let is_region = letters
        .strip_prefix("KLING")
        .is_some_and(|rest| matches!(rest, "REGION" | "AIREGION" | "APIREGION" | "AIAPIREGION"));
    is_region.then(|| {
        "is set, but nobody reads it: pass the option region, or set KLING_API_BASE to the region's URL"
            .to_owned()
    })
}

/// In capitals, without what stands between words.
fn letters(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-' | '.'))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Whether one letter more, less or other, or two exchanged, make `name` the `right` one. Digits are
/// no slips: they count keys.
fn is_one_slip_away(name: &str, right: &str) -> bool {
    let (name, right) = (name.as_bytes(), right.as_bytes());
    if name.iter().any(|byte| !byte.is_ascii_uppercase()) {
        return false;
    }
    let start = (name.iter().zip(right)).take_while(|(a, b)| a == b).count();
    let (name, right) = (&name[start..], &right[start..]);
    match (name, right) {
        ([_, longer @ ..], right) if longer == right => true,
        (name, [_, longer @ ..]) if longer == name => true,
        ([_, name @ ..], [_, right @ ..]) if name == right => true,
        ([a, b, name @ ..], [c, d, right @ ..]) => a == d && b == c && name == right,
        _ => false,
    }
}
