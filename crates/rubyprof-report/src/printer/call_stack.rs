//! The call trees as rows that open and close, as one page that needs nothing but itself.

use std::io::Write;

use rubyprof_core::Profile;
use serde::Serialize;

use crate::error::Error;
use crate::options::Options;
use crate::page::{Foot, Head, Page};
use crate::selection;
use crate::tree::{Data, PathRow, Paths, data, hottest};

/// Paths that a reader without JavaScript sees.
const STATIC_PATHS: usize = 100;

/// What the template sees.
#[derive(Serialize)]
struct View<'a> {
    page: Head<'a>,
    foot: Foot<'a>,
    /// Threads that are on the page.
    threads: usize,
    /// Paths that are on the page, and how many their threads have.
    shown: usize,
    paths: usize,
    threshold: f64,
    hottest: Vec<PathRow>,
    data: Data,
}

/// Writes the call trees as a self-contained HTML page: a tree for each of the longest running
/// threads, in the order of the profile. Paths below [`Options::threshold`] start hidden, those from
/// [`Options::expansion`] upwards start open. The limits of `options` remove paths: a path is on
/// the page if it is within them or leads to one that is. Callees are sorted by total unless
/// [`Options::sort_by`] says otherwise.
///
/// # Errors
///
/// [`Error::Write`] if `out` fails.
pub fn call_stack(profile: &Profile, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    let (sums, methods) = selection::thread_sums(profile);
    let calls = sums.iter().map(|sum| sum.calls).sum();
    let chosen = selection::sections(&sums, options.max_threads, u64::MAX);
    let paths = Paths::new(profile, options, chosen);
    let css = include_str!("../../assets/call_stack.css");
    let view = View {
        page: Head::new(
            profile,
            options,
            "ruby-prof call stack",
            (methods, calls),
            css,
        ),
        foot: Foot::new(
            options,
            &[
                include_str!("../../assets/tree.js"),
                include_str!("../../assets/call_stack_rows.js"),
                include_str!("../../assets/call_stack.js"),
            ],
        ),
        threads: paths.threads.len(),
        shown: paths.shown,
        paths: paths.all(),
        threshold: options.threshold,
        hottest: hottest(&paths, STATIC_PATHS),
        data: data(&paths, options),
    };
    Page::new(profile.measure_mode.unit(), out)?.render("call_stack/page.html", &view)
}
