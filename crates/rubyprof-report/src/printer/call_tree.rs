//! The format of callgrind, which KCachegrind, QCachegrind and callgrind_annotate read.
//!
//! Values are integers in the profile's own unit - nanoseconds, objects or bytes - so nothing is
//! rounded and `summary` is exactly what the profile has.
//!
//! Readers of this format take the sum of all calls of a function as its inclusive cost. So a call has
//! a cost only where the function called is not running already: the sum is then the method's total,
//! however deep it recurses.

mod costs;
mod names;

use std::io::Write;

use rubyprof_core::{CallGraph, MethodId, Profile, Thread, Unit};

use crate::error::Error;
use crate::format::escape::visible;
use crate::ledger::Account;
use crate::options::Options;
use crate::overhead::Overhead;
use crate::partial::PartialCalls;
use crate::selection;
use costs::Call;
use names::{Names, Written};

/// One file of a profile in callgrind's format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallTreeFile {
    /// A fiber, by its place in [`Profile::threads`].
    Thread(usize),
    /// All fibers that have no file of their own, by their places, added up.
    Others(Vec<usize>),
}

/// The files a profile makes: one for each of the longest running fibers, as many as
/// [`Options::max_threads`] allows, in the order of the profile, and one for all others together, if
/// there are any.
pub fn call_tree_files(profile: &Profile, options: &Options) -> Vec<CallTreeFile> {
    let (sums, _) = selection::thread_sums(profile);
    let chosen = selection::sections(&sums, options.max_threads, u64::MAX);
    let others: Vec<usize> = (0..sums.len())
        .filter(|index| chosen.binary_search(index).is_err())
        .collect();
    let mut files: Vec<CallTreeFile> = chosen.into_iter().map(CallTreeFile::Thread).collect();
    if !others.is_empty() {
        files.push(CallTreeFile::Others(others));
    }
    files
}

/// Writes one file in callgrind's format. `part` is its number among the files of the profile, from 1.
///
/// All methods are written whatever the limits of the report: the totals must add up, and the programs
/// that read this have limits of their own.
///
/// # Errors
///
/// [`Error::Write`] if `out` fails.
pub fn call_tree(
    profile: &Profile,
    file: &CallTreeFile,
    part: usize,
    options: &Options,
    out: &mut dyn Write,
) -> Result<(), Error> {
    let places = match file {
        CallTreeFile::Thread(index) => std::slice::from_ref(index),
        CallTreeFile::Others(indices) => indices,
    };
    let threads: Vec<Thread> = places
        .iter()
        .filter_map(|index| profile.threads().get(*index).cloned())
        .collect();
    let graph = CallGraph::of_threads(profile, &threads);
    let calls = costs::calls(profile, &graph, &threads);
    let writer = Writer {
        profile,
        options,
        names: Names::new(profile, &graph, &calls),
        calls,
        graph,
    };
    writer.head(&threads, part, out)?;
    writer.body(&threads, out)
}

struct Writer<'a> {
    profile: &'a Profile,
    options: &'a Options,
    graph: CallGraph,
    names: Names,
    /// The calls of each row of the graph.
    calls: Vec<Vec<Call>>,
}

impl Writer<'_> {
    /// What all costs add up to: each method's own and its waiting.
    fn sum(&self) -> u64 {
        self.graph.rows().iter().map(|row| row.own + row.wait).sum()
    }

    fn head(&self, threads: &[Thread], part: usize, out: &mut dyn Write) -> Result<(), Error> {
        let mode = self.profile.measure_mode;
        let version = self.options.version.as_deref().unwrap_or_default();
        let creator = format!("ruby-prof-rs {}", visible(version));
        writeln!(out, "# callgrind format\nversion: 1")?;
        writeln!(out, "creator: {}", creator.trim_end())?;
        if let Some(pid) = self.options.process_id {
            writeln!(out, "pid: {pid}")?;
        }
        if let Some(command) = &self.options.application {
            writeln!(out, "cmd: {}", visible(command))?;
        }
        writeln!(out, "part: {part}\n")?;
        if let Some(title) = &self.options.title {
            writeln!(out, "desc: Title: {}", visible(title))?;
        }
        match threads {
            [thread] => writeln!(
                out,
                "desc: Thread: {}, fiber: {}",
                thread.id, thread.fiber_id
            )?,
            _ => writeln!(
                out,
                "desc: Threads: {} that have no file of their own, added up",
                threads.len()
            )?,
        }
        if !self.profile.clock.is_empty() {
            writeln!(out, "desc: Clock: {}", visible(&self.profile.clock))?;
        }
        if let Some(overhead) = Overhead::of_threads(self.profile, threads) {
            writeln!(out, "desc: Overhead: {}", overhead.line())?;
        }
        if let Some(account) = Account::of_threads(self.profile, threads) {
            writeln!(out, "desc: Ledger: {}", account.line())?;
        }
        if let Some(partial) = PartialCalls::of_threads(self.profile, threads) {
            writeln!(out, "desc: Bounds: {}", partial.line())?;
        }
        if let Some(time) = &self.options.generated_at {
            writeln!(out, "desc: Written: {}", visible(time))?;
        }
        let unit = match mode.unit() {
            Unit::Nanoseconds => "nanoseconds, waiting included",
            Unit::Objects => "objects",
            Unit::Bytes => "bytes",
        };
        writeln!(out, "desc: Unit: {unit}")?;
        writeln!(
            out,
            "desc: Lines: a method's own cost is on the line of its definition\n\
             desc: Recursion: a call has a cost unless the method called was running already"
        )?;
        let id = mode.id();
        writeln!(
            out,
            "positions: line\nevent: {id} : {} ({unit})",
            mode.title()
        )?;
        writeln!(out, "events: {id}\nsummary: {}\n", self.sum())?;
        Ok(())
    }

    fn body(&self, threads: &[Thread], out: &mut dyn Write) -> Result<(), Error> {
        let mut written = Written::default();
        for (place, row) in self.graph.rows().iter().enumerate() {
            let line = self.profile.method(row.method).line;
            let (file, name) = self.names.reference(&mut written, row.method, self.profile);
            let own = row.own + row.wait;
            writeln!(out, "fl={file}\nfn={name}\n{line} {own}")?;
            for call in &self.calls[place] {
                self.call(call, row.method, &mut written, out)?;
            }
            writeln!(out)?;
        }
        self.roots(threads, &mut written, out)?;
        writeln!(out, "totals: {}", self.sum())?;
        Ok(())
    }

    fn call(
        &self,
        call: &Call,
        caller: MethodId,
        written: &mut Written,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        // A line of another file (a block that runs here, a call by C code) would be taken for one of
        // the caller's.
        let line = if call.site.file.is_some() && call.site.file == self.names.file(caller) {
            call.site.line
        } else {
            self.profile.method(caller).line
        };
        self.callee(call.callee, call.called, written, out)?;
        writeln!(out, "{line} {}", call.total)?;
        Ok(())
    }

    fn callee(
        &self,
        callee: MethodId,
        called: u64,
        written: &mut Written,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        let (file, name) = self.names.reference(written, callee, self.profile);
        let line = self.profile.method(callee).line;
        writeln!(out, "cfi={file}\ncfn={name}\ncalls={called} {line}")?;
        Ok(())
    }

    /// A root that is called as well would be known by those calls only. So it gets a caller, which
    /// costs nothing itself.
    fn roots(
        &self,
        threads: &[Thread],
        written: &mut Written,
        out: &mut dyn Write,
    ) -> Result<(), Error> {
        let roots = threads.iter().map(|thread| self.profile.node(thread.root));
        let called: Vec<_> = roots
            .filter(|root| self.graph.callers(root.method).len() > 0)
            .collect();
        if called.is_empty() {
            return Ok(());
        }
        let file = written.file(self.profile, None);
        writeln!(out, "fl={file}\nfn=(0) (root)\n0 0")?;
        for root in called {
            self.callee(root.method, root.called, written, out)?;
            writeln!(out, "0 {}", root.total)?;
        }
        writeln!(out)?;
        Ok(())
    }
}
