//! What the classes say the counts are in proportion to.

use super::Growth;

/// The classes that are `a*f(n) + b`, in order of growth.
pub(super) const MODELS: [Growth; 5] = [
    Growth::Logarithmic,
    Growth::Linear,
    Growth::NLogN,
    Growth::Quadratic,
    Growth::Cubic,
];

/// `f` at each size, in any scale: only ratios of differences matter.
pub(super) struct Model {
    pub(super) class: Growth,
    values: Vec<u64>,
}

impl Model {
    /// Values stay below 2^56, so that a product with 64ths of a count is less than 2^127.
    const BITS: u32 = 56;

    /// `None` if two sizes cannot be told apart by `f` in these numbers: cubes of sizes above 2^42, or the logarithm of huge neighbours.
    pub(super) fn new(class: Growth, sizes: &[u64]) -> Option<Self> {
        let exact: Option<Vec<u128>> = sizes.iter().map(|size| f(class, *size)).collect();
        let exact = exact?;
        let largest = exact.last()?;
        let shift = (128 - largest.leading_zeros()).saturating_sub(Self::BITS);
        let values: Vec<u64> = exact.iter().map(|value| (value >> shift) as u64).collect();
        let increases = values.windows(2).all(|pair| pair[0] < pair[1]);
        increases.then_some(Self { class, values })
    }

    /// `f` at the size with this index.
    pub(super) fn at(&self, index: usize) -> u64 {
        self.values[index]
    }

    /// By how much `f` grows between two sizes.
    pub(super) fn step(&self, from: usize, to: usize) -> u64 {
        self.values[to] - self.values[from]
    }

    /// The same at these points only.
    pub(super) fn at_points(&self, points: &[usize]) -> Self {
        Self {
            class: self.class,
            values: points.iter().map(|point| self.values[*point]).collect(),
        }
    }
}

fn f(class: Growth, size: u64) -> Option<u128> {
    let n = u128::from(size);
    match class {
        Growth::Logarithmic => Some(u128::from(log2(size))),
        Growth::Linear => Some(n),
        Growth::NLogN => Some(n * u128::from(log2(size))),
        Growth::Quadratic => Some(n * n),
        Growth::Cubic => (n * n).checked_mul(n),
        _ => None,
    }
}

/// Binary digits behind the point of [`log2`].
pub(super) const LOG_BITS: u32 = 40;

/// The logarithm of `value` (at least 1) to the base 2, in 2^-40ths, rounded downwards; exact for powers of two.
///
/// A digit at a time: squaring a number doubles its logarithm, so the next digit is whether the square is 2 or more (Knuth, The
/// Art of Computer Programming, 1.2.2, exercise on computing logarithms in binary). The square is cut to 64 digits each time; the
/// error that makes is below 2^-61 in all, so the result is at most 2^-39 too small.
pub(super) fn log2(value: u64) -> u64 {
    let whole = u64::from(value.ilog2());
    // From 2^63 (one) to just below 2^64 (two).
    let mut mantissa = value << value.leading_zeros();
    let mut result = whole;
    for _ in 0..LOG_BITS {
        let square = u128::from(mantissa) * u128::from(mantissa);
        let doubled = square >> 127;
        mantissa = (square >> (63 + doubled)) as u64;
        result = result << 1 | doubled as u64;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_of_powers_are_exact() {
        for power in 0..64 {
            assert_eq!(log2(1 << power), power << LOG_BITS);
        }
    }

    #[test]
    fn other_logarithms_are_rounded_downwards() {
        // log2(10) and log2(1000) times 2^40, worked out with 50 decimal digits.
        assert_eq!(log2(10), 3_652_498_566_964);
        assert_eq!(log2(1000), 10_957_495_700_893);
    }

    #[test]
    fn cubes_that_are_too_large_are_no_model() {
        assert!(Model::new(Growth::Cubic, &[1 << 41, 1 << 42]).is_some());
        assert!(Model::new(Growth::Cubic, &[1 << 41, 1 << 43]).is_none());
        assert!(Model::new(Growth::Quadratic, &[1, u64::MAX]).is_some());
        assert!(Model::new(Growth::Logarithmic, &[u64::MAX - 1, u64::MAX]).is_none());
    }
}
