//! The Ruby classes, one a file.

mod allocation;
mod bounds;
mod call_tree;
mod call_trees;
mod convert;
mod counter;
mod data;
mod exclusion;
mod files;
mod growth;
mod latency;
mod leaving;
mod ledger;
mod measurement;
mod members;
mod merging;
mod method_info;
mod module_functions;
mod options;
mod profile;
mod recording;
mod reference;
mod report;
mod running;
mod store;
mod test_profiles;
mod testing;
mod thread;

use magnus::{Error, Ruby};

/// Defines everything below `RubyProf`.
pub(crate) fn init(ruby: &Ruby) -> Result<(), Error> {
    let module = ruby.define_module("RubyProf")?;
    profile::init(ruby, module)?;
    thread::init(ruby, module)?;
    files::init(ruby)?;
    method_info::init(ruby, module)?;
    call_tree::init(ruby, module)?;
    call_trees::init(ruby, module)?;
    measurement::init(ruby, module)?;
    allocation::init(ruby, module)?;
    report::init(ruby, module)?;
    counter::init(ruby, module)?;
    growth::init(ruby, module)?;
    latency::init(ruby, module)?;
    module_functions::init(ruby, module)?;
    test_profiles::init(ruby, module)?;
    crate::overhead::init(module)?;
    testing::init(ruby, module)
}
