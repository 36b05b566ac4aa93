//! `RubyProf::CallTree`: a call path, or all calls of one method by another.

// The indexes are the profile's own; a panic would become InternalError.
#![expect(clippy::indexing_slicing)]

use std::cell::OnceCell;
use std::sync::Arc;

use magnus::{Error, Module, RArray, RModule, Ruby, Value, method, typed_data::Obj};
use rubyprof_core::{AdoptError, Edge, Method, MethodId, Numbers, TwigId};

use super::convert;
use super::latency::Latency;
use super::ledger::{Entries, HasLedger};
use super::measurement::{Measurement, Values};
use super::method_info::{ConvertFrom, MethodInfo, Scope};
use super::reference::{MethodRef, NodeRef};
use super::store::Store;
use crate::errors;
use crate::guard::{comparison, guard, ruby_reader};

#[magnus::wrap(class = "RubyProf::CallTree", free_immediately, size)]
#[derive(Default)]
pub(crate) struct CallTree(OnceCell<Part>);

#[derive(Clone)]
enum Part {
    /// One call path.
    Node(NodeRef),
    /// All calls of a method by a method, as they were when they were asked for: an index into the
    /// call graph's edges.
    Edge(Scope, usize),
}

impl Part {
    fn now(&self) -> Self {
        match self {
            Self::Node(node) => Self::Node(node.now()),
            edge @ Self::Edge(..) => edge.clone(),
        }
    }

    /// The path itself, or the first of those added up.
    fn first(&self) -> NodeRef {
        match self {
            Self::Node(node) => node.clone(),
            Self::Edge(scope, edge) => {
                let first = record(scope, *edge).first_node;
                NodeRef {
                    store: Arc::clone(&scope.method.store),
                    twig: scope.view.twig_of(first),
                }
                .now()
            }
        }
    }

    fn numbers(&self) -> Numbers {
        match self {
            Self::Node(node) => node.facts().numbers,
            Self::Edge(scope, edge) => record(scope, *edge).numbers(),
        }
    }

    /// How uncertain self and total time are, in the profile's unit.
    fn uncertainties(&self) -> [f64; 2] {
        match self {
            Self::Node(node) => {
                let view = node.store.view();
                view.uncertainties(view.node_of(node.twig))
            }
            Self::Edge(scope, edge) => {
                let edge = record(scope, *edge);
                [edge.doubt, edge.total_doubt].map(|doubt| scope.view.uncertainty(doubt))
            }
        }
    }

    fn store(&self) -> &Arc<Store> {
        match self {
            Self::Node(node) => &node.store,
            Self::Edge(scope, _) => &scope.method.store,
        }
    }

    fn values(&self) -> Values {
        Values::new(&self.numbers(), self.store())
    }

    fn latency(&self) -> Option<Latency> {
        let (view, latency) = match self {
            Self::Node(node) => {
                let view = node.store.view();
                let latency = view.latency(view.node_of(node.twig));
                (view, latency)
            }
            Self::Edge(scope, edge) => {
                let edge = record(scope, *edge);
                let latencies = scope.data().latencies(&scope.view.profile);
                let latency = latencies.of_edge(edge.caller, edge.callee).cloned();
                (Arc::clone(&scope.view), latency)
            }
        };
        Some(Latency {
            latency: latency?,
            unit: view.profile.measure_mode.unit(),
        })
    }

    fn method(&self) -> MethodRef {
        let first = self.first();
        MethodRef {
            method: first.facts().method,
            at: Some(first.twig),
            store: first.store,
        }
    }

    fn full_name(&self) -> String {
        self.method().describe().0.full_name()
    }
}

fn record(scope: &Scope, edge: usize) -> &Edge {
    &scope.data().graph.edges()[edge]
}

impl CallTree {
    pub(crate) fn node(node: NodeRef) -> Self {
        Self(OnceCell::from(Part::Node(node)))
    }

    pub(crate) fn edge(scope: Scope, edge: usize) -> Self {
        Self(OnceCell::from(Part::Edge(scope, edge)))
    }

    /// `CallTree.new(method_info)`: a path that has no caller yet and was not called.
    fn initialize(ruby: &Ruby, rb_self: &Self, target: Value) -> Result<(), Error> {
        if rb_self.0.get().is_some() {
            let message = "a CallTree is initialized once: make another one with new";
            return Err(errors::state(ruby, message));
        }
        let wanted = "CallTree.new takes a RubyProf::MethodInfo";
        let target: Obj<MethodInfo> = convert::object(ruby, wanted, target)?;
        let target = target.reference(ruby)?;
        let node = guard(ruby, || Ok(new_tree(&target)))?;
        let _ = rb_self.0.set(Part::Node(node));
        Ok(())
    }

    /// A copy shows the same path.
    fn initialize_copy(rb_self: Obj<Self>, other: Obj<Self>) -> Obj<Self> {
        if let Some(part) = other.0.get() {
            let _ = rb_self.0.set(part.clone());
        }
        rb_self
    }

    fn part(&self, ruby: &Ruby) -> Result<Part, Error> {
        let part = self.0.get();
        let part = part.ok_or_else(|| convert::uninitialized(ruby, "RubyProf::CallTree"))?;
        Ok(part.now())
    }

    /// The path, for [`Thread.new`](super::thread).
    pub(crate) fn path(&self, ruby: &Ruby) -> Result<NodeRef, Error> {
        match self.part(ruby)? {
            Part::Node(node) => Ok(node),
            Part::Edge(..) => {
                let message = "a caller or callee is a sum of call trees: take one of the method's \
                               call_trees.call_trees";
                Err(errors::argument(ruby, message.to_owned()))
            }
        }
    }

    fn add_child(ruby: &Ruby, rb_self: Obj<Self>, child: Value) -> Result<Value, Error> {
        convert::check_frozen(ruby, rb_self)?;
        let wanted = "add_child takes a RubyProf::CallTree";
        let added: Obj<Self> = convert::object(ruby, wanted, child)?;
        let (parent, added) = (rb_self.path(ruby)?, added.path(ruby)?);
        match guard(ruby, || Ok(parent.adopt(&added)))? {
            Ok(()) => Ok(child),
            Err(AdoptError::Exists) => Err(Error::new(
                ruby.exception_index_error(),
                "Child call tree already exists: add to its measurement instead",
            )),
            Err(AdoptError::HasParent) => Err(errors::argument(
                ruby,
                "this call tree has a parent already: make another one with \
                 CallTree.new(call_tree.target)"
                    .to_owned(),
            )),
            Err(AdoptError::OwnAncestor) => Err(errors::argument(
                ruby,
                "a call tree cannot be below itself".to_owned(),
            )),
            Err(AdoptError::IsThread) => Err(errors::argument(
                ruby,
                "this call tree is a thread's: make another one with \
                 CallTree.new(call_tree.target)"
                    .to_owned(),
            )),
        }
    }

    fn target(ruby: &Ruby, rb_self: &Self) -> Result<MethodInfo, Error> {
        Ok(MethodInfo::new(rb_self.part(ruby)?.method()))
    }

    fn measurement(ruby: &Ruby, rb_self: &Self) -> Result<Measurement, Error> {
        Ok(match rb_self.part(ruby)? {
            Part::Node(node) => Measurement::of_node(node),
            edge @ Part::Edge(..) => Measurement::of(edge.values()),
        })
    }

    fn parent(ruby: &Ruby, rb_self: &Self) -> Result<Option<Self>, Error> {
        let first = rb_self.part(ruby)?.first();
        let parent = first.facts().parent;
        Ok(parent.map(|parent| Self::node(first.at(parent))))
    }

    fn children(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        let children = ruby.ary_new();
        if let Part::Node(node) = rb_self.part(ruby)? {
            for child in node.children() {
                children.push(Self::node(node.at(child)))?;
            }
        }
        Ok(children)
    }

    fn depth(ruby: &Ruby, rb_self: &Self) -> Result<usize, Error> {
        Ok(rb_self.part(ruby)?.first().depth())
    }

    fn source_file(ruby: &Ruby, rb_self: &Self) -> Result<Option<String>, Error> {
        Ok(rb_self.part(ruby)?.first().call_site().0)
    }

    fn line(ruby: &Ruby, rb_self: &Self) -> Result<u32, Error> {
        Ok(rb_self.part(ruby)?.first().call_site().1)
    }

    fn called(ruby: &Ruby, rb_self: &Self) -> Result<u64, Error> {
        Ok(rb_self.part(ruby)?.numbers().called)
    }

    fn total_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.part(ruby)?.values().total)
    }

    fn self_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.part(ruby)?.values().own)
    }

    fn wait_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.part(ruby)?.values().wait)
    }

    fn gc_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.part(ruby)?.values().gc)
    }

    fn latency(ruby: &Ruby, rb_self: &Self) -> Result<Option<Latency>, Error> {
        Ok(rb_self.part(ruby)?.latency())
    }

    fn min_time(ruby: &Ruby, rb_self: &Self) -> Result<Option<f64>, Error> {
        Ok(rb_self.part(ruby)?.latency().map(|latency| latency.min()))
    }

    fn max_time(ruby: &Ruby, rb_self: &Self) -> Result<Option<f64>, Error> {
        Ok(rb_self.part(ruby)?.latency().map(|latency| latency.max()))
    }

    fn children_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        let part = rb_self.part(ruby)?;
        Ok(part.store().float(part.numbers().children()))
    }

    fn folded_calls(ruby: &Ruby, rb_self: &Self) -> Result<u64, Error> {
        Ok(rb_self.part(ruby)?.numbers().partial.folded)
    }

    fn untimed_calls(ruby: &Ruby, rb_self: &Self) -> Result<u64, Error> {
        Ok(rb_self.part(ruby)?.numbers().partial.untimed)
    }

    fn self_uncertainty(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.part(ruby)?.uncertainties()[0])
    }

    fn total_uncertainty(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.part(ruby)?.uncertainties()[1])
    }

    /// What tells two of them apart: the address of the store, the kind, and an index.
    fn identity(&self) -> Option<(usize, usize, u32)> {
        Some(match self.0.get()?.now() {
            Part::Node(node) => (Arc::as_ptr(&node.store) as usize, 0, node.twig.0),
            Part::Edge(scope, edge) => {
                let TwigId(first) = scope.view.twig_of(record(&scope, edge).first_node);
                (Arc::as_ptr(&scope.view) as usize, 1 + edge, first)
            }
        })
    }

    /// Equal if they are the same part of the same profile.
    fn equals(&self, other: Value) -> bool {
        <&Self>::try_convert_from(other).is_ok_and(|other| {
            std::ptr::eq(self, other)
                || (self.identity().is_some() && self.identity() == other.identity())
        })
    }

    fn hash(_ruby: &Ruby, rb_self: &Self) -> Result<u64, Error> {
        let (store, kind, index) = rb_self.identity().unwrap_or_default();
        Ok((store as u64 >> 4) ^ (u64::from(index) << 20) ^ kind as u64)
    }

    /// By total time, then by name; 0 for the same method below the same parent; `nil` for anything
    /// that is no CallTree.
    fn compare(&self, other: Value) -> Option<i32> {
        let other = <&Self>::try_convert_from(other).ok()?;
        let (one, other) = (self.0.get()?.now(), other.0.get()?.now());
        let by_time = one.values().total.total_cmp(&other.values().total);
        Some(by_time.then_with(|| one.full_name().cmp(&other.full_name())) as i32)
    }

    fn to_s(ruby: &Ruby, rb_self: &Self) -> Result<String, Error> {
        if rb_self.0.get().is_none() {
            return Ok("<RubyProf::CallTree (not initialized)>".to_owned());
        }
        let part = rb_self.part(ruby)?;
        Ok(format!("<RubyProf::CallTree - {}>", part.full_name()))
    }
}

/// A tree of the method: in its own store if that was made by hand, else in a new one.
fn new_tree(target: &MethodRef) -> NodeRef {
    let (store, method) = if target.store.is_by_hand() {
        (Arc::clone(&target.store), target.method)
    } else {
        let store = Store::by_hand();
        let (method, file) = target.describe();
        let method: MethodId = store.change(|forest| {
            let file = file.map(|file| forest.file(&file));
            forest.method(Method { file, ..method })
        });
        (store, method)
    };
    let twig = store.change(|forest| forest.tree(method));
    NodeRef { store, twig }
}

impl HasLedger for CallTree {
    fn entries(ruby: &Ruby, rb_self: &Self) -> Result<Entries, Error> {
        let part = rb_self.part(ruby)?;
        Ok(Entries {
            ledger: part.store().ledger(&part.numbers()),
            cpu: None,
            store: Arc::clone(part.store()),
        })
    }
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = module.define_class("CallTree", ruby.class_object())?;
    magnus::Class::define_alloc_func::<CallTree>(class);
    class.include_module(ruby.module_comparable())?;
    class.define_method("initialize", method!(CallTree::initialize, 1))?;
    class.define_method("initialize_copy", method!(CallTree::initialize_copy, 1))?;
    class.define_method("add_child", method!(CallTree::add_child, 1))?;
    class.define_method("target", ruby_reader!(CallTree::target))?;
    class.define_method("measurement", ruby_reader!(CallTree::measurement))?;
    class.define_method("parent", ruby_reader!(CallTree::parent))?;
    class.define_method("children", ruby_reader!(CallTree::children))?;
    class.define_method("depth", ruby_reader!(CallTree::depth))?;
    class.define_method("source_file", ruby_reader!(CallTree::source_file))?;
    class.define_method("line", ruby_reader!(CallTree::line))?;
    class.define_method("called", ruby_reader!(CallTree::called))?;
    class.define_method("total_time", ruby_reader!(CallTree::total_time))?;
    class.define_method("self_time", ruby_reader!(CallTree::self_time))?;
    class.define_method("wait_time", ruby_reader!(CallTree::wait_time))?;
    class.define_method("gc_time", ruby_reader!(CallTree::gc_time))?;
    class.define_method("running_time", ruby_reader!(CallTree::running_time))?;
    class.define_method("gvl_wait_time", ruby_reader!(CallTree::gvl_wait_time))?;
    class.define_method("blocked_time", ruby_reader!(CallTree::blocked_time))?;
    class.define_method("ledger", ruby_reader!(CallTree::ledger))?;
    class.define_method("children_time", ruby_reader!(CallTree::children_time))?;
    class.define_method("folded_calls", ruby_reader!(CallTree::folded_calls))?;
    class.define_method("untimed_calls", ruby_reader!(CallTree::untimed_calls))?;
    class.define_method("latency", ruby_reader!(CallTree::latency))?;
    class.define_method("min_time", ruby_reader!(CallTree::min_time))?;
    class.define_method("max_time", ruby_reader!(CallTree::max_time))?;
    class.define_method("self_uncertainty", ruby_reader!(CallTree::self_uncertainty))?;
    class.define_method(
        "total_uncertainty",
        ruby_reader!(CallTree::total_uncertainty),
    )?;
    class.define_method("==", comparison!(CallTree::equals))?;
    class.define_method("eql?", comparison!(CallTree::equals))?;
    class.define_method("hash", ruby_reader!(CallTree::hash))?;
    class.define_method("<=>", comparison!(CallTree::compare))?;
    class.define_method("to_s", ruby_reader!(CallTree::to_s))?;
    class.define_method("inspect", ruby_reader!(CallTree::to_s))
}
