//! `RubyProf::MethodInfo`: a method of one thread and its sums.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::sync::Arc;

use magnus::{
    Error, IntoValue, Module, RArray, RModule, Ruby, Symbol, Value, method, rb_sys::AsRawValue,
    typed_data::Obj, value::ReprValue,
};
use rubyprof_core::{Method, MethodRow, Numbers, OwnerKind};

use super::allocation::Allocation;
use super::call_trees::CallTrees;
use super::convert;
use super::data::{ThreadData, View};
use super::latency::Latency;
use super::ledger::{Entries, HasLedger};
use super::measurement::{Measurement, Values};
use super::options::class_of;
use super::reference::MethodRef;
use super::store::Store;
use crate::errors;
use crate::guard::{comparison, ruby_reader};
use crate::names;

#[magnus::wrap(class = "RubyProf::MethodInfo", free_immediately, size)]
#[derive(Default)]
pub(crate) struct MethodInfo(OnceCell<MethodRef>);

/// A method and the profile it is read from.
#[derive(Clone)]
pub(crate) struct Scope {
    pub(crate) method: MethodRef,
    pub(crate) view: Arc<View>,
    /// Index of its thread; `None` for all.
    thread: Option<usize>,
}

impl Scope {
    pub(crate) fn of(method: &MethodRef) -> Self {
        let method = method.now();
        let view = method.store.view();
        let thread = method
            .at
            .and_then(|twig| view.profile.thread_index_of(view.node_of(twig)));
        Self {
            method,
            view,
            thread,
        }
    }

    pub(crate) fn data(&self) -> &ThreadData {
        match self.thread {
            Some(index) => self.view.thread(index),
            None => self.view.all(),
        }
    }

    pub(crate) fn row(&self) -> Option<&MethodRow> {
        self.data().graph.row(self.method.method)
    }

    fn sums(&self) -> Numbers {
        self.row().map_or_else(Numbers::default, MethodRow::numbers)
    }

    pub(crate) fn numbers(&self) -> Numbers {
        self.method.with_numbers_set(self.sums())
    }
}

impl MethodInfo {
    pub(crate) fn new(method: MethodRef) -> Self {
        Self(OnceCell::from(method))
    }

    /// `MethodInfo.new(klass, :name)`: an instance method, which must be defined.
    fn initialize(ruby: &Ruby, rb_self: &Self, klass: Value, name: Value) -> Result<(), Error> {
        if rb_self.0.get().is_some() {
            let message = "a MethodInfo is initialized once: make another one with new";
            return Err(errors::state(ruby, message));
        }
        let found: Value = klass.funcall("instance_method", (name,))?;
        if !klass.is_kind_of(ruby.class_module()) {
            let message = format!(
                "a method is one of a class or module, not of {}",
                class_of(klass)
            );
            return Err(errors::of_type(ruby, message));
        }
        let name: Symbol = found.funcall("name", ())?;
        let place: Option<(Value, i64)> = found.funcall("source_location", ())?;
        let file = place.and_then(|(file, _)| names::text_of(file));
        let line = place.map_or(0, |(_, line)| u32::try_from(line).unwrap_or(0));
        let (class_name, owner_kind) = names::owner_of(klass.as_raw());
        let store = Store::by_hand();
        let name = names::symbol(name);
        let method = store.change(|forest| {
            let file = file.map(|file| forest.file(&file));
            forest.method(Method {
                class_name,
                owner_kind,
                name: Some(name),
                file,
                line,
                ..Method::default()
            })
        });
        let made = MethodRef {
            store,
            method,
            at: None,
        };
        // Not set: it was empty above, and no Ruby code that could call us has run since the names.
        let _ = rb_self.0.set(made);
        Ok(())
    }

    fn initialize_copy(rb_self: Obj<Self>, other: Obj<Self>) -> Obj<Self> {
        if let Some(method) = other.0.get() {
            let _ = rb_self.0.set(method.clone());
        }
        rb_self
    }

    pub(crate) fn reference(&self, ruby: &Ruby) -> Result<MethodRef, Error> {
        let method = self.0.get();
        let method = method.ok_or_else(|| convert::uninitialized(ruby, "RubyProf::MethodInfo"))?;
        Ok(method.now())
    }

    fn record(&self, ruby: &Ruby) -> Result<(Method, Option<String>), Error> {
        Ok(self.reference(ruby)?.describe())
    }

    fn scope(&self, ruby: &Ruby) -> Result<Scope, Error> {
        Ok(Scope::of(&self.reference(ruby)?))
    }

    fn values(&self, ruby: &Ruby) -> Result<Values, Error> {
        let scope = self.scope(ruby)?;
        Ok(Values::new(&scope.numbers(), &scope.method.store))
    }

    fn klass_name(ruby: &Ruby, rb_self: &Self) -> Result<String, Error> {
        let (record, _) = rb_self.record(ruby)?;
        // Nor has a block that is in no method.
        let has_method = record
            .name
            .as_deref()
            .is_some_and(|name| !name.ends_with(' '));
        Ok(if !has_method && record.class_name.is_empty() {
            "[global]".to_owned()
        } else {
            record.class_name
        })
    }

    fn klass_flags(ruby: &Ruby, rb_self: &Self) -> Result<u32, Error> {
        Ok(rb_self.record(ruby)?.0.owner_kind.flag())
    }

    fn method_name(ruby: &Ruby, rb_self: &Self) -> Result<Option<Symbol>, Error> {
        let name = rb_self.record(ruby)?.0.name;
        Ok(name.map(|name| ruby.to_symbol(name)))
    }

    fn full_name(ruby: &Ruby, rb_self: &Self) -> Result<String, Error> {
        Ok(rb_self.record(ruby)?.0.full_name())
    }

    fn source_file(ruby: &Ruby, rb_self: &Self) -> Result<Option<String>, Error> {
        Ok(rb_self.record(ruby)?.1)
    }

    fn line(ruby: &Ruby, rb_self: &Self) -> Result<u32, Error> {
        Ok(rb_self.record(ruby)?.0.line)
    }

    fn called(ruby: &Ruby, rb_self: &Self) -> Result<u64, Error> {
        Ok(rb_self.values(ruby)?.called)
    }

    fn total_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.values(ruby)?.total)
    }

    fn self_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.values(ruby)?.own)
    }

    fn wait_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.values(ruby)?.wait)
    }

    fn gc_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.values(ruby)?.gc)
    }

    fn latency(ruby: &Ruby, rb_self: &Self) -> Result<Option<Latency>, Error> {
        let scope = rb_self.scope(ruby)?;
        let latencies = scope.data().latencies(&scope.view.profile);
        let latency = latencies.of(scope.method.method).cloned();
        Ok(latency.map(|latency| Latency {
            latency,
            unit: scope.view.profile.measure_mode.unit(),
        }))
    }

    fn min_time(ruby: &Ruby, rb_self: &Self) -> Result<Option<f64>, Error> {
        Ok(Self::latency(ruby, rb_self)?.map(|latency| latency.min()))
    }

    fn max_time(ruby: &Ruby, rb_self: &Self) -> Result<Option<f64>, Error> {
        Ok(Self::latency(ruby, rb_self)?.map(|latency| latency.max()))
    }

    fn children_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        let scope = rb_self.scope(ruby)?;
        Ok(scope.method.store.float(scope.numbers().children()))
    }

    fn folded_calls(ruby: &Ruby, rb_self: &Self) -> Result<u64, Error> {
        Ok(rb_self.scope(ruby)?.numbers().partial.folded)
    }

    fn untimed_calls(ruby: &Ruby, rb_self: &Self) -> Result<u64, Error> {
        Ok(rb_self.scope(ruby)?.numbers().partial.untimed)
    }

    fn self_uncertainty(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        let scope = rb_self.scope(ruby)?;
        let doubt = scope.row().map(|row| row.doubt);
        Ok(scope.view.uncertainty(doubt.unwrap_or_default()))
    }

    fn total_uncertainty(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        let scope = rb_self.scope(ruby)?;
        let doubt = scope.row().map(|row| row.total_doubt);
        Ok(scope.view.uncertainty(doubt.unwrap_or_default()))
    }

    fn is_recursive(ruby: &Ruby, rb_self: &Self) -> Result<bool, Error> {
        Ok(rb_self.scope(ruby)?.row().is_some_and(|row| row.recursive))
    }

    fn measurement(ruby: &Ruby, rb_self: &Self) -> Result<Measurement, Error> {
        Ok(Measurement::of_method(rb_self.reference(ruby)?))
    }

    fn call_trees(ruby: &Ruby, rb_self: &Self) -> Result<CallTrees, Error> {
        Ok(CallTrees(rb_self.reference(ruby)?))
    }

    fn allocations(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        let found = ruby.ary_new();
        let scope = rb_self.scope(ruby)?;
        let Some(thread) = scope.thread else {
            return Ok(found);
        };
        let profile = &scope.view.profile;
        for index in profile.allocations_of(thread as u32, scope.method.method) {
            found.push(Allocation {
                view: Arc::clone(&scope.view),
                index,
            })?;
        }
        Ok(found)
    }

    /// Stable between processes: by name, kind and place of definition.
    fn hash(ruby: &Ruby, rb_self: &Self) -> Result<Value, Error> {
        let (record, file) = rb_self.record(ruby)?;
        let identity = (record.full_name(), file, record.line);
        identity.into_value_with(ruby).funcall("hash", ())
    }

    /// The same method: the same class object and name in one process, else the same name and
    /// place of definition.
    fn equals(&self, other: Value) -> bool {
        let Ok(other) = <&Self>::try_convert_from(other) else {
            return false;
        };
        let (Some(one), Some(other)) = (self.0.get(), other.0.get()) else {
            return std::ptr::eq(self, other);
        };
        one.now().is_same_method(&other.now())
    }

    /// By total time, then by depth (nearer to the root is greater), then by name. `nil` for
    /// anything that is no MethodInfo.
    fn compare(&self, other: Value) -> Option<i32> {
        let other = <&Self>::try_convert_from(other).ok()?;
        let one = Scope::of(self.0.get()?);
        let other = Scope::of(other.0.get()?);
        let name = |scope: &Scope| scope.method.describe().0.full_name();
        let depth = |scope: &Scope| scope.row().map_or(u32::MAX, |row| row.min_depth);
        let order = if name(&one) == name(&other) {
            Ordering::Equal
        } else {
            one.numbers()
                .total
                .cmp(&other.numbers().total)
                .then_with(|| depth(&other).cmp(&depth(&one)))
                .then_with(|| name(&one).cmp(&name(&other)))
        };
        Some(order as i32)
    }

    fn to_s(ruby: &Ruby, rb_self: &Self) -> Result<String, Error> {
        let values = rb_self.values(ruby)?;
        Ok(format!(
            "{} (c: {}, tt: {:?}, st: {:?}, wt: {:?}, ct: {:?})",
            Self::full_name(ruby, rb_self)?,
            values.called,
            values.total,
            values.own,
            values.wait,
            Self::children_time(ruby, rb_self)?
        ))
    }

    fn inspect(ruby: &Ruby, rb_self: &Self) -> Result<String, Error> {
        if rb_self.0.get().is_none() {
            return Ok("#<RubyProf::MethodInfo (not initialized)>".to_owned());
        }
        Ok(format!(
            "#<RubyProf::MethodInfo {}>",
            Self::to_s(ruby, rb_self)?
        ))
    }
}

impl MethodRef {
    /// In one store the same id, else the same names and place of definition.
    pub(crate) fn is_same_method(&self, other: &Self) -> bool {
        if Arc::ptr_eq(&self.store, &other.store) {
            return self.method == other.method;
        }
        let identity = |method: &Self| {
            let (record, file) = method.describe();
            (record.owner_kind, record.full_name(), file, record.line)
        };
        identity(self) == identity(other)
    }
}

/// `TryConvert` without the trait's name in every caller.
pub(crate) trait ConvertFrom<'a>: Sized {
    fn try_convert_from(value: Value) -> Result<Self, Error>;
}

impl<T> ConvertFrom<'_> for &T
where
    for<'b> &'b T: magnus::TryConvert,
{
    fn try_convert_from(value: Value) -> Result<Self, Error> {
        magnus::TryConvert::try_convert(value)
    }
}

impl HasLedger for MethodInfo {
    fn entries(ruby: &Ruby, rb_self: &Self) -> Result<Entries, Error> {
        let scope = rb_self.scope(ruby)?;
        let store = &scope.method.store;
        Ok(Entries {
            ledger: store.ledger(&scope.numbers()),
            cpu: None,
            store: Arc::clone(store),
        })
    }
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = module.define_class("MethodInfo", ruby.class_object())?;
    magnus::Class::define_alloc_func::<MethodInfo>(class);
    class.include_module(ruby.module_comparable())?;
    for kind in [
        ("MODULE_INCLUDEE", OwnerKind::ModuleIncludee),
        ("CLASS_SINGLETON", OwnerKind::ClassSingleton),
        ("MODULE_SINGLETON", OwnerKind::ModuleSingleton),
        ("OBJECT_SINGLETON", OwnerKind::ObjectSingleton),
        ("OTHER_SINGLETON", OwnerKind::OtherSingleton),
    ] {
        class.const_set(kind.0, kind.1.flag())?;
    }
    class.define_method("initialize", method!(MethodInfo::initialize, 2))?;
    class.define_method("initialize_copy", method!(MethodInfo::initialize_copy, 1))?;
    class.define_method("klass_name", ruby_reader!(MethodInfo::klass_name))?;
    class.define_method("klass_flags", ruby_reader!(MethodInfo::klass_flags))?;
    class.define_method("method_name", ruby_reader!(MethodInfo::method_name))?;
    class.define_method("full_name", ruby_reader!(MethodInfo::full_name))?;
    class.define_method("source_file", ruby_reader!(MethodInfo::source_file))?;
    class.define_method("line", ruby_reader!(MethodInfo::line))?;
    class.define_method("called", ruby_reader!(MethodInfo::called))?;
    class.define_method("total_time", ruby_reader!(MethodInfo::total_time))?;
    class.define_method("self_time", ruby_reader!(MethodInfo::self_time))?;
    class.define_method("wait_time", ruby_reader!(MethodInfo::wait_time))?;
    class.define_method("gc_time", ruby_reader!(MethodInfo::gc_time))?;
    class.define_method("running_time", ruby_reader!(MethodInfo::running_time))?;
    class.define_method("gvl_wait_time", ruby_reader!(MethodInfo::gvl_wait_time))?;
    class.define_method("blocked_time", ruby_reader!(MethodInfo::blocked_time))?;
    class.define_method("ledger", ruby_reader!(MethodInfo::ledger))?;
    class.define_method("children_time", ruby_reader!(MethodInfo::children_time))?;
    class.define_method("folded_calls", ruby_reader!(MethodInfo::folded_calls))?;
    class.define_method("untimed_calls", ruby_reader!(MethodInfo::untimed_calls))?;
    class.define_method("latency", ruby_reader!(MethodInfo::latency))?;
    class.define_method("min_time", ruby_reader!(MethodInfo::min_time))?;
    class.define_method("max_time", ruby_reader!(MethodInfo::max_time))?;
    class.define_method(
        "self_uncertainty",
        ruby_reader!(MethodInfo::self_uncertainty),
    )?;
    class.define_method(
        "total_uncertainty",
        ruby_reader!(MethodInfo::total_uncertainty),
    )?;
    class.define_method("recursive?", ruby_reader!(MethodInfo::is_recursive))?;
    class.define_method("measurement", ruby_reader!(MethodInfo::measurement))?;
    class.define_method("call_trees", ruby_reader!(MethodInfo::call_trees))?;
    class.define_method("allocations", ruby_reader!(MethodInfo::allocations))?;
    class.define_method("hash", ruby_reader!(MethodInfo::hash))?;
    class.define_method("eql?", comparison!(MethodInfo::equals))?;
    class.define_method("==", comparison!(MethodInfo::equals))?;
    class.define_method("<=>", comparison!(MethodInfo::compare))?;
    class.define_method("to_s", ruby_reader!(MethodInfo::to_s))?;
    class.define_method("inspect", ruby_reader!(MethodInfo::inspect))
}
