//! Which thread runs: Ruby's internal thread events, from 3.3 on. (3.2 has them, but does not say which
//! thread they are of.)
//!
//! A thread that gets the GVL is RESUMED: that is told under the GVL, so it may touch the sessions. When
//! it is SUSPENDED the GVL is not promised (in 3.3 and 3.4 nobody else has it yet), so only numbers are
//! left for the next RESUMED to find. Nobody runs in between, and a thread that goes on after all, as one
//! does that a signal wakes before it sleeps, has lost nothing. When it wants the GVL back it is READY: until then it was
//! blocked. That a thread is gone is told by THREAD_END, in these versions always.
//!
//! There is one hook for all sessions, and none without. Events of other Ractors come too, at the same
//! time: they are told by a value that only the main one has. The VM holds a lock while it calls hooks, and
//! a child that was forked at that moment finds it taken for ever: it keeps the hook it inherited.

use std::cell::UnsafeCell;
use std::collections::HashMap;
use std::ffi::{c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rb_sys::VALUE;
use rubyprof_core::{Away, BuildMix, Recorder};

use crate::clock::Clock;
use crate::cpu;
use crate::session::Session;

const READY: u32 = 1 << 1;
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
static STOPPED_AT: Readings = [const { AtomicU64::new(0) }; Clock::OF_TIME.len()];
/// And at this one of its processor's clock.
static STOPPED_CPU: AtomicU64 = AtomicU64::new(0);
/// Who is READY, at a place that depends on its address. Of two that have the same, the later is kept.
static READY_THREADS: [ReadyThread; 256] = [const { ReadyThread::NONE }; 256];
/// Which clocks a session has: a bit each.
static CLOCKS: AtomicU64 = AtomicU64::new(0);

static SHARED: UnderGvl = UnderGvl(UnsafeCell::new(Shared {
    sessions: Vec::new(),
    running_since: None,
    stopped: HashMap::with_hasher(BuildMix::new()),
    hook: None,
}));

/// One of each clock that sessions have.
type Readings = [AtomicU64; Clock::OF_TIME.len()];

/// A thread that wants the GVL back.
struct ReadyThread {
    thread: AtomicU64,
    since: Readings,
}

impl ReadyThread {
    const NONE: Self = Self {
        thread: AtomicU64::new(0),
        since: [const { AtomicU64::new(0) }; Clock::OF_TIME.len()],
    };

    fn of(thread: u64) -> &'static Self {
        // Threads are objects, at addresses that are multiples of 40 or more: Fibonacci hashing spreads them.
        let place = thread.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56;
        // SAFETY: eight bits number 256 places.
        unsafe { READY_THREADS.get_unchecked(place as usize) }
    }
}

/// What the processor's clock said of a thread, on which native thread.
#[derive(Clone, Copy)]
struct Cpu {
    native_thread: libc::pthread_t,
    nanoseconds: u64,
}

impl Cpu {
    fn now() -> Self {
        Self {
            // SAFETY: cannot fail.
            native_thread: unsafe { libc::pthread_self() },
            nanoseconds: cpu::of_this_thread(),
        }
    }

    /// For how long the thread worked since `before`; nothing if another native thread runs it now, which has a clock of its own.
    fn since(self, before: Option<Self>) -> u64 {
        let before = before.filter(|before| before.native_thread == self.native_thread);
        before.map_or(0, |before| {
            self.nanoseconds.saturating_sub(before.nanoseconds)
        })
    }
}

/// What only the holder of the main Ractor's GVL may use.
struct UnderGvl(UnsafeCell<Shared>);

// SAFETY: used by Hooks, which Ruby methods and the GC add and drop, and by RESUMED of the main Ractor:
// all of these have its GVL. (The GC stops all Ractors.) No use calls Ruby.
unsafe impl Sync for UnderGvl {}

struct Shared {
    sessions: Vec<*mut Session>,
    /// When the running thread was RESUMED.
    running_since: Option<Cpu>,
    /// When others were SUSPENDED.
    stopped: HashMap<u64, Cpu, BuildMix>,
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
                let events = READY | RESUMED | SUSPENDED;
                rb_internal_thread_add_event_hook(on_thread_event, events, ptr::null_mut())
            };
            // SAFETY: as above.
            unsafe { (*SHARED.0.get()).hook = Some((hook, std::process::id())) };
        }
        // SAFETY: as above.
        let shared = unsafe { &mut *SHARED.0.get() };
        shared.note_work();
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
        if shared.sessions.is_empty() {
            shared.stopped.clear();
        }
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

/// Sessions know what the running thread has worked until now.
pub(crate) fn note_work() {
    // SAFETY: see UnderGvl: Ruby methods call this. The reference ends here.
    unsafe { (*SHARED.0.get()).note_work() }
}

/// The end, at `now` by `clock`: threads that want the GVL wait for it, and those that do not are blocked.
pub(crate) fn tell_of_others(recorder: &mut Recorder, clock: Clock, now: u64) {
    let threads: Vec<u64> = recorder.threads().collect();
    for thread in threads {
        let ready = ReadyThread::of(thread);
        let since = clock
            .place()
            .and_then(|place| ready.since.get(place))
            .filter(|_| ready.thread.load(Ordering::Acquire) == thread)
            .map_or(now, |at| at.load(Ordering::Relaxed));
        let away = Away {
            gvl_wait: now.saturating_sub(since),
            worked: 0,
        };
        recorder.still_away(thread, away);
    }
}

impl Shared {
    fn note_work(&mut self) {
        let now = Cpu::now();
        let worked = now.since(self.running_since.replace(now));
        let thread = RUNNING.load(Ordering::Relaxed);
        for session in &self.sessions {
            // SAFETY: a session outlives its hooks, and the reference ends here.
            unsafe { (**session).worked(thread, worked) };
        }
    }

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
        READY => {
            let ready = ReadyThread::of(thread);
            read_clocks(&ready.since);
            ready.thread.store(thread, Ordering::Release);
        }
        _ if thread != RUNNING.load(Ordering::Acquire) => {}
        SUSPENDED => {
            read_clocks(&STOPPED_AT);
            STOPPED_CPU.store(cpu::of_this_thread(), Ordering::Relaxed);
            STOPPED.store(true, Ordering::Release);
        }
        _ => {}
    }
}

fn read_clocks(readings: &Readings) {
    let clocks = CLOCKS.load(Ordering::Relaxed);
    for (place, (clock, reading)) in Clock::OF_TIME.iter().zip(readings).enumerate() {
        if clocks & 1 << place != 0 {
            reading.store(clock.read().unwrap_or(0), Ordering::Relaxed);
        }
    }
}

/// # Safety
///
/// The caller must have the main Ractor's GVL.
unsafe fn resumed(thread: u64) {
    let before = RUNNING.load(Ordering::Relaxed);
    let stopped = STOPPED.swap(false, Ordering::Acquire);
    let now = Cpu::now();
    // SAFETY: the caller's; see UnderGvl. No reference to it outlives this block.
    let (worked_before, worked_away) = unsafe {
        let shared = &mut *SHARED.0.get();
        let mut worked_before = 0;
        if stopped && let Some(since) = shared.running_since {
            // It stopped in the native thread in which it ran.
            let at_stop = Cpu {
                nanoseconds: STOPPED_CPU.load(Ordering::Relaxed),
                ..since
            };
            worked_before = at_stop.since(Some(since));
            shared.stopped.insert(before, at_stop);
        }
        shared.running_since = Some(now);
        (worked_before, now.since(shared.stopped.remove(&thread)))
    };
    let ready = ReadyThread::of(thread);
    let was_ready = ready
        .thread
        .compare_exchange(thread, 0, Ordering::Acquire, Ordering::Relaxed)
        .is_ok();
    // SAFETY: as above.
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
                session.worked(before, worked_before);
            }
            session.worked(thread, worked_away);
            let ready_at = place
                .and_then(|place| ready.since.get(place))
                .filter(|_| was_ready)
                .map_or(now, |at| at.load(Ordering::Relaxed));
            let away = Away {
                gvl_wait: now.saturating_sub(ready_at),
                worked: session.vm.ticks_of_work(worked_away),
            };
            session.recorder.thread_resumed(thread, now, Some(away));
        }));
        if let Err(panic) = outcome {
            session.fail(&*panic);
        }
    }
    RUNNING.store(thread, Ordering::Release);
}
