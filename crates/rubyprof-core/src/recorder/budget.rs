//! Budgets: calls that take hardly longer than it takes to record them stop being timed.
//!
//! Their counts stay exact. An untimed call has no window: what it does itself is its caller's self time, and its node's total
//! grows by what its timed callees took, so that totals go on to be sums of their parts. To skip the clock for what costs more than it tells
//! is what TAU does when it throttles a function (100,000 calls of less than 10 microseconds each); here the overhead in all decides when, and
//! what a call costs decides which.

use std::collections::HashMap;

use super::Recorder;
use crate::call_tree::DraftId;
use crate::fiber::{Frame, FrameKind};
use crate::hash::BuildMix;
use crate::layout::Draft;
use crate::method::MethodKey;
use crate::profile::NO_PARENT;

/// How much of the time may be the profiler's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// In millionths of the time that passes.
    pub share: u32,
    /// What a call and its return cost, in millionths of a tick.
    pub cost: u64,
    /// What a call that is not timed costs less, in picoseconds: two readings of the clock.
    pub saved: u64,
    /// After how many calls the time is looked at.
    pub interval: u32,
    /// Which nodes may stop being timed: those with so many calls at least.
    pub often: u64,
    /// And of which a call takes no longer, its callees included, than so many cost.
    pub worth: u32,
}

impl Budget {
    /// One that looks every 65,536 calls and gives up the times of calls, if there were a thousand, that take no longer than four
    /// cost.
    pub fn new(share: u32, cost: u64, saved: u64) -> Self {
        Self {
            share,
            cost,
            saved,
            interval: 1 << 16,
            often: 1_000,
            worth: 4,
        }
    }
}

const MILLION: u128 = 1_000_000;

/// A budget and what is left of it.
#[derive(Debug)]
pub(crate) struct Budgeting {
    pub(crate) budget: Budget,
    /// Calls until the next look.
    left: u32,
    interval: u32,
    calls: u64,
    /// Profile time of the first look.
    since: Option<u64>,
    /// By node.
    is_untimed: Vec<bool>,
    /// By node: calls and total at the last look that found too much overhead.
    seen: Vec<(u64, u64)>,
    /// By node that is not timed any more: how many calls it had when that began.
    pub(crate) timed: HashMap<DraftId, u64, BuildMix>,
}

impl Recorder {
    /// Keeps the profiler's work within `budget` as far as it can. For a recorder that has seen nothing;
    /// [`enter_cheaply`](Self::enter_cheaply) and [`leave_cheaply`](Self::leave_cheaply) have to take the places of
    /// [`enter`](Self::enter) and [`leave`](Self::leave).
    pub fn keep_to(&mut self, budget: Budget) {
        self.budgeting = Some(Box::new(Budgeting {
            budget,
            left: 1,
            interval: 1,
            calls: 0,
            since: None,
            is_untimed: Vec::new(),
            seen: Vec::new(),
            timed: HashMap::default(),
        }));
    }

    /// As [`enter`](Self::enter), within the budget.
    #[inline(always)]
    pub fn enter_cheaply(
        &mut self,
        key: MethodKey,
        tag: u64,
        now: impl FnOnce() -> Option<u64>,
    ) -> bool {
        let Some(budgeting) = &mut self.budgeting else {
            return false;
        };
        if budgeting.left <= 1 {
            return false;
        }
        let Some(node) = self.tree.cached_child(self.top, key, tag) else {
            return false;
        };
        let untimed = budgeting.is_untimed(node);
        budgeting.left -= 1;
        match untimed {
            true => {
                self.push_untimed(node, tag);
                true
            }
            false => self.push_if_there_is_room(node, tag, now),
        }
    }

    /// As [`leave`](Self::leave), within the budget. `now` reads the clock, if that is needed.
    #[inline(always)]
    pub fn leave_cheaply(&mut self, tag: u64, now: impl FnOnce() -> Option<u64>) -> bool {
        let Some(frame) = self.stack.last() else {
            return false;
        };
        if frame.tag != tag {
            return false;
        }
        let (node, kind) = (frame.node(), frame.kind());
        let spent = match kind {
            FrameKind::Call => {
                let Some(now) = now() else {
                    return false;
                };
                now.wrapping_sub(self.paused_for)
                    .saturating_sub(frame.start)
            }
            FrameKind::Untimed => frame.start,
            _ => return false,
        };
        let Some(draft) = self.tree.get_mut(node) else {
            return false;
        };
        draft.called += u64::from(kind == FrameKind::Call);
        draft.total += spent;
        self.top = draft.parent;
        if kind == FrameKind::Call
            && let Some(latencies) = &mut self.latencies
        {
            latencies.add(node, spent);
        }
        self.stack.pop();
        self.add_to_untimed(spent);
        true
    }

    /// The call on top of the stack has a callee that took so long, which is all that an untimed call is known to take.
    #[inline(always)]
    pub(super) fn add_to_untimed(&mut self, spent: u64) {
        for frame in self.stack.iter_mut().rev() {
            match frame.kind() {
                FrameKind::Transparent => {}
                FrameKind::Untimed => {
                    frame.start += spent;
                    return;
                }
                _ => return,
            }
        }
    }

    /// Pushes a call; `start` of its frame is what its timed callees took.
    #[inline(always)]
    pub(super) fn push_untimed(&mut self, node: DraftId, tag: u64) {
        self.tree.add_call(node);
        self.top = node;
        self.stack
            .push(Frame::new(0, tag, node, FrameKind::Untimed));
    }

    /// Whether calls of a node have no window any more.
    pub(super) fn is_untimed(&self, node: DraftId) -> bool {
        let budgeting = self.budgeting.as_ref();
        budgeting.is_some_and(|budgeting| budgeting.is_untimed(node))
    }

    /// The node in whose window the running code is, if a recorded call is open.
    pub(super) fn window(&self) -> Option<DraftId> {
        self.current?;
        let has_one =
            |frame: &&Frame| !matches!(frame.kind(), FrameKind::Transparent | FrameKind::Untimed);
        let frame = self.stack.iter().rev().find(has_one);
        frame.map(Frame::node)
    }

    /// A call goes the slow way: perhaps it is time to look at the clock.
    pub(super) fn look_at_budget(&mut self, now: impl FnOnce() -> u64) {
        let Some(mut budgeting) = self.budgeting.take() else {
            return;
        };
        budgeting.left -= 1;
        if budgeting.left == 0 {
            let now = self.profile_time(now());
            let open = self.open_calls();
            budgeting.look(now, self.tree.drafts(), &open, &self.folding.counted);
        }
        self.budgeting = Some(budgeting);
    }

    /// Calls that are timed and have not returned, by node: they are not counted yet.
    fn open_calls(&self) -> HashMap<DraftId, u64, BuildMix> {
        let mut open = HashMap::default();
        let stacks = self.fibers.iter().map(|fiber| &fiber.stack);
        let frames = stacks.chain([&self.stack]).flatten();
        for call in frames.filter(|frame| frame.kind() == FrameKind::Call) {
            *open.entry(call.node()).or_default() += 1;
        }
        open
    }
}

impl Budgeting {
    #[inline(always)]
    fn is_untimed(&self, node: DraftId) -> bool {
        self.is_untimed.get(node as usize).is_some_and(|is| *is)
    }

    /// `open` are calls by node that are timed and have still to return, `counted` those that were not timed for another reason.
    fn look(
        &mut self,
        now: u64,
        drafts: &[Draft],
        open: &HashMap<DraftId, u64, BuildMix>,
        counted: &HashMap<DraftId, u64, BuildMix>,
    ) {
        self.calls += u64::from(self.interval);
        let since = *self.since.get_or_insert(now);
        // A look costs time for each node.
        let long = self.budget.interval.max(drafts.len() as u32);
        self.interval = long;
        self.left = long;
        let passed = u128::from(now.saturating_sub(since)) * MILLION;
        let cost = u128::from(self.calls) * u128::from(self.budget.cost);
        if cost.saturating_mul(MILLION) <= passed.saturating_mul(u128::from(self.budget.share)) {
            return;
        }
        self.is_untimed.resize(drafts.len(), false);
        self.seen.resize(drafts.len(), (0, 0));
        // Whoever calls the outermost methods is not measured: their time would be nobody's.
        let is_inner = |draft: &Draft| {
            let caller = drafts.get(draft.parent as usize);
            caller.is_some_and(|caller| caller.parent != NO_PARENT)
        };
        for (node, draft) in (0..).zip(drafts) {
            let is_untimed = &mut self.is_untimed[node as usize];
            let of_node = |calls: &HashMap<_, _, _>| calls.get(&node).copied().unwrap_or(0);
            let timed = (draft.called + of_node(open)).saturating_sub(of_node(counted));
            let (called, total) = &mut self.seen[node as usize];
            // A single call in which the process had to wait for others would hide thousands that did not.
            let gives_up = self.budget.gives_up(timed, draft.total)
                || self.budget.gives_up(
                    timed.saturating_sub(*called),
                    draft.total.saturating_sub(*total),
                );
            (*called, *total) = (timed, draft.total);
            if !*is_untimed && gives_up && is_inner(draft) {
                *is_untimed = true;
                self.timed.insert(node, timed);
            }
        }
    }
}

impl Budget {
    fn gives_up(&self, called: u64, total: u64) -> bool {
        let least = u128::from(called) * u128::from(self.cost) * u128::from(self.worth);
        called >= self.often.max(1) && u128::from(total) * MILLION <= least
    }
}
