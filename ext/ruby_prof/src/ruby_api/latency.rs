//! `RubyProf::Latency`: how long single calls of a method or along a path took.

use magnus::{Error, Module, RArray, RModule, Ruby, Value, method};
use rubyprof_core::Unit;

use super::convert;
use super::data;
use super::store::float;
use crate::errors;
use crate::guard::{guard, reader, ruby_reader};

#[magnus::wrap(class = "RubyProf::Latency", free_immediately, size)]
pub(crate) struct Latency {
    pub(crate) latency: rubyprof_core::Latency,
    pub(crate) unit: Unit,
}

impl Latency {
    fn count(&self) -> u64 {
        self.latency.count()
    }

    pub(crate) fn min(&self) -> f64 {
        float(self.latency.min(), self.unit)
    }

    pub(crate) fn max(&self) -> f64 {
        float(self.latency.max(), self.unit)
    }

    fn p50(&self) -> f64 {
        self.at(50.0)
    }

    fn p99(&self) -> f64 {
        self.at(99.0)
    }

    fn at(&self, percent: f64) -> f64 {
        float(self.latency.percentile(percent), self.unit)
    }

    fn percentile(ruby: &Ruby, rb_self: &Self, percent: Value) -> Result<f64, Error> {
        let percent = convert::time(ruby, "percentile", percent)?;
        guard(ruby, || {
            if percent > 100.0 {
                let message =
                    format!("percentile cannot be {percent}: give a number from 0 to 100");
                return Err(errors::argument(ruby, message));
            }
            Ok(rb_self.at(percent))
        })
    }

    fn buckets(ruby: &Ruby, rb_self: &Self) -> Result<RArray, Error> {
        let buckets = ruby.ary_new();
        for (low, high, count) in rb_self.latency.ranges() {
            let row = ruby.ary_new();
            row.push(float(low, rb_self.unit))?;
            row.push(float(high, rb_self.unit))?;
            row.push(count)?;
            buckets.push(row)?;
        }
        Ok(buckets)
    }

    fn inspect(&self) -> String {
        format!(
            "#<RubyProf::Latency count: {}, min: {:?}, p50: {:?}, p99: {:?}, max: {:?}>",
            self.count(),
            self.min(),
            self.p50(),
            self.p99(),
            self.max()
        )
    }
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let class = data::define_class(ruby, module, "Latency")?;
    class.define_method("count", reader!(Latency::count))?;
    class.define_method("min", reader!(Latency::min))?;
    class.define_method("max", reader!(Latency::max))?;
    class.define_method("p50", reader!(Latency::p50))?;
    class.define_method("p99", reader!(Latency::p99))?;
    class.define_method("percentile", method!(Latency::percentile, 1))?;
    class.define_method("buckets", ruby_reader!(Latency::buckets))?;
    class.define_method("inspect", reader!(Latency::inspect))
}
