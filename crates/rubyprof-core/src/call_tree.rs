//! The call tree while it grows: an arena of call paths with a flat lookup of callees.

use crate::hash::mix;
use crate::layout::Draft;
use crate::method::{MethodId, MethodKey};
use crate::profile::NO_PARENT;

/// Index of a [`Draft`] in the arena.
pub(crate) type DraftId = u32;

/// All fibers' trees in one arena.
///
/// A node is the pair (parent, method). Finding a callee costs the same whether its caller has one
/// callee or a thousand: first a direct-mapped cache from (parent, owner, called name), which
/// answers repeated calls in one probe and without knowing the method's id, then an
/// open-addressing index over all nodes. Neither depends on what was called last.
#[derive(Debug)]
pub(crate) struct CallTree {
    drafts: Vec<Draft>,
    index: ChildIndex,
    cache: Box<[CacheEntry; CACHE_SIZE]>,
}

/// 4,096 entries of 24 bytes: the paths a program is busy with fit (a Rails request touches some
/// hundreds), and the part in use stays in the second-level cache.
const CACHE_SIZE: usize = 4096;
const CACHE_SHIFT: u32 = 64 - CACHE_SIZE.trailing_zeros();

#[derive(Clone, Copy, Debug)]
struct CacheEntry {
    key: MethodKey,
    parent: DraftId,
    node: DraftId,
}

const EMPTY: CacheEntry = CacheEntry {
    key: MethodKey {
        owner: 0,
        called: 0,
    },
    parent: NO_PARENT,
    node: 0,
};

impl CallTree {
    pub(crate) fn new() -> Self {
        Self {
            drafts: Vec::new(),
            index: ChildIndex::default(),
            cache: Box::new([EMPTY; CACHE_SIZE]),
        }
    }

    /// All drafts.
    pub(crate) fn drafts(&self) -> &[Draft] {
        &self.drafts
    }

    /// The drafts, at the end of the recording.
    pub(crate) fn into_drafts(self) -> Vec<Draft> {
        self.drafts
    }

    /// The draft at the place of a [`Frame`](crate::fiber::Frame), if that is a call's.
    #[inline(always)]
    pub(crate) fn called_at(&mut self, place: u64) -> Option<&mut Draft> {
        self.drafts.get_mut(usize::try_from(place).ok()?)
    }

    #[inline(always)]
    pub(crate) fn get_mut(&mut self, node: DraftId) -> Option<&mut Draft> {
        self.drafts.get_mut(node as usize)
    }

    pub(crate) fn method(&self, node: DraftId) -> MethodId {
        self.drafts[node as usize].method
    }

    pub(crate) fn parent(&self, node: DraftId) -> DraftId {
        self.drafts[node as usize].parent
    }

    pub(crate) fn add_call(&mut self, node: DraftId) {
        self.drafts[node as usize].called += 1;
    }

    pub(crate) fn add_object(&mut self, node: DraftId) {
        let draft = &mut self.drafts[node as usize];
        draft.objects = draft.objects.saturating_add(1);
    }

    pub(crate) fn add_total(&mut self, node: DraftId, elapsed: u64) {
        self.drafts[node as usize].total += elapsed;
    }

    /// The callee `key` of `parent`, if the cache knows it. `tag` is the call's, another number that tells callees apart.
    #[inline(always)]
    pub(crate) fn cached_child(
        &self,
        parent: DraftId,
        key: MethodKey,
        tag: u64,
    ) -> Option<DraftId> {
        let entry = &self.cache[slot(parent, key, tag)];
        (entry.parent == parent && entry.key == key).then_some(entry.node)
    }

    /// Makes [`cached_child`](Self::cached_child) answer to the same question. `key` must name the same method for as
    /// long as the tree lives.
    pub(crate) fn cache_child(&mut self, parent: DraftId, key: MethodKey, tag: u64, node: DraftId) {
        self.cache[slot(parent, key, tag)] = CacheEntry { key, parent, node };
    }

    /// A node without a parent.
    pub(crate) fn add_root(&mut self, method: MethodId, site: u32) -> DraftId {
        let node = self.drafts.len() as DraftId;
        self.drafts.push(Draft {
            called: 0,
            total: 0,
            parent: NO_PARENT,
            method,
            site,
            objects: 0,
        });
        node
    }

    /// The callee `method` of `parent`; `None` if it was never called from there.
    pub(crate) fn child(&self, parent: DraftId, method: MethodId) -> Option<DraftId> {
        self.index.find(&self.drafts, parent, method)
    }

    /// Adds a callee. `None` when the arena is full: indexes have 32 bits.
    pub(crate) fn add_child(
        &mut self,
        parent: DraftId,
        method: MethodId,
        site: u32,
    ) -> Option<DraftId> {
        if self.drafts.len() >= NO_PARENT as usize {
            return None;
        }
        let node = self.add_root(method, site);
        self.drafts[node as usize].parent = parent;
        self.index.insert(&self.drafts, node);
        Some(node)
    }
}

/// Fibonacci hashing: the top bits of a product with the golden ratio. The tag has been worked out already, of the class's address and
/// the method's first name; the called name tells aliases apart.
#[inline(always)]
fn slot(parent: DraftId, key: MethodKey, tag: u64) -> usize {
    let callee = tag ^ key.called;
    let word = callee.wrapping_add(u64::from(parent).wrapping_mul(PARENT_FACTOR));
    (word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> CACHE_SHIFT) as usize
}

/// An immediate operand. Its product with the golden ratio spreads consecutive parents nearly as evenly as that does: recursion to a
/// depth of 3,000 has a slot for each of its calls. Found by trying 1,500 random numbers; callees at random meet as often as chance has it.
const PARENT_FACTOR: u64 = 0x2bde_bc01;

/// Open addressing with linear probing over node indexes; the keys are read from the arena, so an
/// entry is 4 bytes. At most 7/10 full, doubled when fuller: 6 to 12 bytes a node.
#[derive(Debug, Default)]
struct ChildIndex {
    slots: Vec<DraftId>,
    used: usize,
}

const VACANT: DraftId = u32::MAX;

impl ChildIndex {
    fn find(&self, drafts: &[Draft], parent: DraftId, method: MethodId) -> Option<DraftId> {
        if self.slots.is_empty() {
            return None;
        }
        let mask = self.slots.len() - 1;
        let mut position = start(parent, method) & mask;
        loop {
            let node = self.slots[position];
            if node == VACANT {
                return None;
            }
            let draft = &drafts[node as usize];
            if draft.parent == parent && draft.method == method {
                return Some(node);
            }
            position = (position + 1) & mask;
        }
    }

    /// Adds a node that is in `drafts` and not yet here.
    fn insert(&mut self, drafts: &[Draft], node: DraftId) {
        if (self.used + 1) * 10 > self.slots.len() * 7 {
            self.grow(drafts);
        }
        self.place(drafts, node);
        self.used += 1;
    }

    fn grow(&mut self, drafts: &[Draft]) {
        let larger = vec![VACANT; (self.slots.len() * 2).max(1024)];
        let old = std::mem::replace(&mut self.slots, larger);
        for node in old.into_iter().filter(|node| *node != VACANT) {
            self.place(drafts, node);
        }
    }

    fn place(&mut self, drafts: &[Draft], node: DraftId) {
        let draft = &drafts[node as usize];
        let mask = self.slots.len() - 1;
        let mut position = start(draft.parent, draft.method) & mask;
        while self.slots[position] != VACANT {
            position = (position + 1) & mask;
        }
        self.slots[position] = node;
    }
}

fn start(parent: DraftId, method: MethodId) -> usize {
    mix(u64::from(parent) << 32 | u64::from(method.0)) as usize
}
