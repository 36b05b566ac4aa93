//! The page over a run of tests: what the examples cost, and where their reports are.

use std::io::Write;

use rubyprof_core::{MeasureMode, Profile, Unit};
use serde::Serialize;

use crate::error::Error;
use crate::format::{escape, number};
use crate::ledger::{Account, Fact};
use crate::overhead::{Overhead, OverheadFact};
use crate::page::Page;
use crate::partial::{PartialCalls, PartialFact};

/// A run of tests.
#[derive(Clone, Debug, Default)]
pub struct TestRun {
    /// The test framework's name.
    pub framework: String,
    /// When the run began, as it shall be shown.
    pub started_at: Option<String>,
    /// What was measured.
    pub measure_mode: MeasureMode,
    /// How long the run took, in nanoseconds.
    pub nanoseconds: u64,
    /// How many processes ran the tests.
    pub processes: u64,
    /// What was measured in all, in the mode's unit.
    pub total: u64,
    /// The part of it that is outside of examples.
    pub outside: u64,
    /// Calls in all.
    pub calls: u64,
    /// Links, relative to the page: the report on the whole run, and its profile.
    pub whole_report: Option<String>,
    /// See `whole_report`.
    pub profile_file: Option<String>,
    /// Sentences that a reader has to know, about processes that are missing for instance.
    pub notes: Vec<String>,
    /// The version that made it.
    pub version: Option<String>,
    /// The examples, in the order they ran.
    pub examples: Vec<Example>,
}

/// An example that was run.
#[derive(Clone, Debug, Default)]
pub struct Example {
    /// Its full description.
    pub description: String,
    /// Its file and line.
    pub location: String,
    /// What became of it.
    pub status: Status,
    /// How long it took.
    pub nanoseconds: u64,
    /// Calls, if they were counted.
    pub calls: Option<u64>,
    /// Objects or bytes, if those were measured.
    pub value: Option<u64>,
    /// A link to its report, relative to the page.
    pub report: Option<String>,
    /// The number of its process, where there are several.
    pub process: Option<String>,
}

/// What became of an example.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// It ran and was right.
    #[default]
    Passed,
    /// It was wrong.
    Failed,
    /// It did not run, or was not expected to be right.
    Pending,
    /// It left the run: by `exit`, or a signal ended it.
    Ended,
}

impl Status {
    /// By its name in Ruby.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "passed" => Some(Self::Passed),
            "failed" => Some(Self::Failed),
            "pending" => Some(Self::Pending),
            "ended" => Some(Self::Ended),
            _ => None,
        }
    }

    fn number(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Pending => 2,
            Self::Ended => 3,
        }
    }
}

/// Rows of the two tables of the costliest examples.
const SHOWN: usize = 10;

/// Writes the page. All examples are carried as data, which scripts sort and search; the costliest stand in the page
/// for readers without scripts too. `whole` is the profile of the whole run, if there is one: it knows what the
/// profiler and the garbage collector have of the times.
///
/// # Errors
///
/// [`Error::Write`] if `out` fails.
pub fn test_run(run: &TestRun, whole: Option<&Profile>, out: &mut dyn Write) -> Result<(), Error> {
    let mut page = Page::new(Unit::Nanoseconds, out)?;
    page.render("test_run/page.html", &View::new(run, whole))
}

/// What the template sees.
#[derive(Serialize)]
struct View<'a> {
    page: Head<'a>,
    foot: Foot<'a>,
    run: Facts<'a>,
    slowest: Vec<Row<'a>>,
    most_calling: Vec<Row<'a>>,
    most_valued: Vec<Row<'a>>,
    data: String,
}

#[derive(Serialize)]
struct Head<'a> {
    title: &'static str,
    mode: &'a str,
    overhead: Option<OverheadFact>,
    ledger: Vec<Fact>,
    partial: Vec<PartialFact>,
    css: [&'static str; 2],
}

#[derive(Serialize)]
struct Foot<'a> {
    version: Option<&'a str>,
    js: [&'static str; 2],
}

#[derive(Serialize)]
struct Facts<'a> {
    framework: &'a str,
    started_at: Option<&'a str>,
    seconds: u64,
    processes: u64,
    total: String,
    outside: String,
    /// Whether times were measured, so that totals and times are one.
    times: bool,
    /// The unit of what else was measured.
    unit: Option<&'static str>,
    calls: u64,
    examples: usize,
    failed: usize,
    pending: usize,
    whole_report: Option<&'a str>,
    profile_file: Option<&'a str>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Row<'a> {
    description: &'a str,
    location: &'a str,
    failed: bool,
    time: u64,
    calls: Option<u64>,
    value: Option<u64>,
    /// The bar behind the number: its share of the first row's.
    share: f64,
    report: Option<&'a str>,
}

impl<'a> View<'a> {
    fn new(run: &'a TestRun, whole: Option<&Profile>) -> Self {
        let unit = run.measure_mode.unit();
        let count = |status| {
            let all = run.examples.iter();
            all.filter(|example| example.status == status).count()
        };
        let amount = |value| number::value(value, unit);
        Self {
            page: Head {
                title: "Test run",
                mode: run.measure_mode.title(),
                overhead: whole
                    .and_then(Overhead::of_all)
                    .map(|overhead| overhead.fact()),
                ledger: whole
                    .and_then(Account::of_all)
                    .map_or_else(Vec::new, Account::facts),
                partial: whole
                    .and_then(PartialCalls::of_all)
                    .map_or_else(Vec::new, |calls| calls.facts()),
                css: [
                    include_str!("../assets/shared.css"),
                    concat!(
                        include_str!("../assets/sortable.css"),
                        include_str!("../assets/test_run.css")
                    ),
                ],
            },
            foot: Foot {
                version: run.version.as_deref(),
                js: [
                    include_str!("../assets/shared.js"),
                    include_str!("../assets/test_run.js"),
                ],
            },
            run: Facts {
                framework: &run.framework,
                started_at: run.started_at.as_deref(),
                seconds: run.nanoseconds,
                processes: run.processes,
                total: amount(run.total),
                outside: amount(run.outside),
                times: unit == Unit::Nanoseconds,
                unit: unit_title(unit),
                calls: run.calls,
                examples: run.examples.len(),
                failed: count(Status::Failed),
                pending: count(Status::Pending),
                whole_report: run.whole_report.as_deref(),
                profile_file: run.profile_file.as_deref(),
                notes: &run.notes,
            },
            slowest: top(run, |example| Some(example.nanoseconds)),
            most_calling: without_zeros(top(run, |example| example.calls)),
            most_valued: top(run, |example| unit_title(unit).and(example.value)),
            data: data(&run.examples),
        }
    }
}

fn unit_title(unit: Unit) -> Option<&'static str> {
    match unit {
        Unit::Nanoseconds => None,
        Unit::Objects => Some("Objects"),
        Unit::Bytes => Some("Bytes"),
    }
}

/// The examples with the largest of something, the earlier first where they agree.
fn top(run: &TestRun, of: impl Fn(&Example) -> Option<u64>) -> Vec<Row<'_>> {
    let ran = run.examples.iter();
    let ran = ran.filter(|example| example.status != Status::Pending);
    let mut ranked: Vec<(u64, &Example)> = ran
        .filter_map(|example| Some((of(example)?, example)))
        .collect();
    ranked.sort_by_key(|(value, _)| std::cmp::Reverse(*value));
    ranked.truncate(SHOWN);
    let largest = ranked.first().map_or(0, |(value, _)| *value).max(1);
    let rows = ranked.into_iter().map(|(value, example)| Row {
        description: &example.description,
        location: &example.location,
        failed: example.status == Status::Failed,
        time: example.nanoseconds,
        calls: example.calls,
        value: example.value,
        share: value as f64 / largest as f64 * 100.0,
        report: example.report.as_deref(),
    });
    rows.collect()
}

/// Nothing, if nothing was called.
fn without_zeros(rows: Vec<Row<'_>>) -> Vec<Row<'_>> {
    match rows.iter().all(|row| row.calls == Some(0)) {
        true => Vec::new(),
        false => rows,
    }
}

/// `[[description, location, status, nanoseconds, calls, value, report, process], ...]`, safe inside a script element.
fn data(examples: &[Example]) -> String {
    let mut json = String::from("[");
    for (index, example) in examples.iter().enumerate() {
        json.push_str(if index == 0 { "[" } else { ",\n[" });
        escape::json(&example.description, &mut json);
        json.push(',');
        escape::json(&example.location, &mut json);
        json.push_str(&format!(
            ",{},{}",
            example.status.number(),
            example.nanoseconds
        ));
        for number in [example.calls, example.value] {
            match number {
                Some(number) => json.push_str(&format!(",{number}")),
                None => json.push_str(",null"),
            }
        }
        for text in [&example.report, &example.process] {
            json.push(',');
            match text {
                Some(text) => escape::json(text, &mut json),
                None => json.push_str("null"),
            }
        }
        json.push(']');
    }
    json.push(']');
    json
}
