//! The model of ruby-prof-rs: numeric events in, a [`Profile`] out. No Ruby, no clock, no I/O.
//!
//! # Terms
//!
//! - A **profile** is what was recorded between start and stop: one call tree per fiber.
//! - A **call tree** is made of call paths. A node is a method called along the path of its parent,
//!   and has **called** (how often), **total** (between calls and returns, callees included),
//!   **self** (the part that is not a callee's, nor waiting), **wait** (while another thread or fiber
//!   ran) and **children** time (the callees').
//! - The **call graph** is the tree folded by method, with **callers** and **callees**.
//! - **Overhead** is what the profiler's own work took: part of a node's own time, and taken off it to
//!   **compensate**. **GC time** is the part of self time in which garbage was collected.
//! - The **ledger** says where wall time went: **running**, **GVL wait**, **blocked**, GC, overhead.
//! - The **measure mode** says what the numbers are: integer nanoseconds, or objects.
//!
//! # Flow
//!
//! An embedder, which knows the running program, feeds a [`Recorder`] and answers its questions
//! through [`Host`]. [`Recorder::finish`] gives a [`Profile`], which nothing alters any more.
//! [`ProfileBuilder`] makes one by hand, [`Forest`] one of trees that change, [`Profile::from_parts`] one from what
//! another process sent. [`Profile::merged`], [`Profile::without`] and their kin make new ones of others.

#![forbid(unsafe_code)]

mod allocation;
mod builder;
mod call_graph;
mod call_tree;
mod calls;
mod check;
mod fan_out;
mod fiber;
mod finish;
mod forest;
mod framework;
mod growth;
mod hash;
mod host;
mod inconsistent;
mod latency;
mod layout;
mod ledger;
mod measure;
mod merge;
mod method;
mod methods;
mod overhead;
mod partial;
mod parts;
mod portable;
mod profile;
mod recorder;
mod source;
mod tally;
mod weave;

pub use allocation::Allocation;
pub use builder::{Path, ProfileBuilder};
pub use call_graph::{CallGraph, Edge, MethodRow};
pub use calls::{CallCounts, CallEdge, CountedMethod, StackFrame};
pub use fan_out::{FanOut, FanOuts};
pub use finish::{Scale, Settings};
pub use forest::{AdoptError, Forest, Numbers, Twig, TwigId};
pub use framework::Framework;
pub use growth::{BadCounts, Counts, Growth};
pub use hash::BuildMix;
pub use host::{Away, FiberOrigin, Host, LiveFrame, MethodName, Names};
pub use inconsistent::{Inconsistent, Of};
pub use latency::{
    CallOverhead, Latencies, Latency, LatencyCounts, LatencyRow, MethodLatencies, TreeLatencies,
};
pub use ledger::{Ledger, Stopped};
pub use measure::{MeasureMode, Unit};
pub use merge::{DifferentModes, MergeBy};
pub use method::{Method, MethodId, MethodKey, OwnerKind};
pub use methods::{MethodOrigin, RecordedMethod};
pub use overhead::{Cost, Costs, Doubt, Doubts, EventKind, ITERATORS, Overhead};
pub use partial::Partial;
pub use parts::{Inside, NodeParts, Parts};
pub use profile::{Node, NodeId, Profile, Thread};
pub use recorder::{Budget, Limits, Recorder};
pub use source::{FileId, Location, Sources};
