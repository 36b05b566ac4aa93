//! A test's profile without the framework that ran it.

use crate::method::MethodId;
use crate::profile::{NodeId, Profile};
use crate::source::FileId;
use crate::weave::{Identity, Onto, Weaver};

/// Whose code a file is, told by how its path begins.
#[derive(Clone, Debug, Default)]
pub struct Framework {
    /// The framework's own: directories with a slash at the end, or files.
    pub own: Vec<String>,
    /// Libraries, Ruby's for instance, that the framework as well as the program may use.
    pub libraries: Vec<String>,
}

/// Whose code something is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Framework,
    Library,
    Program,
}

impl Framework {
    fn owner(&self, path: &str) -> Owner {
        let begins = |list: &[String]| list.iter().any(|start| path.starts_with(start.as_str()));
        if begins(&self.own) {
            Owner::Framework
        } else if begins(&self.libraries) {
            Owner::Library
        } else {
            Owner::Program
        }
    }
}

impl Profile {
    /// This profile without the methods of a test framework, and without what it called for its own ends: C functions
    /// and libraries, up to where they call the program's code again. Their time is their caller's.
    ///
    /// A tree that begins in the framework begins outside any method then. A function that a test's own code calls
    /// stays, whatever ran that code.
    pub fn without_framework(&self, framework: &Framework) -> Profile {
        let of_file: Vec<Owner> = self
            .files
            .iter()
            .map(|path| framework.owner(path))
            .collect();
        let owner = |file: FileId| of_file[file.index()];
        let hidden = self.hidden_nodes(&owner);
        let mut weaver = Weaver::new(Identity::Name);
        let methods = weaver.methods_of(self);
        let top_level = weaver.top_level();
        for (index, thread) in self.threads.iter().enumerate() {
            let own_root = self.node(thread.root).method;
            let root = if hidden[thread.root.index()] {
                top_level
            } else {
                methods[own_root.index()]
            };
            let (into, root) = weaver.thread(thread.clone(), root);
            let hidden = |id: NodeId| hidden[id.index()];
            weaver.tree(self, &methods, index, into, Onto::Root(root), hidden);
        }
        let mut rest = weaver.finish(self);
        rest.drop_unused_methods();
        rest
    }

    /// For each node whether it is the framework's, or what the framework called.
    fn hidden_nodes(&self, owner: &impl Fn(FileId) -> Owner) -> Vec<bool> {
        let method_owner = |id: MethodId| self.method(id).file.map_or(Owner::Library, owner);
        let mut hidden = vec![false; self.nodes.len()];
        for index in 0..self.nodes.len() {
            let id = NodeId(index as u32);
            let method = self.node(id).method;
            hidden[index] = match (method_owner(method), self.parent(id)) {
                (Owner::Framework, _) => true,
                (Owner::Program, _) => false,
                // The run's own thread begins in whatever the framework happened to be in.
                (Owner::Library, None) => {
                    self.threads.first().is_some_and(|first| first.root == id)
                }
                (Owner::Library, Some(parent)) => {
                    match self.call_site(id).file.map(owner) {
                        Some(Owner::Framework) => true,
                        Some(Owner::Program) => false,
                        // Within a library, or by a C function: for whom that works.
                        Some(Owner::Library) | None => hidden[parent.index()],
                    }
                }
            };
        }
        hidden
    }

    /// This profile with no more than `limit` call paths, those with the largest totals; calls along others are their
    /// callers'. Roots always stay. `None` if it has no more than that.
    pub fn pruned(&self, limit: usize) -> Option<Profile> {
        if self.nodes.len() <= limit {
            return None;
        }
        // A caller's total is never less than its callee's and it stands first, so that no path loses its beginning.
        let mut by_total: Vec<u32> = (0..self.nodes.len() as u32).collect();
        by_total.sort_by_key(|index| std::cmp::Reverse(self.nodes[*index as usize].total));
        let mut hidden = vec![true; self.nodes.len()];
        for index in by_total.into_iter().take(limit) {
            hidden[index as usize] = false;
        }
        let mut weaver = Weaver::new(Identity::Name);
        let methods = weaver.methods_of(self);
        for (index, thread) in self.threads.iter().enumerate() {
            let root = methods[self.node(thread.root).method.index()];
            let (into, root) = weaver.thread(thread.clone(), root);
            let hidden = |id: NodeId| hidden[id.index()];
            weaver.tree(self, &methods, index, into, Onto::Root(root), hidden);
        }
        let mut rest = weaver.finish(self);
        rest.drop_unused_methods();
        Some(rest)
    }

    /// Calls of all paths; a root is none.
    pub fn calls(&self) -> u64 {
        let roots = self.threads.iter().map(|thread| thread.root);
        let all = self.nodes.iter().map(|node| node.called);
        let all = all.fold(0, u64::saturating_add);
        roots.fold(all, |sum, root| sum.saturating_sub(self.node(root).called))
    }
}
