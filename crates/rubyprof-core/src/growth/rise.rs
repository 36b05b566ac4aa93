//! Whether slopes rise by more than the data of a program can make them.
//!
//! Three sizes give two slopes, of the smaller and of the larger part. If the counts are of the model's class the two are equal but for chance, and
//! the sizes alone say how much chance can do:
//!
//! - A sum over n elements of something that differs from element to element as much as it is on average (a call for
//!   one element of two, one or three calls each) differs by the share 1/√n from one input to another. So do comparisons of a
//!   sort by insertion, the dearest sort in that respect. Pivots at random do not become steadier with √n, but are
//!   steady to a few per cent; so the share is never taken for less than 1/32.
//! - Of rare things, a call for one element of ten, happen m on average, give or take √m (Poisson).
//! - A walk of log n steps is a few steps longer or shorter: √m again, and not 1/√n of it.
//!
//! The slopes must differ by 2.5 standard deviations of that, which chance does once in 160 times. It would not do
//! so again and again: the same input gives the same counts.
//!
//! With four sizes or more the slopes without the smallest size must still rise, by one standard deviation: a function that
//! begins late, or that has a different way with small inputs, bends once, and not again.

use super::model::Model;
use super::{Counts, Growth};

/// Digits behind the point of slopes, relative to the slope of the whole.
const POINT: u32 = 20;
/// Slopes above this are taken for it, so that squares fit; so are values of `f` relative to steps of it.
const MOST: u128 = 1 << 40;
/// Deviations are never taken for a smaller share than the root of one in so many.
const STEADIEST: u64 = 1024;
/// The same where the class is n log n: a sixteenth.
const STEADIEST_SORT: u64 = 256;

/// Whether the slopes over `model` rise by more than chance.
pub(super) fn is_beyond_chance(counts: &Counts, model: &Model) -> bool {
    let points: Vec<usize> = counts.spread_out();
    let points = &points[plateau(&counts.at_points(&points))..];
    let rises = |points: &[usize], squares| {
        rises(&counts.at_points(points), &model.at_points(points), squares)
    };
    points.len() >= 3 && rises(points, 9) && (points.len() == 3 || rises(&points[1..], 1))
}

/// How many points to leave out: those before the counts begin to change, and those without a call. A line that begins
/// between them and the next point would look like a curve.
fn plateau(counts: &Counts) -> usize {
    let first = counts.counts[0];
    match counts
        .counts
        .iter()
        .take_while(|count| **count == first)
        .count()
    {
        1 if first > 0 => 0,
        points => points,
    }
}

/// Whether the square of the rise is so many variances.
fn rises(counts: &Counts, model: &Model, squares: u128) -> bool {
    let last = counts.len() - 1;
    let grown = counts.counts[last].saturating_sub(counts.counts[0]);
    // What falls on the way is made by chance, and more of it than we would allow for.
    let falls = counts.counts.windows(2).any(|pair| pair[0] > pair[1]);
    let Some(middle) = steadiest_middle(counts, model).filter(|_| grown > 0 && !falls) else {
        return false;
    };
    let slopes = [
        slope(counts, model, 0, middle),
        slope(counts, model, middle, last),
    ];
    let rise = slopes[1] - slopes[0];
    if rise <= 0 {
        return false;
    }
    let variance = variance(counts, model, grown, 0, middle)
        .saturating_add(variance(counts, model, grown, middle, last));
    let square = rise.unsigned_abs().min(MOST).pow(2);
    square >= variance.saturating_mul(squares)
}

/// Where to divide the sizes: where chance does least. The counts have no say in it.
fn steadiest_middle(counts: &Counts, model: &Model) -> Option<usize> {
    let last = counts.len() - 1;
    (1..last).min_by_key(|middle| {
        uncertainty(counts, model, 0, *middle)
            .saturating_add(uncertainty(counts, model, *middle, last))
    })
}

/// The slope between two points over that of the whole.
fn slope(counts: &Counts, model: &Model, from: usize, to: usize) -> i128 {
    let last = counts.len() - 1;
    let grown = i128::from(counts.counts[last]) - i128::from(counts.counts[0]);
    // Shares of the whole, in 2^-60ths: below 2^124.
    let part = i128::from(counts.counts[to]) - i128::from(counts.counts[from]);
    let share = (part << 60) / grown;
    let expected = (i128::from(model.step(from, to)) << 60) / i128::from(model.step(0, last));
    let most = MOST.cast_signed();
    ((share << POINT) / expected.max(1)).clamp(-most, most)
}

/// The variance of a slope relative to that of the whole, if all of the model's class are alike.
fn variance(counts: &Counts, model: &Model, grown: u64, from: usize, to: usize) -> u128 {
    let whole = u128::from(model.step(0, counts.len() - 1));
    let grown = u128::from(grown);
    let expected = (grown * u128::from(model.step(from, to)) / whole).max(1);
    let of_point = |point: usize| {
        // What grows, without what is there anyway.
        let proportional = grown * u128::from(model.at(point)) / whole;
        let calls = proportional.min(u128::from(counts.counts[point]));
        let share = ((calls << POINT) / expected).min(MOST);
        let elements = share * share / steadiness(counts, model, point);
        // Of a walk only the steps that were taken can differ.
        let events = if model.class == Growth::Logarithmic {
            calls
        } else {
            proportional
        };
        let events = ((events << POINT) / expected).min(MOST) << POINT;
        let rare = events.saturating_mul(u128::from(counts.careful_unit())) / expected;
        elements.saturating_add(rare)
    };
    of_point(from).saturating_add(of_point(to))
}

/// The same from the sizes alone.
fn uncertainty(counts: &Counts, model: &Model, from: usize, to: usize) -> u128 {
    let of_point = |point: usize| {
        let share = (u128::from(model.at(point)) << POINT) / u128::from(model.step(from, to));
        share.min(MOST).pow(2) / steadiness(counts, model, point)
    };
    of_point(from) + of_point(to)
}

/// A count differs by the root of one in so many.
fn steadiness(counts: &Counts, model: &Model, point: usize) -> u128 {
    u128::from(match model.class {
        Growth::Logarithmic => STEADIEST,
        Growth::NLogN => counts.sizes[point].min(STEADIEST_SORT),
        _ => counts.sizes[point].min(STEADIEST),
    })
}
