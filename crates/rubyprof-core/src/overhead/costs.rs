//! What tracing costs.

use super::EventKind;

/// What the profiler spends on a call and its return, in picoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// In the callee's own window: after the clock is read at the call, and before it is read at the
    /// return.
    pub inner: u64,
    /// In the caller's: before and after that.
    pub outer: u64,
}

/// What the profiler spends, by kind of event. Nothing is known by default: then nothing is subtracted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// Calls of methods in Ruby.
    pub ruby: Cost,
    /// Calls of methods in C.
    pub c: Cost,
    /// Calls that the VM inlines where it may.
    pub operator: Cost,
    /// The first call of a path, in picoseconds that the caller's window has beyond those of the call.
    pub new_path: u64,
    /// An object that is counted by its class and line, in the window of the call that runs.
    pub object: u64,
    /// A fiber that runs again, alone or with its thread, in the window of the call that goes on.
    pub switch: u64,
    /// How well all these are known: their standard uncertainty in millionths of what they are.
    pub spread: u32,
    /// Of how many of a profile's calls, in millionths, nothing of this is known: those that came from a recording without costs.
    /// Nothing was taken off their times.
    pub unknown: u32,
}

const ALL: u128 = 1_000_000;

impl Costs {
    /// A call's cost.
    pub fn of(&self, kind: EventKind) -> Cost {
        match kind {
            EventKind::Ruby => self.ruby,
            EventKind::C => self.c,
            EventKind::Operator => self.operator,
        }
    }

    /// Whether nothing is known: there is no cost at all.
    pub fn is_none(&self) -> bool {
        let unknown = Self {
            spread: self.spread,
            unknown: self.unknown,
            ..Self::default()
        };
        *self == unknown
    }

    /// The standard uncertainty of an overhead that was found from these costs, rounded up. They are
    /// wrong all in the same direction if they are wrong, so uncertainties of sums are sums too.
    pub fn uncertainty(&self, overhead: u64) -> u64 {
        let millionths = u128::from(overhead) * u128::from(self.spread);
        u64::try_from(millionths.div_ceil(ALL)).unwrap_or(u64::MAX)
    }

    /// The costs of several recordings as one, each with how many calls it has: means by the calls of which they are known, so that
    /// they stay what such a call cost on average, and the largest spread. What is
    /// subtracted does not depend on it: that is found before.
    pub fn joined(all: &[(Self, u64)]) -> Self {
        let known: Vec<(&Self, u128)> = all
            .iter()
            .filter(|(costs, _)| !costs.is_none())
            .map(|(costs, calls)| {
                let known = ALL.saturating_sub(u128::from(costs.unknown));
                (costs, (u128::from(*calls) * known).div_ceil(ALL))
            })
            .collect();
        let sum = |calls: &mut dyn Iterator<Item = u128>| calls.fold(0, u128::saturating_add);
        let calls = sum(&mut known.iter().map(|(_, calls)| *calls));
        let all_calls = sum(&mut all.iter().map(|(_, calls)| u128::from(*calls)));
        let mean = |piece: fn(&Self) -> u64| {
            // 128 bits hold the product of any two numbers, but not any sum of them.
            let sum = known
                .iter()
                .map(|(costs, calls)| u128::from(piece(costs)) * calls)
                .fold(0_u128, u128::saturating_add);
            let mean = sum.saturating_add(calls / 2).checked_div(calls);
            u64::try_from(mean.unwrap_or(0)).unwrap_or(u64::MAX)
        };
        Self {
            ruby: Cost {
                inner: mean(|costs| costs.ruby.inner),
                outer: mean(|costs| costs.ruby.outer),
            },
            c: Cost {
                inner: mean(|costs| costs.c.inner),
                outer: mean(|costs| costs.c.outer),
            },
            operator: Cost {
                inner: mean(|costs| costs.operator.inner),
                outer: mean(|costs| costs.operator.outer),
            },
            new_path: mean(|costs| costs.new_path),
            object: mean(|costs| costs.object),
            switch: mean(|costs| costs.switch),
            spread: all.iter().map(|(costs, _)| costs.spread).max().unwrap_or(0),
            // None is none, and few are not none.
            unknown: match known.is_empty() {
                true => 0,
                false => share(all_calls.saturating_sub(calls), all_calls),
            },
        }
    }
}

/// In millionths, rounded up, but all only if it is.
fn share(part: u128, whole: u128) -> u32 {
    let millionths = part.saturating_mul(ALL).div_ceil(whole.max(1)).min(ALL);
    let millionths = match part < whole {
        true => millionths.min(ALL - 1),
        false => millionths,
    };
    u32::try_from(millionths).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn costs(inner: u64, spread: u32) -> Costs {
        Costs {
            c: Cost { inner, outer: 7 },
            spread,
            ..Costs::default()
        }
    }

    #[test]
    fn uncertainties_are_rounded_up() {
        let costs = costs(1, 50_000);
        assert_eq!(costs.uncertainty(0), 0);
        assert_eq!(costs.uncertainty(1), 1);
        assert_eq!(costs.uncertainty(1_000), 50);
        assert_eq!(costs.uncertainty(1_001), 51);
        let wild = super::Costs {
            spread: u32::MAX,
            ..costs
        };
        assert_eq!(wild.uncertainty(u64::MAX), u64::MAX);
    }

    #[test]
    fn joined_costs_are_means_by_calls() {
        let joined = Costs::joined(&[(costs(10_000, 3), 1), (costs(20_000, 9), 3)]);
        assert_eq!(joined, costs(17_500, 9));
        assert_eq!(Costs::joined(&[(costs(10_000, 3), 0)]).c.inner, 0);
        assert_eq!(Costs::joined(&[]), Costs::default());
        let large = (costs(u64::MAX, 1), u64::MAX);
        assert!(Costs::joined(&[large, large, large]).c.inner > u64::MAX / 4);
    }

    #[test]
    fn what_is_not_known_of_some_is_said_and_changes_no_mean() {
        let none = Costs::default();
        let joined = Costs::joined(&[(costs(10_000, 3), 3), (none, 1)]);
        assert_eq!((joined.c.inner, joined.unknown), (10_000, 250_000));
        let again = Costs::joined(&[(joined, 4), (costs(20_000, 3), 3), (none, 1)]);
        assert_eq!((again.c.inner, again.unknown), (15_000, 250_000));
        let few = Costs::joined(&[(costs(1, 1), u64::MAX), (none, 1)]);
        assert_eq!(few.unknown, 1);
        let most = Costs::joined(&[(costs(1, 1), 1), (none, u64::MAX)]);
        assert_eq!(most.unknown, 999_999);
        assert_eq!(Costs::joined(&[(none, 4), (none, 1)]), none);
    }

    #[test]
    fn costs_are_none_without_any() {
        assert!(costs(0, 5).c.outer == 7 && !costs(0, 5).is_none());
        let spread_only = Costs {
            spread: 5,
            ..Costs::default()
        };
        assert!(spread_only.is_none() && Costs::default().is_none());
    }
}
