//! How the block of `profile` may be left, and what becomes of it.

use magnus::{
    Error, RArray, Ruby, Value,
    rb_sys::{AsRawValue, protect},
    value::ReprValue,
};
use rb_sys::VALUE;

use super::options;

/// Yields `arguments` to the block of the running method, and does `after` however the block is left. What the block gave, and what `after` did,
/// which must not panic.
///
/// While a jump is under way (`throw`, `break`, the end of a thread) the VM has its destination in a word that every `rescue` in Ruby code
/// empties, and it fails where that code ran in between. `rb_ensure` keeps it, as for code in Ruby after `ensure`.
pub(super) fn yield_and_then<T>(
    arguments: RArray,
    after: impl FnOnce() -> T,
) -> (Result<Value, Error>, Option<T>) {
    struct After<F, T> {
        work: Option<F>,
        result: Option<T>,
    }
    unsafe extern "C" fn yields(arguments: VALUE) -> VALUE {
        // SAFETY: an Array, for the block that the running method has.
        unsafe { rb_sys::rb_yield_splat(arguments) }
    }
    unsafe extern "C" fn goes_on<F: FnOnce() -> T, T>(data: VALUE) -> VALUE {
        // SAFETY: the address of what is on the stack below, which nobody uses meanwhile.
        let after = unsafe { &mut *(data as *mut After<F, T>) };
        after.result = after.work.take().map(|work| work());
        rb_sys::Qnil as VALUE
    }
    fn functions<F: FnOnce() -> T, T>(_: &After<F, T>) -> unsafe extern "C" fn(VALUE) -> VALUE {
        goes_on::<F, T>
    }
    let mut after = After {
        work: Some(after),
        result: None,
    };
    let goes_on = functions(&after);
    let data = (&raw mut after) as VALUE;
    // SAFETY: neither function keeps what it is given; what the block raises passes over frames that have nothing to drop.
    let outcome = protect(|| unsafe {
        rb_sys::rb_ensure(Some(yields), arguments.as_raw(), Some(goes_on), data)
    });
    (outcome.map(value), after.result)
}

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
