//! Option objects, read member by member: each of the right type, none unknown, none dropped.

use std::borrow::Cow;
use std::mem;

use kling_auth_core::credentials::Key;
use kling_auth_core::error::Error;
use kling_auth_core::options::unknown_option;
use kling_auth_core::sources::GivenKeys;
use kling_auth_core::variables::{Secret, Variables};
use zeroize::Zeroizing;

use crate::value::{Kind, Members, Outcome, Value};

const DATE: &str = "a Date or milliseconds since the epoch";

/// An options argument. `undefined` and `null`, whole or member, count as not given.
pub struct Options<V> {
    object: Option<V>,
    /// What is not there is not asked for, which takes as long as all the rest where most options
    /// are left out.
    members: Members,
}

impl<V: Value> Options<V> {
    /// Refuses anything but an object with members from `known`.
    pub fn new(argument: &str, value: V, known: &[&str]) -> Outcome<Self, V> {
        let object = object(argument, value)?;
        let members = object.map(V::members).transpose()?.unwrap_or_default();
        if let Some(unknown) = members
            .names
            .iter()
            .find(|name| !known.contains(&name.as_str()))
        {
            return Err(unknown_option(unknown, known).into());
        }
        Ok(Self { object, members })
    }

    /// Like [`Options::new`] for an argument that must be given.
    pub fn required(argument: &str, value: V, known: &[&str]) -> Outcome<Self, V> {
        let kind = value.kind()?;
        if kind.is_nothing() {
            return Err(wrong_type(argument, "an object", kind));
        }
        Self::new(argument, value, known)
    }

    /// A member that must be a string.
    pub fn string(&self, name: &str) -> Outcome<Option<Zeroizing<String>>, V> {
        match self.get(name)? {
            Some((value, _)) => string(name, value).map(Some),
            None => Ok(None),
        }
    }

    /// A member that must be a string, and is no secret.
    pub fn plain_string(&self, name: &str) -> Outcome<Option<String>, V> {
        Ok(self.string(name)?.map(|mut text| mem::take(&mut *text)))
    }

    /// A member that must be a number.
    pub fn number(&self, name: &str) -> Outcome<Option<f64>, V> {
        self.typed(name, "a number", Kind::Number)?
            .map(V::number)
            .transpose()
    }

    /// A member that must be a boolean.
    pub fn boolean(&self, name: &str) -> Outcome<Option<bool>, V> {
        self.typed(name, "a boolean", Kind::Boolean)?
            .map(V::boolean)
            .transpose()
    }

    /// Whether a member is given at all.
    pub fn has(&self, name: &str) -> Outcome<bool, V> {
        Ok(self.get(name)?.is_some())
    }

    /// A member that must be an array of strings.
    pub fn strings(&self, name: &str) -> Outcome<Vec<String>, V> {
        let array = self.typed(name, "an array of strings", Kind::Array)?;
        let strings = elements(name, array)?.into_iter();
        Ok(strings.map(|(_, mut text)| mem::take(&mut *text)).collect())
    }

    /// Checks a member that must be a string or an object; JavaScript converts it.
    pub fn check_string_or_object(&self, name: &str, expected: &'static str) -> Outcome<(), V> {
        match self.get(name)? {
            Some((_, kind)) if !matches!(kind, Kind::String | Kind::Object) => {
                Err(wrong_type(name, expected, kind))
            }
            _ => Ok(()),
        }
    }

    /// Checks a member that must be a function; JavaScript keeps and calls it.
    pub fn check_function(&self, name: &str) -> Outcome<(), V> {
        self.typed(name, "a function", Kind::Function).map(drop)
    }

    /// A member of a type that is given by name.
    pub fn checked(&self, name: &str, expected: &str) -> Outcome<Option<V>, V> {
        match expected {
            "array" => self.typed(name, "an array", Kind::Array),
            "boolean" => self.typed(name, "a boolean", Kind::Boolean),
            "function" => self.typed(name, "a function", Kind::Function),
            "number" => self.typed(name, "a number", Kind::Number),
            "object" => self.typed(name, "an object", Kind::Object),
            "string" => self.typed(name, "a string", Kind::String),
            "date" => match self.get(name)? {
                Some((value, Kind::Object)) if value.date()?.is_some() => Ok(Some(value)),
                Some((_, kind)) if kind != Kind::Number => Err(wrong_type(name, DATE, kind)),
                given => Ok(given.map(|(value, _)| value)),
            },
            _ => Err(Error::Internal.into()),
        }
    }

    /// A member that must be an object.
    pub fn object(&self, name: &str) -> Outcome<Option<V>, V> {
        self.typed(name, "an object", Kind::Object)
    }

    /// A member that must be a `Date` or milliseconds, as milliseconds.
    pub fn date(&self, name: &str) -> Outcome<Option<f64>, V> {
        let Some((value, kind)) = self.get(name)? else {
            return Ok(None);
        };
        let millis = match kind {
            Kind::Number => Some(value.number()?),
            Kind::Object => value.date()?,
            _ => None,
        };
        match millis {
            Some(_) => Ok(millis),
            None => Err(wrong_type(name, DATE, kind)),
        }
    }

    fn typed(&self, name: &str, expected: &'static str, wanted: Kind) -> Outcome<Option<V>, V> {
        match self.get(name)? {
            None => Ok(None),
            Some((value, kind)) if kind == wanted => Ok(Some(value)),
            Some((_, kind)) => Err(wrong_type(name, expected, kind)),
        }
    }

    /// A member that is given, of whatever type.
    fn get(&self, name: &str) -> Outcome<Option<(V, Kind)>, V> {
        let Some(object) = self.object else {
            return Ok(None);
        };
        let value = if self.members.names.iter().any(|given| given == name) {
            Some(object.read(name)?)
        } else if self.members.has_class {
            object.member(name)?
        } else {
            None
        };
        given(value)
    }
}

/// The keys among the options.
pub fn given_keys<V: Value>(options: &Options<V>) -> Outcome<GivenKeys, V> {
    Ok(GivenKeys {
        access_key: options.string("accessKey")?,
        secret_key: options.string("secretKey")?,
        api_key: options.string("apiKey")?,
    })
}

/// Reads files for the core, which opens none.
pub trait Files<V: Value> {
    /// The text of the file at `path`, which `variable` names.
    fn read(&self, variable: &str, path: &str) -> Outcome<Zeroizing<String>, V>;
}

/// Where variables are read: the option `env`, or else `process.env`.
pub struct Environment<'a, V, F> {
    object: Option<V>,
    files: &'a F,
}

impl<'a, V: Value, F: Files<V>> Environment<'a, V, F> {
    /// `files` reads those that variables name.
    pub fn new(options: &Options<V>, process_env: V, files: &'a F) -> Outcome<Self, V> {
        let object = match options.object("env")? {
            Some(env) => Some(env),
            None => object("process.env", process_env)?,
        };
        Ok(Self { object, files })
    }
}

impl<V: Value, F: Files<V>> Variables for Environment<'_, V, F> {
    type Error = V::Failure;

    fn value(&mut self, name: &str) -> Outcome<Option<Secret>, V> {
        let value = self.object.map(|object| object.member(name)).transpose()?;
        match given(value.flatten())? {
            Some((value, _)) => string(&format!("env.{name}"), value).map(Some),
            None => Ok(None),
        }
    }

    fn names(&mut self) -> Outcome<Vec<String>, V> {
        match self.object {
            Some(object) => Ok(object.members()?.names),
            None => Ok(Vec::new()),
        }
    }

    fn file(&mut self, variable: &str, path: &str) -> Outcome<Secret, V> {
        self.files.read(variable, path)
    }
}

/// An argument that must be a string.
pub fn string<V: Value>(argument: &str, value: V) -> Outcome<Zeroizing<String>, V> {
    match value.kind()? {
        Kind::String => value.text(),
        kind => Err(wrong_type(argument, "a string", kind)),
    }
}

/// An argument that must be a string where it is given.
pub fn optional_string<V: Value>(
    argument: &str,
    value: V,
) -> Outcome<Option<Zeroizing<String>>, V> {
    if value.kind()?.is_nothing() {
        Ok(None)
    } else {
        string(argument, value).map(Some)
    }
}

/// A text as its UTF-8 bytes, or bytes as they are. `undefined` and `null` count as empty.
pub fn text_or_bytes<V: Value>(
    argument: &str,
    expected: &'static str,
    value: V,
) -> Outcome<Vec<u8>, V> {
    match value.kind()? {
        Kind::Undefined | Kind::Null => Ok(Vec::new()),
        Kind::String => Ok(mem::take(&mut *value.text()?).into_bytes()),
        kind => {
            let bytes = if kind == Kind::Object {
                value.bytes()?
            } else {
                None
            };
            bytes.ok_or_else(|| wrong_type(argument, expected, kind))
        }
    }
}

/// An argument that must be a string or an array of strings where it is given, each as a key that
/// knows its place.
pub fn optional_keys<V: Value>(argument: &str, value: V) -> Outcome<Option<Vec<Key>>, V> {
    match value.kind()? {
        Kind::Undefined | Kind::Null => Ok(None),
        Kind::String => Ok(Some(vec![Key::new(argument, value.text()?)])),
        Kind::Array => {
            let elements = elements(argument, Some(value))?.into_iter();
            Ok(Some(
                elements.map(|(name, text)| Key::new(name, text)).collect(),
            ))
        }
        kind => Err(wrong_type(
            argument,
            "a string or an array of strings",
            kind,
        )),
    }
}

/// The strings of an array, each with its place.
fn elements<V: Value>(
    name: &str,
    array: Option<V>,
) -> Outcome<Vec<(String, Zeroizing<String>)>, V> {
    let Some(array) = array else {
        return Ok(Vec::new());
    };
    (0..array.length()?)
        .map(|index| {
            let place = format!("{name}[{index}]");
            let text = string(&place, array.element(index)?)?;
            Ok((place, text))
        })
        .collect()
}

/// An argument that must be an object where it is given.
pub fn object<V: Value>(argument: &str, value: V) -> Outcome<Option<V>, V> {
    match value.kind()? {
        Kind::Undefined | Kind::Null => Ok(None),
        Kind::Object => Ok(Some(value)),
        kind => Err(wrong_type(argument, "an object", kind)),
    }
}

fn given<V: Value>(value: Option<V>) -> Outcome<Option<(V, Kind)>, V> {
    let Some(value) = value else { return Ok(None) };
    let kind = value.kind()?;
    Ok((!kind.is_nothing()).then_some((value, kind)))
}

/// The error for a value of the wrong type.
pub fn wrong_type<F: From<Error>>(
    argument: &str,
    expected: impl Into<Cow<'static, str>>,
    received: Kind,
) -> F {
    Error::InvalidArgType {
        argument: argument.to_owned(),
        expected: expected.into(),
        received: received.with_article().into(),
    }
    .into()
}
