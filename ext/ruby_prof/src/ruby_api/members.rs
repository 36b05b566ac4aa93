//! The threads of a profile: as recorded, or as put together by hand.

use std::cell::RefCell;
use std::sync::Arc;

use magnus::{
    Error, RArray, Ruby, Value, rb_sys::AsRawValue, rb_sys::FromRawValue, typed_data::Obj,
};
use rb_sys::VALUE;
use rubyprof_core::{MeasureMode, Profile, TwigId};

use super::data::View;
use super::reference::NodeRef;
use super::store::{Store, conversion};
use super::thread::{Thread, Tree};
use crate::errors;

/// What a profile has.
#[derive(Default)]
pub(crate) struct Members {
    /// What was recorded, and how many threads that were.
    recorded: RefCell<Option<(Arc<Store>, usize)>>,
    /// The Thread objects, once somebody has asked for them. From then on they are the profile's
    /// threads.
    listed: RefCell<Option<Vec<VALUE>>>,
}

impl Members {
    /// For the GC.
    pub(crate) fn mark(&self) {
        for thread in self.listed.borrow().iter().flatten() {
            // SAFETY: live objects: they have been marked since they were listed. No GC runs while
            // the list is borrowed to be changed: no Ruby object is made then.
            unsafe { rb_sys::rb_gc_mark(*thread) };
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.recorded.borrow().is_none() && self.listed.borrow().is_none()
    }

    /// What was recorded, whatever was made of it since.
    pub(crate) fn recorded(&self) -> Option<Arc<View>> {
        let recorded = self.recorded.borrow();
        recorded.as_ref().map(|(store, _)| store.view())
    }

    /// Replaces everything.
    pub(crate) fn set(&self, profile: Profile) {
        let threads = profile.threads().len();
        self.recorded
            .replace(Some((Store::recorded(profile), threads)));
        self.listed.replace(None);
    }

    /// The Thread objects, in order.
    pub(crate) fn list(&self, ruby: &Ruby) -> Result<RArray, Error> {
        self.ensure_listed(ruby)?;
        let listed: Vec<VALUE> = self.listed.borrow().clone().unwrap_or_default();
        let threads = ruby.ary_new_capa(listed.len());
        for thread in listed {
            // SAFETY: a live object: the list is marked.
            threads.push(unsafe { Value::from_raw(thread) })?;
        }
        Ok(threads)
    }

    fn ensure_listed(&self, ruby: &Ruby) -> Result<(), Error> {
        if self.listed.borrow().is_some() {
            return Ok(());
        }
        // On the stack, so that the GC sees the objects until the list has them.
        let made = ruby.ary_new();
        let recorded = self.recorded.borrow().clone();
        if let Some((store, threads)) = recorded {
            let view = store.view();
            for thread in view.profile.threads().iter().take(threads) {
                let root = NodeRef {
                    store: Arc::clone(&store),
                    twig: view.twig_of(thread.root),
                };
                made.push(ruby.obj_wrap(Thread::new(root)))?;
            }
        }
        let list = made.into_iter().map(|thread| thread.as_raw()).collect();
        self.listed.replace(Some(list));
        Ok(())
    }

    /// Adds a thread to a profile of `mode`; one of the same fiber is replaced.
    pub(crate) fn add(
        &self,
        ruby: &Ruby,
        thread: Obj<Thread>,
        mode: MeasureMode,
    ) -> Result<(), Error> {
        let store = thread.root(ruby)?.store;
        if !store.is_by_hand() && store.mode != mode {
            let message = format!(
                "this thread has {0} and the profile {1}: make that one with \
                 RubyProf::Profile.new(measure_mode: RubyProf::{2})",
                store.mode.id(),
                mode.id(),
                store.mode.id().to_uppercase()
            );
            return Err(errors::argument(ruby, message));
        }
        self.ensure_listed(ruby)?;
        let fiber_id = Thread::fiber_id(ruby, &thread)?;
        let same = self.position(|other| Ok(Thread::fiber_id(ruby, other)? == fiber_id))?;
        if let Some(listed) = self.listed.borrow_mut().as_mut() {
            match same.and_then(|index| listed.get_mut(index)) {
                Some(place) => *place = thread.as_raw(),
                None => listed.push(thread.as_raw()),
            }
        }
        Ok(())
    }

    /// Removes a thread; one that is not there is no error.
    pub(crate) fn remove(&self, ruby: &Ruby, thread: Obj<Thread>) -> Result<(), Error> {
        self.ensure_listed(ruby)?;
        let root = thread.root(ruby)?;
        let same = self.position(|other| {
            let other = other.root(ruby)?;
            Ok(Arc::ptr_eq(&other.store, &root.store) && other.twig == root.twig)
        })?;
        if let (Some(index), Some(listed)) = (same, self.listed.borrow_mut().as_mut()) {
            listed.remove(index);
        }
        Ok(())
    }

    fn position(
        &self,
        is_same: impl Fn(&Thread) -> Result<bool, Error>,
    ) -> Result<Option<usize>, Error> {
        for (index, thread) in self.listed_objects()?.into_iter().enumerate() {
            if is_same(&thread)? {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    fn listed_objects(&self) -> Result<Vec<Obj<Thread>>, Error> {
        let listed = self.listed.borrow();
        let objects = listed.iter().flatten();
        objects
            // SAFETY: live objects: the list is marked.
            .map(|thread| magnus::TryConvert::try_convert(unsafe { Value::from_raw(*thread) }))
            .collect()
    }

    /// The profile for reports, measured and recorded as `settings` says.
    pub(crate) fn view(&self, ruby: &Ruby, settings: &Profile) -> Result<Arc<View>, Error> {
        let recorded = self.recorded.borrow().clone();
        let roots = if self.listed.borrow().is_some() {
            let objects = self.listed_objects()?;
            objects
                .iter()
                .map(|thread| thread.root(ruby))
                .collect::<Result<Vec<_>, _>>()?
        } else if let Some((store, threads)) = &recorded {
            let view = store.view();
            if view.profile.threads().len() == *threads {
                return Ok(view);
            }
            let threads = view.profile.threads().iter().take(*threads);
            threads
                .map(|thread| NodeRef {
                    store: Arc::clone(store),
                    twig: view.twig_of(thread.root),
                })
                .collect()
        } else {
            Vec::new()
        };
        if let Some((store, _)) = &recorded {
            let view = store.view();
            let own: Vec<TwigId> = view
                .profile
                .threads()
                .iter()
                .map(|thread| view.twig_of(thread.root))
                .collect();
            let same_store = roots.iter().all(|root| Arc::ptr_eq(&root.store, store));
            if same_store && roots.iter().map(|root| root.twig).eq(own) {
                return Ok(view);
            }
        }
        let trees: Vec<Tree> = roots.iter().map(Tree::of).collect();
        let wanted = settings.measure_mode.unit();
        let converted: Vec<Option<Profile>> = trees
            .iter()
            .map(|tree| {
                let change = conversion(tree.root.store.mode.unit(), wanted)?;
                Some(tree.view.profile.clone().with_numbers(change))
            })
            .collect();
        let parts: Vec<(&Profile, usize)> = trees
            .iter()
            .zip(&converted)
            .map(|(tree, converted)| (converted.as_ref().unwrap_or(&tree.view.profile), tree.index))
            .collect();
        Ok(Arc::new(View::new(Profile::composed(settings, &parts))))
    }
}
