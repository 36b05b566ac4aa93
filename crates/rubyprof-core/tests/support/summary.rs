//! A profile as plain nested values, which the real recorder and the reference model both come to.

use rubyprof_core::{LatencyCounts, Location, NodeId, Profile};

use super::host;
use super::tape::Place;

/// Everything a profile says in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) threads: Vec<ThreadSummary>,
    /// The methods, in their order.
    pub(crate) methods: Vec<usize>,
    pub(crate) allocations: Vec<AllocationSummary>,
    pub(crate) unmatched: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ThreadSummary {
    pub(crate) id: u64,
    pub(crate) fiber_id: u64,
    pub(crate) root: Tree,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tree {
    pub(crate) method: usize,
    pub(crate) called: u64,
    pub(crate) total: u64,
    pub(crate) own: u64,
    pub(crate) wait: u64,
    pub(crate) site: Place,
    pub(crate) latency: LatencyCounts,
    pub(crate) children: Vec<Tree>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AllocationSummary {
    pub(crate) thread: usize,
    pub(crate) method: usize,
    pub(crate) class: String,
    pub(crate) place: Place,
    pub(crate) count: u64,
}

impl Summary {
    pub(crate) fn of(profile: &Profile, unmatched: u64) -> Self {
        let place = |location: Location| -> Place {
            let file = location.file.map(|file| profile.file(file).to_owned());
            (file, location.line)
        };
        let methods = profile.methods().iter().map(|method| {
            let number = host::number(method.key);
            let definition = Location {
                file: method.file,
                line: method.line,
            };
            assert_eq!(place(definition), host::definition(number));
            number
        });
        let allocations = profile.allocations().iter().map(|one| AllocationSummary {
            thread: one.thread as usize,
            method: host::number(profile.method(one.method).key),
            class: one.class_name.clone(),
            place: place(one.location),
            count: one.count,
        });
        let threads = profile.threads().iter().map(|thread| ThreadSummary {
            id: thread.id,
            fiber_id: thread.fiber_id,
            root: tree(profile, thread.root, &place),
        });
        Self {
            threads: threads.collect(),
            methods: methods.collect(),
            allocations: allocations.collect(),
            unmatched,
        }
    }

    /// This run with a later one added, from the rules in the documentation of
    /// [`Profile::followed_by`] and [`Profile::allocations`].
    pub(crate) fn followed_by(mut self, later: &Self) -> Self {
        for method in &later.methods {
            if !self.methods.contains(method) {
                self.methods.push(*method);
            }
        }
        // Where each thread of the later run goes.
        let mut goes_to = Vec::new();
        for thread in &later.threads {
            let same = self.threads.iter().position(|known| {
                known.id == thread.id
                    && known.fiber_id == thread.fiber_id
                    && known.root.method == thread.root.method
            });
            match same {
                Some(index) => self.threads[index].root.add(&thread.root),
                None => self.threads.push(thread.clone()),
            }
            goes_to.push(same.unwrap_or(self.threads.len() - 1));
        }
        for allocation in &later.allocations {
            let mut allocation = allocation.clone();
            allocation.thread = goes_to[allocation.thread];
            let same = self.allocations.iter_mut().find(|known| {
                (known.thread, known.method) == (allocation.thread, allocation.method)
                    && known.class == allocation.class
                    && known.place == allocation.place
            });
            match same {
                Some(known) => known.count += allocation.count,
                None => self.allocations.push(allocation),
            }
        }
        self.sort_allocations();
        self
    }

    /// By thread, then by method; what was made first stays first.
    pub(crate) fn sort_allocations(&mut self) {
        let methods = &self.methods;
        self.allocations.sort_by_key(|allocation| {
            let method = methods.iter().position(|one| *one == allocation.method);
            (allocation.thread, method)
        });
    }
}

impl Tree {
    /// Adds the calls of a tree with the same root method.
    fn add(&mut self, other: &Self) {
        self.called += other.called;
        self.total += other.total;
        self.own += other.own;
        self.wait += other.wait;
        self.latency.add_all(&other.latency);
        for theirs in &other.children {
            let ours = self.children.iter_mut();
            match ours.into_iter().find(|ours| ours.method == theirs.method) {
                Some(ours) => ours.add(theirs),
                None => self.children.push(theirs.clone()),
            }
        }
    }

    /// Method, called, total, self, wait: what most tests written by hand look at.
    pub(crate) fn numbers(&self) -> (usize, u64, u64, u64, u64) {
        (self.method, self.called, self.total, self.own, self.wait)
    }
}

fn tree(profile: &Profile, id: NodeId, place: &impl Fn(Location) -> Place) -> Tree {
    let node = profile.node(id);
    Tree {
        method: host::number(profile.method(node.method).key),
        called: node.called,
        total: node.total,
        own: profile.self_value(id),
        wait: profile.wait(id),
        site: place(profile.call_site(id)),
        latency: profile
            .latencies()
            .of(id)
            .map_or_else(LatencyCounts::default, LatencyCounts::from),
        children: profile
            .children(id)
            .map(|child| tree(profile, child, place))
            .collect(),
    }
}
