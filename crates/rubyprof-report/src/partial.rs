//! What a report says of calls that were counted but not recorded in full.

use rubyprof_core::{Partial, Profile, Thread};
use serde::Serialize;

use crate::format::number::thousands;

/// Such calls in some threads, and at how many call paths they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct PartialCalls {
    calls: Partial,
    folded_at: u64,
    untimed_at: u64,
}

/// A fact of a page's head.
#[derive(Debug, Serialize)]
pub(crate) struct PartialFact {
    title: &'static str,
    value: String,
    beside: String,
    /// The explanation.
    about: &'static str,
}

impl PartialCalls {
    /// In all threads; `None` if there are none.
    pub(crate) fn of_all(profile: &Profile) -> Option<Self> {
        Self::of_threads(profile, profile.threads())
    }

    /// In some threads of the profile.
    pub(crate) fn of_threads(profile: &Profile, threads: &[Thread]) -> Option<Self> {
        let mut sums = Self::default();
        for thread in threads {
            let (first, end) = (
                thread.root.0,
                thread.root.0 + profile.subtree(thread.root).len() as u32,
            );
            let partials = profile.partials();
            let from = partials.partition_point(|(node, _)| node.0 < first);
            for (_, partial) in partials[from..].iter().take_while(|(node, _)| node.0 < end) {
                sums.calls.add(*partial);
                sums.folded_at += u64::from(partial.folded > 0);
                sums.untimed_at += u64::from(partial.untimed > 0);
            }
        }
        (!sums.calls.is_none()).then_some(sums)
    }

    /// One line in ASCII: `12 calls folded into 3 call paths; 4000 calls of 1 call path not timed`.
    pub(crate) fn line(&self) -> String {
        let mut parts = Vec::new();
        if self.calls.folded > 0 {
            let (calls, paths) = (counted(self.calls.folded, "call"), self.folded_at);
            parts.push(format!(
                "{calls} folded into {}",
                counted(paths, "call path")
            ));
        }
        if self.calls.untimed > 0 {
            let (calls, paths) = (counted(self.calls.untimed, "call"), self.untimed_at);
            parts.push(format!(
                "{calls} of {} not timed",
                counted(paths, "call path")
            ));
        }
        parts.join("; ")
    }

    /// For the head of a page.
    pub(crate) fn facts(&self) -> Vec<PartialFact> {
        let mut facts = Vec::new();
        let beside = |paths: u64| format!("at {} paths", thousands(paths));
        if self.calls.folded > 0 {
            facts.push(PartialFact {
                title: "Folded calls",
                value: thousands(self.calls.folded),
                beside: beside(self.folded_at),
                about: "The call tree had reached its bounds: these calls are counted, and their time is, at other call paths of the same methods.",
            });
        }
        if self.calls.untimed > 0 {
            facts.push(PartialFact {
                title: "Untimed calls",
                value: thousands(self.calls.untimed),
                beside: beside(self.untimed_at),
                about: "These calls are counted, but took hardly longer than it takes to time them: their time is their callers' self time.",
            });
        }
        facts
    }
}

fn counted(number: u64, word: &str) -> String {
    match number {
        1 => format!("1 {word}"),
        _ => format!("{number} {word}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::PartialCalls;
    use rubyprof_core::{Location, MeasureMode, Method, Partial, Profile, ProfileBuilder};

    /// Two threads, the first with folded calls at two paths and untimed ones at one, the second with none.
    fn profile() -> Profile {
        let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
        let main = builder.method(Method::default());
        let (one, two) = (Method::default(), Method::default());
        let (one, two) = (builder.method(one), builder.method(two));
        let root = builder.thread(1, 1, main, 1, 40_000_000);
        let first = builder.call(root, one, Location::default(), 5, 1);
        let second = builder.call(root, two, Location::default(), 5_000, 1);
        let partial = |folded, untimed| Partial {
            folded,
            untimed,
            ..Partial::default()
        };
        builder.partial(second, partial(1_200, 4_000));
        builder.partial(first, partial(3, 0));
        builder.thread(2, 2, main, 1, 10_000_000);
        builder.finish()
    }

    #[test]
    fn a_line_says_how_many_and_at_how_many_paths() {
        let profile = profile();
        let of = |range| PartialCalls::of_threads(&profile, &profile.threads()[range]);
        let line = "1203 calls folded into 2 call paths; 4000 calls of 1 call path not timed";
        assert_eq!(of(0..1).map(|calls| calls.line()).as_deref(), Some(line));
        assert_eq!(of(0..2), PartialCalls::of_all(&profile));
        assert_eq!(of(1..2), None);
        let facts = of(0..1).map(|calls| calls.facts()).unwrap_or_default();
        let said = facts
            .iter()
            .map(|fact| format!("{} {}", fact.title, fact.value));
        assert_eq!(
            said.collect::<Vec<_>>(),
            ["Folded calls 1,203", "Untimed calls 4,000"]
        );
    }
}
