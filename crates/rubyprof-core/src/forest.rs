//! Call trees that are made or changed by hand.

mod align;
mod convert;
mod join;

use std::collections::HashMap;

use crate::allocation::Allocation;
use crate::hash::BuildMix;
use crate::latency::LatencyCounts;
use crate::ledger::Stopped;
use crate::measure::MeasureMode;
use crate::method::{Method, MethodId, OwnerKind};
use crate::partial::Partial;
use crate::profile::{NodeId, Profile, Thread};
use crate::source::{FileId, Location, Sources};

/// A call path of a [`Forest`]. Stays what it is whatever becomes of the forest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TwigId(pub u32);

impl TwigId {
    /// The id as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The numbers of a call path, in the profile's unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Calls.
    pub called: u64,
    /// Between calls and returns.
    pub total: u64,
    /// In the method itself, without waiting.
    pub own: u64,
    /// Waiting in the method itself.
    pub wait: u64,
    /// The part of self in which garbage was collected.
    pub gc: u64,
    /// How often the garbage collector set to work.
    pub collections: u64,
    /// For how long it had stopped: part of self and waiting.
    pub stopped: Stopped,
    /// The profiler's part of self, which is in it or was taken off it.
    pub overhead: u64,
    /// Calls that were not recorded in full.
    pub partial: Partial,
}

impl Numbers {
    /// In callees: what total has beyond self and wait.
    pub fn children(&self) -> u64 {
        self.total
            .saturating_sub(self.own)
            .saturating_sub(self.wait)
    }

    /// Adds up.
    pub fn add(&mut self, other: &Self) {
        self.called = self.called.saturating_add(other.called);
        self.total = self.total.saturating_add(other.total);
        self.own = self.own.saturating_add(other.own);
        self.wait = self.wait.saturating_add(other.wait);
        self.gc = self.gc.saturating_add(other.gc);
        self.collections = self.collections.saturating_add(other.collections);
        self.stopped.add(other.stopped);
        self.overhead = self.overhead.saturating_add(other.overhead);
        self.partial.add(other.partial);
    }
}

/// A call path made by hand: its numbers are what somebody says they are.
#[derive(Clone, Debug)]
pub struct Twig {
    /// The method called.
    pub method: MethodId,
    /// Its numbers.
    pub numbers: Numbers,
    /// Where the caller was at the first call.
    pub call_site: Location,
    /// The caller's path; `None` at a root.
    pub parent: Option<TwigId>,
    children: Vec<TwigId>,
}

/// Why a tree cannot become another's callee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdoptError {
    /// The caller has a callee of this method already.
    Exists,
    /// It has a caller already.
    HasParent,
    /// It is the caller itself, or the root of the caller's tree.
    OwnAncestor,
    /// It is the tree of a thread.
    IsThread,
}

/// Call trees that can grow anywhere, and become a [`Profile`] when asked.
#[derive(Clone, Debug, Default)]
pub struct Forest {
    settings: Profile,
    methods: Vec<Method>,
    sources: Sources,
    twigs: Vec<Twig>,
    /// A tree for each thread, in order.
    threads: Vec<(Thread, TwigId)>,
    allocations: Vec<Allocation>,
    /// How long single calls took, where that is known: nobody says that by hand.
    latencies: HashMap<TwigId, LatencyCounts, BuildMix>,
    by_method: HashMap<(TwigId, u32), TwigId, BuildMix>,
    /// Methods by names and place; of several alike the first.
    by_name: HashMap<NameKey, MethodId>,
}

/// What makes two methods one here.
type NameKey = (OwnerKind, String, Option<String>, Option<FileId>, u32);

impl Forest {
    /// No trees.
    pub fn new(measure_mode: MeasureMode) -> Self {
        let settings = Profile {
            measure_mode,
            c_calls: true,
            operators: true,
            ..Profile::default()
        };
        Self {
            settings,
            ..Self::default()
        }
    }

    /// The id of a source file; the same name gives the same id.
    pub fn file(&mut self, name: &str) -> FileId {
        self.sources.file(name.as_bytes())
    }

    /// The name of a source file.
    pub fn file_name(&self, file: FileId) -> &str {
        &self.sources.files[file.index()]
    }

    /// What a method's id stands for.
    pub fn method_of(&self, id: MethodId) -> &Method {
        &self.methods[id.index()]
    }

    /// A method; one with the same names and place of definition is the same.
    pub fn method(&mut self, method: Method) -> MethodId {
        let key = name_key(&method);
        let methods = &mut self.methods;
        *self.by_name.entry(key).or_insert_with(|| {
            methods.push(method);
            MethodId(methods.len() as u32 - 1)
        })
    }

    /// A new tree: a root that was not called.
    pub fn tree(&mut self, method: MethodId) -> TwigId {
        self.push(method, Numbers::default(), Location::default())
    }

    /// A call path.
    pub fn twig(&self, id: TwigId) -> &Twig {
        &self.twigs[id.index()]
    }

    /// A path's callees, in the order in which they were added.
    pub fn children(&self, id: TwigId) -> &[TwigId] {
        &self.twigs[id.index()].children
    }

    /// A path's numbers, to be changed.
    pub fn numbers_mut(&mut self, id: TwigId) -> &mut Numbers {
        &mut self.twigs[id.index()].numbers
    }

    /// The root of a path's tree.
    pub fn root(&self, id: TwigId) -> TwigId {
        let above = std::iter::successors(Some(id), |id| self.twig(*id).parent);
        above.last().unwrap_or(id)
    }

    /// How many call paths there are.
    pub fn len(&self) -> usize {
        self.twigs.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.twigs.is_empty()
    }

    /// Whether a path is the root of a thread's tree.
    pub fn is_thread(&self, id: TwigId) -> bool {
        self.threads.iter().any(|(_, root)| *root == id)
    }

    /// A path's callee with the same names and place of definition as `method`, which is another
    /// forest's with its file there.
    pub fn child_like(&self, id: TwigId, method: &Method, file: Option<&str>) -> Option<TwigId> {
        let file = match file {
            None => None,
            Some(name) => Some(self.sources.find(name)?),
        };
        let method = Method {
            file,
            ..method.clone()
        };
        self.child(id, *self.by_name.get(&name_key(&method))?)
    }

    /// Changes every number, to another unit for instance.
    pub fn change_numbers(&mut self, change: impl Fn(u64) -> u64) {
        for twig in &mut self.twigs {
            let numbers = &mut twig.numbers;
            for number in [
                &mut numbers.total,
                &mut numbers.own,
                &mut numbers.wait,
                &mut numbers.gc,
                &mut numbers.overhead,
            ] {
                *number = change(*number);
            }
            numbers.stopped = numbers.stopped.map(&change);
        }
        for latency in self.latencies.values_mut() {
            *latency = latency.with_numbers(&change);
        }
        for (thread, _) in &mut self.threads {
            thread.unexplained = change(thread.unexplained);
            thread.cpu = thread.cpu.map(&change);
        }
    }

    /// Makes the tree `child` a callee of `parent`.
    ///
    /// # Errors
    ///
    /// [`AdoptError`] says why not; nothing is changed then.
    pub fn adopt(&mut self, parent: TwigId, child: TwigId) -> Result<(), AdoptError> {
        if self.twig(child).parent.is_some() {
            return Err(AdoptError::HasParent);
        }
        // A path without callees is nobody's ancestor, and the climb would make long chains slow to build.
        if parent == child || (!self.children(child).is_empty() && self.root(parent) == child) {
            return Err(AdoptError::OwnAncestor);
        }
        if self.is_thread(child) {
            return Err(AdoptError::IsThread);
        }
        if self.child(parent, self.twig(child).method).is_some() {
            return Err(AdoptError::Exists);
        }
        self.link(parent, child);
        Ok(())
    }

    /// Says that a tree is a thread's. A root that has a thread already gets the new ids.
    pub fn thread(&mut self, root: TwigId, id: u64, fiber_id: u64) {
        let thread = Thread {
            id,
            fiber_id,
            root: NodeId(root.0),
            unexplained: 0,
            cpu: None,
        };
        match self.threads.iter_mut().find(|(_, known)| *known == root) {
            Some((known, _)) => {
                *known = Thread {
                    unexplained: known.unexplained,
                    cpu: known.cpu,
                    ..thread
                }
            }
            None => self.threads.push((thread, root)),
        }
    }

    fn child(&self, parent: TwigId, method: MethodId) -> Option<TwigId> {
        self.by_method.get(&(parent, method.0)).copied()
    }

    fn push(&mut self, method: MethodId, numbers: Numbers, call_site: Location) -> TwigId {
        self.twigs.push(Twig {
            method,
            numbers,
            call_site,
            parent: None,
            children: Vec::new(),
        });
        TwigId(self.twigs.len() as u32 - 1)
    }

    fn link(&mut self, parent: TwigId, child: TwigId) {
        let method = self.twig(child).method;
        self.twigs[child.index()].parent = Some(parent);
        self.twigs[parent.index()].children.push(child);
        self.by_method.insert((parent, method.0), child);
    }

    fn renamed(&mut self, part: &Profile, index: usize) -> Method {
        let method = &part.methods[index];
        let file = method.file.map(|file| self.file(part.file(file)));
        Method {
            file,
            ..method.clone()
        }
    }

    fn relocated(&mut self, part: &Profile, location: Location) -> Location {
        Location {
            file: location.file.map(|file| self.file(part.file(file))),
            line: location.line,
        }
    }
}

fn name_key(method: &Method) -> NameKey {
    (
        method.owner_kind,
        method.class_name.clone(),
        method.name.clone(),
        method.file,
        method.line,
    )
}
