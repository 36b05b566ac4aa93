//! A program, and a tracer that costs time: what the clock shows with it and without it.

use rubyprof_core::{
    Cost, Costs, FiberOrigin, FileId, Host, LiveFrame, Location, MeasureMode, MethodKey,
    MethodName, MethodOrigin, Names, OwnerKind, Profile, Recorder, Scale, Settings, Sources,
};
use std::collections::{HashMap, HashSet};

/// What happens in the program. Times are in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Call(usize),
    /// Of the innermost call; none is left of those that ran before, but the outermost.
    Return,
    Work(u64),
    Collect(u64),
    /// An object.
    Make,
    /// Another fiber runs for a moment, and then this one again.
    Switch,
}

/// What a call takes before and after the clock is read at its call, and before and after it is at its return.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pieces {
    pub(crate) a: u64,
    pub(crate) b: u64,
    pub(crate) c: u64,
    pub(crate) d: u64,
}

/// A tracer: its pieces for methods in Ruby, in C, and for operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tracer {
    /// How long a tick is, in picoseconds: 1 or 1,000.
    pub(crate) tick: u64,
    pub(crate) pieces: [Pieces; 3],
    pub(crate) new_path: u64,
    /// Counting an object, and going on after another fiber.
    pub(crate) object: u64,
    pub(crate) switch: u64,
}

impl Tracer {
    /// One that takes no time.
    pub(crate) fn free(tick: u64) -> Self {
        Self {
            tick,
            pieces: [Pieces::default(); 3],
            new_path: 0,
            object: 0,
            switch: 0,
        }
    }

    /// What a calibration that is never wrong finds.
    pub(crate) fn costs(&self) -> Costs {
        let cost = |pieces: Pieces| Cost {
            inner: (pieces.b + pieces.c) * self.tick,
            outer: (pieces.a + pieces.d) * self.tick,
        };
        let [ruby, c, operator] = self.pieces.map(cost);
        Costs {
            ruby,
            c,
            operator,
            new_path: self.new_path * self.tick,
            object: self.object * self.tick,
            switch: self.switch * self.tick,
            spread: 0,
            unknown: 0,
        }
    }
}

/// Methods are in Ruby, in C and operators by turns; 0 is in Ruby.
pub(crate) fn kind(method: usize) -> usize {
    method % 3
}

/// A tracer at work.
pub(crate) struct Run<'a> {
    tracer: &'a Tracer,
    recorder: Recorder,
    world: World,
    open: Vec<usize>,
    known: HashSet<Vec<usize>>,
    seen: Seen,
    /// How many of the methods that were running before have not returned.
    seeds: usize,
}

/// By path of running methods, outermost first: objects that were made, and switches after which it went on.
pub(crate) type Seen = HashMap<Vec<usize>, (u64, u64)>;

const TOKEN: u64 = 8;
/// A fiber in which nothing is ever called.
const OTHER: u64 = 16;

impl<'a> Run<'a> {
    /// `live` run already, outermost first.
    pub(crate) fn new(tracer: &'a Tracer, live: &[usize]) -> Self {
        let mut run = Self {
            tracer,
            recorder: Recorder::new(),
            world: World {
                clock: 1 << 30,
                live: live.to_vec(),
                is_other: false,
            },
            open: live.to_vec(),
            known: HashSet::new(),
            seen: Seen::new(),
            seeds: live.len(),
        };
        for depth in 1..=live.len() {
            run.known.insert(live[..depth].to_vec());
        }
        run.recorder.switch_to(TOKEN, &mut run.world);
        run
    }

    pub(crate) fn step(&mut self, step: Step) {
        match step {
            Step::Call(method) => self.call(method),
            Step::Return if self.open.len() > 1 || self.seeds == 0 => self.give_back(),
            Step::Return => {}
            Step::Work(time) => self.world.clock += time,
            Step::Collect(time) => {
                self.recorder.gc_began(self.world.clock);
                self.world.clock += time;
                self.recorder.gc_ended(self.world.clock);
            }
            Step::Make => {
                self.recorder.allocated(None, 1, Location::default());
                self.world.clock += self.tracer.object;
                self.seen.entry(self.open.clone()).or_default().0 += 1;
            }
            Step::Switch => {
                self.world.is_other = true;
                self.recorder.switch_to(OTHER, &mut self.world);
                self.world.is_other = false;
                self.recorder.switch_to(TOKEN, &mut self.world);
                self.world.clock += self.tracer.switch;
                self.seen.entry(self.open.clone()).or_default().1 += 1;
            }
        }
    }

    fn call(&mut self, method: usize) {
        let pieces = self.tracer.pieces[kind(method)];
        self.open.push(method);
        self.world.clock += pieces.a;
        if self.known.insert(self.open.clone()) {
            self.world.clock += self.tracer.new_path;
        }
        let clock = self.world.clock;
        let key = key(method);
        if !self.recorder.enter(key, key.called, || Some(clock)) {
            self.recorder.enter_slowly(key, key.called, &mut self.world);
        }
        self.world.clock += pieces.b;
    }

    fn give_back(&mut self) {
        let Some(method) = self.open.pop() else {
            return;
        };
        // Returns of calls that were not traced are taken to cost nothing.
        let pieces = match self.open.len() < self.seeds {
            true => Pieces::default(),
            false => self.tracer.pieces[kind(method)],
        };
        self.seeds = self.seeds.min(self.open.len());
        self.world.clock += pieces.c;
        let tag = key(method).called;
        if !self.recorder.leave_unlogged(tag, self.world.clock) {
            self.recorder.leave_slowly(tag, &mut self.world);
        }
        self.world.clock += pieces.d;
    }

    /// Ends all calls that were traced. `costs` are what is known of the tracer.
    pub(crate) fn finish(mut self, costs: Costs) -> (Profile, Seen) {
        while self.open.len() > self.seeds {
            self.give_back();
        }
        let settings = Settings {
            measure_mode: MeasureMode::WallTime,
            track_allocations: false,
            c_calls: true,
            operators: true,
            costs,
            clock: "simulated".into(),
            scale: Scale::from_ratio(self.tracer.tick, 1_000),
        };
        let now = self.world.clock;
        let profile = self.recorder.finish(now, settings, &mut self.world);
        (profile, self.seen)
    }
}

/// The profile of a program under a tracer, of which `costs` are known.
pub(crate) fn trace(steps: &[Step], live: &[usize], tracer: &Tracer, costs: Costs) -> Profile {
    watch(steps, live, tracer, costs).0
}

/// The same, and what there was to see beside calls.
pub(crate) fn watch(
    steps: &[Step],
    live: &[usize],
    tracer: &Tracer,
    costs: Costs,
) -> (Profile, Seen) {
    let mut run = Run::new(tracer, live);
    for step in steps {
        run.step(*step);
    }
    run.finish(costs)
}

struct World {
    clock: u64,
    live: Vec<usize>,
    /// Whether the other fiber runs.
    is_other: bool,
}

fn key(method: usize) -> MethodKey {
    MethodKey {
        owner: 8 + method as u64 * 8,
        called: method as u64 + 1,
    }
}

fn definition(method: usize) -> Location {
    Location {
        file: (kind(method) == 0).then_some(FileId(0)),
        line: method as u32,
    }
}

impl Host for World {
    fn now(&mut self) -> u64 {
        self.clock
    }

    fn fiber(&mut self) -> FiberOrigin {
        FiberOrigin {
            fiber_id: u64::from(self.is_other),
            ..FiberOrigin::default()
        }
    }

    fn live_frames(&mut self, sources: &mut Sources) -> Option<Vec<LiveFrame>> {
        sources.file(b"program.rb");
        if self.is_other {
            return Some(Vec::new());
        }
        let live = self.live.iter().map(|method| LiveFrame {
            key: key(*method),
            tag: key(*method).called,
            transparent: false,
            definition: definition(*method),
            position: Location::default(),
        });
        Some(live.collect())
    }

    fn method(&mut self, _: MethodKey) -> MethodOrigin {
        MethodOrigin::default()
    }

    fn definition(&mut self, key: MethodKey, _: &mut Sources) -> Location {
        definition(key.called as usize - 1)
    }

    fn call_site(&mut self, _: &mut Sources) -> Location {
        Location::default()
    }
}

impl Names for World {
    fn method(&mut self, key: MethodKey) -> MethodName {
        if key == MethodKey::default() {
            return MethodName::default();
        }
        let method = key.called as usize - 1;
        let name = match kind(method) {
            2 => "+".to_owned(),
            _ => format!("m{method}"),
        };
        MethodName {
            class_name: "Integer".into(),
            owner_kind: OwnerKind::Plain,
            name: Some(name),
        }
    }

    fn class(&mut self, _: u64) -> (String, OwnerKind) {
        Default::default()
    }
}
