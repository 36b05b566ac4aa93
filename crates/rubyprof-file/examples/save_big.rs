//! How long saving and loading a large profile takes, and what a node weighs.
//!
//! `cargo run --release -p rubyprof-file --example save_big [PATHS] [METHODS] [THREADS]`, or with the
//! name of a profile file instead.
//!
//! The profile is generated: a seeded random walk, so every run saves the same file.

use std::time::Instant;

use rubyprof_core::{Location, MeasureMode, Method, MethodId, Path, Profile, ProfileBuilder};

/// A linear congruential generator (Knuth's MMIX constants): no dependency, the same everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
}

fn methods(builder: &mut ProfileBuilder, count: usize) -> (Vec<MethodId>, Vec<Location>) {
    (0..count)
        .map(|index| {
            let file = format!("/srv/app/lib/part_{}/file_{}.rb", index % 17, index % 230);
            let place = Location {
                file: Some(builder.file(&file)),
                line: (index % 400) as u32 + 1,
            };
            let method = builder.method(Method {
                class_name: format!("App::Part{}::Class{}", index % 17, index % 230),
                name: Some(format!("method_number_{index}")),
                file: place.file,
                line: place.line,
                ..Method::default()
            });
            (method, place)
        })
        .unzip()
}

/// Each method calls some of a fixed set, from lines of its own; a call takes some 100 ns to 100 µs.
fn generate(paths: usize, methods_count: usize, threads: usize) -> Profile {
    let mut random = Random(42);
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let (methods, places) = methods(&mut builder, methods_count);
    for thread in 0..threads as u64 {
        let root = builder.thread(8 + thread, 8 + thread, methods[0], 1, 60_000_000_000);
        let mut stack: Vec<(Path, usize, u64)> = vec![(root, 0, 60_000_000_000)];
        let mut left = (paths / threads).saturating_sub(1);
        while left > 0 {
            let (path, caller, budget) = stack.pop().unwrap_or((root, 0, 60_000_000));
            let mut rest = budget - budget / 8;
            for callee in 0..(1 + random.below(7)).min(left as u64) {
                let share = random.below(rest / 2) + 1;
                rest -= share.min(rest);
                let callee = (caller * 7 + 11 + callee as usize * 31) % methods.len();
                let mut site = places[caller];
                site.line += random.below(4) as u32;
                let called = 1 + random.below(share / 100).min(random.below(5_000));
                let child = builder.call(path, methods[callee], site, called, share);
                stack.push((child, callee, share));
                left -= 1;
            }
        }
    }
    builder.finish().with_portable_keys()
}

fn seconds<T>(mut work: impl FnMut() -> T) -> (f64, T) {
    let mut best = f64::MAX;
    let mut result = None;
    for _ in 0..7 {
        let start = Instant::now();
        result = Some(work());
        best = best.min(start.elapsed().as_secs_f64());
    }
    (best, result.expect("it was done"))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, default: usize| {
        let text = arguments.get(index);
        text.and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let profile = match arguments.first().map(std::fs::File::open) {
        Some(Ok(mut file)) => rubyprof_file::read(&mut file)?,
        _ => generate(number(0, 548_000), number(1, 1_900), number(2, 1)),
    };
    let nodes = profile.nodes().len();
    println!(
        "{nodes} call paths, {} methods, {} threads",
        profile.methods().len(),
        profile.threads().len()
    );
    let (save, bytes) = seconds(|| {
        let mut bytes = Vec::new();
        rubyprof_file::write(&profile, &mut bytes).expect("a Vec takes everything");
        bytes
    });
    let (load, read) = seconds(|| rubyprof_file::from_bytes(&bytes));
    assert!(read? == profile, "what is read is what was written");
    println!(
        "{} bytes, {:.2} a call path; best of 7: saved in {save:.3} s, loaded in {load:.3} s",
        bytes.len(),
        bytes.len() as f64 / nodes.max(1) as f64
    );
    Ok(())
}
