//! What calls cost that were not recorded in full: in whose window the profiler did its work.

use std::collections::HashMap;

use super::{Cost, Costs, EventKind};
use crate::call_tree::DraftId;
use crate::hash::BuildMix;
use crate::partial::Partial;
use crate::profile::{Node, NodeId};
use crate::recorder::Recorder;

/// What a recorder knows of such calls. Lists are by node, in ascending order.
#[derive(Debug, Default)]
pub(crate) struct PartialCalls {
    pub(crate) partials: Vec<(NodeId, Partial)>,
    /// Those that are both folded and untimed, by where they are counted.
    counted: Vec<(NodeId, u64)>,
    /// Folded calls, by the node that made them.
    made: Vec<(NodeId, u64)>,
    /// Picoseconds that an untimed call costs less.
    saved: u64,
}

impl PartialCalls {
    /// `place` is the node of a draft, if it has one.
    pub(crate) fn of(
        recorder: &Recorder,
        nodes: &[Node],
        place: impl Fn(DraftId) -> Option<NodeId>,
    ) -> Self {
        let folding = &recorder.folding;
        let by_node = |numbers: &HashMap<DraftId, u64, BuildMix>| {
            let placed = |(draft, number): (&DraftId, &u64)| Some((place(*draft)?, *number));
            let mut numbers: Vec<(NodeId, u64)> = numbers.iter().filter_map(placed).collect();
            numbers.sort_unstable();
            numbers
        };
        let counted = by_node(&folding.counted);
        let mut partials: HashMap<NodeId, Partial> = HashMap::new();
        for (node, folded) in by_node(&folding.folded) {
            partials.entry(node).or_default().folded = folded;
        }
        for (node, recursive) in by_node(&folding.recursive) {
            partials.entry(node).or_default().recursive = recursive;
        }
        for (node, untimed) in &counted {
            partials.entry(*node).or_default().untimed = *untimed;
        }
        if let Some(budgeting) = &recorder.budgeting {
            for (node, timed) in by_node(&budgeting.timed) {
                let untimed = nodes[node.index()].called.saturating_sub(timed);
                partials.entry(node).or_default().untimed = untimed;
            }
        }
        partials.retain(|_, partial| !partial.is_none());
        let mut partials: Vec<(NodeId, Partial)> = partials.into_iter().collect();
        partials.sort_unstable_by_key(|(node, _)| *node);
        Self {
            partials,
            counted,
            made: by_node(&folding.made),
            saved: recorder
                .budgeting
                .as_ref()
                .map_or(0, |budgeting| budgeting.budget.saved),
        }
    }

    /// What folded calls cost their callers, in picoseconds by node: nobody counted which caller made which call, so that each
    /// is taken to cost what all did on average.
    pub(super) fn of_callers(
        &self,
        nodes: &[Node],
        costs: &Costs,
        kinds: &[EventKind],
    ) -> Vec<u128> {
        let mut of_callers = vec![0; nodes.len()];
        if self.made.is_empty() {
            return of_callers;
        }
        let mut all = 0_u128;
        for (id, partial) in &self.partials {
            let cost = costs.of(kinds[nodes[id.index()].method.index()]);
            let outer = u128::from(partial.folded) * u128::from(cost.outer);
            let untimed = u128::from(self.counted_at(*id));
            let inner = untimed * u128::from(cost.inner);
            all = all.saturating_add(outer).saturating_add(inner);
            all = all.saturating_sub(untimed * u128::from(self.saved));
        }
        let calls: u128 = self.made.iter().map(|(_, calls)| u128::from(*calls)).sum();
        let (each, mut rest) = (all / calls, all % calls);
        for (id, calls) in &self.made {
            // Less than one picosecond a call.
            of_callers[id.index()] = each * u128::from(*calls) + std::mem::take(&mut rest);
        }
        of_callers
    }

    /// How a node's calls differ in what they cost.
    pub(super) fn at(&self, id: NodeId, called: u64) -> Windows {
        let found = self.partials.binary_search_by_key(&id, |(node, _)| *node);
        let Ok(index) = found else {
            return Windows {
                called,
                saved: self.saved,
                ..Windows::default()
            };
        };
        let partial = self.partials[index].1;
        Windows {
            called,
            folded: partial.folded,
            untimed: partial.untimed,
            saved: self.saved,
            untimed_here: partial.untimed.saturating_sub(self.counted_at(id)),
        }
    }

    fn counted_at(&self, id: NodeId) -> u64 {
        let found = self.counted.binary_search_by_key(&id, |(node, _)| *node);
        found.map_or(0, |index| self.counted[index].1)
    }
}

/// A node's calls, of which some have no window of their own, and some lie in another caller's than the node's parent.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Windows {
    called: u64,
    folded: u64,
    untimed: u64,
    /// Made by the node's parent.
    untimed_here: u64,
    saved: u64,
}

impl Windows {
    /// What so many `traced` calls cost in the node's own window, in picoseconds.
    pub(super) fn inner(&self, traced: u64, cost: Cost) -> u128 {
        u128::from(traced.saturating_sub(self.untimed)) * u128::from(cost.inner)
    }

    /// What they cost in the window of the node's parent: an untimed call has no other.
    pub(super) fn outer(&self, traced: u64, cost: Cost) -> u128 {
        let outer = u128::from(traced.saturating_sub(self.folded)) * u128::from(cost.outer);
        let untimed = u128::from(self.untimed_here);
        let inner = untimed * u128::from(cost.inner);
        let saved = untimed * u128::from(self.saved);
        outer.saturating_add(inner).saturating_sub(saved)
    }

    /// The part of what its callees cost the node that its untimed calls had no window for.
    pub(super) fn passed_on(&self, of_callees: u128) -> u128 {
        let (untimed, called) = (u128::from(self.untimed_here), u128::from(self.called));
        match (untimed, called) {
            (0, _) | (_, 0) => 0,
            _ => (of_callees / called) * untimed + (of_callees % called) * untimed / called,
        }
    }
}
