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
    pub(crate) unit: Unit,
    /// Nobody recorded it: it may become part of another store.
    by_hand: bool,
    state: RwLock<State>,
}

struct State {
    /// `None` after a change, until somebody asks.
    view: Option<Arc<View>>,
    forest: Option<Forest>,
    /// Numbers that were set on a method, which are the sums of its call trees otherwise.
    set_on_methods: HashMap<(Option<TwigId>, MethodId), Numbers>,
    /// Where everything has gone since.
    moved: Option<Moved>,
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
        let unit = profile.measure_mode.unit();
        Self::new(unit, false, Some(Arc::new(View::new(profile))), None)
    }

    pub(crate) fn by_hand() -> Arc<Self> {
        let forest = Forest::new(MeasureMode::WallTime);
        Self::new(Unit::Nanoseconds, true, None, Some(forest))
    }

    fn new(
        unit: Unit,
        by_hand: bool,
        view: Option<Arc<View>>,
        forest: Option<Forest>,
    ) -> Arc<Self> {
        Arc::new(Self {
            unit,
            by_hand,
            state: RwLock::new(State {
                view,
                forest,
                set_on_methods: HashMap::new(),
                moved: None,
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

    /// Changes trees.
    pub(crate) fn change<T>(&self, work: impl FnOnce(&mut Forest) -> T) -> T {
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
        float(value, self.unit)
    }

    /// The other way round, rounded.
    pub(crate) fn number(&self, value: f64) -> u64 {
        let value = match self.unit {
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

    /// Makes `child` a callee.
    pub(crate) fn adopt(&self, child: &Self) -> Result<(), AdoptError> {
        let mut child = child.clone();
        if !Arc::ptr_eq(&self.store, &child.store) {
            if !child.store.by_hand {
                return Err(AdoptError::IsThread);
            }
            self.store.absorb(&child.store);
            child = child.now();
        }
        self.store
            .change(|forest| forest.adopt(self.twig, child.twig))
    }
}

impl Store {
    /// Takes over everything that another store has, whose objects show it here from now on.
    fn absorb(self: &Arc<Self>, other: &Arc<Self>) {
        let (forest, set) = {
            let mut other = other.state.write();
            let forest = other.forest.take().unwrap_or_default();
            (forest, std::mem::take(&mut other.set_on_methods))
        };
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

    /// Numbers that were set by hand.
    pub(crate) fn numbers_set(&self) -> Option<Numbers> {
        let state = self.store.state.read();
        if state.set_on_methods.is_empty() {
            return None;
        }
        let key = (self.root(&state), self.method);
        state.set_on_methods.get(&key).copied()
    }

    /// Sets the numbers, whatever the call trees say.
    pub(crate) fn set_numbers(&self, numbers: Numbers) {
        let mut state = self.store.state.write();
        let key = (self.root(&state), self.method);
        state.set_on_methods.insert(key, numbers);
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
