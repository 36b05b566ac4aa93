//! `Profile#start`, `stop`, `pause`, `resume` and `profile`.

use std::collections::HashSet;
use std::sync::Arc;

use magnus::{
    Error, Module, Object, RArray, RClass, RModule, Ruby, Value, method, rb_sys::AsRawValue,
    rb_sys::FromRawValue, rb_sys::protect, typed_data::Obj, value::ReprValue,
};
use rb_sys::VALUE;
use rubyprof_core::{Costs, MeasureMode, Recorder, Settings};

use super::exclusion;
use super::leaving::{swallow, yield_and_then};
use super::profile::Profile;
use super::running::{KeepAlive, Running};
use crate::clock::{self, Clock};
use crate::errors;
use crate::guard::guard;
use crate::hook::{Hooks, Wanted};
use crate::memory;
use crate::names::{self, RecordedNames};
use crate::overhead::{self, Way};
use crate::session::{Session, note_work, object_id};
use crate::vm::blocks::{self, Blocks};
use crate::vm::{marks, operators, probe, relief};

/// Call paths from which on what recording them took is worth giving back.
const LARGE: usize = 100_000;

impl Profile {
    pub(crate) fn start(ruby: &Ruby, rb_self: Obj<Self>) -> Result<Obj<Self>, Error> {
        guard(ruby, || {
            if rb_self.is_running() {
                let message = "RubyProf.start was already called: stop this profile first, \
                               or make another one";
                return Err(errors::state(ruby, message));
            }
            if rb_self.is_frozen() {
                let message = "a frozen profile cannot be started: make another one";
                return Err(Error::new(ruby.exception_frozen_error(), message));
            }
            // Before anything is recorded: these run Ruby code.
            let layout = probe::layout_is_known(ruby)?;
            if rb_self.options.borrow().blocks && !layout {
                let message = "blocks: true needs what only the VM's own frames tell, and this Ruby's are \
                               not known (or RUBY_PROF_EVENTS=public keeps them from being read)";
                return Err(errors::state(ruby, message));
            }
            if rb_self.options.borrow().c_calls {
                operators::try_to_spare(ruby)?;
            }
            if !rb_self.manual_clock.get() {
                let options = rb_self.options.borrow().clone();
                let operators = options.c_calls && options.operators;
                let slowness = overhead::before(ruby, way(&options, operators))?;
                rb_self.slowness.set(slowness);
            }
            if layout {
                blocks::prepare(ruby);
            }
            let probe = probe::module(ruby)?;
            rb_self.begin(ruby, rb_self.as_raw(), layout)?;
            // The call shows the hook this fiber's stack: the methods that are running already.
            let shown = probe.funcall::<_, _, Value>("touch", ());
            if let Err(error) = shown {
                if let Some(running) = rb_self.running.take() {
                    running.give_up();
                }
                return Err(error);
            }
            Ok(rb_self)
        })
    }

    fn begin(&self, ruby: &Ruby, object: VALUE, layout: bool) -> Result<(), Error> {
        let options = self.options.borrow().clone();
        let clock = match options.measure_mode {
            MeasureMode::WallTime | MeasureMode::ProcessTime if self.manual_clock.get() => {
                Clock::Manual
            }
            MeasureMode::WallTime => Clock::wall(),
            MeasureMode::ProcessTime => {
                clock::survive_fork();
                Clock::ProcessCpu
            }
            MeasureMode::Allocations => Clock::Objects,
            MeasureMode::Memory => Clock::Bytes,
        };
        let mut wanted = Wanted {
            c_calls: options.c_calls,
            operators: options.c_calls && options.operators,
            objects: options.counts_objects(),
            gc: !matches!(clock, Clock::Objects | Clock::Bytes),
            budget: false,
            latency: options.latency,
            blocks: options.blocks,
        };
        // SAFETY: a thread and a fiber are running: they call us.
        let starter = unsafe {
            (
                object_id(rb_sys::rb_thread_current()),
                object_id(rb_sys::rb_fiber_current()),
            )
        };
        let hidden = match self.records_ours.get() {
            true => api_owners(ruby)?,
            false => hidden_owners(ruby)?,
        };
        for owner in hidden.iter() {
            self.pins.add(*owner);
        }
        let way = way(&options, wanted.operators);
        let mut session = Session::new(
            clock,
            options.track_allocations,
            Arc::clone(&self.pins),
            options.threads,
            hidden,
            self.excluded.borrow().clone(),
            starter,
        );
        session.fuse = self.fuse.get();
        session.vm.blocks = (layout && !options.blocks).then(Blocks::default);
        session.recorder = Recorder::within(options.bounds.limits());
        let budget = match clock {
            Clock::Tsc | Clock::Monotonic | Clock::ProcessCpu => {
                let costs = overhead::costs(way);
                let tick = clock.scale().apply(1 << 20) as f64 / f64::from(1 << 20);
                options.bounds.budget(&costs, tick, clock)
            }
            _ => None,
        };
        if let Some(budget) = budget {
            session.recorder.keep_to(budget);
            wanted.budget = true;
        }
        if options.latency {
            session.recorder.record_latencies(clock.scale());
        }
        let session = Box::into_raw(Box::new(session));
        // Before the hooks are there, since it could raise, and they must not be left behind then.
        let keep = KeepAlive::new(object);
        // SAFETY: the session is freed by Running's drop, after the hooks; all other uses are in
        // methods of this class, which call no Ruby code while they hold it.
        let hooks = unsafe { Hooks::add(session, layout, wanted) };
        // SAFETY: as above; no hook runs.
        unsafe {
            (*session).counts_operators = options.c_calls && marks::operators_are_marked();
            // To add hooks takes time.
            let now = (*session).now();
            (*session).begin_anew(now);
        }
        note_work();
        self.running.replace(Some(Running {
            hooks: Some(hooks),
            session,
            _keep: keep,
        }));
        Ok(())
    }

    pub(crate) fn stop(ruby: &Ruby, rb_self: Obj<Self>) -> Result<Obj<Self>, Error> {
        let (failure, interruption) = guard(ruby, || {
            let Some(mut running) = rb_self.running.take() else {
                let message = "RubyProf.start was not yet called: start the profile before stop";
                return Err(errors::state(ruby, message));
            };
            note_work();
            // SAFETY: no hook runs: this is a Ruby method.
            let now = unsafe {
                let now = (*running.session).now();
                (*running.session).end(now);
                now
            };
            let operators = marks::operators_are_marked();
            running.hooks = None;
            // SAFETY: made by Box::into_raw in `begin`; the hooks are gone, and Running's drop sees null.
            let mut session = unsafe {
                Box::from_raw(std::mem::replace(
                    &mut running.session,
                    std::ptr::null_mut(),
                ))
            };
            // What was recorded is not to be lost because the program's Thread.list cannot be asked. What a signal's handler raises
            // meanwhile is raised once.
            let mut interrupted = None;
            let alive = living_threads(ruby).or_else(|error| {
                let alive = living_threads(ruby);
                interrupted = alive.is_ok().then_some(error);
                alive
            });
            if let Ok(alive) = alive {
                session.recorder.end_threads(|id| alive.contains(&id));
            }
            session.vm.give_back_marks();
            session.settle();
            session.tell_of_others(now);
            session.counts_operators |= operators && rb_self.options.borrow().c_calls;
            let relieved = relief::relieve(ruby);
            let (costs, looked) = match session.vm.clock {
                Clock::Tsc | Clock::Monotonic | Clock::ProcessCpu => {
                    let way = way(&rb_self.options.borrow(), session.counts_operators);
                    overhead::charged(ruby, way, rb_self.slowness.get())
                }
                _ => Default::default(),
            };
            let (failure, interruption) = rb_self.finish(ruby, *session, now, costs)?;
            let interruption = interruption.or(looked).or(relieved.err());
            let interruption = interruption.or(interrupted);
            Ok((failure, interruption))
        })?;
        if let Some(error) = interruption {
            return Err(error);
        }
        match failure {
            None => Ok(rb_self),
            Some(message) => {
                let error = errors::while_recording(ruby, &message);
                if let Some(exception) = error.value() {
                    let exception: magnus::RObject = magnus::TryConvert::try_convert(exception)?;
                    exception.ivar_set("@profile", rb_self)?;
                }
                Err(error)
            }
        }
    }

    /// Makes the result. Returns what went wrong while recording, if anything did, and what a pattern
    /// raised, or who else cut its work short: then the result has all methods.
    fn finish(
        &self,
        ruby: &Ruby,
        session: Session,
        now: u64,
        costs: Costs,
    ) -> Result<(Option<String>, Option<Error>), Error> {
        let options = self.options.borrow();
        let settings = Settings {
            measure_mode: options.measure_mode,
            track_allocations: options.track_allocations,
            c_calls: options.c_calls,
            operators: session.counts_operators,
            costs,
            clock: session.vm.clock.describe().to_owned(),
            scale: session.vm.clock.scale(),
        };
        let recorder: Recorder = session.recorder;
        let mut interruption = None;
        let attributes = match names::attributes(ruby, recorder.methods_without_file()) {
            Ok(attributes) => attributes,
            Err(error) => {
                interruption = Some(error);
                HashSet::new()
            }
        };
        let mut run = recorder.finish(now, settings, &mut RecordedNames { attributes });
        if let Some(filter) = options.filter {
            // SAFETY: a Filter, which the profile has pinned since it was made.
            let filter = unsafe { Value::from_raw(filter) };
            match exclusion::filtered(ruby, &run, filter) {
                Ok(rest) => run = rest,
                Err(error) => interruption = Some(error),
            }
        }
        let whole = if self.members.is_empty() {
            run
        } else {
            let run = match self.from_elsewhere.get() {
                true => run.with_portable_keys(),
                false => run,
            };
            self.members.view(ruby, &run)?.profile.followed_by(&run)
        };
        let mut whole = whole;
        match options.compensate {
            true => whole.compensate(),
            false => whole.uncompensate(),
        }
        let is_large = whole.nodes().len() >= LARGE;
        self.members.set(whole);
        if is_large {
            memory::give_back();
        }
        Ok((session.failure, interruption))
    }

    pub(crate) fn pause(ruby: &Ruby, rb_self: Obj<Self>) -> Result<Obj<Self>, Error> {
        note_work();
        rb_self.with_session(ruby, |session| {
            let now = session.now();
            session.settle();
            session.end(now);
            session.recorder.pause(now);
        })?;
        Ok(rb_self)
    }

    pub(crate) fn resume(ruby: &Ruby, rb_self: Obj<Self>) -> Result<Value, Error> {
        rb_self.resume_only(ruby)?;
        if !ruby.block_given() {
            return Ok(rb_self.as_value());
        }
        let outcome = ruby.yield_values::<_, Value>(());
        if rb_self.is_running() {
            Self::pause(ruby, rb_self)?;
        }
        outcome
    }

    pub(crate) fn resume_only(&self, ruby: &Ruby) -> Result<(), Error> {
        note_work();
        self.with_session(ruby, |session| {
            let now = session.now();
            session.recorder.resume(now);
            session.begin_anew(now);
        })
    }

    fn with_session(&self, ruby: &Ruby, work: impl FnOnce(&mut Session)) -> Result<(), Error> {
        let running = self.running.borrow();
        let Some(running) = running.as_ref() else {
            let message = "RubyProf is not running: start the profile first";
            return Err(errors::state(ruby, message));
        };
        // SAFETY: the session lives as long as `running`; `work` calls no Ruby code, so no hook runs.
        work(unsafe { &mut *running.session });
        Ok(())
    }

    /// Profiles the block.
    pub(crate) fn profile_block(ruby: &Ruby, rb_self: Obj<Self>) -> Result<Obj<Self>, Error> {
        if !ruby.block_given() {
            let message = "a block must be provided to the profile method: \
                           RubyProf.profile { code to profile }";
            return Err(errors::argument(ruby, message.to_owned()));
        }
        Self::start(ruby, rb_self)?;
        // The block may have stopped the profile itself.
        let stop = || {
            guard(ruby, || match rb_self.is_running() {
                true => Self::stop(ruby, rb_self),
                false => Ok(rb_self),
            })
        };
        let (outcome, stopped) = yield_and_then(None, stop);
        let stopped = stopped.unwrap_or(Ok(rb_self));
        match outcome {
            Ok(_) => stopped,
            Err(error) if rb_self.options.borrow().allow_exceptions => Err(error),
            Err(error) => {
                swallow(ruby, error)?;
                stopped
            }
        }
    }

    fn new_and_profile(ruby: &Ruby, class: Value, args: &[Value]) -> Result<Obj<Self>, Error> {
        if !ruby.block_given() {
            let message = "a block must be provided to the profile method: \
                           RubyProf::Profile.profile { code to profile }";
            return Err(errors::argument(ruby, message.to_owned()));
        }
        let profile: Obj<Self> = class.funcall_public("new", args)?;
        Self::profile_block(ruby, profile)
    }
}

/// The object ids of the threads that have not ended.
fn living_threads(ruby: &Ruby) -> Result<HashSet<u64>, Error> {
    let list: RArray = ruby.class_thread().funcall("list", ())?;
    // SAFETY: live objects of the list.
    Ok(list
        .into_iter()
        .map(|thread| unsafe { object_id(thread.as_raw()) })
        .collect())
}

/// The owners of methods that are not recorded: the profiler's own, and what `RubyProf::HIDDEN` lists
/// of its Ruby code.
pub(super) fn hidden_owners(ruby: &Ruby) -> Result<Arc<[VALUE]>, Error> {
    let module: RModule = ruby.class_object().const_get("RubyProf")?;
    let mut owners = api_owners(ruby)?.to_vec();
    for listed in module.const_get::<_, RArray>("HIDDEN")? {
        owners.push(listed.as_raw());
        owners.push(singleton(listed)?);
    }
    Ok(owners.into())
}

/// The owners of what starts and stops profiles.
fn api_owners(ruby: &Ruby) -> Result<Arc<[VALUE]>, Error> {
    let module: RModule = ruby.class_object().const_get("RubyProf")?;
    let profile: Value = module.const_get("Profile")?;
    let probe = probe::module(ruby)?;
    let owners = [
        profile.as_raw(),
        singleton(profile)?,
        singleton(module.as_value())?,
        singleton(probe.as_value())?,
    ];
    Ok(owners.into())
}

fn singleton(object: Value) -> Result<VALUE, Error> {
    // SAFETY: the object is a class or module, which can have a singleton class.
    protect(|| unsafe { rb_sys::rb_singleton_class(object.as_raw()) })
}

pub(crate) fn init(class: RClass) -> Result<(), Error> {
    class.define_singleton_method("profile", method!(Profile::new_and_profile, -1))?;
    class.define_method("start", method!(Profile::start, 0))?;
    class.define_method("stop", method!(Profile::stop, 0))?;
    class.define_method("pause", method!(Profile::pause, 0))?;
    class.define_method("resume", method!(Profile::resume, 0))?;
    class.define_method("profile", method!(Profile::profile_block, 0))
}

/// What the costs of a profile with these options depend on.
fn way(options: &super::options::Options, operators: bool) -> Way {
    Way {
        mode: options.measure_mode,
        operators,
        objects: options.track_allocations,
    }
}
