//! ruby-prof's call tree as indented text: one call path a line.
//!
//! Indentation stops growing at [`MAX_INDENT`] levels and the depth is written as a number from there
//! on; otherwise the size of a deep tree's report would be the square of its depth.

use std::cmp::Reverse;
use std::io::Write;

use rubyprof_core::{NodeId, Profile, TreeLatencies};

use crate::error::Error;
use crate::options::{Column, Options};
use crate::printer::text::{self, Format, LATENCIES, Scope, Show, Text, short_name};
use crate::selection::percent;

/// Levels shown by blanks.
const MAX_INDENT: usize = 40;

/// Writes the call tree of every fiber as indented lines, `name (tt:.., st:.., wt:.., ct:.., call:n)`,
/// in the unit the legend names. Callees are in the order of their first call unless
/// [`Options::sort_by`] is given.
///
/// A call path is shown if it, or one below it, is within the limits.
///
/// # Errors
///
/// [`Error::Write`] if `out` fails.
pub fn call_info(profile: &Profile, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    text::report::<CallInfo>(profile, options, out)
}

struct CallInfo;

impl Format for CallInfo {
    const TOTAL: &'static str = "Total Time";
    const OVER_ALL: bool = false;
    const MARKS: bool = false;

    fn sort(text: &Text) -> &'static str {
        text.options.sort_by.map_or("first call", Column::name)
    }

    fn table(text: &Text, scope: Scope, show: Show, out: &mut dyn Write) -> Result<(), Error> {
        if let (Scope::Thread(index), true) = (scope, show.rows) {
            Tree::new(text, index).write(out)?;
            writeln!(out)?;
        }
        Ok(())
    }

    fn legend(text: &Text) -> Vec<(&'static str, String)> {
        let titles = ["tt", "st", "wt", "ct", "call"];
        let values = text.legend_of_values();
        let mut rows: Vec<(&'static str, String)> = titles
            .into_iter()
            .zip(values)
            .map(|(title, (_, meaning))| (title, meaning.replace("method", "method on this path")))
            .collect();
        let unit = text.scale.words();
        rows.extend(text.legend_of_latency());
        rows.push(("unit", format!("tt, st, wt and ct are in {unit}.")));
        rows.push((
            "[n]",
            format!("The depth, in calls from the root, where it is more than {MAX_INDENT}."),
        ));
        rows
    }
}

struct Tree<'a> {
    text: &'a Text<'a>,
    root: NodeId,
    /// Whether a node of the tree is shown, from the root on.
    shown: Vec<bool>,
    /// The names of the methods, made once each.
    names: Vec<Option<String>>,
    latencies: TreeLatencies,
}

impl<'a> Tree<'a> {
    fn new(text: &'a Text<'a>, index: usize) -> Self {
        let root = text.profile.threads()[index].root;
        let mut tree = Self {
            text,
            root,
            shown: Vec::new(),
            names: vec![None; text.profile.methods().len()],
            latencies: text.tree_latencies(index),
        };
        tree.select();
        tree
    }

    /// Marks the nodes within the limits and all nodes above them.
    fn select(&mut self) {
        let profile = self.text.profile;
        let nodes = profile.subtree(self.root);
        let mut depths: Vec<u32> = Vec::with_capacity(nodes.len());
        for id in nodes {
            let parent = profile.parent(id).filter(|_| id != self.root);
            let depth = parent.map_or(0, |parent| depths[self.place(parent)] + 1);
            depths.push(depth);
            self.shown.push(self.passes(id, depth));
        }
        // Parents stand before their callees, so backwards each node is complete when it is reached.
        for place in (1..self.shown.len()).rev() {
            let id = NodeId(self.root.0 + place as u32);
            if let (true, Some(parent)) = (self.shown[place], profile.parent(id)) {
                let parent = self.place(parent);
                self.shown[parent] = true;
            }
        }
    }

    /// A node's index in this tree.
    fn place(&self, id: NodeId) -> usize {
        id.index() - self.root.index()
    }

    fn passes(&self, id: NodeId, depth: u32) -> bool {
        let options = self.text.options;
        let whole = self.text.profile.node(self.root).total;
        let share = percent(self.value(options.filter_by, id), whole);
        let below = share < options.min_percent;
        let above = share > options.max_percent;
        !below
            && !above
            && self.text.profile.node(id).total >= options.min_value
            && options.max_depth.is_none_or(|limit| depth <= limit)
    }

    fn value(&self, column: Column, id: NodeId) -> u64 {
        let profile = self.text.profile;
        match column {
            Column::Total => profile.node(id).total,
            Column::SelfTime => profile.self_value(id),
            Column::Wait => profile.wait(id),
            Column::Children => profile.children_value(id),
        }
    }

    fn write(&mut self, out: &mut dyn Write) -> Result<(), Error> {
        if !self.shown[0] {
            writeln!(out, "(no method within the limits of this report)")?;
            return Ok(());
        }
        let profile = self.text.profile;
        let mut open = vec![(self.root, 0)];
        while let Some((id, depth)) = open.pop() {
            self.line(id, depth, out)?;
            let mut callees: Vec<NodeId> = profile
                .children(id)
                .filter(|callee| self.shown[self.place(*callee)])
                .collect();
            if let Some(column) = self.text.options.sort_by {
                callees.sort_by_key(|callee| Reverse(self.value(column, *callee)));
            }
            open.extend(callees.into_iter().rev().map(|callee| (callee, depth + 1)));
        }
        Ok(())
    }

    fn line(&mut self, id: NodeId, depth: usize, out: &mut dyn Write) -> Result<(), Error> {
        let profile = self.text.profile;
        let node = profile.node(id);
        let name = self.names[node.method.index()]
            .get_or_insert_with(|| short_name(profile.method(node.method)));
        write!(out, "{:width$}", "", width = 2 * depth.min(MAX_INDENT))?;
        if depth > MAX_INDENT {
            write!(out, "[{depth}] ")?;
        }
        write!(out, "{name} (")?;
        let columns = [
            ("tt", Column::Total),
            ("st", Column::SelfTime),
            ("wt", Column::Wait),
            ("ct", Column::Children),
        ];
        for (title, column) in columns {
            let value = self.text.scale.value(self.value(column, id));
            write!(out, "{title}:{value}, ")?;
        }
        write!(out, "call:{}", node.called)?;
        let partial = profile.partial(id);
        for (title, calls) in [("folded", partial.folded), ("untimed", partial.untimed)] {
            if calls > 0 {
                write!(out, ", {title}:{calls}")?;
            }
        }
        if self.text.has_latency() {
            let latency = self.latencies.of(profile, id);
            let values = self.text.latency_values(latency.as_ref());
            for (title, value) in LATENCIES.iter().zip(values) {
                write!(out, ", {title}:{value}")?;
            }
        }
        writeln!(out, ")")?;
        Ok(())
    }
}
