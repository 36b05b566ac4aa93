//! Finds out whether the VM keeps its words where [`layout`](super::layout) reads them.
//!
//! A small program of ours (lib/ruby-prof/vm_probe.rb) runs while TracePoints of its methods read every event both
//! ways. It has a call from method to method, a C function between two methods, a method defined by
//! a block and called by an alias, a frame with `$~`, and a fiber. C methods are not traced for this: that
//! would mark operators, and their events fill the same words as those of methods defined by blocks.

use std::sync::OnceLock;

use magnus::{
    Error, Module, Ruby,
    rb_sys::{FromRawValue, protect},
    value::ReprValue,
};
use rb_sys::{ID, VALUE};

use super::event::{CALL, RETURN, Reader, TraceArg};
use super::ffi;
use super::frames;
use super::layout::{ControlFrame, FrameType, Layout};
use super::marks;
use super::public::Public;

/// Set to `public` to read events by public functions only.
const OVERRIDE: &str = "RUBY_PROF_EVENTS";

/// Whether events may be read by the layout. The first call runs the probe.
///
/// # Errors
///
/// What the probe's program raises; it raises nothing of its own.
pub(crate) fn layout_is_known(ruby: &Ruby) -> Result<bool, Error> {
    static KNOWN: OnceLock<bool> = OnceLock::new();
    if let Some(known) = KNOWN.get() {
        return Ok(*known);
    }
    let forced = std::env::var(OVERRIDE).is_ok_and(|way| way == "public");
    let known = !forced && was_tried(ruby)? && run(ruby)?;
    Ok(*KNOWN.get_or_init(|| known))
}

/// Whether the layout was tried with this Ruby. The probe can tell right answers from wrong ones, but
/// following a pointer that is none ends the process: a Ruby that nobody has tried is not probed.
fn was_tried(ruby: &Ruby) -> Result<bool, Error> {
    let version: String = ruby.class_object().const_get("RUBY_VERSION")?;
    let tried = ["3.1.", "3.2.", "3.3.", "3.4."];
    Ok(cfg!(target_pointer_width = "64") && tried.iter().any(|series| version.starts_with(series)))
}

/// The probe's module.
pub(crate) fn module(ruby: &Ruby) -> Result<magnus::RModule, Error> {
    ruby.class_object()
        .const_get::<_, magnus::RModule>("RubyProf")?
        .const_get("VMProbe")
}

/// What the probe's hook has seen.
struct Findings {
    names: Names,
    /// The frame of the last call of `caller`.
    caller_frame: usize,
    frame_words: usize,
    agreements: usize,
    disagreements: usize,
    tokens: Vec<u64>,
    saw_stack: bool,
    saw_block_method: bool,
}

/// The names of the probe's methods.
struct Names {
    caller: ID,
    callee: ID,
    through_c: ID,
    public_send: ID,
    block_alias: ID,
    in_fiber: ID,
}

fn run(ruby: &Ruby) -> Result<bool, Error> {
    let id = |name: &str| {
        use magnus::rb_sys::AsRawId;
        ruby.intern(name).as_raw()
    };
    let mut findings = Box::new(Findings {
        names: Names {
            caller: id("caller_of_callee"),
            callee: id("callee"),
            through_c: id("through_c"),
            public_send: id("public_send"),
            block_alias: id("block_alias"),
            in_fiber: id("in_fiber"),
        },
        caller_frame: 0,
        frame_words: 0,
        agreements: 0,
        disagreements: 0,
        tokens: Vec::new(),
        saw_stack: false,
        saw_block_method: false,
    });
    let probe = module(ruby)?;
    // On the stack, where the garbage collector sees them.
    let trace_points = ruby.ary_new();
    let watched = watch(ruby, probe, &raw mut *findings, trace_points);
    let outcome = watched.and_then(|()| probe.funcall::<_, _, magnus::Value>("run", ()));
    for trace_point in trace_points {
        let disable = || trace_point.funcall::<_, _, magnus::Value>("disable", ());
        // Another thread's exception may arrive while the first try runs.
        if disable().is_err()
            && let Err(error) = disable()
        {
            // It still has the findings.
            Box::leak(findings);
            return Err(error);
        }
    }
    // One of the methods was made of a block.
    marks::refresh();
    outcome?;
    let known = findings.disagreements == 0
        && findings.agreements >= 16
        && findings.saw_stack
        && findings.saw_block_method
        && tells_fibers_apart(&findings.tokens);
    if known {
        frames::set_frame_words(findings.frame_words);
    }
    Ok(known)
}

/// Looks at the calls and returns of the probe's own methods. A hook for all of the program's would leave its code slower for good.
fn watch(
    ruby: &Ruby,
    probe: magnus::RModule,
    findings: *mut Findings,
    trace_points: magnus::RArray,
) -> Result<(), Error> {
    let methods: magnus::RArray = probe.funcall("methods_of_probe", ())?;
    for method in methods {
        // SAFETY: the function raises nothing; `findings` outlives the TracePoint, which `run` disables.
        let trace_point = unsafe {
            let value = protect(|| ffi::new_trace_point(CALL | RETURN, observe, findings.cast()))?;
            magnus::Value::from_raw(value)
        };
        // First, since what interrupts `enable` may do so after it was enabled.
        trace_points.push(trace_point)?;
        let options = ruby.hash_new();
        options.aset(ruby.to_symbol("target"), method)?;
        let _: magnus::Value = trace_point.funcall("enable", (magnus::KwArgs(options),))?;
    }
    Ok(())
}

/// Outside, in the fiber, outside again.
fn tells_fibers_apart(tokens: &[u64]) -> bool {
    let mut changes = tokens.to_vec();
    changes.dedup();
    matches!(changes[..], [before, within, after] if before == after && before != within)
}

unsafe extern "C" fn observe(trace_point: VALUE, data: *mut std::ffi::c_void) {
    // SAFETY: the data is the pointer that `run` passed; hooks do not nest. A TracePoint of ours fires: its argument is there.
    let (findings, arg) = unsafe {
        let arg = rb_sys::rb_tracearg_from_tracepoint(trace_point);
        (&mut *data.cast::<Findings>(), arg.cast::<TraceArg>())
    };
    // A panic in here would abort; it would be a defect in arithmetic on a layout that is not known.
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        // SAFETY: the event is being delivered. Words are read in the order in which they are
        // trusted: the argument's fields first, and only if they agree what they point to.
        unsafe { compare(findings, arg) }
    }));
    if !matches!(outcome, Ok(Some(()))) {
        findings.disagreements += 1;
    }
}

/// `None` where the layout says something else than the public functions.
///
/// # Safety
///
/// `arg` must be the delivered event's.
unsafe fn compare(findings: &mut Findings, arg: *mut TraceArg) -> Option<()> {
    // SAFETY: the caller's. The fields lie within the argument: the VM's has eleven words.
    unsafe {
        let public = TraceArg::public(arg);
        let event = Public::event(arg);
        let plain = (*arg).event == event
            && (*arg).receiver == rb_sys::rb_tracearg_self(public)
            && is_word_aligned((*arg).cfp)
            && is_word_aligned((*arg).ec);
        if !plain || !frames::is_plausible(arg, 1) {
            return None;
        }
        // Before the public functions answer, which fill in the class where there is none yet.
        let by_layout = Layout::identity(arg);
        let frame = ControlFrame((*arg).cfp);
        let by_public = Public::identity(arg);
        if by_layout.key != by_public.key {
            return None;
        }
        findings.tokens.push(Layout::token(arg));
        let called = by_public.key.called as ID;
        let names = &findings.names;
        if event == CALL && called == names.caller {
            findings.caller_frame = (*arg).cfp as usize;
        }
        if event == CALL && called == names.callee && findings.frame_words == 0 {
            let distance = findings.caller_frame.checked_sub((*arg).cfp as usize)?;
            findings.frame_words = distance / size_of::<usize>();
            if !(7..=12).contains(&findings.frame_words) {
                return None;
            }
            frames::set_frame_words(findings.frame_words);
        }
        if findings.frame_words > 0 && !frames::is_plausible(arg, findings.frame_words) {
            return None;
        }
        if event == CALL && called == names.block_alias {
            let method = frame.method()?;
            let agrees = frame.frame_type() == FrameType::Method
                && frame.is_block_method()
                && method.called_id() == called
                && method.owner() as u64 == by_public.key.owner
                && method.original_id() == ffi::id_of(rb_sys::rb_tracearg_method_id(public));
            if !agrees {
                return None;
            }
            findings.saw_block_method = true;
        }
        if event == CALL && called == names.in_fiber {
            stack_is_as_expected(arg, names)?;
            findings.saw_stack = true;
        }
        findings.agreements += 1;
        Some(())
    }
}

/// `in_fiber`, called by the C function `public_send`, called by `through_c`.
unsafe fn stack_is_as_expected(arg: *mut TraceArg, names: &Names) -> Option<()> {
    // SAFETY: as for `compare`; the frames' size was found by now.
    unsafe {
        let mut found = frames::frames(arg)?.map(|frame| {
            let called = frame.method().map(|method| method.called_id());
            (frame.frame_type(), called)
        });
        let agrees = found.next()? == (FrameType::Method, Some(names.in_fiber))
            && found.next()? == (FrameType::CMethod, Some(names.public_send))
            && found.next()? == (FrameType::Method, Some(names.through_c));
        agrees.then_some(())
    }
}

fn is_word_aligned(pointer: *const usize) -> bool {
    !pointer.is_null() && pointer.is_aligned()
}
