//! Lets the VM make objects as quickly while we hear of collections as while nobody does.
//!
//! Up to Ruby 3.2 the VM takes the long way for every new object as soon as there is a hook for anything that its heap does
//! (gc.c, `newobj_of0`: `flags.has_hook`), which makes an object 10 to 18 ns dearer: a tenth of what JSON, ERB or String#sub take,
//! and not ours to subtract, since no event tells of it. The long way is needed for hooks of new objects only; hooks of
//! collections are called by another word (`hook_events`). So that flag is taken down again where no hook wants objects. Whoever adds
//! or removes a hook makes the VM put it up anew, which is right, if slow.
//!
//! Both words are in the heap's description (`rb_objspace`), a pointer to which is in the VM's (`rb_vm_t`), whose address has a name up to
//! 3.2. They are found by what they do: a hook for collections comes and goes, and the second takes on its bit and loses
//! it, and the first one bit. Where that cannot be seen, nothing is changed.

use std::ffi::c_void;

use parking_lot::Mutex;
use rb_sys::VALUE;

use super::event::{GC_ENTER, NEWOBJ, TraceArg};
use super::marks;

/// Words of 8 bytes of the VM's description that are looked at: more than it has.
const VM_WORDS: usize = 1_024;
/// Where the heap's description has the flags, in bytes, and its hooks' events next to them (gc.c, 3.1 and 3.2).
const FLAGS: usize = 16;
const NO_DATA: VALUE = 1;

/// The flags' address, and the one that makes new objects take the long way.
#[derive(Clone, Copy)]
struct Flag {
    address: usize,
    bit: u32,
}

/// `None` until it was looked for.
static FLAG: Mutex<Option<Option<Flag>>> = Mutex::new(None);

/// Looks for the flag, the first time. To be called before there is a hook for collections.
pub(crate) fn prepare() {
    let known = FLAG.lock().is_some();
    if !known {
        let found = find();
        *FLAG.lock() = Some(found);
    }
}

/// Takes the long way off new objects, if no hook needs it. To be called after every change of hooks of ours.
pub(crate) fn make_quickly() {
    let Some(Some(Flag { address, bit })) = *FLAG.lock() else {
        return;
    };
    // SAFETY: `find` saw what these two words of the heap's description do; that lives as long as the VM. They change under the
    // GVL, which we hold.
    unsafe {
        let flags = address as *mut u32;
        if flags.add(1).read_volatile() & NEWOBJ == 0 {
            flags.write_volatile(flags.read_volatile() & !bit);
        }
    }
}

/// The flags and the events of a heap's description, if there is one.
type Words = [u32; 2];

fn find() -> Option<Flag> {
    let description = vm()?;
    let mut words = [0_usize; VM_WORDS];
    // The VM may have fewer words than that before memory ends.
    let count = read(description, &mut words)? / size_of::<usize>();
    let mut places: Vec<(usize, Words)> = words
        .iter()
        .take(count)
        .filter(|word| **word % 16 == 0 && **word > 0xffff)
        .filter_map(|word| {
            let address = word + FLAGS;
            Some((address, words_at(address)?))
        })
        .filter(|(_, [_, events])| events & (GC_ENTER | NEWOBJ) == 0)
        .collect();
    places.sort_unstable();
    places.dedup();
    let seen = |places: &[(usize, Words)]| -> Vec<Option<Words>> {
        places.iter().map(|(place, _)| words_at(*place)).collect()
    };
    // SAFETY: `nothing` does nothing, and its data is a special constant.
    unsafe { marks::add_other_hook(nothing, GC_ENTER, NO_DATA) };
    let with = seen(&places);
    marks::remove_other_hook(nothing, NO_DATA);
    let after = seen(&places);
    let mut found =
        places
            .iter()
            .zip(with)
            .zip(after)
            .filter_map(|(((address, none), with), after)| {
                let (with, after) = (with?, after?);
                let bit = none[0] ^ with[0];
                let is_it =
                    with[1] == none[1] | GC_ENTER && after == *none && bit.is_power_of_two();
                is_it.then_some(Flag {
                    address: *address,
                    bit,
                })
            });
    match (found.next(), found.next()) {
        (Some(flag), None) => Some(flag),
        _ => None,
    }
}

/// The address of the VM's description; `None` where it has no name.
fn vm() -> Option<usize> {
    // SAFETY: a name that ends with 0; the variable is a pointer, and was set before any extension was loaded.
    unsafe {
        let variable = libc::dlsym(libc::RTLD_DEFAULT, c"ruby_current_vm_ptr".as_ptr());
        let address = *variable.cast::<usize>().as_ref()?;
        (address != 0).then_some(address)
    }
}

fn words_at(address: usize) -> Option<Words> {
    let mut words = [0_u32; 2];
    let bytes = read(address, &mut words)?;
    (bytes == size_of::<Words>()).then_some(words)
}

/// Copies memory from an address that may be anything; how many bytes there were.
#[cfg(target_os = "linux")]
fn read<T: Copy>(address: usize, to: &mut [T]) -> Option<usize> {
    let length = size_of_val(to);
    let local = libc::iovec {
        iov_base: to.as_mut_ptr().cast(),
        iov_len: length,
    };
    let remote = libc::iovec {
        iov_base: address as *mut c_void,
        iov_len: length,
    };
    // SAFETY: the kernel writes so many bytes to `to` at most, integers all, and fails where there is nothing to be read.
    let bytes = unsafe { libc::process_vm_readv(libc::getpid(), &local, 1, &remote, 1, 0) };
    usize::try_from(bytes).ok()
}

#[cfg(not(target_os = "linux"))]
fn read<T: Copy>(_address: usize, _to: &mut [T]) -> Option<usize> {
    None
}

unsafe extern "C" fn nothing(_data: VALUE, _arg: *mut TraceArg) {}
