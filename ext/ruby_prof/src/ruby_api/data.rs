//! A finished profile as the Ruby objects share it.

// The indexes are the profile's own; a panic would become InternalError.
#![expect(clippy::indexing_slicing)]

use std::sync::{Arc, OnceLock};

use magnus::{Class, Error, Module, RClass, Ruby};
use rubyprof_core::{CallGraph, MethodId, NodeId, Profile, Unit};

/// The profile and what is derived from it on demand.
///
/// Every Ruby object that shows a part of a profile owns a share of this, so that none depends on
/// another's life.
pub(crate) struct ProfileData {
    pub(crate) profile: Profile,
    threads: Vec<OnceLock<ThreadData>>,
}

/// What is derived from one thread's tree.
pub(crate) struct ThreadData {
    pub(crate) graph: CallGraph,
    /// The nodes of each row of the graph.
    nodes: Vec<Vec<NodeId>>,
}

/// A share of a profile.
pub(crate) type Shared = Arc<ProfileData>;

impl ProfileData {
    pub(crate) fn new(profile: Profile) -> Shared {
        let threads = profile.threads().iter().map(|_| OnceLock::new()).collect();
        Arc::new(Self { profile, threads })
    }

    /// What is derived from a thread, which must be one of the profile's.
    pub(crate) fn thread(&self, index: usize) -> &ThreadData {
        self.threads[index]
            .get_or_init(|| ThreadData::new(&self.profile, &self.profile.threads()[index]))
    }

    /// A measured number as Ruby sees it: seconds, or a number of objects.
    pub(crate) fn float(&self, value: u64) -> f64 {
        match self.profile.measure_mode.unit() {
            Unit::Nanoseconds => value as f64 / 1e9,
            Unit::Objects | Unit::Bytes => value as f64,
        }
    }
}

impl ThreadData {
    fn new(profile: &Profile, thread: &rubyprof_core::Thread) -> Self {
        let graph = CallGraph::of_thread(profile, thread);
        let mut nodes = vec![Vec::new(); graph.rows().len()];
        for id in profile.subtree(thread.root) {
            if let Some(row) = graph.row_index(profile.node(id).method) {
                nodes[row].push(id);
            }
        }
        Self { graph, nodes }
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
