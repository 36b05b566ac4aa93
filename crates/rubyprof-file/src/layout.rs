//! What the body of a file holds, in this order, encoded by postcard: a [`Body`], and since version 2 an [`Addition`].
//!
//! Indexes count from 0. An index that may be missing is one more than itself, and 0 without.

use serde::{Deserialize, Serialize};

/// All that version 1 has.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Body {
    /// The number of the measure mode.
    pub(crate) measure_mode: u8,
    pub(crate) track_allocations: bool,
    pub(crate) c_calls: bool,
    pub(crate) clock: String,
    /// Names of source files.
    pub(crate) files: Vec<String>,
    pub(crate) methods: Vec<MethodRow>,
    /// Places calls were made at.
    pub(crate) sites: Vec<Place>,
    pub(crate) threads: Vec<ThreadRow>,
    pub(crate) nodes: Columns,
    /// Waiting times, by node.
    pub(crate) waits: Vec<Exception>,
    pub(crate) allocations: Vec<AllocationRow>,
}

/// What version 2 has beyond that.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Addition {
    pub(crate) operators: bool,
    pub(crate) compensated: bool,
    pub(crate) costs: CostsRow,
    /// By thread.
    pub(crate) unexplained: Vec<u64>,
    /// By node: a column like those of [`Columns`].
    pub(crate) overhead: Vec<u64>,
    /// GC times, by node.
    pub(crate) gcs: Vec<Exception>,
    /// How often the garbage collector set to work, by node.
    pub(crate) collections: Vec<Exception>,
    /// Times blocked, by node.
    pub(crate) blocked: Vec<Exception>,
    /// GVL waits, by node.
    pub(crate) gvl_waits: Vec<Exception>,
    /// By thread.
    pub(crate) cpus: Vec<Option<u64>>,
    /// Calls made along other paths, by node.
    pub(crate) folded: Vec<Exception>,
    /// Those of them that were made while the method was running, by node.
    pub(crate) recursive: Vec<Exception>,
    /// Calls that were not timed, by node.
    pub(crate) untimed: Vec<Exception>,
    /// How long single calls took, by node.
    pub(crate) latencies: LatencyColumns,
}

/// How long calls took, by node. The first four are of one length, the others of another.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct LatencyColumns {
    /// Nodes between the one before it, or the beginning, and this.
    pub(crate) skip: Vec<u32>,
    /// The shortest call.
    pub(crate) min: Vec<u64>,
    /// By how much the longest is longer; if it is not, these are one.
    pub(crate) span: Vec<u64>,
    /// How many buckets there are of other calls.
    pub(crate) others: Vec<u16>,
    /// Buckets between the one before it and this; of a node's first, between that of its shortest call, which counts too, and this.
    pub(crate) gap: Vec<u16>,
    pub(crate) calls: Vec<u64>,
}

/// Pairs are the inner and the outer part of a cost.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct CostsRow {
    pub(crate) ruby: (u64, u64),
    pub(crate) c: (u64, u64),
    pub(crate) operator: (u64, u64),
    pub(crate) new_path: u64,
    pub(crate) object: u64,
    pub(crate) switch: u64,
    pub(crate) spread: u32,
    pub(crate) unknown: u32,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MethodRow {
    /// In full: a name that rows refer to could cost the reader any multiple of its length.
    pub(crate) class_name: String,
    pub(crate) kind: u8,
    pub(crate) name: Option<String>,
    pub(crate) place: Place,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    /// Index of a file, plus 1; 0 without.
    pub(crate) file: u32,
    pub(crate) line: u32,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ThreadRow {
    pub(crate) id: u64,
    pub(crate) fiber_id: u64,
}

/// The nodes in preorder, thread after thread. The first five are of one length.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Columns {
    /// How far up from the node before it the node's parent is: 0 for that node itself, 1 for its
    /// parent. Beyond the root a thread begins.
    pub(crate) up: Vec<u32>,
    /// Index of a method.
    pub(crate) method: Vec<u32>,
    pub(crate) called: Vec<u64>,
    /// What no callee has.
    pub(crate) own: Vec<u64>,
    /// Index of a call site.
    pub(crate) site: Vec<u32>,
    /// Totals that are not `own` and the callees' totals.
    pub(crate) totals: Vec<Exception>,
}

/// A number that only some nodes have.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Exception {
    /// Nodes between the one before it in the list, or the beginning, and this.
    pub(crate) skip: u32,
    pub(crate) value: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AllocationRow {
    /// Index of a thread.
    pub(crate) thread: u32,
    /// Index of a method.
    pub(crate) method: u32,
    pub(crate) class_name: String,
    pub(crate) kind: u8,
    pub(crate) place: Place,
    pub(crate) count: u64,
    pub(crate) bytes: u64,
}
