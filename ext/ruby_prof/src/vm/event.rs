//! One event, as numbers.

use rb_sys::{ID, VALUE};
use rubyprof_core::MethodKey;

/// Code comes to a line.
pub(crate) const LINE: u32 = rb_sys::RUBY_EVENT_LINE;
/// A Ruby method is called.
pub(crate) const CALL: u32 = rb_sys::RUBY_EVENT_CALL;
/// A Ruby method returns.
pub(crate) const RETURN: u32 = rb_sys::RUBY_EVENT_RETURN;
/// A C method is called.
pub(crate) const C_CALL: u32 = rb_sys::RUBY_EVENT_C_CALL;
/// A C method returns.
pub(crate) const C_RETURN: u32 = rb_sys::RUBY_EVENT_C_RETURN;
/// A block is called.
pub(crate) const B_CALL: u32 = rb_sys::RUBY_EVENT_B_CALL;
/// A block returns.
pub(crate) const B_RETURN: u32 = rb_sys::RUBY_EVENT_B_RETURN;
/// A thread begins, in that thread.
pub(crate) const THREAD_BEGIN: u32 = rb_sys::RUBY_EVENT_THREAD_BEGIN;
/// A thread ends, in that thread.
pub(crate) const THREAD_END: u32 = rb_sys::RUBY_EVENT_THREAD_END;
/// A fiber goes on or begins, in that fiber.
pub(crate) const FIBER_SWITCH: u32 = rb_sys::RUBY_EVENT_FIBER_SWITCH;
/// An object is made.
pub(crate) const NEWOBJ: u32 = rb_sys::RUBY_INTERNAL_EVENT_NEWOBJ;

/// The garbage collector begins to work, in whatever thread runs.
pub(crate) const GC_ENTER: u32 = rb_sys::RUBY_INTERNAL_EVENT_GC_ENTER;
/// It has done a piece of its work.
pub(crate) const GC_EXIT: u32 = rb_sys::RUBY_INTERNAL_EVENT_GC_EXIT;

/// The VM's argument of an event (`struct rb_trace_arg_struct` in vm_core.h), as far as it is read.
///
/// The same in 3.1, 3.3 and 3.4; [`probe`](super::probe) compares each field with what the public
/// function says before anything relies on it.
#[repr(C)]
pub(crate) struct TraceArg {
    pub(crate) event: u32,
    pub(crate) ec: *const usize,
    pub(crate) cfp: *const usize,
    pub(crate) receiver: VALUE,
    pub(crate) original_id: ID,
    pub(crate) called_id: ID,
    pub(crate) class: VALUE,
    pub(crate) data: VALUE,
}

impl TraceArg {
    /// The type that rb-sys's accessors take.
    pub(crate) fn public(arg: *mut Self) -> *mut rb_sys::rb_trace_arg_t {
        arg.cast()
    }
}

/// Who is called or returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// Owner and called name.
    pub(crate) key: MethodKey,
    /// The same number for a call and its return.
    pub(crate) tag: u64,
}

impl Identity {
    /// Code outside any method.
    pub(crate) const NONE: Self = Self {
        key: MethodKey {
            owner: 0,
            called: 0,
        },
        tag: 0,
    };

    /// `name` is the one by which call and return [agree](agreed_name).
    #[inline(always)]
    pub(crate) fn new(owner: VALUE, called: ID, name: ID) -> Self {
        Self {
            key: MethodKey {
                owner: owner as u64,
                called: called as u64,
            },
            tag: (owner as u64) ^ (name as u64).rotate_left(40),
        }
    }

    /// A block in this method, `level` blocks deep: 1 for one that is in no other.
    #[inline(always)]
    pub(crate) fn block(self, level: u64) -> Self {
        let level = level.min(DEEPEST_BLOCK) << BLOCK_SHIFT;
        Self {
            key: MethodKey {
                called: self.key.called | level,
                ..self.key
            },
            // Returns of methods that were called before must find no block, and the other way round.
            tag: self.tag.wrapping_add(level | 1 << (BLOCK_SHIFT - 1)),
        }
    }
}

/// Ids of methods are serial numbers, far below this bit of a called name; above it stands how deep a block is.
const BLOCK_SHIFT: u32 = 56;
/// Deeper ones count as this deep.
const DEEPEST_BLOCK: u64 = 255;

/// How many blocks deep the code of a key is, and the method that it is in: 0 for the method's own.
pub(crate) fn block_level(key: MethodKey) -> (u64, MethodKey) {
    let level = key.called >> BLOCK_SHIFT;
    let method = MethodKey {
        called: key.called & !(DEEPEST_BLOCK << BLOCK_SHIFT),
        ..key
    };
    (level, method)
}

/// The name by which a call and its return agree. With a call of an aliased C method the VM passes
/// the alias, but with its return, when an exception passes through, the method's first name: there
/// only the original name agrees. For Ruby methods the called name always does.
#[inline(always)]
pub(crate) fn agreed_name(event: u32, called: ID, original: ID) -> ID {
    if event & (CALL | RETURN) != 0 {
        called
    } else {
        original
    }
}

/// A way to read events. `token` tells fibers apart.
pub(crate) trait Reader {
    /// The running fiber.
    ///
    /// # Safety
    ///
    /// `arg` must be the argument of the event that the VM is delivering.
    unsafe fn token(arg: *mut TraceArg) -> u64;

    /// What happens.
    ///
    /// # Safety
    ///
    /// As for [`token`](Self::token).
    unsafe fn event(arg: *mut TraceArg) -> u32;

    /// The owner of the method that is called or returns, if that is to be had at once, or 0.
    ///
    /// # Safety
    ///
    /// As for [`token`](Self::token).
    unsafe fn owner(arg: *mut TraceArg) -> VALUE;

    /// Who is called or returns; only for C_CALL and C_RETURN with an `owner`.
    ///
    /// # Safety
    ///
    /// As for [`token`](Self::token); `owner` must be what [`owner`](Self::owner) gave.
    unsafe fn c_identity(arg: *mut TraceArg, owner: VALUE) -> Identity;

    /// Who is called or returns, if that is where it nearly always is; only for CALL, RETURN, C_CALL and C_RETURN.
    ///
    /// # Safety
    ///
    /// As for [`token`](Self::token); `owner` must be what [`owner`](Self::owner) gave.
    unsafe fn quick_identity(arg: *mut TraceArg, owner: VALUE) -> Option<Identity>;

    /// Who is called or returns; only for CALL, RETURN, C_CALL and C_RETURN.
    ///
    /// # Safety
    ///
    /// As for [`token`](Self::token).
    unsafe fn identity(arg: *mut TraceArg) -> Identity;

    /// The block that is called or returns, and nothing for a method made of a block, whose own events tell; only for
    /// B_CALL and B_RETURN, and where frames are read.
    ///
    /// # Safety
    ///
    /// As for [`token`](Self::token).
    unsafe fn block(arg: *mut TraceArg) -> Option<Identity>;

    /// Whether the called method's own frame is there already: not for a C method, unless that is
    /// one in Ruby's own library that is written in Ruby and traced as if it were not (from 3.4).
    ///
    /// # Safety
    ///
    /// As for [`token`](Self::token).
    unsafe fn is_call_with_frame(arg: *mut TraceArg) -> bool;

    /// Whether the words of the VM's frames may be read.
    const READS_FRAMES: bool;
}
