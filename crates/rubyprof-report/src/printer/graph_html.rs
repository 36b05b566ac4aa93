//! Every method with its callers and callees, as one page that needs nothing but itself.
//!
//! The page is written piece by piece - head, one section after the other, foot - so memory holds
//! one section's graph at a time.
//!
//! Rows are plain HTML, which works without a script, as long as the page stays fast. Measured with
//! `examples/render_big.rs` (548,000 call paths, 1,900 methods, 43,800 edges, each of them a caller
//! and a callee): as HTML 39 MB in 0.7 s, as numbers 3 MB in 0.07 s. So a page has a budget of
//! [`MAX_STATIC_ROWS`] rows of callers, callees and allocations, some 9 MB in 0.2 s; a section that
//! would exceed it carries them as numbers, which `assets/graph_html.js` turns into the same rows
//! when a method is opened.

mod allocated;
mod data;
mod section;
mod view;

use std::io::Write;

use rubyprof_core::Profile;

use crate::error::Error;
use crate::options::Options;
use crate::page::Page;
use crate::selection;
use data::Names;
use section::{Scope, Shared};

/// Rows of callers, callees and allocated classes a page holds as HTML; see the module's head.
const MAX_STATIC_ROWS: usize = 20_000;

/// Rows of methods in the sections of single fibers. Beyond it fibers get no section of their own,
/// as if [`Options::max_threads`] were smaller. A row is about 1 kB, and a
/// page of 22 MB with so many opens in a few seconds because sections out of sight are not laid out.
const MAX_METHOD_ROWS: u64 = 20_000;

/// Writes the call graph as a self-contained HTML page: a summary of the fibers, all fibers taken
/// together if there are several, then each fiber. Methods are sorted by total unless
/// [`Options::sort_by`] says otherwise.
///
/// # Errors
///
/// [`Error::Write`] if `out` fails.
pub fn graph_html(profile: &Profile, options: &Options, out: &mut dyn Write) -> Result<(), Error> {
    let (sums, methods) = selection::thread_sums(profile);
    let chosen = selection::sections(&sums, options.max_threads, MAX_METHOD_ROWS);
    let mut page = Page::new(profile.measure_mode.unit(), out)?;
    let top = view::top(profile, options, (&sums, methods), &chosen);
    page.render("graph_html/head.html", &top)?;
    let mut scopes: Vec<Scope> = chosen.into_iter().map(Scope::Thread).collect();
    if profile.threads().len() > 1 {
        scopes.insert(0, Scope::All);
    }
    let mut shared = Shared {
        profile,
        options,
        static_rows: MAX_STATIC_ROWS,
        names: Names::default(),
    };
    for scope in scopes {
        let section = shared.section(scope);
        page.render("graph_html/section.html", &section)?;
    }
    let names = shared.names.json(profile);
    page.render(
        "graph_html/foot.html",
        &view::Bottom::new(profile, options, names),
    )?;
    Ok(())
}
