//! Call trees that are made or changed by hand.

use std::collections::HashMap;

use crate::allocation::Allocation;
use crate::hash::BuildMix;
use crate::measure::MeasureMode;
use crate::method::{Method, MethodId, OwnerKind};
use crate::profile::{NO_PARENT, Node, NodeId, Profile, Thread};
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
            ..Profile::default()
        };
        Self {
            settings,
            ..Self::default()
        }
    }

    /// The trees of a profile. A node's twig has the same number as the node.
    pub fn of_profile(profile: &Profile) -> Self {
        let mut forest = Self::new(profile.measure_mode);
        forest.settings = Profile {
            track_allocations: profile.track_allocations,
            c_calls: profile.c_calls,
            clock: profile.clock.clone(),
            ..forest.settings
        };
        forest.methods = (0..profile.methods.len())
            .map(|index| forest.renamed(profile, index))
            .collect();
        for (index, method) in forest.methods.iter().enumerate() {
            let id = MethodId(index as u32);
            forest.by_name.entry(name_key(method)).or_insert(id);
        }
        let mut waits = profile.waits.iter().peekable();
        for index in 0..profile.nodes.len() {
            let id = NodeId(index as u32);
            let node = profile.node(id);
            let wait = waits.next_if(|(waiting, _)| *waiting == id);
            let wait = wait.map_or(0, |(_, wait)| *wait);
            let call_site = forest.relocated(profile, profile.call_site(id));
            let numbers = Numbers {
                called: node.called,
                total: node.total,
                own: node.own.saturating_sub(wait),
                wait,
            };
            let twig = forest.push(node.method, numbers, call_site);
            if let Some(parent) = profile.parent(id) {
                forest.link(TwigId(parent.0), twig);
            }
        }
        forest.threads = profile
            .threads
            .iter()
            .map(|thread| (thread.clone(), TwigId(thread.root.0)))
            .collect();
        for allocation in &profile.allocations {
            let location = forest.relocated(profile, allocation.location);
            forest.allocations.push(Allocation {
                location,
                ..allocation.clone()
            });
        }
        forest
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
            for number in [&mut numbers.total, &mut numbers.own, &mut numbers.wait] {
                *number = change(*number);
            }
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
        };
        match self.threads.iter_mut().find(|(_, known)| *known == root) {
            Some((known, _)) => *known = thread,
            None => self.threads.push((thread, root)),
        }
    }

    /// Takes over all trees, threads and allocations of another forest. Returns what to add to the
    /// numbers of its twigs, and its methods' ids here.
    pub fn absorb(&mut self, other: &Self) -> (u32, Vec<MethodId>) {
        let offset = self.twigs.len() as u32;
        let moved = |id: TwigId| TwigId(id.0 + offset);
        let methods: Vec<MethodId> = other
            .methods
            .iter()
            .map(|method| {
                let file = method
                    .file
                    .map(|file| self.sources.file(other.file_name(file).as_bytes()));
                self.method(Method {
                    file,
                    ..method.clone()
                })
            })
            .collect();
        for twig in &other.twigs {
            let file = twig.call_site.file.map(|file| other.file_name(file));
            let call_site = Location {
                file: file.map(|name| self.sources.file(name.as_bytes())),
                line: twig.call_site.line,
            };
            self.twigs.push(Twig {
                method: methods[twig.method.index()],
                numbers: twig.numbers,
                call_site,
                parent: twig.parent.map(moved),
                children: twig.children.iter().copied().map(moved).collect(),
            });
        }
        for (index, twig) in self.twigs.iter().enumerate().skip(offset as usize) {
            if let Some(parent) = twig.parent {
                let key = (parent, twig.method.0);
                self.by_method.insert(key, TwigId(index as u32));
            }
        }
        let first_thread = self.threads.len() as u32;
        for (thread, root) in &other.threads {
            self.threads.push((thread.clone(), moved(*root)));
        }
        for allocation in &other.allocations {
            let file = allocation.location.file.map(|file| other.file_name(file));
            self.allocations.push(Allocation {
                thread: allocation.thread + first_thread,
                method: methods[allocation.method.index()],
                location: Location {
                    file: file.map(|name| self.sources.file(name.as_bytes())),
                    line: allocation.location.line,
                },
                ..allocation.clone()
            });
        }
        (offset, methods)
    }

    /// Adds a thread's tree and allocations to the tree of `root`, path by path. Their root methods
    /// are taken to be the same.
    pub fn add_tree(&mut self, root: TwigId, part: &Profile, thread: usize) {
        let methods: Vec<MethodId> = (0..part.methods.len())
            .map(|index| {
                let method = self.renamed(part, index);
                self.method(method)
            })
            .collect();
        let part_root = part.threads[thread].root;
        let mut placed: Vec<TwigId> = Vec::new();
        for id in part.subtree(part_root) {
            let node = part.node(id);
            let method = methods[node.method.index()];
            let twig = match part.parent(id) {
                None => root,
                Some(parent) => {
                    let parent = placed[(parent.0 - part_root.0) as usize];
                    self.child(parent, method).unwrap_or_else(|| {
                        let call_site = self.relocated(part, part.call_site(id));
                        let twig = self.push(method, Numbers::default(), call_site);
                        self.link(parent, twig);
                        twig
                    })
                }
            };
            self.numbers_mut(twig).add(&Numbers {
                called: node.called,
                total: node.total,
                own: part.self_value(id),
                wait: part.wait(id),
            });
            placed.push(twig);
        }
        let Some(into) = self.threads.iter().position(|(_, known)| *known == root) else {
            return;
        };
        for allocation in part.allocations_of_thread(thread as u32) {
            let mut moved = allocation.clone();
            moved.thread = into as u32;
            moved.method = methods[allocation.method.index()];
            moved.location = self.relocated(part, allocation.location);
            let known = self.allocations.iter_mut().find(|known| {
                (known.thread, known.method, known.location)
                    == (moved.thread, moved.method, moved.location)
                    && (known.owner_kind, &known.class_name)
                        == (moved.owner_kind, &moved.class_name)
            });
            match known {
                Some(known) => {
                    known.count += moved.count;
                    known.bytes += moved.bytes;
                }
                None => self.allocations.push(moved),
            }
        }
        self.settings.track_allocations |= part.track_allocations;
    }

    /// All trees as a profile, and each twig's node. The trees of threads come first, in their
    /// order; each other tree is a thread without ids.
    pub fn to_profile(&self) -> (Profile, Vec<NodeId>) {
        let mut placed = vec![NodeId(0); self.twigs.len()];
        let mut profile = Profile {
            methods: self.methods.clone(),
            ..self.settings.clone()
        };
        let mut sources = self.sources.clone();
        let mut roots: Vec<(Thread, TwigId)> = self.threads.clone();
        let mut is_thread = vec![false; self.twigs.len()];
        for (_, root) in &self.threads {
            is_thread[root.index()] = true;
        }
        for (index, twig) in self.twigs.iter().enumerate() {
            if twig.parent.is_none() && !is_thread[index] {
                let nobody = Thread {
                    id: 0,
                    fiber_id: 0,
                    root: NodeId(0),
                };
                roots.push((nobody, TwigId(index as u32)));
            }
        }
        for (mut thread, root) in roots {
            thread.root = NodeId(profile.nodes.len() as u32);
            profile.threads.push(thread);
            self.lay_out(root, &mut profile, &mut sources, &mut placed);
        }
        profile.files = sources.files;
        profile.sites = sources.sites;
        profile.allocations = self.allocations.clone();
        profile
            .allocations
            .sort_by_key(|allocation| (allocation.thread, allocation.method));
        (profile, placed)
    }

    fn lay_out(
        &self,
        root: TwigId,
        profile: &mut Profile,
        sources: &mut Sources,
        placed: &mut [NodeId],
    ) {
        // What is to be placed next, the last first, below which node.
        let mut ahead = vec![(root, NO_PARENT)];
        let mut open: Vec<u32> = Vec::new();
        while let Some((id, parent)) = ahead.pop() {
            let position = profile.nodes.len() as u32;
            while let Some(done) = open.pop_if(|node| *node != parent) {
                profile.nodes[done as usize].end = position;
            }
            let twig = self.twig(id);
            let numbers = &twig.numbers;
            placed[id.index()] = NodeId(position);
            if numbers.wait > 0 {
                profile.waits.push((NodeId(position), numbers.wait));
            }
            profile.nodes.push(Node {
                called: numbers.called,
                total: numbers.total,
                own: numbers.own.saturating_add(numbers.wait),
                parent,
                end: position + 1,
                method: twig.method,
                site: sources.site(twig.call_site),
            });
            open.push(position);
            ahead.extend(twig.children.iter().rev().map(|child| (*child, position)));
        }
        let end = profile.nodes.len() as u32;
        for node in open {
            profile.nodes[node as usize].end = end;
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
