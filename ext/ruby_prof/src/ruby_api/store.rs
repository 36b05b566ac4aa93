//! What the Ruby objects of a result share: a profile that may be changed by hand.
//!
//! A recorded profile stays as it is and is read directly. The first change (a call tree added, a
//! measurement set) copies it into a `Forest`, in which a tree can grow anywhere; readers that need
//! sums get a fresh view of it when they ask. Objects refer to nodes by twig: the same number in
//! both forms.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::RwLock;
use rubyprof_core::{
    AdoptError, Forest, Location, MeasureMode, Method, MethodId, Numbers, Profile, TwigId, Unit,
};

use super::data::View;

/// A profile, or trees made by hand.
///
/// Every Ruby object that shows a part of it owns a share, so that none depends on another's life.
/// Locks are held for moments in which no Ruby code runs.
pub(crate) struct Store {
    pub(crate) mode: MeasureMode,
    /// Nobody recorded it: it may become part of another store.
    by_hand: bool,
    state: RwLock<State>,
}

struct State {
    /// `None` after a change, until somebody asks.
    view: Option<Arc<View>>,
    forest: Option<Forest>,
    /// Numbers that were set on a method, which are the sums of its call trees otherwise.
    set_on_methods: HashMap<(Option<TwigId>, MethodId), NumbersSet>,
    /// Where everything has gone since.
    moved: Option<Moved>,
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

struct Moved {
    to: Arc<Store>,
    offset: u32,
    methods: Vec<MethodId>,
}

/// A call path of a store.
#[derive(Clone)]
pub(crate) struct NodeRef {
    pub(crate) store: Arc<Store>,
    pub(crate) twig: TwigId,
}

/// A method of a store, in the tree that holds the path `at`; without one, in all trees.
#[derive(Clone)]
pub(crate) struct MethodRef {
    pub(crate) store: Arc<Store>,
    pub(crate) method: MethodId,
    pub(crate) at: Option<TwigId>,
}

/// What is known of a call path.
pub(crate) struct Facts {
    pub(crate) method: MethodId,
    pub(crate) numbers: Numbers,
    pub(crate) parent: Option<TwigId>,
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

    fn read<T>(&self, frozen: impl FnOnce(&View) -> T, growing: impl FnOnce(&Forest) -> T) -> T {
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

impl NodeRef {
    /// The same path where it is now.
    pub(crate) fn now(&self) -> Self {
        let mut current = self.clone();
        loop {
            let next = current.store.state.read().moved.as_ref().map(|moved| Self {
                store: Arc::clone(&moved.to),
                twig: TwigId(current.twig.0 + moved.offset),
            });
            match next {
                None => return current,
                Some(next) => current = next,
            }
        }
    }

    pub(crate) fn at(&self, twig: TwigId) -> Self {
        Self {
            store: Arc::clone(&self.store),
            twig,
        }
    }

    pub(crate) fn facts(&self) -> Facts {
        self.store.read(
            |view| {
                let id = view.node_of(self.twig);
                let node = view.profile.node(id);
                Facts {
                    method: node.method,
                    numbers: Numbers {
                        called: node.called,
                        total: node.total,
                        own: view.profile.self_value(id),
                        wait: view.profile.wait(id),
                    },
                    parent: view.profile.parent(id).map(|parent| view.twig_of(parent)),
                }
            },
            |forest| {
                let twig = forest.twig(self.twig);
                Facts {
                    method: twig.method,
                    numbers: twig.numbers,
                    parent: twig.parent,
                }
            },
        )
    }

    pub(crate) fn children(&self) -> Vec<TwigId> {
        self.store.read(
            |view| {
                let children = view.profile.children(view.node_of(self.twig));
                children.map(|child| view.twig_of(child)).collect()
            },
            |forest| forest.children(self.twig).to_vec(),
        )
    }

    pub(crate) fn depth(&self) -> usize {
        self.store.read(
            |view| view.profile.depth(view.node_of(self.twig)),
            |forest| {
                let parent = |id: &TwigId| forest.twig(*id).parent;
                std::iter::successors(parent(&self.twig), parent).count()
            },
        )
    }

    /// File and line of the call.
    pub(crate) fn call_site(&self) -> (Option<String>, u32) {
        let named = |location: Location, name: &dyn Fn(rubyprof_core::FileId) -> String| {
            (location.file.map(name), location.line)
        };
        self.store.read(
            |view| {
                let location = view.profile.call_site(view.node_of(self.twig));
                named(location, &|file| view.profile.file(file).to_owned())
            },
            |forest| {
                let location = forest.twig(self.twig).call_site;
                named(location, &|file| forest.file_name(file).to_owned())
            },
        )
    }

    /// Makes `child` a callee. Nothing is changed where that cannot be.
    pub(crate) fn adopt(&self, child: &Self) -> Result<(), AdoptError> {
        if Arc::ptr_eq(&self.store, &child.store) {
            return self
                .store
                .change(|forest| forest.adopt(self.twig, child.twig));
        }
        self.may_adopt(child)?;
        let (here, there) = (&self.store, &child.store);
        // The smaller moves, so that trees can be built from either end, and addresses stay short.
        if here.by_hand && here.len() < there.len() {
            there.absorb(here);
        } else {
            here.absorb(there);
        }
        let (parent, child) = (self.now(), child.now());
        parent
            .store
            .change(|forest| forest.adopt(parent.twig, child.twig))
    }

    /// Whether a tree of another store may become a callee.
    fn may_adopt(&self, child: &Self) -> Result<(), AdoptError> {
        let facts = child.facts();
        if facts.parent.is_some() {
            return Err(AdoptError::HasParent);
        }
        let is_thread = child
            .store
            .read(|_| true, |forest| forest.is_thread(child.twig));
        if is_thread {
            return Err(AdoptError::IsThread);
        }
        let method = MethodRef {
            store: Arc::clone(&child.store),
            method: facts.method,
            at: None,
        };
        let (method, file) = method.describe();
        let exists = self.store.change_numbers(|forest| {
            let same = forest.child_like(self.twig, &method, file.as_deref());
            same.is_some()
        });
        if exists {
            return Err(AdoptError::Exists);
        }
        Ok(())
    }
}

impl Store {
    fn len(&self) -> usize {
        self.state.read().forest.as_ref().map_or(0, Forest::len)
    }

    /// Takes over everything that another store has, whose objects show it here from now on.
    fn absorb(self: &Arc<Self>, other: &Arc<Self>) {
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

impl MethodRef {
    /// The same method where it is now.
    pub(crate) fn now(&self) -> Self {
        let mut current = self.clone();
        loop {
            let next = {
                let state = current.store.state.read();
                state.moved.as_ref().map(|moved| Self {
                    store: Arc::clone(&moved.to),
                    method: moved
                        .methods
                        .get(current.method.index())
                        .copied()
                        .unwrap_or(current.method),
                    at: current.at.map(|twig| TwigId(twig.0 + moved.offset)),
                })
            };
            match next {
                None => return current,
                Some(next) => current = next,
            }
        }
    }

    /// The method itself, with the name of its file.
    pub(crate) fn describe(&self) -> (Method, Option<String>) {
        self.store.read(
            |view| {
                let method = view.profile.method(self.method).clone();
                let file = method.file.map(|file| view.profile.file(file).to_owned());
                (method, file)
            },
            |forest| {
                let method = forest.method_of(self.method).clone();
                let file = method.file.map(|file| forest.file_name(file).to_owned());
                (method, file)
            },
        )
    }

    /// `sums`, but for the numbers that were set by hand.
    pub(crate) fn with_numbers_set(&self, mut sums: Numbers) -> Numbers {
        let state = self.store.state.read();
        if state.set_on_methods.is_empty() {
            return sums;
        }
        let key = (self.root(&state), self.method);
        if let Some(set) = state.set_on_methods.get(&key) {
            sums.called = set.called.unwrap_or(sums.called);
            sums.total = set.total.unwrap_or(sums.total);
            sums.own = set.own.unwrap_or(sums.own);
            sums.wait = set.wait.unwrap_or(sums.wait);
        }
        sums
    }

    /// Sets numbers, whatever the call trees say.
    pub(crate) fn set_numbers(&self, set: impl FnOnce(&mut NumbersSet)) {
        let mut state = self.store.state.write();
        let key = (self.root(&state), self.method);
        set(state.set_on_methods.entry(key).or_default());
    }

    fn root(&self, state: &State) -> Option<TwigId> {
        let twig = self.at?;
        match (&state.forest, &state.view) {
            (Some(forest), _) => Some(forest.root(twig)),
            (None, Some(view)) => {
                let thread = view.profile.thread_of(view.node_of(twig));
                thread.map(|thread| view.twig_of(thread.root))
            }
            (None, None) => None,
        }
    }
}
