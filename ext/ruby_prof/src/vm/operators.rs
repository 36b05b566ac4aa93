//! Finds out whether [`marks`](super::marks) keeps operators as they are, and whether [`relief`](super::relief) makes them so again.
//!
//! A small program of ours (`VMProbe.operate` in lib/ruby-prof/vm_probe.rb) runs under a hook for C calls. It has an
//! operator in code that is there already, one in code that is compiled meanwhile, and a call of a C function.

use std::sync::OnceLock;

use magnus::{Error, Ruby, value::ReprValue};
use rb_sys::{ID, VALUE};

use super::event::{C_CALL, Reader, TraceArg};
use super::{marks, probe, public::Public};

/// How many events the program had.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Seen {
    operators: usize,
    functions: usize,
}

/// Where all operators are marked.
pub(super) const MARKED: Seen = Seen {
    operators: 2,
    functions: 2,
};

/// Where none is.
pub(super) const SPARED: Seen = Seen {
    operators: 0,
    functions: 2,
};

/// What the trial looks for, and what it has seen.
struct Trial {
    thread: VALUE,
    operator: ID,
    function: ID,
    seen: Seen,
}

/// Makes sure that operators are left alone only where that works. The first call runs the trial, unless operators are
/// marked already: then there is nothing to leave.
///
/// # Errors
///
/// What the trial's program raises; it raises nothing of its own.
pub(crate) fn try_to_spare(ruby: &Ruby) -> Result<(), Error> {
    static TRIED: OnceLock<()> = OnceLock::new();
    if TRIED.get().is_some() || marks::operators_are_marked() {
        return Ok(());
    }
    if seen(ruby)? != SPARED {
        marks::give_up();
    }
    TRIED.get_or_init(|| ());
    Ok(())
}

/// Runs the program under a hook that marks nothing itself.
///
/// # Errors
///
/// As for [`try_to_spare`].
pub(super) fn seen(ruby: &Ruby) -> Result<Seen, Error> {
    let id = |name: &str| {
        use magnus::rb_sys::AsRawId;
        ruby.intern(name).as_raw()
    };
    let mut trial = Box::new(Trial {
        // SAFETY: a thread runs: it calls us.
        thread: unsafe { rb_sys::rb_thread_current() },
        operator: id("+"),
        function: id("to_s"),
        seen: Seen {
            operators: 0,
            functions: 0,
        },
    });
    let module = probe::module(ruby)?;
    let data = &raw mut *trial as VALUE | 1;
    // SAFETY: the function raises nothing; the data is a special constant, and what it points to outlives the hook.
    unsafe { marks::add_call_hook(observe, C_CALL, data, false) };
    let outcome = module.funcall::<_, _, magnus::Value>("operate", ());
    marks::remove_call_hook(observe, data);
    outcome.map(|_| trial.seen)
}

unsafe extern "C" fn observe(data: VALUE, arg: *mut TraceArg) {
    // SAFETY: the data is the pointer that `run` passed; hooks do not nest. A C function is called: the event has its name.
    unsafe {
        let trial = &mut *((data & !1) as *mut Trial);
        if rb_sys::rb_thread_current() != trial.thread {
            return;
        }
        let called = Public::identity(arg).key.called as ID;
        trial.seen.operators += usize::from(called == trial.operator);
        trial.seen.functions += usize::from(called == trial.function);
    }
}
