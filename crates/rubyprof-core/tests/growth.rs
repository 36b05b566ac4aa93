//! Growth from counts: what holds for all functions of a class, and known counts one by one.

use proptest::prelude::*;
use rubyprof_core::{BadCounts, Counts, Growth};

use Growth::{Constant, Cubic, Exponential, Irregular, Linear, Logarithmic, NLogN, Quadratic};

const TENS: [u64; 3] = [10, 100, 1000];
const DOUBLES: [u64; 4] = [50, 100, 200, 400];
const EIGHTS: [u64; 3] = [64, 512, 4096];
const UNEVEN: [u64; 4] = [3, 7, 100, 101];

fn counts(sizes: &[u64], f: impl Fn(u64) -> u64) -> Counts {
    let counts: Vec<u64> = sizes.iter().map(|size| f(*size)).collect();
    Counts::new(sizes, &counts).expect("sizes increase")
}

fn given(sizes: &[u64], counts: &[u64]) -> Counts {
    Counts::new(sizes, counts).expect("sizes increase")
}

/// Two to twelve sizes up to some thousands.
fn sizes() -> impl Strategy<Value = Vec<u64>> {
    let any = prop::collection::btree_set(1_u64..5000, 2..=12);
    any.prop_map(|sizes| sizes.into_iter().collect())
}

/// Numbers with some order: mostly increasing, of any magnitude, or just any.
fn any_counts() -> impl Strategy<Value = (Vec<u64>, Vec<u64>)> {
    sizes().prop_flat_map(|sizes| {
        let points = sizes.len();
        let small = prop::collection::vec(0_u64..200, points);
        let large = prop::collection::vec(any::<u64>(), points);
        let sorted = prop::collection::vec(0_u64..1_000_000, points).prop_map(|mut counts| {
            counts.sort_unstable();
            counts
        });
        (Just(sizes), prop_oneof![small, large, sorted])
    })
}

proptest! {
    #[test]
    fn a_constant_exceeds_nothing(sizes in sizes(), count: u64) {
        let counts = counts(&sizes, |_| count);
        prop_assert_eq!(counts.class(), Constant);
        for bound in Growth::CLASSES {
            prop_assert!(!counts.exceeds(bound));
        }
    }

    #[test]
    fn what_differs_exceeds_constant((sizes, numbers) in any_counts()) {
        let differs = numbers.iter().any(|number| *number != numbers[0]);
        prop_assert_eq!(given(&sizes, &numbers).exceeds(Constant), differs);
    }

    // a = p / q calls for each, an offset, and an error of up to one call either way.
    #[test]
    fn a_line_with_an_offset_and_rounding_never_exceeds_linear(
        sizes in sizes(),
        p in 0_u64..10_000,
        q in 1_u64..1000,
        offset in 0_u64..1_000_000,
        errors in prop::collection::vec(0_u64..=2, 12),
    ) {
        let points = sizes.iter().zip(&errors);
        let numbers: Vec<u64> = points.map(|(size, error)| size * p / q + offset + error).collect();
        let line = given(&sizes, &numbers);
        for bound in [Linear, NLogN, Quadratic, Cubic, Exponential] {
            prop_assert!(!line.exceeds(bound), "{line:?} exceeds {bound}");
        }
    }

    #[test]
    fn a_line_that_begins_below_zero_never_exceeds_linear(
        sizes in sizes(),
        slope in 1_u64..1000,
        before in 0_u64..5000,
    ) {
        let start = before.min(sizes[0]);
        prop_assert!(!counts(&sizes, |size| slope * (size - start)).exceeds(Linear));
    }

    // Once for each begun chunk, a number of calls that is not more than the smallest size.
    #[test]
    fn chunks_never_exceed_linear(
        sizes in sizes(),
        chunk in 1_u64..300,
        share in 0.0_f64..=1.0,
        offset in 0_u64..1000,
    ) {
        let calls = 1 + ((sizes[0] - 1) as f64 * share) as u64;
        let line = counts(&sizes, |size| calls * size.div_ceil(chunk) + offset);
        prop_assert!(!line.exceeds(Linear), "{line:?}");
    }

    #[test]
    fn what_exceeds_a_bound_exceeds_those_below((sizes, numbers) in any_counts()) {
        let counts = given(&sizes, &numbers);
        let exceeded = Growth::CLASSES.map(|bound| counts.exceeds(bound));
        prop_assert!(exceeded.is_sorted_by(|lower, higher| lower >= higher), "{exceeded:?}");
    }

    #[test]
    fn what_is_named_is_not_exceeded((sizes, numbers) in any_counts()) {
        let counts = given(&sizes, &numbers);
        let class = counts.class();
        for bound in Growth::CLASSES {
            prop_assert!(class > bound || !counts.exceeds(bound), "{class} exceeds {bound}");
        }
    }

    #[test]
    fn two_sizes_tell_constant_only(first in 1_u64..1000, step in 1_u64..1000, one: u64, other: u64) {
        let two = given(&[first, first + step], &[one, other]);
        prop_assert!(Growth::CLASSES[1..].iter().all(|bound| !two.exceeds(*bound)));
    }

    #[test]
    fn more_calls_each_are_the_same_class(
        sizes in prop::sample::select(vec![&TENS[..], &DOUBLES, &EIGHTS, &UNEVEN]),
        class in 0_usize..7,
        offset in 0_u64..20,
        factor in 1_u64..1000,
    ) {
        let f = |size: u64| offset + functions()[class].1(size);
        let (plain, scaled) = (counts(sizes, f), counts(sizes, |size| factor * f(size)));
        prop_assert_eq!(plain.class(), scaled.class(), "{:?} and {:?}", plain, scaled);
    }
}

type Function = fn(u64) -> u64;

fn functions() -> [(Growth, Function); 7] {
    [
        (Constant, |_| 3),
        (Logarithmic, |n| u64::from(n.ilog2()) + 1),
        (Linear, |n| 2 * n / 3),
        (NLogN, |n| (n as f64 * (n as f64).log2()).round() as u64),
        (Quadratic, |n| n * (n - 1) / 2),
        (Cubic, |n| n * (n - 1) * (n - 2) / 6),
        (Quadratic, |n| n * n),
    ]
}

#[test]
fn textbook_functions_are_named_at_all_sizes() {
    for sizes in [&TENS[..], &DOUBLES, &EIGHTS, &UNEVEN, &[5, 10, 20, 40, 80]] {
        for (class, f) in functions() {
            let counts = counts(sizes, f);
            assert_eq!(counts.class(), class, "{counts:?}");
            assert!(!counts.exceeds(class), "{counts:?}");
        }
    }
}

#[test]
fn the_class_two_above_a_bound_exceeds_it() {
    for sizes in [&TENS[..], &DOUBLES, &EIGHTS, &UNEVEN] {
        assert!(counts(sizes, |n| n * n).exceeds(Linear));
        assert!(counts(sizes, |n| n * (n + 1) / 2 + 17).exceeds(Linear));
        assert!(counts(sizes, |n| n * n * n + n).exceeds(NLogN));
        assert!(counts(sizes, |n| 7 * n + 3).exceeds(Constant));
        let times_log = counts(sizes, |n| n * u64::from(n.ilog2()));
        assert!(times_log.exceeds(Logarithmic));
    }
}

#[test]
fn neighbours_are_told_apart() {
    for sizes in [&TENS[..], &DOUBLES, &EIGHTS, &UNEVEN] {
        assert!(counts(sizes, |n| n * n).exceeds(NLogN));
        assert!(counts(sizes, |n| n * n * n).exceeds(Quadratic));
        assert!(counts(sizes, |n| 7 * n + 3).exceeds(Logarithmic));
    }
    let sort = |n: u64| (n as f64 * (n as f64).log2()) as u64 - n / 5;
    assert!(counts(&TENS, sort).exceeds(Linear));
    assert!(counts(&EIGHTS, sort).exceeds(Linear));
    // Data could make this of a line: 2.5 standard deviations at such sizes are more.
    assert!(!counts(&DOUBLES, sort).exceeds(Linear));
}

#[test]
fn exponentials_are_found_at_small_sizes() {
    for sizes in [
        &[4, 8, 12][..],
        &[5, 10, 15, 20],
        &[3, 7, 14, 15],
        &[10, 11, 12, 13, 14],
    ] {
        let hanoi = counts(sizes, |n| (1 << n) - 1);
        assert_eq!(hanoi.class(), Exponential, "{hanoi:?}");
        assert!(hanoi.exceeds(Cubic), "{hanoi:?}");
        assert!(!hanoi.exceeds(Exponential));
    }
    assert_ne!(counts(&[4, 8, 12], |n| n.pow(4)).class(), Exponential);
}

#[test]
fn counts_that_fall_or_jump_are_irregular() {
    assert_eq!(given(&TENS, &[9, 5, 2]).class(), Irregular);
    assert_eq!(given(&TENS, &[7, 5, 6]).class(), Irregular);
    assert_eq!(given(&DOUBLES, &[100, 900, 30, 2000]).class(), Irregular);
    assert!(given(&TENS, &[9, 5, 2]).exceeds(Constant));
    assert!(!given(&TENS, &[9, 5, 2]).exceeds(Logarithmic));
}

#[test]
fn no_call_at_some_sizes() {
    assert_eq!(given(&DOUBLES, &[0, 0, 100, 300]).exceeds(Linear), false);
    assert!(given(&TENS, &[0, 0, 5]).exceeds(Constant));
    assert!(!given(&TENS, &[0, 0, 5]).exceeds(Linear));
    let pairs = counts(&[1, 10, 100], |n| n * (n - 1) / 2);
    assert_eq!(pairs.class(), Quadratic);
    assert!(pairs.exceeds(Linear));
}

#[test]
fn a_late_beginning_is_no_growth_where_sizes_show_it() {
    assert!(!counts(&[50, 100, 200, 400], |n| 5 + 3 * n.saturating_sub(70)).exceeds(Linear));
    assert!(!counts(&[10, 20, 40, 80, 160], |n| 5 + 3 * n.saturating_sub(30)).exceeds(Linear));
}

#[test]
fn the_largest_numbers_fit() {
    let most = u64::MAX;
    for bound in Growth::CLASSES {
        assert!(!given(&[1, 2, 3], &[most; 3]).exceeds(bound));
        let _ = given(&[1, most - 1, most], &[0, most - 1, most]).exceeds(bound);
        let _ = given(&[most - 2, most - 1, most], &[0, 1, most]).exceeds(bound);
        let _ = given(&[1, 2, most], &[most, 0, most]).exceeds(bound);
    }
    let line = given(&[1, most / 2, most], &[1, most / 2, most]);
    assert_eq!(line.class(), Linear);
    assert!(!line.exceeds(Linear));
    assert!(given(&TENS, &[most / 10_000, most / 100, most]).exceeds(Linear));
}

#[test]
fn two_sizes_are_named_by_their_ratio() {
    assert_eq!(given(&[10, 1000], &[4, 10]).class(), Logarithmic);
    assert_eq!(given(&[10, 1000], &[30, 3000]).class(), Linear);
    assert_eq!(given(&[10, 1000], &[0, 990]).class(), Linear);
    assert_eq!(given(&[10, 1000], &[33, 9966]).class(), NLogN);
    assert_eq!(given(&[10, 1000], &[45, 499_500]).class(), Quadratic);
    assert_eq!(given(&[10, 1000], &[1000, 1_000_000_000]).class(), Cubic);
    assert_eq!(given(&[10, 20], &[1 << 10, 1 << 20]).class(), Exponential);
    assert_eq!(given(&[10, 20], &[5, 4]).class(), Irregular);
}

#[test]
fn bad_sizes_are_refused() {
    assert_eq!(Counts::new(&[1], &[1]).err(), Some(BadCounts::TooFew));
    assert_eq!(
        Counts::new(&[0, 1], &[1, 1]).err(),
        Some(BadCounts::NotIncreasing)
    );
    assert_eq!(
        Counts::new(&[2, 2], &[1, 1]).err(),
        Some(BadCounts::NotIncreasing)
    );
    assert_eq!(
        Counts::new(&[1, 2], &[1]).err(),
        Some(BadCounts::OtherLength)
    );
}
