//! Keeps the VM from marking operators.
//!
//! The VM runs `a + b`, `list[0]` or `text == "x"` without a call where it can. A hook for C calls ends that: the first
//! one marks those instructions in all code (vm_trace.c, `update_global_event_hook`; iseq.c, `rb_iseq_trace_set_all`),
//! they become calls with events, and stay so when the hook is gone ([`relief`](super::relief) takes that back). All that the VM goes by is a word of its own, the
//! events for which code was ever marked (`ruby_vm_event_enabled_global_flags`): what it has is not marked again, and
//! code that is compiled later is marked for what it has. So that word claims the marks of C calls while hooks are
//! added or removed, and disclaims them afterwards. C functions that are really called send their events without marks.
//!
//! The word has no name outside of libruby since 3.3. It is found by what it does: among the library's words
//! exactly one takes on the bit of an event that nothing has when a hook for that event is added, and keeps it when the hook
//! is gone; exactly one takes it on and loses it (`ruby_vm_event_flags`, the events of the hooks that there are).

use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use rb_sys::VALUE;

use super::event::{B_CALL, B_RETURN, C_CALL, C_RETURN, CALL, LINE, RETURN, THREAD_END, TraceArg};
use super::ffi::{self, RawHook};
use super::words::writable_words;

/// An event that no Ruby has: the bit above those of `RUBY_EVENT_TRACEPOINT_ALL`
/// (include/ruby/internal/event.h), free in 3.1 to 3.4.
const NO_EVENT: u32 = 0x8000;
/// The events for which operators are marked.
const OPERATORS: u32 = C_CALL | C_RETURN;
/// The events for which methods' beginnings and ends are marked.
const METHODS: u32 = CALL | RETURN;
/// Those for which code is marked that is no operator: beginnings and ends of blocks, too.
const CODE: u32 = METHODS | B_CALL | B_RETURN;
/// An event that code is not marked for (vm_core.h, `RUBY_INTERNAL_EVENT_SWITCH`).
const SWITCH: u32 = 0x04_0000;
/// Data of hooks that need none: a special constant, as hooks' data has to be.
const NO_DATA: VALUE = 1;

/// Two words of the VM, by their addresses.
#[derive(Clone, Copy, Debug)]
struct Words {
    /// The events for which code was ever marked.
    marked: usize,
    /// The events of all hooks.
    hooked: usize,
}

impl Words {
    fn marked(self) -> u32 {
        read(self.marked)
    }

    fn hooked(self) -> u32 {
        read(self.hooked)
    }

    fn set_marked(self, events: u32) {
        // SAFETY: `find` saw what this word of libruby's does. It changes under the GVL, which we hold. With bits
        // missing the VM marks again what is marked already; bits that nothing is marked for are there only
        // while a hook is added or removed.
        unsafe { (self.marked as *mut u32).write_volatile(events) }
    }
}

/// The word at an address of [`writable_words`].
fn read(address: usize) -> u32 {
    // SAFETY: an aligned word of a loaded library; it stays loaded, since the VM is in it.
    unsafe { (address as *const u32).read_volatile() }
}

/// What we did to the words. The lock is never held while the VM works: that may wait for threads that wait for us.
struct State {
    /// `None` until it was looked for.
    words: Option<Option<Words>>,
    /// Call hooks of ours.
    hooks: usize,
    /// What code was marked for when there were none.
    before: u32,
    /// Operators were marked while there were some, and not before.
    ours: bool,
    /// Those among our hooks that are for calls in C alone, and leave operators as they are: function, events, data.
    apart: Vec<(RawHook, u32, VALUE)>,
}

static STATE: Mutex<State> = Mutex::new(State {
    words: None,
    hooks: 0,
    before: 0,
    ours: false,
    apart: Vec::new(),
});

/// The word claims that operators are marked, since the VM has still to clean up after a change of hooks from within a hook. Changed
/// with the GVL; not in the state, since every event that is not settled quickly asks.
static IS_CLAIMED: AtomicBool = AtomicBool::new(false);

/// Adds a hook for calls. With `operators` they are marked, until [`relief`](super::relief); without, they stay as they are, where the words
/// are known.
///
/// # Safety
///
/// As for [`ffi::add_hook`].
pub(crate) unsafe fn add_call_hook(function: RawHook, events: u32, data: VALUE, operators: bool) {
    let words = words();
    {
        let mut state = STATE.lock();
        if state.hooks == 0 {
            let not_before = if state.ours { OPERATORS } else { 0 };
            state.before = words.map_or(0, Words::marked) & !not_before;
        }
        state.hooks += 1;
    }
    // SAFETY: the caller's.
    let add = || unsafe { ffi::add_hook(function, events, data) };
    let Some(words) = words.filter(|_| !operators) else {
        return add();
    };
    if events & METHODS == 0 {
        claiming(words, add);
        STATE.lock().apart.push((function, events, data));
        return;
    }
    // As soon as one event of a hook is new the VM marks for all events of all hooks. So what else is marked for comes
    // first, for whatever hook of ours may follow, and while none of ours is there for C calls alone.
    let of_code = events & CODE;
    let is_new = of_code & !words.marked() != 0;
    let apart = match is_new {
        true => STATE.lock().apart.clone(),
        false => Vec::new(),
    };
    for &(function, _, data) in &apart {
        claiming(words, || ffi::remove_hook(function, data));
    }
    if is_new {
        // SAFETY: `nothing` does nothing, and its data is a special constant.
        unsafe { ffi::add_hook(nothing, of_code, NO_DATA) };
    }
    for (function, events, data) in apart {
        // SAFETY: as it was added; it has been away while no code ran.
        claiming(words, || unsafe { ffi::add_hook(function, events, data) });
    }
    claiming(words, add);
    if is_new {
        claiming(words, || ffi::remove_hook(nothing, NO_DATA));
    }
    claim_until_cleaned_up(words);
}

/// Within a hook of somebody's the VM takes hooks away only after it (vm_trace.c, `exec_hooks_postcheck`), and looks again then for what
/// code has to be marked. So the word goes on claiming, until [`cleaned_up`].
fn claim_until_cleaned_up(words: Words) {
    let before = words.hooked();
    // SAFETY: `nothing` does nothing, and its data is a special constant.
    claiming(words, || unsafe { ffi::add_hook(nothing, SWITCH, NO_DATA) });
    claiming(words, || ffi::remove_hook(nothing, NO_DATA));
    let is_deferred = words.hooked() & !before & SWITCH != 0;
    if is_deferred && words.marked() & OPERATORS == 0 {
        words.set_marked(words.marked() | OPERATORS);
        IS_CLAIMED.store(true, Ordering::Relaxed);
    }
}

/// An event comes, so no hook runs that was running when ours was added: nothing has to be claimed any more.
pub(crate) fn cleaned_up() {
    if !IS_CLAIMED.swap(false, Ordering::Relaxed) {
        return;
    }
    if let Some(words) = STATE.lock().words.flatten() {
        words.set_marked(words.marked() & !OPERATORS);
    }
}

/// Removes a hook that [`add_call_hook`] added. With the last one code that is compiled from now on is marked no more than
/// before the first, and marks of methods that are there cost next to nothing: the VM passes them by if the word has no
/// events. Marked operators stay so until [`relief`](super::relief), and the word says it.
pub(crate) fn remove_call_hook(function: RawHook, data: VALUE) {
    let words = words();
    // Whatever happened to it: no event came.
    cleaned_up();
    match words {
        Some(words) => claiming(words, || ffi::remove_hook(function, data)),
        None => ffi::remove_hook(function, data),
    };
    let mut state = STATE.lock();
    state.hooks = state.hooks.saturating_sub(1);
    state.apart.retain(|&(_, _, kept)| kept != data);
    if let Some(words) = words.filter(|_| state.hooks == 0) {
        let kept = words.hooked() | state.before | !CODE;
        words.set_marked(words.marked() & kept);
        state.ours = words.marked() & OPERATORS != 0 && state.before & OPERATORS == 0;
    }
}

/// Whether operators are marked because of hooks of ours, or of others that came while ours were there, and nobody is there any
/// more who wants them.
pub(crate) fn are_ours() -> bool {
    let state = STATE.lock();
    let is_wanted = |words: Words| words.hooked() & OPERATORS != 0;
    state.hooks == 0 && state.ours && state.words.flatten().is_some_and(|words| !is_wanted(words))
}

/// Does `work`, which takes the marks off operators and is given the events that code is to be marked for. Afterwards it
/// is marked for these.
pub(crate) fn take_off(work: impl FnOnce(u32)) {
    let Some(words) = words() else { return };
    let events = words.marked() & !OPERATORS;
    work(events);
    words.set_marked(events);
    STATE.lock().ours = false;
}

/// Does `work`, which marks operators again, and is given the events that code is to be marked for.
pub(crate) fn put_on(work: impl FnOnce(u32)) {
    let Some(words) = words() else { return };
    let events = words.marked() | OPERATORS;
    work(events);
    words.set_marked(events);
}

/// Adds a hook for something else than calls: whenever hooks change the VM looks whether code has to be marked.
///
/// # Safety
///
/// As for [`ffi::add_hook`].
pub(crate) unsafe fn add_other_hook(function: RawHook, events: u32, data: VALUE) {
    // SAFETY: the caller's.
    let add = || unsafe { ffi::add_hook(function, events, data) };
    match words() {
        Some(words) => claiming(words, add),
        None => add(),
    }
}

/// Removes a hook that [`add_other_hook`] added.
pub(crate) fn remove_other_hook(function: RawHook, data: VALUE) {
    match words() {
        Some(words) => claiming(words, || ffi::remove_hook(function, data)),
        None => ffi::remove_hook(function, data),
    };
}

/// Whether operators are marked wherever code runs, and not only said to be: somebody has had a hook for C calls, or a hook that changed while ours
/// was there.
pub(crate) fn operators_are_marked() -> bool {
    let words = words();
    let is_claimed = IS_CLAIMED.load(Ordering::Relaxed);
    words.is_none_or(|words| words.marked() & OPERATORS != 0 && !is_claimed)
}

/// The events for which code is marked (iseq.h, `ISEQ_TRACE_EVENTS`), those of coverage included.
pub(crate) const OF_CODE: u32 = 0x3_7fff;

/// Whether the VM takes methods, and with them blocks, for marked.
pub(crate) fn methods_are_marked() -> bool {
    words().is_none_or(|words| words.marked() & METHODS != 0)
}

/// Those of them that are no calls and returns: lines, classes, blocks, rescues, coverage.
const OTHERS_OF_CODE: u32 = 0x3_4307;

/// Whether nobody has a hook for any other event of code than calls and returns.
pub(crate) fn only_methods_are_hooked() -> bool {
    let words = STATE.lock().words.flatten();
    words.is_some_and(|words| words.hooked() & OTHERS_OF_CODE == 0)
}

/// Whether a hook for calls is there, ours or another.
pub(crate) fn calls_are_hooked() -> bool {
    is_hooked(METHODS | OPERATORS)
}

/// Whether one is, or a hook for blocks or lines: what it costs is in all that is measured, and it has all that is.
pub(crate) fn code_is_hooked() -> bool {
    is_hooked(CODE | OPERATORS | LINE)
}

fn is_hooked(events: u32) -> bool {
    words().map_or_else(
        || STATE.lock().hooks > 0,
        |words| words.hooked() & events != 0,
    )
}

/// From now on operators are marked as the VM likes: it does otherwise than we thought.
pub(crate) fn give_up() {
    STATE.lock().words = Some(None);
}

/// Does `work`, which adds or removes hooks, while the word claims that operators are marked.
fn claiming<T>(words: Words, work: impl FnOnce() -> T) -> T {
    let before = words.marked();
    words.set_marked(before | OPERATORS);
    let result = work();
    words.set_marked(words.marked() & (before | !OPERATORS));
    result
}

/// The words, where they can be found.
fn words() -> Option<Words> {
    let known = STATE.lock().words;
    known.unwrap_or_else(|| {
        let found = find();
        STATE.lock().words = Some(found);
        found
    })
}

/// Makes the VM look anew which events there are hooks for. In 3.1 a TracePoint of a method made of a block, when it is
/// disabled, leaves the VM with the idea that there are none.
pub(crate) fn refresh() {
    let known = STATE.lock().words.flatten();
    let refresh = || {
        // SAFETY: `nothing` does nothing, and its data is a special constant.
        unsafe { ffi::add_hook(nothing, THREAD_END, NO_DATA) };
        ffi::remove_hook(nothing, NO_DATA)
    };
    match known {
        Some(words) => claiming(words, refresh),
        None => refresh(),
    };
}

/// Looks for the words by what they do.
fn find() -> Option<Words> {
    refresh();
    let places = writable_words(ffi::add_hook_address());
    let none = snapshot(&places);
    // SAFETY: `nothing` does nothing, and its data is a special constant.
    let add = || unsafe { ffi::add_hook(nothing, NO_EVENT, NO_DATA) };
    let remove = || ffi::remove_hook(nothing, NO_DATA);
    add();
    let with = snapshot(&places);
    remove();
    let after = snapshot(&places);
    let addresses = places.into_iter().flat_map(|place| place.step_by(4));
    let seen = none.into_iter().zip(with).zip(after);
    let mut marked = Vec::new();
    let mut hooked = Vec::new();
    for (address, ((none, with), after)) in addresses.zip(seen) {
        if none & NO_EVENT != 0 || with != none | NO_EVENT {
            continue;
        }
        if after == with {
            marked.push(address);
        } else if after == none {
            hooked.push(address);
        }
    }
    let ([marked], [hooked]) = (&marked[..], &hooked[..]) else {
        return None;
    };
    let words = Words {
        marked: *marked,
        hooked: *hooked,
    };
    obeys(words, add, remove).then_some(words)
}

/// Whether the word takes the bit on again after we took it off. Leaves it as it was found.
fn obeys(words: Words, add: impl Fn(), remove: impl Fn() -> std::ffi::c_int) -> bool {
    let without = words.marked() & !NO_EVENT;
    if words.hooked() & !without != 0 {
        return false;
    }
    words.set_marked(without);
    add();
    let again = words.marked() == without | NO_EVENT && words.hooked() & NO_EVENT != 0;
    remove();
    let gone = words.hooked() & NO_EVENT == 0;
    words.set_marked(without);
    again && gone
}

fn snapshot(places: &[Range<usize>]) -> Vec<u32> {
    places
        .iter()
        .flat_map(|place| place.clone().step_by(4))
        .map(read)
        .collect()
}

unsafe extern "C" fn nothing(_data: VALUE, _arg: *mut TraceArg) {}
