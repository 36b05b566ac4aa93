//! Overhead and GC time through everything that makes profiles of profiles: nothing is lost, and it is
//! all the same whether overhead is taken off before or after.

#[allow(dead_code, reason = "each test uses its part")]
mod strategy;
#[allow(dead_code, reason = "each test uses its part")]
mod support;

use proptest::prelude::*;
use rubyprof_core::{
    Cost, Costs, Forest, Framework, MeasureMode, MergeBy, NodeId, Profile, TwigId,
};

use strategy::{any_tape, config};
use support::driver::record;
use support::invariants;

/// What no transformation may change: raw total, overhead, unexplained overhead, GC time, waiting time.
type Sums = [u64; 5];

fn sums(profile: &Profile) -> Sums {
    let overhead = profile.overhead();
    [
        overhead.raw_total,
        overhead.subtracted,
        overhead.unexplained,
        profile.gc_total(),
        (0..profile.nodes().len() as u32)
            .map(|id| profile.wait(NodeId(id)))
            .sum(),
    ]
}

fn both(first: Sums, second: Sums) -> Sums {
    std::array::from_fn(|index| first[index] + second[index])
}

type Change = fn(&Profile) -> Profile;

/// Everything that makes one profile of one.
fn changes() -> Vec<(&'static str, Change)> {
    fn copied(profile: &Profile) -> Profile {
        Forest::of_profile(profile).to_profile().0
    }
    fn grown(profile: &Profile) -> Profile {
        let mut forest = Forest::new(MeasureMode::WallTime);
        for (index, thread) in profile.threads().iter().enumerate() {
            let mut method = profile.method(profile.node(thread.root).method).clone();
            method.file = method.file.map(|file| forest.file(profile.file(file)));
            let method = forest.method(method);
            let root = forest.tree(method);
            forest.thread(root, thread.id, thread.fiber_id);
            forest.add_tree(root, profile, index);
        }
        forest.to_profile().0
    }
    fn absorbed(profile: &Profile) -> Profile {
        let mut forest = Forest::new(MeasureMode::WallTime);
        forest.absorb(&Forest::of_profile(profile));
        forest.to_profile().0
    }
    fn framework(profile: &Profile) -> Profile {
        profile.without_framework(&Framework {
            own: vec!["m1.rb".into(), "m3.rb".into()],
            libraries: vec!["m2.rb".into()],
        })
    }
    fn composed(profile: &Profile) -> Profile {
        let trees: Vec<(&Profile, usize)> = (0..profile.threads().len())
            .map(|index| (profile, index))
            .collect();
        Profile::composed(profile, &trees)
    }
    vec![
        ("merged by root", |p| p.merged(MergeBy::Root)),
        ("merged by thread", |p| p.merged(MergeBy::Thread)),
        ("merged", |p| p.merged(MergeBy::All)),
        ("without some", |p| p.without(|id| id.0 % 3 == 1)),
        ("without all", |p| p.without(|_| true)),
        ("portable", |p| p.clone().with_portable_keys()),
        ("taken apart", |p| {
            Profile::from_parts(p.parts()).expect("a profile")
        }),
        ("without a framework", framework),
        ("composed", composed),
        ("copied", copied),
        ("grown", grown),
        ("absorbed", absorbed),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_change_keeps_all_sums(tape in any_tape()) {
        let raw = record(&tape).profile;
        // A forest in which nothing is put has no costs.
        prop_assume!(!raw.threads().is_empty());
        let rest = raw.compensated();
        for (name, change) in changes() {
            let (of_raw, of_rest) = (change(&raw), change(&rest));
            invariants::check_made(&of_raw);
            prop_assert_eq!(sums(&of_raw), sums(&raw), "{}", name);
            prop_assert_eq!(of_raw.overhead().costs, raw.costs, "{}", name);
            prop_assert!(of_raw.operators && !of_raw.is_compensated(), "{}", name);
            prop_assert_eq!(of_raw.compensated(), of_rest, "{}", name);
        }
    }

    #[test]
    fn a_graph_knows_how_uncertain_its_sums_are(tape in any_tape()) {
        let rest = record(&tape).profile.compensated();
        support::graph::check(&rest, rest.threads());
        let graph = rubyprof_core::CallGraph::of_all(&rest);
        let doubted: u64 = graph.rows().iter().map(|row| row.doubt.overhead).sum();
        prop_assert_eq!(doubted, rest.overhead().subtracted);
    }

    #[test]
    fn pruning_keeps_all_sums(tape in any_tape(), limit in 0_usize..20) {
        let raw = record(&tape).profile;
        for profile in [raw.compensated(), raw] {
            if let Some(rest) = profile.pruned(limit) {
                invariants::check_made(&rest);
                prop_assert_eq!(sums(&rest), sums(&profile));
                prop_assert_eq!(rest.is_compensated(), profile.is_compensated());
            }
        }
    }

    #[test]
    fn several_profiles_add_up(first in any_tape(), second in any_tape()) {
        let (first, second) = (record(&first).profile, record(&second).profile);
        let all = both(sums(&first), sums(&second));
        let (lean, other) = (first.compensated(), second.compensated());
        let joined = [
            |a: &Profile, b: &Profile| a.followed_by(b),
            |a: &Profile, b: &Profile| Profile::together(&[a, b], MergeBy::All).expect("one mode"),
            |a: &Profile, b: &Profile| {
                let of = |p| move |index| (p, index);
                let trees: Vec<_> = (0..a.threads().len())
                    .map(of(a))
                    .chain((0..b.threads().len()).map(of(b)))
                    .collect();
                Profile::composed(a, &trees)
            },
            |a: &Profile, b: &Profile| {
                let mut forest = Forest::of_profile(a);
                forest.absorb(&Forest::of_profile(b));
                forest.to_profile().0
            },
        ];
        for join in joined {
            let raw = join(&first, &second);
            prop_assert_eq!(raw.check(), Ok(()));
            prop_assert_eq!(sums(&raw), all);
            let rest = join(&lean, &other);
            prop_assert_eq!(&raw.compensated(), &rest);
            // Of which one is compensated already.
            for mixed in [join(&first, &other), join(&lean, &second)] {
                prop_assert_eq!(mixed.check(), Ok(()));
                prop_assert_eq!(mixed.compensated(), rest.clone());
            }
        }
    }

    #[test]
    fn other_units_keep_the_parts(tape in any_tape(), divisor in 1_u64..9) {
        let profile = record(&tape).profile;
        for profile in [profile.compensated(), profile] {
            let changed = profile.clone().with_numbers(|number| number / divisor);
            prop_assert_eq!(changed.check(), Ok(()));
            let mut forest = Forest::of_profile(&profile);
            forest.change_numbers(|number| number * divisor);
            let changed = forest.to_profile().0;
            prop_assert_eq!(sums(&changed), sums(&profile).map(|sum| sum * divisor));
        }
    }
}

fn costs(inner: u64, spread: u32) -> Costs {
    Costs {
        ruby: Cost { inner, outer: 0 },
        spread,
        ..Costs::default()
    }
}

#[test]
fn different_costs_become_means_by_calls() {
    let tape = support::tape::Tape::new().live(0, &[1]).appear();
    let mut one = record(&tape.clone().call(2, 5)).profile;
    let mut three = record(&tape.call(2, 5).call(2, 5).call(2, 5)).profile;
    (one.costs, three.costs) = (costs(2_000, 70_000), costs(5_000, 20_000));
    // Their roots count too: two and four calls.
    let expected = costs(4_000, 70_000);
    assert_eq!(one.followed_by(&three).costs, expected);
    let parts = [&three, &one];
    let together = Profile::together(&parts, MergeBy::All).expect("one mode");
    assert_eq!(together.costs, expected);
    assert_eq!(Profile::composed(&one, &[(&one, 0)]).costs, one.costs);
    three.operators = false;
    assert!(!one.followed_by(&three).operators && one.followed_by(&one).operators);
}

#[test]
fn self_time_set_by_hand_is_never_less_than_its_parts() {
    let tape = support::tape::Tape::new().live(0, &[1]).appear();
    let tape = tape.gc_began().advance(9).gc_ended().advance(20).call(2, 5);
    let profile = record(&tape).profile;
    assert_eq!(
        (profile.gc(NodeId(0)), profile.node(NodeId(0)).overhead),
        (9, 4)
    );
    for own in [0, 8, 10, 11, 1_000] {
        let mut forest = Forest::of_profile(&profile);
        forest.numbers_mut(TwigId(0)).own = own;
        let changed = forest.to_profile().0;
        assert_eq!(changed.check(), Ok(()));
        let parts = (changed.gc(NodeId(0)), changed.node(NodeId(0)).overhead);
        assert_eq!(parts, (9.min(own), 4.min(own.saturating_sub(9))));
    }
}

#[test]
fn a_forest_of_its_own_takes_either() {
    let tape = support::tape::Tape::new()
        .live(0, &[1])
        .appear()
        .advance(50);
    let raw = record(&tape.call(2, 5)).profile;
    let rest = raw.compensated();
    let mut forest = Forest::of_profile(&rest);
    forest.add_tree(TwigId(0), &raw, 0);
    assert!(forest.is_compensated());
    assert_eq!(sums(&forest.to_profile().0), both(sums(&raw), sums(&raw)));
    let mut forest = Forest::of_profile(&raw);
    forest.add_tree(TwigId(0), &rest, 0);
    assert!(!forest.is_compensated());
    assert_eq!(sums(&forest.to_profile().0), both(sums(&raw), sums(&raw)));
}
