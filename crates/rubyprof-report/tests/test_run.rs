//! The page over a run of tests.

mod common;

use std::collections::HashSet;

use common::golden::{check, without_assets};
use common::page::tags;
use rubyprof_core::MeasureMode;
use rubyprof_report::{Example, Status, TestRun, test_run};

fn page(run: &TestRun) -> String {
    let mut out = Vec::new();
    test_run(run, None, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("pages are UTF-8")
}

/// The page without its style sheets and scripts, which other tests and eyes judge.
fn content(page: &str) -> String {
    let mut rest = page;
    let mut content = String::new();
    loop {
        let starts = ["<style>", "<script>"].map(|tag| rest.find(tag));
        let Some(start) = starts.into_iter().flatten().min() else {
            return content + rest;
        };
        content.push_str(&rest[..start]);
        let close = if rest[start..].starts_with("<style>") {
            "</style>"
        } else {
            "</script>"
        };
        let end = rest[start..].find(close).expect("the element ends");
        rest = &rest[start + end + close.len()..];
    }
}

fn small() -> TestRun {
    let example = |description: &str, line: u32, status, nanoseconds, calls| Example {
        description: description.into(),
        location: format!("./spec/shop_spec.rb:{line}"),
        status,
        nanoseconds,
        calls,
        ..Example::default()
    };
    let mut run = TestRun {
        framework: "RSpec".into(),
        started_at: Some("2026-11-23T08:15:14Z".into()),
        nanoseconds: 2_000_000_000,
        processes: 1,
        total: 1_750_000_000,
        outside: 250_000_000,
        calls: 12_345,
        whole_report: Some("run.html".into()),
        profile_file: Some("run.rbprof".into()),
        version: Some("0.1.0".into()),
        examples: vec![
            example("Shop adds", 3, Status::Passed, 1_500_000, Some(12_000)),
            example("Shop fails", 7, Status::Failed, 1_200_000_000, Some(300)),
            example("Shop is later", 9, Status::Pending, 0, None),
            example("Shop is quick", 11, Status::Passed, 45, Some(0)),
        ],
        ..TestRun::default()
    };
    run.examples[1].report = Some("examples/Shop-fails-0badcafe.html".into());
    run
}

#[test]
fn the_whole_profile_says_how_true_times_are() {
    let mut out = Vec::new();
    test_run(&small(), Some(&common::compensated()), &mut out).expect("a Vec takes everything");
    let page = String::from_utf8(out).expect("pages are UTF-8");
    for text in [
        "<dt>Overhead, subtracted</dt>",
        ">12.3 ms <span class=\"beside\">± 123 µs · 21.7%</span>",
        "<dt>GC</dt>",
        "operators left alone",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!self::page(&small()).contains("Overhead"));
}

fn hostile(mode: MeasureMode) -> TestRun {
    let names = common::HOSTILE.iter().map(|name| (*name).to_owned());
    let long = std::iter::once("x".repeat(1_000_000));
    TestRun {
        framework: common::HOSTILE.concat(),
        started_at: Some(common::HOSTILE.concat()),
        version: Some(common::HOSTILE.concat()),
        measure_mode: mode,
        processes: 3,
        whole_report: Some(common::HOSTILE.concat()),
        profile_file: Some(common::HOSTILE.concat()),
        notes: common::HOSTILE.map(str::to_owned).to_vec(),
        examples: names
            .chain(long)
            .map(|name| Example {
                description: name.clone(),
                location: name.clone(),
                status: Status::Failed,
                nanoseconds: u64::MAX,
                calls: Some(u64::MAX),
                value: Some(u64::MAX),
                report: Some(name.clone()),
                process: Some(name),
            })
            .collect(),
        ..TestRun::default()
    }
}

#[test]
fn the_page_is_as_it_was() {
    let mut processes = small();
    processes.processes = 3;
    processes.measure_mode = MeasureMode::Allocations;
    processes.notes = vec!["Process 2 ended without a report of its own.".into()];
    for example in &mut processes.examples {
        example.value = example.calls.map(|calls| calls / 3);
        example.process = Some("2".into());
    }
    for (name, run) in [
        ("small", small()),
        ("processes", processes),
        ("empty", TestRun::default()),
    ] {
        check(
            &format!("{name}.test_run.html"),
            &without_assets(&page(&run)),
        );
    }
}

#[test]
fn nothing_of_a_run_becomes_markup() {
    let names: HashSet<&str> = "html head meta link title style script body header div h1 p dl dt dd \
        main nav a section h2 table caption thead tr th tbody td span noscript label input kbd button \
        output footer code"
        .split_whitespace()
        .collect();
    let attributes: HashSet<&str> = "lang charset name content http-equiv rel href data-unit class \
        title role hidden id type placeholder autocomplete spellcheck for aria-labelledby aria-label \
        aria-pressed style data-key"
        .split_whitespace()
        .collect();
    for mode in [MeasureMode::WallTime, MeasureMode::Memory] {
        let page = page(&hostile(mode));
        for tag in tags(&page) {
            assert!(names.contains(tag.name), "<{}>", tag.name);
            for (key, _) in &tag.attributes {
                assert!(attributes.contains(key), "<{} {key}>", tag.name);
            }
            if let Some(href) = tag.attribute("href") {
                assert!(!href.contains('<') && !href.contains('\n'), "{href}");
            }
        }
        assert!(!content(&page).contains('\u{202e}'));
    }
}

#[test]
fn the_costliest_come_first_and_pending_ones_not_at_all() {
    let mut run = small();
    for number in 0..30 {
        run.examples.push(Example {
            description: format!("one of many {number}"),
            nanoseconds: 1_000_000 + number,
            calls: Some(number),
            ..Example::default()
        });
    }
    let page = content(&page(&run));
    let tables: Vec<&str> = page.split("<table class=\"top\">").skip(1).collect();
    assert_eq!(tables.len(), 2);
    for (table, first) in tables.iter().zip(["Shop fails", "Shop adds"]) {
        let body = &table[..table.find("</table>").expect("the table ends")];
        assert_eq!(body.matches("<tr><td").count(), 10);
        let at = body.find(first).expect("it is there");
        assert!(at < body.find("one of many").expect("others as well"));
        assert!(!body.contains("Shop is later"));
    }
}

#[test]
fn all_examples_are_data() {
    let page = page(&small());
    let start = page.find("id=\"data\">").expect("data") + 10;
    let json = &page[start..start + page[start..].find("</script>").expect("it ends")];
    assert_eq!(
        json,
        "[[\"Shop adds\",\"./spec/shop_spec.rb:3\",0,1500000,12000,null,null,null],\n\
         [\"Shop fails\",\"./spec/shop_spec.rb:7\",1,1200000000,300,null,\"examples/Shop-fails-0badcafe.html\",null],\n\
         [\"Shop is later\",\"./spec/shop_spec.rb:9\",2,0,null,null,null,null],\n\
         [\"Shop is quick\",\"./spec/shop_spec.rb:11\",0,45,0,null,null,null]]"
    );
}
