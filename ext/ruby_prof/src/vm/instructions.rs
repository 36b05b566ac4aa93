//! The VM's table of instructions, by which it marks them.
//!
//! For each instruction it has how it is written without a mark and with one (iseq.c, `insn_data`; 3.1 to 3.4). When the VM
//! looks anew which instructions have to be marked, one that is marked already stays so, whatever it is marked for
//! (`encoded_iseq_trace_instrument`, `remain_current_trace`): it compares with this table. Where the table has no mark, the instruction is
//! written without one.
//!
//! The table has no name outside of libruby. It is found by what must be in it: the instructions' numbers in order, and the lengths that
//! libruby exports.

use std::ops::Range;

use magnus::{Error, Module, RClass, Ruby};

use super::ffi;
use super::words::{symbol, writable_words};

/// The instructions that a hook for C calls marks (compile.c, `iseq_specialized_instruction`), and that
/// the VM runs without a call if they are not marked. Others must keep their marks: up to 3.1 the VM does not know any more what it
/// has marked the first instruction of a block for that is a method, and the target of a TracePoint.
const OPERATORS: [&str; 23] = [
    "opt_plus",
    "opt_minus",
    "opt_mult",
    "opt_div",
    "opt_mod",
    "opt_eq",
    "opt_neq",
    "opt_lt",
    "opt_le",
    "opt_gt",
    "opt_ge",
    "opt_ltlt",
    "opt_and",
    "opt_or",
    "opt_aref",
    "opt_aset",
    "opt_length",
    "opt_size",
    "opt_empty_p",
    "opt_succ",
    "opt_not",
    "opt_regexpmatch2",
    "opt_nil_p",
];

/// An instruction in the table.
#[repr(C)]
#[derive(Clone, Copy)]
pub(super) struct Instruction {
    pub(super) number: u32,
    pub(super) length: u32,
    pub(super) unmarked: usize,
    pub(super) marked: usize,
}

impl Instruction {
    pub(super) fn has_both(&self) -> bool {
        self.marked != 0 && self.unmarked != 0 && self.marked != self.unmarked
    }
}

/// The table, and what the VM calls its instructions.
pub(super) struct Table {
    address: usize,
    names: Vec<String>,
}

impl Table {
    /// Looks for it; `None` where the VM has not got what it takes, or keeps it otherwise than those that were tried.
    pub(super) fn find(ruby: &Ruby) -> Option<Self> {
        let mut names = names(ruby).ok()?;
        let unmarked = names.iter().position(|name| name.starts_with("trace_"))?;
        names.truncate(unmarked);
        // SAFETY: the VM's array of this name has a byte for each instruction (insns_info.inc), marked ones included.
        let lengths = unsafe {
            let lengths = symbol(c"rb_vm_insn_len_info")? as *const u8;
            std::slice::from_raw_parts(lengths, unmarked)
        };
        let mut found = writable_words(ffi::add_hook_address())
            .into_iter()
            .flat_map(|place| tables(place, lengths));
        let address = found.next()?;
        found.next().is_none().then_some(Self { address, names })
    }

    /// The number of an instruction.
    pub(super) fn number(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// The instructions by number.
    pub(super) fn instructions(&self) -> impl Iterator<Item = Instruction> {
        (0..self.names.len()).map(|number| read(self.place(number)))
    }

    /// The numbers of those that are operators.
    pub(super) fn operators(&self) -> Option<Vec<usize>> {
        OPERATORS.iter().map(|name| self.number(name)).collect()
    }

    fn place(&self, number: usize) -> usize {
        self.address + number * size_of::<Instruction>()
    }
}

fn names(ruby: &Ruby) -> Result<Vec<String>, Error> {
    let vm: RClass = ruby.class_object().const_get("RubyVM")?;
    vm.const_get("INSTRUCTION_NAMES")
}

/// Where the table has the operators, and what is there.
pub(super) struct Operators {
    entries: Vec<(usize, Instruction)>,
}

impl Operators {
    pub(super) fn find(table: &Table) -> Option<Self> {
        let places = table
            .operators()?
            .into_iter()
            .map(|number| table.place(number));
        let entries: Vec<_> = places.map(|place| (place, read(place))).collect();
        let is_plausible = |(_, entry): &(usize, Instruction)| entry.has_both();
        entries.iter().all(is_plausible).then_some(Self { entries })
    }

    /// Does `work` while the table knows no marks of operators: those that the VM looks at lose theirs.
    pub(super) fn without_marks(&self, work: impl FnOnce()) {
        struct Restored<'a>(&'a Operators);
        impl Drop for Restored<'_> {
            fn drop(&mut self) {
                self.0.write(|entry| entry.marked);
            }
        }
        let restored = Restored(self);
        self.write(|entry| entry.unmarked);
        work();
        drop(restored);
    }

    /// Writes how operators look with a mark.
    fn write(&self, marked: impl Fn(&Instruction) -> usize) {
        for (address, entry) in &self.entries {
            let place = (address + std::mem::offset_of!(Instruction, marked)) as *mut usize;
            // SAFETY: `find` saw the table there, in memory of libruby's that may be written to. The VM reads it under the
            // GVL, which we hold, or in another Ractor, of which there is none.
            unsafe { place.write_volatile(marked(entry)) }
        }
    }
}

/// Where in a place of writable words a table with these lengths begins.
fn tables(place: Range<usize>, lengths: &[u8]) -> impl Iterator<Item = usize> {
    let size = lengths.len() * size_of::<Instruction>();
    let first = place.start.next_multiple_of(align_of::<Instruction>());
    let last = place.end.saturating_sub(size);
    let starts = (first..=last).step_by(align_of::<Instruction>());
    starts.filter(move |start| {
        let fits = |(number, length): (usize, &u8)| {
            let entry = read(start + number * size_of::<Instruction>());
            entry.number as usize == number && entry.length == u32::from(*length)
        };
        !lengths.is_empty() && lengths.iter().enumerate().all(fits)
    })
}

fn read(address: usize) -> Instruction {
    // SAFETY: within the words of a loaded library, which stays loaded, and aligned; any bits are numbers.
    unsafe { (address as *const Instruction).read_volatile() }
}
