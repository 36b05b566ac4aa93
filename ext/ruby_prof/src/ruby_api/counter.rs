//! `RubyProf::Counter` (private): counts calls while a block runs. `lib/ruby-prof/counting.rb` says what.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use magnus::{
    DataTypeFunctions, Error, Module, Object, RArray, RModule, Ruby, Symbol, TypedData, Value,
    function, gc::Marker, method, rb_sys::AsRawValue, rb_sys::FromRawValue, rb_sys::protect,
    typed_data::Obj, value::ReprValue,
};
use rubyprof_core::{EventKind, Location, Method, MethodKey, Names};

use super::exclusion;
use super::leaving::yield_and_then;
use super::recording::hidden_owners;
use super::running::KeepAlive;
use crate::classes::Pins;
use crate::counter::{Counter as Counting, Functions, Hooks, Wanted, Watched};
use crate::errors;
use crate::guard::{guard, ruby_reader};
use crate::names::VmNames;
use crate::ractor;
use crate::vm::event::{C_CALL, C_RETURN, CALL, RETURN};
use crate::vm::{ffi, operators, probe, relief};

/// Counts the calls of one block.
#[derive(TypedData, Default)]
#[magnus(class = "RubyProf::Counter", free_immediately, mark)]
pub(crate) struct Counter {
    pins: Arc<Pins>,
    /// Methods to count by owner and name; `None` for all.
    wanted: RefCell<Option<Vec<MethodKey>>>,
    all_threads: Cell<bool>,
    objects: Cell<bool>,
    detailed: Cell<bool>,
    is_counting: Cell<bool>,
    result: RefCell<Option<Box<Counting>>>,
}

impl DataTypeFunctions for Counter {
    fn mark(&self, _marker: &Marker) {
        self.pins.mark();
    }
}

impl Counter {
    /// `Counter.new(methods, all_threads, objects, detailed)`: `methods` are pairs of owner and name, or nil.
    fn initialize(
        ruby: &Ruby,
        rb_self: Obj<Self>,
        methods: Option<RArray>,
        all_threads: bool,
        objects: bool,
        detailed: bool,
    ) -> Result<(), Error> {
        guard(ruby, || {
            let mut keys = methods.map(|_| Vec::new());
            for pair in methods.into_iter().flatten() {
                let (owner, name): (Value, Symbol) = magnus::TryConvert::try_convert(pair)?;
                rb_self.pins.add(owner.as_raw());
                if let Some(keys) = &mut keys {
                    keys.push(exclusion::key(owner, exclusion::id_of(name)));
                }
            }
            rb_self.wanted.replace(keys);
            rb_self.all_threads.set(all_threads);
            rb_self.objects.set(objects);
            rb_self.detailed.set(detailed);
            Ok(())
        })
    }

    /// `count(targets, ruby, c, arguments) { }`: the block's value. `targets` are methods in Ruby whose calls are
    /// watched one by one; `ruby` and `c` watch all calls of methods in Ruby, or in C.
    fn count(
        ruby: &Ruby,
        rb_self: Obj<Self>,
        targets: RArray,
        in_ruby: bool,
        in_c: bool,
        arguments: RArray,
    ) -> Result<Value, Error> {
        let (running, counting) = guard(ruby, || {
            if rb_self.is_counting.replace(true) {
                let message = "this counter is counting already: make another one";
                return Err(errors::state(ruby, message));
            }
            let begun = rb_self.begin(ruby, rb_self.as_value(), targets, in_ruby, in_c);
            begun.inspect_err(|_| rb_self.is_counting.set(false))
        })?;
        let end = || {
            guard(ruby, || {
                rb_self.is_counting.set(false);
                running.end()?;
                // SAFETY: made by Box::into_raw in `begin`; no hook is left that has it.
                let result = unsafe { Box::from_raw(counting) };
                let failure = result.failure.clone();
                rb_self.result.replace(Some(result));
                Ok((failure, relief::relieve_in_time(ruby)))
            })
        };
        let (outcome, ended) = yield_and_then(Some(arguments), end);
        let Some(ended) = ended else { return outcome };
        match ended? {
            (Some(message), _) => Err(errors::internal(ruby, &message)),
            (None, Ok(())) => outcome,
            (None, Err(interruption)) => outcome.and(Err(interruption)),
        }
    }

    fn begin(
        &self,
        ruby: &Ruby,
        object: Value,
        targets: RArray,
        in_ruby: bool,
        in_c: bool,
    ) -> Result<(Watching, *mut Counting), Error> {
        ractor::mark_as_ours();
        // Before anything is counted: these run Ruby code.
        operators::try_to_spare(ruby)?;
        let functions = Functions::new(probe::layout_is_known(ruby)?);
        // SAFETY: a thread runs: it calls us.
        let thread = unsafe { rb_sys::rb_thread_current() };
        let wanted = Wanted {
            methods: self.wanted.borrow().clone(),
            thread: (!self.all_threads.get()).then_some(thread),
            // Of a method that is wanted nobody asks whose it is.
            hidden: if self.wanted.borrow().is_none() {
                hidden_owners(ruby)?
            } else {
                Arc::default()
            },
            detailed: self.detailed.get(),
        };
        for owner in wanted.hidden.iter().chain(wanted.thread.iter()) {
            self.pins.add(*owner);
        }
        let counting = Box::into_raw(Box::new(Counting::new(wanted, Arc::clone(&self.pins))));
        let mut watching = Watching {
            hooks: None,
            trace_points: Vec::new(),
            _keep: KeepAlive::new(object.as_raw()),
        };
        let mut events = 0;
        for target in targets {
            let watched = watching.watch(ruby, target, functions, counting, &self.pins);
            let Err(error) = watched else { continue };
            let ended = watching.stop_watching();
            // No method of Ruby code after all: only a hook for all calls sees it.
            if ended.is_ok() && error.is_kind_of(ruby.exception_arg_error()) {
                events = CALL | C_CALL;
                break;
            }
            if ended.is_ok() {
                // SAFETY: as made above; no hook has it.
                drop(unsafe { Box::from_raw(counting) });
            } else {
                std::mem::forget(watching);
            }
            return Err(error);
        }
        if in_ruby || self.detailed.get() {
            events |= CALL;
        }
        if in_c || self.detailed.get() {
            events |= C_CALL;
        }
        if self.detailed.get() {
            events |= RETURN | C_RETURN;
        }
        let wanted = self.wanted.borrow();
        let watched = Watched {
            events,
            operators: wanted
                .as_ref()
                .is_none_or(|keys| keys.iter().any(is_operator)),
            objects: self.objects.get(),
        };
        // SAFETY: the counting stays until `count` takes it back, after the hooks are gone; it is used by
        // nothing else meanwhile.
        watching.hooks = Some(unsafe { Hooks::add(counting, functions, watched) });
        Ok((watching, counting))
    }

    /// `[[callee, caller, file, line, called], ...]` in the order of first calls; a method is `[full name, class
    /// name or nil, klass_flags, name or nil, file or nil, line]`.
    fn edges(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        rb_self.with_result(ruby, |counting, methods| {
            let rows = ruby.ary_new();
            for edge in counting.counts.edges() {
                let (file, line) = place(counting, edge.site);
                rows.push((
                    named(ruby, methods, edge.callee),
                    named(ruby, methods, edge.caller),
                    file,
                    line,
                    edge.called,
                ))?;
            }
            Ok(rows)
        })
    }

    /// `[[called, [[method, file, line], ...]], ...]`, innermost caller first.
    fn stacks(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        rb_self.with_result(ruby, |counting, methods| {
            let rows = ruby.ary_new();
            for (stack, called) in counting.counts.stacks() {
                let frames = ruby.ary_new_capa(stack.len());
                for frame in stack {
                    let (file, line) = place(counting, frame.site);
                    frames.push((named(ruby, methods, frame.method), file, line))?;
                }
                rows.push((called, frames))?;
            }
            Ok(rows)
        })
    }

    /// `[[method, activations, least, most, called], ...]`.
    fn fan_outs(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        rb_self.with_result(ruby, |counting, methods| {
            let rows = ruby.ary_new();
            for row in counting.fan_outs.rows() {
                rows.push((
                    named(ruby, methods, row.method),
                    row.activations,
                    row.least,
                    row.most,
                    row.called,
                ))?;
            }
            Ok(rows)
        })
    }

    /// How many objects were made.
    fn objects(ruby: &Ruby, rb_self: &Self) -> Result<u64, Error> {
        guard(ruby, || {
            let result = rb_self.result.borrow();
            Ok(result.as_ref().map_or(0, |counting| counting.objects))
        })
    }

    fn with_result(
        &self,
        ruby: &Ruby,
        read: impl FnOnce(&Counting, &[Value]) -> Result<RArray, Error>,
    ) -> Result<RArray, Error> {
        guard(ruby, || {
            let result = self.result.borrow();
            let Some(counting) = result.as_ref() else {
                return Err(errors::state(
                    ruby,
                    "nothing was counted yet: call count first",
                ));
            };
            let methods = methods(ruby, counting)?;
            let values: Vec<Value> = methods.into_iter().collect();
            let rows = read(counting, &values);
            // On the stack until all of them are in the rows.
            let _ = methods.as_value();
            rows
        })
    }
}

/// The methods' facts as Arrays, in the order of their numbers.
fn methods(ruby: &Ruby, counting: &Counting) -> Result<RArray, Error> {
    let all = ruby.ary_new();
    for counted in counting.counts.methods() {
        let name = VmNames.method(counted.key);
        let (file, line) = place(counting, counted.definition);
        let method = Method {
            key: counted.key,
            class_name: name.class_name,
            owner_kind: name.owner_kind,
            name: name.name,
            file: None,
            line,
        };
        let class = (!method.class_name.is_empty()).then_some(method.class_name.as_str());
        all.push((
            method.full_name(),
            class,
            method.owner_kind.flag(),
            method.name.as_deref(),
            file,
            line,
        ))?;
    }
    Ok(all)
}

/// Whether calls of the method may be no calls to the VM, unless it has operators marked.
fn is_operator(key: &MethodKey) -> bool {
    let name = VmNames.method(*key);
    let method = Method {
        class_name: name.class_name,
        owner_kind: name.owner_kind,
        name: name.name,
        ..Method::default()
    };
    EventKind::of(&method, true) == EventKind::Operator
}

fn named(ruby: &Ruby, methods: &[Value], index: usize) -> Value {
    let method = methods.get(index).copied();
    method.unwrap_or_else(|| ruby.qnil().as_value())
}

fn place(counting: &Counting, location: Location) -> (Option<&str>, u32) {
    let file = location
        .file
        .map(|file| counting.counts.sources().name(file));
    (file, location.line)
}

/// The hooks of one count.
struct Watching {
    hooks: Option<Hooks>,
    /// Pinned by the counter.
    trace_points: Vec<Value>,
    /// Keeps the Counter alive: the hooks have its counting.
    _keep: KeepAlive,
}

impl Watching {
    /// Watches one method.
    fn watch(
        &mut self,
        ruby: &Ruby,
        target: Value,
        functions: Functions,
        counting: *mut Counting,
        pins: &Pins,
    ) -> Result<(), Error> {
        // SAFETY: the function raises nothing and takes the data as it is given here; the TracePoint is
        // disabled before the counting is freed.
        let trace_point = unsafe {
            let made = protect(|| ffi::new_trace_point(CALL, functions.target(), counting.cast()))?;
            Value::from_raw(made)
        };
        pins.add(trace_point.as_raw());
        let options = ruby.hash_new();
        options.aset(ruby.to_symbol("target"), target)?;
        // First, since what interrupts `enable` may do so after it was enabled.
        self.trace_points.push(trace_point);
        let _: Value = trace_point.funcall("enable", (magnus::KwArgs(options),))?;
        Ok(())
    }

    /// Takes the hooks away. With an error one is left, and the counting has to stay as it is for good.
    fn end(mut self) -> Result<(), Error> {
        self.hooks = None;
        let outcome = self.stop_watching();
        if outcome.is_err() {
            std::mem::forget(self);
        }
        outcome
    }

    fn stop_watching(&mut self) -> Result<(), Error> {
        let mut outcome = Ok(());
        for trace_point in self.trace_points.drain(..) {
            let disable = || trace_point.funcall::<_, _, Value>("disable", ());
            // Another thread's exception may arrive while the first try runs.
            if disable().is_err()
                && let Err(error) = disable()
            {
                outcome = Err(error);
            }
        }
        outcome
    }
}

/// `Counter.method_entry(method)`: a number that is another one once the method was replaced, even by itself.
fn method_entry(ruby: &Ruby, method: Value) -> Result<usize, Error> {
    guard(ruby, || {
        // SAFETY: an argument of a running method is live.
        Ok(unsafe { ffi::method_entry(method.as_raw()) })
    })
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = module.define_class("Counter", ruby.class_object())?;
    magnus::Class::define_alloc_func::<Counter>(class);
    class.define_singleton_method("method_entry", function!(method_entry, 1))?;
    class.define_method("initialize", method!(Counter::initialize, 4))?;
    class.define_method("count", method!(Counter::count, 4))?;
    class.define_method("edges", ruby_reader!(Counter::edges))?;
    class.define_method("stacks", ruby_reader!(Counter::stacks))?;
    class.define_method("fan_outs", ruby_reader!(Counter::fan_outs))?;
    class.define_method("objects", ruby_reader!(Counter::objects))
}
