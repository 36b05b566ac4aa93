//! Takes the marks off blocks that iterators run, for as long as a profile records.
//!
//! Since a method may be made of a block the VM marks the beginnings and ends of all blocks when it marks those of methods (iseq.c,
//! `add_bmethod_events`), and a marked block takes some 8 to 11 ns more each time it runs, though nobody wants to hear of it. No event tells how
//! often that was, so it could not be subtracted. So when a method is called for the first time, the blocks that are written in it, and are passed
//! to a call of an iterator by its name (`each`, `map`, `times`), lose their marks; when the profile ends they get them back if anybody else traces calls. Who passes such a
//! block on to `define_method` in a method of that name makes a method whose calls are not seen until then: others,
//! `define_method` itself among them, keep their marks.
//!
//! The VM is not told. What it believes code to be marked for is set to nothing for these blocks, so that it marks them again as soon as
//! another hook for events of code comes (`rb_iseq_trace_set`). Where there is one already (line events, coverage, events of blocks) nothing is done.

use std::collections::HashSet;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use magnus::Ruby;
use rb_sys::{ID, VALUE};
use rubyprof_core::{BuildMix, ITERATORS};

use super::code::{Code, Iseq};
use super::event::{C_CALL, C_RETURN, CALL, RETURN, TraceArg};
use super::{frames, marks};
use crate::classes::Pins;

/// The events whose marks may be taken off or are not there: beginnings and ends of methods.
const METHODS: u32 = CALL | RETURN;
const OPERATORS: u32 = C_CALL | C_RETURN;

/// How many frames that run already are looked at. Each takes its time, and who starts a profile further in seldom goes on further out.
const FRAMES: usize = 8;

/// What there is to know about this VM.
struct Known {
    code: Code,
    iterators: HashSet<ID, BuildMix>,
    /// The probe's method, and its calls with blocks.
    touch: ID,
    calls: [ID; 2],
}

static KNOWN: OnceLock<Option<Known>> = OnceLock::new();

/// Whether code can be read: not tried yet, yes, no.
static PROVED: AtomicU8 = AtomicU8::new(UNTRIED);
const UNTRIED: u8 = 0;
const YES: u8 = 1;
const NO: u8 = 2;

/// Finds out what has to be known, the first time.
pub(crate) fn prepare(ruby: &Ruby) {
    KNOWN.get_or_init(|| {
        use magnus::rb_sys::AsRawId;
        let id = |name: &str| ruby.intern(name).as_raw();
        Some(Known {
            code: Code::find(ruby)?,
            iterators: ITERATORS.iter().map(|name| id(name)).collect(),
            touch: id("touch"),
            calls: [id("each"), id("each_of_none")],
        })
    });
}

/// The blocks of one session that have lost their marks.
#[derive(Default)]
pub(crate) struct Blocks {
    seen: HashSet<VALUE, BuildMix>,
    /// What they were marked for.
    relieved: Vec<(Iseq, u32)>,
    /// Where marks were: with one, without.
    marks: Vec<(*mut usize, usize, usize)>,
}

impl Blocks {
    /// The method `name` of the probe, if `of_probe`, or of the program is called for the first time: `arg` is the event's.
    ///
    /// # Safety
    ///
    /// The layout must be known, and `arg` be the argument of the call's event, whose frame is there.
    pub(crate) unsafe fn method_called(
        &mut self,
        arg: *mut TraceArg,
        name: u64,
        of_probe: bool,
        pins: &Pins,
    ) {
        let Some(Some(known)) = KNOWN.get() else {
            return;
        };
        // SAFETY: the caller's.
        unsafe {
            let Some(iseq) = frames::iseq(arg) else {
                return;
            };
            if of_probe && name == known.touch as u64 {
                if PROVED.load(Ordering::Relaxed) == UNTRIED {
                    let proved = match known.code.proves_itself(Iseq(iseq), &known.calls) {
                        true => YES,
                        false => NO,
                    };
                    PROVED.store(proved, Ordering::Relaxed);
                }
                return self.look_at_stack(arg, pins);
            }
            self.look_at(Iseq(iseq), pins);
        }
    }

    /// The same for what the fiber runs already, as far as it is likely to go on with it.
    ///
    /// # Safety
    ///
    /// As for [`method_called`](Self::method_called).
    pub(crate) unsafe fn look_at_stack(&mut self, arg: *mut TraceArg, pins: &Pins) {
        // SAFETY: the caller's.
        unsafe { frames::each_iseq(arg, FRAMES, |iseq| self.look_at(Iseq(iseq), pins)) }
    }

    /// Takes the marks off blocks of iterators in `iseq` and in blocks of it.
    ///
    /// # Safety
    ///
    /// As for [`Code::block_calls`].
    unsafe fn look_at(&mut self, iseq: Iseq, pins: &Pins) {
        let Some(Some(known)) = KNOWN.get() else {
            return;
        };
        if PROVED.load(Ordering::Relaxed) != YES || !marks::only_methods_are_hooked() {
            return;
        }
        let mut left = vec![iseq];
        while let Some(iseq) = left.pop() {
            if !self.seen.insert(iseq.0) {
                continue;
            }
            // SAFETY: the caller's; what code refers to is as live as it is.
            let calls = unsafe { known.code.block_calls(iseq) };
            for call in calls.into_iter().flatten() {
                if call
                    .name
                    .is_some_and(|name| known.iterators.contains(&name))
                {
                    // SAFETY: as above.
                    unsafe { self.relieve(&known.code, call.block, pins) }
                }
                left.push(call.block);
            }
        }
    }

    unsafe fn relieve(&mut self, code: &Code, block: Iseq, pins: &Pins) {
        // SAFETY: the callers'.
        let marked_for = unsafe { block.marked_for() };
        let Some(events) = marked_for.filter(|events| {
            events & METHODS == METHODS && events & marks::OF_CODE & !(METHODS | OPERATORS) == 0
        }) else {
            return;
        };
        // SAFETY: as above.
        let Some(found) = (unsafe { code.marks(block) }) else {
            return;
        };
        // So that it is there, and at its place, when it gets its marks back.
        pins.add_code(block.0);
        for (place, unmarked) in found {
            // SAFETY: a word of the block's code, seen to be this instruction with a mark: both do the same but for
            // events. Whoever executes it has read it before or reads it after.
            unsafe {
                self.marks.push((place, place.read(), unmarked));
                place.write_volatile(unmarked);
            }
        }
        // SAFETY: as above; the VM looks anew.
        unsafe { block.set_marked_for(0) };
        self.relieved.push((block, events));
    }

    /// Gives blocks their marks back where somebody else may count on them, unless the VM has done so. To be called when no hook of the
    /// session is left; `pins` have kept them.
    pub(crate) fn give_back(&mut self, pins: &Pins) {
        if marks::methods_are_marked() {
            self.mark_again();
        }
        // Else who wants calls next makes the VM mark them anew, and until then blocks are as quick as they were.
        *self = Self::default();
        pins.let_code_go();
    }

    fn mark_again(&mut self) {
        for (place, marked, unmarked) in self.marks.drain(..) {
            // SAFETY: code that the pins have kept; what is there was written by `relieve` or by the VM.
            unsafe {
                if place.read() == unmarked {
                    place.write_volatile(marked);
                }
            }
        }
        for (block, events) in self.relieved.drain(..) {
            // SAFETY: as above.
            unsafe {
                if block.marked_for() == Some(0) {
                    block.set_marked_for(events);
                }
            }
        }
    }
}
