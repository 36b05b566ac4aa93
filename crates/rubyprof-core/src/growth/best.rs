//! The best name for counts.

use super::model::{Model, log2};
use super::{Counts, Growth, exponential, rounding};

/// Two counts: their ratio beside that of each model, as if there were no offset. A linear function keeps its name where it
/// starts at no call.
pub(super) fn of_two(counts: &Counts) -> Growth {
    let (count, next) = (counts.counts[0], counts.counts[1]);
    if next < count {
        return Growth::Irregular;
    }
    if count == 0 {
        return Growth::Linear;
    }
    let rise = u128::from(log2(next) - log2(count));
    let size = u128::from(log2(counts.sizes[1]) - log2(counts.sizes[0]));
    // Steeper than the fourth power.
    if rise > 4 * size {
        return Growth::Exponential;
    }
    let rise_of_log =
        u128::from(log2_of_log2(counts.sizes[1]).saturating_sub(log2_of_log2(counts.sizes[0])));
    let expected = [
        (Growth::Logarithmic, rise_of_log.min(size)),
        (Growth::Linear, size),
        (Growth::NLogN, size + rise_of_log),
        (Growth::Quadratic, 2 * size),
        (Growth::Cubic, 3 * size),
    ];
    let nearest = expected
        .into_iter()
        .min_by_key(|(_, expected)| expected.abs_diff(rise));
    nearest.map_or(Growth::Irregular, |(class, _)| class)
}

/// The logarithm of the logarithm, which is taken for at least 1.
fn log2_of_log2(size: u64) -> u64 {
    log2(log2(size.max(2))) - log2(log2(2))
}

/// The class whose curve the counts are on, give or take rounding: the nearest, but rather a straight line than a steeper
/// curve, unless they are on that to the call.
pub(super) fn rounded(counts: &Counts, models: &[Model]) -> Option<Growth> {
    let unit = rounding::PARTS * u128::from(counts.unit());
    let (first, last) = (counts.counts[0], counts.counts[counts.len() - 1]);
    if last <= first {
        return None;
    }
    // One step is no evidence of steepness; of a low class it is only where it is no leap.
    let steps = u128::from(last - first) * rounding::PARTS / unit;
    if steps < 2 && first > 0 {
        let sizes = (counts.sizes[0], counts.sizes[counts.len() - 1]);
        let leaps =
            u128::from(last) * u128::from(sizes.0) > u128::from(first) * u128::from(sizes.1);
        return (!leaps).then_some(Growth::Logarithmic);
    }
    let distances = models.iter().map(|model| {
        let (below, above) = rounding::from_chords(counts, model);
        (below.max(above), model.class)
    });
    let fitting: Vec<_> = distances
        .filter(|(distance, _)| *distance <= 2 * unit)
        .collect();
    let nearest = fitting.iter().min()?;
    let line = fitting
        .iter()
        .find(|(distance, class)| *class == Growth::Linear && *distance <= unit);
    let exactly = nearest.0 * 16 <= unit;
    let nearest = nearest.1;
    Some(if exactly || nearest < Growth::Linear {
        nearest
    } else {
        line.map_or(nearest, |line| line.1)
    })
}

/// Digits behind the point of [`flatness`].
const POINT: u32 = 20;

/// The greatest slope over the least; `None` if one of them is not upwards.
fn flatness(counts: &Counts, model: &Model, points: &[usize]) -> Option<u128> {
    let slopes: Option<Vec<u128>> = points
        .windows(2)
        .map(|pair| {
            let grown = counts.counts[pair[1]].checked_sub(counts.counts[pair[0]])?;
            let whole = u128::from(counts.counts[points[points.len() - 1]]).max(1);
            let steps = u128::from(model.step(points[0], points[points.len() - 1]));
            let share = (u128::from(grown) << 60) / whole;
            let expected = (u128::from(model.step(pair[0], pair[1])) << 60) / steps;
            let slope = (share << POINT) / expected.max(1);
            (slope > 0).then_some(slope)
        })
        .collect();
    let slopes = slopes?;
    let (least, greatest) = (slopes.iter().min()?, slopes.iter().max()?);
    Some((greatest.min(&(1 << 100)) << POINT) / least)
}

/// The class over whose model the slopes are most alike, of those that the counts have not outgrown. n log n must be twice as good as a
/// line, from which it differs little. If the best slopes differ by more than a factor of four, nothing fits.
pub(super) fn flattest(
    counts: &Counts,
    models: &[Model],
    outgrown: impl Fn(&Model) -> bool,
) -> Growth {
    let points = counts.spread_out();
    let left: Vec<_> = models.iter().filter(|model| !outgrown(model)).collect();
    if left.is_empty() && exponential::is_likely(counts) {
        return Growth::Exponential;
    }
    let flat = |model: &&Model| Some((flatness(counts, model, &points)?, model.class));
    let flat: Vec<_> = left.into_iter().filter_map(|model| flat(&model)).collect();
    let one = 1_u128 << POINT;
    let Some(best) = flat.iter().min().filter(|(best, _)| *best <= 4 * one) else {
        return Growth::Irregular;
    };
    let line = flat.iter().find(|(_, class)| *class == Growth::Linear);
    match line {
        Some(line) if best.1 == Growth::NLogN && line.0 - one < 2 * (best.0 - one) => {
            Growth::Linear
        }
        _ => best.1,
    }
}
