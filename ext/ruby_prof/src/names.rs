//! From identities to names, when nothing is recorded any more.
//!
//! Names are the VM's own. No `name`, `to_s`, `inspect`, `hash` or `==` of the program is called.

use rb_sys::{ID, VALUE};
use rubyprof_core::{MethodKey, MethodName, Names, OwnerKind};

use crate::classes::{Folded, is_module, is_singleton};
use crate::vm::stack::A_FRAME;
use crate::vm::{ffi, frames};

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

fn class(class: VALUE) -> (String, OwnerKind) {
    // SAFETY: pinned by the profile, so live; a singleton class has an attached object.
    unsafe {
        if rb_sys::RB_TYPE_P(class, rb_sys::ruby_value_type::RUBY_T_ICLASS) {
            let module = *(class as *const VALUE).add(1);
            return (path(module), OwnerKind::ModuleIncludee);
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
