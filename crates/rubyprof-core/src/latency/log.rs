//! Latencies while they are recorded.

use std::collections::HashMap;

use super::bucket::{self, PER_OCTAVE};
use super::{Latencies, LatencyCounts};
use crate::call_tree::DraftId;
use crate::finish::Scale;
use crate::hash::BuildMix;
use crate::profile::NodeId;

/// How long calls took, by call path.
///
/// Most paths are called once or twice: their shortest and longest call say it all. From the third call on a path has
/// counts by bucket, for as many octaves as its calls span; they stand in one arena and move to its end, or where
/// others have left, to grow. 24 bytes a path, and 16 an octave.
#[derive(Debug)]
pub(crate) struct LatencyLog {
    /// What a tick is worth, as known at the beginning: good enough to tell buckets apart.
    scale: Scale,
    paths: Vec<Path>,
    counts: Vec<u16>,
    /// Places that were left, by octaves less one.
    left: Vec<Vec<u32>>,
    /// What of counts did not fit into 16 bits, by path and bucket.
    carried: HashMap<(DraftId, u16), u64, BuildMix>,
}

#[derive(Clone, Copy, Debug)]
struct Path {
    /// In ticks.
    min: u64,
    max: u64,
    /// Where the counts begin, in octaves: 68 GB of them have a place.
    place: u32,
    /// The first bucket that has a count; without counts, the number of calls.
    low: u16,
    /// How many buckets have.
    length: u16,
}

const UNCALLED: Path = Path {
    min: u64::MAX,
    max: 0,
    place: 0,
    low: 0,
    length: 0,
};

/// So many calls of a path are known without counts.
const WITHOUT_COUNTS: u16 = 2;

impl LatencyLog {
    pub(crate) fn new(scale: Scale) -> Self {
        Self {
            scale,
            paths: Vec::new(),
            counts: Vec::new(),
            left: Vec::new(),
            carried: HashMap::default(),
        }
    }

    /// A call along a path took so many ticks. Always true, as [`Recorder::leave`](crate::Recorder::leave) ends with it.
    #[inline(never)]
    pub(crate) fn add(&mut self, node: DraftId, ticks: u64) -> bool {
        // More than 64 bits would be counted as something else, up to the longest call: see `LatencyCounts::limit`.
        let bucket = bucket::of(self.scale.apply_quickly(ticks));
        if let Some(path) = self.paths.get_mut(node as usize) {
            let offset = bucket.wrapping_sub(path.low);
            if offset < path.length
                && let Some(count) = self.counts.get_mut(path.begin() + usize::from(offset))
                && let Some(sum) = count.checked_add(1)
            {
                *count = sum;
                path.note(ticks);
                return true;
            }
        }
        self.add_slowly(node, ticks, bucket);
        true
    }

    #[cold]
    #[inline(never)]
    fn add_slowly(&mut self, node: DraftId, ticks: u64, bucket: u16) {
        let index = node as usize;
        if index >= self.paths.len() {
            self.paths.resize(index + 1, UNCALLED);
        }
        let path = self.paths[index];
        let is_new = path.length == 0;
        if is_new && path.low < WITHOUT_COUNTS {
            self.paths[index].low += 1;
        } else if is_new {
            let known =
                [path.min, path.max].map(|ticks| bucket::of(self.scale.apply_quickly(ticks)));
            for bucket in known.into_iter().chain([bucket]) {
                self.count(node, bucket);
            }
        } else {
            self.count(node, bucket);
        }
        self.paths[index].note(ticks);
    }

    fn count(&mut self, node: DraftId, bucket: u16) {
        let place = self.room(node, bucket);
        let count = &mut self.counts[place];
        match count.checked_add(1) {
            Some(sum) => *count = sum,
            None => {
                *count = 0;
                *self.carried.entry((node, bucket)).or_default() += 1 << 16;
            }
        }
    }

    /// The place of a count, made if it is not there.
    fn room(&mut self, node: DraftId, bucket: u16) -> usize {
        let path = self.paths[node as usize];
        let octave = bucket - bucket % PER_OCTAVE as u16;
        let end = octave + PER_OCTAVE as u16;
        let (low, high) = match path.length {
            0 => (octave, end),
            length => (path.low.min(octave), (path.low + length).max(end)),
        };
        let length = high - low;
        if length != path.length {
            let place = self.take(length);
            let wider = Path {
                place,
                low,
                length,
                ..path
            };
            if path.length > 0 {
                let from = path.begin()..path.begin() + usize::from(path.length);
                let to = wider.begin() + usize::from(path.low - low);
                self.counts.copy_within(from, to);
                self.left_by(path.length).push(path.place);
            }
            self.paths[node as usize] = wider;
        }
        let path = self.paths[node as usize];
        path.begin() + usize::from(bucket - path.low)
    }

    /// A place for so many counts, all of them 0.
    fn take(&mut self, length: u16) -> u32 {
        let place = self.left_by(length).pop();
        match place {
            Some(place) => {
                let from = place as usize * PER_OCTAVE as usize;
                self.counts[from..from + usize::from(length)].fill(0);
                place
            }
            None => {
                let from = self.counts.len();
                self.counts.resize(from + usize::from(length), 0);
                (from / PER_OCTAVE as usize) as u32
            }
        }
    }

    fn left_by(&mut self, length: u16) -> &mut Vec<u32> {
        let index = usize::from(length) / PER_OCTAVE as usize;
        if index >= self.left.len() {
            self.left.resize(index + 1, Vec::new());
        }
        &mut self.left[index]
    }

    /// What was recorded, in units of `scale`, by the nodes that drafts became.
    pub(crate) fn finish(
        self,
        scale: Scale,
        place: impl Fn(DraftId) -> Option<NodeId>,
    ) -> Latencies {
        let drafts = 0..self.paths.len() as DraftId;
        let mut placed: Vec<(NodeId, DraftId)> = drafts
            .filter(|draft| self.paths[*draft as usize].is_called())
            .filter_map(|draft| Some((place(draft)?, draft)))
            .collect();
        placed.sort_unstable();
        let mut all = Latencies::default();
        for (node, draft) in placed {
            all.push(node, &self.latency(draft, scale));
        }
        all.shrink();
        all
    }

    fn latency(&self, draft: DraftId, scale: Scale) -> LatencyCounts {
        let path = self.paths[draft as usize];
        let mut latency = LatencyCounts::default();
        if path.length == 0 {
            latency.add(scale.apply(path.min), 1);
            if path.low > 1 {
                latency.add(scale.apply(path.max), u64::from(path.low - 1));
            }
            return latency;
        }
        let (min, max) = (scale.apply(path.min), scale.apply(path.max));
        for offset in 0..path.length {
            let bucket = path.low + offset;
            let carried = self.carried.get(&(draft, bucket)).copied().unwrap_or(0);
            let counted = self.counts[path.begin() + usize::from(offset)];
            latency.add_bucket(bucket, carried + u64::from(counted));
        }
        latency.limit(min, max);
        latency
    }
}

impl Path {
    #[inline(always)]
    fn note(&mut self, ticks: u64) {
        if ticks < self.min {
            self.min = ticks;
        }
        if ticks > self.max {
            self.max = ticks;
        }
    }

    #[inline(always)]
    fn begin(&self) -> usize {
        self.place as usize * PER_OCTAVE as usize
    }

    fn is_called(&self) -> bool {
        self.length > 0 || self.low > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(log: LatencyLog) -> Vec<(u32, LatencyCounts)> {
        let all = log.finish(Scale::ONE, |draft| Some(NodeId(draft)));
        all.rows().map(|row| (row.node.0, row.into())).collect()
    }

    #[test]
    fn counts_go_on_beyond_16_bits() {
        let mut log = LatencyLog::new(Scale::ONE);
        let mut expected = LatencyCounts::default();
        for number in 0..200_000 {
            let took = 100 + number % 2 * 200;
            log.add(0, took);
            expected.add(took, 1);
        }
        assert_eq!(finished(log), [(0, expected)]);
    }

    #[test]
    fn what_grows_leaves_room_for_others() {
        let mut log = LatencyLog::new(Scale::ONE);
        for node in 0..100 {
            for took in [1, 1, 1, 1_000, 1_000_000] {
                log.add(node, took);
            }
        }
        // Each spans 18 octaves in the end, where the first one spanned 1 and 8 before.
        assert_eq!(log.counts.len(), 8 * (100 * 18 + 8 + 1));
        let mut expected = LatencyCounts::default();
        expected.add(1, 3);
        expected.add(1_000, 1);
        expected.add(1_000_000, 1);
        let all = finished(log);
        assert_eq!(all.len(), 100);
        assert!(all.iter().all(|(_, counts)| *counts == expected));
    }

    #[test]
    fn one_and_two_calls_take_no_counts() {
        let mut log = LatencyLog::new(Scale::ONE);
        log.add(3, 70);
        log.add(1, 70);
        log.add(1, 5);
        assert_eq!(log.counts.len(), 0);
        let [mut one, mut two] = [LatencyCounts::default(), LatencyCounts::default()];
        one.add(70, 1);
        two.add(5, 1);
        two.add(70, 1);
        assert_eq!(finished(log), [(1, two), (3, one)]);
    }
}
