//! `RubyProf::Growth`: how counts grow with the size of the input. The Ruby half, lib/ruby-prof/growth.rb, sees to
//! it that the numbers are whole and not negative.

use magnus::{
    Error, Module, Object, RModule, Ruby, StaticSymbol, Symbol, function, value::ReprValue,
};
use rubyprof_core::{BadCounts, Counts, Growth};

use crate::errors;
use crate::guard::guard;

/// `Growth.class_of(sizes, counts)`: a name of CLASSES, or :irregular.
fn class_of(ruby: &Ruby, sizes: Vec<u64>, counts: Vec<u64>) -> Result<StaticSymbol, Error> {
    guard(ruby, || {
        Ok(ruby.sym_new(checked(ruby, &sizes, &counts)?.class().name()))
    })
}

/// `Growth.faster_than?(bound, sizes, counts)`.
fn is_faster_than(
    ruby: &Ruby,
    bound: Symbol,
    sizes: Vec<u64>,
    counts: Vec<u64>,
) -> Result<bool, Error> {
    guard(ruby, || {
        let name = bound.name()?;
        let mut classes = Growth::CLASSES.into_iter();
        let bound = classes
            .find(|class| class.name() == name)
            .ok_or_else(|| errors::argument(ruby, format!("unknown class of growth: {name}")))?;
        Ok(checked(ruby, &sizes, &counts)?.exceeds(bound))
    })
}

fn checked(ruby: &Ruby, sizes: &[u64], counts: &[u64]) -> Result<Counts, Error> {
    Counts::new(sizes, counts).map_err(|error| {
        let message = match error {
            BadCounts::TooFew => format!(
                "{} is too little to see growth: give two sizes, or better three",
                of(sizes.len(), "size")
            ),
            BadCounts::NotIncreasing => format!(
                "sizes must be positive Integers, each larger than the one before: {sizes:?}"
            ),
            BadCounts::OtherLength => format!(
                "{} for {}: give one count a size",
                of(counts.len(), "count"),
                of(sizes.len(), "size")
            ),
        };
        errors::argument(ruby, message)
    })
}

fn of(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

pub(crate) fn init(ruby: &Ruby, module: RModule) -> Result<(), Error> {
    let growth = module.define_module("Growth")?;
    let classes = ruby.ary_from_iter(Growth::CLASSES.map(|class| ruby.sym_new(class.name())));
    classes.freeze();
    growth.const_set("CLASSES", classes)?;
    growth.define_singleton_method("class_of", function!(class_of, 2))?;
    growth.define_singleton_method("faster_than?", function!(is_faster_than, 3))
}
