//! `RubyProf::Measurement`: the numbers of a method or a call path.

use magnus::{Error, Module, RModule, Ruby};

use super::data;
use crate::guard::reader;

/// Called, total, self and wait; children time follows from them.
#[magnus::wrap(class = "RubyProf::Measurement", free_immediately, size)]
#[derive(Clone, Copy)]
pub(crate) struct Measurement {
    pub(crate) called: u64,
    pub(crate) total: f64,
    pub(crate) own: f64,
    pub(crate) wait: f64,
}

impl Measurement {
    fn called(&self) -> u64 {
        self.called
    }

    fn total_time(&self) -> f64 {
        self.total
    }

    fn self_time(&self) -> f64 {
        self.own
    }

    fn wait_time(&self) -> f64 {
        self.wait
    }

    pub(crate) fn children_time(&self) -> f64 {
        (self.total - self.own - self.wait).max(0.0)
    }

    fn describe(&self) -> String {
        format!("c: {}, tt: {}, st: {}", self.called, self.total, self.own)
    }

    fn inspect(&self) -> String {
        format!("#<RubyProf::Measurement ({})>", self.describe())
    }
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = data::define_class(ruby, module, "Measurement")?;
    class.define_method("called", reader!(Measurement::called))?;
    class.define_method("total_time", reader!(Measurement::total_time))?;
    class.define_method("self_time", reader!(Measurement::self_time))?;
    class.define_method("wait_time", reader!(Measurement::wait_time))?;
    class.define_method("children_time", reader!(Measurement::children_time))?;
    class.define_method("to_s", reader!(Measurement::describe))?;
    class.define_method("inspect", reader!(Measurement::inspect))
}
