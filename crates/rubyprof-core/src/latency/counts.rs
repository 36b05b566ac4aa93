//! The latencies of some calls, and sums of them.

use super::LatencyRow;
use super::bucket;

/// The shortest and the longest of some calls, and how many took about how long.
///
/// The buckets are HdrHistogram's (Gil Tene), eight to each power of two: number `b` holds numbers from `low` up to
/// what the next one begins with, where `low` is `b` below 16 and else `(8 + b % 8) << (b / 8 - 1)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LatencyCounts {
    min: u64,
    max: u64,
    /// In ascending order, none without calls.
    buckets: Vec<(u16, u64)>,
}

/// A call by its place among others, in the order of how long they took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    Shortest,
    /// Any other, which took about so long.
    Between(u64),
    Longest,
}

impl LatencyCounts {
    /// Calls.
    pub fn count(&self) -> u64 {
        let counts = self.buckets.iter().map(|(_, count)| *count);
        counts.fold(0, u64::saturating_add)
    }

    /// The shortest; 0 without calls.
    pub fn min(&self) -> u64 {
        self.min
    }

    /// The longest; 0 without calls.
    pub fn max(&self) -> u64 {
        self.max
    }

    /// Whether there are no calls.
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// Buckets and their calls, in ascending order, those without calls left out.
    pub(super) fn by_bucket(&self) -> &[(u16, u64)] {
        &self.buckets
    }

    /// The smallest and the largest number of each bucket that has calls, and how many.
    pub fn ranges(&self) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        self.buckets.iter().map(|(bucket, count)| {
            let (low, high) = bucket::range(*bucket);
            (low, high, *count)
        })
    }

    /// What at least `percent` of the calls took no longer than, by nearest rank. Exact for the shortest call and for the longest; else the
    /// middle of the bucket, which is within a sixteenth of what the call took. 0 without calls.
    pub fn percentile(&self, percent: f64) -> u64 {
        match self.rank(percent) {
            Rank::Shortest => self.min,
            Rank::Between(value) => value,
            Rank::Longest => self.max,
        }
    }

    /// Which call that is.
    pub(super) fn rank(&self, percent: f64) -> Rank {
        let count = self.count();
        let rank = (percent / 100.0 * count as f64).ceil();
        // A float that is too large, too small or none at all becomes the nearest number, or 0.
        let rank = (rank as u64).max(1);
        if rank == 1 {
            return Rank::Shortest;
        }
        let mut reached = 0_u64;
        let bucket = self.buckets.iter().find(|(_, count)| {
            reached = reached.saturating_add(*count);
            rank <= reached
        });
        match bucket {
            Some((bucket, _)) if rank < count => {
                Rank::Between(bucket::middle(*bucket).clamp(self.min, self.max))
            }
            _ => Rank::Longest,
        }
    }

    /// The bucket of a number.
    pub fn bucket(value: u64) -> u16 {
        bucket::of(value)
    }

    /// Two calls, or one that is the shortest and the longest.
    pub fn between(min: u64, max: u64) -> Self {
        let mut counts = Self::default();
        counts.add(min, 1);
        counts.add(max, u64::from(min != max));
        counts
    }

    /// Counts calls in a bucket, which must be one from that of the shortest call to that of the longest.
    pub fn add_others(&mut self, bucket: u16, count: u64) {
        self.add_bucket(bucket, count);
    }

    /// Counts calls that took so long.
    pub fn add(&mut self, value: u64, count: u64) {
        if count > 0 {
            self.include(value, value);
            self.add_bucket(bucket::of(value), count);
        }
    }

    /// Counts all calls of others.
    pub fn add_all(&mut self, other: &Self) {
        if !other.is_empty() {
            self.include(other.min, other.max);
            for (bucket, count) in &other.buckets {
                self.add_bucket(*bucket, *count);
            }
        }
    }

    /// Counts all calls of a path.
    pub(crate) fn add_row(&mut self, row: LatencyRow<'_>) {
        if row.count() > 0 {
            self.include(row.min, row.max);
            for (bucket, count) in row.buckets.iter().zip(row.counts) {
                self.add_bucket(*bucket, *count);
            }
        }
    }

    fn include(&mut self, min: u64, max: u64) {
        match self.is_empty() {
            true => (self.min, self.max) = (min, max),
            false => {
                self.min = self.min.min(min);
                self.max = self.max.max(max);
            }
        }
    }

    /// Counts calls of a bucket, whatever the shortest and the longest are.
    pub(super) fn add_bucket(&mut self, bucket: u16, count: u64) {
        if count == 0 {
            return;
        }
        // Most come in order.
        match self.buckets.last_mut() {
            Some((last, sum)) if *last == bucket => *sum = sum.saturating_add(count),
            Some((last, _)) if *last > bucket => {
                match self
                    .buckets
                    .binary_search_by_key(&bucket, |(known, _)| *known)
                {
                    Ok(index) => {
                        let sum = &mut self.buckets[index].1;
                        *sum = sum.saturating_add(count);
                    }
                    Err(index) => self.buckets.insert(index, (bucket, count)),
                }
            }
            _ => self.buckets.push((bucket, count)),
        }
    }

    /// Says what the shortest and the longest are; if they differ, there must be two calls. Calls in buckets beyond theirs
    /// are in theirs, and of those next to them one if there are none.
    pub(super) fn limit(&mut self, min: u64, max: u64) {
        let (first, last) = (bucket::of(min), bucket::of(max));
        let buckets = std::mem::take(&mut self.buckets);
        for (bucket, count) in buckets {
            self.add_bucket(bucket.clamp(first, last), count);
        }
        (self.min, self.max) = (min, max);
        self.fill(first, |buckets| buckets.first_mut());
        self.fill(last, |buckets| buckets.last_mut());
    }

    /// Makes the nearest call one of `bucket`, if that has none.
    fn fill(
        &mut self,
        bucket: u16,
        nearest: impl Fn(&mut [(u16, u64)]) -> Option<&mut (u16, u64)>,
    ) {
        if let Some((known, count)) = nearest(&mut self.buckets)
            && *known != bucket
        {
            *count -= 1;
            self.buckets.retain(|(_, count)| *count > 0);
            self.add_bucket(bucket, 1);
        }
    }

    /// The same calls with numbers changed, each bucket's by its middle.
    pub(crate) fn with_numbers(&self, change: &impl Fn(u64) -> u64) -> Self {
        let mut changed = Self::default();
        for (bucket, count) in &self.buckets {
            let value = bucket::middle(*bucket).clamp(self.min, self.max);
            changed.add(change(value), *count);
        }
        if !changed.is_empty() {
            let (one, other) = (change(self.min), change(self.max));
            changed.limit(one.min(other), one.max(other));
        }
        changed
    }
}

impl From<LatencyRow<'_>> for LatencyCounts {
    fn from(row: LatencyRow<'_>) -> Self {
        let mut counts = Self::default();
        counts.add_row(row);
        counts
    }
}
