//! One section's view, made from its call graph.

use std::cmp::Reverse;

use rubyprof_core::{CallGraph, Doubt, Edge, MethodId, MethodLatencies, MethodRow, Profile};

use super::allocated::{Allocated, allocated};
use super::data::{self, Names};
use super::view::{AllocationRow, EdgeRow, LatencyView, Row, Section};
use crate::options::{Column, Options};
use crate::page::Line;
use crate::selection::{self, percent};
use crate::tree::is_told;

/// Whose calls a section shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// All fibers taken together.
    All,
    /// The fiber with this index.
    Thread(usize),
}

/// What sections of one page share.
pub(super) struct Shared<'a> {
    pub(super) profile: &'a Profile,
    pub(super) options: &'a Options,
    /// How many more rows may be HTML.
    pub(super) static_rows: usize,
    pub(super) names: Names,
}

impl Shared<'_> {
    pub(super) fn section(&mut self, scope: Scope) -> Section {
        let profile = self.profile;
        let (graph, thread) = match scope {
            Scope::All => (CallGraph::of_all(profile), None),
            Scope::Thread(index) => {
                let thread = &profile.threads()[index];
                (CallGraph::of_thread(profile, thread), Some(thread))
            }
        };
        let sort = self.options.sort_by.unwrap_or(Column::Total);
        let selected = selection::rows(&graph, self.options, sort);
        let mut shown = vec![false; profile.methods().len()];
        for row in &selected {
            shown[row.method.index()] = true;
        }
        let allocations = allocated(profile, scope, &shown);
        let min_value = self.options.min_value;
        let edges = graph.edges().iter().filter(|edge| {
            edge.total >= min_value && (shown[edge.caller.index()] || shown[edge.callee.index()])
        });
        let mentions: usize = edges
            .clone()
            .map(|edge| {
                usize::from(shown[edge.caller.index()]) + usize::from(shown[edge.callee.index()])
            })
            .sum();
        let data_rows = mentions + allocations.len();
        let compact = data_rows > self.static_rows;
        let told = is_told(profile);
        let data = if compact {
            Some(data::section(
                &graph,
                edges,
                &allocations,
                told,
                &mut self.names,
            ))
        } else {
            self.static_rows -= data_rows;
            None
        };
        let threads = thread.map_or(profile.threads(), std::slice::from_ref);
        let builder = Builder {
            profile,
            graph: &graph,
            latencies: MethodLatencies::of_threads(profile, threads),
            shown,
            min_value,
            allocations: &allocations,
            compact,
            told,
        };
        Section {
            number: match scope {
                Scope::All => 0,
                Scope::Thread(index) => index + 1,
            },
            threads: profile.threads().len(),
            thread_id: thread.map_or(0, |thread| thread.id),
            fiber_id: thread.map_or(0, |thread| thread.fiber_id),
            total: graph.total(),
            overhead: match told {
                true => (graph.rows().iter())
                    .map(|row| row.overhead)
                    .fold(0, u64::saturating_add),
                false => 0,
            },
            methods: graph.rows().len(),
            sort: column_title(sort),
            track_allocations: profile.track_allocations,
            rows: selected.iter().map(|row| builder.row(row)).collect(),
            data,
            data_rows,
        }
    }
}

/// The title of a column, as the template has it.
fn column_title(column: Column) -> &'static str {
    match column {
        Column::Total => "Total",
        Column::SelfTime => "Self",
        Column::Wait => "Wait",
        Column::Children => "Child",
    }
}

struct Builder<'a> {
    profile: &'a Profile,
    graph: &'a CallGraph,
    latencies: MethodLatencies,
    /// By method: whether it has a block in this section.
    shown: Vec<bool>,
    min_value: u64,
    /// Sorted by method.
    allocations: &'a [Allocated<'a>],
    /// Callers, callees and allocations are data, not rows.
    compact: bool,
    /// Times as they were measured can be shown too.
    told: bool,
}

impl Builder<'_> {
    fn row(&self, row: &MethodRow) -> Row {
        let id = row.method;
        let method = self.profile.method(id);
        let first = self.allocations.partition_point(|made| made.method() < id);
        let end = self.allocations.partition_point(|made| made.method() <= id);
        let allocations = &self.allocations[first..end];
        let mut view = Row {
            id: id.0,
            name: method.full_name(),
            recursive: row.recursive,
            share_total: percent(row.total, self.graph.total()),
            share_self: percent(row.own, self.graph.total()),
            total: row.total,
            own: row.own,
            wait: row.wait,
            children: row.children(),
            called: row.called,
            latency: self.latencies.of(id).map(LatencyView::of),
            overhead: row.overhead,
            raw: self.raw(row.total_doubt, row.doubt),
            share_overhead: percent(row.overhead, self.profile.raw_sum(row.own, row.overhead)),
            uncertain: self.profile.is_compensated()
                && self.profile.is_sum_uncertain(row.own, row.overhead),
            untimed: row.partial.untimed,
            line: Line::new(self.profile, method.file, method.line),
            callers: Vec::new(),
            callees: Vec::new(),
            allocated: allocations.iter().map(|made| made.count).sum(),
            allocations: Vec::new(),
        };
        if !self.compact {
            // The row that matters most is the one next to the method: callers ascend, callees
            // descend, as in ruby-prof.
            let mut callers = self.edges(self.graph.callers(id));
            callers.sort_by_key(|edge| edge.total);
            view.callers = callers
                .into_iter()
                .map(|edge| self.edge(edge, edge.caller, row.called))
                .collect();
            let mut callees = self.edges(self.graph.callees(id));
            callees.sort_by_key(|edge| Reverse(edge.total));
            view.callees = callees
                .into_iter()
                .map(|edge| self.edge(edge, edge.callee, self.calls(edge.callee)))
                .collect();
            view.allocations = allocations
                .iter()
                .map(|made| AllocationRow {
                    class: made.class_name(),
                    count: made.count,
                    line: Line::new(self.profile, made.location().file, made.location().line),
                })
                .collect();
        }
        view
    }

    fn edges<'e>(&self, edges: impl Iterator<Item = &'e Edge>) -> Vec<&'e Edge> {
        edges.filter(|edge| edge.total >= self.min_value).collect()
    }

    /// The profiler's part of total and of self, if there is one to be told.
    fn raw(&self, total: Doubt, own: Doubt) -> Option<[u64; 2]> {
        (self.told && total.overhead > 0).then_some([total.overhead, own.overhead])
    }

    fn calls(&self, method: MethodId) -> u64 {
        self.graph.row(method).map_or(0, |row| row.called)
    }

    /// The row of `edge` in a block where `other` is the caller or the callee.
    fn edge(&self, edge: &Edge, other: MethodId, called_in_all: u64) -> EdgeRow {
        EdgeRow {
            id: self.shown[other.index()].then_some(other.0),
            name: self.profile.method(other).full_name(),
            share_total: percent(edge.total, self.graph.total()),
            share_self: percent(edge.own, self.graph.total()),
            total: edge.total,
            own: edge.own,
            wait: edge.wait,
            children: edge.children(),
            called: edge.called,
            called_in_all,
            raw: self.raw(edge.total_doubt, edge.doubt),
            line: Line::new(self.profile, edge.call_site.file, edge.call_site.line),
        }
    }
}
