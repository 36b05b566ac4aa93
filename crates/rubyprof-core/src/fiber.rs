//! One fiber's frames.

use crate::call_tree::DraftId;
use crate::host::FiberOrigin;

/// How a frame came to be on the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameKind {
    /// A recorded call.
    Call,
    /// A call that is not recorded: hidden, or made while paused. It stands for the recorded call
    /// below it, so that its callees have a caller and its return finds a match.
    Transparent,
    /// A method that was running when the fiber was first seen.
    Seed,
}

/// A method that has not returned: 24 bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// Profile time of the call, in ticks.
    pub(crate) start: u64,
    /// What the return will carry too.
    pub(crate) tag: u64,
    pub(crate) node: DraftId,
    pub(crate) kind: FrameKind,
}

/// A fiber and what it left on its stack.
#[derive(Debug)]
pub(crate) struct Fiber {
    pub(crate) origin: FiberOrigin,
    /// Empty while the fiber runs: the recorder holds the running fiber's frames itself.
    pub(crate) stack: Vec<Frame>,
    /// The invisible node under which the fiber's tree grows.
    pub(crate) base: DraftId,
    /// The innermost method that was running when the fiber was first seen and has not returned;
    /// what lies outside it is not part of the profile.
    pub(crate) root: Option<DraftId>,
    /// Profile time at which another fiber was seen running.
    pub(crate) left_at: u64,
    /// Whether its live frames are known. (They are not when an object is made for it before it
    /// begins.)
    pub(crate) seeded: bool,
    /// It gave way to another fiber of its thread and has not run since. It waits for whoever
    /// resumes it, or has ended: either way nothing of it is going on.
    pub(crate) suspended: bool,
}
