//! Tapes about fibers, threads, pauses and allocations. See `support::picture` for the notation.

#[allow(dead_code, reason = "each test uses its part")]
mod support;

use rubyprof_core::{Recorder, Scale};

use support::driver::{record, settings};
use support::host::{ScriptedHost, ScriptedNames, key, thread_token, token};
use support::picture::expect;
use support::tape::Tape;

/// Fibers 0 and 1 of thread 0, fiber 2 of thread 1.
fn threads() -> Tape {
    Tape::new().of_thread(2, 1)
}

#[test]
fn the_time_another_fiber_runs_is_wait_of_the_innermost_call() {
    let tape = threads().enter(1).enter(2).advance(1).on(2).enter(3);
    let tape = tape.advance(2).on(0).call(4, 4).leave(2).leave(1);
    expect(
        &tape.advance(8).on(2).leave(3),
        "f0
          m1 x1 7/0/0
           m2 x1 7/1/2
            m4 x1 4/4/0
         f200
          m3 x1 14/2/12",
    );
}

#[test]
fn waits_between_calls_are_nobodys() {
    let tape = threads().call(1, 1).on(2).call(2, 2).on(0).call(1, 4);
    expect(
        &tape,
        "f0
          m1 x2 5/5/0
         f200
          m2 x1 2/2/0",
    );
}

#[test]
fn fibers_that_wait_at_the_end_wait_until_the_end() {
    let tape = threads().enter(1).advance(1).on(2).enter(2).advance(2);
    expect(
        &tape,
        "f0
          m1 x1 3/1/2
         f200
          m2 x1 2/2/0",
    );
}

#[test]
fn a_suspended_fiber_ends_when_it_last_ran() {
    let tape = threads().enter(1).advance(1).fiber_switch(0).advance(2);
    expect(
        &tape.on(1).call(2, 4),
        "f0
          m1 x1 1/1/0
         f100
          m2 x1 4/4/0",
    );
}

#[test]
fn a_suspended_fiber_that_is_resumed_waited() {
    let tape = threads().enter(1).advance(1).fiber_switch(0).advance(2);
    let tape = tape.on(1).enter(2).advance(4).fiber_switch(0).advance(8);
    expect(
        &tape.on(0).leave(1),
        "f0
          m1 x1 15/1/14
         f100
          m2 x1 4/4/0",
    );
}

#[test]
fn a_fiber_that_was_resumed_is_suspended_no_more() {
    let tape = threads().enter(1).advance(1).fiber_switch(0).advance(2);
    let tape = tape.on(0).call(3, 4).on(2).call(2, 8);
    expect(
        &tape,
        "f0
          m1 x1 15/1/10
           m3 x1 4/4/0
         f200
          m2 x1 8/8/0",
    );
}

#[test]
fn another_threads_fiber_switch_does_not_suspend() {
    let tape = threads().enter(1).advance(1).fiber_switch(1).advance(2);
    expect(
        &tape.on(2).call(2, 4),
        "f0
          m1 x1 7/1/6
         f200
          m2 x1 4/4/0",
    );
}

#[test]
fn a_forgotten_fibers_token_stands_for_another_fiber() {
    let tape = threads().enter(1).advance(1).forget().advance(2);
    expect(
        &tape.enter(1).advance(4).leave(1).leave(1),
        "f0
          m1 x1 1/1/0
         f1
          m1 x1 4/4/0",
    );
}

#[test]
fn a_fiber_forgotten_while_another_runs_ends_when_it_last_ran() {
    let tape = threads().enter(1).advance(1).on(2).enter(2).advance(2);
    expect(
        &tape.on(0).forget().advance(4).on(2).leave(2),
        "f0
          m1 x1 1/1/0
         f200
          m2 x1 6/6/0",
    );
}

#[test]
fn a_fiber_first_seen_deep_has_what_runs_as_its_root() {
    let tape = threads().live(1, &[4, 5]).enter(1).advance(1);
    expect(
        &tape.on(1).call(2, 2).leave(5).advance(4).on(0).leave(1),
        "f0
          m1 x1 7/1/6
         f100
          m4 x1 6/4/0
           m5 x1 2/0/0
            m2 x1 2/2/0",
    );
}

#[test]
fn nothing_is_recorded_of_ignored_fibers_but_others_wait_for_them() {
    let tape = threads().ignored(2).live(2, &[5]).enter(1).advance(1);
    let tape = tape.on(2).enter(2).advance(2).allocate(None, 1).leave(2);
    let tape = tape.leave(7).on(0).leave(1);
    expect(
        &tape,
        "f0
          m1 x1 3/1/2",
    );
    assert_eq!(record(&tape).profile.allocations(), []);
}

#[test]
fn paused_time_is_nobodys() {
    let tape = Tape::new().enter(1).advance(1).enter(2).advance(2).pause();
    expect(
        &tape.advance(50).resume().advance(4).leave(2).leave(1),
        "f0
          m1 x1 7/1/0
           m2 x1 6/6/0",
    );
}

#[test]
fn pauses_add_up_and_do_not_nest() {
    let tape = Tape::new().resume().enter(1).advance(1).pause().advance(10);
    let tape = tape.pause().advance(20).resume().advance(2).resume();
    expect(
        &tape
            .advance(4)
            .pause()
            .advance(40)
            .resume()
            .call(2, 8)
            .leave(1),
        "f0
          m1 x1 15/7/0
           m2 x1 8/8/0",
    );
}

#[test]
fn calls_made_while_paused_do_not_count() {
    // 2 is a path that is known, 3 is one that is not.
    let tape = Tape::new().enter(1).call(2, 1).pause().call(2, 10);
    expect(
        &tape.call(3, 10).resume().call(2, 2).leave(1),
        "f0
          m1 x1 3/0/0
           m2 x2 3/3/0",
    );
}

#[test]
fn calls_from_a_call_made_while_paused_hang_on_the_nearest_recorded_one() {
    let tape = Tape::new().enter(1).advance(1).pause().enter(2).enter(3);
    let tape = tape.advance(10).resume().advance(2).call(4, 4).leave(3);
    expect(
        &tape.advance(8).leave(2).call(2, 16).leave(1),
        "f0
          m1 x1 31/11/0
           m4 x1 4/4/0
           m2 x1 16/16/0",
    );
}

#[test]
fn calls_made_before_a_pause_may_return_during_it() {
    let tape = Tape::new().enter(1).enter(2).enter(3).advance(1).pause();
    let tape = tape.advance(10).leave(3).advance(10).leave(2).advance(10);
    expect(
        &tape.resume().advance(2).call(3, 4).leave(1),
        "f0
          m1 x1 7/2/0
           m2 x1 1/0/0
            m3 x1 1/1/0
           m3 x1 4/4/0",
    );
}

#[test]
fn switches_while_paused_are_seen_and_their_time_is_nobodys() {
    let tape = threads().enter(1).advance(1).pause().advance(10).on(2);
    let tape = tape.enter(2).advance(20).resume().advance(2).enter(3);
    expect(
        &tape.advance(4).on(0).advance(8).leave(1),
        "f0
          m1 x1 15/1/14
         f200
          m3 x1 12/12/0",
    );
}

#[test]
fn what_runs_in_a_fiber_first_seen_while_paused_is_recorded_from_then_on() {
    let tape = threads().live(1, &[4, 5]).pause().on(1).call(2, 10);
    expect(
        &tape.resume().advance(1).call(2, 2).leave(5).advance(4),
        "f100
          m4 x1 7/4/0
           m5 x1 3/1/0
            m2 x1 2/2/0",
    );
}

#[test]
fn a_profile_may_end_paused() {
    let tape = Tape::new().enter(1).advance(1).pause().enter(2).advance(9);
    expect(
        &tape,
        "f0
          m1 x1 1/1/0",
    );
}

#[test]
fn events_do_not_go_to_the_quick_functions_while_paused() {
    let tape = Tape::new();
    let mut host = ScriptedHost::new(&tape);
    let mut recorder = Recorder::new();
    assert!(recorder.is_ignoring(), "nobody runs yet");
    recorder.switch_to(token(0), &mut host);
    assert!(recorder.is_current(token(0)) && recorder.runs(token(0)));
    assert!(!recorder.is_current(token(1)) && !recorder.runs(token(1)));
    recorder.pause(0);
    assert!(recorder.is_paused() && recorder.runs(token(0)));
    assert!(!recorder.is_current(token(0)), "it is not recorded now");
    recorder.resume(0);
    assert!(!recorder.is_paused() && recorder.is_current(token(0)));
    recorder.fiber_switched(thread_token(0), 0);
    assert!(!recorder.runs(token(0)) && !recorder.is_current(token(0)));
}

#[test]
fn a_path_that_was_called_before_is_settled_quickly() {
    // Else the other tests would never come by `enter` and `leave`.
    let tape = Tape::new();
    let mut host = ScriptedHost::new(&tape);
    let mut recorder = Recorder::new();
    recorder.switch_to(token(0), &mut host);
    assert!(!recorder.enter(key(1), 1, || Some(0)), "not seen before");
    recorder.enter_slowly(key(1), 1, &mut host);
    assert!(!recorder.leave(2, host.clock), "another's tag");
    assert!(!recorder.leave(1, host.clock - 1), "the clock went back");
    assert!(recorder.leave(1, host.clock));
    assert!(!recorder.leave(1, 0), "nothing to leave");
    assert!(recorder.enter(key(1), 1, || Some(host.clock)));
    let names = &mut ScriptedNames::default();
    let profile = recorder.finish(host.clock, settings(Scale::ONE), names);
    assert_eq!(profile.nodes()[0].called, 2);
}

/// Thread, method, class, count.
fn allocations(tape: &Tape) -> Vec<(usize, usize, String, u64)> {
    let summary = record(tape).summary();
    let allocations = summary.allocations.into_iter();
    allocations
        .map(|one| (one.thread, one.method, one.class, one.count))
        .collect()
}

#[test]
fn objects_are_counted_by_thread_method_class_and_line() {
    let tape = threads().enter(1).allocate(None, 3).enter(2);
    let tape = tape.allocate(None, 3).allocate(None, 3).allocate(None, 4);
    // Made by code of 1, a block that 2 calls.
    let tape = tape.allocate(Some(1), 3).on(2).enter(2).allocate(None, 3);
    let one = |thread, method, class: &str, count| (thread, method, class.to_owned(), count);
    assert_eq!(
        allocations(&tape),
        [
            one(0, 1, "Object3", 2),
            one(0, 2, "Object3", 2),
            one(0, 2, "Object4", 1),
            one(1, 2, "Object3", 1),
        ]
    );
}

#[test]
fn objects_of_methods_that_are_not_recorded_are_the_running_methods() {
    let tape = Tape::new().hidden(2).enter(1).enter(2).allocate(None, 1);
    let tape = tape.allocate(Some(2), 1).allocate(Some(9), 1).leave(2);
    let tape = tape.pause().allocate(None, 1).resume();
    assert_eq!(allocations(&tape), [(0, 1, "Object1".to_owned(), 3)]);
}

#[test]
fn objects_made_outside_the_threads_tree_are_its_roots() {
    let tape = Tape::new().call(1, 1).allocate(None, 1);
    assert_eq!(allocations(&tape), [(0, 1, "Object1".to_owned(), 1)]);
    // A fiber without calls is no thread of the profile, and so its objects are not either.
    assert_eq!(allocations(&Tape::new().allocate(None, 1)), []);
}
