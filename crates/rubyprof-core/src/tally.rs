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

/// Counts in the order of first occurrence.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Vec<(TallyKey, u64)>,
    positions: HashMap<TallyKey, usize, BuildMix>,
}

impl Tally {
    pub(crate) fn add(&mut self, thread: u32, method: MethodId, class: u64, site: u32) {
        let key = TallyKey {
            thread,
            method,
            class,
            site,
        };
        let counts = &mut self.counts;
        let position = *self.positions.entry(key).or_insert_with(|| {
            counts.push((key, 0));
            counts.len() - 1
        });
        self.counts[position].1 += 1;
    }

    pub(crate) fn counts(&self) -> &[(TallyKey, u64)] {
        &self.counts
    }
}
