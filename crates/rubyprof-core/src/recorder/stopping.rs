//! Calls that stopped while no other thread had an event, and what processors' clocks say of threads.

use super::Recorder;
use crate::host::Away;
use crate::ledger::Stopped;

impl Recorder {
    /// The innermost recorded call was blocked for so many ticks since the last event: for an embedder that is not told when threads stop, but
    /// knows what the thread's processor clock says. Part of the call's self time.
    pub fn blocked(&mut self, ticks: u64) {
        if ticks == 0 || self.is_ignoring() || self.paused_at.is_some() {
            return;
        }
        if let Some(node) = self.window() {
            self.stops.entry(node).or_default().add(Stopped {
                blocked: ticks,
                gvl_wait: 0,
            });
        }
    }

    /// The threads that were seen, by their tokens.
    pub fn threads(&self) -> impl Iterator<Item = u64> + '_ {
        self.thread_ids.keys().copied()
    }

    /// What a thread that does not run did since it stopped, known at the end: as in
    /// [`thread_resumed`](Self::thread_resumed), which does not come any more.
    pub fn still_away(&mut self, thread_token: u64, away: Away) {
        self.still_away.insert(thread_token, away);
    }

    /// The thread `thread_token` has worked for so many nanoseconds more, says the processor's clock. No effect while nothing of the thread is
    /// recorded.
    pub fn worked(&mut self, thread_token: u64, nanoseconds: u64) {
        if self.paused_at.is_none()
            && let Some(thread) = self.thread_ids.get(&thread_token)
        {
            *self.cpus.entry(*thread).or_default() += nanoseconds;
        }
    }
}
