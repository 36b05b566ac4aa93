//! Two runs of one profile as one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::allocation::Allocation;
use crate::hash::BuildMix;
use crate::layout::{Draft, preorder};
use crate::method::{MethodId, MethodKey, OwnerKind};
use crate::profile::{NO_PARENT, Node, NodeId, Profile, Thread};
use crate::source::{FileId, Location, Sources};

impl Profile {
    /// This profile with a later run of the same process added.
    ///
    /// Methods are the same when their keys are. Trees of the same fiber with the same root method
    /// become one tree: calls along the same path add up. Other trees stand side by side.
    pub fn followed_by(&self, later: &Profile) -> Profile {
        let mut merger = Merger::default();
        merger.add(self);
        merger.add(later);
        merger.finish(later)
    }
}

/// Thread, method, place and class of allocated objects.
type TallyKey = (u32, MethodId, Location, String, OwnerKind);

#[derive(Default)]
struct Merger {
    profile: Profile,
    sources: Sources,
    methods: HashMap<MethodKey, MethodId, BuildMix>,
    drafts: Vec<Draft>,
    children: HashMap<(u32, u32), u32, BuildMix>,
    roots: Vec<(Thread, u32)>,
    /// Positions in `roots`, by thread, fiber and root method.
    threads: HashMap<(u64, u64, u32), usize, BuildMix>,
    /// Positions in the profile's allocations.
    tallied: HashMap<TallyKey, usize>,
    waits: HashMap<u32, u64, BuildMix>,
}

impl Merger {
    fn add(&mut self, part: &Profile) {
        let methods: Vec<MethodId> = (0..part.methods.len())
            .map(|index| self.method(part, index))
            .collect();
        for thread in &part.threads {
            let nodes = &part.nodes[thread.root.index()..];
            let root = self.root(thread, methods[nodes[0].method.index()]);
            // Preorder: a node's parent is placed before the node.
            let mut placed: Vec<u32> = Vec::new();
            for id in part.subtree(thread.root) {
                let node = part.node(id);
                let site = self.site(part, part.call_site(id));
                let draft = match part.parent(id) {
                    None => root,
                    Some(parent) => {
                        let parent = placed[(parent.0 - thread.root.0) as usize];
                        self.child(parent, methods[node.method.index()], site)
                    }
                };
                if self.drafts[draft as usize].called == 0 {
                    self.drafts[draft as usize].site = site;
                }
                self.accumulate(draft, node, part.wait(id));
                placed.push(draft);
            }
        }
        for allocation in &part.allocations {
            let thread = &part.threads[allocation.thread as usize];
            let root = methods[part.node(thread.root).method.index()];
            let mut merged = allocation.clone();
            merged.thread = self.threads[&identity(thread, root)] as u32;
            merged.method = methods[allocation.method.index()];
            merged.location = self.location(part, allocation.location);
            self.add_allocation(merged);
        }
    }

    fn add_allocation(&mut self, allocation: Allocation) {
        let allocations = &mut self.profile.allocations;
        let key = (
            allocation.thread,
            allocation.method,
            allocation.location,
            allocation.class_name.clone(),
            allocation.owner_kind,
        );
        match self.tallied.entry(key) {
            Entry::Occupied(known) => {
                let sums = &mut allocations[*known.get()];
                sums.count += allocation.count;
                sums.bytes += allocation.bytes;
            }
            Entry::Vacant(new) => {
                new.insert(allocations.len());
                allocations.push(allocation);
            }
        }
    }

    fn accumulate(&mut self, draft: u32, node: &Node, wait: u64) {
        let sums = &mut self.drafts[draft as usize];
        sums.called += node.called;
        sums.total += node.total;
        if wait > 0 {
            *self.waits.entry(draft).or_default() += wait;
        }
    }

    fn method(&mut self, part: &Profile, index: usize) -> MethodId {
        let method = &part.methods[index];
        let file = method.file.map(|file| self.file(part, file));
        let methods = &mut self.profile.methods;
        *self.methods.entry(method.key).or_insert_with(|| {
            let mut method = method.clone();
            method.file = file;
            methods.push(method);
            MethodId(methods.len() as u32 - 1)
        })
    }

    fn root(&mut self, thread: &Thread, method: MethodId) -> u32 {
        let position = self.threads.entry(identity(thread, method));
        if let Entry::Occupied(known) = &position {
            return self.roots[*known.get()].1;
        }
        position.or_insert(self.roots.len());
        let draft = self.push(NO_PARENT, method, 0);
        self.roots.push((thread.clone(), draft));
        draft
    }

    fn child(&mut self, parent: u32, method: MethodId, site: u32) -> u32 {
        if let Some(draft) = self.children.get(&(parent, method.0)) {
            return *draft;
        }
        let draft = self.push(parent, method, site);
        self.children.insert((parent, method.0), draft);
        draft
    }

    fn push(&mut self, parent: u32, method: MethodId, site: u32) -> u32 {
        self.drafts.push(Draft {
            called: 0,
            total: 0,
            parent,
            method,
            site,
        });
        self.drafts.len() as u32 - 1
    }

    fn file(&mut self, part: &Profile, file: FileId) -> FileId {
        self.sources.file(part.file(file).as_bytes())
    }

    fn location(&mut self, part: &Profile, location: Location) -> Location {
        Location {
            file: location.file.map(|file| self.file(part, file)),
            line: location.line,
        }
    }

    fn site(&mut self, part: &Profile, location: Location) -> u32 {
        let location = self.location(part, location);
        self.sources.site(location)
    }

    fn finish(mut self, settings: &Profile) -> Profile {
        let roots: Vec<u32> = self.roots.iter().map(|(_, root)| *root).collect();
        let (nodes, placed) = preorder(&self.drafts, &roots);
        let place = |draft: u32| placed[draft as usize];
        let mut waits: Vec<(NodeId, u64)> = self
            .waits
            .iter()
            .filter_map(|(draft, wait)| Some((place(*draft)?, *wait)))
            .collect();
        waits.sort_unstable();
        self.profile
            .allocations
            .sort_by_key(|allocation| (allocation.thread, allocation.method));
        self.profile.threads = self
            .roots
            .into_iter()
            .filter_map(|(thread, root)| {
                Some(Thread {
                    root: place(root)?,
                    ..thread
                })
            })
            .collect();
        Profile {
            measure_mode: settings.measure_mode,
            track_allocations: settings.track_allocations,
            c_calls: settings.c_calls,
            clock: settings.clock.clone(),
            files: self.sources.files,
            sites: self.sources.sites,
            nodes,
            waits,
            ..self.profile
        }
    }
}

/// What makes two trees one: the same fiber, and the same root method.
fn identity(thread: &Thread, root: MethodId) -> (u64, u64, u32) {
    (thread.id, thread.fiber_id, root.0)
}
