//! What a caller may choose about a report.

use rubyprof_core::MethodRow;

/// A measured column of a method row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// In the method and its callees.
    Total,
    /// In the method itself.
    SelfTime,
    /// Waiting for other threads and fibers.
    Wait,
    /// In the callees.
    Children,
}

impl Column {
    /// The column with ruby-prof's name `name`: `total_time`, `self_time`, `wait_time` or
    /// `children_time`. `None` for any other text.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Total, Self::SelfTime, Self::Wait, Self::Children]
            .into_iter()
            .find(|column| column.name() == name)
    }

    /// ruby-prof's name, as in `sort_method: :self_time`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Total => "total_time",
            Self::SelfTime => "self_time",
            Self::Wait => "wait_time",
            Self::Children => "children_time",
        }
    }

    /// The column's value in a method row.
    pub(crate) fn of(self, row: &MethodRow) -> u64 {
        match self {
            Self::Total => row.total,
            Self::SelfTime => row.own,
            Self::Wait => row.wait,
            Self::Children => row.children(),
        }
    }
}

/// What a report shows. The defaults show everything.
///
/// Start from [`Options::for_flat`] or [`Options::for_graph_html`], which know ruby-prof's default
/// of `filter_by` for their printer.
#[derive(Clone, Debug)]
pub struct Options {
    /// A method is shown from this share of its thread's total upwards, in percent. Default 0.
    pub min_percent: f64,
    /// A method is shown up to this share of its thread's total, in percent. Default 100.
    pub max_percent: f64,
    /// The column whose share `min_percent` and `max_percent` are compared with.
    pub filter_by: Column,
    /// The column that methods are sorted by, descending. `None`: self in the flat report, total in
    /// the graph.
    pub sort_by: Option<Column>,
    /// Methods, callers and callees whose total is below this are dropped. Nanoseconds or objects,
    /// as the profile measures. Default 0.
    pub min_value: u64,
    /// Methods that are nowhere closer than this to a root are dropped; a root has depth 0.
    /// Default: no limit.
    pub max_depth: Option<u32>,
    /// Heading of the report.
    pub title: Option<String>,
    /// When the profile was taken, as it shall be shown. The printers read no clock.
    pub generated_at: Option<String>,
    /// Version of the program, as it shall be shown.
    pub version: Option<String>,
    /// How many fibers get a section of their own; the longest running ones do. The others stay in
    /// the summary and in the section over all threads, and the report says so. Default 50.
    pub max_threads: usize,
    /// Paths below this share of their thread's total start hidden, in percent. Call stack page
    /// only. Default 1.
    pub threshold: f64,
    /// Paths from this share of their thread's total upwards start open, in percent. Call stack page
    /// only. Default 10.
    pub expansion: f64,
    /// The program that was profiled, as it shall be shown.
    pub application: Option<String>,
    /// Whether methods have a column with the profiler's share of their self time as it was measured.
    /// Text tables only, of times only. Default: no.
    pub overhead: bool,
    /// Whether methods have a column with their GC time. Text tables only, of times only. Default: no.
    pub gc: bool,
    /// Whether methods have columns with where their time went: running, GVL wait, blocked, and GC. Text tables only, of times only. Default: no.
    pub ledger: bool,
    /// Whether methods have columns with how long single calls took: the shortest, the median, the 99th percentile and the
    /// longest, where that was recorded. Text only. Default: yes.
    pub latency: bool,
    /// How many columns the terminal has that a table is for: names and locations are cut to fit. Text tables only.
    /// Default: whole, for whatever is no terminal.
    pub width: Option<usize>,
    /// The directory that files are shown relative to, where they are below it. Text only.
    pub directory: Option<String>,
    /// The process that was profiled. Callgrind files only.
    pub process_id: Option<u64>,
}

impl Options {
    /// The defaults of the flat report: `filter_by` is self.
    pub fn for_flat() -> Self {
        Self {
            min_percent: 0.0,
            max_percent: 100.0,
            filter_by: Column::SelfTime,
            sort_by: None,
            min_value: 0,
            max_depth: None,
            title: None,
            generated_at: None,
            version: None,
            max_threads: 50,
            threshold: 1.0,
            expansion: 10.0,
            application: None,
            overhead: false,
            gc: false,
            ledger: false,
            latency: true,
            width: None,
            directory: None,
            process_id: None,
        }
    }

    /// The defaults of the HTML graph: `filter_by` is total.
    pub fn for_graph_html() -> Self {
        Self {
            filter_by: Column::Total,
            ..Self::for_flat()
        }
    }
}

impl Default for Options {
    /// The same as [`Options::for_flat`].
    fn default() -> Self {
        Self::for_flat()
    }
}

#[cfg(test)]
mod tests {
    use super::Column;

    #[test]
    fn columns_have_the_names_of_ruby_prof() {
        for (name, column) in [
            ("total_time", Column::Total),
            ("self_time", Column::SelfTime),
            ("wait_time", Column::Wait),
            ("children_time", Column::Children),
        ] {
            assert_eq!(Column::from_name(name), Some(column));
        }
        assert_eq!(Column::from_name("Total"), None);
        assert_eq!(Column::from_name(""), None);
    }
}
