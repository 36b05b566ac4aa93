//! What the text printers have in common: the order of a report's parts, the lines before a table,
//! the summary of several fibers and the words below.

mod columns;
mod demand;
mod fit;
mod latency;
mod legend;
mod scale;

use std::borrow::Cow;
use std::io::Write;

use rubyprof_core::{CallGraph, Location, Method, Profile, Thread};

use crate::error::Error;
use crate::format::escape::visible;
use crate::ledger::Account;
use crate::options::{Column, Options};
use crate::overhead::Overhead;
use crate::partial::PartialCalls;
use crate::selection::{self, ThreadSums, percent, sections};
pub(crate) use fit::Fit;
pub(crate) use latency::LATENCIES;
pub(crate) use scale::Scale;

/// A part of one fiber's text report, for programs that print the rest themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The lines before the table: what was measured, which fiber, its total.
    Header,
    /// The titles of the columns; nothing where a report has no columns.
    Columns,
    /// The methods.
    Methods,
    /// What the columns and names mean.
    Footer,
}

/// What one section of a report is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope {
    All,
    /// By its place in [`Profile::threads`].
    Thread(usize),
}

impl Scope {
    pub(crate) fn graph(self, profile: &Profile) -> CallGraph {
        match self {
            Self::All => CallGraph::of_all(profile),
            Self::Thread(index) => CallGraph::of_thread(profile, &profile.threads()[index]),
        }
    }
}

/// One text format.
pub(crate) trait Format {
    /// The name of the total in the header.
    const TOTAL: &'static str = "Total";

    /// Whether a section over all fibers comes before those of single ones.
    const OVER_ALL: bool = true;

    /// Whether rows are methods, and recursive ones are marked.
    const MARKS: bool = true;

    /// What rows are sorted by, as the header says it.
    fn sort(text: &Text) -> &'static str;

    /// Writes the titles of the columns, the rows, or both.
    fn table(text: &Text, scope: Scope, show: Show, out: &mut dyn Write) -> Result<(), Error>;

    /// What the format's columns mean, a title and an explanation each.
    fn legend(text: &Text) -> Vec<(&'static str, String)>;
}

/// What to write of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Show {
    pub(crate) columns: bool,
    pub(crate) rows: bool,
}

/// One report being written.
pub(crate) struct Text<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) options: &'a Options,
    pub(crate) scale: Scale,
}

/// Writes the whole report.
pub(crate) fn report<F: Format>(
    profile: &Profile,
    options: &Options,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let text = Text::new(profile, options);
    let show = Show {
        columns: true,
        rows: true,
    };
    if let Some(title) = &options.title {
        writeln!(out, "{}\n", visible(title))?;
    }
    let (sums, _) = selection::thread_sums(profile);
    let chosen = sections(&sums, options.max_threads, u64::MAX);
    if sums.len() > 1 {
        text.summary::<F>(&sums, chosen.len(), out)?;
    }
    if sums.len() > 1 && F::OVER_ALL {
        text.mode(out)?;
        writeln!(out, "Threads: all {}", sums.len())?;
        text.total::<F>(profile.threads(), out)?;
        F::table(&text, Scope::All, show, out)?;
    }
    for index in chosen {
        text.header::<F>(index, out)?;
        F::table(&text, Scope::Thread(index), show, out)?;
    }
    text.footer::<F>(out)
}

/// Writes a part of the report of one fiber, by its place in [`Profile::threads`]; nothing if there
/// is none.
pub(crate) fn part<F: Format>(
    profile: &Profile,
    thread: usize,
    part: Part,
    options: &Options,
    out: &mut dyn Write,
) -> Result<(), Error> {
    if thread >= profile.threads().len() {
        return Ok(());
    }
    let text = Text::new(profile, options);
    let scope = Scope::Thread(thread);
    match part {
        Part::Header => text.header::<F>(thread, out),
        Part::Footer => text.footer::<F>(out),
        Part::Columns | Part::Methods => {
            let show = Show {
                columns: part == Part::Columns,
                rows: part == Part::Methods,
            };
            F::table(&text, scope, show, out)
        }
    }
}

impl<'a> Text<'a> {
    fn new(profile: &'a Profile, options: &'a Options) -> Self {
        Self {
            profile,
            options,
            scale: Scale::for_total(profile.total(), profile.measure_mode.unit()),
        }
    }

    /// The column that rows are sorted by.
    pub(crate) fn sort_column(&self, default: Column) -> Column {
        self.options.sort_by.unwrap_or(default)
    }

    /// `file:line`, or nothing for code without a file.
    pub(crate) fn place(&self, location: Location) -> String {
        location.file.map_or_else(String::new, |file| {
            let file = self.relative(self.profile.file(file));
            format!("{}:{}", visible(file), location.line)
        })
    }

    /// A path as somebody in [`Options::directory`] writes it.
    fn relative<'p>(&self, path: &'p str) -> &'p str {
        let directory = self.options.directory.as_deref();
        let below = directory.and_then(|directory| path.strip_prefix(directory)?.strip_prefix('/'));
        below.unwrap_or(path)
    }

    /// How wide a name or location is: in a terminal's columns where it is printed to one.
    pub(crate) fn width(&self, text: &str) -> usize {
        match self.options.width {
            Some(_) => columns::columns(text),
            None => text.chars().count(),
        }
    }

    fn mode(&self, out: &mut dyn Write) -> Result<(), Error> {
        writeln!(out, "Measure Mode: {}", self.profile.measure_mode.id())?;
        Ok(())
    }

    fn total<F: Format>(&self, threads: &[Thread], out: &mut dyn Write) -> Result<(), Error> {
        let profile = self.profile;
        let totals = threads.iter().map(|thread| profile.node(thread.root).total);
        let total = totals.fold(0, u64::saturating_add);
        writeln!(out, "{}: {}", F::TOTAL, self.scale.total(total))?;
        if let Some(overhead) = Overhead::of_threads(profile, threads) {
            writeln!(out, "Overhead: {}", overhead.line())?;
        }
        if let Some(account) = Account::of_threads(profile, threads) {
            writeln!(out, "Ledger: {}", account.lines(8))?;
        }
        if let Some(partial) = PartialCalls::of_threads(profile, threads) {
            writeln!(out, "Bounds: {}", partial.line())?;
        }
        writeln!(out, "Sort by: {}\n", F::sort(self))?;
        Ok(())
    }

    fn header<F: Format>(&self, index: usize, out: &mut dyn Write) -> Result<(), Error> {
        let thread = &self.profile.threads()[index];
        self.mode(out)?;
        writeln!(out, "Thread ID: {}", thread.id)?;
        if thread.fiber_id != thread.id {
            writeln!(out, "Fiber ID: {}", thread.fiber_id)?;
        }
        self.total::<F>(std::slice::from_ref(thread), out)
    }

    fn summary<F: Format>(
        &self,
        sums: &[ThreadSums],
        sections: usize,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        let total = self.profile.total();
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
            let rest = if F::OVER_ALL {
                "have a table of their own; the table over all threads has everything."
            } else {
                "are shown below; max_threads: shows more."
            };
            writeln!(out, "Only the {sections} longest running of them {rest}")?;
        }
        writeln!(out)?;
        Ok(())
    }
}

/// The place a method is defined.
pub(crate) fn definition(method: &Method) -> Location {
    Location {
        file: method.file,
        line: method.line,
    }
}

/// How many characters of a name are shown where it stands once a caller, callee or call path: a name
/// can be megabytes long.
pub(crate) const MAX_REPEATED_NAME: usize = 400;

/// A method's name as one visible line, shortened in the middle.
pub(crate) fn short_name(method: &Method) -> String {
    let name = method.full_name();
    let text = shortened(&name, MAX_REPEATED_NAME);
    visible(&text).into_owned()
}

/// `text` with at most `limit` characters: the beginning and the end.
pub(crate) fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    if text.len() <= limit || text.chars().nth(limit).is_none() {
        return Cow::Borrowed(text);
    }
    let half = limit / 2;
    let boundary = |mut indices: std::str::CharIndices<'_>| indices.nth(half).map(|(at, _)| at);
    let head = boundary(text.char_indices()).unwrap_or(text.len());
    let tail = text.char_indices().rev().nth(half.saturating_sub(2));
    let tail = tail.map_or(text.len(), |(at, _)| at);
    Cow::Owned(format!("{}…{}", &text[..head], &text[tail..]))
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_names_keep_their_ends() {
        assert_eq!(shortened("abc", 8), "abc");
        assert_eq!(shortened("abcdefgh", 8), "abcdefgh");
        assert_eq!(shortened("abcdefghi", 8), "abcd…ghi");
        let wide = "日".repeat(1_000);
        assert_eq!(shortened(&wide, 400).chars().count(), 400);
    }
}
