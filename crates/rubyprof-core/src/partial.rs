//! Calls that are counted but not recorded in full.

use crate::profile::{NodeId, Profile};

/// How many of a node's calls are counted there and lack something else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Partial {
    /// Made along another path, which has no node: a bound of the recording was reached. Their time is here too, unless
    /// they are untimed.
    pub folded: u64,
    /// Those of the folded calls that were made while the method was running already: recursion.
    pub recursive: u64,
    /// Not timed: their time is the caller's self time.
    pub untimed: u64,
}

impl Partial {
    /// Whether all calls were recorded in full.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// Adds up.
    pub fn add(&mut self, other: Self) {
        self.folded = self.folded.saturating_add(other.folded);
        self.recursive = self.recursive.saturating_add(other.recursive);
        self.untimed = self.untimed.saturating_add(other.untimed);
    }
}

impl Profile {
    /// A node's calls that are not recorded in full.
    pub fn partial(&self, id: NodeId) -> Partial {
        match self.partials.binary_search_by_key(&id, |(node, _)| *node) {
            Ok(index) => self.partials[index].1,
            Err(_) => Partial::default(),
        }
    }

    /// The nodes with such calls, in ascending order.
    pub fn partials(&self) -> &[(NodeId, Partial)] {
        &self.partials
    }

    /// Such calls of all nodes.
    pub fn partial_total(&self) -> Partial {
        let mut sum = Partial::default();
        for (_, partial) in &self.partials {
            sum.add(*partial);
        }
        sum
    }
}
