//! Events by reading the VM's own words.
//!
//! Offsets are those of vm_core.h and method.h in Ruby 3.1 to 3.4 on 64 bits. Nothing here is used
//! before [`probe`](super::probe) has found that it gives what the public functions give.

use rb_sys::{ID, VALUE};
use rubyprof_core::MethodKey;

use super::event::{B_CALL, C_CALL, CALL, Identity, Reader, TraceArg, agreed_name};

/// Reads events where the VM keeps them.
pub(crate) struct Layout;

/// Word offsets in a control frame (`rb_control_frame_t`).
const FRAME_ISEQ: usize = 2;
const FRAME_EP: usize = 4;
/// Word offsets from an environment pointer.
const EP_METHOD: isize = -2;
const EP_PREVIOUS: isize = -1;
/// Flags of an environment (`ep[0]`).
const LOCAL: usize = 0x0002;
const BMETHOD: usize = 0x0040;
const MAGIC: usize = 0x7fff_0001;
const MAGIC_BLOCK: usize = 0x2222_0001;
/// Word offsets in a method entry (`rb_callable_method_entry_t`).
const METHOD_DEFINITION: usize = 2;
const METHOD_CALLED_ID: usize = 3;
const METHOD_OWNER: usize = 4;
/// Word offset in a method definition (`rb_method_definition_t`).
const DEFINITION_ORIGINAL_ID: usize = 4;
/// Word offset in an `svar`, which stands before the method entry once a frame has `$~` or `$_`.
const SVAR_METHOD: usize = 1;
/// Type bits of an internal object: T_IMEMO in the low five, its kind above the twelve flag bits.
const IMEMO_MASK: usize = 0x1f | 0xf << 12;
const IMEMO_SVAR: usize = 0x1a | 2 << 12;
const IMEMO_METHOD: usize = 0x1a | 6 << 12;

/// Kinds of control frames (`VM_FRAME_MAGIC_*`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameType {
    /// A Ruby method, or a method defined by a block.
    Method,
    /// A C method.
    CMethod,
    /// Ruby code outside a method's own frame: a block, a file, a class body, `eval`, `rescue`.
    Code,
    /// No code of the program: the bottom of a stack, a block that is a C function.
    Other,
}

/// A method entry of the VM. Never null.
#[derive(Clone, Copy)]
pub(crate) struct MethodEntry(*const usize);

impl MethodEntry {
    /// # Safety
    ///
    /// The entry must be live: reached from a frame of the running fiber during an event.
    #[inline(always)]
    pub(crate) unsafe fn owner(self) -> VALUE {
        // SAFETY: a live entry has five words at least (method.h), checked by the probe.
        unsafe { *self.0.add(METHOD_OWNER) as VALUE }
    }

    /// # Safety
    ///
    /// As for [`owner`](Self::owner).
    #[inline(always)]
    pub(crate) unsafe fn called_id(self) -> ID {
        // SAFETY: as above.
        unsafe { *self.0.add(METHOD_CALLED_ID) as ID }
    }

    /// Owner and called name.
    ///
    /// # Safety
    ///
    /// As for [`owner`](Self::owner).
    pub(crate) unsafe fn key(self) -> MethodKey {
        // SAFETY: the caller's.
        unsafe {
            MethodKey {
                owner: self.owner() as u64,
                called: self.called_id() as u64,
            }
        }
    }

    /// Who is called, for an event of a Ruby method.
    ///
    /// # Safety
    ///
    /// As for [`owner`](Self::owner).
    #[inline(always)]
    unsafe fn identity(self) -> Identity {
        // SAFETY: the caller's.
        unsafe {
            let called = self.called_id();
            Identity::new(self.owner(), called, called)
        }
    }

    /// The entry as the object it is.
    pub(crate) fn value(self) -> VALUE {
        self.0 as VALUE
    }

    /// # Safety
    ///
    /// As for [`owner`](Self::owner).
    pub(crate) unsafe fn original_id(self) -> ID {
        // SAFETY: as above; a live entry's definition is live.
        unsafe {
            let definition = *self.0.add(METHOD_DEFINITION) as *const usize;
            *definition.add(DEFINITION_ORIGINAL_ID) as ID
        }
    }
}

/// A control frame of the VM.
#[derive(Clone, Copy)]
pub(crate) struct ControlFrame(pub(crate) *const usize);

impl ControlFrame {
    /// # Safety
    ///
    /// The frame must be one of the running fiber, during an event.
    #[inline(always)]
    unsafe fn ep(self) -> *const usize {
        // SAFETY: a control frame has at least seven words (vm_core.h), checked by the probe.
        unsafe { *self.0.add(FRAME_EP) as *const usize }
    }

    /// # Safety
    ///
    /// As for [`ep`](Self::ep).
    pub(crate) unsafe fn frame_type(self) -> FrameType {
        // SAFETY: ep[0] holds the flags of every frame (vm_core.h, VM_ENV_FLAGS).
        let flags = unsafe { *self.ep() };
        match flags & MAGIC {
            0x1111_0001 => FrameType::Method,
            MAGIC_BLOCK if flags & BMETHOD != 0 => FrameType::Method,
            0x5555_0001 => FrameType::CMethod,
            0x7999_0001 | 0x6666_0001 => FrameType::Other,
            _ => FrameType::Code,
        }
    }

    /// The instruction sequence that runs in it; only for Ruby code.
    ///
    /// # Safety
    ///
    /// As for [`ep`](Self::ep).
    pub(crate) unsafe fn iseq(self) -> VALUE {
        // SAFETY: the third word of a frame (vm_core.h), checked by the probe.
        unsafe { *self.0.add(FRAME_ISEQ) as VALUE }
    }

    /// Whether a Ruby method defined by a block runs in it.
    ///
    /// # Safety
    ///
    /// As for [`ep`](Self::ep).
    pub(crate) unsafe fn is_block_method(self) -> bool {
        // SAFETY: as above.
        unsafe { *self.ep() & BMETHOD != 0 }
    }

    /// The method that the frame's block is written in, if any, and how many blocks deep it is. A method that is made of a
    /// block is no block. Environments keep their frames' flags when they outlive them.
    ///
    /// # Safety
    ///
    /// As for [`ep`](Self::ep).
    #[inline(always)]
    unsafe fn block(self) -> (Option<MethodEntry>, u64) {
        // SAFETY: as for `method`, which this follows.
        unsafe {
            let mut ep = self.ep();
            let mut level = 0;
            loop {
                let flags = *ep;
                let local = flags & LOCAL != 0;
                let method = method_entry(*ep.offset(EP_METHOD), local);
                if method.is_some() || local {
                    return (method, level);
                }
                level += u64::from(flags & MAGIC == MAGIC_BLOCK);
                ep = (*ep.offset(EP_PREVIOUS) & !3) as *const usize;
            }
        }
    }

    /// The method whose code runs in the frame, for a block the one it is written in.
    /// The rule is that of `rb_vm_frame_method_entry`.
    ///
    /// # Safety
    ///
    /// As for [`ep`](Self::ep).
    pub(crate) unsafe fn method(self) -> Option<MethodEntry> {
        // SAFETY: environments are linked by ep[-1], whose two low bits are tags, up to a local one.
        unsafe {
            let mut ep = self.ep();
            loop {
                let local = *ep & LOCAL != 0;
                if let Some(method) = method_entry(*ep.offset(EP_METHOD), local) {
                    return Some(method);
                }
                if local {
                    return None;
                }
                ep = (*ep.offset(EP_PREVIOUS) & !3) as *const usize;
            }
        }
    }
}

/// The method entry behind `ep[-2]`: the entry itself, or an `svar` that has it, or something else.
///
/// # Safety
///
/// `word` must be `ep[-2]` of a live environment: 0 or a live internal object.
#[inline(always)]
unsafe fn method_entry(word: usize, svar: bool) -> Option<MethodEntry> {
    if word == 0 {
        return None;
    }
    let object = word as *const usize;
    // SAFETY: a live object begins with its flags.
    match unsafe { *object } & IMEMO_MASK {
        IMEMO_METHOD => Some(MethodEntry(object)),
        // SAFETY: an svar's second word is what stood here before (internal/imemo.h).
        IMEMO_SVAR if svar => unsafe { method_entry(*object.add(SVAR_METHOD), false) },
        _ => None,
    }
}

/// Whether the event is a call whose frame is there already.
pub(crate) fn is_call_with_frame(arg: &TraceArg) -> bool {
    matches!(arg.event, CALL | B_CALL) || (arg.event == C_CALL && arg.class == 0)
}

impl Reader for Layout {
    const READS_FRAMES: bool = true;

    #[inline(always)]
    unsafe fn token(arg: *mut TraceArg) -> u64 {
        // SAFETY: `arg` is the VM's, says the caller. A fiber has one execution context.
        unsafe { (*arg).ec as u64 }
    }

    #[inline(always)]
    unsafe fn event(arg: *mut TraceArg) -> u32 {
        // SAFETY: as above.
        unsafe { (*arg).event }
    }

    #[inline(always)]
    unsafe fn block(arg: *mut TraceArg) -> Option<Identity> {
        // SAFETY: as above: the frame of a block event is the block's.
        unsafe {
            let frame = ControlFrame((*arg).cfp);
            if frame.is_block_method() {
                return None;
            }
            let (method, level) = frame.block();
            let within = method.map_or(Identity::NONE, |method| method.identity());
            Some(within.block(level.max(1)))
        }
    }

    unsafe fn is_call_with_frame(arg: *mut TraceArg) -> bool {
        // SAFETY: as above. The VM gives the class of a method whose frame is not there yet.
        unsafe { is_call_with_frame(&*arg) }
    }

    #[inline(always)]
    unsafe fn owner(arg: *mut TraceArg) -> VALUE {
        // SAFETY: as above.
        unsafe { (*arg).class }
    }

    #[inline(always)]
    unsafe fn c_identity(arg: *mut TraceArg, owner: VALUE) -> Identity {
        // SAFETY: as above.
        unsafe { Identity::new(owner, (*arg).called_id, (*arg).original_id) }
    }

    #[inline(always)]
    unsafe fn quick_identity(arg: *mut TraceArg, owner: VALUE) -> Option<Identity> {
        // SAFETY: as above; where the VM gives no class the method is that of the frame, and ep[-2] of a method's frame is its entry
        // or an svar.
        unsafe {
            let arg = &*arg;
            if owner != 0 {
                let name = agreed_name(arg.event, arg.called_id, arg.original_id);
                return Some(Identity::new(owner, arg.called_id, name));
            }
            let word = *ControlFrame(arg.cfp).ep().offset(EP_METHOD);
            method_entry(word, true).map(|method| method.identity())
        }
    }

    #[inline(always)]
    unsafe fn identity(arg: *mut TraceArg) -> Identity {
        // SAFETY: as above.
        unsafe {
            Self::quick_identity(arg, Self::owner(arg)).unwrap_or_else(|| {
                let method = ControlFrame((*arg).cfp).method();
                method.map_or(Identity::NONE, |method| method.identity())
            })
        }
    }
}
