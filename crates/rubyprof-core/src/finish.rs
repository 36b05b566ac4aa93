//! From a recording to a finished profile.

use std::collections::{HashMap, HashSet};

use crate::allocation::Allocation;
use crate::call_tree::CallTree;
use crate::hash::BuildMix;
use crate::host::Names;
use crate::layout::{Draft, preorder};
use crate::ledger::Stopped;
use crate::measure::{MeasureMode, Unit};
use crate::method::{Method, MethodId};
use crate::methods::RecordedMethod;
use crate::overhead::{Charge, Costs, EventKind, PartialCalls, charge};
use crate::profile::{NO_PARENT, Node, NodeId, Profile, Thread};
use crate::recorder::Recorder;
use crate::tally::{Count, Tally, TallyKey};

/// How a clock's ticks become the profile's unit: `value = ticks * multiplier / 2^32`, rounded down.
///
/// Rounding down keeps wholes at least as large as the sum of their parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    multiplier: u64,
}

impl Scale {
    /// A tick is one unit.
    pub const ONE: Self = Self {
        multiplier: 1 << 32,
    };

    /// `units` are `ticks`. Without ticks, or with 2^32 units a tick or more, a tick is one unit.
    pub fn from_ratio(units: u64, ticks: u64) -> Self {
        let multiplier = (u128::from(units) << 32)
            .checked_div(u128::from(ticks))
            .and_then(|ratio| u64::try_from(ratio).ok());
        multiplier.map_or(Self::ONE, |multiplier| Self { multiplier })
    }

    /// As [`apply`](Self::apply), of ticks that are less than 64 bits of units.
    #[inline(always)]
    pub(crate) fn apply_quickly(self, ticks: u64) -> u64 {
        ((u128::from(ticks) * u128::from(self.multiplier)) >> 32) as u64
    }

    /// Ticks in units.
    pub fn apply(self, ticks: u64) -> u64 {
        let units = (u128::from(ticks) * u128::from(self.multiplier)) >> 32;
        u64::try_from(units).unwrap_or(u64::MAX)
    }

    /// Units in ticks, rounded down.
    pub fn ticks(self, units: u64) -> u64 {
        let ticks = (u128::from(units) << 32).checked_div(u128::from(self.multiplier));
        ticks.map_or(0, |ticks| u64::try_from(ticks).unwrap_or(u64::MAX))
    }
}

/// What a finished profile says about how it was recorded.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What was measured.
    pub measure_mode: MeasureMode,
    /// Whether allocations were recorded by class and line.
    pub track_allocations: bool,
    /// Whether calls of C functions were recorded.
    pub c_calls: bool,
    /// Whether instructions that the VM inlines were counted as calls.
    pub operators: bool,
    /// What tracing costs. In the modes that measure no time, it is taken for nothing.
    pub costs: Costs,
    /// The clock, in words.
    pub clock: String,
    /// The clock's unit.
    pub scale: Scale,
}

impl Recorder {
    /// Ends every open call at `now` and makes the profile. `names` is asked once a method.
    pub fn finish(mut self, now: u64, settings: Settings, names: &mut impl Names) -> Profile {
        self.close(now);
        let mut drafts = std::mem::replace(&mut self.tree, CallTree::new()).into_drafts();
        self.folding.settle(&mut drafts);
        for draft in &mut drafts {
            draft.total = settings.scale.apply(draft.total);
        }
        let roots = self.roots(&mut drafts);
        let (mut nodes, placed) = preorder(
            &drafts,
            &roots.iter().map(|(_, root)| *root).collect::<Vec<_>>(),
        );
        let place = |draft: u32| placed.get(draft as usize).copied().flatten();
        let objects = objects_by_node(&drafts, place);
        drop(drafts);
        let by_node = |numbers: &HashMap<u32, u64, BuildMix>, scale: Scale| {
            let placed =
                |(draft, number): (&u32, &u64)| Some((place(*draft)?, scale.apply(*number)));
            let mut numbers: Vec<(NodeId, u64)> = numbers.iter().filter_map(placed).collect();
            numbers.sort_unstable();
            numbers
        };
        let waits = by_node(&self.waits, settings.scale);
        let gcs = by_node(&self.gcs, settings.scale);
        let gcs = within_self_times(gcs, &waits, &nodes);
        let mut collections = by_node(&self.collections, Scale::ONE);
        // Of those that took no time that can be told nothing is kept.
        collections.retain(|(id, _)| gcs.binary_search_by_key(id, |(node, _)| *node).is_ok());
        let switches = by_node(&self.switches, Scale::ONE);
        let stops = self.stops_by_node(&place, settings.scale, &gcs, &nodes);
        let in_order = |drafts: &mut dyn Iterator<Item = u32>| {
            let mut nodes: Vec<NodeId> = drafts.filter_map(place).collect();
            nodes.sort_unstable();
            nodes.dedup();
            nodes
        };
        let seen = PartialCalls::of(&self, &nodes, place);
        let latencies = self
            .latencies
            .take()
            .map(|log| log.finish(settings.scale, place));
        let seeds = in_order(&mut self.seeds.iter().copied());
        let is_stand_in = |(fiber, root): &&(u32, u32)| self.fibers[*fiber as usize].base == *root;
        let stand_ins = in_order(&mut roots.iter().filter(is_stand_in).map(|(_, root)| *root));
        let threads: Vec<(u32, Thread)> = roots
            .iter()
            .filter_map(|(fiber, root)| {
                let origin = self.fibers[*fiber as usize].origin;
                let thread = Thread {
                    id: origin.thread_id,
                    fiber_id: origin.fiber_id,
                    root: place(*root)?,
                    unexplained: 0,
                    cpu: self.cpus.remove(&origin.thread_id),
                };
                Some((*fiber, thread))
            })
            .collect();
        let tally = of_called_methods(&self.tally, &threads, &nodes);
        let mut used = UsedMethods::new(self.methods.all());
        for node in &mut nodes {
            node.method = used.number(node.method);
        }
        let mut allocations: Vec<Allocation> = tally
            .counts()
            .iter()
            .map(|(key, count)| {
                let (class_name, owner_kind) = names.class(key.class);
                Allocation {
                    thread: key.thread,
                    method: used.number(key.method),
                    class_name,
                    owner_kind,
                    location: self.sources.sites[key.site as usize],
                    count: count.objects,
                    bytes: count.bytes,
                }
            })
            .collect();
        allocations.sort_by_key(|allocation| (allocation.thread, allocation.method));
        let methods = used.resolve(names);
        let costs = match settings.measure_mode.unit() {
            Unit::Nanoseconds => settings.costs,
            Unit::Objects | Unit::Bytes => Costs::default(),
        };
        let mut threads: Vec<Thread> = threads.into_iter().map(|(_, thread)| thread).collect();
        let kinds: Vec<EventKind> = methods
            .iter()
            .map(|method| match method.file {
                None if names.is_attribute(method.key) => EventKind::Ruby,
                _ => EventKind::of(method, settings.operators),
            })
            .collect();
        let from = Charge {
            costs: &costs,
            kinds: &kinds,
            waits: &waits,
            gcs: &gcs,
            stops: &stops,
            objects: &objects,
            switches: &switches,
            seeds: &seeds,
            stand_ins: &stand_ins,
            partial: &seen,
        };
        charge(&mut nodes, &mut threads, &from);
        Profile {
            measure_mode: settings.measure_mode,
            track_allocations: settings.track_allocations,
            c_calls: settings.c_calls,
            operators: settings.operators,
            costs,
            clock: settings.clock,
            compensated: false,
            methods,
            files: self.sources.files,
            sites: self.sources.sites,
            threads,
            nodes,
            waits,
            gcs,
            collections,
            stops,
            partials: seen.partials,
            latencies: latencies.unwrap_or_default(),
            allocations,
        }
    }

    /// For how long nodes had stopped: no more than is left of their own time.
    fn stops_by_node(
        &self,
        place: &impl Fn(u32) -> Option<NodeId>,
        scale: Scale,
        gcs: &[(NodeId, u64)],
        nodes: &[Node],
    ) -> Vec<(NodeId, Stopped)> {
        let placed = self.stops.iter().filter_map(|(draft, stopped)| {
            let id = place(*draft)?;
            let gc = gcs.binary_search_by_key(&id, |(node, _)| *node);
            let gc = gc.map_or(0, |index| gcs[index].1);
            let room = nodes[id.index()].own.saturating_sub(gc);
            Some((id, stopped.map(|ticks| scale.apply(ticks)).within(room)))
        });
        let mut stops: Vec<(NodeId, Stopped)> = placed.collect();
        stops.retain(|(_, stopped)| !stopped.is_none());
        stops.sort_unstable();
        stops
    }

    /// The root of every fiber that has a call tree. Where calls came one after another with nothing
    /// known below them, the fiber's base stands for the code that made them.
    fn roots(&self, drafts: &mut [Draft]) -> Vec<(u32, u32)> {
        let mut top_level: Vec<(u32, u32)> = drafts
            .iter()
            .enumerate()
            .filter(|(_, draft)| {
                drafts
                    .get(draft.parent as usize)
                    .is_some_and(|parent| parent.parent == NO_PARENT)
            })
            .map(|(index, draft)| (draft.parent, index as u32))
            .collect();
        top_level.sort_unstable();
        let mut roots = Vec::new();
        for (index, fiber) in self.fibers.iter().enumerate() {
            let from = top_level.partition_point(|(base, _)| *base < fiber.base);
            let children = top_level[from..]
                .iter()
                .take_while(|(base, _)| *base == fiber.base);
            let root = match (fiber.root, children.clone().count()) {
                (Some(root), _) => Some(root),
                (None, 0) => None,
                (None, 1) => children.clone().next().map(|(_, child)| *child),
                (None, _) => {
                    let total = children.map(|(_, child)| drafts[*child as usize].total);
                    let total = total.sum();
                    let base = &mut drafts[fiber.base as usize];
                    base.called = 1;
                    base.total = total;
                    Some(fiber.base)
                }
            };
            roots.extend(root.map(|root| (index as u32, root)));
        }
        roots
    }
}

/// Objects that were counted in nodes' own windows, in the nodes' order.
fn objects_by_node(drafts: &[Draft], place: impl Fn(u32) -> Option<NodeId>) -> Vec<(NodeId, u64)> {
    let made = drafts.iter().enumerate();
    let made = made.filter(|(_, draft)| draft.objects > 0);
    let made =
        made.filter_map(|(index, draft)| Some((place(index as u32)?, u64::from(draft.objects))));
    let mut objects: Vec<(NodeId, u64)> = made.collect();
    objects.sort_unstable();
    objects
}

/// GC times that are parts of self times: a call that was made and returned while garbage was being collected, if
/// there can be one, has its time itself.
fn within_self_times(
    mut gcs: Vec<(NodeId, u64)>,
    waits: &[(NodeId, u64)],
    nodes: &[Node],
) -> Vec<(NodeId, u64)> {
    for (node, gc) in &mut gcs {
        let wait = waits.binary_search_by_key(node, |(waiting, _)| *waiting);
        let wait = wait.map_or(0, |index| waits[index].1);
        *gc = nodes[node.index()].own.saturating_sub(wait).min(*gc);
    }
    gcs.retain(|(_, gc)| *gc > 0);
    gcs
}

/// The tally by index of thread. What was allocated in a method that is not in the thread's tree, such
/// as a thread's own objects before its first call, is the root's: reports show allocations with their
/// methods. Fibers without a tree are left out.
fn of_called_methods(tally: &Tally, threads: &[(u32, Thread)], nodes: &[Node]) -> Tally {
    let index_of = |fiber: u32| threads.iter().position(|(known, _)| *known == fiber);
    let counts: Vec<(usize, TallyKey, Count)> = tally
        .counts()
        .iter()
        .filter_map(|(key, count)| Some((index_of(key.thread)?, *key, *count)))
        .collect();
    let mut called: HashMap<usize, HashSet<MethodId>> = HashMap::new();
    let mut whole = Tally::default();
    for (index, key, count) in counts {
        let root = threads[index].1.root.index();
        let called = called.entry(index).or_insert_with(|| {
            let tree = &nodes[root..nodes[root].end as usize];
            tree.iter().map(|node| node.method).collect()
        });
        let method = match called.contains(&key.method) {
            true => key.method,
            false => nodes[root].method,
        };
        let thread = index as u32;
        whole.add_count(
            TallyKey {
                thread,
                method,
                ..key
            },
            count,
        );
    }
    whole
}

/// Numbers the methods that are part of the profile, in the order in which they are asked for.
struct UsedMethods<'a> {
    recorded: &'a [RecordedMethod],
    numbers: Vec<Option<MethodId>>,
    order: Vec<MethodId>,
}

impl<'a> UsedMethods<'a> {
    fn new(recorded: &'a [RecordedMethod]) -> Self {
        Self {
            recorded,
            numbers: vec![None; recorded.len()],
            order: Vec::new(),
        }
    }

    fn number(&mut self, method: MethodId) -> MethodId {
        *self.numbers[method.index()].get_or_insert_with(|| {
            self.order.push(method);
            MethodId(self.order.len() as u32 - 1)
        })
    }

    fn resolve(&self, names: &mut impl Names) -> Vec<Method> {
        let resolve = |method: &MethodId| {
            let recorded = &self.recorded[method.index()];
            let name = names.method(recorded.key);
            Method {
                key: recorded.key,
                class_name: name.class_name,
                owner_kind: name.owner_kind,
                name: name.name,
                file: recorded.definition.file,
                line: recorded.definition.line,
            }
        };
        self.order.iter().map(resolve).collect()
    }
}
