//! What the templates see: plain serialised structures, numbers not yet formatted.

use rubyprof_core::{Latency, Profile, Thread};
use serde::Serialize;

use crate::options::Options;
use crate::page::{Foot, Head, Line};
use crate::selection::{ThreadSums, percent};
use crate::tree::is_told;

/// The head of the page, down to the table of threads.
#[derive(Serialize)]
pub(super) struct Top<'a> {
    page: Head<'a>,
    threads: Vec<ThreadView>,
    sections: usize,
}

/// A row of the table of threads.
#[derive(Serialize)]
pub(super) struct ThreadView {
    /// The section's number; `None` if the thread has no section.
    section: Option<usize>,
    thread_id: u64,
    fiber_id: u64,
    root: String,
    total: u64,
    /// The profiler's part of what was measured, where the page can show that too; else 0.
    overhead: u64,
    share: f64,
    calls: u64,
    methods: u64,
}

pub(super) fn top<'a>(
    profile: &'a Profile,
    options: &'a Options,
    (sums, methods): (&[ThreadSums], usize),
    chosen: &[usize],
) -> Top<'a> {
    let total = profile.total();
    let threads = sums
        .iter()
        .map(|sum| {
            let thread = &profile.threads()[sum.index];
            let root = profile.node(thread.root).method;
            ThreadView {
                section: chosen.contains(&sum.index).then_some(sum.index + 1),
                thread_id: thread.id,
                fiber_id: thread.fiber_id,
                root: profile.method(root).full_name(),
                total: sum.total,
                overhead: match is_told(profile) {
                    true => overhead_of(profile, thread),
                    false => 0,
                },
                share: percent(sum.total, total),
                calls: sum.calls,
                methods: sum.methods,
            }
        })
        .collect();
    let calls = sums.iter().map(|sum| sum.calls).sum();
    let css = concat!(
        include_str!("../../../assets/sortable.css"),
        include_str!("../../../assets/graph_html.css")
    );
    Top {
        page: Head::new(profile, options, "Call graph", (methods, calls), css),
        threads,
        sections: chosen.len(),
    }
}

fn overhead_of(profile: &Profile, thread: &Thread) -> u64 {
    let nodes = profile.subtree(thread.root);
    let overheads = nodes.map(|id| profile.node(id).overhead);
    overheads.fold(0, u64::saturating_add)
}

/// One table: all threads, or one of them.
#[derive(Serialize)]
pub(super) struct Section {
    /// 0 stands for all threads, n for the nth.
    pub(super) number: usize,
    pub(super) threads: usize,
    pub(super) thread_id: u64,
    pub(super) fiber_id: u64,
    pub(super) total: u64,
    /// The profiler's part of what was measured, where the page can show that too; else 0.
    pub(super) overhead: u64,
    pub(super) methods: usize,
    /// The title of the column that rows are sorted by.
    pub(super) sort: &'static str,
    pub(super) track_allocations: bool,
    pub(super) rows: Vec<Row>,
    /// Callers, callees and allocations as data instead of rows.
    pub(super) data: Option<String>,
    pub(super) data_rows: usize,
}

/// A method with its block.
#[derive(Serialize)]
pub(super) struct Row {
    pub(super) id: u32,
    pub(super) name: String,
    pub(super) recursive: bool,
    pub(super) share_total: f64,
    pub(super) share_self: f64,
    pub(super) total: u64,
    pub(super) own: u64,
    pub(super) wait: u64,
    pub(super) children: u64,
    pub(super) called: u64,
    pub(super) latency: Option<LatencyView>,
    /// The profiler's part of self, and its share of self as it was measured.
    pub(super) overhead: u64,
    /// Of total and of self, for times as they were measured.
    pub(super) raw: Option<[u64; 2]>,
    pub(super) share_overhead: f64,
    /// Self is less than the uncertainty of what was taken off it.
    pub(super) uncertain: bool,
    /// Calls that self and total are without.
    pub(super) untimed: u64,
    pub(super) line: Option<Line>,
    pub(super) callers: Vec<EdgeRow>,
    pub(super) callees: Vec<EdgeRow>,
    pub(super) allocated: u64,
    pub(super) allocations: Vec<AllocationRow>,
}

/// How long single calls took.
#[derive(Serialize)]
pub(super) struct LatencyView {
    pub(super) min: u64,
    pub(super) p50: u64,
    pub(super) p99: u64,
    pub(super) max: u64,
}

impl LatencyView {
    pub(super) fn of(latency: &Latency) -> Self {
        Self {
            min: latency.min(),
            p50: latency.percentile(50.0),
            p99: latency.percentile(99.0),
            max: latency.max(),
        }
    }
}

/// A caller or a callee.
#[derive(Serialize)]
pub(super) struct EdgeRow {
    /// `None` if the other method is not on the page, so nothing can be linked.
    pub(super) id: Option<u32>,
    pub(super) name: String,
    pub(super) share_total: f64,
    pub(super) share_self: f64,
    pub(super) total: u64,
    pub(super) own: u64,
    pub(super) wait: u64,
    pub(super) children: u64,
    pub(super) called: u64,
    pub(super) called_in_all: u64,
    /// As a [`Row`]'s.
    pub(super) raw: Option<[u64; 2]>,
    pub(super) line: Option<Line>,
}

/// Objects of one class made on one line.
#[derive(Serialize)]
pub(super) struct AllocationRow {
    pub(super) class: String,
    pub(super) count: u64,
    pub(super) line: Option<Line>,
}

/// The end of the page.
#[derive(Serialize)]
pub(super) struct Bottom<'a> {
    foot: Foot<'a>,
    /// Names and files for the sections that carry data.
    names: Option<String>,
    /// Whether self times may be marked as uncertain.
    compensated: bool,
    /// Whether self times may lack some calls.
    untimed: bool,
    /// Whether it is known how long single calls took.
    latency: bool,
    /// Whether the page can show times as they were measured too.
    raw: bool,
}

impl<'a> Bottom<'a> {
    pub(super) fn new(profile: &Profile, options: &'a Options, names: Option<String>) -> Self {
        let js = include_str!("../../../assets/graph_html.js");
        Self {
            foot: Foot::new(options, &[js]),
            names,
            compensated: profile.is_compensated(),
            untimed: profile.partial_total().untimed > 0,
            latency: !profile.latencies().is_empty(),
            raw: is_told(profile),
        }
    }
}
