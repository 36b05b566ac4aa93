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
