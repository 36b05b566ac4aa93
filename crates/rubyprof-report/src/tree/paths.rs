//! Which call paths a report shows.

use rubyprof_core::{NodeId, Profile};

use crate::options::{Column, Options};
use crate::selection::percent;

/// The call paths within the limits of a report.
///
/// A path is in if its own values are within the limits, or if it leads to one that is: what is
/// called from somewhere cannot be shown without that place. The root of a thread is always in.
pub(crate) struct Paths<'a> {
    pub(crate) profile: &'a Profile,
    /// The threads whose paths these are, by their index, in the order of the profile.
    pub(crate) threads: Vec<usize>,
    /// By node.
    kept: Vec<bool>,
    /// How many paths are in.
    pub(crate) shown: usize,
}

impl<'a> Paths<'a> {
    /// The paths of the threads with the indices `threads` that pass the filters of `options`.
    pub(crate) fn new(profile: &'a Profile, options: &Options, threads: Vec<usize>) -> Self {
        let mut paths = Self {
            profile,
            threads,
            kept: vec![false; profile.nodes().len()],
            shown: 0,
        };
        for index in 0..paths.threads.len() {
            paths.select(options, paths.threads[index]);
        }
        paths
    }

    fn select(&mut self, options: &Options, thread: usize) {
        let profile = self.profile;
        let root = profile.threads()[thread].root;
        let total = profile.node(root).total;
        let depths = options.max_depth.map(|limit| (limit, self.depths(root)));
        self.kept[root.index()] = true;
        // Backwards, callees come before their callers.
        let end = root.0 + profile.subtree(root).len() as u32;
        for id in (root.0..end).rev().map(NodeId) {
            let deep = depths
                .as_ref()
                .is_some_and(|(limit, depths)| depths[id.index() - root.index()] > *limit);
            if deep {
                continue;
            }
            let kept = self.kept[id.index()] || self.passes(options, id, total);
            if kept {
                self.shown += 1;
                self.kept[id.index()] = true;
                if let Some(parent) = profile.parent(id) {
                    self.kept[parent.index()] = true;
                }
            }
        }
    }

    /// The depths below `root`, in preorder.
    fn depths(&self, root: NodeId) -> Vec<u32> {
        let nodes = self.profile.subtree(root);
        let mut depths: Vec<u32> = Vec::with_capacity(nodes.len());
        for id in nodes {
            let parent = self.profile.parent(id).filter(|_| id != root);
            depths.push(parent.map_or(0, |parent| depths[parent.index() - root.index()] + 1));
        }
        depths
    }

    fn passes(&self, options: &Options, id: NodeId, total: u64) -> bool {
        let profile = self.profile;
        let value = match options.filter_by {
            Column::Total => profile.node(id).total,
            Column::SelfTime => profile.self_value(id),
            Column::Wait => profile.wait(id),
            Column::Children => profile.children_value(id),
        };
        let share = percent(value, total);
        // A bound that is not a number (NaN) limits nothing.
        let below = share < options.min_percent;
        let above = share > options.max_percent;
        !below && !above && profile.node(id).total >= options.min_value
    }

    /// Whether a path is in.
    pub(crate) fn has(&self, id: NodeId) -> bool {
        self.kept[id.index()]
    }

    /// All paths of the chosen threads: how many there are without any limit.
    pub(crate) fn all(&self) -> usize {
        let roots = self.threads.iter().map(|index| self.root(*index));
        roots.map(|root| self.profile.subtree(root).len()).sum()
    }

    /// The root of the thread with this index.
    pub(crate) fn root(&self, thread: usize) -> NodeId {
        self.profile.threads()[thread].root
    }

    /// The paths that are in, in preorder, thread after thread.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        let roots = self.threads.iter().map(|index| self.root(*index));
        roots
            .flat_map(|root| self.profile.subtree(root))
            .filter(|id| self.has(*id))
    }
}
