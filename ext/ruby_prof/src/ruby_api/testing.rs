//! `RubyProf::Testing`: doors for this library's own specs, open only if the environment variable
//! `RUBY_PROF_TESTING` is set when the library is loaded.

use magnus::{Error, Object, RModule, Ruby, function, typed_data::Obj};

use rubyprof_core::NodeId;

use super::profile::Profile;
use crate::errors;
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

/// Makes overhead and GC time part of what was recorded: so many nanoseconds a call of each, as far as
/// self times have them. `spread` is the overhead's uncertainty in millionths.
fn charge(
    ruby: &Ruby,
    profile: Obj<Profile>,
    overhead: u64,
    spread: u32,
    gc: u64,
) -> Result<(), Error> {
    let recorded = profile.view(ruby)?;
    let recorded = &recorded.profile;
    let mut parts = recorded.parts();
    parts.gcs.clear();
    parts.collections.clear();
    for (place, node) in parts.nodes.iter_mut().enumerate() {
        let id = NodeId(place as u32);
        let own = recorded.self_value(id);
        node.overhead = overhead.saturating_mul(node.called).min(own);
        let gc = gc.saturating_mul(node.called).min(own);
        parts.gcs.extend((gc > 0).then_some((id, gc)));
        parts
            .collections
            .extend((gc > 0).then_some((id, node.called)));
    }
    parts.costs.ruby.inner = overhead.saturating_mul(1_000);
    parts.costs.spread = spread;
    let charged = rubyprof_core::Profile::from_parts(parts);
    profile.set_result(charged.map_err(|error| errors::internal(ruby, &error.to_string()))?);
    Ok(())
}

pub(crate) fn init(_ruby: &Ruby, module: RModule) -> Result<(), Error> {
    if std::env::var_os("RUBY_PROF_TESTING").is_none() {
        return Ok(());
    }
    let testing = magnus::Module::define_module(module, "Testing")?;
    testing.define_singleton_method("use_manual_clock", function!(use_manual_clock, 1))?;
    testing.define_singleton_method("advance", function!(advance, 1))?;
    testing.define_singleton_method("charge", function!(charge, 4))?;
    testing.define_singleton_method("panic_after", function!(panic_after, 2))?;
    testing.define_singleton_method("operators_marked?", function!(operators_marked, 0))?;
    testing.define_singleton_method("panic_now", function!(panic_now, 0))
}
