//! The call graph in Graphviz's language: a cluster for every fiber, in it one for every class.
//!
//! `newrank` is not for looks: without it Graphviz gives up on clusters whose methods call each other in
//! circles ("trouble in init_rank").
//!
//! All text is quoted and escaped; ids are made of numbers: the fiber's place and the method's row.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;

use rubyprof_core::{CallGraph, Method, MethodRow, Profile};

use crate::error::Error;
use crate::format::escape::visible;
use crate::format::number;
use crate::ledger::Account;
use crate::options::{Column, Options};
use crate::overhead::Overhead;
use crate::partial::PartialCalls;
use crate::printer::text::{short_name, shortened};
use crate::selection::{self, percent, sections};

/// Fill and text colours of a method by its share of the total, from the share on.
const COLORS: [(f64, &str, &str); 6] = [
    (75.0, "#08519c", "#ffffff"),
    (50.0, "#3182bd", "#ffffff"),
    (25.0, "#6baed6", "#000000"),
    (10.0, "#9ecae1", "#000000"),
    (5.0, "#c6dbef", "#000000"),
    (0.0, "#eff3ff", "#000000"),
];

/// Longer names are shortened: a drawing has no room for them.
const MAX_LABEL: usize = 120;

/// Writes the call graph in Graphviz's language: methods within the limits and all calls between them.
///
/// # Errors
///
/// [`Error::Write`] if `out` fails.
pub fn dot(profile: &Profile, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    let (sums, _) = selection::thread_sums(profile);
    let chosen = sections(&sums, options.max_threads, u64::MAX);
    let unit = profile.measure_mode.unit();
    let mut heading = match &options.title {
        Some(title) => format!("{}\\l", quoted(title, MAX_LABEL)),
        None => String::new(),
    };
    heading += profile.measure_mode.title();
    heading += &format!(", total {}\\l", number::value(profile.total(), unit));
    if let Some(overhead) = Overhead::of_all(profile) {
        heading += &format!("Overhead: {}\\l", overhead.line());
    }
    if let Some(account) = Account::of_all(profile) {
        heading += &format!("Ledger: {}\\l", account.line());
    }
    if let Some(partial) = PartialCalls::of_all(profile) {
        heading += &format!("Bounds: {}\\l", partial.line());
    }
    if chosen.len() < sums.len() {
        heading += &format!(
            "Only the {} longest running of {} threads and fibers are drawn\\l",
            chosen.len(),
            sums.len()
        );
    }
    writeln!(
        out,
        "digraph \"Profile\" {{\n\
         graph [newrank=true label=\"{heading}\" labelloc=t labeljust=l fontname=\"Helvetica\"];\n\
         node [shape=box style=\"filled,rounded\" color=\"#6baed6\" fontname=\"Helvetica\" fontsize=11];\n\
         edge [color=\"#555555\" fontcolor=\"#555555\" fontname=\"Helvetica\" fontsize=10];"
    )?;
    for index in chosen {
        Cluster::new(profile, options, index).write(out)?;
    }
    writeln!(out, "}}")?;
    Ok(())
}

/// The drawing of one fiber.
struct Cluster<'a> {
    profile: &'a Profile,
    options: &'a Options,
    thread: usize,
    graph: CallGraph,
}

impl<'a> Cluster<'a> {
    fn new(profile: &'a Profile, options: &'a Options, thread: usize) -> Self {
        let graph = CallGraph::of_thread(profile, &profile.threads()[thread]);
        Self {
            profile,
            options,
            thread,
            graph,
        }
    }

    fn write(&self, out: &mut dyn Write) -> Result<(), Error> {
        let thread = &self.profile.threads()[self.thread];
        let unit = self.profile.measure_mode.unit();
        let total = number::value(self.graph.total(), unit);
        let mut name = format!("Thread {}", thread.id);
        if thread.fiber_id != thread.id {
            name += &format!(", fiber {}", thread.fiber_id);
        }
        let number = self.thread;
        writeln!(
            out,
            "subgraph cluster_t{number} {{\nlabel=\"{name}: {total}\";\ncolor=\"#999999\";"
        )?;
        let sort = self.options.sort_by.unwrap_or(Column::Total);
        let rows = selection::rows(&self.graph, self.options, sort);
        self.classes(&rows, out)?;
        if rows.is_empty() {
            writeln!(
                out,
                "t{number}_none [label=\"no method within the limits\"];"
            )?;
        }
        self.edges(&rows, out)?;
        writeln!(out, "}}")?;
        Ok(())
    }

    /// The methods, by class.
    fn classes(&self, rows: &[&MethodRow], out: &mut dyn Write) -> Result<(), Error> {
        let mut classes: Vec<(Cow<str>, Vec<&MethodRow>)> = Vec::new();
        let mut places: HashMap<Cow<str>, usize> = HashMap::new();
        for row in rows {
            let class = class_name(self.profile.method(row.method));
            let place = *places.entry(class.clone()).or_insert(classes.len());
            if place == classes.len() {
                classes.push((class, Vec::new()));
            }
            classes[place].1.push(row);
        }
        for (place, (class, rows)) in classes.iter().enumerate() {
            writeln!(
                out,
                "subgraph cluster_t{}_c{place} {{\nlabel=\"{}\";\nstyle=dashed;\ncolor=\"#bbbbbb\";\nfontcolor=\"#666666\";",
                self.thread,
                quoted(class, MAX_LABEL)
            )?;
            for row in rows {
                self.method(row, out)?;
            }
            writeln!(out, "}}")?;
        }
        Ok(())
    }

    fn method(&self, row: &MethodRow, out: &mut dyn Write) -> Result<(), Error> {
        let method = self.profile.method(row.method);
        let total = self.graph.total();
        let share = percent(row.total, total);
        let (_, fill, ink) = COLORS
            .into_iter()
            .find(|(from, ..)| share >= *from)
            .unwrap_or(COLORS[COLORS.len() - 1]);
        let mut tooltip = short_name(method);
        if let Some(file) = method.file {
            tooltip += &format!(" ({}:{})", self.profile.file(file), method.line);
        }
        writeln!(
            out,
            "{} [label=\"{}\\ntotal {}, self {}\" tooltip=\"{}\" fillcolor=\"{fill}\" fontcolor=\"{ink}\"];",
            self.id(row),
            quoted(&method.full_name(), MAX_LABEL),
            number::percent(share),
            number::percent(percent(row.own, total)),
            quoted(&tooltip, 8 * MAX_LABEL),
        )?;
        Ok(())
    }

    /// All calls between the methods shown, in the order of the first call. Thicker is more.
    fn edges(&self, rows: &[&MethodRow], out: &mut dyn Write) -> Result<(), Error> {
        let mut shown: Vec<Option<&MethodRow>> = vec![None; self.profile.methods().len()];
        for row in rows {
            shown[row.method.index()] = Some(row);
        }
        for edge in self.graph.edges() {
            let ends = (shown[edge.caller.index()], shown[edge.callee.index()]);
            if let (Some(caller), Some(callee)) = ends {
                let width = 1.0 + percent(edge.total, self.graph.total()) / 25.0;
                writeln!(
                    out,
                    "{} -> {} [label=\"{}/{}\" penwidth={width:.2}];",
                    self.id(caller),
                    self.id(callee),
                    edge.called,
                    callee.called
                )?;
            }
        }
        Ok(())
    }

    fn id(&self, row: &MethodRow) -> String {
        let place = self.graph.row_index(row.method).unwrap_or_default();
        format!("t{}_m{place}", self.thread)
    }
}

/// A method's class as its full name has it.
fn class_name(method: &Method) -> Cow<'_, str> {
    if method.class_name.is_empty() && method.name.is_none() {
        return Cow::Borrowed("[global]");
    }
    Cow::Borrowed(&method.class_name)
}

/// `text` for a quoted string that is a label: no quote ends it, no backslash and no entity is read as
/// something else.
fn quoted(text: &str, limit: usize) -> String {
    let mut quoted = String::new();
    for char in visible(&shortened(text, limit)).chars() {
        match char {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '&' => quoted.push_str("&amp;"),
            _ => quoted.push(char),
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn labels_cannot_be_left() {
        assert_eq!(quoted("a\"b\\N&lt;\n", 99), "a\\\"b\\\\N&amp;lt;\\\\n");
    }
}
