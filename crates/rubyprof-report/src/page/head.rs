//! The first and the last lines of every page.

use rubyprof_core::{Profile, Unit};
use serde::Serialize;

use crate::ledger::{Account, Fact};
use crate::options::Options;
use crate::overhead::{Overhead, OverheadFact};
use crate::partial::{PartialCalls, PartialFact};

/// The head of a page: what was measured, how, and how much. The templates of `templates/shared`
/// know it as `page`.
#[derive(Serialize)]
pub(crate) struct Head<'a> {
    title: &'a str,
    application: Option<&'a str>,
    generated_at: Option<&'a str>,
    mode: &'static str,
    unit: &'static str,
    clock: &'a str,
    c_calls: bool,
    total: u64,
    threads: usize,
    methods: usize,
    paths: usize,
    calls: u64,
    overhead: Option<OverheadFact>,
    ledger: Vec<Fact>,
    partial: Vec<PartialFact>,
    /// Style sheets, in the order of the cascade.
    css: [&'static str; 2],
}

impl<'a> Head<'a> {
    /// `title` is the default; `css` is the page's own sheet, after the shared one.
    pub(crate) fn new(
        profile: &'a Profile,
        options: &'a Options,
        title: &'static str,
        (methods, calls): (usize, u64),
        css: &'static str,
    ) -> Self {
        Self {
            title: options.title.as_deref().unwrap_or(title),
            application: options.application.as_deref(),
            generated_at: options.generated_at.as_deref(),
            mode: profile.measure_mode.title(),
            unit: unit_name(profile.measure_mode.unit()),
            clock: &profile.clock,
            c_calls: profile.c_calls,
            total: profile.total(),
            threads: profile.threads().len(),
            methods,
            paths: profile.nodes().len(),
            calls,
            overhead: Overhead::of_all(profile).map(|overhead| overhead.fact()),
            ledger: Account::of_all(profile).map_or_else(Vec::new, Account::facts),
            partial: PartialCalls::of_all(profile).map_or_else(Vec::new, |calls| calls.facts()),
            css: [include_str!("../../assets/shared.css"), css],
        }
    }
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Nanoseconds => "ns",
        Unit::Objects => "objects",
        Unit::Bytes => "bytes",
    }
}

/// The end of a page: its version and its scripts. The templates know it as `foot`.
#[derive(Serialize)]
pub(crate) struct Foot<'a> {
    version: Option<&'a str>,
    /// Scripts, in the order they need each other.
    js: Vec<&'static str>,
}

impl<'a> Foot<'a> {
    /// `js` are the page's own scripts, after the shared one.
    pub(crate) fn new(options: &'a Options, js: &[&'static str]) -> Self {
        let shared = include_str!("../../assets/shared.js");
        Self {
            version: options.version.as_deref(),
            js: std::iter::once(shared).chain(js.iter().copied()).collect(),
        }
    }
}
