//! `RubyProf::CallTree`: a call path, or all calls of one method by another.

// The indexes are the profile's own; a panic would become InternalError.
#![expect(clippy::indexing_slicing)]

use std::sync::Arc;

use magnus::{Error, Module, RArray, RModule, Ruby, Value};
use rubyprof_core::{Edge, Location, MethodId, NodeId};

use super::data::{self, Shared};
use super::measurement::Measurement;
use super::method_info::{ConvertFrom, MethodInfo};
use crate::guard::{comparison, reader, ruby_reader};

#[magnus::wrap(class = "RubyProf::CallTree", free_immediately, size)]
pub(crate) struct CallTree {
    data: Shared,
    thread: usize,
    part: Part,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// One call path.
    Node(NodeId),
    /// All calls of a method by a method: an index into the call graph's edges.
    Edge(usize),
}

impl CallTree {
    pub(crate) fn node(data: &Shared, thread: usize, node: NodeId) -> Self {
        Self {
            data: Arc::clone(data),
            thread,
            part: Part::Node(node),
        }
    }

    pub(crate) fn edge(data: &Shared, thread: usize, edge: usize) -> Self {
        Self {
            data: Arc::clone(data),
            thread,
            part: Part::Edge(edge),
        }
    }

    fn edge_record(&self, edge: usize) -> &Edge {
        &self.data.thread(self.thread).graph.edges()[edge]
    }

    /// The path itself, or the first of those added up.
    fn first_node(&self) -> NodeId {
        match self.part {
            Part::Node(node) => node,
            Part::Edge(edge) => self.edge_record(edge).first_node,
        }
    }

    fn method(&self) -> MethodId {
        self.data.profile.node(self.first_node()).method
    }

    /// Called, total, self and wait.
    fn numbers(&self) -> (u64, u64, u64, u64) {
        match self.part {
            Part::Node(id) => {
                let profile = &self.data.profile;
                let node = profile.node(id);
                let wait = profile.wait(id);
                (node.called, node.total, profile.self_value(id), wait)
            }
            Part::Edge(edge) => {
                let edge = self.edge_record(edge);
                (edge.called, edge.total, edge.own, edge.wait)
            }
        }
    }

    fn target(&self) -> MethodInfo {
        MethodInfo {
            data: Arc::clone(&self.data),
            thread: self.thread,
            method: self.method(),
        }
    }

    fn measurement(&self) -> Measurement {
        let (called, total, own, wait) = self.numbers();
        Measurement {
            called,
            total: self.data.float(total),
            own: self.data.float(own),
            wait: self.data.float(wait),
        }
    }

    fn parent(&self) -> Option<Self> {
        let parent = self.data.profile.parent(self.first_node())?;
        Some(Self::node(&self.data, self.thread, parent))
    }

    fn children(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        let children = ruby.ary_new();
        if let Part::Node(node) = rb_self.part {
            for child in rb_self.data.profile.children(node) {
                children.push(Self::node(&rb_self.data, rb_self.thread, child))?;
            }
        }
        Ok(children)
    }

    fn depth(&self) -> usize {
        self.data.profile.depth(self.first_node())
    }

    fn call_site(&self) -> Location {
        self.data.profile.call_site(self.first_node())
    }

    fn source_file(&self) -> Option<String> {
        let file = self.call_site().file?;
        Some(self.data.profile.file(file).to_owned())
    }

    fn line(&self) -> u32 {
        self.call_site().line
    }

    fn called(&self) -> u64 {
        self.numbers().0
    }

    fn total_time(&self) -> f64 {
        self.data.float(self.numbers().1)
    }

    fn self_time(&self) -> f64 {
        self.data.float(self.numbers().2)
    }

    fn wait_time(&self) -> f64 {
        self.data.float(self.numbers().3)
    }

    fn children_time(&self) -> f64 {
        let (_, total, own, wait) = self.numbers();
        self.data
            .float(total.saturating_sub(own).saturating_sub(wait))
    }

    fn full_name(&self) -> String {
        self.data.profile.method(self.method()).full_name()
    }

    /// Equal if they are the same part of the same profile.
    fn equals(&self, other: Value) -> bool {
        <&Self>::try_convert_from(other).is_ok_and(|other| {
            Arc::ptr_eq(&self.data, &other.data)
                && self.thread == other.thread
                && self.part == other.part
        })
    }

    fn hash(&self) -> u64 {
        let (kind, index) = match self.part {
            Part::Node(node) => (0, node.index()),
            Part::Edge(edge) => (1, edge),
        };
        (Arc::as_ptr(&self.data) as u64 >> 4) ^ ((index as u64) << 2 | kind)
    }

    /// By total time, then by name; `nil` for anything that is no CallTree.
    fn compare(&self, other: Value) -> Option<i32> {
        let other = <&Self>::try_convert_from(other).ok()?;
        let by_time = self.numbers().1.cmp(&other.numbers().1);
        Some(by_time.then_with(|| self.full_name().cmp(&other.full_name())) as i32)
    }

    fn to_s(&self) -> String {
        format!("<RubyProf::CallTree - {}>", self.full_name())
    }
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = data::define_class(ruby, module, "CallTree")?;
    class.include_module(ruby.module_comparable())?;
    class.define_method("target", reader!(CallTree::target))?;
    class.define_method("measurement", reader!(CallTree::measurement))?;
    class.define_method("parent", reader!(CallTree::parent))?;
    class.define_method("children", ruby_reader!(CallTree::children))?;
    class.define_method("depth", reader!(CallTree::depth))?;
    class.define_method("source_file", reader!(CallTree::source_file))?;
    class.define_method("line", reader!(CallTree::line))?;
    class.define_method("called", reader!(CallTree::called))?;
    class.define_method("total_time", reader!(CallTree::total_time))?;
    class.define_method("self_time", reader!(CallTree::self_time))?;
    class.define_method("wait_time", reader!(CallTree::wait_time))?;
    class.define_method("children_time", reader!(CallTree::children_time))?;
    class.define_method("==", comparison!(CallTree::equals))?;
    class.define_method("eql?", comparison!(CallTree::equals))?;
    class.define_method("hash", reader!(CallTree::hash))?;
    class.define_method("<=>", comparison!(CallTree::compare))?;
    class.define_method("to_s", reader!(CallTree::to_s))?;
    class.define_method("inspect", reader!(CallTree::to_s))
}
