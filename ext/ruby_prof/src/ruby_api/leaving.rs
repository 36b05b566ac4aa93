//! How the block of `profile` may be left, and what becomes of it.

use magnus::{Error, Ruby, Value, rb_sys::protect, value::ReprValue};
use rb_sys::VALUE;

use super::options;

/// Ends what the block of `profile` began by leaving: ruby-prof's default. An exception is named, so
/// that it is not lost without a word.
pub(super) fn swallow(ruby: &Ruby, error: Error) -> Result<(), Error> {
    const FATAL: &str = "fatal";
    if let Some(exception) = error.value() {
        let class = options::class_of(exception);
        let signal = exception.is_kind_of(ruby.exception_signal());
        if class == FATAL || signal {
            return Err(error);
        }
        let message = format!(
            "ruby-prof: the profiled block raised {class}, which ends here as in ruby-prof; \
             pass allow_exceptions: true to let it through"
        );
        let _: Value = ruby.module_kernel().funcall("warn", (message,))?;
        return Ok(());
    }
    // A thread that is killed carries a Fixnum where others carry what they throw.
    // SAFETY: reads a word of the running thread.
    let thrown = unsafe { rb_sys::rb_errinfo() };
    if magnus::Integer::from_value(value(thrown)).is_some() {
        return Err(error);
    }
    let message = "ruby-prof: the profiled block was left by throw, break or return, which ends here \
                   as in ruby-prof; pass allow_exceptions: true to let it through";
    // A jump: the VM forgets where it was going.
    // SAFETY: nil is one of the values it takes.
    protect(|| unsafe {
        rb_sys::rb_set_errinfo(rb_sys::Qnil as VALUE);
        rb_sys::Qnil as VALUE
    })?;
    let _: Value = ruby.module_kernel().funcall("warn", (message,))?;
    Ok(())
}

fn value(raw: VALUE) -> Value {
    use magnus::rb_sys::FromRawValue;
    // SAFETY: a VALUE that the VM just gave.
    unsafe { Value::from_raw(raw) }
}
