//! Arguments as Ruby gives them.

use magnus::{Error, Float, Integer, Ruby, TryConvert, Value, typed_data::Obj, value::ReprValue};

use super::options::class_of;
use crate::errors;

/// A time in seconds, or a number of objects or bytes.
///
/// # Errors
///
/// TypeError for what is no number, ArgumentError for a negative or infinite one.
pub(crate) fn time(ruby: &Ruby, name: &str, value: Value) -> Result<f64, Error> {
    if !value.is_kind_of(ruby.class_numeric()) {
        let message = format!("{name} is a number, not {}", class_of(value));
        return Err(errors::of_type(ruby, message));
    }
    let number = match Float::from_value(value) {
        Some(float) => float.to_f64(),
        None => value.funcall("to_f", ())?,
    };
    if !number.is_finite() || number < 0.0 {
        let message = format!("{name} cannot be {number}: give a number from 0 upwards");
        return Err(errors::argument(ruby, message));
    }
    Ok(number)
}

/// A number of calls.
///
/// # Errors
///
/// TypeError for what is no number, ArgumentError for a negative one or one with 20 digits.
pub(crate) fn count(ruby: &Ruby, name: &str, value: Value) -> Result<u64, Error> {
    let Some(number) = Integer::from_value(value) else {
        let number = time(ruby, name, value)?;
        return Ok(number as u64);
    };
    number.to_u64().map_err(|_| {
        let message = format!("{name} cannot be {number}: give an Integer from 0 to 2**64 - 1");
        errors::argument(ruby, message)
    })
}

/// An object of one of our classes.
///
/// # Errors
///
/// TypeError for any other; `wanted` says what was.
pub(crate) fn object<T>(ruby: &Ruby, wanted: &str, value: Value) -> Result<Obj<T>, Error>
where
    T: magnus::TypedData,
{
    Obj::try_convert(value)
        .map_err(|_| errors::of_type(ruby, format!("{wanted}, not {}", class_of(value))))
}

/// # Errors
///
/// FrozenError if the object is frozen.
pub(crate) fn check_frozen(ruby: &Ruby, object: impl ReprValue) -> Result<(), Error> {
    if object.is_frozen() {
        let class = class_of(object.as_value());
        let message = format!("can't modify frozen {class}: change a copy of it");
        return Err(Error::new(ruby.exception_frozen_error(), message));
    }
    Ok(())
}

/// The answer of a reader of an object that `allocate` made, and `new` did not.
pub(crate) fn uninitialized(ruby: &Ruby, class: &str) -> Error {
    errors::state(
        ruby,
        &format!("this {class} was made by allocate: make one with {class}.new"),
    )
}
