//! From identities to names, when nothing is recorded any more.
//!
//! Names are the VM's own. No `name`, `to_s`, `inspect`, `hash` or `==` of the program is called.

use std::collections::HashSet;

use magnus::{Error, Ruby, Value, rb_sys::FromRawValue, value::ReprValue};
use rb_sys::{ID, VALUE};
use rubyprof_core::{MethodKey, MethodName, Names, OwnerKind};

use crate::classes::{Folded, is_module, is_singleton};
use crate::vm::event::block_level;
use crate::vm::stack::A_FRAME;
use crate::vm::{ffi, frames, marks, probe};

/// Asks the VM. Owners and classes must be pinned while this lives.
pub(crate) struct VmNames;

impl Names for VmNames {
    fn method(&mut self, key: MethodKey) -> MethodName {
        if key == MethodKey::default() {
            return MethodName::default();
        }
        if key.owner == A_FRAME {
            return frame(key.called as VALUE);
        }
        let (level, method) = block_level(key);
        if level > 0 {
            return block(level, self.method(method));
        }
        let (class_name, owner_kind) = owner(key.owner);
        MethodName {
            class_name,
            owner_kind,
            name: Some(id(key.called as ID)),
        }
    }

    fn class(&mut self, class: u64) -> (String, OwnerKind) {
        if class == 0 {
            // Objects without a class: the VM's own, such as the tables behind a Hash.
            ("(internal)".to_owned(), OwnerKind::Plain)
        } else {
            owner(class)
        }
    }
}

/// A block's name, as the VM writes it, but with the method that it is in as the profile knows it.
fn block(level: u64, method: MethodName) -> MethodName {
    let name = method.name.unwrap_or_default();
    let name = match level {
        1 => format!("block in {name}"),
        _ => format!("block ({level} levels) in {name}"),
    };
    MethodName {
        name: Some(name),
        ..method
    }
}

/// The same for a recording, of whose methods some are attributes.
pub(crate) struct RecordedNames {
    pub(crate) attributes: HashSet<MethodKey>,
}

impl Names for RecordedNames {
    fn method(&mut self, key: MethodKey) -> MethodName {
        VmNames.method(key)
    }

    fn class(&mut self, class: u64) -> (String, OwnerKind) {
        VmNames.class(class)
    }

    fn is_attribute(&mut self, key: MethodKey) -> bool {
        self.attributes.contains(&key)
    }
}

/// The methods among these that are attributes' readers and writers. None is known while somebody else looks at calls, who
/// would see ours.
///
/// # Errors
///
/// What interrupts it, a signal for instance.
pub(crate) fn attributes(
    ruby: &Ruby,
    keys: impl Iterator<Item = MethodKey>,
) -> Result<HashSet<MethodKey>, Error> {
    if marks::calls_are_hooked() {
        return Ok(HashSet::new());
    }
    let known = |key: &MethodKey| {
        key.called != 0
            && block_level(*key).0 == 0
            && key.owner != A_FRAME
            && Folded::decode(key.owner).is_none()
    };
    let keys: Vec<MethodKey> = keys.filter(known).collect();
    let pairs = ruby.ary_new_capa(keys.len() * 2);
    for key in &keys {
        // SAFETY: pinned by the profile, so live; the id names a method, so it has a Symbol.
        unsafe {
            pairs.push(Value::from_raw(of_ruby(key.owner as VALUE)))?;
            pairs.push(Value::from_raw(rb_sys::rb_id2sym(key.called as ID)))?;
        }
    }
    let found: Vec<bool> = probe::module(ruby)?.funcall("attributes", (pairs,))?;
    let attributes = keys.into_iter().zip(found).filter(|(_, found)| *found);
    Ok(attributes.map(|(key, _)| key).collect())
}

/// The name and the kind of a class or module that is alive.
pub(crate) fn owner_of(class: VALUE) -> (String, OwnerKind) {
    owner(class as u64)
}

fn owner(owner: u64) -> (String, OwnerKind) {
    match Folded::decode(owner) {
        None => class(owner as VALUE),
        Some(Folded::Objects(ancestor)) => (path(ancestor), OwnerKind::ObjectSingleton),
        Some(Folded::Subclasses(ancestor)) => (subclasses(ancestor), OwnerKind::Plain),
        Some(Folded::SubclassSingletons(ancestor)) => {
            (subclasses(ancestor), OwnerKind::ClassSingleton)
        }
    }
}

fn subclasses(ancestor: VALUE) -> String {
    format!("#<Class < {}>", path(ancestor))
}

/// The class or module that Ruby code can see: the module, where `class` is the VM's stand-in for it among a class's ancestors.
///
/// # Safety
///
/// `class` must be live.
unsafe fn of_ruby(class: VALUE) -> VALUE {
    // SAFETY: the caller's; a stand-in's second word, that of its class, is the module.
    unsafe {
        match rb_sys::RB_TYPE_P(class, rb_sys::ruby_value_type::RUBY_T_ICLASS) {
            true => *(class as *const VALUE).add(1),
            false => class,
        }
    }
}

fn class(class: VALUE) -> (String, OwnerKind) {
    // SAFETY: pinned by the profile, so live; a singleton class has an attached object.
    unsafe {
        if rb_sys::RB_TYPE_P(class, rb_sys::ruby_value_type::RUBY_T_ICLASS) {
            return (path(of_ruby(class)), OwnerKind::ModuleIncludee);
        }
        if !is_singleton(class) {
            return (path(class), OwnerKind::Plain);
        }
        let attached = ffi::attached_object(class);
        if is_module(attached) {
            let kind = if rb_sys::RB_TYPE_P(attached, rb_sys::RUBY_T_CLASS) {
                OwnerKind::ClassSingleton
            } else {
                OwnerKind::ModuleSingleton
            };
            (path(attached), kind)
        } else if rb_sys::RB_TYPE_P(attached, rb_sys::ruby_value_type::RUBY_T_OBJECT) {
            let real = rb_sys::rb_class_real(class);
            (path(real), OwnerKind::ObjectSingleton)
        } else {
            (path(class), OwnerKind::OtherSingleton)
        }
    }
}

/// A frame's method, as far as public functions tell: a module's own methods as those of a class.
fn frame(frame: VALUE) -> MethodName {
    // SAFETY: a frame as rb_profile_frames gives it, pinned since; the answers are Strings, nil, or true
    // and false.
    unsafe {
        let class = rb_sys::rb_profile_frame_classpath(frame);
        let singleton = rb_sys::rb_profile_frame_singleton_method_p(frame);
        MethodName {
            class_name: text_or_empty(class),
            owner_kind: if singleton == rb_sys::Qtrue as VALUE {
                OwnerKind::ClassSingleton
            } else {
                OwnerKind::Plain
            },
            name: Some(text_or_empty(rb_sys::rb_profile_frame_method_name(frame))),
        }
    }
}

fn text_or_empty(string: VALUE) -> String {
    if string == rb_sys::Qnil as VALUE {
        String::new()
    } else {
        text(string)
    }
}

/// The VM's name of a class, or `#<Class:0x...>`.
fn path(class: VALUE) -> String {
    // SAFETY: a live class or module. Makes a string if there is no name; calls no method.
    let name = unsafe { rb_sys::rb_class_path(class) };
    text(name)
}

/// A method's name.
pub(crate) fn symbol(name: magnus::Symbol) -> String {
    use magnus::rb_sys::AsRawValue;
    // SAFETY: a Symbol, says its type; its id stays.
    id(unsafe { rb_sys::rb_sym2id(name.as_raw()) })
}

/// A String's text; `None` of anything else.
pub(crate) fn text_of(value: magnus::Value) -> Option<String> {
    use magnus::rb_sys::AsRawValue;
    magnus::RString::from_value(value).map(|string| text(string.as_raw()))
}

fn id(id: ID) -> String {
    // SAFETY: ids of methods are never freed; the answer is a live string or 0.
    let name = unsafe { rb_sys::rb_id2str(id) };
    if name == 0 { String::new() } else { text(name) }
}

/// A string's text; what cannot be written in UTF-8 is replaced.
fn text(string: VALUE) -> String {
    // SAFETY: a live string. Gives the string itself where it cannot be converted; raises nothing.
    let string = unsafe {
        rb_sys::rb_str_conv_enc(
            string,
            rb_sys::rb_enc_get(string),
            rb_sys::rb_utf8_encoding(),
        )
    };
    frames::string(string, |bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}
