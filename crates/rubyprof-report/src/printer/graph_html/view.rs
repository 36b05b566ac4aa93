//! What the templates see: plain serialised structures, numbers not yet formatted.

use rubyprof_core::{FileId, Profile, Unit};
use serde::Serialize;

use crate::format::uri;
use crate::options::Options;
use crate::selection::{ThreadSums, percent};

/// The head of the page, down to the table of threads.
#[derive(Serialize)]
pub(super) struct Head<'a> {
    title: &'a str,
    generated_at: Option<&'a str>,
    mode: &'static str,
    unit: &'static str,
    clock: &'a str,
    c_calls: bool,
    track_allocations: bool,
    total: u64,
    methods: usize,
    paths: usize,
    calls: u64,
    threads: Vec<ThreadView>,
    sections: usize,
    css: &'static str,
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
    share: f64,
    calls: u64,
    methods: u64,
}

pub(super) fn head<'a>(
    profile: &'a Profile,
    options: &'a Options,
    (sums, methods): (&[ThreadSums], usize),
    chosen: &[usize],
) -> Head<'a> {
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
                share: percent(sum.total, total),
                calls: sum.calls,
                methods: sum.methods,
            }
        })
        .collect();
    Head {
        title: options.title.as_deref().unwrap_or("Call graph"),
        generated_at: options.generated_at.as_deref(),
        mode: profile.measure_mode.title(),
        unit: match profile.measure_mode.unit() {
            Unit::Nanoseconds => "ns",
            Unit::Objects => "objects",
            Unit::Bytes => "bytes",
        },
        clock: &profile.clock,
        c_calls: profile.c_calls,
        track_allocations: profile.track_allocations,
        total,
        methods,
        paths: profile.nodes().len(),
        calls: sums.iter().map(|sum| sum.calls).sum(),
        threads,
        sections: chosen.len(),
        css: include_str!("../../../assets/graph_html.css"),
    }
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
    pub(super) methods: usize,
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
    pub(super) line: Option<Line>,
    pub(super) callers: Vec<EdgeRow>,
    pub(super) callees: Vec<EdgeRow>,
    pub(super) allocated: u64,
    pub(super) allocations: Vec<AllocationRow>,
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
    pub(super) line: Option<Line>,
}

/// Objects of one class made on one line.
#[derive(Serialize)]
pub(super) struct AllocationRow {
    pub(super) class: String,
    pub(super) count: u64,
    pub(super) line: Option<Line>,
}

/// A line of a file.
#[derive(Serialize)]
pub(super) struct Line {
    short: String,
    full: String,
    href: Option<String>,
}

impl Line {
    pub(super) fn new(profile: &Profile, file: Option<FileId>, line: u32) -> Option<Self> {
        let path = profile.file(file?);
        Some(Self {
            short: format!("{}:{line}", uri::base_name(path)),
            full: format!("{path}:{line}"),
            href: uri::file(path, line),
        })
    }
}

/// The end of the page.
#[derive(Serialize)]
pub(super) struct Foot<'a> {
    version: Option<&'a str>,
    /// Names and files for the sections that carry data.
    names: Option<String>,
    js: &'static str,
}

impl<'a> Foot<'a> {
    pub(super) fn new(options: &'a Options, names: Option<String>) -> Self {
        Self {
            version: options.version.as_deref(),
            names,
            js: include_str!("../../../assets/graph_html.js"),
        }
    }
}
