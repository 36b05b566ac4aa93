//! ruby-prof's graph in the manner of gprof: every method with its callers above and its callees below.
//!
//! Scripts read this format, so its shape is kept: a line of dashes before each method, callers in
//! ascending and callees in descending order of total, blank percentages in their rows, and
//! `called/total called`. What differs is that callers and callees below the limits are counted in one
//! line instead of listed, and that a caller's or callee's location is the line of the call.

use std::cmp::Reverse;
use std::io::Write;

use rubyprof_core::{
    CallGraph, Doubt, Edge, Latency, MethodId, MethodLatencies, MethodRow, Numbers, Profile,
};

use crate::error::Error;
use crate::format::escape::visible;
use crate::options::{Column, Options};
use crate::printer::text::{self, Fit, Format, Part, Scope, Show, Text, definition, short_name};
use crate::selection::{self, percent};

/// Writes the graph report: for every fiber each method with its callers and callees, methods sorted
/// by total unless [`Options::sort_by`] says otherwise.
///
/// With several fibers a summary and the graph of all of them come first. Callers and callees below
/// [`Options::min_percent`] (of their total) or [`Options::min_value`] are counted, not listed.
///
/// # Errors
///
/// [`Error::Write`] if `out` fails.
pub fn graph(profile: &Profile, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    text::report::<Graph>(profile, options, out)
}

/// Writes one part of the graph report of one fiber, by its place in [`Profile::threads`]; nothing if
/// there is none.
///
/// # Errors
///
/// [`Error::Write`] if `out` fails.
pub fn graph_part(
    profile: &Profile,
    thread: usize,
    part: Part,
    options: &Options,
    out: &mut dyn Write,
) -> Result<(), Error> {
    text::part::<Graph>(profile, thread, part, options, out)
}

const DASHES: usize = 150;

/// The width of the column `%ovh`.
const OVERHEAD: usize = 8;

struct Graph;

impl Format for Graph {
    const TOTAL: &'static str = "Total Time";

    fn sort(text: &Text) -> &'static str {
        text.sort_column(Column::Total).name()
    }

    fn table(text: &Text, scope: Scope, show: Show, out: &mut dyn Write) -> Result<(), Error> {
        let graph = scope.graph(text.profile);
        let rows = selection::rows(&graph, text.options, text.sort_column(Column::Total));
        let latencies = text.latencies(scope);
        let table = Table::new(text, &graph, &latencies, &rows);
        if show.columns {
            table.columns(out)?;
        }
        if show.rows {
            for row in &rows {
                table.block(row, out)?;
            }
            if rows.is_empty() {
                writeln!(out, "(no method within the limits of this report)")?;
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn legend(text: &Text) -> Vec<(&'static str, String)> {
        let quantity = text.quantity();
        let share = |part| format!("The share of the total {quantity} that is {part}.");
        let mut rows = vec![
            ("%total", share("the method's and its callees'")),
            ("%self", share("the method's own")),
        ];
        rows.extend(text.legend_of_overhead());
        rows.extend(text.legend_of_values());
        rows.extend(text.legend_of_uncertainty());
        rows.extend(text.legend_of_entries());
        rows.extend(text.legend_of_latency());
        let words = [
            ("name", "The name of the method."),
            (
                "location",
                "Where the method is defined, if not in C; in other rows where the first call is.",
            ),
            (
                "callers",
                "Rows above: the method's values when they called it, their calls/all its calls.",
            ),
            (
                "callees",
                "Rows below: their values when the method called them, its calls/all their calls.",
            ),
        ];
        rows.extend(words.map(|(title, meaning)| (title, meaning.to_owned())));
        rows
    }
}

struct Table<'a> {
    text: &'a Text<'a>,
    graph: &'a CallGraph,
    latencies: &'a MethodLatencies,
    /// The short name of each row of the graph: it stands once a caller and callee.
    names: Vec<String>,
    /// The width of the shares.
    shares: usize,
    /// How many columns have a value, and how wide each is.
    values: usize,
    number: usize,
    calls: usize,
    fit: Fit,
}

impl<'a> Table<'a> {
    /// ruby-prof's widths, or wider where the greatest value needs it.
    fn new(
        text: &'a Text<'a>,
        graph: &'a CallGraph,
        latencies: &'a MethodLatencies,
        rows: &[&MethodRow],
    ) -> Self {
        let value =
            text.scale.value(graph.total()).len() + usize::from(text.profile.is_compensated());
        let calls = graph.rows().iter().map(|row| row.called).max();
        let calls = calls.unwrap_or_default().to_string().len();
        let shares = 16 + if text.has_overhead() { OVERHEAD } else { 0 };
        let values = 4 + usize::from(text.has_uncertainty()) + text.entries().len();
        let number = value.max(10) + 1;
        let calls = (2 * calls + 1).max(16) + 1;
        let cells = (values + text.latency_titles().len()) * number + calls;
        let names = rows.iter().map(|row| {
            let name = text.profile.method(row.method).full_name();
            text.width(&visible(&name))
        });
        let methods = graph
            .rows()
            .iter()
            .map(|row| text.profile.method(row.method));
        let places = methods.map(definition);
        let places = places.chain(graph.edges().iter().map(|edge| edge.call_site));
        let places = places.map(|place| text.width(&text.place(place)));
        Self {
            text,
            graph,
            latencies,
            names: (graph.rows().iter())
                .map(|row| short_name(text.profile.method(row.method)))
                .collect(),
            shares,
            values,
            number,
            calls,
            fit: Fit::new(text.options.width, shares + cells + 5, names, places),
        }
    }

    fn columns(&self, out: &mut dyn Write) -> Result<(), Error> {
        let suffix = self.text.scale.suffix();
        write!(out, "  %total   %self")?;
        if self.text.has_overhead() {
            write!(out, "{:>OVERHEAD$}", "%ovh")?;
        }
        let entries = self.text.entries().iter().map(|entry| entry.title());
        let uncertainty = self.text.has_uncertainty().then_some("+-");
        let titles = ["total", "self"].into_iter().chain(uncertainty);
        for title in titles.chain(["wait", "child"]).chain(entries) {
            let title = format!("{title}{suffix}");
            write!(out, "{title:>width$}", width = self.number)?;
        }
        write!(out, "{:>calls$}", "calls", calls = self.calls)?;
        for title in self.text.latency_titles() {
            write!(out, "{title:>width$}", width = self.number)?;
        }
        let location = if self.fit.has_places() {
            " location"
        } else {
            ""
        };
        let title = format!("     {:width$}{location}", "name", width = self.fit.name);
        writeln!(out, "{}", title.trim_end())?;
        Ok(())
    }

    /// A method with its callers and callees.
    fn block(&self, row: &MethodRow, out: &mut dyn Write) -> Result<(), Error> {
        let dashes = self
            .text
            .options
            .width
            .map_or(DASHES, |width| width.min(DASHES));
        writeln!(out, "{:-<dashes$}", "")?;
        let (mut callers, few) = self.split(self.graph.callers(row.method));
        callers.sort_by_key(|edge| edge.total);
        self.rest(&few, row.called, "caller", out)?;
        for edge in callers {
            self.edge(edge, edge.caller, row.called, out)?;
        }
        self.method(row, out)?;
        let (mut callees, few) = self.split(self.graph.callees(row.method));
        callees.sort_by_key(|edge| Reverse(edge.total));
        for edge in callees {
            self.edge(edge, edge.callee, self.called(edge.callee), out)?;
        }
        let called = few.iter().map(|edge| self.called(edge.callee)).sum();
        self.rest(&few, called, "callee", out)
    }

    /// Those within the limits, and the others.
    fn split<'e>(&self, edges: impl Iterator<Item = &'e Edge>) -> (Vec<&'e Edge>, Vec<&'e Edge>) {
        let (options, total) = (self.text.options, self.graph.total());
        edges.partition(|edge| selection::edge_passes(edge, total, options))
    }

    fn called(&self, method: MethodId) -> u64 {
        self.graph.row(method).map_or(0, |row| row.called)
    }

    fn method(&self, row: &MethodRow, out: &mut dyn Write) -> Result<(), Error> {
        let method = self.text.profile.method(row.method);
        let total = self.graph.total();
        write!(
            out,
            "{:7.2}%{:7.2}%",
            percent(row.total, total),
            percent(row.own, total)
        )?;
        if self.text.has_overhead() {
            write!(out, "{:7.2}%", self.text.overhead_share(row))?;
        }
        let own = self.text.self_value(row.own, row.overhead, row.partial);
        let values = self.values(&row.numbers(), own, row.doubt);
        let mark = if row.recursive { '*' } else { ' ' };
        let name = visible(&method.full_name()).into_owned();
        let place = self.text.place(definition(method));
        let calls = self.cells(&row.called.to_string(), self.latencies.of(row.method));
        self.line(&values, &calls, mark, &name, &place, out)
    }

    fn edge(
        &self,
        edge: &Edge,
        other: MethodId,
        called: u64,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        let own = self.text.self_value(edge.own, edge.overhead, edge.partial);
        let values = self.values(&edge.numbers(), own, edge.doubt);
        let name = self
            .graph
            .row_index(other)
            .map_or("", |row| &self.names[row]);
        let place = self.text.place(edge.call_site);
        let latency = self.latencies.of_edge(edge.caller, edge.callee);
        let calls = self.cells(&format!("{}/{called}", edge.called), latency);
        write!(out, "{:shares$}", "", shares = self.shares)?;
        self.line(&values, &calls, ' ', name, &place, out)
    }

    /// The values of a row, formatted: total, self, its uncertainty if that has a column, wait, child, and what else has a column.
    fn values(&self, numbers: &Numbers, own: String, doubt: Doubt) -> Vec<String> {
        let scale = self.text.scale;
        let mut values = vec![scale.value(numbers.total), own];
        if self.text.has_uncertainty() {
            values.push(self.text.uncertainty(doubt));
        }
        values.extend([numbers.wait, numbers.children()].map(|value| scale.value(value)));
        values.extend(self.text.entries_of(numbers));
        values
    }

    /// The calls of a row, and how long they took if that has columns.
    fn cells(&self, calls: &str, latency: Option<&Latency>) -> String {
        let mut cells = format!("{calls:>width$}", width = self.calls);
        for value in self.text.latency_values(latency) {
            cells += &format!("{value:>width$}", width = self.number);
        }
        cells
    }

    /// The callers or callees below the limits. Only their calls are added up: totals of several
    /// callers may overlap.
    fn rest(
        &self,
        edges: &[&Edge],
        called: u64,
        what: &str,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        if edges.is_empty() {
            return Ok(());
        }
        let calls: u64 = edges.iter().map(|edge| edge.called).sum();
        let calls = format!("{calls}/{called}");
        let plural = if edges.len() == 1 { "" } else { "s" };
        let limits = if self.fit.is_tight() {
            ""
        } else {
            ", below the limits"
        };
        writeln!(
            out,
            "{:blank$}{calls:>width$}{:after$}     ({} more {what}{plural}{limits})",
            "",
            "",
            edges.len(),
            blank = self.shares + self.values * self.number,
            width = self.calls,
            after = self.text.latency_titles().len() * self.number
        )?;
        Ok(())
    }

    fn line(
        &self,
        values: &[String],
        calls: &str,
        mark: char,
        name: &str,
        place: &str,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        for value in values {
            write!(out, "{value:>width$}", width = self.number)?;
        }
        write!(out, "{calls}")?;
        writeln!(out, "    {mark}{}", self.fit.row(name, place))?;
        Ok(())
    }
}
