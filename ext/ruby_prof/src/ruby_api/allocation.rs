//! `RubyProf::Allocation`: objects of one class made on one line of one method.

// The indexes are the profile's own; a panic would become InternalError.
#![expect(clippy::indexing_slicing)]

use std::sync::Arc;

use magnus::{Error, Module, RModule, Ruby};

use super::data::{self, View};
use crate::guard::reader;

#[magnus::wrap(class = "RubyProf::Allocation", free_immediately, size)]
pub(crate) struct Allocation {
    pub(crate) view: Arc<View>,
    pub(crate) index: usize,
}

impl Allocation {
    fn record(&self) -> &rubyprof_core::Allocation {
        &self.view.profile.allocations()[self.index]
    }

    fn klass_name(&self) -> String {
        self.record().class_name.clone()
    }

    fn klass_flags(&self) -> u32 {
        self.record().owner_kind.flag()
    }

    fn source_file(&self) -> Option<String> {
        let file = self.record().location.file?;
        Some(self.view.profile.file(file).to_owned())
    }

    fn line(&self) -> u32 {
        self.record().location.line
    }

    fn count(&self) -> u64 {
        self.record().count
    }

    fn memory(&self) -> u64 {
        self.record().bytes
    }

    fn inspect(&self) -> String {
        format!(
            "#<RubyProf::Allocation {} x {} at {}:{}>",
            self.count(),
            self.klass_name(),
            self.source_file().unwrap_or_default(),
            self.line()
        )
    }
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = data::define_class(ruby, module, "Allocation")?;
    class.define_method("klass_name", reader!(Allocation::klass_name))?;
    class.define_method("klass_flags", reader!(Allocation::klass_flags))?;
    class.define_method("source_file", reader!(Allocation::source_file))?;
    class.define_method("line", reader!(Allocation::line))?;
    class.define_method("count", reader!(Allocation::count))?;
    class.define_method("memory", reader!(Allocation::memory))?;
    class.define_method("inspect", reader!(Allocation::inspect))
}
