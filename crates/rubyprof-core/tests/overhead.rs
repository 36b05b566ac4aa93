//! Overhead against a simulated tracer: known costs give back the true times, wrong ones lose nothing.

#[allow(dead_code, reason = "each test uses its part")]
mod strategy;
#[allow(dead_code, reason = "each test uses its part")]
mod support;
mod tracer;

use proptest::prelude::*;
use rubyprof_core::{Cost, Costs, NodeId, Profile};

use strategy::config;
use support::driver::record;
use support::invariants;
use support::tape::Tape;
use tracer::{Pieces, Seen, Step, Tracer, kind, trace, watch};

fn ids(profile: &Profile) -> impl Iterator<Item = NodeId> + use<> {
    (0..profile.nodes().len() as u32).map(NodeId)
}

const PICOSECOND: u64 = 1;
const NANOSECOND: u64 = 1_000;

fn program() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0_usize..7).prop_map(Step::Call),
        3 => Just(Step::Return),
        2 => (0_u64..9_000).prop_map(Step::Work),
        1 => (0_u64..9_000).prop_map(Step::Collect),
        1 => Just(Step::Make),
        1 => Just(Step::Switch),
    ];
    prop::collection::vec(step, 0..120)
}

fn any_tracer(tick: u64) -> impl Strategy<Value = Tracer> {
    let piece = || 0_u64..3_000;
    let pieces = (piece(), piece(), piece(), piece());
    let pieces = pieces.prop_map(|(a, b, c, d)| Pieces { a, b, c, d });
    let others = prop::array::uniform3(piece());
    (prop::array::uniform3(pieces), others).prop_map(move |(pieces, [new_path, object, switch])| {
        Tracer {
            tick,
            pieces,
            new_path,
            object,
            switch,
        }
    })
}

/// None, one or several methods run already.
fn live() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0_usize..7, 0..4).prop_map(|live| ran_before(&live))
}

/// Costs of a nanosecond's fraction, a few, or more than any program has time.
fn any_costs() -> impl Strategy<Value = Costs> {
    let piece = || prop_oneof![Just(0), 0..2_000_u64, 0..900_000_u64, Just(u64::MAX)];
    let cost = move || (piece(), piece()).prop_map(|(inner, outer)| Cost { inner, outer });
    let others = prop::array::uniform3(piece());
    (prop::array::uniform3(cost()), others).prop_map(
        |([ruby, c, operator], [new_path, object, switch])| Costs {
            ruby,
            c,
            operator,
            new_path,
            object,
            switch,
            spread: 0,
            unknown: 0,
        },
    )
}

/// Methods from here on ran before the recording and are never called in it, so that they can be told apart.
const RAN_BEFORE: usize = 30;

fn ran_before(live: &[usize]) -> Vec<usize> {
    let live = live.iter().enumerate();
    live.map(|(depth, method)| RAN_BEFORE + 9 * depth + method)
        .collect()
}

/// The methods on a node's path, with those that ran before and are not in the profile.
fn path(profile: &Profile, id: NodeId, live: &[usize]) -> Vec<usize> {
    let line = |id: NodeId| profile.method(profile.node(id).method).line as usize;
    let named = |id: &NodeId| profile.method(profile.node(*id).method).name.is_some();
    let up = std::iter::successors(Some(id), |id| profile.parent(*id));
    let mut path: Vec<usize> = up.filter(named).map(line).collect();
    path.reverse();
    let before = live.iter().position(|method| path.first() == Some(method));
    [&live[..before.unwrap_or(0)], &path].concat()
}

/// What the costs say of each node's window and of nobody else's, in picoseconds, by definition.
fn demands(profile: &Profile, costs: &Costs, seen: &Seen, live: &[usize]) -> Vec<u128> {
    let method = |id: NodeId| profile.method(profile.node(id).method);
    let cost = |id: NodeId| match kind(method(id).line as usize) {
        0 => costs.ruby,
        1 => costs.c,
        _ => costs.operator,
    };
    let is_traced = |id: NodeId| method(id).line < RAN_BEFORE as u32;
    // Code outside any method stands for what was not measured.
    let is_measured = |id: NodeId| method(id).name.is_some();
    let times = |id: NodeId, cost: u64| match is_traced(id) {
        true => u128::from(profile.node(id).called) * u128::from(cost),
        false => 0,
    };
    let beside = |id: NodeId| {
        let (objects, switches) = seen
            .get(&path(profile, id, live))
            .copied()
            .unwrap_or_default();
        u128::from(objects) * u128::from(costs.object)
            + u128::from(switches) * u128::from(costs.switch)
    };
    let demand = |id: NodeId| {
        let callees = profile.children(id).filter(|callee| is_traced(*callee));
        let outer = callees.map(|id| times(id, cost(id).outer) + u128::from(costs.new_path));
        match is_measured(id) {
            true => times(id, cost(id).inner) + outer.sum::<u128>() + beside(id),
            false => 0,
        }
    };
    ids(profile).map(demand).collect()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn known_costs_give_back_the_true_times(
        program in program(),
        live in live(),
        tracer in any_tracer(NANOSECOND),
    ) {
        let traced = trace(&program, &live, &tracer, tracer.costs());
        let truth = trace(&program, &live, &Tracer::free(NANOSECOND), Costs::default());
        invariants::check(&traced);
        let found = traced.compensated();
        prop_assert_eq!(found.overhead().unexplained, 0);
        prop_assert_eq!(found.nodes().len(), truth.nodes().len());
        for id in ids(&truth) {
            prop_assert_eq!(found.node(id).called, truth.node(id).called);
            prop_assert_eq!(found.node(id).total, truth.node(id).total);
            prop_assert_eq!(found.self_value(id), truth.self_value(id));
            prop_assert_eq!(found.gc(id), truth.gc(id));
        }
    }

    #[test]
    fn picoseconds_are_not_lost(
        program in program(),
        live in live(),
        tracer in any_tracer(PICOSECOND),
    ) {
        let (traced, seen) = watch(&program, &live, &tracer, tracer.costs());
        let truth = trace(&program, &live, &Tracer::free(PICOSECOND), Costs::default());
        invariants::check(&traced);
        let demands = demands(&traced, &traced.costs, &seen, &live);
        for id in ids(&traced) {
            // One for each of both totals, which are rounded down, and one for the remainder.
            let found = traced.compensated().node(id).total;
            prop_assert!(found.abs_diff(truth.node(id).total) <= 3);
            let subtree = traced.subtree(id);
            let demand: u128 = subtree.map(|id| demands[id.index()]).sum();
            let all = traced.subtree(id).map(|id| traced.node(id).overhead).sum::<u64>();
            prop_assert!(u128::from(all) <= demand / 1_000 + 1);
        }
    }

    #[test]
    fn what_is_too_much_goes_up_and_is_never_lost(
        program in program(),
        live in live(),
        tracer in any_tracer(NANOSECOND),
        costs in any_costs(),
    ) {
        let (profile, seen) = watch(&program, &live, &tracer, costs);
        invariants::check(&profile);
        let demands = demands(&profile, &costs, &seen, &live);
        let overhead = profile.overhead();
        let sum = u128::from(overhead.subtracted) + u128::from(overhead.unexplained);
        prop_assert_eq!(sum, demands.iter().sum::<u128>() / 1_000);
        let rest = profile.compensated();
        for id in ids(&profile) {
            let demand: u128 = profile.subtree(id).map(|id| demands[id.index()]).sum();
            let all: u128 = profile.subtree(id).map(|id| u128::from(profile.node(id).overhead)).sum();
            // No subtree has more than its due, and less only where its root has no time left.
            prop_assert!(all <= demand / 1_000 + 1);
            prop_assert!(all >= demand / 1_000 || rest.self_value(id) == rest.gc(id));
        }
    }

    #[test]
    fn no_costs_are_no_overhead(program in program(), live in live(), tracer in any_tracer(NANOSECOND)) {
        let profile = trace(&program, &live, &tracer, Costs::default());
        let overhead = profile.overhead();
        prop_assert_eq!((overhead.subtracted, overhead.unexplained, overhead.uncertainty), (0, 0, 0));
        prop_assert_eq!(profile.compensated().total(), profile.total());
    }
}

/// Two fibers in which nothing takes time.
#[test]
fn unexplained_overhead_stays_with_its_thread() {
    let calls = |tape: Tape| (0..100).fold(tape, |tape, _| tape.call(2, 0));
    let tape = Tape::new().live(0, &[1]).live(1, &[1]).of_thread(1, 1);
    let profile = record(&calls(calls(tape.appear()).on(1).appear())).profile;
    let all = profile.threads().iter().map(|thread| thread.unexplained);
    // 202.5 each: the half of the second is the first's.
    assert_eq!(all.collect::<Vec<_>>(), [203, 202]);
    let overhead = profile.overhead();
    assert_eq!((overhead.subtracted, overhead.unexplained), (0, 405));
}

#[test]
fn waiting_and_collecting_are_not_the_profilers() {
    let tape = Tape::new().live(0, &[1]).appear().advance(1).gc_began();
    let tape = tape.advance(50).gc_ended().on(1).enter(2).advance(70).on(0);
    let tape = (0..100).fold(tape.appear(), |tape, _| tape.call(2, 0));
    let profile = record(&tape).profile;
    let root = NodeId(0);
    assert_eq!((profile.wait(root), profile.gc(root)), (70, 50));
    assert_eq!(profile.node(root).overhead, 1);
    // 202.5, and what the other fiber has no use for.
    assert_eq!(profile.threads()[0].unexplained, 203 - 1);
}

#[test]
fn an_overhead_says_how_certain_it_is() {
    let tape = Tape::new().live(0, &[1]).appear().advance(1_000);
    let tape = (0..100).fold(tape, |tape, _| tape.call(2, 1).advance(2));
    let profile = record(&tape).profile;
    let overhead = profile.overhead();
    assert_eq!((overhead.raw_total, overhead.subtracted), (1_300, 202));
    assert_eq!(
        (overhead.compensated_total(), overhead.uncertainty),
        (1_098, 21)
    );
    assert!((overhead.share() - 202.0 / 1_300.0).abs() < 1e-12);
    // The callee has 30 of 100 left, which are known to 7; then 1 of 71.
    assert_eq!(profile.node(NodeId(1)).overhead, 70);
    assert!(!profile.is_uncertain(NodeId(0)) && !profile.is_uncertain(NodeId(1)));
    assert!(profile.is_sum_uncertain(76, 70) && !profile.is_sum_uncertain(77, 70));
    let rest = profile.compensated();
    assert!(rest.is_sum_uncertain(6, 70) && !rest.is_sum_uncertain(7, 70));
    assert_eq!(
        (rest.self_value(NodeId(1)), rest.raw_self_value(NodeId(1))),
        (30, 100)
    );
}
