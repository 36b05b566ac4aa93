//! The files of a page's data: each stands once, data refers to it by number.

use std::collections::HashMap;

use rubyprof_core::{FileId, Profile};

use crate::format::{escape, uri};

/// Files by number, in the order they were first asked for.
#[derive(Default)]
pub(crate) struct Files {
    files: Vec<FileId>,
    number_of_file: HashMap<FileId, u32>,
}

impl Files {
    /// The page's number of a file.
    pub(crate) fn number(&mut self, file: FileId) -> u32 {
        let files = &mut self.files;
        *self.number_of_file.entry(file).or_insert_with(|| {
            files.push(file);
            files.len() as u32 - 1
        })
    }

    /// Appends `[[path, short name, uri or null], ...]`, safe inside a script element.
    pub(crate) fn json(&self, profile: &Profile, json: &mut String) {
        json.push('[');
        for (index, file) in self.files.iter().enumerate() {
            let path = profile.file(*file);
            json.push_str(if index == 0 { "[" } else { ",[" });
            escape::json(path, json);
            json.push(',');
            escape::json(uri::base_name(path), json);
            json.push(',');
            match uri::file(path, 0) {
                Some(uri) => escape::json(&uri, json),
                None => json.push_str("null"),
            }
            json.push(']');
        }
        json.push(']');
    }
}
