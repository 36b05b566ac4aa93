//! Takes the marks off operators again, when those are gone who wanted them.
//!
//! The VM marks operators for good ([`marks`](super::marks)), and marked ones take several times as long even if nobody listens. So the
//! VM's own walk through all code (iseq.c, `rb_iseq_trace_set_all`) is run twice: first while the VM's table has no mark
//! for operators ([`instructions`](super::instructions)), which then lose theirs; then as it is, for what events there are still hooks: some
//! operators are marked for these too (`list&.size` for coverage of branches). No other instruction changes.
//!
//! Whether that works is tried on a small program when it is done for the first time.

use std::time::{Duration, Instant};

use magnus::{Error, Module, RClass, Ruby, rb_sys::protect, value::ReprValue};
use parking_lot::Mutex;

use super::instructions::{Operators, Table};
use super::words::symbol;
use super::{marks, operators};

/// The VM's function that looks anew which instructions have to be marked, in all code that there is.
type TraceSetAll = unsafe extern "C" fn(events: u32);

/// An event that no code has: with it each piece of code is looked at, since none was marked for it.
const NEVER: u32 = 0x8000;
/// Of the time at most this part is spent on relief after counts: one in so many.
const SHARE: u32 = 20;

/// What the VM lets us do it with.
struct Tools {
    trace_set_all: TraceSetAll,
    operators: Operators,
}

/// What is known of this VM.
#[derive(Clone, Copy)]
enum Known {
    Nothing,
    /// Not whether it works.
    Tools(&'static Tools),
    Works(&'static Tools),
    /// Marks stay.
    Useless,
}

/// The lock is never held while the VM works.
struct State {
    known: Known,
    /// When operators were relieved last, and how long it took.
    last: Option<(Instant, Duration)>,
}

static STATE: Mutex<State> = Mutex::new(State {
    known: Known::Nothing,
    last: None,
});

/// Relieves operators that are marked on our account, if nobody wants them marked.
///
/// # Errors
///
/// What interrupts the trial, such as a signal or a timeout: the next call tries again.
pub(crate) fn relieve(ruby: &Ruby) -> Result<(), Error> {
    if !marks::are_ours() || !is_alone(ruby)? {
        return Ok(());
    }
    let known = STATE.lock().known;
    match known {
        Known::Works(tools) => take_off(tools),
        Known::Useless => {}
        Known::Tools(tools) => try_it(ruby, tools)?,
        Known::Nothing => match tools(ruby) {
            Some(tools) => try_it(ruby, Box::leak(Box::new(tools)))?,
            None => STATE.lock().known = Known::Useless,
        },
    }
    Ok(())
}

/// The same after one of many short counts: not as often as it would take a good part of the time.
///
/// # Errors
///
/// As for [`relieve`].
pub(crate) fn relieve_in_time(ruby: &Ruby) -> Result<(), Error> {
    let is_early = |(at, took): (Instant, Duration)| at.elapsed() < took * SHARE;
    let last = STATE.lock().last;
    if last.is_some_and(is_early) {
        return Ok(());
    }
    relieve(ruby)
}

/// Relieves operators for the first time, and looks whether it works. It does not if the trial's code had marks, and has some
/// still, or if C functions that are really called send no events any more.
fn try_it(ruby: &Ruby, tools: &'static Tools) -> Result<(), Error> {
    STATE.lock().known = Known::Tools(tools);
    if operators::seen(ruby)? != operators::MARKED {
        // Somebody has operators of his own: they tell nothing.
        return Ok(());
    }
    take_off(tools);
    let works = operators::seen(ruby)? == operators::SPARED;
    if !works {
        // Whatever it did: the word is to tell the truth.
        // SAFETY: as in `take_off`.
        marks::put_on(|events| unsafe { (tools.trace_set_all)(events & marks::OF_CODE) });
    }
    STATE.lock().known = match works {
        true => Known::Works(tools),
        false => Known::Useless,
    };
    Ok(())
}

fn take_off(tools: &Tools) {
    let began = Instant::now();
    marks::take_off(|events| {
        let events = events & marks::OF_CODE;
        let trace_set_all = |events: u32| {
            // SAFETY: the VM calls it when hooks are added (vm_trace.c, `update_global_event_hook`), with the GVL, as we do. It
            // runs no Ruby code.
            let set = protect(|| unsafe {
                (tools.trace_set_all)(events);
                rb_sys::Qnil as rb_sys::VALUE
            });
            // Raised for lack of memory only, before it begins: then code stays marked, which is slow and not wrong.
            drop(set);
        };
        tools
            .operators
            .without_marks(|| trace_set_all(events | NEVER));
        trace_set_all(events);
    });
    STATE.lock().last = Some((Instant::now(), began.elapsed()));
}

/// Whether there is no other Ractor, which might run the code. Not where a program has taken Ractor away or made something else of it.
///
/// # Errors
///
/// What interrupts it.
fn is_alone(ruby: &Ruby) -> Result<bool, Error> {
    let count = || {
        let ractor: RClass = ruby.class_object().const_get("Ractor")?;
        ractor.funcall::<_, _, usize>("count", ())
    };
    let is_strange = |error: &Error| {
        error.is_kind_of(ruby.exception_name_error())
            || error.is_kind_of(ruby.exception_type_error())
            || error.is_kind_of(ruby.exception_range_error())
    };
    match count() {
        Ok(count) => Ok(count == 1),
        Err(error) if is_strange(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// `None` where the VM has not got what it takes, or keeps it otherwise than those that were tried.
fn tools(ruby: &Ruby) -> Option<Tools> {
    let address = symbol(c"rb_iseq_trace_set_all")?;
    // SAFETY: the VM's function of this name; it has been the same since Ruby 2.5.
    let trace_set_all = unsafe { std::mem::transmute::<usize, TraceSetAll>(address) };
    let operators = Operators::find(&Table::find(ruby)?)?;
    Some(Tools {
        trace_set_all,
        operators,
    })
}
