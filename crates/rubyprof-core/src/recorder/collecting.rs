//! Garbage collections: part of the self time of the call in which they happen.

use super::Recorder;

/// A garbage collection that is going on, and the call in which it began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Collecting {
    fiber: Option<usize>,
    /// How many calls were open, and since when the innermost one was.
    frames: usize,
    called_at: Option<u64>,
    since: u64,
    /// How often a collection began within this one.
    nested: u32,
}

impl Recorder {
    /// The garbage collector begins to work. Its time, until [`gc_ended`](Self::gc_ended), is part of the self
    /// time of the innermost recorded call, and is kept as such. A collection within another is part of it.
    ///
    /// No effect while paused or where nothing is recorded. A collection whose end was never told is forgotten
    /// when the next one begins elsewhere.
    pub fn gc_began(&mut self, now: u64) {
        if self.is_ignoring() || self.paused_at.is_some() {
            return;
        }
        let here = self.collecting_since(self.profile_time(now));
        match &mut self.collecting {
            Some(outer) if outer.is_in_the_same_call(&here) => outer.nested += 1,
            collecting => *collecting = Some(here),
        }
    }

    /// The garbage collector has done its work. No effect if it was not told that it began, or if another
    /// call is the innermost one now: then nobody knows whose time it was.
    pub fn gc_ended(&mut self, now: u64) {
        let now = self.profile_time(now);
        let here = self.collecting_since(now);
        let Some(collecting) = &mut self.collecting else {
            return;
        };
        if let Some(left) = collecting.nested.checked_sub(1) {
            collecting.nested = left;
            return;
        }
        let spent = now.saturating_sub(collecting.since);
        let same = collecting.is_in_the_same_call(&here);
        self.collecting = None;
        if same
            && spent > 0
            && let Some(node) = self.window()
        {
            *self.gcs.entry(node).or_default() += spent;
            *self.collections.entry(node).or_default() += 1;
        }
    }

    fn collecting_since(&self, now: u64) -> Collecting {
        Collecting {
            fiber: self.current,
            frames: self.stack.len(),
            called_at: self.stack.last().map(|frame| frame.start),
            since: now,
            nested: 0,
        }
    }
}

impl Collecting {
    fn is_in_the_same_call(&self, other: &Self) -> bool {
        (self.fiber, self.frames, self.called_at) == (other.fiber, other.frames, other.called_at)
    }
}
