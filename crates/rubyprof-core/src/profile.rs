//! The finished profile: what a recorder leaves behind and every report reads.

use crate::allocation::Allocation;
use crate::latency::Latencies;
use crate::ledger::Stopped;
use crate::measure::MeasureMode;
use crate::method::{Method, MethodId};
use crate::overhead::Costs;
use crate::partial::Partial;
use crate::source::{FileId, Location};

/// Index of a call tree node in its [`Profile`].
///
/// Nodes are stored in preorder: a node stands before its callees, callees stand in the order of
/// their first call, and the nodes of a subtree are neighbours. Walking is a loop, never recursion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The id as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One call path: a method, called from the path of its parent. All calls along one path share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Calls counted on this path.
    pub called: u64,
    /// Measured between calls and their returns, callees included, in the profile's unit.
    pub total: u64,
    /// The part of `total` that no callee has, waiting included.
    pub(crate) own: u64,
    /// The profiler's part of the own time: in it, or taken off it if the profile [is
    /// compensated](Profile::is_compensated).
    pub overhead: u64,
    pub(crate) parent: u32,
    /// One past the last node of this subtree.
    pub(crate) end: u32,
    /// The method called.
    pub method: MethodId,
    pub(crate) site: u32,
}

pub(crate) const NO_PARENT: u32 = u32::MAX;

/// One fiber's calls. A Ruby thread has at least one fiber, so a thread without `Fiber`s is one of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The Ruby thread's object id.
    pub id: u64,
    /// The fiber's object id.
    pub fiber_id: u64,
    /// The root of its call tree.
    pub root: NodeId,
    /// Overhead that none of its nodes has time for, see [`Overhead::unexplained`](crate::Overhead::unexplained).
    pub unexplained: u64,
    /// What the processor's clock says of the Ruby thread, all its fibers together, in nanoseconds. Only the first of
    /// them has it, and none where it is not known.
    pub cpu: Option<u64>,
}

/// A finished, immutable profile.
///
/// Numbers are in [`MeasureMode::unit`]: nanoseconds or objects. Nothing in it is altered by reports;
/// compensation, filters and merges are functions that make another profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// What was measured.
    pub measure_mode: MeasureMode,
    /// Whether allocated objects were recorded by class and line.
    pub track_allocations: bool,
    /// Whether calls of C functions were recorded (else Ruby methods only).
    pub c_calls: bool,
    /// Whether instructions that the VM inlines (`1 + 2`, `array[0]`) were counted as calls of C functions.
    pub operators: bool,
    /// What the profiler's work costs, as far as it is known.
    pub costs: Costs,
    /// The clock that was read, in words, for the head of a report.
    pub clock: String,
    pub(crate) compensated: bool,
    pub(crate) methods: Vec<Method>,
    pub(crate) files: Vec<String>,
    pub(crate) sites: Vec<Location>,
    pub(crate) threads: Vec<Thread>,
    pub(crate) nodes: Vec<Node>,
    /// Waiting time of the nodes that waited, by node.
    pub(crate) waits: Vec<(NodeId, u64)>,
    /// GC time of the nodes in which garbage was collected, by node.
    pub(crate) gcs: Vec<(NodeId, u64)>,
    /// How often the garbage collector set to work in these nodes, by node.
    pub(crate) collections: Vec<(NodeId, u64)>,
    /// For how long nodes had stopped, of those that had, by node.
    pub(crate) stops: Vec<(NodeId, Stopped)>,
    /// The nodes with calls that were not recorded in full, by node.
    pub(crate) partials: Vec<(NodeId, Partial)>,
    /// How long single calls took, as measured whether the profile is compensated or not.
    pub(crate) latencies: Latencies,
    pub(crate) allocations: Vec<Allocation>,
}

impl Profile {
    /// The threads (fibers), in the order they were first seen.
    pub fn threads(&self) -> &[Thread] {
        &self.threads
    }

    /// All methods of all threads.
    pub fn methods(&self) -> &[Method] {
        &self.methods
    }

    /// The method `id` stands for.
    pub fn method(&self, id: MethodId) -> &Method {
        &self.methods[id.index()]
    }

    /// The name of a source file.
    pub fn file(&self, id: FileId) -> &str {
        &self.files[id.index()]
    }

    /// All call tree nodes of all threads, in preorder, thread after thread.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// One node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The caller's node; `None` at a root.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        match self.node(id).parent {
            NO_PARENT => None,
            parent => Some(NodeId(parent)),
        }
    }

    /// The node and all nodes below it, in preorder.
    pub fn subtree(&self, id: NodeId) -> impl ExactSizeIterator<Item = NodeId> + use<> {
        (id.0..self.node(id).end).map(NodeId)
    }

    /// The callees' nodes, in the order of their first call.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.node(id).end;
        let first = (id.0 + 1 < end).then_some(NodeId(id.0 + 1));
        std::iter::successors(first, move |child| {
            let next = self.node(*child).end;
            (next < end).then_some(NodeId(next))
        })
    }

    /// Where the parent was when it first called this path.
    pub fn call_site(&self, id: NodeId) -> Location {
        self.sites[self.node(id).site as usize]
    }

    /// Measured in the method itself on this path: not in callees, not while waiting.
    pub fn self_value(&self, id: NodeId) -> u64 {
        self.node(id).own.saturating_sub(self.wait(id))
    }

    /// Spent waiting on this path while another thread or fiber ran.
    pub fn wait(&self, id: NodeId) -> u64 {
        number_of(&self.waits, id)
    }

    /// The part of self time in which garbage was collected.
    pub fn gc(&self, id: NodeId) -> u64 {
        number_of(&self.gcs, id)
    }

    /// How often the garbage collector set to work in that time: a collection may be done in many steps.
    pub fn collections(&self, id: NodeId) -> u64 {
        number_of(&self.collections, id)
    }

    /// GC time of all nodes.
    pub fn gc_total(&self) -> u64 {
        self.gcs
            .iter()
            .fold(0, |sum, (_, gc)| sum.saturating_add(*gc))
    }

    /// Measured in the callees of this path.
    pub fn children_value(&self, id: NodeId) -> u64 {
        self.node(id).total.saturating_sub(self.node(id).own)
    }

    /// Calls from the root to this node; 0 at a root.
    pub fn depth(&self, id: NodeId) -> usize {
        std::iter::successors(self.parent(id), |node| self.parent(*node)).count()
    }

    /// The thread whose tree holds this node.
    pub fn thread_of(&self, id: NodeId) -> Option<&Thread> {
        self.threads.get(self.thread_index_of(id)?)
    }

    /// The index of the thread whose tree holds this node.
    pub fn thread_index_of(&self, id: NodeId) -> Option<usize> {
        self.threads
            .partition_point(|thread| thread.root <= id)
            .checked_sub(1)
    }

    /// The same with every measured number changed by `change`, to another unit for instance.
    pub fn with_numbers(mut self, change: impl Fn(u64) -> u64) -> Self {
        for node in &mut self.nodes {
            node.total = change(node.total);
            node.own = change(node.own);
            node.overhead = change(node.overhead);
        }
        for (_, number) in self.waits.iter_mut().chain(&mut self.gcs) {
            *number = change(*number);
        }
        for (_, stopped) in &mut self.stops {
            *stopped = stopped.map(&change);
        }
        self.latencies = self.latencies.with_numbers(&change);
        for thread in &mut self.threads {
            thread.unexplained = change(thread.unexplained);
            thread.cpu = thread.cpu.map(&change);
        }
        self
    }

    /// Sum of the roots' totals of all threads.
    pub fn total(&self) -> u64 {
        self.threads
            .iter()
            .map(|thread| self.node(thread.root).total)
            .fold(0, u64::saturating_add)
    }

    /// Allocations recorded by class and line, ordered by thread, method, then first occurrence.
    /// Empty unless [`track_allocations`](Self::track_allocations).
    pub fn allocations(&self) -> &[Allocation] {
        &self.allocations
    }

    /// One thread's [`allocations`](Self::allocations).
    pub fn allocations_of_thread(&self, thread: u32) -> &[Allocation] {
        let start = self.allocations.partition_point(|one| one.thread < thread);
        let end = self.allocations.partition_point(|one| one.thread <= thread);
        &self.allocations[start..end]
    }

    /// The indexes of one method's [`allocations`](Self::allocations) in one thread.
    pub fn allocations_of(&self, thread: u32, method: MethodId) -> std::ops::Range<usize> {
        let key = (thread, method);
        let key_of = |allocation: &Allocation| (allocation.thread, allocation.method);
        let start = self
            .allocations
            .partition_point(|other| key_of(other) < key);
        let end = self
            .allocations
            .partition_point(|other| key_of(other) <= key);
        start..end
    }
}

/// A number that only some nodes have, by node.
fn number_of(numbers: &[(NodeId, u64)], id: NodeId) -> u64 {
    match numbers.binary_search_by_key(&id, |(node, _)| *node) {
        Ok(index) => numbers[index].1,
        Err(_) => 0,
    }
}

const _: () = assert!(size_of::<Node>() <= 48);
