//! Who calls, and from where: the stack below an event, by method and line.

use rb_sys::VALUE;
use rubyprof_core::{Location, MethodKey, Sources};

use super::event::TraceArg;
use super::frames::{self, defined_at};
use super::layout::{ControlFrame, FrameType};

/// An owner that is no class: the key's other number is a frame as `rb_profile_frames` gives it, whose
/// names are asked of the VM's public functions.
pub(crate) const A_FRAME: u64 = u64::MAX;

/// How deep a stack is looked at.
pub(crate) const DEEPEST: usize = 200;

/// A frame of the running code.
#[derive(Clone, Copy)]
pub(crate) struct Running {
    /// The method whose code runs: for a block the one it is written in. The default stands for code
    /// outside any method.
    pub(crate) key: MethodKey,
    /// What the VM knows the definition by; 0 for a C function.
    code: VALUE,
    /// The line that runs; none for a C function.
    pub(crate) site: Location,
}

impl Running {
    /// Where the method is defined. To be asked during the event.
    pub(crate) fn definition(&self, sources: &mut Sources) -> Location {
        if self.code == 0 || self.key == MethodKey::default() {
            return Location::default();
        }
        // SAFETY: a method entry or an instruction sequence of a frame of the running fiber.
        unsafe { defined_at(self.code, sources) }
    }
}

/// Hands `each` the running fiber's frames, innermost first: `limit` of them below the first `skip`.
/// With `by_layout` methods are told by the VM's words, else by what its public functions give.
///
/// # Safety
///
/// `arg` must be the argument of the event being delivered, and the layout known if `by_layout`.
pub(crate) unsafe fn running(
    arg: *mut TraceArg,
    by_layout: bool,
    skip: usize,
    limit: usize,
    sources: &mut Sources,
    mut each: impl FnMut(&Running, &mut Sources),
) {
    let mut values: [VALUE; DEEPEST + 1] = [0; DEEPEST + 1];
    let mut lines = [0; DEEPEST + 1];
    let limit = limit.min(DEEPEST) + skip.min(1);
    // SAFETY: both arrays have room for `limit` entries; the function fills in what it finds and
    // returns how many, without allocating or raising (vm_backtrace.c).
    let found = unsafe {
        rb_sys::rb_profile_frames(0, limit as i32, values.as_mut_ptr(), lines.as_mut_ptr())
    };
    let found = usize::try_from(found).unwrap_or(0);
    // SAFETY: the caller's.
    let mut frames = by_layout.then(|| unsafe { frames::frames(arg) }).flatten();
    let shown = values.iter().zip(&lines).take(found).enumerate();
    for (index, (value, line)) in shown {
        let frame = frames
            .as_mut()
            // SAFETY: frames of the running fiber.
            .and_then(|frames| frames.find(|frame| unsafe { is_shown_as(*frame, *value) }));
        if index < skip {
            continue;
        }
        let (key, code) = match frame {
            // SAFETY: as above.
            Some(frame) => unsafe { method_of(frame, *value) },
            None => by_name(*value),
        };
        let site = match u32::try_from(*line) {
            Ok(line) if line > 0 => {
                // What `eval` runs within a method is of another file than the method.
                // SAFETY: a Ruby frame, which has code; one just given by the VM, as nothing ran since.
                let path = unsafe {
                    let code = frame.map_or(*value, |frame| frame.iseq());
                    rb_sys::rb_profile_frame_path(code)
                };
                let file = frames::string(path, |bytes| sources.file(bytes));
                Location { file, line }
            }
            _ => Location::default(),
        };
        let code = if site.line == 0 { 0 } else { code };
        each(&Running { key, code, site }, sources);
    }
}

/// Whether `rb_profile_frames` shows the frame as `value`: by its method, or, where that is none or one
/// made of a block, by its code.
///
/// # Safety
///
/// The frame must be one of the running fiber, during an event.
unsafe fn is_shown_as(frame: ControlFrame, value: VALUE) -> bool {
    // SAFETY: the caller's; only frames of Ruby code are asked for theirs.
    unsafe {
        match frame.frame_type() {
            FrameType::Method | FrameType::Code if frame.iseq() == value => true,
            _ => frame.method().is_some_and(|method| method.value() == value),
        }
    }
}

/// # Safety
///
/// As for [`is_shown_as`].
unsafe fn method_of(frame: ControlFrame, value: VALUE) -> (MethodKey, VALUE) {
    // SAFETY: the caller's.
    unsafe {
        let key = frame.method().map(|method| method.key());
        (key.unwrap_or_default(), value)
    }
}

fn by_name(value: VALUE) -> (MethodKey, VALUE) {
    // SAFETY: a frame just given by the VM; the answer is a String or nil.
    let name = unsafe { rb_sys::rb_profile_frame_method_name(value) };
    let key = match frames::string(name, <[u8]>::len) {
        None => MethodKey::default(),
        Some(_) => MethodKey {
            owner: A_FRAME,
            called: value as u64,
        },
    };
    (key, value)
}
