//! `RubyProf::Report` (private): profiles as text and pages. The printers in Ruby read the options.

use magnus::{
    Error, Object, RHash, RModule, RString, Ruby, TryConvert, Value, function, r_hash::ForEach,
    typed_data::Obj, value::ReprValue,
};
use rubyprof_core::Profile as Recorded;
use rubyprof_report::{Column, Options};

use super::profile::Profile;
use crate::errors;
use crate::guard::guard;

type Printer =
    fn(&Recorded, &Options, &mut dyn std::io::Write) -> Result<(), rubyprof_report::Error>;

/// The printers by the name their Ruby class uses.
const PRINTERS: [(&str, Printer); 2] = [
    ("flat", rubyprof_report::flat),
    ("graph_html", rubyprof_report::graph_html),
];

/// `Report.render(profile, :flat, options)`: the report as a String.
fn render(
    ruby: &Ruby,
    profile: Obj<Profile>,
    name: magnus::Symbol,
    options: RHash,
) -> Result<RString, Error> {
    let name = name.name()?;
    let Some((_, printer)) = PRINTERS.iter().find(|(known, _)| *known == name) else {
        return Err(errors::argument(ruby, format!("unknown report: {name}")));
    };
    let options = report_options(ruby, options)?;
    guard(ruby, || {
        let mut page = Vec::new();
        let written = printer(&profile.view(ruby)?.profile, &options, &mut page);
        written.map_err(|error| errors::internal(ruby, &error.to_string()))?;
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

fn column(ruby: &Ruby, value: Value) -> Result<Column, Error> {
    let name: String = value.funcall("to_s", ())?;
    Column::from_name(&name)
        .ok_or_else(|| errors::argument(ruby, format!("unknown column: {name}")))
}

pub(crate) fn init(_ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let report = magnus::Module::define_module(module, "Report")?;
    report.define_singleton_method("render", function!(render, 3))?;
    report.define_singleton_method("call_paths", function!(call_paths, 1))
}
