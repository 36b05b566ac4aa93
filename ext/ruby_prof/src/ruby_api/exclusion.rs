//! Which methods a profile leaves out: `Profile#exclude_method!` while it records, and patterns when
//! it stops.

use std::collections::HashSet;

use magnus::{
    Error, IntoValue, Module, RArray, RClass, RModule, Ruby, Symbol, Value, method,
    rb_sys::AsRawValue, typed_data::Obj, value::ReprValue,
};
use rb_sys::{ID, VALUE};
use rubyprof_core::{MethodKey, Profile as Recorded};

use super::convert;
use super::options::class_of;
use super::profile::Profile;
use crate::errors;

/// Methods by owner and name. The owners are pinned by the profile.
pub(crate) type Excluded = HashSet<MethodKey>;

/// `exclude_method!(mod, :name)`: calls of the method are not recorded. `nil` stands for no class.
fn exclude_method(
    ruby: &Ruby,
    rb_self: Obj<Profile>,
    owner: Value,
    name: Value,
) -> Result<Obj<Profile>, Error> {
    if rb_self.is_running() {
        let message = "RubyProf.start was already called: exclude methods before it";
        return Err(errors::state(ruby, message));
    }
    if !owner.is_nil() && !owner.is_kind_of(ruby.class_module()) {
        let message = format!(
            "a method is excluded from a class or module, and this is none but of class {}: \
             exclude_method!(Enumerable, :map)",
            class_of(owner)
        );
        return Err(errors::of_type(ruby, message));
    }
    let Some(symbol) = symbol(ruby, name) else {
        let message = format!("a method's name is a Symbol, not {}", class_of(name));
        return Err(errors::of_type(ruby, message));
    };
    rb_self.exclude(owner, id_of(symbol));
    Ok(rb_self)
}

fn symbol(ruby: &Ruby, name: Value) -> Option<Symbol> {
    Symbol::from_value(name).or_else(|| {
        let text = magnus::RString::from_value(name)?.to_string().ok()?;
        Some(ruby.to_symbol(text))
    })
}

pub(super) fn id_of(name: Symbol) -> ID {
    // SAFETY: a Symbol, says its type. Makes the id of a dynamic symbol, which stays from then on.
    unsafe { rb_sys::rb_sym2id(name.as_raw()) }
}

/// The key under which a method of `owner` is recorded.
pub(crate) fn key(owner: Value, name: ID) -> MethodKey {
    MethodKey {
        owner: if owner.is_nil() {
            0
        } else {
            owner.as_raw() as u64
        },
        called: name as u64,
    }
}

/// The filter of `only:` and `exclude:`; `None` where neither is given.
pub(crate) fn filter(ruby: &Ruby, only: Value, exclude: Value) -> Result<Option<VALUE>, Error> {
    if only.is_nil() && exclude.is_nil() {
        return Ok(None);
    }
    let module: RModule = ruby.class_object().const_get("RubyProf")?;
    let class: RClass = module.const_get("Filter")?;
    let options = ruby.hash_new();
    options.aset(ruby.to_symbol("only"), only)?;
    options.aset(ruby.to_symbol("exclude"), exclude)?;
    let made: Value = class.funcall_public("from_options", (options,))?;
    Ok(Some(made.as_raw()))
}

/// The profile without the methods that `filter`, a `RubyProf::Filter`, hides.
pub(crate) fn filtered(ruby: &Ruby, profile: &Recorded, filter: Value) -> Result<Recorded, Error> {
    let facts = ruby.ary_new_capa(profile.methods().len());
    for method in profile.methods() {
        let class = if method.class_name.is_empty() {
            None
        } else {
            Some(method.class_name.as_str())
        };
        let file = method.file.map(|file| profile.file(file));
        let fact = (
            method.full_name(),
            class,
            method.owner_kind.flag(),
            method.name.as_deref(),
            file,
        );
        facts.push(fact.into_value_with(ruby))?;
    }
    let hidden: RArray = filter.funcall("hidden", (facts,))?;
    let hidden: Vec<bool> = hidden.into_iter().map(|value| value.to_bool()).collect();
    Ok(profile.without(|method| hidden.get(method.index()).copied().unwrap_or(false)))
}

/// `filtered(filter)`: another profile, without the methods that the filter hides.
fn filtered_copy(ruby: &Ruby, rb_self: Obj<Profile>, filter: Value) -> Result<Obj<Profile>, Error> {
    if rb_self.is_running() {
        let message = "this profile is still running: stop it before filtering";
        return Err(errors::argument(ruby, message.to_owned()));
    }
    let view = rb_self.view(ruby)?;
    let rest = filtered(ruby, &view.profile, filter)?;
    let copy: Value = rb_self.class().funcall("allocate", ())?;
    let copy: Obj<Profile> = convert::object(ruby, "allocate makes a RubyProf::Profile", copy)?;
    copy.become_copy(&rb_self, rest);
    Ok(copy)
}

/// `filter!(filter)`: this profile without the methods that the filter hides.
fn filter_in_place(
    ruby: &Ruby,
    rb_self: Obj<Profile>,
    filter: Value,
) -> Result<Obj<Profile>, Error> {
    if rb_self.is_running() {
        let message = "this profile is still running: stop it before filtering";
        return Err(errors::argument(ruby, message.to_owned()));
    }
    let view = rb_self.view(ruby)?;
    rb_self.set_result(filtered(ruby, &view.profile, filter)?);
    Ok(rb_self)
}

pub(crate) fn init(_ruby: &Ruby, class: RClass) -> Result<(), Error> {
    class.define_method("exclude_method!", method!(exclude_method, 2))?;
    class.define_private_method("filtered", method!(filtered_copy, 1))?;
    class.define_private_method("filter!", method!(filter_in_place, 1))
}
