//! A fast hash for small integer keys.
//!
//! Multiply-and-fold: the 128-bit product of the word with an odd constant, its halves added by
//! xor. The constant is the 64-bit golden ratio, as in Fibonacci hashing (Knuth, TAOCP 3, 6.4).
//! Keys are addresses and indexes of this process, not input of an attacker.

use std::hash::{BuildHasherDefault, Hasher};

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Mixes all bits of `word` into all bits of the result.
#[inline]
pub(crate) fn mix(word: u64) -> u64 {
    let product = u128::from(word) * u128::from(GOLDEN);
    (product as u64) ^ (product >> 64) as u64
}

/// [`std::hash::Hasher`] for integer keys.
#[derive(Clone, Copy, Default)]
pub struct Mix(u64);

/// Builds [`Mix`] for a `HashMap`.
pub type BuildMix = BuildHasherDefault<Mix>;

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u32(&mut self, word: u32) {
        self.write_u64(u64::from(word));
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = mix(self.0.rotate_left(32) ^ word);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }
}
