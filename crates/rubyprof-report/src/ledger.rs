//! Where a report's time went: what waiting, the garbage collector and the profiler have of it.

use std::collections::HashMap;

use rubyprof_core::{Ledger, Profile, Thread, Unit};
use serde::Serialize;

use crate::format::number::{duration, rounded_seconds, share};

/// The ledger of some threads, if it says more than their total and their overhead do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    ledger: Ledger,
    /// What the processor's clocks say, where they do of all the threads.
    cpu: Option<u64>,
}

/// A fact of a page's head.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fact {
    title: &'static str,
    value: String,
    beside: String,
    about: String,
}

impl Account {
    /// That of all threads; `None` if nobody waited and no garbage was collected.
    pub(crate) fn of_all(profile: &Profile) -> Option<Self> {
        Self::of_threads(profile, profile.threads())
    }

    /// As [`of_all`](Self::of_all), of some threads of the profile.
    pub(crate) fn of_threads(profile: &Profile, threads: &[Thread]) -> Option<Self> {
        if profile.measure_mode.unit() != Unit::Nanoseconds {
            return None;
        }
        let mut ledger = Ledger::default();
        for thread in threads {
            ledger.add(&profile.ledger_of(thread));
        }
        let cpu = cpu_of(profile, threads).filter(|cpu| *cpu > 0);
        let says_more = ledger.gc > 0 || ledger.blocked > 0 || ledger.gvl_wait > 0;
        says_more.then_some(Self { ledger, cpu })
    }

    /// `0.302114 = running 0.050102 + blocked 0.250311 (82.9%) + GC 0.001701 (0.6%)`.
    pub(crate) fn line(self) -> String {
        let wall = self.ledger.wall();
        let seconds = |part| rounded_seconds(part, wall);
        let parts = [
            ("GVL wait", self.ledger.gvl_wait),
            ("blocked", self.ledger.blocked),
            ("GC", self.ledger.gc),
            ("profiler", self.ledger.overhead),
        ];
        // What is left of rounded numbers, so that these add up too.
        let digit = if wall < 1_000_000 { 1 } else { 1_000 };
        let others = parts.iter().map(|(_, part)| part.div_ceil(digit));
        let running = wall.div_ceil(digit).saturating_sub(others.sum());
        let running = running.saturating_mul(digit);
        let mut line = format!("{} = running {}", seconds(wall), seconds(running));
        for (title, part) in parts {
            if part > 0 {
                line += &format!(" + {title} {} ({})", seconds(part), share(part, wall));
            }
        }
        if let Some(cpu) = self.cpu
            && self.ledger.unexplained(cpu).unsigned_abs() > wall / 100
        {
            line += &format!("; by the processor's clock {} of it ran", seconds(cpu));
        }
        line
    }

    /// The same in lines of a terminal's width, all but the first indented.
    pub(crate) fn lines(self, indent: usize) -> String {
        const WIDTH: usize = 100;
        let mut lines = String::new();
        let mut column = indent;
        for (index, part) in self.line().split(" + ").enumerate() {
            let separator = if index == 0 { "" } else { " + " };
            if column + separator.len() + part.len() > WIDTH {
                lines += &format!("\n{:indent$}{part}", "+ ");
                column = indent + part.len();
            } else {
                lines += &format!("{separator}{part}");
                column += separator.len() + part.len();
            }
        }
        lines
    }

    /// For the head of a page.
    pub(crate) fn facts(self) -> Vec<Fact> {
        let wall = self.ledger.wall();
        let facts = [
            (
                "GC",
                self.ledger.gc,
                "Garbage was collected: part of the self time of the methods that were running.",
            ),
            (
                "Blocked",
                self.ledger.blocked,
                "Slept, read, or waited for a lock, another thread or fiber. Part of self and wait time.",
            ),
            (
                "GVL wait",
                self.ledger.gvl_wait,
                "Could have run, but another thread had the GVL (before Ruby 3.3 also: was blocked while others ran). Part of wait time.",
            ),
        ];
        let facts = facts.into_iter().filter(|(_, part, _)| *part > 0);
        let fact = |(title, part, meaning): (&'static str, u64, &str)| Fact {
            title,
            value: duration(part),
            beside: share(part, wall),
            about: format!(
                "{} of {}, as measured. {meaning}",
                duration(part),
                duration(wall)
            ),
        };
        facts.map(fact).collect()
    }
}

/// The processor's clock is a thread's, and its first fiber has what it says: that is known of some fibers only together with all others
/// of their threads.
fn cpu_of(profile: &Profile, fibers: &[Thread]) -> Option<u64> {
    let mut wanted: HashMap<u64, usize> = HashMap::new();
    for fiber in fibers {
        *wanted.entry(fiber.id).or_default() += 1;
    }
    let mut cpus: HashMap<u64, u64> = HashMap::new();
    for fiber in profile.threads() {
        let Some(left) = wanted.get_mut(&fiber.id) else {
            continue;
        };
        *left = left.checked_sub(1)?;
        if let Some(cpu) = fiber.cpu {
            cpus.entry(fiber.id).or_insert(cpu);
        }
    }
    let all = wanted.keys().map(|thread| cpus.get(thread).copied());
    all.sum()
}

#[cfg(test)]
mod tests {
    use super::Account;
    use rubyprof_core::{MeasureMode, Method, Profile, ProfileBuilder, Stopped};

    /// Two threads of 40 and 10 ms; all but running in the first one only.
    fn profile(mode: MeasureMode, cpu: Option<u64>) -> Profile {
        let mut builder = ProfileBuilder::new(mode);
        let main = builder.method(Method::default());
        let root = builder.thread(1, 1, main, 1, 40_000_000);
        builder.overhead(root, 10_000_000);
        builder.gc(root, 2_000_000);
        let stopped = Stopped {
            blocked: 8_000_000,
            gvl_wait: 5_000_000,
        };
        builder.stopped(root, stopped);
        let other = builder.thread(2, 2, main, 1, 10_000_000);
        if let Some(cpu) = cpu {
            builder.cpu(root, cpu);
            builder.cpu(other, 10_000_000);
        }
        builder.finish()
    }

    #[test]
    fn a_line_adds_up_what_was_measured() {
        let raw = profile(MeasureMode::WallTime, None);
        let expected = "0.050000 = running 0.025000 + GVL wait 0.005000 (10.0%) + blocked 0.008000 (16.0%) \
                        + GC 0.002000 (4.0%) + profiler 0.010000 (20.0%)";
        for profile in [&raw, &raw.compensated()] {
            let line = Account::of_all(profile).map(Account::line);
            assert_eq!(line.as_deref(), Some(expected));
        }
        assert_eq!(Account::of_threads(&raw, &raw.threads()[1..]), None);
        let first = Account::of_threads(&raw, &raw.threads()[..1]).map(Account::line);
        assert!(first.is_some_and(|line| line.starts_with("0.040000 = running 0.015000 + ")));
    }

    #[test]
    fn rounded_numbers_add_up() {
        let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
        let main = builder.method(Method::default());
        let root = builder.thread(1, 1, main, 1, 47_245_100);
        builder.gc(root, 10_000_001);
        builder.overhead(root, 1);
        let line = Account::of_all(&builder.finish()).map(Account::line);
        assert_eq!(
            line.as_deref(),
            Some("0.047246 = running 0.037244 + GC 0.010001 (21.2%) + profiler 0.000001 (<0.1%)")
        );
    }

    #[test]
    fn the_processors_clock_is_that_of_all_fibers_of_a_thread() {
        let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
        let main = builder.method(Method::default());
        for (thread, fiber) in [(1, 1), (2, 2), (1, 3)] {
            let root = builder.thread(thread, fiber, main, 1, 10_000_000);
            builder.gc(root, 1_000_000);
            if fiber < 3 {
                builder.cpu(root, 3_000_000);
            }
        }
        let profile = builder.finish();
        let cpu = |range| {
            let account = Account::of_threads(&profile, &profile.threads()[range]);
            account.expect("GC time").cpu
        };
        assert_eq!(cpu(0..3), Some(6_000_000));
        assert_eq!(cpu(1..2), Some(3_000_000));
        assert_eq!((cpu(0..1), cpu(0..2), cpu(2..3)), (None, None, None));
    }

    #[test]
    fn the_processors_clock_is_heard_where_it_says_something_else() {
        let line = |cpu| {
            let account = Account::of_all(&profile(MeasureMode::WallTime, Some(cpu)));
            account.map_or_else(String::new, Account::line)
        };
        assert!(line(20_000_000).ends_with("; by the processor's clock 0.030000 of it ran"));
        assert!(!line(27_000_000).contains("clock"));
    }

    #[test]
    fn facts_are_what_there_is() {
        let raw = profile(MeasureMode::WallTime, None);
        let facts = Account::of_all(&raw).map_or_else(Vec::new, Account::facts);
        let titles: Vec<_> = facts.iter().map(|fact| fact.title).collect();
        assert_eq!(titles, ["GC", "Blocked", "GVL wait"]);
        assert_eq!((&*facts[1].value, &*facts[1].beside), ("8.00 ms", "16.0%"));
        assert!(
            facts[2]
                .about
                .starts_with("5.00 ms of 50.0 ms, as measured. ")
        );
    }

    #[test]
    fn objects_have_no_ledger() {
        assert_eq!(Account::of_all(&profile(MeasureMode::Memory, None)), None);
    }
}
