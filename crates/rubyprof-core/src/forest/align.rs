//! Forests and what is added to them: with overhead or without, as the others are.

use std::borrow::Cow;

use super::{Forest, Numbers, TwigId};
use crate::overhead::Costs;
use crate::profile::Profile;

impl Forest {
    /// Whether what is measured here is without overhead, as in [`Profile::is_compensated`].
    pub fn is_compensated(&self) -> bool {
        self.settings.compensated
    }

    /// A profile whose numbers can be added to those here.
    pub(super) fn align_part<'a>(&mut self, part: &'a Profile) -> Cow<'a, Profile> {
        self.join_costs(part.costs, || part.called());
        self.take_on(part.compensated);
        match (self.settings.compensated, part.compensated) {
            (true, false) => Cow::Owned(part.compensated()),
            (false, true) => Cow::Owned(part.uncompensated()),
            _ => Cow::Borrowed(part),
        }
    }

    /// A forest whose numbers can be added to those here.
    pub(super) fn align_forest<'a>(&mut self, other: &'a Self) -> Cow<'a, Self> {
        self.join_costs(other.settings.costs, || other.called());
        self.take_on(other.settings.compensated);
        let (here, there) = (self.settings.compensated, other.settings.compensated);
        if here == there || !other.has_overhead() {
            return Cow::Borrowed(other);
        }
        let mut other = other.clone();
        other.change_by_overhead(match here {
            true => u64::saturating_sub,
            false => u64::saturating_add,
        });
        other.settings.compensated = here;
        Cow::Owned(other)
    }

    /// Whoever has no overhead is with it as well as without: it becomes what is added.
    fn take_on(&mut self, compensated: bool) {
        if self.settings.compensated != compensated && !self.has_overhead() {
            self.settings.compensated = compensated;
        }
    }

    fn has_overhead(&self) -> bool {
        self.twigs.iter().any(|twig| twig.numbers.overhead > 0)
    }

    fn called(&self) -> u64 {
        let called = self.twigs.iter().map(|twig| twig.numbers.called);
        called.fold(0, u64::saturating_add)
    }

    fn join_costs(&mut self, costs: Costs, calls: impl FnOnce() -> u64) {
        if self.settings.costs != costs {
            let both = [(self.settings.costs, self.called()), (costs, calls())];
            self.settings.costs = Costs::joined(&both);
        }
    }

    fn change_by_overhead(&mut self, change: fn(u64, u64) -> u64) {
        let mut callers_first: Vec<TwigId> = (0..self.twigs.len() as u32)
            .map(TwigId)
            .filter(|id| self.twig(*id).parent.is_none())
            .collect();
        let mut next = 0;
        while let Some(id) = callers_first.get(next) {
            callers_first.extend_from_slice(&self.twigs[id.index()].children);
            next += 1;
        }
        let mut below = vec![0_u64; self.twigs.len()];
        for id in callers_first.into_iter().rev() {
            let twig = &mut self.twigs[id.index()];
            let overhead = twig.numbers.overhead;
            let all = below[id.index()].saturating_add(overhead);
            twig.numbers.own = change(twig.numbers.own, overhead);
            twig.numbers.total = change(twig.numbers.total, all);
            if let Some(parent) = twig.parent {
                let sum = &mut below[parent.index()];
                *sum = sum.saturating_add(all);
            }
        }
    }

    /// Numbers of which none that is part of self time is more than that.
    pub fn consistent(&self, numbers: Numbers) -> Numbers {
        let gc = numbers.gc.min(numbers.own);
        let overhead = match self.settings.compensated {
            true => numbers.overhead,
            false => numbers.overhead.min(numbers.own - gc),
        };
        let others = match self.settings.compensated {
            true => gc,
            false => gc + overhead,
        };
        let room = (numbers.own - others).saturating_add(numbers.wait);
        Numbers {
            gc,
            overhead,
            stopped: numbers.stopped.within(room),
            ..numbers
        }
    }
}
