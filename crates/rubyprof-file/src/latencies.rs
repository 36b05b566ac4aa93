//! How long single calls took, as columns, and back.

use rubyprof_core::{Latencies, LatencyCounts, NodeId, Profile};

use crate::error::Error;
use crate::layout::LatencyColumns;

pub(crate) fn of(profile: &Profile) -> LatencyColumns {
    let mut columns = LatencyColumns::default();
    let mut next = 0;
    for row in profile.latencies().rows() {
        columns.skip.push(row.node.0 - next);
        next = row.node.0 + 1;
        columns.min.push(row.min);
        // A profile's check forbids that it is less.
        columns.span.push(row.max.saturating_sub(row.min));
        let mut others = 0;
        let mut after = row.buckets.first().copied().unwrap_or_default();
        for (bucket, calls) in row.others() {
            columns.gap.push(bucket - after);
            columns.calls.push(calls);
            after = bucket + 1;
            others += 1;
        }
        columns.others.push(others);
    }
    columns
}

pub(crate) fn latencies(columns: &LatencyColumns, nodes: usize) -> Result<Latencies, Error> {
    let count = columns.skip.len();
    let lengths = [columns.min.len(), columns.span.len(), columns.others.len()];
    if lengths != [count; 3] {
        let text = format!("its columns have {count} and {lengths:?} latencies");
        return Err(Error::Malformed(text));
    }
    let (gaps, calls) = (columns.gap.len(), columns.calls.len());
    let others: usize = columns
        .others
        .iter()
        .map(|others| usize::from(*others))
        .sum();
    if [gaps, calls] != [others; 2] {
        let text = format!("its columns have {gaps}, {calls} and {others} buckets of latencies");
        return Err(Error::Malformed(text));
    }
    let mut latencies = Latencies::default();
    let mut next = 0_u64;
    let mut buckets = columns.gap.iter().zip(&columns.calls);
    for index in 0..count {
        let node = next + u64::from(columns.skip[index]);
        if node >= nodes as u64 {
            let text = format!("it has latencies of node {node}, and {nodes} nodes");
            return Err(Error::Malformed(text));
        }
        next = node + 1;
        let min = columns.min[index];
        let Some(max) = min.checked_add(columns.span[index]) else {
            let text = format!("the longest call of node {node} has more than 64 bits");
            return Err(Error::Malformed(text));
        };
        let mut counts = LatencyCounts::between(min, max);
        let mut after = u32::from(LatencyCounts::bucket(min));
        for (gap, calls) in buckets.by_ref().take(usize::from(columns.others[index])) {
            let bucket = after + u32::from(*gap);
            after = bucket + 1;
            let known = u16::try_from(bucket).ok();
            if known.is_none_or(|bucket| bucket > LatencyCounts::bucket(max)) {
                let text = format!("node {node} has calls in bucket {bucket}, beyond its longest");
                return Err(Error::Malformed(text));
            }
            counts.add_others(known.unwrap_or_default(), *calls);
        }
        latencies.push(NodeId(node as u32), &counts);
    }
    Ok(latencies)
}
