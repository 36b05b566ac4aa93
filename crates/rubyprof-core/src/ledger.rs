//! Where wall time went: running, waiting for the GVL, blocked, collecting garbage, profiling.

use crate::profile::{Node, NodeId, Profile, Thread};

/// For how long a call had stopped, by what it waited for.
///
/// [`Profile::wait`] is another view of the same time: the part of it in which other threads or fibers ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stopped {
    /// It could not go on: it slept, read, waited for a lock, another thread or fiber.
    pub blocked: u64,
    /// It could have gone on, but another thread had the GVL. Where the VM does not tell when a thread wants it back, all time
    /// in which other threads ran is taken for this.
    pub gvl_wait: u64,
}

impl Stopped {
    /// Both.
    pub fn sum(self) -> u64 {
        self.blocked.saturating_add(self.gvl_wait)
    }

    pub(crate) fn is_none(self) -> bool {
        self == Self::default()
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.blocked = self.blocked.saturating_add(other.blocked);
        self.gvl_wait = self.gvl_wait.saturating_add(other.gvl_wait);
    }

    /// The same with both numbers changed.
    pub(crate) fn map(self, change: impl Fn(u64) -> u64) -> Self {
        Self {
            blocked: change(self.blocked),
            gvl_wait: change(self.gvl_wait),
        }
    }

    /// No more than `room` in all; it is the time blocked that is cut first, since that is what is left of other numbers.
    pub(crate) fn within(self, room: u64) -> Self {
        let gvl_wait = self.gvl_wait.min(room);
        Self {
            gvl_wait,
            blocked: self.blocked.min(room - gvl_wait),
        }
    }
}

/// Where the wall time of calls went, callees left out. The parts add up to [`wall`](Self::wall), to the nanosecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// At work, as far as the VM knows.
    pub running: u64,
    /// As [`Stopped::gvl_wait`].
    pub gvl_wait: u64,
    /// As [`Stopped::blocked`].
    pub blocked: u64,
    /// Garbage was collected.
    pub gc: u64,
    /// The profiler's own work.
    pub overhead: u64,
}

impl Ledger {
    /// The ledger of `wall` (overhead included), with what is known of it. Running is what is left.
    pub fn of(wall: u64, stopped: Stopped, gc: u64, overhead: u64) -> Self {
        let room = wall;
        let gc = gc.min(room);
        let room = room - gc;
        let overhead = overhead.min(room);
        let room = room - overhead;
        let stopped = stopped.within(room);
        Self {
            running: room - stopped.sum(),
            gvl_wait: stopped.gvl_wait,
            blocked: stopped.blocked,
            gc,
            overhead,
        }
    }

    /// The sum of the parts.
    pub fn wall(&self) -> u64 {
        [
            self.running,
            self.gvl_wait,
            self.blocked,
            self.gc,
            self.overhead,
        ]
        .into_iter()
        .fold(0, u64::saturating_add)
    }

    /// Adds up.
    pub fn add(&mut self, other: &Self) {
        for (sum, number) in [
            (&mut self.running, other.running),
            (&mut self.gvl_wait, other.gvl_wait),
            (&mut self.blocked, other.blocked),
            (&mut self.gc, other.gc),
            (&mut self.overhead, other.overhead),
        ] {
            *sum = sum.saturating_add(number);
        }
    }

    /// How far `cpu`, what the processor's clock says of a thread, is from what that clock should say: running, collecting and profiling
    /// all need a processor. More than nothing: somebody else on the machine had it, or memory had to be fetched. Less: the
    /// thread worked without the GVL in a part that counts as blocked.
    pub fn unexplained(&self, cpu: u64) -> i64 {
        let busy = self
            .wall()
            .saturating_sub(self.gvl_wait)
            .saturating_sub(self.blocked);
        let apart = i128::from(busy) - i128::from(cpu);
        i64::try_from(apart).unwrap_or(if apart < 0 { i64::MIN } else { i64::MAX })
    }
}

impl Profile {
    /// For how long a call path had stopped, callees left out. Part of its own time, waiting included.
    pub fn stopped(&self, id: NodeId) -> Stopped {
        match self.stops.binary_search_by_key(&id, |(node, _)| *node) {
            Ok(index) => self.stops[index].1,
            Err(_) => Stopped::default(),
        }
    }

    /// Where the wall time of a call path went, callees left out.
    pub fn ledger(&self, id: NodeId) -> Ledger {
        let node = self.node(id);
        let wall = self.raw_sum(node.own, node.overhead);
        Ledger::of(wall, self.stopped(id), self.gc(id), node.overhead)
    }

    /// Where the wall time of a thread's (a fiber's) tree went.
    pub fn ledger_of(&self, thread: &Thread) -> Ledger {
        let (first, end) = (thread.root, NodeId(self.node(thread.root).end));
        let nodes = &self.nodes[first.index()..end.index()];
        let sum = |part: fn(&Node) -> u64| nodes.iter().map(part).fold(0, u64::saturating_add);
        let overhead = sum(|node| node.overhead);
        let gcs = within(&self.gcs, first, end).iter();
        let mut stopped = Stopped::default();
        for (_, one) in within(&self.stops, first, end) {
            stopped.add(*one);
        }
        Ledger::of(
            self.raw_sum(sum(|node| node.own), overhead),
            stopped,
            gcs.fold(0, |sum, (_, gc)| sum.saturating_add(*gc)),
            overhead,
        )
    }
}

/// The numbers of the nodes from `first` up to `end`.
fn within<T>(numbers: &[(NodeId, T)], first: NodeId, end: NodeId) -> &[(NodeId, T)] {
    let from = numbers.partition_point(|(node, _)| *node < first);
    let to = numbers.partition_point(|(node, _)| *node < end);
    &numbers[from..to]
}
