//! The body, packed with zlib.

use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use crate::error::Error;

/// A packed byte stands for so many at most, or it is not unpacked. Profiles of real programs come to
/// two or three; one that would come to more is stored as it is.
pub(crate) const LARGEST_RATIO: u64 = 8;
/// So many bytes may come from however few.
const FREE: u64 = 64 << 10;

/// A file is a quarter smaller than at level 1, and 3 % larger than at level 6, which takes nearly twice
/// the time.
const LEVEL: u8 = 3;
const STORED: u8 = 0;

pub(crate) fn pack(body: &[u8]) -> Vec<u8> {
    let stored = compress_to_vec_zlib(body, LEVEL);
    match is_bomb(stored.len() as u64, body.len() as u64) {
        true => compress_to_vec_zlib(body, STORED),
        false => stored,
    }
}

pub(crate) fn unpack(stored: &[u8], body_length: u64) -> Result<Vec<u8>, Error> {
    let bomb = || Error::Bomb {
        stored: stored.len() as u64,
        body: body_length,
    };
    if is_bomb(stored.len() as u64, body_length) {
        return Err(bomb());
    }
    let limit = usize::try_from(body_length).map_err(|_| bomb())?;
    let body = decompress_to_vec_zlib_with_limit(stored, limit)
        .map_err(|error| Error::Malformed(format!("its body cannot be unpacked ({error})")))?;
    match body.len() == limit {
        true => Ok(body),
        false => Err(Error::Malformed(format!(
            "its body has {} bytes, not {limit}",
            body.len()
        ))),
    }
}

fn is_bomb(stored: u64, body: u64) -> bool {
    body > stored.saturating_mul(LARGEST_RATIO).saturating_add(FREE)
}
