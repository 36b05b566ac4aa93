//! Objects that are made while a profile runs.

use rb_sys::VALUE;
use rubyprof_core::Recorder;

use super::{Event, VmState};
use crate::classes::Admission;
use crate::vm::event::{NEWOBJ, Reader, TraceArg};
use crate::vm::frames;

/// An object was made.
///
/// # Safety
///
/// `arg` must be the argument of the NEWOBJ event that the VM is delivering.
pub(crate) unsafe fn object_made<R: Reader>(
    arg: *mut TraceArg,
    recorder: &mut Recorder,
    vm: &mut VmState,
) {
    if recorder.is_paused() {
        return;
    }
    // SAFETY: of a NEWOBJ event, whose object has its flags and its class (the second word of every
    // object, ruby/internal/core/rbasic.h) already.
    let (object, class) = unsafe {
        debug_assert!(R::event(arg) == NEWOBJ);
        let object = rb_sys::rb_tracearg_object(TraceArg::public(arg));
        if rb_sys::RB_TYPE_P(object, rb_sys::ruby_value_type::RUBY_T_IMEMO) {
            return;
        }
        (object, *(object as *const VALUE).add(1))
    };
    if !R::READS_FRAMES && class == vm.fiber_class {
        // Perhaps the one that is being made because this reader asked which fiber runs: to ask again
        // before it is there would make a second one of the same fiber.
        return;
    }
    // SAFETY: as above.
    unsafe {
        let token = R::token(arg);
        if !recorder.runs(token) {
            vm.notice(recorder, token);
            recorder.switch_to(token, &mut Event::<R>::new(arg, vm));
        }
    }
    if recorder.is_ignoring() {
        return;
    }
    vm.objects += 1;
    let place = if vm.track_allocations {
        // SAFETY: the caller's; the class is the new object's.
        unsafe { count_by_line::<R>(arg, class, recorder, vm) }
    } else {
        None
    };
    let sized = vm
        .memory
        .as_ref()
        .and_then(|memory| memory.made(object, place));
    if let Some((place, size)) = sized {
        recorder.allocated_bytes(place, size);
    }
}

/// Counts an object of `class` by the line that makes it. Returns where.
///
/// # Safety
///
/// As for [`object_made`]; `class` must be the new object's, or 0.
unsafe fn count_by_line<R: Reader>(
    arg: *mut TraceArg,
    class: VALUE,
    recorder: &mut Recorder,
    vm: &mut VmState,
) -> Option<usize> {
    let class = if class == 0 {
        0
    } else {
        // SAFETY: a class of an object is live; rb_class_real skips singletons and allocates nothing.
        unsafe {
            let class = rb_sys::rb_class_real(class);
            match vm.classes.admit(class) {
                Admission::Itself => class as u64,
                Admission::Folded(owner) => owner,
            }
        }
    };
    let location = frames::position(0, recorder.sources_mut());
    // SAFETY: as above; a method that runs has a live owner.
    let lexical = unsafe {
        R::READS_FRAMES
            .then(|| frames::lexical_method(arg))
            .flatten()
            .map(|key| vm.recorded_as(key))
    };
    recorder.allocated(lexical, class, location)
}
