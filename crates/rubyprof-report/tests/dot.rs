//! What must hold of every graph for Graphviz.

mod common;

use std::collections::HashSet;

use rubyprof_core::CallGraph;
use rubyprof_report::{Column, Options};

fn options() -> Options {
    Options::for_graph_html()
}

/// Splits a graph into statements, reading quoted strings as Graphviz does: a quote inside is escaped.
fn statements(dot: &str) -> Vec<String> {
    let (mut found, mut statement, mut quoted, mut escaped) = (vec![], String::new(), false, false);
    for char in dot.chars() {
        if quoted {
            statement.push(char);
            quoted = escaped || char != '"';
            escaped = char == '\\' && !escaped;
            continue;
        }
        match char {
            ';' | '{' | '}' => found.push(std::mem::take(&mut statement).trim().to_owned()),
            _ => {
                quoted = char == '"';
                statement.push(char);
            }
        }
    }
    assert!(!quoted, "a string does not end");
    assert_eq!(statement.trim(), "");
    found.retain(|statement| !statement.is_empty());
    found
}

fn edges(dot: &str) -> Vec<(String, String)> {
    let statements = statements(dot);
    let edges = statements.iter().filter_map(|statement| {
        let (ends, _) = statement.split_once(" [")?;
        let (from, to) = ends.split_once(" -> ")?;
        Some((from.to_owned(), to.to_owned()))
    });
    edges.collect()
}

fn nodes(dot: &str) -> HashSet<String> {
    let statements = statements(dot);
    let nodes = statements.iter().filter_map(|statement| {
        let (id, _) = statement.split_once(" [label=")?;
        (id.starts_with('t') && !id.contains("->")).then(|| id.to_owned())
    });
    nodes.collect()
}

#[test]
fn methods_and_calls_are_all_there_whatever_the_order() {
    for (name, profile) in common::profiles() {
        let graphs = profile
            .threads()
            .iter()
            .map(|thread| CallGraph::of_thread(&profile, thread));
        let (rows, calls) = graphs.fold((0, 0), |(rows, calls), graph| {
            (rows + graph.rows().len(), calls + graph.edges().len())
        });
        for sort_by in [
            None,
            Some(Column::Total),
            Some(Column::SelfTime),
            Some(Column::Wait),
        ] {
            let dot = common::dot(
                &profile,
                &Options {
                    sort_by,
                    ..options()
                },
            );
            let nodes = nodes(&dot);
            let edges = edges(&dot);
            assert_eq!((nodes.len(), edges.len()), (rows, calls), "{name}");
            for (from, to) in edges {
                assert!(
                    nodes.contains(&from) && nodes.contains(&to),
                    "{name}: {from} -> {to}"
                );
            }
            assert!(!dot.contains("NaN") && !dot.contains("inf"), "{name}");
        }
    }
}

#[test]
fn names_do_not_leave_their_labels() {
    let dot = common::dot(&common::awkward(), &options());
    let statements = statements(&dot);
    for statement in &statements {
        let known = [
            "digraph ",
            "graph [",
            "node [",
            "edge [",
            "subgraph ",
            "label=",
            "color=",
            "style=",
            "fontcolor=",
            "t",
        ];
        assert!(
            known.iter().any(|start| statement.starts_with(start)),
            "{statement}"
        );
    }
    assert!(
        !dot.contains("&lt;"),
        "no entity is left for Graphviz to read"
    );
    assert!(
        dot.contains("nul\\\\u{0} bell"),
        "what cannot be seen is written out"
    );
}

#[test]
fn limits_leave_methods_out_and_the_calls_with_them() {
    let limited = Options {
        min_percent: 70.0,
        ..options()
    };
    let dot = common::dot(&common::small(), &limited);
    assert_eq!(nodes(&dot).len(), 5);
    assert_eq!(edges(&dot).len(), 4);
    let none = Options {
        min_percent: 100.0,
        filter_by: Column::SelfTime,
        ..options()
    };
    let dot = common::dot(&common::small(), &none);
    assert!(dot.contains("no method within the limits"));
    assert!(edges(&dot).is_empty());
    let flat = Options {
        max_depth: Some(1),
        ..options()
    };
    assert_eq!(nodes(&common::dot(&common::small(), &flat)).len(), 2);
}

#[test]
fn colours_go_by_the_share_of_the_total() {
    let dot = common::dot(&common::small(), &options());
    let fill = |name: &str| {
        let line = dot
            .lines()
            .find(|line| line.contains(&format!("label=\"{name}\\n")))
            .expect("a method");
        line.split("fillcolor=\"")
            .nth(1)
            .and_then(|rest| rest.get(..7))
            .map(str::to_owned)
    };
    assert_eq!(fill("Object#run_primes"), fill("[global]#"));
    assert_ne!(fill("Object#run_primes"), fill("Integer#%"));
    assert_eq!(fill("Object#sum_digits"), fill("Integer#%"));
}

#[test]
fn fibers_that_are_not_drawn_are_counted() {
    let dot = common::dot(
        &common::awkward(),
        &Options {
            max_threads: 1,
            ..options()
        },
    );
    assert_eq!(dot.matches("label=\"Thread ").count(), 1);
    assert!(dot.contains("Only the 1 longest running of 3 threads"));
}
