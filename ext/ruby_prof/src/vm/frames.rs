//! The VM's stack, seen from an event.

use std::sync::OnceLock;

use rb_sys::{ID, VALUE};
use rubyprof_core::{LiveFrame, Location, MethodKey, Sources};

use super::event::{Identity, TraceArg};
use super::layout::{ControlFrame, FrameType, is_call_with_frame};

/// Words in a control frame: 7 to 9, by version and build. Set by the probe.
static FRAME_WORDS: OnceLock<usize> = OnceLock::new();

/// Word offsets in an execution context (`rb_execution_context_t`).
const EC_STACK: usize = 0;
const EC_STACK_WORDS: usize = 1;
const EC_FRAME: usize = 2;

/// Tells how large a control frame is. The first answer stays.
pub(crate) fn set_frame_words(words: usize) {
    FRAME_WORDS.get_or_init(|| words);
}

/// The frames of the running fiber, innermost first, `None` while their size is unknown.
///
/// # Safety
///
/// `arg` must be the argument of the event being delivered, and the layout one that is known.
pub(crate) unsafe fn frames(arg: *const TraceArg) -> Option<impl Iterator<Item = ControlFrame>> {
    let words = *FRAME_WORDS.get()?;
    // SAFETY: the first three words of an execution context are its stack, the stack's size and the
    // running frame (vm_core.h), checked by the probe; frames fill the stack from its end.
    let (first, end) = unsafe {
        let ec = (*arg).ec;
        let stack = *ec.add(EC_STACK) as *const usize;
        ((*arg).cfp, stack.add(*ec.add(EC_STACK_WORDS)))
    };
    let count = (end as usize).saturating_sub(first as usize) / (words * size_of::<usize>());
    // SAFETY: stays below the stack's end.
    Some((0..count).map(move |index| ControlFrame(unsafe { first.add(index * words) })))
}

/// The code of the frame that the event is of, if it is in Ruby.
///
/// # Safety
///
/// As for [`frames`].
pub(crate) unsafe fn iseq(arg: *mut TraceArg) -> Option<VALUE> {
    // SAFETY: the caller's.
    unsafe {
        let frame = frames(arg)?.next()?;
        let in_ruby = matches!(frame.frame_type(), FrameType::Method | FrameType::Code);
        in_ruby.then(|| frame.iseq()).filter(|iseq| *iseq != 0)
    }
}

/// Hands over the code of the innermost frames of the running fiber that are in Ruby.
///
/// # Safety
///
/// As for [`frames`].
pub(crate) unsafe fn each_iseq(arg: *mut TraceArg, limit: usize, each: impl FnMut(VALUE)) {
    // SAFETY: the caller's.
    let Some(frames) = (unsafe { frames(arg) }) else {
        return;
    };
    // SAFETY: frames of the running fiber.
    let in_ruby = frames.filter(|frame| unsafe {
        matches!(frame.frame_type(), FrameType::Method | FrameType::Code) && frame.iseq() != 0
    });
    // SAFETY: as above.
    let iseqs = in_ruby.take(limit).map(|frame| unsafe { frame.iseq() });
    iseqs.for_each(each);
}

/// Whether a stack's words can be where the layout says they are.
///
/// # Safety
///
/// As for [`frames`].
pub(crate) unsafe fn is_plausible(arg: *const TraceArg, words: usize) -> bool {
    // SAFETY: as for `frames`; only words of the context itself are read.
    unsafe {
        let ec = (*arg).ec;
        let frame = *ec.add(EC_FRAME);
        let end = *ec.add(EC_STACK) + *ec.add(EC_STACK_WORDS) * size_of::<usize>();
        let above = end.wrapping_sub(frame);
        frame == (*arg).cfp as usize
            && above < 1 << 32
            && above.is_multiple_of(words * size_of::<usize>())
    }
}

/// The running fiber's methods that were called before the event, outermost first. If the outermost
/// or the innermost Ruby code is not in a method's own frame (a block of a new thread, a block that
/// starts a profile), the method it is written in stands there, or code outside any method.
///
/// # Safety
///
/// As for [`frames`].
pub(crate) unsafe fn live_frames(arg: *mut TraceArg, sources: &mut Sources) -> Vec<LiveFrame> {
    // SAFETY: the caller's.
    let Some(frames) = (unsafe { frames(arg) }) else {
        return Vec::new();
    };
    // SAFETY: `arg` is the VM's. A call's own frame is there already.
    let called = usize::from(is_call_with_frame(unsafe { &*arg }));
    let mut outermost_first: Vec<ControlFrame> = frames.skip(called).collect();
    outermost_first.reverse();
    // SAFETY: frames of the running fiber.
    let running = outermost_first.iter().rposition(|frame| unsafe {
        matches!(frame.frame_type(), FrameType::Method | FrameType::Code)
    });
    let mut live: Vec<LiveFrame> = Vec::new();
    // Where the last Ruby method's own frame is in the list.
    let mut own_method = None;
    for (index, frame) in outermost_first.into_iter().enumerate() {
        let running = Some(index) == running;
        // SAFETY: a frame of the running fiber, and what hangs on it.
        let (kind, method) = unsafe { (frame.frame_type(), frame.method()) };
        let skipped = match kind {
            FrameType::Other => true,
            FrameType::Method | FrameType::CMethod => method.is_none(),
            FrameType::Code => !live.is_empty() && !running,
        };
        if skipped {
            continue;
        }
        // SAFETY: as above; an iseq belongs to each Ruby frame.
        let (key, name, definition) = unsafe {
            let definition = match (kind, method) {
                (FrameType::Method, _) => defined_at(frame.iseq(), sources),
                (FrameType::Code, Some(method)) => defined_at(method.value(), sources),
                _ => Location::default(),
            };
            let name = method.map_or(0, |method| match kind {
                FrameType::CMethod => method.original_id(),
                _ => method.called_id(),
            });
            (
                method.map(|method| method.key()).unwrap_or_default(),
                name,
                definition,
            )
        };
        let place = if running {
            position(called, sources)
        } else {
            Location::default()
        };
        // A block that a C method runs for its own method: the method goes on in it.
        if kind == FrameType::Code
            && let Some((method, between)) =
                own_method.and_then(|at| live.get_mut(at..)?.split_first_mut())
            && method.key == key
        {
            method.position = place;
            for frame in between {
                frame.transparent = true;
            }
            continue;
        }
        live.push(LiveFrame {
            key,
            // Other code than a method's own frame gets no return: a tag that no event has.
            tag: match kind {
                FrameType::Code => 0,
                _ => Identity::new(key.owner as VALUE, key.called as ID, name).tag,
            },
            transparent: false,
            definition,
            position: place,
        });
        if kind == FrameType::Method {
            own_method = live.len().checked_sub(1);
        }
    }
    live
}

/// Where the innermost Ruby code is now, without `depth` frames. C functions have no line.
pub(crate) fn position(depth: usize, sources: &mut Sources) -> Location {
    // Mostly the first frame has a line, or the one that called a C function, and to find each takes its time.
    [depth + 1, depth + 2, LOOK_AT]
        .into_iter()
        .find_map(|limit| position_among(limit, depth, sources))
        .unwrap_or_default()
}

/// Frames that are looked at.
const LOOK_AT: usize = 8;

/// As [`position`], among so many frames.
fn position_among(limit: usize, depth: usize, sources: &mut Sources) -> Option<Location> {
    let limit = limit.min(LOOK_AT);
    let mut frames: [VALUE; LOOK_AT] = [0; LOOK_AT];
    let mut lines = [0; LOOK_AT];
    // SAFETY: both arrays have LOOK_AT entries; the function fills in what it finds and returns how
    // many, without allocating or raising (vm_backtrace.c).
    let found = unsafe {
        rb_sys::rb_profile_frames(0, limit as i32, frames.as_mut_ptr(), lines.as_mut_ptr())
    };
    let found = usize::try_from(found).unwrap_or(0);
    let seen = frames.iter().zip(&lines).take(found).skip(depth);
    for (frame, line) in seen {
        if *line > 0 {
            // SAFETY: a frame just given by the VM; nothing ran since.
            let path = unsafe { rb_sys::rb_profile_frame_path(*frame) };
            return Some(Location {
                file: string(path, |bytes| sources.file(bytes)),
                line: line.unsigned_abs(),
            });
        }
    }
    None
}

/// Where the method that is being called is defined.
pub(crate) fn definition(sources: &mut Sources) -> Location {
    let mut frame: VALUE = 0;
    let mut line = 0;
    // SAFETY: room for one frame, as said.
    let found = unsafe { rb_sys::rb_profile_frames(0, 1, &mut frame, &mut line) };
    if found < 1 {
        return Location::default();
    }
    // SAFETY: a frame just given by the VM.
    unsafe { defined_at(frame, sources) }
}

/// Where the code of `frame`, a method entry or an instruction sequence, begins.
///
/// # Safety
///
/// `frame` must be one of the two, and live.
pub(crate) unsafe fn defined_at(frame: VALUE, sources: &mut Sources) -> Location {
    // SAFETY: what rb_profile_frames gives is one of the two as well (vm_backtrace.c, frame2iseq);
    // the answers are live objects or nil.
    let (path, first) = unsafe {
        (
            rb_sys::rb_profile_frame_path(frame),
            rb_sys::rb_profile_frame_first_lineno(frame),
        )
    };
    Location {
        file: string(path, |bytes| sources.file(bytes)),
        // (`eval` can be told that a line is before the first.)
        line: small_integer(first).unwrap_or(0),
    }
}

/// Calls `with` with the bytes of a Ruby string; `None` for anything else.
pub(crate) fn string<T>(value: VALUE, with: impl FnOnce(&[u8]) -> T) -> Option<T> {
    // SAFETY: RB_TYPE_P looks at special constants first and then at the flags of a live object.
    if !unsafe { rb_sys::RB_TYPE_P(value, rb_sys::RUBY_T_STRING) } {
        return None;
    }
    // SAFETY: a string's bytes stay where they are while we hold the GVL and call nothing of Ruby.
    let bytes = unsafe {
        std::slice::from_raw_parts(
            rb_sys::RSTRING_PTR(value).cast::<u8>(),
            usize::try_from(rb_sys::RSTRING_LEN(value)).unwrap_or(0),
        )
    };
    Some(with(bytes))
}

fn small_integer(value: VALUE) -> Option<u32> {
    let number = value as i64;
    // A Fixnum is the number, shifted by one, with the low bit set.
    (number & 1 == 1)
        .then_some(number >> 1)
        .and_then(|number| u32::try_from(number).ok())
}

/// The method whose source the running code is in: that of the innermost Ruby frame.
///
/// # Safety
///
/// As for [`frames`].
pub(crate) unsafe fn lexical_method(arg: *mut TraceArg) -> Option<MethodKey> {
    // SAFETY: the caller's; frames of the running fiber and their entries are live.
    unsafe {
        let frame = frames(arg)?
            .find(|frame| matches!(frame.frame_type(), FrameType::Method | FrameType::Code))?;
        let key = frame.method().map(|method| method.key());
        Some(key.unwrap_or_default())
    }
}

/// Whether no code runs on the fiber yet.
///
/// # Safety
///
/// As for [`frames`].
pub(crate) unsafe fn is_empty(arg: *const TraceArg) -> bool {
    // SAFETY: the caller's.
    unsafe {
        frames(arg)
            .is_some_and(|mut frames| frames.all(|frame| frame.frame_type() == FrameType::Other))
    }
}
