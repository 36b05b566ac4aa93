//! From an arena in order of creation to a call tree in preorder.

use crate::method::MethodId;
use crate::profile::{NO_PARENT, Node, NodeId};

/// A call path while it can still grow: 32 bytes, no pointers.
///
/// Count and total are not neighbours: to add to both at once the compiler would load and store them as a vector, in six
/// instructions instead of two.
#[derive(Clone, Debug)]
#[repr(C)]
pub(crate) struct Draft {
    pub(crate) called: u64,
    pub(crate) parent: u32,
    pub(crate) method: MethodId,
    pub(crate) total: u64,
    pub(crate) site: u32,
    /// Counted by class and line in the call's own window; at most so many as this has room for.
    pub(crate) objects: u32,
}

const NONE: u32 = u32::MAX;

/// The trees below `roots`, laid out in preorder, and for each draft its node if it was reached.
///
/// A parent's index must be smaller than its children's; callees keep the order of their indexes.
pub(crate) fn preorder(drafts: &[Draft], roots: &[u32]) -> (Vec<Node>, Vec<Option<NodeId>>) {
    let mut first_child = vec![NONE; drafts.len()];
    let mut next_sibling = vec![NONE; drafts.len()];
    for (index, draft) in drafts.iter().enumerate().rev() {
        if let Some(first) = first_child.get_mut(draft.parent as usize) {
            next_sibling[index] = std::mem::replace(first, index as u32);
        }
    }
    let mut nodes: Vec<Node> = Vec::with_capacity(drafts.len());
    let mut placed = vec![None; drafts.len()];
    for &root in roots {
        let mut current = root;
        let mut parent = NO_PARENT;
        loop {
            let draft = &drafts[current as usize];
            let position = nodes.len() as u32;
            placed[current as usize] = Some(NodeId(position));
            nodes.push(Node {
                called: draft.called,
                total: draft.total,
                own: draft.total,
                overhead: 0,
                parent,
                end: position + 1,
                method: draft.method,
                site: draft.site,
            });
            if let Some(caller) = nodes.get_mut(parent as usize) {
                caller.own = caller.own.saturating_sub(draft.total);
            }
            let child = first_child[current as usize];
            if child != NONE {
                current = child;
                parent = position;
                continue;
            }
            // Climb to the nearest ancestor that has another callee.
            let end = nodes.len() as u32;
            let mut open = position;
            while current != root && next_sibling[current as usize] == NONE {
                current = drafts[current as usize].parent;
                open = nodes[open as usize].parent;
                nodes[open as usize].end = end;
            }
            if current == root {
                break;
            }
            current = next_sibling[current as usize];
            parent = nodes[open as usize].parent;
        }
    }
    (nodes, placed)
}
