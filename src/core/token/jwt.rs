//! The three parts of a JWT (RFC 7519 section 3), taken apart without believing them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::json::{Json, Members};
use crate::error::Error;

/// A token taken apart. Nothing here has been verified.
pub struct Jwt<'a> {
    /// What the signature covers: `<header>.<claims>` as it stands in the token.
    pub signing_input: &'a str,
    /// The signature in base64url, possibly empty.
    pub signature: &'a str,
    /// The header's JSON text.
    pub header_json: String,
    /// The claims' JSON text.
    pub claims_json: String,
    /// The header's members.
    pub header: Members,
    /// The claims' members.
    pub claims: Members,
}

impl<'a> Jwt<'a> {
    /// Splits and decodes `token`.
    ///
    /// # Errors
    ///
    /// [`Error::MalformedToken`] unless it has three parts of which the first two are base64url
    /// of JSON objects.
    pub fn parse(token: &'a str) -> Result<Self, Error> {
        if token
            .get(..7)
            .is_some_and(|start| start.eq_ignore_ascii_case("bearer "))
        {
            return Err(malformed(
                "it starts with \"Bearer \": pass what follows it",
            ));
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(NOT_THREE_PARTS)?;
        let (header, claims) = signing_input.split_once('.').ok_or(NOT_THREE_PARTS)?;
        if claims.contains('.') {
            return Err(NOT_THREE_PARTS);
        }
        let (header_json, header) =
            object(header).ok_or(malformed("its header is not base64url of a JSON object"))?;
        let (claims_json, claims) =
            object(claims).ok_or(malformed("its claims are not base64url of a JSON object"))?;
        Ok(Self {
            signing_input,
            signature,
            header_json,
            claims_json,
            header,
            claims,
        })
    }
}

const NOT_THREE_PARTS: Error = malformed("it does not have three parts separated by dots");

const fn malformed(problem: &'static str) -> Error {
    Error::MalformedToken { problem }
}

/// serde_json refuses nesting deeper than 128, so no input exhausts the stack.
fn object(part: &str) -> Option<(String, Members)> {
    let json = String::from_utf8(URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
    // As bytes, like all JSON here: the parser exists once for each kind of input.
    match serde_json::from_slice(json.as_bytes()).ok()? {
        Json::Object(members) => Some((json, members)),
        _ => None,
    }
}
