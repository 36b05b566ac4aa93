//! Why a file could not be written or read, told to who wants to look at a profile.

use std::fmt;
use std::io;

use rubyprof_core::Inconsistent;

use crate::header::{MAGIC, VERSION};

/// Why a profile file could not be written or read.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The operating system, or what stands for the file, says no.
    Io(io::Error),
    /// The profile contradicts itself, as one made by hand may.
    Unsaveable(Inconsistent),
    /// The file is something else.
    Foreign(Foreign),
    /// A later release wrote the file, in this version of the format.
    Newer(u32),
    /// The file ends too early.
    Truncated {
        /// Bytes it has.
        have: u64,
        /// Bytes it should have, where the header tells.
        need: Option<u64>,
    },
    /// Something follows the profile.
    Trailing,
    /// A checksum does not fit: of this part.
    Damaged(&'static str),
    /// The file claims to unpack to more than any file we write does.
    Bomb {
        /// Bytes the file has, its header aside.
        stored: u64,
        /// Bytes it claims to unpack to.
        body: u64,
    },
    /// The checksums fit, but no release of ours writes this.
    Malformed(String),
    /// The checksums fit, but the profile contradicts itself.
    Inconsistent(Inconsistent),
}

/// What a file that is no profile looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Foreign {
    /// It has no bytes.
    Empty,
    /// A profile that was copied as text.
    Text,
    /// It is packed with gzip.
    Gzip,
    /// It is packed with another program.
    Packed,
    /// The output of Ruby's `Marshal.dump`.
    Marshal,
    /// A page, perhaps a report of ours.
    Html,
    /// JSON, perhaps another profiler's.
    Json,
    /// It could be anything.
    Unknown,
}

impl Foreign {
    /// What a file that begins with `bytes` seems to be.
    pub(crate) fn guess(bytes: &[u8]) -> Self {
        let text = bytes.trim_ascii_start();
        match bytes {
            [] => Self::Empty,
            [0x1f, 0x8b, ..] => Self::Gzip,
            [b'P', b'K', 3, 4, ..]
            | [b'B', b'Z', b'h', ..]
            | [0xfd, b'7', b'z', b'X', b'Z', ..]
            | [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Packed,
            [4, 8, ..] => Self::Marshal,
            // UTF-8, seven bits, or a question mark instead of the first byte, if any is left.
            _ if bytes.windows(4).take(4).any(|four| *four == MAGIC[1..5]) => Self::Text,
            _ if text.starts_with(b"<") => Self::Html,
            _ if text.starts_with(b"{") || text.starts_with(b"[") => Self::Json,
            _ => Self::Unknown,
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Empty => "it is empty. Was it still being written, or the disk full?",
            Self::Text => {
                "it was one, but was altered when it was copied as text. Copy it again, as binary"
            }
            Self::Gzip => "it is packed with gzip. Unpack it with gunzip first",
            Self::Packed => "it is a packed file. Unpack it first",
            Self::Marshal => "it is a Marshal dump. Read it with Marshal.load",
            Self::Html => "it is HTML. A report cannot be loaded; save the profile itself",
            Self::Json => "it is JSON. Only what Profile#save wrote can be loaded",
            Self::Unknown => "it begins otherwise. Only what Profile#save wrote can be loaded",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const AGAIN: &str = "Copy it again from where it was saved, or profile anew";
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Unsaveable(what) => {
                write!(f, "the profile cannot be saved, because {what}")
            }
            Self::Foreign(what) => write!(f, "this is no profile file: {}", what.advice()),
            Self::Newer(version) => write!(
                f,
                "this profile file is of version {version}, and this ruby-prof-rs reads versions up \
                 to {VERSION}. Load it with the ruby-prof-rs that saved it, or a later one"
            ),
            Self::Truncated { have, need } => {
                write!(f, "this profile file is not complete: it ends after {have}")?;
                match need {
                    Some(need) => write!(f, " of {need} bytes. {AGAIN}"),
                    None => write!(f, " bytes, within its header. {AGAIN}"),
                }
            }
            Self::Trailing => write!(
                f,
                "this profile file goes on after its end. Load one profile a file; join files with \
                 RubyProf.merge, not by appending"
            ),
            Self::Damaged(part) => write!(
                f,
                "this profile file is damaged: the checksum of its {part} does not fit. {AGAIN}"
            ),
            Self::Bomb { stored, body } => write!(
                f,
                "this file is not loaded: its {stored} bytes claim to hold a profile of {body}, more \
                 than Profile#save packs into them. It may be meant to do harm"
            ),
            Self::Malformed(what) => write!(
                f,
                "this profile file was not written by Profile#save, or by one with a defect: {what}"
            ),
            Self::Inconsistent(what) => write!(
                f,
                "this profile file was not written by Profile#save, or by one with a defect: {what}"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            Self::Unsaveable(what) | Self::Inconsistent(what) => Some(what),
            _ => None,
        }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
