//! One format a file.

pub(crate) mod flat;
pub(crate) mod graph_html;
