//! Scripts of events, and the world they happen in.

use std::fmt;

/// One thing that happens. Fibers, threads and methods are small numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Enter {
        fiber: usize,
        method: usize,
        tag: u64,
    },
    Leave {
        fiber: usize,
        tag: u64,
    },
    /// The fiber is seen running, but neither calls nor returns.
    Appear {
        fiber: usize,
    },
    FiberSwitch {
        thread: usize,
    },
    /// The thread stops running.
    ThreadSuspended {
        thread: usize,
    },
    /// The thread runs.
    ThreadResumed {
        thread: usize,
    },
    Forget {
        fiber: usize,
    },
    Pause,
    Resume,
    GcBegan,
    GcEnded,
    Advance(u64),
    Allocate {
        fiber: usize,
        lexical: Option<usize>,
        class: u64,
    },
    /// From now on the key of `method`, which was folded so far, means another method.
    Refold {
        method: usize,
        into: Option<usize>,
    },
}

/// What the program would say about a method. Method 0 is code outside any method, and plain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct MethodScript {
    pub(crate) hidden: bool,
    /// A method that is never folded itself.
    pub(crate) folded_into: Option<usize>,
}

/// What the program would say about a fiber.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FiberScript {
    pub(crate) thread: usize,
    pub(crate) ignored: bool,
    /// Method and tag of what already runs when the fiber is first seen, outermost first.
    pub(crate) live: Vec<(usize, u64)>,
}

/// A script. Methods and fibers that are not listed are plain.
///
/// The functions that add events are for tapes written by hand: they happen on the fiber chosen last
/// with [`on`](Self::on), and a call's tag is the number of its method.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Tape {
    pub(crate) methods: Vec<MethodScript>,
    pub(crate) fibers: Vec<FiberScript>,
    pub(crate) events: Vec<Event>,
    on: usize,
}

impl Tape {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn method(&self, method: usize) -> MethodScript {
        self.methods.get(method).copied().unwrap_or_default()
    }

    pub(crate) fn fiber(&self, fiber: usize) -> FiberScript {
        self.fibers.get(fiber).cloned().unwrap_or_default()
    }

    fn method_mut(&mut self, method: usize) -> &mut MethodScript {
        let length = self.methods.len().max(method + 1);
        self.methods.resize(length, MethodScript::default());
        &mut self.methods[method]
    }

    fn fiber_mut(&mut self, fiber: usize) -> &mut FiberScript {
        let length = self.fibers.len().max(fiber + 1);
        self.fibers.resize(length, FiberScript::default());
        &mut self.fibers[fiber]
    }

    pub(crate) fn hidden(mut self, method: usize) -> Self {
        self.method_mut(method).hidden = true;
        self
    }

    pub(crate) fn folded(mut self, method: usize, into: usize) -> Self {
        self.method_mut(method).folded_into = Some(into);
        self
    }

    pub(crate) fn ignored(mut self, fiber: usize) -> Self {
        self.fiber_mut(fiber).ignored = true;
        self
    }

    pub(crate) fn of_thread(mut self, fiber: usize, thread: usize) -> Self {
        self.fiber_mut(fiber).thread = thread;
        self
    }

    /// Methods that run when `fiber` is first seen; their tags are their numbers.
    pub(crate) fn live(mut self, fiber: usize, methods: &[usize]) -> Self {
        self.fiber_mut(fiber).live = methods.iter().map(|m| (*m, *m as u64)).collect();
        self
    }

    pub(crate) fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }

    /// The events that follow happen on `fiber`.
    pub(crate) fn on(mut self, fiber: usize) -> Self {
        self.on = fiber;
        self
    }

    pub(crate) fn enter(self, method: usize) -> Self {
        self.enter_tagged(method, method as u64)
    }

    pub(crate) fn enter_tagged(self, method: usize, tag: u64) -> Self {
        let fiber = self.on;
        self.event(Event::Enter { fiber, method, tag })
    }

    pub(crate) fn leave(self, tag: u64) -> Self {
        let fiber = self.on;
        self.event(Event::Leave { fiber, tag })
    }

    pub(crate) fn appear(self) -> Self {
        let fiber = self.on;
        self.event(Event::Appear { fiber })
    }

    pub(crate) fn forget(self) -> Self {
        let fiber = self.on;
        self.event(Event::Forget { fiber })
    }

    pub(crate) fn fiber_switch(self, thread: usize) -> Self {
        self.event(Event::FiberSwitch { thread })
    }

    pub(crate) fn stops(self, thread: usize) -> Self {
        self.event(Event::ThreadSuspended { thread })
    }

    pub(crate) fn runs(self, thread: usize) -> Self {
        self.event(Event::ThreadResumed { thread })
    }

    pub(crate) fn pause(self) -> Self {
        self.event(Event::Pause)
    }

    pub(crate) fn resume(self) -> Self {
        self.event(Event::Resume)
    }

    pub(crate) fn gc_began(self) -> Self {
        self.event(Event::GcBegan)
    }

    pub(crate) fn gc_ended(self) -> Self {
        self.event(Event::GcEnded)
    }

    pub(crate) fn advance(self, ticks: u64) -> Self {
        self.event(Event::Advance(ticks))
    }

    pub(crate) fn allocate(self, lexical: Option<usize>, class: u64) -> Self {
        let fiber = self.on;
        self.event(Event::Allocate {
            fiber,
            lexical,
            class,
        })
    }

    /// A call, `ticks` in it, and its return.
    pub(crate) fn call(self, method: usize, ticks: u64) -> Self {
        self.enter(method).advance(ticks).leave(method as u64)
    }
}

/// Short enough to read a tape that failed: what is plain is left out, and an event is a word.
impl fmt::Debug for Tape {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, method) in self.methods.iter().enumerate() {
            if *method != MethodScript::default() {
                writeln!(to, "method {number}: {method:?}")?;
            }
        }
        for (number, fiber) in self.fibers.iter().enumerate() {
            if *fiber != FiberScript::default() {
                writeln!(to, "fiber {number}: {fiber:?}")?;
            }
        }
        for event in &self.events {
            match event {
                Event::Enter { fiber, method, tag } => {
                    write!(to, "enter({fiber}, m{method}, tag {tag}) ")?;
                }
                Event::Leave { fiber, tag } => write!(to, "leave({fiber}, tag {tag}) ")?,
                Event::Advance(ticks) => write!(to, "+{ticks} ")?,
                other => {
                    // In one line even if the tape was asked for with `{:#?}`.
                    let word = format!("{other:?}");
                    write!(to, "{word} ")?;
                }
            }
        }
        Ok(())
    }
}

/// A place in the source: file name and line.
pub(crate) type Place = (Option<String>, u32);

/// Where the caller is at event number `event`.
pub(crate) fn call_place(event: usize) -> Place {
    (Some("caller.rb".into()), event as u32 + 1)
}

/// Where a method that was found running is.
pub(crate) fn live_place(method: usize) -> Place {
    (Some(format!("live_{method}.rb")), 7)
}

/// Where an object of `class` is made: classes are made on few lines, so that counts add up.
pub(crate) fn allocation_place(class: u64) -> Place {
    (Some("objects.rb".into()), 1 + class as u32 / 2)
}

/// The object id of what `fiber` stands for after having been forgotten `lives` times.
pub(crate) fn fiber_id(fiber: usize, lives: u64) -> u64 {
    100 * fiber as u64 + lives
}

/// The object id of a thread.
pub(crate) fn thread_id(thread: usize) -> u64 {
    500 + thread as u64
}
