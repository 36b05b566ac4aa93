//! Who has how much of the profiler's work, in the window of which node.

use super::{Costs, EventKind, PartialCalls};
use crate::ledger::Stopped;
use crate::profile::{Node, NodeId, Thread};

/// What a recording knows of its nodes beyond their numbers. Lists are by node, in ascending order.
#[derive(Debug)]
pub(crate) struct Charge<'a> {
    pub(crate) costs: &'a Costs,
    /// By method.
    pub(crate) kinds: &'a [EventKind],
    pub(crate) waits: &'a [(NodeId, u64)],
    pub(crate) gcs: &'a [(NodeId, u64)],
    pub(crate) stops: &'a [(NodeId, Stopped)],
    /// Objects that were counted by class and line while the node's window was open.
    pub(crate) objects: &'a [(NodeId, u64)],
    /// How often its fiber was switched to meanwhile.
    pub(crate) switches: &'a [(NodeId, u64)],
    /// Nodes one call of which was not traced: it was going on when the fiber was first seen.
    pub(crate) seeds: &'a [NodeId],
    /// Roots that stand for code that was not measured: their windows are their callees' and no more.
    pub(crate) stand_ins: &'a [NodeId],
    pub(crate) partial: &'a PartialCalls,
}

const PER_NANOSECOND: u128 = 1_000;

/// Sets each node's overhead, and each thread's unexplained one, from the costs.
///
/// A node cannot have more of it than its own time less its waiting, stopping and collecting. What is too much
/// is charged to the caller: the costs say more certainly how much there is in all than on which side of
/// the border between callee and caller. What the root cannot have either is the thread's
/// `unexplained`. So the sum of both is what the costs say, always.
///
/// Overhead is in whole nanoseconds. The picoseconds that remain go on to the node before in the list, so that the
/// error of a node, of a subtree and of the whole is less than a nanosecond each.
pub(crate) fn charge(nodes: &mut [Node], threads: &mut [Thread], from: &Charge<'_>) {
    if from.costs.is_none() {
        return;
    }
    let mut waits = Backwards(from.waits);
    let mut gcs = Backwards(from.gcs);
    let mut stops = Backwards(from.stops);
    let mut objects = Backwards(from.objects);
    let mut switches = Backwards(from.switches);
    let mut seeds = from.seeds;
    // By node: what its callees cost it.
    let mut of_callees = from.partial.of_callers(nodes, from.costs, from.kinds);
    for stand_in in from.stand_ins {
        of_callees[stand_in.index()] = 0;
    }
    let mut remainder = 0;
    let mut threads = threads.iter_mut().rev().peekable();
    for index in (0..nodes.len()).rev() {
        let id = NodeId(index as u32);
        let parent = nodes[index].parent;
        let is_measured = |node: u32| from.stand_ins.binary_search(&NodeId(node)).is_err();
        let node = &mut nodes[index];
        let cost = from.costs.of(from.kinds[node.method.index()]);
        let (traced, new_path) = match seeds.split_last() {
            Some((last, others)) if *last == id => {
                seeds = others;
                (node.called.saturating_sub(1), 0)
            }
            _ => (node.called, u128::from(from.costs.new_path)),
        };
        let windows = from.partial.at(id, node.called);
        let made = u128::from(objects.at(id)) * u128::from(from.costs.object);
        let switched = u128::from(switches.at(id)) * u128::from(from.costs.switch);
        let own = match is_measured(id.0) {
            true => windows
                .inner(traced, cost)
                .saturating_add(made)
                .saturating_add(switched),
            false => 0,
        };
        let passed_on = windows.passed_on(of_callees[index]);
        let demand = (of_callees[index] - passed_on)
            .saturating_add(own)
            .saturating_add(remainder);
        remainder = demand % PER_NANOSECOND;
        let demand = demand / PER_NANOSECOND;
        let stopped = stops.at(id).sum().max(waits.at(id));
        let room = node.own.saturating_sub(stopped);
        let room = room.saturating_sub(gcs.at(id));
        node.overhead = u64::try_from(demand).unwrap_or(u64::MAX).min(room);
        let left = demand - u128::from(node.overhead);
        if let Some(caller) = of_callees.get_mut(parent as usize) {
            let outer = match is_measured(parent) {
                true => windows.outer(traced, cost).saturating_add(new_path),
                false => 0,
            };
            let left = left.saturating_mul(PER_NANOSECOND);
            let left = left.saturating_add(passed_on);
            *caller = caller.saturating_add(outer).saturating_add(left);
        } else if let Some(thread) = threads.next_if(|thread| thread.root == id) {
            let left = left.saturating_add(passed_on / PER_NANOSECOND);
            thread.unexplained = u64::try_from(left).unwrap_or(u64::MAX);
        }
    }
}

/// Numbers of some nodes, asked for from the last node to the first.
struct Backwards<'a, T>(&'a [(NodeId, T)]);

impl<T: Copy + Default> Backwards<'_, T> {
    fn at(&mut self, id: NodeId) -> T {
        match self.0.split_last() {
            Some(((node, value), others)) if *node == id => {
                self.0 = others;
                *value
            }
            _ => T::default(),
        }
    }
}
