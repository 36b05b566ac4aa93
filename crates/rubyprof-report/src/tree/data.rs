//! A page's data: the paths in a script element of bytes, what they refer to in one of JSON.

use std::collections::HashMap;
use std::fmt::Write;

use rubyprof_core::Profile;
use serde::Serialize;

use super::bytes::base64;
use super::columns::columns;
use super::origin::{app_root, origin};
use super::overhead;
use super::paths::Paths;
use crate::format::escape;
use crate::options::{Column, Options};
use crate::page::Files;

/// What the templates put into the two script elements.
#[derive(Serialize)]
pub(crate) struct Data {
    /// The paths: see `columns.rs`, compressed with zlib, in base64.
    paths: String,
    /// `{"methods": [[name, file or -1, line, origin], ...], "files": [[path, short name, uri or
    /// null], ...], "origins": [name, ...], "threads": [[number, thread id, fiber id], ...],
    /// "costs": see `overhead.rs`, "kinds": a digit for each method (both only with overhead), "threshold": percent, "expansion": percent, "sort": column}`.
    names: String,
}

/// Level 6 of 9: on 548,000 paths level 9 saves 1 % and takes three times as long.
const LEVEL: u8 = 6;

pub(crate) fn data(paths: &Paths<'_>, options: &Options) -> Data {
    let profile = paths.profile;
    let mut files = Files::default();
    let columns = columns(paths, &mut files);
    let mut names = String::from("{\"methods\":[");
    let places = columns.methods.iter().map(|id| profile.method(*id).file);
    let root = app_root(places.flatten().map(|file| profile.file(file)));
    let mut origins = Origins::default();
    for (index, id) in columns.methods.iter().enumerate() {
        let method = profile.method(*id);
        let file = method.file.map(|file| files.number(file));
        names.push_str(if index == 0 { "[" } else { ",[" });
        escape::json(&method.full_name(), &mut names);
        let path = method.file.map(|file| profile.file(file));
        // Code outside any method has no file either, but is the program's.
        let outside = method.name.is_none().then_some(root);
        let origin = origins.number(&origin(path.or(outside), root));
        let file = file.map_or(-1, i64::from);
        put(
            &mut names,
            format_args!(",{file},{},{origin}]", method.line),
        );
    }
    names.push_str("],\"files\":");
    files.json(profile, &mut names);
    names.push_str(",\"origins\":[");
    for (index, name) in origins.names.iter().enumerate() {
        if index > 0 {
            names.push(',');
        }
        escape::json(name, &mut names);
    }
    names.push_str("],\"threads\":[");
    put_threads(profile, &paths.threads, &mut names);
    names.push(']');
    if overhead::is_told(profile) {
        put(
            &mut names,
            format_args!(",\"costs\":{:?},\"kinds\":\"", overhead::costs(profile)),
        );
        for id in &columns.methods {
            put(&mut names, format_args!("{}", overhead::kind(profile, *id)));
        }
        names.push('"');
    }
    let sort = options.sort_by.unwrap_or(Column::Total).name();
    let (threshold, expansion) = (finite(options.threshold), finite(options.expansion));
    put(
        &mut names,
        format_args!(",\"threshold\":{threshold},\"expansion\":{expansion},\"sort\":\"{sort}\"}}"),
    );
    Data {
        paths: base64(&miniz_oxide::deflate::compress_to_vec_zlib(
            &columns.bytes,
            LEVEL,
        )),
        names,
    }
}

fn put_threads(profile: &Profile, threads: &[usize], names: &mut String) {
    for (place, index) in threads.iter().enumerate() {
        let thread = &profile.threads()[*index];
        let comma = if place == 0 { "" } else { "," };
        // Ids as text: JavaScript would round those above 2^53.
        put(
            names,
            format_args!(
                "{comma}[{},\"{}\",\"{}\"]",
                index + 1,
                thread.id,
                thread.fiber_id
            ),
        );
    }
}

/// JSON knows no other numbers.
fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

/// Origins by number, in the order they were first seen.
#[derive(Default)]
struct Origins {
    names: Vec<String>,
    number_of: HashMap<String, usize>,
}

impl Origins {
    fn number(&mut self, name: &str) -> usize {
        if let Some(number) = self.number_of.get(name) {
            return *number;
        }
        self.names.push(name.to_owned());
        self.number_of.insert(name.to_owned(), self.names.len() - 1);
        self.names.len() - 1
    }
}

/// Writing to a String cannot fail.
fn put(text: &mut String, what: std::fmt::Arguments<'_>) {
    _ = text.write_fmt(what);
}
