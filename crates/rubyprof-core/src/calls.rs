//! Calls counted by who makes them and where: no tree, no times.

use std::collections::HashMap;

use crate::hash::BuildMix;
use crate::method::MethodKey;
use crate::source::{Location, Sources};

/// A method that called or was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CountedMethod {
    /// Its identity.
    pub key: MethodKey,
    /// Where it is defined.
    pub definition: Location,
}

/// The calls of one method that another one's code makes in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallEdge {
    /// The called method, an index into [`CallCounts::methods`].
    pub callee: usize,
    /// The method whose code calls, likewise.
    pub caller: usize,
    /// Where the call is written.
    pub site: Location,
    /// How often.
    pub called: u64,
}

/// A frame of a stack: a method, an index into [`CallCounts::methods`], and where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StackFrame {
    /// The method whose code runs.
    pub method: usize,
    /// Where it calls the frame above it.
    pub site: Location,
}

/// Counts calls.
#[derive(Debug, Default)]
pub struct CallCounts {
    sources: Sources,
    methods: Vec<CountedMethod>,
    indexes: HashMap<MethodKey, usize, BuildMix>,
    edges: Vec<CallEdge>,
    edge_indexes: HashMap<(usize, usize, Location), usize>,
    /// The edge that was counted last.
    last: usize,
    stacks: HashMap<Vec<StackFrame>, usize>,
    stack_counts: Vec<u64>,
}

/// More distinct stacks than this say no more about where calls come from, and take memory: a
/// recursion has one for each depth. Calls of further ones are counted by edges only.
const MAX_STACKS: usize = 10_000;

impl CallCounts {
    /// Nothing counted.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The names of source files.
    pub fn sources_mut(&mut self) -> &mut Sources {
        &mut self.sources
    }

    /// The names of source files.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The index of a method, if it was seen.
    #[inline]
    #[must_use]
    pub fn find(&self, key: MethodKey) -> Option<usize> {
        self.indexes.get(&key).copied()
    }

    /// Makes a method known. Returns its index.
    pub fn add(&mut self, key: MethodKey, definition: Location) -> usize {
        if let Some(index) = self.find(key) {
            return index;
        }
        let index = self.methods.len();
        self.methods.push(CountedMethod { key, definition });
        self.indexes.insert(key, index);
        index
    }

    /// Counts one call. `callee` and `caller` are indexes that [`add`](Self::add) gave.
    pub fn count(&mut self, callee: usize, caller: usize, site: Location) {
        if let Some(edge) = self.edges.get_mut(self.last)
            && (edge.callee, edge.caller, edge.site) == (callee, caller, site)
        {
            edge.called += 1;
            return;
        }
        let next = self.edges.len();
        let index = *self
            .edge_indexes
            .entry((callee, caller, site))
            .or_insert(next);
        match self.edges.get_mut(index) {
            Some(edge) => edge.called += 1,
            None => self.edges.push(CallEdge {
                callee,
                caller,
                site,
                called: 1,
            }),
        }
        self.last = index;
    }

    /// Makes a stack known, innermost caller first, on which no call was counted yet. `None` if there are too many.
    pub fn add_stack(&mut self, stack: &[StackFrame]) -> Option<usize> {
        if let Some(index) = self.stacks.get(stack) {
            return Some(*index);
        }
        let index = self.stack_counts.len();
        (index < MAX_STACKS).then(|| {
            self.stacks.insert(stack.to_vec(), index);
            self.stack_counts.push(0);
            index
        })
    }

    /// Counts one call on a stack, an index that [`add_stack`](Self::add_stack) gave.
    pub fn count_stack(&mut self, index: usize) {
        if let Some(called) = self.stack_counts.get_mut(index) {
            *called += 1;
        }
    }

    /// The methods, in the order in which they were first seen.
    #[must_use]
    pub fn methods(&self) -> &[CountedMethod] {
        &self.methods
    }

    /// The edges, in the order of their first calls.
    #[must_use]
    pub fn edges(&self) -> &[CallEdge] {
        &self.edges
    }

    /// The stacks with how many calls were made on each, in the order of the first ones.
    #[must_use]
    pub fn stacks(&self) -> Vec<(&[StackFrame], u64)> {
        let mut stacks: Vec<_> = self.stacks.iter().collect();
        stacks.sort_unstable_by_key(|(_, index)| **index);
        stacks
            .into_iter()
            .map(|(stack, index)| (stack.as_slice(), self.stack_counts[*index]))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn method(counts: &mut CallCounts, owner: u64) -> usize {
        let key = MethodKey { owner, called: 1 };
        counts.add(key, Location::default())
    }

    fn line(line: u32) -> Location {
        Location { file: None, line }
    }

    #[test]
    fn edges_are_told_apart_by_callee_caller_and_line() {
        let mut counts = CallCounts::new();
        let (a, b) = (method(&mut counts, 1), method(&mut counts, 2));
        for site in [line(1), line(2), line(1), line(1)] {
            counts.count(a, b, site);
        }
        counts.count(b, a, line(1));
        counts.count(a, b, line(2));
        let called: Vec<_> = counts
            .edges()
            .iter()
            .map(|edge| (edge.callee, edge.site.line, edge.called))
            .collect();
        assert_eq!(called, [(a, 1, 3), (a, 2, 2), (b, 1, 1)]);
    }

    #[test]
    fn a_method_is_known_once() {
        let mut counts = CallCounts::new();
        assert_eq!(method(&mut counts, 7), method(&mut counts, 7));
        assert_eq!(counts.methods().len(), 1);
    }

    #[test]
    fn stacks_are_counted_up_to_a_limit() {
        let mut counts = CallCounts::new();
        let method = method(&mut counts, 1);
        let mut count = |number: u32| {
            let index = counts.add_stack(&[StackFrame {
                method,
                site: line(number),
            }]);
            index.map(|index| counts.count_stack(index)).is_some()
        };
        let counted = (0..MAX_STACKS as u32 + 5).filter(|number| count(*number));
        assert_eq!(counted.count(), MAX_STACKS);
        assert!(count(3));
        let stacks = counts.stacks();
        assert_eq!(stacks.len(), MAX_STACKS);
        assert_eq!((stacks[3].0[0].site, stacks[3].1), (line(3), 2));
        assert_eq!(stacks[4].1, 1);
    }
}
