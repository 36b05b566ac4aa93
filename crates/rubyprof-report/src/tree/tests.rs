//! What was written can be read, and says what the profile says.

use rubyprof_core::{Location, MeasureMode, Method, NodeId, Profile, ProfileBuilder};

use super::columns::{Columns, columns};
use super::paths::Paths;
use crate::options::{Column, Options};
use crate::page::Files;

/// A path as it was read.
#[derive(Debug, PartialEq)]
struct Read {
    method: u32,
    parent: Option<usize>,
    file: Option<u32>,
    line: u128,
    called: u128,
    total: i128,
    own: u128,
    wait: u128,
}

struct Numbers<'a>(&'a [u8]);

impl Numbers<'_> {
    fn next(&mut self) -> u128 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let (byte, rest) = self.0.split_first().expect("a column ends with a number");
            self.0 = rest;
            value |= u128::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                break;
            }
        }
        value
    }
}

/// The decoder of `assets/tree.js` once more, without its shortcuts.
fn read(bytes: &[u8]) -> (Vec<Read>, Vec<Vec<(u128, u128)>>) {
    let mut head = Numbers(bytes);
    let (count, threads, columns) = (head.next(), head.next(), head.next());
    let lengths: Vec<usize> = (0..columns).map(|_| head.next() as usize).collect();
    let mut rest = head.0;
    let mut columns: Vec<Numbers<'_>> = lengths
        .into_iter()
        .map(|length| {
            let (column, after) = rest.split_at(length);
            rest = after;
            Numbers(column)
        })
        .collect();
    assert!(rest.is_empty());
    let mut paths: Vec<Read> = Vec::new();
    let mut calls: std::collections::HashMap<Option<u32>, Vec<[u128; 3]>> = Default::default();
    let mut open: Vec<(usize, u128)> = Vec::new();
    for index in 0..count as usize {
        while open.last().is_some_and(|(_, left)| *left == 0) {
            open.pop();
        }
        let parent = open.last_mut().map(|(parent, left)| {
            *left -= 1;
            *parent
        });
        let of = calls.entry(parent.map(|parent| paths[parent].method));
        let of = of.or_default();
        let call = columns[1].next() as usize;
        if call == of.len() {
            of.push([columns[2].next(), columns[2].next(), columns[2].next()]);
        }
        let [method, file, line] = of[call];
        let folded = columns[6].next();
        let difference = (folded >> 1) as i128 ^ -((folded & 1) as i128);
        let mut path = Read {
            method: method as u32,
            parent,
            file: (file > 0).then(|| file as u32 - 1),
            line,
            called: columns[3].next(),
            total: difference,
            own: columns[4].next(),
            wait: columns[5].next(),
        };
        path.total += (path.own + path.wait) as i128;
        paths.push(path);
        open.push((index, columns[0].next()));
    }
    for index in (0..paths.len()).rev() {
        if let Some(parent) = paths[index].parent {
            paths[parent].total += paths[index].total;
        }
    }
    let removed = (0..threads)
        .map(|_| {
            let pairs = columns[7].next();
            (0..pairs)
                .map(|_| (columns[7].next(), columns[7].next()))
                .collect()
        })
        .collect();
    assert!(columns.iter().all(|column| column.0.is_empty()));
    (paths, removed)
}

/// Reads what is written of `profile` and compares path by path. Returns how many there are.
fn check(profile: &Profile, options: &Options) -> usize {
    let paths = Paths::new(profile, options, (0..profile.threads().len()).collect());
    let mut files = Files::default();
    let Columns { bytes, methods } = columns(&paths, &mut files);
    let (read, removed) = read(&bytes);
    let nodes: Vec<NodeId> = paths.nodes().collect();
    assert_eq!((read.len(), paths.shown), (nodes.len(), nodes.len()));
    for (path, id) in read.iter().zip(&nodes) {
        let (node, site) = (profile.node(*id), profile.call_site(*id));
        let expected = Read {
            method: path.method,
            parent: profile
                .parent(*id)
                .map(|parent| nodes.binary_search(&parent).expect("a caller is in")),
            file: site.file.map(|file| files.number(file)),
            line: site.line.into(),
            called: node.called.into(),
            total: node.total.into(),
            own: profile.self_value(*id).into(),
            wait: profile.wait(*id).into(),
        };
        assert_eq!(methods[path.method as usize], node.method);
        assert_eq!(*path, expected);
    }
    // What is on the page and what was removed are all calls of a method.
    for (thread, removed) in profile.threads().iter().zip(&removed) {
        for (method, called) in removed {
            let of = methods[*method as usize];
            let subtree = profile.subtree(thread.root);
            let (mut all, mut there) = (0, 0);
            for id in subtree.filter(|id| profile.node(*id).method == of) {
                let called = u128::from(profile.node(id).called);
                all += called;
                there += if paths.has(id) { called } else { 0 };
            }
            assert_eq!(there + called, all);
        }
    }
    nodes.len()
}

/// Three methods that call each other to any depth, in two threads; with waits and zeros.
fn maze() -> Profile {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let file = builder.file("/srv/a.rb");
    let methods: Vec<_> = (0..3)
        .map(|index| {
            builder.method(Method {
                class_name: format!("C{index}"),
                name: Some("m".into()),
                file: (index > 0).then_some(file),
                line: index,
                ..Method::default()
            })
        })
        .collect();
    for thread in 1..=2 {
        let root = builder.thread(thread, thread * 10, methods[0], 1, 1 << 40);
        builder.wait(root, 77);
        let mut open = vec![(root, 1_u64 << 40, 0_u32)];
        while let Some((path, total, depth)) = open.pop() {
            for (index, method) in methods.iter().enumerate() {
                if depth == 6 {
                    break;
                }
                let site = Location {
                    file: (index != 1).then_some(file),
                    line: depth * 10 + index as u32,
                };
                let share = total / (index as u64 + 3);
                let callee = builder.call(path, *method, site, thread * (total % 300), share);
                if depth == 3 {
                    builder.wait(callee, share / 2);
                }
                open.push((callee, share, depth + 1));
            }
        }
    }
    builder.finish()
}

#[test]
fn what_is_read_is_what_was_measured() {
    let profile = maze();
    assert_eq!(
        check(&profile, &Options::for_graph_html()),
        profile.nodes().len()
    );
    assert_eq!(check(&Profile::default(), &Options::for_graph_html()), 0);
}

#[test]
fn limits_remove_paths_and_keep_their_callers() {
    let profile = maze();
    let all = Options::for_graph_html();
    let roots = profile.threads().len();
    let some = |options: Options| {
        let count = check(&profile, &options);
        assert!(count > roots && count < profile.nodes().len(), "{count}");
        count
    };
    some(Options {
        min_percent: 1.0,
        ..all.clone()
    });
    // Above 99 % there are the roots alone, and they lead to everything else.
    let under = Options {
        max_percent: 99.0,
        ..all.clone()
    };
    assert_eq!(check(&profile, &under), profile.nodes().len());
    let both = some(Options {
        min_percent: 1.0,
        max_percent: 2.0,
        ..all.clone()
    });
    let within = profile.nodes().iter().filter(|node| {
        let share = node.total as f64 / (1_u64 << 40) as f64 * 100.0;
        (1.0..=2.0).contains(&share)
    });
    assert!(both > within.count(), "callers of those are in as well");
    some(Options {
        min_percent: 0.2,
        filter_by: Column::Wait,
        ..all.clone()
    });
    some(Options {
        min_value: 1 << 30,
        ..all.clone()
    });
    for (depth, paths) in [(0, 1), (1, 4), (2, 13)] {
        let options = Options {
            max_depth: Some(depth),
            ..all.clone()
        };
        assert_eq!(check(&profile, &options), paths * roots);
    }
    let nothing = Options {
        min_percent: 101.0,
        ..all
    };
    assert_eq!(check(&profile, &nothing), roots);
}

#[test]
fn numbers_may_be_as_large_and_as_wrong_as_they_like() {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let method = builder.method(Method::default());
    let root = builder.thread(u64::MAX, u64::MAX, method, u64::MAX, u64::MAX);
    // More than the root has.
    for _ in 0..3 {
        builder.call(root, method, Location::default(), u64::MAX, u64::MAX);
    }
    builder.wait(root, u64::MAX);
    assert_eq!(check(&builder.finish(), &Options::for_graph_html()), 4);
}

#[test]
fn depth_needs_no_stack() {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let method = builder.method(Method::default());
    let mut path = builder.thread(1, 1, method, 1, 200_000);
    for left in (0..100_000).rev() {
        path = builder.call(path, method, Location::default(), 1, left);
    }
    let options = Options {
        max_depth: Some(200_000),
        ..Options::for_graph_html()
    };
    assert_eq!(check(&builder.finish(), &options), 100_001);
}
