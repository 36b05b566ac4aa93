//! Classes as identities: which are kept alive, and what stands for those that are not.
//!
//! A class that owns a recorded method is pinned, so that its address keeps meaning it. A program
//! that makes classes without end (a singleton method on each of a million objects, a million
//! anonymous classes) must not be kept alive by that. So the first [`MAX_PASSING`] classes that may
//! pass are told apart; the methods of later ones are recorded under the nearest lasting ancestor,
//! as one method a name.

use std::cell::UnsafeCell;
use std::collections::HashSet;
use std::sync::Arc;

use rb_sys::VALUE;
use rubyprof_core::BuildMix;

use crate::memory::NEWEST;
use crate::vm::ffi;

/// How many anonymous classes and singletons of plain objects are told apart in one profile: enough
/// for the doubles and structs of a test, few enough that a report stays readable and nobody
/// notices what they keep alive.
const MAX_PASSING: usize = 256;

/// How many named classes are: more than any program has, unless it makes them without end too.
const MAX_LASTING: usize = 100_000;

/// Objects that the garbage collector must neither free nor move, of all runs of one profile.
#[derive(Default)]
pub(crate) struct Pins(UnsafeCell<Pinned>);

#[derive(Default)]
struct Pinned {
    objects: HashSet<VALUE, BuildMix>,
    /// How many of them are classes that may pass.
    passing: usize,
    /// Code that has lost its marks, until it has them again.
    code: Vec<VALUE>,
    /// The objects made last, while their size is of interest.
    newest: [Option<VALUE>; NEWEST],
}

// SAFETY: touched only by the thread that holds the GVL: the hook, Ruby methods, the GC's marking.
unsafe impl Send for Pins {}
// SAFETY: as above.
unsafe impl Sync for Pins {}

impl Pins {
    /// Pins a live object.
    pub(crate) fn add(&self, value: VALUE) {
        // SAFETY: the GVL is held and no reference into the set outlives a statement, so none is
        // alive now. Growing the set calls nothing of Ruby.
        unsafe { (*self.0.get()).objects.insert(value) };
    }

    /// Keeps code alive and where it is.
    pub(crate) fn add_code(&self, code: VALUE) {
        // SAFETY: as for `add`.
        unsafe { (*self.0.get()).code.push(code) };
    }

    /// Lets go of all code.
    pub(crate) fn let_code_go(&self) {
        // SAFETY: as for `add`.
        unsafe { (*self.0.get()).code = Vec::new() };
    }

    fn contains(&self, value: VALUE) -> bool {
        // SAFETY: as for `add`.
        unsafe { (*self.0.get()).objects.contains(&value) }
    }

    fn len(&self) -> usize {
        // SAFETY: as for `add`.
        unsafe { (*self.0.get()).objects.len() }
    }

    /// Counts one more class that may pass, unless there are [`MAX_PASSING`].
    fn add_passing(&self) -> bool {
        // SAFETY: as for `add`.
        let pinned = unsafe { &mut *self.0.get() };
        let room = pinned.passing < MAX_PASSING;
        pinned.passing += usize::from(room);
        room
    }

    /// Keeps an object alive, and not the one that was kept in its place.
    pub(crate) fn keep_newest(&self, index: usize, object: Option<VALUE>) {
        // SAFETY: as for `add`.
        let newest = unsafe { &mut (*self.0.get()).newest };
        if let Some(place) = newest.get_mut(index) {
            *place = object;
        }
    }

    /// That object.
    pub(crate) fn newest(&self, index: usize) -> Option<VALUE> {
        // SAFETY: as for `add`.
        let newest = unsafe { &(*self.0.get()).newest };
        newest.get(index).copied().flatten()
    }

    /// For the GC: marks everything.
    pub(crate) fn mark(&self) {
        // SAFETY: called while the GC marks, with the GVL; every value was live when it was pinned
        // and has been marked ever since.
        unsafe {
            let pinned = &*self.0.get();
            let others = pinned.code.iter().chain(pinned.newest.iter().flatten());
            for value in pinned.objects.iter().chain(others) {
                rb_sys::rb_gc_mark(*value);
            }
        }
    }
}

/// What a class is recorded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Admission {
    /// Itself.
    Itself,
    /// [`Folded`], encoded as an owner.
    Folded(u64),
}

/// What stands for a class that is not kept alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Folded {
    /// Singletons of objects of the class.
    Objects(VALUE),
    /// Anonymous subclasses of the class.
    Subclasses(VALUE),
    /// Class methods of anonymous subclasses of the class.
    SubclassSingletons(VALUE),
}

impl Folded {
    /// Classes are aligned to eight bytes, so three low bits are free for the kind.
    fn encode(self) -> u64 {
        match self {
            Self::Objects(class) => class as u64 | 1,
            Self::Subclasses(class) => class as u64 | 2,
            Self::SubclassSingletons(class) => class as u64 | 3,
        }
    }

    fn ancestor(self) -> VALUE {
        match self {
            Self::Objects(class) | Self::Subclasses(class) | Self::SubclassSingletons(class) => {
                class
            }
        }
    }

    /// What an owner stands for; `None` for a class itself.
    pub(crate) fn decode(owner: u64) -> Option<Self> {
        let class = (owner & !7) as VALUE;
        match owner & 7 {
            1 => Some(Self::Objects(class)),
            2 => Some(Self::Subclasses(class)),
            3 => Some(Self::SubclassSingletons(class)),
            _ => None,
        }
    }
}

/// The classes of one profile.
pub(crate) struct Classes(Arc<Pins>);

impl Classes {
    /// `pins` must be marked for as long as identities are compared.
    pub(crate) fn new(pins: Arc<Pins>) -> Self {
        Self(pins)
    }

    /// Pins a class, or says what stands for it.
    ///
    /// # Safety
    ///
    /// `class` must be a live class or module. Neither raises nor allocates Ruby objects.
    pub(crate) unsafe fn admit(&mut self, class: VALUE) -> Admission {
        let pins = &self.0;
        if pins.contains(class) {
            return Admission::Itself;
        }
        // SAFETY: the caller's; Object is a constant of the VM.
        let folded = unsafe {
            match is_passing(class) {
                true if pins.add_passing() => None,
                true => Some(fold(class)),
                false if pins.len() < MAX_LASTING => None,
                false => Some(Folded::Subclasses(rb_sys::rb_cObject)),
            }
        };
        match folded {
            None => {
                pins.add(class);
                Admission::Itself
            }
            Some(folded) => {
                pins.add(folded.ancestor());
                Admission::Folded(folded.encode())
            }
        }
    }
}

/// Whether `class` is a singleton class.
///
/// # Safety
///
/// `class` must be a live class or module.
pub(crate) unsafe fn is_singleton(class: VALUE) -> bool {
    // SAFETY: a live object begins with its flags; only classes use this flag so.
    unsafe {
        rb_sys::RB_TYPE_P(class, rb_sys::RUBY_T_CLASS)
            && flags(class) & rb_sys::ruby_fl_type::RUBY_FL_SINGLETON as usize != 0
    }
}

/// Whether `object` is a class or module.
///
/// # Safety
///
/// `object` must be a live object or a special constant.
pub(crate) unsafe fn is_module(object: VALUE) -> bool {
    // SAFETY: RB_TYPE_P looks at special constants first.
    unsafe {
        rb_sys::RB_TYPE_P(object, rb_sys::RUBY_T_CLASS)
            || rb_sys::RB_TYPE_P(object, rb_sys::RUBY_T_MODULE)
    }
}

unsafe fn flags(object: VALUE) -> usize {
    // SAFETY: the first word of every live heap object (ruby/internal/core/rbasic.h).
    unsafe { *(object as *const usize) }
}

/// Whether the class may vanish: it has no name, or is the singleton of something without one.
unsafe fn is_passing(class: VALUE) -> bool {
    // SAFETY: `class` is a live class. The name is looked up, not made (variable.c, classname).
    unsafe {
        if !is_singleton(class) {
            return rb_sys::rb_mod_name(class) == rb_sys::Qnil as VALUE;
        }
        let attached = ffi::attached_object(class);
        !is_module(attached) || is_singleton(attached) || is_passing(attached)
    }
}

/// What stands for a class that may vanish.
unsafe fn fold(class: VALUE) -> Folded {
    // SAFETY: `class` is a live class; so is what it hangs on. rb_class_real skips singletons.
    unsafe {
        if !is_singleton(class) {
            return Folded::Subclasses(lasting_ancestor(class));
        }
        let attached = ffi::attached_object(class);
        if is_module(attached) {
            Folded::SubclassSingletons(lasting_ancestor(attached))
        } else {
            Folded::Objects(lasting_ancestor(rb_sys::rb_class_real(class)))
        }
    }
}

/// The nearest class with a name; `Module` for a module, which has no superclass.
unsafe fn lasting_ancestor(class: VALUE) -> VALUE {
    // SAFETY: `class` is a live class or module. Every class without a name has a superclass, so
    // the walk ends at Object at the latest, and rb_class_superclass finds one and does not raise.
    unsafe {
        let mut class = class;
        while is_singleton(class) || is_passing(class) {
            if rb_sys::RB_TYPE_P(class, rb_sys::RUBY_T_MODULE) {
                return rb_sys::rb_cModule;
            }
            class = rb_sys::rb_class_superclass(class);
            if class == rb_sys::Qnil as VALUE {
                return rb_sys::rb_cObject;
            }
        }
        class
    }
}
