//! `RubyProf.start`, `RubyProf.profile` and so on: one profile at a time, as in ruby-prof 1.x.

use magnus::{
    Error, Object, RHash, RModule, Ruby, Value, method, typed_data::Obj, value::ReprValue,
};

use super::options;
use super::profile::Profile;
use crate::errors;

/// Where the module keeps the profile that `RubyProf.start` started.
const CURRENT: &str = "@profile";
const MEASURE_MODE: &str = "@measure_mode";
const EXCLUDE_THREADS: &str = "@exclude_threads";

fn current(module: RModule) -> Result<Option<Obj<Profile>>, Error> {
    module.ivar_get(CURRENT)
}

fn running(ruby: &Ruby, module: RModule) -> Result<Obj<Profile>, Error> {
    current(module)?.ok_or_else(|| {
        let message = "RubyProf.start was not yet called: call it before stop, pause or resume";
        errors::state(ruby, message)
    })
}

fn start(ruby: &Ruby, module: RModule) -> Result<Obj<Profile>, Error> {
    if is_running(module)? {
        let message = "RubyProf is already running: call RubyProf.stop first";
        return Err(errors::state(ruby, message));
    }
    let profile = new_profile(ruby, module, None)?;
    module.ivar_set(CURRENT, profile)?;
    Profile::start(ruby, profile).inspect_err(|_| {
        // Nothing was started; the error that says why is more useful than one from here.
        let _ = module.ivar_set(CURRENT, ruby.qnil());
    })
}

fn stop(ruby: &Ruby, module: RModule) -> Result<Obj<Profile>, Error> {
    let profile = running(ruby, module)?;
    module.ivar_set(CURRENT, ruby.qnil())?;
    if profile.is_running() {
        Profile::stop(ruby, profile)
    } else {
        // Stopped through the Profile itself.
        Ok(profile)
    }
}

fn pause(ruby: &Ruby, module: RModule) -> Result<Obj<Profile>, Error> {
    Profile::pause(ruby, running(ruby, module)?)
}

fn resume(ruby: &Ruby, module: RModule) -> Result<Obj<Profile>, Error> {
    let profile = running(ruby, module)?;
    profile.resume_only(ruby)?;
    Ok(profile)
}

fn is_running(module: RModule) -> Result<bool, Error> {
    Ok(current(module)?.is_some_and(|profile| profile.is_running()))
}

fn profile(ruby: &Ruby, module: RModule, args: &[Value]) -> Result<Obj<Profile>, Error> {
    if !ruby.block_given() {
        let message = "a block must be provided: RubyProf.profile { code to profile }";
        return Err(errors::argument(ruby, message.to_owned()));
    }
    if is_running(module)? {
        let message = "RubyProf is already running: call RubyProf.stop first";
        return Err(errors::state(ruby, message));
    }
    let profile = new_profile(ruby, module, Some(args))?;
    Profile::profile_block(ruby, profile)
}

/// A profile with the module's settings under the arguments.
fn new_profile(
    ruby: &Ruby,
    module: RModule,
    args: Option<&[Value]>,
) -> Result<Obj<Profile>, Error> {
    let settings = ruby.hash_new();
    settings.aset(ruby.to_symbol("measure_mode"), measure_mode(module)?)?;
    settings.aset(
        ruby.to_symbol("exclude_threads"),
        exclude_threads(ruby, module)?,
    )?;
    let class: Value = magnus::Module::const_get(module, "Profile")?;
    match args {
        None | Some([]) => class.funcall_public("new", (settings,)),
        Some([only]) if RHash::from_value(*only).is_some() => {
            let merged: Value = settings.funcall("merge", (*only,))?;
            class.funcall_public("new", (merged,))
        }
        Some(args) => class.funcall_public("new", args),
    }
}

fn measure_mode(module: RModule) -> Result<i64, Error> {
    let mode: Option<i64> = module.ivar_get(MEASURE_MODE)?;
    Ok(mode.unwrap_or(0))
}

fn set_measure_mode(ruby: &Ruby, module: RModule, value: Value) -> Result<(), Error> {
    let mode = options::measure_mode(ruby, value)?;
    module.ivar_set(MEASURE_MODE, mode.number())
}

fn exclude_threads(ruby: &Ruby, module: RModule) -> Result<Value, Error> {
    let threads: Value = module.ivar_get(EXCLUDE_THREADS)?;
    if threads.is_nil() {
        Ok(ruby.ary_new().as_value())
    } else {
        Ok(threads)
    }
}

fn set_exclude_threads(ruby: &Ruby, module: RModule, value: Value) -> Result<(), Error> {
    options::threads(ruby, "exclude_threads", value)?;
    module.ivar_set(EXCLUDE_THREADS, value)
}

pub(crate) fn init(_ruby: &Ruby, module: RModule) -> Result<(), Error> {
    module.define_singleton_method("start", method!(start, 0))?;
    module.define_singleton_method("stop", method!(stop, 0))?;
    module.define_singleton_method("pause", method!(pause, 0))?;
    module.define_singleton_method("resume", method!(resume, 0))?;
    module.define_singleton_method("running?", method!(is_running, 0))?;
    module.define_singleton_method("profile", method!(profile, -1))?;
    module.define_singleton_method("measure_mode", method!(measure_mode, 0))?;
    module.define_singleton_method("measure_mode=", method!(set_measure_mode, 1))?;
    module.define_singleton_method("exclude_threads", method!(exclude_threads, 0))?;
    module.define_singleton_method("exclude_threads=", method!(set_exclude_threads, 1))
}
