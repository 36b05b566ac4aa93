//! The call graph, computed from its definition: for every method and every pair of methods, look at
//! every node and at all of its ancestors.

use rubyprof_core::{
    CallGraph, Doubt, Edge, MethodId, MethodRow, NodeId, Partial, Profile, Stopped, Thread,
};

/// Rows and edges in preorder of their first nodes.
pub(crate) fn naive(profile: &Profile, threads: &[Thread]) -> (Vec<MethodRow>, Vec<Edge>) {
    let mut rows: Vec<MethodRow> = Vec::new();
    let mut edges: Vec<Edge> = Vec::new();
    let nodes: Vec<NodeId> = threads
        .iter()
        .flat_map(|thread| subtree(profile, thread.root))
        .collect();
    for &id in &nodes {
        let node = profile.node(id);
        let above = ancestors(profile, id);
        let (own, wait) = (profile.self_value(id), profile.wait(id));
        let position = rows.iter().position(|row| row.method == node.method);
        let position = position.unwrap_or_else(|| {
            rows.push(MethodRow {
                method: node.method,
                called: 0,
                total: 0,
                own: 0,
                wait: 0,
                gc: 0,
                stopped: Stopped::default(),
                overhead: 0,
                partial: Partial::default(),
                doubt: Doubt::default(),
                total_doubt: Doubt::default(),
                recursive: false,
                min_depth: u32::MAX,
                first_node: id,
            });
            rows.len() - 1
        });
        let row = &mut rows[position];
        let nested = above.iter().any(|one| method(profile, *one) == node.method);
        row.called += node.called;
        row.total += if nested { 0 } else { node.total };
        row.own += own;
        row.wait += wait;
        row.gc += profile.gc(id);
        row.stopped.blocked += profile.stopped(id).blocked;
        row.stopped.gvl_wait += profile.stopped(id).gvl_wait;
        row.overhead += node.overhead;
        row.partial.add(profile.partial(id));
        row.doubt.add(doubt(profile, [id]));
        if !nested {
            row.total_doubt.add(doubt(profile, subtree(profile, id)));
        }
        row.recursive |= nested || profile.partial(id).recursive > 0;
        row.min_depth = row.min_depth.min(above.len() as u32);

        let Some(caller) = above.first().map(|one| method(profile, *one)) else {
            continue;
        };
        let same = |edge: &Edge| (edge.caller, edge.callee) == (caller, node.method);
        let position = edges.iter().position(same).unwrap_or_else(|| {
            edges.push(Edge {
                caller,
                callee: node.method,
                called: 0,
                total: 0,
                own: 0,
                wait: 0,
                gc: 0,
                stopped: Stopped::default(),
                overhead: 0,
                partial: Partial::default(),
                doubt: Doubt::default(),
                total_doubt: Doubt::default(),
                call_site: profile.call_site(id),
                first_node: id,
            });
            edges.len() - 1
        });
        let edge = &mut edges[position];
        // Inside another call along this edge: `one` is such a callee, `two` its caller.
        let nested = above.windows(2).any(|pair| {
            (method(profile, pair[1]), method(profile, pair[0])) == (caller, node.method)
        });
        edge.called += node.called;
        edge.total += if nested { 0 } else { node.total };
        edge.own += own;
        edge.wait += wait;
        edge.gc += profile.gc(id);
        edge.stopped.blocked += profile.stopped(id).blocked;
        edge.stopped.gvl_wait += profile.stopped(id).gvl_wait;
        edge.overhead += node.overhead;
        edge.partial.add(profile.partial(id));
        edge.doubt.add(doubt(profile, [id]));
        if !nested {
            edge.total_doubt.add(doubt(profile, subtree(profile, id)));
        }
    }
    (rows, edges)
}

/// The sum of nodes' doubts; none where times are as they were measured.
fn doubt(profile: &Profile, nodes: impl IntoIterator<Item = NodeId>) -> Doubt {
    let mut sum = Doubt::default();
    if profile.is_compensated() {
        for id in nodes {
            let method = profile.method(profile.node(id).method);
            let own = profile.self_value(id) - profile.gc(id);
            let iterates = matches!(method.name.as_deref(), Some("each" | "map"));
            sum.add(Doubt {
                overhead: profile.node(id).overhead,
                in_blocks: if method.file.is_none() && method.name.is_some() && !iterates {
                    0
                } else {
                    own
                },
            });
        }
    }
    sum
}

/// Compares the call graph with its definition, and with what every call graph must hold to.
pub(crate) fn check(profile: &Profile, threads: &[Thread]) {
    let graph = CallGraph::of_threads(profile, threads);
    let (rows, edges) = naive(profile, threads);
    assert_eq!(graph.rows(), rows);
    assert_eq!(graph.edges(), edges);
    let roots: Vec<NodeId> = threads.iter().map(|thread| thread.root).collect();
    let total: u64 = roots.iter().map(|root| profile.node(*root).total).sum();
    assert_eq!(graph.total(), total);
    let spent: u64 = graph.rows().iter().map(|row| row.own + row.wait).sum();
    assert_eq!(spent, total, "all time is somebody's");
    for row in graph.rows() {
        assert!(row.total <= total, "{row:?} has more than there is");
        assert_eq!(row.children(), row.total - row.own - row.wait);
        assert_eq!(graph.row(row.method), Some(row));
        let own_roots = roots.iter().map(|root| profile.node(*root));
        let as_root: u64 = own_roots
            .filter(|root| root.method == row.method)
            .map(|root| root.called)
            .sum();
        let from_callers: u64 = graph.callers(row.method).map(|edge| edge.called).sum();
        assert_eq!(from_callers + as_root, row.called, "{row:?}");
        let callers = edges.iter().filter(|edge| edge.callee == row.method);
        assert!(graph.callers(row.method).eq(callers));
        let callees = edges.iter().filter(|edge| edge.caller == row.method);
        assert!(graph.callees(row.method).eq(callees));
    }
    for edge in graph.edges() {
        assert!(edge.total <= total, "{edge:?} has more than there is");
        assert_eq!(edge.children(), edge.total - edge.own - edge.wait);
    }
    for index in 0..profile.methods().len() {
        let id = MethodId(index as u32);
        let called = rows.iter().any(|row| row.method == id);
        assert_eq!(graph.row(id).is_some(), called);
    }
}

fn method(profile: &Profile, id: NodeId) -> MethodId {
    profile.node(id).method
}

/// From the parent to the root.
fn ancestors(profile: &Profile, id: NodeId) -> Vec<NodeId> {
    let mut above = Vec::new();
    let mut at = id;
    while let Some(parent) = profile.parent(at) {
        above.push(parent);
        at = parent;
    }
    above
}

/// The node and what is below it, by looking for children.
fn subtree(profile: &Profile, id: NodeId) -> Vec<NodeId> {
    let all = (0..profile.nodes().len() as u32).map(NodeId);
    let mut found = vec![id];
    for child in all.filter(|child| profile.parent(*child) == Some(id)) {
        found.extend(subtree(profile, child));
    }
    found
}
