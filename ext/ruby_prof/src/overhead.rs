//! What an event costs in this process, as far as it was measured.

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

/// By [`Way::place`].
static COSTS: Mutex<[Option<Costs>; 8]> = Mutex::new([None; 8]);

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

/// What a profile that is recorded in this way subtracts: nothing if that was not measured.
pub(crate) fn costs(way: Way) -> Costs {
    let known = COSTS.lock();
    way.place()
        .and_then(|place| known.get(place).copied().flatten())
        .unwrap_or_default()
}

/// Measures the costs before the first profile that is recorded in this way (`RubyProf::Calibration`). While another profile runs
/// they cannot be measured: the next one tries again. Nor can they once operators are marked, which are calls in all that is
/// measured then.
///
/// # Errors
///
/// What interrupts it, such as a signal or a timeout. An error in it leaves the costs unknown.
pub(crate) fn measure_once(ruby: &Ruby, way: Way) -> Result<(), Error> {
    let Some(place) = way.place() else {
        return Ok(());
    };
    let is_known = |known: &[Option<Costs>; 8]| known.get(place).is_some_and(Option::is_some);
    if is_known(&COSTS.lock()) || marks::calls_are_hooked() || marks::operators_are_marked() {
        return Ok(());
    }
    let Some(found) = calibrated(ruby, way)? else {
        return Ok(());
    };
    if let Some(known) = COSTS.lock().get_mut(place) {
        *known = Some(found);
    }
    Ok(())
}

fn calibrated(ruby: &Ruby, way: Way) -> Result<Option<Costs>, Error> {
    let module: RModule = ruby.class_object().const_get("RubyProf")?;
    let calibration: Value = module.const_get("Calibration")?;
    let found: Option<Vec<u64>> =
        calibration.funcall("costs", (way.mode.number(), way.operators, way.objects))?;
    let Some(found) = found else { return Ok(None) };
    let [pieces @ .., new_path, object, switch, spread] = &found[..] else {
        return Ok(None);
    };
    let [ruby, c, operator] = pieces.as_chunks().0 else {
        return Ok(None);
    };
    let cost = |[inner, outer]: [u64; 2]| Cost { inner, outer };
    Ok(Some(Costs {
        ruby: cost(*ruby),
        c: cost(*c),
        operator: cost(*operator),
        new_path: *new_path,
        object: *object,
        switch: *switch,
        spread: u32::try_from(*spread).unwrap_or(u32::MAX),
        unknown: 0,
    }))
}
