//! The exact output for a few profiles. `UPDATE_GOLDEN=1 cargo test -p rubyprof-report` writes the
//! files anew; the difference is for the reviewer.

mod common;

use common::golden::{check, without_assets};
use rubyprof_report::Options;

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

/// Columns that are there on demand, of times that are raw, and of others, which have an uncertainty.
#[test]
fn columns_on_demand() {
    let compensated = common::compensated();
    let raw = compensated.uncompensated();
    let on_demand = |defaults| Options {
        overhead: true,
        gc: true,
        ..options(defaults)
    };
    for (name, profile) in [("on_demand", &raw), ("uncertain", &compensated)] {
        let flat = common::flat(profile, &on_demand(Options::for_flat()));
        check(&format!("{name}.flat.txt"), &flat);
        let with_ledger = Options {
            ledger: true,
            ..on_demand(Options::for_graph_html())
        };
        let graph = common::graph(profile, &with_ledger);
        check(&format!("{name}.graph.txt"), &graph);
    }
}

/// How long single calls took, with overhead and without.
#[test]
fn latencies_on_demand() {
    let lean = common::compensated();
    for (name, profile) in [("raw_latency", lean.uncompensated()), ("latency", lean)] {
        let on_demand = |defaults| Options {
            latency: true,
            ..options(defaults)
        };
        let flat = common::flat(&profile, &on_demand(Options::for_flat()));
        check(&format!("{name}.flat.txt"), &flat);
        let graph = common::graph(&profile, &on_demand(Options::for_graph_html()));
        check(&format!("{name}.graph.txt"), &graph);
        let paths = common::call_info(&profile, &on_demand(Options::for_graph_html()));
        check(&format!("{name}.call_info.txt"), &paths);
    }
    // Of profiles without latencies there is nothing to show.
    let small = common::small();
    let plain = options(Options::for_flat());
    let asked = Options {
        latency: true,
        ..plain.clone()
    };
    assert_eq!(common::flat(&small, &asked), common::flat(&small, &plain));
    assert_eq!(common::graph(&small, &asked), common::graph(&small, &plain));
    assert_eq!(
        common::call_info(&small, &asked),
        common::call_info(&small, &plain)
    );
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
