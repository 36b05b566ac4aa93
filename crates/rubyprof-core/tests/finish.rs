//! The end of a recording: units and settings; and the call graph of what was recorded.

#[allow(dead_code, reason = "each test uses its part")]
mod support;

use rubyprof_core::{
    CallGraph, Cost, Costs, MeasureMode, Profile, Recorder, Scale, Settings, Unit,
};

use support::driver::{Way, record, record_with};
use support::host::{self, ScriptedNames};
use support::tape::Tape;

#[test]
fn scales_turn_ticks_into_units() {
    assert_eq!(Scale::ONE.apply(12_345), 12_345);
    assert_eq!(Scale::ONE.apply(u64::MAX), u64::MAX);
    assert_eq!(Scale::from_ratio(1, 1), Scale::ONE);
    // A clock of 2 GHz and one of 1 MHz, in nanoseconds.
    let fast = Scale::from_ratio(1_000_000_000, 2_000_000_000);
    assert_eq!((fast.apply(3), fast.apply(1 << 50)), (1, 1 << 49));
    let slow = Scale::from_ratio(1_000_000_000, 1_000_000);
    assert_eq!(slow.apply(1_234_567), 1_234_567_000);
    // Three hours of 3 GHz: a microsecond of slack.
    let hours = 3 * 3600 * 1_000_000_000_u64;
    let nanoseconds = Scale::from_ratio(1_000_000_000, 3_000_000_000).apply(hours * 3);
    assert!((hours - 3_000..=hours).contains(&nanoseconds));
}

#[test]
fn a_scale_without_ticks_is_one_to_one() {
    assert_eq!(Scale::from_ratio(1_000, 0), Scale::ONE);
}

#[test]
fn what_rounding_takes_from_callees_is_the_callers_self() {
    // Each of three callees has half a unit.
    let tape = Tape::new().enter(1).call(2, 1).call(3, 1).call(4, 1);
    let recorded = record_with(&tape.leave(1), Scale::from_ratio(1, 2), Way::Usual);
    let root = recorded.summary().threads.remove(0).root;
    assert_eq!(root.numbers(), (1, 1, 1, 1, 0));
    assert!(root.children.iter().all(|child| child.total == 0));
}

#[test]
fn a_root_that_stands_for_global_code_is_the_sum_of_its_rounded_callees() {
    let tape = Tape::new().call(1, 1).call(2, 3).call(3, 3);
    let recorded = record_with(&tape, Scale::from_ratio(1, 2), Way::Usual);
    let root = recorded.summary().threads.remove(0).root;
    assert_eq!(root.numbers(), (0, 1, 2, 0, 0));
}

#[test]
fn a_profile_says_how_it_was_recorded() {
    let cost = Cost { inner: 1, outer: 2 };
    let costs = Costs {
        ruby: cost,
        ..Costs::default()
    };
    let settings = Settings {
        measure_mode: MeasureMode::Allocations,
        track_allocations: true,
        c_calls: false,
        operators: false,
        costs,
        clock: "a sundial".into(),
        scale: Scale::ONE,
    };
    let profile = Recorder::new().finish(0, settings, &mut ScriptedNames::default());
    assert_eq!(profile.measure_mode, MeasureMode::Allocations);
    assert_eq!(profile.measure_mode.unit(), Unit::Objects);
    assert!(profile.track_allocations && !profile.c_calls && !profile.operators);
    // Objects have no overhead.
    assert_eq!(profile.costs, Costs::default());
    assert_eq!(profile.clock, "a sundial");
    assert_eq!((profile.threads().len(), profile.total()), (0, 0));
}

/// Method, called, total, self, wait, whether recursive, smallest depth.
type Row = (usize, u64, u64, u64, u64, bool, u32);

fn rows(profile: &Profile, graph: &CallGraph) -> Vec<Row> {
    let rows = graph.rows().iter();
    rows.map(|row| {
        let method = host::number(profile.method(row.method).key);
        let depth = row.min_depth;
        let (own, wait) = (row.own, row.wait);
        (
            method,
            row.called,
            row.total,
            own,
            wait,
            row.recursive,
            depth,
        )
    })
    .collect()
}

/// Caller, callee, called, total.
fn edges(profile: &Profile, graph: &CallGraph) -> Vec<(usize, usize, u64, u64)> {
    let number = |method| host::number(profile.method(method).key);
    let edges = graph.edges().iter();
    edges
        .map(|edge| {
            (
                number(edge.caller),
                number(edge.callee),
                edge.called,
                edge.total,
            )
        })
        .collect()
}

#[test]
fn recursion_counts_once_in_the_call_graph() {
    // 1 calls 2, which calls itself and then 3, which calls 2 again.
    let tape = Tape::new()
        .enter(1)
        .advance(1)
        .enter(2)
        .advance(2)
        .call(2, 4);
    let tape = tape
        .enter(3)
        .advance(8)
        .call(2, 16)
        .leave(3)
        .leave(2)
        .leave(1);
    let profile = record(&tape).profile;
    let graph = CallGraph::of_all(&profile);
    assert_eq!(
        rows(&profile, &graph),
        [
            (1, 1, 31, 1, 0, false, 0),
            (2, 3, 30, 22, 0, true, 1),
            (3, 1, 24, 8, 0, false, 2),
        ]
    );
    assert_eq!(
        edges(&profile, &graph),
        [(1, 2, 1, 30), (2, 2, 1, 4), (2, 3, 1, 24), (3, 2, 1, 16)]
    );
}

#[test]
fn calls_inside_a_call_along_the_same_edge_count_once() {
    // 1 > 2 > 1 > 2: the inner call of 2 by 1 is part of the outer one.
    let tape = Tape::new().enter(1).enter(2).advance(1).enter(1).call(2, 2);
    let profile = record(&tape.leave(1).call(3, 4).leave(2).leave(1)).profile;
    let graph = CallGraph::of_all(&profile);
    assert_eq!(
        edges(&profile, &graph),
        [(1, 2, 2, 7), (2, 1, 1, 2), (2, 3, 1, 4)]
    );
}

#[test]
fn the_graph_of_all_threads_adds_those_of_each() {
    let tape = Tape::new().enter(1).call(2, 1).advance(2).on(1).enter(2);
    let profile = record(&tape.advance(4).on(0).leave(1)).profile;
    let [first, second] = profile.threads() else {
        panic!("two fibers are two threads");
    };
    let first = rows(&profile, &CallGraph::of_thread(&profile, first));
    assert_eq!(
        first,
        [(1, 1, 7, 2, 4, false, 0), (2, 1, 1, 1, 0, false, 1)]
    );
    let second = rows(&profile, &CallGraph::of_thread(&profile, second));
    assert_eq!(second, [(2, 1, 4, 4, 0, false, 0)]);
    let all = CallGraph::of_all(&profile);
    assert_eq!(all.total(), 11);
    assert_eq!(
        rows(&profile, &all),
        [(1, 1, 7, 2, 4, false, 0), (2, 2, 5, 5, 0, false, 0)]
    );
    assert_eq!(edges(&profile, &all), [(1, 2, 1, 1)]);
}
