//! What holds for every profile, however it was recorded.

use rubyprof_core::{NodeId, Profile};

use super::graph;

/// Checks the layout, the conservation of time and the call graphs. Slow: for small profiles.
pub(crate) fn check(profile: &Profile) {
    assert_eq!(profile.check(), Ok(()));
    for id in ids(profile) {
        let called = profile.node(id).called;
        assert!(called > 0, "a path that was never called: {id:?}");
    }
    layout(profile);
    compensation(profile);
    stops(profile);
    allocations(profile);
    graph::check(profile, profile.threads());
    for thread in profile.threads() {
        graph::check(profile, std::slice::from_ref(thread));
    }
}

/// The same of profiles made of others, whose roots need not have been called.
pub(crate) fn check_made(profile: &Profile) {
    assert_eq!(profile.check(), Ok(()));
    layout(profile);
    compensation(profile);
    graph::check(profile, profile.threads());
}

fn ids(profile: &Profile) -> impl Iterator<Item = NodeId> {
    (0..profile.nodes().len() as u32).map(NodeId)
}

/// Preorder, thread after thread, and all ways of walking agree with the parents.
fn layout(profile: &Profile) {
    let mut next = 0;
    for thread in profile.threads() {
        assert_eq!(thread.root.0, next, "threads follow each other");
        assert_eq!(profile.parent(thread.root), None);
        next += profile.subtree(thread.root).len() as u32;
    }
    assert_eq!(next as usize, profile.nodes().len());
    for id in ids(profile) {
        if let Some(parent) = profile.parent(id) {
            assert!(parent < id, "callers come first");
        }
        let children: Vec<NodeId> = ids(profile)
            .filter(|child| profile.parent(*child) == Some(id))
            .collect();
        assert_eq!(profile.children(id).collect::<Vec<_>>(), children);
        for (index, child) in children.iter().enumerate() {
            let method = profile.node(*child).method;
            let twice = children[..index]
                .iter()
                .any(|other| profile.node(*other).method == method);
            assert!(!twice, "calls along one path share one node");
        }
        let mut climb = Some(id);
        let mut depth = 0;
        let mut root = id;
        while let Some(at) = climb {
            assert!(profile.subtree(at).any(|below| below == id));
            root = at;
            climb = profile.parent(at);
            depth += usize::from(climb.is_some());
        }
        assert_eq!(profile.depth(id), depth);
        assert_eq!(profile.thread_of(id).map(|thread| thread.root), Some(root));
        let below = profile.subtree(id).skip(1);
        for other in below {
            assert!(profile.parent(other).is_some_and(|parent| parent >= id));
        }
    }
}

fn own_of(profile: &Profile, id: NodeId) -> u64 {
    profile.self_value(id) + profile.wait(id)
}

/// Whoever waited had stopped, in what was recorded.
fn stops(profile: &Profile) {
    for id in ids(profile) {
        let overlap = profile.gc(id).min(profile.wait(id));
        // Its two parts are rounded down, each, in each of two runs.
        let stopped = profile.stopped(id).sum() + 2;
        assert!(profile.wait(id) <= stopped + overlap, "{id:?}");
    }
}

/// Every tick is exactly one path's, as self or as wait.
fn conservation(profile: &Profile) {
    for id in ids(profile) {
        let node = profile.node(id);
        let parts: u64 = profile
            .children(id)
            .map(|child| profile.node(child).total)
            .sum();
        assert_eq!(profile.children_value(id), parts);
        assert_eq!(
            node.total,
            profile.self_value(id) + profile.wait(id) + parts,
            "total is self, wait and children of {id:?}"
        );
        assert!(
            profile.gc(id) <= profile.self_value(id),
            "GC is part of self"
        );
        let ledger = profile.ledger(id);
        assert_eq!(
            ledger.wall(),
            profile.raw_sum(own_of(profile, id), node.overhead)
        );
        let stopped = profile.stopped(id);
        assert_eq!(
            (ledger.blocked, ledger.gvl_wait, ledger.gc, ledger.overhead),
            (
                stopped.blocked,
                stopped.gvl_wait,
                profile.gc(id),
                node.overhead
            ),
        );
    }
    let mut all = 0;
    for thread in profile.threads() {
        let spent: u64 = profile
            .subtree(thread.root)
            .map(|id| profile.self_value(id) + profile.wait(id))
            .sum();
        assert_eq!(spent, profile.node(thread.root).total);
        let overhead: u64 = profile
            .subtree(thread.root)
            .map(|id| profile.node(id).overhead)
            .sum();
        let wall = profile.ledger_of(thread).wall();
        assert_eq!(wall, profile.raw_sum(spent, overhead));
        all += spent;
    }
    assert_eq!(profile.total(), all);
}

/// What is taken off is what there was, to the nanosecond, at every node; and it can be given back.
fn compensation(profile: &Profile) {
    let (raw, rest) = (profile.uncompensated(), profile.compensated());
    assert!(!raw.is_compensated() && rest.is_compensated());
    assert_eq!(raw.compensated(), rest);
    assert_eq!(rest.uncompensated(), raw);
    assert_eq!(
        (raw.uncompensated(), rest.compensated()),
        (raw.clone(), rest.clone())
    );
    for id in ids(profile) {
        let overhead = profile.node(id).overhead;
        assert_eq!(raw.self_value(id), rest.self_value(id) + overhead);
        assert_eq!(raw.raw_self_value(id), rest.raw_self_value(id));
        assert_eq!(raw.is_uncertain(id), rest.is_uncertain(id));
        assert_eq!((raw.wait(id), raw.gc(id)), (rest.wait(id), rest.gc(id)));
        let below: u64 = profile
            .subtree(id)
            .map(|id| profile.node(id).overhead)
            .sum();
        assert_eq!(raw.node(id).total, rest.node(id).total + below);
    }
    let overhead = raw.overhead();
    assert_eq!(overhead, rest.overhead());
    assert_eq!(overhead.raw_total, raw.total());
    assert_eq!(overhead.compensated_total(), rest.total());
    conservation(&raw);
    conservation(&rest);
    let gcs: u64 = ids(profile).map(|id| profile.gc(id)).sum();
    assert_eq!(profile.gc_total(), gcs);
}

fn allocations(profile: &Profile) {
    let order: Vec<_> = profile
        .allocations()
        .iter()
        .map(|one| (one.thread, one.method))
        .collect();
    assert!(
        order.is_sorted(),
        "ordered by thread, then method: {order:?}"
    );
    for allocation in profile.allocations() {
        assert!((allocation.thread as usize) < profile.threads().len());
        assert!(allocation.count > 0);
    }
}
