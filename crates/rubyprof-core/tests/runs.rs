//! Two runs of one profile as one.

#[allow(dead_code, reason = "each test uses its part")]
mod support;

use rubyprof_core::{CallGraph, Profile, Scale};

use support::driver::record;
use support::picture::lines;
use support::summary::Summary;
use support::tape::Tape;
use support::{invariants, reference};

/// Both runs as one, after comparing with the reference model.
fn both(first: &Tape, second: &Tape) -> (Profile, Summary) {
    let profile = record(first).profile.followed_by(&record(second).profile);
    invariants::check(&profile);
    let summary = Summary::of(&profile, 0);
    let expected =
        reference::summary(first, Scale::ONE).followed_by(&reference::summary(second, Scale::ONE));
    assert_eq!(summary.threads, expected.threads);
    assert_eq!(summary.methods, expected.methods);
    assert_eq!(summary.allocations, expected.allocations);
    (profile, summary)
}

#[test]
fn trees_with_the_same_root_become_one() {
    let first = Tape::new().enter(1).call(2, 1).call(3, 2).leave(1);
    let second = Tape::new().enter(1).call(4, 8).enter(2).call(5, 16);
    let (_, summary) = both(&first, &second.leave(2).leave(1));
    assert_eq!(
        lines(&summary),
        "f0\n m1 x2 27/0/0\n  m2 x2 17/1/0\n   m5 x1 16/16/0\n  m3 x1 2/2/0\n  m4 x1 8/8/0\n"
    );
}

#[test]
fn trees_with_different_roots_stand_side_by_side() {
    let (profile, summary) = both(&Tape::new().call(1, 1), &Tape::new().call(2, 2));
    assert_eq!(lines(&summary), "f0\n m1 x1 1/1/0\nf0\n m2 x1 2/2/0\n");
    assert_eq!(profile.total(), 3);
}

#[test]
fn trees_of_different_fibers_stand_side_by_side() {
    let tape = |fiber| Tape::new().on(fiber).call(1, 1);
    let (_, summary) = both(&tape(0), &tape(1));
    assert_eq!(lines(&summary), "f0\n m1 x1 1/1/0\nf100\n m1 x1 1/1/0\n");
}

#[test]
fn waits_add_up_on_their_paths() {
    let waiting = |ticks| {
        let tape = Tape::new().of_thread(1, 1).enter(1).enter(2).advance(1);
        let tape = tape.on(1).enter(3).advance(ticks);
        tape.on(0).leave(2).call(4, 5).leave(1)
    };
    let (_, summary) = both(&waiting(10), &waiting(20));
    assert_eq!(
        lines(&summary),
        "f0\n m1 x2 42/0/0\n  m2 x2 32/2/30\n  m4 x2 10/10/0\nf100\n m3 x2 40/30/10\n"
    );
}

#[test]
fn call_sites_are_those_of_the_first_run_that_called() {
    let first = Tape::new().enter(1).call(2, 1).leave(1);
    // Here 1 is entered by event 3 and calls 2 by event 7.
    let second = Tape::new().advance(1).advance(1).advance(1).enter(1);
    let second = second.call(4, 1).call(2, 1).leave(1);
    let (_, summary) = both(&first, &second);
    let root = &summary.threads[0].root;
    let line = |line| (Some("caller.rb".to_owned()), line);
    assert_eq!(root.site, line(1));
    let sites = root
        .children
        .iter()
        .map(|one| (one.method, one.site.clone()));
    assert!(sites.eq([(2, line(2)), (4, line(5))]));
}

#[test]
fn an_empty_run_adds_nothing() {
    let run = Tape::new().enter(1).call(2, 1).allocate(None, 1).leave(1);
    let (_, summary) = both(&run, &Tape::new());
    assert_eq!(summary, record(&run).summary());
    let (_, summary) = both(&Tape::new(), &run);
    assert_eq!(summary, record(&run).summary());
}

fn allocations(summary: &Summary) -> Vec<(usize, usize, u64)> {
    let allocations = summary.allocations.iter();
    allocations
        .map(|one| (one.thread, one.method, one.count))
        .collect()
}

#[test]
fn the_same_allocations_add_up() {
    let run = Tape::new().enter(1).allocate(None, 1).allocate(None, 1);
    let (_, summary) = both(&run, &run.clone().allocate(None, 1));
    assert_eq!(allocations(&summary), [(0, 1, 5)]);
}

#[test]
fn allocations_stay_with_their_thread() {
    let run = Tape::new().enter(1).on(1).enter(2).allocate(None, 1);
    let other = Tape::new().on(1).enter(2).allocate(None, 1);
    let (_, summary) = both(&run, &other);
    assert_eq!(allocations(&summary), [(1, 2, 2)]);
}

#[test]
fn allocations_are_in_the_order_of_threads_and_methods() {
    // The second run adds to the first thread what comes before that which the second thread has.
    let first = Tape::new().enter(1).on(1).enter(1).allocate(None, 1);
    let second = Tape::new().enter(1).allocate(None, 1);
    let (_, summary) = both(&first, &second);
    assert_eq!(allocations(&summary), [(0, 1, 1), (1, 1, 1)]);
}

#[test]
fn methods_are_the_same_when_their_keys_are() {
    let first = Tape::new().enter(1).call(2, 1).call(3, 2).leave(1);
    let second = Tape::new().enter(1).call(3, 4).call(2, 8).leave(1);
    let (profile, summary) = both(&first, &second);
    assert_eq!(summary.methods, [1, 2, 3]);
    let graph = CallGraph::of_all(&profile);
    let rows = graph.rows().iter();
    let rows: Vec<_> = rows
        .map(|row| (row.method.0, row.called, row.total))
        .collect();
    assert_eq!(rows, [(0, 2, 15), (1, 2, 9), (2, 2, 6)]);
}
