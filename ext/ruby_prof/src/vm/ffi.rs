//! C functions as the hook needs them declared.

use std::ffi::{c_int, c_void};

use rb_sys::{ID, VALUE};

use super::event::TraceArg;

/// A hook that gets the event's argument itself (`rb_event_hook_raw_arg_func_t` in the VM).
pub(crate) type RawHook = unsafe extern "C" fn(data: VALUE, arg: *mut TraceArg);

/// What a TracePoint calls that is made with [`new_trace_point`].
pub(crate) type Target = unsafe extern "C" fn(trace_point: VALUE, data: *mut c_void);

/// `RUBY_EVENT_HOOK_FLAG_RAW_ARG`: rb-sys has it as an enum whose values must not be combined.
const RAW_ARG: c_int = 0x04;

unsafe extern "C" {
    /// An object's memory in bytes, its slot included (gc.c; what ObjectSpace.memsize_of calls).
    pub(crate) fn rb_obj_memsize_of(object: VALUE) -> usize;
    // With an integer for the flags, and any pointer for the function: the type of a raw hook is
    // not the one in the header.
    #[link_name = "rb_add_event_hook2"]
    fn add_event_hook(function: *const c_void, events: u32, data: VALUE, flags: c_int);
    #[link_name = "rb_remove_event_hook_with_data"]
    fn remove_event_hook(function: *const c_void, data: VALUE) -> c_int;
    /// Calls `each` with every object that `object` refers to (gc.c; what ObjectSpace.reachable_objects_from calls).
    fn rb_objspace_reachable_objects_from(
        object: VALUE,
        each: unsafe extern "C" fn(reached: VALUE, data: *mut c_void),
        data: *mut c_void,
    );
    // As above: rb-sys has its own type for the events.
    #[link_name = "rb_tracepoint_new"]
    fn tracepoint_new(thread: VALUE, events: u32, function: Target, data: *mut c_void) -> VALUE;
    #[cfg(ruby_gte_3_2)]
    fn rb_class_attached_object(class: VALUE) -> VALUE;
}

/// The VM's method entry behind a Method or UnboundMethod, as a number that tells it from those that come after it while it lives.
///
/// # Safety
///
/// `method` must be a live object.
pub(crate) unsafe fn method_entry(method: VALUE) -> usize {
    unsafe extern "C" fn reached(object: VALUE, data: *mut c_void) {
        // SAFETY: live objects are reached; the data is `entry` below.
        unsafe {
            if rb_sys::RB_TYPE_P(object, rb_sys::ruby_value_type::RUBY_T_IMEMO) {
                *data.cast::<usize>() = object as usize;
            }
        }
    }
    let mut entry: usize = 0;
    // SAFETY: the caller's; the function calls back before it returns, and collects no garbage meanwhile.
    unsafe { rb_objspace_reachable_objects_from(method, reached, (&raw mut entry).cast()) };
    entry
}

/// Makes a TracePoint, not enabled, that calls `function` with `data`. Raises if there is no memory.
///
/// # Safety
///
/// `function` must not raise, and must take `data` as it is given here, until the TracePoint is disabled.
pub(crate) unsafe fn new_trace_point(events: u32, function: Target, data: *mut c_void) -> VALUE {
    // SAFETY: nil is every thread; the caller answers for the rest.
    unsafe { tracepoint_new(rb_sys::Qnil as VALUE, events, function, data) }
}

/// Adds a hook for `events`.
///
/// # Safety
///
/// `function` must not raise, and must take `data` as it is given here. The VM marks `data`: it must
/// be a special constant or a live object.
pub(crate) unsafe fn add_hook(function: RawHook, events: u32, data: VALUE) {
    // SAFETY: with RAW_ARG the VM calls the function with (data, arg) (vm_trace.c, exec_hooks_body),
    // which is RawHook's type; the caller answers for the rest.
    unsafe { add_event_hook(function as *const c_void, events, data, RAW_ARG) }
}

/// Where the VM's function is that adds hooks: within the library that the VM is.
pub(crate) fn add_hook_address() -> usize {
    add_event_hook as *const () as usize
}

/// Removes the hook added with the same function and data. Returns how many were removed.
pub(crate) fn remove_hook(function: RawHook, data: VALUE) -> c_int {
    // SAFETY: the VM only compares both with what it has (vm_trace.c, remove_event_hook); a hook that
    // is running is deleted after it returns. We hold the GVL: this is called from Ruby methods only.
    unsafe { remove_event_hook(function as *const c_void, data) }
}

/// The object whose singleton class `class` is.
///
/// # Safety
///
/// `class` must be a singleton class.
pub(crate) unsafe fn attached_object(class: VALUE) -> VALUE {
    #[cfg(ruby_gte_3_2)]
    // SAFETY: raises only for a class that is no singleton, which the caller excludes.
    unsafe {
        rb_class_attached_object(class)
    }
    #[cfg(not(ruby_gte_3_2))]
    // SAFETY: up to 3.1 the VM keeps it in a hidden instance variable of this name; reading an
    // instance variable of a class neither raises nor allocates. The id exists since boot.
    unsafe {
        rb_sys::rb_ivar_get(class, attached_id())
    }
}

#[cfg(not(ruby_gte_3_2))]
fn attached_id() -> ID {
    use std::sync::OnceLock;
    static ATTACHED: OnceLock<ID> = OnceLock::new();
    // SAFETY: a NUL-terminated literal; the VM made the symbol at boot, so nothing is allocated.
    *ATTACHED.get_or_init(|| unsafe { rb_sys::rb_intern(c"__attached__".as_ptr()) })
}

/// The id behind a method name given as `nil` (0) or a Symbol.
///
/// # Safety
///
/// `name` must be one of the two.
pub(crate) unsafe fn id_of(name: VALUE) -> ID {
    if name == rb_sys::Qnil as VALUE {
        0
    } else {
        // SAFETY: a Symbol, says the caller. Symbols that name methods are never collected.
        unsafe { rb_sys::rb_sym2id(name) }
    }
}
