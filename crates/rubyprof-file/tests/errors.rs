//! What a reader of the message learns: what the file is, and what to do.

mod common;

use std::io::{self, Read, Write};

use rubyprof_core::{Inconsistent, MeasureMode, Method, Of, ProfileBuilder};
use rubyprof_file::{Error, VERSION, from_bytes, read, write};

use common::{body, file, file_with_body, save, small};

fn message(bytes: &[u8]) -> String {
    let error = from_bytes(bytes).expect_err("this is no profile file");
    let streamed = read(&mut &*bytes).expect_err("this is no profile file");
    assert_eq!(error.to_string(), streamed.to_string());
    error.to_string()
}

#[test]
fn foreign_files_are_named() {
    for (bytes, says) in [
        (&b""[..], "it is empty"),
        (b"\x1f\x8b\x08\x00", "gunzip"),
        (b"PK\x03\x04", "Unpack it first"),
        (b"\x28\xb5\x2f\xfd\x00", "Unpack it first"),
        (b"\x04\x08o:", "Marshal.load"),
        (b"\n<!DOCTYPE html>", "A report cannot be loaded"),
        (b"{\"nodes\": []}", "it is JSON"),
        (b"Measure Mode: wall_time\n", "Only what Profile#save wrote"),
        (b"\x89PNG\r\n\x1a\n", "Only what Profile#save wrote"),
        (b"\0", "Only what Profile#save wrote"),
    ] {
        let message = message(bytes);
        assert!(message.starts_with("this is no profile file: "));
        assert!(message.contains(says), "{message}");
    }
}

#[test]
fn a_copy_as_text_is_noticed() {
    let bytes = save(&small());
    let unix: Vec<u8> = bytes
        .iter()
        .copied()
        .filter(|byte| *byte != b'\r')
        .collect();
    let seven_bits: Vec<u8> = bytes.iter().map(|byte| byte & 0x7f).collect();
    let utf_8: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let replaced = String::from_utf8_lossy(&bytes);
    for copy in [
        &unix[..],
        &seven_bits,
        utf_8.as_bytes(),
        replaced.as_bytes(),
    ] {
        let message = message(copy);
        assert!(message.contains("copied as text"), "{message}");
    }
}

#[test]
fn newer_versions_are_told_from_damage() {
    let newer = file(VERSION + 1, 0, 0, b"");
    assert_eq!(
        message(&newer),
        "this profile file is of version 3, and this ruby-prof-rs reads versions up to 2. Load it \
         with the ruby-prof-rs that saved it, or a later one"
    );
    let mut damaged = save(&small());
    damaged[8] = 3;
    assert_eq!(
        message(&damaged),
        "this profile file is damaged: the checksum of its header does not fit. Copy it again from \
         where it was saved, or profile anew"
    );
    assert!(message(&file(0, 0, 0, b"")).ends_with("its version is 0"));
}

#[test]
fn ends_are_where_they_should_be() {
    let bytes = save(&small());
    let length = bytes.len();
    assert_eq!(
        message(&bytes[..length - 1]),
        format!(
            "this profile file is not complete: it ends after {} of {length} bytes. Copy it again \
             from where it was saved, or profile anew",
            length - 1
        )
    );
    assert!(message(&bytes[..20]).contains("it ends after 20 bytes, within its header."));
    let twice = [&bytes[..], &bytes].concat();
    assert!(message(&twice).contains("goes on after its end"));
    assert!(message(&twice).contains("RubyProf.merge"));
    let newline = [&bytes[..], b"\n"].concat();
    assert!(message(&newline).contains("goes on after its end"));
}

#[test]
fn a_length_that_lies_costs_nothing() {
    assert!(
        message(&file(1, 1 << 60, 1 << 60, b""))
            .contains("it ends after 36 of 1152921504606847012")
    );
    assert!(message(&file(1, u64::MAX, 1, b"abcd")).contains("it ends after 40 of"));
    // A packed byte claims to be 2^60 bytes, or as many as memory might have.
    let empty = miniz_oxide::deflate::compress_to_vec_zlib(b"", 1);
    for body in [u64::MAX, 1 << 60, 1 << 31] {
        let message = message(&file(1, empty.len() as u64, body, &empty));
        assert!(message.contains(&format!("claim to hold a profile of {body}")));
        assert!(message.contains("do harm"), "{message}");
    }
}

#[test]
fn a_bomb_is_not_unpacked() {
    let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 64 << 20], 9);
    assert!(bomb.len() < 100_000);
    let length = bomb.len() as u64;
    let honest = from_bytes(&file(1, length, 64 << 20, &bomb)).expect_err("it is a bomb");
    assert!(matches!(
        honest,
        Error::Bomb {
            body: 67_108_864,
            ..
        }
    ));
    // It unpacks to more than it says, or to less.
    assert!(message(&file(1, length, 100_000, &bomb)).contains("its body cannot be unpacked"));
    let small = miniz_oxide::deflate::compress_to_vec_zlib(b"abc", 1);
    assert!(
        message(&file(1, small.len() as u64, 4, &small)).contains("its body has 3 bytes, not 4")
    );
    assert!(message(&file(1, 3, 3, b"abc")).contains("its body cannot be unpacked"));
}

/// A list that claims to have 2^60 entries, in every place that has a list.
#[test]
fn lists_that_lie_cost_nothing() {
    let honest = body(&save(&common::empty()));
    // Settings, five empty lists, six of nodes, two more: each is one 0.
    assert_eq!(
        honest[..16],
        [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    );
    // Two flags, eleven numbers, ten lists, and six of latencies.
    assert_eq!(honest[16..], [&[1][..], &[0; 28]].concat());
    for list in (4..16).chain(29..45) {
        for length in [1_u64 << 60, u64::MAX, 1 << 33] {
            let mut lying = honest[..list].to_vec();
            let mut rest = length;
            while rest >= 0x80 {
                lying.push(rest as u8 | 0x80);
                rest >>= 7;
            }
            lying.push(rest as u8);
            lying.extend(&honest[list + 1..]);
            let message = message(&file_with_body(&lying));
            assert!(message.contains("its body"), "list {list}: {message}");
        }
    }
}

/// Writers with a defect: what they did wrong is named.
#[test]
fn contradictions_are_named() {
    // Files, methods, sites, threads, up, method, called, own, site, totals, waits, allocations,
    // unexplained, overhead, GC times, collections, times blocked, GVL waits, processor times, folded, recursive and untimed calls, latencies.
    let one_node: [&[u8]; 23] = [
        &[0],
        &[1, 0, 0, 0, 0, 0],
        &[1, 0, 0],
        &[1, 8, 8],
        &[1, 0],
        &[1, 0],
        &[1, 1],
        &[1, 50],
        &[1, 0],
        &[0],
        &[0],
        &[0],
        &[1, 0],
        &[1, 0],
        &[0],
        &[0],
        &[0],
        &[0],
        &[1, 0],
        &[0],
        &[0],
        &[0],
        &[0; 6],
    ];
    let with = |changes: &[(usize, &'static [u8])]| {
        let mut lists = one_node;
        for (list, bytes) in changes {
            lists[*list] = bytes;
        }
        let (version_1, added) = lists.split_at(12);
        let flags_and_costs = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let (version_1, added) = (version_1.concat(), added.concat());
        file_with_body(&[&[0, 0, 1, 0][..], &version_1, &flags_and_costs, &added].concat())
    };
    assert!(from_bytes(&with(&[])).is_ok());
    let largest = &[1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    let two: [(usize, &[u8]); 4] = [
        (5, &[2, 0, 0]),
        (6, &[2, 1, 1]),
        (8, &[2, 0, 0]),
        (13, &[2, 0, 0]),
    ];
    let two_with = |change: (usize, &'static [u8]), other: (usize, &'static [u8])| {
        with(&[&two[..], &[change, other]].concat())
    };
    for (bytes, says) in [
        (
            with(&[(1, &[1, 0, 6, 0, 0, 0])]),
            "there is no kind 6 of classes",
        ),
        (
            with(&[(1, &[1, 0, 0, 0, 1, 0])]),
            "method 0 refers to file 0",
        ),
        (with(&[(2, &[1, 9, 0])]), "call site 0 refers to file 8"),
        (with(&[(3, &[0])]), "it has 0 threads and 1 trees"),
        (with(&[(4, &[1, 1])]), "node 0 is 1 levels up from depth 0"),
        (
            with(&[(4, &[0])]),
            "its columns have 0 and [1, 1, 1, 1, 1] nodes",
        ),
        (with(&[(5, &[1, 1])]), "call tree node 0 refers to method 1"),
        (
            with(&[(8, &[1, 7])]),
            "call tree node 0 refers to call site 7",
        ),
        (
            with(&[(9, &[1, 1, 5])]),
            "it has a total of node 1, and 1 nodes",
        ),
        (
            with(&[(10, &[2, 0, 5, 0, 5])]),
            "it has a waiting time of node 1, and 1 nodes",
        ),
        (
            with(&[(11, &[1, 1, 0, 0, 0, 0, 0, 1, 0])]),
            "allocation 0 refers to thread 1",
        ),
        (
            with(&[(12, &[0])]),
            "it has 1 threads and unexplained overheads of 0",
        ),
        (
            with(&[(15, &[1, 1, 9])]),
            "it has a collection of node 1, and 1 nodes",
        ),
        (
            with(&[(16, &[1, 1, 9])]),
            "it has a time blocked of node 1, and 1 nodes",
        ),
        (
            with(&[(17, &[1, 7, 9])]),
            "it has a GVL wait of node 7, and 1 nodes",
        ),
        (
            with(&[(18, &[0])]),
            "it has 1 threads and processor times of 0",
        ),
        (
            with(&[(16, &[1, 0, 30]), (17, &[1, 0, 21])]),
            "overhead of call tree node 0 are more than its own time",
        ),
        (
            with(&[(13, &[2, 0, 0])]),
            "its columns have 1 and [1, 1, 1, 1, 2] nodes",
        ),
        (
            with(&[(13, &[1, 51])]),
            "GC time, time stopped and overhead of call tree node 0 are more than its own time",
        ),
        (
            with(&[(14, &[1, 1, 5])]),
            "it has a GC time of node 1, and 1 nodes",
        ),
        (
            with(&[(14, &[1, 0, 51])]),
            "GC time, time stopped and overhead of call tree node 0 are more than its own time",
        ),
        (
            with(&[(19, &[1, 1, 5])]),
            "it has a number of folded calls of node 1, and 1 nodes",
        ),
        (
            with(&[(21, &[1, 1, 5])]),
            "it has a number of untimed calls of node 1, and 1 nodes",
        ),
        (
            with(&[(13, &[1, 20]), (14, &[1, 0, 31])]),
            "GC time, time stopped and overhead of call tree node 0 are more than its own time",
        ),
        (
            with(&[(22, &[1, 1, 1, 5, 1, 0, 1, 0, 0, 0])]),
            "it has latencies of node 1, and 1 nodes",
        ),
        (
            with(&[(22, &[1, 0, 1, 5, 0, 1, 0, 0, 0])]),
            "its columns have 1 and [1, 0, 1] latencies",
        ),
        (
            with(&[(22, &[1, 0, 1, 5, 1, 0, 1, 1, 1, 0, 0])]),
            "its columns have 1, 0 and 1 buckets of latencies",
        ),
        (
            with(&[(22, &[1, 0, 1, 5, 1, 4, 1, 1, 1, 5, 1, 1])]),
            "node 0 has calls in bucket 10, beyond its longest",
        ),
        (
            with(&[(
                22,
                &[
                    1, 0, 1, 1, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 1, 0,
                    0, 0,
                ],
            )]),
            "the longest call of node 0 has more than 64 bits",
        ),
        (
            with(&[(22, &[1, 0, 1, 5, 1, 1, 1, 0, 0, 0])]),
            "call tree node 0 has latencies that its calls cannot have",
        ),
        (
            two_with((4, &[2, 0, 2]), (7, &[2, 1, 1])),
            "node 1 is 2 levels up from depth 1",
        ),
        (
            two_with((4, &[2, 0, 1]), (7, &[2, 1, 1])),
            "it has 1 threads and 2 trees",
        ),
        (
            two_with(
                (4, &[2, 0, 0]),
                (
                    7,
                    &[
                        2, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1,
                    ],
                ),
            ),
            "the total of node 0 has more than 64 bits",
        ),
    ] {
        let message = message(&bytes);
        assert!(
            message.contains("was not written by Profile#save"),
            "{message}"
        );
        assert!(message.contains(says), "{message}");
    }
    assert!(from_bytes(&with(&[(7, largest)])).is_ok());
    assert!(from_bytes(&with(&[(13, &[1, 20]), (14, &[1, 0, 30])])).is_ok());
    assert!(from_bytes(&with(&[(22, &[1, 0, 1, 5, 1, 0, 1, 0, 0, 0])])).is_ok());
    let mode = [&[4, 0, 1][..], &[0; 42]].concat();
    let mode = file_with_body(&mode);
    assert!(message(&mode).ends_with("there is no measure mode 4"));
}

#[test]
fn a_profile_that_contradicts_itself_is_not_written() {
    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let main = builder.method(Method::default());
    builder.thread(8, 8, main, u64::MAX, 1);
    builder.thread(8, 9, main, 1, 1);
    let mut bytes = Vec::new();
    let error = write(&builder.finish(), &mut bytes).expect_err("its sums are too large");
    assert!(matches!(
        error,
        Error::Unsaveable(Inconsistent::Sum("calls"))
    ));
    assert!(
        error
            .to_string()
            .starts_with("the profile cannot be saved, because the calls")
    );
    assert!(bytes.is_empty());

    let mut builder = ProfileBuilder::new(MeasureMode::WallTime);
    let nowhere = Some(rubyprof_core::FileId(7));
    builder.method(Method {
        file: nowhere,
        ..Method::default()
    });
    let error = write(&builder.finish(), &mut bytes).expect_err("the file is not there");
    let Error::Unsaveable(Inconsistent::Unknown { to: Of::File, .. }) = error else {
        panic!("{error:?}");
    };
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is on fire"))
    }
}

impl Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is full"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn errors_of_the_system_are_passed_on() {
    let error = read(&mut Broken).expect_err("nothing can be read");
    assert_eq!(error.to_string(), "the disk is on fire");
    let bytes = save(&small());
    let error = read(&mut (&bytes[..50]).chain(Broken)).expect_err("the rest cannot be read");
    assert_eq!(error.to_string(), "the disk is on fire");
    let error = write(&small(), &mut Broken).expect_err("nothing can be written");
    assert_eq!(error.to_string(), "the disk is full");
}

#[test]
fn a_header_says_what_follows_and_is_refused_alone() {
    let bytes = save(&small());
    let (head, rest) = bytes.split_at(rubyprof_file::HEADER_LENGTH);
    assert_eq!(
        rubyprof_file::stored_length(head).unwrap(),
        rest.len() as u64
    );
    assert!(rubyprof_file::from_parts(head, rest).is_ok());
    assert!(rubyprof_file::from_parts(head, &rest[1..]).is_err());
    assert!(rubyprof_file::stored_length(&[0; 36]).is_err());
    assert!(rubyprof_file::stored_length(&head[1..]).is_err());
}
