//! Call trees of several profiles woven into a new profile.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use crate::allocation::Allocation;
use crate::hash::BuildMix;
use crate::latency::{Latencies, LatencyCounts};
use crate::layout::{Draft, preorder};
use crate::ledger::Stopped;
use crate::method::{Method, MethodId, MethodKey, OwnerKind};
use crate::partial::Partial;
use crate::profile::{NO_PARENT, NodeId, Profile, Thread};
use crate::source::{FileId, Location, Sources};

/// What makes methods of two profiles one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// Their keys: two runs in one process, with the owners kept alive between them.
    Key,
    /// Their names and places of definition, and among methods that agree in these, their order.
    Name,
}

/// Names, place of definition, and the place among those that agree in these.
type NameKey = (
    OwnerKind,
    String,
    Option<String>,
    Option<FileId>,
    u32,
    usize,
);

/// Thread, method, place and class of allocated objects.
type TallyKey = (u32, MethodId, Location, String, OwnerKind);

/// A draft of the new profile.
pub(crate) type DraftIndex = u32;

/// Where a tree goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Onto {
    /// Its root and this draft are one.
    Root(DraftIndex),
    /// Its root is a callee of this draft.
    Caller(DraftIndex),
}

/// A profile that grows tree by tree.
pub(crate) struct Weaver {
    identity: Identity,
    methods: Vec<Method>,
    by_key: HashMap<MethodKey, MethodId, BuildMix>,
    by_name: HashMap<NameKey, MethodId>,
    sources: Sources,
    drafts: Vec<Draft>,
    /// By draft: measured in the method, waiting included.
    own: Vec<u64>,
    /// By draft: the profiler's part of that.
    overhead: Vec<u64>,
    children: HashMap<(DraftIndex, u32), DraftIndex, BuildMix>,
    roots: Vec<(Thread, DraftIndex)>,
    waits: HashMap<DraftIndex, u64, BuildMix>,
    gcs: HashMap<DraftIndex, u64, BuildMix>,
    collections: HashMap<DraftIndex, u64, BuildMix>,
    stops: HashMap<DraftIndex, Stopped, BuildMix>,
    partials: BTreeMap<DraftIndex, Partial>,
    latencies: HashMap<DraftIndex, LatencyCounts, BuildMix>,
    allocations: Vec<Allocation>,
    tallied: HashMap<TallyKey, usize>,
}

impl Weaver {
    pub(crate) fn new(identity: Identity) -> Self {
        Self {
            identity,
            methods: Vec::new(),
            by_key: HashMap::default(),
            by_name: HashMap::new(),
            sources: Sources::default(),
            drafts: Vec::new(),
            own: Vec::new(),
            overhead: Vec::new(),
            children: HashMap::default(),
            roots: Vec::new(),
            waits: HashMap::default(),
            gcs: HashMap::default(),
            collections: HashMap::default(),
            stops: HashMap::default(),
            partials: BTreeMap::new(),
            latencies: HashMap::default(),
            allocations: Vec::new(),
            tallied: HashMap::new(),
        }
    }

    /// The new numbers of a profile's methods.
    pub(crate) fn methods_of(&mut self, part: &Profile) -> Vec<MethodId> {
        let mut alike: HashMap<NameKey, usize> = HashMap::new();
        part.methods
            .iter()
            .map(|method| {
                let mut method = method.clone();
                method.file = method.file.map(|file| self.file(part, file));
                // A method made by hand has no key; code outside any method has this one.
                let has_key = method.key != MethodKey::default() || method.name.is_none();
                if self.identity == Identity::Key && has_key {
                    return self.method_with_key(method);
                }
                let mut key = name_key(&method);
                let order = alike.entry(key.clone()).or_default();
                key.5 = *order;
                *order += 1;
                self.method_with_name(key, method)
            })
            .collect()
    }

    fn method_with_key(&mut self, method: Method) -> MethodId {
        let methods = &mut self.methods;
        *self
            .by_key
            .entry(method.key)
            .or_insert_with(|| push(methods, method))
    }

    fn method_with_name(&mut self, key: NameKey, method: Method) -> MethodId {
        let methods = &mut self.methods;
        *self
            .by_name
            .entry(key)
            .or_insert_with(|| push(methods, method))
    }

    /// The method that stands for the garbage collector.
    pub(crate) fn collector(&mut self) -> MethodId {
        let method = Method {
            class_name: "GC".into(),
            owner_kind: OwnerKind::ModuleSingleton,
            // No method that is defined can have this name by accident, nor look as if it could be called.
            name: Some("[collector]".into()),
            ..Method::default()
        };
        self.method_with_name(name_key(&method), method)
    }

    /// The method that stands for code outside any method.
    pub(crate) fn top_level(&mut self) -> MethodId {
        let method = Method::default();
        match self.identity {
            Identity::Key => self.method_with_key(method),
            Identity::Name => self.method_with_name(name_key(&method), method),
        }
    }

    /// A new thread whose tree has a root without calls. Returns the thread's index and the root.
    pub(crate) fn thread(&mut self, thread: Thread, root: MethodId) -> (usize, DraftIndex) {
        let draft = self.push(NO_PARENT, root, 0);
        let thread = Thread {
            unexplained: 0,
            cpu: None,
            ..thread
        };
        self.roots.push((thread, draft));
        (self.roots.len() - 1, draft)
    }

    /// The root of a thread of the new profile.
    pub(crate) fn root(&self, thread: usize) -> DraftIndex {
        self.roots[thread].1
    }

    /// Counts calls of a draft, and what was measured from call to return.
    pub(crate) fn add_calls(&mut self, draft: DraftIndex, called: u64, total: u64) {
        let sums = &mut self.drafts[draft as usize];
        add(&mut sums.called, called);
        add(&mut sums.total, total);
    }

    /// Adds a tree and the allocations of its thread to the new profile's thread `into`, and returns where each node of it went. `methods` are the part's
    /// [`methods_of`](Self::methods_of). Calls along paths that are `hidden` (by the part's numbers) are their
    /// caller's; a root is never hidden.
    pub(crate) fn tree(
        &mut self,
        part: &Profile,
        methods: &[MethodId],
        thread: usize,
        into: usize,
        onto: Onto,
        hidden: impl Fn(NodeId) -> bool,
    ) -> Vec<DraftIndex> {
        let root = part.threads[thread].root;
        let unexplained = &mut self.roots[into].0.unexplained;
        add(unexplained, part.threads[thread].unexplained);
        if let Some(more) = part.threads[thread].cpu {
            add(self.roots[into].0.cpu.get_or_insert(0), more);
        }
        // By node of the part, from the root on: the draft that stands for it. Preorder: a node's
        // parent is placed before the node.
        let mut placed: Vec<DraftIndex> = Vec::with_capacity(part.subtree(root).len());
        // For each hidden method, who takes its allocations.
        let mut heirs: HashMap<MethodId, MethodId, BuildMix> = HashMap::default();
        for id in part.subtree(root) {
            let node = part.node(id);
            let caller = match (part.parent(id), onto) {
                (None, Onto::Root(_)) => None,
                (None, Onto::Caller(caller)) => Some(caller),
                (Some(parent), _) => Some(placed[(parent.0 - root.0) as usize]),
            };
            let draft = match (caller, onto) {
                (Some(caller), _) if id != root && hidden(id) => {
                    let heir = self.drafts[caller as usize].method;
                    heirs.entry(node.method).or_insert(heir);
                    self.add_own(caller, part, id);
                    // It had what was not timed in any case; what was folded it has still from elsewhere.
                    self.add_partial(
                        caller,
                        Partial {
                            untimed: 0,
                            ..part.partial(id)
                        },
                    );
                    placed.push(caller);
                    continue;
                }
                (Some(caller), _) => {
                    let site = self.site(part, part.call_site(id));
                    self.child(caller, methods[node.method.index()], site)
                }
                (None, Onto::Root(draft) | Onto::Caller(draft)) => draft,
            };
            let sums = &mut self.drafts[draft as usize];
            if sums.called == 0 {
                let site = part.call_site(id);
                let site = self.site(part, site);
                self.drafts[draft as usize].site = site;
            }
            let sums = &mut self.drafts[draft as usize];
            add(&mut sums.called, node.called);
            add(&mut sums.total, node.total);
            self.add_own(draft, part, id);
            self.add_partial(draft, part.partial(id));
            if let Some(row) = part.latencies.of(id) {
                self.latencies.entry(draft).or_default().add_row(row);
            }
            placed.push(draft);
        }
        for allocation in part.allocations_of_thread(thread as u32) {
            let mut moved = allocation.clone();
            moved.thread = into as u32;
            moved.method = heirs
                .get(&allocation.method)
                .copied()
                .unwrap_or(methods[allocation.method.index()]);
            moved.location = self.location(part, allocation.location);
            self.add_allocation(moved);
        }
        placed
    }

    /// Gives a draft's garbage collections to a callee of their own.
    pub(crate) fn split_gc(&mut self, draft: DraftIndex, collector: MethodId) {
        if self.drafts[draft as usize].method == collector {
            return;
        }
        let Some(time) = self.gcs.remove(&draft) else {
            return;
        };
        let times = self.collections.remove(&draft).unwrap_or(1);
        let callee = self.child(draft, collector, 0);
        self.add_calls(callee, times, time);
        let own = &mut self.own[draft as usize];
        *own = own.saturating_sub(time);
        add(&mut self.own[callee as usize], time);
        self.gcs.insert(callee, time);
        self.collections.insert(callee, times);
    }

    /// Adds what a node has without its callees: waiting, GC time and overhead are parts of that.
    fn add_own(&mut self, draft: DraftIndex, part: &Profile, id: NodeId) {
        let node = part.node(id);
        add(&mut self.own[draft as usize], node.own);
        add(&mut self.overhead[draft as usize], node.overhead);
        let stopped = part.stopped(id);
        if !stopped.is_none() {
            self.stops.entry(draft).or_default().add(stopped);
        }
        for (sums, number) in [
            (&mut self.waits, part.wait(id)),
            (&mut self.gcs, part.gc(id)),
            (&mut self.collections, part.collections(id)),
        ] {
            if number > 0 {
                add(sums.entry(draft).or_default(), number);
            }
        }
    }

    fn add_partial(&mut self, draft: DraftIndex, partial: Partial) {
        if !partial.is_none() {
            self.partials.entry(draft).or_default().add(partial);
        }
    }

    fn add_allocation(&mut self, allocation: Allocation) {
        let allocations = &mut self.allocations;
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
                add(&mut sums.count, allocation.count);
                add(&mut sums.bytes, allocation.bytes);
            }
            Entry::Vacant(new) => {
                new.insert(allocations.len());
                allocations.push(allocation);
            }
        }
    }

    fn child(&mut self, parent: DraftIndex, method: MethodId, site: u32) -> DraftIndex {
        if let Some(draft) = self.children.get(&(parent, method.0)) {
            return *draft;
        }
        let draft = self.push(parent, method, site);
        self.children.insert((parent, method.0), draft);
        draft
    }

    fn push(&mut self, parent: u32, method: MethodId, site: u32) -> DraftIndex {
        self.drafts.push(Draft {
            called: 0,
            total: 0,
            parent,
            method,
            site,
            objects: 0,
        });
        self.own.push(0);
        self.overhead.push(0);
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

    /// The new profile, with what `settings` says about how it was recorded.
    pub(crate) fn finish(mut self, settings: &Profile) -> Profile {
        let roots: Vec<u32> = self.roots.iter().map(|(_, root)| *root).collect();
        let (mut nodes, placed) = preorder(&self.drafts, &roots);
        let place = |draft: DraftIndex| placed[draft as usize];
        for (draft, (own, overhead)) in self.own.iter().zip(&self.overhead).enumerate() {
            if let Some(node) = place(draft as u32) {
                nodes[node.index()].own = *own;
                nodes[node.index()].overhead = *overhead;
            }
        }
        let (waits, gcs) = (by_node(&self.waits, place), by_node(&self.gcs, place));
        let collections = by_node(&self.collections, place);
        let stops = by_node(&self.stops, place);
        let partials = by_node(&self.partials, place);
        let latencies = Latencies::placed(self.latencies, place);
        self.allocations
            .sort_by_key(|allocation| (allocation.thread, allocation.method));
        let threads = self.roots.into_iter().filter_map(|(thread, root)| {
            Some(Thread {
                root: place(root)?,
                ..thread
            })
        });
        Profile {
            measure_mode: settings.measure_mode,
            track_allocations: settings.track_allocations,
            c_calls: settings.c_calls,
            operators: settings.operators,
            costs: settings.costs,
            clock: settings.clock.clone(),
            compensated: settings.compensated,
            methods: self.methods,
            files: self.sources.files,
            sites: self.sources.sites,
            threads: threads.collect(),
            nodes,
            waits,
            gcs,
            collections,
            stops,
            partials,
            latencies,
            allocations: self.allocations,
        }
    }
}

/// Sums of drafts, by node.
fn by_node<'a, T: Copy + 'a>(
    sums: impl IntoIterator<Item = (&'a DraftIndex, &'a T)>,
    place: impl Fn(DraftIndex) -> Option<NodeId>,
) -> Vec<(NodeId, T)> {
    let placed = |(draft, sum): (&DraftIndex, &T)| Some((place(*draft)?, *sum));
    let mut sums: Vec<(NodeId, T)> = sums.into_iter().filter_map(placed).collect();
    sums.sort_unstable_by_key(|(node, _)| *node);
    sums
}

fn push(methods: &mut Vec<Method>, method: Method) -> MethodId {
    methods.push(method);
    MethodId(methods.len() as u32 - 1)
}

fn name_key(method: &Method) -> NameKey {
    (
        method.owner_kind,
        method.class_name.clone(),
        method.name.clone(),
        method.file,
        method.line,
        0,
    )
}

/// Files may hold numbers of any size: a sum is at most the largest there is.
fn add(sum: &mut u64, value: u64) {
    *sum = sum.saturating_add(value);
}
