//! A profile made by hand: for hand-made call trees, for loading and for the tests of reports.

use std::collections::BTreeMap;

use crate::allocation::Allocation;
use crate::latency::{Latencies, LatencyCounts};
use crate::layout::{Draft, preorder};
use crate::ledger::Stopped;
use crate::measure::MeasureMode;
use crate::method::{Method, MethodId};
use crate::partial::Partial;
use crate::profile::{NO_PARENT, NodeId, Profile, Thread};
use crate::source::{FileId, Location, Sources};

/// A call path of a [`ProfileBuilder`]; only good for the builder that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path(u32);

/// Builds a [`Profile`] node by node.
///
/// ```
/// use rubyprof_core::{Location, MeasureMode, Method, ProfileBuilder};
/// let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
/// let main = builder.method(Method::default());
/// let work = builder.method(Method {
///     class_name: "Job".into(),
///     name: Some("work".into()),
///     ..Method::default()
/// });
/// let root = builder.thread(1, 2, main, 1, 5_000);
/// builder.call(root, work, Location::default(), 3, 4_000);
/// let profile = builder.finish();
/// assert_eq!(profile.self_value(profile.threads()[0].root), 1_000);
/// ```
#[derive(Debug, Default)]
pub struct ProfileBuilder {
    profile: Profile,
    drafts: Vec<Draft>,
    roots: Vec<u32>,
    waits: Vec<(u32, u64)>,
    gcs: Vec<(u32, u64)>,
    collections: Vec<(u32, u64)>,
    stops: Vec<(u32, Stopped)>,
    overheads: Vec<(u32, u64)>,
    partials: BTreeMap<u32, Partial>,
    latencies: BTreeMap<u32, LatencyCounts>,
    sources: Sources,
}

impl ProfileBuilder {
    /// An empty profile of `measure_mode`.
    pub fn new(measure_mode: MeasureMode) -> Self {
        let mut builder = Self::default();
        builder.profile.measure_mode = measure_mode;
        builder.profile.c_calls = true;
        builder.profile.operators = true;
        builder
    }

    /// The id of a source file; the same name gives the same id.
    pub fn file(&mut self, name: &str) -> FileId {
        self.sources.file(name.as_bytes())
    }

    /// Adds a method.
    pub fn method(&mut self, method: Method) -> MethodId {
        let id = MethodId(self.profile.methods.len() as u32);
        self.profile.methods.push(method);
        id
    }

    /// Adds a thread (a fiber) with the root of its call tree.
    pub fn thread(
        &mut self,
        id: u64,
        fiber_id: u64,
        root: MethodId,
        called: u64,
        total: u64,
    ) -> Path {
        let path = self.push(NO_PARENT, root, Location::default(), called, total);
        self.roots.push(path.0);
        self.profile.threads.push(Thread {
            id,
            fiber_id,
            root: NodeId(path.0),
            unexplained: 0,
            cpu: None,
        });
        path
    }

    /// Adds a call path below `caller`. `total` includes its callees'.
    pub fn call(
        &mut self,
        caller: Path,
        method: MethodId,
        call_site: Location,
        called: u64,
        total: u64,
    ) -> Path {
        self.push(caller.0, method, call_site, called, total)
    }

    /// Says how much of a path's total was waiting in the method itself. Said again, it replaces.
    pub fn wait(&mut self, path: Path, wait: u64) {
        self.waits.push((path.0, wait));
    }

    /// Says for how much of a path's self time garbage was collected. Said again, it replaces.
    pub fn gc(&mut self, path: Path, gc: u64) {
        self.gcs.push((path.0, gc));
    }

    /// Says how often the garbage collector set to work in that time. Said again, it replaces.
    pub fn collections(&mut self, path: Path, count: u64) {
        self.collections.push((path.0, count));
    }

    /// Says for how long of a path's own time it had stopped. Said again, it replaces.
    pub fn stopped(&mut self, path: Path, stopped: Stopped) {
        self.stops.push((path.0, stopped));
    }

    /// Says what the processor's clock says of a path's thread.
    pub fn cpu(&mut self, root: Path, cpu: u64) {
        let threads = self.profile.threads.iter_mut();
        for thread in threads.filter(|thread| thread.root.0 == root.0) {
            thread.cpu = Some(cpu);
        }
    }

    /// Says how much of a path's own time is the profiler's. Said again, it replaces.
    pub fn overhead(&mut self, path: Path, overhead: u64) {
        self.overheads.push((path.0, overhead));
    }

    /// Says how many of a path's calls were not recorded in full. Said again, it replaces.
    pub fn partial(&mut self, path: Path, partial: Partial) {
        self.partials.insert(path.0, partial);
    }

    /// Says that single calls of a path took so long.
    pub fn latencies(&mut self, path: Path, took: impl IntoIterator<Item = u64>) {
        let counts = self.latencies.entry(path.0).or_default();
        took.into_iter().for_each(|value| counts.add(value, 1));
    }

    /// Adds allocations and turns [`Profile::track_allocations`] on.
    pub fn allocation(&mut self, allocation: Allocation) {
        self.profile.track_allocations = true;
        self.profile.allocations.push(allocation);
    }

    /// The profile.
    pub fn finish(mut self) -> Profile {
        let (mut nodes, placed) = preorder(&self.drafts, &self.roots);
        let place = |index: u32| placed[index as usize];
        for thread in &mut self.profile.threads {
            thread.root = place(thread.root.0).unwrap_or(thread.root);
        }
        self.profile.waits = by_node(&self.waits, place);
        self.profile.gcs = by_node(&self.gcs, place);
        self.profile.collections = by_node(&self.collections, place);
        self.profile.stops = by_node(&self.stops, place);
        let partials = self.partials.iter();
        let placed = partials.filter_map(|(index, partial)| Some((place(*index)?, *partial)));
        self.profile.partials = placed.collect();
        self.profile
            .partials
            .sort_unstable_by_key(|(node, _)| *node);
        for (node, overhead) in by_node(&self.overheads, place) {
            nodes[node.index()].overhead = overhead;
        }
        self.profile.latencies = Latencies::placed(self.latencies, place);
        self.profile
            .allocations
            .sort_by_key(|allocation| (allocation.thread, allocation.method));
        self.profile.nodes = nodes;
        self.profile.files = self.sources.files;
        self.profile.sites = self.sources.sites;
        self.profile
    }

    fn push(
        &mut self,
        parent: u32,
        method: MethodId,
        call_site: Location,
        called: u64,
        total: u64,
    ) -> Path {
        let site = self.sources.site(call_site);
        self.drafts.push(Draft {
            called,
            total,
            parent,
            method,
            site,
            objects: 0,
        });
        Path(self.drafts.len() as u32 - 1)
    }
}

/// What was said of paths, by node.
fn by_node<T: Copy>(said: &[(u32, T)], place: impl Fn(u32) -> Option<NodeId>) -> Vec<(NodeId, T)> {
    let placed = said
        .iter()
        .filter_map(|(index, number)| place(*index).map(|node| (node, *number)));
    let mut numbers: Vec<(NodeId, T)> = placed.collect();
    numbers.sort_by_key(|(node, _)| *node);
    // What was said of a path last counts.
    numbers.reverse();
    numbers.dedup_by_key(|(node, _)| *node);
    numbers.reverse();
    numbers
}
