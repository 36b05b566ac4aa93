//! `RubyProf::MethodInfo`: a method of one thread and its sums.

use std::cmp::Ordering;
use std::sync::Arc;

use magnus::{Error, IntoValue, Module, RArray, RModule, Ruby, Symbol, Value, value::ReprValue};
use rubyprof_core::{Method, MethodId, MethodRow, OwnerKind};

use super::allocation::Allocation;
use super::call_trees::CallTrees;
use super::data::{self, Shared};
use super::measurement::Measurement;
use crate::guard::{comparison, reader, ruby_reader};

#[magnus::wrap(class = "RubyProf::MethodInfo", free_immediately, size)]
#[derive(Clone)]
pub(crate) struct MethodInfo {
    pub(crate) data: Shared,
    pub(crate) thread: usize,
    pub(crate) method: MethodId,
}

impl MethodInfo {
    fn record(&self) -> &Method {
        self.data.profile.method(self.method)
    }

    fn row(&self) -> Option<&MethodRow> {
        self.data.thread(self.thread).graph.row(self.method)
    }

    fn float(&self, value: impl Fn(&MethodRow) -> u64) -> f64 {
        self.data.float(self.row().map_or(0, value))
    }

    fn klass_name(&self) -> String {
        let record = self.record();
        if record.name.is_none() && record.class_name.is_empty() {
            "[global]".to_owned()
        } else {
            record.class_name.clone()
        }
    }

    fn klass_flags(&self) -> u32 {
        self.record().owner_kind.flag()
    }

    fn method_name(ruby: &Ruby, rb_self: &Self) -> Result<Option<Symbol>, Error> {
        let name = rb_self.record().name.as_deref();
        Ok(name.map(|name| ruby.to_symbol(name)))
    }

    pub(crate) fn full_name(&self) -> String {
        self.record().full_name()
    }

    fn source_file(&self) -> Option<String> {
        let file = self.record().file?;
        Some(self.data.profile.file(file).to_owned())
    }

    fn line(&self) -> u32 {
        self.record().line
    }

    fn called(&self) -> u64 {
        self.row().map_or(0, |row| row.called)
    }

    fn total_time(&self) -> f64 {
        self.float(|row| row.total)
    }

    fn self_time(&self) -> f64 {
        self.float(|row| row.own)
    }

    fn wait_time(&self) -> f64 {
        self.float(|row| row.wait)
    }

    fn children_time(&self) -> f64 {
        self.float(MethodRow::children)
    }

    fn is_recursive(&self) -> bool {
        self.row().is_some_and(|row| row.recursive)
    }

    fn measurement(&self) -> Measurement {
        Measurement {
            called: self.called(),
            total: self.total_time(),
            own: self.self_time(),
            wait: self.wait_time(),
        }
    }

    fn call_trees(&self) -> CallTrees {
        CallTrees {
            data: Arc::clone(&self.data),
            thread: self.thread,
            method: self.method,
        }
    }

    fn allocations(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        let found = ruby.ary_new();
        let profile = &rb_self.data.profile;
        for index in profile.allocations_of(rb_self.thread as u32, rb_self.method) {
            found.push(Allocation {
                data: Arc::clone(&rb_self.data),
                index,
            })?;
        }
        Ok(found)
    }

    /// Stable between processes: by name, kind and place of definition.
    fn hash(ruby: &Ruby, rb_self: &Self) -> Result<Value, Error> {
        let identity = (rb_self.full_name(), rb_self.source_file(), rb_self.line());
        identity.into_value_with(ruby).funcall("hash", ())
    }

    /// The same method: the same class object and name in one process, else the same name and
    /// place of definition.
    fn equals(&self, other: Value) -> bool {
        let Ok(other) = <&Self>::try_convert_from(other) else {
            return false;
        };
        if Arc::ptr_eq(&self.data, &other.data) {
            return self.method == other.method;
        }
        let kinds = |method: &Self| -> (OwnerKind, String, Option<String>, u32) {
            let record = method.record();
            (
                record.owner_kind,
                record.full_name(),
                method.source_file(),
                record.line,
            )
        };
        kinds(self) == kinds(other)
    }

    /// By total time, then by depth (nearer to the root is greater), then by name. `nil` for
    /// anything that is no MethodInfo.
    fn compare(&self, other: Value) -> Option<i32> {
        let other = <&Self>::try_convert_from(other).ok()?;
        let total = |method: &Self| method.row().map_or(0, |row| row.total);
        let depth = |method: &Self| method.row().map_or(u32::MAX, |row| row.min_depth);
        let order = if self.full_name() == other.full_name() {
            Ordering::Equal
        } else {
            total(self)
                .cmp(&total(other))
                .then_with(|| depth(other).cmp(&depth(self)))
                .then_with(|| self.full_name().cmp(&other.full_name()))
        };
        Some(order as i32)
    }

    fn to_s(&self) -> String {
        format!(
            "{} (c: {}, tt: {}, st: {}, wt: {}, ct: {})",
            self.full_name(),
            self.called(),
            self.total_time(),
            self.self_time(),
            self.wait_time(),
            self.children_time()
        )
    }

    fn inspect(&self) -> String {
        format!("#<RubyProf::MethodInfo {}>", self.to_s())
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

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = data::define_class(ruby, module, "MethodInfo")?;
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
    class.define_method("klass_name", reader!(MethodInfo::klass_name))?;
    class.define_method("klass_flags", reader!(MethodInfo::klass_flags))?;
    class.define_method("method_name", ruby_reader!(MethodInfo::method_name))?;
    class.define_method("full_name", reader!(MethodInfo::full_name))?;
    class.define_method("source_file", reader!(MethodInfo::source_file))?;
    class.define_method("line", reader!(MethodInfo::line))?;
    class.define_method("called", reader!(MethodInfo::called))?;
    class.define_method("total_time", reader!(MethodInfo::total_time))?;
    class.define_method("self_time", reader!(MethodInfo::self_time))?;
    class.define_method("wait_time", reader!(MethodInfo::wait_time))?;
    class.define_method("children_time", reader!(MethodInfo::children_time))?;
    class.define_method("recursive?", reader!(MethodInfo::is_recursive))?;
    class.define_method("measurement", reader!(MethodInfo::measurement))?;
    class.define_method("call_trees", reader!(MethodInfo::call_trees))?;
    class.define_method("allocations", ruby_reader!(MethodInfo::allocations))?;
    class.define_method("hash", ruby_reader!(MethodInfo::hash))?;
    class.define_method("eql?", comparison!(MethodInfo::equals))?;
    class.define_method("==", comparison!(MethodInfo::equals))?;
    class.define_method("<=>", comparison!(MethodInfo::compare))?;
    class.define_method("to_s", reader!(MethodInfo::to_s))?;
    class.define_method("inspect", reader!(MethodInfo::inspect))
}
