//! Profiles made of profiles: nothing is lost, whatever they are.

#[allow(dead_code, reason = "each test uses its part")]
mod strategy;
#[allow(dead_code, reason = "each test uses its part")]
mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use rubyprof_core::{
    AdoptError, Forest, Location, MeasureMode, MergeBy, Method, MethodId, NodeId, Numbers, Profile,
    ProfileBuilder, Thread, TwigId,
};

use strategy::{any_tape, config};
use support::driver::record;

/// Calls, self and wait by method; all totals of roots; objects by class.
#[derive(Debug, Default, PartialEq)]
struct Sums {
    methods: BTreeMap<String, (u64, u64, u64)>,
    roots: u64,
    objects: BTreeMap<String, u64>,
}

fn name(profile: &Profile, method: MethodId) -> String {
    let method = profile.method(method);
    format!("{} {}", method.full_name(), method.line)
}

fn sums<'a>(parts: impl IntoIterator<Item = &'a Profile>) -> Sums {
    let mut sums = Sums::default();
    for profile in parts {
        sums.roots += profile.total();
        for index in 0..profile.nodes().len() as u32 {
            let id = NodeId(index);
            let node = profile.node(id);
            let known = sums.methods.entry(name(profile, node.method)).or_default();
            known.0 += node.called;
            known.1 += profile.self_value(id);
            known.2 += profile.wait(id);
        }
        for allocation in profile.allocations() {
            *sums
                .objects
                .entry(allocation.class_name.clone())
                .or_default() += allocation.count;
        }
    }
    // A root that only joins others has no calls.
    sums.methods.retain(|_, known| *known != (0, 0, 0));
    sums
}

fn ways() -> impl Strategy<Value = MergeBy> {
    prop_oneof![
        Just(MergeBy::Root),
        Just(MergeBy::Thread),
        Just(MergeBy::All)
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn merging_loses_nothing(tape in any_tape(), by in ways()) {
        let profile = record(&tape).profile;
        let merged = profile.merged(by);
        prop_assert_eq!(merged.check(), Ok(()));
        prop_assert_eq!(sums([&merged]), sums([&profile]));
        prop_assert!(merged.threads().len() <= profile.threads().len());
        let again = merged.merged(by);
        prop_assert_eq!(sums([&again]), sums([&merged]), "a second time changes nothing");
        prop_assert_eq!(again.threads(), merged.threads());
        if by == MergeBy::All {
            prop_assert!(merged.threads().len() <= 1);
        }
    }

    #[test]
    fn profiles_of_several_processes_lose_nothing(one in any_tape(), two in any_tape(), by in ways()) {
        let (one, two) = (record(&one).profile, record(&two).profile);
        let whole = Profile::together(&[&one, &two], by).unwrap();
        prop_assert_eq!(whole.check(), Ok(()));
        prop_assert_eq!(sums([&whole]), sums([&one, &two]));
    }

    #[test]
    fn pruning_keeps_the_costliest_paths(tape in any_tape(), limit in 1..40usize) {
        let profile = record(&tape).profile;
        let Some(rest) = profile.pruned(limit) else {
            prop_assert!(profile.nodes().len() <= limit);
            return Ok(());
        };
        prop_assert_eq!(rest.check(), Ok(()));
        prop_assert_eq!(rest.total(), profile.total());
        prop_assert!(rest.nodes().len() <= limit.max(profile.threads().len()) + profile.threads().len());
        let totals = |profile: &Profile| -> Vec<u64> {
            let paths = (0..profile.nodes().len() as u32).map(NodeId);
            let below_roots = paths.filter(|id| profile.parent(*id).is_some());
            below_roots.map(|id| profile.node(id).total).collect()
        };
        if let Some(least) = totals(&rest).into_iter().min() {
            let more = totals(&profile).into_iter().filter(|total| *total > least).count();
            prop_assert!(more < limit, "{} paths cost more than the cheapest that stays", more);
        }
    }

    #[test]
    fn what_is_hidden_is_its_callers(tape in any_tape(), hidden in any::<u64>()) {
        let profile = record(&tape).profile;
        let is_hidden = |method: MethodId| hidden >> (method.0 % 64) & 1 == 1;
        let rest = profile.without(is_hidden);
        prop_assert_eq!(rest.check(), Ok(()));
        let own = |profile: &Profile| -> u64 {
            (0..profile.nodes().len() as u32).map(|id| profile.self_value(NodeId(id)) + profile.wait(NodeId(id))).sum()
        };
        prop_assert_eq!(rest.total(), profile.total());
        prop_assert_eq!(own(&rest), own(&profile));
        let objects = |profile: &Profile| profile.allocations().iter().map(|one| one.count).sum::<u64>();
        prop_assert_eq!(objects(&rest), objects(&profile));
        // Of what shows, calls are what they were, and nothing hidden shows but roots.
        let (before, after) = (sums([&profile]), sums([&rest]));
        for (index, _) in profile.methods().iter().enumerate() {
            let method = MethodId(index as u32);
            let name = name(&profile, method);
            let calls = |sums: &Sums| sums.methods.get(&name).map_or(0, |known| known.0);
            if !is_hidden(method) {
                prop_assert_eq!(calls(&after), calls(&before));
            }
        }
        for index in 0..rest.nodes().len() as u32 {
            let id = NodeId(index);
            let shown = name(&rest, rest.node(id).method);
            let original = (0..profile.methods().len() as u32).map(MethodId).find(|method| name(&profile, *method) == shown);
            prop_assert!(rest.parent(id).is_none() || !is_hidden(original.unwrap()));
        }
    }

    #[test]
    fn trees_side_by_side_are_what_they_were(tape in any_tape()) {
        let profile = record(&tape).profile;
        let all: Vec<(&Profile, usize)> = (0..profile.threads().len()).map(|index| (&profile, index)).collect();
        let composed = Profile::composed(&profile, &all);
        prop_assert_eq!(composed.check(), Ok(()));
        prop_assert_eq!(sums([&composed]), sums([&profile]));
        prop_assert_eq!(composed.threads(), profile.threads());
    }

    #[test]
    fn a_forest_of_a_profile_is_the_profile(tape in any_tape()) {
        let profile = record(&tape).profile;
        let (again, placed) = Forest::of_profile(&profile).to_profile();
        prop_assert_eq!(again.check(), Ok(()));
        prop_assert_eq!(sums([&again]), sums([&profile]));
        prop_assert_eq!(again.threads(), profile.threads());
        prop_assert!(placed.iter().enumerate().all(|(index, node)| node.index() == index));
        for index in 0..profile.nodes().len() as u32 {
            let id = NodeId(index);
            prop_assert_eq!(again.parent(id), profile.parent(id));
            prop_assert_eq!(again.node(id).total, profile.node(id).total);
        }
    }

    #[test]
    fn a_tree_added_to_another_adds_up(one in any_tape(), two in any_tape()) {
        let (one, two) = (record(&one).profile, record(&two).profile);
        prop_assume!(!one.threads().is_empty() && !two.threads().is_empty());
        let mut forest = Forest::of_profile(&one);
        let root = TwigId(one.threads()[0].root.0);
        forest.add_tree(root, &two, 0);
        let (both, _) = forest.to_profile();
        prop_assert_eq!(both.check(), Ok(()));
        let first = Profile::composed(&two, &[(&two, 0)]);
        let objects = |profile: &Profile| sums([profile]).objects;
        prop_assert_eq!(objects(&both), sums([&one, &first]).objects);
        prop_assert_eq!(both.total(), one.total() + first.total());
    }
}

fn method(builder: &mut ProfileBuilder, name: &str) -> MethodId {
    builder.method(Method {
        class_name: "Job".to_owned(),
        name: Some(name.to_owned()),
        ..Method::default()
    })
}

#[test]
fn different_roots_come_below_code_outside_any_method() {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let (one, two) = (method(&mut builder, "one"), method(&mut builder, "two"));
    builder.thread(1, 1, one, 3, 30);
    builder.thread(1, 2, two, 1, 12);
    let merged = builder.finish().merged(MergeBy::Thread);
    let root = merged.threads()[0].root;
    assert_eq!(name(&merged, merged.node(root).method), "[global]# 0");
    assert_eq!((merged.node(root).total, merged.self_value(root)), (42, 0));
    let callees: Vec<u64> = merged
        .children(root)
        .map(|id| merged.node(id).total)
        .collect();
    assert_eq!(callees, [30, 12]);
}

#[test]
fn hand_made_self_times_survive_a_merge() {
    let mut forest = Forest::new(MeasureMode::WallTime);
    let work = forest.method(Method {
        name: Some("work".to_owned()),
        ..Method::default()
    });
    let root = forest.tree(work);
    *forest.numbers_mut(root) = Numbers {
        called: 1,
        total: 10,
        own: 3,
        wait: 2,
        ..Numbers::default()
    };
    forest.thread(root, 1, 1);
    let (profile, _) = forest.to_profile();
    let merged = Profile::together(&[&profile, &profile], MergeBy::All).unwrap();
    let root = merged.threads()[0].root;
    assert_eq!(
        (
            merged.node(root).total,
            merged.self_value(root),
            merged.wait(root)
        ),
        (20, 6, 4)
    );
}

#[test]
fn different_modes_are_not_added_up() {
    let (time, memory) = (
        ProfileBuilder::new(MeasureMode::WallTime).finish(),
        ProfileBuilder::new(MeasureMode::Memory).finish(),
    );
    let refused = Profile::together(&[&time, &memory], MergeBy::All).unwrap_err();
    assert_eq!(
        (refused.first, refused.other),
        (MeasureMode::WallTime, MeasureMode::Memory)
    );
    assert_eq!(Profile::together(&[], MergeBy::All), Ok(Profile::default()));
}

/// A forest with trees of the methods `names`.
fn trees(names: &[&str]) -> (Forest, Vec<TwigId>) {
    let mut forest = Forest::new(MeasureMode::WallTime);
    let twigs = names
        .iter()
        .map(|name| {
            let method = forest.method(Method {
                name: Some((*name).to_owned()),
                ..Method::default()
            });
            forest.tree(method)
        })
        .collect();
    (forest, twigs)
}

#[test]
fn a_tree_is_adopted_where_it_can_be() {
    let (mut forest, twigs) = trees(&["root", "a", "a", "b"]);
    let [root, a, other_a, b] = twigs[..] else {
        panic!("four trees")
    };
    assert_eq!(forest.adopt(root, a), Ok(()));
    assert_eq!(forest.adopt(root, other_a), Err(AdoptError::Exists));
    assert_eq!(forest.adopt(b, a), Err(AdoptError::HasParent));
    assert_eq!(forest.adopt(root, root), Err(AdoptError::OwnAncestor));
    assert_eq!(forest.adopt(a, root), Err(AdoptError::OwnAncestor));
    forest.thread(b, 1, 2);
    assert_eq!(forest.adopt(root, b), Err(AdoptError::IsThread));
    assert_eq!(forest.children(root), [a]);
    assert_eq!((forest.root(a), forest.twig(a).parent), (root, Some(root)));
}

#[test]
fn a_forest_takes_over_another() {
    let (mut here, twigs) = trees(&["root", "a"]);
    let (mut there, others) = trees(&["a", "b"]);
    let file = there.file("b.rb");
    there.adopt(others[1], others[0]).unwrap();
    there.thread(others[1], 7, 8);
    assert_eq!(there.file_name(file), "b.rb");
    let (offset, methods) = here.absorb(&there);
    let moved = |id: TwigId| TwigId(id.0 + offset);
    assert_eq!(
        here.twig(moved(others[0])).method,
        here.twig(twigs[1]).method
    );
    assert_eq!(methods[0], here.twig(twigs[1]).method);
    assert_eq!(here.children(moved(others[1])), [moved(others[0])]);
    assert_eq!(
        here.adopt(moved(others[1]), twigs[1]),
        Err(AdoptError::Exists)
    );
    let (profile, placed) = here.to_profile();
    assert_eq!(profile.check(), Ok(()));
    let thread = Thread {
        id: 7,
        fiber_id: 8,
        root: placed[moved(others[1]).index()],
        unexplained: 0,
        cpu: None,
    };
    assert_eq!(profile.threads()[0], thread);
    assert_eq!(profile.call_site(thread.root), Location::default());
}

#[test]
fn chains_of_any_length_are_laid_out() {
    let (mut forest, twigs) = trees(&["a"]);
    let method = forest.twig(twigs[0]).method;
    let mut leaf = twigs[0];
    for _ in 0..200_000 {
        let next = forest.tree(method);
        forest.adopt(leaf, next).unwrap();
        leaf = next;
    }
    let (profile, placed) = forest.to_profile();
    assert_eq!(profile.check(), Ok(()));
    assert_eq!(profile.depth(placed[leaf.index()]), 200_000);
    assert_eq!(profile.without(|_| true).nodes().len(), 1);
}
