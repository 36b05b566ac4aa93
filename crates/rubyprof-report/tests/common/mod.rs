//! Profiles made by hand for all tests.
#![allow(
    dead_code,
    reason = "every test binary compiles this and uses a part of it"
)]

pub(crate) mod callgrind;
pub(crate) mod golden;
pub(crate) mod page;

use rubyprof_core::{
    Allocation, Location, MeasureMode, Method, MethodId, OwnerKind, Profile, ProfileBuilder,
    Stopped,
};
use rubyprof_report::{Error, Options};

/// Names as a hostile or careless program may define them. All of them are possible in Ruby.
pub(crate) const HOSTILE: [&str; 9] = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<!--",
    "\" onmouseover=\"alert(3)",
    "' x='",
    "&lt;already&gt; & {{ title }} {% raw %}",
    "nul\0 bell\u{7} line\nbreak\r\ttab \u{85}",
    "\u{202e}txt.exe\u{202c} \u{200b}\u{feff}\u{2028}",
    "größe=日本",
];

pub(crate) fn method(
    builder: &mut ProfileBuilder,
    class: &str,
    name: &str,
    place: Option<(&str, u32)>,
) -> MethodId {
    let file = place.map(|(file, _)| builder.file(file));
    builder.method(Method {
        class_name: class.into(),
        name: Some(name.into()),
        file,
        line: place.map_or(0, |(_, line)| line),
        ..Method::default()
    })
}

pub(crate) fn at(builder: &mut ProfileBuilder, file: &str, line: u32) -> Location {
    Location {
        file: Some(builder.file(file)),
        line,
    }
}

/// One thread, a few methods, recursion; times from nanoseconds to seconds.
pub(crate) fn small() -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let app = "/srv/app/lib/prime.rb";
    let main = builder.method(Method::default());
    let run = method(&mut builder, "Object", "run_primes", Some((app, 28)));
    let find = method(&mut builder, "Object", "find_primes", Some((app, 15)));
    let select = method(&mut builder, "Array", "select", None);
    let prime = method(&mut builder, "Object", "is_prime", Some((app, 5)));
    let modulo = method(&mut builder, "Integer", "%", None);
    let sum = method(&mut builder, "Object", "sum_digits", Some((app, 40)));
    let (l1, l2, l3, l4) = (
        at(&mut builder, app, 29),
        at(&mut builder, app, 16),
        at(&mut builder, app, 7),
        at(&mut builder, app, 41),
    );
    let root = builder.thread(16, 24, main, 1, 1_234_567_890);
    let run = builder.call(root, run, l1, 1, 1_234_500_000);
    let find = builder.call(run, find, l1, 1, 1_000_000_000);
    let select = builder.call(find, select, l2, 1, 999_000_000);
    let prime = builder.call(select, prime, l2, 1_000, 900_000_000);
    builder.call(prime, modulo, l3, 499_500, 45_600_000);
    let digits = builder.call(run, sum, l1, 3, 812_345);
    let deeper = builder.call(digits, sum, l4, 6, 700_000);
    builder.call(deeper, sum, l4, 9, 600_045);
    builder.call(run, modulo, l1, 1, 45);
    builder.finish()
}

/// Everything a printer may stumble over, in three threads.
pub(crate) fn awkward() -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    builder_head(&mut builder);
    let main = builder.method(Method::default());
    let odd = "/srv/a b/<odd> \"name\"&#?%/größe.rb";
    let first = method(&mut builder, "Point", "x", Some(("/srv/one/point.rb", 3)));
    let second = method(&mut builder, "Point", "x", Some(("/srv/two/point.rb", 3)));
    let asks = method(&mut builder, "Calc", "a?", Some(("lib/calc.rb", 1)));
    let sets = method(&mut builder, "Calc", "a=", Some(("(eval at -e:1)", 2)));
    let ping = method(&mut builder, "Game", "ping", Some((odd, 10)));
    let pong = method(&mut builder, "Game", "pong", Some((odd, 20)));
    let kinds: Vec<MethodId> = [
        OwnerKind::ClassSingleton,
        OwnerKind::ModuleSingleton,
        OwnerKind::ObjectSingleton,
        OwnerKind::OtherSingleton,
        OwnerKind::ModuleIncludee,
    ]
    .into_iter()
    .map(|owner_kind| {
        builder.method(Method {
            class_name: "Shop::Cart".into(),
            owner_kind,
            name: Some("call".into()),
            ..Method::default()
        })
    })
    .collect();
    let call_site = at(&mut builder, odd, 11);

    let root = builder.thread(8, 8, main, 1, 5_000_000);
    builder.wait(root, 1_500_000);
    builder.call(root, first, call_site, 2, 400_000);
    builder.call(root, second, call_site, 1, 300_000);
    let a = builder.call(root, asks, call_site, 1_234_567, 999_999);
    builder.call(a, sets, Location::default(), 1, 0);
    // ping -> pong -> ping -> pong: naive sums would exceed the thread's total.
    let mut path = builder.call(root, ping, call_site, 1, 1_000_000);
    for (index, method) in [pong, ping, pong].into_iter().enumerate() {
        path = builder.call(path, method, call_site, 1, 1_000_000 - index as u64);
    }
    for kind in kinds {
        builder.call(root, kind, call_site, 1, 1_000);
    }
    for (index, name) in HOSTILE.into_iter().enumerate() {
        let place = (index % 2 == 0).then_some((name, 7));
        let hostile = method(&mut builder, name, name, place);
        builder.call(root, hostile, call_site, 1, 100 + index as u64);
        builder.allocation(Allocation {
            thread: 0,
            method: hostile,
            class_name: name.into(),
            owner_kind: OwnerKind::Plain,
            location: call_site,
            count: 3,
            bytes: 0,
        });
    }

    let fiber = builder.thread(8, 9, first, 7, 2_000_000);
    builder.wait(fiber, 1_999_000);
    builder.call(fiber, second, call_site, 1, 500);
    // A thread in which nothing took any time.
    let idle = builder.thread(10, 10, main, 1, 0);
    builder.call(idle, asks, call_site, 1, 0);
    for (thread, class_name, count) in [(0, "String", 2_000), (1, "String", 1), (1, "Array", 5)] {
        builder.allocation(Allocation {
            thread,
            method: first,
            class_name: class_name.into(),
            owner_kind: OwnerKind::Plain,
            location: call_site,
            count,
            bytes: 40 * count,
        });
    }
    builder.finish()
}

fn builder_head(builder: &mut ProfileBuilder) {
    // Methods that are never called must not show, nor shift any number.
    method(builder, "Never", "called", Some(("/never.rb", 1)));
}

/// Objects instead of time.
pub(crate) fn objects() -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::Allocations);
    let app = "/srv/app/report.rb";
    let main = builder.method(Method::default());
    let build = method(&mut builder, "Report", "build", Some((app, 3)));
    let join = method(&mut builder, "Array", "join", None);
    let site = at(&mut builder, app, 5);
    let root = builder.thread(1, 2, main, 1, 1_234_567);
    let build = builder.call(root, build, site, 4, 1_234_560);
    builder.call(build, join, site, 12, 12);
    let mut profile = builder.finish();
    profile.c_calls = false;
    profile.clock = "objects the VM created".into();
    profile
}

/// A thread whose root has no time at all.
pub(crate) fn zero() -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::ProcessTime);
    let main = builder.method(Method::default());
    let idle = method(&mut builder, "Kernel", "sleep", None);
    let root = builder.thread(1, 1, main, 1, 0);
    builder.call(root, idle, Location::default(), 1, 0);
    builder.finish()
}

/// Times without the profiler's, some of them less than their uncertainty, and collected garbage.
pub(crate) fn compensated() -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::ProcessTime);
    let app = "/srv/app/cart.rb";
    let main = builder.method(Method::default());
    let total = method(&mut builder, "Cart", "total", Some((app, 3)));
    let price = method(&mut builder, "Item", "price", Some((app, 20)));
    let dup = method(&mut builder, "String", "dup", None);
    let site = at(&mut builder, app, 5);
    let root = builder.thread(16, 16, main, 1, 56_789_000);
    builder.overhead(root, 345);
    let total = builder.call(root, total, site, 1, 56_000_000);
    builder.overhead(total, 8_000_000);
    builder.gc(total, 300_000);
    let stopped = Stopped {
        blocked: 20_000_000,
        gvl_wait: 1_250_000,
    };
    builder.stopped(total, stopped);
    let price = builder.call(total, price, site, 40_000, 12_000_000);
    builder.overhead(price, 3_900_000);
    let dup = builder.call(price, dup, site, 40_000, 8_090_000);
    builder.overhead(dup, 445_333);
    builder.gc(dup, 2_100_000);
    builder.latencies(total, [56_000_000]);
    let usual = |took, calls| std::iter::repeat_n(took, calls);
    builder.latencies(
        price,
        usual(280, 39_500).chain([1_000; 499]).chain([441_000]),
    );
    builder.latencies(dup, usual(150, 30_000).chain(usual(300, 9_999)));
    let mut profile = builder.finish();
    profile.operators = false;
    profile.costs.ruby.inner = 80_000;
    profile.costs.spread = 10_000;
    profile.compensate();
    profile
}

pub(crate) fn empty() -> Profile {
    ProfileBuilder::new(MeasureMode::WallTime).finish()
}

/// So many callers and callees that the page carries them as data: every method calls every other.
pub(crate) fn dense() -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let site = at(&mut builder, "/srv/</script>/a.rb", 3);
    let methods: Vec<MethodId> = (0..DENSE)
        .map(|index| {
            let name = HOSTILE[index % HOSTILE.len()];
            method(&mut builder, &format!("C{index}"), name, None)
        })
        .collect();
    let main = builder.method(Method::default());
    let root = builder.thread(1, 1, main, 1, 10_000_000_000);
    for (index, caller) in methods.iter().enumerate() {
        let path = builder.call(root, *caller, site, 1, 1_000_000);
        for callee in methods.iter().skip(index + 1) {
            builder.call(path, *callee, site, 2, 1_000);
        }
    }
    builder.allocation(Allocation {
        thread: 0,
        method: methods[0],
        class_name: "</script>".into(),
        owner_kind: OwnerKind::Plain,
        location: site,
        count: 3,
        bytes: 0,
    });
    builder.finish()
}

/// Methods of [`dense`], not counting its root.
pub(crate) const DENSE: usize = 160;

pub(crate) fn profiles() -> [(&'static str, Profile); 6] {
    [
        ("small", small()),
        ("awkward", awkward()),
        ("objects", objects()),
        ("compensated", compensated()),
        ("zero", zero()),
        ("empty", empty()),
    ]
}

type Printer = fn(&Profile, &Options, &mut dyn std::io::Write) -> Result<(), Error>;

pub(crate) fn print(printer: Printer, profile: &Profile, options: &Options) -> String {
    let mut out = Vec::new();
    printer(profile, options, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("a report is UTF-8")
}

pub(crate) fn flat(profile: &Profile, options: &Options) -> String {
    print(rubyprof_report::flat, profile, options)
}

pub(crate) fn graph_html(profile: &Profile, options: &Options) -> String {
    print(rubyprof_report::graph_html, profile, options)
}

pub(crate) fn graph(profile: &Profile, options: &Options) -> String {
    print(rubyprof_report::graph, profile, options)
}

pub(crate) fn call_info(profile: &Profile, options: &Options) -> String {
    print(rubyprof_report::call_info, profile, options)
}

pub(crate) fn dot(profile: &Profile, options: &Options) -> String {
    print(rubyprof_report::dot, profile, options)
}

/// All files of a profile in callgrind's format, one after the other.
pub(crate) fn call_trees(profile: &Profile, options: &Options) -> String {
    let files = rubyprof_report::call_tree_files(profile, options);
    let mut out = Vec::new();
    for (index, file) in files.iter().enumerate() {
        rubyprof_report::call_tree(profile, file, index + 1, options, &mut out)
            .expect("a Vec takes everything");
    }
    String::from_utf8(out).expect("a report is UTF-8")
}

pub(crate) fn call_stack(profile: &Profile, options: &Options) -> String {
    print(rubyprof_report::call_stack, profile, options)
}

pub(crate) fn flame_graph(profile: &Profile, options: &Options) -> String {
    print(rubyprof_report::flame_graph, profile, options)
}
