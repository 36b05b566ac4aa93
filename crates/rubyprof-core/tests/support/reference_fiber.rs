//! One fiber of the reference model: its open calls and its tree.

use rubyprof_core::{LatencyCounts, Scale};

use super::summary::Tree;
use super::tape::Place;

pub(crate) struct Node {
    pub(crate) method: usize,
    pub(crate) called: u64,
    pub(crate) total: u64,
    pub(crate) own: u64,
    pub(crate) wait: u64,
    pub(crate) site: Place,
    pub(crate) children: Vec<usize>,
    /// How long each call took of which both ends were seen.
    pub(crate) took: Vec<u64>,
}

pub(crate) struct Frame {
    pub(crate) tag: u64,
    /// `None` if the call is not recorded.
    pub(crate) node: Option<usize>,
    /// Time since the call.
    pub(crate) took: u64,
    /// Ran before the fiber was first seen.
    pub(crate) found_running: bool,
}

pub(crate) struct Fiber {
    pub(crate) id: u64,
    pub(crate) thread: usize,
    pub(crate) ignored: bool,
    pub(crate) frames: Vec<Frame>,
    pub(crate) nodes: Vec<Node>,
    /// Nodes without a caller.
    pub(crate) top_level: Vec<usize>,
    /// Time since the fiber last ran.
    pub(crate) away_while_others_ran: u64,
    pub(crate) away_while_nobody_ran: u64,
    /// Gave way to another fiber of its thread, or is gone.
    pub(crate) suspended: bool,
    /// When it last ran, its thread was seen to stop.
    pub(crate) stopped_with_its_thread: bool,
}

impl Fiber {
    /// The innermost recorded call.
    pub(crate) fn top(&self) -> Option<usize> {
        self.frames.iter().rev().find_map(|frame| frame.node)
    }

    pub(crate) fn running_method(&self) -> usize {
        self.top().map_or(0, |node| self.nodes[node].method)
    }

    /// The node of `method` called from here.
    pub(crate) fn callee(&mut self, method: usize, site: Place) -> usize {
        let next = self.nodes.len();
        let siblings = match self.top() {
            Some(caller) => &self.nodes[caller].children,
            None => &self.top_level,
        };
        let known = siblings.iter().find(|id| self.nodes[**id].method == method);
        if let Some(known) = known {
            return *known;
        }
        match self.top() {
            Some(caller) => self.nodes[caller].children.push(next),
            None => self.top_level.push(next),
        }
        self.nodes.push(Node {
            method,
            called: 0,
            total: 0,
            own: 0,
            wait: 0,
            site,
            children: Vec::new(),
            took: Vec::new(),
        });
        next
    }

    /// Gives `ticks` to every open call's total, and to the innermost one's self or wait.
    pub(crate) fn spend(&mut self, ticks: u64, part: impl Fn(&mut Node) -> &mut u64) {
        for frame in &mut self.frames {
            frame.took += ticks;
            if let Some(node) = frame.node {
                self.nodes[node].total += ticks;
            }
        }
        if let Some(top) = self.top() {
            *part(&mut self.nodes[top]) += ticks;
        }
    }

    pub(crate) fn end_absence(&mut self) {
        let others = std::mem::take(&mut self.away_while_others_ran);
        let nobody = std::mem::take(&mut self.away_while_nobody_ran);
        self.spend(others, |node| &mut node.wait);
        if self.stopped_with_its_thread && !self.suspended {
            self.spend(nobody, |node| &mut node.own);
        } else {
            self.spend(nobody, |node| &mut node.wait);
        }
    }

    /// Ends the innermost call with this tag, and what it called.
    pub(crate) fn return_from(&mut self, tag: u64) {
        while let Some(frame) = self.frames.last() {
            let returns = frame.tag == tag;
            if let Some(node) = frame.node
                && returns
                && !frame.found_running
            {
                self.nodes[node].took.push(frame.took);
            }
            self.pop();
            if returns {
                break;
            }
        }
    }

    fn pop(&mut self) {
        if self.frames.pop().is_some_and(|frame| frame.found_running) {
            self.count_root();
        }
    }

    /// The innermost method that was found running and has not returned.
    pub(crate) fn innermost_found_running(&self) -> Option<usize> {
        let mut found = self.frames.iter().filter(|frame| frame.found_running);
        found.next_back().and_then(|frame| frame.node)
    }

    /// A method that was found running counts as called once when it becomes the root.
    pub(crate) fn count_root(&mut self) {
        if let Some(root) = self.innermost_found_running() {
            self.nodes[root].called += 1;
        }
    }

    pub(crate) fn root(&self, scale: Scale) -> Option<Tree> {
        if let Some(root) = self.innermost_found_running() {
            return Some(self.tree(root, scale));
        }
        let mut trees: Vec<Tree> = self
            .top_level
            .iter()
            .map(|root| self.tree(*root, scale))
            .collect();
        if trees.len() <= 1 {
            return trees.pop();
        }
        Some(Tree {
            method: 0,
            called: 1,
            total: trees.iter().map(|tree| tree.total).sum(),
            own: 0,
            wait: 0,
            site: (None, 0),
            latency: LatencyCounts::default(),
            children: trees,
        })
    }

    pub(crate) fn tree(&self, node: usize, scale: Scale) -> Tree {
        let node = &self.nodes[node];
        let children: Vec<Tree> = node
            .children
            .iter()
            .map(|child| self.tree(*child, scale))
            .collect();
        let total = scale.apply(node.total);
        let wait = scale.apply(node.wait);
        // What rounding takes from the parts is the method's own.
        let parts: u64 = children.iter().map(|child| child.total).sum();
        let own = if scale == Scale::ONE {
            node.own
        } else {
            total - wait - parts
        };
        Tree {
            method: node.method,
            called: node.called,
            total,
            own,
            wait,
            site: node.site.clone(),
            latency: latency(node, scale),
            children,
        }
    }
}

fn latency(node: &Node, scale: Scale) -> LatencyCounts {
    let mut latency = LatencyCounts::default();
    for took in &node.took {
        latency.add(scale.apply(*took), 1);
    }
    latency
}
