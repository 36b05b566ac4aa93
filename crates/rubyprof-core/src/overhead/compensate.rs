//! Profiles with the profiler's part and without it.

use std::borrow::Cow;

use super::Costs;
use crate::profile::{NodeId, Profile};

/// What the profiler's own work is of a profile. The times are in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overhead {
    /// The sum of the threads' totals as they were measured.
    pub raw_total: u64,
    /// The profiler's part of it: what [`Profile::compensated`] takes off, in all.
    pub subtracted: u64,
    /// What the costs say beyond that: no node has so much time of its own, nor any caller of it. The
    /// costs are too high then, for this program at least.
    pub unexplained: u64,
    /// The standard uncertainty of `subtracted`, and so that of the total without it.
    pub uncertainty: u64,
    /// What it was found from.
    pub costs: Costs,
}

impl Overhead {
    /// The total without it.
    pub fn compensated_total(&self) -> u64 {
        self.raw_total.saturating_sub(self.subtracted)
    }

    /// The part of the raw total that is subtracted, from 0 to 1.
    pub fn share(&self) -> f64 {
        match self.raw_total {
            0 => 0.0,
            total => self.subtracted as f64 / total as f64,
        }
    }
}

impl Profile {
    /// What the profiler's work was: the same for a profile and for its [`compensated`](Self::compensated).
    pub fn overhead(&self) -> Overhead {
        let nodes = self.nodes.iter().map(|node| node.overhead);
        let subtracted = nodes.fold(0, u64::saturating_add);
        let threads = self.threads.iter().map(|thread| thread.unexplained);
        Overhead {
            raw_total: match self.compensated {
                true => self.total().saturating_add(subtracted),
                false => self.total(),
            },
            subtracted,
            unexplained: threads.fold(0, u64::saturating_add),
            uncertainty: self.costs.uncertainty(subtracted),
            costs: self.costs,
        }
    }

    /// Whether totals and own times are without overhead.
    pub fn is_compensated(&self) -> bool {
        self.compensated
    }

    /// This profile with each node's overhead taken off its own time, and off the totals of the node and all
    /// above it. What was taken off stays with the node, so that this profile still tells what was
    /// measured. One that is compensated already is the same.
    #[must_use]
    pub fn compensated(&self) -> Profile {
        let mut profile = self.clone();
        profile.compensate();
        profile
    }

    /// This profile as it was measured: the way back from [`compensated`](Self::compensated), to the
    /// nanosecond, unless a total was set by hand to less than the overhead below it.
    #[must_use]
    pub fn uncompensated(&self) -> Profile {
        let mut profile = self.clone();
        profile.uncompensate();
        profile
    }

    /// As [`compensated`](Self::compensated), in place.
    pub fn compensate(&mut self) {
        if !self.compensated {
            self.change_by_overhead(u64::saturating_sub);
            self.compensated = true;
        }
    }

    /// As [`uncompensated`](Self::uncompensated), in place.
    pub fn uncompensate(&mut self) {
        if self.compensated {
            self.change_by_overhead(u64::saturating_add);
            self.compensated = false;
        }
    }

    fn change_by_overhead(&mut self, change: fn(u64, u64) -> u64) {
        let mut below = vec![0_u64; self.nodes.len()];
        for (index, node) in self.nodes.iter_mut().enumerate().rev() {
            let all = below[index].saturating_add(node.overhead);
            node.own = change(node.own, node.overhead);
            node.total = change(node.total, all);
            if let Some(parent) = below.get_mut(node.parent as usize) {
                *parent = parent.saturating_add(all);
            }
        }
    }

    /// Self time as it was measured, whether the profile is compensated or not. The part of it that is
    /// the profiler's is [`Node::overhead`](crate::Node::overhead).
    pub fn raw_self_value(&self, id: NodeId) -> u64 {
        self.raw_sum(self.self_value(id), self.node(id).overhead)
    }

    /// As [`raw_self_value`](Self::raw_self_value), of sums over nodes of this profile such as a
    /// [`MethodRow`](crate::MethodRow)'s.
    pub fn raw_sum(&self, own: u64, overhead: u64) -> u64 {
        match self.compensated {
            true => own.saturating_add(overhead),
            false => own,
        }
    }

    /// Whether a node's self time without overhead is less than the uncertainty of its overhead: whatever
    /// it is said to be, it may as well be nothing.
    pub fn is_uncertain(&self, id: NodeId) -> bool {
        self.is_sum_uncertain(self.self_value(id), self.node(id).overhead)
    }

    /// As [`is_uncertain`](Self::is_uncertain), of sums over nodes of this profile.
    pub fn is_sum_uncertain(&self, own: u64, overhead: u64) -> bool {
        let without = self.raw_sum(own, overhead).saturating_sub(overhead);
        without < self.costs.uncertainty(overhead)
    }
}

impl Profile {
    /// Calls of all nodes: how much it weighs among others. Not [`calls`](Self::calls), which leaves roots out, since a
    /// profile may have nothing else.
    pub(crate) fn called(&self) -> u64 {
        let called = self.nodes.iter().map(|node| node.called);
        called.fold(0, u64::saturating_add)
    }
}

/// Profiles that can be added up: if any is compensated, all are. The costs are kept, so nothing is
/// lost.
pub(crate) fn aligned<'a>(parts: &[&'a Profile]) -> Vec<Cow<'a, Profile>> {
    let any = parts.iter().any(|part| part.compensated);
    let align = |part: &&'a Profile| match any && !part.compensated {
        true => Cow::Owned(part.compensated()),
        false => Cow::Borrowed(*part),
    };
    parts.iter().map(align).collect()
}

/// What a profile that is made of others says of their costs.
pub(crate) fn joined_costs(parts: &[&Profile]) -> Costs {
    let first = parts.first().map_or_else(Costs::default, |part| part.costs);
    if parts.iter().all(|part| part.costs == first) {
        return first;
    }
    let all: Vec<(Costs, u64)> = parts
        .iter()
        .map(|part| (part.costs, part.called()))
        .collect();
    Costs::joined(&all)
}
