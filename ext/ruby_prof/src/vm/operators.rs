//! Finds out whether [`marks`](super::marks) keeps operators as they are.
//!
//! A small program of ours (`VMProbe.operate` in lib/ruby-prof/vm_probe.rb) runs under a hook for C calls. It has an
//! operator in code that is there already, one in code that is compiled meanwhile, and a call of a C function.

use std::sync::OnceLock;

use magnus::{Error, Ruby, value::ReprValue};
use rb_sys::{ID, VALUE};

use super::event::{C_CALL, Reader, TraceArg};
use super::{marks, probe, public::Public};

/// What the trial has seen.
struct Trial {
    thread: VALUE,
    operator: ID,
    function: ID,
    operators: usize,
    functions: usize,
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
    let trial = run(ruby)?;
    if trial.operators > 0 || trial.functions != 2 {
        marks::give_up();
    }
    TRIED.get_or_init(|| ());
    Ok(())
}

fn run(ruby: &Ruby) -> Result<Box<Trial>, Error> {
    let id = |name: &str| {
        use magnus::rb_sys::AsRawId;
        ruby.intern(name).as_raw()
    };
    let mut trial = Box::new(Trial {
        // SAFETY: a thread runs: it calls us.
        thread: unsafe { rb_sys::rb_thread_current() },
        operator: id("+"),
        function: id("to_s"),
        operators: 0,
        functions: 0,
    });
    let module = probe::module(ruby)?;
    let data = &raw mut *trial as VALUE | 1;
    // SAFETY: the function raises nothing; the data is a special constant, and what it points to outlives the hook.
    unsafe { marks::add_call_hook(observe, C_CALL, data, false) };
    let outcome = module.funcall::<_, _, magnus::Value>("operate", ());
    marks::remove_call_hook(observe, data);
    outcome.map(|_| trial)
}

unsafe extern "C" fn observe(data: VALUE, arg: *mut TraceArg) {
    // SAFETY: the data is the pointer that `run` passed; hooks do not nest. A C function is called: the event has its name.
    unsafe {
        let trial = &mut *((data & !1) as *mut Trial);
        if rb_sys::rb_thread_current() != trial.thread {
            return;
        }
        let called = Public::identity(arg).key.called as ID;
        trial.operators += usize::from(called == trial.operator);
        trial.functions += usize::from(called == trial.function);
    }
}
