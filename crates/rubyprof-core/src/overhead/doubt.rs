//! How uncertain times without overhead are.
//!
//! Two things make them so, and both are added up without squares. What a call costs is measured once for all calls of a profile, with
//! the same clock, caches and hook for methods in Ruby and in C: where one kind's cost is too high for a program the others' are
//! too, so the errors of callees, of kinds and of paths do not cancel each other. And what the VM adds to blocks
//! ([`blocks`](super::blocks)) is never less than nothing. Noise of the machine is not in it: who wants to know that measures twice.

use super::blocks::{self, may_run_blocks};
use crate::profile::{NodeId, Profile};

/// What may be wrong with a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doubt {
    /// The profiler's part of it: in it, or taken off it.
    pub overhead: u64,
    /// The part of it that may be spent in blocks.
    pub in_blocks: u64,
}

impl Doubt {
    /// Adds another's.
    pub fn add(&mut self, other: Self) {
        self.overhead = self.overhead.saturating_add(other.overhead);
        self.in_blocks = self.in_blocks.saturating_add(other.in_blocks);
    }
}

/// What may be wrong with a node's times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Doubts {
    /// With its self time.
    pub own: Doubt,
    /// With its total.
    pub total: Doubt,
}

impl Profile {
    /// Those of a node and of all below it, in preorder. Empty if times are as they were measured.
    pub fn doubts(&self, root: NodeId) -> Vec<Doubts> {
        if !self.compensated {
            return Vec::new();
        }
        let mut may_run: Vec<Option<bool>> = vec![None; self.methods.len()];
        let mut waits = Sparse::after(&self.waits, root);
        let mut gcs = Sparse::after(&self.gcs, root);
        let nodes = self.subtree(root);
        let mut all: Vec<Doubts> = Vec::with_capacity(nodes.len());
        for id in nodes {
            let node = self.node(id);
            let method = node.method;
            let others = waits.next(id).saturating_add(gcs.next(id));
            let may_run =
                may_run[method.index()].get_or_insert_with(|| may_run_blocks(self.method(method)));
            let own = Doubt {
                overhead: node.overhead,
                in_blocks: match may_run {
                    true => node.own.saturating_sub(others),
                    false => 0,
                },
            };
            all.push(Doubts { own, total: own });
        }
        for place in (1..all.len()).rev() {
            let below = all[place].total;
            let caller = self.parent(NodeId(root.0 + place as u32));
            let caller = caller.and_then(|caller| caller.index().checked_sub(root.index()));
            if let Some(caller) = caller.and_then(|place| all.get_mut(place)) {
                caller.total.add(below);
            }
        }
        all
    }

    /// How far a time of this profile may be from the truth: 0 if times are as they were measured.
    ///
    /// The part from the costs is standard (one deviation of what they were measured with), that from blocks the most it can be.
    pub fn uncertainty(&self, doubt: Doubt) -> u64 {
        if !self.compensated || self.costs.is_none() {
            return 0;
        }
        let of_costs = self.costs.uncertainty(doubt.overhead);
        of_costs.saturating_add(blocks::uncertainty(doubt.in_blocks))
    }
}

/// Numbers of some nodes, asked for from the first node to the last.
struct Sparse<'a>(&'a [(NodeId, u64)]);

impl<'a> Sparse<'a> {
    /// Those of a node and of all after it.
    fn after(numbers: &'a [(NodeId, u64)], first: NodeId) -> Self {
        Self(&numbers[numbers.partition_point(|(node, _)| *node < first)..])
    }

    fn next(&mut self, id: NodeId) -> u64 {
        match self.0.split_first() {
            Some(((node, number), others)) if *node == id => {
                self.0 = others;
                *number
            }
            _ => 0,
        }
    }
}
