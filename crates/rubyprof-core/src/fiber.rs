//! One fiber's frames.

use crate::call_tree::DraftId;
use crate::host::{Away, FiberOrigin};
use crate::ledger::Stopped;

/// How a frame came to be on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameKind {
    /// A recorded call. It is counted when it returns, since its node is needed then anyway.
    Call = 0,
    /// A call that is not recorded: hidden, or made while paused. It stands for the recorded call
    /// below it, so that its callees have a caller and its return finds a match.
    Transparent,
    /// A method that was running when the fiber was first seen.
    Seed,
    /// A recorded call whose node is not a callee of the node below it.
    Folded,
    /// A recorded call that is not timed: `start` is how long its timed callees took.
    Untimed,
}

/// A method that has not returned: 24 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// Profile time of the call, in ticks, but for calls that are not timed.
    pub(crate) start: u64,
    /// What the return will carry too.
    pub(crate) tag: u64,
    /// The node, and above its 32 bits the kind: a call's place is its node's, any other's lies beyond the arena.
    place: u64,
}

impl Frame {
    #[inline(always)]
    pub(crate) fn new(start: u64, tag: u64, node: DraftId, kind: FrameKind) -> Self {
        let place = u64::from(node) | (kind as u64) << 32;
        Self { start, tag, place }
    }

    #[inline(always)]
    pub(crate) fn node(&self) -> DraftId {
        self.place as DraftId
    }

    /// The place of the node in the arena if this is a [call](FrameKind::Call), and of nothing if it is not.
    #[inline(always)]
    pub(crate) fn place(&self) -> u64 {
        self.place
    }

    #[inline(always)]
    pub(crate) fn kind(&self) -> FrameKind {
        match self.place >> 32 {
            0 => FrameKind::Call,
            1 => FrameKind::Transparent,
            2 => FrameKind::Seed,
            3 => FrameKind::Folded,
            _ => FrameKind::Untimed,
        }
    }
}

/// A fiber and what it left on its stack.
#[derive(Debug)]
pub(crate) struct Fiber {
    pub(crate) origin: FiberOrigin,
    /// What its events carry.
    pub(crate) token: u64,
    /// Empty while the fiber runs: the recorder holds the running fiber's frames itself.
    pub(crate) stack: Vec<Frame>,
    /// The invisible node under which the fiber's tree grows.
    pub(crate) base: DraftId,
    /// The innermost method that was running when the fiber was first seen and has not returned;
    /// what lies outside it is not part of the profile.
    pub(crate) root: Option<DraftId>,
    /// Profile time at which it was last seen running.
    pub(crate) left_at: u64,
    /// If it left since its thread stopped running: for how long threads had run until then.
    pub(crate) busy_when_left: Option<u64>,
    /// Whether its live frames are known. (They are not when an object is made for it before it
    /// begins.)
    pub(crate) seeded: bool,
    /// It gave way to another fiber of its thread and has not run since. It waits for whoever
    /// resumes it, or has ended: either way nothing of it is going on.
    pub(crate) suspended: bool,
}

impl Fiber {
    /// How long others ran in its place until `now`, when threads have run for `busy`.
    ///
    /// A fiber that gave way to another of its thread does nothing until it is resumed: it waits all
    /// the time. So does one of which nothing better is known than that others had events. But a
    /// thread that stops may be asleep, or reads: what is waiting is only the time that other threads
    /// ran; the rest its method took itself.
    pub(crate) fn waited(&self, now: u64, busy: u64) -> u64 {
        match self.busy_when_left {
            Some(before) if !self.suspended => busy.saturating_sub(before),
            _ => now.saturating_sub(self.left_at),
        }
    }

    /// What it waited for until `now`, as far as is known: at least as long as it `waited`.
    pub(crate) fn stopped(&self, now: u64, waited: u64, away: Option<Away>) -> Stopped {
        let stopped = now.saturating_sub(self.left_at);
        if self.suspended {
            // Another fiber of its thread ran.
            return Stopped {
                blocked: stopped,
                gvl_wait: 0,
            };
        }
        let Some(away) = away else {
            return Stopped {
                blocked: 0,
                gvl_wait: stopped,
            };
        };
        let gvl_wait = away.gvl_wait.min(stopped);
        let blocked = (stopped - gvl_wait).saturating_sub(away.worked);
        let blocked = blocked.max(waited.saturating_sub(gvl_wait));
        Stopped { blocked, gvl_wait }
    }
}
