//! Calls that were not recorded in full, as columns, and back.

use std::collections::BTreeMap;

use rubyprof_core::{NodeId, Partial, Profile};

use crate::columns;
use crate::error::Error;
use crate::layout::{Addition, Exception};

/// One of the numbers, of the nodes that have it.
pub(crate) fn column(profile: &Profile, number: fn(&Partial) -> u64) -> Vec<Exception> {
    let numbers = profile.partials().iter();
    let numbers = numbers.map(|(node, partial)| (*node, number(partial)));
    columns::exceptions(numbers.filter(|(_, number)| *number > 0))
}

/// The way back: what nodes have of all three.
pub(crate) fn calls(from: &Addition, nodes: usize) -> Result<Vec<(NodeId, Partial)>, Error> {
    let mut calls: BTreeMap<NodeId, Partial> = BTreeMap::new();
    for (node, number) in columns::numbers(&from.folded, nodes, "number of folded calls")? {
        calls.entry(node).or_default().folded = number;
    }
    for (node, number) in columns::numbers(&from.recursive, nodes, "number of recursive calls")? {
        calls.entry(node).or_default().recursive = number;
    }
    for (node, number) in columns::numbers(&from.untimed, nodes, "number of untimed calls")? {
        calls.entry(node).or_default().untimed = number;
    }
    calls.retain(|_, partial| !partial.is_none());
    Ok(calls.into_iter().collect())
}
