//! How long the reports of a large profile take and how large they are.
//!
//! `cargo run --release -p rubyprof-report --example render_big [DIR] [PATHS] [METHODS] [THREADS]`
//!
//! The profile is generated: a seeded random walk, so every run prints the same pages. With `DIR`
//! the reports are left there to be opened.

use std::io::Write;
use std::time::Instant;

use rubyprof_core::{Location, MeasureMode, Method, MethodId, Path, Profile, ProfileBuilder};
use rubyprof_report::{Options, call_stack, flame_graph, flat, graph_html};

/// A linear congruential generator (Knuth's MMIX constants): no dependency, the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

struct Generator {
    random: Random,
    builder: ProfileBuilder,
    methods: Vec<MethodId>,
    locations: Vec<Location>,
    left: usize,
}

impl Generator {
    fn new(methods: usize) -> Self {
        let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
        let locations: Vec<Location> = (0..methods)
            .map(|index| Location {
                file: Some(builder.file(&format!(
                    "/srv/app/lib/part_{}/file_{}.rb",
                    index % 17,
                    index % 230
                ))),
                line: (index % 400) as u32 + 1,
            })
            .collect();
        let ids = locations
            .iter()
            .enumerate()
            .map(|(index, location)| {
                builder.method(Method {
                    class_name: format!("App::Part{}::Class{}", index % 17, index % 230),
                    name: Some(format!("method_number_{index}")),
                    file: location.file.filter(|_| index % 4 != 0),
                    line: if index % 4 == 0 { 0 } else { location.line },
                    ..Method::default()
                })
            })
            .collect();
        Self {
            random: Random(42),
            builder,
            methods: ids,
            locations,
            left: 0,
        }
    }

    /// A tree below `path` that spends at most `budget`, depth first with an explicit stack.
    fn grow(&mut self, path: Path, method: usize, budget: u64) {
        let mut stack = vec![(path, method, budget)];
        while let Some((path, method, budget)) = stack.pop() {
            // Each method calls a fixed set of some 20 others, which gives about 20 edges a method.
            let callees = 1 + self.random.below(7);
            let mut rest = budget - budget / 8;
            for _ in 0..callees {
                if self.left == 0 || rest < 200 {
                    break;
                }
                let callee =
                    (method * 7 + 11 + self.random.below(23) as usize * 31) % self.methods.len();
                let total = 100
                    + self
                        .random
                        .below(rest.min(budget / callees) + 1)
                        .min(rest - 100);
                rest -= total.min(rest);
                let site = self.locations[method];
                let called = 1 + self.random.below(total / 100 + 1).min(5_000);
                let child = self
                    .builder
                    .call(path, self.methods[callee], site, called, total);
                self.left -= 1;
                stack.push((child, callee, total));
            }
        }
    }

    fn thread(&mut self, number: u64, paths: usize) {
        let total = 61_000_000_000;
        let root = self
            .builder
            .thread(1_000 + number, 2_000 + number, self.methods[0], 1, total);
        self.left = paths - 1;
        let mut start = 1;
        while self.left > 0 {
            self.left -= 1;
            let method = start % self.methods.len();
            let share = total / 2_000;
            let path = self
                .builder
                .call(root, self.methods[method], self.locations[0], 3, share);
            self.grow(path, method, share);
            start += 1;
        }
    }
}

type Printer = fn(&Profile, &Options, &mut dyn Write) -> Result<(), rubyprof_report::Error>;

fn argument(index: usize, default: usize) -> usize {
    std::env::args()
        .nth(index)
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn timed(name: &str, profile: &Profile, print: impl Fn(&Profile, &mut Vec<u8>)) -> Vec<u8> {
    let mut best = f64::MAX;
    let mut out = Vec::new();
    for _ in 0..5 {
        out.clear();
        let start = Instant::now();
        print(profile, &mut out);
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!(
        "{name:>12}: best of 5 {best:.3} s, {:.2} MB",
        out.len() as f64 / 1e6
    );
    out
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (paths, methods, threads) = (argument(2, 548_000), argument(3, 1_900), argument(4, 1));
    let mut generator = Generator::new(methods);
    for number in 0..threads {
        generator.thread(number as u64, paths / threads);
    }
    let profile = generator.builder.finish();
    let start = Instant::now();
    let graph = rubyprof_core::CallGraph::of_all(&profile);
    println!(
        "{} call paths, {} methods, {} edges, {threads} threads; folded in {:.3} s",
        profile.nodes().len(),
        graph.rows().len(),
        graph.edges().len(),
        start.elapsed().as_secs_f64()
    );
    let text = timed("flat", &profile, |profile, out| {
        flat(profile, &Options::for_flat(), out).expect("a Vec takes everything");
    });
    for (name, print) in [
        ("graph", rubyprof_report::graph as Printer),
        ("call_info", rubyprof_report::call_info),
        ("dot", rubyprof_report::dot),
    ] {
        timed(name, &profile, |profile, out| {
            print(profile, &Options::for_graph_html(), out).expect("a Vec takes everything");
        });
    }
    timed("call_tree", &profile, |profile, out| {
        let options = Options::for_flat();
        let files = rubyprof_report::call_tree_files(profile, &options);
        for (index, file) in files.iter().enumerate() {
            rubyprof_report::call_tree(profile, file, index + 1, &options, out)
                .expect("a Vec takes everything");
        }
    });
    let page = timed("graph_html", &profile, |profile, out| {
        graph_html(profile, &Options::for_graph_html(), out).expect("a Vec takes everything");
    });
    let stack = timed("call_stack", &profile, |profile, out| {
        call_stack(profile, &Options::for_graph_html(), out).expect("a Vec takes everything");
    });
    let flame = timed("flame_graph", &profile, |profile, out| {
        flame_graph(profile, &Options::for_graph_html(), out).expect("a Vec takes everything");
    });
    if let Some(directory) = std::env::args().nth(1) {
        let directory = std::path::Path::new(&directory);
        for (name, report) in [
            ("big.flat.txt", text),
            ("big.graph.html", page),
            ("big.call_stack.html", stack),
            ("big.flame_graph.html", flame),
        ] {
            std::fs::File::create(directory.join(name))?.write_all(&report)?;
        }
    }
    Ok(())
}
