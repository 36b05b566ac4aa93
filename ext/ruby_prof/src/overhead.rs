//! What an event costs in this process, as far as it was measured.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use magnus::{
    ArgList, Error, Module, Object, RModule, Ruby, TryConvert, Value, function, value::ReprValue,
};
use parking_lot::Mutex;
use rubyprof_core::{Cost, Costs, MeasureMode};

use crate::clock;
use crate::vm::marks;

/// What costs depend on, in one process.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    pub(crate) mode: MeasureMode,
    /// Whether operators are counted.
    pub(crate) operators: bool,
    /// Whether objects are, by class and line.
    pub(crate) objects: bool,
}

/// Costs, when these were looked at last, and what calls cost then.
#[derive(Clone, Copy)]
struct Known {
    costs: Costs,
    looked: Instant,
    slowness: Slowness,
}

/// What calls cost at some moment, in millionths of what is known: at least [`Slowness::NONE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slowness(u64);

impl Slowness {
    const NONE: Self = Self(1_000_000);
}

impl Default for Slowness {
    fn default() -> Self {
        Self::NONE
    }
}

/// By [`Way::place`].
static COSTS: Mutex<[Option<Known>; 8]> = Mutex::new([None; 8]);

/// A sample takes some 2 ms.
const LOOK_AFTER: Duration = Duration::from_millis(250);
/// What was seen then says nothing any more of now, where nothing can be seen.
const LOOK_HOLDS: Duration = Duration::from_secs(2);

impl Known {
    /// What calls cost now, as far as that is known.
    fn slowness(&self) -> Slowness {
        match self.looked.elapsed() < LOOK_HOLDS {
            true => self.slowness,
            false => Slowness::NONE,
        }
    }
}

impl Way {
    /// A number of its own for each way in which times are measured.
    fn place(self) -> Option<usize> {
        let mode = match self.mode {
            MeasureMode::WallTime => 0,
            MeasureMode::ProcessTime => 4,
            MeasureMode::Allocations | MeasureMode::Memory => return None,
        };
        Some(mode + 2 * usize::from(self.objects) + usize::from(self.operators))
    }
}

/// What events cost in a profile that is recorded in this way: nothing if that was not measured.
pub(crate) fn costs(way: Way) -> Costs {
    known(way).map_or_else(Costs::default, |known| known.costs)
}

fn known(way: Way) -> Option<Known> {
    let all = COSTS.lock();
    way.place()
        .and_then(|place| all.get(place).copied().flatten())
}

fn remember(way: Way, costs: Costs, slowness: Slowness, looked: Instant) {
    let now = Known {
        costs,
        looked,
        slowness,
    };
    if let Some(place) = way.place()
        && let Some(known) = COSTS.lock().get_mut(place)
    {
        *known = Some(now);
    }
}

/// Before a profile that is recorded in this way: measures the costs if it is the first one (`RubyProf::Calibration`), else looks at them
/// again if that is due. Says what calls cost now.
///
/// While another profile runs they cannot be measured: the next one tries again. Nor can they once operators are marked, which are calls in
/// all that is measured then.
///
/// # Errors
///
/// What interrupts it, such as a signal or a timeout. An error in it leaves the costs unknown.
pub(crate) fn before(ruby: &Ruby, way: Way) -> Result<Slowness, Error> {
    // Not called where it has nothing to do: other tracers would see it.
    if MEASURING.load(Ordering::Relaxed) > 0 {
        let _: Value = calibration(ruby)?.funcall("let_others_finish", ())?;
    }
    if known(way).is_some() {
        look(ruby, way)?;
    } else if way.place().is_some() && can_be_measured() {
        let way_in_ruby = (way.mode.number(), way.operators, way.objects);
        let found = ask(ruby, "costs", way_in_ruby)?;
        if let Some(costs) = numbers(found).and_then(|found| from_numbers(&found)) {
            // Neighbours may have had their share of it, so that the end of this very profile is to look.
            let now = Instant::now();
            let due = now.checked_sub(LOOK_AFTER).unwrap_or(now);
            remember(way, costs, Slowness::NONE, due);
        }
    }
    Ok(known(way).map_or(Slowness::NONE, |known| known.slowness()))
}

/// What a profile is charged with that ends now, and was as slow as that `before`; and what interrupted the look at that, as in [`before`].
pub(crate) fn charged(ruby: &Ruby, way: Way, before: Slowness) -> (Costs, Option<Error>) {
    let interruption = look(ruby, way).err();
    let Some(known) = known(way) else {
        return (Costs::default(), interruption);
    };
    let (costs, slowness) = (known.costs, known.slowness());
    let (least, most) = (before.min(slowness), before.max(slowness));
    if most == Slowness::NONE {
        return (costs, interruption);
    }
    let slow = (to_numbers(&costs), least.0, most.0);
    match calibration(ruby).and_then(|known| known.funcall("slowed", slow)) {
        Ok(slowed) => {
            let slowed = numbers(slowed).and_then(|found| from_numbers(&found));
            (slowed.unwrap_or(costs), interruption)
        }
        Err(error) => (costs, interruption.or(Some(error))),
    }
}

/// Looks at a sample, some time after costs were measured or looked at.
fn look(ruby: &Ruby, way: Way) -> Result<(), Error> {
    let due = known(way).filter(|known| known.looked.elapsed() >= LOOK_AFTER);
    let Some(Known { costs, .. }) = due.filter(|_| can_be_measured()) else {
        return Ok(());
    };
    let (mode, operators, objects) = (way.mode.number(), way.operators, way.objects);
    let way_in_ruby = (mode, operators, objects, to_numbers(&costs));
    let found = ask(ruby, "look", way_in_ruby)?;
    let (slowness, costs) = match numbers(found).as_deref() {
        Some([slowness, numbers @ ..]) => {
            let slowness = Slowness(*slowness).max(Slowness::NONE);
            (slowness, from_numbers(numbers).unwrap_or(costs))
        }
        _ => (Slowness::NONE, costs),
    };
    remember(way, costs, slowness, Instant::now());
    Ok(())
}

/// Not while another profile runs, somebody else's hook would have the lines of what is measured, or operators are marked.
fn can_be_measured() -> bool {
    !marks::code_is_hooked() && !marks::operators_are_marked()
}

/// What a program has made of Array and Integer may make something else of them.
fn numbers(found: Value) -> Option<Vec<u64>> {
    Vec::try_convert(found).ok()
}

/// `Clock.read(mode)`: the clock that costs in this measure mode are measured with, in nanoseconds. Tests stop Ruby's clocks, or turn them.
fn read_clock(mode: i64) -> u64 {
    match mode == MeasureMode::ProcessTime.number() {
        true => clock::process_cpu(),
        false => clock::monotonic(),
    }
}

/// Defines `RubyProf::Clock` (private).
pub(crate) fn init(module: RModule) -> Result<(), Error> {
    let clock = module.define_module("Clock")?;
    clock.define_singleton_method("read", function!(read_clock, 1))
}

/// How many threads are within [`ask`].
static MEASURING: AtomicUsize = AtomicUsize::new(0);

/// Calls what measures something.
fn ask(ruby: &Ruby, name: &str, way: impl ArgList) -> Result<Value, Error> {
    let calibration = calibration(ruby)?;
    MEASURING.fetch_add(1, Ordering::Relaxed);
    let found = calibration.funcall(name, way);
    MEASURING.fetch_sub(1, Ordering::Relaxed);
    found
}

fn calibration(ruby: &Ruby) -> Result<Value, Error> {
    let module: RModule = ruby.class_object().const_get("RubyProf")?;
    module.const_get("Calibration")
}

/// The order in which Ruby has them.
fn to_numbers(costs: &Costs) -> Vec<u64> {
    let pair = |cost: Cost| [cost.inner, cost.outer];
    let pieces = [costs.ruby, costs.c, costs.operator].map(pair);
    let others = [costs.new_path, costs.object, costs.switch];
    let mut numbers = [pieces.as_flattened(), &others].concat();
    numbers.push(u64::from(costs.spread));
    numbers
}

/// The way back; nothing if there are not as many.
fn from_numbers(numbers: &[u64]) -> Option<Costs> {
    let [pieces @ .., new_path, object, switch, spread] = numbers else {
        return None;
    };
    let [ruby, c, operator] = pieces.as_chunks().0 else {
        return None;
    };
    let cost = |[inner, outer]: [u64; 2]| Cost { inner, outer };
    Some(Costs {
        ruby: cost(*ruby),
        c: cost(*c),
        operator: cost(*operator),
        new_path: *new_path,
        object: *object,
        switch: *switch,
        spread: u32::try_from(*spread).unwrap_or(u32::MAX),
        unknown: 0,
    })
}
