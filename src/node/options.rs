//! Option objects, read member by member: each of the right type, none unknown, none dropped.

use std::borrow::Cow;
use std::mem;

use napi::bindgen_prelude::{
    Array, Date, FromNapiValue, JsObjectValue as _, Object, Uint8Array, Unknown,
};
use napi::{JsValue as _, ValueType};
use zeroize::Zeroizing;

use super::error::Failure;
use super::raw::files::Files;
use super::raw::object::{layers, member, own_names, read};
use kling_auth_core::credentials::Key;
use kling_auth_core::error::Error;
use kling_auth_core::options::unknown_option;
use kling_auth_core::request::endpoint::Base;
use kling_auth_core::sources::Explicit;
use kling_auth_core::variables::{Secret, Variables};

const DATE: &str = "a Date or milliseconds since the epoch";

/// An options argument. `undefined` and `null`, whole or member, count as not given.
pub struct Options<'env> {
    object: Option<Object<'env>>,
    /// The names of its members: what is not there is not asked for, which takes as long as all
    /// the rest where most options are left out.
    names: Vec<String>,
    /// Its class may have accessors, which no list of names shows.
    has_class: bool,
}

impl<'env> Options<'env> {
    /// Refuses anything but an object with members from `known`.
    pub fn new(argument: &str, value: Unknown<'env>, known: &[&str]) -> Result<Self, Failure> {
        let object = object(argument, value)?;
        let mut names = Vec::new();
        let mut has_class = false;
        if let Some(object) = &object {
            let layers = layers(object)?;
            has_class = layers.len() > 1;
            for layer in &layers {
                names.extend(own_names(layer)?);
            }
        }
        if let Some(unknown) = names.iter().find(|name| !known.contains(&name.as_str())) {
            return Err(unknown_option(unknown, known).into());
        }
        Ok(Self {
            object,
            names,
            has_class,
        })
    }

    /// Like [`Options::new`] for an argument that must be given.
    pub fn required(argument: &str, value: Unknown<'env>, known: &[&str]) -> Result<Self, Failure> {
        if is_nothing(&value)? {
            return Err(wrong_type(argument, "an object", &value));
        }
        Self::new(argument, value, known)
    }

    /// A member that must be a string.
    pub fn string(&self, name: &str) -> Result<Option<Zeroizing<String>>, Failure> {
        match self.get(name)? {
            Some(value) => string(name, value).map(Some),
            None => Ok(None),
        }
    }

    /// A member that must be a string, and is no secret.
    pub fn plain_string(&self, name: &str) -> Result<Option<String>, Failure> {
        Ok(self.string(name)?.map(|mut text| mem::take(&mut *text)))
    }

    /// A member that must be a number.
    pub fn number(&self, name: &str) -> Result<Option<f64>, Failure> {
        self.typed(name, "a number", ValueType::Number)
    }

    /// A member that must be a boolean.
    pub fn boolean(&self, name: &str) -> Result<Option<bool>, Failure> {
        self.typed(name, "a boolean", ValueType::Boolean)
    }

    /// Whether a member is given at all.
    pub fn has(&self, name: &str) -> Result<bool, Failure> {
        Ok(self.get(name)?.is_some())
    }

    /// Checks a member that must be an array of strings; JavaScript keeps it.
    pub fn check_strings(&self, name: &str) -> Result<(), Failure> {
        const EXPECTED: &str = "an array of strings";
        let Some(value) = self.get(name)? else {
            return Ok(());
        };
        if !value.is_array()? {
            return Err(wrong_type(name, EXPECTED, &value));
        }
        let array: Array<'_> = cast(value)?;
        for index in 0..array.len() {
            let item: Unknown<'_> = array.get_element(index)?;
            string(&format!("{name}[{index}]"), item)?;
        }
        Ok(())
    }

    /// A member that must be an array of strings, which are no secrets.
    pub fn strings(&self, name: &str) -> Result<Vec<String>, Failure> {
        self.check_strings(name)?;
        match self.get(name)? {
            Some(value) => Ok(cast(value)?),
            None => Ok(Vec::new()),
        }
    }

    /// Checks a member that must be a string or an object; JavaScript converts it.
    pub fn check_string_or_object(
        &self,
        name: &str,
        expected: &'static str,
    ) -> Result<(), Failure> {
        match self.get(name)? {
            Some(value)
                if value.get_type()? != ValueType::String
                    && (value.get_type()? != ValueType::Object || value.is_array()?) =>
            {
                Err(wrong_type(name, expected, &value))
            }
            _ => Ok(()),
        }
    }

    /// Checks a member that must be a function; JavaScript keeps and calls it.
    pub fn check_function(&self, name: &str) -> Result<(), Failure> {
        self.typed::<Unknown>(name, "a function", ValueType::Function)
            .map(drop)
    }

    /// A member of a type that is given by name.
    pub fn checked(&self, name: &str, expected: &str) -> Result<Option<Unknown<'env>>, Failure> {
        let Some(value) = self.get(name)? else {
            return Ok(None);
        };
        let found = value.get_type()?;
        let (fits, expected) = match expected {
            "array" => (value.is_array()?, "an array"),
            "boolean" => (found == ValueType::Boolean, "a boolean"),
            "date" => (found == ValueType::Number || value.is_date()?, DATE),
            "function" => (found == ValueType::Function, "a function"),
            "number" => (found == ValueType::Number, "a number"),
            "object" => (
                found == ValueType::Object && !value.is_array()?,
                "an object",
            ),
            "string" => (found == ValueType::String, "a string"),
            _ => return Err(Error::Internal.into()),
        };
        if fits {
            Ok(Some(value))
        } else {
            Err(wrong_type(name, expected, &value))
        }
    }

    /// A member that must be an object.
    pub fn object(&self, name: &str) -> Result<Option<Object<'env>>, Failure> {
        match self.get(name)? {
            Some(value) => object(name, value),
            None => Ok(None),
        }
    }

    /// A member that must be a `Date` or milliseconds, as milliseconds.
    pub fn date(&self, name: &str) -> Result<Option<f64>, Failure> {
        let Some(value) = self.get(name)? else {
            return Ok(None);
        };
        if value.is_date()? {
            let date: Date<'_> = cast(value)?;
            return Ok(Some(date.value_of()?));
        }
        self.typed(name, DATE, ValueType::Number)
    }

    fn typed<T: FromNapiValue>(
        &self,
        name: &str,
        expected: &'static str,
        value_type: ValueType,
    ) -> Result<Option<T>, Failure> {
        match self.get(name)? {
            None => Ok(None),
            Some(value) if value.get_type()? == value_type => Ok(Some(cast(value)?)),
            Some(value) => Err(wrong_type(name, expected, &value)),
        }
    }

    /// A member that is given, of whatever type.
    pub fn get(&self, name: &str) -> Result<Option<Unknown<'env>>, Failure> {
        let Some(object) = &self.object else {
            return Ok(None);
        };
        let value = if self.names.iter().any(|given| given == name) {
            Some(read(object, name)?)
        } else if self.has_class {
            member(object, name)?
        } else {
            None
        };
        Ok(match value {
            Some(value) if !is_nothing(&value)? => Some(value),
            _ => None,
        })
    }
}

/// The keys among the options.
pub fn explicit(options: &Options<'_>) -> Result<Explicit, Failure> {
    Ok(Explicit {
        access_key: options.string("accessKey")?,
        secret_key: options.string("secretKey")?,
        api_key: options.string("apiKey")?,
    })
}

/// Where variables are read: the option `env`, or else `process.env`.
pub struct Environment<'env> {
    object: Option<Object<'env>>,
    files: &'env Files,
}

impl<'env> Environment<'env> {
    /// `files` reads those that variables name.
    pub fn new(
        options: &Options<'env>,
        process_env: Unknown<'env>,
        files: &'env Files,
    ) -> Result<Self, Failure> {
        let object = match options.object("env")? {
            Some(env) => Some(env),
            None => object("process.env", process_env)?,
        };
        Ok(Self { object, files })
    }
}

impl Variables for Environment<'_> {
    type Error = Failure;

    fn value(&mut self, name: &str) -> Result<Option<Secret>, Failure> {
        let object = self.object.as_ref();
        let value = object.map(|object| member(object, name)).transpose()?;
        match value.flatten() {
            Some(value) => optional_string(&format!("env.{name}"), value),
            None => Ok(None),
        }
    }

    fn file(&mut self, variable: &str, path: &str) -> Result<Secret, Failure> {
        self.files.read(variable, path)
    }
}

/// Reads the options that JavaScript acts on, and returns the base URL they add up to.
pub fn base_url(options: &Options<'_>, environment: &mut Environment<'_>) -> Result<Base, Failure> {
    options.check_strings("allowedOrigins")?;
    options.check_function("fetch")?;
    let base_url = options.plain_string("baseUrl")?;
    let region = options.plain_string("region")?;
    Base::resolve(base_url, region.as_deref(), |name| {
        Ok(environment.value(name)?.map(|url| url.to_string()))
    })
}

/// An argument that must be a string.
pub fn string(argument: &str, value: Unknown<'_>) -> Result<Zeroizing<String>, Failure> {
    if value.get_type()? != ValueType::String {
        return Err(wrong_type(argument, "a string", &value));
    }
    Ok(Zeroizing::new(cast(value)?))
}

/// An argument that must be a string where it is given.
pub fn optional_string(
    argument: &str,
    value: Unknown<'_>,
) -> Result<Option<Zeroizing<String>>, Failure> {
    if is_nothing(&value)? {
        Ok(None)
    } else {
        string(argument, value).map(Some)
    }
}

fn is_nothing(value: &Unknown<'_>) -> Result<bool, Failure> {
    Ok(matches!(
        value.get_type()?,
        ValueType::Undefined | ValueType::Null
    ))
}

/// A text as its UTF-8 bytes, or bytes as they are. `undefined` and `null` count as empty.
pub fn text_or_bytes(
    argument: &str,
    expected: &'static str,
    value: Unknown<'_>,
) -> Result<Vec<u8>, Failure> {
    Ok(match value.get_type()? {
        ValueType::Undefined | ValueType::Null => Vec::new(),
        ValueType::String => cast::<String>(value)?.into_bytes(),
        ValueType::Object if value.is_typedarray()? => cast::<Uint8Array>(value)?.to_vec(),
        _ => return Err(wrong_type(argument, expected, &value)),
    })
}

/// An argument that must be a string or an array of strings where it is given, each as a key that
/// knows its place.
pub fn optional_keys(argument: &str, value: Unknown<'_>) -> Result<Option<Vec<Key>>, Failure> {
    if is_nothing(&value)? {
        return Ok(None);
    }
    if !value.is_array()? {
        if value.get_type()? != ValueType::String {
            return Err(wrong_type(
                argument,
                "a string or an array of strings",
                &value,
            ));
        }
        return Ok(Some(vec![Key::new(argument, string(argument, value)?)]));
    }
    let array: Array<'_> = cast(value)?;
    let keys = (0..array.len()).map(|index| {
        let name = format!("{argument}[{index}]");
        let element: Unknown<'_> = array.get_element(index)?;
        let value = string(&name, element)?;
        Ok(Key::new(name, value))
    });
    keys.collect::<Result<_, Failure>>().map(Some)
}

pub fn object<'env>(argument: &str, value: Unknown<'env>) -> Result<Option<Object<'env>>, Failure> {
    match value.get_type()? {
        ValueType::Undefined | ValueType::Null => Ok(None),
        ValueType::Object if !value.is_array()? => Ok(Some(cast(value)?)),
        _ => Err(wrong_type(argument, "an object", &value)),
    }
}

/// For a value whose type has just been checked.
#[allow(
    unsafe_code,
    reason = "the safe conversions check the type a second time"
)]
fn cast<T: FromNapiValue>(value: Unknown<'_>) -> napi::Result<T> {
    let raw = value.value();
    // SAFETY: environment and value come from one live handle of the current call.
    unsafe { T::from_napi_value(raw.env, raw.value) }
}

/// The error for a value of the wrong type.
pub fn wrong_type(
    argument: &str,
    expected: impl Into<Cow<'static, str>>,
    value: &Unknown<'_>,
) -> Failure {
    Error::InvalidArgType {
        argument: argument.to_owned(),
        expected: expected.into(),
        received: kind(value),
    }
    .into()
}

/// What error messages call a value.
pub fn kind(value: &Unknown<'_>) -> &'static str {
    match value.get_type() {
        Ok(ValueType::Undefined) => "undefined",
        Ok(ValueType::Null) => "null",
        Ok(ValueType::Boolean) => "a boolean",
        Ok(ValueType::Number) => "a number",
        Ok(ValueType::String) => "a string",
        Ok(ValueType::Symbol) => "a symbol",
        Ok(ValueType::Function) => "a function",
        Ok(ValueType::BigInt) => "a BigInt",
        Ok(ValueType::Object) if value.is_array().unwrap_or(false) => "an array",
        Ok(ValueType::Object) => "an object",
        _ => "something else",
    }
}
