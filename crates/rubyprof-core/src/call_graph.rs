//! The call graph: a call tree folded by method, with callers and callees.
//!
//! Recursion makes naive sums wrong: a method below itself would count its time twice. Here a
//! method's total counts outermost activations only, and a caller/callee row counts only calls
//! that are not inside another call along the same edge. So no row exceeds its thread's total.

use std::collections::HashMap;

use crate::forest::Numbers;
use crate::hash::BuildMix;
use crate::ledger::Stopped;
use crate::method::MethodId;
use crate::overhead::{Doubt, Doubts};
use crate::partial::Partial;
use crate::profile::{NodeId, Profile, Thread};
use crate::source::Location;

/// The sums of one method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MethodRow {
    /// The method.
    pub method: MethodId,
    /// Calls.
    pub called: u64,
    /// Measured in outermost activations, callees included.
    pub total: u64,
    /// Measured in the method itself, in all activations.
    pub own: u64,
    /// Waited in the method itself.
    pub wait: u64,
    /// The part of self time in which garbage was collected.
    pub gc: u64,
    /// For how long it had stopped, as [`Profile::stopped`].
    pub stopped: Stopped,
    /// The profiler's part of self time: in it, or taken off it, as [`Node::overhead`](crate::Node::overhead).
    pub overhead: u64,
    /// Calls that were not recorded in full.
    pub partial: Partial,
    /// How uncertain self time is.
    pub doubt: Doubt,
    /// How uncertain `total` is; with the profiler's part of it.
    pub total_doubt: Doubt,
    /// Called while already active on the same fiber, directly or through others.
    pub recursive: bool,
    /// Smallest number of calls between a root and the method.
    pub min_depth: u32,
    /// The first node of the method.
    pub first_node: NodeId,
}

/// The sums of all calls of one method by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Who calls.
    pub caller: MethodId,
    /// Who is called.
    pub callee: MethodId,
    /// Calls.
    pub called: u64,
    /// Measured in the callee, its callees included, when called so; nested calls along the same
    /// edge counted once.
    pub total: u64,
    /// Measured in the callee itself when called so.
    pub own: u64,
    /// Waited in the callee itself when called so.
    pub wait: u64,
    /// The part of that self time in which garbage was collected.
    pub gc: u64,
    /// For how long it had stopped, as [`Profile::stopped`].
    pub stopped: Stopped,
    /// The profiler's part of that self time: in it, or taken off it.
    pub overhead: u64,
    /// Those of these calls that were not recorded in full.
    pub partial: Partial,
    /// How uncertain self time is.
    pub doubt: Doubt,
    /// How uncertain `total` is; with the profiler's part of it.
    pub total_doubt: Doubt,
    /// Where the caller was at the first of these calls.
    pub call_site: Location,
    /// The first node of the callee below the caller.
    pub first_node: NodeId,
}

/// What rows and edges have alike.
macro_rules! sums {
    ($sums:ty) => {
        impl $sums {
            /// Its numbers, but how often garbage was collected.
            pub fn numbers(&self) -> Numbers {
                Numbers {
                    called: self.called,
                    total: self.total,
                    own: self.own,
                    wait: self.wait,
                    gc: self.gc,
                    collections: 0,
                    stopped: self.stopped,
                    overhead: self.overhead,
                    partial: self.partial,
                }
            }

            /// Measured in callees: `total - own - wait`.
            pub fn children(&self) -> u64 {
                self.numbers().children()
            }
        }
    };
}

sums!(MethodRow);
sums!(Edge);

/// Methods and edges of one thread or of several.
#[derive(Clone, Debug, Default)]
pub struct CallGraph {
    total: u64,
    rows: Vec<MethodRow>,
    row_of_method: Vec<Option<u32>>,
    edges: Vec<Edge>,
    callers: Vec<Vec<u32>>,
    callees: Vec<Vec<u32>>,
}

impl CallGraph {
    /// The call graph of one thread.
    pub fn of_thread(profile: &Profile, thread: &Thread) -> Self {
        Self::of_threads(profile, std::slice::from_ref(thread))
    }

    /// The call graph of all threads together.
    pub fn of_all(profile: &Profile) -> Self {
        Self::of_threads(profile, profile.threads())
    }

    /// The call graph of `threads`, which must belong to `profile`.
    pub fn of_threads(profile: &Profile, threads: &[Thread]) -> Self {
        let mut folder = Folder::new(profile);
        for thread in threads {
            folder.fold(thread);
        }
        folder.graph
    }

    /// Sum of the roots' totals: what 100 % stands for.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// One row a method, in preorder of the first node.
    pub fn rows(&self) -> &[MethodRow] {
        &self.rows
    }

    /// The row of a method; `None` if it was not called here.
    pub fn row(&self, method: MethodId) -> Option<&MethodRow> {
        self.rows.get(self.row_index(method)?)
    }

    /// All edges, in preorder of the first node.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Who calls `method`, in preorder of the first node.
    pub fn callers(&self, method: MethodId) -> impl ExactSizeIterator<Item = &Edge> {
        self.caller_indexes(method)
            .iter()
            .map(|edge| &self.edges[*edge as usize])
    }

    /// Whom `method` calls, in preorder of the first node.
    pub fn callees(&self, method: MethodId) -> impl ExactSizeIterator<Item = &Edge> {
        self.callee_indexes(method)
            .iter()
            .map(|edge| &self.edges[*edge as usize])
    }

    /// [`callers`](Self::callers) as indexes into [`edges`](Self::edges).
    pub fn caller_indexes(&self, method: MethodId) -> &[u32] {
        self.row_index(method).map_or(&[], |row| &self.callers[row])
    }

    /// [`callees`](Self::callees) as indexes into [`edges`](Self::edges).
    pub fn callee_indexes(&self, method: MethodId) -> &[u32] {
        self.row_index(method).map_or(&[], |row| &self.callees[row])
    }

    /// The index of a method's row; `None` if it was not called here.
    pub fn row_index(&self, method: MethodId) -> Option<usize> {
        let row = (*self.row_of_method.get(method.index())?)?;
        Some(row as usize)
    }
}

/// A node whose subtree is being folded.
struct Open {
    end: u32,
    row: u32,
    edge: Option<u32>,
}

struct Folder<'a> {
    profile: &'a Profile,
    graph: CallGraph,
    edge_of: HashMap<(u32, u32), u32, BuildMix>,
    active_rows: Vec<u32>,
    active_edges: Vec<u32>,
    open: Vec<Open>,
    /// What is left of the profile's waits and GC times, which are sorted by node as the walk is.
    waits: &'a [(NodeId, u64)],
    gcs: &'a [(NodeId, u64)],
    stops: &'a [(NodeId, Stopped)],
    /// Of the thread's nodes; empty if times are as they were measured.
    doubts: Vec<Doubts>,
    /// The thread's.
    root: NodeId,
}

impl<'a> Folder<'a> {
    fn new(profile: &'a Profile) -> Self {
        let graph = CallGraph {
            row_of_method: vec![None; profile.methods().len()],
            ..CallGraph::default()
        };
        Self {
            profile,
            graph,
            edge_of: HashMap::default(),
            active_rows: Vec::new(),
            active_edges: Vec::new(),
            open: Vec::new(),
            waits: &profile.waits,
            gcs: &profile.gcs,
            stops: &profile.stops,
            doubts: Vec::new(),
            root: NodeId(0),
        }
    }

    fn fold(&mut self, thread: &Thread) {
        let root = thread.root;
        add(&mut self.graph.total, self.profile.node(root).total);
        self.waits = from(&self.profile.waits, root);
        self.gcs = from(&self.profile.gcs, root);
        self.stops = from(&self.profile.stops, root);
        self.doubts = self.profile.doubts(root);
        self.root = root;
        for id in self.profile.subtree(root) {
            self.close_before(id.0);
            self.add(id);
        }
        self.close_before(u32::MAX);
    }

    fn close_before(&mut self, index: u32) {
        while let Some(open) = self.open.pop_if(|open| open.end <= index) {
            self.active_rows[open.row as usize] -= 1;
            if let Some(edge) = open.edge {
                self.active_edges[edge as usize] -= 1;
            }
        }
    }

    fn add(&mut self, id: NodeId) {
        let (wait, gc) = (next(&mut self.waits, id), next(&mut self.gcs, id));
        let stopped = next(&mut self.stops, id);
        let partial = self.profile.partial(id);
        let node = self.profile.node(id);
        let own = node.own.saturating_sub(wait);
        let place = id.index() - self.root.index();
        let doubts = self.doubts.get(place).copied().unwrap_or_default();
        let caller = self.open.last().map(|open| open.row);
        let row = self.row(id);
        let sums = &mut self.graph.rows[row as usize];
        add(&mut sums.called, node.called);
        add(&mut sums.own, own);
        add(&mut sums.wait, wait);
        add(&mut sums.gc, gc);
        sums.stopped.add(stopped);
        add(&mut sums.overhead, node.overhead);
        sums.partial.add(partial);
        sums.recursive |= partial.recursive > 0;
        sums.doubt.add(doubts.own);
        let active = &mut self.active_rows[row as usize];
        if *active == 0 {
            add(&mut sums.total, node.total);
            sums.total_doubt.add(doubts.total);
        } else {
            sums.recursive = true;
        }
        *active += 1;
        let edge = caller.map(|caller| {
            let edge = self.edge(caller, row, id);
            let sums = &mut self.graph.edges[edge as usize];
            add(&mut sums.called, node.called);
            add(&mut sums.own, own);
            add(&mut sums.wait, wait);
            add(&mut sums.gc, gc);
            sums.stopped.add(stopped);
            add(&mut sums.overhead, node.overhead);
            sums.partial.add(partial);
            sums.doubt.add(doubts.own);
            let active = &mut self.active_edges[edge as usize];
            if *active == 0 {
                add(&mut sums.total, node.total);
                sums.total_doubt.add(doubts.total);
            }
            *active += 1;
            edge
        });
        self.open.push(Open {
            end: node.end,
            row,
            edge,
        });
    }

    fn row(&mut self, id: NodeId) -> u32 {
        let method = self.profile.node(id).method;
        let depth = self.open.len() as u32;
        if let Some(row) = self.graph.row_of_method[method.index()] {
            let known = &mut self.graph.rows[row as usize];
            known.min_depth = known.min_depth.min(depth);
            return row;
        }
        let row = self.graph.rows.len() as u32;
        self.graph.row_of_method[method.index()] = Some(row);
        self.graph.rows.push(MethodRow {
            method,
            called: 0,
            total: 0,
            own: 0,
            wait: 0,
            gc: 0,
            stopped: Stopped::default(),
            overhead: 0,
            partial: Partial::default(),
            doubt: Doubt::default(),
            total_doubt: Doubt::default(),
            recursive: false,
            min_depth: depth,
            first_node: id,
        });
        self.graph.callers.push(Vec::new());
        self.graph.callees.push(Vec::new());
        self.active_rows.push(0);
        row
    }

    fn edge(&mut self, caller: u32, callee: u32, id: NodeId) -> u32 {
        let next = self.graph.edges.len() as u32;
        let edge = *self.edge_of.entry((caller, callee)).or_insert(next);
        if edge == next {
            self.graph.edges.push(Edge {
                caller: self.graph.rows[caller as usize].method,
                callee: self.graph.rows[callee as usize].method,
                called: 0,
                total: 0,
                own: 0,
                wait: 0,
                gc: 0,
                stopped: Stopped::default(),
                overhead: 0,
                partial: Partial::default(),
                doubt: Doubt::default(),
                total_doubt: Doubt::default(),
                call_site: self.profile.call_site(id),
                first_node: id,
            });
            self.graph.callers[callee as usize].push(edge);
            self.graph.callees[caller as usize].push(edge);
            self.active_edges.push(0);
        }
        edge
    }
}

/// The numbers of a node and those after it.
fn from<T>(numbers: &[(NodeId, T)], first: NodeId) -> &[(NodeId, T)] {
    &numbers[numbers.partition_point(|(node, _)| *node < first)..]
}

/// The number of a node, which is asked for after the nodes before it.
fn next<T: Copy + Default>(numbers: &mut &[(NodeId, T)], id: NodeId) -> T {
    match numbers.split_first() {
        Some(((node, number), others)) if *node == id => {
            *numbers = others;
            *number
        }
        _ => T::default(),
    }
}

/// Hand-made numbers may be of any size: a sum is at most the largest there is.
fn add(sum: &mut u64, value: u64) {
    *sum = sum.saturating_add(value);
}
