//! `RubyProf::Profile`: its settings, and what it has recorded. How it records is in `recording`.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use magnus::{
    DataTypeFunctions, Error, Module, RArray, RHash, RModule, Ruby, TypedData, Value, gc::Marker,
    method, rb_sys::AsRawValue, typed_data::Obj, value::ReprValue,
};
use rb_sys::ID;
use rubyprof_core::{Cost, MeasureMode, Unit};

use super::convert;
use super::data::View;
use super::exclusion::{self, Excluded};
use super::members::Members;
use super::merging;
use super::options::Options;
use super::recording;
use super::running::Running;
use super::thread::Thread;
use crate::classes::Pins;
use crate::errors;
use crate::guard::{reader, ruby_reader};
use crate::overhead::Slowness;
use crate::session::ThreadFilter;

/// A profile: not started, running, paused or finished, and startable again.
#[derive(TypedData, Default)]
#[magnus(class = "RubyProf::Profile", free_immediately, mark)]
pub(crate) struct Profile {
    pub(super) options: RefCell<Options>,
    pub(super) running: RefCell<Option<Running>>,
    pub(super) members: Members,
    /// Methods of the result have other keys than the same methods in this process.
    pub(super) from_elsewhere: Cell<bool>,
    pub(super) excluded: RefCell<Excluded>,
    /// Everything that the GC must keep for this profile.
    pub(super) pins: Arc<Pins>,
    /// Given to the next session: a test wants a panic after so many rare events.
    pub(super) fuse: Cell<Option<u64>>,
    pub(super) manual_clock: Cell<bool>,
    /// What calls cost when it was started last.
    pub(super) slowness: Cell<Slowness>,
    /// Our own Ruby code is recorded too: who takes this profile leaves it out.
    pub(super) records_ours: Cell<bool>,
    initialized: Cell<bool>,
}

impl DataTypeFunctions for Profile {
    fn mark(&self, _marker: &Marker) {
        self.pins.mark();
        self.members.mark();
    }
}

impl Profile {
    fn initialize(ruby: &Ruby, rb_self: Obj<Self>, args: &[Value]) -> Result<(), Error> {
        if rb_self.initialized.replace(true) {
            let message = "a profile is initialized once: make another one with new";
            return Err(errors::state(ruby, message));
        }
        let options = Options::from_args(ruby, args)?;
        let filter = &options.threads;
        for thread in filter.include.iter().flatten().chain(&filter.exclude) {
            rb_self.pins.add(*thread);
        }
        if let Some(filter) = options.filter {
            rb_self.pins.add(filter);
        }
        let exclude_common = options.exclude_common;
        rb_self.options.replace(options);
        if exclude_common {
            let _: Value = rb_self.funcall("exclude_common_methods!", ())?;
        }
        Ok(())
    }

    /// From the next start on our own Ruby code is recorded as if it were a program's.
    pub(super) fn record_ours(&self) {
        self.records_ours.set(true);
    }

    /// Calls of the method are not recorded.
    pub(crate) fn exclude(&self, owner: Value, name: ID) {
        if !owner.is_nil() {
            self.pins.add(owner.as_raw());
        }
        let key = exclusion::key(owner, name);
        self.excluded.borrow_mut().insert(key);
    }

    /// Makes this profile, which is new, one of the same settings that has `result`.
    pub(crate) fn become_copy(&self, other: &Self, result: rubyprof_core::Profile) {
        self.initialized.set(true);
        let mut options = other.options.borrow().clone();
        // Their objects are pinned by the other one; this one is not for recording.
        options.threads = ThreadFilter::default();
        options.filter = None;
        self.options.replace(options);
        self.members.set(result);
    }

    fn initialize_copy(ruby: &Ruby, _rb_self: &Self, _other: Value) -> Result<Value, Error> {
        let message = "a profile cannot be copied: its threads can be read as often as needed";
        Err(errors::of_type(ruby, message.to_owned()))
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running.borrow().is_some()
    }

    fn is_paused(&self) -> bool {
        let running = self.running.borrow();
        // SAFETY: the session lives as long as `running`; no hook runs: this is a Ruby method.
        running
            .as_ref()
            .is_some_and(|running| unsafe { (*running.session).recorder.is_paused() })
    }

    fn measure_mode(&self) -> i64 {
        self.options.borrow().measure_mode.number()
    }

    fn measure_mode_string(&self) -> &'static str {
        self.options.borrow().measure_mode.id()
    }

    fn measure_mode_name(&self) -> &'static str {
        self.options.borrow().measure_mode.title()
    }

    fn tracks_allocations(&self) -> bool {
        let options = self.options.borrow();
        options.counts_objects()
    }

    /// Whether instructions that the VM runs without a call where it can were counted as calls; of a profile without a result,
    /// whether they are to be.
    fn counts_operators(&self) -> bool {
        let options = self.options.borrow();
        let recorded = self.members.recorded();
        recorded.map_or(options.c_calls && options.operators, |view| {
            view.profile.operators
        })
    }

    /// Whether times are without overhead; of a profile without a result, whether they are to be.
    fn is_compensated(&self) -> bool {
        let recorded = self.members.recorded();
        recorded.map_or(self.options.borrow().compensate, |view| {
            view.profile.is_compensated()
        })
    }

    /// The facts of `RubyProf::Overhead` as a Hash; nil without a result.
    fn overhead(ruby: &Ruby, rb_self: &Self) -> Result<Option<RHash>, Error> {
        let Some(view) = rb_self.members.recorded() else {
            return Ok(None);
        };
        let found = view.profile.overhead();
        let seconds = |nanoseconds: u64| nanoseconds as f64 / 1e9;
        let picoseconds = |count: u64| count as f64 / 1e12;
        let cost = |cost: Cost| [picoseconds(cost.inner), picoseconds(cost.outer)].to_vec();
        let costs = ruby.hash_new();
        costs.aset(ruby.to_symbol("ruby"), cost(found.costs.ruby))?;
        costs.aset(ruby.to_symbol("c"), cost(found.costs.c))?;
        costs.aset(ruby.to_symbol("operator"), cost(found.costs.operator))?;
        costs.aset(
            ruby.to_symbol("new_path"),
            picoseconds(found.costs.new_path),
        )?;
        costs.aset(ruby.to_symbol("object"), picoseconds(found.costs.object))?;
        costs.aset(ruby.to_symbol("switch"), picoseconds(found.costs.switch))?;
        let facts = ruby.hash_new();
        let is_time = view.profile.measure_mode.unit() == Unit::Nanoseconds;
        let total = if is_time {
            seconds(found.raw_total)
        } else {
            0.0
        };
        facts.aset(ruby.to_symbol("raw_total"), total)?;
        facts.aset(ruby.to_symbol("subtracted"), seconds(found.subtracted))?;
        facts.aset(ruby.to_symbol("share"), found.share())?;
        facts.aset(ruby.to_symbol("uncertainty"), seconds(found.uncertainty))?;
        facts.aset(ruby.to_symbol("unexplained"), seconds(found.unexplained))?;
        let known = !found.costs.is_none();
        facts.aset(ruby.to_symbol("known"), known)?;
        let unknown = match known {
            true => f64::from(found.costs.unknown) / 1e6,
            false => 1.0,
        };
        facts.aset(ruby.to_symbol("unknown_share"), unknown)?;
        facts.aset(ruby.to_symbol("costs"), costs)?;
        Ok(Some(facts))
    }

    fn records_blocks(&self) -> bool {
        self.options.borrow().blocks
    }

    fn folded_calls(ruby: &Ruby, rb_self: &Self) -> Result<u64, Error> {
        Ok(rb_self.view(ruby)?.profile.partial_total().folded)
    }

    fn untimed_calls(ruby: &Ruby, rb_self: &Self) -> Result<u64, Error> {
        Ok(rb_self.view(ruby)?.profile.partial_total().untimed)
    }

    fn records_c_calls(&self) -> bool {
        self.options.borrow().c_calls
    }

    fn threads(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        rb_self.members.list(ruby)
    }

    fn add_thread(ruby: &Ruby, rb_self: Obj<Self>, thread: Value) -> Result<Value, Error> {
        convert::check_frozen(ruby, rb_self)?;
        let wanted = "add_thread takes a RubyProf::Thread";
        let added: Obj<Thread> = convert::object(ruby, wanted, thread)?;
        let mode = rb_self.options.borrow().measure_mode;
        rb_self.members.add(ruby, added, mode)?;
        Ok(thread)
    }

    fn remove_thread(ruby: &Ruby, rb_self: Obj<Self>, thread: Value) -> Result<Value, Error> {
        convert::check_frozen(ruby, rb_self)?;
        let wanted = "remove_thread takes a RubyProf::Thread";
        let removed: Obj<Thread> = convert::object(ruby, wanted, thread)?;
        rb_self.members.remove(ruby, removed)?;
        Ok(thread)
    }

    /// What was recorded up to the last stop, and what was added by hand.
    pub(crate) fn view(&self, ruby: &Ruby) -> Result<Arc<View>, Error> {
        let options = self.options.borrow();
        let mut settings = rubyprof_core::Profile::default();
        settings.measure_mode = options.measure_mode;
        settings.track_allocations = options.track_allocations;
        settings.c_calls = options.c_calls;
        self.members.view(ruby, &settings)
    }

    /// Makes this profile, which is new, one that was recorded elsewhere.
    pub(crate) fn become_loaded(
        &self,
        ruby: &Ruby,
        result: rubyprof_core::Profile,
    ) -> Result<(), Error> {
        if self.initialized.replace(true) {
            let message = "a profile is loaded once, by RubyProf.load or Marshal";
            return Err(errors::state(ruby, message));
        }
        self.options.replace(Options {
            measure_mode: result.measure_mode,
            track_allocations: result.track_allocations,
            c_calls: result.c_calls,
            ..Options::default()
        });
        self.from_elsewhere.set(true);
        self.members.set(result);
        Ok(())
    }

    /// Replaces what was recorded.
    pub(crate) fn set_result(&self, result: rubyprof_core::Profile) {
        self.members.set(result);
    }

    pub(crate) fn set_fuse(&self, events: u64) {
        self.fuse.set(Some(events));
    }

    pub(crate) fn use_manual_clock(&self) {
        self.manual_clock.set(true);
    }

    fn inspect(&self) -> String {
        let state = match (self.is_running(), self.is_paused()) {
            (_, true) => "paused",
            (true, false) => "running",
            (false, false) if !self.members.is_empty() => "finished",
            (false, false) => "not started",
        };
        format!(
            "#<RubyProf::Profile {} ({state})>",
            self.measure_mode_string()
        )
    }
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = module.define_class("Profile", ruby.class_object())?;
    magnus::Class::define_alloc_func::<Profile>(class);
    for mode in MeasureMode::ALL {
        module.const_set(mode.id().to_uppercase(), mode.number())?;
    }
    class.define_method("initialize", method!(Profile::initialize, -1))?;
    class.define_method("initialize_copy", method!(Profile::initialize_copy, 1))?;
    recording::init(class)?;
    exclusion::init(ruby, class)?;
    merging::init(class)?;
    class.define_method("running?", reader!(Profile::is_running))?;
    class.define_method("paused?", reader!(Profile::is_paused))?;
    class.define_method("measure_mode", reader!(Profile::measure_mode))?;
    class.define_method("measure_mode_string", reader!(Profile::measure_mode_string))?;
    class.define_method("measure_mode_name", reader!(Profile::measure_mode_name))?;
    class.define_method("track_allocations?", reader!(Profile::tracks_allocations))?;
    class.define_method("c_calls?", reader!(Profile::records_c_calls))?;
    class.define_method("operators?", reader!(Profile::counts_operators))?;
    class.define_method("compensated?", reader!(Profile::is_compensated))?;
    class.define_private_method("_overhead", ruby_reader!(Profile::overhead))?;
    class.define_method("blocks?", reader!(Profile::records_blocks))?;
    class.define_method("folded_calls", ruby_reader!(Profile::folded_calls))?;
    class.define_method("untimed_calls", ruby_reader!(Profile::untimed_calls))?;
    class.define_method("threads", ruby_reader!(Profile::threads))?;
    class.define_method("add_thread", method!(Profile::add_thread, 1))?;
    class.define_method("remove_thread", method!(Profile::remove_thread, 1))?;
    class.define_method("inspect", reader!(Profile::inspect))
}
