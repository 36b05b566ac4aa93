//! `RubyProf::TestProfiles` (private): what a test run does with the profiles of its tests, of which there are thousands.

use magnus::{
    Error, IntoValue, Object, RArray, RModule, RString, Ruby, TryConvert, Value, function,
    typed_data::Obj, value::ReprValue,
};
use rubyprof_core::{Framework, MergeBy, Profile as Recorded, Unit};

use super::convert;
use super::profile::Profile;
use crate::errors;
use crate::guard::guard;

/// `TestProfiles.record_ours(profile)`: from its next start on the profile has our own Ruby code too, which
/// [`take`] leaves out again. While it is hidden, what it calls looks as if the program called it; and the blocks of
/// expectations run in it.
fn record_ours(profile: Obj<Profile>) {
    profile.record_ours();
}

/// `TestProfiles.take(profile, own, libraries)`: the finished profile without the framework, as bytes of a profile file,
/// its total (in nanoseconds, objects or bytes), calls, and objects (nil if they were not counted). The profile is
/// empty then: Ruby may be slow to collect it, and does not know how much memory it holds.
fn take(
    ruby: &Ruby,
    profile: Obj<Profile>,
    own: RArray,
    libraries: RArray,
) -> Result<RArray, Error> {
    let framework = framework(ruby, own, libraries)?;
    let view = profile.view(ruby)?;
    let rest = guard(ruby, || Ok(view.profile.without_framework(&framework)))?;
    drop(view);
    profile.set_result(Recorded::default());
    let bytes = encode(ruby, &rest)?;
    Ok(ruby.ary_new_from_values(&[
        bytes.into_value_with(ruby),
        rest.total().into_value_with(ruby),
        rest.calls().into_value_with(ruby),
        objects(&rest).into_value_with(ruby),
    ]))
}

/// `TestProfiles.without_framework(profile, own, libraries)`: another profile, without the framework.
fn without_framework(
    ruby: &Ruby,
    profile: Obj<Profile>,
    own: RArray,
    libraries: RArray,
) -> Result<Obj<Profile>, Error> {
    let framework = framework(ruby, own, libraries)?;
    let view = profile.view(ruby)?;
    let rest = guard(ruby, || Ok(view.profile.without_framework(&framework)))?;
    let copy: Value = profile.class().funcall("allocate", ())?;
    let copy: Obj<Profile> = convert::object(ruby, "allocate makes a RubyProf::Profile", copy)?;
    copy.become_copy(&profile, rest);
    Ok(copy)
}

fn framework(ruby: &Ruby, own: RArray, libraries: RArray) -> Result<Framework, Error> {
    Ok(Framework {
        own: Vec::<String>::try_convert(own.into_value_with(ruby))?,
        libraries: Vec::<String>::try_convert(libraries.into_value_with(ruby))?,
    })
}

fn objects(profile: &Recorded) -> Option<u64> {
    if profile.measure_mode.unit() == Unit::Objects {
        return Some(profile.total());
    }
    let counts = profile.allocations().iter().map(|made| made.count);
    profile
        .track_allocations
        .then(|| counts.fold(0, u64::saturating_add))
}

/// `TestProfiles.merge([bytes, ...], limit)`: profile files as one, trees with equal roots joined, and whether it has no more
/// than the `limit` costliest of its call paths. None of them becomes a Ruby object.
fn merge(ruby: &Ruby, files: RArray, limit: usize) -> Result<RArray, Error> {
    let mut parts = Vec::with_capacity(files.len());
    for file in files {
        let file = RString::try_convert(file)?;
        // SAFETY: no Ruby code runs while the bytes are read.
        let bytes = unsafe { file.as_slice() };
        let part = guard(ruby, || {
            rubyprof_file::from_bytes(bytes)
                .map_err(|error| errors::format(ruby, &error.to_string()))
        })?;
        parts.push(part);
    }
    let whole = guard(ruby, || {
        let parts: Vec<&Recorded> = parts.iter().collect();
        Recorded::together(&parts, MergeBy::Root).map_err(|_| {
            let message = "the processes of this run measured different things: give all the same RUBY_PROF_MODE";
            errors::argument(ruby, message.to_owned())
        })
    })?;
    drop(parts);
    let pruned = guard(ruby, || Ok(whole.pruned(limit)))?;
    let is_pruned = pruned.is_some();
    let bytes = encode(ruby, pruned.as_ref().unwrap_or(&whole))?;
    Ok(ruby.ary_new_from_values(&[bytes.into_value_with(ruby), is_pruned.into_value_with(ruby)]))
}

fn encode(ruby: &Ruby, profile: &Recorded) -> Result<RString, Error> {
    let bytes = guard(ruby, || {
        let mut bytes = Vec::new();
        rubyprof_file::write(profile, &mut bytes)
            .map_err(|error| errors::format(ruby, &error.to_string()))?;
        Ok(bytes)
    })?;
    Ok(ruby.str_from_slice(&bytes))
}

pub(crate) fn init(_ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let profiles = magnus::Module::define_module(module, "TestProfiles")?;
    profiles.define_singleton_method("record_ours", function!(record_ours, 1))?;
    profiles.define_singleton_method("take", function!(take, 3))?;
    profiles.define_singleton_method("without_framework", function!(without_framework, 3))?;
    profiles.define_singleton_method("merge", function!(merge, 2))
}
