//! Profiles taken apart and put together, rightly and wrongly.

use rubyprof_core::{
    Allocation, FileId, Inconsistent, Location, MeasureMode, Method, MethodId, Node, NodeId,
    NodeParts, Of, OwnerKind, Parts, Profile, ProfileBuilder,
};

/// Two threads: 0 -> (1 -> 2, 3) and 4 -> 5.
fn parts() -> Parts {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let file = Some(builder.file("app.rb"));
    let methods: Vec<MethodId> = (0..3)
        .map(|line| {
            builder.method(Method {
                class_name: "Job".into(),
                name: Some(format!("step_{line}")),
                file,
                line,
                ..Method::default()
            })
        })
        .collect();
    let site = Location { file, line: 9 };
    let root = builder.thread(8, 8, methods[0], 1, 1_000);
    let work = builder.call(root, methods[1], site, 2, 600);
    let deep = builder.call(work, methods[2], site, 3, 100);
    builder.call(root, methods[2], site, 4, 200);
    let other = builder.thread(16, 24, methods[1], 1, 50);
    builder.call(other, methods[2], site, 1, 40);
    builder.wait(work, 70);
    builder.wait(deep, 5);
    for (thread, method) in [(0, 1), (0, 1), (0, 2), (1, 0)] {
        builder.allocation(Allocation {
            thread,
            method: methods[method],
            class_name: "String".into(),
            owner_kind: OwnerKind::Plain,
            location: site,
            count: 2,
            bytes: 80,
        });
    }
    builder.finish().into_parts()
}

fn edit(node: &mut Node, change: impl FnOnce(&mut NodeParts)) {
    let mut parts = NodeParts::from(&*node);
    change(&mut parts);
    *node = parts.into();
}

/// What is wrong with the parts after `change`.
fn wrong(change: impl FnOnce(&mut Parts)) -> Inconsistent {
    let mut parts = parts();
    change(&mut parts);
    Profile::from_parts(parts).expect_err("this is no profile")
}

fn wrong_or_not(change: impl FnOnce(&mut Parts)) -> Result<(), Inconsistent> {
    let mut parts = parts();
    change(&mut parts);
    Profile::from_parts(parts).map(drop)
}

fn unknown(of: Of, index: usize, to: Of, target: usize) -> Inconsistent {
    Inconsistent::Unknown {
        of,
        index,
        to,
        target,
    }
}

#[test]
fn parts_make_the_same_profile() {
    let parts = parts();
    let profile = Profile::from_parts(parts.clone()).expect("a builder makes a profile");
    assert_eq!(profile.parts(), parts);
    assert_eq!(profile.threads()[1].root, NodeId(4));
    assert_eq!(profile.wait(NodeId(1)), 70);
    assert_eq!(
        profile.allocations_of(0, profile.nodes()[1].method).len(),
        2
    );
    assert_eq!(
        Profile::from_parts(Parts::default()),
        Ok(Profile::default())
    );
}

#[test]
fn nodes_keep_what_they_are_made_of() {
    for node in &parts().nodes {
        assert_eq!(Node::from(NodeParts::from(node)), *node);
    }
    let root = NodeParts::from(&parts().nodes[0]);
    assert_eq!((root.parent, root.end, root.own), (None, 4, 200));
}

#[test]
fn numbers_of_hand_made_trees_are_taken_as_they_are() {
    let mut parts = parts();
    // Callees have more than the caller, and own values follow from nothing.
    edit(&mut parts.nodes[0], |node| {
        (node.total, node.own) = (3, 999);
    });
    parts.waits[0].1 = 1_000_000;
    let profile = Profile::from_parts(parts).expect("odd, but no contradiction");
    assert_eq!(profile.self_value(NodeId(0)), 999);
    assert_eq!(profile.self_value(NodeId(1)), 0);
}

#[test]
fn builders_take_things_in_any_order() {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let main = builder.method(Method::default());
    let allocation = |thread, count| Allocation {
        thread,
        method: main,
        class_name: String::new(),
        owner_kind: OwnerKind::Plain,
        location: Location::default(),
        count,
        bytes: 0,
    };
    let root = builder.thread(8, 8, main, 1, 100);
    let other = builder.thread(16, 16, main, 1, 100);
    for (thread, count) in [(1, 1), (0, 3), (0, 2)] {
        builder.allocation(allocation(thread, count));
    }
    for (path, wait) in [(other, 7), (root, 50), (root, 5)] {
        builder.wait(path, wait);
    }
    let profile = builder.finish();
    assert_eq!(profile.check(), Ok(()));
    let counts: Vec<u64> = profile.allocations().iter().map(|one| one.count).collect();
    assert_eq!(counts, [3, 2, 1]);
    let waits = profile
        .threads()
        .iter()
        .map(|thread| profile.wait(thread.root));
    assert_eq!(waits.collect::<Vec<_>>(), [5, 7], "what was said last");
}

#[test]
fn references_lead_somewhere() {
    let nowhere = Some(FileId(1));
    assert_eq!(
        wrong(|parts| parts.methods[2].file = nowhere),
        unknown(Of::Method, 2, Of::File, 1)
    );
    assert_eq!(
        wrong(|parts| parts.sites[1].file = nowhere),
        unknown(Of::Site, 1, Of::File, 1)
    );
    assert_eq!(
        wrong(|parts| parts.nodes[3].method = MethodId(3)),
        unknown(Of::Node, 3, Of::Method, 3)
    );
    assert_eq!(
        wrong(|parts| edit(&mut parts.nodes[5], |node| node.site = 2)),
        unknown(Of::Node, 5, Of::Site, 2)
    );
    assert_eq!(
        wrong(|parts| parts.waits[1].0 = NodeId(6)),
        unknown(Of::Wait, 1, Of::Node, 6)
    );
    assert_eq!(
        wrong(|parts| parts.allocations[3].thread = 2),
        unknown(Of::Allocation, 3, Of::Thread, 2)
    );
    assert_eq!(
        wrong(|parts| parts.allocations[3].method = MethodId(3)),
        unknown(Of::Allocation, 3, Of::Method, 3)
    );
    assert_eq!(
        wrong(|parts| parts.allocations[0].location.file = nowhere),
        unknown(Of::Allocation, 0, Of::File, 1)
    );
}

#[test]
fn threads_follow_each_other_without_a_gap() {
    let root = |thread: usize, node| wrong(move |parts| parts.threads[thread].root = NodeId(node));
    assert_eq!(root(0, 1), Inconsistent::NoThread(0));
    assert_eq!(root(1, 0), Inconsistent::NoThread(4));
    assert_eq!(root(1, 5), Inconsistent::NoThread(4));
    assert_eq!(root(1, u32::MAX), Inconsistent::NoThread(4));
    let missing = wrong(|parts| {
        parts.threads.pop();
        parts.allocations.pop();
    });
    assert_eq!(missing, Inconsistent::NoThread(4));
    let more = wrong(|parts| {
        let mut third = parts.threads[1].clone();
        third.root = NodeId(6);
        parts.threads.push(third);
    });
    assert_eq!(more, Inconsistent::NoRoot(2));
    let no_nodes = wrong(|parts| {
        parts.nodes.clear();
        parts.waits.clear();
    });
    assert_eq!(no_nodes, Inconsistent::NoRoot(0));
}

#[test]
fn parents_and_ends_tell_the_same_trees() {
    let parent = |node: usize, parent: Option<u32>| {
        wrong(move |parts| {
            edit(&mut parts.nodes[node], |node| {
                node.parent = parent.map(NodeId);
            });
        })
    };
    // Another node, none, itself, a later one, one that does not exist, one in another thread.
    assert_eq!(parent(2, Some(0)), Inconsistent::Parent(2));
    assert_eq!(parent(1, None), Inconsistent::Parent(1));
    assert_eq!(parent(3, Some(3)), Inconsistent::Parent(3));
    assert_eq!(parent(1, Some(2)), Inconsistent::Parent(1));
    assert_eq!(parent(1, Some(77)), Inconsistent::Parent(1));
    assert_eq!(parent(4, Some(0)), Inconsistent::Parent(4));

    let end =
        |node: usize, end| wrong(move |parts| edit(&mut parts.nodes[node], |node| node.end = end));
    // Before its beginning, at it, beyond the parent's, beyond all.
    assert_eq!(end(1, 0), Inconsistent::End(1));
    assert_eq!(end(2, 2), Inconsistent::End(2));
    assert_eq!(end(1, 5), Inconsistent::End(1));
    assert_eq!(end(5, 7), Inconsistent::End(5));
    // In range, but a sibling would be a callee, or a callee a sibling.
    assert_eq!(end(1, 4), Inconsistent::Parent(3));
    assert_eq!(end(1, 2), Inconsistent::Parent(2));
    // The first tree would swallow the second, or leave a node to nobody.
    assert_eq!(end(0, 6), Inconsistent::Parent(4));
    assert_eq!(end(0, 3), Inconsistent::NoThread(3));
}

#[test]
fn lists_are_in_order() {
    assert_eq!(
        wrong(|parts| parts.waits.swap(0, 1)),
        Inconsistent::Order(Of::Wait, 1)
    );
    assert_eq!(
        wrong(|parts| parts.waits[1] = parts.waits[0]),
        Inconsistent::Order(Of::Wait, 1)
    );
    assert_eq!(
        wrong(|parts| parts.allocations.swap(2, 3)),
        Inconsistent::Order(Of::Allocation, 3)
    );
    assert_eq!(
        wrong(|parts| parts.allocations.swap(1, 2)),
        Inconsistent::Order(Of::Allocation, 2)
    );
}

#[test]
fn sums_that_reports_make_fit() {
    let sum = Inconsistent::Sum;
    let two = |change: fn(&mut NodeParts)| {
        wrong(move |parts| {
            edit(&mut parts.nodes[2], change);
            edit(&mut parts.nodes[5], change);
        })
    };
    assert_eq!(two(|node| node.called = u64::MAX / 2), sum("calls"));
    assert_eq!(two(|node| node.own = u64::MAX / 2 + 1), sum("self times"));
    assert_eq!(
        two(|node| node.total = u64::MAX / 2 + 1),
        sum("total times")
    );
    assert_eq!(
        wrong(|parts| parts.waits[0].1 = u64::MAX),
        sum("waiting times")
    );
    assert_eq!(
        wrong(|parts| parts.allocations[3].count = u64::MAX),
        sum("objects")
    );
    assert_eq!(
        wrong(|parts| parts.allocations[3].bytes = u64::MAX),
        sum("bytes")
    );
}

/// A path is as long as its caller's caller's: totals on one path are never added to each other.
#[test]
fn long_totals_on_one_path_are_no_sum() {
    let mut parts = parts();
    parts.threads.pop();
    parts.allocations.pop();
    parts.nodes.truncate(4);
    for node in &mut parts.nodes {
        edit(node, |node| node.own = 0);
    }
    for index in 0..3 {
        parts.nodes[index].total = u64::MAX - 200;
    }
    let profile = Profile::from_parts(parts).expect("no sum is too large");
    let graph = rubyprof_core::CallGraph::of_all(&profile);
    assert_eq!(graph.rows()[2].total, u64::MAX);
}

#[test]
fn what_is_wrong_is_named() {
    let text = |change: fn(&mut Parts)| wrong(change).to_string();
    assert_eq!(
        text(|parts| parts.nodes[3].method = MethodId(30)),
        "call tree node 3 refers to method 30, which does not exist"
    );
    assert_eq!(
        text(|parts| parts.waits.swap(0, 1)),
        "waiting time 1 is out of order"
    );
    assert_eq!(
        text(|parts| parts.threads[0].root = NodeId(1)),
        "call tree node 0 belongs to no thread"
    );
}

#[test]
fn parts_of_own_times_are_no_more_than_these() {
    // Node 0 has 200 of its own.
    let with = |gc, overhead, compensated| {
        wrong_or_not(|parts| {
            parts.gcs = vec![(NodeId(0), gc)];
            parts.compensated = compensated;
            edit(&mut parts.nodes[0], |node| node.overhead = overhead);
        })
    };
    assert_eq!(with(150, 50, false), Ok(()));
    assert_eq!(with(150, 51, false), Err(Inconsistent::Part(0)));
    assert_eq!(with(u64::MAX, 1, false), Err(Inconsistent::Part(0)));
    assert_eq!(with(200, 5_000, true), Ok(()));
    assert_eq!(with(201, 0, true), Err(Inconsistent::Part(0)));
    // What was measured would be too large.
    let self_times = Err(Inconsistent::Sum("self times"));
    assert_eq!(with(0, u64::MAX - 200, true), self_times);
    let unordered = wrong(|parts| parts.gcs = vec![(NodeId(1), 1), (NodeId(1), 1)]);
    assert_eq!(unordered, Inconsistent::Order(Of::Gc, 1));
    let nobody = wrong(|parts| parts.gcs = vec![(NodeId(6), 1)]);
    assert_eq!(nobody, unknown(Of::Gc, 0, Of::Node, 6));
    let unexplained = wrong(|parts| {
        for thread in &mut parts.threads {
            thread.unexplained = u64::MAX;
        }
    });
    assert_eq!(unexplained, Inconsistent::Sum("unexplained overheads"));
}

#[test]
fn a_path_as_long_as_the_profile_is_checked_without_recursion() {
    let count = 300_000_u32;
    let nodes = (0..count).map(|index| {
        Node::from(NodeParts {
            called: 1,
            total: 1,
            own: 0,
            overhead: 0,
            parent: index.checked_sub(1).map(NodeId),
            end: count,
            method: MethodId(0),
            site: 0,
        })
    });
    let mut parts = parts();
    parts.nodes = nodes.collect();
    parts.threads.truncate(1);
    parts.allocations.clear();
    assert!(Profile::from_parts(parts).is_ok());
}
