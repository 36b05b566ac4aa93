//! How true a report's times are: what the profiler has of them.

use rubyprof_core::{Profile, Thread, Unit};
use serde::Serialize;

use crate::format::number::{duration, rounded_seconds, share};

/// What is known of the overhead in some threads' times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Overhead {
    /// The threads' total as it was measured.
    raw_total: u64,
    /// The profiler's part of it; `None` if what a call costs is not known.
    of_total: Option<Part>,
    compensated: bool,
    /// Whether operators were counted as calls; `None` if no calls of C functions were.
    operators: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    overhead: u64,
    uncertainty: u64,
    unexplained: u64,
    /// Millionths of the calls of which it is not known.
    unknown: u64,
}

impl Overhead {
    /// That of all threads; `None` if no times were measured.
    pub(crate) fn of_all(profile: &Profile) -> Option<Self> {
        let all = profile.overhead();
        Self::new(profile, all.raw_total, all.subtracted, all.unexplained)
    }

    /// As [`of_all`](Self::of_all), of some threads of the profile.
    pub(crate) fn of_threads(profile: &Profile, threads: &[Thread]) -> Option<Self> {
        let sum = |of: &dyn Fn(&Thread) -> u64| threads.iter().map(of).fold(0, u64::saturating_add);
        let overhead = sum(&|thread| {
            let nodes = profile.subtree(thread.root);
            let overheads = nodes.map(|id| profile.node(id).overhead);
            overheads.fold(0, u64::saturating_add)
        });
        let total = sum(&|thread| profile.node(thread.root).total);
        let unexplained = sum(&|thread| thread.unexplained);
        Self::new(
            profile,
            profile.raw_sum(total, overhead),
            overhead,
            unexplained,
        )
    }

    fn new(profile: &Profile, raw_total: u64, overhead: u64, unexplained: u64) -> Option<Self> {
        if profile.measure_mode.unit() != Unit::Nanoseconds {
            return None;
        }
        // Somebody may have set numbers by hand.
        let known = !profile.costs.is_none() || overhead > 0;
        Some(Self {
            raw_total,
            of_total: known.then(|| Part {
                overhead,
                uncertainty: profile.costs.uncertainty(overhead),
                unexplained,
                unknown: u64::from(profile.costs.unknown),
            }),
            compensated: profile.is_compensated(),
            operators: profile.c_calls.then_some(profile.operators),
        })
    }

    fn operators(&self) -> Option<&'static str> {
        Some(match self.operators? {
            true => "operators counted",
            false => "operators left alone",
        })
    }

    /// One line in ASCII: `0.012345 of 0.056789 measured (21.7%) is subtracted, +- 0.000123`.
    pub(crate) fn line(&self) -> String {
        let mut line = match &self.of_total {
            None => "unknown, times are raw".to_owned(),
            Some(part) => {
                let seconds = |value| rounded_seconds(value, self.raw_total);
                let overhead = seconds(part.overhead);
                let total = seconds(self.raw_total);
                let share = share(part.overhead, self.raw_total);
                let uncertainty = seconds(part.uncertainty);
                let mut line = match self.compensated {
                    true => format!(
                        "{overhead} of {total} measured ({share}) is subtracted, +- {uncertainty}"
                    ),
                    false => format!(
                        "{overhead} of {total} measured ({share}) is included, +- {uncertainty}: times are raw"
                    ),
                };
                if part.is_too_high() {
                    line += &format!("; {} more found no place", seconds(part.unexplained));
                }
                if let Some(share) = part.unknown_share() {
                    line += &format!("; unknown for {share} of the calls, whose times are raw");
                }
                line
            }
        };
        if let Some(operators) = self.operators() {
            line += "; ";
            line += operators;
        }
        line
    }

    /// For the head of a page.
    pub(crate) fn fact(&self) -> OverheadFact {
        let operators = self.operators();
        let Some(part) = &self.of_total else {
            return OverheadFact {
                title: "Overhead",
                value: "unknown".to_owned(),
                beside: String::new(),
                about:
                    "What the profiler's own work costs is not known. Times are raw: it is in them."
                        .to_owned(),
                operators,
                raw: None,
            };
        };
        let (title, about) = self.title_and_about(part, self.compensated);
        // A press of a key gives what was measured.
        let raw = (self.compensated && part.overhead > 0).then(|| {
            let (title, about) = self.title_and_about(part, false);
            RawFact {
                total: self.raw_total,
                title,
                about,
            }
        });
        OverheadFact {
            title,
            value: duration(part.overhead),
            beside: format!(
                "± {} · {}{}",
                duration(part.uncertainty),
                share(part.overhead, self.raw_total),
                match part.unknown {
                    0 => "",
                    _ => " · partly unknown",
                }
            ),
            about,
            operators,
            raw,
        }
    }

    fn title_and_about(&self, part: &Part, compensated: bool) -> (&'static str, String) {
        let mut about = format!(
            "The profiler's own work is {} ± {} of {} measured. ",
            duration(part.overhead),
            duration(part.uncertainty),
            duration(self.raw_total)
        );
        about += match compensated {
            true => "It is taken off all times of this page.",
            false => "It is in the times of this page, which are raw.",
        };
        if part.is_too_high() {
            about += &format!(
                " By what calls cost there should be {} more, but no time is left for it: costs are too high for this program.",
                duration(part.unexplained)
            );
        }
        if let Some(share) = part.unknown_share() {
            about += &format!(
                " For {share} of the calls, from recordings without costs, it is not known: their times are raw."
            );
        }
        let title = match compensated {
            true => "Overhead, subtracted",
            false => "Overhead, included",
        };
        (title, about)
    }
}

impl Part {
    /// What found no place is more than chance.
    fn is_too_high(&self) -> bool {
        self.unexplained > self.uncertainty
    }

    /// Of how many calls it is not known, if of any.
    fn unknown_share(&self) -> Option<String> {
        (self.unknown > 0).then(|| share(self.unknown, 1_000_000))
    }
}

/// A fact of a page's head.
#[derive(Debug, Serialize)]
pub(crate) struct OverheadFact {
    title: &'static str,
    value: String,
    /// Beside the value, smaller.
    beside: String,
    /// The explanation.
    about: String,
    operators: Option<&'static str>,
    /// The same of times as they were measured, if the page can show these.
    raw: Option<RawFact>,
}

/// What the head says while times are shown as they were measured.
#[derive(Debug, Serialize)]
struct RawFact {
    total: u64,
    title: &'static str,
    about: String,
}

#[cfg(test)]
mod tests {
    use super::Overhead;
    use rubyprof_core::{MeasureMode, Method, Profile, ProfileBuilder};

    /// Two threads of 40 and 10 ms, overhead and GC time in the first one only.
    fn profile(mode: MeasureMode) -> Profile {
        let mut builder = ProfileBuilder::new(mode);
        let main = builder.method(Method::default());
        let root = builder.thread(1, 1, main, 1, 40_000_000);
        builder.overhead(root, 10_000_000);
        builder.gc(root, 2_000_000);
        builder.thread(2, 2, main, 1, 10_000_000);
        let mut profile = builder.finish();
        profile.operators = false;
        profile.costs.ruby.inner = 1;
        profile.costs.spread = 50_000;
        profile
    }

    fn line(profile: &Profile) -> String {
        Overhead::of_all(profile).map_or_else(String::new, |overhead| overhead.line())
    }

    #[test]
    fn a_line_says_what_was_done_with_the_overhead() {
        let raw = profile(MeasureMode::WallTime);
        assert_eq!(
            line(&raw),
            "0.010000 of 0.050000 measured (20.0%) is included, +- 0.000500: times are raw; operators left alone"
        );
        let mut without = raw.compensated();
        without.operators = true;
        assert_eq!(
            line(&without),
            "0.010000 of 0.050000 measured (20.0%) is subtracted, +- 0.000500; operators counted"
        );
        without.c_calls = false;
        assert!(line(&without).ends_with("+- 0.000500"));
    }

    #[test]
    fn what_is_not_known_is_said_to_be_so() {
        let mut builder = ProfileBuilder::new(MeasureMode::ProcessTime);
        let main = builder.method(Method::default());
        builder.thread(1, 1, main, 1, 5);
        let mut unknown = builder.finish();
        unknown.c_calls = false;
        assert_eq!(line(&unknown), "unknown, times are raw");
        let fact = Overhead::of_all(&unknown).map(|overhead| overhead.fact());
        assert_eq!(fact.map(|fact| fact.value).as_deref(), Some("unknown"));
    }

    #[test]
    fn what_is_not_known_of_some_calls_is_said_too() {
        let mut partly = profile(MeasureMode::WallTime).compensated();
        partly.costs.unknown = 250_000;
        assert_eq!(
            line(&partly),
            "0.010000 of 0.050000 measured (20.0%) is subtracted, +- 0.000500; unknown for 25.0% of the calls, whose times are raw; operators left alone"
        );
        let fact = Overhead::of_all(&partly).map(|overhead| overhead.fact());
        let fact = fact.expect("times");
        assert!(fact.beside.ends_with(" · partly unknown"));
        assert!(fact.about.contains(" For 25.0% of the calls, "));
    }

    #[test]
    fn objects_have_no_overhead() {
        assert_eq!(Overhead::of_all(&profile(MeasureMode::Allocations)), None);
        assert_eq!(Overhead::of_all(&profile(MeasureMode::Memory)), None);
    }

    #[test]
    fn a_thread_has_its_own() {
        for profile in [
            profile(MeasureMode::WallTime),
            profile(MeasureMode::WallTime).compensated(),
        ] {
            let of = |range| Overhead::of_threads(&profile, &profile.threads()[range]);
            let first = of(0..1).expect("times").line();
            assert!(
                first.starts_with("0.010000 of 0.040000 measured (25.0%) "),
                "{first}"
            );
            let second = of(1..2).expect("times").line();
            assert!(
                second.starts_with("0.000000 of 0.010000 measured (0.0%) "),
                "{second}"
            );
            assert_eq!(of(0..2), Overhead::of_all(&profile));
        }
    }

    #[test]
    fn costs_that_are_too_high_are_named() {
        let overhead = |unexplained| {
            let profile = profile(MeasureMode::WallTime);
            Overhead::new(&profile, 50_000_000, 10_000_000, unexplained).expect("times")
        };
        let high = overhead(500_001);
        assert!(high.line().contains("; 0.000501 more found no place; "));
        assert!(high.fact().about.contains("500 µs more"));
        let fitting = overhead(500_000);
        assert!(!fitting.line().contains("more"));
        assert!(!fitting.fact().about.contains("more"));
    }
}
