//! The template engine, with the filters the templates use.

use rubyprof_core::Unit;
use tera::{Kwargs, State, Tera};

use crate::error::Error;
use crate::format::{escape, number};

/// A template by its name: the path below `templates/` without the last extension.
macro_rules! template {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../templates/", $name, ".tera")),
        )
    };
}

const TEMPLATES: [(&str, &str); 11] = [
    template!("shared/head.html"),
    template!("shared/facts.html"),
    template!("shared/overhead.html"),
    template!("shared/paths.html"),
    template!("shared/foot.html"),
    template!("graph_html/head.html"),
    template!("graph_html/section.html"),
    template!("graph_html/foot.html"),
    template!("call_stack/page.html"),
    template!("flame_graph/page.html"),
    template!("test_run/page.html"),
];

/// Parses the templates. Filters know the unit, so a view carries bare numbers and every number of
/// a page is formatted by the same few functions. Parsing takes less than a millisecond, so nothing
/// is kept between reports.
pub(super) fn load(unit: Unit) -> Result<Tera, Error> {
    let mut tera = Tera::new();
    tera.set_escape_fn(escape::html);
    tera.register_filter("value", move |value: u64, _: Kwargs, _: &State| {
        number::value(value, unit)
    });
    tera.register_filter("exact", move |value: u64, _: Kwargs, _: &State| {
        number::exact(value, unit)
    });
    tera.register_filter("count", |value: u64, _: Kwargs, _: &State| {
        number::thousands(value)
    });
    tera.register_filter("percent", |share: f64, _: Kwargs, _: &State| {
        number::percent(share)
    });
    // For style attributes: plain digits whatever the share is.
    tera.register_filter("fixed", |share: f64, _: Kwargs, _: &State| {
        format!("{share:.2}")
    });
    tera.add_raw_templates(TEMPLATES)?;
    Ok(tera)
}
