//! Call paths as columns of numbers, compressed. `assets/tree.js` reads them.
//!
//! Paths stand in preorder. Neighbouring numbers of one column are alike, which is what compresses
//! well; so each column is written as a whole:
//!
//! 1. callees: how many of the path's callees are in; tells the tree's shape;
//! 2. call: which of the calls that its caller's *method* makes, numbered as they first occur, anywhere
//!    in the data. A method makes few different calls, so this is most often a number below 10, where the
//!    called method, the file and the line would be three large ones;
//! 3. new calls: for each call at its first occurrence, method, file + 1 (0 for none) and line;
//! 4. called;
//! 5. self;
//! 6. wait;
//! 7. rest: total less self, wait and the totals of the callees that are in, folded (see
//!    [`bytes::folded`]). 0 unless callees were left out;
//! 8. removed: for each thread how many pairs follow, then the pairs, method and calls, of methods
//!    whose paths were left out in part. A report says how often a method was called in all;
//! 9. overhead: the profiler's part of self, less what calls cost ([`overhead`](super::overhead)), folded. Nothing, as the next
//!    one, if there is no overhead to be told;
//! 10. other overhead: the profiler's part of the totals of callees that were left out.
//!
//! The data is: the number of paths, of threads, of columns, the length of each column in bytes,
//! and the columns. All numbers are as [`bytes::number`] writes them.

use std::collections::HashMap;

use rubyprof_core::{Location, MethodId, NodeId, Profile};

use super::paths::Paths;
use super::{bytes, overhead};
use crate::page::Files;

/// The columns in their order.
const COLUMNS: usize = 10;
const CALLEES: usize = 0;
const CALL: usize = 1;
const NEW_CALL: usize = 2;
const CALLED: usize = 3;
const OWN: usize = 4;
const WAIT: usize = 5;
const REST: usize = 6;
const REMOVED: usize = 7;
const OVERHEAD: usize = 8;
const OTHER_OVERHEAD: usize = 9;

/// Stands for a method that has no number on the page yet.
const UNSEEN: u32 = u32::MAX;

/// The paths as bytes, and the methods by the numbers they have there.
pub(super) struct Columns {
    pub(super) bytes: Vec<u8>,
    pub(super) methods: Vec<MethodId>,
}

pub(super) fn columns(paths: &Paths<'_>, files: &mut Files) -> Columns {
    let mut writer = Writer {
        paths,
        files,
        methods: Vec::new(),
        number_of_method: vec![UNSEEN; paths.profile.methods().len()],
        calls: HashMap::new(),
        calls_of: vec![0; paths.profile.methods().len() + 1],
        columns: Default::default(),
    };
    writer.write_paths();
    writer.write_removed();
    if overhead::is_told(paths.profile) {
        writer.write_overhead();
    }
    writer.finish()
}

struct Writer<'a> {
    paths: &'a Paths<'a>,
    files: &'a mut Files,
    methods: Vec<MethodId>,
    number_of_method: Vec<u32>,
    /// The number of a call by the caller (one past the last method at a root), method and place.
    calls: HashMap<(usize, MethodId, Location), u32>,
    /// How many different calls each caller has.
    calls_of: Vec<u32>,
    columns: [Vec<u8>; COLUMNS],
}

impl Writer<'_> {
    fn write_paths(&mut self) {
        let profile = self.paths.profile;
        let sums = Callees::of(self.paths);
        for id in self.paths.nodes() {
            let node = profile.node(id);
            let (own, wait) = (profile.self_value(id), profile.wait(id));
            let parts = u128::from(own) + u128::from(wait) + sums.totals[id.index()];
            // No sum of a profile comes near the half of what 128 bits hold.
            let rest = i128::from(node.total) - parts as i128;
            let columns = &mut self.columns;
            bytes::number(sums.counts[id.index()].into(), &mut columns[CALLEES]);
            bytes::number(node.called.into(), &mut columns[CALLED]);
            bytes::number(own.into(), &mut columns[OWN]);
            bytes::number(wait.into(), &mut columns[WAIT]);
            bytes::number(bytes::folded(rest), &mut columns[REST]);
            self.write_call(id);
        }
    }

    fn write_call(&mut self, id: NodeId) {
        let profile = self.paths.profile;
        let method = profile.node(id).method;
        let root = profile.methods().len();
        let parent = profile.parent(id);
        let caller = parent.map_or(root, |parent| profile.node(parent).method.index());
        let place = profile.call_site(id);
        let known = self.calls_of[caller];
        let call = *self.calls.entry((caller, method, place)).or_insert(known);
        bytes::number(call.into(), &mut self.columns[CALL]);
        if call == known {
            self.calls_of[caller] += 1;
            let number = self.method(method);
            let file = place.file.map_or(0, |file| self.files.number(file) + 1);
            for value in [number, file, place.line] {
                bytes::number(value.into(), &mut self.columns[NEW_CALL]);
            }
        }
    }

    /// The page's number of a method.
    fn method(&mut self, method: MethodId) -> u32 {
        let number = &mut self.number_of_method[method.index()];
        if *number == UNSEEN {
            *number = self.methods.len() as u32;
            self.methods.push(method);
        }
        *number
    }

    fn write_removed(&mut self) {
        let profile = self.paths.profile;
        let mut removed = vec![0; self.methods.len()];
        for thread in &self.paths.threads {
            let mut touched = Vec::new();
            for id in profile.subtree(self.paths.root(*thread)) {
                let number = self.number_of_method[profile.node(id).method.index()];
                if self.paths.has(id) || number == UNSEEN {
                    continue;
                }
                if removed[number as usize] == 0 {
                    touched.push(number);
                }
                removed[number as usize] += u128::from(profile.node(id).called);
            }
            touched.sort_unstable();
            touched.dedup();
            let out = &mut self.columns[REMOVED];
            bytes::number(touched.len() as u128, out);
            for number in touched {
                bytes::number(number.into(), out);
                bytes::number(std::mem::take(&mut removed[number as usize]), out);
            }
        }
    }

    fn write_overhead(&mut self) {
        for (rest, others) in overhead::rests(self.paths) {
            bytes::number(bytes::folded(rest), &mut self.columns[OVERHEAD]);
            bytes::number(others.into(), &mut self.columns[OTHER_OVERHEAD]);
        }
    }

    fn finish(self) -> Columns {
        let lengths = self.columns.iter().map(Vec::len);
        let mut out = Vec::with_capacity(lengths.clone().sum::<usize>() + 64);
        for value in [self.paths.shown, self.paths.threads.len(), COLUMNS] {
            bytes::number(value as u128, &mut out);
        }
        for length in lengths {
            bytes::number(length as u128, &mut out);
        }
        for column in &self.columns {
            out.extend_from_slice(column);
        }
        Columns {
            bytes: out,
            methods: self.methods,
        }
    }
}

/// By node: how many callees are in, and their totals.
struct Callees {
    counts: Vec<u32>,
    totals: Vec<u128>,
}

impl Callees {
    fn of(paths: &Paths<'_>) -> Self {
        let profile: &Profile = paths.profile;
        let mut callees = Self {
            counts: vec![0; profile.nodes().len()],
            totals: vec![0; profile.nodes().len()],
        };
        for id in paths.nodes() {
            if let Some(parent) = profile.parent(id) {
                callees.counts[parent.index()] += 1;
                callees.totals[parent.index()] += u128::from(profile.node(id).total);
            }
        }
        callees
    }
}
