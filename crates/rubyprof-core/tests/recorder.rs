//! One tape for each rule of the recorder. See `support::picture` for how results are written.

#[allow(dead_code, reason = "each test uses its part")]
mod support;

use support::driver::record;
use support::picture::expect;
use support::tape::Tape;

#[test]
fn calls_nest() {
    let inner = Tape::new().enter(1).advance(1).call(2, 10).advance(2);
    let tape = inner.call(2, 20).call(3, 5).advance(4).leave(1);
    expect(
        &tape,
        "f0
          m1 x1 42/7/0
           m2 x2 30/30/0
           m3 x1 5/5/0",
    );
}

#[test]
fn callees_stand_in_the_order_of_their_first_call() {
    let tape = Tape::new().enter(1).call(5, 1).call(3, 1).call(5, 1);
    expect(
        &tape.call(2, 1).call(3, 1).leave(1),
        "f0
          m1 x1 5/0/0
           m5 x2 2/2/0
           m3 x2 2/2/0
           m2 x1 1/1/0",
    );
}

#[test]
fn a_path_is_its_own_whatever_its_method() {
    let tape = Tape::new().enter(1).enter(2).call(4, 3).leave(2);
    expect(
        &tape.enter(3).call(4, 5).leave(3).call(4, 7).leave(1),
        "f0
          m1 x1 15/0/0
           m2 x1 3/0/0
            m4 x1 3/3/0
           m3 x1 5/0/0
            m4 x1 5/5/0
           m4 x1 7/7/0",
    );
}

#[test]
fn a_call_site_is_that_of_the_first_call() {
    let tape = Tape::new().enter(1).call(2, 1).call(2, 1).leave(1);
    let root = record(&tape).summary().threads.remove(0).root;
    assert_eq!(root.site, (Some("caller.rb".into()), 1));
    assert_eq!(root.children[0].site, (Some("caller.rb".into()), 2));
}

#[test]
fn recursion_goes_deeper() {
    let tape = Tape::new().enter(1).advance(1).enter(1).advance(2);
    expect(
        &tape.call(1, 4).advance(8).leave(1).advance(16).leave(1),
        "f0
          m1 x1 31/17/0
           m1 x1 14/10/0
            m1 x1 4/4/0",
    );
}

#[test]
fn mutual_recursion_goes_deeper() {
    let tape = Tape::new().enter(1).enter(2).advance(1).enter(1);
    let tape = tape.advance(2).leave(1).leave(2).enter(2).enter(1);
    expect(
        &tape.advance(4).leave(1).leave(2).leave(1),
        "f0
          m1 x1 7/0/0
           m2 x2 7/1/0
            m1 x2 6/6/0",
    );
}

#[test]
fn a_return_ends_the_calls_above_the_one_it_matches() {
    // An exception goes through 3 and 2 without their returns being seen.
    let tape = Tape::new().enter(1).enter(2).advance(1).enter(3).advance(2);
    expect(
        &tape.leave(1).advance(100).call(4, 1),
        "f0
          m0 x1 4/0/0
           m1 x1 3/0/0
            m2 x1 3/1/0
             m3 x1 2/2/0
           m4 x1 1/1/0",
    );
}

#[test]
fn a_return_ends_the_innermost_call_with_its_tag() {
    let tape = Tape::new().enter(1).enter(1).enter(2).advance(1).leave(1);
    expect(
        &tape.advance(2).call(3, 4).leave(1),
        "f0
          m1 x1 7/2/0
           m1 x1 1/0/0
            m2 x1 1/1/0
           m3 x1 4/4/0",
    );
}

#[test]
fn a_return_that_matches_nothing_is_ignored_and_counted() {
    let tape = Tape::new().enter(1).advance(1).leave(9).advance(2).leave(1);
    expect(
        &tape,
        "f0
          m1 x1 3/3/0",
    );
    assert_eq!(record(&tape).unmatched, 1);
    assert_eq!(record(&tape.leave(1)).unmatched, 2);
    expect(&Tape::new().leave(1), "");
}

#[test]
fn calls_that_never_return_end_with_the_profile() {
    expect(
        &Tape::new().enter(1).advance(1).enter(2).advance(2),
        "f0
          m1 x1 3/1/0
           m2 x1 2/2/0",
    );
}

#[test]
fn nothing_recorded_is_no_thread() {
    expect(&Tape::new(), "");
    expect(&Tape::new().appear().advance(5), "");
}

#[test]
fn top_level_calls_without_a_known_caller_get_global_code_as_root() {
    let tape = Tape::new().call(1, 3).advance(50).call(2, 4);
    expect(
        &tape.call(1, 5),
        "f0
          m0 x1 12/0/0
           m1 x2 8/8/0
           m2 x1 4/4/0",
    );
    // One method needs no root above it.
    expect(
        &Tape::new().call(1, 3).advance(50).call(1, 5),
        "f0
          m1 x2 8/8/0",
    );
}

#[test]
fn the_root_is_the_innermost_method_that_was_running_at_the_start() {
    let tape = Tape::new().live(0, &[0, 1, 2]).appear().advance(1);
    expect(
        &tape.call(3, 2).advance(4),
        "f0
          m2 x1 7/5/0
           m3 x1 2/2/0",
    );
}

#[test]
fn the_root_moves_outward_when_the_profile_returns_above_it() {
    let tape = Tape::new().live(0, &[0, 1, 2]).appear().advance(1);
    let returned = tape.call(3, 2).leave(2).advance(4).call(3, 8);
    expect(
        &returned,
        "f0
          m1 x1 15/4/0
           m2 x1 3/1/0
            m3 x1 2/2/0
           m3 x1 8/8/0",
    );
    // Called again from the new root, the old one's path goes on where it was.
    expect(
        &returned.call(2, 16).leave(1).advance(32),
        "f0
          m0 x1 63/32/0
           m1 x1 31/4/0
            m2 x2 19/17/0
             m3 x1 2/2/0
            m3 x1 8/8/0",
    );
}

#[test]
fn the_first_event_may_be_the_return_of_what_was_running() {
    let tape = Tape::new().live(0, &[1, 2]).leave(2).advance(5);
    expect(
        &tape,
        "f0
          m1 x1 5/5/0
           m2 x1 0/0/0",
    );
}

#[test]
fn a_return_can_end_several_of_the_methods_that_were_running() {
    let tape = Tape::new().live(0, &[1, 2, 3]).appear().advance(1);
    expect(
        &tape.enter(4).advance(2).leave(2).advance(4),
        "f0
          m1 x1 7/4/0
           m2 x1 3/0/0
            m3 x1 3/1/0
             m4 x1 2/2/0",
    );
}

#[test]
fn after_the_outermost_known_method_global_code_is_the_root() {
    let tape = Tape::new().live(0, &[1]).appear().advance(1).leave(1);
    expect(
        &tape.advance(50).call(2, 3),
        "f0
          m0 x1 4/0/0
           m1 x1 1/1/0
           m2 x1 3/3/0",
    );
}

#[test]
fn a_running_method_is_where_it_is_and_defined_where_it_says() {
    let tape = Tape::new().live(0, &[4]).appear().advance(1).call(5, 1);
    // The summary compares definitions itself. Asked who is being called, the program has no answer.
    let root = record(&tape).summary().threads.remove(0).root;
    assert_eq!(root.site, (Some("live_4.rb".into()), 7));
}

#[test]
fn hidden_methods_give_time_and_callees_to_their_caller() {
    let tape = Tape::new()
        .hidden(2)
        .enter(1)
        .advance(1)
        .enter(2)
        .advance(2);
    expect(
        &tape.call(3, 4).advance(8).leave(2).advance(16).leave(1),
        "f0
          m1 x1 31/27/0
           m3 x1 4/4/0",
    );
}

#[test]
fn hidden_methods_match_their_returns() {
    // The return of hidden 2 ends 3 above it; hidden 2 at the top has nobody to give its time to.
    let tape = Tape::new().hidden(2).enter(2).advance(1).enter(1).enter(2);
    let tape = tape.enter(3).advance(2).leave(2).advance(4).leave(1);
    expect(
        &tape.advance(8).leave(2).leave(2),
        "f0
          m1 x1 6/4/0
           m3 x1 2/2/0",
    );
}

#[test]
fn hidden_methods_that_were_running_are_no_roots() {
    let tape = Tape::new().hidden(2).live(0, &[1, 2]).appear().advance(1);
    expect(
        &tape.call(3, 2).leave(2).advance(4),
        "f0
          m1 x1 7/5/0
           m3 x1 2/2/0",
    );
    let all_hidden = Tape::new().hidden(2).live(0, &[2]).appear().advance(1);
    expect(
        &all_hidden.call(3, 2).leave(2).advance(4).call(4, 8),
        "f0
          m0 x1 10/0/0
           m3 x1 2/2/0
           m4 x1 8/8/0",
    );
}

#[test]
fn folded_methods_are_recorded_as_the_other() {
    let tape = Tape::new().folded(6, 2).folded(7, 2).enter(1);
    expect(
        &tape.call(6, 1).call(2, 2).call(7, 4).call(6, 8).leave(1),
        "f0
          m1 x1 15/0/0
           m2 x4 15/15/0",
    );
}

#[test]
fn the_key_of_a_folded_method_may_come_to_mean_another() {
    use support::tape::Event::Refold;
    let tape = Tape::new().folded(6, 2).enter(1).call(6, 1).call(6, 2);
    let into = |into| Refold { method: 6, into };
    let tape = tape.event(into(Some(3))).call(6, 4).call(6, 8);
    expect(
        &tape.event(into(None)).call(6, 16).call(6, 32).leave(1),
        "f0
          m1 x1 63/0/0
           m2 x2 3/3/0
           m3 x2 12/12/0
           m6 x2 48/48/0",
    );
}

#[test]
fn methods_folded_into_a_hidden_one_are_hidden() {
    let tape = Tape::new().folded(6, 2).hidden(2).enter(1).enter(6);
    expect(
        &tape.advance(1).call(3, 2).leave(6).leave(1),
        "f0
          m1 x1 3/1/0
           m3 x1 2/2/0",
    );
}

#[test]
fn more_busy_paths_than_the_cache_holds() {
    // 80 x 80 paths, called over and over: some share a place in the cache, however it hashes.
    let mut tape = Tape::new().enter(1);
    for _ in 0..3 {
        for caller in 100..180 {
            tape = tape.enter(caller).advance(1);
            for callee in 200..280 {
                tape = tape.call(callee, 1);
            }
            tape = tape.leave(caller as u64);
        }
    }
    let root = record(&tape.leave(1)).summary().threads.remove(0).root;
    assert_eq!(root.numbers(), (1, 1, 3 * 80 * 81, 0, 0));
    assert_eq!(root.children.len(), 80);
    for (caller, number) in root.children.iter().zip(100..) {
        assert_eq!(caller.numbers(), (number, 3, 3 * 81, 3, 0));
        let callees = caller.children.iter().map(|callee| callee.numbers());
        assert!(callees.eq((200..280).map(|method| (method, 3, 3, 3, 0))));
    }
}

#[test]
fn more_callees_of_one_caller_than_the_cache_holds() {
    // Some have both the caller and the place in the cache in common.
    let callees = 1000..6000;
    let mut tape = Tape::new().enter(1).advance(1);
    for _ in 0..2 {
        for callee in callees.clone() {
            tape = tape.call(callee, callee as u64);
        }
    }
    let root = record(&tape.leave(1)).summary().threads.remove(0).root;
    let numbers = root.children.iter().map(|callee| callee.numbers());
    let expected = callees.map(|callee| {
        let ticks = 2 * callee as u64;
        (callee, 2, ticks, ticks, 0)
    });
    assert!(numbers.eq(expected));
    assert_eq!(root.own, 1);
}
