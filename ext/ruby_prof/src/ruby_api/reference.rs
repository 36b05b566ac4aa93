//! How Ruby's objects name parts of a store.

use std::sync::Arc;

use rubyprof_core::{AdoptError, FileId, Location, Method, MethodId, Numbers, TwigId};

use super::store::{NumbersSet, State, Store};

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
                        gc: view.profile.gc(id),
                        collections: view.profile.collections(id),
                        overhead: node.overhead,
                        stopped: view.profile.stopped(id),
                        partial: view.profile.partial(id),
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
        let named = |location: Location, name: &dyn Fn(FileId) -> String| {
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
        if here.is_by_hand() && here.len() < there.len() {
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
        let exists = self.store.read(
            |view| {
                let profile = &view.profile;
                let mut callees = profile.children(view.node_of(self.twig));
                callees.any(|callee| {
                    let known = profile.method(profile.node(callee).method);
                    known.full_name() == method.full_name()
                        && known.line == method.line
                        && known.file.map(|file| profile.file(file)) == file.as_deref()
                })
            },
            |forest| {
                let same = forest.child_like(self.twig, &method, file.as_deref());
                same.is_some()
            },
        );
        if exists {
            return Err(AdoptError::Exists);
        }
        Ok(())
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
