//! How much memory new objects take.
//!
//! When the VM reports a new object it has its slot, but not yet what it points to: a string has no
//! bytes, an array no elements. So the newest objects are asked for their size whenever the clock is
//! read, and what they have grown by is counted then: by its maker's return an object has all that its
//! maker gave it. There are a few of them, since a maker may need others first, such as the Hash of its
//! keywords. Until newer ones take their places they are kept alive. What objects grow by later is not
//! counted.

use std::cell::Cell;
use std::sync::Arc;

use rb_sys::VALUE;

use crate::classes::Pins;
use crate::vm::ffi;

/// A slot of the heap, and what an object without anything else takes (`sizeof(RVALUE)`).
const SLOT: u64 = 40;

/// How many objects are the newest: one and what its maker needs.
pub(crate) const NEWEST: usize = 4;

/// The bytes of the objects made so far.
pub(crate) struct Memory {
    bytes: Cell<u64>,
    /// What is known of the newest objects; the pins have them.
    newest: [Newest; NEWEST],
    /// The oldest of them.
    next: Cell<usize>,
    pins: Arc<Pins>,
}

#[derive(Default)]
struct Newest {
    /// Where it is counted by class and line.
    place: Cell<Option<usize>>,
    /// What is counted of it.
    counted: Cell<u64>,
}

impl Memory {
    /// No bytes. `pins` must be marked for as long as this lives.
    pub(crate) fn new(pins: Arc<Pins>) -> Self {
        Self {
            bytes: Cell::default(),
            newest: Default::default(),
            next: Cell::default(),
            pins,
        }
    }

    /// All bytes up to now.
    pub(crate) fn bytes(&self) -> u64 {
        for (index, newest) in self.newest.iter().enumerate() {
            self.count(index, newest);
        }
        self.bytes.get()
    }

    /// An object was made; `place` is where it is counted. Returns the place and the size of the one
    /// whose turn is over, if it is counted.
    pub(crate) fn made(&self, object: VALUE, place: Option<usize>) -> Option<(usize, u64)> {
        let index = self.next.get();
        self.next.set((index + 1) % NEWEST);
        let over = self.let_go(index);
        if let Some(newest) = self.newest.get(index) {
            newest.place.set(place);
        }
        self.pins.keep_newest(index, Some(object));
        over
    }

    /// Lets go of a newest object, 0 to [`NEWEST`]. Returns its place and its size, if it is counted.
    pub(crate) fn let_go(&self, index: usize) -> Option<(usize, u64)> {
        let newest = self.newest.get(index)?;
        self.count(index, newest);
        self.pins.keep_newest(index, None);
        let size = newest.counted.take();
        Some((newest.place.take()?, size))
    }

    fn count(&self, index: usize, newest: &Newest) {
        if let Some(object) = self.pins.newest(index) {
            // SAFETY: a live object: the pins were marked since it was made.
            let size = unsafe { size_of(object) };
            let counted = newest.counted.get();
            self.bytes
                .set(self.bytes.get() + size.saturating_sub(counted));
            newest.counted.set(size.max(counted));
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

/// Gives memory that was freed back to the system, where the allocator does not by itself: it keeps what lies below a block that is in use.
pub(crate) fn give_back() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: may be called at any time, from any thread (malloc_trim(3)).
    unsafe {
        libc::malloc_trim(0);
    }
}
