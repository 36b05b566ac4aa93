//! Bounds: calls that may have no node of their own are counted at another one.
//!
//! A folded call is counted at a node of its method elsewhere, the *place*, and its window is taken out of the path on
//! which it was made and put in there: out of every total from its caller up, into every total from the place up. Above
//! where both paths meet nothing changes, so each window still is its parts' sum and self times still add up to the
//! tree's total. To add these differences up for each call would take a climb; they are kept at the paths' ends, and one pass
//! over the tree settles them all in the end.

use std::collections::HashMap;

use super::Recorder;
use crate::call_tree::DraftId;
use crate::fiber::{Frame, FrameKind};
use crate::hash::{BuildMix, mix};
use crate::host::Host;
use crate::layout::Draft;
use crate::method::MethodId;
use crate::profile::NO_PARENT;

/// How large a call tree may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Nodes that calls get. Beyond these each method may get one more, and each fiber has what it ran when it was first
    /// seen, or one node if that is not known.
    pub nodes: u32,
    /// Calls between the root and a node.
    pub depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            nodes: u32::MAX,
            depth: u32::MAX,
        }
    }
}

/// Where a folded call is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At this node, which is further up on the path, and timed there.
    Above(DraftId),
    /// At this node, and timed there.
    Timed(DraftId),
    /// At this node, which is in another fiber's tree: its time stays its caller's, its callees are its caller's. Where no
    /// method calls, the fiber's first one takes both.
    Counted(DraftId),
}

/// What is known of calls that were folded. Bounded by the number of nodes.
#[derive(Debug, Default)]
pub(crate) struct Folding {
    limits: Limits,
    /// Nodes that calls got within the limit.
    nodes: u32,
    /// The nodes that methods got beyond it, one each.
    beyond: HashMap<MethodId, DraftId, BuildMix>,
    /// By base of a fiber in which nothing is known to have run before: a node below it.
    begun: HashMap<DraftId, DraftId, BuildMix>,
    /// Direct-mapped, so that recursion need not climb at each call: caller, method, place.
    known: Vec<Option<(DraftId, MethodId, Place)>>,
    /// By node: ticks taken out of it and of all above it, modulo 2^64.
    moved: HashMap<DraftId, u64, BuildMix>,
    /// By node: folded calls that it made.
    pub(crate) made: HashMap<DraftId, u64, BuildMix>,
    /// By place: folded calls that are counted there.
    pub(crate) folded: HashMap<DraftId, u64, BuildMix>,
    /// By place: those of them that were made while the method was running.
    pub(crate) recursive: HashMap<DraftId, u64, BuildMix>,
    /// By place: those of them that were not timed, because it is another fiber's or is not timed any more.
    pub(crate) counted: HashMap<DraftId, u64, BuildMix>,
}

const KNOWN: usize = 4096;

impl Recorder {
    /// A recorder whose call trees stay within `limits`. It has seen nothing.
    pub fn within(limits: Limits) -> Self {
        let mut recorder = Self::new();
        recorder.folding.limits = limits;
        recorder
    }

    /// Whether there may be no more nodes.
    pub(super) fn is_full(&self) -> bool {
        self.folding.nodes >= self.folding.limits.nodes
    }

    /// Whether the running call's callees may have no node.
    pub(super) fn is_bounded(&self) -> bool {
        self.is_full()
            || (self.folding.limits.depth < u32::MAX && self.depth() >= self.folding.limits.depth)
    }

    /// A node was made for a call.
    pub(super) fn count_node(&mut self) {
        self.folding.nodes = self.folding.nodes.saturating_add(1);
    }

    /// A call of a method that has no node here and may not get one.
    pub(super) fn fold(&mut self, method: MethodId, tag: u64, host: &mut impl Host) {
        let Some(place) = self.place(method, host) else {
            return self.push_transparent(tag);
        };
        let (Place::Above(mut node) | Place::Timed(mut node) | Place::Counted(mut node)) = place;
        self.tree.add_call(node);
        let caller = self.top;
        *self.folding.made.entry(caller).or_default() += 1;
        *self.folding.folded.entry(node).or_default() += 1;
        if place == Place::Above(node) {
            *self.folding.recursive.entry(node).or_default() += 1;
        }
        if place == Place::Counted(node) || self.is_untimed(node) {
            *self.folding.counted.entry(node).or_default() += 1;
            let Some(first) = self.folding.begun.get(&caller) else {
                return self.push_transparent(tag);
            };
            node = *first;
        }
        self.top = node;
        let start = host.now().wrapping_sub(self.paused_for);
        self.stack
            .push(Frame::new(start, tag, node, FrameKind::Folded));
    }

    /// A folded call has returned to `self.top` after so many ticks, and these are in its place's total.
    pub(super) fn folded_call_returned(&mut self, place: DraftId, elapsed: u64) {
        let caller = self.top;
        let above = self.tree.parent(place);
        let moved = &mut self.folding.moved;
        let taken = moved.entry(caller).or_default();
        *taken = taken.wrapping_add(elapsed);
        let given = moved.entry(above).or_default();
        *given = given.wrapping_sub(elapsed);
    }

    fn place(&mut self, method: MethodId, host: &mut impl Host) -> Option<Place> {
        let caller = self.top;
        let word = u64::from(caller) << 32 | u64::from(method.0);
        let slot = mix(word) as usize % KNOWN;
        if let Some(Some((of, called, place))) = self.folding.known.get(slot)
            && (*of, *called) == (caller, method)
        {
            return Some(*place);
        }
        let place = self.new_place(method, host)?;
        self.folding.known.resize(KNOWN, None);
        self.folding.known[slot] = Some((caller, method, place));
        Some(place)
    }

    fn new_place(&mut self, method: MethodId, host: &mut impl Host) -> Option<Place> {
        if let Some(running) = self.path().find(|node| self.tree.method(*node) == method) {
            return Some(Place::Above(running));
        }
        let fiber = &self.fibers[self.current?];
        let (base, root) = (fiber.base, fiber.root);
        if !self.is_full() {
            // As deep as may be.
            let up = (self.depth() + 1).saturating_sub(self.folding.limits.depth);
            let above = self.path().nth(up as usize).unwrap_or(base);
            return self.callee(above, method, host, true).map(Place::Timed);
        }
        let below = root.unwrap_or(base);
        if let Some(node) = self.tree.child(below, method) {
            return Some(Place::Timed(node));
        }
        let begins = root.is_none() && !self.folding.begun.contains_key(&base);
        match self.folding.beyond.get(&method) {
            Some(node) if !begins => Some(Place::Counted(*node)),
            _ => {
                let node = self.callee(below, method, host, false)?;
                self.folding.beyond.entry(method).or_insert(node);
                if begins {
                    self.folding.begun.insert(base, node);
                }
                Some(Place::Timed(node))
            }
        }
    }

    fn callee(
        &mut self,
        parent: DraftId,
        method: MethodId,
        host: &mut impl Host,
        within: bool,
    ) -> Option<DraftId> {
        if let Some(node) = self.tree.child(parent, method) {
            return Some(node);
        }
        let call_site = host.call_site(&mut self.sources);
        let site = self.sources.site(call_site);
        let node = self.tree.add_child(parent, method, site)?;
        if within {
            self.count_node();
        }
        Some(node)
    }

    /// The running call's path, from it up to the root.
    fn path(&self) -> impl Iterator<Item = DraftId> {
        let fiber = self.current.map(|index| &self.fibers[index]);
        let (base, root) = fiber.map_or((NO_PARENT, None), |fiber| (fiber.base, fiber.root));
        let mut next = Some(self.top).filter(|top| *top != base);
        std::iter::from_fn(move || {
            let node = next?;
            let above = self.tree.parent(node);
            next = (Some(node) != root && above != base && above != NO_PARENT).then_some(above);
            Some(node)
        })
    }

    /// Calls between the root and the running call; where no method was running in the beginning, the code that calls
    /// is taken for the root.
    fn depth(&self) -> u32 {
        let has_root = self
            .current
            .is_some_and(|index| self.fibers[index].root.is_some());
        let nodes = self.path().count();
        nodes.saturating_sub(usize::from(has_root)) as u32
    }
}

impl Folding {
    /// Puts times where calls were folded to: afterwards each total is that of the calls counted there, and of their callees.
    pub(crate) fn settle(&self, drafts: &mut [Draft]) {
        if self.moved.is_empty() {
            return;
        }
        let mut taken = vec![0_u64; drafts.len()];
        for (node, ticks) in &self.moved {
            taken[*node as usize] = *ticks;
        }
        // Callers stand before callees.
        for index in (0..drafts.len()).rev() {
            let all = taken[index];
            let draft = &mut drafts[index];
            // Modulo 2^64; a clock that went back by a tick must not make it a huge number.
            draft.total = match draft.total.wrapping_sub(all) {
                negative if negative > i64::MAX as u64 => 0,
                total => total,
            };
            if let Some(above) = taken.get_mut(draft.parent as usize) {
                *above = above.wrapping_add(all);
            }
        }
    }
}
