//! One run of a profile: the recorder and what it needs to read the VM.

mod asking;
mod making;

use std::any::Any;
use std::collections::HashSet;
use std::sync::Arc;

use rb_sys::VALUE;
#[cfg(ruby_gte_3_3)]
use rubyprof_core::Scale;
use rubyprof_core::{MethodKey, Recorder};

use crate::classes::{Admission, Classes, Pins};
use crate::clock::{self, Clock};
#[cfg(not(ruby_gte_3_3))]
use crate::gaps::Gaps;
use crate::memory::{Memory, NEWEST};
use crate::vm::blocks::Blocks;

pub(crate) use asking::Event;
pub(crate) use making::object_made;

/// Which threads are recorded. The objects are pinned by the profile.
#[derive(Clone, Default)]
pub(crate) struct ThreadFilter {
    /// Only these, if given.
    pub(crate) include: Option<Vec<VALUE>>,
    /// None of these.
    pub(crate) exclude: Vec<VALUE>,
}

impl ThreadFilter {
    fn ignores(&self, thread: VALUE) -> bool {
        self.include
            .as_ref()
            .is_some_and(|include| !include.contains(&thread))
            || self.exclude.contains(&thread)
    }
}

/// What the hook works on: it has the only pointer while it runs.
pub(crate) struct Session {
    pub(crate) recorder: Recorder,
    pub(crate) vm: VmState,
    /// What went wrong in the hook. Nothing is recorded after that.
    pub(crate) failure: Option<String>,
    /// Instructions that the VM inlines elsewhere were calls, in some code at least.
    pub(crate) counts_operators: bool,
    /// Events until a test wants the hook to panic.
    pub(crate) fuse: Option<u64>,
}

/// All sessions know what the running thread has worked until now, where they are not told by [`Session::end`]. None may be in use.
pub(crate) fn note_work() {
    #[cfg(ruby_gte_3_3)]
    crate::threads::note_work();
}

/// The part of a session that is not the recorder.
pub(crate) struct VmState {
    pub(crate) clock: Clock,
    /// Objects made while not paused: the ticks of [`Clock::Objects`].
    pub(crate) objects: u64,
    /// Their memory, where it is asked for.
    memory: Option<Memory>,
    pub(crate) track_allocations: bool,
    pub(crate) classes: Classes,
    pins: Arc<Pins>,
    /// Those whose marks are taken off; `None` where these are wanted.
    pub(crate) blocks: Option<Blocks>,
    threads: ThreadFilter,
    hidden: Arc<[VALUE]>,
    excluded: HashSet<MethodKey>,
    /// The fiber that started the profile, by the object ids of its thread and itself.
    starter: Option<(u64, u64)>,
    /// The fiber that began last, and its object id: none of its methods was called yet.
    newborn: Option<(u64, u64)>,
    seen_fibers: HashSet<(u64, u64)>,
    /// The class of a fiber that no program made.
    fiber_class: VALUE,
    /// What a tick of the clock is worth, as known at the beginning.
    #[cfg(ruby_gte_3_3)]
    scale: Scale,
    #[cfg(not(ruby_gte_3_3))]
    gaps: Gaps,
}

impl Session {
    /// A session that has recorded nothing. `starter` is the running fiber: object ids of thread and
    /// fiber. `hidden` are the owners whose methods are not recorded, `excluded` single methods.
    pub(crate) fn new(
        clock: Clock,
        track_allocations: bool,
        pins: Arc<Pins>,
        threads: ThreadFilter,
        hidden: Arc<[VALUE]>,
        excluded: HashSet<MethodKey>,
        starter: (u64, u64),
    ) -> Self {
        Self {
            recorder: Recorder::new(),
            vm: VmState {
                clock,
                objects: 0,
                memory: (track_allocations || clock == Clock::Bytes)
                    .then(|| Memory::new(Arc::clone(&pins))),
                track_allocations,
                classes: Classes::new(Arc::clone(&pins)),
                pins,
                blocks: None,
                threads,
                hidden,
                excluded,
                starter: Some(starter),
                newborn: None,
                seen_fibers: HashSet::new(),
                fiber_class: fiber_class(),
                #[cfg(ruby_gte_3_3)]
                scale: clock.scale(),
                #[cfg(not(ruby_gte_3_3))]
                gaps: Gaps::new(clock),
            },
            failure: None,
            counts_operators: false,
            fuse: None,
        }
    }

    /// The clock's reading.
    pub(crate) fn now(&self) -> u64 {
        self.vm.now()
    }

    /// The end, at `now`: what the running thread did since the last event is known.
    pub(crate) fn end(&mut self, now: u64) {
        #[cfg(not(ruby_gte_3_3))]
        self.vm.gaps.end(&mut self.recorder, now);
        #[cfg(ruby_gte_3_3)]
        let _ = now;
    }

    /// The end, after [`end`](Self::end): what threads did that do not run.
    pub(crate) fn tell_of_others(&mut self, now: u64) {
        #[cfg(not(ruby_gte_3_3))]
        {
            let _ = now;
            self.vm.gaps.tell_of_others(&mut self.recorder);
        }
        #[cfg(ruby_gte_3_3)]
        crate::threads::tell_of_others(&mut self.recorder, self.vm.clock, now);
    }

    /// What the processor's clock says of a thread is only kept beside elapsed time.
    #[cfg(ruby_gte_3_3)]
    pub(crate) fn worked(&mut self, thread: u64, nanoseconds: u64) {
        if matches!(self.vm.clock, Clock::Tsc | Clock::Monotonic) {
            self.recorder.worked(thread, nanoseconds);
        }
    }

    /// What was before `now` is nobody's.
    pub(crate) fn begin_anew(&mut self, now: u64) {
        #[cfg(not(ruby_gte_3_3))]
        self.vm.gaps.begin_anew(now);
        #[cfg(ruby_gte_3_3)]
        let _ = now;
    }

    /// A panic: nothing is recorded any more.
    pub(crate) fn fail(&mut self, panic: &(dyn Any + Send)) {
        self.failure = Some(crate::guard::message(panic));
        self.recorder.stop_listening();
    }

    /// The end, or a pause: what was made last has all that is counted.
    pub(crate) fn settle(&mut self) {
        for index in 0..NEWEST {
            let sized = self
                .vm
                .memory
                .as_ref()
                .and_then(|memory| memory.let_go(index));
            if let Some((place, size)) = sized {
                self.recorder.allocated_bytes(place, size);
            }
        }
    }
}

impl VmState {
    /// Blocks are marked as they were. To be called while the pins are kept, when no hook of the session is left.
    pub(crate) fn give_back_marks(&mut self) {
        if let Some(blocks) = &mut self.blocks {
            blocks.give_back(&self.pins);
        }
    }

    #[inline(always)]
    pub(crate) fn now(&self) -> u64 {
        if self.clock == Clock::Tsc {
            clock::tsc()
        } else {
            self.now_slowly()
        }
    }

    /// Nanoseconds of the processor in ticks of the clock, if that goes on by itself.
    #[cfg(ruby_gte_3_3)]
    pub(crate) fn ticks_of_work(&self, nanoseconds: u64) -> u64 {
        match self.clock {
            Clock::Tsc | Clock::Monotonic | Clock::ProcessCpu => self.scale.ticks(nanoseconds),
            Clock::Manual | Clock::Objects | Clock::Bytes => 0,
        }
    }

    /// As [`now`](Self::now), of an event; nothing if the thread may have been blocked since the last one, which takes a closer look.
    /// `TSC` says that the clock is the time stamp counter: who knows that beforehand keeps no registers for a call that is never made.
    #[inline(always)]
    pub(crate) fn see<const TSC: bool>(&mut self) -> Option<u64> {
        debug_assert!(!TSC || self.clock == Clock::Tsc);
        let now = if TSC { clock::tsc() } else { self.now() };
        #[cfg(not(ruby_gte_3_3))]
        if !self.gaps.see(now) {
            return None;
        }
        Some(now)
    }

    /// An event that is not settled yet, of the fiber `token`.
    pub(crate) fn notice(&mut self, recorder: &mut Recorder, token: u64) {
        #[cfg(not(ruby_gte_3_3))]
        {
            let now = self.now();
            match recorder.runs(token) {
                true => self.gaps.look(recorder, now),
                false => self.gaps.switch(recorder, now),
            }
        }
        #[cfg(ruby_gte_3_3)]
        let _ = (recorder, token);
    }

    /// The running thread ends.
    pub(crate) fn forget_thread(&mut self) {
        #[cfg(not(ruby_gte_3_3))]
        // SAFETY: an event is being delivered, so a thread runs.
        self.gaps.forget(unsafe { rb_sys::rb_thread_current() });
    }

    #[cold]
    #[inline(never)]
    fn now_slowly(&self) -> u64 {
        self.clock.read().unwrap_or_else(|| match self.clock {
            Clock::Bytes => self.memory.as_ref().map_or(0, Memory::bytes),
            _ => self.objects,
        })
    }

    /// What a method is recorded under.
    ///
    /// # Safety
    ///
    /// The method's owner must be live.
    unsafe fn recorded_as(&mut self, key: MethodKey) -> MethodKey {
        if key.owner == 0 {
            return key;
        }
        // SAFETY: the caller's.
        match unsafe { self.classes.admit(key.owner as VALUE) } {
            Admission::Itself => key,
            Admission::Folded(owner) => MethodKey { owner, ..key },
        }
    }

    /// A fiber was switched to: it has an object, whose id is asked for now. Later it may not be
    /// known that there is one, and to make one is not for the hook.
    pub(crate) fn fiber_was_switched_to(&mut self, token: u64) {
        // SAFETY: a fiber runs, and has an object: only fibers with one are switched to.
        let id = unsafe { object_id(rb_sys::rb_fiber_current()) };
        self.newborn = Some((token, id));
    }

    /// The object ids of the running thread and fiber. A thread's own fiber, which may have no
    /// object, goes by its thread's id; a second unknown one by a number that no object has.
    fn fiber_ids(&mut self, token: u64) -> (u64, u64) {
        // SAFETY: a thread runs: an event is being delivered. An object id is a number; making one
        // adds to a table of the VM and makes no object while ids are small.
        let thread = unsafe { object_id(rb_sys::rb_thread_current()) };
        if let Some(ids) = self.starter.take_if(|(starter, _)| *starter == thread) {
            return ids;
        }
        match self.newborn.take_if(|(newborn, _)| *newborn == token) {
            Some((_, id)) => (thread, id),
            None if self.seen_fibers.contains(&(thread, thread)) => {
                (thread, (1 << 48) + self.seen_fibers.len() as u64)
            }
            None => (thread, thread),
        }
    }
}

/// # Safety
///
/// `object` must be live.
pub(crate) unsafe fn object_id(object: VALUE) -> u64 {
    // SAFETY: the caller's; ids are positive Fixnums for the first 2^61 objects asked.
    let id = unsafe { rb_sys::rb_obj_id(object) } as i64;
    (id >> 1) as u64
}

/// Fiber, whatever the program has made of the constant.
fn fiber_class() -> VALUE {
    // SAFETY: a thread runs that makes a session; its fiber's class descends from Fiber, which
    // descends from Object.
    unsafe {
        let mut class = rb_sys::rb_obj_class(rb_sys::rb_fiber_current());
        loop {
            let above = rb_sys::rb_class_superclass(class);
            if above == rb_sys::rb_cObject || above == rb_sys::Qnil as VALUE {
                return class;
            }
            class = above;
        }
    }
}
