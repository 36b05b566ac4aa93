//! Places in source files.

/// Index of a file name in its [`Profile`](crate::Profile) or recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

impl FileId {
    /// The id as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A line of a file. Code without a file, a C function for instance, has line 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Location {
    /// The file, if there is one.
    pub file: Option<FileId>,
    /// The line, 1-based; 0 where there is none.
    pub line: u32,
}
