//! Damage of every kind: an error or a profile, never a panic.

mod common;

use proptest::prelude::*;
use proptest::test_runner::Config;
use rubyprof_core::{CallGraph, Profile};
use rubyprof_file::{Error, from_bytes, read};

use common::random::any_profile;
use common::{body, file_with_body, save, small, timed};

/// Everything that walks a profile does so without a panic.
fn walk(profile: &Profile) {
    let graph = CallGraph::of_all(profile);
    assert!(graph.rows().len() <= profile.methods().len());
    for (index, thread) in profile.threads().iter().enumerate() {
        CallGraph::of_thread(profile, thread);
        for id in profile.subtree(thread.root) {
            profile.call_site(id).file.map(|file| profile.file(file));
            profile.children(id).for_each(drop);
            let method = profile.node(id).method;
            profile.method(method).full_name();
            profile.allocations_of(index as u32, method);
        }
    }
    assert_eq!(profile.check(), Ok(()));
    assert_eq!(&from_bytes(&save(profile)).expect("our own file"), profile);
}

#[test]
fn every_flipped_bit_is_noticed() {
    let bytes = save(&small());
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[index] ^= 1 << bit;
            let error = from_bytes(&damaged).expect_err("it is damaged");
            let expected = match index {
                0..8 => matches!(error, Error::Foreign(_)),
                8..36 => matches!(error, Error::Damaged("header")),
                _ => matches!(error, Error::Damaged("body")),
            };
            assert!(expected, "byte {index}: {error:?}");
        }
    }
}

#[test]
fn every_end_that_comes_early_is_noticed() {
    let bytes = save(&small());
    for length in 0..bytes.len() {
        for error in [
            from_bytes(&bytes[..length]).expect_err("it is cut"),
            read(&mut &bytes[..length]).expect_err("it is cut"),
        ] {
            match (length, error) {
                (0, Error::Foreign(_)) => {}
                (1..36, Error::Truncated { have, need: None }) => assert_eq!(have, length as u64),
                (
                    36..,
                    Error::Truncated {
                        have,
                        need: Some(need),
                    },
                ) => assert_eq!((have, need), (length as u64, bytes.len() as u64)),
                (_, error) => panic!("{length}: {error:?}"),
            }
        }
    }
}

/// With checksums that fit again, so that the damage reaches the decoder.
#[test]
fn every_byte_of_the_body_may_be_another() {
    let body = body(&save(&timed()));
    let (mut errors, mut profiles) = (0, 0);
    for index in 0..body.len() {
        let old = body[index];
        let near = [
            old ^ 1,
            old ^ 0x80,
            old.wrapping_add(1),
            old.wrapping_sub(1),
        ];
        for byte in near.into_iter().chain([0, 1, 2, 0x7f, 0x80, 0xff]) {
            let mut damaged = body.clone();
            damaged[index] = byte;
            match from_bytes(&file_with_body(&damaged)) {
                Ok(profile) => {
                    profiles += 1;
                    walk(&profile);
                }
                Err(Error::Malformed(_) | Error::Inconsistent(_)) => errors += 1,
                Err(error) => panic!("byte {index} as {byte}: {error:?}"),
            }
        }
    }
    assert!(errors > 500 && profiles > 500, "{errors}, {profiles}");
}

#[test]
fn every_body_that_ends_early_is_malformed() {
    let body = body(&save(&timed()));
    for length in 0..body.len() {
        let error = from_bytes(&file_with_body(&body[..length])).expect_err("it is cut");
        assert!(matches!(error, Error::Malformed(_)), "{length}: {error:?}");
    }
    let mut longer = body;
    longer.push(0);
    let error = from_bytes(&file_with_body(&longer)).expect_err("it goes on");
    assert!(error.to_string().ends_with("its body goes on for 1 bytes"));
}

fn config() -> Config {
    Config {
        failure_persistence: None,
        ..Config::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_damage_of_random_profiles(
        profile in any_profile(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut body = body(&save(&profile));
        for (index, byte) in damage {
            let index = index.index(body.len());
            body[index] = byte;
        }
        if let Ok(profile) = from_bytes(&file_with_body(&body)) {
            walk(&profile);
        }
    }

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(from_bytes(&bytes).is_err());
        if let Ok(profile) = from_bytes(&file_with_body(&bytes)) {
            walk(&profile);
        }
    }
}
