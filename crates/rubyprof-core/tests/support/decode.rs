//! Random tapes: any bytes are a tape, so that generators need to know nothing but bytes.

use super::tape::{Event, FiberScript, MethodScript, Tape};

/// Bytes that describe the world.
pub(crate) const WORLD: usize = 12;
/// An event. All are of one length: taking one out leaves the others as they are, and so failing tapes
/// shrink.
pub(crate) type Record = [u8; 3];

const METHODS: usize = 8;
/// Methods from here on may be folded into those below.
const FOLDABLE: usize = 6;
const FIBERS: usize = 5;

/// Threads that are told of; fibers are of the first two.
const THREADS: usize = 3;

/// How tame a tape is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manners {
    /// Every return ends the innermost call of its fiber.
    WellFormed,
    /// Returns may be missing, match nothing, or end calls far below.
    Wild,
}

/// The tape that the bytes stand for.
pub(crate) fn decode(world: &[u8; WORLD], records: &[Record], manners: Manners) -> Tape {
    let mut decoder = Decoder {
        tape: Tape::new(),
        tags: world[0] % 3,
        next_tag: 1000,
        stacks: Vec::new(),
        fiber: 0,
        // Half of the worlds are those of a VM that does not tell when threads run.
        tells_threads: world[1] & 2 == 0,
        manners,
    };
    decoder.world(world);
    for record in records {
        decoder.record(*record);
    }
    decoder.tape
}

struct Decoder {
    tape: Tape,
    tags: u8,
    next_tag: u64,
    /// The tags of each fiber's open calls, to know what a proper return would carry.
    stacks: Vec<Vec<u64>>,
    fiber: usize,
    tells_threads: bool,
    manners: Manners,
}

impl Decoder {
    fn world(&mut self, world: &[u8; WORLD]) {
        for method in 0..METHODS {
            let bit = 1 << method;
            // Half of the worlds have no method that is special.
            let special = world[1] & 1 == 0;
            let folds = method >= FOLDABLE && special && world[2] & bit != 0;
            self.tape.methods.push(MethodScript {
                hidden: method > 0 && special && world[3] & world[4] & bit != 0,
                folded_into: folds.then_some(world[5] as usize % FOLDABLE),
            });
        }
        for fiber in 0..FIBERS {
            let seed = usize::from(world[6 + fiber]);
            let depth = [0, 0, 1, 2, 3, 4, 1, 3][seed % 8];
            let live: Vec<(usize, u64)> = (0..depth)
                .map(|index| {
                    let method = if index == 0 {
                        seed / 64
                    } else {
                        seed / 8 + index
                    };
                    let method = method % METHODS;
                    (method, self.tag(method, index))
                })
                .collect();
            self.stacks.push(live.iter().map(|(_, tag)| *tag).collect());
            self.tape.fibers.push(FiberScript {
                thread: usize::from(world[11] >> fiber & 1),
                ignored: seed / 8 % 8 == 3,
                live,
            });
        }
    }

    fn record(&mut self, [op, a, b]: Record) {
        if op >> 4 > 0 {
            self.tape.events.push(Event::Advance(u64::from(op >> 4)));
        }
        if a % 8 == 0 {
            self.fiber = usize::from(a / 8) % FIBERS;
        }
        let fiber = self.fiber;
        let argument = usize::from(b);
        let event = match op % 16 {
            0..=5 => {
                let method = argument % METHODS;
                let tag = self.tag(method, self.stacks[fiber].len());
                self.stacks[fiber].push(tag);
                Event::Enter { fiber, method, tag }
            }
            6..=10 => match self.leave(argument) {
                Some(tag) => Event::Leave { fiber, tag },
                None => return,
            },
            11 => Event::Advance(u64::from(b) * u64::from(b)),
            12 => Event::Allocate {
                fiber,
                lexical: (b % 3 == 0).then_some(argument % METHODS),
                class: u64::from(a % 4),
            },
            13 if self.tells_threads && a % 4 != 0 => {
                let thread = argument / 8 % THREADS;
                match b % 2 {
                    0 => Event::ThreadResumed { thread },
                    _ => Event::ThreadSuspended { thread },
                }
            }
            13 => match b % 4 {
                0 => Event::Appear { fiber },
                1 | 2 => Event::FiberSwitch {
                    thread: argument / 4 % 2,
                },
                _ => self.forget(),
            },
            14 if a % 2 == 0 => Event::Pause,
            14 => Event::Resume,
            _ if b % 4 == 0 => Event::Refold {
                method: FOLDABLE + usize::from(a) % (METHODS - FOLDABLE),
                into: (b % 8 == 0).then_some(argument / 8 % FOLDABLE),
            },
            _ if b % 4 == 1 => Event::Resume,
            _ if b % 4 == 2 => Event::GcBegan,
            _ => Event::GcEnded,
        };
        self.tape.events.push(event);
    }

    fn forget(&mut self) -> Event {
        let live = &self.tape.fibers[self.fiber].live;
        self.stacks[self.fiber] = live.iter().map(|(_, tag)| *tag).collect();
        Event::Forget { fiber: self.fiber }
    }

    fn leave(&mut self, argument: usize) -> Option<u64> {
        let stack = &mut self.stacks[self.fiber];
        if self.manners == Manners::Wild {
            match argument % 8 {
                // Any tag: perhaps that of a call far below, perhaps nobody's.
                0 => return Some(argument as u64 / 8 % 10),
                // A call that was never seen.
                1 => return Some(77),
                // The returns of the innermost calls get lost.
                2 | 3 => stack.truncate(stack.len().saturating_sub(argument / 8 % 4)),
                _ => {}
            }
        }
        stack.pop()
    }

    /// What tells a call: its method, its depth or nothing but itself.
    fn tag(&mut self, method: usize, depth: usize) -> u64 {
        self.next_tag += 1;
        match self.tags {
            0 => method as u64,
            1 => depth as u64,
            _ => self.next_tag,
        }
    }
}
