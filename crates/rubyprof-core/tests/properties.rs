//! Random tapes: the recorder and the reference model must come to the same numbers.

#[allow(dead_code, reason = "each test uses its part")]
mod strategy;
#[allow(dead_code, reason = "each test uses its part")]
mod support;

use proptest::prelude::*;
use rubyprof_core::Scale;

use strategy::{any_tape, config, tapes};
use support::decode::Manners;
use support::driver::{Way, record, record_with};
use support::{invariants, reference};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn well_formed_tapes_give_what_the_reference_gives(tape in tapes(Manners::WellFormed)) {
        let recorded = record(&tape);
        prop_assert_eq!(recorded.summary(), reference::summary(&tape, Scale::ONE));
        prop_assert_eq!(recorded.unmatched, 0);
    }

    #[test]
    fn wild_tapes_give_what_the_reference_gives(tape in tapes(Manners::Wild)) {
        prop_assert_eq!(record(&tape).summary(), reference::summary(&tape, Scale::ONE));
    }

    #[test]
    fn the_slow_functions_alone_give_the_same(tape in any_tape()) {
        let slow = record_with(&tape, Scale::ONE, Way::Slow);
        prop_assert_eq!(slow.summary(), reference::summary(&tape, Scale::ONE));
    }

    #[test]
    fn every_profile_keeps_the_invariants(tape in any_tape()) {
        invariants::check(&record(&tape).profile);
    }

    #[test]
    fn rounding_takes_nothing_from_the_parts(
        tape in any_tape(),
        units in 1_u64..1 << 32,
        ticks in 1_u64..5_000_000_000,
    ) {
        let scale = Scale::from_ratio(units, ticks);
        let recorded = record_with(&tape, scale, Way::Usual);
        invariants::check(&recorded.profile);
        prop_assert_eq!(recorded.summary(), reference::summary(&tape, scale));
    }

    #[test]
    fn scales_round_down_and_not_further(
        units in 1_u64..5_000_000_000,
        ticks in 1_u64..5_000_000_000,
        value in 0_u64..1 << 40,
    ) {
        let scaled = u128::from(Scale::from_ratio(units, ticks).apply(value));
        let exact = u128::from(value) * u128::from(units) / u128::from(ticks);
        let exact = exact.min(u128::from(u64::MAX));
        // The multiplier has 32 bits behind the point.
        let slack = u128::from(value >> 32) + 1;
        prop_assert!(scaled <= exact && exact <= scaled + slack, "{scaled} for {exact}");
    }

    #[test]
    fn two_runs_add_up(first in any_tape(), second in any_tape()) {
        let both = record(&first).profile.followed_by(&record(&second).profile);
        invariants::check(&both);
        let expected = reference::summary(&first, Scale::ONE)
            .followed_by(&reference::summary(&second, Scale::ONE));
        prop_assert_eq!(
            support::summary::Summary::of(&both, expected.unmatched),
            expected
        );
    }
}
