//! The model of ruby-prof-rs: numeric events in, a [`Profile`] out.

mod allocation;
mod builder;
mod call_graph;
mod hash;
mod layout;
mod measure;
mod method;
mod profile;
mod source;

pub use allocation::Allocation;
pub use builder::{Path, ProfileBuilder};
pub use call_graph::{CallGraph, Edge, MethodRow};
pub use measure::{MeasureMode, Unit};
pub use method::{Method, MethodId, MethodKey, OwnerKind};
pub use profile::{Node, NodeId, Profile, Thread};
pub use source::{FileId, Location};
