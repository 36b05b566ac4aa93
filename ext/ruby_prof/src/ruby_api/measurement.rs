//! `RubyProf::Measurement`: the numbers of a method or a call path.

use std::cell::RefCell;

use magnus::{Error, Module, RModule, Ruby, Value, method, typed_data::Obj};
use rubyprof_core::Numbers;

use super::convert::{self, check_frozen};
use super::method_info::Scope;
use super::reference::{MethodRef, NodeRef};
use super::store::Store;
use crate::errors;
use crate::guard::{guard, ruby_reader};

/// Called, total, self, wait and GC; children time follows from them.
#[magnus::wrap(class = "RubyProf::Measurement", free_immediately, size)]
pub(crate) struct Measurement(RefCell<Source>);

/// Whose numbers they are.
#[derive(Clone)]
enum Source {
    /// Its own.
    Own(Values),
    /// A call path's: to set one is to change the path.
    Node(NodeRef),
    /// A method's: the sums of its call trees, but for what is set.
    Method(MethodRef),
}

/// Times in seconds, objects or bytes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Values {
    pub(crate) called: u64,
    pub(crate) total: f64,
    pub(crate) own: f64,
    pub(crate) wait: f64,
    /// The part of `own` in which garbage was collected.
    pub(crate) gc: f64,
}

/// One of the numbers.
#[derive(Clone, Copy)]
enum Field {
    Total,
    Own,
    Wait,
    Called,
}

impl Default for Measurement {
    fn default() -> Self {
        Self::of(Values::default())
    }
}

impl Values {
    pub(crate) fn new(numbers: &Numbers, store: &Store) -> Self {
        Self {
            called: numbers.called,
            total: store.float(numbers.total),
            own: store.float(numbers.own),
            wait: store.float(numbers.wait),
            gc: store.float(numbers.gc),
        }
    }

    fn numbers(&self, store: &Store) -> Numbers {
        Numbers {
            called: self.called,
            total: store.number(self.total),
            own: store.number(self.own),
            wait: store.number(self.wait),
            ..Numbers::default()
        }
    }

    pub(crate) fn children(&self) -> f64 {
        (self.total - self.own - self.wait).max(0.0)
    }
}

impl Measurement {
    /// Numbers of their own.
    pub(crate) fn of(values: Values) -> Self {
        Self(RefCell::new(Source::Own(values)))
    }

    /// A call path's.
    pub(crate) fn of_node(node: NodeRef) -> Self {
        Self(RefCell::new(Source::Node(node)))
    }

    /// A method's.
    pub(crate) fn of_method(method: MethodRef) -> Self {
        Self(RefCell::new(Source::Method(method)))
    }

    fn initialize(ruby: &Ruby, rb_self: &Self, args: &[Value]) -> Result<(), Error> {
        let [total, own, wait, called] = args else {
            let message = format!(
                "wrong number of arguments (given {}, expected 4): total time, self time, wait time, called",
                args.len()
            );
            return Err(errors::argument(ruby, message));
        };
        let values = Values {
            total: convert::time(ruby, "total_time", *total)?,
            own: convert::time(ruby, "self_time", *own)?,
            wait: convert::time(ruby, "wait_time", *wait)?,
            gc: 0.0,
            called: convert::count(ruby, "called", *called)?,
        };
        rb_self.0.replace(Source::Own(values));
        Ok(())
    }

    fn initialize_copy(
        _ruby: &Ruby,
        rb_self: Obj<Self>,
        other: Obj<Self>,
    ) -> Result<Obj<Self>, Error> {
        let values = other.values();
        rb_self.0.replace(Source::Own(values));
        Ok(rb_self)
    }

    pub(crate) fn values(&self) -> Values {
        match &*self.0.borrow() {
            Source::Own(values) => *values,
            Source::Node(node) => {
                let node = node.now();
                Values::new(&node.facts().numbers, &node.store)
            }
            Source::Method(method) => {
                let scope = Scope::of(method);
                Values::new(&scope.numbers(), &scope.method.store)
            }
        }
    }

    fn set(ruby: &Ruby, rb_self: Obj<Self>, field: Field, value: Value) -> Result<Value, Error> {
        check_frozen(ruby, rb_self)?;
        let mut values = Values::default();
        match field {
            Field::Total => values.total = convert::time(ruby, "total_time", value)?,
            Field::Own => values.own = convert::time(ruby, "self_time", value)?,
            Field::Wait => values.wait = convert::time(ruby, "wait_time", value)?,
            Field::Called => values.called = convert::count(ruby, "called", value)?,
        }
        guard(ruby, || {
            rb_self.store(&values, &[field]);
            Ok(())
        })?;
        Ok(value)
    }

    /// Takes over the fields from `values`.
    fn store(&self, values: &Values, fields: &[Field]) {
        match &mut *self.0.borrow_mut() {
            Source::Own(own) => {
                for field in fields {
                    match field {
                        Field::Total => own.total = values.total,
                        Field::Own => own.own = values.own,
                        Field::Wait => own.wait = values.wait,
                        Field::Called => own.called = values.called,
                    }
                }
            }
            Source::Node(node) => {
                let node = node.now();
                let new = values.numbers(&node.store);
                node.store.change_numbers(|forest| {
                    let numbers = forest.numbers_mut(node.twig);
                    for field in fields {
                        match field {
                            Field::Total => numbers.total = new.total,
                            Field::Own => numbers.own = new.own,
                            Field::Wait => numbers.wait = new.wait,
                            Field::Called => numbers.called = new.called,
                        }
                    }
                });
            }
            Source::Method(method) => {
                let method = method.now();
                let new = values.numbers(&method.store);
                method.set_numbers(|numbers| {
                    for field in fields {
                        match field {
                            Field::Total => numbers.total = Some(new.total),
                            Field::Own => numbers.own = Some(new.own),
                            Field::Wait => numbers.wait = Some(new.wait),
                            Field::Called => numbers.called = Some(new.called),
                        }
                    }
                });
            }
        }
    }

    fn merge(ruby: &Ruby, rb_self: Obj<Self>, other: Value) -> Result<Obj<Self>, Error> {
        check_frozen(ruby, rb_self)?;
        let other: Obj<Self> =
            convert::object(ruby, "merge! takes a RubyProf::Measurement", other)?;
        guard(ruby, || {
            let (mut values, more) = (rb_self.values(), other.values());
            values.called = values.called.saturating_add(more.called);
            values.total = (values.total + more.total).min(f64::MAX);
            values.own = (values.own + more.own).min(f64::MAX);
            values.wait = (values.wait + more.wait).min(f64::MAX);
            rb_self.store(
                &values,
                &[Field::Total, Field::Own, Field::Wait, Field::Called],
            );
            Ok(rb_self)
        })
    }

    fn called(_ruby: &Ruby, rb_self: &Self) -> Result<u64, Error> {
        Ok(rb_self.values().called)
    }

    fn total_time(_ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.values().total)
    }

    fn self_time(_ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.values().own)
    }

    fn wait_time(_ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.values().wait)
    }

    fn gc_time(_ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.values().gc)
    }

    fn children_time(_ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        Ok(rb_self.values().children())
    }

    fn to_s(_ruby: &Ruby, rb_self: &Self) -> Result<String, Error> {
        let values = rb_self.values();
        Ok(format!(
            "c: {}, tt: {:?}, st: {:?}",
            values.called, values.total, values.own
        ))
    }

    fn inspect(ruby: &Ruby, rb_self: &Self) -> Result<String, Error> {
        Ok(format!(
            "#<RubyProf::Measurement ({})>",
            Self::to_s(ruby, rb_self)?
        ))
    }
}

macro_rules! setter {
    ($field:expr) => {
        method!(
            |ruby: &Ruby, rb_self: Obj<Measurement>, value: Value| Measurement::set(
                ruby, rb_self, $field, value
            ),
            1
        )
    };
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = module.define_class("Measurement", ruby.class_object())?;
    magnus::Class::define_alloc_func::<Measurement>(class);
    class.define_method("initialize", method!(Measurement::initialize, -1))?;
    class.define_method("initialize_copy", method!(Measurement::initialize_copy, 1))?;
    class.define_method("called", ruby_reader!(Measurement::called))?;
    class.define_method("total_time", ruby_reader!(Measurement::total_time))?;
    class.define_method("self_time", ruby_reader!(Measurement::self_time))?;
    class.define_method("wait_time", ruby_reader!(Measurement::wait_time))?;
    class.define_method("gc_time", ruby_reader!(Measurement::gc_time))?;
    class.define_method("children_time", ruby_reader!(Measurement::children_time))?;
    class.define_method("called=", setter!(Field::Called))?;
    class.define_method("total_time=", setter!(Field::Total))?;
    class.define_method("self_time=", setter!(Field::Own))?;
    class.define_method("wait_time=", setter!(Field::Wait))?;
    class.define_method("merge!", method!(Measurement::merge, 1))?;
    class.define_method("to_s", ruby_reader!(Measurement::to_s))?;
    class.define_method("inspect", ruby_reader!(Measurement::inspect))
}
