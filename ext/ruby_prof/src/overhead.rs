//! What an event costs in this process, as far as it was measured.

use std::time::{Duration, Instant};

use magnus::{Error, Module, RModule, Ruby, Value, value::ReprValue};
use parking_lot::Mutex;
use rubyprof_core::{Cost, Costs, MeasureMode};

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

fn remember(way: Way, costs: Costs, slowness: Slowness) {
    let now = Known {
        costs,
        looked: Instant::now(),
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
    if known(way).is_some() {
        look(ruby, way)?;
    } else if way.place().is_some() && can_be_measured() {
        let way_in_ruby = (way.mode.number(), way.operators, way.objects);
        let found: Option<Vec<u64>> = calibration(ruby)?.funcall("costs", way_in_ruby)?;
        if let Some(costs) = found.and_then(|numbers| from_numbers(&numbers)) {
            remember(way, costs, Slowness::NONE);
        }
    }
    Ok(known(way).map_or(Slowness::NONE, |known| known.slowness))
}

/// What a profile is charged with that ends now, and was as slow as that `before`; and what interrupted the look at that, as in [`before`].
pub(crate) fn charged(ruby: &Ruby, way: Way, before: Slowness) -> (Costs, Option<Error>) {
    let interruption = look(ruby, way).err();
    let Some(Known {
        costs, slowness, ..
    }) = known(way)
    else {
        return (Costs::default(), interruption);
    };
    let (least, most) = (before.min(slowness), before.max(slowness));
    if most == Slowness::NONE {
        return (costs, interruption);
    }
    let numbers = (to_numbers(&costs), least.0, most.0);
    let slowed = calibration(ruby).and_then(|known| known.funcall("slowed", numbers));
    match slowed {
        Ok(numbers) => {
            let numbers: Vec<u64> = numbers;
            (from_numbers(&numbers).unwrap_or(costs), interruption)
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
    let numbers = (mode, operators, objects, to_numbers(&costs));
    let found: Option<Vec<u64>> = calibration(ruby)?.funcall("look", numbers)?;
    let (slowness, costs) = match found.as_deref() {
        Some([slowness, numbers @ ..]) => {
            let slowness = Slowness(*slowness).max(Slowness::NONE);
            (slowness, from_numbers(numbers).unwrap_or(costs))
        }
        _ => (Slowness::NONE, costs),
    };
    remember(way, costs, slowness);
    Ok(())
}

/// Not while another profile runs or operators are marked.
fn can_be_measured() -> bool {
    !marks::calls_are_hooked() && !marks::operators_are_marked()
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
