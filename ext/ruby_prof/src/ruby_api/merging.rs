//! `Profile#merge!` and `RubyProf.merge`: trees as one.

use magnus::{
    Error, Module, RClass, Ruby, Symbol, Value, method, typed_data::Obj, value::ReprValue,
};
use rubyprof_core::MergeBy;

use super::options::class_of;
use super::profile::Profile;
use crate::errors;
use crate::guard::guard;

/// Which trees become one: `:root`, `:thread` or `:all`.
///
/// # Errors
///
/// ArgumentError for anything else.
pub(crate) fn merge_by(ruby: &Ruby, value: Value) -> Result<MergeBy, Error> {
    let name = Symbol::from_value(value).and_then(|name| name.name().ok());
    match name.as_deref() {
        Some("root") => Ok(MergeBy::Root),
        Some("thread") => Ok(MergeBy::Thread),
        Some("all") => Ok(MergeBy::All),
        _ => {
            let given = name.map_or_else(|| class_of(value), |name| format!(":{name}"));
            let message = format!(
                "merge! joins trees by :root, by :thread or :all of them, not by {given}: merge!(:all)"
            );
            Err(errors::argument(ruby, message))
        }
    }
}

/// The value of `by:`, as `RubyProf.merge` takes it; anything else is itself.
fn keyword_by(ruby: &Ruby, value: Value) -> Value {
    let hash = magnus::RHash::from_value(value).filter(|hash| hash.len() == 1);
    hash.and_then(|hash| hash.get(ruby.to_symbol("by")))
        .unwrap_or(value)
}

/// `merge!(by = :root)`, also `merge!(by: :root)`.
fn merge(ruby: &Ruby, rb_self: Obj<Profile>, args: &[Value]) -> Result<Obj<Profile>, Error> {
    let by = match args {
        [] => MergeBy::Root,
        [by] => merge_by(ruby, keyword_by(ruby, *by))?,
        more => {
            let message = format!(
                "wrong number of arguments (given {}, expected 0..1)",
                more.len()
            );
            return Err(errors::argument(ruby, message));
        }
    };
    if rb_self.is_running() {
        let message = "this profile is still running: stop it before merging";
        return Err(errors::state(ruby, message));
    }
    if rb_self.is_frozen() {
        let message = "a frozen profile cannot be merged";
        return Err(Error::new(ruby.exception_frozen_error(), message));
    }
    guard(ruby, || {
        let view = rb_self.view(ruby)?;
        rb_self.set_result(view.profile.merged(by));
        Ok(rb_self)
    })
}

pub(crate) fn init(class: RClass) -> Result<(), Error> {
    class.define_method("merge!", method!(merge, -1))
}
