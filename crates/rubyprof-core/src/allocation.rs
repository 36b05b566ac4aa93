//! Allocated objects, by class and line.

use crate::method::{MethodId, OwnerKind};
use crate::source::Location;

/// Objects of one class made on one line of one method, in one thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// Index into [`Profile::threads`](crate::Profile::threads).
    pub thread: u32,
    /// The method whose source holds the line.
    pub method: MethodId,
    /// The class of the objects.
    pub class_name: String,
    /// What kind of class that is.
    pub owner_kind: OwnerKind,
    /// The line.
    pub location: Location,
    /// How many objects.
    pub count: u64,
    /// Their memory in bytes when they had been made; 0 where it was not asked for.
    pub bytes: u64,
}
