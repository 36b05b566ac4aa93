//! One format a file.

pub(crate) mod call_info;
pub(crate) mod call_stack;
pub(crate) mod call_tree;
pub(crate) mod dot;
pub(crate) mod flame_graph;
pub(crate) mod flat;
pub(crate) mod graph;
pub(crate) mod graph_html;
pub(crate) mod text;
