//! The cost of every call, by caller, callee and line.

use std::collections::HashMap;

use rubyprof_core::{CallGraph, Location, MethodId, Profile, Thread};

/// All calls of one method by another from one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) callee: MethodId,
    /// Where the caller was when it first called along these paths.
    pub(super) site: Location,
    pub(super) called: u64,
    /// Of the calls in which the callee was not running already.
    pub(super) total: u64,
}

/// The calls of each row of `graph`, which is that of `threads`, in the order of the first.
pub(super) fn calls(profile: &Profile, graph: &CallGraph, threads: &[Thread]) -> Vec<Vec<Call>> {
    let mut calls: Vec<Vec<Call>> = vec![Vec::new(); graph.rows().len()];
    let mut places: HashMap<(usize, MethodId, Location), usize> = HashMap::new();
    // How often each method is running, and the nodes whose subtrees are being read.
    let mut running = vec![0_u32; profile.methods().len()];
    let mut open: Vec<(usize, MethodId)> = Vec::new();
    for thread in threads {
        for id in profile.subtree(thread.root) {
            while let Some((_, method)) = open.pop_if(|(end, _)| *end <= id.index()) {
                running[method.index()] -= 1;
            }
            let node = profile.node(id);
            let caller = open.last().and_then(|(_, method)| graph.row_index(*method));
            if let Some(caller) = caller {
                let site = profile.call_site(id);
                let key = (caller, node.method, site);
                let place = *places.entry(key).or_insert(calls[caller].len());
                if place == calls[caller].len() {
                    calls[caller].push(Call {
                        callee: node.method,
                        site,
                        called: 0,
                        total: 0,
                    });
                }
                let call = &mut calls[caller][place];
                call.called += node.called;
                if running[node.method.index()] == 0 {
                    call.total += node.total;
                }
            }
            running[node.method.index()] += 1;
            let end = id.index() + profile.subtree(id).len();
            open.push((end, node.method));
        }
        for (_, method) in open.drain(..) {
            running[method.index()] -= 1;
        }
    }
    calls
}
