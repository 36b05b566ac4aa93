//! A profile as a few lines of text, for tests written by hand.

use rubyprof_core::Scale;

use super::driver::{Way, record_with};
use super::summary::{Summary, Tree};
use super::tape::Tape;
use super::{invariants, reference};

/// Records the tape and draws what comes out: a line a path, indented by depth, with the method's
/// number and `xcalled total/self/wait`; for every fiber first a line with its number.
///
/// Both ways of recording must agree with the reference model on everything, places and allocations
/// included, so a test needs to state only what it is about.
pub(crate) fn draw(tape: &Tape) -> String {
    let expected = reference::summary(tape, Scale::ONE);
    for way in [Way::Usual, Way::Slow] {
        let recorded = record_with(tape, Scale::ONE, way);
        invariants::check(&recorded.profile);
        assert_eq!(recorded.summary(), expected, "{way:?}");
    }
    lines(&expected)
}

/// The lines of a summary.
pub(crate) fn lines(summary: &Summary) -> String {
    let mut lines = String::new();
    for thread in &summary.threads {
        lines += &format!("f{}\n", thread.fiber_id);
        add(&thread.root, 1, &mut lines);
    }
    lines
}

fn add(tree: &Tree, depth: usize, lines: &mut String) {
    let (method, called, total, own, wait) = tree.numbers();
    let indent = " ".repeat(depth);
    *lines += &format!("{indent}m{method} x{called} {total}/{own}/{wait}\n");
    for child in &tree.children {
        add(child, depth + 1, lines);
    }
}

/// Compares what comes out of `tape` with the lines of `expected`. All but the first may have a
/// margin, which ends a column before the second line, that of the first root.
#[track_caller]
pub(crate) fn expect(tape: &Tape, expected: &str) {
    let margin = expected.lines().nth(1).map_or(0, |line| {
        let text = line.trim_start();
        line.len() - text.len() - 1
    });
    let expected: String = expected
        .lines()
        .enumerate()
        .map(|(number, line)| format!("{}\n", &line[if number == 0 { 0 } else { margin }..]))
        .collect();
    assert_eq!(draw(tape), expected, "from {tape:?}");
}
