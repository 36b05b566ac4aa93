//! `RubyProf::Thread`: one fiber's calls.

use std::cell::{Cell, OnceCell};
use std::sync::Arc;

use magnus::{
    DataTypeFunctions, Error, Module, RModule, Ruby, TypedData, Value, gc::Marker, method,
    rb_sys::AsRawValue, typed_data::Obj, value::ReprValue,
};
use rb_sys::VALUE;
use rubyprof_core::Ledger;

use super::call_tree::CallTree;
use super::convert;
use super::data::View;
use super::ledger::{Entries, HasLedger};
use super::method_info::MethodInfo;
use super::options::class_of;
use super::reference::{MethodRef, NodeRef};
use super::store::conversion;
use crate::errors;
use crate::guard::{guard, ruby_reader};
use crate::session::object_id;

#[derive(TypedData, Default)]
#[magnus(class = "RubyProf::Thread", free_immediately, mark)]
pub(crate) struct Thread {
    root: OnceCell<NodeRef>,
    /// The Array of `methods`, while it is true.
    methods: Cell<Option<VALUE>>,
    /// The version of the store that it was true of.
    version: Cell<u64>,
}

impl DataTypeFunctions for Thread {
    fn mark(&self, _marker: &Marker) {
        if let Some(methods) = self.methods.get() {
            // SAFETY: a live Array: it has been marked since it was made.
            unsafe { rb_sys::rb_gc_mark(methods) };
        }
    }
}

/// A thread of a profile, for those who need its numbers.
pub(crate) struct Tree {
    pub(crate) view: Arc<View>,
    /// Its place in the view's profile.
    pub(crate) index: usize,
    pub(crate) root: NodeRef,
}

impl Tree {
    /// The tree of `root`, which must be a root.
    pub(crate) fn of(root: &NodeRef) -> Self {
        let root = root.now();
        let view = root.store.view();
        let index = view.profile.thread_index_of(view.node_of(root.twig));
        Self {
            index: index.unwrap_or_default(),
            view,
            root,
        }
    }

    pub(crate) fn thread(&self) -> Option<&rubyprof_core::Thread> {
        self.view.profile.threads().get(self.index)
    }
}

impl Thread {
    pub(crate) fn new(root: NodeRef) -> Self {
        Self {
            root: OnceCell::from(root),
            ..Self::default()
        }
    }

    /// `Thread.new(call_tree, thread, fiber)`: a tree made by hand becomes a thread's.
    fn initialize(
        ruby: &Ruby,
        rb_self: &Self,
        call_tree: Value,
        thread: Value,
        fiber: Value,
    ) -> Result<(), Error> {
        if rb_self.root.get().is_some() {
            let message = "a RubyProf::Thread is initialized once: make another one with new";
            return Err(errors::state(ruby, message));
        }
        let wanted = "Thread.new takes a RubyProf::CallTree first";
        let tree: Obj<CallTree> = convert::object(ruby, wanted, call_tree)?;
        if !thread.is_kind_of(ruby.class_thread()) {
            let message = format!("Thread.new takes a Thread second, not {}", class_of(thread));
            return Err(errors::of_type(ruby, message));
        }
        let fiber_class: magnus::RClass = ruby.class_object().const_get("Fiber")?;
        if !fiber.is_kind_of(fiber_class) {
            let message = format!("Thread.new takes a Fiber third, not {}", class_of(fiber));
            return Err(errors::of_type(ruby, message));
        }
        let root = tree.path(ruby)?;
        if root.facts().parent.is_some() {
            let message = "a thread's call tree is a root: this one has a parent";
            return Err(errors::argument(ruby, message.to_owned()));
        }
        // SAFETY: live objects, as arguments.
        let (id, fiber_id) = unsafe { (object_id(thread.as_raw()), object_id(fiber.as_raw())) };
        guard(ruby, || {
            root.store
                .change(|forest| forest.thread(root.twig, id, fiber_id));
            Ok(())
        })?;
        let _ = rb_self.root.set(root);
        Ok(())
    }

    /// Makes this thread, which is new, the one of a tree that was loaded.
    pub(crate) fn become_loaded(&self, ruby: &Ruby, root: NodeRef) -> Result<(), Error> {
        let message = "a RubyProf::Thread is loaded once, by Marshal";
        self.root
            .set(root)
            .map_err(|_| errors::state(ruby, message))
    }

    /// A copy shows the same tree.
    fn initialize_copy(rb_self: Obj<Self>, other: Obj<Self>) -> Obj<Self> {
        if let Some(root) = other.root.get() {
            let _ = rb_self.root.set(root.clone());
        }
        rb_self
    }

    pub(crate) fn root(&self, ruby: &Ruby) -> Result<NodeRef, Error> {
        let root = self.root.get();
        let root = root.ok_or_else(|| convert::uninitialized(ruby, "RubyProf::Thread"))?;
        Ok(root.now())
    }

    pub(crate) fn tree(&self, ruby: &Ruby) -> Result<Tree, Error> {
        Ok(Tree::of(&self.root(ruby)?))
    }

    fn id(ruby: &Ruby, rb_self: &Self) -> Result<u64, Error> {
        Ok(rb_self.tree(ruby)?.thread().map_or(0, |thread| thread.id))
    }

    pub(crate) fn fiber_id(ruby: &Ruby, rb_self: &Self) -> Result<u64, Error> {
        let tree = rb_self.tree(ruby)?;
        Ok(tree.thread().map_or(0, |thread| thread.fiber_id))
    }

    fn call_tree(ruby: &Ruby, rb_self: &Self) -> Result<CallTree, Error> {
        Ok(CallTree::node(rb_self.root(ruby)?))
    }

    fn methods(ruby: &Ruby, rb_self: &Self) -> Result<Value, Error> {
        use magnus::rb_sys::FromRawValue;
        let version = rb_self.root(ruby)?.store.version();
        if let Some(known) = rb_self.methods.get()
            && rb_self.version.get() == version
        {
            // SAFETY: a live Array: it has been marked since it was made.
            return Ok(unsafe { Value::from_raw(known) });
        }
        let tree = rb_self.tree(ruby)?;
        let methods = ruby.ary_new();
        for row in tree.view.thread(tree.index).graph.rows() {
            methods.push(MethodInfo::new(MethodRef {
                store: Arc::clone(&tree.root.store),
                method: row.method,
                at: Some(tree.root.twig),
            }))?;
        }
        rb_self.methods.set(Some(methods.as_raw()));
        rb_self.version.set(version);
        Ok(methods.as_value())
    }

    fn total_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        let root = rb_self.root(ruby)?;
        Ok(root.store.float(root.facts().numbers.total))
    }

    fn wait_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        let tree = rb_self.tree(ruby)?;
        let rows = tree.view.thread(tree.index).graph.rows();
        Ok(tree.root.store.float(rows.iter().map(|row| row.wait).sum()))
    }

    fn gc_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        let tree = rb_self.tree(ruby)?;
        let rows = tree.view.thread(tree.index).graph.rows();
        Ok(tree.root.store.float(rows.iter().map(|row| row.gc).sum()))
    }

    /// Adds the other thread's tree, which must have the same root method, path by path.
    fn merge(ruby: &Ruby, rb_self: Obj<Self>, other: Value) -> Result<Value, Error> {
        convert::check_frozen(ruby, rb_self)?;
        let wanted = "merge! takes a RubyProf::Thread";
        let merged: Obj<Self> = convert::object(ruby, wanted, other)?;
        let (here, there) = (rb_self.tree(ruby)?, merged.tree(ruby)?);
        let method = |tree: &Tree| MethodRef {
            store: Arc::clone(&tree.root.store),
            method: tree.root.facts().method,
            at: None,
        };
        if !method(&here).is_same_method(&method(&there)) {
            let name = |tree: &Tree| method(tree).describe().0.full_name();
            let message = format!(
                "threads with different roots cannot be merged ({} and {}): \
                 RubyProf::Profile#merge!(:all) puts them below one",
                name(&here),
                name(&there)
            );
            return Err(errors::argument(ruby, message));
        }
        let (mine, theirs) = (&here.root.store, &there.root.store);
        if !mine.is_by_hand() && !theirs.is_by_hand() && mine.mode != theirs.mode {
            let message = format!(
                "threads that measure different things cannot be merged: one has {}, the other {}",
                mine.mode.id(),
                theirs.mode.id()
            );
            return Err(errors::argument(ruby, message));
        }
        guard(ruby, || {
            let converted = conversion(theirs.mode.unit(), mine.mode.unit())
                .map(|change| there.view.profile.clone().with_numbers(change));
            let profile = converted.as_ref().unwrap_or(&there.view.profile);
            mine.change(|forest| forest.add_tree(here.root.twig, profile, there.index));
            Ok(())
        })?;
        Ok(other)
    }

    fn inspect(ruby: &Ruby, rb_self: &Self) -> Result<String, Error> {
        if rb_self.root.get().is_none() {
            return Ok("#<RubyProf::Thread (not initialized)>".to_owned());
        }
        Ok(format!(
            "#<RubyProf::Thread id: {}, fiber_id: {}, total_time: {:?}>",
            Self::id(ruby, rb_self)?,
            Self::fiber_id(ruby, rb_self)?,
            Self::total_time(ruby, rb_self)?
        ))
    }
}

impl HasLedger for Thread {
    fn entries(ruby: &Ruby, rb_self: &Self) -> Result<Entries, Error> {
        let tree = rb_self.tree(ruby)?;
        let store = &tree.root.store;
        let mut ledger = Ledger::default();
        for row in tree.view.thread(tree.index).graph.rows() {
            ledger.add(&store.ledger(&row.numbers()));
        }
        Ok(Entries {
            ledger,
            cpu: tree
                .view
                .profile
                .threads()
                .get(tree.index)
                .and_then(|thread| thread.cpu),
            store: Arc::clone(store),
        })
    }
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = module.define_class("Thread", ruby.class_object())?;
    magnus::Class::define_alloc_func::<Thread>(class);
    class.define_method("initialize", method!(Thread::initialize, 3))?;
    class.define_method("initialize_copy", method!(Thread::initialize_copy, 1))?;
    class.define_method("id", ruby_reader!(Thread::id))?;
    class.define_method("fiber_id", ruby_reader!(Thread::fiber_id))?;
    class.define_method("call_tree", ruby_reader!(Thread::call_tree))?;
    class.define_method("methods", ruby_reader!(Thread::methods))?;
    class.define_method("total_time", ruby_reader!(Thread::total_time))?;
    class.define_method("wait_time", ruby_reader!(Thread::wait_time))?;
    class.define_method("gc_time", ruby_reader!(Thread::gc_time))?;
    class.define_method("running_time", ruby_reader!(Thread::running_time))?;
    class.define_method("gvl_wait_time", ruby_reader!(Thread::gvl_wait_time))?;
    class.define_method("blocked_time", ruby_reader!(Thread::blocked_time))?;
    class.define_method("ledger", ruby_reader!(Thread::ledger))?;
    class.define_method("merge!", method!(Thread::merge, 1))?;
    class.define_method("inspect", ruby_reader!(Thread::inspect))
}
