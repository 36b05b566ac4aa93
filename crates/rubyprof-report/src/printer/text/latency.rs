//! Columns on demand: how long single calls took.

use rubyprof_core::{Latency, MethodLatencies, Thread, TreeLatencies};

use super::{Scale, Scope, Text};

/// The titles of the columns, in their order.
pub(crate) const LATENCIES: [&str; 4] = ["min", "p50", "p99", "max"];

/// What stands where no whole call was seen.
const NONE: &str = "-";

impl Text<'_> {
    /// Whether rows have the columns.
    pub(crate) fn has_latency(&self) -> bool {
        self.options.latency && !self.profile.latencies().is_empty()
    }

    /// What the columns have in the section of `scope`; nothing if there are none.
    pub(crate) fn latencies(&self, scope: Scope) -> MethodLatencies {
        let threads: &[Thread] = match scope {
            _ if !self.has_latency() => &[],
            Scope::All => self.profile.threads(),
            Scope::Thread(index) => &self.profile.threads()[index..=index],
        };
        MethodLatencies::with_edges(self.profile, threads)
    }

    /// The same of the call paths of one thread.
    pub(crate) fn tree_latencies(&self, index: usize) -> TreeLatencies {
        let thread = &self.profile.threads()[index];
        match self.has_latency() {
            true => TreeLatencies::of_thread(self.profile, thread),
            false => TreeLatencies::default(),
        }
    }

    /// The titles with their unit, if there are columns.
    pub(crate) fn latency_titles(&self) -> Vec<String> {
        let suffix = self.scale.fine().suffix();
        let titles = LATENCIES.iter().filter(|_| self.has_latency());
        titles.map(|title| format!("{title}{suffix}")).collect()
    }

    /// The values of a row's columns, if there are any.
    pub(crate) fn latency_values(&self, latency: Option<&Latency>) -> Vec<String> {
        match latency {
            _ if !self.has_latency() => Vec::new(),
            Some(latency) => values(self.scale.fine(), latency).into(),
            None => LATENCIES.map(|_| NONE.to_owned()).into(),
        }
    }

    /// What the columns mean, if there are any.
    pub(crate) fn legend_of_latency(&self) -> Vec<(&'static str, String)> {
        let of = |which| format!("{which} of the calls of which both ends were seen.");
        let took = |share| {
            format!(
                "{share} of these calls took no longer, within a sixteenth of the measured time."
            )
        };
        let meanings = [
            of("The shortest"),
            took("50%"),
            took("99%"),
            of("The longest"),
        ];
        let rows = LATENCIES.into_iter().zip(meanings);
        rows.filter(|_| self.has_latency()).collect()
    }
}

/// In the order of the titles.
fn values(scale: Scale, latency: &Latency) -> [String; 4] {
    [
        latency.min(),
        latency.percentile(50.0),
        latency.percentile(99.0),
        latency.max(),
    ]
    .map(|value| scale.value(value))
}
