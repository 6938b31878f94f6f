//! The envelope of a reply: `{"code", "message", "request_id", "data"}`, read from whatever came.
//!
//! Nothing that a server or a gateway sends is an error here. What can be made out is taken, the
//! rest skipped without being stored or recursed into.

use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Read of a body; what follows is not looked at.
pub const BODY_LIMIT: usize = 64 * 1024;
/// The statuses that gateways repeat as a code. Kling's codes have four digits.
const REPEATED: [i64; 11] = [400, 401, 402, 403, 404, 422, 429, 500, 502, 503, 504];
/// Kept of a text, in characters.
const TEXT_LIMIT: usize = 500;

/// What a body says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The service code: that in `data` where the outer one is 0, as `/account/costs` nests it.
    pub code: Option<i64>,
    /// The text that belongs to the code.
    pub message: Option<String>,
    /// For questions to Kling's support.
    pub request_id: Option<String>,
    /// The body is well-formed JSON, as far as it was looked at.
    pub complete: bool,
    /// Whose reply it is, by its form.
    pub form: Form,
}

impl Envelope {
    /// What the reply says that it is about: status and service code. A gateway's code is a status,
    /// and may come under another.
    #[must_use]
    pub fn meant(&self, status: u16) -> (u16, Option<i64>) {
        let is_meant = |code: u16| code == status || (200..=299).contains(&status);
        match self.code.and_then(|code| u16::try_from(code).ok()) {
            Some(code) if self.form == Form::Gateway && is_meant(code) => (code, None),
            _ => (status, self.code),
        }
    }
}

/// The forms that replies have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// Kling's envelope, by its code; or nothing that is known.
    #[default]
    Envelope,
    /// `{"error": {"message", "type", "code"}}`, `{"detail": …}` or the HTTP status for a code, as
    /// gateways refuse: not Kling's.
    Gateway,
    /// `{"timestamp", "status", "error", "message", "path"}`: Kling's web framework, which answers
    /// where no endpoint is.
    Framework,
    /// A page: of a proxy, a firewall, a login.
    Html,
}

impl Envelope {
    /// Reads the first [`BODY_LIMIT`] bytes of `body`.
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        let cut = body.len() > BODY_LIMIT;
        let mut body = &body[..body.len().min(BODY_LIMIT)];
        // A number at the end of half a body may have lost its last digits.
        while let [rest @ .., b'0'..=b'9'] = body {
            body = rest;
        }
        let mut json = serde_json::Deserializer::from_slice(body);
        let (mut outer, mut inner) = (Members::default(), Inner::default());
        let complete = match (Any {
            members: Some(&mut outer),
            inner: Some(&mut inner),
            is_list: false,
        })
        .deserialize(&mut json)
        {
            Ok(_) => cut || json.end().is_ok(),
            Err(error) => cut && error.is_eof(),
        };
        let Inner { data, error } = inner;
        let nested = matches!(outer.code, None | Some(0)) && !matches!(data.code, None | Some(0));
        let (code, message) = if nested {
            (data.code, data.message.or(outer.message))
        } else {
            (outer.code, outer.message)
        };
        let has_error = error.is_object || error.message.is_some();
        let is_status = code.is_some_and(|code| REPEATED.contains(&code));
        let form = if is_status {
            Form::Gateway
        } else if code.is_some() {
            Form::Envelope
        } else if has_error && outer.has_path && outer.has_timestamp {
            Form::Framework
        } else if has_error {
            Form::Gateway
        } else if body.trim_ascii_start().starts_with(b"<") {
            Form::Html
        } else {
            Form::Envelope
        };
        // Of whoever has answered: what they say is worth showing.
        let others = || match form {
            Form::Html => title(body),
            Form::Envelope if !complete && code.is_none() => plain(body),
            _ => error.message.filter(|_| code.is_none() || is_status),
        };
        Self {
            code,
            message: message.or_else(others),
            request_id: outer.request_id,
            complete,
            form,
        }
    }
}

/// What a page says of itself.
fn title(page: &[u8]) -> Option<String> {
    let page = String::from_utf8_lossy(page);
    let small = page.to_ascii_lowercase();
    let start = small.find("<title>")? + "<title>".len();
    let end = start + small[start..].find("</title>")?;
    one_line(&page[start..end])
}

/// A line of text, as proxies answer.
fn plain(body: &[u8]) -> Option<String> {
    /// Longer ones are no sentence.
    const LONGEST: usize = 200;
    let text = std::str::from_utf8(body).ok()?.trim();
    let is_line = text.len() <= LONGEST && !text.contains(['\n', '\0']);
    if is_line && text.starts_with(char::is_alphanumeric) {
        one_line(text)
    } else {
        None
    }
}

#[derive(Default)]
struct Members {
    code: Option<i64>,
    message: Option<String>,
    request_id: Option<String>,
    is_object: bool,
    has_path: bool,
    has_timestamp: bool,
}

/// The members of objects within the reply.
#[derive(Default)]
struct Inner {
    data: Members,
    error: Members,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Name {
    Code,
    // The inner envelope's name for it.
    #[serde(alias = "msg")]
    Message,
    RequestId,
    Data,
    // Frameworks of Python's have the others.
    #[serde(alias = "detail", alias = "errors")]
    Error,
    Path,
    Timestamp,
    #[serde(other)]
    Other,
}

/// Visits any value: keeps a number or a text, and collects the members of an object that is asked
/// for them. Everything else is skipped.
#[derive(Default)]
struct Any<'a> {
    members: Option<&'a mut Members>,
    /// For the objects in its members.
    inner: Option<&'a mut Inner>,
    /// Of an array the first element counts.
    is_list: bool,
}

enum Scalar {
    Integer(i64),
    Text(String),
    Other,
}

impl<'de> DeserializeSeed<'de> for Any<'_> {
    type Value = Scalar;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Scalar, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Any<'_> {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar, A::Error> {
        let Some(members) = self.members else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Scalar::Other);
        };
        members.is_object = true;
        let mut inner = self.inner;
        while let Some(name) = map.next_key()? {
            match name {
                Name::Code => members.code = map.next_value_seed(Any::default())?.integer(),
                Name::Message => members.message = map.next_value_seed(Any::default())?.text(),
                Name::RequestId => {
                    members.request_id = map.next_value_seed(Any::default())?.text();
                }
                Name::Data => {
                    let members = inner.as_deref_mut().map(|inner| &mut inner.data);
                    map.next_value_seed(Any {
                        members,
                        ..Any::default()
                    })?;
                }
                Name::Error => {
                    let mut error = Members::default();
                    let members = Some(&mut error);
                    let text = map
                        .next_value_seed(Any {
                            members,
                            is_list: true,
                            ..Any::default()
                        })?
                        .text();
                    error.message = error.message.or(text);
                    if let Some(inner) = inner.as_deref_mut()
                        && inner.error.message.is_none()
                    {
                        inner.error = error;
                    }
                }
                Name::Path => {
                    members.has_path = true;
                    map.next_value::<IgnoredAny>()?;
                }
                Name::Timestamp => {
                    members.has_timestamp = true;
                    map.next_value::<IgnoredAny>()?;
                }
                Name::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Scalar::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar, A::Error> {
        let first = if self.is_list {
            let members = self.members;
            seq.next_element_seed(Any {
                members,
                ..Any::default()
            })?
        } else {
            None
        };
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first.unwrap_or(Scalar::Other))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Scalar, E> {
        Ok(i64::try_from(value).map_or(Scalar::Other, Scalar::Integer))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Scalar, E> {
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a code is four digits, and what is none counts as absent"
        )]
        let whole = value as i32;
        #[allow(clippy::float_cmp, reason = "whole numbers of this size are exact")]
        let is_whole = f64::from(whole) == value;
        Ok(if is_whole {
            Scalar::Integer(whole.into())
        } else {
            Scalar::Other
        })
    }

    fn visit_str<E>(self, value: &str) -> Result<Scalar, E> {
        Ok(Scalar::Text(value.chars().take(TEXT_LIMIT).collect()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }

    fn visit_unit<E>(self) -> Result<Scalar, E> {
        Ok(Scalar::Other)
    }
}

/// What ends a line, drives a terminal, turns the direction of writing or takes no room: a server
/// could make a log or a terminal show something else than it has sent.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{8e2}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

impl Scalar {
    /// A code may come as a string too.
    fn integer(self) -> Option<i64> {
        match self {
            Self::Integer(integer) => Some(integer),
            Self::Text(text) => text.trim().parse().ok(),
            Self::Other => None,
        }
    }

    /// On one line, so that it can be logged.
    fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => one_line(&text),
            _ => None,
        }
    }
}

fn one_line(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| {
        text.chars()
            .take(TEXT_LIMIT)
            .collect::<String>()
            .replace(is_unprintable, " ")
    })
}
