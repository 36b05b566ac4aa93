//! Saved profiles: they come back, and damaged ones never do harm.

use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib;
use rubyprof_core::{CallGraph, Profile};
use rubyprof_file::{Error, from_bytes, write};

use crate::Random;

const HEADER: usize = 36;
const DAMAGED: u64 = 8;

/// Panics if the profile does not come back, or if a damaged file is taken for something it is not.
pub(crate) fn check(profile: &Profile, seed: u64) {
    let file = save(profile);
    let portable = profile.clone().with_portable_keys();
    assert_eq!(from_bytes(&file).expect("our own file"), portable);
    let body = decompress_to_vec_zlib(&file[HEADER..]).expect("our own file");
    let mut random = Random(seed);
    for _ in 0..DAMAGED {
        let mut damaged = file.clone();
        let at = random.below(file.len());
        damaged[at] ^= 1 << random.below(8);
        from_bytes(&damaged).expect_err("a checksum shows it");

        let mut damaged = body.clone();
        for _ in 0..=random.below(4) {
            damage(&mut damaged, &mut random);
        }
        match from_bytes(&file_with(&damaged)) {
            Ok(profile) => walk(&profile),
            Err(Error::Malformed(_) | Error::Inconsistent(_)) => {}
            Err(error) => panic!("the checksums fit: {error:?}"),
        }
    }
}

fn save(profile: &Profile) -> Vec<u8> {
    let mut file = Vec::new();
    write(profile, &mut file).expect("a recorded profile is no contradiction");
    file
}

/// Another byte, one more, one less, or a long end gone.
fn damage(body: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(body.len().max(1)).min(body.len());
    match random.below(16) {
        0 => body.truncate(at),
        1 | 2 => body.insert(at, random.next() as u8),
        3 | 4 if at < body.len() => drop(body.remove(at)),
        5 | 6 if at < body.len() => body[at] = random.next() as u8,
        _ if at < body.len() => body[at] = body[at].wrapping_add(random.below(5) as u8),
        _ => {}
    }
}

/// A file of version 2 whose checksums fit, as docs/file-format.md has it.
fn file_with(body: &[u8]) -> Vec<u8> {
    let stored = compress_to_vec_zlib(body, 1);
    let mut file = b"\x89RbPr\r\n\x1a\x02\0\0\0".to_vec();
    file.extend((stored.len() as u64).to_le_bytes());
    file.extend((body.len() as u64).to_le_bytes());
    file.extend(crc32fast::hash(&stored).to_le_bytes());
    file.extend(crc32fast::hash(&file).to_le_bytes());
    file.extend(stored);
    file
}

/// What was taken for a profile can be looked at, added to itself and saved.
fn walk(profile: &Profile) {
    CallGraph::of_all(profile);
    for (index, thread) in profile.threads().iter().enumerate() {
        for id in profile.subtree(thread.root) {
            profile.call_site(id).file.map(|file| profile.file(file));
            profile.children(id).for_each(drop);
            let method = profile.node(id).method;
            profile.method(method).full_name();
            profile.allocations_of(index as u32, method);
        }
    }
    assert_eq!(&from_bytes(&save(profile)).expect("our own file"), profile);
}
