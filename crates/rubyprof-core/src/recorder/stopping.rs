//! Calls that stopped while no other thread had an event, and what processors' clocks say of threads.

use super::Recorder;
use crate::ledger::Stopped;

impl Recorder {
    /// The innermost recorded call was blocked for so many ticks since the last event: for an embedder that is not told when threads stop, but
    /// knows what the thread's processor clock says. Part of the call's self time. With `called` a call was made since, and it is its caller that was
    /// blocked.
    pub fn blocked(&mut self, ticks: u64, called: bool) {
        if ticks == 0 || self.is_ignoring() || self.paused_at.is_some() || !self.is_in_a_call() {
            return;
        }
        let node = match called {
            true => self.tree.parent(self.top),
            false => Some(self.top),
        };
        let base = self.current.map(|index| self.fibers[index].base);
        if let Some(node) = node.filter(|node| Some(*node) != base) {
            self.stops.entry(node).or_default().add(Stopped {
                blocked: ticks,
                gvl_wait: 0,
            });
        }
    }

    /// What the processor's clock says of a thread that was recorded, by its object id, in the profile's unit. Said again, it replaces.
    pub fn set_cpu(&mut self, thread_id: u64, cpu: u64) {
        self.cpus.insert(thread_id, cpu);
    }
}
