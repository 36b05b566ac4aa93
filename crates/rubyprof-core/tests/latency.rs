//! How long single calls took: what is recorded, what is made of it, and what is shown.

#[allow(dead_code, reason = "each test uses its part")]
mod strategy;
#[allow(dead_code, reason = "each test uses its part")]
mod support;

use proptest::prelude::*;
use rubyprof_core::{
    CallOverhead, Forest, Inconsistent, Latencies, LatencyCounts, LatencyRow, Location,
    MeasureMode, MergeBy, Method, MethodLatencies, NodeId, Of, Profile, ProfileBuilder, Recorder,
    Scale, TreeLatencies, TwigId,
};

use strategy::{any_tape, config};
use support::driver::{record, settings};
use support::host::{self, ScriptedHost, ScriptedNames};
use support::tape::Tape;

/// Count, shortest, longest of each path, in preorder; of paths without, nothing.
fn extremes(profile: &Profile) -> Vec<Option<(u64, u64, u64)>> {
    let ids = (0..profile.nodes().len() as u32).map(NodeId);
    ids.map(|id| {
        let row = profile.latencies().of(id)?;
        Some((row.count(), row.min, row.max))
    })
    .collect()
}

fn counts(values: &[u64]) -> LatencyCounts {
    let mut counts = LatencyCounts::default();
    values.iter().for_each(|value| counts.add(*value, 1));
    counts
}

/// Numbers of all magnitudes.
fn numbers() -> impl Strategy<Value = Vec<u64>> {
    let number = (any::<u64>(), 0..64_u32).prop_map(|(bits, shift)| bits >> shift);
    prop::collection::vec(number, 1..200)
}

#[test]
fn each_call_counts_with_its_own_time() {
    let tape = Tape::new().enter(1).call(2, 5).call(2, 900).call(2, 17);
    let profile = record(&tape.advance(3).leave(1)).profile;
    assert_eq!(extremes(&profile), [Some((1, 925, 925)), Some((3, 5, 900))]);
}

#[test]
fn calls_within_calls_of_the_same_method_count_with_theirs() {
    let tape = Tape::new().enter(1).enter(1).call(1, 10).leave(1);
    let profile = record(&tape.advance(2).leave(1)).profile;
    let one = |took| Some((1, took, took));
    assert_eq!(extremes(&profile), [one(12), one(10), one(10)]);
    let methods = MethodLatencies::of_threads(&profile, profile.threads());
    let latency = methods
        .of(profile.nodes()[0].method)
        .expect("it was called");
    assert_eq!((latency.count(), latency.min(), latency.max()), (3, 10, 12));
}

#[test]
fn calls_that_are_running_at_either_end_do_not_count() {
    let tape = Tape::new().live(0, &[1]).enter(2).advance(7);
    let profile = record(&tape.call(3, 1).enter(2).advance(9)).profile;
    assert_eq!(extremes(&profile), [None, None, Some((1, 1, 1)), None]);
}

#[test]
fn a_call_whose_return_never_came_does_not_count() {
    // 3 is left by the return of 2.
    let tape = Tape::new().enter(1).enter(2).enter(3).advance(4);
    let profile = record(&tape.leave(2).leave(1)).profile;
    assert_eq!(profile.nodes()[2].total, 4);
    assert_eq!(extremes(&profile), [Some((1, 4, 4)), Some((1, 4, 4)), None]);
}

#[test]
fn nothing_is_recorded_unless_asked_for() {
    let tape = Tape::new().call(1, 5);
    let mut recorder = Recorder::new();
    let mut host = ScriptedHost::new(&tape);
    recorder.switch_to(host::token(0), &mut host);
    recorder.enter_slowly(host::key(1), 1, &mut host);
    assert!(recorder.leave_unlogged(1, host.clock + 5));
    let profile = recorder.finish(
        host.clock + 9,
        settings(Scale::ONE),
        &mut ScriptedNames::default(),
    );
    assert_eq!(profile.nodes()[0].called, 1);
    assert!(profile.latencies().is_empty());
    let tree = TreeLatencies::of_thread(&profile, &profile.threads()[0]);
    assert_eq!(tree.of(&profile, NodeId(0)), None);
    let methods = MethodLatencies::of_threads(&profile, profile.threads());
    assert!(methods.is_empty() && methods.of(profile.nodes()[0].method).is_none());
}

#[test]
fn what_a_tick_is_worth_may_turn_out_otherwise() {
    for (units, ticks) in [(1_001, 1_000), (999, 1_000), (3, 1)] {
        let scale = Scale::from_ratio(units, ticks);
        let tape = Tape::new();
        let mut recorder = Recorder::new();
        recorder.record_latencies(Scale::ONE);
        let mut host = ScriptedHost::new(&tape);
        recorder.switch_to(host::token(0), &mut host);
        for took in [160, 175, 176, 200, 4_000] {
            recorder.enter_slowly(host::key(1), 1, &mut host);
            assert!(recorder.leave(1, host.clock + took));
            host.clock += took;
        }
        let profile = recorder.finish(host.clock, settings(scale), &mut ScriptedNames::default());
        assert_eq!(profile.check(), Ok(()));
        let expected = (5, scale.apply(160), scale.apply(4_000));
        assert_eq!(extremes(&profile), [Some(expected)]);
    }
}

proptest! {
    #![proptest_config(config())]

    /// The oracle is the sorted list.
    #[test]
    fn percentiles_are_those_of_the_sorted_list(values in numbers(), percent in 0.0..=100.0_f64) {
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let counts = counts(&values);
        prop_assert_eq!(counts.count(), values.len() as u64);
        prop_assert_eq!((counts.min(), counts.max()), (sorted[0], sorted[sorted.len() - 1]));
        for percent in [percent, 0.0, 50.0, 99.0, 100.0] {
            let rank = (percent / 100.0 * values.len() as f64).ceil() as usize;
            let exact = sorted[rank.max(1) - 1];
            let found = counts.percentile(percent);
            prop_assert!(found.abs_diff(exact) <= exact / 16, "{found} for {exact}");
        }
        prop_assert_eq!(counts.percentile(0.0), sorted[0]);
        prop_assert_eq!(counts.percentile(100.0), sorted[sorted.len() - 1]);
        for (low, high, count) in counts.ranges() {
            let within = values.iter().filter(|value| (low..=high).contains(value));
            prop_assert_eq!(within.count() as u64, count);
        }
    }

    #[test]
    fn sums_are_the_counts_of_both(one in numbers(), other in numbers()) {
        let mut sum = counts(&one);
        sum.add_all(&counts(&other));
        prop_assert_eq!(sum, counts(&[one, other].concat()));
    }

    /// Calls of all magnitudes, of three paths by turns.
    #[test]
    fn the_recorder_counts_as_a_list_does(values in numbers()) {
        let values: Vec<u64> = values.iter().map(|value| value >> 10).collect();
        let tape = values.iter().enumerate().fold(Tape::new().enter(9), |tape, (index, took)| {
            tape.call(1 + index % 3, *took)
        });
        let profile = record(&tape).profile;
        for path in 0..values.len().min(3) {
            let of_path: Vec<u64> = values.iter().skip(path).step_by(3).copied().collect();
            let row = profile.latencies().of(NodeId(path as u32 + 1)).expect("it was called");
            prop_assert_eq!(LatencyCounts::from(row), counts(&of_path));
        }
    }

    /// However the trees are joined, each call is in there once.
    #[test]
    fn no_call_is_lost_or_counted_twice(one in any_tape(), other in any_tape()) {
        let parts = [record(&one).profile, record(&other).profile];
        let [first, second] = &parts;
        let all = sum(first.latencies().rows().chain(second.latencies().rows()));
        let mut forest = Forest::of_profile(first);
        forest.absorb(&Forest::of_profile(second));
        let trees: Vec<(&Profile, usize)> = parts
            .iter()
            .flat_map(|part| (0..part.threads().len()).map(move |index| (part, index)))
            .collect();
        for joined in [
            first.followed_by(second),
            Profile::together(&[first, second], MergeBy::All).expect("the same mode"),
            Profile::together(&[first, second], MergeBy::Root).expect("the same mode"),
            Profile::composed(first, &trees),
            forest.to_profile().0,
        ] {
            prop_assert_eq!(joined.check(), Ok(()));
            prop_assert_eq!(sum(joined.latencies().rows()), all.clone());
            prop_assert_eq!(sum(joined.merged(MergeBy::All).latencies().rows()), all.clone());
            let lean = joined.compensated();
            prop_assert_eq!(lean.latencies(), joined.latencies());
            // By method, threads together and apart.
            let mut by_method = LatencyCounts::default();
            for thread in joined.threads() {
                let of_thread = MethodLatencies::of_threads(&joined, std::slice::from_ref(thread));
                for index in 0..joined.methods().len() as u32 {
                    if let Some(latency) = of_thread.of(rubyprof_core::MethodId(index)) {
                        by_method.add_all(&latency.measured);
                    }
                }
            }
            prop_assert_eq!(by_method, all.clone());
        }
    }

    #[test]
    fn what_is_shown_of_a_method_goes_with_its_paths(tape in any_tape(), lean in any::<bool>()) {
        let mut profile = record(&tape).profile;
        if lean {
            profile.compensate();
        }
        for thread in profile.threads() {
            let methods = MethodLatencies::of_threads(&profile, std::slice::from_ref(thread));
            let tree = TreeLatencies::of_thread(&profile, thread);
            for index in 0..profile.methods().len() as u32 {
                let method = rubyprof_core::MethodId(index);
                let paths: Vec<_> = profile
                    .subtree(thread.root)
                    .filter(|id| profile.node(*id).method == method)
                    .filter_map(|id| tree.of(&profile, id))
                    .collect();
                let Some(latency) = methods.of(method) else {
                    prop_assert!(paths.is_empty());
                    continue;
                };
                let min = paths.iter().map(|path| path.min()).min();
                let max = paths.iter().map(|path| path.max()).max();
                prop_assert_eq!((Some(latency.min()), Some(latency.max())), (min, max));
                let percents = [0.0, 10.0, 50.0, 90.0, 99.0, 100.0];
                let shown = percents.map(|percent| latency.percentile(percent));
                prop_assert!(shown.is_sorted(), "{shown:?}");
                prop_assert_eq!((shown[0], shown[5]), (latency.min(), latency.max()));
                if !lean {
                    prop_assert_eq!(shown[2], latency.measured.percentile(50.0));
                }
            }
        }
    }

    /// Methods that are left out take theirs along; those that stay keep theirs.
    #[test]
    fn what_is_left_out_takes_its_latencies_along(tape in any_tape(), odd in any::<bool>()) {
        let profile = record(&tape).profile;
        let is_hidden = |number: usize| (number % 2 == 1) == odd;
        let rest = profile.without(|method| is_hidden(host::number(profile.method(method).key)));
        prop_assert_eq!(rest.check(), Ok(()));
        let roots: Vec<NodeId> = profile.threads().iter().map(|thread| thread.root).collect();
        let stays = |id: NodeId| {
            roots.contains(&id)
                || !is_hidden(host::number(profile.method(profile.node(id).method).key))
        };
        let staying = profile.latencies().rows().filter(|row| stays(row.node));
        prop_assert_eq!(sum(rest.latencies().rows()), sum(staying));
    }

    #[test]
    fn other_units_have_latencies_too(tape in any_tape(), divisor in 1_u64..9) {
        let profile = record(&tape).profile;
        let changed = profile.clone().with_numbers(|number| number / divisor);
        prop_assert_eq!(changed.check(), Ok(()));
        for (row, before) in changed.latencies().rows().zip(profile.latencies().rows()) {
            prop_assert_eq!(row.node, before.node);
            prop_assert_eq!(row.count(), before.count());
            prop_assert_eq!((row.min, row.max), (before.min / divisor, before.max / divisor));
        }
        prop_assert_eq!(changed.latencies().len(), profile.latencies().len());
    }

    /// The order stays, nothing is said to take less than no time, and no more than the mean is taken off.
    #[test]
    fn overhead_is_taken_off_in_order(
        called in 1..1_000_u64,
        overhead in 0..1_u64 << 40,
        more in 0..1_u64 << 40,
        values in (0..1_u64 << 40, 0..1_u64 << 40),
    ) {
        let total = overhead + more;
        let of_calls = CallOverhead { total, overhead, called };
        let (low, high) = (values.0.min(values.1), values.0.max(values.1));
        let (less, rest) = (of_calls.take_off(low), of_calls.take_off(high));
        prop_assert!(less <= rest && less <= low && rest <= high);
        prop_assert!(low - less <= overhead / called && high - rest <= overhead / called);
        // What took the mean has the mean, up to what rounding the mean down comes to.
        let mean = total / called;
        let taken = mean - of_calls.take_off(mean);
        prop_assert!(taken <= overhead / called && overhead / called <= taken + 1);
    }
}

fn sum<'a>(rows: impl Iterator<Item = LatencyRow<'a>>) -> LatencyCounts {
    let mut sum = LatencyCounts::default();
    rows.for_each(|row| sum.add_all(&LatencyCounts::from(row)));
    sum
}

/// A root that calls one method: 10 calls of 100 each, of which 40 are the profiler's.
fn with_overhead() -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let [main, job, leaf] = ["main", "job", "leaf"].map(|name| {
        builder.method(Method {
            name: Some(name.into()),
            ..Method::default()
        })
    });
    let root = builder.thread(1, 1, main, 1, 2_000);
    let path = builder.call(root, job, Location::default(), 10, 1_000);
    let inner = builder.call(path, leaf, Location::default(), 10, 500);
    builder.latencies(path, [100; 10]);
    builder.latencies(inner, [10, 90, 50, 50, 50, 50, 50, 50, 50, 50]);
    builder.overhead(path, 150);
    builder.overhead(inner, 250);
    builder.finish()
}

#[test]
fn a_compensated_profile_shows_latencies_without_overhead() {
    let raw = with_overhead();
    assert_eq!(raw.check(), Ok(()));
    let shown = |profile: &Profile, node| {
        let tree = TreeLatencies::of_thread(profile, &profile.threads()[0]);
        let latency = tree.of(profile, NodeId(node)).expect("there are calls");
        (latency.min(), latency.percentile(50.0), latency.max())
    };
    // 50 is the middle of its bucket, 48 to 51, rounded down.
    assert_eq!(shown(&raw, 2), (10, 49, 90));
    // Half of them is overhead, and 25 a call.
    let lean = raw.compensated();
    assert_eq!(shown(&lean, 2), (5, 25, 65));
    // Of 100 in each call 15 are its own overhead and 25 its callee's.
    assert_eq!(shown(&lean, 1), (60, 60, 60));
    assert_eq!(lean.node(NodeId(1)).total, 600);
    let methods = MethodLatencies::with_edges(&lean, lean.threads());
    let job = lean.node(NodeId(1)).method;
    let tree = TreeLatencies::of_thread(&lean, &lean.threads()[0]);
    assert_eq!(methods.of(job), tree.of(&lean, NodeId(1)).as_ref());
    let main = lean.node(NodeId(0)).method;
    assert_eq!(methods.of_edge(main, job), methods.of(job));
    assert_eq!((methods.of_edge(job, main), methods.of(main)), (None, None));
    let uncompensated = lean.uncompensated();
    assert_eq!(uncompensated, raw);
    assert_eq!(shown(&uncompensated, 1), (100, 100, 100));
}

#[test]
fn of_a_call_without_time_nothing_is_taken() {
    let of_none = CallOverhead::default();
    assert_eq!(of_none.take_off(7), 7);
    let of_no_time = CallOverhead {
        total: 0,
        overhead: 100,
        called: 4,
    };
    assert_eq!(
        [7, 25, 60].map(|took| of_no_time.take_off(took)),
        [0, 0, 35]
    );
}

#[test]
fn no_percentile_is_out_of_range() {
    let counts = counts(&[3, 4, 5]);
    for odd in [-5.0, f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(counts.percentile(odd), 3);
    }
    assert_eq!(
        [100.5, f64::INFINITY].map(|odd| counts.percentile(odd)),
        [5; 2]
    );
    assert_eq!(LatencyCounts::default().percentile(50.0), 0);
}

#[test]
fn counts_set_by_hand_to_less_leave_no_latencies() {
    let profile = with_overhead();
    let mut forest = Forest::of_profile(&profile);
    assert_eq!(forest.to_profile().0.latencies(), profile.latencies());
    forest.numbers_mut(TwigId(1)).called = 9;
    let changed = forest.to_profile().0;
    assert_eq!(changed.check(), Ok(()));
    let nodes: Vec<NodeId> = changed.latencies().rows().map(|row| row.node).collect();
    assert_eq!(nodes, [NodeId(2)]);
}

/// Node, shortest, longest, buckets and their calls.
type Row = (u32, u64, u64, &'static [u16], &'static [u64]);

/// What is said of `with_overhead` with these latencies.
fn wrong(rows: &[Row]) -> Result<(), Inconsistent> {
    let mut latencies = Latencies::default();
    for (node, min, max, buckets, counts) in rows {
        latencies.push_row(LatencyRow {
            node: NodeId(*node),
            min: *min,
            max: *max,
            buckets,
            counts,
        });
    }
    let mut parts = with_overhead().into_parts();
    parts.latencies = latencies;
    Profile::from_parts(parts).map(|_| ())
}

#[test]
fn latencies_that_calls_cannot_have_are_found() {
    assert_eq!(wrong(&[(1, 5, 9, &[5, 9], &[4, 6])]), Ok(()));
    assert_eq!(wrong(&[(1, 5, 5, &[5], &[10])]), Ok(()));
    assert_eq!(wrong(&[(1, 32, 33, &[24], &[2])]), Ok(()));
    let found = Err(Inconsistent::Latency(1));
    assert_eq!(
        wrong(&[(1, 5, 9, &[5, 9], &[4, 7])]),
        found,
        "11 of 10 calls"
    );
    assert_eq!(wrong(&[(1, 5, 9, &[5, 9], &[1, u64::MAX])]), found);
    assert_eq!(wrong(&[(1, 5, 9, &[5, 9], &[4, 0])]), found);
    assert_eq!(wrong(&[(1, 5, 9, &[], &[])]), found);
    assert_eq!(wrong(&[(1, 5, 9, &[9, 5], &[1, 1])]), found);
    assert_eq!(wrong(&[(1, 5, 9, &[5, 5], &[1, 1])]), found);
    assert_eq!(wrong(&[(1, 5, 9, &[4, 9], &[1, 1])]), found);
    assert_eq!(wrong(&[(1, 5, 9, &[5, 10], &[1, 1])]), found);
    assert_eq!(wrong(&[(1, 32, 33, &[24], &[1])]), found, "of one call");
    assert_eq!(wrong(&[(1, 9, 5, &[], &[])]), found);
    let unknown = Inconsistent::Unknown {
        of: Of::Latency,
        index: 0,
        to: Of::Node,
        target: 3,
    };
    assert_eq!(wrong(&[(3, 5, 9, &[5, 9], &[1, 1])]), Err(unknown));
    let row: Row = (1, 5, 5, &[5], &[1]);
    let order = Err(Inconsistent::Order(Of::Latency, 1));
    assert_eq!(wrong(&[row, row]), order);
}
