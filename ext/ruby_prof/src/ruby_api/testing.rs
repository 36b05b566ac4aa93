//! `RubyProf::Testing`: doors for this library's own specs, open only if the environment variable
//! `RUBY_PROF_TESTING` is set when the library is loaded.

use magnus::{Error, Object, RModule, Ruby, function, typed_data::Obj};

use super::profile::Profile;
use crate::guard::guard;
use crate::testing;
use crate::vm::marks;

/// The next run of the profile reads the clock that `advance` moves.
fn use_manual_clock(profile: Obj<Profile>) {
    profile.use_manual_clock();
}

/// Moves the manual clock.
fn advance(nanoseconds: u64) {
    testing::advance(nanoseconds);
}

/// The next run of the profile panics in the hook at the given rare event (a new call path, a
/// switch), counted from 1.
fn panic_after(profile: Obj<Profile>, events: u64) {
    profile.set_fuse(events);
}

/// Panics, in a method.
#[expect(clippy::panic)]
fn panic_now(ruby: &Ruby) -> Result<(), Error> {
    guard(ruby, || panic!("a test asked for this panic"))
}

/// Whether the VM marks operators in code that it compiles now.
fn operators_marked() -> bool {
    marks::operators_are_marked()
}

pub(crate) fn init(_ruby: &Ruby, module: RModule) -> Result<(), Error> {
    if std::env::var_os("RUBY_PROF_TESTING").is_none() {
        return Ok(());
    }
    let testing = magnus::Module::define_module(module, "Testing")?;
    testing.define_singleton_method("use_manual_clock", function!(use_manual_clock, 1))?;
    testing.define_singleton_method("advance", function!(advance, 1))?;
    testing.define_singleton_method("panic_after", function!(panic_after, 2))?;
    testing.define_singleton_method("operators_marked?", function!(operators_marked, 0))?;
    testing.define_singleton_method("panic_now", function!(panic_now, 0))
}
