//! What must hold of every file in callgrind's format.

mod common;

use common::callgrind::Callgrind;
use rubyprof_core::{CallGraph, Location, MeasureMode, Method, Profile, ProfileBuilder};
use rubyprof_report::{CallTreeFile, Options, call_tree, call_tree_files};

fn read(profile: &Profile, file: &CallTreeFile) -> Callgrind {
    let mut out = Vec::new();
    call_tree(profile, file, 1, &Options::default(), &mut out).expect("a Vec takes everything");
    Callgrind::read(&String::from_utf8(out).expect("UTF-8"))
}

fn graph(profile: &Profile, file: &CallTreeFile) -> CallGraph {
    match file {
        CallTreeFile::Thread(index) => CallGraph::of_thread(profile, &profile.threads()[*index]),
        CallTreeFile::Others(indices) => {
            let threads = indices
                .iter()
                .map(|index| profile.threads()[*index].clone());
            CallGraph::of_threads(profile, &threads.collect::<Vec<_>>())
        }
    }
}

/// `main` requires a file whose top-level code requires another: `[global]#` is the root and is called.
fn recursive_root() -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let main = builder.method(Method::default());
    let require = common::method(&mut builder, "Kernel", "require", None);
    let site = common::at(&mut builder, "/srv/main.rb", 2);
    let root = builder.thread(1, 1, main, 1, 1_000);
    let outer = builder.call(root, require, site, 1, 900);
    let inner = builder.call(outer, main, Location::default(), 1, 800);
    let again = builder.call(inner, require, site, 1, 700);
    builder.call(again, main, Location::default(), 1, 600);
    builder.finish()
}

fn all() -> Vec<(&'static str, Profile)> {
    let mut profiles: Vec<_> = common::profiles().into();
    profiles.push(("dense", common::dense()));
    profiles.push(("recursive root", recursive_root()));
    profiles
}

#[test]
fn sums_and_inclusive_costs_are_the_profiles() {
    for (name, profile) in all() {
        for max_threads in [50, 1, 0] {
            let options = Options {
                max_threads,
                ..Options::default()
            };
            let mut sum = 0;
            for file in call_tree_files(&profile, &options) {
                let read = read(&profile, &file);
                let graph = graph(&profile, &file);
                let total: u64 = read.own.values().map(|(_, cost)| cost).sum();
                assert_eq!(total, graph.total(), "{name}");
                assert_eq!(read.field("summary"), total.to_string());
                assert_eq!(read.field("totals"), total.to_string());
                let methods = read.own.keys().filter(|name| *name != "???:(root)");
                let mut costs: Vec<u64> = methods.map(|name| read.inclusive(name)).collect();
                let mut totals: Vec<u64> = graph.rows().iter().map(|row| row.total).collect();
                costs.sort_unstable();
                totals.sort_unstable();
                assert_eq!(costs, totals, "{name}");
                let calls: u64 = read.calls.iter().map(|call| call.calls).sum();
                let called: u64 = graph.rows().iter().map(|row| row.called).sum();
                assert!(calls <= called, "{name}");
                sum += total;
            }
            assert_eq!(sum, profile.total(), "{name}: nothing is lost");
        }
    }
}

#[test]
fn a_root_that_is_called_as_well_keeps_its_total() {
    let profile = recursive_root();
    let read = read(&profile, &CallTreeFile::Thread(0));
    assert_eq!(read.inclusive("/srv/main.rb:[global]::"), 1_000);
    assert_eq!(read.inclusive("???:Kernel::require"), 900);
    assert_eq!(read.inclusive("???:(root)"), 1_000);
}

#[test]
fn calls_are_on_the_line_of_the_call_and_name_that_of_the_definition() {
    let read = read(&common::small(), &CallTreeFile::Thread(0));
    let app = "/srv/app/lib/prime.rb";
    let call = |caller: &str, callee: &str| {
        let found = read
            .calls
            .iter()
            .find(|call| call.caller == caller && call.callee == callee);
        found.unwrap_or_else(|| panic!("{caller} -> {callee}: {:#?}", read.calls))
    };
    let prime = format!("{app}:Object::is_prime");
    let modulo = call(&prime, "???:Integer::%");
    assert_eq!(
        (modulo.line, modulo.target_line, modulo.calls),
        (7, 0, 499_500)
    );
    assert_eq!(modulo.cost, 45_600_000);
    let sum = call(
        &format!("{app}:Object::run_primes"),
        &format!("{app}:Object::sum_digits"),
    );
    assert_eq!(
        (sum.line, sum.target_line, sum.calls, sum.cost),
        (29, 40, 3, 812_345)
    );
    // A line of the script is none of a C method's.
    assert_eq!(call("???:Array::select", &prime).line, 0);
    assert_eq!(read.own[&prime], (5, 854_400_000));
}

#[test]
fn methods_of_one_name_and_file_stay_apart() {
    let profile = common::awkward();
    let read = read(&profile, &CallTreeFile::Thread(0));
    let graph = CallGraph::of_thread(&profile, &profile.threads()[0]);
    assert_eq!(read.own.len(), graph.rows().len());
    for name in [
        "Shop/Cart::call",
        "Shop/Cart::call [2]",
        "Shop/Cart::call^",
        "Shop/Cart::call*",
    ] {
        assert!(read.own.contains_key(&format!("???:{name}")), "{name}");
    }
}

#[test]
fn fibers_without_a_file_of_their_own_share_one() {
    let profile = common::awkward();
    let files = |max_threads| {
        call_tree_files(
            &profile,
            &Options {
                max_threads,
                ..Options::default()
            },
        )
    };
    assert_eq!(files(50), [0, 1, 2].map(CallTreeFile::Thread));
    assert_eq!(
        files(1),
        [CallTreeFile::Thread(0), CallTreeFile::Others(vec![1, 2])]
    );
    assert_eq!(files(0), [CallTreeFile::Others(vec![0, 1, 2])]);
    assert_eq!(call_tree_files(&common::empty(), &Options::default()), []);
}

#[test]
fn the_header_says_what_was_measured() {
    for (profile, event, unit) in [
        (common::small(), "wall_time", "nanoseconds"),
        (common::objects(), "allocations", "objects"),
        (common::zero(), "process_time", "nanoseconds"),
    ] {
        let read = read(&profile, &CallTreeFile::Thread(0));
        assert_eq!(read.field("events"), event);
        assert_eq!(read.field("positions"), "line");
        assert_eq!(read.field("version"), "1");
        assert_eq!(read.field("part"), "1");
        assert!(
            read.header["desc"]
                .iter()
                .any(|line| line.starts_with(&format!("Unit: {unit}")))
        );
    }
}
