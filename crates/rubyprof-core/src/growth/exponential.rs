//! Counts that grow by a factor with each step of the size. They are on no `a*f(n) + b`, because the factor is unknown; their
//! logarithms are on a line.

use super::Counts;
use super::model::log2;

/// By how much the logarithm of the count grows from each size to the next, and the size itself: (rise of log count, step of n, rise of log n).
fn steps(counts: &Counts) -> Option<Vec<(u128, u128, u128)>> {
    let points = counts.counts.iter().zip(&counts.sizes);
    let pairs = points.clone().zip(points.skip(1));
    pairs
        .map(|((count, size), (next, larger))| {
            let rise = next > count && *count > 0;
            rise.then(|| {
                (
                    u128::from(log2(*next) - log2(*count)),
                    u128::from(larger - size),
                    u128::from(log2(*larger) - log2(*size)),
                )
            })
        })
        .collect()
}

/// The least and the greatest of fractions.
fn range(fractions: &[(u128, u128)]) -> ((u128, u128), (u128, u128)) {
    let less = |a: (u128, u128), b: (u128, u128)| a.0 * b.1 < b.0 * a.1;
    let pick = |keep: &dyn Fn((u128, u128), (u128, u128)) -> bool| {
        let rest = fractions.iter().skip(1);
        rest.fold(
            fractions[0],
            |best, next| if keep(*next, best) { *next } else { best },
        )
    };
    (pick(&less), pick(&|a, b| less(b, a)))
}

/// Whether the least is at least `numerator / denominator` of the greatest.
fn is_flat(fractions: &[(u128, u128)], numerator: u128, denominator: u128) -> bool {
    let (least, greatest) = range(fractions);
    // Logarithms are below 2^46 and steps of sizes below 2^64: no product is 2^127.
    (least.0 * greatest.1).saturating_mul(denominator)
        >= (greatest.0 * least.1).saturating_mul(numerator)
}

/// Whether the counts are plainly those of a geometric growth. The last step is steeper than the fourth power; the rate of the
/// logarithm is the same at all sizes to a fifth, while that of a power of n would differ by a third or more at these sizes, or it is the
/// same to a twentieth, while no power fits that well by far.
pub(super) fn is_geometric(counts: &Counts) -> bool {
    let Some(steps) = steps(counts) else {
        return false;
    };
    let rates: Vec<_> = steps.iter().map(|(log, step, _)| (*log, *step)).collect();
    let powers: Vec<_> = steps.iter().map(|(log, _, size)| (*log, *size)).collect();
    let of_power: Vec<_> = steps.iter().map(|(_, step, size)| (*size, *step)).collect();
    let steep = powers.last().is_some_and(|(log, size)| *log >= 4 * size);
    let plainly = is_flat(&rates, 4, 5) && !is_flat(&of_power, 2, 3);
    let exactly = is_flat(&rates, 19, 20) && !is_flat(&powers, 17, 20);
    steep && (plainly || exactly)
}

/// Whether counts that have outgrown the cubic are exponential: the rate of their logarithm falls by less than half, or rises
/// (as of a factorial).
pub(super) fn is_likely(counts: &Counts) -> bool {
    let Some(steps) = steps(counts) else {
        return false;
    };
    let rates: Vec<_> = steps.iter().map(|(log, step, _)| (*log, *step)).collect();
    let rises = rates
        .windows(2)
        .all(|pair| pair[0].0 * pair[1].1 <= pair[1].0 * pair[0].1);
    rises || is_flat(&rates, 1, 2)
}
