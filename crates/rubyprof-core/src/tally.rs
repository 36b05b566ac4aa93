//! Counts of allocated objects while they grow.

use std::collections::HashMap;

use crate::hash::BuildMix;
use crate::method::MethodId;

/// What objects are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TallyKey {
    pub(crate) thread: u32,
    pub(crate) method: MethodId,
    pub(crate) class: u64,
    pub(crate) site: u32,
}

/// Objects and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
}

/// Counts in the order of first occurrence.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Vec<(TallyKey, Count)>,
    positions: HashMap<TallyKey, usize, BuildMix>,
}

impl Tally {
    /// Counts an object. Returns its count's place, for [`add_bytes`](Self::add_bytes).
    pub(crate) fn add(&mut self, key: TallyKey) -> usize {
        let one = Count {
            objects: 1,
            bytes: 0,
        };
        self.add_count(key, one)
    }

    /// Counts objects. Returns their count's place.
    pub(crate) fn add_count(&mut self, key: TallyKey, count: Count) -> usize {
        let counts = &mut self.counts;
        let position = *self.positions.entry(key).or_insert_with(|| {
            counts.push((key, Count::default()));
            counts.len() - 1
        });
        let sums = &mut self.counts[position].1;
        sums.objects += count.objects;
        sums.bytes += count.bytes;
        position
    }

    pub(crate) fn add_bytes(&mut self, position: usize, bytes: u64) {
        if let Some((_, count)) = self.counts.get_mut(position) {
            count.bytes += bytes;
        }
    }

    pub(crate) fn counts(&self) -> &[(TallyKey, Count)] {
        &self.counts
    }
}
