//! Places in source files.

use std::collections::HashMap;

use crate::hash::BuildMix;

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

/// File names and locations by number.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    pub(crate) files: Vec<String>,
    pub(crate) sites: Vec<Location>,
    file_ids: HashMap<String, FileId>,
    site_ids: HashMap<Location, u32, BuildMix>,
    /// The file asked for last: neighbouring questions are about the same file.
    last: Option<FileId>,
}

impl Sources {
    /// The id of a file; the same name gives the same id. Bytes that are no UTF-8 are replaced.
    pub fn file(&mut self, name: &[u8]) -> FileId {
        if let Some(last) = self.last
            && self.files[last.index()].as_bytes() == name
        {
            return last;
        }
        let text = String::from_utf8_lossy(name);
        let id = match self.file_ids.get(text.as_ref()) {
            Some(id) => *id,
            None => {
                let id = FileId(self.files.len() as u32);
                self.files.push(text.clone().into_owned());
                self.file_ids.insert(text.into_owned(), id);
                id
            }
        };
        self.last = Some(id);
        id
    }

    /// The name of a file.
    #[must_use]
    pub fn name(&self, id: FileId) -> &str {
        self.files.get(id.index()).map_or("", String::as_str)
    }

    /// The id of a file that is known already.
    pub(crate) fn find(&self, name: &str) -> Option<FileId> {
        self.file_ids.get(name).copied()
    }

    /// The number of a location.
    pub(crate) fn site(&mut self, location: Location) -> u32 {
        let sites = &mut self.sites;
        *self.site_ids.entry(location).or_insert_with(|| {
            sites.push(location);
            sites.len() as u32 - 1
        })
    }
}
