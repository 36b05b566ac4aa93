//! Trees of great depth, endless names, thousands of fibers, outputs that fail.

mod common;

use std::io::{self, Write};

use rubyprof_core::{Location, MeasureMode, Method, Profile, ProfileBuilder};
use rubyprof_report::{Error, Options, call_tree, call_tree_files};

type Printer = fn(&Profile, &Options) -> String;

const PRINTERS: [(&str, Printer); 5] = [
    ("flat", common::flat),
    ("graph", common::graph),
    ("call_info", common::call_info),
    ("dot", common::dot),
    ("call_tree", common::call_trees),
];

fn options() -> Options {
    Options::for_graph_html()
}

const DEEP: usize = 100_000;

/// `ping` and `pong` in turns, [`DEEP`] levels of them.
fn deep() -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let turns = ["ping", "pong"]
        .map(|name| common::method(&mut builder, "Game", name, Some(("/game.rb", 1))));
    let mut path = builder.thread(1, 1, turns[0], 1, DEEP as u64);
    for depth in 1..DEEP {
        path = builder.call(
            path,
            turns[depth % 2],
            Location::default(),
            1,
            (DEEP - depth) as u64,
        );
    }
    builder.finish()
}

#[test]
fn a_deep_tree_is_printed_in_proportion_to_its_depth() {
    let profile = deep();
    for (name, print) in PRINTERS {
        let text = print(&profile, &options());
        assert!(text.len() < DEEP * 200, "{name}: {} bytes", text.len());
    }
    let text = common::call_info(&profile, &options());
    assert_eq!(text.matches("call:1)").count(), DEEP);
    assert!(text.contains(&format!(
        "{}[{}] Game#pong (tt:0.001,",
        " ".repeat(80),
        DEEP - 1
    )));
    assert!(
        text.contains(&format!("\n{}Game#ping (tt:", " ".repeat(80))),
        "depth 40 is shown by blanks"
    );
}

#[test]
fn a_long_name_is_not_repeated_in_full() {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let long = "x".repeat(1_000_000);
    let main = builder.method(Method::default());
    let name = common::method(&mut builder, "Job", &long, Some(("/job.rb", 1)));
    let root = builder.thread(1, 1, main, 1, 1_000_000);
    let mut path = builder.call(root, name, Location::default(), 1, 900_000);
    for index in 0..200 {
        let helper = common::method(&mut builder, "Job", &format!("helper{index}"), None);
        let called = builder.call(path, helper, Location::default(), 1, 3_000);
        path = builder.call(called, name, Location::default(), 1, 2_000);
    }
    let profile = builder.finish();
    for (printer, print) in PRINTERS {
        let text = print(&profile, &options());
        assert!(text.len() < 1_300_000, "{printer}: {} bytes", text.len());
        assert!(
            text.contains("Job#x") || text.contains("Job::x"),
            "{printer}"
        );
    }
}

#[test]
fn thousands_of_fibers_make_no_thousands_of_tables() {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let main = builder.method(Method::default());
    for fiber in 0..5_000 {
        let work = common::method(&mut builder, "Job", &format!("work{fiber}"), None);
        let root = builder.thread(1, fiber, main, 1, 1_000 + fiber);
        builder.call(root, work, Location::default(), 1, 500);
    }
    let profile = builder.finish();
    for (name, print) in PRINTERS {
        let text = print(&profile, &options());
        let sections = match name {
            "call_tree" => text.matches("# callgrind format").count() - 1,
            "dot" => text.matches("label=\"Thread ").count(),
            _ => text.matches("Thread ID: ").count(),
        };
        assert_eq!(sections, 50, "{name}");
        assert!(text.len() < 5_000_000, "{name}: {} bytes", text.len());
    }
}

#[test]
fn the_same_profile_gives_the_same_text() {
    for (name, print) in PRINTERS {
        for profile in [common::awkward(), common::dense()] {
            assert_eq!(
                print(&profile, &options()),
                print(&profile, &options()),
                "{name}"
            );
        }
    }
}

#[test]
fn limits_that_are_no_numbers_limit_nothing() {
    let odd = Options {
        min_percent: f64::NAN,
        max_percent: f64::NAN,
        ..options()
    };
    for (name, print) in PRINTERS {
        for (_, profile) in common::profiles() {
            assert_eq!(print(&profile, &odd), print(&profile, &options()), "{name}");
        }
    }
}

#[test]
fn an_output_that_fails_is_an_error() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("disk full"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let profile = common::small();
    let files = call_tree_files(&profile, &options());
    let results = [
        rubyprof_report::graph(&profile, &options(), &mut Full),
        rubyprof_report::call_info(&profile, &options(), &mut Full),
        rubyprof_report::dot(&profile, &options(), &mut Full),
        call_tree(&profile, &files[0], 1, &options(), &mut Full),
    ];
    for result in results {
        assert!(matches!(result, Err(Error::Write(_))));
    }
}
