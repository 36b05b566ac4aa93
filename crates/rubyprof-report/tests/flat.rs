//! What must hold of every flat report.

mod common;

use rubyprof_core::CallGraph;
use rubyprof_report::{Column, Options};

/// The rows as ruby-prof's own tests find them.
fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .filter(|line| {
            let number = line.trim_start();
            (number.len() < line.len() || line.starts_with("100"))
                && number.starts_with(|char: char| char.is_ascii_digit())
        })
        .map(|line| line.split_whitespace().collect())
        .collect()
}

fn column(rows: &[Vec<&str>], index: usize) -> Vec<f64> {
    let column = rows.iter().map(|row| row[index].parse());
    column.collect::<Result<_, _>>().expect("numbers")
}

#[test]
fn every_method_is_one_line_of_visible_text() {
    for (name, profile) in common::profiles() {
        let text = common::flat(&profile, &Options::for_flat());
        let mut methods: usize = profile
            .threads()
            .iter()
            .map(|thread| CallGraph::of_thread(&profile, thread).rows().len())
            .sum();
        if profile.threads().len() > 1 {
            methods += CallGraph::of_all(&profile).rows().len();
        }
        assert_eq!(rows(&text).len(), methods, "{name}");
        let hidden = |char: char| char != '\n' && (char.is_control() || char == '\u{202e}');
        assert!(!text.contains(hidden), "{name}");
        assert!(!text.contains("NaN") && !text.contains("inf"), "{name}");
        for share in column(&rows(&text), 0) {
            assert!((0.0..=100.0).contains(&share), "{name}: {share}");
        }
    }
}

#[test]
fn rows_are_sorted_by_the_chosen_column() {
    let columns = [
        (None, 2),
        (Some(Column::Total), 1),
        (Some(Column::SelfTime), 2),
        (Some(Column::Wait), 3),
        (Some(Column::Children), 4),
    ];
    for (sort_by, index) in columns {
        let options = Options {
            sort_by,
            ..Options::for_flat()
        };
        let text = common::flat(&common::small(), &options);
        let values = column(&rows(&text), index);
        assert_eq!(values.len(), 7);
        assert!(
            values.is_sorted_by(|a, b| a >= b),
            "{sort_by:?}: {values:?}"
        );
    }
}

#[test]
fn the_share_that_filters_is_the_chosen_one() {
    let names = |options: Options| {
        let text = common::flat(&common::small(), &options);
        let rows = rows(&text);
        let names: Vec<String> = rows.iter().map(|row| row[6].to_owned()).collect();
        names
    };
    let options = Options {
        min_percent: 10.0,
        ..Options::for_flat()
    };
    assert_eq!(
        names(options.clone()),
        ["Object#is_prime", "Object#run_primes"]
    );
    let options = Options {
        filter_by: Column::Total,
        max_percent: 5.0,
        min_percent: 0.0,
        ..options
    };
    assert_eq!(names(options), ["Integer#%", "*Object#sum_digits"]);
}

#[test]
fn the_summary_is_not_taken_for_rows_and_precedes_all_threads() {
    let text = common::flat(&common::awkward(), &Options::for_flat());
    let at = |needle: &str| text.find(needle).unwrap_or_else(|| panic!("no {needle}"));
    assert!(at("Summary of 3 threads") < at("Threads: all 3"));
    assert!(at("Threads: all 3") < at("Thread ID: 8\n"));
    assert_eq!(text.matches("Thread ID: ").count(), 3);
    assert_eq!(text.matches("Fiber ID: ").count(), 1);
    let one = common::flat(&common::small(), &Options::for_flat());
    assert!(
        !one.contains("Summary") && one.starts_with("Measure Mode: wall_time\nThread ID: 16\n")
    );
    let cut = Options {
        max_threads: 1,
        ..Options::for_flat()
    };
    let text = common::flat(&common::awkward(), &cut);
    assert_eq!(text.matches("Thread ID: ").count(), 1);
    assert!(text.contains("Only the 1 longest running"));
}
