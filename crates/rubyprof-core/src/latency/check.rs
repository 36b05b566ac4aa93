//! Whether latencies are those of a profile's calls.

use super::bucket;
use crate::inconsistent::{Inconsistent, Of};
use crate::profile::Profile;

impl Profile {
    /// Rows are ordered by node. Buckets ascend, none is without calls, the first is that of the shortest call and the last
    /// that of the longest. A node has no more latencies than calls.
    pub(crate) fn check_latencies(&self) -> Result<(), Inconsistent> {
        let mut last = None;
        for (index, row) in self.latencies.rows().enumerate() {
            let Some(node) = self.nodes.get(row.node.index()) else {
                return Err(Inconsistent::Unknown {
                    of: Of::Latency,
                    index,
                    to: Of::Node,
                    target: row.node.index(),
                });
            };
            if last >= Some(row.node) {
                return Err(Inconsistent::Order(Of::Latency, index));
            }
            last = Some(row.node);
            let count = row
                .counts
                .iter()
                .try_fold(0_u64, |sum, count| sum.checked_add(*count));
            let ascending = row.buckets.is_sorted_by(|one, next| one < next);
            let within = row.buckets.first() == Some(&bucket::of(row.min))
                && row.buckets.last() == Some(&bucket::of(row.max));
            let least = 1 + u64::from(row.min != row.max);
            let whole = row.counts.iter().all(|count| *count > 0)
                && count.is_some_and(|count| (least..=node.called).contains(&count));
            if !(ascending && within && whole && row.min <= row.max) {
                return Err(Inconsistent::Latency(row.node.0));
            }
        }
        Ok(())
    }
}
