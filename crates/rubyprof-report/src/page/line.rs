//! A line of a file, as a link where there is something to link to.

use rubyprof_core::{FileId, Profile};
use serde::Serialize;

use crate::format::uri;

/// A line of a file.
#[derive(Serialize)]
pub(crate) struct Line {
    short: String,
    full: String,
    href: Option<String>,
}

impl Line {
    /// `None` without a file.
    pub(crate) fn new(profile: &Profile, file: Option<FileId>, line: u32) -> Option<Self> {
        let path = profile.file(file?);
        Some(Self {
            short: format!("{}:{line}", uri::base_name(path)),
            full: format!("{path}:{line}"),
            href: uri::file(path, line),
        })
    }
}
