//! Between forests and profiles.

use super::{Forest, Numbers, TwigId, name_key};
use crate::allocation::Allocation;
use crate::latency::{Latencies, LatencyCounts};
use crate::method::MethodId;
use crate::profile::{NO_PARENT, Node, NodeId, Profile, Thread};
use crate::source::Sources;

impl Forest {
    /// The trees of a profile. A node's twig has the same number as the node.
    pub fn of_profile(profile: &Profile) -> Self {
        let mut forest = Self::new(profile.measure_mode);
        forest.settings = Profile {
            track_allocations: profile.track_allocations,
            c_calls: profile.c_calls,
            operators: profile.operators,
            costs: profile.costs,
            compensated: profile.compensated,
            clock: profile.clock.clone(),
            ..forest.settings
        };
        forest.methods = (0..profile.methods.len())
            .map(|index| forest.renamed(profile, index))
            .collect();
        for (index, method) in forest.methods.iter().enumerate() {
            let id = MethodId(index as u32);
            forest.by_name.entry(name_key(method)).or_insert(id);
        }
        let mut waits = profile.waits.iter().peekable();
        for index in 0..profile.nodes.len() {
            let id = NodeId(index as u32);
            let node = profile.node(id);
            let wait = waits.next_if(|(waiting, _)| *waiting == id);
            let wait = wait.map_or(0, |(_, wait)| *wait);
            let call_site = forest.relocated(profile, profile.call_site(id));
            let numbers = Numbers {
                called: node.called,
                total: node.total,
                own: node.own.saturating_sub(wait),
                wait,
                gc: profile.gc(id),
                collections: profile.collections(id),
                stopped: profile.stopped(id),
                overhead: node.overhead,
                partial: profile.partial(id),
            };
            let twig = forest.push(node.method, numbers, call_site);
            if let Some(parent) = profile.parent(id) {
                forest.link(TwigId(parent.0), twig);
            }
        }
        let latencies = profile.latencies.rows();
        forest.latencies = latencies
            .map(|row| (TwigId(row.node.0), row.into()))
            .collect();
        forest.threads = profile
            .threads
            .iter()
            .map(|thread| (thread.clone(), TwigId(thread.root.0)))
            .collect();
        for allocation in &profile.allocations {
            let location = forest.relocated(profile, allocation.location);
            forest.allocations.push(Allocation {
                location,
                ..allocation.clone()
            });
        }
        forest
    }

    /// All trees as a profile, and each twig's node. Where self time was set by hand to less than what is said to be
    /// part of it, GC time and overhead are no more than it is. The trees of threads come first, in their
    /// order; each other tree is a thread without ids.
    pub fn to_profile(&self) -> (Profile, Vec<NodeId>) {
        let mut placed = vec![NodeId(0); self.twigs.len()];
        let mut profile = Profile {
            methods: self.methods.clone(),
            ..self.settings.clone()
        };
        let mut sources = self.sources.clone();
        let mut roots: Vec<(Thread, TwigId)> = self.threads.clone();
        let mut is_thread = vec![false; self.twigs.len()];
        for (_, root) in &self.threads {
            is_thread[root.index()] = true;
        }
        for (index, twig) in self.twigs.iter().enumerate() {
            if twig.parent.is_none() && !is_thread[index] {
                let nobody = Thread {
                    id: 0,
                    fiber_id: 0,
                    root: NodeId(0),
                    unexplained: 0,
                    cpu: None,
                };
                roots.push((nobody, TwigId(index as u32)));
            }
        }
        for (mut thread, root) in roots {
            thread.root = NodeId(profile.nodes.len() as u32);
            profile.threads.push(thread);
            self.lay_out(root, &mut profile, &mut sources, &mut placed);
        }
        profile.latencies = self.latencies_of(&placed);
        profile.files = sources.files;
        profile.sites = sources.sites;
        profile.allocations = self.allocations.clone();
        profile
            .allocations
            .sort_by_key(|allocation| (allocation.thread, allocation.method));
        (profile, placed)
    }

    /// Where a count was set by hand to less than the calls whose times are known, these are of other calls.
    fn latencies_of(&self, placed: &[NodeId]) -> Latencies {
        let is_of_its_calls = |(id, latency): &(&TwigId, &LatencyCounts)| {
            latency.count() <= self.twig(**id).numbers.called
        };
        let latencies = self.latencies.iter().filter(is_of_its_calls);
        let latencies = latencies.map(|(id, latency)| (id.0, latency.clone()));
        Latencies::placed(latencies, |id| placed.get(id as usize).copied())
    }

    fn lay_out(
        &self,
        root: TwigId,
        profile: &mut Profile,
        sources: &mut Sources,
        placed: &mut [NodeId],
    ) {
        // What is to be placed next, the last first, below which node.
        let mut ahead = vec![(root, NO_PARENT)];
        let mut open: Vec<u32> = Vec::new();
        while let Some((id, parent)) = ahead.pop() {
            let position = profile.nodes.len() as u32;
            while let Some(done) = open.pop_if(|node| *node != parent) {
                profile.nodes[done as usize].end = position;
            }
            let twig = self.twig(id);
            let numbers = &self.consistent(twig.numbers);
            placed[id.index()] = NodeId(position);
            if numbers.wait > 0 {
                profile.waits.push((NodeId(position), numbers.wait));
            }
            if numbers.gc > 0 {
                profile.gcs.push((NodeId(position), numbers.gc));
            }
            if numbers.collections > 0 {
                let count = numbers.collections;
                profile.collections.push((NodeId(position), count));
            }
            if !numbers.stopped.is_none() {
                profile.stops.push((NodeId(position), numbers.stopped));
            }
            if !numbers.partial.is_none() {
                profile.partials.push((NodeId(position), numbers.partial));
            }
            profile.nodes.push(Node {
                called: numbers.called,
                total: numbers.total,
                own: numbers.own.saturating_add(numbers.wait),
                overhead: numbers.overhead,
                parent,
                end: position + 1,
                method: twig.method,
                site: sources.site(twig.call_site),
            });
            open.push(position);
            ahead.extend(twig.children.iter().rev().map(|child| (*child, position)));
        }
        let end = profile.nodes.len() as u32;
        for node in open {
            profile.nodes[node as usize].end = end;
        }
    }
}
