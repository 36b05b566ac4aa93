//! What exists while a profile runs.

use rb_sys::VALUE;

use crate::hook::Hooks;
use crate::session::Session;

/// The session and the hooks that write to it.
pub(super) struct Running {
    /// Dropped first: then no hook uses the session any more.
    pub(super) hooks: Option<Hooks>,
    /// Allocated apart, since the hook has its address. Not a Box: a Box claims to be the only way
    /// to what it points to, and the hook has another.
    pub(super) session: *mut Session,
    /// Keeps the Profile object alive: a running profile may have no other reference to it.
    pub(super) _keep: KeepAlive,
}

// SAFETY: used with the GVL only; the hooks run with it too.
unsafe impl Send for Running {}

impl Running {
    /// Ends before it has recorded anything.
    pub(super) fn give_up(mut self) {
        self.hooks = None;
        if !self.session.is_null() {
            // SAFETY: no hook is left that has it.
            unsafe { (*self.session).vm.give_back_marks() }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.hooks = None;
        if !self.session.is_null() {
            // SAFETY: made by Box::into_raw in `start`, not taken, and no hook is left that has it.
            drop(unsafe { Box::from_raw(self.session) });
        }
    }
}

/// Registers a VALUE with the GC for as long as it lives.
pub(super) struct KeepAlive(*mut VALUE);

impl KeepAlive {
    pub(super) fn new(value: VALUE) -> Self {
        let slot = Box::into_raw(Box::new(value));
        // SAFETY: the slot stays until it is unregistered.
        unsafe { rb_sys::rb_gc_register_address(slot) };
        Self(slot)
    }
}

impl Drop for KeepAlive {
    fn drop(&mut self) {
        // SAFETY: registered in `new`; freed only after that is undone.
        unsafe {
            rb_sys::rb_gc_unregister_address(self.0);
            drop(Box::from_raw(self.0));
        }
    }
}
