//! What the processor's clock says of threads.

use std::mem::MaybeUninit;

/// `CLOCK_THREAD_CPUTIME_ID` of the thread that asks, in nanoseconds. A system call: 400 to 550 ns.
pub(crate) fn of_this_thread() -> u64 {
    read(libc::CLOCK_THREAD_CPUTIME_ID).unwrap_or(0)
}

fn read(clock: libc::clockid_t) -> Option<u64> {
    let mut time = MaybeUninit::<libc::timespec>::uninit();
    // SAFETY: the pointer is to a timespec of ours, which is written if the call succeeds. A clock of a thread that
    // has ended is an error.
    let time = unsafe {
        (libc::clock_gettime(clock, time.as_mut_ptr()) == 0).then(|| time.assume_init())?
    };
    Some((time.tv_sec as u64).wrapping_mul(1_000_000_000) + time.tv_nsec as u64)
}

/// A thread's clock, which other threads can read too.
#[cfg(not(ruby_gte_3_3))]
#[derive(Clone, Copy)]
pub(crate) struct ThreadClock(libc::clockid_t);

#[cfg(not(ruby_gte_3_3))]
impl ThreadClock {
    /// The clock of the thread that asks, where the system has such a thing.
    pub(crate) fn of_this_thread() -> Option<Self> {
        #[cfg(target_os = "linux")]
        {
            let mut clock = libc::CLOCK_THREAD_CPUTIME_ID;
            // SAFETY: the thread that asks exists; the pointer is to a number of ours.
            let found = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &mut clock) };
            (found == 0).then_some(Self(clock))
        }
        #[cfg(not(target_os = "linux"))]
        None
    }

    /// Its reading in nanoseconds; `None` once the thread has ended.
    pub(crate) fn read(self) -> Option<u64> {
        read(self.0)
    }
}

/// How often the thread that asks gave its processor away by itself: it slept, read, or waited for a lock. `None` where the
/// system does not count that by thread.
#[cfg(not(ruby_gte_3_3))]
pub(crate) fn times_stopped() -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        let mut usage = MaybeUninit::<libc::rusage>::uninit();
        // SAFETY: the pointer is to an rusage of ours, which is written if the call succeeds.
        let usage = unsafe {
            (libc::getrusage(libc::RUSAGE_THREAD, usage.as_mut_ptr()) == 0)
                .then(|| usage.assume_init())?
        };
        u64::try_from(usage.ru_nvcsw).ok()
    }
    #[cfg(not(target_os = "linux"))]
    None
}
