//! Plays a tape to the real recorder, as an embedder has to.

use rubyprof_core::{
    Budget, Cost, Costs, Host, Limits, MeasureMode, Profile, Recorder, Scale, Settings,
};

use super::host::{self, ScriptedHost, ScriptedNames};
use super::summary::Summary;
use super::tape::{self, Event, Tape};

/// Which functions get the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// `enter` and `leave` first, as an embedder does.
    Usual,
    /// Only `enter_slowly` and `leave_slowly`, which must come to the same.
    Slow,
    /// As the usual one, with a budget.
    Cheap,
}

/// What became of a tape.
pub(crate) struct Recorded {
    pub(crate) profile: Profile,
    pub(crate) unmatched: u64,
}

impl Recorded {
    pub(crate) fn summary(&self) -> Summary {
        Summary::of(&self.profile, self.unmatched)
    }
}

/// Records in ticks, the usual way.
pub(crate) fn record(tape: &Tape) -> Recorded {
    record_with(tape, Scale::ONE, Way::Usual)
}

pub(crate) fn record_with(tape: &Tape, scale: Scale, way: Way) -> Recorded {
    record_within(tape, scale, way, Limits::default(), None)
}

/// With bounds, and a budget of the profiler's time.
pub(crate) fn record_within(
    tape: &Tape,
    scale: Scale,
    way: Way,
    limits: Limits,
    budget: Option<Budget>,
) -> Recorded {
    let mut recorder = Recorder::within(limits);
    recorder.record_latencies(scale);
    if let Some(budget) = budget {
        recorder.keep_to(budget);
    }
    let way = match (way, budget) {
        (Way::Usual, Some(_)) => Way::Cheap,
        _ => way,
    };
    let mut host = ScriptedHost::new(tape);
    for (number, event) in tape.events.iter().enumerate() {
        host.event = number;
        play(*event, &mut recorder, &mut host, way);
    }
    let unmatched = recorder.unmatched_returns();
    let mut names = ScriptedNames::default();
    let profile = recorder.finish(host.clock, settings(scale), &mut names);
    let keys: Vec<_> = profile.methods().iter().map(|method| method.key).collect();
    assert_eq!(names.asked, keys, "names are asked once a method");
    Recorded { profile, unmatched }
}

/// What all tapes are charged: enough for every rule to have its turn.
pub(crate) const COSTS: Costs = Costs {
    ruby: Cost {
        inner: 700,
        outer: 1_300,
    },
    c: Cost { inner: 0, outer: 0 },
    operator: Cost { inner: 0, outer: 0 },
    new_path: 2_500,
    object: 1_100,
    switch: 400,
    spread: 100_000,
    unknown: 0,
};

pub(crate) fn settings(scale: Scale) -> Settings {
    Settings {
        measure_mode: MeasureMode::WallTime,
        track_allocations: true,
        c_calls: true,
        operators: true,
        costs: COSTS,
        clock: "scripted".into(),
        scale,
    }
}

fn play(event: Event, recorder: &mut Recorder, host: &mut ScriptedHost<'_>, way: Way) {
    match event {
        Event::Enter { fiber, method, tag } => {
            let current = make_current(fiber, recorder, host);
            let key = host::key(method);
            let settled = match way {
                Way::Usual => current && recorder.enter(key, tag, || Some(host.clock)),
                Way::Cheap => current && recorder.enter_cheaply(key, tag, || Some(host.clock)),
                Way::Slow => false,
            };
            if !settled {
                recorder.enter_slowly(key, tag, host);
            }
        }
        Event::Leave { fiber, tag } => {
            let current = make_current(fiber, recorder, host);
            let settled = match way {
                Way::Usual => current && recorder.leave(tag, host.clock),
                Way::Cheap => current && recorder.leave_cheaply(tag, || Some(host.clock)),
                Way::Slow => false,
            };
            if !settled {
                recorder.leave_slowly(tag, host);
            }
        }
        Event::Appear { fiber } => {
            make_current(fiber, recorder, host);
        }
        Event::FiberSwitch { thread } => {
            recorder.fiber_switched(host::thread_token(thread), host.clock);
        }
        Event::ThreadSuspended { thread } => {
            recorder.thread_suspended(host::thread_token(thread), host.clock);
        }
        Event::ThreadResumed { thread } => {
            let away = host.away();
            recorder.thread_resumed(host::thread_token(thread), host.clock, away);
        }
        Event::Forget { fiber } => {
            recorder.forget(host::token(fiber), host.clock);
            host.forget(fiber);
        }
        Event::Pause => recorder.pause(host.clock),
        Event::Resume => recorder.resume(host.clock),
        Event::GcBegan => recorder.gc_began(host.clock),
        Event::GcEnded => recorder.gc_ended(host.clock),
        Event::Advance(ticks) => {
            host.clock += ticks;
            // What an embedder may find out at the next event.
            if host.event.is_multiple_of(4) {
                recorder.blocked(ticks / 2);
            }
        }
        Event::Allocate {
            fiber,
            lexical,
            class,
        } => {
            make_current(fiber, recorder, host);
            let place = tape::allocation_place(class);
            let location = host::locate(recorder.sources_mut(), place);
            recorder.allocated(lexical.map(host::key), class, location);
        }
        Event::Refold { method, into } => host.refold(method, into),
    }
}

/// Whether events of `fiber` may go to `enter` and `leave`. They may not while the recorder is
/// paused or ignores the fiber, although the fiber runs.
fn make_current(fiber: usize, recorder: &mut Recorder, host: &mut ScriptedHost<'_>) -> bool {
    let token = host::token(fiber);
    host.running = fiber;
    if !recorder.is_current(token) && !recorder.runs(token) {
        recorder.switch_to(token, host);
        host.nobody_is_called = false;
    }
    recorder.is_current(token)
}
