//! Which methods a report shows, in which order, and which fibers get a section of their own.
//! One rule for all printers, so that two reports of one profile never disagree.

use std::cmp::Reverse;

use rubyprof_core::{CallGraph, Edge, MethodRow, Profile};

use crate::options::{Column, Options};

/// `value` as a percentage of `total`; 0 of a zero total, and never above 100.
pub(crate) fn percent(value: u64, total: u64) -> f64 {
    if total == 0 {
        return 0.0;
    }
    (value as f64 / total as f64 * 100.0).min(100.0)
}

/// The rows of `graph` that pass the filters, sorted by `sort` descending. Ties keep a caller above
/// its callee and are otherwise in the order of first call, so the output is deterministic.
pub(crate) fn rows<'a>(
    graph: &'a CallGraph,
    options: &Options,
    sort: Column,
) -> Vec<&'a MethodRow> {
    let mut rows: Vec<&MethodRow> = graph
        .rows()
        .iter()
        .filter(|row| passes(row, graph.total(), options))
        .collect();
    rows.sort_by_key(|row| (Reverse(sort.of(row)), Reverse(row.total), row.min_depth));
    rows
}

fn passes(row: &MethodRow, total: u64, options: &Options) -> bool {
    let share = percent(options.filter_by.of(row), total);
    // A bound that is not a number (NaN) limits nothing.
    let below = share < options.min_percent;
    let above = share > options.max_percent;
    !below
        && !above
        && row.total >= options.min_value
        && options.max_depth.is_none_or(|depth| row.min_depth <= depth)
}

/// Whether a caller or callee is listed beside a method, in a graph whose total is `total`. Its own
/// total decides whatever [`Options::filter_by`] is: that is what makes it matter to the method.
pub(crate) fn edge_passes(edge: &Edge, total: u64, options: &Options) -> bool {
    let below = percent(edge.total, total) < options.min_percent;
    !below && edge.total >= options.min_value
}

/// The sums of one fiber.
pub(crate) struct ThreadSums {
    /// Index in [`Profile::threads`].
    pub(crate) index: usize,
    pub(crate) total: u64,
    /// As [`Profile::calls`].
    pub(crate) calls: u64,
    pub(crate) methods: u64,
}

/// The sums of all fibers, in the order of the profile, and how many methods they called together.
pub(crate) fn thread_sums(profile: &Profile) -> (Vec<ThreadSums>, usize) {
    // The last fiber that was seen to call a method: counts distinct methods without a set a fiber,
    // for profiles with thousands of fibers.
    let mut seen_in = vec![usize::MAX; profile.methods().len()];
    let threads = profile.threads().iter().enumerate();
    let sums = threads
        .map(|(index, thread)| {
            let mut sums = ThreadSums {
                index,
                total: profile.node(thread.root).total,
                calls: 0,
                methods: 0,
            };
            for id in profile.subtree(thread.root) {
                let node = profile.node(id);
                // What the root counts are profiles, or fibers, that began in it.
                if id != thread.root {
                    sums.calls = sums.calls.saturating_add(node.called);
                }
                if let Some(seen) = seen_in.get_mut(node.method.index())
                    && *seen != index
                {
                    *seen = index;
                    sums.methods += 1;
                }
            }
            sums
        })
        .collect();
    let called = seen_in.iter().filter(|seen| **seen != usize::MAX).count();
    (sums, called)
}

/// The indices of the fibers that get a section of their own, in the order of the profile: the
/// longest running ones, as many as `max_threads` and `max_methods` rows allow. At least one does
/// unless `max_threads` is 0.
pub(crate) fn sections(sums: &[ThreadSums], max_threads: usize, max_methods: u64) -> Vec<usize> {
    let mut longest: Vec<&ThreadSums> = sums.iter().collect();
    longest.sort_by_key(|sums| Reverse(sums.total));
    let mut methods = 0;
    let mut chosen: Vec<usize> = longest
        .into_iter()
        .take(max_threads)
        .enumerate()
        .take_while(|(place, sums)| {
            methods += sums.methods;
            *place == 0 || methods <= max_methods
        })
        .map(|(_, sums)| sums.index)
        .collect();
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::{ThreadSums, percent, sections};

    #[test]
    fn a_share_is_a_number_between_0_and_100() {
        assert_eq!(percent(5, 0), 0.0);
        assert_eq!(percent(0, 0), 0.0);
        assert_eq!(percent(1, 4), 25.0);
        assert_eq!(percent(5, 4), 100.0);
        assert_eq!(percent(u64::MAX, u64::MAX), 100.0);
    }

    #[test]
    fn the_longest_fibers_get_sections_within_both_limits() {
        let sums: Vec<ThreadSums> = [(10, 5), (30, 5), (20, 5)]
            .into_iter()
            .enumerate()
            .map(|(index, (total, methods))| ThreadSums {
                index,
                total,
                calls: 1,
                methods,
            })
            .collect();
        assert_eq!(sections(&sums, 50, 1_000), [0, 1, 2]);
        assert_eq!(sections(&sums, 2, 1_000), [1, 2]);
        assert_eq!(sections(&sums, 50, 11), [1, 2]);
        assert_eq!(sections(&sums, 50, 1), [1]);
        assert!(sections(&sums, 0, 1_000).is_empty());
    }
}
