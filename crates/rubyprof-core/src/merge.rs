//! Profiles as one, and the trees of a profile as one.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use crate::method::MethodId;
use crate::overhead::{aligned, joined_costs};
use crate::profile::{Profile, Thread};
use crate::weave::{DraftIndex, Identity, Onto, Weaver};

/// Which trees become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MergeBy {
    /// Trees with the same root method. Code outside any method is no method: of trees that begin
    /// there the one of the fiber that started the profile stays apart from the others.
    #[default]
    Root,
    /// Trees of the same thread.
    Thread,
    /// All.
    All,
}

/// Profiles that cannot be added up: they measure different things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferentModes {
    /// What the first profile measures.
    pub first: crate::MeasureMode,
    /// What another one does.
    pub other: crate::MeasureMode,
}

/// A profile that is made of others says of overhead what they say: if one of them is compensated, so is the whole
/// (the others' overhead is taken off on the way; it is kept, so the whole can be uncompensated), and [`Profile::costs`] are
/// means by calls with the largest spread. Instructions that the VM inlines count as counted if they are in all.
impl Profile {
    /// This profile with a later run of the same process added.
    ///
    /// Methods are the same when their keys are. Trees of the same fiber with the same root method
    /// become one tree: calls along the same path add up. Other trees stand side by side.
    pub fn followed_by(&self, later: &Profile) -> Profile {
        let mut weaver = Weaver::new(Identity::Key);
        let mut known: HashMap<(u64, u64, MethodId), usize> = HashMap::new();
        let parts = [self, later];
        for part in &aligned(&parts) {
            let methods = weaver.methods_of(part);
            for (index, thread) in part.threads.iter().enumerate() {
                let root = methods[part.node(thread.root).method.index()];
                let into = *known
                    .entry((thread.id, thread.fiber_id, root))
                    .or_insert_with(|| weaver.thread(thread.clone(), root).0);
                let onto = Onto::Root(weaver.root(into));
                weaver.tree(part, &methods, index, into, onto, |_| false);
            }
        }
        let mut whole = weaver.finish(later);
        whole.say_of_overhead(&parts);
        whole
    }

    /// This profile with the trees that `by` names made one. Nothing is lost: numbers and
    /// allocations of calls along the same path add up.
    ///
    /// Trees with different roots become one below a root outside any method, whose total is theirs.
    pub fn merged(&self, by: MergeBy) -> Profile {
        let mut whole = join(&[Cow::Borrowed(self)], by).finish(self);
        whole.drop_unused_methods();
        whole
    }

    /// Profiles of several processes as one, their trees merged by `by`.
    ///
    /// Methods are the same when their names and places of definition are. Thread and fiber ids are of
    /// the process that has the first of the trees that became one.
    ///
    /// # Errors
    ///
    /// [`DifferentModes`] if they do not all measure the same. No profile gives an empty one.
    pub fn together(parts: &[&Profile], by: MergeBy) -> Result<Profile, DifferentModes> {
        let Some(first) = parts.first() else {
            return Ok(Profile::default());
        };
        if let Some(other) = parts
            .iter()
            .find(|part| part.measure_mode != first.measure_mode)
        {
            return Err(DifferentModes {
                first: first.measure_mode,
                other: other.measure_mode,
            });
        }
        let mut whole = join(&aligned(parts), by).finish(first);
        whole.say_of_overhead(parts);
        whole.drop_unused_methods();
        whole.track_allocations = parts.iter().any(|part| part.track_allocations);
        whole.c_calls = parts.iter().all(|part| part.c_calls);
        Ok(whole)
    }

    /// The given trees side by side: of each profile the thread with that index. Methods are the
    /// same when their names and places of definition are. The rest is as in `settings`.
    pub fn composed(settings: &Profile, trees: &[(&Profile, usize)]) -> Profile {
        let mut weaver = Weaver::new(Identity::Name);
        let mut positions: HashMap<*const Profile, usize> = HashMap::new();
        let mut parts: Vec<&Profile> = Vec::new();
        for (part, _) in trees {
            positions
                .entry(std::ptr::from_ref(*part))
                .or_insert_with(|| {
                    parts.push(part);
                    parts.len() - 1
                });
        }
        let aligned = aligned(&parts);
        let numbered: Vec<Vec<MethodId>> = parts.iter().map(|p| weaver.methods_of(p)).collect();
        for (part, index) in trees {
            let position = positions[&std::ptr::from_ref(*part)];
            let (part, methods) = (&aligned[position], &numbered[position]);
            let thread = &part.threads[*index];
            let root = methods[part.node(thread.root).method.index()];
            let (into, root) = weaver.thread(thread.clone(), root);
            weaver.tree(part, methods, *index, into, Onto::Root(root), |_| false);
        }
        let mut whole = weaver.finish(settings);
        whole.track_allocations |= !whole.allocations.is_empty();
        if !parts.is_empty() {
            whole.say_of_overhead(&parts);
        }
        whole
    }

    /// This profile as if calls of the methods for which `hidden` is true had never been told from
    /// their callers: their self time is their caller's, their callees are their caller's callees.
    ///
    /// So is their overhead. Totals of the methods that stay are what they were. The root of a tree stays in any case.
    /// Allocations in a hidden method are the caller's of its first call path.
    pub fn without(&self, hidden: impl Fn(MethodId) -> bool) -> Profile {
        let mut weaver = Weaver::new(Identity::Name);
        let methods = weaver.methods_of(self);
        for (index, thread) in self.threads.iter().enumerate() {
            let root = methods[self.node(thread.root).method.index()];
            let (into, root) = weaver.thread(thread.clone(), root);
            let hidden = |id| hidden(self.node(id).method);
            weaver.tree(self, &methods, index, into, Onto::Root(root), hidden);
        }
        let mut rest = weaver.finish(self);
        rest.drop_unused_methods();
        rest
    }
}

impl Profile {
    /// This profile with the garbage collector as a method of its own, `<Module::GC>#[collector]`, called wherever it set to work. Its time is no longer
    /// part of self times; totals are what they were.
    pub fn with_gc_nodes(&self) -> Profile {
        let mut weaver = Weaver::new(Identity::Name);
        let methods = weaver.methods_of(self);
        let collector = weaver.collector();
        for (index, thread) in self.threads.iter().enumerate() {
            let root = methods[self.node(thread.root).method.index()];
            let (into, root) = weaver.thread(thread.clone(), root);
            let placed = weaver.tree(self, &methods, index, into, Onto::Root(root), |_| false);
            let drafts: BTreeSet<DraftIndex> = placed.into_iter().collect();
            for draft in drafts {
                weaver.split_gc(draft, collector);
            }
        }
        let mut split = weaver.finish(self);
        split.drop_unused_methods();
        split
    }
}

/// What a tree shares with those that it becomes one with.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Group {
    Root { method: MethodId, starter: bool },
    Thread { part: usize, id: u64 },
    All,
}

fn join(parts: &[Cow<'_, Profile>], by: MergeBy) -> Weaver {
    let mut weaver = Weaver::new(Identity::Name);
    let top_level = weaver.top_level();
    let mut members: Vec<Member<'_>> = Vec::new();
    let numbered: Vec<Vec<MethodId>> = parts.iter().map(|part| weaver.methods_of(part)).collect();
    for (part_index, part) in parts.iter().enumerate() {
        for (index, thread) in part.threads.iter().enumerate() {
            let root = numbered[part_index][part.node(thread.root).method.index()];
            members.push(Member {
                part: part_index,
                index,
                thread,
                root,
                group: match by {
                    MergeBy::Root => Group::Root {
                        method: root,
                        starter: root == top_level && index == 0,
                    },
                    MergeBy::Thread => Group::Thread {
                        part: part_index,
                        id: thread.id,
                    },
                    MergeBy::All => Group::All,
                },
            });
        }
    }
    // The root that all trees of a group have; none where they differ.
    let mut shared: HashMap<Group, Option<MethodId>> = HashMap::new();
    for member in &members {
        let root = shared.entry(member.group).or_insert(Some(member.root));
        *root = root.filter(|root| *root == member.root);
    }
    let mut threads: HashMap<Group, usize> = HashMap::new();
    for member in members {
        let shared_root = shared.get(&member.group).copied().flatten();
        let into = *threads.entry(member.group).or_insert_with(|| {
            let root = shared_root.unwrap_or(top_level);
            weaver.thread(member.thread.clone(), root).0
        });
        let root = weaver.root(into);
        let part = &parts[member.part];
        let own_root = shared_root.unwrap_or(top_level) == member.root;
        let onto = if own_root {
            Onto::Root(root)
        } else {
            weaver.add_calls(root, 0, part.node(member.thread.root).total);
            Onto::Caller(root)
        };
        let methods = &numbered[member.part];
        weaver.tree(part, methods, member.index, into, onto, |_| false);
    }
    weaver
}

/// A tree to be joined with others.
struct Member<'a> {
    part: usize,
    index: usize,
    thread: &'a Thread,
    root: MethodId,
    group: Group,
}

impl Profile {
    /// Says of overhead what `parts` say, of which this is made.
    fn say_of_overhead(&mut self, parts: &[&Profile]) {
        self.compensated = parts.iter().any(|part| part.compensated);
        self.operators = parts.iter().all(|part| part.operators);
        self.costs = joined_costs(parts);
    }

    pub(crate) fn drop_unused_methods(&mut self) {
        let mut used = vec![false; self.methods.len()];
        for node in &self.nodes {
            used[node.method.index()] = true;
        }
        for allocation in &self.allocations {
            used[allocation.method.index()] = true;
        }
        let mut next = 0;
        let numbers: Vec<MethodId> = used
            .iter()
            .map(|used| {
                let number = MethodId(next);
                next += u32::from(*used);
                number
            })
            .collect();
        let mut index = 0;
        self.methods.retain(|_| {
            index += 1;
            used[index - 1]
        });
        for node in &mut self.nodes {
            node.method = numbers[node.method.index()];
        }
        for allocation in &mut self.allocations {
            allocation.method = numbers[allocation.method.index()];
        }
    }
}
