//! Options of a profile, as Ruby gives them.

use magnus::{
    Error, Integer, RArray, RHash, Ruby, Symbol, TryConvert, Value, r_hash::ForEach,
    rb_sys::AsRawValue, value::ReprValue,
};
use rubyprof_core::MeasureMode;

use super::bounds::Bounds;
use super::exclusion;
use crate::errors;
use crate::session::ThreadFilter;

/// What a profile records, and how.
#[derive(Clone)]
pub(crate) struct Options {
    pub(crate) measure_mode: MeasureMode,
    pub(crate) track_allocations: bool,
    pub(crate) c_calls: bool,
    /// Whether instructions that the VM runs without a call are to be calls.
    pub(crate) operators: bool,
    /// Whether calls of blocks are to be recorded.
    pub(crate) blocks: bool,
    /// Whether the profiler's own part is taken off times.
    pub(crate) compensate: bool,
    /// Whether it is recorded how long single calls take.
    pub(crate) latency: bool,
    pub(crate) allow_exceptions: bool,
    /// How large the call tree may become, and how much of the time may be the profiler's.
    pub(crate) bounds: Bounds,
    pub(crate) threads: ThreadFilter,
    /// `exclude_common: true`.
    pub(crate) exclude_common: bool,
    /// Patterns of `only:` and `exclude:`: a `RubyProf::Filter`, which the profile pins.
    pub(crate) filter: Option<rb_sys::VALUE>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            measure_mode: MeasureMode::default(),
            track_allocations: false,
            c_calls: true,
            operators: false,
            blocks: false,
            compensate: true,
            latency: false,
            allow_exceptions: false,
            bounds: Bounds::default(),
            threads: ThreadFilter::default(),
            exclude_common: false,
            filter: None,
        }
    }
}

/// Set to `1` to count operators as calls unless a profile says otherwise.
const OPERATORS: &str = "RUBY_PROF_OPERATORS";

/// Set to `1` to record calls of blocks unless a profile says otherwise.
const BLOCKS: &str = "RUBY_PROF_BLOCKS";

/// Set to `1` to record how long single calls take unless a profile says otherwise.
const LATENCY: &str = "RUBY_PROF_LATENCY";

const KNOWN: &str = "measure_mode, track_allocations, c_calls, operators, blocks, compensate, latency, allow_exceptions, \
                     exclude_threads, include_threads, exclude_common, only, exclude, max_nodes, max_depth, budget, merge_fibers";

impl Options {
    /// From the arguments of `Profile.new`: keywords, a Hash, or as in ruby-prof 1.x a measure mode
    /// and an Array of excluded threads.
    ///
    /// # Errors
    ///
    /// ArgumentError for an unknown option or measure mode or too many arguments, TypeError for a
    /// value of the wrong type.
    pub(crate) fn from_args(ruby: &Ruby, args: &[Value]) -> Result<Self, Error> {
        let mut options = Self::default();
        let (mut says_operators, mut says_blocks, mut says_latency) = (false, false, false);
        let (positional, hash) = match args.split_last() {
            Some((last, rest)) => match RHash::from_value(*last) {
                Some(hash) => (rest, Some(hash)),
                None => (args, None),
            },
            None => (args, None),
        };
        if positional.len() > 2 {
            let message = format!(
                "wrong number of arguments (given {}, expected 0..2): pass options as keywords, \
                 for example measure_mode: RubyProf::WALL_TIME",
                positional.len()
            );
            return Err(errors::argument(ruby, message));
        }
        if let Some(mode) = positional.first() {
            options.set(ruby, "measure_mode", *mode)?;
        }
        if let Some(threads) = positional.get(1) {
            options.set(ruby, "exclude_threads", *threads)?;
        }
        let mut patterns = [ruby.qnil().as_value(); 2];
        if let Some(hash) = hash {
            let mut pairs = Vec::new();
            hash.foreach(|key: Value, value: Value| {
                pairs.push((key, value));
                Ok(ForEach::Continue)
            })?;
            for (key, value) in pairs {
                let Some(name) = Symbol::from_value(key) else {
                    let message = format!(
                        "option names are Symbols, not {}; known options: {KNOWN}",
                        class_of(key)
                    );
                    return Err(errors::argument(ruby, message));
                };
                match &*name.name()? {
                    "only" => patterns[0] = value,
                    "exclude" => patterns[1] = value,
                    name => {
                        says_operators |= name == "operators";
                        says_blocks |= name == "blocks";
                        says_latency |= name == "latency";
                        options.set(ruby, name, value)?;
                    }
                }
            }
        }
        if !says_operators {
            options.operators = flag(ruby, OPERATORS)?;
        }
        if !says_blocks {
            options.blocks = flag(ruby, BLOCKS)?;
        }
        if !says_latency {
            options.latency = flag(ruby, LATENCY)?;
        }
        options.bounds.read_environment(ruby)?;
        let [only, exclude] = patterns;
        options.filter = exclusion::filter(ruby, only, exclude)?;
        Ok(options)
    }

    /// Whether new objects have to be counted.
    pub(crate) fn counts_objects(&self) -> bool {
        self.track_allocations
            || matches!(
                self.measure_mode,
                MeasureMode::Allocations | MeasureMode::Memory
            )
    }

    fn set(&mut self, ruby: &Ruby, name: &str, value: Value) -> Result<(), Error> {
        match name {
            "measure_mode" => self.measure_mode = measure_mode(ruby, value)?,
            "track_allocations" => self.track_allocations = value.to_bool(),
            "c_calls" => self.c_calls = value.to_bool(),
            "latency" => self.latency = value.to_bool(),
            "compensate" => self.compensate = value.to_bool(),
            "operators" => self.operators = value.to_bool(),
            "blocks" => self.blocks = value.to_bool(),
            "exclude_common" => self.exclude_common = value.to_bool(),
            "allow_exceptions" => self.allow_exceptions = value.to_bool(),
            "exclude_threads" => {
                self.threads.exclude = threads(ruby, name, value)?.unwrap_or_default()
            }
            "include_threads" => self.threads.include = threads(ruby, name, value)?,
            "max_nodes" | "max_depth" | "budget" => self.bounds.set(ruby, name, value)?,
            // 1.x made one thread of all fibers; reports now have a view of all of them anyway.
            "merge_fibers" => {}
            _ => {
                let message = format!("unknown keyword: :{name} (known: {KNOWN})");
                return Err(errors::argument(ruby, message));
            }
        }
        Ok(())
    }
}

/// What the environment says of something that is done or not.
///
/// # Errors
///
/// ArgumentError for anything but 0, 1 and nothing.
fn flag(ruby: &Ruby, variable: &str) -> Result<bool, Error> {
    let value = std::env::var_os(variable).unwrap_or_default();
    match value.to_str().map(str::trim) {
        Some("1") => Ok(true),
        Some("0" | "") => Ok(false),
        _ => {
            let value = value.to_string_lossy();
            let message = format!("{variable}={value} cannot be used; it can be 0 or 1");
            Err(errors::argument(ruby, message))
        }
    }
}

/// The measure mode with ruby-prof's number `value`.
///
/// # Errors
///
/// TypeError for no Integer, ArgumentError for an unknown mode.
pub(crate) fn measure_mode(ruby: &Ruby, value: Value) -> Result<MeasureMode, Error> {
    const MODES: &str = "use RubyProf::WALL_TIME, RubyProf::PROCESS_TIME, RubyProf::ALLOCATIONS \
                         or RubyProf::MEMORY";
    let Some(number) = Integer::from_value(value) else {
        let message = format!(
            "wrong argument type {} (expected Integer): measure_mode is a number, {MODES}",
            class_of(value)
        );
        return Err(errors::of_type(ruby, message));
    };
    let mode = number.to_i64().ok().and_then(MeasureMode::from_number);
    mode.ok_or_else(|| errors::argument(ruby, format!("Unknown measure mode: {number}; {MODES}")))
}

/// `nil` or an Array of Threads.
///
/// # Errors
///
/// TypeError for anything else.
pub(crate) fn threads(
    ruby: &Ruby,
    name: &str,
    value: Value,
) -> Result<Option<Vec<rb_sys::VALUE>>, Error> {
    if value.is_nil() {
        return Ok(None);
    }
    let Some(list) = RArray::from_value(value) else {
        let message = format!(
            "wrong argument type {} (expected Array): {name} takes an Array of Threads, \
             for example [Thread.current]",
            class_of(value)
        );
        return Err(errors::of_type(ruby, message));
    };
    let mut threads = Vec::new();
    for thread in list {
        if magnus::Thread::try_convert(thread).is_err() {
            let message = format!(
                "{name} takes an Array of Threads, for example [Thread.current], not of {}",
                class_of(thread)
            );
            return Err(errors::of_type(ruby, message));
        }
        threads.push(thread.as_raw());
    }
    Ok(Some(threads))
}

/// The name of a value's class, for messages.
pub(crate) fn class_of(value: Value) -> String {
    if value.is_nil() {
        "nil".to_owned()
    } else {
        // SAFETY: the class's name is copied at once.
        unsafe { value.classname() }.into_owned()
    }
}
