//! What must hold of every page, whatever its profile holds.

mod common;

use std::collections::HashSet;
use std::io::{self, Write};

use common::page::{Tag, tags};
use rubyprof_core::CallGraph;
use rubyprof_report::{Column, Error, Options};

fn pages() -> Vec<(&'static str, String)> {
    let mut profiles = common::profiles().to_vec();
    profiles.push(("dense", common::dense()));
    profiles
        .iter()
        .map(|(name, profile)| {
            let options = Options {
                title: Some(common::HOSTILE.concat()),
                generated_at: Some(common::HOSTILE.concat()),
                version: Some(common::HOSTILE.concat()),
                ..Options::for_graph_html()
            };
            (*name, common::graph_html(profile, &options))
        })
        .collect()
}

fn is_class(tag: &Tag<'_>, class: &str) -> bool {
    tag.attribute("class") == Some(class)
}

fn count(tags: &[Tag<'_>], name: &str, class: &str) -> usize {
    let found = tags.iter().filter(|tag| tag.name == name);
    found.filter(|tag| is_class(tag, class)).count()
}

#[test]
fn what_scripts_written_for_ruby_prof_look_for_is_there() {
    for (name, page) in pages() {
        assert!(page.starts_with("<!DOCTYPE html>"), "{name}");
        if name != "empty" {
            assert!(page.contains("<th>Total</th>"), "{name}");
        }
    }
    // Its tests take the first seven numbers of a method's row for the columns, in this order.
    let page = common::graph_html(&common::small(), &Options::for_graph_html());
    let row = page
        .split("<tr class=\"method\">")
        .nth(2)
        .expect("two rows");
    let numbers: Vec<&str> = row
        .split(|char: char| !char.is_ascii_digit() && char != '.')
        .filter(|number| !number.is_empty())
        .take(7)
        .collect();
    let expected = [
        "99.99",
        "18.93",
        "1234500000",
        "233687610",
        "0",
        "1000812390",
        "1",
    ];
    assert_eq!(numbers, expected);
}

#[test]
fn nothing_of_a_profile_becomes_markup() {
    let names: HashSet<&str> = "html head meta link title style script body header div h1 p strong dl \
        dt dd label span input kbd output button main section h2 table caption thead tr th tbody td \
        a colgroup col abbr details summary noscript footer i dialog form"
        .split_whitespace()
        .collect();
    let attributes: HashSet<&str> = "lang charset name content http-equiv rel href data-unit class \
        title role hidden id type placeholder autocomplete spellcheck for aria-labelledby data-sort \
        data-value style scope data-total data-o data-title data-about aria-pressed colspan method"
        .split_whitespace()
        .collect();
    for (name, page) in pages() {
        for tag in tags(&page) {
            assert!(names.contains(tag.name), "{name}: {tag:?}");
            for (key, _) in &tag.attributes {
                assert!(attributes.contains(key), "{name}: {key} in {tag:?}");
            }
        }
        for hostile in [
            "<script>alert",
            "</script><script>alert",
            "\" onmouseover",
            "' x='",
        ] {
            assert!(!page.contains(hostile), "{name} contains {hostile}");
        }
        let hidden = |char: char| {
            char != '\n' && (char.is_control() || "\u{202e}\u{200b}\u{feff}\u{2028}".contains(char))
        };
        assert!(!page.contains(hidden), "{name} has invisible characters");
    }
}

#[test]
fn tables_say_what_they_are_sorted_by() {
    let sorted = |options: &Options| {
        let page = common::graph_html(&common::small(), options);
        let tables = tags(&page).into_iter().filter(|tag| is_class(tag, "calls"));
        let columns = tables.map(|table| table.attribute("data-sort").map(str::to_owned));
        columns.collect::<Vec<_>>()
    };
    let mut options = Options::for_graph_html();
    assert_eq!(sorted(&options), [Some("Total".to_owned())]);
    options.sort_by = Some(Column::SelfTime);
    assert_eq!(sorted(&options), [Some("Self".to_owned())]);
}

#[test]
fn ids_are_unique_and_every_link_has_its_target() {
    for (name, page) in pages() {
        let tags = tags(&page);
        let mut ids = HashSet::new();
        for id in tags.iter().filter_map(|tag| tag.attribute("id")) {
            assert!(ids.insert(id), "{name}: {id} twice");
        }
        let mut links = 0;
        for href in tags.iter().filter_map(|tag| tag.attribute("href")) {
            if let Some(id) = href.strip_prefix('#') {
                links += 1;
                assert!(ids.contains(id), "{name}: nothing has the id {id}");
            } else {
                let local = href.starts_with("file:///") || href == "data:,";
                assert!(local, "{name}: {href}");
            }
        }
        assert_eq!(links > 0, name != "empty", "{name}");
    }
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    for (name, page) in pages() {
        for foreign in ["http://", "https://", "src=", "@import", "url(", "fetch("] {
            assert!(!page.contains(foreign), "{name} contains {foreign}");
        }
    }
}

#[test]
fn no_share_exceeds_a_hundred_percent() {
    for (name, page) in pages() {
        let mut shares = 0;
        for tag in tags(&page).iter().filter(|tag| tag.name == "td") {
            let Some(number) = tag.text.strip_suffix('%') else {
                continue;
            };
            shares += 1;
            let number: f64 = number.trim_start_matches("&lt;").parse().expect("a number");
            assert!((0.0..=100.0).contains(&number), "{name}: {number}");
        }
        assert_eq!(shares > 0, name != "empty", "{name}");
        assert!(!page.contains("NaN%"), "{name}");
    }
}

#[test]
fn every_edge_is_a_caller_and_a_callee() {
    let profile = common::awkward();
    let page = common::graph_html(&profile, &Options::for_graph_html());
    let threads = profile.threads().iter();
    let mut graphs: Vec<CallGraph> = threads
        .map(|thread| CallGraph::of_thread(&profile, thread))
        .collect();
    graphs.push(CallGraph::of_all(&profile));
    let edges: usize = graphs.iter().map(|graph| graph.edges().len()).sum();
    let rows: usize = graphs.iter().map(|graph| graph.rows().len()).sum();
    let tags = tags(&page);
    assert_eq!(count(&tags, "tr", "caller"), edges);
    assert_eq!(count(&tags, "tr", "callee"), edges);
    assert_eq!(count(&tags, "tr", "method"), rows);
    assert!(!page.contains("Never#called"));
}

#[test]
fn a_dense_page_carries_its_edges_as_data() {
    let page = common::graph_html(&common::dense(), &Options::for_graph_html());
    let tags = tags(&page);
    assert_eq!(count(&tags, "tr", "method"), common::DENSE + 1);
    assert_eq!(count(&tags, "tr", "caller"), 0);
    let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.attribute("id")).collect();
    assert!(ids.contains(&"t1-data") && ids.contains(&"names"));
    let (_, edges) = page.split_once("\"edges\":[").expect("edges");
    let (edges, rest) = edges.split_once(']').expect("an end");
    let expected = common::DENSE + common::DENSE * (common::DENSE - 1) / 2;
    assert_eq!(edges.split(',').count(), expected * 8);
    assert!(rest.starts_with(",\"allocations\":[[0,\"\\u003c/script\\u003e\",3,0,3]]}"));
    assert_eq!(page.matches("<noscript>").count(), 1);
    let small = common::graph_html(&common::small(), &Options::for_graph_html());
    assert!(!small.contains("<noscript>") && !small.contains("t1-data"));
}

#[test]
fn a_method_that_is_filtered_away_is_named_but_not_linked() {
    let options = Options {
        min_percent: 50.0,
        ..Options::for_graph_html()
    };
    let page = common::graph_html(&common::small(), &options);
    assert!(page.contains("<td class=\"name\">Integer#%</td>"));
    assert!(page.contains("5 of 7 methods"));
    assert_eq!(count(&tags(&page), "tr", "method"), 5);
}

#[test]
fn small_values_and_deep_methods_are_dropped_on_request() {
    let all = Options::for_graph_html();
    let options = Options {
        min_value: 100_000_000,
        ..all.clone()
    };
    let page = common::graph_html(&common::small(), &options);
    assert!(
        !page.contains("Integer#%"),
        "neither as a method nor as a callee"
    );
    let options = Options {
        max_depth: Some(1),
        ..all.clone()
    };
    let page = common::graph_html(&common::small(), &options);
    assert_eq!(count(&tags(&page), "tr", "method"), 2);
    let options = Options {
        sort_by: Some(Column::SelfTime),
        ..all
    };
    let page = common::graph_html(&common::small(), &options);
    let first = page.split("<tr class=\"method\">").nth(1).expect("a row");
    assert!(first.contains(">Object#is_prime</a>"));
}

#[test]
fn fibers_without_a_section_stay_in_the_summary() {
    let options = Options {
        max_threads: 1,
        ..Options::for_graph_html()
    };
    let page = common::graph_html(&common::awkward(), &options);
    let tags = tags(&page);
    let ids: Vec<&str> = tags.iter().filter_map(|tag| tag.attribute("id")).collect();
    assert!(ids.contains(&"t0") && ids.contains(&"t1"));
    assert!(!ids.contains(&"t2") && !ids.contains(&"t3"));
    assert!(page.contains("Only the 1 longest running of 3 have a section"));
    assert!(page.contains("<td data-value=\"10\">10</td>"));
}

#[test]
fn an_output_that_fails_is_an_error() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("disk full"))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let profile = common::small();
    let page = rubyprof_report::graph_html(&profile, &Options::for_graph_html(), &mut Full);
    let text = rubyprof_report::flat(&profile, &Options::for_flat(), &mut Full);
    for result in [page, text] {
        let error = result.expect_err("nothing can be written");
        assert!(matches!(error, Error::Write(_)));
        assert!(error.to_string().contains("disk full"));
    }
}
