//! `Report.test_run(facts, examples, profile)`: the page over a run of tests; the profile is that of the whole run, or nil.

use magnus::{Error, RArray, RHash, RString, Ruby, TryConvert, typed_data::Obj};
use rubyprof_core::MeasureMode;
use rubyprof_report::{Example, Status, TestRun};

use crate::errors;
use crate::ruby_api::profile::Profile;

/// An example as Ruby gives it: description, location, status, nanoseconds, calls, value, report, process.
type Row = (
    String,
    String,
    String,
    u64,
    Option<u64>,
    Option<u64>,
    Option<String>,
    Option<String>,
);

/// `facts` has the fields of [`TestRun`] by their names.
pub(super) fn render(
    ruby: &Ruby,
    facts: RHash,
    examples: RArray,
    whole: Option<Obj<Profile>>,
) -> Result<RString, Error> {
    let mode: i64 = fact(ruby, facts, "measure_mode")?;
    let mut run = TestRun {
        framework: fact(ruby, facts, "framework")?,
        started_at: fact(ruby, facts, "started_at")?,
        measure_mode: MeasureMode::from_number(mode).unwrap_or_default(),
        nanoseconds: fact(ruby, facts, "nanoseconds")?,
        processes: fact(ruby, facts, "processes")?,
        total: fact(ruby, facts, "total")?,
        outside: fact(ruby, facts, "outside")?,
        calls: fact(ruby, facts, "calls")?,
        whole_report: fact(ruby, facts, "whole_report")?,
        profile_file: fact(ruby, facts, "profile_file")?,
        notes: fact(ruby, facts, "notes")?,
        version: fact(ruby, facts, "version")?,
        examples: Vec::with_capacity(examples.len()),
    };
    for row in examples {
        run.examples.push(example(ruby, Row::try_convert(row)?)?);
    }
    let whole = match whole {
        Some(whole) => Some(whole.view(ruby)?),
        None => None,
    };
    let whole = whole.as_ref().map(|view| &view.profile);
    super::text(ruby, |page| rubyprof_report::test_run(&run, whole, page))
}

fn example(ruby: &Ruby, row: Row) -> Result<Example, Error> {
    let (description, location, status, nanoseconds, calls, value, report, process) = row;
    let unknown = || errors::argument(ruby, format!("unknown status: {status}"));
    Ok(Example {
        status: Status::from_name(&status).ok_or_else(unknown)?,
        description,
        location,
        nanoseconds,
        calls,
        value,
        report,
        process,
    })
}

fn fact<T: TryConvert>(ruby: &Ruby, facts: RHash, name: &str) -> Result<T, Error> {
    facts.fetch(ruby.to_symbol(name))
}
