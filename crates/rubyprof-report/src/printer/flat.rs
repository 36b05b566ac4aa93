//! ruby-prof's flat text table: one method a line, sorted by self.
//!
//! Scripts read this format, so its shape is kept: the header lines, the order of the columns, one
//! row a line starting with blanks and a digit, and no other line starting so. What differs is that
//! one unit is chosen for the whole report and named in the column titles, so that the columns of a
//! fast program are not a wall of `0.000`.

use std::io::Write;

use rubyprof_core::{CallGraph, MethodRow, Profile, Unit};

use crate::error::Error;
use crate::format::escape::visible;
use crate::format::number::seconds;
use crate::options::{Column, Options};
use crate::selection::{self, ThreadSums, percent, sections};

/// Wider names push their location to the right instead of widening the column for all.
const MAX_NAME_WIDTH: usize = 80;

/// The unit of all value columns of one report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scale {
    Objects,
    Bytes,
    Micro,
    Milli,
    Second,
}

impl Scale {
    /// The unit for a report whose largest total is `total`.
    ///
    /// A value has three decimals. The next unit starts at 100 (ms, s), so the last decimal is never
    /// coarser than a hundred thousandth of the total, and microseconds show every nanosecond.
    fn for_total(total: u64, unit: Unit) -> Self {
        match (unit, total) {
            (Unit::Objects, _) => Self::Objects,
            (Unit::Bytes, _) => Self::Bytes,
            (Unit::Nanoseconds, 0..100_000_000) => Self::Micro,
            (Unit::Nanoseconds, 100_000_000..100_000_000_000) => Self::Milli,
            (Unit::Nanoseconds, _) => Self::Second,
        }
    }

    /// Appended to a column title, without a blank: a title stays one word for `split`.
    fn suffix(self) -> &'static str {
        match self {
            Self::Objects => "",
            Self::Bytes => "(B)",
            Self::Micro => "(us)",
            Self::Milli => "(ms)",
            Self::Second => "(s)",
        }
    }

    fn value(self, value: u64) -> String {
        let thousandths = match self {
            Self::Objects | Self::Bytes => return value.to_string(),
            Self::Micro => value,
            Self::Milli => value.saturating_add(500) / 1_000,
            Self::Second => value.saturating_add(500_000) / 1_000_000,
        };
        format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
    }

    /// A total as ruby-prof prints it: seconds, or objects.
    fn total(self, total: u64) -> String {
        match self {
            Self::Objects | Self::Bytes => total.to_string(),
            _ => seconds(total),
        }
    }
}

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
    let (sums, _) = selection::thread_sums(profile);
    let total = profile.total();
    let report = Report {
        profile,
        options,
        sort: options.sort_by.unwrap_or(Column::SelfTime),
        scale: Scale::for_total(total, profile.measure_mode.unit()),
    };
    if let Some(title) = &options.title {
        writeln!(out, "{}\n", visible(title))?;
    }
    let chosen = sections(&sums, options.max_threads, u64::MAX);
    if sums.len() > 1 {
        report.summary(&sums, total, chosen.len(), out)?;
        report.header(out)?;
        report.table(&CallGraph::of_all(profile), out)?;
    }
    for index in chosen {
        let thread = &profile.threads()[index];
        report.mode(out)?;
        writeln!(out, "Thread ID: {}", thread.id)?;
        if thread.fiber_id != thread.id {
            writeln!(out, "Fiber ID: {}", thread.fiber_id)?;
        }
        report.table(&CallGraph::of_thread(profile, thread), out)?;
    }
    report.legend(out)?;
    Ok(())
}

struct Report<'a> {
    profile: &'a Profile,
    options: &'a Options,
    sort: Column,
    scale: Scale,
}

impl Report<'_> {
    fn mode(&self, out: &mut dyn Write) -> Result<(), Error> {
        writeln!(out, "Measure Mode: {}", self.profile.measure_mode.id())?;
        Ok(())
    }

    fn header(&self, out: &mut dyn Write) -> Result<(), Error> {
        self.mode(out)?;
        writeln!(out, "Threads: all {}", self.profile.threads().len())?;
        Ok(())
    }

    fn summary(
        &self,
        sums: &[ThreadSums],
        total: u64,
        sections: usize,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        let titles = ["thread", "fiber", "total", "%", "calls", "methods"];
        let mut lines = vec![titles.map(str::to_owned).to_vec()];
        lines[0][2].push_str(self.scale.suffix());
        for sum in sums {
            let thread = &self.profile.threads()[sum.index];
            lines.push(vec![
                thread.id.to_string(),
                thread.fiber_id.to_string(),
                self.scale.value(sum.total),
                format!("{:.2}", percent(sum.total, total)),
                sum.calls.to_string(),
                sum.methods.to_string(),
            ]);
        }
        let widths: Vec<usize> = (0..titles.len())
            .map(|column| lines.iter().map(|line| line[column].len()).max())
            .map(Option::unwrap_or_default)
            .collect();
        writeln!(out, "Summary of {} threads and fibers", sums.len())?;
        for line in lines {
            // The bar keeps scripts from taking these lines for rows of methods.
            write!(out, "|")?;
            for (cell, width) in line.iter().zip(&widths) {
                write!(out, "  {cell:>width$}")?;
            }
            writeln!(out)?;
        }
        if sections < sums.len() {
            writeln!(
                out,
                "Only the {sections} longest running of them have a table of their own; \
                 the table over all threads has everything."
            )?;
        }
        writeln!(out)?;
        Ok(())
    }

    fn table(&self, graph: &CallGraph, out: &mut dyn Write) -> Result<(), Error> {
        writeln!(out, "Total: {}", self.scale.total(graph.total()))?;
        writeln!(out, "Sort by: {}\n", self.sort.name())?;
        let rows = selection::rows(graph, self.options, self.sort);
        let lines: Vec<Line> = rows
            .iter()
            .map(|row| self.line(row, graph.total()))
            .collect();
        self.lines(&lines, out)
    }

    fn line(&self, row: &MethodRow, total: u64) -> Line {
        let method = self.profile.method(row.method);
        let location = method.file.map_or_else(String::new, |file| {
            format!("{}:{}", visible(self.profile.file(file)), method.line)
        });
        Line {
            percent: format!("{:.2}", percent(row.own, total)),
            numbers: [
                self.scale.value(row.total),
                self.scale.value(row.own),
                self.scale.value(row.wait),
                self.scale.value(row.children()),
                row.called.to_string(),
            ],
            mark: if row.recursive { '*' } else { ' ' },
            name: visible(&method.full_name()).into_owned(),
            location,
        }
    }

    fn lines(&self, lines: &[Line], out: &mut dyn Write) -> Result<(), Error> {
        let suffix = self.scale.suffix();
        let titles = ["total", "self", "wait", "child"].map(|title| format!("{title}{suffix}"));
        let [total, own, wait, child] = &titles;
        let titles = [total, own, wait, child, "calls"];
        // ruby-prof's widths, or wider where a value needs it.
        let mut widths = [9, 9, 9, 9, 8];
        let mut name_width = 30;
        for line in lines {
            for (width, number) in widths.iter_mut().zip(&line.numbers) {
                *width = number.len().max(*width);
            }
            let chars = line.name.chars().count();
            if chars <= MAX_NAME_WIDTH {
                name_width = name_width.max(chars);
            }
        }
        write!(out, " %self ")?;
        for (title, width) in titles.iter().zip(widths) {
            write!(out, " {title:>width$}")?;
        }
        writeln!(out, "  {:name_width$}  location", "name")?;
        for line in lines {
            write!(out, "{:>6} ", line.percent)?;
            for (number, width) in line.numbers.iter().zip(widths) {
                write!(out, " {number:>width$}")?;
            }
            let row = format!("  {}{:name_width$} {}", line.mark, line.name, line.location);
            writeln!(out, "{}", row.trim_end())?;
        }
        if lines.is_empty() {
            writeln!(out, "(no method within the limits of this report)")?;
        }
        writeln!(out)?;
        Ok(())
    }

    fn legend(&self, out: &mut dyn Write) -> Result<(), Error> {
        if self.profile.threads().is_empty() {
            writeln!(out, "No thread was recorded.\n")?;
        }
        let (quantity, spent) = match self.scale {
            Scale::Objects => ("objects allocated", "Objects allocated"),
            Scale::Bytes => ("bytes allocated", "Bytes allocated"),
            _ => ("time", "Time spent"),
        };
        write!(
            out,
            "\
* recursively called methods: total counts their outermost calls only

Columns are:

  %self     - The share of the total {quantity} that is the method's own.
  total     - {spent} in the method and in what it called.
  self      - {spent} in the method itself.
  wait      - {spent} while the method waited for other threads.
  child     - {spent} in what the method called.
  calls     - How often the method was called.
  name      - The name of the method.
  location  - Where the method is defined; nothing if it is written in C.

Names of methods are:

  MyObject#test            - The instance method \"test\" of the class \"MyObject\".
  <Class::MyObject>#test   - The method \"test\" of the class \"MyObject\" itself.
  <Module::MyObject>#test  - The method \"test\" of the module \"MyObject\" itself.
  <Object::MyObject>#test  - The method \"test\" of one single object of class \"MyObject\".
  [global]#                - Code outside any method.
"
        )?;
        self.origin(out)
    }

    /// How the numbers came to be.
    fn origin(&self, out: &mut dyn Write) -> Result<(), Error> {
        let mut facts: Vec<String> = Vec::new();
        if !self.profile.c_calls {
            facts.push("Ruby methods only; calls of C functions were not recorded".into());
        }
        if !self.profile.clock.is_empty() {
            facts.push(format!("Clock: {}", visible(&self.profile.clock)));
        }
        if let Some(version) = &self.options.version {
            facts.push(format!("ruby-prof-rs {}", visible(version)));
        }
        if let Some(time) = &self.options.generated_at {
            facts.push(visible(time).into_owned());
        }
        if !facts.is_empty() {
            writeln!(out, "\n{}", facts.join(". "))?;
        }
        Ok(())
    }
}

/// One row, formatted.
struct Line {
    percent: String,
    numbers: [String; 5],
    mark: char,
    name: String,
    location: String,
}

#[cfg(test)]
mod tests {
    use super::{Scale, Unit};

    #[test]
    fn the_unit_suits_the_total() {
        for (total, scale, text) in [
            (99_999_999, Scale::Micro, "99999.999"),
            (100_000_000, Scale::Milli, "100.000"),
            (99_999_999_999, Scale::Milli, "100000.000"),
            (100_000_000_000, Scale::Second, "100.000"),
        ] {
            let chosen = Scale::for_total(total, Unit::Nanoseconds);
            assert_eq!((chosen, chosen.value(total).as_str()), (scale, text));
        }
        assert_eq!(Scale::for_total(0, Unit::Objects), Scale::Objects);
        assert_eq!(Scale::Objects.value(1_000), "1000");
        assert_eq!(Scale::Second.value(u64::MAX), "18446744073.709");
    }
}
