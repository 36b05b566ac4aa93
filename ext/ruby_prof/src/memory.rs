//! How much memory new objects take.
//!
//! When the VM reports a new object it has its slot, but not yet what it points to: a string has no
//! bytes, an array no elements. So an object is asked for its size when the next object is made or
//! the clock is read, whichever comes first, which is before its maker returns. Until then it is
//! kept alive. What it grows by later is not counted.

use std::cell::Cell;
use std::sync::Arc;

use rb_sys::VALUE;

use crate::classes::Pins;
use crate::vm::ffi;

/// A slot of the heap, and what an object without anything else takes (`sizeof(RVALUE)`).
const SLOT: u64 = 40;

/// The bytes of the objects made so far.
pub(crate) struct Memory {
    bytes: Cell<u64>,
    /// Where the newest object is counted by class and line.
    place: Cell<Option<usize>>,
    /// The newest object's size, once it is known and until it is taken.
    size: Cell<Option<u64>>,
    pins: Arc<Pins>,
}

impl Memory {
    /// No bytes. `pins` must be marked for as long as this lives.
    pub(crate) fn new(pins: Arc<Pins>) -> Self {
        Self {
            bytes: Cell::default(),
            place: Cell::default(),
            size: Cell::default(),
            pins,
        }
    }

    /// All bytes up to now.
    pub(crate) fn bytes(&self) -> u64 {
        self.settle();
        self.bytes.get()
    }

    /// An object was made; `place` is where it is counted.
    pub(crate) fn made(&self, object: VALUE, place: Option<usize>) {
        self.settle();
        self.size.set(None);
        self.place.set(place);
        self.pins.keep_newest(object);
    }

    /// The place and the size of the object that was made last, if it is counted. Once.
    pub(crate) fn take_newest(&self) -> Option<(usize, u64)> {
        self.settle();
        Some((self.place.take()?, self.size.take()?))
    }

    fn settle(&self) {
        if let Some(object) = self.pins.take_newest() {
            // SAFETY: a live object: the pins were marked since it was made.
            let size = unsafe { size_of(object) };
            self.bytes.set(self.bytes.get() + size);
            self.size.set(Some(size));
        }
    }
}

/// # Safety
///
/// `object` must be live, on the heap, and no IMEMO.
unsafe fn size_of(object: VALUE) -> u64 {
    use rb_sys::ruby_value_type::{
        RUBY_T_ARRAY, RUBY_T_BIGNUM, RUBY_T_HASH, RUBY_T_OBJECT, RUBY_T_STRING,
    };
    // Of these the VM finds the size from fields that are null or valid from the first moment on.
    // Others, such as T_DATA, would be asked through functions of their own while half made.
    let kinds = [
        RUBY_T_STRING,
        RUBY_T_ARRAY,
        RUBY_T_HASH,
        RUBY_T_OBJECT,
        RUBY_T_BIGNUM,
    ];
    // SAFETY: the caller's; the function reads the object and allocates nothing (gc.c, used by
    // ObjectSpace.memsize_of).
    unsafe {
        if kinds
            .into_iter()
            .any(|kind| rb_sys::RB_TYPE_P(object, kind))
        {
            (ffi::rb_obj_memsize_of(object) as u64).max(SLOT)
        } else {
            SLOT
        }
    }
}
