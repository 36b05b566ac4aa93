//! What must hold of every graph report and every call tree as text.

mod common;

use rubyprof_core::CallGraph;
use rubyprof_report::{Column, Options, Part};

fn options() -> Options {
    Options::for_graph_html()
}

/// The blocks between the dashes, as lines.
fn blocks(text: &str) -> Vec<Vec<&str>> {
    let mut blocks: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        if line.starts_with("-----") {
            assert_eq!(line, "-".repeat(150));
            blocks.push(Vec::new());
        } else if line.is_empty() || !line.starts_with(' ') {
            continue;
        } else if let Some(block) = blocks.last_mut()
            && line
                .trim_start()
                .starts_with(|char: char| char.is_ascii_digit())
        {
            block.push(line);
        }
    }
    blocks
}

/// Where the row of the method is in a block: the only one with percentages.
fn method(block: &[&str]) -> usize {
    let places: Vec<usize> = (0..block.len())
        .filter(|row| block[*row][..16].contains('%'))
        .collect();
    assert_eq!(places.len(), 1, "{block:#?}");
    places[0]
}

#[test]
fn every_method_has_its_callers_above_and_its_callees_below() {
    for (name, profile) in common::profiles() {
        let text = common::graph(&profile, &options());
        let mut expected: Vec<(usize, usize)> = Vec::new();
        let mut graphs: Vec<CallGraph> = Vec::new();
        if profile.threads().len() > 1 {
            graphs.push(CallGraph::of_all(&profile));
        }
        graphs.extend(
            profile
                .threads()
                .iter()
                .map(|thread| CallGraph::of_thread(&profile, thread)),
        );
        for graph in &graphs {
            let rows = graph.rows().iter().map(|row| row.method);
            expected.extend(rows.map(|id| (graph.callers(id).len(), graph.callees(id).len())));
        }
        let mut found: Vec<(usize, usize)> = blocks(&text)
            .iter()
            .map(|block| (method(block), block.len() - method(block) - 1))
            .collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{name}");
        let hidden = |char: char| char != '\n' && (char.is_control() || char == '\u{202e}');
        assert!(!text.contains(hidden), "{name}");
        assert!(!text.contains("NaN") && !text.contains("inf"), "{name}");
    }
}

#[test]
fn callers_rise_and_callees_fall() {
    let text = common::graph(&common::awkward(), &options());
    let total = |line: &&str| -> f64 {
        line[16..]
            .split_whitespace()
            .next()
            .unwrap_or_default()
            .parse()
            .expect("a number")
    };
    for block in blocks(&text) {
        let (callers, rest) = block.split_at(method(&block));
        assert!(callers.iter().map(total).is_sorted(), "{block:#?}");
        assert!(
            rest[1..].iter().map(total).is_sorted_by(|a, b| a >= b),
            "{block:#?}"
        );
    }
}

#[test]
fn callers_and_callees_below_the_limits_are_counted() {
    let limited = Options {
        min_percent: 50.0,
        ..options()
    };
    let text = common::graph(&common::small(), &limited);
    assert!(
        text.contains("4/499519     (2 more callees, below the limits)"),
        "{text}"
    );
    assert!(text.contains("499500/499501     (1 more callee, below the limits)"));
    assert!(!text.contains("Object#sum_digits") && !text.contains("Integer#%"));
    let slow = Options {
        min_value: 45_600_000,
        ..options()
    };
    let text = common::graph(&common::small(), &slow);
    assert!(text.contains("1/499501     (1 more caller, below the limits)"));
    let none = Options {
        min_percent: 100.0,
        filter_by: Column::SelfTime,
        ..options()
    };
    let text = common::graph(&common::small(), &none);
    assert!(
        blocks(&text).is_empty() && text.contains("(no method within the limits of this report)")
    );
}

#[test]
fn methods_are_sorted_by_the_chosen_column() {
    let first = |sort_by| {
        let text = common::graph(
            &common::small(),
            &Options {
                sort_by,
                ..options()
            },
        );
        let block = blocks(&text)[0].join("\n");
        assert!(text.contains(&format!(
            "Sort by: {}",
            sort_by.unwrap_or(Column::Total).name()
        )));
        block
    };
    assert!(first(None).contains("100.00%"));
    assert!(first(Some(Column::SelfTime)).contains(" 72.90%  69.21%"));
}

#[test]
fn parts_make_up_the_report_of_a_fiber() {
    let profile = common::small();
    type Printer = fn(
        &rubyprof_core::Profile,
        usize,
        Part,
        &Options,
        &mut dyn std::io::Write,
    ) -> Result<(), rubyprof_report::Error>;
    let printers: [(Printer, String); 2] = [
        (
            rubyprof_report::flat_part,
            common::flat(&profile, &options()),
        ),
        (
            rubyprof_report::graph_part,
            common::graph(&profile, &options()),
        ),
    ];
    for (print, whole) in printers {
        let mut text = Vec::new();
        for part in [Part::Header, Part::Columns, Part::Methods, Part::Footer] {
            let before = text.len();
            print(&profile, 0, part, &options(), &mut text).expect("a Vec takes everything");
            assert!(text.len() > before, "{part:?}");
            print(&profile, 1, part, &options(), &mut text).expect("there is no such thread");
        }
        assert_eq!(String::from_utf8_lossy(&text), whole);
    }
}

/// The lines of call paths, as depth and name.
fn paths(text: &str) -> Vec<(usize, &str)> {
    let lines = text.lines().filter(|line| line.contains(" (tt:"));
    let paths = lines.map(|line| {
        let name = line.trim_start();
        let indent = (line.len() - name.len()) / 2;
        let name = name.split(" (tt:").next().unwrap_or_default();
        match name
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("] "))
        {
            Some((depth, name)) => (depth.parse().expect("a depth"), name),
            None => (indent, name),
        }
    });
    paths.collect()
}

#[test]
fn the_call_tree_has_every_path_at_its_depth() {
    for (name, profile) in common::profiles() {
        let text = common::call_info(&profile, &options());
        let expected: Vec<usize> = profile
            .threads()
            .iter()
            .flat_map(|thread| profile.subtree(thread.root))
            .map(|id| profile.depth(id))
            .collect();
        let depths: Vec<usize> = paths(&text).iter().map(|(depth, _)| *depth).collect();
        assert_eq!(depths, expected, "{name}");
    }
}

#[test]
fn the_call_tree_keeps_what_leads_to_a_path_within_the_limits() {
    let names = |options: Options| -> Vec<String> {
        let text = common::call_info(&common::small(), &options);
        paths(&text)
            .iter()
            .map(|(_, name)| (*name).to_owned())
            .collect()
    };
    let own = Options {
        min_percent: 50.0,
        filter_by: Column::SelfTime,
        ..options()
    };
    let way = [
        "[global]#",
        "Object#run_primes",
        "Object#find_primes",
        "Array#select",
        "Object#is_prime",
    ];
    assert_eq!(names(own), way);
    assert_eq!(
        names(Options {
            max_depth: Some(1),
            ..options()
        }),
        way[..2]
    );
    assert_eq!(
        names(Options {
            min_value: 999_000_000,
            ..options()
        }),
        way[..4]
    );
    assert!(
        names(Options {
            min_percent: 100.0,
            filter_by: Column::SelfTime,
            ..options()
        })
        .is_empty()
    );
    let sorted = names(Options {
        sort_by: Some(Column::SelfTime),
        ..options()
    });
    assert_eq!(sorted[2], "Object#find_primes");
    let sorted = names(Options {
        sort_by: Some(Column::Wait),
        ..options()
    });
    assert_eq!(sorted[2..4], ["Object#find_primes", "Array#select"]);
}
