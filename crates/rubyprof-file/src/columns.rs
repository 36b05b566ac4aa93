//! Call tree nodes as columns, and back. Loops only: a tree may be as deep as it is large.

use rubyprof_core::{MethodId, Node, NodeId, NodeParts, Profile};

use crate::error::Error;
use crate::layout::{Columns, Exception};

pub(crate) fn of(profile: &Profile) -> Columns {
    let nodes = profile.nodes();
    Columns {
        up: ups(nodes),
        method: nodes.iter().map(|node| node.method.0).collect(),
        called: nodes.iter().map(|node| node.called).collect(),
        own: nodes.iter().map(|node| NodeParts::from(node).own).collect(),
        site: nodes
            .iter()
            .map(|node| NodeParts::from(node).site)
            .collect(),
        totals: exceptions(unusual_totals(nodes).into_iter()),
    }
}

/// How many of the open nodes end before each node.
fn ups(nodes: &[Node]) -> Vec<u32> {
    let mut open: Vec<u32> = Vec::new();
    let ups = nodes.iter().zip(0..).map(|(node, index)| {
        let before = open.len();
        while open.pop_if(|end| *end <= index).is_some() {}
        let up = before - open.len();
        open.push(NodeParts::from(node).end);
        up as u32
    });
    ups.collect()
}

fn unusual_totals(nodes: &[Node]) -> Vec<(NodeId, u64)> {
    let mut unusual = Vec::new();
    let mut below = vec![0_u64; nodes.len()];
    for (index, node) in nodes.iter().map(NodeParts::from).enumerate().rev() {
        if below[index].checked_add(node.own) != Some(node.total) {
            unusual.push((NodeId(index as u32), node.total));
        }
        if let Some(parent) = node.parent {
            // A profile's check forbids sums of callees that are too large.
            let sum = &mut below[parent.index()];
            *sum = sum.saturating_add(node.total);
        }
    }
    unusual.reverse();
    unusual
}

/// Numbers of some nodes, which are in ascending order.
pub(crate) fn exceptions(numbers: impl Iterator<Item = (NodeId, u64)>) -> Vec<Exception> {
    let mut next = 0;
    let exceptions = numbers.map(|(node, value)| {
        let skip = node.0 - next;
        next = node.0 + 1;
        Exception { skip, value }
    });
    exceptions.collect()
}

/// The way back from [`exceptions`]; what the numbers are says `what`.
pub(crate) fn numbers(
    exceptions: &[Exception],
    nodes: usize,
    what: &str,
) -> Result<Vec<(NodeId, u64)>, Error> {
    let mut next = 0_u64;
    let mut numbers = Vec::with_capacity(exceptions.len());
    for exception in exceptions {
        let node = next + u64::from(exception.skip);
        if node >= nodes as u64 {
            let text = format!("it has a {what} of node {node}, and {nodes} nodes");
            return Err(Error::Malformed(text));
        }
        next = node + 1;
        numbers.push((NodeId(node as u32), exception.value));
    }
    Ok(numbers)
}

/// The nodes, and the roots in their order.
pub(crate) fn nodes(columns: Columns, overhead: &[u64]) -> Result<(Vec<Node>, Vec<NodeId>), Error> {
    let count = columns.up.len();
    let lengths = [
        columns.method.len(),
        columns.called.len(),
        columns.own.len(),
        columns.site.len(),
        overhead.len(),
    ];
    if lengths != [count; 5] {
        let text = format!("its columns have {count} and {lengths:?} nodes");
        return Err(Error::Malformed(text));
    }
    let tree = Tree::of(&columns.up)?;
    let totals = totals(&columns, &tree)?;
    let nodes = (0..count).map(|index| {
        Node::from(NodeParts {
            called: columns.called[index],
            total: totals[index],
            own: columns.own[index],
            overhead: overhead[index],
            parent: tree.parents[index],
            end: tree.ends[index],
            method: MethodId(columns.method[index]),
            site: columns.site[index],
        })
    });
    Ok((nodes.collect(), tree.roots))
}

struct Tree {
    parents: Vec<Option<NodeId>>,
    ends: Vec<u32>,
    roots: Vec<NodeId>,
}

impl Tree {
    fn of(ups: &[u32]) -> Result<Self, Error> {
        let Ok(count) = u32::try_from(ups.len()) else {
            return Err(Error::Malformed("it has too many nodes".into()));
        };
        let mut tree = Self {
            parents: Vec::with_capacity(ups.len()),
            ends: vec![count; ups.len()],
            roots: Vec::new(),
        };
        let mut open: Vec<NodeId> = Vec::new();
        for (id, up) in (0..count).map(NodeId).zip(ups) {
            let Some(left) = open.len().checked_sub(*up as usize) else {
                let text = format!("node {} is {up} levels up from depth {}", id.0, open.len());
                return Err(Error::Malformed(text));
            };
            for ended in open.drain(left..) {
                tree.ends[ended.index()] = id.0;
            }
            if open.is_empty() {
                tree.roots.push(id);
            }
            tree.parents.push(open.last().copied());
            open.push(id);
        }
        Ok(tree)
    }
}

fn totals(columns: &Columns, tree: &Tree) -> Result<Vec<u64>, Error> {
    let count = columns.own.len();
    let mut unusual = numbers(&columns.totals, count, "total")?;
    let mut totals = vec![0_u64; count];
    for index in (0..count).rev() {
        let known = unusual.pop_if(|(node, _)| node.index() == index);
        // Up to here it is the sum of the callees' totals.
        let total = match known {
            Some((_, total)) => Some(total),
            None => totals[index].checked_add(columns.own[index]),
        };
        let too_large =
            || Error::Malformed(format!("the total of node {index} has more than 64 bits"));
        let total = total.ok_or_else(too_large)?;
        totals[index] = total;
        if let Some(parent) = tree.parents[index] {
            let sum = &mut totals[parent.index()];
            // What is too large shows at the parent, unless its total is given.
            *sum = sum.saturating_add(total);
        }
    }
    Ok(totals)
}
