//! Profiles as bytes: for files, for Marshal, and several of them as one.

use std::sync::Arc;

use magnus::{
    Error, IntoValue, Module, Object, RArray, RClass, RString, Ruby, Value, function, method,
    typed_data::Obj,
};
use rubyprof_core::Profile as Recorded;

use super::convert;
use super::data::View;
use super::merging::merge_by;
use super::profile::Profile;
use super::reference::NodeRef;
use super::store::Store;
use super::thread::Thread;
use crate::errors;
use crate::guard::guard;

/// The bytes of a profile file.
fn encode(ruby: &Ruby, profile: &Recorded) -> Result<RString, Error> {
    let mut bytes = Vec::new();
    rubyprof_file::write(profile, &mut bytes)
        .map_err(|error| errors::format(ruby, &error.to_string()))?;
    Ok(ruby.str_from_slice(&bytes))
}

fn decode(ruby: &Ruby, head: Option<RString>, bytes: RString) -> Result<Recorded, Error> {
    make_sure_of_memory(ruby, bytes.len())?;
    guard(ruby, || {
        // SAFETY: no Ruby runs, and nothing collects garbage, while the bytes are read.
        let decoded = unsafe {
            match head {
                Some(head) => rubyprof_file::from_parts(head.as_slice(), bytes.as_slice()),
                None => rubyprof_file::from_bytes(bytes.as_slice()),
            }
        };
        decoded.map_err(|error| errors::format(ruby, &error.to_string()))
    })
}

/// Where there is too little memory, Rust would end the process. Ruby's NoMemoryError can be rescued.
fn make_sure_of_memory(ruby: &Ruby, length: usize) -> Result<(), Error> {
    // A few MB are always there.
    if length < 1 << 20 {
        return Ok(());
    }
    let needed = length.saturating_mul(rubyprof_file::USUAL_MEMORY_A_BYTE);
    if Vec::<u8>::new().try_reserve_exact(needed).is_ok() {
        return Ok(());
    }
    Err(Error::new(
        ruby.exception_no_mem_error(),
        format!(
            "reading this profile of {} MB takes some {} MB of memory",
            length >> 20,
            needed >> 20
        ),
    ))
}

/// `Profile.stored_length(head)`: how many bytes follow the first ones of a file.
fn stored_length(ruby: &Ruby, _: RClass, head: RString) -> Result<u64, Error> {
    // SAFETY: no Ruby runs while the bytes are read.
    let length = unsafe { rubyprof_file::stored_length(head.as_slice()) };
    length.map_err(|error| errors::format(ruby, &error.to_string()))
}

/// `Profile.of_file(head, rest)`: a profile from the first bytes of a file, and the others.
fn of_file(ruby: &Ruby, _: RClass, head: RString, rest: RString) -> Result<Value, Error> {
    let profile = decode(ruby, Some(head), rest)?;
    let object = ruby.obj_wrap(Profile::default());
    object.become_loaded(ruby, profile)?;
    Ok(object.into_value_with(ruby))
}

fn dump(ruby: &Ruby, rb_self: Obj<Profile>) -> Result<RString, Error> {
    if rb_self.is_running() {
        let message = "this profile is still running: stop it before saving";
        return Err(errors::argument(ruby, message.to_owned()));
    }
    guard(ruby, || encode(ruby, &rb_self.view(ruby)?.profile))
}

fn load(ruby: &Ruby, rb_self: Obj<Profile>, bytes: Value) -> Result<Obj<Profile>, Error> {
    let Some(bytes) = RString::from_value(bytes) else {
        let message = "this is no profile of ruby-prof-rs: ruby-prof's own dumps cannot be read";
        return Err(errors::format(ruby, message));
    };
    let profile = decode(ruby, None, bytes)?;
    rb_self.become_loaded(ruby, profile)?;
    Ok(rb_self)
}

fn dump_thread(ruby: &Ruby, rb_self: Obj<Thread>) -> Result<RString, Error> {
    let tree = rb_self.tree(ruby)?;
    guard(ruby, || {
        let whole = &tree.view.profile;
        encode(ruby, &Recorded::composed(whole, &[(whole, tree.index)]))
    })
}

fn load_thread(ruby: &Ruby, rb_self: Obj<Thread>, bytes: RString) -> Result<Obj<Thread>, Error> {
    let profile = decode(ruby, None, bytes)?;
    let store = Store::recorded(profile);
    let view = store.view();
    let Some(thread) = view.profile.threads().first() else {
        return Err(errors::format(ruby, "there is no thread in this"));
    };
    let twig = view.twig_of(thread.root);
    rb_self.become_loaded(ruby, NodeRef { store, twig })?;
    Ok(rb_self)
}

/// `Profile.together(profiles, by)`: a new profile with the trees of all.
fn together(ruby: &Ruby, profiles: RArray, by: Value) -> Result<Value, Error> {
    let by = merge_by(ruby, by)?;
    let mut views: Vec<Arc<View>> = Vec::new();
    for profile in profiles {
        let profile: Obj<Profile> =
            convert::object(ruby, "only a RubyProf::Profile can be merged", profile)?;
        views.push(profile.view(ruby)?);
    }
    let whole = guard(ruby, || {
        let parts: Vec<&Recorded> = views.iter().map(|view| &view.profile).collect();
        Recorded::together(&parts, by).map_err(|modes| {
            let message = format!(
                "profiles that measure different things cannot be merged: one has {}, another {}",
                modes.first.id(),
                modes.other.id()
            );
            errors::argument(ruby, message)
        })
    })?;
    let profile = ruby.obj_wrap(Profile::default());
    profile.become_loaded(ruby, whole)?;
    Ok(profile.into_value_with(ruby))
}

pub(crate) fn init(ruby: &Ruby) -> Result<(), Error> {
    let module: magnus::RModule = ruby.class_object().const_get("RubyProf")?;
    let profile: RClass = module.const_get("Profile")?;
    profile.define_method("_dump_data", method!(dump, 0))?;
    profile.define_method("_load_data", method!(load, 1))?;
    profile.define_singleton_method("together", function!(together, 2))?;
    profile.define_singleton_method("stored_length", method!(stored_length, 1))?;
    profile.define_singleton_method("of_file", method!(of_file, 2))?;
    let thread: RClass = module.const_get("Thread")?;
    thread.define_method("_dump_data", method!(dump_thread, 0))?;
    thread.define_method("_load_data", method!(load_thread, 1))
}
