//! What an event costs in this process, as far as it was measured.

use magnus::{Error, Module, RModule, Ruby, Value, value::ReprValue};
use parking_lot::Mutex;
use rubyprof_core::{Cost, Costs, MeasureMode};

use crate::vm::marks;

/// By measure mode, wall time and process time, and by whether operators are counted.
static COSTS: Mutex<[Option<Costs>; 4]> = Mutex::new([None; 4]);

fn place(mode: MeasureMode, operators: bool) -> Option<usize> {
    let mode = match mode {
        MeasureMode::WallTime => 0,
        MeasureMode::ProcessTime => 2,
        MeasureMode::Allocations | MeasureMode::Memory => return None,
    };
    Some(mode + usize::from(operators))
}

/// What a profile in this mode subtracts: nothing if that was not measured.
pub(crate) fn costs(mode: MeasureMode, operators: bool) -> Costs {
    let known = COSTS.lock();
    place(mode, operators)
        .and_then(|place| known.get(place).copied().flatten())
        .unwrap_or_default()
}

/// Measures the costs before the first profile in this mode (`RubyProf::Calibration`). While another profile runs
/// they cannot be measured: the next one tries again. Nor can they once operators are marked, which are calls in all that is
/// measured then.
///
/// # Errors
///
/// What interrupts it, such as a signal or a timeout. An error in it leaves the costs unknown.
pub(crate) fn measure_once(ruby: &Ruby, mode: MeasureMode, operators: bool) -> Result<(), Error> {
    let Some(place) = place(mode, operators) else {
        return Ok(());
    };
    let is_known = |known: &[Option<Costs>; 4]| known.get(place).is_some_and(Option::is_some);
    if is_known(&COSTS.lock()) || marks::calls_are_hooked() || marks::operators_are_marked() {
        return Ok(());
    }
    let Some(found) = calibrated(ruby, mode, operators)? else {
        return Ok(());
    };
    if let Some(known) = COSTS.lock().get_mut(place) {
        *known = Some(found);
    }
    Ok(())
}

fn calibrated(ruby: &Ruby, mode: MeasureMode, operators: bool) -> Result<Option<Costs>, Error> {
    let module: RModule = ruby.class_object().const_get("RubyProf")?;
    let calibration: Value = module.const_get("Calibration")?;
    let found: Option<Vec<u64>> = calibration.funcall("costs", (mode.number(), operators))?;
    let Some(found) = found else { return Ok(None) };
    let [pieces @ .., new_path, spread] = &found[..] else {
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
        spread: u32::try_from(*spread).unwrap_or(u32::MAX),
    }))
}
