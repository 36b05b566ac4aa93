//! What can be wrong with the parts of a profile.

use std::fmt;

/// A list of a profile's [`Parts`](crate::Parts).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// `files`.
    File,
    /// `methods`.
    Method,
    /// `sites`.
    Site,
    /// `threads`.
    Thread,
    /// `nodes`.
    Node,
    /// `waits`.
    Wait,
    /// `gcs`.
    Gc,
    /// `collections`.
    Collection,
    /// `stops`.
    Stop,
    /// `partials`.
    Partial,
    /// `latencies`.
    Latency,
    /// `allocations`.
    Allocation,
}

/// Why [`Parts`](crate::Parts) are no profile. Numbers are positions in their lists, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Inconsistent {
    /// A list is longer than its indexes can tell.
    TooMany(Of),
    /// Something refers to what is not there.
    Unknown {
        /// The list of what refers.
        of: Of,
        /// Its position.
        index: usize,
        /// The list that is referred to.
        to: Of,
        /// The position that is not there.
        target: usize,
    },
    /// The node is below no other and no thread's root either.
    NoThread(u32),
    /// The thread's root is not where the tree before it ends.
    NoRoot(u32),
    /// The node's parent is not the node below which it stands.
    Parent(u32),
    /// The node's subtree ends before it begins, or after its parent's.
    End(u32),
    /// The entry stands behind one that belongs behind it, or of which there can be only one.
    Order(Of, usize),
    /// GC time, time stopped and overhead are parts of the node's own time, and are more than that.
    Part(u32),
    /// The node has latencies of more calls than it has, or of none, or its shortest call, its longest and its buckets do
    /// not go together.
    Latency(u32),
    /// These numbers add up to more than 64 bits hold.
    Sum(&'static str),
}

impl Of {
    fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Method => "method",
            Self::Site => "call site",
            Self::Thread => "thread",
            Self::Node => "call tree node",
            Self::Wait => "waiting time",
            Self::Gc => "GC time",
            Self::Collection => "collection",
            Self::Stop => "time stopped",
            Self::Partial => "count of partial calls",
            Self::Latency => "latency",
            Self::Allocation => "allocation",
        }
    }
}

impl fmt::Display for Inconsistent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany(of) => write!(f, "there are too many {}s", of.name()),
            Self::Unknown {
                of,
                index,
                to,
                target,
            } => {
                let (of, to) = (of.name(), to.name());
                write!(
                    f,
                    "{of} {index} refers to {to} {target}, which does not exist"
                )
            }
            Self::NoThread(node) => write!(f, "call tree node {node} belongs to no thread"),
            Self::NoRoot(thread) => {
                write!(
                    f,
                    "thread {thread} does not begin where the one before it ends"
                )
            }
            Self::Parent(node) => {
                write!(
                    f,
                    "call tree node {node} names another parent than the node above it"
                )
            }
            Self::End(node) => {
                write!(
                    f,
                    "the subtree of call tree node {node} ends in a wrong place"
                )
            }
            Self::Order(of, index) => write!(f, "{} {index} is out of order", of.name()),
            Self::Part(node) => {
                write!(
                    f,
                    "GC time, time stopped and overhead of call tree node {node} are more than its own time"
                )
            }
            Self::Latency(node) => {
                write!(
                    f,
                    "call tree node {node} has latencies that its calls cannot have"
                )
            }
            Self::Sum(what) => write!(f, "the {what} add up to more than 64 bits hold"),
        }
    }
}

impl std::error::Error for Inconsistent {}
