//! Which thread runs, where the embedder is told: a thread's time ends when it stops running, not
//! when another is first heard of, and nobody waits while nobody runs.

use super::Recorder;
use crate::host::Away;

/// A thread runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    /// Which, by its token.
    thread: u64,
    /// Since this profile time.
    since: u64,
}

impl Recorder {
    /// The thread `thread_token` stopped running at `now`: it sleeps, reads or lets another run.
    /// Until it runs again, its innermost call waits for as long as others run; the rest of the
    /// time is the call's own. No effect if another thread runs.
    pub fn thread_suspended(&mut self, thread_token: u64, now: u64) {
        if self.turn.is_some_and(|turn| turn.thread == thread_token) {
            self.stop_running(now);
        }
    }

    /// The thread `thread_token` runs from `now` on, and with it the fiber that it ran last; `away` is what it did since it stopped, if that
    /// is known. The thread that ran so far stopped, if that was not told.
    pub fn thread_resumed(&mut self, thread_token: u64, now: u64, away: Option<Away>) {
        if self.turn.is_some_and(|turn| turn.thread == thread_token) {
            return;
        }
        self.stop_running(now);
        let now = self.profile_time(now);
        self.begin_turn(thread_token, now);
        if let Some(index) = self.running.get(&thread_token) {
            self.activate(*index, now, away);
        }
    }

    fn stop_running(&mut self, now: u64) {
        let now = self.profile_time(now);
        self.end_turn(now);
        if let Some(index) = self.current {
            self.suspend(now);
            self.fibers[index].busy_when_left = Some(self.busy);
        }
    }

    /// The turn is the thread's from now on, if it was not already.
    pub(super) fn begin_turn(&mut self, thread: u64, now: u64) {
        if self.turn.is_none_or(|turn| turn.thread != thread) {
            self.end_turn(now);
            self.turn = Some(Turn { thread, since: now });
        }
    }

    pub(super) fn end_turn(&mut self, now: u64) {
        self.busy = self.busy_at(now);
        self.turn = None;
    }

    /// For how long threads have run.
    pub(super) fn busy_at(&self, now: u64) -> u64 {
        let turn = self.turn.map_or(0, |turn| now.saturating_sub(turn.since));
        self.busy + turn
    }
}
