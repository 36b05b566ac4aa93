//! Events through Ruby's public functions: for a VM whose layout the probe did not recognise.

use rb_sys::VALUE;

use super::event::{CALL, Identity, Reader, TraceArg, agreed_name};
use super::ffi;

/// Reads events by public functions only.
///
/// Differs from the layout in three ways: dearer; the live stack at start is not known, so a tree
/// begins at `[global]`; fibers are pinned while the profile runs, since their addresses tell them
/// apart.
pub(crate) struct Public;

impl Reader for Public {
    const READS_FRAMES: bool = false;

    #[inline(always)]
    unsafe fn token(_arg: *mut TraceArg) -> u64 {
        // SAFETY: an event is delivered, so a fiber runs. (Makes the Fiber object of a thread's root
        // fiber the first time: the one allocation in the hook, and only in this reader.)
        unsafe { rb_sys::rb_fiber_current() as u64 }
    }

    #[inline(always)]
    unsafe fn event(arg: *mut TraceArg) -> u32 {
        // SAFETY: `arg` is the VM's, says the caller.
        unsafe { rb_sys::rb_tracearg_event_flag(TraceArg::public(arg)) as u32 }
    }

    unsafe fn block(_arg: *mut TraceArg) -> Option<Identity> {
        // No function tells a method made of a block from a block, nor how deep one is.
        None
    }

    unsafe fn is_call_with_frame(arg: *mut TraceArg) -> bool {
        // SAFETY: as above.
        unsafe { Self::event(arg) == CALL }
    }

    #[inline(always)]
    unsafe fn owner(_arg: *mut TraceArg) -> VALUE {
        // Asked for with the rest.
        0
    }

    #[inline(always)]
    unsafe fn c_identity(arg: *mut TraceArg, _owner: VALUE) -> Identity {
        // SAFETY: the caller's.
        unsafe { Self::identity(arg) }
    }

    #[inline(always)]
    unsafe fn quick_identity(arg: *mut TraceArg, _owner: VALUE) -> Option<Identity> {
        // SAFETY: the caller's.
        Some(unsafe { Self::identity(arg) })
    }

    #[inline(always)]
    unsafe fn identity(arg: *mut TraceArg) -> Identity {
        // SAFETY: as above.
        let event = unsafe { Self::event(arg) };
        let arg = TraceArg::public(arg);
        // SAFETY: `arg` is the VM's, says the caller; each of these answers for the event's method
        // without raising or allocating (vm_trace.c, fill_id_and_klass).
        unsafe {
            let owner = rb_sys::rb_tracearg_defined_class(arg);
            if owner == rb_sys::Qnil as VALUE {
                return Identity::NONE;
            }
            let called = ffi::id_of(rb_sys::rb_tracearg_callee_id(arg));
            let original = ffi::id_of(rb_sys::rb_tracearg_method_id(arg));
            Identity::new(owner, called, agreed_name(event, called, original))
        }
    }
}
