//! Random profiles: any that pass a profile's check, in shapes no program has.

use proptest::prelude::*;
use rubyprof_core::{
    Allocation, Cost, Costs, FileId, LatencyCounts, Location, MeasureMode, Method, MethodId, Node,
    NodeId, NodeParts, OwnerKind, Partial, Parts, Profile, Stopped, Thread,
};

const KINDS: [OwnerKind; 6] = [
    OwnerKind::Plain,
    OwnerKind::ModuleIncludee,
    OwnerKind::ClassSingleton,
    OwnerKind::ModuleSingleton,
    OwnerKind::ObjectSingleton,
    OwnerKind::OtherSingleton,
];

/// Small, middling and large numbers, of which a few thousand add up to less than 64 bits hold.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), 0..300_u64, 0..1_u64 << 33, 0..1_u64 << 48]
}

fn any_place(files: usize) -> impl Strategy<Value = Location> {
    let file = prop::option::weighted(0.8, 0..files as u32);
    (file, any::<u32>()).prop_map(|(file, line)| Location {
        file: file.map(FileId),
        line,
    })
}

fn any_method(files: usize) -> impl Strategy<Value = Method> {
    let name = prop::option::of(".{0,12}");
    (".{0,12}", 0..6_usize, name, any_place(files)).prop_map(|(class_name, kind, name, place)| {
        Method {
            class_name,
            owner_kind: KINDS[kind],
            name,
            file: place.file,
            line: place.line,
            ..Method::default()
        }
    })
}

#[derive(Clone, Debug)]
struct RandomNode {
    up: usize,
    method: usize,
    site: usize,
    called: u64,
    own: u64,
    /// Not what follows from the callees.
    odd_total: Option<u64>,
    wait: Option<u64>,
    /// GC time and overhead, as far as the own time has room for them.
    parts: (Option<u64>, u64),
    /// How long calls took, as far as there are so many.
    took: Vec<u64>,
}

fn any_node() -> impl Strategy<Value = RandomNode> {
    let up = prop_oneof![3 => 0..1_usize, 3 => 1..3_usize, 1 => 0..12_usize];
    let (odd_total, wait) = (
        prop::option::weighted(0.1, number()),
        prop::option::weighted(0.2, number()),
    );
    let indexes = (up, any::<usize>(), any::<usize>());
    let parts = (prop::option::weighted(0.2, number()), number());
    let took = prop::collection::vec(number(), 0..5);
    (
        indexes,
        number(),
        number(),
        (odd_total, wait),
        (parts, took),
    )
        .prop_map(
            |((up, method, site), called, own, (odd_total, wait), (parts, took))| RandomNode {
                up,
                method,
                site,
                called,
                own,
                odd_total,
                wait,
                parts,
                took,
            },
        )
}

fn any_allocation(files: usize) -> impl Strategy<Value = Allocation> {
    let indexes = (any::<u32>(), any::<u32>(), ".{0,9}", 0..6_usize);
    (indexes, any_place(files), number(), number()).prop_map(
        |((thread, method, class_name, kind), location, count, bytes)| Allocation {
            thread,
            method: MethodId(method),
            class_name,
            owner_kind: KINDS[kind],
            location,
            count,
            bytes,
        },
    )
}

fn any_costs() -> impl Strategy<Value = Costs> {
    let cost = || (any::<u64>(), number()).prop_map(|(inner, outer)| Cost { inner, outer });
    let others = || (number(), number(), number());
    let calls = (cost(), cost(), cost());
    (calls, others(), any::<u32>(), any::<u32>()).prop_map(
        |((ruby, c, operator), (new_path, object, switch), spread, unknown)| Costs {
            ruby,
            c,
            operator,
            new_path,
            object,
            switch,
            spread,
            unknown,
        },
    )
}

/// Profiles of up to 60 nodes, with portable keys.
pub(crate) fn any_profile() -> impl Strategy<Value = Profile> {
    prop::collection::vec(".{0,20}", 1..5).prop_flat_map(|files| {
        let count = files.len();
        (
            (
                Just(files),
                0..4_usize,
                any::<[bool; 4]>(),
                any_costs(),
                ".{0,20}",
            ),
            prop::collection::vec(any_method(count), 1..9),
            prop::collection::vec(any_place(count), 1..9),
            prop::collection::vec(any_node(), 0..60),
            prop::collection::vec(any_allocation(count), 0..9),
        )
            .prop_map(|(head, methods, sites, nodes, allocations)| {
                let (files, mode, flags, costs, clock) = head;
                let [track_allocations, c_calls, operators, compensated] = flags;
                let parts = Parts {
                    measure_mode: MeasureMode::ALL[mode],
                    track_allocations,
                    c_calls,
                    operators,
                    costs,
                    compensated,
                    clock,
                    methods,
                    files,
                    sites,
                    allocations,
                    ..Parts::default()
                };
                Profile::from_parts(grown(parts, &nodes))
                    .expect("a random profile is one")
                    .with_portable_keys()
            })
    })
}

/// `parts` with these nodes: their indexes are folded into what there is.
fn grown(mut parts: Parts, random: &[RandomNode]) -> Parts {
    let mut path: Vec<usize> = Vec::new();
    let mut nodes: Vec<NodeParts> = Vec::new();
    for (index, node) in random.iter().enumerate() {
        path.truncate(path.len().saturating_sub(node.up));
        if path.is_empty() {
            parts.threads.push(Thread {
                id: node.called,
                unexplained: node.parts.1,
                fiber_id: u64::MAX - node.own,
                root: NodeId(index as u32),
                cpu: node.parts.0,
            });
        }
        let gc = node.parts.0.unwrap_or(0).min(node.own);
        let (overhead, room) = match parts.compensated {
            true => (node.parts.1, node.own - gc),
            false => {
                let overhead = node.parts.1.min(node.own - gc);
                (overhead, node.own - gc - overhead)
            }
        };
        let stopped = Stopped {
            blocked: room / 3 * u64::from(node.wait.is_some()),
            gvl_wait: room / 2,
        };
        if stopped != Stopped::default() && node.site % 2 == 0 {
            parts.stops.push((NodeId(index as u32), stopped));
        }
        nodes.push(NodeParts {
            called: node.called,
            total: 0,
            own: node.own,
            overhead,
            parent: path.last().map(|parent| NodeId(*parent as u32)),
            end: index as u32 + 1,
            method: MethodId((node.method % parts.methods.len()) as u32),
            site: (node.site % parts.sites.len()) as u32,
        });
        parts
            .waits
            .extend(node.wait.map(|wait| (NodeId(index as u32), wait)));
        let gc = node.parts.0.map(|_| (NodeId(index as u32), gc));
        parts.gcs.extend(gc);
        let count = gc.map(|(id, _)| (id, 1 + node.called % 7));
        parts.collections.extend(count);
        // Numbers that are there already, so that tapes stay as they were.
        let partial = Partial {
            folded: node.called % 3,
            recursive: node.called % 2,
            untimed: node.called % 5,
        };
        if !partial.is_none() {
            parts.partials.push((NodeId(index as u32), partial));
        }
        let mut latency = LatencyCounts::default();
        for took in node.took.iter().take(node.called.min(5) as usize) {
            latency.add(*took, 1);
        }
        if !latency.is_empty() {
            parts.latencies.push(NodeId(index as u32), &latency);
        }
        path.push(index);
        for open in &path {
            nodes[*open].end = index as u32 + 1;
        }
    }
    for index in (0..nodes.len()).rev() {
        nodes[index].total += nodes[index].own;
        nodes[index].total = random[index].odd_total.unwrap_or(nodes[index].total);
        if let Some(parent) = nodes[index].parent {
            nodes[parent.index()].total += nodes[index].total;
        }
    }
    parts.nodes = nodes.into_iter().map(Node::from).collect();
    let (threads, methods) = (parts.threads.len() as u32, parts.methods.len() as u32);
    if threads == 0 {
        parts.allocations.clear();
    }
    for one in &mut parts.allocations {
        one.thread %= threads;
        one.method.0 %= methods;
    }
    parts
        .allocations
        .sort_by_key(|one| (one.thread, one.method));
    parts
}
