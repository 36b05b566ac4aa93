//! A file that was written once: every later release reads it, and gets the same profile.
//!
//! version_N.txt is also what the reader in spec/support, which knows docs/file-format.md and nothing
//! else, must find in version_N.rbprof. None is ever altered; a new version of the format brings a
//! pair of its own. `UPDATE_GOLDEN=1 cargo test -p rubyprof-file` writes what is missing.

mod common;

use std::fmt::Write;
use std::path::PathBuf;

use rubyprof_core::{Cost, Costs, FileId, Location, NodeParts, Partial, Profile, Stopped};
use rubyprof_file::from_bytes;

use common::{body, save, small, timed};

fn golden(name: &str, content: &[u8]) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if !path.exists() && std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, content).expect("the golden file can be written");
    }
    std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}; UPDATE_GOLDEN=1 makes it"))
}

fn text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('\n', "\\n"))
}

fn or_none(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "none".into(), |value| value.to_string())
}

fn place(file: Option<FileId>, line: u32) -> String {
    format!("file {} line {line}", or_none(file.map(|file| file.0)))
}

/// Everything a file of a version says.
fn describe(profile: &Profile, version: u32) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    let inside = profile.inside();
    writeln!(out, "measure mode {}", profile.measure_mode.number())?;
    writeln!(out, "track allocations {}", profile.track_allocations)?;
    writeln!(out, "c calls {}", profile.c_calls)?;
    writeln!(out, "clock {}", text(&profile.clock))?;
    if version > 1 {
        writeln!(out, "operators {}", profile.operators)?;
        writeln!(out, "compensated {}", profile.is_compensated())?;
        for (what, Cost { inner, outer }) in [
            ("ruby", profile.costs.ruby),
            ("c", profile.costs.c),
            ("operator", profile.costs.operator),
        ] {
            writeln!(out, "cost {what} inner {inner} outer {outer}")?;
        }
        let Costs {
            new_path,
            object,
            switch,
            spread,
            unknown,
            ..
        } = profile.costs;
        writeln!(
            out,
            "cost new path {new_path} object {object} switch {switch}"
        )?;
        writeln!(out, "cost spread {spread} unknown {unknown}")?;
        for thread in profile.threads() {
            writeln!(out, "unexplained {}", thread.unexplained)?;
        }
        for node in profile.nodes() {
            writeln!(out, "overhead {}", node.overhead)?;
        }
        for (node, gc) in inside.gcs {
            writeln!(out, "gc node {} value {gc}", node.0)?;
        }
        for (node, count) in inside.collections {
            writeln!(out, "collections node {} value {count}", node.0)?;
        }
        for (node, Stopped { blocked, gvl_wait }) in inside.stops {
            writeln!(out, "stop node {} blocked {blocked} gvl {gvl_wait}", node.0)?;
        }
        for thread in profile.threads() {
            let cpu = thread.cpu.map(|cpu| cpu.to_string());
            writeln!(out, "cpu {}", or_none(cpu))?;
        }
        type Number = fn(&Partial) -> u64;
        let numbers: [(&str, Number); 3] = [
            ("folded", |partial| partial.folded),
            ("recursive", |partial| partial.recursive),
            ("untimed", |partial| partial.untimed),
        ];
        for (what, number) in numbers {
            for (node, partial) in profile.partials().iter().filter(|(_, p)| number(p) > 0) {
                writeln!(out, "{what} node {} calls {}", node.0, number(partial))?;
            }
        }
        for row in profile.latencies().rows() {
            let (node, min, max) = (row.node.0, row.min, row.max);
            writeln!(out, "latency node {node} min {min} max {max}")?;
            for (bucket, count) in row.buckets.iter().zip(row.counts) {
                writeln!(out, "latency bucket {bucket} calls {count}")?;
            }
        }
    }
    for file in inside.files {
        writeln!(out, "file {}", text(file))?;
    }
    for method in profile.methods() {
        let (class, kind) = (text(&method.class_name), method.owner_kind as u8);
        let name = or_none(method.name.as_deref().map(text));
        let place = place(method.file, method.line);
        writeln!(out, "method class {class} kind {kind} name {name} {place}")?;
    }
    for Location { file, line } in inside.sites {
        writeln!(out, "site {}", place(*file, *line))?;
    }
    for thread in profile.threads() {
        let (id, fiber, root) = (thread.id, thread.fiber_id, thread.root.0);
        writeln!(out, "thread id {id} fiber {fiber} root {root}")?;
    }
    for node in profile.nodes().iter().map(NodeParts::from) {
        let parent = or_none(node.parent.map(|parent| parent.0));
        writeln!(
            out,
            "node parent {parent} end {} method {} called {} total {} own {} site {}",
            node.end, node.method.0, node.called, node.total, node.own, node.site
        )?;
    }
    for (node, wait) in inside.waits {
        writeln!(out, "wait node {} value {wait}", node.0)?;
    }
    for one in profile.allocations() {
        let (class, kind) = (text(&one.class_name), one.owner_kind as u8);
        let place = place(one.location.file, one.location.line);
        let (thread, method, count, bytes) = (one.thread, one.method.0, one.count, one.bytes);
        writeln!(
            out,
            "allocation thread {thread} method {method} class {class} kind {kind} {place} \
             count {count} bytes {bytes}"
        )?;
    }
    Ok(out)
}

fn is_read(version: u32, expected: &Profile) {
    let name = |extension| format!("version_{version}.{extension}");
    let file = golden(&name("rbprof"), &save(expected));
    let profile = from_bytes(&file).expect("every release reads it");
    let described = describe(&profile, version).expect("a String takes everything");
    let text = golden(&name("txt"), described.as_bytes());
    let text = String::from_utf8(text).expect("it is UTF-8");
    let mut lines = text.lines();
    for line in described.lines() {
        assert_eq!(Some(line), lines.next());
    }
    assert_eq!(lines.next(), None);
    assert_eq!(&profile, expected);
}

#[test]
fn version_1_is_read() {
    is_read(1, &small());
}

#[test]
fn version_2_is_read() {
    is_read(2, &timed());
}

/// While the version stays, what is written stays, up to how well it is packed.
#[test]
fn version_2_is_written() {
    let file = golden("version_2.rbprof", &save(&timed()));
    assert!(file.len() < 5_000);
    assert_eq!(body(&save(&timed())), body(&file));
}

/// What version 1 had is at the beginning of what version 2 has.
#[test]
fn version_2_begins_as_version_1() {
    let file = golden("version_1.rbprof", &save(&small()));
    assert!(body(&save(&small())).starts_with(&body(&file)));
}
