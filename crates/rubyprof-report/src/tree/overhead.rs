//! The profiler's part of times, for pages that can show both: times without it and as they were measured.
//!
//! What a path has of it follows from its calls and its callees' and from what they cost, but for a nanosecond here and there and for what
//! its callers took over (core's `overhead/charge.rs`). So a page has the costs, and for each path only by how much it is more: mostly
//! nothing, which compresses well. `assets/tree.js` does the same arithmetic, with the same numbers of 64 bits in the same order.

use rubyprof_core::{EventKind, MethodId, NodeId, Profile};

use super::paths::Paths;

/// Beyond this numbers of 64 bits skip some.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Whether a page tells it: where it was taken off. Where it was not, times are raw as they are.
pub(crate) fn is_told(profile: &Profile) -> bool {
    profile.is_compensated() && profile.nodes().iter().any(|node| node.overhead > 0)
}

/// What calls cost: within the callee and within the caller for each kind, and a new path.
pub(super) fn costs(profile: &Profile) -> [u64; 7] {
    let costs = &profile.costs;
    let [ruby, c, operator] = EventKind::ALL.map(|kind| costs.of(kind));
    [
        ruby.inner,
        ruby.outer,
        c.inner,
        c.outer,
        operator.inner,
        operator.outer,
        costs.new_path,
    ]
}

/// The number of a method's kind among those of [`costs`].
pub(super) fn kind(profile: &Profile, method: MethodId) -> usize {
    let kind = EventKind::of(profile.method(method), profile.operators);
    let place = EventKind::ALL.iter().position(|one| *one == kind);
    place.unwrap_or_default()
}

/// For each path that is in: how much more overhead it has than its calls and those of its callees that are in cost, and how much is in
/// callees that are not in.
pub(super) fn rests(paths: &Paths<'_>) -> Vec<(i128, u64)> {
    let profile = paths.profile;
    let costs = costs(profile).map(|cost| cost as f64);
    let kinds: Vec<usize> = (0..profile.methods().len() as u32)
        .map(|id| kind(profile, MethodId(id)))
        .collect();
    let mut of_callees = vec![0.0_f64; profile.nodes().len()];
    let mut others = vec![0_u64; profile.nodes().len()];
    let shown: Vec<NodeId> = paths.nodes().collect();
    let mut rests = Vec::with_capacity(shown.len());
    // What is not in is its nearest caller's that is.
    for index in (0..profile.nodes().len()).rev() {
        let id = NodeId(index as u32);
        if let Some(parent) = profile.parent(id).filter(|_| !paths.has(id)) {
            let sum = others[index].saturating_add(profile.node(id).overhead);
            others[parent.index()] = others[parent.index()].saturating_add(sum);
        }
    }
    for id in shown.iter().rev() {
        let node = profile.node(*id);
        let kind = 2 * kinds[node.method.index()];
        let called = node.called as f64;
        let expected = (of_callees[id.index()] + called * costs[kind]) / 1_000.0;
        let expected = if expected < EXACT {
            expected.floor()
        } else {
            0.0
        };
        rests.push((
            i128::from(node.overhead) - expected as i128,
            others[id.index()],
        ));
        if let Some(parent) = profile.parent(*id) {
            of_callees[parent.index()] += called * costs[kind + 1] + costs[6];
        }
    }
    rests.reverse();
    rests
}
