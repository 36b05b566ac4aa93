//! Clocks: what a profile reads at each event.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Once, OnceLock};

use rubyprof_core::Scale;

use crate::testing;

/// What the events of a profile are stamped with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clock {
    /// The processor's time stamp counter, in ticks of its own. 2 to 20 ns a reading, by machine.
    Tsc,
    /// `CLOCK_MONOTONIC`, in nanoseconds. 20 to 45 ns a reading.
    Monotonic,
    /// `CLOCK_PROCESS_CPUTIME_ID`, in nanoseconds. A system call: 400 to 550 ns a reading.
    ProcessCpu,
    /// Objects made since the profile started: the session counts them.
    Objects,
    /// Bytes of objects made since the profile started, likewise.
    Bytes,
    /// A clock that only `RubyProf::Testing.advance` moves, in nanoseconds.
    Manual,
}

impl Clock {
    /// The fastest clock for elapsed time that can be trusted here.
    pub(crate) fn wall() -> Self {
        if anchor().is_some() {
            Self::Tsc
        } else {
            Self::Monotonic
        }
    }

    /// The clocks that any thread can read at any time.
    #[cfg(ruby_gte_3_3)]
    pub(crate) const OF_TIME: [Self; 4] =
        [Self::Tsc, Self::Monotonic, Self::ProcessCpu, Self::Manual];

    /// Its place among them.
    #[cfg(ruby_gte_3_3)]
    pub(crate) fn place(self) -> Option<usize> {
        Self::OF_TIME.iter().position(|clock| *clock == self)
    }

    /// The reading, unless it is the session that counts.
    pub(crate) fn read(self) -> Option<u64> {
        match self {
            Self::Tsc => Some(tsc()),
            Self::Monotonic => Some(monotonic()),
            Self::ProcessCpu => Some(process_cpu()),
            Self::Manual => Some(testing::now()),
            Self::Objects | Self::Bytes => None,
        }
    }

    /// For the head of a report.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Tsc => "time stamp counter",
            Self::Monotonic => "CLOCK_MONOTONIC",
            Self::ProcessCpu => "CLOCK_PROCESS_CPUTIME_ID",
            Self::Objects => "objects created",
            Self::Bytes => "bytes of objects created",
            Self::Manual => "set by hand",
        }
    }

    /// What a tick is worth, as known now.
    ///
    /// The counter's rate is the slope between the moment the library was loaded and now, so that
    /// the error of both readings (some 50 ns) is spread over the longest span there is.
    pub(crate) fn scale(self) -> Scale {
        match (self, anchor()) {
            (Self::Tsc, Some(start)) => {
                let end = Reading::take();
                Scale::from_ratio(
                    end.nanos.saturating_sub(start.nanos),
                    end.ticks.saturating_sub(start.ticks),
                )
            }
            _ => Scale::ONE,
        }
    }
}

/// Takes the first reading; the earlier, the better the rate.
pub(crate) fn init() {
    anchor();
}

/// Both clocks at one moment.
#[derive(Clone, Copy)]
struct Reading {
    ticks: u64,
    nanos: u64,
}

impl Reading {
    /// The closest of eight pairs: the one during which the least time passed.
    fn take() -> Self {
        let pairs = (0..8).map(|_| {
            let before = monotonic();
            let ticks = tsc();
            let after = monotonic();
            let reading = Self {
                ticks,
                nanos: before + (after - before) / 2,
            };
            (after - before, reading)
        });
        pairs
            .min_by_key(|(span, _)| *span)
            .map_or(Self { ticks: 0, nanos: 0 }, |(_, reading)| reading)
    }
}

/// The first reading, if the counter can be trusted.
fn anchor() -> Option<Reading> {
    static ANCHOR: OnceLock<Option<Reading>> = OnceLock::new();
    *ANCHOR.get_or_init(|| tsc_is_trustworthy().then(Reading::take))
}

/// The processor says that the counter's rate never changes, and the kernel, which compares the
/// cores' counters all the time and drops the clock source when they drift apart, uses it too.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn tsc_is_trustworthy() -> bool {
    use std::arch::x86_64::__cpuid;
    const POWER_MANAGEMENT: u32 = 0x8000_0007;
    const INVARIANT_TSC: u32 = 1 << 8;
    // Intel SDM 17.17.1 and AMD APM vol. 3, CPUID Fn8000_0007 EDX.
    let invariant = __cpuid(0x8000_0000).eax >= POWER_MANAGEMENT
        && __cpuid(POWER_MANAGEMENT).edx & INVARIANT_TSC != 0;
    let source = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    invariant && std::fs::read_to_string(source).is_ok_and(|name| name.trim() == "tsc")
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
fn tsc_is_trustworthy() -> bool {
    false
}

/// The time stamp counter.
#[inline(always)]
pub(crate) fn tsc() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has the instruction; it reads a register.
    unsafe {
        std::arch::x86_64::_rdtsc()
    }
    #[cfg(not(target_arch = "x86_64"))]
    monotonic()
}

/// `CLOCK_MONOTONIC` in nanoseconds.
pub(crate) fn monotonic() -> u64 {
    read(libc::CLOCK_MONOTONIC)
}

/// `CLOCK_PROCESS_CPUTIME_ID` in nanoseconds. In a forked child it goes on from its parent's.
pub(crate) fn process_cpu() -> u64 {
    BEFORE_FORK.load(Relaxed) + read(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// What the ancestors' clocks said when they forked: a child's begins at 0.
static BEFORE_FORK: AtomicU64 = AtomicU64::new(0);
static AT_FORK: AtomicU64 = AtomicU64::new(0);

extern "C" fn note_cpu_time() {
    AT_FORK.store(process_cpu(), Relaxed);
}

extern "C" fn go_on_from_parent() {
    BEFORE_FORK.store(AT_FORK.load(Relaxed), Relaxed);
}

/// Sees to it that the CPU clock goes on in forked children.
pub(crate) fn survive_fork() {
    static ONCE: Once = Once::new();
    // SAFETY: both functions only read a clock and store a number, which is allowed around a fork.
    ONCE.call_once(|| unsafe {
        libc::pthread_atfork(Some(note_cpu_time), None, Some(go_on_from_parent));
    });
}

fn read(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: the pointer is to a timespec of ours. Fails only for a clock that does not exist.
    unsafe { libc::clock_gettime(clock, &mut time) };
    (time.tv_sec as u64).wrapping_mul(1_000_000_000) + time.tv_nsec as u64
}
