//! Latencies as reports show them: without overhead where the profile's times are.

use std::collections::HashMap;

use super::counts::Rank;
use super::{LatencyCounts, LatencyRow};
use crate::hash::BuildMix;
use crate::method::MethodId;
use crate::profile::{NodeId, Profile, Thread};

/// The latencies of a call path, a method, or any calls of a profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    /// As they were measured.
    pub measured: LatencyCounts,
    /// What is taken off them, one with another.
    pub overhead: CallOverhead,
    /// Of each path by its own overhead.
    min: u64,
    max: u64,
}

/// How much of the time of some calls was the profiler's.
///
/// It is known of all of them together only. So a call that took no longer than the mean is taken to have it in
/// proportion to its time, a longer one the mean: whoever makes calls of one length has that exactly, and a call
/// that was cut short is not said to have taken no time. The order of calls is never changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallOverhead {
    /// Measured from calls to returns, in all.
    pub total: u64,
    /// The profiler's part of that.
    pub overhead: u64,
    /// Calls.
    pub called: u64,
}

impl CallOverhead {
    /// What a call took without it.
    pub fn take_off(&self, measured: u64) -> u64 {
        let Some(mean) = self.overhead.checked_div(self.called) else {
            return measured;
        };
        let product = u128::from(measured) * u128::from(self.overhead);
        let share = product.checked_div(u128::from(self.total));
        let share = share.and_then(|share| u64::try_from(share).ok());
        measured.saturating_sub(share.map_or(mean, |share| share.min(mean)))
    }

    fn add(&mut self, other: &Self) {
        self.total = self.total.saturating_add(other.total);
        self.overhead = self.overhead.saturating_add(other.overhead);
        self.called = self.called.saturating_add(other.called);
    }
}

impl Latency {
    /// Calls whose beginning and end were seen: at most as many as were counted.
    pub fn count(&self) -> u64 {
        self.measured.count()
    }

    /// The shortest call.
    pub fn min(&self) -> u64 {
        self.min
    }

    /// The longest call.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// What at least `percent` of the calls took no longer than, as [`LatencyCounts::percentile`].
    pub fn percentile(&self, percent: f64) -> u64 {
        match self.measured.rank(percent) {
            Rank::Shortest => self.min,
            Rank::Between(value) => self.overhead.take_off(value).clamp(self.min, self.max),
            Rank::Longest => self.max,
        }
    }

    /// From where to where, and how many calls took so long; ascending, those without calls left out.
    pub fn ranges(&self) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        let take_off = |value| self.overhead.take_off(value);
        let ranges = self.measured.ranges();
        ranges.map(move |(low, high, count)| (take_off(low), take_off(high), count))
    }
}

/// The latencies of each method in some threads, and those of its calls by each other method.
#[derive(Clone, Debug, Default)]
pub struct MethodLatencies {
    by_method: Vec<Latency>,
    by_edge: HashMap<(u32, u32), Latency, BuildMix>,
}

impl MethodLatencies {
    /// Of the methods of `threads`, which must belong to `profile`.
    pub fn of_threads(profile: &Profile, threads: &[Thread]) -> Self {
        Self::new(profile, threads, false)
    }

    /// The same, and of the calls of each method by each other.
    pub fn with_edges(profile: &Profile, threads: &[Thread]) -> Self {
        Self::new(profile, threads, true)
    }

    fn new(profile: &Profile, threads: &[Thread], edges: bool) -> Self {
        if profile.latencies.is_empty() {
            return Self::default();
        }
        let mut by_method = vec![Latency::default(); profile.methods.len()];
        let mut by_edge: HashMap<(u32, u32), Latency, BuildMix> = HashMap::default();
        for thread in threads {
            let tree = TreeLatencies::of_thread(profile, thread);
            let end = profile.node(thread.root).end;
            for row in profile.latencies.within(thread.root.0..end) {
                let callee = profile.node(row.node).method;
                tree.add(profile, row, &mut by_method[callee.index()]);
                if let (true, Some(parent)) = (edges, profile.parent(row.node)) {
                    let edge = (profile.node(parent).method.0, callee.0);
                    tree.add(profile, row, by_edge.entry(edge).or_default());
                }
            }
        }
        Self { by_method, by_edge }
    }

    /// A method's; `None` if no whole call was seen.
    pub fn of(&self, method: MethodId) -> Option<&Latency> {
        let latency = self.by_method.get(method.index())?;
        (!latency.measured.is_empty()).then_some(latency)
    }

    /// Those of the calls that one method makes of another, if they were asked for.
    pub fn of_edge(&self, caller: MethodId, callee: MethodId) -> Option<&Latency> {
        let latency = self.by_edge.get(&(caller.0, callee.0))?;
        (!latency.measured.is_empty()).then_some(latency)
    }

    /// Whether no method has any.
    pub fn is_empty(&self) -> bool {
        self.by_method
            .iter()
            .all(|latency| latency.measured.is_empty())
    }
}

/// The latencies of each call path of one tree.
#[derive(Clone, Debug, Default)]
pub struct TreeLatencies {
    root: u32,
    /// By node, from the root on: its overhead and that of all below it. Empty if none was taken off.
    overheads: Vec<u64>,
}

impl TreeLatencies {
    /// Of the paths of `thread`, which must belong to `profile`.
    pub fn of_thread(profile: &Profile, thread: &Thread) -> Self {
        let root = thread.root.0;
        if profile.latencies.is_empty() || !profile.compensated {
            return Self::default();
        }
        let mut overheads = vec![0_u64; profile.subtree(thread.root).len()];
        for index in (0..overheads.len()).rev() {
            let node = &profile.nodes[root as usize + index];
            let all = overheads[index].saturating_add(node.overhead);
            overheads[index] = all;
            if index > 0 {
                let parent = &mut overheads[(node.parent - root) as usize];
                *parent = parent.saturating_add(all);
            }
        }
        Self { root, overheads }
    }

    /// A path's, which must be in the tree; `None` if no whole call was seen.
    pub fn of(&self, profile: &Profile, id: NodeId) -> Option<Latency> {
        let mut latency = Latency::default();
        self.add(profile, profile.latencies.of(id)?, &mut latency);
        (!latency.measured.is_empty()).then_some(latency)
    }

    fn add(&self, profile: &Profile, row: LatencyRow<'_>, sums: &mut Latency) {
        let of_path = self.overhead(profile, row.node);
        let (min, max) = (of_path.take_off(row.min), of_path.take_off(row.max));
        match sums.measured.is_empty() {
            true => (sums.min, sums.max) = (min, max),
            false => (sums.min, sums.max) = (sums.min.min(min), sums.max.max(max)),
        }
        sums.measured.add_row(row);
        sums.overhead.add(&of_path);
    }

    fn overhead(&self, profile: &Profile, id: NodeId) -> CallOverhead {
        let index = id.0.checked_sub(self.root);
        let Some(overhead) = index.and_then(|index| self.overheads.get(index as usize)) else {
            return CallOverhead::default();
        };
        let node = profile.node(id);
        CallOverhead {
            total: node.total.saturating_add(*overhead),
            overhead: *overhead,
            called: node.called,
        }
    }
}
