//! A slow model of what a recorder has to do, written from the documented rules.
//!
//! It has no clock and no subtraction: when time passes, it is added to every call that is open.
//! A pause needs no rule for time at all, since nothing is added. A fiber that does not run puts
//! the time aside, because only later it turns out whether that was waiting, its own time or whether
//! the fiber was never resumed.

use rubyprof_core::Scale;

use super::reference_fiber::{Fiber, Frame};
use super::summary::{AllocationSummary, Summary, ThreadSummary, Tree};
use super::tape::{self, Event, MethodScript, Tape};

struct Model<'a> {
    tape: &'a Tape,
    methods: Vec<MethodScript>,
    fibers: Vec<Fiber>,
    /// Which of `fibers` each fiber number stands for now.
    known: Vec<Option<usize>>,
    lives: Vec<u64>,
    running: Option<usize>,
    /// The thread that runs: that of the running fiber, if there is one.
    turn: Option<usize>,
    /// Fibers in the order in which they ran, less those whose thread switched since.
    ran: Vec<usize>,
    paused: bool,
    recorded_methods: Vec<usize>,
    /// Counts by fiber, not by thread of the profile.
    allocations: Vec<AllocationSummary>,
    unmatched: u64,
}

/// What recording `tape` must come to.
pub(crate) fn summary(tape: &Tape, scale: Scale) -> Summary {
    let fibers = 16.max(tape.fibers.len());
    let mut model = Model {
        tape,
        methods: tape.methods.clone(),
        fibers: Vec::new(),
        known: vec![None; fibers],
        lives: vec![0; fibers],
        running: None,
        turn: None,
        ran: Vec::new(),
        paused: false,
        // Code outside any method needs no introduction.
        recorded_methods: vec![0],
        allocations: Vec::new(),
        unmatched: 0,
    };
    for (number, event) in tape.events.iter().enumerate() {
        model.play(*event, number);
    }
    model.finish(scale)
}

impl Model<'_> {
    fn play(&mut self, event: Event, number: usize) {
        match event {
            Event::Enter { fiber, method, tag } => {
                let index = self.run(fiber);
                let method = self.known_as(method);
                let recorded = !self.paused && !self.is_hidden(method);
                let fiber = &mut self.fibers[index];
                if fiber.ignored {
                    return;
                }
                let node = recorded.then(|| {
                    let node = fiber.callee(method, tape::call_place(number));
                    fiber.nodes[node].called += 1;
                    node
                });
                fiber.frames.push(Frame {
                    tag,
                    node,
                    took: 0,
                    found_running: false,
                });
                if recorded {
                    self.recorded_methods.push(method);
                }
            }
            Event::Leave { fiber, tag } => {
                let index = self.run(fiber);
                let fiber = &mut self.fibers[index];
                if fiber.ignored {
                    return;
                }
                if fiber.frames.iter().any(|frame| frame.tag == tag) {
                    fiber.return_from(tag);
                } else {
                    self.unmatched += 1;
                }
            }
            Event::Appear { fiber } => {
                self.run(fiber);
            }
            Event::FiberSwitch { thread } => {
                // Whoever ran so far does not run any more, even if the switch was another
                // thread's: threads take turns. The fiber that gave way is the thread's last.
                self.running = None;
                if let Some(index) = self.last_of(thread) {
                    self.fibers[index].suspended = true;
                }
                self.ran
                    .retain(|index| self.fibers[*index].thread != thread);
            }
            Event::ThreadSuspended { thread } => self.stop(thread),
            Event::ThreadResumed { thread } => {
                if self.turn != Some(thread) {
                    if let Some(turn) = self.turn {
                        self.stop(turn);
                    }
                    self.turn = Some(thread);
                    if let Some(index) = self.last_of(thread) {
                        self.go_on(index);
                    }
                }
            }
            Event::Forget { fiber } => {
                self.lives[fiber] += 1;
                if let Some(index) = self.known[fiber].take() {
                    self.fibers[index].suspended = true;
                    // What ran before it on its thread gave way to it long ago.
                    let thread = self.fibers[index].thread;
                    if self.last_of(thread) == Some(index) {
                        self.ran
                            .retain(|index| self.fibers[*index].thread != thread);
                    }
                    if self.running == Some(index) {
                        self.running = None;
                    }
                }
            }
            Event::Pause => self.paused = true,
            Event::Resume => self.paused = false,
            // Where self time goes has no say in how much it is.
            Event::GcBegan | Event::GcEnded => {}
            Event::Advance(ticks) => self.advance(ticks),
            Event::Allocate {
                fiber,
                lexical,
                class,
            } => {
                let index = self.run(fiber);
                self.allocate(index, lexical, class);
            }
            Event::Refold { method, into } => {
                if let Some(script) = self.methods.get_mut(method)
                    && script.folded_into.is_some()
                {
                    script.folded_into = into;
                }
            }
        }
    }

    fn advance(&mut self, ticks: u64) {
        if self.paused {
            return;
        }
        for (index, fiber) in self.fibers.iter_mut().enumerate() {
            if self.running == Some(index) {
                fiber.spend(ticks, |node| &mut node.own);
            } else if self.turn.is_some() {
                fiber.away_while_others_ran += ticks;
            } else {
                fiber.away_while_nobody_ran += ticks;
            }
        }
    }

    /// The thread stops running, if it runs.
    fn stop(&mut self, thread: usize) {
        if self.turn == Some(thread) {
            self.turn = None;
            if let Some(index) = self.running.take() {
                self.fibers[index].stopped_with_its_thread = true;
            }
        }
    }

    fn allocate(&mut self, fiber: usize, lexical: Option<usize>, class: u64) {
        if self.paused || self.fibers[fiber].ignored {
            return;
        }
        let lexical = lexical.filter(|method| self.recorded_methods.contains(method));
        let method = lexical.unwrap_or_else(|| self.fibers[fiber].running_method());
        let allocation = AllocationSummary {
            thread: fiber,
            method,
            class: format!("Object{class}"),
            place: tape::allocation_place(class),
            count: 0,
        };
        let same = |known: &AllocationSummary| AllocationSummary {
            count: 0,
            ..known.clone()
        };
        let known = self.allocations.iter().position(|k| same(k) == allocation);
        let known = known.unwrap_or_else(|| {
            self.allocations.push(allocation);
            self.allocations.len() - 1
        });
        self.allocations[known].count += 1;
    }

    /// The fiber that the thread ran last, unless that gave way already.
    fn last_of(&self, thread: usize) -> Option<usize> {
        let of_thread = |index: &&usize| self.fibers[**index].thread == thread;
        self.ran.iter().rfind(of_thread).copied()
    }

    fn known_as(&self, method: usize) -> usize {
        let script = self.methods.get(method).copied().unwrap_or_default();
        script.folded_into.unwrap_or(method)
    }

    fn is_hidden(&self, method: usize) -> bool {
        self.methods.get(method).is_some_and(|script| script.hidden)
    }

    /// Makes `fiber` the one that runs.
    fn run(&mut self, fiber: usize) -> usize {
        let index = self.known[fiber].unwrap_or_else(|| self.begin(fiber));
        if self.running != Some(index) {
            self.turn = Some(self.fibers[index].thread);
            self.go_on(index);
        }
        index
    }

    fn go_on(&mut self, fiber: usize) {
        self.running = Some(fiber);
        self.ran.push(fiber);
        let fiber = &mut self.fibers[fiber];
        fiber.end_absence();
        fiber.suspended = false;
        fiber.stopped_with_its_thread = false;
    }

    fn begin(&mut self, fiber: usize) -> usize {
        let script = self.tape.fiber(fiber);
        let mut model = Fiber {
            id: tape::fiber_id(fiber, self.lives[fiber]),
            thread: script.thread,
            ignored: script.ignored,
            frames: Vec::new(),
            nodes: Vec::new(),
            top_level: Vec::new(),
            away_while_others_ran: 0,
            away_while_nobody_ran: 0,
            suspended: false,
            stopped_with_its_thread: false,
        };
        for (found, tag) in script.live.iter().filter(|_| !script.ignored) {
            let method = self.known_as(*found);
            let node = (!self.is_hidden(method)).then(|| {
                self.recorded_methods.push(method);
                model.callee(method, tape::live_place(*found))
            });
            model.frames.push(Frame {
                tag: *tag,
                node,
                took: 0,
                found_running: node.is_some(),
            });
        }
        model.count_root();
        self.fibers.push(model);
        self.known[fiber] = Some(self.fibers.len() - 1);
        self.fibers.len() - 1
    }

    fn finish(mut self, scale: Scale) -> Summary {
        let mut summary = Summary {
            unmatched: self.unmatched,
            ..Summary::default()
        };
        for (index, fiber) in self.fibers.iter_mut().enumerate() {
            if !fiber.suspended {
                fiber.end_absence();
            }
            let Some(root) = fiber.root(scale) else {
                continue;
            };
            let mut called = Vec::new();
            list_methods(&root, &mut called);
            for allocation in self.allocations.iter().filter(|one| one.thread == index) {
                let method = match called.contains(&allocation.method) {
                    true => allocation.method,
                    false => root.method,
                };
                let moved = AllocationSummary {
                    thread: summary.threads.len(),
                    method,
                    ..allocation.clone()
                };
                let same = summary.allocations.iter_mut().find(|known| {
                    (known.thread, known.method) == (moved.thread, moved.method)
                        && (&known.class, &known.place) == (&moved.class, &moved.place)
                });
                match same {
                    Some(known) => known.count += moved.count,
                    None => summary.allocations.push(moved),
                }
            }
            summary.threads.push(ThreadSummary {
                id: tape::thread_id(fiber.thread),
                fiber_id: fiber.id,
                root,
            });
        }
        let mut methods = Vec::new();
        for thread in &summary.threads {
            list_methods(&thread.root, &mut methods);
        }
        summary.methods = methods;
        summary.sort_allocations();
        summary
    }
}

fn list_methods(tree: &Tree, methods: &mut Vec<usize>) {
    if !methods.contains(&tree.method) {
        methods.push(tree.method);
    }
    for child in &tree.children {
        list_methods(child, methods);
    }
}
