//! The event hook.
//!
//! Rules: nothing here may raise, allocate Ruby objects, switch threads or take a lock. What the
//! hook works on is reached through one pointer, passed as its data. Call hooks do not nest (the VM
//! suppresses events while one is delivered); the allocation hook could fire inside one, but only
//! if that allocated.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use rb_sys::VALUE;

use crate::clock::Clock;
use crate::session::{Event, Session, object_made};
#[cfg(ruby_gte_3_3)]
use crate::threads::Threads;
use crate::vm::event::{
    B_CALL, B_RETURN, C_CALL, C_RETURN, CALL, FIBER_SWITCH, GC_ENTER, GC_EXIT, Identity, NEWOBJ,
    RETURN, Reader, THREAD_BEGIN, THREAD_END, TraceArg,
};
use crate::vm::ffi::RawHook;
use crate::vm::frames;
use crate::vm::layout::Layout;
use crate::vm::marks;
use crate::vm::objects;
use crate::vm::public::Public;

/// Hooks of a session. Removed when dropped.
///
/// The VM goes through all of them at each event, 9 instructions for one that does not want it. So there are no more than need
/// be: it takes events of its heap only apart from others.
pub(crate) struct Hooks {
    data: VALUE,
    calls: RawHook,
    heap: Option<RawHook>,
    #[cfg(ruby_gte_3_3)]
    _threads: Threads,
}

/// What is recorded besides calls of methods in Ruby.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) c_calls: bool,
    /// Instructions that the VM runs without a call, as C calls.
    pub(crate) operators: bool,
    pub(crate) objects: bool,
    /// When the garbage collector works.
    pub(crate) gc: bool,
    /// Not every call is timed.
    pub(crate) budget: bool,
    /// How long single calls take.
    pub(crate) latency: bool,
    /// Calls of blocks; only with a known layout.
    pub(crate) blocks: bool,
}

impl Wanted {
    /// Calls and returns, threads and fibers.
    fn calls(self) -> u32 {
        let mut events = CALL | RETURN | THREAD_BEGIN | THREAD_END | FIBER_SWITCH;
        if self.c_calls {
            events |= C_CALL | C_RETURN;
        }
        if self.blocks {
            events |= B_CALL | B_RETURN;
        }
        events
    }

    /// Objects and collections.
    fn heap(self) -> u32 {
        let objects = if self.objects { NEWOBJ } else { 0 };
        let collections = if self.gc { GC_ENTER | GC_EXIT } else { 0 };
        objects | collections
    }

    /// The instance of the hook that does what is wanted besides timing calls with the time stamp counter. Profiles that want nothing
    /// of it run no instruction for it.
    fn instance<R: Reader>(self, clock: Clock) -> RawHook {
        match clock {
            Clock::Tsc => self.with_clock::<R, true>(),
            _ => self.with_clock::<R, false>(),
        }
    }

    fn with_clock<R: Reader, const TSC: bool>(self) -> RawHook {
        match self.budget {
            true => self.with_budget::<R, TSC, true>(),
            false => self.with_budget::<R, TSC, false>(),
        }
    }

    fn with_budget<R: Reader, const TSC: bool, const BUDGET: bool>(self) -> RawHook {
        match (self.blocks, self.latency) {
            (false, false) => on_event::<R, TSC, BUDGET, false, false>,
            (false, true) => on_event::<R, TSC, BUDGET, false, true>,
            (true, false) => on_event::<R, TSC, BUDGET, true, false>,
            (true, true) => on_event::<R, TSC, BUDGET, true, true>,
        }
    }
}

impl Hooks {
    /// Adds the hooks: calls and returns, threads and fibers, and what else is wanted. With `layout` events are read by
    /// the VM's layout.
    ///
    /// # Safety
    ///
    /// `session` must stay where it is until the hooks are dropped; while a hook runs nothing else may
    /// use it. The GVL, which hooks run under, sees to the latter as long as no user of the session
    /// calls Ruby code meanwhile.
    pub(crate) unsafe fn add(session: *mut Session, layout: bool, wanted: Wanted) -> Self {
        // SAFETY: the caller's; no hook runs yet.
        let clock = unsafe { (*session).vm.clock };
        let (calls, heap): (_, RawHook) = match layout {
            true => (wanted.instance::<Layout>(clock), on_heap::<Layout>),
            false => (wanted.instance::<Public>(clock), on_heap::<Public>),
        };
        objects::prepare();
        let hooks = Self {
            // The VM marks the data: with its low bit set a pointer is a Fixnum to it.
            data: session as VALUE | 1,
            calls,
            heap: (wanted.heap() != 0).then_some(heap),
            // First, since it could raise.
            // SAFETY: the caller's.
            #[cfg(ruby_gte_3_3)]
            _threads: unsafe { Threads::tell(session) },
        };
        // SAFETY: both functions catch panics and raise nothing; the data is a special constant.
        unsafe {
            marks::add_call_hook(hooks.calls, wanted.calls(), hooks.data, wanted.operators);
            if let Some(heap) = hooks.heap {
                marks::add_other_hook(heap, wanted.heap(), hooks.data);
            }
        }
        objects::make_quickly();
        hooks
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        marks::remove_call_hook(self.calls, self.data);
        if let Some(heap) = self.heap {
            marks::remove_other_hook(heap, self.data);
        }
        objects::make_quickly();
    }
}

/// # Safety
///
/// `data` must be what [`Hooks::add`] passed, the session alive and not in use.
#[inline(always)]
unsafe fn session<'a>(data: VALUE) -> &'a mut Session {
    // SAFETY: the caller's; the low bit is the one that was set.
    unsafe { &mut *((data - 1) as *mut Session) }
}

unsafe extern "C" fn on_event<
    R: Reader,
    const TSC: bool,
    const BUDGET: bool,
    const BLOCKS: bool,
    const LATENCY: bool,
>(
    data: VALUE,
    arg: *mut TraceArg,
) {
    // SAFETY: the VM calls with the data of `Hooks::add` and the event's argument.
    unsafe {
        let session = session(data);
        let settled = session.recorder.is_current(R::token(arg))
            && settle::<R, TSC, BUDGET, BLOCKS, LATENCY>(session, arg);
        if !settled {
            otherwise::<R>(session, arg);
        }
    }
}

/// Settles a call along a path that is known, or the return of the last call: nearly all events.
/// No panic is possible here.
///
/// # Safety
///
/// `arg` must be the delivered event's.
#[inline(always)]
unsafe fn settle<
    R: Reader,
    const TSC: bool,
    const BUDGET: bool,
    const BLOCKS: bool,
    const LATENCY: bool,
>(
    session: &mut Session,
    arg: *mut TraceArg,
) -> bool {
    // SAFETY: the caller's.
    unsafe {
        // Events are bits: a few tests, where a match would be an indirect jump. Ruby methods come without an owner, those in C with
        // one; the rest are methods made of blocks.
        let event = R::event(arg);
        let owner = R::owner(arg);
        if owner == 0 && event & (CALL | C_CALL) != 0 {
            R::quick_identity(arg, 0)
                .is_some_and(|identity| enter::<TSC, BUDGET>(session, identity))
        } else if owner == 0 && event & (RETURN | C_RETURN) != 0 {
            leave::<TSC, BUDGET, LATENCY>(session, || R::quick_identity(arg, 0))
        } else if event & C_CALL != 0 {
            enter::<TSC, BUDGET>(session, R::c_identity(arg, owner))
        } else if event & C_RETURN != 0 {
            leave::<TSC, BUDGET, LATENCY>(session, || Some(R::c_identity(arg, owner)))
        } else if event & CALL != 0 {
            R::quick_identity(arg, owner)
                .is_some_and(|identity| enter::<TSC, BUDGET>(session, identity))
        } else if event & RETURN != 0 {
            leave::<TSC, BUDGET, LATENCY>(session, || R::quick_identity(arg, owner))
        } else if BLOCKS && event & (B_CALL | B_RETURN) != 0 {
            match R::block(arg) {
                None => true,
                Some(identity) if event == B_CALL => enter::<TSC, BUDGET>(session, identity),
                Some(identity) => leave::<TSC, BUDGET, LATENCY>(session, || Some(identity)),
            }
        } else {
            false
        }
    }
}

#[inline(always)]
fn enter<const TSC: bool, const BUDGET: bool>(session: &mut Session, identity: Identity) -> bool {
    let (recorder, vm) = (&mut session.recorder, &mut session.vm);
    let Identity { key, tag } = identity;
    match BUDGET {
        true => recorder.enter_cheaply(key, tag, || vm.see::<TSC>()),
        false => recorder.enter(key, tag, || vm.see::<TSC>()),
    }
}

#[inline(always)]
fn leave<const TSC: bool, const BUDGET: bool, const LATENCY: bool>(
    session: &mut Session,
    identity: impl FnOnce() -> Option<Identity>,
) -> bool {
    let (recorder, vm) = (&mut session.recorder, &mut session.vm);
    if BUDGET {
        return identity()
            .is_some_and(|identity| recorder.leave_cheaply(identity.tag, || vm.see::<TSC>()));
    }
    // First the clock: what follows is not the callee's.
    let Some(now) = vm.see::<TSC>() else {
        return false;
    };
    identity().is_some_and(|identity| match LATENCY {
        true => recorder.leave(identity.tag, now),
        false => recorder.leave_unlogged(identity.tag, now),
    })
}

/// An event that is not settled in a few instructions: the hook ends with a jump to it.
///
/// # Safety
///
/// `arg` must be the delivered event's.
#[cold]
#[inline(never)]
unsafe extern "C" fn otherwise<R: Reader>(session: &mut Session, arg: *mut TraceArg) {
    // SAFETY: the caller's.
    guarded(session, |session| unsafe { slowly::<R>(session, arg) });
}

/// Everything else.
///
/// # Safety
///
/// `arg` must be the delivered event's.
unsafe fn slowly<R: Reader>(session: &mut Session, arg: *mut TraceArg) {
    // SAFETY: the caller's.
    unsafe {
        let event = R::event(arg);
        let token = R::token(arg);
        let recorder = &mut session.recorder;
        match event {
            // Objects may have been made for the thread before.
            THREAD_BEGIN => return recorder.begins(token, session.vm.now()),
            THREAD_END => {
                recorder.forget(token, session.vm.now());
                return session.vm.forget_thread();
            }
            FIBER_SWITCH => {
                let now = session.vm.now();
                recorder.fiber_switched(rb_sys::rb_thread_current() as u64, now);
                if R::READS_FRAMES && frames::is_empty(arg) {
                    // A fiber begins. Its tree does when the first method is called, and the block
                    // that it runs can be seen.
                    recorder.forget(token, now);
                    session.vm.fiber_was_switched_to(token);
                    return;
                }
                session.vm.fiber_was_switched_to(token);
            }
            _ => {}
        }
        marks::cleaned_up();
        session.vm.notice(recorder, token);
        if !recorder.runs(token) {
            let mut host = Event::<R>::new(arg, &mut session.vm);
            recorder.switch_to(token, &mut host);
        }
        match event {
            CALL | C_CALL => {
                let identity = R::identity(arg);
                let mut host = Event::<R>::new(arg, &mut session.vm);
                recorder.enter_slowly(identity.key, identity.tag, &mut host);
            }
            RETURN | C_RETURN => {
                let tag = R::identity(arg).tag;
                recorder.leave_slowly(tag, &mut Event::<R>::new(arg, &mut session.vm));
            }
            B_CALL | B_RETURN => {
                let Some(identity) = R::block(arg) else {
                    return;
                };
                let mut host = Event::<R>::new(arg, &mut session.vm);
                match event {
                    B_CALL => recorder.enter_slowly(identity.key, identity.tag, &mut host),
                    _ => recorder.leave_slowly(identity.tag, &mut host),
                }
            }
            _ => {}
        }
    }
}

unsafe extern "C" fn on_heap<R: Reader>(data: VALUE, arg: *mut TraceArg) {
    // SAFETY: as for `on_event`. Our hooks make no object while they use the session, but for the
    // Fiber that the public reader asks for, and then nothing of the recorder is touched.
    unsafe {
        let event = R::event(arg);
        if event == NEWOBJ {
            guarded(session(data), |session| {
                object_made::<R>(arg, &mut session.recorder, &mut session.vm);
            });
        } else if !WORKING.load(Ordering::Relaxed) {
            // The VM's functions may allocate memory while a hook of ours asks them, and so collect: the session is in use then.
            guarded(session(data), |session| {
                let now = session.vm.now();
                match event {
                    GC_ENTER => session.recorder.gc_began(now),
                    _ => session.recorder.gc_ended(now),
                }
            });
        }
    }
}

/// Whether a hook of ours is at work that calls functions of the VM. Hooks run under the GVL, one at a time.
static WORKING: AtomicBool = AtomicBool::new(false);

/// Runs `work` unless the session has failed; a panic makes it fail.
fn guarded(session: &mut Session, work: impl FnOnce(&mut Session)) {
    if session.failure.is_some() {
        return;
    }
    let worked = WORKING.swap(true, Ordering::Relaxed);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        if let Some(fuse) = &mut session.fuse {
            *fuse = fuse.saturating_sub(1);
            assert!(*fuse > 0, "a test asked for this panic");
        }
        work(session);
    }));
    WORKING.store(worked, Ordering::Relaxed);
    if let Err(panic) = outcome {
        session.fail(&*panic);
    }
}
