//! Numbers by magnitude: the log-linear buckets of Gil Tene's HdrHistogram, eight to each power of two.
//!
//! Numbers below 16 have a bucket each. Above, a bucket is at most an eighth as wide as its numbers are large, so that
//! its middle is within a sixteenth of each of them.

/// Buckets to a power of two.
pub(super) const PER_OCTAVE: u32 = 8;

/// The bucket of a number.
#[inline(always)]
pub(super) fn of(value: u64) -> u16 {
    // The three bits below the highest one tell buckets of an octave apart; no shift up to 15.
    let shift = 60 - (value | 8).leading_zeros();
    (shift * PER_OCTAVE) as u16 + (value >> shift) as u16
}

/// The smallest number of a bucket, and the largest.
pub(super) fn range(bucket: u16) -> (u64, u64) {
    let octave = u32::from(bucket) / PER_OCTAVE;
    let shift = octave.saturating_sub(1);
    let leading = u64::from(u32::from(bucket) - shift * PER_OCTAVE);
    let low = leading << shift;
    (low, low + ((1 << shift) - 1))
}

/// The number that stands for all of a bucket.
pub(super) fn middle(bucket: u16) -> u64 {
    let (low, high) = range(bucket);
    low + (high - low) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Any number of 64 bits has one.
    const BUCKETS: u16 = 61 * 8 + 8;

    #[test]
    fn buckets_follow_each_other_without_a_gap_and_hold_every_number() {
        let mut next = Some(0);
        for bucket in 0..BUCKETS {
            let (low, high) = range(bucket);
            assert_eq!(Some(low), next, "of bucket {bucket}");
            assert_eq!((of(low), of(high)), (bucket, bucket));
            next = high.checked_add(1);
        }
        assert_eq!(next, None);
    }

    #[test]
    fn the_middle_is_within_a_sixteenth() {
        for bucket in 0..BUCKETS {
            let (low, high) = range(bucket);
            let middle = middle(bucket);
            let error = (middle - low).max(high - middle);
            assert!(
                u128::from(error) * 16 <= u128::from(low),
                "of bucket {bucket}"
            );
        }
    }
}
