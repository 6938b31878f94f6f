//! JavaScript's values as what bindings share sees them.

use kling_auth_binding::value::{Kind, Members, Value};
use napi::bindgen_prelude::{
    Array, Date, FromNapiValue, JsObjectValue as _, Object, Uint8Array, Unknown,
};
use napi::{JsValue as _, ValueType, sys};
use zeroize::Zeroizing;

use crate::error::Failure;
use crate::raw::bytes::Text;
use crate::raw::object::{layers, member, own_names, read};
use crate::raw::value::cast;

/// A value of the running call.
#[derive(Clone, Copy)]
pub struct Js<'call>(pub Unknown<'call>);

impl<'call> Js<'call> {
    /// For Node-API.
    pub fn raw(self) -> sys::napi_value {
        self.0.raw()
    }

    fn object(self) -> Object<'call> {
        let raw = self.0.value();
        Object::from_raw(raw.env, raw.value)
    }

    fn cast<T: FromNapiValue>(self) -> Result<T, Failure> {
        Ok(cast(self.0)?)
    }
}

impl Value for Js<'_> {
    type Failure = Failure;

    fn kind(self) -> Result<Kind, Failure> {
        Ok(match self.0.get_type()? {
            ValueType::Undefined => Kind::Undefined,
            ValueType::Null => Kind::Null,
            ValueType::Boolean => Kind::Boolean,
            ValueType::Number => Kind::Number,
            ValueType::String => Kind::String,
            ValueType::Symbol => Kind::Symbol,
            ValueType::Function => Kind::Function,
            ValueType::BigInt => Kind::BigInt,
            ValueType::Object if self.0.is_array()? => Kind::Array,
            ValueType::Object => Kind::Object,
            _ => Kind::Unknown,
        })
    }

    fn number(self) -> Result<f64, Failure> {
        self.cast()
    }

    fn boolean(self) -> Result<bool, Failure> {
        self.cast()
    }

    fn text(self) -> Result<Zeroizing<String>, Failure> {
        Ok(Zeroizing::new(self.cast::<Text>()?.0))
    }

    fn date(self) -> Result<Option<f64>, Failure> {
        if !self.0.is_date()? {
            return Ok(None);
        }
        Ok(Some(self.cast::<Date<'_>>()?.value_of()?))
    }

    fn bytes(self) -> Result<Option<Vec<u8>>, Failure> {
        if !self.0.is_typedarray()? {
            return Ok(None);
        }
        Ok(Some(self.cast::<Uint8Array>()?.to_vec()))
    }

    fn length(self) -> Result<u32, Failure> {
        Ok(self.cast::<Array<'_>>()?.len())
    }

    fn element(self, index: u32) -> Result<Self, Failure> {
        Ok(Self(self.object().get_element(index)?))
    }

    fn members(self) -> Result<Members, Failure> {
        let layers = layers(&self.object())?;
        let mut names = Vec::new();
        for layer in &layers {
            names.extend(own_names(layer)?);
        }
        let has_class = layers.len() > 1;
        Ok(Members { names, has_class })
    }

    fn member(self, name: &str) -> Result<Option<Self>, Failure> {
        Ok(member(&self.object(), name)?.map(Self))
    }

    fn read(self, name: &str) -> Result<Self, Failure> {
        Ok(Self(read(&self.object(), name)?))
    }
}
