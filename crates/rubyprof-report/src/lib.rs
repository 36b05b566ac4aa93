//! Reports: a finished [`Profile`](rubyprof_core::Profile) in, text or HTML out.
//!
//! Every printer is a function `(&Profile, &Options, &mut dyn Write)`. It reads no clock, no file
//! and no environment, and it never alters the profile; so the same input gives the same bytes,
//! which the golden files in `tests/` rely on.
//!
//! - [`flat`]: ruby-prof's flat text table, one method a line.
//! - [`graph`]: every method with its callers and callees as text.
//! - [`call_info`]: the call tree as indented text.
//! - [`dot`]: the graph for Graphviz.
//! - [`call_tree`]: callgrind's format, one file a fiber; [`call_tree_files`] says which.
//! - [`graph_html`]: every method with its callers and callees as one self-contained page.
//! - [`call_stack`]: the call trees as a page of rows that open and close.
//! - [`flame_graph`]: the call trees as a page of boxes as wide as their totals.
//!
//! [`test_run`] is the page over the profiles of many tests.
//!
//! How true its times are is said in the head of each, in words that `overhead` finds.
//!
//! What a row shows is decided once for all printers (`selection`), how a number or a name looks
//! as well (`format`). HTML comes from the files in `templates/` and `assets/`.
//!
//! ```
//! use rubyprof_core::{MeasureMode, Method, ProfileBuilder};
//! let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
//! let main = builder.method(Method::default());
//! builder.thread(1, 1, main, 1, 1_500_000);
//! let mut text = Vec::new();
//! rubyprof_report::flat(&builder.finish(), &rubyprof_report::Options::default(), &mut text)?;
//! assert!(String::from_utf8_lossy(&text).contains("Total: 0.001500"));
//! # Ok::<(), rubyprof_report::Error>(())
//! ```

#![forbid(unsafe_code)]

mod error;
mod format;
mod ledger;
mod options;
mod overhead;
mod page;
mod partial;
mod printer;
mod selection;
mod test_run;
mod tree;

pub use error::Error;
pub use options::{Column, Options};
pub use printer::call_info::call_info;
pub use printer::call_stack::call_stack;
pub use printer::call_tree::{CallTreeFile, call_tree, call_tree_files};
pub use printer::dot::dot;
pub use printer::flame_graph::flame_graph;
pub use printer::flat::{flat, flat_part};
pub use printer::graph::{graph, graph_part};
pub use printer::graph_html::graph_html;
pub use printer::text::Part;
pub use test_run::{Example, Status, TestRun, test_run};
