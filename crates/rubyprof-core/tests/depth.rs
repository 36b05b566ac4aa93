//! Very deep call trees: nothing may recurse along them, or take a time that grows with their square.

#[allow(dead_code, reason = "each test uses its part")]
mod support;

use rubyprof_core::{CallGraph, NodeId, Profile};

use support::driver::record;
use support::host;
use support::tape::Tape;

const DEPTH: usize = 100_000;

/// 100,000 frames of no function fit: two bytes each.
const SMALL_STACK: usize = 200 * 1024;

fn on_a_small_stack(test: fn()) {
    let thread = std::thread::Builder::new().stack_size(SMALL_STACK);
    let thread = thread.spawn(test).expect("a thread starts");
    thread.join().expect("the test passes");
}

/// `DEPTH` calls, one inside the other, of the methods 1 to `methods` in turn; a tick in each before
/// the next call, and one after its return if it returns.
fn deep(methods: usize, returns: bool) -> Tape {
    let method = |depth: usize| 1 + depth % methods;
    let mut tape = Tape::new();
    for depth in 0..DEPTH {
        tape = tape.enter_tagged(method(depth), depth as u64).advance(1);
    }
    for depth in (0..DEPTH).rev().filter(|_| returns) {
        tape = tape.leave(depth as u64).advance(1);
    }
    tape
}

/// A path of `DEPTH` nodes, called once each, with `ticks` of self.
fn check_chain(profile: &Profile, called: u64, ticks: impl Fn(usize) -> u64) {
    assert_eq!(profile.nodes().len(), DEPTH);
    let root = profile.threads()[0].root;
    assert_eq!(profile.subtree(root).len(), DEPTH);
    let mut total = 0;
    for depth in (0..DEPTH).rev() {
        let id = NodeId(depth as u32);
        total += ticks(depth);
        assert_eq!(profile.node(id).called, called);
        assert_eq!(profile.node(id).total, total);
        assert_eq!(profile.self_value(id), ticks(depth));
        let child = (depth + 1 < DEPTH).then(|| NodeId(depth as u32 + 1));
        assert!(profile.children(id).eq(child));
    }
    assert_eq!(profile.total(), total);
    let last = NodeId(DEPTH as u32 - 1);
    assert_eq!(profile.depth(last), DEPTH - 1);
    assert_eq!(profile.thread_of(last), profile.threads().first());
}

#[test]
fn direct_recursion() {
    on_a_small_stack(|| {
        let profile = record(&deep(1, true)).profile;
        // Each is left a tick after its callee, but for the innermost, which has none.
        let ticks = |depth| if depth + 1 < DEPTH { 2 } else { 1 };
        check_chain(&profile, 1, ticks);
        let graph = CallGraph::of_all(&profile);
        let row = &graph.rows()[0];
        assert_eq!(graph.rows().len(), 1);
        assert_eq!((row.called, row.min_depth), (DEPTH as u64, 0));
        assert_eq!((row.total, row.own), (profile.total(), profile.total()));
        assert!(row.recursive);
        // All calls along the edge are inside the first.
        let edge = &graph.edges()[0];
        assert_eq!(graph.edges().len(), 1);
        assert_eq!(edge.called, DEPTH as u64 - 1);
        assert_eq!(edge.total, profile.total() - 2);
        assert_eq!((edge.own, edge.children()), (edge.total, 0));
    });
}

#[test]
fn mutual_recursion() {
    on_a_small_stack(|| {
        let profile = record(&deep(2, true)).profile;
        check_chain(&profile, 1, |depth| if depth + 1 < DEPTH { 2 } else { 1 });
        let graph = CallGraph::of_all(&profile);
        let rows: Vec<_> = graph
            .rows()
            .iter()
            .map(|row| (row.called, row.total, row.recursive))
            .collect();
        let half = DEPTH as u64 / 2;
        let total = profile.total();
        assert_eq!(rows, [(half, total, true), (half, total - 2, true)]);
        let edges: Vec<_> = graph
            .edges()
            .iter()
            .map(|edge| (edge.called, edge.total))
            .collect();
        assert_eq!(edges, [(half, total - 2), (half - 1, total - 4)]);
    });
}

#[test]
fn calls_that_never_return() {
    on_a_small_stack(|| {
        let profile = record(&deep(3, false)).profile;
        check_chain(&profile, 1, |_| 1);
        assert_eq!(CallGraph::of_all(&profile).rows().len(), 3);
    });
}

#[test]
fn one_return_that_ends_them_all() {
    on_a_small_stack(|| check_chain(&record(&deep(7, false).leave(0)).profile, 1, |_| 1));
}

#[test]
fn methods_that_were_running_at_the_start() {
    on_a_small_stack(|| {
        let mut tape = Tape::new().live(0, &vec![1; DEPTH]);
        for (depth, frame) in tape.fibers[0].live.iter_mut().enumerate() {
            frame.1 = depth as u64;
        }
        // All but the outermost return, and each is the root for a tick.
        tape = tape.appear();
        for depth in (1..DEPTH).rev() {
            tape = tape.advance(1).leave(depth as u64);
        }
        let profile = record(&tape.advance(1)).profile;
        check_chain(&profile, 1, |_| 1);
    });
}

#[test]
fn two_runs() {
    on_a_small_stack(|| {
        let run = record(&deep(2, false)).profile;
        let both = run.followed_by(&run);
        check_chain(&both, 2, |_| 2);
        assert_eq!(host::number(both.methods()[0].key), 1);
    });
}
