//! What the Ruby objects of a result share: a profile that may be changed by hand.
//!
//! A recorded profile stays as it is and is read directly. The first change (a call tree added, a
//! measurement set) copies it into a `Forest`, in which a tree can grow anywhere; readers that need
//! sums get a fresh view of it when they ask. Objects refer to nodes by twig: the same number in
//! both forms.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;
use rubyprof_core::{Forest, MeasureMode, MethodId, Profile, TwigId, Unit};

use super::data::View;

/// A profile, or trees made by hand.
///
/// Every Ruby object that shows a part of it owns a share, so that none depends on another's life.
/// Locks are held for moments in which no Ruby code runs.
pub(crate) struct Store {
    pub(crate) mode: MeasureMode,
    /// Nobody recorded it: it may become part of another store.
    by_hand: bool,
    pub(super) state: RwLock<State>,
}

pub(super) struct State {
    /// `None` after a change, until somebody asks.
    pub(super) view: Option<Arc<View>>,
    pub(super) forest: Option<Forest>,
    /// Numbers that were set on a method, which are the sums of its call trees otherwise.
    pub(super) set_on_methods: HashMap<(Option<TwigId>, MethodId), NumbersSet>,
    /// Where everything has gone since.
    pub(super) moved: Option<Moved>,
    version: u64,
}

/// Numbers of a method that somebody set.
#[derive(Clone, Copy, Default)]
pub(crate) struct NumbersSet {
    pub(crate) called: Option<u64>,
    pub(crate) total: Option<u64>,
    pub(crate) own: Option<u64>,
    pub(crate) wait: Option<u64>,
}

pub(super) struct Moved {
    pub(super) to: Arc<Store>,
    pub(super) offset: u32,
    pub(super) methods: Vec<MethodId>,
}

impl Store {
    pub(crate) fn recorded(profile: Profile) -> Arc<Self> {
        let mode = profile.measure_mode;
        Self::new(mode, false, Some(Arc::new(View::new(profile))), None)
    }

    pub(crate) fn by_hand() -> Arc<Self> {
        let forest = Forest::new(MeasureMode::WallTime);
        Self::new(MeasureMode::WallTime, true, None, Some(forest))
    }

    fn new(
        mode: MeasureMode,
        by_hand: bool,
        view: Option<Arc<View>>,
        forest: Option<Forest>,
    ) -> Arc<Self> {
        Arc::new(Self {
            mode,
            by_hand,
            state: RwLock::new(State {
                view,
                forest,
                set_on_methods: HashMap::new(),
                moved: None,
                version: 0,
            }),
        })
    }

    pub(crate) fn is_by_hand(&self) -> bool {
        self.by_hand
    }

    /// The profile as it is now.
    pub(crate) fn view(&self) -> Arc<View> {
        if let Some(view) = &self.state.read().view {
            return Arc::clone(view);
        }
        let mut state = self.state.write();
        let (profile, placed) = state.forest.get_or_insert_default().to_profile();
        let view = Arc::new(View::of_forest(profile, placed));
        state.view = Some(Arc::clone(&view));
        view
    }

    /// Goes up whenever trees get other paths.
    pub(crate) fn version(&self) -> u64 {
        self.state.read().version
    }

    /// Changes trees.
    pub(crate) fn change<T>(&self, work: impl FnOnce(&mut Forest) -> T) -> T {
        let result = self.change_numbers(work);
        self.state.write().version += 1;
        result
    }

    /// Changes numbers, and no tree.
    pub(crate) fn change_numbers<T>(&self, work: impl FnOnce(&mut Forest) -> T) -> T {
        let mut state = self.state.write();
        let State { view, forest, .. } = &mut *state;
        let forest = forest.get_or_insert_with(|| {
            let profile = view.as_ref().map(|view| &view.profile);
            profile.map_or_else(Forest::default, Forest::of_profile)
        });
        let result = work(forest);
        *view = None;
        result
    }

    /// A measured number as Ruby sees it: seconds, objects or bytes.
    pub(crate) fn float(&self, value: u64) -> f64 {
        float(value, self.mode.unit())
    }

    /// The other way round, rounded.
    pub(crate) fn number(&self, value: f64) -> u64 {
        let value = match self.mode.unit() {
            Unit::Nanoseconds => value * 1e9,
            Unit::Objects | Unit::Bytes => value,
        };
        value.round() as u64
    }

    pub(super) fn read<T>(
        &self,
        frozen: impl FnOnce(&View) -> T,
        growing: impl FnOnce(&Forest) -> T,
    ) -> T {
        {
            let state = self.state.read();
            if let Some(forest) = &state.forest {
                return growing(forest);
            }
            if let Some(view) = &state.view {
                return frozen(view);
            }
        }
        frozen(&self.view())
    }
}

/// A measured number in seconds, objects or bytes.
pub(crate) fn float(value: u64, unit: Unit) -> f64 {
    match unit {
        Unit::Nanoseconds => value as f64 / 1e9,
        Unit::Objects | Unit::Bytes => value as f64,
    }
}

impl Store {
    pub(super) fn len(&self) -> usize {
        self.state.read().forest.as_ref().map_or(0, Forest::len)
    }

    /// Takes over everything that another store has, whose objects show it here from now on.
    pub(super) fn absorb(self: &Arc<Self>, other: &Arc<Self>) {
        let (mut forest, set) = {
            let mut other = other.state.write();
            let forest = other.forest.take().unwrap_or_default();
            other.view = None;
            (forest, std::mem::take(&mut other.set_on_methods))
        };
        if let Some(change) = conversion(other.mode.unit(), self.mode.unit()) {
            forest.change_numbers(change);
        }
        let (offset, methods) = self.change(|here| here.absorb(&forest));
        {
            let mut state = self.state.write();
            for ((at, method), numbers) in set {
                let at = at.map(|twig| TwigId(twig.0 + offset));
                if let Some(method) = methods.get(method.index()) {
                    state.set_on_methods.insert((at, *method), numbers);
                }
            }
        }
        other.state.write().moved = Some(Moved {
            to: Arc::clone(self),
            offset,
            methods,
        });
    }
}

/// How numbers made by hand, seconds all, become objects or bytes, and the reverse.
pub(crate) fn conversion(from: Unit, to: Unit) -> Option<fn(u64) -> u64> {
    match (from, to) {
        (Unit::Nanoseconds, Unit::Objects | Unit::Bytes) => Some(|number| number / 1_000_000_000),
        (Unit::Objects | Unit::Bytes, Unit::Nanoseconds) => {
            Some(|number| number.saturating_mul(1_000_000_000))
        }
        _ => None,
    }
}
