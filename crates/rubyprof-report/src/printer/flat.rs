//! ruby-prof's flat text table: one method a line, sorted by self.
//!
//! Scripts read this format, so its shape is kept: the header lines, the order of the columns, one
//! row a line starting with blanks and a digit, and no other line starting so. What differs is that
//! one unit is chosen for the whole report and named in the column titles, so that the columns of a
//! fast program are not a wall of `0.000`.

use std::io::Write;

use rubyprof_core::{Latency, MethodRow, Profile};

use crate::error::Error;
use crate::format::escape::visible;
use crate::options::{Column, Options};
use crate::printer::text::{self, Fit, Format, Part, Scope, Show, Text, definition};
use crate::selection::{self, percent};

/// Writes the flat report: a table for every fiber, methods sorted by self unless
/// [`Options::sort_by`] says otherwise.
///
/// With several fibers a summary and a table over all of them come first, before any `Thread ID:`
/// line. Values are in the unit named in the column titles; `Total:` is in seconds.
///
/// # Errors
///
/// [`Error::Write`] if `out` fails.
pub fn flat(profile: &Profile, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    text::report::<Flat>(profile, options, out)
}

/// Writes one part of the flat report of one fiber, by its place in [`Profile::threads`]; nothing if
/// there is none.
///
/// # Errors
///
/// [`Error::Write`] if `out` fails.
pub fn flat_part(
    profile: &Profile,
    thread: usize,
    part: Part,
    options: &Options,
    out: &mut dyn Write,
) -> Result<(), Error> {
    text::part::<Flat>(profile, thread, part, options, out)
}

struct Flat;

impl Format for Flat {
    fn sort(text: &Text) -> &'static str {
        text.sort_column(Column::SelfTime).name()
    }

    fn table(text: &Text, scope: Scope, show: Show, out: &mut dyn Write) -> Result<(), Error> {
        let graph = scope.graph(text.profile);
        let sort = text.sort_column(Column::SelfTime);
        let latencies = text.latencies(scope);
        let lines: Vec<Line> = selection::rows(&graph, text.options, sort)
            .into_iter()
            .map(|row| Line::new(text, row, graph.total(), latencies.of(row.method)))
            .collect();
        let widths = Widths::new(text, &lines);
        if show.columns {
            widths.columns(text, out)?;
        }
        if show.rows {
            widths.rows(&lines, out)?;
        }
        Ok(())
    }

    fn legend(text: &Text) -> Vec<(&'static str, String)> {
        let share = format!(
            "The share of the total {} that is the method's own.",
            text.quantity()
        );
        let mut rows = vec![("%self", share)];
        rows.extend(text.legend_of_overhead());
        rows.extend(text.legend_of_values());
        rows.extend(text.legend_of_uncertainty());
        rows.extend(text.legend_of_entries());
        rows.extend(text.legend_of_latency());
        rows.push(("name", "The name of the method.".to_owned()));
        rows.push((
            "location",
            "Where the method is defined; nothing if it is written in C.".to_owned(),
        ));
        rows
    }
}

/// One row, formatted.
struct Line {
    shares: String,
    numbers: Vec<String>,
    mark: char,
    name: String,
    location: String,
}

impl Line {
    fn new(text: &Text, row: &MethodRow, total: u64, latency: Option<&Latency>) -> Self {
        let method = text.profile.method(row.method);
        let mut shares = format!("{:>6.2}", percent(row.own, total));
        if text.has_overhead() {
            shares += &format!("{:>7.2}", text.overhead_share(row));
        }
        let mut numbers = vec![
            text.scale.value(row.total),
            text.self_value(row.own, row.overhead, row.partial),
        ];
        if text.has_uncertainty() {
            numbers.push(text.uncertainty(row.doubt));
        }
        numbers.push(text.scale.value(row.wait));
        numbers.push(text.scale.value(row.children()));
        numbers.extend(text.entries_of(&row.numbers()));
        numbers.push(row.called.to_string());
        numbers.extend(text.latency_values(latency));
        Self {
            shares,
            numbers,
            mark: if row.recursive { '*' } else { ' ' },
            name: visible(&method.full_name()).into_owned(),
            location: text.place(definition(method)),
        }
    }
}

/// ruby-prof's widths, or wider where a value needs it.
struct Widths {
    numbers: Vec<usize>,
    fit: Fit,
}

impl Widths {
    fn new(text: &Text, lines: &[Line]) -> Self {
        let mut numbers = vec![9; 4 + usize::from(text.has_uncertainty()) + text.entries().len()];
        numbers.push(8);
        numbers.extend(text.latency_titles().iter().map(|_| 9));
        for line in lines {
            for (width, number) in numbers.iter_mut().zip(&line.numbers) {
                *width = number.len().max(*width);
            }
        }
        let shares = if text.has_overhead() { 13 } else { 6 };
        let values: usize = numbers.iter().map(|width| width + 1).sum();
        let fit = Fit::new(
            text.options.width,
            shares + 1 + values + 3,
            lines.iter().map(|line| text.width(&line.name)),
            lines.iter().map(|line| text.width(&line.location)),
        );
        Self { numbers, fit }
    }

    fn columns(&self, text: &Text, out: &mut dyn Write) -> Result<(), Error> {
        let suffix = text.scale.suffix();
        let entries = text.entries().iter().map(|entry| entry.title());
        let uncertainty = text.has_uncertainty().then_some("+-");
        let values = ["total", "self"].into_iter().chain(uncertainty);
        let values = values.chain(["wait", "child"]).chain(entries);
        let mut titles: Vec<String> = values.map(|title| format!("{title}{suffix}")).collect();
        titles.push("calls".to_owned());
        titles.extend(text.latency_titles());
        let overhead = if text.has_overhead() { "   %ovh" } else { "" };
        write!(out, " %self{overhead} ")?;
        for (title, width) in titles.iter().zip(&self.numbers) {
            write!(out, " {title:>width$}")?;
        }
        let location = if self.fit.has_places() {
            "  location"
        } else {
            ""
        };
        let title = format!("  {:width$}{location}", "name", width = self.fit.name);
        writeln!(out, "{}", title.trim_end())?;
        Ok(())
    }

    fn rows(&self, lines: &[Line], out: &mut dyn Write) -> Result<(), Error> {
        for line in lines {
            write!(out, "{} ", line.shares)?;
            for (number, width) in line.numbers.iter().zip(&self.numbers) {
                write!(out, " {number:>width$}")?;
            }
            let row = self.fit.row(&line.name, &line.location);
            writeln!(out, "  {}{row}", line.mark)?;
        }
        if lines.is_empty() {
            writeln!(out, "(no method within the limits of this report)")?;
        }
        writeln!(out)?;
        Ok(())
    }
}
