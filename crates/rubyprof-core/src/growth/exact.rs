//! Counts that are exactly those of a class: no chance makes such numbers, so that no allowance for chance is needed.

use super::model::Model;
use super::{Counts, Growth, exponential, rounding};

/// Numbers that chance gives once in so many times are not taken for exact.
const CHANCE: u128 = 100;
/// A multiple of n log n is told from others by a count of at least this in the middle.
const FEW: u64 = 32;

/// The class whose numbers these are.
pub(super) fn class(counts: &Counts, models: &[Model]) -> Option<Growth> {
    let falls = counts.counts.windows(2).any(|pair| pair[0] > pair[1]);
    if counts.len() < 3 || falls {
        return None;
    }
    let linear = models.iter().find(|model| model.class == Growth::Linear);
    if linear.is_some_and(|model| is_line(counts, model)) {
        return Some(Growth::Linear);
    }
    let multiple = models.iter().filter(|model| model.class >= Growth::NLogN);
    exponential::is_geometric(counts)
        .then_some(Growth::Exponential)
        .or_else(|| {
            multiple
                .rev()
                .find(|model| is_multiple(counts, model))
                .map(|model| model.class)
        })
        .or_else(|| polynomial(counts))
}

/// A straight line that has grown by more than rounding could make of anything: by four units if the counts are on it to the
/// call, by eight if they are near it.
fn is_line(counts: &Counts, model: &Model) -> bool {
    let (below, above) = rounding::from_chords(counts, model);
    let steps = if below.max(above) == 0 { 4 } else { 8 };
    let grown = counts.counts[counts.len() - 1].saturating_sub(counts.counts[0]);
    grown >= counts.careful_unit().saturating_mul(steps)
        && rounding::allows(counts, model, below)
        && rounding::allows(counts, model, above)
}

/// Whether the counts are `a*f(n)`, without an offset, give or take one call.
fn is_multiple(counts: &Counts, model: &Model) -> bool {
    let last = counts.len() - 1;
    if counts.counts[0] == 0 || counts.counts[last - 1] < FEW {
        return false;
    }
    let (most, whole) = (u128::from(counts.counts[last]), u128::from(model.at(last)));
    (0..last).all(|index| {
        let own = u128::from(counts.counts[index]) * whole;
        own.abs_diff(most * u128::from(model.at(index))) <= whole
    })
}

/// A polynomial of the second or third degree: one with a point to spare, or one whose leading coefficient is a whole number once it
/// is multiplied by the factorial of the degree, as of all polynomials that count something (`n * (n - 1) / 2`).
fn polynomial(counts: &Counts) -> Option<Growth> {
    [(2, Growth::Quadratic), (3, Growth::Cubic)]
        .into_iter()
        .find_map(|(degree, class)| {
            let exact = leading(counts, 0, degree)
                .is_some_and(|coefficient| coefficient.is_positive())
                && is_polynomial(counts, degree)?;
            exact.then_some(class)
        })
}

fn is_polynomial(counts: &Counts, degree: usize) -> Option<bool> {
    if counts.len() <= degree {
        return Some(false);
    }
    if counts.len() > degree + 1 {
        // The coefficient one degree up is zero, wherever it is taken.
        for start in 0..counts.len() - degree - 1 {
            if leading(counts, start, degree + 1)?.numerator != 0 {
                return Some(false);
            }
        }
        return Some(is_no_coincidence(counts, counts.len() - degree - 1));
    }
    if degree == 2 && !rises_from_the_start(counts)? {
        return Some(false);
    }
    let Coefficient {
        numerator,
        denominator,
    } = leading(counts, 0, degree)?;
    let factorial: i128 = (2..=degree as i128).product();
    let whole = numerator.checked_mul(factorial)? % denominator.cast_signed() == 0;
    // Numerators of other counts are multiples of the unit: so often chance makes a whole number.
    let likely = u128::from(counts.careful_unit()) * factorial.unsigned_abs();
    Some(whole && denominator / likely >= CHANCE)
}

/// Whether chance would seldom put so many points on a curve that others have fixed. A count that differs by its root (Poisson)
/// hits a given value once in 2.5 times that root. Where the last slope is twice the first one, which chance alone seldom makes,
/// a tenth of the odds will do.
fn is_no_coincidence(counts: &Counts, spare: usize) -> bool {
    let most = counts.counts[counts.len() - 1] / counts.careful_unit();
    let odds_squared = u128::from(most).saturating_mul(6);
    let wanted = if is_twice_as_steep(counts) {
        CHANCE / 10
    } else {
        CHANCE
    };
    odds_squared.saturating_pow(spare as u32) >= wanted * wanted
}

/// Whether the slope between the last two sizes is twice that between the first two, or more.
fn is_twice_as_steep(counts: &Counts) -> bool {
    let part = |from: usize| {
        let step = counts.sizes[from + 1] - counts.sizes[from];
        let grown = counts.counts[from + 1].saturating_sub(counts.counts[from]);
        (u128::from(grown), u128::from(step))
    };
    let (first, last) = (part(0), part(counts.len() - 2));
    last.0.saturating_mul(first.1) >= first.0.saturating_mul(last.1).saturating_mul(2)
}

/// Whether the parabola through three points rises from the first on: those of a cubic are on one that falls first.
fn rises_from_the_start(counts: &Counts) -> Option<bool> {
    // Its slope there is (c1 - c0) / (n1 - n0) - a * (n1 - n0).
    let Coefficient {
        numerator,
        denominator,
    } = leading(counts, 0, 2)?;
    let step = i128::from(counts.sizes[1] - counts.sizes[0]);
    let grown = i128::from(counts.counts[1]) - i128::from(counts.counts[0]);
    let line = grown.checked_mul(denominator.cast_signed())?;
    Some(line >= numerator.checked_mul(step.checked_mul(step)?)?)
}

struct Coefficient {
    numerator: i128,
    denominator: u128,
}

impl Coefficient {
    fn is_positive(&self) -> bool {
        self.numerator > 0
    }
}

/// The leading coefficient of the polynomial of this degree through the points from `start` on: Newton's divided difference, as a
/// sum over the least common denominator. `None` if the numbers are too large.
fn leading(counts: &Counts, start: usize, degree: usize) -> Option<Coefficient> {
    let points = start..=start + degree;
    let sizes = counts.sizes.get(points.clone())?;
    let weights: Option<Vec<i128>> = sizes.iter().map(|own| weight(sizes, *own)).collect();
    let weights = weights?;
    let denominator = weights.iter().try_fold(1_u128, |multiple, weight| {
        let weight = weight.unsigned_abs();
        (multiple / gcd(multiple, weight)).checked_mul(weight)
    })?;
    let whole = i128::try_from(denominator).ok()?;
    let numerator = points
        .zip(&weights)
        .try_fold(0_i128, |sum, (point, weight)| {
            let share = i128::from(counts.counts[point]).checked_mul(whole / weight)?;
            sum.checked_add(share)
        })?;
    Some(Coefficient {
        numerator,
        denominator,
    })
}

/// The product of the distances to all other sizes.
fn weight(sizes: &[u64], own: u64) -> Option<i128> {
    let others = sizes.iter().filter(|size| **size != own);
    others.into_iter().try_fold(1_i128, |product, other| {
        product.checked_mul(i128::from(own) - i128::from(*other))
    })
}

fn gcd(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}
