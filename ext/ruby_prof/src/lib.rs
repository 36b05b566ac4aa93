//! ruby-prof-rs for Ruby: the extension.

// A cdylib exports no Rust items; the one function that magnus generates cannot be documented.
#![allow(missing_docs)]
// VALUE and ID are as wide as a C long, which is u64 here and not everywhere.
#![allow(clippy::unnecessary_cast)]
// A panic is a defect; one in the hook ends the recording.
#![warn(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod classes;
mod clock;
mod counter;
mod cpu;
mod errors;
#[cfg(not(ruby_gte_3_3))]
mod gaps;
mod guard;
mod hook;
mod memory;
mod names;
mod overhead;
mod ractor;
mod ruby_api;
mod session;
mod testing;
#[cfg(ruby_gte_3_3)]
mod threads;
mod vm;

use magnus::{Error, Ruby};

/// Called by Ruby when the library is loaded.
#[magnus::init(name = "ruby_prof")]
fn init(ruby: &Ruby) -> Result<(), Error> {
    clock::init();
    ruby_api::init(ruby)
}
