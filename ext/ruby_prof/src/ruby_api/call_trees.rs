//! `RubyProf::CallTrees`: all call paths of a method, its callers and its callees.

use std::sync::Arc;

use magnus::{Error, Module, RArray, RModule, Ruby};

use super::call_tree::CallTree;
use super::data;
use super::method_info::Scope;
use super::reference::{MethodRef, NodeRef};
use crate::guard::ruby_reader;

/// What `CallTrees#min_depth` is for a method without call trees: C's INT_MAX, as in ruby-prof.
const NO_DEPTH: u32 = i32::MAX as u32;

#[magnus::wrap(class = "RubyProf::CallTrees", free_immediately, size)]
pub(crate) struct CallTrees(pub(crate) MethodRef);

impl CallTrees {
    fn call_trees(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        let scope = Scope::of(&rb_self.0);
        let trees = ruby.ary_new();
        for node in scope.data().nodes_of(scope.method.method) {
            trees.push(CallTree::node(NodeRef {
                store: Arc::clone(&scope.method.store),
                twig: scope.view.twig_of(*node),
            }))?;
        }
        Ok(trees)
    }

    fn callers(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        let scope = Scope::of(&rb_self.0);
        let edges = scope.data().graph.caller_indexes(scope.method.method);
        Self::edges(ruby, &scope, edges)
    }

    fn callees(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        let scope = Scope::of(&rb_self.0);
        let edges = scope.data().graph.callee_indexes(scope.method.method);
        Self::edges(ruby, &scope, edges)
    }

    fn edges(ruby: &Ruby, scope: &Scope, indexes: &[u32]) -> Result<RArray, Error> {
        let edges = ruby.ary_new();
        for index in indexes {
            edges.push(CallTree::edge(scope.clone(), *index as usize))?;
        }
        Ok(edges)
    }

    fn min_depth(_ruby: &Ruby, rb_self: &Self) -> Result<u32, Error> {
        let scope = Scope::of(&rb_self.0);
        Ok(scope.row().map_or(NO_DEPTH, |row| row.min_depth))
    }
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = data::define_class(ruby, module, "CallTrees")?;
    class.define_method("call_trees", ruby_reader!(CallTrees::call_trees))?;
    class.define_method("callers", ruby_reader!(CallTrees::callers))?;
    class.define_method("callees", ruby_reader!(CallTrees::callees))?;
    class.define_method("min_depth", ruby_reader!(CallTrees::min_depth))
}
