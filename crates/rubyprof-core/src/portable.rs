//! Method identities that mean the same in every process.

use std::collections::HashMap;

use crate::method::{Method, MethodKey};
use crate::profile::Profile;

/// Set in the owner of a portable key. Owners are addresses in recorders, which never have it.
const PORTABLE: u64 = 1 << 63;

impl Profile {
    /// This profile with each method's key made from what the method is: its class, kind, name, file and
    /// line.
    ///
    /// A [`MethodKey`] that was recorded is good in its process only: elsewhere the same two numbers may
    /// be another method. Portable keys are equal where the methods are, whichever process they come
    /// from, so [`followed_by`](Self::followed_by) may join profiles that both have them. They never
    /// equal recorded ones. Methods of one profile that cannot be told apart by what they are (say, of
    /// two classes that were defined in the same place) are numbered and stay apart.
    ///
    /// Making keys portable that already are changes nothing.
    #[must_use]
    pub fn with_portable_keys(mut self) -> Self {
        let mut seen: HashMap<u128, u64> = HashMap::with_capacity(self.methods.len());
        for method in &mut self.methods {
            let file = method.file.and_then(|file| self.files.get(file.index()));
            let mut digest = Digest::of(method, file.map(String::as_str));
            let number = seen.entry(digest.0).or_default();
            if *number > 0 {
                digest.number(*number);
            }
            *number += 1;
            method.key = MethodKey {
                owner: (digest.0 >> 64) as u64 | PORTABLE,
                called: digest.0 as u64,
            };
        }
        self
    }
}

/// FNV-1a of 128 bits (Fowler, Noll, Vo), the same on every machine. Nobody gains by a collision:
/// who can make one can as well give two methods one name.
struct Digest(u128);

impl Digest {
    fn of(method: &Method, file: Option<&str>) -> Self {
        let mut digest = Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        digest.text(Some(&method.class_name));
        digest.number(u64::from(method.owner_kind.flag()));
        digest.text(method.name.as_deref());
        digest.text(file);
        digest.number(u64::from(method.line));
        digest
    }

    /// The length comes first, so that texts do not run into each other; none is no length.
    fn text(&mut self, text: Option<&str>) {
        self.number(text.map_or(u64::MAX, |text| text.len() as u64));
        self.bytes(text.unwrap_or_default().as_bytes());
    }

    fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(0x0100_0000_0000_0000_0000_013b);
        }
    }
}
