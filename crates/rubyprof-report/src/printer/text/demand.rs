//! What rows say of overhead and GC time: the mark of uncertain self times, and columns on demand.

use rubyprof_core::{Doubt, MethodRow, Unit};

use super::Text;
use crate::selection::percent;

/// Before a self time that is less than its own uncertainty.
const UNCERTAIN: char = '~';

impl Text<'_> {
    /// The value of a row's self column. `own` is what it says, `overhead` the profiler's part.
    pub(crate) fn self_value(&self, own: u64, overhead: u64) -> String {
        let value = self.scale.value(own);
        let profile = self.profile;
        match profile.is_compensated() && profile.is_sum_uncertain(own, overhead) {
            true => format!("{UNCERTAIN}{value}"),
            false => value,
        }
    }

    /// Whether rows have the column `%ovh`.
    pub(crate) fn has_overhead(&self) -> bool {
        self.options.overhead && self.has_times()
    }

    /// Whether rows have the column `+-`: where nothing is taken off there is nothing to doubt.
    pub(crate) fn has_uncertainty(&self) -> bool {
        self.has_overhead() && self.profile.is_compensated()
    }

    /// The value of a row's column `+-`.
    pub(crate) fn uncertainty(&self, doubt: Doubt) -> String {
        self.scale.value(self.profile.uncertainty(doubt))
    }

    /// Whether rows have the column `gc`.
    pub(crate) fn has_gc(&self) -> bool {
        self.options.gc && self.has_times()
    }

    fn has_times(&self) -> bool {
        self.profile.measure_mode.unit() == Unit::Nanoseconds
    }

    /// The profiler's share of a row's self time as it was measured, in percent.
    pub(crate) fn overhead_share(&self, row: &MethodRow) -> f64 {
        percent(row.overhead, self.profile.raw_sum(row.own, row.overhead))
    }

    /// What the column `%ovh` means, if there is one.
    pub(crate) fn legend_of_overhead(&self) -> Option<(&'static str, String)> {
        let what = "The profiler's share of the self time as it was measured";
        let meaning = match self.profile.is_compensated() {
            true => format!("{what}; it is taken off."),
            false => format!("{what}; it is still in it."),
        };
        self.has_overhead().then_some(("%ovh", meaning))
    }

    /// What the column `+-` means, if there is one.
    pub(crate) fn legend_of_uncertainty(&self) -> Option<(&'static str, String)> {
        let meaning = "How far self may be from the truth, for what tracing costs and what it does to blocks.";
        let any = self.has_uncertainty();
        any.then(|| ("+-", meaning.to_owned()))
    }

    /// What the column `gc` means, if there is one.
    pub(crate) fn legend_of_gc(&self) -> Option<(&'static str, String)> {
        let meaning = "The part of the self time in which garbage was collected.";
        self.has_gc().then(|| ("gc", meaning.to_owned()))
    }

    /// What the mark of uncertain self times means, if there may be any.
    pub(super) fn legend_of_marks(&self) -> Option<String> {
        let meaning = "self is less than the uncertainty of the overhead that was taken off it";
        let any = self.profile.is_compensated() && self.has_times();
        any.then(|| format!("{UNCERTAIN} {meaning}"))
    }
}
