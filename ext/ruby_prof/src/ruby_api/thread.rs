//! `RubyProf::Thread`: one fiber's calls.

// The indexes are the profile's own; a panic would become InternalError.
#![expect(clippy::indexing_slicing)]

use std::sync::Arc;

use magnus::{Error, Module, RArray, RModule, Ruby};

use super::call_tree::CallTree;
use super::data::{self, Shared};
use super::method_info::MethodInfo;
use crate::guard::{reader, ruby_reader};

#[magnus::wrap(class = "RubyProf::Thread", free_immediately, size)]
pub(crate) struct Thread {
    pub(crate) data: Shared,
    pub(crate) index: usize,
}

impl Thread {
    fn record(&self) -> &rubyprof_core::Thread {
        &self.data.profile.threads()[self.index]
    }

    fn id(&self) -> u64 {
        self.record().id
    }

    fn fiber_id(&self) -> u64 {
        self.record().fiber_id
    }

    fn call_tree(&self) -> CallTree {
        CallTree::node(&self.data, self.index, self.record().root)
    }

    fn methods(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        let methods = ruby.ary_new();
        for row in rb_self.data.thread(rb_self.index).graph.rows() {
            methods.push(MethodInfo {
                data: Arc::clone(&rb_self.data),
                thread: rb_self.index,
                method: row.method,
            })?;
        }
        Ok(methods)
    }

    fn total_time(&self) -> f64 {
        let profile = &self.data.profile;
        self.data.float(profile.node(self.record().root).total)
    }

    fn wait_time(&self) -> f64 {
        let rows = self.data.thread(self.index).graph.rows();
        self.data.float(rows.iter().map(|row| row.wait).sum())
    }

    fn inspect(&self) -> String {
        format!(
            "#<RubyProf::Thread id: {}, fiber_id: {}, total_time: {}>",
            self.id(),
            self.fiber_id(),
            self.total_time()
        )
    }
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = data::define_class(ruby, module, "Thread")?;
    class.define_method("id", reader!(Thread::id))?;
    class.define_method("fiber_id", reader!(Thread::fiber_id))?;
    class.define_method("call_tree", reader!(Thread::call_tree))?;
    class.define_method("methods", ruby_reader!(Thread::methods))?;
    class.define_method("total_time", reader!(Thread::total_time))?;
    class.define_method("wait_time", reader!(Thread::wait_time))?;
    class.define_method("inspect", reader!(Thread::inspect))
}
