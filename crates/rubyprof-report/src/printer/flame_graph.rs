//! The call trees as boxes that are as wide as their totals, as one page that needs nothing but
//! itself.

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
    /// The numbers of the threads that can be chosen.
    chosen: Vec<usize>,
    /// Paths that are on the page, and how many the profile has.
    shown: usize,
    paths: usize,
    hottest: Vec<PathRow>,
    data: Data,
}

/// Writes the call trees as a self-contained HTML page with a flame graph of each of the longest
/// running threads and one of all threads together. The limits of `options` remove boxes: a path is on
/// the page if it is within them or leads to one that is.
///
/// # Errors
///
/// [`Error::Write`] if `out` fails.
pub fn flame_graph(profile: &Profile, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    let (sums, methods) = selection::thread_sums(profile);
    let calls = sums.iter().map(|sum| sum.calls).sum();
    let chosen = selection::sections(&sums, options.max_threads, u64::MAX);
    let paths = Paths::new(profile, options, (0..profile.threads().len()).collect());
    let css = include_str!("../../assets/flame_graph.css");
    let view = View {
        page: Head::new(
            profile,
            options,
            "ruby-prof flame graph",
            (methods, calls),
            css,
        ),
        foot: Foot::new(
            options,
            &[
                include_str!("../../assets/tree.js"),
                include_str!("../../assets/flame_graph_boxes.js"),
                include_str!("../../assets/flame_graph_canvas.js"),
                include_str!("../../assets/flame_graph.js"),
            ],
        ),
        chosen: chosen.into_iter().map(|index| index + 1).collect(),
        shown: paths.shown,
        paths: paths.all(),
        hottest: hottest(&paths, STATIC_PATHS),
        data: data(&paths, options),
    };
    Page::new(profile.measure_mode.unit(), out)?.render("flame_graph/page.html", &view)
}
