//! A profile taken apart and put together again: the door for files and other senders.

use crate::allocation::Allocation;
use crate::inconsistent::{Inconsistent, Of};
use crate::measure::MeasureMode;
use crate::method::{Method, MethodId};
use crate::profile::{NO_PARENT, Node, NodeId, Profile, Thread};
use crate::source::{FileId, Location};

/// Everything a [`Profile`] is made of.
///
/// Indexes are positions: a [`FileId`] in `files`, a [`MethodId`] in `methods`, a [`NodeId`] in `nodes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// What was measured.
    pub measure_mode: MeasureMode,
    /// Whether allocated objects were recorded by class and line.
    pub track_allocations: bool,
    /// Whether calls of C functions were recorded.
    pub c_calls: bool,
    /// The clock, in words.
    pub clock: String,
    /// All methods.
    pub methods: Vec<Method>,
    /// Names of source files.
    pub files: Vec<String>,
    /// Places that calls were made at; nodes name them by position.
    pub sites: Vec<Location>,
    /// The threads, in the order of their nodes.
    pub threads: Vec<Thread>,
    /// All nodes in preorder, thread after thread.
    pub nodes: Vec<Node>,
    /// Waiting time of the nodes that waited, by node.
    pub waits: Vec<(NodeId, u64)>,
    /// Allocations by thread, then method.
    pub allocations: Vec<Allocation>,
}

/// The parts of a [`Profile`] that its other functions do not show, to look at.
#[derive(Clone, Copy, Debug)]
pub struct Inside<'a> {
    /// Names of source files.
    pub files: &'a [String],
    /// Places that calls were made at; nodes name them by position.
    pub sites: &'a [Location],
    /// Waiting time of the nodes that waited, by node.
    pub waits: &'a [(NodeId, u64)],
}

/// All fields of a [`Node`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeParts {
    /// As [`Node::called`].
    pub called: u64,
    /// As [`Node::total`].
    pub total: u64,
    /// The part of `total` that no callee has, waiting included. A hand-made tree may say anything.
    pub own: u64,
    /// The caller's node; `None` at a root.
    pub parent: Option<NodeId>,
    /// One past the last node of this subtree.
    pub end: u32,
    /// As [`Node::method`].
    pub method: MethodId,
    /// Where the parent was when it first called this path: a position in [`Parts::sites`].
    pub site: u32,
}

impl From<NodeParts> for Node {
    fn from(parts: NodeParts) -> Self {
        Self {
            called: parts.called,
            total: parts.total,
            own: parts.own,
            parent: parts.parent.map_or(NO_PARENT, |parent| parent.0),
            end: parts.end,
            method: parts.method,
            site: parts.site,
        }
    }
}

impl From<&Node> for NodeParts {
    fn from(node: &Node) -> Self {
        Self {
            called: node.called,
            total: node.total,
            own: node.own,
            parent: (node.parent != NO_PARENT).then_some(NodeId(node.parent)),
            end: node.end,
            method: node.method,
            site: node.site,
        }
    }
}

impl Profile {
    /// The parts that have no other function, to look at.
    pub fn inside(&self) -> Inside<'_> {
        Inside {
            files: &self.files,
            sites: &self.sites,
            waits: &self.waits,
        }
    }

    /// The profile taken apart. [`from_parts`](Self::from_parts) is the way back.
    pub fn into_parts(self) -> Parts {
        Parts {
            measure_mode: self.measure_mode,
            track_allocations: self.track_allocations,
            c_calls: self.c_calls,
            clock: self.clock,
            methods: self.methods,
            files: self.files,
            sites: self.sites,
            threads: self.threads,
            nodes: self.nodes,
            waits: self.waits,
            allocations: self.allocations,
        }
    }

    /// A copy of the profile, taken apart.
    pub fn parts(&self) -> Parts {
        self.clone().into_parts()
    }

    /// The profile made of `parts`.
    ///
    /// # Errors
    ///
    /// What is wrong first, if anything is that reports and merges rely on. See
    /// [`check`](Self::check).
    pub fn from_parts(parts: Parts) -> Result<Self, Inconsistent> {
        let profile = Self {
            measure_mode: parts.measure_mode,
            track_allocations: parts.track_allocations,
            c_calls: parts.c_calls,
            clock: parts.clock,
            methods: parts.methods,
            files: parts.files,
            sites: parts.sites,
            threads: parts.threads,
            nodes: parts.nodes,
            waits: parts.waits,
            allocations: parts.allocations,
        };
        profile.check()?;
        Ok(profile)
    }

    /// Whether the profile is one that reports and merges can rely on. One pass, no recursion.
    ///
    /// Indexes are in range. Nodes are in preorder, `parent` and `end` tell the same trees, and
    /// threads follow each other without a gap. Waits are ordered by node, allocations by thread and
    /// method. No sum that a report makes is too large for 64 bits. Two callees of a node may be the
    /// same method; merging makes them one.
    ///
    /// # Errors
    ///
    /// What is wrong first.
    pub fn check(&self) -> Result<(), Inconsistent> {
        self.check_places()?;
        self.check_tree()?;
        self.check_waits()?;
        self.check_allocations()?;
        self.check_sums()
    }

    fn check_places(&self) -> Result<(), Inconsistent> {
        for (what, length) in [
            (Of::File, self.files.len()),
            (Of::Method, self.methods.len()),
            (Of::Site, self.sites.len()),
            (Of::Thread, self.threads.len()),
            (Of::Node, self.nodes.len()),
        ] {
            // The largest number stands for none.
            if length >= u32::MAX as usize {
                return Err(Inconsistent::TooMany(what));
            }
        }
        for (index, method) in self.methods.iter().enumerate() {
            self.check_file(Of::Method, index, method.file)?;
        }
        for (index, site) in self.sites.iter().enumerate() {
            self.check_file(Of::Site, index, site.file)?;
        }
        Ok(())
    }

    fn check_file(&self, of: Of, index: usize, file: Option<FileId>) -> Result<(), Inconsistent> {
        match file {
            Some(file) => refer(of, index, Of::File, file.index(), self.files.len()),
            None => Ok(()),
        }
    }

    fn check_tree(&self) -> Result<(), Inconsistent> {
        // The nodes whose subtrees reach to the one looked at, outermost first.
        let mut open: Vec<(u32, u32)> = Vec::new();
        let mut threads = self.threads.iter();
        for (index, node) in self.nodes.iter().enumerate() {
            let id = index as u32;
            while open.pop_if(|(_, end)| *end <= id).is_some() {}
            let limit = match open.last() {
                None => {
                    let next = threads.next();
                    if next.is_none_or(|thread| thread.root.0 != id) {
                        return Err(Inconsistent::NoThread(id));
                    }
                    self.nodes.len() as u32
                }
                Some((_, end)) => *end,
            };
            if node.parent != open.last().map_or(NO_PARENT, |(parent, _)| *parent) {
                return Err(Inconsistent::Parent(id));
            }
            if node.end <= id || node.end > limit {
                return Err(Inconsistent::End(id));
            }
            refer(
                Of::Node,
                index,
                Of::Method,
                node.method.index(),
                self.methods.len(),
            )?;
            refer(
                Of::Node,
                index,
                Of::Site,
                node.site as usize,
                self.sites.len(),
            )?;
            open.push((id, node.end));
        }
        let left = threads.len();
        match left {
            0 => Ok(()),
            _ => Err(Inconsistent::NoRoot((self.threads.len() - left) as u32)),
        }
    }

    fn check_waits(&self) -> Result<(), Inconsistent> {
        for (index, (node, _)) in self.waits.iter().enumerate() {
            refer(Of::Wait, index, Of::Node, node.index(), self.nodes.len())?;
            if index > 0 && self.waits[index - 1].0 >= *node {
                return Err(Inconsistent::Order(Of::Wait, index));
            }
        }
        Ok(())
    }

    fn check_allocations(&self) -> Result<(), Inconsistent> {
        let of = Of::Allocation;
        let mut last = None;
        for (index, one) in self.allocations.iter().enumerate() {
            let (thread, method) = (one.thread as usize, one.method.index());
            refer(of, index, Of::Thread, thread, self.threads.len())?;
            refer(of, index, Of::Method, method, self.methods.len())?;
            self.check_file(of, index, one.location.file)?;
            if last > Some((thread, method)) {
                return Err(Inconsistent::Order(of, index));
            }
            last = Some((thread, method));
        }
        Ok(())
    }

    /// Reports add numbers up without looking.
    fn check_sums(&self) -> Result<(), Inconsistent> {
        sum("calls", self.nodes.iter().map(|node| node.called))?;
        sum("self times", self.nodes.iter().map(|node| node.own))?;
        sum("waiting times", self.waits.iter().map(|(_, wait)| *wait))?;
        sum("objects", self.allocations.iter().map(|one| one.count))?;
        sum("bytes", self.allocations.iter().map(|one| one.bytes))?;
        // Totals are only added for nodes of which none is above another. The largest such sum below
        // a node is its own total or that of its callees' largest sums.
        let mut largest = vec![0_u64; self.nodes.len()];
        let mut all = 0_u64;
        let too_large = Inconsistent::Sum("total times");
        for (index, node) in self.nodes.iter().enumerate().rev() {
            let below = largest[index].max(node.total);
            let above = match largest.get_mut(node.parent as usize) {
                Some(parent) => parent,
                None => &mut all,
            };
            *above = above.checked_add(below).ok_or(too_large)?;
        }
        Ok(())
    }
}

/// `of` number `index` refers to `to` number `target`, of which there are `length`.
fn refer(of: Of, index: usize, to: Of, target: usize, length: usize) -> Result<(), Inconsistent> {
    match target < length {
        true => Ok(()),
        false => Err(Inconsistent::Unknown {
            of,
            index,
            to,
            target,
        }),
    }
}

fn sum(what: &'static str, mut numbers: impl Iterator<Item = u64>) -> Result<(), Inconsistent> {
    numbers
        .try_fold(0_u64, u64::checked_add)
        .map(|_| ())
        .ok_or(Inconsistent::Sum(what))
}
