//! Where time went: `running_time`, `gvl_wait_time`, `blocked_time` and `ledger` of methods, call paths and threads.

use std::sync::Arc;

use magnus::{Error, Module, RModule, Ruby, Value, value::ReprValue};
use rubyprof_core::{Ledger, Numbers, Unit};

use super::store::Store;

/// A ledger, and whose it is.
pub(crate) struct Entries {
    pub(crate) ledger: Ledger,
    /// What the processor's clock says, of a thread.
    pub(crate) cpu: Option<u64>,
    pub(crate) store: Arc<Store>,
}

/// What has a ledger in Ruby.
pub(crate) trait HasLedger {
    fn entries(ruby: &Ruby, rb_self: &Self) -> Result<Entries, Error>;

    fn running_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        let entries = Self::entries(ruby, rb_self)?;
        Ok(entries.store.float(entries.ledger.running))
    }

    fn gvl_wait_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        let entries = Self::entries(ruby, rb_self)?;
        Ok(entries.store.float(entries.ledger.gvl_wait))
    }

    fn blocked_time(ruby: &Ruby, rb_self: &Self) -> Result<f64, Error> {
        let entries = Self::entries(ruby, rb_self)?;
        Ok(entries.store.float(entries.ledger.blocked))
    }

    /// A `RubyProf::Ledger`; nil where no time was measured.
    fn ledger(ruby: &Ruby, rb_self: &Self) -> Result<Option<Value>, Error> {
        let Entries { ledger, cpu, store } = Self::entries(ruby, rb_self)?;
        if store.mode.unit() != Unit::Nanoseconds {
            return Ok(None);
        }
        let module: RModule = ruby.class_object().const_get("RubyProf")?;
        let class: Value = module.const_get("Ledger")?;
        let parts = [
            ledger.running,
            ledger.gvl_wait,
            ledger.blocked,
            ledger.gc,
            ledger.overhead,
        ];
        class.funcall("new", (parts.to_vec(), cpu)).map(Some)
    }
}

impl Store {
    /// The ledger of sums over nodes.
    pub(crate) fn ledger(&self, numbers: &Numbers) -> Ledger {
        let (compensated, numbers) = self.read(
            |view| (view.profile.is_compensated(), *numbers),
            |forest| (forest.is_compensated(), forest.consistent(*numbers)),
        );
        let taken_off = if compensated { numbers.overhead } else { 0 };
        let wall = numbers.own.saturating_add(numbers.wait);
        Ledger::of(
            wall.saturating_add(taken_off),
            numbers.stopped,
            numbers.gc,
            numbers.overhead,
        )
    }
}
