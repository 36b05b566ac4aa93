//! Ruby exceptions: what went wrong, and what to do about it.

use magnus::{Class, Error, ExceptionClass, Module, Ruby};

/// `RubyProf::InternalError`: a defect of this library.
pub(crate) fn internal(ruby: &Ruby, message: &str) -> Error {
    defect(ruby, message, "")
}

/// The same for a defect that ended a recording, for a caller that attaches the profile.
pub(crate) fn while_recording(ruby: &Ruby, message: &str) -> Error {
    let kept = ". What was recorded before it is kept: the error's profile has it";
    defect(ruby, message, kept)
}

fn defect(ruby: &Ruby, message: &str, kept: &str) -> Error {
    let class = ruby
        .class_object()
        .const_get::<_, magnus::RModule>("RubyProf")
        .and_then(|module| module.const_get::<_, ExceptionClass>("InternalError"))
        .unwrap_or_else(|_| ruby.exception_runtime_error());
    let text = format!(
        "internal error: {message} (this is a defect of ruby-prof-rs; please report it with this \
         message{kept})"
    );
    // An exception object, not only class and message: the profile may be attached to it.
    match class.new_instance((text,)) {
        Ok(exception) => exception.into(),
        Err(error) => error,
    }
}

/// `RubyProf::FormatError`: what should be a profile file is none, or not a whole one.
pub(crate) fn format(ruby: &Ruby, message: &str) -> Error {
    let class = ruby
        .class_object()
        .const_get::<_, magnus::RModule>("RubyProf")
        .and_then(|module| module.const_get::<_, ExceptionClass>("FormatError"))
        .unwrap_or_else(|_| ruby.exception_runtime_error());
    Error::new(class, message.to_owned())
}

/// RuntimeError: the profile is not in a state in which this can be done.
pub(crate) fn state(ruby: &Ruby, message: &str) -> Error {
    Error::new(ruby.exception_runtime_error(), message.to_owned())
}

/// ArgumentError.
pub(crate) fn argument(ruby: &Ruby, message: String) -> Error {
    Error::new(ruby.exception_arg_error(), message)
}

/// TypeError.
pub(crate) fn of_type(ruby: &Ruby, message: String) -> Error {
    Error::new(ruby.exception_type_error(), message)
}
