//! How events reach a counter: hooks for the whole program, or TracePoints of single methods.

use std::marker::PhantomData;

use rb_sys::VALUE;

use super::{Counter, is_elsewhere};
use crate::vm::event::{self, Reader, TraceArg};
use crate::vm::ffi::{self, RawHook};
use crate::vm::marks;

/// The hooks by the way in which they read events.
#[derive(Clone, Copy)]
pub(crate) struct Functions {
    calls: RawHook,
    objects: RawHook,
    target: ffi::Target,
}

impl Functions {
    /// With `layout` events are read by the VM's layout.
    pub(crate) fn new(layout: bool) -> Self {
        use crate::vm::layout::Layout;
        use crate::vm::public::Public;
        if layout {
            Hooked::<Layout>::FUNCTIONS
        } else {
            Hooked::<Public>::FUNCTIONS
        }
    }

    /// What a TracePoint of one method calls.
    pub(crate) fn target(self) -> ffi::Target {
        self.target
    }
}

/// What hooks are for.
#[derive(Clone, Copy)]
pub(crate) struct Watched {
    /// Calls and returns; none if 0.
    pub(crate) events: u32,
    /// Instructions that the VM runs without a call, as calls in C.
    pub(crate) operators: bool,
    /// New objects.
    pub(crate) objects: bool,
}

/// Hooks for the calls of the whole program. Removed when dropped.
pub(crate) struct Hooks {
    data: VALUE,
    functions: Functions,
    objects: bool,
    calls: bool,
}

impl Hooks {
    /// Adds hooks for what is to be watched.
    ///
    /// # Safety
    ///
    /// `counter` must stay where it is until the hooks are dropped; while a hook runs nothing else may
    /// use it, as for the hooks of a [`Session`](crate::session::Session).
    pub(crate) unsafe fn add(
        counter: *mut Counter,
        functions: Functions,
        watched: Watched,
    ) -> Self {
        let hooks = Self {
            // The VM marks the data: with its low bit set a pointer is a Fixnum to it.
            data: counter as VALUE | 1,
            functions,
            objects: watched.objects,
            calls: watched.events != 0,
        };
        // SAFETY: both functions catch panics and raise nothing; the data is a special constant.
        unsafe {
            if hooks.objects {
                marks::add_other_hook(functions.objects, event::NEWOBJ, hooks.data);
            }
            if hooks.calls {
                let Watched {
                    events, operators, ..
                } = watched;
                marks::add_call_hook(functions.calls, events, hooks.data, operators);
            }
        }
        hooks
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        if self.calls {
            marks::remove_call_hook(self.functions.calls, self.data);
        }
        if self.objects {
            marks::remove_other_hook(self.functions.objects, self.data);
        }
    }
}

/// Carries a reader to its functions.
struct Hooked<R>(PhantomData<R>);

impl<R: Reader> Hooked<R> {
    const FUNCTIONS: Functions = Functions {
        calls: on_event::<R>,
        objects: on_object,
        target: on_target::<R>,
    };
}

unsafe extern "C" fn on_event<R: Reader>(data: VALUE, arg: *mut TraceArg) {
    // SAFETY: the VM calls with the data of `Hooks::add` and the event's argument; hooks do not nest.
    unsafe {
        let counter = &mut *((data & !1) as *mut Counter);
        counter.guarded(|counter| counter.event::<R>(arg));
    }
}

unsafe extern "C" fn on_object(data: VALUE, arg: *mut TraceArg) {
    // SAFETY: as for `on_event`. Our hooks make no object while they use the counter.
    unsafe {
        let counter = &mut *((data & !1) as *mut Counter);
        counter.guarded(|counter| counter.object_made(arg));
    }
}

unsafe extern "C" fn on_target<R: Reader>(trace_point: VALUE, data: *mut std::ffi::c_void) {
    // SAFETY: a TracePoint of ours fires, with the counter as its data; its argument is there as long as
    // the event is delivered. Hooks do not nest.
    unsafe {
        let arg = rb_sys::rb_tracearg_from_tracepoint(trace_point);
        // In another Ractor, which runs beside ours, only this may be read.
        if is_elsewhere((*data.cast::<Counter>()).thread) {
            return;
        }
        let counter = &mut *data.cast::<Counter>();
        counter.guarded(|counter| counter.event::<R>(arg.cast()));
    }
}
