//! What is read is what was written.

mod common;

use std::io::Read;

use proptest::prelude::*;
use proptest::test_runner::Config;
use rubyprof_core::{MeasureMode, Method, MethodId, MethodKey, Node, NodeId, NodeParts, Profile};
use rubyprof_file::{from_bytes, read};

use common::random::any_profile;
use common::{deep, empty, save, small, timed};

/// Gives one byte at a time, as a socket may.
struct Drops<'a>(&'a [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(1);
        self.0.read(&mut buffer[..length])
    }
}

#[test]
fn profiles_come_back() {
    for profile in [small(), timed(), empty(), Profile::default(), deep(3)] {
        let bytes = save(&profile);
        assert_eq!(from_bytes(&bytes).expect("our own file"), profile);
        assert_eq!(read(&mut bytes.as_slice()).expect("our own file"), profile);
        assert_eq!(read(&mut Drops(&bytes)).expect("our own file"), profile);
    }
}

#[test]
fn a_profile_is_always_the_same_file() {
    assert_eq!(save(&small()), save(&small()));
}

#[test]
fn settings_come_back() {
    for measure_mode in MeasureMode::ALL {
        for bits in 0..8 {
            let mut profile = small();
            profile.measure_mode = measure_mode;
            profile.c_calls = bits & 1 == 0;
            profile.track_allocations = bits & 2 == 0;
            profile.operators = bits & 4 == 0;
            profile.clock = format!("clock {bits}");
            assert_eq!(from_bytes(&save(&profile)).expect("our own file"), profile);
        }
    }
}

#[test]
fn keys_of_the_process_become_portable() {
    let mut parts = small().into_parts();
    for (method, owner) in parts.methods.iter_mut().zip(1..) {
        method.key = MethodKey { owner, called: 1 };
    }
    let recorded = Profile::from_parts(parts).expect("a profile");
    assert_ne!(recorded, small());
    assert_eq!(from_bytes(&save(&recorded)).expect("our own file"), small());
}

#[test]
fn files_of_two_processes_are_joined_by_what_methods_are() {
    // In the other process these numbers are those of other methods.
    let named = |names: [&str; 2]| {
        let mut builder = rubyprof_core::ProfileBuilder::new(MeasureMode::WallTime);
        let methods: Vec<MethodId> = names
            .into_iter()
            .zip(1..)
            .map(|(name, owner)| {
                builder.method(Method {
                    key: MethodKey { owner, called: 1 },
                    name: Some(name.into()),
                    ..Method::default()
                })
            })
            .collect();
        let root = builder.thread(8, 8, methods[0], 1, 10);
        builder.call(root, methods[1], Default::default(), 1, 4);
        from_bytes(&save(&builder.finish())).expect("our own file")
    };
    let same = named(["main", "work"]).followed_by(&named(["main", "work"]));
    assert_eq!((same.threads().len(), same.nodes().len()), (1, 2));
    let other_callee = named(["main", "work"]).followed_by(&named(["main", "rest"]));
    assert_eq!(
        (other_callee.threads().len(), other_callee.nodes().len()),
        (1, 3)
    );
    let exchanged = named(["main", "work"]).followed_by(&named(["work", "main"]));
    assert_eq!(
        (exchanged.threads().len(), exchanged.methods().len()),
        (2, 2)
    );
}

#[test]
fn a_path_as_long_as_the_profile_comes_back() {
    let profile = deep(200_000);
    assert_eq!(from_bytes(&save(&profile)).expect("our own file"), profile);
}

#[test]
fn what_packs_too_well_is_stored_as_it_is() {
    let nodes = (0..100_000_u32).map(|index| {
        Node::from(NodeParts {
            called: 1,
            total: 0,
            own: 0,
            overhead: 0,
            parent: index.checked_sub(1).map(NodeId),
            end: 100_000,
            method: MethodId(0),
            site: 0,
        })
    });
    let mut parts = deep(1).into_parts();
    parts.nodes = nodes.collect();
    let profile = Profile::from_parts(parts).expect("a profile");
    let bytes = save(&profile);
    assert!(bytes.len() > 500_000, "not packed: {}", bytes.len());
    assert_eq!(from_bytes(&bytes).expect("our own file"), profile);
}

#[test]
fn the_largest_numbers_come_back() {
    let mut parts = deep(3).into_parts();
    let mut change = |index: usize, called, total, own| {
        let mut node = NodeParts::from(&parts.nodes[index]);
        (node.called, node.total, node.own) = (called, total, own);
        parts.nodes[index] = node.into();
    };
    // Own and callees' totals are more than 64 bits hold, and the total less than either.
    change(0, u64::MAX, 5, u64::MAX);
    change(1, 0, u64::MAX, 0);
    change(2, 0, 1, 0);
    parts.waits = vec![(NodeId(2), u64::MAX)];
    let profile = Profile::from_parts(parts).expect("a profile");
    assert_eq!(from_bytes(&save(&profile)).expect("our own file"), profile);
}

#[test]
fn small_profiles_are_small_files() {
    assert!(save(&empty()).len() <= 64, "{}", save(&empty()).len());
    assert!(save(&small()).len() <= 600, "{}", save(&small()).len());
    assert!(save(&timed()).len() <= 650, "{}", save(&timed()).len());
}

/// PROPTEST_CASES sets the number of cases.
fn config() -> Config {
    Config {
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_profiles_come_back(profile in any_profile()) {
        let bytes = save(&profile);
        prop_assert_eq!(&from_bytes(&bytes).expect("our own file"), &profile);
        prop_assert_eq!(&read(&mut Drops(&bytes)).expect("our own file"), &profile);
    }
}
