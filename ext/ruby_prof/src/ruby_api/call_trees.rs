//! `RubyProf::CallTrees`: all call paths of a method, its callers and its callees.

use magnus::{Error, Module, RArray, RModule, Ruby};
use rubyprof_core::MethodId;

use super::call_tree::CallTree;
use super::data::{self, Shared};
use crate::guard::{reader, ruby_reader};

#[magnus::wrap(class = "RubyProf::CallTrees", free_immediately, size)]
pub(crate) struct CallTrees {
    pub(crate) data: Shared,
    pub(crate) thread: usize,
    pub(crate) method: MethodId,
}

impl CallTrees {
    fn call_trees(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        let trees = ruby.ary_new();
        for node in rb_self.data.thread(rb_self.thread).nodes_of(rb_self.method) {
            trees.push(CallTree::node(&rb_self.data, rb_self.thread, *node))?;
        }
        Ok(trees)
    }

    fn callers(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        let graph = &rb_self.data.thread(rb_self.thread).graph;
        rb_self.edges(ruby, graph.caller_indexes(rb_self.method))
    }

    fn callees(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        let graph = &rb_self.data.thread(rb_self.thread).graph;
        rb_self.edges(ruby, graph.callee_indexes(rb_self.method))
    }

    fn edges(&self, ruby: &Ruby, indexes: &[u32]) -> Result<RArray, Error> {
        let edges = ruby.ary_new();
        for index in indexes {
            edges.push(CallTree::edge(&self.data, self.thread, *index as usize))?;
        }
        Ok(edges)
    }

    fn min_depth(&self) -> u32 {
        let graph = &self.data.thread(self.thread).graph;
        graph.row(self.method).map_or(0, |row| row.min_depth)
    }
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = data::define_class(ruby, module, "CallTrees")?;
    class.define_method("call_trees", ruby_reader!(CallTrees::call_trees))?;
    class.define_method("callers", ruby_reader!(CallTrees::callers))?;
    class.define_method("callees", ruby_reader!(CallTrees::callees))?;
    class.define_method("min_depth", reader!(CallTrees::min_depth))
}
