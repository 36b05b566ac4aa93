//! One format a file.

pub(crate) mod call_stack;
pub(crate) mod flame_graph;
pub(crate) mod flat;
pub(crate) mod graph_html;
