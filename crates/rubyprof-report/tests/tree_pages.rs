//! What must hold of every page of call trees, whatever its profile holds.

mod common;

use std::collections::HashSet;
use std::io::{self, Write};

use common::page::tags;
use rubyprof_core::{Location, MeasureMode, Method, Profile, ProfileBuilder};
use rubyprof_report::{Error, Options};

type Printer = fn(&Profile, &Options, &mut dyn Write) -> Result<(), Error>;

const PRINTERS: [(&str, Printer); 2] = [
    ("call_stack", rubyprof_report::call_stack),
    ("flame_graph", rubyprof_report::flame_graph),
];

fn pages() -> Vec<(String, String)> {
    let mut profiles = common::profiles().to_vec();
    profiles.push(("dense", common::dense()));
    let mut pages = Vec::new();
    for (name, profile) in &profiles {
        for (printer_name, printer) in PRINTERS {
            let options = Options {
                title: Some(common::HOSTILE.concat()),
                application: Some(common::HOSTILE.concat()),
                generated_at: Some(common::HOSTILE.concat()),
                version: Some(common::HOSTILE.concat()),
                ..Options::for_graph_html()
            };
            let page = common::print(printer, profile, &options);
            pages.push((format!("{printer_name} of {name}"), page));
        }
    }
    pages
}

#[test]
fn nothing_of_a_profile_becomes_markup() {
    let names: HashSet<&str> = "html head meta link title style script body header div h1 h2 p \
        strong dl dt dd label span input kbd output button select option main section table caption \
        thead tr th tbody td a canvas ul footer dialog form"
        .split_whitespace()
        .collect();
    let attributes: HashSet<&str> =
        "lang charset name content http-equiv rel href data-unit class \
        title role hidden id type placeholder autocomplete spellcheck for aria-labelledby style \
        scope colspan min max step value aria-label aria-hidden aria-pressed aria-describedby \
        aria-roledescription tabindex method data-chosen data-total data-title data-about"
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
fn ids_are_unique_and_nothing_is_loaded_from_anywhere() {
    for (name, page) in pages() {
        let mut ids = HashSet::new();
        for id in tags(&page).iter().filter_map(|tag| tag.attribute("id")) {
            assert!(ids.insert(id), "{name}: {id} twice");
        }
        assert_eq!(ids.contains("paths"), !name.ends_with("empty"), "{name}");
        for foreign in ["http://", "https://", "src=", "@import", "url(", "fetch("] {
            assert!(!page.contains(foreign), "{name} contains {foreign}");
        }
    }
}

#[test]
fn no_share_exceeds_a_hundred_percent() {
    for (name, page) in pages() {
        let tags = tags(&page);
        let shares = tags
            .iter()
            .filter(|tag| tag.name == "td" && tag.attribute("class") != Some("name"));
        let shares: Vec<f64> = shares
            .filter_map(|tag| tag.text.strip_suffix('%'))
            .map(|share| share.trim_start_matches("&lt;").parse().expect("a number"))
            .collect();
        assert_eq!(shares.is_empty(), name.ends_with("empty"), "{name}");
        assert!(
            shares.iter().all(|share| (0.0..=100.0).contains(share)),
            "{name}"
        );
        assert!(!page.contains("NaN%"), "{name}");
    }
}

#[test]
fn the_same_profile_gives_the_same_page() {
    assert_eq!(pages(), pages());
}

#[test]
fn a_page_without_threads_says_so() {
    let none = Options {
        max_threads: 0,
        ..Options::for_graph_html()
    };
    let page = common::call_stack(&common::awkward(), &none);
    assert!(page.contains("None of the 3 threads and fibers is on this page"));
    assert!(!page.contains("id=\"paths\""));
    // All of them together can still be looked at.
    let page = common::flame_graph(&common::awkward(), &none);
    assert!(page.contains("data-chosen=\"\"") && page.contains("id=\"paths\""));
}

#[test]
fn a_long_name_stands_in_a_page_once() {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let file = Some(builder.file(&"é".repeat(500_000)));
    let long = builder.method(Method {
        class_name: "ü".repeat(500_000),
        name: Some("m".into()),
        file,
        line: 1,
        ..Method::default()
    });
    let mut path = builder.thread(1, 1, long, 1, 1_000);
    for _ in 0..100 {
        path = builder.call(path, long, Location { file, line: 2 }, 1, 1_000);
    }
    let profile = builder.finish();
    for (name, printer) in PRINTERS {
        let page = common::print(printer, &profile, &Options::for_graph_html());
        // The file's path and its last part are the same here.
        assert!(page.len() < 3_200_000, "{name}: {}", page.len());
        assert!(page.contains("ü…"), "{name}");
    }
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
    for (_, printer) in PRINTERS {
        let error = printer(&common::small(), &Options::for_graph_html(), &mut Full);
        assert!(matches!(error, Err(Error::Write(_))));
    }
}
