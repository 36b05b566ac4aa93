//! Which Ractor runs.

use std::ffi::c_void;
use std::sync::OnceLock;

/// A place that each Ractor has for itself: something is in ours.
struct Key(rb_sys::rb_ractor_local_key_t);

// SAFETY: made once and never changed; the VM looks things up by it from any thread.
unsafe impl Send for Key {}
// SAFETY: as above.
unsafe impl Sync for Key {}

static OURS: OnceLock<Key> = OnceLock::new();

/// Takes the running Ractor for ours. Counting begins in the main one only.
pub(crate) fn mark_as_ours() {
    static MARK: u8 = 1;
    // SAFETY: a Ractor runs, since Ruby calls us. Without a type the VM keeps the pointer and does nothing with it (ractor.c).
    let key = OURS.get_or_init(|| unsafe {
        Key(rb_sys::rb_ractor_local_storage_ptr_newkey(std::ptr::null()))
    });
    // SAFETY: as above.
    unsafe { rb_sys::rb_ractor_local_storage_ptr_set(key.0, (&raw const MARK).cast_mut().cast()) };
}

/// Whether the running Ractor is ours.
pub(crate) fn is_ours() -> bool {
    OURS.get().is_some_and(|key| {
        // SAFETY: an event is delivered or Ruby calls us: a Ractor runs. Looks into its table, and allocates nothing.
        let mark: *mut c_void = unsafe { rb_sys::rb_ractor_local_storage_ptr(key.0) };
        !mark.is_null()
    })
}
