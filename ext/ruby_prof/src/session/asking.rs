//! What the recorder asks about an event.

use std::marker::PhantomData;

use rb_sys::VALUE;
#[cfg(not(ruby_gte_3_3))]
use rubyprof_core::Away;
use rubyprof_core::{FiberOrigin, Host, LiveFrame, Location, MethodKey, MethodOrigin, Sources};

use super::VmState;
use crate::vm::event::{NEWOBJ, Reader, TraceArg};
use crate::vm::{frames, stack};

/// One event, for the recorder's questions.
pub(crate) struct Event<'a, R: Reader> {
    pub(crate) arg: *mut TraceArg,
    pub(crate) vm: &'a mut VmState,
    reader: PhantomData<R>,
}

impl<'a, R: Reader> Event<'a, R> {
    /// # Safety
    ///
    /// `arg` must be the argument of the event that the VM is delivering, for as long as this lives.
    pub(crate) unsafe fn new(arg: *mut TraceArg, vm: &'a mut VmState) -> Self {
        Self {
            arg,
            vm,
            reader: PhantomData,
        }
    }

    fn event(&self) -> u32 {
        // SAFETY: `arg` is the delivered event's, says `new`.
        unsafe { R::event(self.arg) }
    }
}

impl<R: Reader> Host for Event<'_, R> {
    fn now(&mut self) -> u64 {
        self.vm.now()
    }

    fn fiber(&mut self) -> FiberOrigin {
        // SAFETY: an event is being delivered, so a thread runs.
        let thread = unsafe { rb_sys::rb_thread_current() };
        // SAFETY: `arg` is the delivered event's, says `new`.
        let token = unsafe { R::token(self.arg) };
        let (thread_id, fiber_id) = self.vm.fiber_ids(token);
        self.vm.seen_fibers.insert((thread_id, fiber_id));
        if !R::READS_FRAMES {
            // Fibers are told apart by their objects' addresses: those must stay.
            // SAFETY: a fiber runs, and has its object already: the reader asked for it.
            self.vm.pins.add(unsafe { rb_sys::rb_fiber_current() });
        }
        FiberOrigin {
            thread_id,
            fiber_id,
            thread_token: thread as u64,
            ignored: self.vm.threads.ignores(thread),
        }
    }

    #[cfg(not(ruby_gte_3_3))]
    fn away(&mut self) -> Option<Away> {
        self.vm.gaps.returned()
    }

    fn live_frames(&mut self, sources: &mut Sources) -> Option<Vec<LiveFrame>> {
        if !R::READS_FRAMES {
            return Some(Vec::new());
        }
        // SAFETY: the delivered event's argument; the layout is known, or the reader would be another.
        unsafe {
            if self.event() == NEWOBJ && frames::is_empty(self.arg) {
                // Before it begins.
                return None;
            }
            if let Some(blocks) = &mut self.vm.blocks {
                blocks.look_at_stack(self.arg, &self.vm.pins);
            }
            Some(frames::live_frames(self.arg, sources))
        }
    }

    fn method(&mut self, key: MethodKey) -> MethodOrigin {
        // SAFETY: the class owns a method that is being called or runs: it is live.
        let recorded = unsafe { self.vm.recorded_as(key) };
        MethodOrigin {
            folded_into: (recorded != key).then_some(recorded),
            hidden: self.vm.hidden.contains(&(key.owner as VALUE))
                || self.vm.excluded.contains(&key),
        }
    }

    fn definition(&mut self, key: MethodKey, sources: &mut Sources) -> Location {
        // SAFETY: `arg` is the delivered event's, says `new`.
        if unsafe { R::is_call_with_frame(self.arg) } {
            if R::READS_FRAMES
                && let Some(blocks) = &mut self.vm.blocks
            {
                let of_probe = self.vm.hidden.contains(&(key.owner as VALUE));
                // SAFETY: as above; the layout is known, or the reader would be another.
                unsafe { blocks.method_called(self.arg, key.called, of_probe, &self.vm.pins) }
            }
            frames::definition(sources)
        } else {
            Location::default()
        }
    }

    fn call_site(&mut self, sources: &mut Sources) -> Location {
        // A Ruby method's own frame is there when it is called, a C method's is not yet.
        // SAFETY: `arg` is the delivered event's, says `new`.
        let depth = usize::from(unsafe { R::is_call_with_frame(self.arg) });
        let mut site = Location::default();
        // SAFETY: as above; a reader that reads frames is one whose layout is known.
        unsafe {
            stack::running(self.arg, R::READS_FRAMES, depth, 1, sources, |frame, _| {
                site = frame.site;
            });
        }
        site
    }
}
