//! A [`Profile`] as a file, and back. The format is told, byte by byte, in docs/file-format.md.
//!
//! What is read equals what was written in everything but the methods' keys, which are addresses in the
//! process that recorded: `read(write(p)) == p.with_portable_keys()`. So files of any processes can be
//! joined with [`Profile::followed_by`], and no two methods become one by accident. To join a file with
//! a profile of this process, give that one [portable keys](Profile::with_portable_keys) first.
//!
//! A reader trusts nothing: whatever the bytes are, it ends with a profile that reports can rely on or
//! with an [`Error`], and takes memory in proportion to the bytes that were really there (at most
//! [`MEMORY_A_BYTE`] times as much, and 6 MB).

#![forbid(unsafe_code)]

mod body;
mod columns;
mod error;
mod header;
mod latencies;
mod layout;
mod pack;
mod partial;
mod tables;

use std::io::{Read, Write};

use rubyprof_core::Profile;

pub use error::Error;
pub use header::VERSION;

use header::Header;

/// How many bytes of memory a byte of a hostile file can cost the reader: it unpacks to no more than 8,
/// and a growing list of empty texts takes 72 times its room in the body. Files of ours take some 40.
pub const MEMORY_A_BYTE: usize = pack::LARGEST_RATIO as usize * 80;

/// Writes a profile file.
///
/// # Errors
///
/// [`Error::Io`] if the output refuses the bytes, [`Error::Unsaveable`] for a profile that contradicts
/// itself, as one made by hand may: it would not be readable. Then nothing is written.
pub fn write(profile: &Profile, output: &mut dyn Write) -> Result<(), Error> {
    profile.check().map_err(Error::Unsaveable)?;
    let body = body::encode(profile)?;
    let stored = pack::pack(&body);
    let header = Header::of(&stored, body.len());
    output.write_all(&header.to_bytes())?;
    output.write_all(&stored)?;
    Ok(())
}

/// Reads a profile file to its end.
///
/// # Errors
///
/// Whatever is wrong, see [`Error`].
pub fn read(input: &mut dyn Read) -> Result<Profile, Error> {
    let mut head = Vec::with_capacity(header::LENGTH);
    input.take(header::LENGTH as u64).read_to_end(&mut head)?;
    let header = Header::from_bytes(&head)?;
    let mut stored = Vec::new();
    // One more shows whether anything follows.
    let limit = header.stored_length.saturating_add(1);
    input.take(limit).read_to_end(&mut stored)?;
    decode(header, &stored)
}

/// Reads a profile file that is in memory.
///
/// # Errors
///
/// Whatever is wrong, see [`Error`].
pub fn from_bytes(bytes: &[u8]) -> Result<Profile, Error> {
    let (head, stored) = bytes.split_at(bytes.len().min(header::LENGTH));
    from_parts(head, stored)
}

/// The length of a file's header.
pub const HEADER_LENGTH: usize = header::LENGTH;

/// How many bytes follow the header of a file, which nobody needs to read on for if this is an error.
///
/// # Errors
///
/// Whatever is wrong with the header, see [`Error`].
pub fn stored_length(head: &[u8]) -> Result<u64, Error> {
    Ok(Header::from_bytes(head)?.stored_length)
}

/// Reads a profile file whose header and all that follows are in memory.
///
/// # Errors
///
/// Whatever is wrong, see [`Error`].
pub fn from_parts(head: &[u8], stored: &[u8]) -> Result<Profile, Error> {
    decode(Header::from_bytes(head)?, stored)
}

/// Bytes of memory that a file of ours takes when it is read, for each byte of it: 40 to 50.
pub const USUAL_MEMORY_A_BYTE: usize = 50;

fn decode(header: Header, stored: &[u8]) -> Result<Profile, Error> {
    header.check(stored)?;
    let body = pack::unpack(stored, header.body_length)?;
    let parts = body::decode(&body, header.version)?;
    drop(body);
    let profile = Profile::from_parts(parts).map_err(Error::Inconsistent)?;
    Ok(profile.with_portable_keys())
}
