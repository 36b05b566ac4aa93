//! A finished profile as readers see it, with what is derived from it on demand.

// The indexes are the profile's own; a panic would become InternalError.
#![expect(clippy::indexing_slicing)]

use std::ops::Range;
use std::sync::OnceLock;

use magnus::{Class, Error, Module, RClass, Ruby};
use rubyprof_core::{
    CallGraph, Doubt, Doubts, Latency, MethodId, MethodLatencies, NodeId, Profile, TreeLatencies,
    TwigId,
};

use super::store::float;

/// A profile and what is derived from it.
pub(crate) struct View {
    pub(crate) profile: Profile,
    threads: Vec<OnceLock<ThreadData>>,
    all: OnceLock<ThreadData>,
    /// How uncertain each node's times are; empty if they are as they were measured.
    doubts: OnceLock<Vec<Doubts>>,
    /// Where trees were changed by hand: the node of each twig, and the reverse.
    placed: Option<(Vec<NodeId>, Vec<TwigId>)>,
    /// By thread.
    trees: Vec<OnceLock<TreeLatencies>>,
}

/// What is derived from one thread's tree, or from several.
pub(crate) struct ThreadData {
    pub(crate) graph: CallGraph,
    /// The nodes of each row of the graph.
    nodes: Vec<Vec<NodeId>>,
    threads: Range<usize>,
    latencies: OnceLock<MethodLatencies>,
}

impl View {
    /// Of a profile as it was recorded: a node is the twig with its number.
    pub(crate) fn new(profile: Profile) -> Self {
        let threads = profile.threads().iter().map(|_| OnceLock::new()).collect();
        let trees = profile.threads().iter().map(|_| OnceLock::new()).collect();
        Self {
            profile,
            threads,
            all: OnceLock::new(),
            doubts: OnceLock::new(),
            placed: None,
            trees,
        }
    }

    /// Of trees made by hand; `placed` is the node of each twig.
    pub(crate) fn of_forest(profile: Profile, placed: Vec<NodeId>) -> Self {
        let mut twigs = vec![TwigId(0); profile.nodes().len()];
        for (twig, node) in placed.iter().enumerate() {
            twigs[node.index()] = TwigId(twig as u32);
        }
        Self {
            placed: Some((placed, twigs)),
            ..Self::new(profile)
        }
    }

    pub(crate) fn node_of(&self, twig: TwigId) -> NodeId {
        match &self.placed {
            None => NodeId(twig.0),
            Some((nodes, _)) => nodes[twig.index()],
        }
    }

    pub(crate) fn twig_of(&self, node: NodeId) -> TwigId {
        match &self.placed {
            None => TwigId(node.0),
            Some((_, twigs)) => twigs[node.index()],
        }
    }

    /// How long calls along a path took; `None` if no whole call was seen.
    pub(crate) fn latency(&self, node: NodeId) -> Option<Latency> {
        let index = self.profile.thread_index_of(node)?;
        let thread = &self.profile.threads()[index];
        let tree = &self.trees[index];
        tree.get_or_init(|| TreeLatencies::of_thread(&self.profile, thread))
            .of(&self.profile, node)
    }

    /// How uncertain a node's self time and total are, in the profile's unit.
    pub(crate) fn uncertainties(&self, node: NodeId) -> [f64; 2] {
        let all = self.doubts.get_or_init(|| {
            let roots = self.profile.threads().iter();
            roots
                .flat_map(|thread| self.profile.doubts(thread.root))
                .collect()
        });
        let of_node = all.get(node.index()).copied().unwrap_or_default();
        [of_node.own, of_node.total].map(|doubt| self.uncertainty(doubt))
    }

    /// In the profile's unit.
    pub(crate) fn uncertainty(&self, doubt: Doubt) -> f64 {
        let unit = self.profile.measure_mode.unit();
        float(self.profile.uncertainty(doubt), unit)
    }

    /// What is derived from a thread, which must be one of the profile's.
    pub(crate) fn thread(&self, index: usize) -> &ThreadData {
        self.threads[index].get_or_init(|| ThreadData::new(&self.profile, index..index + 1))
    }

    /// What is derived from all threads.
    pub(crate) fn all(&self) -> &ThreadData {
        self.all
            .get_or_init(|| ThreadData::new(&self.profile, 0..self.threads.len()))
    }
}

impl ThreadData {
    fn new(profile: &Profile, range: Range<usize>) -> Self {
        let threads = &profile.threads()[range.clone()];
        let graph = CallGraph::of_threads(profile, threads);
        let mut nodes = vec![Vec::new(); graph.rows().len()];
        for thread in threads {
            for id in profile.subtree(thread.root) {
                if let Some(row) = graph.row_index(profile.node(id).method) {
                    nodes[row].push(id);
                }
            }
        }
        Self {
            graph,
            nodes,
            threads: range,
            latencies: OnceLock::new(),
        }
    }

    /// How long calls of each method took. `profile` must be the one this is derived from.
    pub(crate) fn latencies(&self, profile: &Profile) -> &MethodLatencies {
        self.latencies.get_or_init(|| {
            let threads = &profile.threads()[self.threads.clone()];
            MethodLatencies::with_edges(profile, threads)
        })
    }

    /// All nodes of a method, in preorder.
    pub(crate) fn nodes_of(&self, method: MethodId) -> &[NodeId] {
        self.graph
            .row_index(method)
            .map_or(&[], |row| &self.nodes[row])
    }
}

/// Defines a class whose objects only the extension makes.
pub(crate) fn define_class(
    ruby: &Ruby,
    module: magnus::RModule,
    name: &str,
) -> Result<RClass, Error> {
    let class = module.define_class(name, ruby.class_object())?;
    class.undef_default_alloc_func();
    Ok(class)
}
