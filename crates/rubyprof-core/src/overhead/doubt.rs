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
    /// Those of all nodes, by node. Empty if there is no overhead.
    pub fn doubts(&self) -> Vec<Doubts> {
        if self.nodes.iter().all(|node| node.overhead == 0) {
            return Vec::new();
        }
        let may_run_blocks: Vec<bool> = self.methods.iter().map(may_run_blocks).collect();
        let (mut waits, mut gcs) = (Sparse(&self.waits), Sparse(&self.gcs));
        let mut all: Vec<Doubts> = Vec::with_capacity(self.nodes.len());
        for (index, node) in self.nodes.iter().enumerate() {
            let id = NodeId(index as u32);
            let others = waits.next(id).saturating_add(gcs.next(id));
            let own = Doubt {
                overhead: node.overhead,
                in_blocks: match may_run_blocks[node.method.index()] {
                    true => node.own.saturating_sub(others),
                    false => 0,
                },
            };
            all.push(Doubts { own, total: own });
        }
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let below = all[index].total;
            if let Some(parent) = all.get_mut(node.parent as usize) {
                parent.total.add(below);
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

impl Sparse<'_> {
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
