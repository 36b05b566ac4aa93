//! A profile taken apart and put together again: the door for files and other senders.

use crate::allocation::Allocation;
use crate::inconsistent::Inconsistent;
use crate::latency::Latencies;
use crate::ledger::Stopped;
use crate::measure::MeasureMode;
use crate::method::{Method, MethodId};
use crate::overhead::Costs;
use crate::partial::Partial;
use crate::profile::{NO_PARENT, Node, NodeId, Profile, Thread};
use crate::source::Location;

/// Everything a [`Profile`] is made of.
///
/// Indexes are positions: a [`FileId`](crate::FileId) in `files`, a [`MethodId`] in `methods`, a [`NodeId`] in `nodes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// What was measured.
    pub measure_mode: MeasureMode,
    /// Whether allocated objects were recorded by class and line.
    pub track_allocations: bool,
    /// Whether calls of C functions were recorded.
    pub c_calls: bool,
    /// As [`Profile::operators`].
    pub operators: bool,
    /// As [`Profile::costs`].
    pub costs: Costs,
    /// As [`Profile::is_compensated`].
    pub compensated: bool,
    /// The clock, in words.
    pub clock: String,
    /// All methods.
    pub methods: Vec<Method>,
    /// Names of source files.
    pub files: Vec<String>,
    /// Places that calls were made at; nodes name them by position.
    pub sites: Vec<Location>,
    /// The threads, in the order of their nodes.
    pub threads: Vec<Thread>,
    /// All nodes in preorder, thread after thread.
    pub nodes: Vec<Node>,
    /// Waiting time of the nodes that waited, by node.
    pub waits: Vec<(NodeId, u64)>,
    /// GC time of the nodes in which garbage was collected, by node.
    pub gcs: Vec<(NodeId, u64)>,
    /// How often the garbage collector set to work in these nodes, by node.
    pub collections: Vec<(NodeId, u64)>,
    /// For how long nodes had stopped, of those that had, by node.
    pub stops: Vec<(NodeId, Stopped)>,
    /// Calls that were not recorded in full, by node.
    pub partials: Vec<(NodeId, Partial)>,
    /// As [`Profile::latencies`].
    pub latencies: Latencies,
    /// Allocations by thread, then method.
    pub allocations: Vec<Allocation>,
}

/// The parts of a [`Profile`] that its other functions do not show, to look at.
#[derive(Clone, Copy, Debug)]
pub struct Inside<'a> {
    /// Names of source files.
    pub files: &'a [String],
    /// Places that calls were made at; nodes name them by position.
    pub sites: &'a [Location],
    /// Waiting time of the nodes that waited, by node.
    pub waits: &'a [(NodeId, u64)],
    /// GC time of the nodes in which garbage was collected, by node.
    pub gcs: &'a [(NodeId, u64)],
    /// How often the garbage collector set to work in these nodes, by node.
    pub collections: &'a [(NodeId, u64)],
    /// For how long nodes had stopped, of those that had, by node.
    pub stops: &'a [(NodeId, Stopped)],
}

/// All fields of a [`Node`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeParts {
    /// As [`Node::called`].
    pub called: u64,
    /// As [`Node::total`].
    pub total: u64,
    /// The part of `total` that no callee has, waiting included. A hand-made tree may say anything.
    pub own: u64,
    /// As [`Node::overhead`].
    pub overhead: u64,
    /// The caller's node; `None` at a root.
    pub parent: Option<NodeId>,
    /// One past the last node of this subtree.
    pub end: u32,
    /// As [`Node::method`].
    pub method: MethodId,
    /// Where the parent was when it first called this path: a position in [`Parts::sites`].
    pub site: u32,
}

impl From<NodeParts> for Node {
    fn from(parts: NodeParts) -> Self {
        Self {
            called: parts.called,
            total: parts.total,
            own: parts.own,
            overhead: parts.overhead,
            parent: parts.parent.map_or(NO_PARENT, |parent| parent.0),
            end: parts.end,
            method: parts.method,
            site: parts.site,
        }
    }
}

impl From<&Node> for NodeParts {
    fn from(node: &Node) -> Self {
        Self {
            called: node.called,
            total: node.total,
            own: node.own,
            overhead: node.overhead,
            parent: (node.parent != NO_PARENT).then_some(NodeId(node.parent)),
            end: node.end,
            method: node.method,
            site: node.site,
        }
    }
}

impl Profile {
    /// The parts that have no other function, to look at.
    pub fn inside(&self) -> Inside<'_> {
        Inside {
            files: &self.files,
            sites: &self.sites,
            waits: &self.waits,
            gcs: &self.gcs,
            collections: &self.collections,
            stops: &self.stops,
        }
    }

    /// The profile taken apart. [`from_parts`](Self::from_parts) is the way back.
    pub fn into_parts(self) -> Parts {
        Parts {
            measure_mode: self.measure_mode,
            track_allocations: self.track_allocations,
            c_calls: self.c_calls,
            operators: self.operators,
            costs: self.costs,
            compensated: self.compensated,
            clock: self.clock,
            methods: self.methods,
            files: self.files,
            sites: self.sites,
            threads: self.threads,
            nodes: self.nodes,
            waits: self.waits,
            gcs: self.gcs,
            collections: self.collections,
            stops: self.stops,
            partials: self.partials,
            latencies: self.latencies,
            allocations: self.allocations,
        }
    }

    /// A copy of the profile, taken apart.
    pub fn parts(&self) -> Parts {
        self.clone().into_parts()
    }

    /// The profile made of `parts`.
    ///
    /// # Errors
    ///
    /// What is wrong first, if anything is that reports and merges rely on. See
    /// [`check`](Self::check).
    pub fn from_parts(parts: Parts) -> Result<Self, Inconsistent> {
        let profile = Self {
            measure_mode: parts.measure_mode,
            track_allocations: parts.track_allocations,
            c_calls: parts.c_calls,
            operators: parts.operators,
            costs: parts.costs,
            compensated: parts.compensated,
            clock: parts.clock,
            methods: parts.methods,
            files: parts.files,
            sites: parts.sites,
            threads: parts.threads,
            nodes: parts.nodes,
            waits: parts.waits,
            gcs: parts.gcs,
            collections: parts.collections,
            stops: parts.stops,
            partials: parts.partials,
            latencies: parts.latencies,
            allocations: parts.allocations,
        };
        profile.check()?;
        Ok(profile)
    }
}
