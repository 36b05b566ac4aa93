//! Garbage collections: whose time they are, and that no order of events does harm.

#[allow(dead_code, reason = "each test uses its part")]
mod strategy;
#[allow(dead_code, reason = "each test uses its part")]
mod support;

use proptest::prelude::*;
use rubyprof_core::{CallGraph, NodeId, Profile};

use strategy::config;
use support::driver::record;
use support::invariants;
use support::tape::Tape;

/// The profile, which keeps all invariants, and its nodes' GC times.
fn collected(tape: &Tape) -> (Profile, Vec<u64>) {
    let profile = record(tape).profile;
    invariants::check(&profile);
    let nodes = 0..profile.nodes().len() as u32;
    let gcs = nodes.map(|id| profile.gc(NodeId(id))).collect();
    (profile, gcs)
}

fn gc(tape: Tape, ticks: u64) -> Tape {
    tape.gc_began().advance(ticks).gc_ended()
}

#[test]
fn a_collection_is_the_innermost_calls() {
    let tape = gc(Tape::new().live(0, &[1]).appear(), 5).enter(2);
    let tape = gc(tape.advance(3), 7).leave(2).enter(2);
    let tape = gc(gc(tape, 11).advance(1), 13).leave(2);
    let (profile, gcs) = collected(&gc(tape, 17));
    assert_eq!(gcs, [22, 31]);
    assert_eq!(profile.gc_total(), 53);
    assert_eq!(profile.self_value(NodeId(1)), 3 + 7 + 11 + 1 + 13);
    let graph = CallGraph::of_all(&profile);
    let rows: Vec<u64> = graph.rows().iter().map(|row| row.gc).collect();
    assert_eq!(rows, [22, 31]);
    assert_eq!(graph.edges()[0].gc, 31);
}

#[test]
fn a_collection_of_a_hidden_call_is_its_callers() {
    let tape = Tape::new().hidden(3).live(0, &[1]).enter(2).enter(3);
    let (_, gcs) = collected(&gc(tape, 5).leave(3).leave(2));
    assert_eq!(gcs, [0, 5]);
}

#[test]
fn a_collection_within_another_is_part_of_it() {
    let tape = Tape::new().live(0, &[1]).enter(2).gc_began().advance(1);
    let (_, gcs) = collected(&gc(tape, 2).advance(4).gc_ended().leave(2));
    assert_eq!(gcs, [0, 7]);
}

#[test]
fn what_nobody_records_has_none() {
    let tape = gc(Tape::new(), 5).live(0, &[1]).appear().pause();
    let tape = gc(tape, 5).resume().gc_ended().advance(1).gc_ended();
    let tape = tape.ignored(1).on(1).appear();
    let (_, gcs) = collected(&gc(tape, 5).on(0).enter(2).leave(2));
    assert_eq!(gcs, [0, 0]);
    // Without a call below which anything hangs.
    let (profile, _) = collected(&gc(Tape::new().on(0).appear(), 5).call(1, 1));
    assert_eq!(profile.gc_total(), 0);
}

#[test]
fn a_pause_is_no_collection() {
    let tape = Tape::new().live(0, &[1]).appear().gc_began().advance(3);
    let tape = tape.pause().advance(100).gc_ended().resume();
    let (_, gcs) = collected(&tape.advance(1));
    assert_eq!(gcs, [3]);
}

#[test]
fn a_lost_end_spoils_no_other_collection() {
    let tape = Tape::new().live(0, &[1]).enter(2).gc_began().advance(50);
    let tape = gc(tape.leave(2).advance(1), 3);
    let (_, gcs) = collected(&tape);
    assert_eq!(gcs, [3, 0]);
    // It ends in another call, or fiber, than it began in.
    let tape = Tape::new().live(0, &[1]).enter(2).gc_began().advance(50);
    let (_, gcs) = collected(&tape.leave(2).gc_ended());
    assert_eq!(gcs, [0, 0]);
    let tape = Tape::new().live(0, &[1]).live(1, &[1]).appear().gc_began();
    let (profile, _) = collected(&tape.advance(9).on(1).appear().advance(1).gc_ended());
    assert_eq!(profile.gc_total(), 0);
}

#[test]
fn a_call_within_a_collection_keeps_its_time() {
    let tape = Tape::new().live(0, &[1]).appear().gc_began().advance(2);
    let (profile, gcs) = collected(&tape.call(2, 40).advance(3).gc_ended());
    assert_eq!(gcs, [5, 0]);
    assert_eq!(profile.self_value(NodeId(0)), 5);
}

/// With a node for the collector nothing is lost.
fn split(profile: &Profile) {
    let split = profile.with_gc_nodes();
    invariants::check_made(&split);
    assert_eq!(split.total(), profile.total());
    let collector = |profile: &Profile| {
        let ids = (0..profile.nodes().len() as u32).map(NodeId);
        let of_collector = ids.filter(|id| {
            let method = profile.method(profile.node(*id).method);
            method.full_name() == "<Module::GC>#[collector]"
        });
        let numbers = of_collector.map(|id| (profile.self_value(id), profile.node(id).called));
        numbers.fold((0, 0), |(time, times), (more, called)| {
            (time + more, times + called)
        })
    };
    let ids = (0..profile.nodes().len() as u32).map(NodeId);
    let times = ids.map(|id| profile.collections(id)).sum();
    assert_eq!(collector(&split), (profile.gc_total(), times));
    // It is all the collector's.
    assert_eq!(split.gc_total(), profile.gc_total());
    assert_eq!(split.with_gc_nodes(), split);
}

#[test]
fn the_collector_can_be_a_method() {
    let tape = gc(Tape::new().live(0, &[1]).appear(), 5).enter(2);
    let tape = gc(gc(tape.advance(3), 7), 1).leave(2);
    let (profile, _) = collected(&tape.enter(3).leave(3));
    let split = profile.with_gc_nodes();
    let graph = CallGraph::of_all(&split);
    let row = |name: &str| {
        let rows = graph.rows().iter();
        let mut found = rows.filter(|row| split.method(row.method).full_name().contains(name));
        found.next().map(|row| (row.called, row.own, row.total))
    };
    assert_eq!(row("[collector]"), Some((3, 13, 13)));
    assert_eq!(row("m2"), Some((1, 3, 11)));
    assert_eq!(row("m1"), Some((1, 0, 16)));
    assert_eq!(row("m3"), Some((1, 0, 0)));
}

/// A call, a return, work or a collection.
#[derive(Clone, Copy, Debug)]
enum Step {
    Call(usize),
    Return,
    Work(u64),
    Collect(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (2_usize..6).prop_map(Step::Call),
        Just(Step::Return),
        (0_u64..50).prop_map(Step::Work),
        (0_u64..50).prop_map(Step::Collect),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn all_collections_are_somebodys(steps in prop::collection::vec(step(), 0..80)) {
        let mut tape = Tape::new().live(0, &[1]).appear();
        let (mut open, mut all) = (Vec::new(), 0);
        for step in steps {
            tape = match step {
                Step::Call(method) => {
                    open.push(method as u64);
                    tape.enter(method)
                }
                Step::Return => match open.pop() {
                    Some(tag) => tape.leave(tag),
                    None => tape,
                },
                Step::Work(ticks) => tape.advance(ticks),
                Step::Collect(ticks) => {
                    all += ticks;
                    gc(tape, ticks)
                }
            };
        }
        let (profile, _) = collected(&tape);
        prop_assert_eq!(profile.gc_total(), all);
        prop_assert_eq!(profile.compensated().gc_total(), all);
        split(&profile);
        split(&profile.compensated());
    }
}
