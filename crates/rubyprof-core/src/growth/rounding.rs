//! Whether counts are `a*f(n) + b`, rounded in some way.
//!
//! For three sizes, what matters is how far the middle count is from the chord, the straight line (over `f`) between its
//! neighbours. A curve `a*f(n) + b` within `d` of all counts exists if and only if no count is further than `2*d` from a chord of two
//! others (Chebyshev's condition for a line: three points decide).
//!
//! Counts are off a curve by up to a step of the function: `floor(n / 3)` by less than a call, `5 * ceil(n / 32)` by less than five, the sum of two
//! roundings by less than two steps. So a count may be two [careful units](Counts::careful_unit) off a chord, or, where all counts are
//! multiples of something larger, less than that (one rounding of a function that calls so much at once).

use super::model::Model;
use super::{Counts, Growth};

/// Distances are in parts of a call.
pub(super) const PARTS: u128 = 64;

/// The largest distance of a count from a chord of its neighbours: how far below it and how far above.
pub(super) fn from_chords(counts: &Counts, model: &Model) -> (u128, u128) {
    let (mut below, mut above) = (0, 0);
    let last = counts.len();
    for left in 0..last {
        for middle in left + 1..last {
            for right in middle + 1..last {
                let rise = i128::from(counts.counts[right]) - i128::from(counts.counts[left]);
                let own = i128::from(counts.counts[middle]) - i128::from(counts.counts[left]);
                let whole = i128::from(model.step(left, right));
                let part = i128::from(model.step(left, middle));
                let distance = rise * part - own * whole;
                let parts = distance.unsigned_abs() * PARTS / whole.unsigned_abs();
                if distance > 0 {
                    below = parts.max(below);
                } else {
                    above = parts.max(above);
                }
            }
        }
    }
    (below, above)
}

/// Whether no count is so far below a chord that rounding could not explain it. Growth beyond `f` puts counts below chords.
pub(super) fn fits_from_below(counts: &Counts, model: &Model) -> bool {
    let (below, _) = from_chords(counts, model);
    allows(counts, model, below)
}

/// Whether rounding explains counts that far from chords.
pub(super) fn allows(counts: &Counts, model: &Model, distance: u128) -> bool {
    distance <= 2 * PARTS * u128::from(unit(counts, model))
        || distance < PARTS * u128::from(counts.divisor())
}

/// What one step of the function may add. What takes log n steps makes few calls a step, so there it is at most the root of the
/// smallest size.
pub(super) fn unit(counts: &Counts, model: &Model) -> u64 {
    match model.class {
        Growth::Logarithmic => counts.careful_unit().min(counts.sizes[0].isqrt()),
        _ => counts.careful_unit(),
    }
}

// From outside this cannot be seen: what it lets through the other rules would, as a rule, let through too. It is what makes "never" certain.
#[cfg(test)]
mod tests {
    use super::*;

    fn fits(class: Growth, numbers: &[u64]) -> bool {
        let sizes = [10, 100, 1000];
        let counts = Counts::new(&sizes, numbers).expect("sizes increase");
        let model = Model::new(class, &sizes).expect("sizes differ");
        fits_from_below(&counts, &model)
    }

    #[test]
    fn a_line_fits_to_two_calls() {
        assert!(fits(Growth::Linear, &[17, 107, 1007]));
        assert!(fits(Growth::Linear, &[17, 106, 1008]));
        assert!(!fits(Growth::Linear, &[17, 104, 1008]));
        // Above the chord is no growth.
        assert!(fits(Growth::Linear, &[17, 900, 1007]));
    }

    #[test]
    fn a_line_of_steps_fits_to_less_than_a_step_of_all_counts() {
        assert!(fits(Growth::Linear, &[300, 900, 9000]));
        assert!(!fits(Growth::Linear, &[300, 901, 9000]));
    }

    #[test]
    fn walks_fit_to_the_root_of_the_smallest_size() {
        assert!(fits(Growth::Logarithmic, &[40, 70, 100]));
        assert!(!fits(Growth::Logarithmic, &[10, 100, 1000]));
    }
}
