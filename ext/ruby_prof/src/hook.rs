//! The event hook.
//!
//! Rules: nothing here may raise, allocate Ruby objects, switch threads or take a lock. What the
//! hook works on is reached through one pointer, passed as its data. Call hooks do not nest (the VM
//! suppresses events while one is delivered); the allocation hook could fire inside one, but only
//! if that allocated.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use rb_sys::VALUE;

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
pub(crate) struct Hooks {
    data: VALUE,
    calls: RawHook,
    objects: Option<RawHook>,
    gc: Option<RawHook>,
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
    /// Calls of blocks; only with a known layout.
    pub(crate) blocks: bool,
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
        let mut events = CALL | RETURN | THREAD_BEGIN | THREAD_END | FIBER_SWITCH;
        if wanted.c_calls {
            events |= C_CALL | C_RETURN;
        }
        if wanted.blocks {
            events |= B_CALL | B_RETURN;
        }
        let (calls, made, collecting): (RawHook, RawHook, RawHook) = if layout {
            (
                match (wanted.budget, wanted.blocks) {
                    (false, false) => on_event::<Layout, false, false>,
                    (false, true) => on_event::<Layout, false, true>,
                    (true, false) => on_event::<Layout, true, false>,
                    (true, true) => on_event::<Layout, true, true>,
                },
                on_object::<Layout>,
                on_collection::<Layout>,
            )
        } else {
            (
                match wanted.budget {
                    true => on_event::<Public, true, false>,
                    false => on_event::<Public, false, false>,
                },
                on_object::<Public>,
                on_collection::<Public>,
            )
        };
        objects::prepare();
        let hooks = Self {
            // The VM marks the data: with its low bit set a pointer is a Fixnum to it.
            data: session as VALUE | 1,
            calls,
            objects: wanted.objects.then_some(made),
            gc: wanted.gc.then_some(collecting),
            // First, since it could raise.
            // SAFETY: the caller's.
            #[cfg(ruby_gte_3_3)]
            _threads: unsafe { Threads::tell(session) },
        };
        // SAFETY: both functions catch panics and raise nothing; the data is a special constant.
        unsafe {
            marks::add_call_hook(hooks.calls, events, hooks.data, wanted.operators);
            if let Some(objects) = hooks.objects {
                marks::add_other_hook(objects, NEWOBJ, hooks.data);
            }
            if let Some(gc) = hooks.gc {
                marks::add_other_hook(gc, GC_ENTER | GC_EXIT, hooks.data);
            }
        }
        objects::make_quickly();
        hooks
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        marks::remove_call_hook(self.calls, self.data);
        if let Some(objects) = self.objects {
            marks::remove_other_hook(objects, self.data);
        }
        if let Some(gc) = self.gc {
            marks::remove_other_hook(gc, self.data);
        }
        objects::make_quickly();
    }
}

/// # Safety
///
/// `data` must be what [`Hooks::add`] passed, the session alive and not in use.
#[inline(always)]
unsafe fn session<'a>(data: VALUE) -> &'a mut Session {
    // SAFETY: the caller's.
    unsafe { &mut *((data & !1) as *mut Session) }
}

unsafe extern "C" fn on_event<R: Reader, const BUDGET: bool, const BLOCKS: bool>(
    data: VALUE,
    arg: *mut TraceArg,
) {
    // SAFETY: the VM calls with the data of `Hooks::add` and the event's argument.
    unsafe {
        let session = session(data);
        let settled =
            session.recorder.is_current(R::token(arg)) && settle::<R, BUDGET, BLOCKS>(session, arg);
        if !settled {
            guarded(session, |session| slowly::<R>(session, arg));
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
unsafe fn settle<R: Reader, const BUDGET: bool, const BLOCKS: bool>(
    session: &mut Session,
    arg: *mut TraceArg,
) -> bool {
    // SAFETY: the caller's.
    unsafe {
        // Events are bits: two tests, where a match would be an indirect jump.
        let event = R::event(arg);
        if event & (CALL | C_CALL) != 0 {
            enter::<BUDGET>(session, R::identity(arg))
        } else if event & (RETURN | C_RETURN) != 0 {
            leave::<BUDGET>(session, || R::identity(arg))
        } else if BLOCKS && event & (B_CALL | B_RETURN) != 0 {
            match R::block(arg) {
                None => true,
                Some(identity) if event == B_CALL => enter::<BUDGET>(session, identity),
                Some(identity) => leave::<BUDGET>(session, || identity),
            }
        } else {
            false
        }
    }
}

#[inline(always)]
fn enter<const BUDGET: bool>(session: &mut Session, identity: Identity) -> bool {
    let (recorder, vm) = (&mut session.recorder, &mut session.vm);
    let Identity { key, tag } = identity;
    match BUDGET {
        true => recorder.enter_cheaply(key, tag, || vm.see()),
        false => recorder.enter(key, tag, || vm.see()),
    }
}

#[inline(always)]
fn leave<const BUDGET: bool>(session: &mut Session, identity: impl FnOnce() -> Identity) -> bool {
    if BUDGET {
        let (recorder, vm) = (&mut session.recorder, &mut session.vm);
        return recorder.leave_cheaply(identity().tag, || vm.see());
    }
    let Some(now) = session.vm.see() else {
        return false;
    };
    session.recorder.leave(identity().tag, now)
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

unsafe extern "C" fn on_object<R: Reader>(data: VALUE, arg: *mut TraceArg) {
    // SAFETY: as for `on_event`. Our hooks make no object while they use the session, but for the
    // Fiber that the public reader asks for, and then nothing of the recorder is touched.
    unsafe {
        guarded(session(data), |session| {
            object_made::<R>(arg, &mut session.recorder, &mut session.vm);
        });
    }
}

unsafe extern "C" fn on_collection<R: Reader>(data: VALUE, arg: *mut TraceArg) {
    // The VM's functions may allocate memory while a hook of ours asks them, and so collect: the session is in use then.
    if WORKING.load(Ordering::Relaxed) {
        return;
    }
    // SAFETY: as for `on_event`; nothing else uses the session, as was just seen.
    unsafe {
        let event = R::event(arg);
        guarded(session(data), |session| {
            let now = session.vm.now();
            match event {
                GC_ENTER => session.recorder.gc_began(now),
                _ => session.recorder.gc_ended(now),
            }
        });
    }
}

/// Whether a hook of ours is at work that calls functions of the VM. Hooks run under the GVL, one at a time.
static WORKING: AtomicBool = AtomicBool::new(false);

/// Runs `work` unless the session has failed; a panic makes it fail.
#[cold]
#[inline(never)]
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
