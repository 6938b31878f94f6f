//! A JavaScript value of the running call, by its place in the list that JavaScript keeps.

use kling_auth_binding::options::string;
use kling_auth_binding::value::{Kind, Members, Value};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::raw::imports;

/// A value's place.
#[derive(Clone, Copy)]
pub struct Js(pub u32);

impl Value for Js {
    type Failure = Failure;

    fn kind(self) -> Result<Kind, Failure> {
        // As lib/loader/wasm/imports.js numbers them.
        Ok(match imports::kind(self.0)? {
            0 => Kind::Undefined,
            1 => Kind::Null,
            2 => Kind::Boolean,
            3 => Kind::Number,
            4 => Kind::String,
            5 => Kind::Symbol,
            6 => Kind::Function,
            7 => Kind::BigInt,
            8 => Kind::Array,
            9 => Kind::Object,
            _ => Kind::Unknown,
        })
    }

    fn number(self) -> Result<f64, Failure> {
        Ok(imports::number(self.0))
    }

    fn boolean(self) -> Result<bool, Failure> {
        Ok(imports::number(self.0) != 0.0)
    }

    fn text(self) -> Result<Zeroizing<String>, Failure> {
        imports::text(self.0)
    }

    fn date(self) -> Result<Option<f64>, Failure> {
        let millis = imports::date(self.0);
        // Infinite where it is no date; an invalid date is NaN.
        Ok((!millis.is_infinite()).then_some(millis))
    }

    fn bytes(self) -> Result<Option<Vec<u8>>, Failure> {
        imports::bytes(self.0)
    }

    fn length(self) -> Result<u32, Failure> {
        imports::length(self.0)
    }

    fn element(self, index: u32) -> Result<Self, Failure> {
        imports::element(self.0, index).map(Self)
    }

    fn members(self) -> Result<Members, Failure> {
        let list = Self(imports::names(self.0)?);
        let names = (0..list.length()?)
            .map(|index| Ok(list.element(index)?.text()?.to_string()))
            .collect::<Result<_, Failure>>()?;
        let has_class = imports::has_class(self.0)?;
        Ok(Members { names, has_class })
    }

    fn member(self, name: &str) -> Result<Option<Self>, Failure> {
        Ok(imports::member(self.0, name)?.map(Self))
    }

    fn read(self, name: &str) -> Result<Self, Failure> {
        imports::read(self.0, name).map(Self)
    }
}

/// Files that variables name, which JavaScript reads.
pub struct Files;

impl kling_auth_binding::options::Files<Js> for Files {
    fn read(&self, variable: &str, path: &str) -> Result<Zeroizing<String>, Failure> {
        string(variable, Js(imports::read_file(variable, path)?))
    }
}
