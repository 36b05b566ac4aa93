//! The exact output for a few profiles. `UPDATE_GOLDEN=1 cargo test -p rubyprof-report` writes the
//! files anew; the difference is for the reviewer.

mod common;

use std::path::PathBuf;

use rubyprof_report::Options;

fn check(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, text).expect("the golden file can be written");
        return;
    }
    let golden = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{name}: {error}; UPDATE_GOLDEN=1 makes it"));
    let (mut old, mut new) = (golden.split('\n'), text.split('\n'));
    for number in 1.. {
        match (old.next(), new.next()) {
            (None, None) => break,
            (old, new) => assert_eq!(old, new, "{name} differs first in line {number}"),
        }
    }
}

fn options(options: Options) -> Options {
    Options {
        title: Some("Golden & <true>".into()),
        generated_at: Some("Thursday, 1 January 2026 at 12:00:00 (UTC)".into()),
        version: Some("0.0.0".into()),
        ..options
    }
}

#[test]
fn flat_reports() {
    for (name, profile) in common::profiles() {
        let text = common::flat(&profile, &options(Options::for_flat()));
        check(&format!("{name}.flat.txt"), &text);
    }
}

/// The style sheets and scripts are files of their own; in a golden file they would only hide what
/// changed in the page.
fn without_assets(page: &str) -> String {
    let assets = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets");
    let mut page = page.to_owned();
    for entry in std::fs::read_dir(assets).expect("assets/ is there") {
        let path = entry.expect("assets/ can be listed").path();
        let asset = std::fs::read_to_string(&path).expect("an asset is text");
        let name = path.file_name().expect("a name").to_string_lossy();
        page = page.replace(&asset, &format!("({name})\n"));
    }
    page
}

#[test]
fn graph_reports() {
    for (name, profile) in common::profiles() {
        let text = common::graph(&profile, &options(Options::for_graph_html()));
        check(&format!("{name}.graph.txt"), &text);
    }
}

#[test]
fn call_info_reports() {
    for (name, profile) in common::profiles() {
        let text = common::call_info(&profile, &options(Options::for_graph_html()));
        check(&format!("{name}.call_info.txt"), &text);
    }
}

#[test]
fn dot_graphs() {
    for (name, profile) in common::profiles() {
        let text = common::dot(&profile, &options(Options::for_graph_html()));
        check(&format!("{name}.dot"), &text);
    }
}

#[test]
fn callgrind_files() {
    for (name, profile) in common::profiles() {
        let options = Options {
            process_id: Some(4711),
            application: Some("prime.rb --fast".into()),
            ..options(Options::for_flat())
        };
        check(
            &format!("{name}.callgrind"),
            &common::call_trees(&profile, &options),
        );
    }
}

#[test]
fn graph_pages() {
    for (name, profile) in common::profiles() {
        let page = common::graph_html(&profile, &options(Options::for_graph_html()));
        check(&format!("{name}.graph.html"), &without_assets(&page));
    }
}

#[test]
fn call_stack_pages() {
    for (name, profile) in common::profiles() {
        let options = Options {
            application: Some("bin/<app> & \"co\"".into()),
            ..options(Options::for_graph_html())
        };
        let page = common::call_stack(&profile, &options);
        check(&format!("{name}.call_stack.html"), &without_assets(&page));
    }
}

#[test]
fn flame_graph_pages() {
    for (name, profile) in common::profiles() {
        let page = common::flame_graph(&profile, &options(Options::for_graph_html()));
        check(&format!("{name}.flame_graph.html"), &without_assets(&page));
    }
}
