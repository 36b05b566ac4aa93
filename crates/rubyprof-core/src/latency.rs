//! How long single calls took: the shortest, the longest, and how many were about as long as what.
//!
//! A latency is the time from a call to its return, callees and waiting included, as it was measured. In the modes that count objects it
//! is objects, or bytes. Each call counts with its own, those of a recursion too. Calls of which either end was not
//! seen do not count: those that were running at the start or at the stop, and those whose return never came.

mod bucket;
mod check;
mod counts;
mod log;
mod shown;

use std::ops::Range;

use crate::profile::{NodeId, Profile};

pub use counts::LatencyCounts;
pub(crate) use log::LatencyLog;
pub use shown::{CallOverhead, Latency, MethodLatencies, TreeLatencies};

/// The latencies of a profile's call paths: columns, ordered by node. A path without a whole call has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latencies {
    nodes: Vec<NodeId>,
    mins: Vec<u64>,
    maxs: Vec<u64>,
    /// Where each node's buckets end.
    ends: Vec<u32>,
    buckets: Vec<u16>,
    counts: Vec<u64>,
}

/// One row of [`Latencies`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatencyRow<'a> {
    /// The call path.
    pub node: NodeId,
    /// Its shortest call.
    pub min: u64,
    /// Its longest.
    pub max: u64,
    /// The buckets that have calls, in ascending order. See [`LatencyCounts`].
    pub buckets: &'a [u16],
    /// How many calls each has.
    pub counts: &'a [u64],
}

impl LatencyRow<'_> {
    /// Buckets and their calls, but for the shortest call and the longest.
    pub fn others(&self) -> impl Iterator<Item = (u16, u64)> {
        let last = self.buckets.len().saturating_sub(1);
        let differ = self.min != self.max;
        let calls = self.buckets.iter().zip(self.counts).enumerate();
        let others = calls.map(move |(index, (bucket, calls))| {
            let told = u64::from(index == 0) + u64::from(index == last && differ);
            (*bucket, calls.saturating_sub(told))
        });
        others.filter(|(_, calls)| *calls > 0)
    }

    /// How many calls there are.
    pub fn count(&self) -> u64 {
        self.counts
            .iter()
            .fold(0, |sum, count| u64::saturating_add(sum, *count))
    }
}

impl Latencies {
    /// Whether no path has any.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// How many paths have latencies.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// All rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = LatencyRow<'_>> {
        (0..self.len()).map(|index| self.row(index))
    }

    /// The row of a node.
    pub fn of(&self, node: NodeId) -> Option<LatencyRow<'_>> {
        let index = self.nodes.binary_search(&node).ok()?;
        Some(self.row(index))
    }

    /// Adds a row, as it is: [`Profile::check`] tells whether it can be one.
    pub fn push_row(&mut self, row: LatencyRow<'_>) {
        self.nodes.push(row.node);
        self.mins.push(row.min);
        self.maxs.push(row.max);
        self.buckets.extend_from_slice(row.buckets);
        self.counts.extend_from_slice(row.counts);
        self.counts.resize(self.buckets.len(), 0);
        self.ends.push(self.buckets.len() as u32);
    }

    /// Adds a node's latencies, which stand behind all nodes before it.
    pub fn push(&mut self, node: NodeId, latency: &LatencyCounts) {
        self.nodes.push(node);
        self.mins.push(latency.min());
        self.maxs.push(latency.max());
        for (bucket, count) in latency.by_bucket() {
            self.buckets.push(*bucket);
            self.counts.push(*count);
        }
        self.ends.push(self.buckets.len() as u32);
    }

    /// Those of many paths, by the nodes that they became.
    pub(crate) fn placed(
        latencies: impl IntoIterator<Item = (u32, LatencyCounts)>,
        place: impl Fn(u32) -> Option<NodeId>,
    ) -> Self {
        let placed = latencies.into_iter();
        let placed = placed.filter_map(|(path, latency)| Some((place(path)?, latency)));
        let mut placed: Vec<(NodeId, LatencyCounts)> = placed.collect();
        placed.sort_unstable_by_key(|(node, _)| *node);
        let mut all = Self::default();
        for (node, latency) in placed {
            all.push(node, &latency);
        }
        all.shrink();
        all
    }

    /// Gives room back that nothing more will take.
    pub(crate) fn shrink(&mut self) {
        self.nodes.shrink_to_fit();
        self.mins.shrink_to_fit();
        self.maxs.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.buckets.shrink_to_fit();
        self.counts.shrink_to_fit();
    }

    /// The rows of the nodes in `range`.
    pub(crate) fn within(&self, range: Range<u32>) -> impl Iterator<Item = LatencyRow<'_>> {
        let begin = self.nodes.partition_point(|node| node.0 < range.start);
        let end = self.nodes.partition_point(|node| node.0 < range.end);
        (begin..end).map(|index| self.row(index))
    }

    fn row(&self, index: usize) -> LatencyRow<'_> {
        let begin = index.checked_sub(1).map_or(0, |before| self.ends[before]) as usize;
        let end = self.ends[index] as usize;
        LatencyRow {
            node: self.nodes[index],
            min: self.mins[index],
            max: self.maxs[index],
            buckets: &self.buckets[begin..end],
            counts: &self.counts[begin..end],
        }
    }

    /// The same with every number changed.
    pub(crate) fn with_numbers(&self, change: &impl Fn(u64) -> u64) -> Self {
        let mut changed = Self::default();
        for row in self.rows() {
            changed.push(row.node, &LatencyCounts::from(row).with_numbers(change));
        }
        changed
    }
}

impl Profile {
    /// How long single calls took, by call path.
    pub fn latencies(&self) -> &Latencies {
        &self.latencies
    }
}
