//! Bounded recordings: counts by method and every tree's time are what they are without bounds.

#[allow(dead_code, reason = "each test uses its part")]
mod strategy;
#[allow(dead_code, reason = "each test uses its part")]
mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use rubyprof_core::{Budget, Limits, MergeBy, NodeId, Partial, Profile, Scale, Unit};

use strategy::{any_tape, config, tapes};
use support::decode::Manners;
use support::driver::{Way, record, record_within};
use support::invariants;
use support::tape::{Event, Tape};

fn within(tape: &Tape, nodes: u32, depth: u32) -> Profile {
    let limits = Limits { nodes, depth };
    record_within(tape, Scale::ONE, Way::Usual, limits, None).profile
}

/// One that gives up every node as soon as it was called `often`.
fn strict(often: u64) -> Budget {
    Budget {
        share: 0,
        cost: u64::from(u32::MAX),
        saved: 0,
        interval: 1,
        often,
        worth: u32::MAX,
    }
}

fn on_budget(tape: &Tape, often: u64, limits: Limits) -> Profile {
    record_within(tape, Scale::ONE, Way::Usual, limits, Some(strict(often))).profile
}

fn ids(profile: &Profile) -> impl Iterator<Item = NodeId> + use<> {
    (0..profile.nodes().len() as u32).map(NodeId)
}

/// Calls by method, but for those that stand for code outside any method.
fn counts(profile: &Profile) -> BTreeMap<(u64, u64), u64> {
    let mut counts = BTreeMap::new();
    for id in ids(profile) {
        let node = profile.node(id);
        let key = profile.method(node.method).key;
        if key.owner != 0 || key.called != 0 {
            *counts.entry((key.owner, key.called)).or_default() += node.called;
        }
    }
    counts
}

/// Totals and waiting by thread.
fn times(profile: &Profile) -> Vec<(u64, u64, u64, u64)> {
    let of_thread = |thread: &rubyprof_core::Thread| {
        let wait = profile
            .subtree(thread.root)
            .map(|id| profile.wait(id))
            .sum();
        let total = profile.node(thread.root).total;
        (thread.id, thread.fiber_id, total, wait)
    };
    profile.threads().iter().map(of_thread).collect()
}

/// Method, calls, total, self, depth and partial calls of each node.
fn rows(profile: &Profile) -> Vec<(u32, u64, u64, u64, usize, Partial)> {
    let row = |id: NodeId| {
        let node = profile.node(id);
        let line = profile.method(node.method).line;
        (
            line,
            node.called,
            node.total,
            profile.self_value(id),
            profile.depth(id),
            profile.partial(id),
        )
    };
    ids(profile).map(row).collect()
}

const NONE: Partial = Partial {
    folded: 0,
    recursive: 0,
    untimed: 0,
};
const FOLDED: fn(u64) -> Partial = |folded| Partial { folded, ..NONE };
const RECURSIVE: fn(u64) -> Partial = |calls| Partial {
    folded: calls,
    recursive: calls,
    ..NONE
};
const UNTIMED: fn(u64) -> Partial = |untimed| Partial { untimed, ..NONE };

#[test]
fn recursion_folds_into_its_own_node() {
    // 1 calls 2, which calls 1, which calls 2 and 3.
    let tape = Tape::new()
        .live(0, &[0])
        .enter(1)
        .advance(1)
        .enter(2)
        .advance(10)
        .enter_tagged(1, 11)
        .advance(100)
        .enter_tagged(2, 12)
        .advance(1_000)
        .leave(12)
        .call(3, 10_000)
        .leave(11)
        .advance(20)
        .leave(2)
        .advance(2)
        .leave(1);
    let profile = within(&tape, u32::MAX, 2);
    invariants::check(&profile);
    assert_eq!(
        rows(&profile),
        [
            (0, 1, 11_133, 0, 0, FOLDED(0)),
            (1, 2, 11_133, 103, 1, RECURSIVE(1)),
            (2, 2, 1_030, 1_030, 2, FOLDED(0)),
            (3, 1, 10_000, 10_000, 2, FOLDED(0)),
        ]
    );
}

#[test]
fn what_is_too_deep_is_its_callers_sibling() {
    let tape = Tape::new()
        .live(0, &[0])
        .enter(1)
        .advance(1)
        .enter(2)
        .advance(10)
        .enter(3)
        .advance(100)
        .enter(4)
        .advance(1_000)
        .leave(4)
        .leave(3)
        .leave(2)
        .call(3, 5)
        .leave(1);
    let profile = within(&tape, u32::MAX, 2);
    invariants::check(&profile);
    assert_eq!(
        rows(&profile),
        [
            (0, 1, 1_116, 0, 0, FOLDED(0)),
            (1, 1, 1_116, 1, 1, FOLDED(0)),
            (2, 1, 10, 10, 2, FOLDED(0)),
            (3, 2, 105, 105, 2, FOLDED(1)),
            (4, 1, 1_000, 1_000, 2, FOLDED(1)),
        ]
    );
}

#[test]
fn a_full_tree_has_one_more_node_for_each_method() {
    let tape = Tape::new()
        .live(0, &[0])
        .enter(1)
        .enter(2)
        .advance(10)
        .call(3, 100)
        .call(3, 100)
        .enter(4)
        .advance(1_000)
        .call(3, 100)
        .call(1, 7)
        .leave(4)
        .leave(2)
        .leave(1);
    let profile = within(&tape, 2, u32::MAX);
    invariants::check(&profile);
    assert_eq!(
        rows(&profile),
        [
            (0, 1, 1_317, 0, 0, FOLDED(0)),
            (1, 2, 17, 7, 1, FOLDED(1)),
            (2, 1, 10, 10, 2, FOLDED(0)),
            (3, 3, 300, 300, 1, FOLDED(3)),
            (4, 1, 1_000, 1_000, 1, FOLDED(1)),
        ]
    );
    assert_eq!(profile.partial_total(), FOLDED(5));
}

#[test]
fn a_method_that_has_its_node_in_another_fiber_is_counted_there() {
    let tape = Tape::new()
        .live(0, &[0])
        .live(1, &[1])
        .of_thread(1, 1)
        .call(2, 10)
        .on(1)
        .enter(3)
        .advance(5)
        .call(2, 100)
        .leave(3);
    let profile = within(&tape, 0, u32::MAX);
    invariants::check(&profile);
    assert_eq!(
        rows(&profile),
        [
            (0, 1, 115, 0, 0, FOLDED(0)),
            (
                2,
                2,
                10,
                10,
                1,
                Partial {
                    folded: 2,
                    recursive: 0,
                    untimed: 1
                }
            ),
            (1, 1, 105, 0, 0, FOLDED(0)),
            (3, 1, 105, 105, 1, FOLDED(1)),
        ]
    );
}

#[test]
fn an_untimed_call_is_its_callers_self_time() {
    // The last call of 1 is not timed, nor are the calls it makes: the budget is looked at every four calls, as there are nodes.
    let one = |tape: Tape| tape.enter(1).advance(10).call(2, 1).call(3, 100).leave(1);
    let tape = one(one(one(one(Tape::new().live(0, &[0, 7])))));
    let profile = on_budget(&tape, 2, Limits::default());
    invariants::check(&profile);
    assert_eq!(counts(&profile), counts(&record(&tape).profile));
    assert_eq!(
        rows(&profile),
        [
            (7, 1, 444, 111, 0, UNTIMED(0)),
            (1, 4, 333, 30, 1, UNTIMED(1)),
            (2, 4, 3, 3, 2, UNTIMED(1)),
            (3, 4, 300, 300, 2, UNTIMED(1)),
        ]
    );
}

#[test]
fn costs_of_untimed_calls_are_their_callers() {
    let call = |tape: Tape, ticks| tape.enter(1).advance(ticks).leave(1);
    let tape = (0..100).fold(
        Tape::new()
            .live(0, &[0])
            .appear()
            .advance(50)
            .enter(5)
            .advance(500),
        |tape, _| call(tape, 10),
    );
    let tape = tape.leave(5);
    let charged = |profile: &Profile| -> Vec<u64> {
        profile.nodes().iter().map(|node| node.overhead).collect()
    };
    // COSTS, the budget is looked at every third call: 0.7 ns inner, 1.3 ns outer, a new path 2.5 ns.
    let all = record(&tape).profile;
    assert_eq!(charged(&all), [4, 133, 70]);
    let cheaper = Budget {
        saved: 500,
        ..strict(10)
    };
    let limits = Limits::default();
    let some = record_within(&tape, Scale::ONE, Way::Usual, limits, Some(cheaper)).profile;
    // 87 times half a nanosecond less.
    assert_eq!(some.nodes()[1].overhead, 150);
    let some = on_budget(&tape, 10, limits);
    assert_eq!(some.partial_total(), UNTIMED(87));
    assert_eq!(charged(&some), [4, 194, 9]);
    assert_eq!(some.overhead().subtracted, all.overhead().subtracted);
}

#[test]
fn costs_of_folded_calls_are_their_callers() {
    let tape = Tape::new()
        .live(0, &[0])
        .appear()
        .advance(50)
        .enter(5)
        .advance(50)
        .enter(6)
        .advance(1_000);
    let tape = (0..100)
        .fold(tape, |tape, _| tape.call(1, 10))
        .leave(6)
        .leave(5);
    let profile = within(&tape, 2, u32::MAX);
    let charged: Vec<u64> = profile.nodes().iter().map(|node| node.overhead).collect();
    // As if it had not been folded, but for its path: 2.5 ns of the root.
    assert_eq!(charged, [6, 5, 130, 70]);
}

/// Whether a method that ran when its fiber was first seen returns: then the root is another in the end.
fn returns_above_roots(tape: &Tape) -> bool {
    let mut depths = BTreeMap::new();
    tape.events.iter().any(|event| {
        match event {
            Event::Enter { fiber, .. } => *depths.entry(*fiber).or_insert(0) += 1,
            Event::Leave { fiber, .. } => *depths.entry(*fiber).or_insert(0) -= 1,
            Event::Forget { fiber } => *depths.entry(*fiber).or_insert(0) = 0,
            _ => {}
        }
        depths.values().any(|depth| *depth < 0)
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn bounds_change_no_count_and_no_thread(
        tape in any_tape(),
        nodes in 0_u32..10,
        depth in prop_oneof![Just(u32::MAX), 1_u32..5],
    ) {
        let whole = record(&tape).profile;
        let profile = within(&tape, nodes, depth);
        invariants::check(&profile);
        prop_assert_eq!(counts(&profile), counts(&whole));
        prop_assert_eq!(times(&profile), times(&whole));
        let bound = nodes as usize + whole.methods().len() + 5 * whole.threads().len();
        prop_assert!(profile.nodes().len() <= bound, "{} nodes", profile.nodes().len());
    }

    #[test]
    fn no_path_is_deeper_than_it_may_be(
        tape in tapes(Manners::WellFormed),
        nodes in prop_oneof![Just(u32::MAX), 0_u32..10],
        depth in 1_u32..5,
    ) {
        let profile = within(&tape, nodes, depth);
        let deepest = ids(&profile).map(|id| profile.depth(id)).max();
        let above = match returns_above_roots(&tape) {
            true => tape.fibers.iter().map(|fiber| fiber.live.len()).max().unwrap_or(0),
            false => 0,
        };
        prop_assert!(deepest.unwrap_or(0) <= depth as usize + above);
    }

    #[test]
    fn what_fits_is_as_it_was(tape in any_tape()) {
        let whole = record(&tape).profile;
        let profile = within(&tape, 1_000, 1_000);
        prop_assert_eq!(profile.partial_total(), Partial::default());
        prop_assert_eq!(profile, whole);
    }

    #[test]
    fn bounds_are_the_same_on_the_slow_way(tape in any_tape(), nodes in 0_u32..10, depth in 1_u32..5) {
        let limits = Limits { nodes, depth };
        let slow = record_within(&tape, Scale::ONE, Way::Slow, limits, None).profile;
        prop_assert_eq!(slow, within(&tape, nodes, depth));
    }

    #[test]
    fn a_budget_changes_no_path_no_count_and_no_thread(tape in any_tape(), often in 1_u64..6) {
        let whole = record(&tape).profile;
        let profile = on_budget(&tape, often, Limits::default());
        invariants::check(&profile);
        prop_assert_eq!(times(&profile), times(&whole));
        let shape = |profile: &Profile| -> Vec<(u32, u64, usize)> {
            let node = |id| (profile.node(id).method.0, profile.node(id).called, profile.depth(id));
            ids(profile).map(node).collect()
        };
        prop_assert_eq!(shape(&profile), shape(&whole));
        // Nothing that was not timed is lost: it is the callers'.
        for id in ids(&whole) {
            prop_assert!(profile.node(id).total <= whole.node(id).total);
        }
    }

    #[test]
    fn a_budget_that_is_never_passed_changes_nothing(tape in any_tape()) {
        let generous = Budget { share: 1_000_000, cost: 0, ..strict(1) };
        let profile = record_within(&tape, Scale::ONE, Way::Usual, Limits::default(), Some(generous));
        prop_assert_eq!(profile.profile, record(&tape).profile);
    }

    #[test]
    fn bounds_and_budgets_go_together(
        tape in any_tape(),
        nodes in 0_u32..10,
        depth in 1_u32..5,
        often in 1_u64..6,
    ) {
        let whole = record(&tape).profile;
        let profile = on_budget(&tape, often, Limits { nodes, depth });
        invariants::check(&profile);
        prop_assert_eq!(counts(&profile), counts(&whole));
        prop_assert_eq!(times(&profile), times(&whole));
    }

    #[test]
    fn rounding_takes_nothing_from_the_parts(
        tape in any_tape(),
        units in 1_u64..1 << 32,
        ticks in 1_u64..5_000_000_000,
        often in 1_u64..6,
    ) {
        let scale = Scale::from_ratio(units, ticks);
        let limits = Limits { nodes: 4, depth: 2 };
        let profile = record_within(&tape, scale, Way::Usual, limits, Some(strict(often))).profile;
        prop_assert_eq!(profile.measure_mode.unit(), Unit::Nanoseconds);
        invariants::check(&profile);
    }

    #[test]
    fn what_is_made_of_it_keeps_what_is_partial(tape in any_tape(), nodes in 0_u32..8, often in 1_u64..6) {
        let profile = on_budget(&tape, often, Limits { nodes, depth: u32::MAX });
        let all = profile.partial_total();
        prop_assert_eq!(profile.merged(MergeBy::All).partial_total(), all);
        let compensated = profile.compensated();
        prop_assert_eq!(compensated.partials(), profile.partials());
        let twice = profile.followed_by(&profile).partial_total();
        prop_assert_eq!(twice, Partial { folded: 2 * all.folded, recursive: 2 * all.recursive, untimed: 2 * all.untimed });
        let copy = rubyprof_core::Forest::of_profile(&profile).to_profile().0;
        prop_assert_eq!(copy.partials(), profile.partials());
        let again = Profile::from_parts(profile.parts());
        prop_assert_eq!(again, Ok(profile.clone()));
        let rest = profile.without(|method| method.0 % 2 == 1);
        invariants::check_made(&rest);
        prop_assert_eq!(rest.partial_total().folded, all.folded);
    }
}
