//! The methods a recorder has seen.

use std::collections::HashMap;

use crate::hash::BuildMix;
use crate::method::{MethodId, MethodKey};
use crate::source::Location;

/// What the embedder says about a method when it is first called.
#[derive(Clone, Copy, Debug, Default)]
pub struct MethodOrigin {
    /// The identity to record it under instead of its own: methods of short-lived classes are
    /// folded so. The method's own key may then come to mean another method later.
    pub folded_into: Option<MethodKey>,
    /// Calls of it are not recorded: its time is its caller's, its callees are its caller's.
    pub hidden: bool,
}

/// A method as recorded: its name is not known yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedMethod {
    /// Its identity.
    pub key: MethodKey,
    /// Where it is defined.
    pub definition: Location,
    pub(crate) hidden: bool,
}

/// Method identities by number.
#[derive(Debug, Default)]
pub(crate) struct Methods {
    methods: Vec<RecordedMethod>,
    ids: HashMap<MethodKey, MethodId, BuildMix>,
}

impl Methods {
    pub(crate) fn get(&self, id: MethodId) -> &RecordedMethod {
        &self.methods[id.index()]
    }

    pub(crate) fn all(&self) -> &[RecordedMethod] {
        &self.methods
    }

    pub(crate) fn find(&self, key: MethodKey) -> Option<MethodId> {
        self.ids.get(&key).copied()
    }

    pub(crate) fn add(&mut self, key: MethodKey, definition: Location, hidden: bool) -> MethodId {
        let id = MethodId(self.methods.len() as u32);
        self.methods.push(RecordedMethod {
            key,
            definition,
            hidden,
        });
        self.ids.insert(key, id);
        id
    }
}
