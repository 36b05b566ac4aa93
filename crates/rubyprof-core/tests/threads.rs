//! Tapes of programs whose VM tells when a thread runs and when it stops. See `support::picture` for
//! the notation.

#[allow(dead_code, reason = "each test uses its part")]
mod support;

use rubyprof_core::Recorder;

use support::host::{ScriptedHost, thread_token, token};
use support::picture::expect;
use support::tape::Tape;

/// Fibers 0 and 1 of thread 0, fiber 2 of thread 1.
fn threads() -> Tape {
    Tape::new().of_thread(2, 1)
}

#[test]
fn threads_that_sleep_keep_their_time() {
    // One sleeps for 50; the other for 20, then joins it.
    let tape = threads().enter(1).enter(2).stops(0);
    let tape = tape.runs(1).on(2).enter(3).stops(1).advance(20);
    let tape = tape.runs(0).on(0).leave(2).enter(4).stops(0).advance(30);
    let tape = tape.runs(1).on(2).leave(3).forget().stops(1);
    expect(
        &tape.runs(0).on(0).leave(4).leave(1),
        "f0
          m1 x1 50/0/0
           m2 x1 20/20/0
           m4 x1 30/30/0
         f200
          m3 x1 50/50/0",
    );
}

#[test]
fn only_the_time_that_others_run_is_wait() {
    let tape = threads().enter(1).advance(1).stops(0).advance(2).runs(1);
    let tape = tape.on(2).call(2, 4).stops(1).advance(8).runs(0);
    expect(
        &tape.on(0).advance(16).leave(1),
        "f0
          m1 x1 31/27/4
         f200
          m2 x1 4/4/0",
    );
}

#[test]
fn threads_that_take_turns_have_their_own_share_without_any_call() {
    let tape = threads().enter(1).advance(1).stops(0).runs(1);
    let tape = tape.on(2).enter(2).advance(2).stops(1).runs(0).advance(4);
    expect(
        &tape.stops(0).runs(1).advance(8).leave(2),
        "f0
          m1 x1 15/5/10
         f200
          m2 x1 14/10/4",
    );
}

#[test]
fn threads_of_which_nothing_is_known_are_waited_for() {
    let tape = threads().enter(1).advance(1).stops(0).runs(2).advance(2);
    expect(
        &tape.stops(2).advance(4).runs(0).leave(1),
        "f0
          m1 x1 7/5/2",
    );
}

#[test]
fn a_thread_that_runs_before_its_first_call_is_waited_for() {
    let tape = threads().enter(1).stops(0).runs(1).advance(3);
    expect(
        &tape.on(2).call(2, 1).stops(1).runs(0).on(0).leave(1),
        "f0
          m1 x1 4/0/4
         f200
          m2 x1 1/1/0",
    );
}

#[test]
fn a_thread_stops_when_another_runs_though_that_was_not_told() {
    let tape = threads().enter(1).advance(1).runs(1).advance(2).stops(1);
    expect(
        &tape.advance(4).runs(0).leave(1),
        "f0
          m1 x1 7/5/2",
    );
}

#[test]
fn a_thread_that_does_not_run_cannot_stop() {
    let tape = threads().enter(1).advance(1).stops(1).advance(2).runs(0);
    let tape = tape.advance(4).stops(0).runs(1).on(2).enter(2).stops(0);
    expect(
        &tape.advance(8).leave(2).stops(1).runs(0).on(0).leave(1),
        "f0
          m1 x1 15/7/8
         f200
          m2 x1 8/8/0",
    );
}

#[test]
fn a_thread_that_stopped_and_yet_has_events_runs() {
    let tape = threads().enter(1).stops(0).advance(1).call(2, 2).stops(0);
    expect(
        &tape.advance(4).leave(1),
        "f0
          m1 x1 7/5/0
           m2 x1 2/2/0",
    );
}

#[test]
fn a_fiber_that_gave_way_waits_though_nobody_runs() {
    let tape = threads().enter(1).fiber_switch(0).on(1).enter(2);
    let tape = tape.stops(0).advance(5).runs(0).advance(1).leave(2);
    expect(
        &tape.fiber_switch(0).on(0).leave(1),
        "f0
          m1 x1 6/0/6
         f100
          m2 x1 6/6/0",
    );
}

#[test]
fn pauses_are_nobodys_whoever_runs() {
    let tape = threads().enter(1).advance(1).stops(0).runs(1).advance(2);
    let tape = tape.pause().advance(50).resume().advance(4).stops(1);
    let tape = tape.advance(8).pause().runs(1).advance(90).stops(1);
    expect(
        &tape.resume().advance(16).runs(0).leave(1),
        "f0
          m1 x1 31/25/6",
    );
}

#[test]
fn a_thread_that_ends_is_waited_for_while_it_runs() {
    let tape = threads().enter(1).stops(0).runs(1).on(2).enter(2);
    let tape = tape.advance(1).forget().advance(2).stops(1).advance(4);
    // The next thread of that number has nothing to do with it.
    let tape = tape.runs(0).stops(0).runs(1).advance(8).on(2).enter(3);
    expect(
        &tape.advance(16).stops(1).runs(0).on(0).leave(1),
        "f0
          m1 x1 31/4/27
         f200
          m2 x1 1/1/0
         f201
          m3 x1 16/16/0",
    );
}

#[test]
fn ignored_threads_are_waited_for() {
    let tape = threads().ignored(2).enter(1).stops(0).runs(1);
    let tape = tape.on(2).enter(2).advance(2).stops(1).advance(4);
    expect(
        &tape.runs(0).on(0).leave(1),
        "f0
          m1 x1 6/4/2",
    );
}

#[test]
fn threads_that_sleep_at_the_end_keep_their_time() {
    let tape = threads().enter(1).advance(1).stops(0).runs(1);
    let tape = tape.on(2).enter(2).advance(2).stops(1);
    expect(
        &tape.advance(4),
        "f0
          m1 x1 7/5/2
         f200
          m2 x1 6/6/0",
    );
}

#[test]
fn a_thread_that_runs_at_the_end_is_waited_for_until_then() {
    let tape = threads().enter(1).advance(1).stops(0).runs(1);
    expect(
        &tape.on(2).enter(2).advance(2),
        "f0
          m1 x1 3/1/2
         f200
          m2 x1 2/2/0",
    );
}

#[test]
fn a_thread_that_runs_again_has_its_fiber_current_before_any_event() {
    let tape = threads();
    let mut host = ScriptedHost::new(&tape);
    let mut recorder = Recorder::new();
    recorder.switch_to(token(0), &mut host);
    recorder.thread_suspended(thread_token(0), 1);
    assert!(!recorder.is_current(token(0)) && !recorder.runs(token(0)));
    recorder.thread_resumed(thread_token(1), 2, None);
    assert!(!recorder.runs(token(2)), "it was never seen");
    recorder.thread_resumed(thread_token(0), 3, None);
    assert!(recorder.is_current(token(0)) && recorder.runs(token(0)));
}
