//! JavaScript's values as the entry points see them.

use kling_auth_core::error::Error;
use zeroize::Zeroizing;

/// What `typeof` tells apart, `null` and arrays besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// A boolean.
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// A symbol.
    Symbol,
    /// A function.
    Function,
    /// A `BigInt`.
    BigInt,
    /// An array.
    Array,
    /// Any other object.
    Object,
    /// What the language did not have when this was written.
    Unknown,
}

impl Kind {
    /// What error messages call a value.
    #[must_use]
    pub const fn with_article(self) -> &'static str {
        match self {
            Self::Undefined => "undefined",
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Symbol => "a symbol",
            Self::Function => "a function",
            Self::BigInt => "a BigInt",
            Self::Array => "an array",
            Self::Object => "an object",
            Self::Unknown => "something else",
        }
    }

    /// `undefined` and `null` count as not given.
    #[must_use]
    pub const fn is_nothing(self) -> bool {
        matches!(self, Self::Undefined | Self::Null)
    }
}

/// What is known of an object's members without reading one.
#[derive(Default)]
pub struct Members {
    /// The names of those that are enumerable and count, which are its own and those of its class.
    /// What stands on the root of all objects does not: anything in the process can have put it there.
    pub names: Vec<String>,
    /// Whether it has a class, whose accessors no list of names shows.
    pub has_class: bool,
}

/// What a call comes to.
pub type Outcome<T, V> = Result<T, <V as Value>::Failure>;

/// A value that lives as long as the running call.
///
/// Every method may fail with an exception of JavaScript's: a getter or a proxy may throw one.
pub trait Value: Copy {
    /// An error of the core's, or an exception of JavaScript's.
    type Failure: From<Error>;

    /// Its kind.
    fn kind(self) -> Outcome<Kind, Self>;
    /// Of a number.
    fn number(self) -> Outcome<f64, Self>;
    /// Of a boolean.
    fn boolean(self) -> Outcome<bool, Self>;
    /// Of a string: its UTF-8, with U+FFFD for lone surrogates.
    fn text(self) -> Outcome<Zeroizing<String>, Self>;
    /// Of an object: the time value, if it is a `Date`.
    fn date(self) -> Outcome<Option<f64>, Self>;
    /// Of an object: a copy of its bytes, if it is a typed array.
    fn bytes(self) -> Outcome<Option<Vec<u8>>, Self>;
    /// Of an array.
    fn length(self) -> Outcome<u32, Self>;
    /// Of an array.
    fn element(self, index: u32) -> Outcome<Self, Self>;
    /// Of an object: what is known of its members without reading one.
    fn members(self) -> Outcome<Members, Self>;
    /// Of an object: a member that counts, whatever its value; `None` where there is none.
    fn member(self, name: &str) -> Outcome<Option<Self>, Self>;
    /// Of an object: a member, of which it is known that it counts.
    fn read(self, name: &str) -> Outcome<Self, Self>;
}
