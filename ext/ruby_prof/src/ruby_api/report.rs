//! `RubyProf::Report` (private): profiles as text and pages. The printers in Ruby read the options.

use magnus::{
    Error, Object, RArray, RHash, RModule, RString, Ruby, TryConvert, Value, function,
    r_hash::ForEach, typed_data::Obj, value::ReprValue,
};
use rubyprof_core::Profile as Recorded;
use rubyprof_report::{CallTreeFile, Column, Options, Part};

use super::convert;
use super::profile::Profile;
use super::thread::Thread;
use crate::errors;
use crate::guard::guard;

type Printer =
    fn(&Recorded, &Options, &mut dyn std::io::Write) -> Result<(), rubyprof_report::Error>;

/// The printers by the name their Ruby class uses.
const PRINTERS: [(&str, Printer); 7] = [
    ("call_info", rubyprof_report::call_info),
    ("dot", rubyprof_report::dot),
    ("flat", rubyprof_report::flat),
    ("graph", rubyprof_report::graph),
    ("graph_html", rubyprof_report::graph_html),
    ("call_stack", rubyprof_report::call_stack),
    ("flame_graph", rubyprof_report::flame_graph),
];

type PartPrinter = fn(
    &Recorded,
    usize,
    Part,
    &Options,
    &mut dyn std::io::Write,
) -> Result<(), rubyprof_report::Error>;

/// The printers whose parts can be had one by one.
const IN_PARTS: [(&str, PartPrinter); 2] = [
    ("flat", rubyprof_report::flat_part),
    ("graph", rubyprof_report::graph_part),
];

const PARTS: [(&str, Part); 4] = [
    ("header", Part::Header),
    ("columns", Part::Columns),
    ("methods", Part::Methods),
    ("footer", Part::Footer),
];

/// `Report.render(profile, :flat, options)`: the report as a String.
fn render(
    ruby: &Ruby,
    profile: Obj<Profile>,
    name: magnus::Symbol,
    options: RHash,
) -> Result<RString, Error> {
    let printer = find(ruby, &PRINTERS, name)?;
    let options = report_options(ruby, options)?;
    let view = profile.view(ruby)?;
    text(ruby, |page| printer(&view.profile, &options, page))
}

/// `Report.render_part(thread, :flat, :header, options)`: a part of one thread's report as a String.
fn render_part(
    ruby: &Ruby,
    thread: Obj<Thread>,
    name: magnus::Symbol,
    part: magnus::Symbol,
    options: RHash,
) -> Result<RString, Error> {
    let printer = find(ruby, &IN_PARTS, name)?;
    let part = find(ruby, &PARTS, part)?;
    let options = report_options(ruby, options)?;
    let tree = thread.tree(ruby)?;
    text(ruby, |page| {
        printer(&tree.view.profile, tree.index, part, &options, page)
    })
}

/// `Report.call_trees(profile, options)`: the files in callgrind's format, each as the place of its
/// thread in `profile.threads` (nil for that of all others together) and its text. Yields them one by
/// one, so that only one is in memory.
fn call_trees(ruby: &Ruby, profile: Obj<Profile>, options: RHash) -> Result<(), Error> {
    let options = report_options(ruby, options)?;
    let view = profile.view(ruby)?;
    let files = guard(ruby, || {
        Ok(rubyprof_report::call_tree_files(&view.profile, &options))
    })?;
    for (number, file) in files.iter().enumerate() {
        let place = match file {
            CallTreeFile::Thread(index) => Some(*index),
            CallTreeFile::Others(_) => None,
        };
        let text = text(ruby, |page| {
            rubyprof_report::call_tree(&view.profile, file, number + 1, &options, page)
        })?;
        let pair: RArray = ruby.ary_new_from_values(&[ruby.into_value(place), text.as_value()]);
        let _: Value = ruby.yield_value(pair)?;
    }
    Ok(())
}

/// `Report.compensated(profile, wanted)`: the profile without the profiler's own time, or as it was
/// measured if that is not wanted. Itself, if it is so already.
fn compensated(ruby: &Ruby, profile: Obj<Profile>, wanted: bool) -> Result<Obj<Profile>, Error> {
    let view = profile.view(ruby)?;
    if view.profile.is_compensated() == wanted {
        return Ok(profile);
    }
    let changed = guard(ruby, || {
        Ok(match wanted {
            true => view.profile.compensated(),
            false => view.profile.uncompensated(),
        })
    })?;
    copied(ruby, profile, changed)
}

/// `Report.with_gc_nodes(profile)`: the garbage collector is a method of its own.
fn with_gc_nodes(ruby: &Ruby, profile: Obj<Profile>) -> Result<Obj<Profile>, Error> {
    let view = profile.view(ruby)?;
    let changed = guard(ruby, || Ok(view.profile.with_gc_nodes()))?;
    copied(ruby, profile, changed)
}

/// A profile like `profile` with another result.
fn copied(
    ruby: &Ruby,
    profile: Obj<Profile>,
    result: rubyprof_core::Profile,
) -> Result<Obj<Profile>, Error> {
    let copy: Value = profile.class().funcall("allocate", ())?;
    let copy: Obj<Profile> = convert::object(ruby, "allocate makes a RubyProf::Profile", copy)?;
    copy.become_copy(&profile, result);
    Ok(copy)
}

fn find<T: Copy>(ruby: &Ruby, known: &[(&str, T)], name: magnus::Symbol) -> Result<T, Error> {
    let name = name.name()?;
    let found = known.iter().find(|(known, _)| *known == name);
    let unknown = || errors::argument(ruby, format!("unknown report: {name}"));
    Ok(found.ok_or_else(unknown)?.1)
}

/// What `write` writes, as a String.
pub(super) fn text(
    ruby: &Ruby,
    write: impl FnOnce(&mut Vec<u8>) -> Result<(), rubyprof_report::Error>,
) -> Result<RString, Error> {
    guard(ruby, || {
        let mut page = Vec::new();
        write(&mut page).map_err(|error| errors::internal(ruby, &error.to_string()))?;
        Ok(ruby.enc_str_new(page, ruby.utf8_encoding()))
    })
}

/// `Report.call_paths(profile)`: how large the profile is, which tells how long a report may take.
fn call_paths(ruby: &Ruby, profile: Obj<Profile>) -> Result<usize, Error> {
    guard(ruby, || Ok(profile.view(ruby)?.profile.nodes().len()))
}

/// The options by the names they have in Ruby; the printers let only these through.
fn report_options(ruby: &Ruby, hash: RHash) -> Result<Options, Error> {
    let mut options = Options::default();
    hash.foreach(|name: magnus::Symbol, value: Value| {
        match &*name.name()? {
            "min_percent" => options.min_percent = f64::try_convert(value)?,
            "max_percent" => options.max_percent = f64::try_convert(value)?,
            "filter_by" => options.filter_by = column(ruby, value)?,
            "sort_method" => options.sort_by = Some(column(ruby, value)?),
            "min_value" => options.min_value = u64::try_convert(value)?,
            "max_depth" => options.max_depth = Option::<u32>::try_convert(value)?,
            "title" => options.title = Option::<String>::try_convert(value)?,
            "generated_at" => options.generated_at = Option::<String>::try_convert(value)?,
            "version" => options.version = Option::<String>::try_convert(value)?,
            "threshold" => options.threshold = f64::try_convert(value)?,
            "expansion" => options.expansion = f64::try_convert(value)?,
            "application" => options.application = Option::<String>::try_convert(value)?,
            "process_id" => options.process_id = Option::<u64>::try_convert(value)?,
            "overhead" => options.overhead = bool::try_convert(value)?,
            "gc" => options.gc = bool::try_convert(value)?,
            "ledger" => options.ledger = bool::try_convert(value)?,
            "latency" => options.latency = bool::try_convert(value)?,
            "width" => options.width = Option::<usize>::try_convert(value)?,
            "directory" => options.directory = Option::<String>::try_convert(value)?,
            "max_threads" => options.max_threads = usize::try_convert(value)?,
            other => {
                return Err(errors::argument(
                    ruby,
                    format!("unknown report option: {other}"),
                ));
            }
        }
        Ok(ForEach::Continue)
    })?;
    Ok(options)
}

mod test_run;

fn column(ruby: &Ruby, value: Value) -> Result<Column, Error> {
    let name: String = value.funcall("to_s", ())?;
    Column::from_name(&name)
        .ok_or_else(|| errors::argument(ruby, format!("unknown column: {name}")))
}

pub(crate) fn init(_ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let report = magnus::Module::define_module(module, "Report")?;
    report.define_singleton_method("render", function!(render, 3))?;
    report.define_singleton_method("call_paths", function!(call_paths, 1))?;
    report.define_singleton_method("compensated", function!(compensated, 2))?;
    report.define_singleton_method("with_gc_nodes", function!(with_gc_nodes, 1))?;
    report.define_singleton_method("render_part", function!(render_part, 4))?;
    report.define_singleton_method("call_trees", function!(call_trees, 2))?;
    report.define_singleton_method("test_run", function!(test_run::render, 3))
}
