//! What an event costs in this process, as far as it was measured.

use magnus::{Error, Module, RModule, Ruby, Value, value::ReprValue};
use parking_lot::Mutex;
use rubyprof_core::{Cost, Costs, MeasureMode};

use crate::vm::marks;

/// By measure mode: wall time, process time.
static COSTS: Mutex<[Option<Costs>; 2]> = Mutex::new([None; 2]);

fn place(mode: MeasureMode) -> Option<usize> {
    match mode {
        MeasureMode::WallTime => Some(0),
        MeasureMode::ProcessTime => Some(1),
        MeasureMode::Allocations | MeasureMode::Memory => None,
    }
}

/// What a profile in this mode subtracts: nothing if that was not measured.
pub(crate) fn costs(mode: MeasureMode) -> Costs {
    let known = COSTS.lock();
    place(mode)
        .and_then(|place| known.get(place).copied().flatten())
        .unwrap_or_default()
}

/// Measures the costs before the first profile in this mode (`RubyProf::Calibration`). While another profile runs
/// they cannot be measured: the next one tries again.
///
/// # Errors
///
/// What interrupts it, such as a signal or a timeout. An error in it leaves the costs unknown.
pub(crate) fn measure_once(ruby: &Ruby, mode: MeasureMode) -> Result<(), Error> {
    let Some(place) = place(mode) else {
        return Ok(());
    };
    let is_known = |known: &[Option<Costs>; 2]| known.get(place).is_some_and(Option::is_some);
    if is_known(&COSTS.lock()) || marks::calls_are_hooked() {
        return Ok(());
    }
    let Some(found) = calibrated(ruby, mode)? else {
        return Ok(());
    };
    if let Some(known) = COSTS.lock().get_mut(place) {
        *known = Some(found);
    }
    Ok(())
}

fn calibrated(ruby: &Ruby, mode: MeasureMode) -> Result<Option<Costs>, Error> {
    let module: RModule = ruby.class_object().const_get("RubyProf")?;
    let calibration: Value = module.const_get("Calibration")?;
    let found: Option<Vec<u64>> = calibration.funcall("costs", (mode.number(),))?;
    let Some(found) = found else { return Ok(None) };
    let [ruby_inner, ruby_outer, c_inner, c_outer, new_path, spread] = found[..] else {
        return Ok(None);
    };
    let c = Cost {
        inner: c_inner,
        outer: c_outer,
    };
    Ok(Some(Costs {
        ruby: Cost {
            inner: ruby_inner,
            outer: ruby_outer,
        },
        c,
        operator: c,
        new_path,
        spread: u32::try_from(spread).unwrap_or(u32::MAX),
    }))
}
