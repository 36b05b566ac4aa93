//! Code as the VM keeps it: instruction sequences, read word by word.
//!
//! Offsets are those of vm_core.h in Ruby 3.1 to 3.4 on 64 bits. [`Code::proves_itself`] is asked with a method whose calls are known before
//! anything else is read. An instruction sequence is only read as far as each of its words is an instruction of the
//! VM's table ([`instructions`](super::instructions)).

use magnus::Ruby;
use rb_sys::{ID, VALUE};

use super::instructions::Table;

/// Word offsets in an instruction sequence (`rb_iseq_t`): its body; hooks for it alone, and the events it is marked for (`aux.exec`).
const BODY: usize = 2;
const LOCAL_HOOKS: usize = 3;
const MARKED_FOR: usize = 4;
/// In its body (`rb_iseq_constant_body`): 32 bits of its size in words, after as many of its type, and where these are.
const SIZE: usize = 1;
const WORDS: usize = 1;
/// What a call without keywords is packed into (vm_callinfo.h): a low bit says that it is, the upper half is the name.
const PACKED: usize = 1;
const NAME: u32 = 32;

/// An instruction, as it is written in some way.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Form {
    /// What it is without a mark; `None` if it is without one.
    unmarked: Option<usize>,
    /// In words; 0 if it cannot be told from others.
    length: usize,
    is_call: bool,
    is_operator: bool,
}

/// The VM's instructions by how they are written: addresses within one function of the VM, so that a table of them all is small.
pub(super) struct Code {
    first: usize,
    /// By address from the first one on: the number of a form, plus 1.
    numbers: Box<[u16]>,
    forms: Vec<Form>,
}

/// More than that function has bytes.
const MOST: usize = 1 << 20;

/// A call with a block that is written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BlockCall {
    /// The method's name, if it can be told.
    pub(super) name: Option<ID>,
    /// The block's instruction sequence.
    pub(super) block: Iseq,
}

/// A live instruction sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Iseq(pub(super) VALUE);

impl Code {
    /// `None` where the VM's table is not to be found.
    pub(super) fn find(ruby: &Ruby) -> Option<Self> {
        let table = Table::find(ruby)?;
        let (call, operators) = (table.number("send")?, table.operators()?);
        let mut written: Vec<(usize, Form)> = Vec::new();
        for (number, instruction) in table.instructions().enumerate() {
            if !instruction.has_both() {
                return None;
            }
            let form = |unmarked| Form {
                unmarked,
                length: instruction.length as usize,
                is_call: number == call,
                is_operator: operators.contains(&number),
            };
            written.push((instruction.unmarked, form(None)));
            written.push((instruction.marked, form(Some(instruction.unmarked))));
        }
        let addresses = || written.iter().map(|(address, _)| *address);
        let (first, last) = (addresses().min()?, addresses().max()?);
        if last - first > MOST {
            return None;
        }
        let mut numbers = vec![0_u16; last - first + 1].into_boxed_slice();
        let mut forms: Vec<Form> = Vec::new();
        for (address, form) in written {
            let number = numbers.get_mut(address - first)?;
            let known = usize::from(*number).checked_sub(1);
            match known.and_then(|known| forms.get_mut(known)) {
                None => {
                    forms.push(form);
                    *number = u16::try_from(forms.len()).ok()?;
                }
                // Compilers make one of instructions that do the same. Code with those that cannot be told apart is not read.
                Some(known) if *known != form => known.length = 0,
                Some(_) => {}
            }
        }
        Some(Self {
            first,
            numbers,
            forms,
        })
    }

    /// The form of a word; `None` if it is no instruction.
    fn form(&self, word: usize) -> Option<&Form> {
        let number = self.numbers.get(word.wrapping_sub(self.first))?;
        self.forms.get(usize::from(*number).checked_sub(1)?)
    }

    /// Whether `iseq` and its blocks can be read, and its calls with blocks are those of `names`, in their order.
    ///
    /// # Safety
    ///
    /// As for [`block_calls`](Self::block_calls).
    pub(super) unsafe fn proves_itself(&self, iseq: Iseq, names: &[ID]) -> bool {
        // SAFETY: the caller's.
        let Some(calls) = (unsafe { self.block_calls(iseq) }) else {
            return false;
        };
        let found: Vec<Option<ID>> = calls.iter().map(|call| call.name).collect();
        let wanted: Vec<Option<ID>> = names.iter().copied().map(Some).collect();
        // SAFETY: the blocks of a live iseq are live.
        found == wanted
            && calls
                .iter()
                .all(|call| unsafe { self.marks(call.block) }.is_some())
    }

    /// The calls in `iseq` that have a block written there; `None` if it cannot be read.
    ///
    /// # Safety
    ///
    /// The layout must be known, and `iseq` live.
    pub(super) unsafe fn block_calls(&self, iseq: Iseq) -> Option<Vec<BlockCall>> {
        let mut calls = Vec::new();
        // SAFETY: the caller's. Operands of a call are its data, which begins with its call info, and its block (insns.def, send).
        unsafe {
            self.each(iseq, |place, form| {
                if !form.is_call {
                    return;
                }
                let (data, block) = (*place.add(1) as *const usize, *place.add(2));
                let info = *data;
                if block != 0 {
                    calls.push(BlockCall {
                        name: (info & PACKED != 0).then_some((info >> NAME) as ID),
                        block: Iseq(block as VALUE),
                    });
                }
            })?;
        }
        Some(calls)
    }

    /// The marks in `iseq`: where they are, and what is there without them. Operators are left out.
    ///
    /// # Safety
    ///
    /// As for [`block_calls`](Self::block_calls).
    pub(super) unsafe fn marks(&self, iseq: Iseq) -> Option<Vec<(*mut usize, usize)>> {
        let mut marks = Vec::new();
        // SAFETY: the caller's.
        unsafe {
            self.each(iseq, |place, form| {
                if let Some(unmarked) = form.unmarked.filter(|_| !form.is_operator) {
                    marks.push((place, unmarked));
                }
            })?;
        }
        Some(marks)
    }

    /// Hands over each instruction; `None` as soon as something else is there.
    unsafe fn each(&self, iseq: Iseq, mut each: impl FnMut(*mut usize, Form)) -> Option<()> {
        // SAFETY: the callers'; an iseq that is marked or runs is compiled, and has a body with so many words.
        unsafe {
            let body = *(iseq.0 as *const usize).add(BODY) as *const usize;
            let size = *body.cast::<u32>().add(SIZE) as usize;
            let words = *body.add(WORDS) as *mut usize;
            if words.is_null() {
                return None;
            }
            let mut position = 0;
            while position < size {
                let place = words.add(position);
                let form = *self.form(*place)?;
                if form.length == 0 || form.length > size - position {
                    return None;
                }
                each(place, form);
                position += form.length;
            }
        }
        Some(())
    }
}

impl Iseq {
    /// The events it is marked for; `None` if it has hooks of its own.
    ///
    /// # Safety
    ///
    /// It must be live and compiled, and the layout known.
    pub(super) unsafe fn marked_for(self) -> Option<u32> {
        let words = self.0 as *const usize;
        // SAFETY: the caller's.
        unsafe { (*words.add(LOCAL_HOOKS) == 0).then(|| *words.add(MARKED_FOR).cast::<u32>()) }
    }

    /// Says for which events it is marked.
    ///
    /// # Safety
    ///
    /// As for [`marked_for`](Self::marked_for); it must be true, or 0, with which the VM looks anew when it has to.
    pub(super) unsafe fn set_marked_for(self, events: u32) {
        // SAFETY: the caller's.
        unsafe { *(self.0 as *mut usize).add(MARKED_FOR).cast::<u32>() = events }
    }
}
