//! Which thread runs: Ruby's internal thread events, from 3.3 on. (3.2 has them, but does not say which
//! thread they are of.)
//!
//! A thread that gets the GVL is RESUMED: that is told under the GVL, so it may touch the sessions. When
//! it is SUSPENDED the GVL is not promised (in 3.3 and 3.4 nobody else has it yet), so only numbers are
//! left for the next RESUMED to find. Nobody runs in between, and a thread that goes on after all, as one
//! does that a signal wakes before it sleeps, has lost nothing. That a thread is gone is told by
//! THREAD_END, in these versions always.
//!
//! There is one hook for all sessions, and none without. Events of other Ractors come too, at the same
//! time: they are told by a value that only the main one has. The VM holds a lock while it calls hooks, and
//! a child that was forked at that moment finds it taken for ever: it keeps the hook it inherited.

use std::cell::UnsafeCell;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rb_sys::VALUE;

use crate::clock::Clock;
use crate::session::Session;

const RESUMED: u32 = 1 << 2;
const SUSPENDED: u32 = 1 << 3;

/// `rb_internal_thread_event_data_t` (ruby/thread.h).
#[repr(C)]
struct EventData {
    thread: VALUE,
}

type Callback = unsafe extern "C" fn(event: u32, data: *const EventData, user_data: *mut c_void);

unsafe extern "C" {
    // Not in rb-sys's bindings of every version.
    fn rb_internal_thread_add_event_hook(
        callback: Callback,
        events: u32,
        user_data: *mut c_void,
    ) -> *mut c_void;
    fn rb_internal_thread_remove_event_hook(hook: *mut c_void) -> bool;
    /// Whether the native thread runs a Ruby thread, and so has an execution context.
    fn ruby_native_thread_p() -> c_int;
}

/// The thread of our Ractor that was RESUMED last.
static RUNNING: AtomicU64 = AtomicU64::new(0);
/// It was SUSPENDED since, at these readings of the clocks.
static STOPPED: AtomicBool = AtomicBool::new(false);
static STOPPED_AT: [AtomicU64; Clock::OF_TIME.len()] =
    [const { AtomicU64::new(0) }; Clock::OF_TIME.len()];
/// Which clocks a session has: a bit each.
static CLOCKS: AtomicU64 = AtomicU64::new(0);

static SHARED: UnderGvl = UnderGvl(UnsafeCell::new(Shared {
    sessions: Vec::new(),
    hook: None,
}));

/// What only the holder of the main Ractor's GVL may use.
struct UnderGvl(UnsafeCell<Shared>);

// SAFETY: used by Hooks, which Ruby methods and the GC add and drop, and by RESUMED of the main Ractor:
// all of these have its GVL. (The GC stops all Ractors.) No use calls Ruby.
unsafe impl Sync for UnderGvl {}

struct Shared {
    sessions: Vec<*mut Session>,
    /// The VM's hook, and the process that added it.
    hook: Option<(*mut c_void, u32)>,
}

/// A session is told which thread runs. No more after it is dropped.
pub(crate) struct Threads {
    session: *mut Session,
}

impl Threads {
    /// # Safety
    ///
    /// As for [`Hooks::add`](crate::hook::Hooks::add).
    pub(crate) unsafe fn tell(session: *mut Session) -> Self {
        our_ractor();
        // SAFETY: see UnderGvl. The reference ends before Ruby is called.
        let is_hooked = unsafe { (*SHARED.0.get()).hook.is_some() };
        // SAFETY: a thread runs: it calls us.
        let thread = unsafe { rb_sys::rb_thread_current() };
        RUNNING.store(thread as u64, Ordering::Relaxed);
        STOPPED.store(false, Ordering::Relaxed);
        if !is_hooked {
            // SAFETY: the callback's type is the one in ruby/thread.h, and it takes no data.
            let hook = unsafe {
                let events = RESUMED | SUSPENDED;
                rb_internal_thread_add_event_hook(on_thread_event, events, ptr::null_mut())
            };
            // SAFETY: as above.
            unsafe { (*SHARED.0.get()).hook = Some((hook, std::process::id())) };
        }
        // SAFETY: as above.
        let shared = unsafe { &mut *SHARED.0.get() };
        shared.sessions.push(session);
        shared.note_clocks();
        Self { session }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // SAFETY: see UnderGvl.
        let shared = unsafe { &mut *SHARED.0.get() };
        shared.sessions.retain(|session| *session != self.session);
        shared.note_clocks();
        let of_this_process = |hook: &mut (*mut c_void, u32)| hook.1 == std::process::id();
        if shared.sessions.is_empty()
            && let Some((hook, _)) = shared.hook.take_if(of_this_process)
            // No hooks are told of where a system has no such threads.
            && !hook.is_null()
        {
            // SAFETY: added in `tell`, removed once; not from a callback, since those drop nothing. The
            // VM waits until no callback runs, and none waits for the GVL.
            unsafe { rb_internal_thread_remove_event_hook(hook) };
        }
    }
}

impl Shared {
    fn note_clocks(&self) {
        let clocks = self.sessions.iter().fold(0, |clocks, session| {
            // SAFETY: a session outlives its hooks, and the reference ends here.
            let clock = unsafe { (**session).vm.clock };
            clock.place().map_or(clocks, |place| clocks | 1 << place)
        });
        CLOCKS.store(clocks, Ordering::Relaxed);
    }
}

/// The key of a value that only the main Ractor has. First asked there: no other can profile, since the
/// extension is not declared safe for Ractors.
fn our_ractor() -> rb_sys::rb_ractor_local_key_t {
    static KEY: OnceLock<usize> = OnceLock::new();
    static TYPE: rb_sys::rb_ractor_local_storage_type = rb_sys::rb_ractor_local_storage_type {
        mark: None,
        free: None,
    };
    let key = KEY.get_or_init(|| {
        // SAFETY: the type is static; a value that is neither marked nor freed may be any pointer.
        unsafe {
            let key = rb_sys::rb_ractor_local_storage_ptr_newkey(&raw const TYPE);
            let any = (&raw const RUNNING).cast_mut().cast::<c_void>();
            rb_sys::rb_ractor_local_storage_ptr_set(key, any);
            key as usize
        }
    });
    *key as rb_sys::rb_ractor_local_key_t
}

unsafe extern "C" fn on_thread_event(event: u32, data: *const EventData, _: *mut c_void) {
    // SAFETY: the VM's, for this call (thread_pthread.c, rb_thread_execute_hooks).
    let thread = unsafe { (*data).thread } as u64;
    match event {
        RESUMED => {
            // SAFETY: with an execution context, the Ractor's storage can be asked.
            let is_ours = unsafe {
                ruby_native_thread_p() != 0
                    && !rb_sys::rb_ractor_local_storage_ptr(our_ractor()).is_null()
            };
            if is_ours {
                // SAFETY: a thread of the main Ractor was given the GVL.
                unsafe { resumed(thread) }
            }
        }
        // Of another Ractor, or late: another thread was RESUMED already.
        _ if thread != RUNNING.load(Ordering::Acquire) => {}
        SUSPENDED => {
            let clocks = CLOCKS.load(Ordering::Relaxed);
            let places = Clock::OF_TIME.iter().zip(&STOPPED_AT).enumerate();
            for (place, (clock, stopped_at)) in places {
                if clocks & 1 << place != 0 {
                    stopped_at.store(clock.read().unwrap_or(0), Ordering::Relaxed);
                }
            }
            STOPPED.store(true, Ordering::Release);
        }
        _ => {}
    }
}

/// # Safety
///
/// The caller must have the main Ractor's GVL.
unsafe fn resumed(thread: u64) {
    let before = RUNNING.load(Ordering::Relaxed);
    let stopped = STOPPED.swap(false, Ordering::Acquire);
    // SAFETY: the caller's; see UnderGvl.
    for session in unsafe { &(*SHARED.0.get()).sessions } {
        // SAFETY: a session outlives its hooks, and is in use only by who has the GVL and does not
        // let it go meanwhile.
        let session = unsafe { &mut **session };
        if session.failure.is_some() {
            continue;
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let now = session.now();
            let place = session.vm.clock.place();
            // What counts objects has stood still since.
            let stopped_at = place
                .and_then(|place| STOPPED_AT.get(place))
                .map_or(now, |at| at.load(Ordering::Relaxed));
            if stopped {
                session.recorder.thread_suspended(before, stopped_at);
            }
            session.recorder.thread_resumed(thread, now);
        }));
        if let Err(panic) = outcome {
            session.fail(&*panic);
        }
    }
    RUNNING.store(thread, Ordering::Release);
}
