//! What rows say of overhead and of where time went: the mark of uncertain self times, and columns on demand.

use rubyprof_core::{Doubt, Ledger, MethodRow, Numbers, Partial, Unit};

use super::Text;
use crate::selection::percent;

/// Before a self time that is less than its own uncertainty.
const UNCERTAIN: char = '~';
/// Before a self time that lacks that of some calls.
const UNTIMED: char = '>';

/// A part of a ledger that can have a column.
#[derive(Clone, Copy)]
pub(crate) enum Entry {
    Running,
    GvlWait,
    Blocked,
    Gc,
}

impl Entry {
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Running => "run",
            Self::GvlWait => "gvl",
            Self::Blocked => "block",
            Self::Gc => "gc",
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::Running => "At work: what self and wait have beyond the next columns.",
            Self::GvlWait => {
                "Could have run, but another thread had the GVL; before Ruby 3.3 also: blocked while others ran."
            }
            Self::Blocked => "Slept, read, or waited for a lock, another thread or fiber.",
            Self::Gc => "The part of the self time in which garbage was collected.",
        }
    }

    fn of(self, ledger: &Ledger) -> u64 {
        match self {
            Self::Running => ledger.running,
            Self::GvlWait => ledger.gvl_wait,
            Self::Blocked => ledger.blocked,
            Self::Gc => ledger.gc,
        }
    }
}

impl Text<'_> {
    /// The value of a row's self column. `own` is what it says, `overhead` the profiler's part.
    pub(crate) fn self_value(&self, own: u64, overhead: u64, partial: Partial) -> String {
        let value = self.scale.value(own);
        let profile = self.profile;
        if partial.untimed > 0 {
            return format!("{UNTIMED}{value}");
        }
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

    /// The columns behind the usual ones.
    pub(crate) fn entries(&self) -> &'static [Entry] {
        match (self.has_times(), self.options.ledger, self.options.gc) {
            (true, true, _) => &[Entry::Running, Entry::GvlWait, Entry::Blocked, Entry::Gc],
            (true, false, true) => &[Entry::Gc],
            _ => &[],
        }
    }

    /// What a row has in these columns.
    pub(crate) fn entries_of(&self, numbers: &Numbers) -> impl Iterator<Item = String> {
        let wall = numbers.own.saturating_add(numbers.wait);
        let wall = self.profile.raw_sum(wall, numbers.overhead);
        let ledger = Ledger::of(wall, numbers.stopped, numbers.gc, numbers.overhead);
        let entries = self.entries().iter();
        entries.map(move |entry| self.scale.value(entry.of(&ledger)))
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

    /// What the columns of [`entries`](Self::entries) mean.
    pub(crate) fn legend_of_entries(&self) -> impl Iterator<Item = (&'static str, String)> {
        let entries = self.entries().iter();
        entries.map(|entry| (entry.title(), entry.meaning().to_owned()))
    }

    /// What the mark of self times that lack some calls means, if there are any.
    pub(super) fn legend_of_untimed(&self) -> Option<String> {
        let any = self.profile.partial_total().untimed > 0;
        any.then(|| {
            format!("{UNTIMED} total and self are without calls that were not timed: that time is the callers' self")
        })
    }

    /// What the mark of uncertain self times means, if there may be any.
    pub(super) fn legend_of_marks(&self) -> Option<String> {
        let meaning = "self is less than the uncertainty of the overhead that was taken off it";
        let any = self.profile.is_compensated() && self.has_times();
        any.then(|| format!("{UNCERTAIN} {meaning}"))
    }
}
