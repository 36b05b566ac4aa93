//! Which fiber runs: beginnings, switches, waits, ends.

use super::{GLOBAL, NO_TOKEN, Recorder};
use crate::call_tree::DraftId;
use crate::fiber::{Fiber, Frame, FrameKind};
use crate::host::{Away, Host};
use crate::ledger::Stopped;

impl Recorder {
    /// Makes the fiber `token` (not 0) the current one.
    ///
    /// The time until now is the fiber's that ran before, even if it was asleep, unless
    /// [`thread_suspended`](Self::thread_suspended) told that it stopped: else only calls and returns
    /// tell who runs.
    pub fn switch_to(&mut self, token: u64, host: &mut impl Host) {
        if self.current_token == token {
            return;
        }
        let now = host.now();
        let now = self.profile_time(now);
        self.suspend(now);
        let (index, away) = match self.by_token.get(&token) {
            Some(index) => (*index, host.away()),
            None => (self.begin(token, now, host), None),
        };
        self.begin_turn(self.fibers[index].origin.thread_token, now);
        self.activate(index, now, away);
        self.seed(host);
    }

    /// Makes a fiber the current one, of the thread whose turn it is. No other may be current.
    pub(super) fn activate(&mut self, index: usize, now: u64, away: Option<Away>) {
        let busy = self.busy_at(now);
        let fiber = &mut self.fibers[index];
        let waited = fiber.waited(now, busy);
        let stopped = fiber.stopped(now, waited, away);
        fiber.suspended = false;
        self.running.insert(fiber.origin.thread_token, index);
        std::mem::swap(&mut self.stack, &mut fiber.stack);
        self.current = Some(index);
        self.current_token = fiber.token;
        self.refresh_top();
        self.refresh_token();
        self.add_wait(waited, stopped);
        if let Some(node) = self.window() {
            *self.switches.entry(node).or_default() += 1;
        }
    }

    /// Whether the current fiber has this token, recorded or not.
    pub fn runs(&self, token: u64) -> bool {
        self.current_token == token
    }

    /// The thread `thread_token` now runs another of its fibers: the one it ran is suspended, and
    /// its tree ends where it was last seen unless it is resumed.
    pub fn fiber_switched(&mut self, thread_token: u64, now: u64) {
        let now = self.profile_time(now);
        if let Some(index) = self.running.remove(&thread_token) {
            self.fibers[index].suspended = true;
        }
        self.suspend(now);
    }

    /// The fiber `token` is gone: from now on the number stands for one that was not seen before.
    pub fn forget(&mut self, token: u64, now: u64) {
        if self.current_token == token {
            let now = self.profile_time(now);
            self.suspend(now);
        }
        if let Some(index) = self.by_token.remove(&token) {
            let fiber = &mut self.fibers[index];
            fiber.suspended = true;
            if self.running.get(&fiber.origin.thread_token) == Some(&index) {
                self.running.remove(&fiber.origin.thread_token);
            }
        }
    }

    /// A fiber begins: if a call or return was seen of `token`, that was another, which is gone.
    pub fn begins(&mut self, token: u64, now: u64) {
        let known = self.by_token.get(&token);
        if known.is_some_and(|index| self.fibers[*index].seeded) {
            self.forget(token, now);
        }
    }

    /// Fibers of threads that have ended, as told by their object ids, end where they were last seen:
    /// not every VM tells when a thread ends by an exception.
    pub fn end_threads(&mut self, is_alive: impl Fn(u64) -> bool) {
        for fiber in &mut self.fibers {
            fiber.suspended |= !is_alive(fiber.origin.thread_id);
        }
    }

    /// A fiber that was not seen before.
    fn begin(&mut self, token: u64, now: u64, host: &mut impl Host) -> usize {
        let origin = host.fiber();
        let index = self.fibers.len();
        let base = self.tree.add_root(GLOBAL, 0);
        self.fibers.push(Fiber {
            origin,
            token,
            stack: Vec::new(),
            base,
            root: None,
            left_at: now,
            busy_when_left: None,
            seeded: false,
            suspended: false,
        });
        self.by_token.insert(token, index);
        if !origin.ignored {
            self.thread_ids
                .insert(origin.thread_token, origin.thread_id);
        }
        index
    }

    /// Puts the methods on the stack that the fiber was running before its first event.
    pub(super) fn seed(&mut self, host: &mut impl Host) {
        let Some(index) = self.current else { return };
        let fiber = &mut self.fibers[index];
        if fiber.seeded || fiber.origin.ignored {
            return;
        }
        let base = fiber.base;
        let Some(frames) = host.live_frames(&mut self.sources) else {
            return;
        };
        self.fibers[index].seeded = true;
        let now = host.now();
        let now = self.profile_time(now);
        let mut top = base;
        for live in frames {
            let (method, _) = self.method(live.key, Some(live.definition), host);
            let hidden = self.methods.get(method).hidden || live.transparent;
            let site = self.sources.site(live.position);
            let node = (!hidden)
                .then(|| {
                    self.tree
                        .child(top, method)
                        .or_else(|| self.tree.add_child(top, method, site))
                })
                .flatten();
            top = node.unwrap_or(top);
            let kind = node.map_or(FrameKind::Transparent, |_| FrameKind::Seed);
            self.stack.push(Frame::new(now, live.tag, top, kind));
        }
        self.top = top;
        let root = (top != base).then_some(top);
        self.fibers[index].root = root;
        if let Some(root) = root {
            self.add_seed(root);
        }
        self.refresh_token();
    }

    /// Counts the call of a root, which was before anything was recorded.
    pub(super) fn add_seed(&mut self, root: DraftId) {
        self.tree.add_call(root);
        self.seeds.push(root);
    }

    pub(super) fn suspend(&mut self, now: u64) {
        if let Some(index) = self.current.take() {
            let fiber = &mut self.fibers[index];
            std::mem::swap(&mut self.stack, &mut fiber.stack);
            fiber.left_at = now;
            fiber.busy_when_left = None;
        }
        self.current_token = NO_TOKEN;
        self.refresh_token();
    }

    pub(super) fn add_wait(&mut self, waited: u64, stopped: Stopped) {
        let Some(node) = self.window() else {
            return;
        };
        if waited > 0 {
            *self.waits.entry(node).or_default() += waited;
        }
        if !stopped.is_none() {
            self.stops.entry(node).or_default().add(stopped);
        }
    }
}
