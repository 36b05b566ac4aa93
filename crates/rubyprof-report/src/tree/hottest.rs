//! The most important paths as rows, for readers without JavaScript.

use std::cmp::Reverse;

use rubyprof_core::NodeId;
use serde::Serialize;

use super::paths::Paths;
use crate::page::Line;
use crate::selection::percent;

/// Longer names are cut, and files with longer paths not named: either may be a megabyte, and stands in
/// many rows. The page's data has them whole.
const LONGEST_NAME: usize = 400;
const LONGEST_PATH: usize = 4_000;

/// A path as a row of a list.
#[derive(Serialize)]
pub(crate) struct PathRow {
    /// At a root: the thread and the fiber.
    thread: Option<(u64, u64)>,
    level: usize,
    share: f64,
    share_of_caller: f64,
    name: String,
    line: Option<Line>,
    called: u64,
    total: u64,
    own: u64,
}

/// The `count` paths with the largest totals and their callers, callers first.
pub(crate) fn hottest(paths: &Paths<'_>, count: usize) -> Vec<PathRow> {
    let profile = paths.profile;
    let mut nodes: Vec<NodeId> = paths.nodes().collect();
    let key = |id: &NodeId| (Reverse(profile.node(*id).total), *id);
    if nodes.len() > count {
        nodes.select_nth_unstable_by_key(count, key);
        nodes.truncate(count);
    }
    nodes.sort_unstable();
    let mut threads = profile.threads().iter().peekable();
    let mut total = 0;
    let rows = nodes.into_iter().map(|id| {
        let node = profile.node(id);
        let parent = profile.parent(id);
        let mut thread = None;
        while let Some(next) = threads.next_if(|thread| thread.root <= id) {
            total = profile.node(next.root).total;
            thread = Some((next.id, next.fiber_id)).filter(|_| next.root == id);
        }
        let of_caller = parent.map_or(total, |parent| profile.node(parent).total);
        let method = profile.method(node.method);
        let file = method
            .file
            .filter(|file| profile.file(*file).len() <= LONGEST_PATH);
        PathRow {
            thread,
            level: profile.depth(id),
            share: percent(node.total, total),
            share_of_caller: percent(node.total, of_caller),
            name: clipped(method.full_name()),
            line: Line::new(profile, file, method.line),
            called: node.called,
            total: node.total,
            own: profile.self_value(id),
        }
    });
    rows.collect()
}

fn clipped(mut name: String) -> String {
    if name.len() > LONGEST_NAME {
        let end = (0..=LONGEST_NAME)
            .rev()
            .find(|at| name.is_char_boundary(*at));
        name.truncate(end.unwrap_or(0));
        name.push('…');
    }
    name
}
