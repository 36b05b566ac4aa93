//! What a loaded library exports, and words that it may write to.

use std::ffi::CStr;
use std::ops::Range;

/// The addresses of the writable words (4 bytes each) of the library or program that `function` is in: its initialised and
/// its other variables. Empty where the system does not tell.
#[cfg(target_os = "linux")]
pub(super) fn writable_words(function: usize) -> Vec<Range<usize>> {
    use std::ffi::c_void;

    struct Search {
        function: usize,
        found: Vec<Range<usize>>,
    }

    unsafe extern "C" fn each(
        info: *mut libc::dl_phdr_info,
        _size: usize,
        search: *mut c_void,
    ) -> libc::c_int {
        // SAFETY: dl_iterate_phdr passes a loaded object's description, whose headers are an array of so many, and
        // the pointer that it was given.
        let (base, headers, search) = unsafe {
            let info = &*info;
            let headers = std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum));
            (
                info.dlpi_addr as usize,
                headers,
                &mut *search.cast::<Search>(),
            )
        };
        let loaded = || {
            headers
                .iter()
                .filter(|header| header.p_type == libc::PT_LOAD)
                .map(|header| {
                    let start = base + header.p_vaddr as usize;
                    (header, start..start + header.p_memsz as usize)
                })
        };
        if !loaded().any(|(_, range)| range.contains(&search.function)) {
            return 0;
        }
        search.found = loaded()
            .filter(|(header, _)| header.p_flags & libc::PF_W != 0)
            .map(|(_, range)| range.start.next_multiple_of(4)..range.end & !3)
            .collect();
        1
    }

    let mut search = Search {
        function,
        found: Vec::new(),
    };
    // SAFETY: `each` reads what it is given, and does not unwind: its arithmetic is on the loader's own numbers.
    unsafe { libc::dl_iterate_phdr(Some(each), (&raw mut search).cast()) };
    search.found
}

#[cfg(not(target_os = "linux"))]
pub(super) fn writable_words(_function: usize) -> Vec<Range<usize>> {
    Vec::new()
}

/// The address of something that libruby exports.
#[cfg(target_os = "linux")]
pub(super) fn symbol(name: &CStr) -> Option<usize> {
    // SAFETY: a NUL-terminated name, looked for in all that is loaded.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!found.is_null()).then_some(found as usize)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn symbol(_name: &CStr) -> Option<usize> {
    None
}
