//! The first bytes of a file, which are the same in all versions.

use crate::error::{Error, Foreign};

/// The version this crate writes, and the newest it reads.
pub const VERSION: u32 = 2;

/// The length of the header.
pub(crate) const LENGTH: usize = 36;

/// No text begins so, and a transfer as text, which alters line ends or the top bit, shows.
pub(crate) const MAGIC: [u8; 8] = *b"\x89RbPr\r\n\x1a";

/// What the header says of the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Of the format, 1 to [`VERSION`].
    pub(crate) version: u32,
    /// Bytes that follow the header.
    pub(crate) stored_length: u64,
    /// Bytes they unpack to.
    pub(crate) body_length: u64,
    /// CRC-32 of the stored bytes.
    pub(crate) checksum: u32,
}

impl Header {
    pub(crate) fn of(stored: &[u8], body_length: usize) -> Self {
        Self {
            version: VERSION,
            stored_length: stored.len() as u64,
            body_length: body_length as u64,
            checksum: crc32fast::hash(stored),
        }
    }

    pub(crate) fn to_bytes(self) -> [u8; LENGTH] {
        let mut bytes = [0; LENGTH];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&self.version.to_le_bytes());
        bytes[12..20].copy_from_slice(&self.stored_length.to_le_bytes());
        bytes[20..28].copy_from_slice(&self.body_length.to_le_bytes());
        bytes[28..32].copy_from_slice(&self.checksum.to_le_bytes());
        let own_checksum = crc32fast::hash(&bytes[..32]);
        bytes[32..].copy_from_slice(&own_checksum.to_le_bytes());
        bytes
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let known = bytes.len().min(MAGIC.len());
        if bytes.is_empty() || bytes[..known] != MAGIC[..known] {
            return Err(Error::Foreign(Foreign::guess(bytes)));
        }
        let Ok(bytes) = <[u8; LENGTH]>::try_from(bytes) else {
            return Err(Error::Truncated {
                have: bytes.len() as u64,
                need: None,
            });
        };
        if crc32fast::hash(&bytes[..32]) != u32_at(&bytes, 32) {
            return Err(Error::Damaged("header"));
        }
        match u32_at(&bytes, 8) {
            version @ 1..=VERSION => Ok(Self {
                version,
                stored_length: u64_at(&bytes, 12),
                body_length: u64_at(&bytes, 20),
                checksum: u32_at(&bytes, 28),
            }),
            0 => Err(Error::Malformed("its version is 0".into())),
            version => Err(Error::Newer(version)),
        }
    }

    /// Whether these are the bytes the header is about.
    pub(crate) fn check(&self, stored: &[u8]) -> Result<(), Error> {
        let length = stored.len() as u64;
        if length < self.stored_length {
            let header = LENGTH as u64;
            return Err(Error::Truncated {
                have: length + header,
                need: Some(self.stored_length.saturating_add(header)),
            });
        }
        if length > self.stored_length {
            return Err(Error::Trailing);
        }
        match crc32fast::hash(stored) == self.checksum {
            true => Ok(()),
            false => Err(Error::Damaged("body")),
        }
    }
}

fn u32_at(bytes: &[u8; LENGTH], at: usize) -> u32 {
    u32::from_le_bytes(std::array::from_fn(|index| bytes[at + index]))
}

fn u64_at(bytes: &[u8; LENGTH], at: usize) -> u64 {
    u64::from_le_bytes(std::array::from_fn(|index| bytes[at + index]))
}
