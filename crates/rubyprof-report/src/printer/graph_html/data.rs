//! Callers, callees and allocations as numbers, for sections with too many of them.
//!
//! Names and files stand once in the page; a section refers to them by number. Everything is an
//! array of numbers (with -1 for none), because a key per value would be most of the bytes.

use std::fmt::Write;

use rubyprof_core::{CallGraph, Edge, Location, Profile};

use super::allocated::Allocated;
use crate::format::escape;
use crate::page::Files;

/// The names that the sections of a page share.
#[derive(Default)]
pub(super) struct Names {
    files: Files,
    used: bool,
}

impl Names {
    /// The page's number of a file; -1 for none.
    fn file(&mut self, location: Location) -> i64 {
        let number = location.file.map(|file| self.files.number(file));
        number.map_or(-1, i64::from)
    }

    /// `{"methods": [name, ...], "files": [[path, short name, uri or null], ...]}`; `None` if no
    /// section needs it.
    pub(super) fn json(&self, profile: &Profile) -> Option<String> {
        if !self.used {
            return None;
        }
        let mut json = String::from("{\"methods\":[");
        for (index, method) in profile.methods().iter().enumerate() {
            comma(index, &mut json);
            escape::json(&method.full_name(), &mut json);
        }
        json.push_str("],\"files\":");
        self.files.json(profile, &mut json);
        json.push('}');
        Some(json)
    }
}

/// `{"methods": [id, calls, ...], "edges": [caller, callee, calls, total, self, wait, file, line,
/// ...], "overheads": [of total less of self, of self, ...] (of edges, if told), "allocations": [[method, class, objects, file, line], ...]}` of one section.
pub(super) fn section<'a>(
    graph: &CallGraph,
    edges: impl Iterator<Item = &'a Edge> + Clone,
    allocations: &[Allocated<'_>],
    told: bool,
    names: &mut Names,
) -> String {
    names.used = true;
    let mut json = String::from("{\"methods\":[");
    for (index, row) in graph.rows().iter().enumerate() {
        comma(index, &mut json);
        put(&mut json, format_args!("{},{}", row.method.0, row.called));
    }
    json.push_str("],\"edges\":[");
    for (index, edge) in edges.clone().enumerate() {
        comma(index, &mut json);
        let file = names.file(edge.call_site);
        put(
            &mut json,
            format_args!(
                "{},{},{},{},{},{},{file},{}",
                edge.caller.0,
                edge.callee.0,
                edge.called,
                edge.total,
                edge.own,
                edge.wait,
                edge.call_site.line
            ),
        );
    }
    if told {
        json.push_str("],\"overheads\":[");
        for (index, edge) in edges.enumerate() {
            comma(index, &mut json);
            let (total, own) = (edge.total_doubt.overhead, edge.doubt.overhead);
            put(
                &mut json,
                format_args!("{},{own}", total.saturating_sub(own)),
            );
        }
    }
    json.push_str("],\"allocations\":[");
    for (index, allocation) in allocations.iter().enumerate() {
        comma(index, &mut json);
        put(&mut json, format_args!("[{},", allocation.method().0));
        escape::json(&allocation.class_name(), &mut json);
        let file = names.file(allocation.location());
        let line = allocation.location().line;
        put(
            &mut json,
            format_args!(",{},{file},{line}]", allocation.count),
        );
    }
    json.push_str("]}");
    json
}

fn comma(index: usize, json: &mut String) {
    if index > 0 {
        json.push(',');
    }
}

/// Writing to a String cannot fail.
fn put(json: &mut String, text: std::fmt::Arguments<'_>) {
    _ = json.write_fmt(text);
}
