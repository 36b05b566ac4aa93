//! The state machine: calls, returns and switches in, a growing call tree out.

mod budget;
mod collecting;
mod fibers;
mod folding;
mod making;
mod pausing;
mod stopping;
mod threads;

use std::collections::HashMap;

use crate::call_tree::{CallTree, DraftId};
use crate::fiber::{Fiber, Frame, FrameKind};
use crate::finish::Scale;
use crate::hash::BuildMix;
use crate::host::{Away, Host};
use crate::latency::LatencyLog;
use crate::ledger::Stopped;
use crate::method::{MethodId, MethodKey};
use crate::methods::Methods;
use crate::source::{Location, Sources};
use crate::tally::Tally;
pub use budget::Budget;
use budget::Budgeting;
use collecting::Collecting;
use folding::Folding;
pub use folding::Limits;
use threads::Turn;

/// Records one profile.
///
/// Events are numbers. The embedder calls [`enter`](Self::enter) and [`leave`](Self::leave) for the
/// fiber that is [current](Self::is_current); both answer `false` when they could not settle the
/// event in a few instructions, and then [`enter_slowly`](Self::enter_slowly) or
/// [`leave_slowly`](Self::leave_slowly) must follow for the same event. When the fiber is not
/// current (it is not, for instance, while the recorder is paused) only these two will do, after
/// [`switch_to`](Self::switch_to) unless the fiber [runs](Self::runs).
///
/// Where the embedder is told which thread runs, it passes that on:
/// [`thread_resumed`](Self::thread_resumed) and [`thread_suspended`](Self::thread_suspended). Without
/// these, whoever had the last event runs.
///
/// Invariants: a node's parent is the node of the frame below it; only open frames hold time that
/// is not in a node's total; `top` is the node of the last frame, or the fiber's base.
#[derive(Debug)]
pub struct Recorder {
    pub(crate) tree: CallTree,
    /// The running fiber's frames.
    stack: Vec<Frame>,
    top: DraftId,
    /// The running fiber's token while its calls are to be recorded, else [`NO_TOKEN`].
    live_token: u64,
    /// Ticks spent paused: profile time is the clock less this.
    paused_for: u64,
    pub(crate) methods: Methods,
    pub(crate) sources: Sources,
    pub(crate) fibers: Vec<Fiber>,
    by_token: HashMap<u64, usize, BuildMix>,
    /// The fiber that each thread runs, as far as events told.
    running: HashMap<u64, usize, BuildMix>,
    current: Option<usize>,
    current_token: u64,
    /// The thread that runs, if one is known to. While a fiber is current, its thread.
    turn: Option<Turn>,
    /// Profile time in which threads ran, up to the running one's turn.
    busy: u64,
    /// Profile time at which the recorder was paused.
    paused_at: Option<u64>,
    pub(crate) waits: HashMap<DraftId, u64, BuildMix>,
    pub(crate) gcs: HashMap<DraftId, u64, BuildMix>,
    pub(crate) collections: HashMap<DraftId, u64, BuildMix>,
    pub(crate) stops: HashMap<DraftId, Stopped, BuildMix>,
    /// How often a fiber was switched to, by the node whose window went on.
    pub(crate) switches: HashMap<DraftId, u64, BuildMix>,
    /// By token, the object ids of threads that are recorded.
    thread_ids: HashMap<u64, u64, BuildMix>,
    /// By token, what threads did since they stopped that do not run at the end.
    still_away: HashMap<u64, Away, BuildMix>,
    /// By object id of a thread, in nanoseconds.
    pub(crate) cpus: HashMap<u64, u64, BuildMix>,
    collecting: Option<Collecting>,
    pub(crate) folding: Folding,
    pub(crate) budgeting: Option<Box<Budgeting>>,
    /// Nodes with a call that no event told of: each was a root.
    pub(crate) seeds: Vec<DraftId>,
    pub(crate) tally: Tally,
    /// How long single calls took, if that is recorded.
    pub(crate) latencies: Option<LatencyLog>,
    unmatched_returns: u64,
}

/// No fiber has this token.
const NO_TOKEN: u64 = 0;

/// The method that stands for code outside any method.
pub(crate) const GLOBAL: MethodId = MethodId(0);

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Recorder {
    /// A recorder that has seen nothing.
    pub fn new() -> Self {
        let mut methods = Methods::default();
        methods.add(MethodKey::default(), Location::default(), false);
        let mut sources = Sources::default();
        sources.site(Location::default());
        Self {
            tree: CallTree::new(),
            stack: Vec::with_capacity(256),
            top: 0,
            live_token: NO_TOKEN,
            paused_for: 0,
            methods,
            sources,
            fibers: Vec::new(),
            by_token: HashMap::default(),
            running: HashMap::default(),
            current: None,
            current_token: NO_TOKEN,
            turn: None,
            busy: 0,
            paused_at: None,
            waits: HashMap::default(),
            gcs: HashMap::default(),
            collections: HashMap::default(),
            stops: HashMap::default(),
            switches: HashMap::default(),
            thread_ids: HashMap::default(),
            still_away: HashMap::default(),
            cpus: HashMap::default(),
            collecting: None,
            folding: Folding::default(),
            budgeting: None,
            seeds: Vec::new(),
            tally: Tally::default(),
            latencies: None,
            unmatched_returns: 0,
        }
    }

    /// From now on how long single calls take is recorded. `scale` is what a tick is worth, as known now.
    pub fn record_latencies(&mut self, scale: Scale) {
        self.latencies = Some(LatencyLog::new(scale));
    }

    /// Whether events of the fiber `token` (not 0) go straight to [`enter`](Self::enter) and
    /// [`leave`](Self::leave).
    #[inline(always)]
    pub fn is_current(&self, token: u64) -> bool {
        self.live_token == token
    }

    /// A call of a method that was called from here before. `tag` is any number that the call's
    /// return will carry too; where one method's calls have several, they may be settled slowly. `now` reads the clock; it is called late, so that the work done here
    /// is not counted in the callee. If it gives nothing, the event is not settled.
    #[inline(always)]
    pub fn enter(&mut self, key: MethodKey, tag: u64, now: impl FnOnce() -> Option<u64>) -> bool {
        let Some(node) = self.tree.cached_child(self.top, key, tag) else {
            return false;
        };
        self.push_if_there_is_room(node, tag, now)
    }

    /// The return of the last call on the stack. `now` is the clock's reading.
    #[inline(always)]
    pub fn leave(&mut self, tag: u64, now: u64) -> bool {
        let Some((node, elapsed)) = self.pop_call(tag, now) else {
            return false;
        };
        match &mut self.latencies {
            None => true,
            // A call: who does not want it is not to save registers for it.
            Some(latencies) => latencies.add(node, elapsed),
        }
    }

    /// As [`leave`](Self::leave), where [`record_latencies`](Self::record_latencies) was not called.
    #[inline(always)]
    pub fn leave_unlogged(&mut self, tag: u64, now: u64) -> bool {
        debug_assert!(self.latencies.is_none());
        self.pop_call(tag, now).is_some()
    }

    /// Ends the last call on the stack. Returns its node and how long it took.
    #[inline(always)]
    fn pop_call(&mut self, tag: u64, now: u64) -> Option<(DraftId, u64)> {
        let frame = self.stack.last()?;
        if frame.tag != tag {
            return None;
        }
        // A clock that went back is a matter for the slow way.
        let elapsed = now.wrapping_sub(self.paused_for).checked_sub(frame.start)?;
        let draft = self.tree.called_at(frame.place())?;
        draft.called += 1;
        draft.total += elapsed;
        self.top = draft.parent;
        let node = frame.node();
        self.stack.pop();
        Some((node, elapsed))
    }

    /// A call that [`enter`](Self::enter) did not settle, or one of a fiber that is not current.
    pub fn enter_slowly(&mut self, key: MethodKey, tag: u64, host: &mut impl Host) {
        if self.is_ignoring() {
            return;
        }
        self.seed(host);
        if self.paused_at.is_some() {
            return self.push_transparent(tag);
        }
        self.look_at_budget(|| host.now());
        let (method, lasting) = self.method(key, None, host);
        if self.methods.get(method).hidden {
            return self.push_transparent(tag);
        }
        let node = match self.tree.child(self.top, method) {
            Some(node) => Some(node),
            None if self.is_bounded() => return self.fold(method, tag, host),
            None => {
                let call_site = host.call_site(&mut self.sources);
                let site = self.sources.site(call_site);
                self.count_node();
                self.tree.add_child(self.top, method, site)
            }
        };
        let Some(node) = node else {
            return self.push_transparent(tag);
        };
        if lasting {
            self.tree.cache_child(self.top, key, tag, node);
        }
        match self.is_untimed(node) {
            true => self.push_untimed(node, tag),
            false => self.push_call(node, tag, host.now()),
        }
    }

    /// A return that [`leave`](Self::leave) did not settle. It ends the innermost call that carries
    /// its tag, and with it the calls above, whose returns never came. If there is none, the call
    /// was made before anything was recorded, and nothing happens.
    pub fn leave_slowly(&mut self, tag: u64, host: &mut impl Host) {
        if self.is_ignoring() {
            return;
        }
        let now = host.now();
        let now = self.profile_time(now);
        self.seed(host);
        match self.stack.iter().rposition(|frame| frame.tag == tag) {
            Some(position) => {
                while self.stack.len() > position {
                    self.add_latency(position, now);
                    self.pop(now);
                }
            }
            None => self.unmatched_returns += 1,
        }
    }

    /// Whether the current fiber is one of which nothing is recorded, or there is no current fiber.
    pub fn is_ignoring(&self) -> bool {
        self.current
            .is_none_or(|index| self.fibers[index].origin.ignored)
    }

    /// Makes every event come by the slow way from now on, so that an embedder that has failed is
    /// asked nothing more.
    pub fn stop_listening(&mut self) {
        self.live_token = NO_TOKEN;
    }

    /// Whether the current fiber's live frames are on the stack.
    fn is_seeded(&self) -> bool {
        self.current.is_some_and(|index| self.fibers[index].seeded)
    }

    /// Returns that matched no call.
    pub fn unmatched_returns(&self) -> u64 {
        self.unmatched_returns
    }

    /// The methods without a file: those in C, and attributes.
    pub fn methods_without_file(&self) -> impl Iterator<Item = MethodKey> {
        let methods = self.methods.all().iter();
        let without = methods.filter(|method| method.definition.file.is_none());
        without.map(|method| method.key)
    }

    /// The files that locations refer to.
    pub fn sources_mut(&mut self) -> &mut Sources {
        &mut self.sources
    }

    /// Ends every open frame.
    pub(crate) fn close(&mut self, now: u64) {
        let now = self.profile_time(now);
        self.suspend(now);
        self.end_turn(now);
        let busy = self.busy;
        for index in 0..self.fibers.len() {
            let fiber = &mut self.fibers[index];
            let (end, waited, stopped) = match fiber.suspended {
                true => (fiber.left_at, 0, Stopped::default()),
                false => {
                    let waited = fiber.waited(now, busy);
                    let away = self.still_away.get(&fiber.origin.thread_token);
                    (now, waited, fiber.stopped(now, waited, away.copied()))
                }
            };
            std::mem::swap(&mut self.stack, &mut fiber.stack);
            self.current = Some(index);
            self.refresh_top();
            self.add_wait(waited, stopped);
            // What lies outside the root is not part of the profile.
            let (root, seeds) = (self.fibers[index].root, self.seeds.len());
            while !self.stack.is_empty() {
                self.pop(end);
            }
            self.fibers[index].root = root;
            self.seeds.truncate(seeds);
        }
        self.by_token.clear();
        self.current = None;
        self.current_token = NO_TOKEN;
        self.refresh_token();
    }

    /// Pushes a call, unless the stack would have to grow: who calls nothing saves no registers.
    #[inline(always)]
    fn push_if_there_is_room(
        &mut self,
        node: DraftId,
        tag: u64,
        now: impl FnOnce() -> Option<u64>,
    ) -> bool {
        let Some(now) = now() else {
            return false;
        };
        if self.stack.len() == self.stack.capacity() {
            return false;
        }
        self.push_call(node, tag, now);
        true
    }

    #[inline(always)]
    fn push_call(&mut self, node: DraftId, tag: u64, now: u64) {
        let start = now.wrapping_sub(self.paused_for);
        self.top = node;
        self.stack
            .push(Frame::new(start, tag, node, FrameKind::Call));
    }

    fn push_transparent(&mut self, tag: u64) {
        self.stack
            .push(Frame::new(0, tag, self.top, FrameKind::Transparent));
    }

    /// The last call returned, if it is the one at `position`: of those above it nobody knows when.
    fn add_latency(&mut self, position: usize, now: u64) {
        if let Some(latencies) = &mut self.latencies
            && let Some(frame) = self.stack.last()
            && frame.kind() == FrameKind::Call
            && position + 1 == self.stack.len()
        {
            latencies.add(frame.node(), now.saturating_sub(frame.start));
        }
    }

    fn pop(&mut self, now: u64) {
        let Some(frame) = self.stack.pop() else {
            return;
        };
        let (node, kind) = (frame.node(), frame.kind());
        let elapsed = match kind {
            FrameKind::Untimed => frame.start,
            FrameKind::Transparent => 0,
            _ => now.saturating_sub(frame.start),
        };
        if kind == FrameKind::Call {
            self.tree.add_call(node);
        }
        self.tree.add_total(node, elapsed);
        self.add_to_untimed(elapsed);
        self.refresh_top();
        if kind == FrameKind::Folded {
            self.folded_call_returned(node, elapsed);
        }
        if kind == FrameKind::Seed
            && let Some(index) = self.current
        {
            // The profile has returned above its root: the caller is the root now.
            let fiber = &mut self.fibers[index];
            fiber.root = (self.top != fiber.base).then_some(self.top);
            if let Some(root) = fiber.root {
                self.add_seed(root);
            }
        }
    }

    /// The method `key` names, and whether it will always name it.
    fn method(
        &mut self,
        key: MethodKey,
        definition: Option<Location>,
        host: &mut impl Host,
    ) -> (MethodId, bool) {
        if let Some(method) = self.methods.find(key) {
            return (method, true);
        }
        let origin = host.method(key);
        let known_as = origin.folded_into.unwrap_or(key);
        let method = match self.methods.find(known_as) {
            Some(method) => method,
            None => {
                let definition =
                    definition.unwrap_or_else(|| host.definition(key, &mut self.sources));
                self.methods.add(known_as, definition, origin.hidden)
            }
        };
        (method, origin.folded_into.is_none())
    }

    fn refresh_top(&mut self) {
        let base = self.current.map_or(0, |index| self.fibers[index].base);
        self.top = self.stack.last().map_or(base, Frame::node);
    }

    fn refresh_token(&mut self) {
        let idle = self.paused_at.is_some() || self.is_ignoring() || !self.is_seeded();
        self.live_token = if idle { NO_TOKEN } else { self.current_token };
    }

    fn profile_time(&self, now: u64) -> u64 {
        self.paused_at
            .unwrap_or_else(|| now.wrapping_sub(self.paused_for))
    }
}
