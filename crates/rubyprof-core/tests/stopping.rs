//! What stopped calls waited for, and how it is kept with the profile.

#[allow(dead_code, reason = "each test uses its part")]
mod support;

use rubyprof_core::{
    Away, CallGraph, Host, Ledger, Location, MeasureMode, MergeBy, Method, NodeId, Profile,
    ProfileBuilder, Recorder, Scale, Stopped,
};

use support::driver::settings;
use support::host::{ScriptedHost, ScriptedNames, key, thread_token, token};
use support::invariants;
use support::tape::Tape;

/// A recorder that has one call open, of thread 0's first fiber, and a host that says so.
struct Program<'a> {
    recorder: Recorder,
    host: ScriptedHost<'a>,
}

impl<'a> Program<'a> {
    fn new(tape: &'a Tape) -> Self {
        let mut program = Self {
            recorder: Recorder::new(),
            host: ScriptedHost::new(tape),
        };
        program.recorder.switch_to(token(0), &mut program.host);
        program.enter(1);
        program
    }

    fn enter(&mut self, method: usize) {
        let tag = method as u64;
        self.recorder.enter_slowly(key(method), tag, &mut self.host);
    }

    fn leave(&mut self, method: usize) {
        self.recorder.leave_slowly(method as u64, &mut self.host);
    }

    fn advance(&mut self, ticks: u64) {
        self.host.clock += ticks;
    }

    fn stop(&mut self, thread: usize) {
        let now = self.host.now();
        self.recorder.thread_suspended(thread_token(thread), now);
    }

    fn resume(&mut self, thread: usize, away: Option<Away>) {
        let now = self.host.now();
        self.recorder
            .thread_resumed(thread_token(thread), now, away);
    }

    fn finish(self) -> Profile {
        let now = self.host.clock;
        let settings = settings(Scale::ONE);
        let profile = self
            .recorder
            .finish(now, settings, &mut ScriptedNames::default());
        invariants::check(&profile);
        profile
    }
}

fn away(gvl_wait: u64, worked: u64) -> Option<Away> {
    Some(Away { gvl_wait, worked })
}

fn stopped(blocked: u64, gvl_wait: u64) -> Stopped {
    Stopped { blocked, gvl_wait }
}

#[test]
fn what_a_thread_did_while_it_stopped_is_told_apart() {
    let tape = Tape::new();
    let mut program = Program::new(&tape);
    program.advance(1);
    program.enter(2);
    program.stop(0);
    program.advance(100);
    program.resume(0, away(30, 20));
    program.leave(2);
    program.stop(0);
    program.advance(1000);
    program.resume(0, None);
    program.leave(1);
    let profile = program.finish();
    assert_eq!(profile.stopped(NodeId(1)), stopped(50, 30));
    // Where nothing is known it may have waited for the GVL.
    assert_eq!(profile.stopped(NodeId(0)), stopped(0, 1000));
    // Nobody else ran.
    assert_eq!(profile.wait(NodeId(1)), 0);
}

#[test]
fn nobody_does_more_than_there_is_time_for() {
    let tape = Tape::new();
    let mut program = Program::new(&tape);
    for told in [away(u64::MAX, u64::MAX), away(0, u64::MAX), away(7, 0)] {
        program.stop(0);
        program.advance(10);
        program.resume(0, told);
    }
    program.leave(1);
    assert_eq!(program.finish().stopped(NodeId(0)), stopped(3, 10 + 7));
}

#[test]
fn who_waits_while_others_run_has_stopped() {
    let tape = Tape::new().of_thread(2, 1);
    let mut program = Program::new(&tape);
    program.stop(0);
    program.resume(1, None);
    program.advance(60);
    program.stop(1);
    program.resume(0, away(10, 60));
    program.leave(1);
    let profile = program.finish();
    assert_eq!(profile.wait(NodeId(0)), 60);
    assert_eq!(profile.stopped(NodeId(0)), stopped(50, 10));
}

#[test]
fn who_does_not_come_back_waited_too() {
    let tape = Tape::new().of_thread(2, 1);
    let mut program = Program::new(&tape);
    program.stop(0);
    program.advance(100);
    program.recorder.still_away(
        thread_token(0),
        Away {
            gvl_wait: 30,
            worked: 20,
        },
    );
    let seen: Vec<u64> = program.recorder.threads().collect();
    assert_eq!(seen, [thread_token(0)]);
    let profile = program.finish();
    assert_eq!(profile.stopped(NodeId(0)), stopped(50, 30));
    // Who runs at the end is not away, whatever is said.
    let mut program = Program::new(&tape);
    program.advance(100);
    program.recorder.still_away(
        thread_token(0),
        Away {
            gvl_wait: 30,
            worked: 20,
        },
    );
    assert_eq!(program.finish().stopped(NodeId(0)), Stopped::default());
}

#[test]
fn a_fiber_is_blocked_while_another_of_its_thread_runs() {
    let tape = Tape::new();
    let mut program = Program::new(&tape);
    let now = program.host.now();
    program.recorder.fiber_switched(thread_token(0), now);
    program.host.running = 1;
    program.recorder.switch_to(token(1), &mut program.host);
    program.enter(3);
    program.advance(9);
    program.leave(3);
    let now = program.host.now();
    program.recorder.fiber_switched(thread_token(0), now);
    program.host.running = 0;
    program.recorder.switch_to(token(0), &mut program.host);
    program.leave(1);
    let profile = program.finish();
    assert_eq!(profile.stopped(NodeId(0)), stopped(9, 0));
    assert_eq!(profile.stopped(NodeId(1)), Stopped::default());
}

#[test]
fn what_is_found_out_at_the_next_event_is_the_innermost_calls() {
    let tape = Tape::new();
    let mut program = Program::new(&tape);
    program.advance(10);
    program.recorder.blocked(4);
    program.enter(2);
    program.advance(20);
    program.recorder.blocked(8);
    program.leave(2);
    program.leave(1);
    // Outside all calls: whose time it is, is not known.
    program.recorder.blocked(16);
    let profile = program.finish();
    assert_eq!(profile.stopped(NodeId(0)), stopped(4, 0));
    assert_eq!(profile.stopped(NodeId(1)), stopped(8, 0));
    // Part of self time, as ever.
    assert_eq!(profile.self_value(NodeId(1)), 20);
}

#[test]
fn paused_time_is_nobodys() {
    let tape = Tape::new();
    let mut program = Program::new(&tape);
    let now = program.host.now();
    program.recorder.worked(thread_token(0), 3);
    program.recorder.pause(now);
    program.recorder.worked(thread_token(0), 4);
    program.recorder.blocked(5);
    program.advance(5);
    let now = program.host.now();
    program.recorder.resume(now);
    program.leave(1);
    program.recorder.worked(thread_token(0), 5);
    // A thread that is not recorded.
    program.recorder.worked(thread_token(1), 6);
    let profile = program.finish();
    assert_eq!(profile.stopped(NodeId(0)), Stopped::default());
    assert_eq!(profile.threads()[0].cpu, Some(3 + 5));
}

/// A program of two methods and two threads, which says all there is to say.
fn profile() -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let main = builder.method(Method::default());
    let work = builder.method(Method {
        class_name: "Job".into(),
        name: Some("work".into()),
        ..Method::default()
    });
    for (id, total) in [(1, 1000), (2, 500)] {
        let root = builder.thread(id, id, main, 1, total);
        builder.cpu(root, total / 2);
        let called = builder.call(root, work, Location::default(), 2, 400);
        builder.stopped(called, stopped(100, 50));
        builder.gc(called, 30);
        builder.overhead(called, 20);
    }
    builder.finish()
}

#[test]
fn a_ledger_adds_up() {
    let profile = profile();
    assert_eq!(profile.check(), Ok(()));
    let expected = Ledger {
        running: 200,
        gvl_wait: 50,
        blocked: 100,
        gc: 30,
        overhead: 20,
    };
    for profile in [&profile, &profile.compensated()] {
        assert_eq!(profile.ledger(NodeId(1)), expected);
        let threads = profile.threads();
        let ledger = profile.ledger_of(&threads[0]);
        assert_eq!((ledger.wall(), ledger.running), (1000, 800));
        // The processor's clock knows of half of it.
        assert_eq!(threads[0].cpu, Some(500));
        assert_eq!(ledger.unexplained(500), 850 - 500);
        assert_eq!(ledger.unexplained(900), 850 - 900);
        assert_eq!(ledger.unexplained(u64::MAX), i64::MIN);
    }
}

#[test]
fn ledgers_are_kept() {
    let profile = profile();
    let graph = CallGraph::of_all(&profile);
    assert_eq!(graph.rows()[1].stopped, stopped(200, 100));
    assert_eq!(graph.edges()[0].stopped, stopped(200, 100));
    let Ok(whole) = Profile::together(&[&profile, &profile], MergeBy::All) else {
        panic!("of one mode")
    };
    assert_eq!(whole.stopped(NodeId(1)), stopped(400, 200));
    assert_eq!(whole.threads()[0].cpu, Some(1500));
    let work = profile.node(NodeId(1)).method;
    let without = profile.without(|method| method == work);
    assert_eq!(without.stopped(NodeId(0)), stopped(100, 50));
    let halved = profile.with_numbers(|number| number / 2);
    assert_eq!(halved.stopped(NodeId(1)), stopped(50, 25));
    assert_eq!(halved.threads()[0].cpu, Some(250));
}

#[test]
fn a_ledger_never_has_more_than_there_is() {
    let ledger = Ledger::of(100, stopped(60, 60), 30, 20);
    assert_eq!(
        (ledger.gvl_wait, ledger.blocked, ledger.running),
        (50, 0, 0)
    );
    assert_eq!(ledger.wall(), 100);
    let ledger = Ledger::of(10, stopped(u64::MAX, u64::MAX), u64::MAX, u64::MAX);
    assert_eq!((ledger.wall(), ledger.gc), (10, 10));
}
