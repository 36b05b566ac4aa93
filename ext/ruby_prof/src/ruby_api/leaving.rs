//! How the block of `profile` may be left, and what becomes of it.

use std::ffi::c_int;

use magnus::{
    Error, Exception, RArray, Ruby, Value,
    rb_sys::{AsRawValue, protect},
    value::ReprValue,
};
use rb_sys::VALUE;

use super::options;

/// What a block gave and how it was left, and what was done after it.
type Outcome<T> = (Result<Value, Error>, Option<T>);

/// Yields `arguments`, if any, to the block of the running method, and does `after` however the block is left. It must not panic.
///
/// While a jump is under way (`throw`, `break`, the end of a thread) the VM has its destination in a word that every `rescue` in Ruby code
/// empties, and it fails where such code ran in between. So `after` is done under `rb_ensure` then, which keeps that word. The block is not: a
/// continuation that is called in it would be taken to leave it.
pub(super) fn yield_and_then<T>(
    arguments: Option<RArray>,
    after: impl FnOnce() -> T,
) -> Outcome<T> {
    /// `TAG_RAISE` (vm_core.h).
    const RAISED: c_int = 6;

    unsafe extern "C" fn yields(arguments: VALUE) -> VALUE {
        // SAFETY: nil, or an Array; the running method has a block.
        unsafe {
            match arguments == rb_sys::Qnil as VALUE {
                true => rb_sys::rb_yield_values2(0, std::ptr::null()),
                false => rb_sys::rb_yield_splat(arguments),
            }
        }
    }

    let arguments = arguments.map_or(rb_sys::Qnil as VALUE, |array| array.as_raw());
    let mut state = 0;
    // SAFETY: what is raised passes over frames that have nothing to drop, up to here.
    let (before, given) = unsafe {
        let before = rb_sys::rb_errinfo();
        (
            before,
            rb_sys::rb_protect(Some(yields), arguments, &mut state),
        )
    };
    match state {
        0 => (Ok(value(given)), Some(after())),
        RAISED => {
            // SAFETY: reads what was raised, and puts back what was there: to catch is to rescue.
            let raised = unsafe {
                let raised = rb_sys::rb_errinfo();
                rb_sys::rb_set_errinfo(before);
                value(raised)
            };
            let outcome = Exception::from_value(raised).map(Error::from);
            (outcome.map_or(Ok(raised), Err), Some(after()))
        }
        state => jump_after(state, after),
    }
}

/// Goes on with the jump of that state, and does `after` on its way.
fn jump_after<T>(state: c_int, after: impl FnOnce() -> T) -> Outcome<T> {
    struct After<F, T> {
        work: Option<F>,
        result: Option<T>,
    }
    unsafe extern "C" fn jumps(state: VALUE) -> VALUE {
        // SAFETY: a state of `rb_protect` that nobody has done anything about.
        unsafe { rb_sys::rb_jump_tag(state as c_int) }
    }
    unsafe extern "C" fn goes_on<F: FnOnce() -> T, T>(data: VALUE) -> VALUE {
        // SAFETY: the address of what is on the stack below, which nobody uses meanwhile.
        let after = unsafe { &mut *(data as *mut After<F, T>) };
        after.result = after.work.take().map(|work| work());
        rb_sys::Qnil as VALUE
    }
    fn function<F: FnOnce() -> T, T>(_: &After<F, T>) -> unsafe extern "C" fn(VALUE) -> VALUE {
        goes_on::<F, T>
    }
    let mut after = After {
        work: Some(after),
        result: None,
    };
    let goes_on = function(&after);
    let data = (&raw mut after) as VALUE;
    // SAFETY: neither function keeps what it is given; the jump passes over frames that have nothing to drop.
    let outcome =
        protect(|| unsafe { rb_sys::rb_ensure(Some(jumps), state as VALUE, Some(goes_on), data) });
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
