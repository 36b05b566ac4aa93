//! Panics at the border to Ruby.
//!
//! A panic must not unwind into C, and magnus's own handling makes it Ruby's `fatal`, which no
//! `rescue` sees and which ends the process. Here it becomes `RubyProf::InternalError`.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use magnus::{Error, Ruby};

use crate::errors;

/// Runs `work`; a panic becomes `RubyProf::InternalError`.
pub(crate) fn guard<T>(ruby: &Ruby, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result,
        Err(panic) => Err(errors::internal(ruby, &message(&*panic))),
    }
}

/// What a panic says.
pub(crate) fn message(panic: &(dyn Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "unknown panic".to_owned())
}

/// A method without arguments of a Ruby class, for `define_method`: a function of `&Self` that cannot
/// fail. A panic becomes `RubyProf::InternalError`.
macro_rules! reader {
    ($class:ident :: $name:ident) => {
        magnus::method!(
            |ruby: &magnus::Ruby, rb_self: &$class| {
                $crate::guard::guard(ruby, || Ok($class::$name(rb_self)))
            },
            0
        )
    };
}

/// The same for a function of `(&Ruby, &Self)` that can fail.
macro_rules! ruby_reader {
    ($class:ident :: $name:ident) => {
        magnus::method!(
            |ruby: &magnus::Ruby, rb_self: &$class| {
                $crate::guard::guard(ruby, || $class::$name(ruby, rb_self))
            },
            0
        )
    };
}

/// The same for a function of `&Self` and another object that cannot fail.
macro_rules! comparison {
    ($class:ident :: $name:ident) => {
        magnus::method!(
            |ruby: &magnus::Ruby, rb_self: &$class, other: magnus::Value| {
                $crate::guard::guard(ruby, || Ok($class::$name(rb_self, other)))
            },
            1
        )
    };
}

pub(crate) use {comparison, reader, ruby_reader};
