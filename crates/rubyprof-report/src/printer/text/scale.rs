//! The unit of all value columns of one text report.

use rubyprof_core::Unit;

use crate::format::number::seconds;

/// The unit of all value columns of one report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    Objects,
    Bytes,
    Micro,
    Milli,
    Second,
}

impl Scale {
    /// The unit for a report whose largest total is `total`.
    ///
    /// A value has three decimals. The next unit starts at 100 (ms, s), so the last decimal is never
    /// coarser than a hundred thousandth of the total, and microseconds show every nanosecond.
    pub(crate) fn for_total(total: u64, unit: Unit) -> Self {
        match (unit, total) {
            (Unit::Objects, _) => Self::Objects,
            (Unit::Bytes, _) => Self::Bytes,
            (Unit::Nanoseconds, 0..100_000_000) => Self::Micro,
            (Unit::Nanoseconds, 100_000_000..100_000_000_000) => Self::Milli,
            (Unit::Nanoseconds, _) => Self::Second,
        }
    }

    /// Appended to a column title, without a blank: a title stays one word for `split`.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Objects => "",
            Self::Bytes => "(B)",
            Self::Micro => "(us)",
            Self::Milli => "(ms)",
            Self::Second => "(s)",
        }
    }

    /// The unit of single calls beside it: small methods take less than a thousandth of any other.
    pub(crate) fn fine(self) -> Self {
        match self {
            Self::Objects | Self::Bytes => self,
            Self::Micro | Self::Milli | Self::Second => Self::Micro,
        }
    }

    /// The unit in words.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Objects => "objects",
            Self::Bytes => "bytes",
            Self::Micro => "microseconds",
            Self::Milli => "milliseconds",
            Self::Second => "seconds",
        }
    }

    pub(crate) fn value(self, value: u64) -> String {
        let thousandths = match self {
            Self::Objects | Self::Bytes => return value.to_string(),
            Self::Micro => value,
            Self::Milli => value.saturating_add(500) / 1_000,
            Self::Second => value.saturating_add(500_000) / 1_000_000,
        };
        format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000)
    }

    /// A total as ruby-prof prints it: seconds, or objects.
    pub(crate) fn total(self, total: u64) -> String {
        match self {
            Self::Objects | Self::Bytes => total.to_string(),
            _ => seconds(total),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Scale, Unit};

    #[test]
    fn the_unit_suits_the_total() {
        for (total, scale, text) in [
            (99_999_999, Scale::Micro, "99999.999"),
            (100_000_000, Scale::Milli, "100.000"),
            (99_999_999_999, Scale::Milli, "100000.000"),
            (100_000_000_000, Scale::Second, "100.000"),
        ] {
            let chosen = Scale::for_total(total, Unit::Nanoseconds);
            assert_eq!((chosen, chosen.value(total).as_str()), (scale, text));
        }
        assert_eq!(Scale::for_total(0, Unit::Objects), Scale::Objects);
        assert_eq!(Scale::Objects.value(1_000), "1000");
        assert_eq!(Scale::Second.value(u64::MAX), "18446744073.709");
    }
}
