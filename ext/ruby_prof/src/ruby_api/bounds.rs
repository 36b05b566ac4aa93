//! Options that bound what a profile costs: `max_nodes:`, `max_depth:`, `budget:`, and what the environment says of them.

use magnus::{Error, Float, Integer, Ruby, Value, value::ReprValue};
use rubyprof_core::{Budget, Costs, Limits};

use crate::clock::Clock;
use crate::errors;

/// What a profile may cost, in memory and in time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bounds {
    nodes: Bound,
    depth: Bound,
    /// In millionths of the time.
    share: Bound,
}

/// A bound, or that there is none, if anything was said of it.
type Bound = Option<Option<u32>>;

/// What a bound's value can be.
struct Kind {
    name: &'static str,
    variable: &'static str,
    can_be: &'static str,
    is_share: bool,
}

const KINDS: [Kind; 3] = [
    Kind {
        name: "max_nodes",
        variable: "RUBY_PROF_MAX_NODES",
        can_be: NUMBER,
        is_share: false,
    },
    Kind {
        name: "max_depth",
        variable: "RUBY_PROF_MAX_DEPTH",
        can_be: NUMBER,
        is_share: false,
    },
    Kind {
        name: "budget",
        variable: "RUBY_PROF_BUDGET",
        can_be: "a number from 0 to 1, the share of the time that may be the profiler's",
        is_share: true,
    },
];

const NUMBER: &str = "an Integer from 1";

/// So many are as good as none: numbers of nodes have 32 bits.
const MOST: u32 = u32::MAX;

impl Bounds {
    /// What the environment says of bounds that no option said anything of.
    ///
    /// # Errors
    ///
    /// ArgumentError for what is no bound.
    pub(crate) fn read_environment(&mut self, ruby: &Ruby) -> Result<(), Error> {
        for kind in &KINDS {
            let value = std::env::var_os(kind.variable).unwrap_or_default();
            let text = value.to_string_lossy();
            let text = text.trim();
            if text.is_empty() || self.bound(kind).is_some() {
                continue;
            }
            let found = match kind.is_share {
                true => text.parse().ok().and_then(millionths),
                false => text.parse::<u128>().ok().and_then(whole),
            };
            let Some(found) = found else {
                let message = format!(
                    "{}={text} cannot be used; it can be {}",
                    kind.variable, kind.can_be
                );
                return Err(errors::argument(ruby, message));
            };
            *self.bound(kind) = Some(Some(found));
        }
        Ok(())
    }

    /// Takes the value of the option `name`; `nil` is no bound.
    ///
    /// # Errors
    ///
    /// ArgumentError for what is no bound, TypeError for what is no number.
    pub(crate) fn set(&mut self, ruby: &Ruby, name: &str, value: Value) -> Result<(), Error> {
        let Some(kind) = KINDS.iter().find(|kind| kind.name == name) else {
            return Ok(());
        };
        if value.is_nil() {
            *self.bound(kind) = Some(None);
            return Ok(());
        }
        let integer = Integer::from_value(value);
        let is_number = integer.is_some() || (kind.is_share && Float::from_value(value).is_some());
        if !is_number {
            let message = format!(
                "wrong argument type {} (expected {}): {name} is {}",
                super::options::class_of(value),
                if kind.is_share { "Float" } else { "Integer" },
                kind.can_be
            );
            return Err(errors::of_type(ruby, message));
        }
        let found = match kind.is_share {
            true => <f64 as magnus::TryConvert>::try_convert(value)
                .ok()
                .and_then(millionths),
            false => integer
                .and_then(|integer| integer.to_u64().ok())
                .and_then(|number| whole(number.into())),
        };
        let Some(found) = found else {
            let message = format!("{name}: {value} cannot be used; it can be {}", kind.can_be);
            return Err(errors::argument(ruby, message));
        };
        *self.bound(kind) = Some(Some(found));
        Ok(())
    }

    fn bound(&mut self, kind: &Kind) -> &mut Bound {
        match kind.name {
            "max_nodes" => &mut self.nodes,
            "max_depth" => &mut self.depth,
            _ => &mut self.share,
        }
    }

    /// For the call tree.
    pub(crate) fn limits(&self) -> Limits {
        Limits {
            nodes: self.nodes.flatten().unwrap_or(MOST),
            depth: self.depth.flatten().unwrap_or(MOST),
        }
    }

    /// For the time, where a tick is so many nanoseconds. `None` without a budget, or where it is not known what calls cost.
    pub(crate) fn budget(&self, costs: &Costs, tick: f64, clock: Clock) -> Option<Budget> {
        let share = self.share.flatten()?;
        if costs.is_none() {
            return None;
        }
        let of_ruby = costs.ruby.inner.saturating_add(costs.ruby.outer);
        let of_c = costs.c.inner.saturating_add(costs.c.outer);
        // The mean, in picoseconds; a tick is some thousand of them, and there are a million millionths in one.
        let cost = of_ruby.saturating_add(of_c) as f64 / 2.0;
        let saved = 2.0 * ticks_of_reading(clock) * tick * 1_000.0;
        Some(Budget::new(
            share,
            (cost * 1_000.0 / tick) as u64,
            saved as u64,
        ))
    }
}

/// How long it takes to read the clock: the best of some rounds, since anything may come between.
fn ticks_of_reading(clock: Clock) -> f64 {
    const READINGS: u32 = 256;
    let round = || {
        let begin = clock.read();
        for _ in 0..READINGS {
            std::hint::black_box(clock.read());
        }
        let ticks = clock
            .read()
            .zip(begin)
            .map(|(end, begin)| end.saturating_sub(begin));
        ticks.unwrap_or(0)
    };
    let best = (0..16).map(|_| round()).min().unwrap_or(0);
    best as f64 / f64::from(READINGS + 1)
}

fn whole(number: u128) -> Option<u32> {
    (number > 0).then(|| u32::try_from(number).unwrap_or(MOST))
}

fn millionths(share: f64) -> Option<u32> {
    (0.0..=1.0)
        .contains(&share)
        .then(|| (share * 1e6).round() as u32)
}
