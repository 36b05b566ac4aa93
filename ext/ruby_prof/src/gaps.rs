//! When threads stop, where the VM does not tell (before Ruby 3.3; 3.2 does not say which thread it is).
//!
//! Between two events of a thread that are far apart it ran for as long as its processor's clock says, and the rest of the time it did
//! not. If it gave the processor away by itself meanwhile, it was blocked; if not, somebody else on the machine had it. The clocks
//! take a system call each, so they are read only where the gap is so long that this does not matter.
//!
//! When another thread's event comes, the clocks of both are read. For what a thread that goes on had waited is not known: others
//! ran for as long as the clock of the process says, and that it is taken to have wanted the GVL for. The rest it was blocked.

use std::collections::HashMap;

use rb_sys::VALUE;
use rubyprof_core::{Away, BuildMix, Recorder, Scale};

use crate::clock::{self, Clock};
use crate::cpu::{self, ThreadClock};

/// Nanoseconds between two events from which on clocks are read: some two hundred times what that takes.
const LONG: u64 = 200_000;

pub(crate) struct Gaps {
    /// The session's clock at the last event.
    seen: u64,
    /// Until then no event can be long after the last one: one comparison says so, for all events but one in `long`.
    near_until: u64,
    /// `LONG` in the session's ticks; as good as endless where clocks are not to be read.
    long: u64,
    scale: Scale,
    running: Turn,
    away: HashMap<VALUE, Left, BuildMix>,
    /// What the thread did that goes on with this event.
    returned: Option<Away>,
}

/// The thread that runs, since its clocks were read.
struct Turn {
    thread: VALUE,
    clock: Option<ThreadClock>,
    /// The session's clock.
    at: u64,
    cpu: u64,
    times_stopped: Option<u64>,
}

/// A thread that does not run, and its clocks when it was found to have stopped.
struct Left {
    clock: Option<ThreadClock>,
    cpu: u64,
    process_cpu: u64,
}

impl Left {
    /// What the thread did until its clock said `cpu`, and that of the process `process_cpu`.
    fn away(&self, cpu: Option<u64>, process_cpu: u64, scale: Scale) -> Option<Away> {
        self.clock?;
        let all = process_cpu.saturating_sub(self.process_cpu);
        let worked = cpu?.saturating_sub(self.cpu);
        Some(Away {
            gvl_wait: scale.ticks(all.saturating_sub(worked)),
            worked: scale.ticks(worked),
        })
    }
}

impl Turn {
    fn begin(thread: VALUE, at: u64) -> Self {
        Self {
            thread,
            clock: ThreadClock::of_this_thread(),
            at,
            cpu: cpu::of_this_thread(),
            times_stopped: cpu::times_stopped(),
        }
    }
}

impl Gaps {
    pub(crate) fn new(clock: Clock) -> Self {
        let is_wall = matches!(clock, Clock::Tsc | Clock::Monotonic);
        let scale = clock.scale();
        let now = clock.read().unwrap_or(0);
        // SAFETY: a thread runs: it calls us.
        let thread = unsafe { rb_sys::rb_thread_current() };
        Self {
            seen: now,
            near_until: 0,
            long: match is_wall {
                true => scale.ticks(LONG),
                false => u64::MAX,
            },
            scale,
            running: Turn::begin(thread, now),
            away: HashMap::default(),
            returned: None,
        }
    }

    /// An event now. False if it comes so late that it is worth a closer [`look`](Self::look).
    #[inline(always)]
    pub(crate) fn see(&mut self, now: u64) -> bool {
        if now > self.near_until {
            if now.wrapping_sub(self.seen) > self.long {
                return false;
            }
            self.near_until = now.saturating_add(self.long);
        }
        self.seen = now;
        true
    }

    /// An event now, whenever the last one was: in between the running thread's innermost call had time to be blocked.
    pub(crate) fn look(&mut self, recorder: &mut Recorder, now: u64) {
        if !self.see(now) {
            self.end(recorder, now);
        }
    }

    /// As [`look`](Self::look), however near it is, since a pause or the end follows.
    #[cold]
    #[inline(never)]
    pub(crate) fn end(&mut self, recorder: &mut Recorder, now: u64) {
        let since = std::mem::replace(&mut self.seen, now);
        if self.long == u64::MAX {
            return;
        }
        let times_stopped = cpu::times_stopped();
        let stopped = times_stopped.is_none() || times_stopped != self.running.times_stopped;
        let off = self.spend(recorder, cpu::of_this_thread(), since);
        self.running.times_stopped = times_stopped;
        if stopped {
            recorder.blocked(off);
        }
    }

    /// The running thread's clock says `cpu` now. Returns for how many ticks since the last event it had no processor.
    fn spend(&mut self, recorder: &mut Recorder, cpu: u64, since: u64) -> u64 {
        let used = cpu.saturating_sub(self.running.cpu);
        recorder.worked(self.running.thread as u64, used);
        let passed = self.scale.apply(self.seen.wrapping_sub(self.running.at));
        (self.running.cpu, self.running.at) = (cpu, self.seen);
        let off = self.scale.ticks(passed.saturating_sub(used));
        off.min(self.seen.wrapping_sub(since))
    }

    /// An event of another fiber than before: of another thread, perhaps.
    pub(crate) fn switch(&mut self, recorder: &mut Recorder, now: u64) {
        let since = std::mem::replace(&mut self.seen, now);
        // SAFETY: an event is being delivered, so a thread runs.
        let thread = unsafe { rb_sys::rb_thread_current() };
        self.returned = None;
        if thread == self.running.thread || self.long == u64::MAX {
            return;
        }
        let process_cpu = clock::process_cpu();
        let clock = self.running.clock;
        // One that has ended had no gap.
        let cpu = clock
            .and_then(ThreadClock::read)
            .unwrap_or(self.running.cpu);
        let off = self.spend(recorder, cpu, since);
        recorder.blocked(off);
        let left = Left {
            clock,
            cpu,
            process_cpu,
        };
        self.away.insert(self.running.thread, left);
        self.running = Turn::begin(thread, self.seen);
        let Some(left) = self.away.remove(&thread) else {
            return;
        };
        let cpu = self.running.cpu;
        recorder.worked(thread as u64, cpu.saturating_sub(left.cpu));
        self.returned = left.away(Some(cpu), process_cpu, self.scale);
    }

    /// The end: what threads did that do not run any more.
    pub(crate) fn tell_of_others(&self, recorder: &mut Recorder) {
        let process_cpu = clock::process_cpu();
        for (thread, left) in &self.away {
            let cpu = left.clock.and_then(ThreadClock::read);
            if let Some(away) = left.away(cpu, process_cpu, self.scale) {
                recorder.still_away(*thread as u64, away);
            }
        }
    }

    pub(crate) fn returned(&mut self) -> Option<Away> {
        self.returned.take()
    }

    /// The running thread has ended.
    pub(crate) fn forget(&mut self, thread: VALUE) {
        self.away.remove(&thread);
    }

    /// What was before now is not of interest.
    pub(crate) fn begin_anew(&mut self, now: u64) {
        self.seen = now;
        // SAFETY: a thread runs: it calls us.
        let thread = unsafe { rb_sys::rb_thread_current() };
        self.running = Turn::begin(thread, now);
    }
}
